-- SPDX-License-Identifier: Apache-2.0
-- A unit that is switched off has empty accounts, and what only watches changes
-- no cycle.

local function run(settings, protection)
  local m = machine(settings)
  local os = m:boot { protection = protection, quantum = 0 }
  local d = os:domain "one"
  local seg = os:segment { size = "64K", name = "data" }
  d:attach(seg, "rw")
  d:start(os:program "matrix", seg.base, 16)
  m:run()
  return m
end

local function lookups(m, unit) return m.stats[unit].lookups end

local full = run({}, "rplb")
check.that(full.stats.accounts.l2 > 0)
check.that(lookups(full, "l1d") > 0)
check.that(lookups(full, "drplb") > 0)
check.that(full.stats.accounts.protection_refill > 0)

local quiet = run({ attribution = "off" }, "rplb")
check.equal(quiet.cycles, full.cycles, "attribution changes no cycle")
check.equal(quiet.stats.l1d.late, 0)

local no_l2 = run({ l2 = { bytes = 0 } }, "rplb")
check.equal(no_l2.stats.accounts.l2, 0)
check.equal(no_l2.stats.place.l2, 0)
check.equal(lookups(no_l2, "l2"), 0)

local no_l2tlb = run({ l2tlb = { entries = 0 } }, "rplb")
check.equal(lookups(no_l2tlb, "l2tlb"), 0)

local no_l1 = run({ l1d = { bytes = 0 }, l1i = { bytes = 0 } }, "rplb")
check.equal(lookups(no_l1, "l1d") + lookups(no_l1, "l1i"), 0)
check.equal(no_l1.stats.accounts.l1d + no_l1.stats.accounts.l1i, 0)

local mas = run({}, "mas-asid")
check.equal(mas.stats.accounts.protection_refill, 0)
check.equal(lookups(mas, "irplb") + lookups(mas, "drplb"), 0)

-- Another DRAM latency changes only what DRAM served, and in proportion.
local function place(m, name) return m.stats.place[name] end
local slow = run({ dram = { latency = 2 * full:setting "dram.latency" } }, "rplb")
check.equal(place(slow, "dram"), 2 * place(full, "dram"))
for _, name in ipairs { "core", "l1", "l2" } do
  check.equal(place(slow, name), place(full, name), name)
end
check.equal(slow.cycles - full.cycles, place(full, "dram"))
