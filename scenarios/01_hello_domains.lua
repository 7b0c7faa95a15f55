-- SPDX-License-Identifier: Apache-2.0
-- Hello, domains.
--
-- A machine, a kernel, two protection domains, one program. In a single address
-- space there is no second copy of the program's text: both domains run the
-- same instructions at the same addresses. What must not be shared (the stack,
-- the private statics) lies at different addresses, and neither domain may
-- touch the other's. Read the four lines the guest prints and compare the
-- addresses before you read on.
--
--   opalite run scenarios/01_hello_domains.lua [--set protection=mas]

local protection = args.protection or "rplb"

local m = machine { preset = args.preset or "u54" }
local os = m:boot { protection = protection }

local alice, bob = os:domain "alice", os:domain "bob"
local hello = os:program "hello"

-- Threads are held until m:run; then both run until they end.
local a = alice:start(hello, 2)
local b = bob:start(hello, 2)
m:run()

-- What the guest printed: text, stack and static of each visit.
local seen = {}
local pattern = "domain (%d+), thread %d+: text (%w+), stack (%w+), "
  .. "static (%w+), visit (%d+)"
for domain, text, stack, static, visit in m.console:gmatch(pattern) do
  local list = seen[tonumber(domain)] or {}
  seen[tonumber(domain)] = list
  list[#list + 1] = { text = text, stack = stack, static = static,
                      visit = tonumber(visit) }
end
local of_alice, of_bob = seen[alice.id], seen[bob.id]
check.that(of_alice and of_bob, "both domains said hello")

-- One text for all.
check.equal(of_alice[1].text, of_bob[1].text, "the text is at one address")

-- Each domain counts its own visits: the static is private.
check.equal(of_alice[2].visit, 2)
check.equal(of_bob[2].visit, 2)
check.equal(a.result, 2, "what alice's thread returned")
check.equal(b.result, 2, "what bob's thread returned")

if os.one_space then
  -- Private things must have addresses of their own here.
  check.differs(of_alice[1].stack, of_bob[1].stack, "two stacks")
  check.differs(of_alice[1].static, of_bob[1].static, "two statics")

  -- The hardware's view: the number that alice uses means nothing to bob.
  local static = tonumber(of_alice[1].static)
  check.equal(m:peek(static, 8, alice), 2, "alice may read her counter")
  local may, why = m:explain(static, "r", bob)
  check.equal(may, false, "bob may not")
  print("bob reads alice's counter at " .. of_alice[1].static .. "? " .. why)
end

note("One program text at " .. of_alice[1].text .. " served both domains; "
  .. "stacks and private statics are apart. " .. m:switches().count
  .. " domain switches happened on the way.")
