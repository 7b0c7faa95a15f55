-- SPDX-License-Identifier: Apache-2.0
-- What the basic operations of the kernel cost, in cycles and instructions:
-- os/user/programs/microbench.c runs each many times between two marks; the
-- empty loop around them is subtracted.

local experiment = require "switch_experiment"

local paths = {}

paths.names = { "null system call", "call in the same domain",
                "portal round trip", "message round trip",
                "semaphore round trip", "domain creation and end",
                "domain switch (yield)", "protection refill, a miss" }

local EMPTY, FIRST_MARK = 0, 100
local MICROBENCH = 6 -- so many of them are microbench's

-- The direct part of a switch between two domains with nothing to remember.
local function switch(personality, settings)
  local row = experiment.measure {
    personality = personality, pages = 0, segments = 1, domains = 2,
    shared = false, rounds = 10, machine = settings }
  return { name = paths.names[MICROBENCH + 1], cycles = row.direct,
           instructions = row.instructions }
end

-- One domain with far more segments than the RPLB has entries: the average of
-- all its protection misses. A MAS has none.
local function refill(personality, settings)
  local m, w = experiment.run {
    personality = personality, pages = 64, segments = 64, domains = 1,
    shared = false, rounds = 10, machine = settings }
  local row = { name = paths.names[MICROBENCH + 2] }
  local misses = w.irplb.misses + w.drplb.misses
  if misses > 0 then
    row.cycles = w.accounts.protection_refill / misses
    row.instructions = w["phase.refill.instructions"] / misses
  end
  m:close()
  return row
end

local function peers(os, m, client, shared)
  local server, echo, pong = os:domain "server", os:domain "echo",
    os:domain "pong"
  for _, d in ipairs { server, echo, pong } do d:attach(shared, "rw") end
  local to_echo, from_echo = os:port(4), os:port(4)
  local to_pong, to_ping = os:semaphore(0), os:semaphore(0)
  local game = shared.base + 2048
  pong:write(game, { 0, 1 << 40, to_pong.id, to_ping.id, 0, 0 })
  server:start(os:program "portal_server", shared.base + 1024, 0)
  echo:start(os:program "echo", to_echo.id, from_echo.id)
  pong:start(os:program "pong", game)
  m:run() -- until all of them wait
  return { portal = m:peek(shared.base + 1024, 8, client),
           to_echo = to_echo.id, from_echo = from_echo.id,
           to_peer = to_pong.id, from_peer = to_ping.id }
end

-- Rows { name, cycles, instructions } of one personality.
function paths.measure(personality, settings, iterations)
  local m = machine(settings)
  local os = m:boot { protection = personality, quantum = 0 }
  local client = os:domain "client"
  local shared = os:segment { size = "4K", name = "bench" }
  client:attach(shared, "rw")
  client:write(shared.base + 1024, { 0 })
  local p = peers(os, m, client, shared)
  client:write(shared.base, { iterations, 8, p.portal, p.to_echo, p.from_echo,
                              p.to_peer, p.from_peer, 8, 1, 0 })
  client:start(os:program "microbench", shared.base)
  m:run()
  check.equal(m:peek(shared.base + 72, 8, client), 127,
              "every measurement ran without an error")
  local at = {}
  for _, mark in ipairs(m:marks()) do at[mark.value] = mark end
  local function span(kind)
    local a, b = at[FIRST_MARK + 2 * kind], at[FIRST_MARK + 2 * kind + 1]
    return (b.cycle - a.cycle) / iterations,
           (b.instructions - a.instructions) / iterations
  end
  local empty_cycles, empty_insns = span(EMPTY)
  local rows = {}
  for kind = 1, MICROBENCH do
    local cycles, insns = span(kind)
    rows[kind] = { name = paths.names[kind], cycles = cycles - empty_cycles,
                   instructions = insns - empty_insns }
  end
  m:close()
  rows[MICROBENCH + 1] = switch(personality, settings)
  rows[MICROBENCH + 2] = refill(personality, settings)
  return rows
end

return paths
