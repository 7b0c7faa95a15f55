-- SPDX-License-Identifier: Apache-2.0
-- One TLB entry for a shared page, or one for each process.
--
-- Some domains take turns and read the same shared pages. In one space a page
-- has one translation, and one TLB entry serves them all. In a system of many
-- spaces each process has a translation of its own for the same page: with
-- address-space tags (ASIDs) they compete for room in the TLB, without them
-- every switch throws them away. Predict: with 16 shared pages, from how many
-- domains on does a data TLB of 40 entries no longer hold the tagged ones?
--
--   opalite run scenarios/04_tlb_reach.lua [--set pages=16]

local quick = args.quick
local PAGES = tonumber(args.pages or "16")
local ROUNDS, WARM = quick and 4 or 10, 3
local DOMAINS = quick and { 1, 2, 8 } or { 1, 2, 4, 8, 12, 16 }
local SYSTEMS = { "mas", "mas-asid", "rplb-hw", "rplb" }

-- Misses per domain and round, measured between the marks of the first domain.
local function measure(system, domains)
  local m = machine { preset = args.preset or "u54",
                      name = system .. "-" .. domains }
  local os = m:boot { protection = system }
  local pages = os:segment { size = PAGES * 4096, name = "shared" }
  local toucher = os:program "toucher"
  for i = 1, domains do
    local d = os:domain("d" .. i)
    local block = os:segment { size = "4K", name = "block" .. i }
    d:attach(pages, "rw")
    d:attach(block, "rw")
    -- struct toucher of os/user/programs/toucher.h
    d:write(block.base, { PAGES, 1, ROUNDS, WARM, 0, 0, i == 1 and 1 or 0, 0,
                          0, 0, pages.base })
    d:start(toucher, block)
  end
  m:run { until_ = { event = "mark", value = 1 } }
  local start = m:snapshot()
  m:run { until_ = { event = "mark", value = 2 } }
  local w = m:snapshot() - start
  local turns = ROUNDS * domains
  local row = {
    system = system, domains = domains,
    misses = w.stats.dtlb.misses / turns,
    walks = w.stats.l2tlb.misses / turns,
    refill = w.stats.accounts.tlb_refill / turns,
    entries = m:setting "dtlb.entries",
  }
  m:close()
  return row
end

local rows, by = {}, {}
for i, system in ipairs(SYSTEMS) do
  by[system] = {}
  for j, domains in ipairs(DOMAINS) do
    output.progress((i - 1) * #DOMAINS + j, #SYSTEMS * #DOMAINS, system)
    local row = measure(system, domains)
    by[system][domains] = row
    rows[#rows + 1] = row
  end
  if i < #SYSTEMS then rows[#rows + 1] = "-" end
end

output.table {
  title = string.format("%d shared pages, a data TLB of %d entries; per "
    .. "domain and turn", PAGES, by.mas[DOMAINS[1]].entries),
  columns = {
    "system", "domains",
    { heading = "DTLB misses", key = "misses", format = "%.1f" },
    { heading = "L2 TLB misses", key = "walks", format = "%.1f" },
    { heading = "TLB refill", key = "refill", unit = "cycles",
      format = "%.0f" },
  },
  rows = rows,
}

-- The claim (for TLBs that hold the shared pages once, but not for each domain):
-- in one space the number of domains does not matter ...
local most = DOMAINS[#DOMAINS]
for _, system in ipairs { "rplb", "rplb-hw" } do
  check.less(by[system][most].misses, 1,
             system .. ": the pages stay in the TLB")
end
-- ... with ASIDs it does, as soon as domains x pages exceed the TLB ...
check.less(by["mas-asid"][2].misses, PAGES / 2,
           "two domains: both sets of entries fit")
check.that(by["mas-asid"][most].misses >= PAGES,
           "many domains: every page misses at every turn")
-- ... and without them at every switch.
check.that(by.mas[2].misses >= PAGES, "mas: the flush empties the TLB")

local plain = {}
for _, row in ipairs(rows) do
  if row ~= "-" then plain[#plain + 1] = row end
end
output.json("04_tlb_reach", plain)

local series = {}
for _, system in ipairs(SYSTEMS) do
  local points = {}
  for _, domains in ipairs(DOMAINS) do
    points[#points + 1] = { domains, by[system][domains].misses }
  end
  series[#series + 1] = { name = system, points = points }
end
if not quick then
  output.plot("04_tlb_reach", {
    title = "DTLB misses while domains share " .. PAGES .. " pages",
    subtitle = "per domain and turn",
    panels = { { title = "Over the number of domains", kind = "lines",
                 x = { label = "domains", ticks = DOMAINS },
                 y = { label = "misses per turn" }, series = series } },
  })
end

note(string.format("With %d domains each turn misses the data TLB %.1f times "
  .. "in one space, %.1f times with ASIDs and %.1f times without: the tagged "
  .. "system needs %d entries for the shared pages, the single space %d.",
  most, by["rplb-hw"][most].misses, by["mas-asid"][most].misses,
  by.mas[most].misses, most * PAGES, PAGES))
