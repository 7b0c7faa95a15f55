-- SPDX-License-Identifier: Apache-2.0
-- One more switch adds one switch's cost: in the steady state the same run with
-- more rounds costs a whole number of turns more, to the cycle.

local experiment = require "switch_experiment"

local function window(rounds)
  local m, w = experiment.run {
    personality = args.personality or "rplb", pages = 8, segments = 2,
    domains = 2, shared = false, rounds = rounds, machine = {} }
  local s = w:switches()
  m:close()
  return w.cycles, s.direct, s.count
end

local turn6, direct6, n6 = window(6)
local turn7, direct7, n7 = window(7)
local turn8, direct8, n8 = window(8)
check.equal(n7 - n6, 2)
check.equal(n8 - n7, 2)
check.equal(turn8 - turn7, turn7 - turn6, "cycles of one more round")
check.equal(direct8 - direct7, direct7 - direct6, "switch cycles of one more")
check.that(direct7 - direct6 > 0, "a switch costs something")
