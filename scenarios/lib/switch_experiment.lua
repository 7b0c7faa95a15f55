-- SPDX-License-Identifier: Apache-2.0
-- One point of the switch experiment: some domains, each touching its working
-- set and then yielding, round after round, on a machine of its own. What is
-- returned are averages per switch over the measured rounds, straight from the
-- ledger. A turn is everything from one switch to the next: the program's work,
-- all its refills, and the switch. The programs are compiled (os/user/programs/toucher.c); nothing is
-- scripted and the mailbox is silent while it measures.

local experiment = {}

local WARM = 3 -- rounds before measuring: all pages touched, caches settled

-- { "private" | "shared" segments } of one domain's working set.
local function make_segments(os, c, owners, name)
  local list, left = {}, c.pages
  for s = 1, c.segments do
    local pages = left // (c.segments - s + 1)
    left = left - pages
    if pages == 0 then pages = 1 end -- a segment has at least a page
    local seg = os:segment { size = pages * 4096, name = name .. "-" .. s }
    for _, d in ipairs(owners) do d:attach(seg, "rw") end
    list[s] = seg
  end
  return list
end

-- The parameter block of toucher.h.
local function block_words(c, segments, marks)
  local words = { c.pages, c.segments, c.rounds, WARM, 0, 0, marks and 1 or 0,
                  0, c.store and 1 or 0, 0 }
  for _, seg in ipairs(segments) do words[#words + 1] = seg.base end
  return words
end

local function start_touchers(os, c)
  local domains = {}
  for i = 1, c.domains do domains[i] = os:domain("d" .. i) end
  local common = c.shared and make_segments(os, c, domains, "shared")
  local blocks = {}
  for i, d in ipairs(domains) do
    local segments = common or make_segments(os, c, { d }, "d" .. i)
    local block = os:segment { size = "4K", name = "block" .. i }
    d:attach(block, "rw")
    d:write(block.base, block_words(c, segments, i == 1))
    blocks[i] = block
  end
  local toucher = os:program "toucher"
  for i, d in ipairs(domains) do d:start(toucher, blocks[i].base) end
end

-- Runs the touchers to the end of the measured rounds: machine and window.
-- c: personality, pages, segments, domains, shared, store, rounds, and machine
-- (a table of settings). The caller closes the machine.
function experiment.run(c)
  local m = machine(c.machine)
  local os = m:boot { protection = c.personality, quantum = 0 }
  start_touchers(os, c)
  m:run { until_ = { event = "mark", value = 1 } }
  local before = m:snapshot()
  m:run { until_ = { event = "mark", value = 2 } }
  return m, m:snapshot() - before
end

-- The row of one point; c as for experiment.run.
function experiment.measure(c)
  local m, window = experiment.run(c)
  local w = window:switches()
  local n = w.count
  check.equal(n, c.rounds * c.domains, "switches in the measured window")
  local row = {
    personality = c.personality, pages = c.pages, segments = c.segments,
    domains = c.domains, shared = c.shared, switches = n,
    direct = w.direct / n, instructions = w.instructions / n,
    phases = {}, late = {}, gifts = 0,
    turn = window.cycles / n,
    refill = { tlb = window.accounts.tlb_refill / n,
               protection = window.accounts.protection_refill / n },
  }
  for name, cycles in pairs(w.phases) do row.phases[name] = cycles / n end
  row.total = row.direct
  for name, cycles in pairs(w.late) do
    row.late[name] = cycles / n
    row.total = row.total + cycles / n
  end
  for _, count in pairs(w.gifts) do row.gifts = row.gifts + count / n end
  m:close()
  return row
end

local L1_TLBS, RPLBS = { "itlb", "dtlb" }, { "irplb", "drplb" }

local function sum(bits, units, kind)
  local total = 0
  for _, unit in ipairs(units) do total = total + bits[unit][kind] end
  return total
end

-- What the RPLB costs in CAM, net of what the L1 TLBs save when they need not
-- tell spaces apart, as L1 TLB entries for a MAS (split like the L1 TLBs). The
-- RAM bits these bring along, and those the L2 TLB saves in the single space,
-- are left to the MAS. Bits: mmu_storage_bits. nil: these L1 TLBs have no CAM
-- (not fully associative), so nothing can be compared.
function experiment.equal_bits(settings)
  local m = machine(settings)
  local mas, sas = m:storage_bits "mas", m:storage_bits "rplb"
  local i, d = m:setting "itlb.entries", m:setting "dtlb.entries"
  m:close()
  if sum(mas, L1_TLBS, "cam") == 0 then return nil end
  local cam = sum(sas, L1_TLBS, "cam") + sum(sas, RPLBS, "cam")
              - sum(mas, L1_TLBS, "cam")
  local each = sum(mas, L1_TLBS, "cam") // (i + d)
  local extra = math.max(0, math.ceil(cam / each))
  local add = extra * i // (i + d)
  return { itlb = i + add, dtlb = d + extra - add, extra = extra,
           net_cam_bits = cam, entry_cam_bits = each }
end

return experiment
