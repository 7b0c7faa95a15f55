-- SPDX-License-Identifier: Apache-2.0
-- Domains that attack the kernel with wild system calls: they may die of it;
-- nobody else notices, and nothing is lost when they are gone.

local m = machine {}
local os = m:boot { protection = args.personality or "rplb",
                      kernel = args.kernel }
local seeds = tonumber(args.seeds or "12")

local victim = os:domain "victim"
local vault = os:segment { size = "16K", name = "vault" }
victim:attach(vault, "rw")
victim:write(vault.base, { 1, 2, 3, 4 })
local canary = victim:start("hello", 1)
check.equal(canary:join(), 1)

local names = { "free_frames", "domains", "threads", "segments", "attachments",
                "portals", "semaphores", "ports", "page_table_pages" }
local function counters()
  local t = {}
  for _, name in ipairs(names) do t[name] = os:info(name) end
  return t
end

local function attack(seed)
  local d = os:domain("attacker")
  local t = d:start("hostile", seed, 3000)
  m:run()
  if d.alive then d:destroy() end
end

attack(1) -- loads the program, which stays
local before = counters()
for seed = 2, seeds do
  attack(seed)
  check.equal(m:peek(vault.base + 24, 8, victim), 4, "seed " .. seed)
  check.equal(victim.alive, true)
end
local after = counters()
for _, name in ipairs(names) do
  check.equal(after[name], before[name], name .. " after the attacks")
end
check.equal(victim:start("hello", 1):join(), 2)
