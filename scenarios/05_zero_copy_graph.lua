-- SPDX-License-Identifier: Apache-2.0
-- A graph full of pointers, built in one domain, walked in another.
--
-- Flat data is easy to share. Pointer-rich data (a graph, a tree, an index) is
-- not, where an address means something else in the next process. Five ways:
--   by pointer      one space: the walker follows the builder's pointers
--   agreed address  many spaces, the segment mapped at one address for both
--   offsets         mapped anywhere; edges are distances, added at each step
--   swizzled        mapped anywhere; the walker rewrites every pointer once
--   copied          the walker makes a private copy, rewriting on the way
-- The same nodes, the same walk, the same answer; what differs is the work
-- before and during the walk. Predict the order of the rows.
--
--   opalite run scenarios/05_zero_copy_graph.lua [--set nodes=10000]

local NODES = tonumber(args.nodes or (args.quick and "500" or "10000"))
local WALKS = tonumber(args.walks or "1")
local SEED = random(1, 1 << 30)
local NODE_BYTES, HEAD_BYTES = 48, 32 -- os/user/programs/graph.h
local POINTERS, OFFSETS = 0, 1        -- how the builder writes edges
local AS_THEY_ARE, ADDED, SWIZZLE, COPY = 0, 1, 2, 3

-- One way on a machine of its own.
local function measure(way)
  local m = machine { preset = args.preset or "u54", ram = { bytes = "256M" },
                      name = way.name }
  local os = m:boot { protection = way.system }
  local builder, walker = os:domain "builder", os:domain "walker"
  local bytes = (HEAD_BYTES + NODES * NODE_BYTES + 4095) // 4096 * 4096
  local graph = os:segment { size = bytes, name = "graph" }
  local task = os:segment { size = "4K", name = "task" }
  builder:attach(graph, "rw")
  builder:attach(task, "rw")
  -- 64 GiB further up nothing lies in the way.
  local there = walker:attach(graph, way.mode == SWIZZLE and "rw" or "r",
                              way.elsewhere and graph.base + (1 << 36) or 0)
  walker:attach(task, "rw")

  -- struct graph_task; the builder's half, then the walker's.
  builder:write(task.base, { graph.base, bytes, NODES, SEED,
                             way.form or POINTERS, 0, 0, 0, 0 })
  local built = builder:start("graph_build", task):join()
  builder:write(task.base, { there, bytes, NODES, SEED, 0,
                             way.mode or AS_THEY_ARE, WALKS, 0, 0 })
  local faults = 0 -- first touches: page faults of the walker
  m:on("trap", { domain = walker }, function(e)
    if not e.interrupt and (e.cause == 13 or e.cause == 15) then
      faults = faults + 1
    end
  end)
  local thread = walker:start("graph_walk", task)
  local before = m:snapshot()
  local sum = thread:join()
  local window = m:snapshot() - before

  local at = {}
  for _, mark in ipairs(m:marks()) do at[mark.value] = mark.cycle end
  local row = {
    way = way.name, system = way.system, built = built, sum = sum,
    visited = m:peek(task.base + 64, 8, walker),
    prepare = at[2] - at[1], walk = at[3] - at[2], total = at[3] - at[1],
    tlb_misses = window.stats.dtlb.misses, faults = faults,
    extra_bytes = way.mode == COPY and bytes or 0,
  }
  m:close()
  return row
end

local ways = {
  { name = "by pointer", system = "rplb" },
  { name = "by pointer, hardware refill", system = "rplb-hw" },
  { name = "agreed address", system = "mas-asid" },
  { name = "offsets", system = "mas-asid", elsewhere = true, form = OFFSETS,
    mode = ADDED },
  { name = "swizzled", system = "mas-asid", elsewhere = true, mode = SWIZZLE },
  { name = "copied", system = "mas-asid", elsewhere = true, mode = COPY },
}

local rows, by = {}, {}
for i, way in ipairs(ways) do
  output.progress(i - 1, #ways, way.name)
  rows[i] = measure(way)
  by[way.name] = rows[i]
end
output.progress(#ways, #ways, "done")

local base = by["by pointer"].total
for _, row in ipairs(rows) do
  row.per_node = row.total / NODES
  row.ratio = row.total / base
  check.equal(row.sum, row.built, row.way .. ": the builder's checksum")
  check.equal(row.sum, rows[1].sum, row.way .. ": the same answer")
  check.equal(row.visited, NODES, row.way .. ": every node was reached")
end

output.table {
  title = string.format("%d nodes built in one domain, walked %d time%s in "
    .. "another", NODES, WALKS, WALKS == 1 and "" or "s"),
  columns = {
    { heading = "way", key = "way" }, { heading = "system", key = "system" },
    { heading = "prepare", key = "prepare", unit = "cycles" },
    { heading = "walk", key = "walk", unit = "cycles" },
    { heading = "total", key = "total", unit = "cycles" },
    { heading = "per node", key = "per_node", unit = "cycles",
      format = "%.1f" },
    { heading = "ratio", key = "ratio", format = "%.2f" },
    { heading = "page faults", key = "faults" },
    { heading = "DTLB misses", key = "tlb_misses" },
    { heading = "copied", key = "extra_bytes", unit = "bytes" },
  },
  rows = rows,
}
output.json("05_zero_copy_graph", rows)

-- Nothing to prepare where pointers mean the same; something elsewhere.
local few = NODES -- cycles: less than one a node
check.less(by["by pointer"].prepare, few, "one space: nothing to prepare")
check.less(by["agreed address"].prepare, few,
           "agreed address: nothing to prepare either")
check.less(few, by["swizzled"].prepare, "swizzling touches every node")
check.less(few, by["copied"].prepare, "copying touches every node")
check.less(by["by pointer"].total, by["swizzled"].total)
check.less(by["by pointer"].total, by["copied"].total)

note(string.format("The page faults: %d in one space, %d and more in a MAS, "
  .. "where the walker's page table is filled at the first touch of each page "
  .. "even though the builder's has it already.", by["by pointer"].faults,
  by["agreed address"].faults))
note(string.format("By pointer: %d cycles. A MAS that agreed on the address "
  .. "beforehand needs %.2f times as much, offsets %.2f, swizzling %.2f, "
  .. "copying %.2f. Swizzling also spoils the graph for its builder, and the "
  .. "copy is stale with the builder's next change.", base,
  by["agreed address"].ratio, by["offsets"].ratio, by["swizzled"].ratio,
  by["copied"].ratio))
