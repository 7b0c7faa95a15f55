-- SPDX-License-Identifier: Apache-2.0
-- The words under the table of switch_cost follow from its rows: altered rows,
-- other words.

local reading = require "switch_reading"

local function row(personality, sweep, key, value, total, extra)
  local r = { personality = personality, sweep = sweep, shared = false,
              equal_bits = false, pages = 16, segments = 4, domains = 2,
              total = total, turn = total + 100, direct = total,
              phases = { switch = total / 4, flush = 0 },
              late = { tlb = 0, protection = 0, cache = 0 }, gifts = 0 }
  r[key] = value
  for k, v in pairs(extra or {}) do r[k] = v end
  return r
end

local function rows(rplb_total)
  local list = {}
  for _, pages in ipairs { 0, 64 } do
    list[#list + 1] = row("mas", "pages", "pages", pages, 900,
                          { late = { tlb = 500, protection = 0, cache = 20 } })
    list[#list + 1] = row("mas-asid", "pages", "pages", pages, 300)
    list[#list + 1] = row("rplb", "pages", "pages", pages, rplb_total)
  end
  for _, segments in ipairs { 1, 64 } do
    list[#list + 1] = row("mas-asid", "segments", "segments", segments, 300)
    list[#list + 1] = row("rplb", "segments", "segments", segments,
                          segments == 1 and 200 or rplb_total)
  end
  return list
end

local function says(list, text)
  for _, sentence in ipairs(reading.sentences(list)) do
    if sentence:find(text, 1, true) then return true end
  end
  return false
end

local cheap, dear, same = rows(200), rows(700), rows(301)
check.that(says(cheap, "200 cycles under rplb, 33 % less than the 300"))
check.that(says(dear, "700 cycles under rplb, 2.3 times the 300"))
check.that(says(same, "301 cycles under rplb, about the same as the 300"))
check.that(says(cheap, "rplb is never dearer than mas-asid, and cheaper at 0, 64"))
check.that(says(dear, "rplb is never cheaper than mas-asid, and dearer at 0, 64"))
check.that(says(same, "Along private pages rplb and mas-asid cost the same"))
check.that(says(dear, "segments rplb is cheaper than mas-asid at 1, dearer at 64"))
check.that(says(cheap, "520 of them come late: 96 % TLB refills"))
cheap[4].late = { tlb = 100, protection = 0, cache = 300 } -- mas at 64 pages
check.that(says(cheap, "400 of them come late: 25 % TLB, 75 % cache refills"))
check.that(says(cheap, "is 25 % of it (mas-asid: 25 %)"))
cheap[3].phases.flush = 50 -- rplb at 0 pages
check.that(says(cheap, "is 50 % of it (mas-asid: 25 %)"))
cheap[#cheap + 1] = row("rplb", "domains", "domains", 2, 200, { shared = true })
check.that(says(cheap, "no gifts"))
cheap[#cheap + 1] = row("rplb", "domains", "domains", 4, 200,
                        { shared = true, gifts = 7.5 })
check.that(says(cheap, "a domain finds 7.5 entries and lines"))
check.that(not says(cheap, "no gifts"))
