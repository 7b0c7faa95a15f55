-- SPDX-License-Identifier: Apache-2.0
-- A fault ends its own domain and nobody else's; an up-call may repair it.

local m = machine {}
local os = m:boot { protection = args.personality or "rplb",
                      kernel = args.kernel }
local KILLED = -8

local faults = {}
m:on("fault", function(f) faults[#faults + 1] = f end)

local bystander = os:domain "bystander"
local secret = os:segment { size = "4K", name = "secret" }
bystander:attach(secret, "rw")
bystander:write(secret.base, { 4711 })

local NOWHERE = 0x123456789000
local kinds = {
  { 0, secret.base, "load from another domain's segment" },
  { 1, secret.base, "store to another domain's segment" },
  { 2, secret.base, "jump into another domain's segment" },
  { 0, NOWHERE, "load from nowhere" },
  { 1, -8, "store to the kernel's half" },
  { 0, 0xffffffc080000000, "load from the kernel" },
  { 2, 0xffffffc080000000, "jump into the kernel" },
  { 2, 0, "jump to null" },
  { 3, 0, "null" },
  { 4, 0, "store into the text" },
  { 5, 0, "stack overrun" },
  { 6, 0, "illegal instruction" },
  { 7, 0, "kernel register" },
  { 8, 0, "breakpoint" },
}
for i, k in ipairs(kinds) do
  local d = os:domain("faulty" .. i)
  local t = d:start("fault", k[1], k[2])
  check.equal(t:join(), KILLED, k[3])
  check.equal(d.alive, false, k[3])
  check.equal(#faults, i, k[3] .. ": one fault")
  check.equal(faults[i] and faults[i].domain and faults[i].domain.id, d.id, k[3])
end
check.equal(m:peek(secret.base, 8, bystander), 4711)
check.equal(bystander.alive, true)
check.equal(bystander:start("hello", 1):join(), 1, "the bystander still runs")

-- What is allowed does not fault: the same program, rights given.
local d = os:domain "allowed"
d:attach(secret, "r")
check.equal(d:start("fault", 0, secret.base):join(), 4711)
check.equal(d:start("fault", 1, secret.base):join(), KILLED, "r is not w")
check.equal(m:peek(secret.base, 8, bystander), 4711)

-- Up-calls.
local before = #faults
check.equal(os:domain("repairs"):start("handler", 0):join(), 1)
check.equal(#faults, before, "a repaired fault is not reported")
check.equal(os:domain("gives up"):start("handler", 1):join(), KILLED)
check.equal(os:domain("faults twice"):start("handler", 2):join(), KILLED)
check.equal(#faults, before + 2)

-- A handler may call other domains; the interrupted thread is not lost.
local helper = os:domain "helper"
helper:start("portal_lab", 0):join()
local portal = helper:portal("portal_lab.elf:lab_sum", 1)
check.equal(os:domain("asks"):start("handler", 0, portal.id):join(), 1)
check.equal(os:domain("asks and gives up"):start("handler", 1, portal.id)
              :join(), KILLED)
check.equal(helper.alive, true)

-- Rights taken away while a thread uses them.
local e = os:domain "revoked"
e:attach(secret, "rw")
local go = os:semaphore(0)
local t = e:thread(function(t)
  t:store(secret.base + 8, 1)
  t:wait(go)
  t:store(secret.base + 8, 2)
end)
m:run()
check.equal(m:peek(secret.base + 8, 8, bystander), 1)
e:rights(secret, "r")
go:post()
m:run()
check.equal(t.ended, true)
check.equal(e.alive, false)
check.equal(m:peek(secret.base + 8, 8, bystander), 1, "the store was refused")
