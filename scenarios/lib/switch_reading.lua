-- SPDX-License-Identifier: Apache-2.0
-- Reads the rows of the switch experiment aloud. Every sentence is computed
-- from the rows it is given: other rows, other sentences (tests/sim checks
-- this with altered data). Nothing here knows what the result "should" be.
--
-- A row: { personality, pages, segments, domains, shared, equal_bits,
--          sweep, turn, total, direct, phases, late = { tlb, protection, cache },
--          gifts }

local reading = {}

local SAME = 0.02 -- totals closer than this are called the same

local function find(rows, want)
  for _, r in ipairs(rows) do
    local hit = true
    for k, v in pairs(want) do
      if r[k] ~= v then hit = false end
    end
    if hit then return r end
  end
end

local function all(rows, want, key)
  local found = {}
  for _, r in ipairs(rows) do
    local hit = true
    for k, v in pairs(want) do
      if r[k] ~= v then hit = false end
    end
    if hit then found[#found + 1] = r end
  end
  table.sort(found, function(a, b) return a[key] < b[key] end)
  return found
end

local function late(r) return r.late.tlb + r.late.protection + r.late.cache end

local function cycles(x) return tostring(math.floor(x + 0.5)) end

-- "30 % less than", "about the same as", "2.1 times"
local function compared(a, b)
  if b == 0 then return a == 0 and "the same as" or "more than" end
  local ratio = a / b
  if math.abs(ratio - 1) <= SAME then return "about the same as" end
  if ratio >= 2 then return string.format("%.1f times", ratio) end
  if ratio > 1 then
    return string.format("%.0f %% more than", (ratio - 1) * 100)
  end
  return string.format("%.0f %% less than", (1 - ratio) * 100)
end

-- The parts of the late bill that matter (a tenth of it or more), in percent.
local NAMES = { tlb = "TLB", protection = "protection", cache = "cache" }
local function late_parts(r)
  local parts = {}
  for _, key in ipairs { "tlb", "protection", "cache" } do
    local percent = r.late[key] / late(r) * 100
    if percent >= 10 then
      parts[#parts + 1] = string.format("%.0f %% %s", percent, NAMES[key])
    end
  end
  return table.concat(parts, ", ") .. " refills"
end

-- Percent of the direct cycles that are spent on what only differs between the
-- systems: changing space or domain, and the flush.
local function own_share(r)
  return (r.phases.switch + r.phases.flush) / r.direct * 100
end

local function add(out, ...) out[#out + 1] = string.format(...) end

local function direct_only(out, rows, base)
  local mas = find(rows, { personality = "mas-asid", pages = 0,
                           shared = base.shared, sweep = "pages" })
  local sas = find(rows, { personality = "rplb", pages = 0,
                           shared = base.shared, sweep = "pages" })
  if not (mas and sas) then return end
  add(out, "With an empty working set a switch takes %s cycles under rplb, %s "
        .. "the %s of mas-asid. Changing stacks, domain and space is %.0f %% "
        .. "of it (mas-asid: %.0f %%); trap, registers and scheduler are the "
        .. "rest, in any system.",
      cycles(sas.total), compared(sas.total, mas.total), cycles(mas.total),
      own_share(sas), own_share(mas))
end

local function flush_bill(out, rows, base)
  local series = all(rows, { personality = "mas", shared = base.shared,
                             sweep = "pages", equal_bits = false }, "pages")
  local r = series[#series]
  local a = r and find(rows, { personality = "mas-asid", pages = r.pages,
                               shared = base.shared, sweep = "pages",
                               equal_bits = false })
  if not a then return end
  add(out, "At %d pages mas, which flushes, pays %s cycles a switch, %s "
        .. "mas-asid (%s); %s of them come late%s.",
      r.pages, cycles(r.total), compared(r.total, a.total), cycles(a.total),
      cycles(late(r)), late(r) > 0 and ": " .. late_parts(r) or "")
end

-- Where along a sweep the single space is cheaper than the tagged MAS.
local function crossing(out, rows, want, key, unit, sas_name, what)
  local counted = what == "turn" and "Counting whole turns, along" or "Along"
  local sas = all(rows, want(sas_name), key)
  local wins, loses = {}, {}
  for _, r in ipairs(sas) do
    local other = find(rows, (function()
      local w = want("mas-asid"); w[key] = r[key]; return w
    end)())
    if other and other[what] > 0 then
      local ratio = r[what] / other[what]
      if ratio < 1 - SAME then wins[#wins + 1] = r[key]
      elseif ratio > 1 + SAME then loses[#loses + 1] = r[key] end
    end
  end
  if #wins == 0 and #loses == 0 then
    add(out, "%s %s %s and mas-asid cost the same.", counted, unit, sas_name)
  elseif #loses == 0 then
    add(out, "%s %s %s is never dearer than mas-asid, and cheaper at %s.",
        counted, unit, sas_name, table.concat(wins, ", "))
  elseif #wins == 0 then
    add(out, "%s %s %s is never cheaper than mas-asid, and dearer at %s.",
        counted, unit, sas_name, table.concat(loses, ", "))
  else
    add(out, "%s %s %s is cheaper than mas-asid at %s, dearer at %s.",
        counted, unit, sas_name, table.concat(wins, ", "), table.concat(loses, ", "))
  end
end

local function gifts(out, rows)
  local best
  for _, r in ipairs(rows) do
    if r.personality == "rplb" and r.shared and not r.equal_bits
        and (not best or r.gifts > best.gifts) then
      best = r
    end
  end
  if not best then return end
  local mas = find(rows, { personality = "mas-asid", pages = best.pages,
                           segments = best.segments, domains = best.domains,
                           shared = true, sweep = best.sweep,
                           equal_bits = false })
  if best.gifts < 0.5 and (not mas or mas.gifts < 0.5) then
    add(out, "No domain found entries ready that another had left: no gifts.")
    return
  end
  add(out, "Sharing %d pages, a domain finds %.1f entries and lines a switch "
        .. "that another left behind under rplb%s.",
      best.pages, best.gifts,
      mas and string.format(", %.1f under mas-asid", mas.gifts) or "")
end

local function equal_bits(out, rows, base)
  local agree, differ = 0, {}
  for _, r in ipairs(rows) do
    if r.equal_bits and r.personality == "mas-asid" then
      local plain = find(rows, { personality = "mas-asid", pages = r.pages,
                                 shared = r.shared, sweep = "pages",
                                 equal_bits = false })
      local sas = find(rows, { personality = "rplb", pages = r.pages,
                               shared = r.shared, sweep = "pages",
                               equal_bits = false })
      if plain and sas then
        if (sas.total < plain.total) == (sas.total < r.total) then
          agree = agree + 1
        else
          differ[#differ + 1] = string.format("%d %s pages", r.pages,
            r.shared and "shared" or "private")
        end
      end
    end
  end
  if agree + #differ == 0 then return end
  if #differ == 0 then
    add(out, "Given the RPLB's CAM bits as TLB entries, mas-asid keeps its "
          .. "place against rplb at every point.")
  else
    add(out, "Given the RPLB's CAM bits as TLB entries, mas-asid changes places "
          .. "with rplb at %s.", table.concat(differ, ", "))
  end
end

-- The sentences for these rows, in reading order.
function reading.sentences(rows)
  local out = {}
  local private = { shared = false }
  direct_only(out, rows, private)
  flush_bill(out, rows, private)
  for _, shared in ipairs { false, true } do
    local what = shared and "shared" or "private"
    for _, sas in ipairs { "rplb", "rplb-hw" } do
      crossing(out, rows, function(p)
        return { personality = p, shared = shared, sweep = "pages",
                 equal_bits = false }
      end, "pages", what .. " pages", sas, "total")
    end
  end
  for _, sweep in ipairs { "segments", "domains" } do
    for _, what in ipairs { "total", "turn" } do
      crossing(out, rows, function(p)
        return { personality = p, shared = false, sweep = sweep,
                 equal_bits = false }
      end, sweep, "the number of " .. sweep, "rplb", what)
    end
  end
  gifts(out, rows)
  equal_bits(out, rows, private)
  return out
end

return reading
