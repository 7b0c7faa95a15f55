-- SPDX-License-Identifier: Apache-2.0
-- Semaphores, ports, sleep, join: who waits, who is woken, with what.

local m = machine {}
local os = m:boot { protection = args.personality or "rplb",
                      kernel = args.kernel }
local NO_ID, RIGHT, ADDRESS, VALUE, KILLED = -2, -3, -5, -6, -8

local a, b = os:domain "a", os:domain "b"
local shared = os:segment { size = "8K", name = "shared" }
a:attach(shared, "rw")
b:attach(shared, "rw")

-- Semaphores hand their tokens out in order of arrival.
local s = os:semaphore(1)
local order = {}
for i = 1, 3 do
  local d = i == 3 and b or a
  d:thread(function(t)
    check.equal(t:wait(s), 0)
    order[#order + 1] = i
  end)
end
m:run()
check.equal(order, { 1 }, "one token")
s:post()
s:post()
m:run()
check.equal(order, { 1, 2, 3 })

-- Destroying it wakes who waits.
local got
a:thread(function(t) got = t:wait(s) end)
m:run()
check.equal(got, nil)
s:destroy()
m:run()
check.equal(got, KILLED)
local r = {}
a:thread(function(t)
  r[1] = t:wait(s)
  r[2] = t:post(s)
  r[3] = t:syscall("semaphore_create", -1)
  r[4] = t:syscall("semaphore_destroy", 99)
  local mine = t:syscall("semaphore_create", 0)
  r.mine = mine
end)
m:run()
check.equal({ r[1], r[2], r[3], r[4] }, { NO_ID, NO_ID, VALUE, NO_ID })
b:thread(function(t) r[5] = t:syscall("semaphore_destroy", r.mine) end)
m:run()
check.equal(r[5], RIGHT, "only its owner destroys it")

-- Ports: bounded, in order, blocking at both ends.
local port = os:port(2)
local log = {}
local base = shared.base
local sender = a:thread(function(t)
  for i = 1, 5 do
    t:store(base, i * 11)
    t:syscall("port_send", port, base, 8)
    log[#log + 1] = "sent " .. i
  end
end)
m:run()
check.equal(log, { "sent 1", "sent 2" }, "two slots")
local received = {}
b:thread(function(t)
  for i = 1, 5 do
    received[#received + 1] = t:syscall("port_receive", port, base + 4096, 64)
    received[#received + 1] = t:load(base + 4096)
  end
end)
m:run()
check.equal(received, { 8, 11, 8, 22, 8, 33, 8, 44, 8, 55 })
check.equal(sender.ended, true)

-- Refusals leave the message where it is.
local rx = {}
a:thread(function(t)
  t:store(base, 7)
  rx[1] = t:syscall("port_send", port, base, 4097)
  rx[2] = t:syscall("port_send", port, 0x123456789000, 8)
  rx[3] = t:syscall("port_send", port, -8, 8)
  rx[4] = t:syscall("port_send", port, base, 8)
  rx[5] = t:syscall("port_receive", port, base, 4)
  rx[6] = t:syscall("port_receive", port, 0x123456789000, 64)
  rx[7] = t:syscall("port_receive", port, base + 16, 64)
  rx[8] = t:load(base + 16)
  rx[9] = t:syscall("port_create", 0)
  rx[10] = t:syscall("port_create", 1000)
  rx[11] = t:syscall("port_send", 0, base, 8)
end)
m:run()
check.equal(rx, { VALUE, ADDRESS, ADDRESS, 0, VALUE, ADDRESS, 8, 7, VALUE,
                  VALUE, NO_ID })

-- A port that goes away wakes its receivers; a domain takes its ports along.
local owner = os:domain "owner"
local id
owner:thread(function(t) id = t:syscall("port_create", 1) end)
m:run()
local woken
a:thread(function(t) woken = t:syscall("port_receive", id, base, 8) end)
m:run()
check.equal(woken, nil)
owner:destroy()
m:run()
check.equal(woken, KILLED)

-- Sleepers wake in order of their time.
-- Cycles as ticks of the timebase, at least one.
local function ticks(cycles)
  return cycles * m:setting "timebase.hz" // m:setting "core.hz" + 1
end
local naps = {}
for i, nap in ipairs { 3, 1, 2 } do
  a:thread(function(t)
    local from = t:syscall "time"
    t:sleep(ticks(nap * 30000))
    local slept = t:syscall "time" - from
    naps[#naps + 1] = i
    check.that(slept >= ticks(nap * 30000), "slept long enough")
  end)
end
m:run()
check.equal(naps, { 2, 3, 1 })

-- join: the exit value, also of a thread that ended before.
local joined = {}
local worker = b:start("hello", 3)
a:thread(function(t) joined[1] = t:join(worker) end)
m:run()
check.equal(joined[1], 3)
a:thread(function(t)
  joined[2] = t:join(12345678)
  joined[3] = t:join(0)
end)
m:run()
check.equal({ joined[2], joined[3] }, { NO_ID, NO_ID })
