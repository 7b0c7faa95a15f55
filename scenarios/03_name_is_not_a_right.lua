-- SPDX-License-Identifier: Apache-2.0
-- Knowing an address is not the right to use it.
--
-- "One address space" sounds like no protection at all. It is not: an address is
-- a name, and a name is not a right. Eve knows exactly where alice's secret
-- lies. She tries to read it, to write it, to run it; each attempt is refused by
-- the hardware and ends the domain that tried. Then alice lends the page to bob
-- and takes it back: only rights change, the translation stays.
--
--   opalite run scenarios/03_name_is_not_a_right.lua [--set protection=mas]

local protection = args.protection or "rplb"
local m = machine { preset = args.preset or "u54" }
local os = m:boot { protection = protection }

local alice = os:domain "alice"
local secret = os:segment { size = "4K", name = "secret" }
alice:attach(secret, "rw")
alice:write(secret.base, { 4711 })

-- ---- eve knows the address ---------------------------------------------------

local stories = {}
m:on("fault", function(f) stories[#stories + 1] = f:story() end)

local attempts = {
  { what = "reads", with = "r", program = 0 },
  { what = "writes", with = "w", program = 1 },
  { what = "jumps to", with = "x", program = 2 },
}
for i, try in ipairs(attempts) do
  local eve = os:domain("eve" .. i)
  local may = m:explain(secret.base, try.with, eve) -- a look, without effect
  check.equal(may, false, "eve may not, and " .. try.what)
  -- The program `fault` really does it: load, store or call.
  local thread = eve:start("fault", try.program, secret.base)
  m:run()
  check.equal(eve.alive, false, "eve " .. try.what .. " the secret and ends")
  check.equal(thread.ended, true)
end
check.equal(#stories, 3, "three faults, three stories")
check.equal(m:peek(secret.base, 8, alice), 4711, "the secret is as it was")
check.equal(alice.alive, true, "and its owner did not notice")
print(stories[1])

-- ---- guessing -----------------------------------------------------------------

-- A domain that holds nothing asks about many addresses near the secret.
local guesser = os:domain "guesser"
local tries, hits = args.quick and 200 or 2000, 0
for _ = 1, tries do
  local guess = random(0, 1 << 20) * 4096 + random(0, 511) * 8
  if m:explain(guess, "r", guesser) then hits = hits + 1 end
end
check.equal(hits, 0, "no guess helps: every address is refused")

-- ---- lending and taking back ------------------------------------------------------

local bob = os:domain "bob"
local go = os:semaphore(0)
local read = {}
local function figures()
  return { page_tables = os:info "page_table_pages",
           frames = os:info "free_frames" }
end

local reader = bob:thread(function(t)
  while true do
    t:wait(go)
    read[#read + 1] = t:load(secret.base)
  end
end)
m:run() -- bob waits

-- He asks once with the right, once after it was taken.
bob:attach(secret, "r")
go:post()
m:run()
check.equal(read, { 4711 }, "with the right, bob reads")
check.equal(bob:rights(secret), "r")
check.equal(m:explain(secret.base, "w", bob), false, "r is not w")

local before, shot = figures(), m:snapshot()
bob:detach(secret)
local window = m:snapshot() - shot
check.equal(figures(), before, "taking a right back moves no memory")
check.equal(m:peek(secret.base, 8, alice), 4711, "alice's view is untouched")
if os.one_space then
  check.equal(window.stats.dtlb.invalidations, 0,
              "no translation was thrown away")
  check.equal(window.stats.itlb.invalidations, 0)
end

go:post()
m:run()
check.equal(read, { 4711 }, "without it, he does not")
check.equal(bob.alive, false, "the attempt ended bob")
check.equal(reader.ended, true)
print(stories[#stories])

note(string.format("%d attempts refused, %d guesses in vain, one right lent "
  .. "and taken back in %d cycles; TLB entries removed by taking it back: %d.",
  #stories, tries, window.cycles,
  window.stats.dtlb.invalidations + window.stats.itlb.invalidations))
