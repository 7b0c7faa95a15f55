-- SPDX-License-Identifier: Apache-2.0
-- Every program does what its head says, in this personality:
--   opalite run tests/os/programs.lua --set personality=rplb

local m = machine {}
local os = m:boot { protection = args.personality or "rplb",
                      kernel = args.kernel, sv = args.sv }

-- A domain with a segment of its own to pass words in.
local function domain_with(name, words, size)
  local d = os:domain(name)
  local seg = os:segment { size = size or "4K", name = name .. " block" }
  d:attach(seg, "rw")
  if words then d:write(seg.base, words) end
  return d, seg.base, seg
end

-- The loader: pointers in constants, initialised and zero statics.
local loader = os:domain "loader"
check.equal(loader:start("pointers", 0):join(), 0, "pointers")
local again = os:domain "loader again"
check.equal(again:start("pointers", 0):join(), 0,
            "a second domain's statics are fresh")
check.equal(loader:start("pointers", 0):join() > 0, true,
            "a second thread of the domain sees what the first one left")

-- hello: statics are private to a domain, and kept between threads.
local alice, bob = os:domain "alice", os:domain "bob"
check.equal(alice:start("hello", 2):join(), 2)
check.equal(bob:start("hello", 1):join(), 1)
check.equal(alice:start("hello", 1):join(), 3)
local texts, statics = {}, {}
for text, static in m.console:gmatch "text (0x%x+), stack 0x%x+, static (0x%x+)" do
  texts[text], statics[static] = true, true
end
local function count(t) local n = 0; for _ in pairs(t) do n = n + 1 end; return n end
check.equal(count(texts), 1, "one text")
check.equal(count(statics), 2, "two domains, two copies of the static")

-- chase: a list of 100 nodes, every second word.
local list = {}
local d, base = domain_with("chase")
for i = 0, 99 do
  list[2 * i + 1] = i < 99 and base + 16 * (i + 1) or 0
  list[2 * i + 2] = i
end
d:write(base, list)
check.equal(d:start("chase", base, 3):join(), 4950)

-- matrix: the same sum both ways.
local words = {}
for i = 1, 256 do words[i] = i end
for by_column = 0, 1 do
  local d, base = domain_with("matrix" .. by_column)
  d:write(base + 512, words)
  d:write(base, { base + 512, 16, 16, by_column, 2 })
  check.equal(d:start("matrix", base):join(), 256 * 257 // 2)
end

-- toucher: the sum of the words it touched, over segments of any number.
local function toucher(pages, segments, store)
  local d, block = domain_with("toucher")
  local bases, sum = {}, 0
  local page = 0
  for s = 1, segments do
    local n = pages // segments + (s <= pages % segments and 1 or 0)
    local seg = os:segment { size = math.max(n, 1) * 4096 }
    d:attach(seg, "rw")
    bases[s] = seg.base
    for i = 0, n - 1 do
      d:write(seg.base + i * 4096 + (page % 64) * 64, { page + 1 })
      sum = sum + page + 1
      page = page + 1
    end
  end
  local rounds, warm = 2, 1
  local words = { pages, segments, rounds, warm, 0, 0, 7, 0, store, 0 }
  for _, b in ipairs(bases) do words[#words + 1] = b end
  d:write(block, words)
  local expected = sum + store * pages * (rounds + warm)
  check.equal(d:start("toucher", block):join(), expected, "toucher")
  check.equal(m:peek(block + 72, 8, d), expected, "toucher's block")
end
toucher(0, 1, 0)
toucher(5, 2, 0)
toucher(70, 3, 0)
toucher(6, 4, 1)

-- ping and pong, by semaphore and by message.
for kind = 0, 1 do
  local seg = os:segment { size = "4K", name = "game" }
  local ping, pong = os:domain "ping", os:domain "pong"
  ping:attach(seg, "rw")
  pong:attach(seg, "rw")
  local to_pong = kind == 0 and os:semaphore(0) or os:port(2)
  local to_ping = kind == 0 and os:semaphore(0) or os:port(2)
  ping:write(seg.base, { kind, 50, to_pong.id, to_ping.id, 0, 0 })
  local b = pong:start("pong", seg.base)
  local a = ping:start("ping", seg.base)
  m:run()
  check.equal(a:join(), 100, "ping")
  check.equal(b:join(), 50, "pong")
end

-- The graph: built once by one domain, walked by others in each way.
local function graph(form, mode, private)
  local nodes = 300
  local bytes = 32 + nodes * 48
  local builder, task = domain_with("builder")
  local seg = os:segment { size = bytes, name = "graph" }
  builder:attach(seg, "rw")
  builder:write(task, { seg.base, bytes, nodes, 12345, form, 0, 0, 0, 0 })
  local sum = builder:start("graph_build", task):join()
  local walker, wtask = domain_with("walker")
  walker:attach(seg, private and "r" or "rw")
  walker:write(wtask, { seg.base, bytes, 0, 0, 0, mode, 2, 0, 0 })
  check.equal(walker:start("graph_walk", wtask):join(), sum, "graph sum")
  check.equal(m:peek(wtask + 64, 8, walker), nodes, "nodes visited")
end
graph(0, 0, true)  -- by pointer
graph(1, 1, true)  -- by offset
graph(1, 2, false) -- swizzled in place
graph(0, 3, true)  -- copied

-- Statics: the same answer from a plain program, which only a MAS can load.
local sum = os:domain("statics"):start("statics", 1000):join()
check.that(sum > 0, "statics")
local plain = os:syscall("program_load", "plain_statics.elf")
if os.one_space then
  check.equal(plain, -9, "a plain program has no place in one space")
else
  check.equal(os:domain("plain"):start("plain_statics", 1000):join(), sum)
  check.equal(os:domain("plain2"):start("plain_statics", 1000):join(), sum)
end

-- A portal server and an echo, all measured operations of microbench.
local seg = os:segment { size = "4K", name = "bench" }
local client, server, echo, peer = os:domain "client", os:domain "server",
  os:domain "echo", os:domain "peer"
for _, x in ipairs { client, server, peer } do x:attach(seg, "rw") end
local to_echo, from_echo = os:port(4), os:port(4)
local to_peer, from_peer = os:semaphore(0), os:semaphore(0)
client:write(seg.base + 1024, { 0 })
client:write(seg.base + 2048, { 0, 1 << 40, to_peer.id, from_peer.id, 0, 0 })
server:start("portal_server", seg.base + 1024, 0)
echo:start("echo", to_echo.id, from_echo.id)
peer:start("pong", seg.base + 2048)
m:run()
client:write(seg.base, { 5, 1, m:peek(seg.base + 1024, 8, client), to_echo.id,
                         from_echo.id, to_peer.id, from_peer.id, 100, 1, 0 })
check.equal(client:start("microbench", seg.base):join(), 127, "microbench")
