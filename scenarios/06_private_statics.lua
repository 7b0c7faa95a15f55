-- SPDX-License-Identifier: Apache-2.0
-- Private statics and shared text.
--
-- In one space a program's text lies at one address for all domains that run
-- it, so a static variable cannot lie at one address too: two domains would
-- share it. Our programs reach their statics through the register tp, which the
-- kernel points at each domain's own copy. A conventional program has its
-- statics at fixed addresses; only a system with a space per domain can run two
-- of it. The same source is built both ways. What does the detour cost?
--
--   opalite run scenarios/06_private_statics.lua

local ROUNDS = 2000

-- The program runs twice, in two domains; the second run is measured (warm).
local function measure(protection, program)
  local m = machine {}
  local os = m:boot { protection = protection, quantum = 0 }
  local first = os:domain("first"):start(os:program(program), ROUNDS)
  m:run()
  local second = os:domain("second"):start(os:program(program), ROUNDS)
  m:run()
  local marks = m:marks()
  local from, to = marks[#marks - 1], marks[#marks]
  local sum = second.result
  check.equal(sum, first.result, "both domains compute the same")
  m:close()
  return { sum = sum, cycles = (to.cycle - from.cycle) / ROUNDS,
           instructions = (to.instructions - from.instructions) / ROUNDS }
end

local tp = measure("rplb", "statics")
local tp_mas = measure("mas-asid", "statics")
local plain = measure("mas-asid", "plain_statics")

-- One space refuses the conventional program: its addresses are not free.
local refused
do
  local m = machine {}
  local os = m:boot { protection = "rplb", quantum = 0 }
  refused = os:syscall("program_load", "plain_statics.elf") < 0
  m:close()
end

check.equal(tp.sum, plain.sum, "same source, same answer")
check.equal(tp_mas.sum, plain.sum)
-- First touches of pages meet different kernel paths; the steps are the same.
check.near(tp.instructions, tp_mas.instructions, 0.1,
           "the same file runs in both worlds")
check.that(refused, "a program with fixed addresses has no place in one space")

local function row(system, statics, r)
  return { system = system, statics = statics, insns = r.instructions,
           cycles = r.cycles }
end
output.table {
  title = "One step of a computation that lives in its statics",
  columns = { "system", "statics", { heading = "insns", format = "%.1f" },
              { heading = "cycles", format = "%.1f" } },
  rows = { row("rplb", "through tp", tp), row("mas-asid", "through tp", tp_mas),
           row("mas-asid", "at fixed addresses", plain) } }
local function against(a, b)
  local percent = (a / b - 1) * 100
  return string.format("%.1f %% %s", math.abs(percent),
                       percent < 0 and "fewer" or "more")
end
note(string.format("Through tp a step takes %s instructions and %s cycles than "
  .. "at fixed addresses. One text serves all domains; the plain program is "
  .. "refused by the single space.",
  against(tp_mas.instructions, plain.instructions),
  against(tp_mas.cycles, plain.cycles)))
output.json("06_private_statics.json", { tp = tp, tp_mas = tp_mas,
                                         plain = plain })
