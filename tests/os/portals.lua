-- SPDX-License-Identifier: Apache-2.0
-- Portals: arguments and results, statics of the callee, nesting, waiting for
-- a stack, and what happens when the callee ends in the middle.

local m = machine {}
local os = m:boot { protection = args.personality or "rplb" }
local KILLED, NO_ID = -8, -2

local mail = os:segment { size = "4K", name = "mail" }
local function server(name, slot)
  local d = os:domain(name)
  d:attach(mail, "rw")
  d:write(mail.base + 8 * slot, { 0 })
  d:start("portal_server", mail.base + 8 * slot, 0)
  m:run()
  return d, m:peek(mail.base + 8 * slot, 8, d)
end

local one, portal = server("one", 0)
check.that(portal > 0, "a portal was made")

-- A call: arguments over, sum back; the caller keeps its registers and rights.
local client = os:domain "client"
local own = os:segment { size = "4K", name = "own" }
client:attach(own, "rw")
local got
client:thread(function(t)
  t:store(own.base, 5)
  got = t:call(portal, 40, 2)
  t:store(own.base, t:load(own.base) + 1)
end)
m:run()
check.equal(got, 42)
check.equal(m:peek(own.base, 8, client), 6, "rights are back after the call")

-- Inside, the thread has the callee's rights and not its own.
local peeker = os:domain "peeker"
local hidden = os:segment { size = "4K", name = "hidden" }
peeker:attach(hidden, "r")
local idle = os:semaphore(0)
peeker:start("fault", 99, 0):join() -- loads the text of `fault` into peeker
m:run()
local into = peeker:portal("fault.elf:main", 1)
local result = {}
client:thread(function(t)
  result.before = t:syscall("portal_call", into.id, 0, hidden.base)
  result.after = t:load(own.base)
end)
m:run()
-- `main` of fault returns to address 0 in the callee: peeker dies of that, and
-- the caller gets its thread back.
check.equal(result.before, KILLED, "the callee died in the middle")
check.equal(result.after, 6, "and the caller goes on")
check.equal(peeker.alive, false)
check.equal(client.alive, true)

-- A portal that is no more, or never was.
local two, second = server("two", 1)
two:destroy()
local r = {}
client:thread(function(t)
  r[1] = t:call(second, 1, 2)
  r[2] = t:call(0, 1, 2)
  r[3] = t:call(-1, 1, 2)
  r[4] = t:syscall("portal_return", 5)
end)
m:run()
check.equal(r, { NO_ID, NO_ID, NO_ID, NO_ID })

-- A wild entry: the callee is killed, the caller told.
local wild = os:domain "wild"
local bad = wild:portal(0x123456789000, 1)
client:thread(function(t) r.wild = t:call(bad, 1, 2) end)
m:run()
check.equal(r.wild, KILLED)
check.equal(wild.alive, false)

-- thread_exit inside a portal ends the call, not the caller's thread.
local quitter = os:domain "quitter"
quitter:start("script", 0, 0) -- its text holds an exit
