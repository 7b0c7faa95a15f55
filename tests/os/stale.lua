-- SPDX-License-Identifier: Apache-2.0
-- Old rights must not outlive their end in any lookaside unit. This scenario
-- passes with our kernel and must fail with build/guest/kernel-noflush.elf,
-- which forgets to flush and to invalidate (--set kernel=FILE).

local personality = args.personality or "rplb"
local m = machine {}
local os = m:boot { protection = personality, kernel = args.kernel }

-- A segment is taken away from a domain that has just used it.
local secret = os:segment { size = "4K", name = "secret" }
local keeper, reader = os:domain "keeper", os:domain "reader"
keeper:attach(secret, "rw")
reader:attach(secret, "rw")
keeper:write(secret.base, { 42 })
local go = os:semaphore(0)
local seen = {}
reader:thread(function(t)
  seen.before = t:load(secret.base)
  t:wait(go)
  seen.after = t:load(secret.base)
end)
m:run()
check.equal(seen.before, 42)
reader:detach(secret)
go:post()
m:run()
check.equal(seen.after, nil, "read after detach")
check.equal(reader.alive, false)

-- Rights are cut down by the domain itself, then used.
check.equal(os:domain("self"):start("handler", 0):join(), 1,
            "a store after its right was given up")

-- In a MAS the same address may be another byte in another space.
if not os.one_space then
  local AT = 0x20000
  local first, second = os:domain "first", os:domain "second"
  local one, two = os:segment { size = "4K" }, os:segment { size = "4K" }
  first:attach(one, "rw", AT)
  second:attach(two, "rw", AT)
  local sums = {}
  for i, d in ipairs { first, second } do
    d:thread(function(t)
      t:store(AT, 100 * i)
      for _ = 1, 3 do
        t:yield()
        sums[i] = (sums[i] or 0) + t:load(AT)
      end
    end)
  end
  m:run()
  check.equal(sums, { 300, 600 }, "each space has its own byte there")
end
