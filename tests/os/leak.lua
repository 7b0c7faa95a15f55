-- SPDX-License-Identifier: Apache-2.0
-- The leak test: domains with all that belongs to them, made and destroyed,
-- and every counter of the kernel as before (os/user/programs/churn.c).

local m = machine {}
-- Cycles as ticks of the timebase, at least one.
local function ticks(cycles)
  return cycles * m:setting "timebase.hz" // m:setting "core.hz" + 1
end

-- A time slice: some of the domains run for ever.
local os = m:boot { protection = args.personality or "rplb", quantum = ticks(5000),
                      kernel = args.kernel }
local rounds = tonumber(args.rounds or "1000")

local churner = os:domain "churner"
local thread = churner:start("churn", rounds)
m:run()
check.equal(thread:join(), 0, "counters before and after; console: " .. m.console)

-- What the churner itself held goes with it.
local names = { "free_frames", "domains", "threads", "segments", "attachments",
                "portals", "semaphores", "ports", "page_table_pages" }
local function counters()
  local t = {}
  for _, name in ipairs(names) do t[name] = os:info(name) end
  return t
end
churner:destroy()
local before = counters()
for i = 1, 3 do
  local d = os:domain "again"
  d:start("churn", 1):join()
  d:destroy()
end
check.equal(counters(), before)
