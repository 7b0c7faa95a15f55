-- SPDX-License-Identifier: Apache-2.0
-- What the kernel answers to calls that make no sense or are none of the
-- caller's business. Each is made by a scripted thread of an ordinary domain.

local m = machine {}
local os = m:boot { protection = args.personality or "rplb",
                      kernel = args.kernel }
local CALL, ID, RIGHT, ADDRESS, VALUE, BUSY, FORMAT = -1, -2, -3, -5, -6, -7, -9
local NOWHERE, KERNEL = 0x123456789000, 0xffffffc080000000

local owner, thief = os:domain "owner", os:domain "thief"
local treasure = os:segment { size = "8K", name = "treasure" }
local pocket = os:segment { size = "4K", name = "pocket" }
owner:attach(treasure, "rwm")
thief:attach(pocket, "rw")
owner:write(treasure.base, { 1 })
thief:write(pocket.base, { 0 })
local hello = os:program "hello"

-- A thread of the owner that the thief may not touch.
local gate = os:semaphore(0)
local sleeper = owner:thread(function(t) t:wait(gate) end)
local portal = owner:portal(NOWHERE, 1)
m:run()

-- { expected, call, arguments ... } tried in order by the thief.
local tries = {
  { 0, "null" },
  -- pointers
  { ADDRESS, "console_write", NOWHERE, 8 },
  { ADDRESS, "console_write", KERNEL, 8 },
  { ADDRESS, "console_write", treasure.base, 8 },
  { ADDRESS, "console_write", pocket.base, 1 << 20 },
  { VALUE, "console_write", pocket.base, -1 },
  { ADDRESS, "console_write", -8, 8 },
  { ADDRESS, "domain_create", NOWHERE },
  { ADDRESS, "domain_create", KERNEL },
  { ADDRESS, "segment_create", 4096, NOWHERE },
  { ADDRESS, "program_load", KERNEL },
  { ADDRESS, "program_load", treasure.base },
  -- sizes and rights
  { VALUE, "segment_create", 0, 0 },
  { VALUE, "segment_create", -1, 0 },
  { VALUE, "segment_create", 1 << 50, 0 },
  { VALUE, "kernel_info", 1000 },
  { VALUE, "kernel_info", -1 },
  -- ids of nothing
  { ID, "domain_destroy", 4000 },
  { ID, "domain_destroy", -1 },
  { ID, "segment_destroy", NOWHERE },
  { ID, "segment_destroy", treasure.base + 4096 },
  { ID, "segment_attach", 0, NOWHERE, 3 },
  { ID, "segment_attach", 4000, pocket.base, 3 },
  { ID, "segment_detach", 0, treasure.base },
  { ID, "rights_set", 0, treasure.base, 3 },
  { ID, "thread_join", 1 << 40 },
  { ID, "thread_kill", 1 << 40 },
  { ID, "thread_release", 1 << 40 },
  { ID, "semaphore_wait", -1 },
  { ID, "semaphore_post", -1 },
  { ID, "semaphore_destroy", 0 },
  { ID, "portal_call", -1 },
  { ID, "portal_destroy", 0 },
  { ID, "port_send", -1, pocket.base, 8 },
  { ID, "port_receive", -1, pocket.base, 8 },
  { ID, "port_destroy", -1 },
  { ID, "program_start", 0, 0, 0 },
  { ID, "program_start", -1, 0, 0 },
  { ID, "program_start", 1000, 0, 0 },
  { VALUE, "fault_return", 1 },
  { VALUE, "fault_handler", KERNEL },
  { VALUE, "portal_create", 0, pocket.base, 0 },
  { VALUE, "portal_create", 0, pocket.base, 1000 },
  { VALUE, "portal_create", 0, pocket.base + 1, 1 },
  -- other people's things
  { RIGHT, "domain_destroy", owner.id },
  { RIGHT, "segment_destroy", treasure.base },
  { RIGHT, "segment_destroy", pocket.base },
  { RIGHT, "segment_attach", 0, treasure.base, 1 },
  { RIGHT, "segment_attach", owner.id, pocket.base, 1 },
  { RIGHT, "segment_detach", owner.id, treasure.base },
  { RIGHT, "rights_set", owner.id, treasure.base, 1 },
  { RIGHT, "rights_set", 0, pocket.base, 15 },
  { RIGHT, "thread_create", owner.id, NOWHERE, 0 },
  { RIGHT, "thread_kill", sleeper.id },
  { RIGHT, "thread_release", sleeper.id },
  { RIGHT, "semaphore_destroy", gate.id },
  { RIGHT, "portal_create", owner.id, pocket.base, 1 },
  { RIGHT, "portal_destroy", portal.id },
  { RIGHT, "program_start", hello.id, owner.id, 0 },
  -- what it may do with its own
  { 0, "rights_set", 0, pocket.base, 1 },
  { RIGHT, "rights_set", 0, pocket.base, 3 },
}

local got = {}
local t = thief:thread(function(t)
  for i, try in ipairs(tries) do
    got[i] = t:syscall(try[2], try[3] or 0, try[4] or 0, try[5] or 0)
  end
  got.done = true
end)
m:run()
check.equal(got.done, true)
for i, try in ipairs(tries) do
  check.equal(got[i], try[1], i .. ": " .. try[2] .. " " .. tostring(try[3]))
end
check.equal(m:peek(treasure.base, 8, owner), 1)
check.equal({ owner.alive, thief.alive, sleeper.ended }, { true, true, false })

-- Rights for others come from the owner of the segment, or with m.
local granted = {}
owner:thread(function(t)
  granted[1] = t:syscall("segment_attach", thief.id, treasure.base, 1)
  granted[2] = t:syscall("segment_attach", thief.id, treasure.base, 1)
  granted[3] = t:syscall("rights_set", thief.id, treasure.base, 16)
end)
m:run()
check.equal(granted, { treasure.base, BUSY, VALUE })
thief:thread(function(t)
  granted[4] = t:load(treasure.base)
  granted[5] = t:syscall("rights_set", 0, treasure.base, 3)
  granted[6] = t:syscall("segment_detach", 0, treasure.base)
end)
m:run()
check.equal({ granted[4], granted[5], granted[6] }, { 1, RIGHT, 0 })

-- Names of programs.
check.equal(os:syscall("program_load", "no such program"), ID)
check.equal(os:syscall("program_load", "hello.elf"), hello.id, "loaded once")
check.equal(os:syscall("program_load", "hello"), hello.id)

