-- SPDX-License-Identifier: Apache-2.0
-- What a boot costs: Debian's OpenSBI and U-Boot, unmodified, on the full model.
--
-- Before any operating system runs, firmware has already run millions of
-- instructions. The console says where it is; between two texts of the console
-- the machine's figures are taken. Predict: which phase waits most for DRAM,
-- and how often does the TLB miss?
--
--   opalite run scenarios/boot_firmware.lua [--set firmware=FILE]
--       [--set kernel=FILE] [--set disk=FILE]
--
-- It needs the Debian packages opensbi and u-boot-qemu.

local quick = args.quick
local FIRMWARE = args.firmware
  or "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin"
local KERNEL = args.kernel or "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"
local LIMIT = 6000000000 -- cycles; a boot that takes longer is stuck

-- Each phase ends when the console shows a text; then a key may be sent.
local PHASES = {
  { name = "OpenSBI", expect = "Boot HART MEDELEG" },
  { name = "U-Boot before its banner", expect = "U-Boot 20" },
  { name = "U-Boot sets itself up", expect = "stop autoboot" },
  { name = "to the prompt", send = " ", expect = "=> " },
}
if quick then PHASES = { PHASES[1] } end

local m = machine { preset = args.preset or "u54", name = "board" }
m:boot_firmware { firmware = FIRMWARE, kernel = KERNEL, disk = args.disk,
                  append = "console=ttyS0" }

local function figures(name, w, traps)
  local s = w.stats
  local tlb = s.itlb.misses + s.dtlb.misses
  return {
    phase = name, instructions = s.instructions, cycles = w.cycles,
    cpi = w.cycles / s.instructions, l1i = s.l1i.misses, l1d = s.l1d.misses,
    l2 = s.l2.misses, tlb = tlb,
    dram = 100 * s.accounts.dram / w.cycles,
    execute = 100 * s.accounts.execute / w.cycles,
    traps = traps, cold = s["l1d.misses.cold"],
  }
end

local rows, sum = {}, 0
local start = m:snapshot()
local last, traps = start, m.stats.events.trap
for _, phase in ipairs(PHASES) do
  if phase.send then m:send(phase.send) end
  check.equal(m:run { expect = phase.expect, cycles = LIMIT }, "expect",
              phase.name .. ": the console shows \"" .. phase.expect .. '"')
  local now, trapped = m:snapshot(), m.stats.events.trap
  rows[#rows + 1] = figures(phase.name, now - last, trapped - traps)
  sum = sum + rows[#rows].cycles
  last, traps = now, trapped
end
local whole = figures("whole", last - start, traps)
rows[#rows + 1] = "-"
rows[#rows + 1] = whole
print()

output.table {
  title = "A boot on preset " .. m.preset,
  columns = {
    "phase", "instructions", "cycles",
    { heading = "CPI", key = "cpi", format = "%.2f" },
    { heading = "L1I misses", key = "l1i" },
    { heading = "L1D misses", key = "l1d" },
    { heading = "L2 misses", key = "l2" },
    { heading = "TLB misses", key = "tlb" },
    "traps",
    { heading = "executing", key = "execute", unit = "%", format = "%.0f" },
    { heading = "DRAM", key = "dram", unit = "%", format = "%.0f" },
  },
  rows = rows,
}

check.equal(sum, whole.cycles, "the phases add up to the whole")
check.equal(whole.cycles, m.cycles, "and the whole is all there was")
check.equal(whole.tlb, 0, "nobody switched translation on")
check.that(m.console:find("OpenSBI v", 1, true), "OpenSBI's banner is there")

local plain = {}
for _, row in ipairs(rows) do
  if row ~= "-" then plain[#plain + 1] = row end
end
output.json("boot_firmware", plain)

note(string.format("Until then %.1f million cycles have passed, %.0f %% of "
  .. "them waiting for DRAM. Of the L1D misses, %.0f %% are cold: firmware is "
  .. "the first to touch a line of memory, and touches few of them twice. The "
  .. "TLB is not asked at all, since both programs run with translation off "
  .. "(satp = 0); what checks their accesses is PMP.", whole.cycles / 1e6,
  whole.dram, 100 * whole.cold / whole.l1d))
if not quick then
  local busy = rows[1]
  for _, row in ipairs(plain) do
    if row.phase ~= "whole" and row.dram > busy.dram then busy = row end
  end
  note(string.format("The phase that waits most is \"%s\": %.0f %% of its "
    .. "cycles, at %.2f cycles an instruction.", busy.phase, busy.dram,
    busy.cpi))
end
