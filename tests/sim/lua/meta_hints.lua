-- SPDX-License-Identifier: Apache-2.0
-- Deleting the kernel's hints changes only their own cycles. A turn of the
-- switch experiment meets one hint (THREAD_RUNS), so without hints it retires
-- one instruction less and executes for exactly that much less.

local function turn(kernel)
  local m = machine {}
  local os = m:boot { protection = args.personality or "rplb", quantum = 0,
                      kernel = kernel }
  local block = os:segment { size = "4K", name = "block" }
  local data = os:segment { size = "16K", name = "data" }
  local toucher = os:program "toucher"
  local rounds = 20
  for i = 1, 2 do
    local d = os:domain("d" .. i)
    d:attach(block, "rw")
    d:attach(data, "rw")
    if i == 1 then
      d:write(block.base, { 4, 1, rounds, 3, 0, 0, 1, 0, 0, 0, data.base })
      d:write(block.base + 1024, { 4, 1, rounds, 3, 0, 0, 0, 0, 0, 0, data.base })
    end
    d:start(toucher, block.base + (i - 1) * 1024)
  end
  m:run { until_ = { event = "mark", value = 1 } }
  local before = m:snapshot()
  m:run { until_ = { event = "mark", value = 2 } }
  local w = m:snapshot() - before
  local switches = 2 * rounds
  return w.instructions / switches, w.accounts.execute / switches
end

local with_insns, with_execute = turn()
local without_insns, without_execute = turn "kernel-nohints.elf"
check.equal(with_insns - without_insns, 1, "instructions a turn")
check.equal(with_execute - without_execute, 1, "execute cycles a turn")
