-- SPDX-License-Identifier: Apache-2.0
-- Portals: arguments and results, rights and statics of the callee, registers,
-- nesting, waiting for a stack, and a callee that ends in the middle.

local m = machine {}
local os = m:boot { protection = args.personality or "rplb",
                      kernel = args.kernel }
local NO_ID, KILLED = -2, -8

-- A domain that runs portal_lab, and portals into it by entry.
local function lab(name)
  local d = os:domain(name)
  check.equal(d:start("portal_lab", 0):join(), 0)
  return d, function(entry, stacks)
    return d:portal("portal_lab.elf:lab_" .. entry, stacks or 1)
  end
end

-- Runs fn as a scripted thread of d until nothing moves.
local function run(d, fn)
  local t = d:thread(fn)
  m:run()
  return t
end

local client = os:domain "client"
local own = os:segment { size = "4K", name = "own" }
client:attach(own, "rw")
client:write(own.base, { 5 })

local server, into = lab "server"
local sum, caller, self, count, load = into "sum", into "caller", into "self",
  into "count", into "load"
local hidden = os:segment { size = "4K", name = "hidden" }
server:attach(hidden, "rw")
server:write(hidden.base, { 4711 })

-- Arguments go over, a result comes back, and the rights change both ways.
local r = {}
run(client, function(t)
  r.sum = t:call(sum, 40, 2)
  r.own = t:load(own.base)
  r.caller = t:call(caller)
  r.self = t:call(self)
  r.hidden = t:call(load, hidden.base)
  r.count = { t:call(count), t:call(count) }
  r.outside = t:syscall "self" >> 32
end)
check.equal(r, { sum = 42, own = 5, caller = client.id, self = server.id,
                 hidden = 4711, count = { 1, 2 }, outside = client.id })

-- Inside, the caller's rights are gone: the callee dies of its access.
local weak, weak_into = lab "weak"
local weak_load = weak_into "load"
run(client, function(t)
  r.denied = t:call(weak_load, own.base)
  r.after = t:load(own.base)
end)
check.equal({ r.denied, r.after }, { KILLED, 5 })
check.equal({ weak.alive, client.alive }, { false, true })

-- Registers: kept for the caller, cleared for the callee and behind it.
local dirty = into "dirty"
for _, portal in ipairs { sum, dirty } do
  check.equal(client:start("portal_lab", portal.id):join(), 0,
              "caller's registers")
end
local registers = into "registers"
run(client, function(t) r.leaked = t:call(registers, 0, 0) end)
check.equal(r.leaked, 0, "callee's registers")

-- Nesting: client -> outer -> server, and back.
local outer, outer_into = lab "outer"
local nest = outer_into "nest"
run(client, function(t) r.nested = t:call(nest, sum, 1) end)
check.equal(r.nested, 1001)

-- A portal into one's own domain, and recursion through the same portal.
local twice = into("nest", 2)
run(client, function(t)
  r.recursed = t:call(twice, twice, sum.id)
end)
-- lab_nest(twice, sum) calls twice(sum, 0) = lab_nest(sum, 0) = sum() + 1000
check.equal(r.recursed, 2000)

-- One stack, two callers: the second waits until the first is out.
local gate = os:semaphore(0)
local wait = into("wait", 1)
local order = {}
local other = os:domain "other"
client:thread(function(t)
  local got = t:call(wait, gate, 1)
  order[#order + 1] = got
end)
other:thread(function(t)
  local got = t:call(wait, gate, 2)
  order[#order + 1] = got
end)
m:run()
check.equal(order, {})
gate:post()
m:run()
check.equal(order, { 1 }, "the first is back, the second is in")
gate:post()
m:run()
check.equal(order, { 1, 2 })

-- thread_exit in a callee ends the call only.
local exit = into "exit"
run(client, function(t)
  r.exit = t:call(exit)
  r.alive = t:load(own.base)
end)
check.equal({ r.exit, r.alive }, { KILLED, 5 })

-- No such portal; no portal to return from.
run(client, function(t)
  r.bad = { t:call(0, 1, 2), t:call(-1, 1, 2), t:call(1 << 20, 1, 2),
            t:syscall("portal_return", 5) }
end)
check.equal(r.bad, { NO_ID, NO_ID, NO_ID, NO_ID })

-- A portal destroyed while a caller is inside: the call ends well, later ones
-- find nothing.
local late = into("wait", 1)
local late_id = late.id
client:thread(function(t)
  r.inside = t:call(late_id, gate, 9)
  r.later = t:call(late_id, gate, 9)
end)
m:run()
late:destroy()
gate:post()
m:run()
check.equal({ r.inside, r.later }, { 9, NO_ID })

-- A wild entry kills the callee.
local wild = os:domain "wild"
local nowhere = wild:portal(0x123456789000, 1)
run(client, function(t) r.wild = t:call(nowhere) end)
check.equal({ r.wild, wild.alive }, { KILLED, false })

-- The callee is destroyed while its callers wait inside and outside.
local doomed, doomed_into = lab "doomed"
local doomed_wait = doomed_into("wait", 1)
local back = {}
for i, d in ipairs { client, other } do
  d:thread(function(t)
    back[i] = t:call(doomed_wait, gate, i)
    back[i + 2] = t:syscall "self" >> 32
  end)
end
m:run()
check.equal(back, {})
doomed:destroy()
m:run()
check.equal(back, { KILLED, KILLED, client.id, other.id })

-- The callee destroys itself.
local suicide, suicide_into = lab "suicide"
local destroy = suicide_into "destroy"
run(client, function(t) r.suicide = t:call(destroy) end)
check.equal({ r.suicide, suicide.alive, client.alive }, { KILLED, false, true })

-- The domain in the middle dies: its caller learns it when the innermost call
-- is over, and the innermost domain is not disturbed.
local middle, middle_into = lab "middle"
local through = middle_into "nest"
local inner_wait = into("wait", 1)
client:thread(function(t)
  r.through = t:syscall("portal_call", through, inner_wait.id, gate.id)
  r.home = t:syscall "self" >> 32
end)
m:run()
middle:destroy()
m:run()
check.equal(r.through, nil, "still inside")
gate:post()
m:run()
check.equal({ r.through, r.home }, { KILLED, client.id })
check.equal({ server.alive, client.alive }, { true, true })

-- The innermost domain dies: the middle one gets the error and goes on.
local inner, inner_into = lab "inner"
local inner_load = inner_into "load"
run(client, function(t) r.innermost = t:call(nest, inner_load, 0) end)
check.equal({ r.innermost, inner.alive, outer.alive }, { KILLED, false, true })

-- The caller's domain dies while its thread is in the server: the stack comes
-- back, and the next caller can use it.
local passing = os:domain "passing"
passing:thread(function(t) t:call(wait, gate, 3) end)
m:run()
passing:destroy()
m:run()
other:thread(function(t) r.next = t:call(wait, gate, 4) end)
m:run()
gate:post()
m:run()
check.equal(r.next, 4)

-- Nothing is left of a server and its portals.
local names = { "free_frames", "domains", "threads", "segments", "attachments",
                "portals", "page_table_pages" }
local function counters()
  local t = {}
  for _, name in ipairs(names) do t[name] = os:info(name) end
  return t
end
local function once()
  local d, d_into = lab "passing server"
  local p, q = d_into("sum", 4), d_into("wait", 2)
  local t = run(client, function(t) t:call(p, 1, 2) end)
  t:join()
  local u = client:thread(function(t) t:call(q, gate, 0) end)
  m:run()
  d:destroy()
  m:run()
  u:join()
end
once()
local before = counters()
for _ = 1, 3 do once() end
local after = counters()
for _, name in ipairs(names) do check.equal(after[name], before[name], name) end
