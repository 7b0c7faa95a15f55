-- SPDX-License-Identifier: Apache-2.0
-- What does it cost to switch from one protection domain to another?
--
-- The same kernel, programs and machine run as a conventional system with a
-- space per domain, without and with address-space tags (mas, mas-asid), and
-- as a single address space whose rights sit in an RPLB, refilled by software
-- or hardware (rplb, rplb-hw). A few domains take turns; each touches its
-- working set, then yields. The ledger splits what a switch costs:
--   direct  from the trap to the first instruction of the next domain, by phase
--   late    refills afterwards that the domain alone would not have needed
--   gifts   entries and lines it found because another domain had left them
--
--   opalite run scenarios/switch_cost.lua [--set quick=1] [--set all=1]
-- prints the main rows (all of them with all=1) and a reading in words computed
-- from them, and writes out/switch_cost.json, .csv and .svg with every row.

local experiment = require "switch_experiment"
local paths = require "kernel_paths"
local reading = require "switch_reading"

local quick = args.quick == "1"
local PERSONALITIES = { "mas", "mas-asid", "rplb", "rplb-hw" }
local ROUNDS = quick and 4 or 12
local PAGES = quick and { 0, 16 } or { 0, 4, 8, 16, 20, 32, 64, 128, 256 }
local SEGMENTS = quick and { 1, 32 } or { 1, 4, 8, 16, 32, 64 }
local DOMAINS = quick and { 2, 4 } or { 2, 4, 8, 16 }
local BASE = { pages = 16, segments = 4, domains = 2 }
local SEGMENT_SWEEP_PAGES = 64

local bits = experiment.equal_bits { name = "bits" }

-- The preset these machines have (--preset may have replaced the default).
local preset
do
  local m = machine { name = "preset" }
  preset = m.preset
  m:close()
end

local function points()
  local list = {}
  local function add(sweep, shared, pages, segments, domains, equal_bits)
    for _, p in ipairs(PERSONALITIES) do
      if not equal_bits or (bits and p:sub(1, 3) == "mas") then
        list[#list + 1] = {
          sweep = sweep, personality = p, shared = shared, pages = pages,
          segments = segments, domains = domains, equal_bits = equal_bits,
          rounds = ROUNDS }
      end
    end
  end
  for _, shared in ipairs { false, true } do
    for _, equal in ipairs { false, true } do
      for _, pages in ipairs(PAGES) do
        add("pages", shared, pages, math.max(1, math.min(pages, BASE.segments)),
            BASE.domains, equal)
      end
    end
    for _, segments in ipairs(SEGMENTS) do
      add("segments", shared, SEGMENT_SWEEP_PAGES, segments, BASE.domains,
          false)
    end
    for _, domains in ipairs(DOMAINS) do
      add("domains", shared, BASE.pages, BASE.segments, domains, false)
    end
  end
  return list
end

local function settings(point)
  if not point.equal_bits then return {} end
  return { itlb = { entries = bits.itlb }, dtlb = { entries = bits.dtlb } }
end

local function measure_all(list)
  local rows = {}
  for i, point in ipairs(list) do
    output.progress(i - 1, #list + #PERSONALITIES, point.personality .. ", "
      .. point.sweep)
    point.machine = settings(point)
    local row = experiment.measure(point)
    row.sweep, row.equal_bits = point.sweep, point.equal_bits
    rows[i] = row
  end
  return rows
end

local function measure_paths(done)
  local by = {}
  for i, p in ipairs(PERSONALITIES) do
    output.progress(done + i - 1, done + #PERSONALITIES, p .. ", kernel paths")
    by[p] = paths.measure(p, {}, quick and 20 or 100)
  end
  output.progress(done + #PERSONALITIES, done + #PERSONALITIES, "done")
  return by
end

-- ---- printing --------------------------------------------------------------

local function round(x) return math.floor(x + 0.5) end

local function columns(first, cycles, last)
  local list = {}
  for i, heading in ipairs(first) do list[i] = heading end
  for _, heading in ipairs(cycles) do
    list[#list + 1] = { heading = heading, unit = "cycles" }
  end
  list[#list + 1] = last
  return list
end

local function system(r) return r.personality .. (r.equal_bits and " +CAM" or "") end

local ROWS = columns({ "system", "pages", "segs", "doms" },
  { "turn", "switch", "direct", "late TLB", "late prot", "late cache",
    "TLB refill", "prot refill" },
  { heading = "gifts", unit = "count", format = "%.1f" })

local function print_rows(title, rows)
  local body = {}
  for _, r in ipairs(rows) do
    local before = body[#body]
    if before and (before.pages ~= r.pages or before.segs ~= r.segments
                   or before.doms ~= r.domains) then
      body[#body + 1] = "-"
    end
    body[#body + 1] = {
      system = system(r), pages = r.pages, segs = r.segments,
      doms = r.domains, turn = round(r.turn), switch = round(r.total),
      direct = round(r.direct), ["late TLB"] = round(r.late.tlb),
      ["late prot"] = round(r.late.protection),
      ["late cache"] = round(r.late.cache),
      ["TLB refill"] = round(r.refill.tlb),
      ["prot refill"] = round(r.refill.protection), gifts = r.gifts }
  end
  output.table { title = title, columns = ROWS, rows = body }
end

local PHASES = { "trap", "save", "refill", "kernel", "schedule", "switch",
                 "flush", "restore" }

-- Where the direct cycles go, by kernel phase.
local function print_phases(rows)
  local list, body = { "direct" }, {}
  for _, phase in ipairs(PHASES) do list[#list + 1] = phase end
  for i, r in ipairs(rows) do
    body[i] = { system = system(r), insns = round(r.instructions),
                direct = round(r.direct) }
    for _, phase in ipairs(PHASES) do body[i][phase] = round(r.phases[phase]) end
  end
  output.table {
    title = string.format("A switch, direct part by kernel phase (%d private "
      .. "pages, %d domains)", rows[1].pages, rows[1].domains),
    columns = columns({ "system" }, list, "insns"), rows = body }
end

local function pick(rows, sweep, shared)
  local out = {}
  for _, r in ipairs(rows) do
    if r.sweep == sweep and r.shared == shared then out[#out + 1] = r end
  end
  table.sort(out, function(a, b)
    if a[sweep] ~= b[sweep] then return a[sweep] < b[sweep] end
    if a.personality ~= b.personality then return a.personality < b.personality end
    return b.equal_bits and not a.equal_bits
  end)
  return out
end

local function print_paths(by)
  local body, list = {}, { "operation" }
  for _, p in ipairs(PERSONALITIES) do
    list[#list + 1] = { heading = p, unit = "cycles" }
    list[#list + 1] = { heading = "", unit = "insns", key = p .. " insns" }
  end
  for kind, name in ipairs(paths.names) do
    local line = { operation = name }
    for _, p in ipairs(PERSONALITIES) do
      local row = by[p][kind]
      line[p] = row.cycles and round(row.cycles)
      line[p .. " insns"] = row.cycles and round(row.instructions)
    end
    body[kind] = line
  end
  output.table { title = "Kernel paths (warm, average)", columns = list,
                 rows = body }
end

-- ---- files -----------------------------------------------------------------

local function csv_rows(rows)
  local header = { "sweep", "system", "equal_bits", "shared", "pages",
                   "segments", "domains", "turn", "total", "direct", "trap",
                   "save", "kernel", "schedule", "switch", "flush", "restore",
                   "refill", "late_tlb", "late_protection", "late_cache",
                   "tlb_refill", "protection_refill", "gifts", "instructions" }
  local body = {}
  for i, r in ipairs(rows) do
    local p = r.phases
    body[i] = { r.sweep, r.personality, tostring(r.equal_bits),
                tostring(r.shared), r.pages, r.segments, r.domains, r.turn,
                r.total, r.direct, p.trap, p.save, p.kernel, p.schedule,
                p.switch, p.flush, p.restore, p.refill, r.late.tlb,
                r.late.protection, r.late.cache, r.refill.tlb,
                r.refill.protection, r.gifts, r.instructions }
  end
  return header, body
end

local function lines_panel(rows, shared)
  local series = {}
  for _, p in ipairs(PERSONALITIES) do
    local points = {}
    for _, r in ipairs(pick(rows, "pages", shared)) do
      if r.personality == p and not r.equal_bits then
        points[#points + 1] = { r.pages, r.total }
      end
    end
    series[#series + 1] = { name = p, points = points }
  end
  return { title = "Total, " .. (shared and "shared" or "private") .. " pages",
           kind = "lines",
           x = { label = "working set (pages)", scale = "log2", ticks = PAGES },
           y = { label = "cycles per switch" }, series = series }
end

local function bars_panel(rows, shared, pages)
  local groups = {}
  for _, p in ipairs(PERSONALITIES) do
    for _, r in ipairs(pick(rows, "pages", shared)) do
      if r.personality == p and r.pages == pages and not r.equal_bits then
        groups[#groups + 1] = { label = p, parts = {
          { name = "direct", value = r.direct },
          { name = "late: TLB", value = r.late.tlb },
          { name = "late: protection", value = r.late.protection },
          { name = "late: cache", value = r.late.cache } } }
      end
    end
  end
  return { title = "Direct and late, " .. pages
             .. (shared and " shared" or " private") .. " pages",
           kind = "stacked-bars", x = { label = "system" },
           y = { label = "cycles per switch" }, groups = groups }
end

-- ---- the run ---------------------------------------------------------------

local list = points()
local rows = measure_all(list)
local by = measure_paths(#list)
local sentences = reading.sentences(rows)

-- The rows of a sweep at these values (all of them with --set all=1).
local function main_rows(sweep, shared, values, equal_bits)
  local out = {}
  for _, r in ipairs(pick(rows, sweep, shared)) do
    local wanted = args.all == "1" or quick
    for _, v in ipairs(values) do wanted = wanted or r[sweep] == v end
    if wanted and (equal_bits == nil or r.equal_bits == equal_bits) then
      out[#out + 1] = r
    end
  end
  return out
end

local base = {}
for _, r in ipairs(pick(rows, "pages", false)) do
  if r.pages == BASE.pages and not r.equal_bits then base[#base + 1] = r end
end
print_phases(base)
print_rows("Cycles per switch over the working set, private pages",
           main_rows("pages", false, { 0, 16, 64, 256 }, false))
print_rows("Cycles per switch over the working set, shared pages",
           main_rows("pages", true, { 16, 64, 256 }, false))
print_rows("Over the number of segments, private pages",
           main_rows("segments", false, { 4, 16, 64 }))
print_rows("Over the number of domains, private pages",
           main_rows("domains", false, { 2, 4, 16 }))
if bits then
  print_rows("At equal CAM bits, private pages",
             main_rows("pages", false, { 20 }))
end
note "turn: all cycles from one switch to the next; switch = direct + late."
note "refill: all refill cycles of a turn, the late ones included."
if bits then
  note(string.format("+CAM: the RPLBs' CAM bits (%d net) as %d more L1 TLB "
    .. "entries instead.", bits.net_cam_bits, bits.extra))
else
  note("The L1 TLBs of this machine have no CAM: no rows at equal CAM bits.")
end
print_paths(by)
note "How to read this, computed from the rows above:"
for _, sentence in ipairs(sentences) do note("  - " .. sentence) end

local mid = quick and 16 or 64
output.json("switch_cost.json", { preset = preset, rows = rows, kernel_paths = by,
                                  equal_bits = bits, reading = sentences })
output.csv("switch_cost.csv", csv_rows(rows))
output.plot("switch_cost.svg", {
  title = "What a domain switch costs",
  subtitle = "2 domains, up to 4 segments, preset " .. preset,
  width = 1000, height = 760,
  panels = { lines_panel(rows, false), lines_panel(rows, true),
             bars_panel(rows, false, mid), bars_panel(rows, true, mid) },
  notes = { string.format("Average of %d rounds after warm-up. Late: refills "
    .. "the domain alone would not have needed.", ROUNDS) },
})
