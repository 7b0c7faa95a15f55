-- SPDX-License-Identifier: Apache-2.0
-- A small scenario for the tests of the terminal view: alice writes, bob reads
-- and then oversteps his rights.
local m = machine {}
local os = m:boot { protection = args.personality or "rplb" }
local alice, bob = os:domain "alice", os:domain "bob"
local page = os:segment { size = "4K", name = "page" }
alice:attach(page, "rw")
bob:attach(page, "r")

local a = alice:thread(function(t) t:store(page.base, 42) end)
local b = bob:thread(function(t)
  t:join(a)
  check.equal(t:load(page.base), 42, "bob reads what alice wrote")
  t:store(page.base, 7)
end)
local faults = 0
m:on("fault", { domain = bob }, function() faults = faults + 1 end)
m:run()
check.equal(faults, 1, "bob's store is refused")
if args.fail then
  check.equal(1, 2, "asked to fail")
end
print("the story is over")
