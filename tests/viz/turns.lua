-- SPDX-License-Identifier: Apache-2.0
-- Three domains take turns on the machine.
--
-- Alice, bob and carol each touch pages of their own and a few that they share,
-- then give the processor away; the pictures of the gallery are taken on the
-- way. Alice may write what is shared, the others only read it, so watch whose
-- entries the protection unit holds, and whose it has to fetch again.
local m = machine {}
local os = m:boot { protection = args.protection or "rplb", quantum = 0 }

local names = { "alice", "bob", "carol" }
local domains = {}
for i, name in ipairs(names) do domains[i] = os:domain(name) end
local shared = os:segment { size = "16K", name = "shared" }
local toucher = os:program "toucher"

local rounds, warm = 20, 1
for i, d in ipairs(domains) do
  local own = os:segment { size = "16K", name = names[i] .. "'s" }
  local block = os:segment { size = "4K", name = names[i] .. "'s list" }
  d:attach(own, "rw")
  d:attach(shared, i == 1 and "rw" or "r")
  d:attach(block, "rw")
  -- pages, segments, rounds, warm rounds; then mark and store, off; segments
  d:write(block.base, { 8, 2, rounds, warm, 0, 0, 0, 0, 0, 0,
                        own.base, shared.base })
  d:start(toucher, block.base)
end
m:run()

for i, d in ipairs(domains) do
  check.equal(d:rights(shared), i == 1 and "rw" or "r", "rights on shared")
end
check.that(m:switches().count > 3 * rounds, "everybody had every turn")
print(m:switches().count .. " switches")
