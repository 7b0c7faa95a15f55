-- SPDX-License-Identifier: Apache-2.0
-- Preemption: a domain that never calls the kernel does not stop the others,
-- and gets no more than its share.

local personality = args.personality or "rplb"

local m = machine {}
-- Cycles as ticks of the timebase, at least one.
local function ticks(cycles)
  return cycles * m:setting "timebase.hz" // m:setting "core.hz" + 1
end

local os = m:boot { protection = personality, quantum = ticks(10000),
                      kernel = args.kernel }

-- END_SPIN of squat.c: runs for ever.
local spinner = os:domain "spinner"
spinner:start("squat", 3)
local d = os:domain "worker"
check.equal(d:start("statics", 50000):join(),
            os:domain("second"):start("statics", 50000):join(),
            "workers end beside a spinning domain, with the same answer")

-- Two spinners share the hart equally.
local other = os:domain "other spinner"
other:start("squat", 3)
local before = os:info "switches"
local runs = {}
m:on("switch", function(e)
  if e.domain then runs[e.domain.id] = (runs[e.domain.id] or 0) + 1 end
end)
m:run { instructions = 400000 }
check.less(before + 4, os:info "switches")
check.that((runs[spinner.id] or 0) > 1 and (runs[other.id] or 0) > 1,
           "both are given the hart")
check.less(math.abs(runs[spinner.id] - runs[other.id]), 3)

-- The shortest slice gets threads on even on a machine that is slow to switch;
-- a shorter one is refused.
do
  local hasty <close> = machine { preset = "tiny" }
  local options = { protection = personality, quantum = 50, kernel = args.kernel }
  check.error(function() hasty:boot(options) end, "a time slice needs 5000 cycles")
  options.quantum = 501
  local hos = hasty:boot(options)
  hos:domain("spinner"):start("squat", 3)
  local worker = hos:domain("worker"):start("statics", 1000)
  hasty:run { cycles = 2000000 }
  check.that(worker.ended, "the shortest slice lets threads get on")
end

-- Killing them leaves a machine that goes idle.
spinner:destroy()
other:destroy()
m:run()
check.equal(os:domain("after"):start("hello", 1):join(), 1)
