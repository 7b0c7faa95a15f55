-- SPDX-License-Identifier: Apache-2.0
-- The same number is the same byte.
--
-- In a single address space an address means the same thing in every domain, so
-- a pointer can be handed over as it is: written by one domain into shared
-- memory, followed by another. In a system with a space per process the same
-- number may be another byte, or nothing. First predict for each of the two
-- systems: bob finds a pointer that alice stored. What does he read there?
--
--   opalite run scenarios/02_same_address.lua

-- Alice stores 42 in `page` and, in `box`, the address of the 42. Bob takes the
-- address out of the box and follows it. `elsewhere`: where bob sees the page.
local function hand_over(protection, elsewhere)
  local m = machine { preset = args.preset or "u54", name = protection }
  local os = m:boot { protection = protection }
  local alice, bob = os:domain "alice", os:domain "bob"
  local box = os:segment { size = "4K", name = "box" }
  local page = os:segment { size = "4K", name = "page" }
  alice:attach(box, "rw")
  alice:attach(page, "rw")
  bob:attach(box, "r")
  local there = bob:attach(page, "r", elsewhere and page.base + elsewhere or 0)

  local story
  m:on("fault", { domain = bob }, function(f) story = f:story() end)

  local found
  local a = alice:thread(function(t)
    t:store(page.base, 42)
    t:store(box.base, page.base)
  end)
  local b = bob:thread(function(t)
    t:join(a)
    found = t:load(t:load(box.base)) -- the pointer, used as it is
  end)
  m:run()
  return { machine = m, found = found, story = story, bob = bob, alice = alice,
           page = page, there = there }
end

-- One space: it simply works.
local one = hand_over("rplb")
check.equal(one.found, 42, "one space: bob follows alice's pointer")
check.equal(one.there, one.page.base, "bob sees the page where alice does")
check.equal(one.machine.stats.faults.protection, 0)
check.equal(one.machine:peek(one.page.base, 8, one.alice),
            one.machine:peek(one.page.base, 8, one.bob),
            "same address, same byte, whoever looks")

-- A space per process, the page mapped elsewhere for bob, as mmap would do when
-- the address is taken: the pointer leads nowhere.
local apart = hand_over("mas-asid", 1 << 32)
check.equal(apart.found, nil, "many spaces: the pointer is of no use to bob")
check.equal(apart.bob.alive, false, "following it ended bob's domain")
check.differs(apart.there, apart.page.base)
check.equal(apart.machine:peek(apart.there, 8, apart.bob), nil,
            "bob is gone, and his space with him")

-- The same system, when both agreed on the address beforehand.
local agreed = hand_over("mas-asid")
check.equal(agreed.found, 42, "many spaces, one agreed address")

-- In one space there is no elsewhere: the address belongs to the segment.
check.error(function() hand_over("rplb", 1 << 32) end, "kernel refused")

local function shown(found) return found and tostring(found) or "a fault" end
output.table {
  title = "Bob follows a pointer that alice stored",
  columns = { "system", { heading = "page at, alice", align = "r" },
              { heading = "page at, bob", align = "r" },
              { heading = "bob finds", align = "r" } },
  rows = {
    { "one space (rplb)", string.format("%#x", one.page.base),
      string.format("%#x", one.there), shown(one.found) },
    { "space per domain, mapped elsewhere",
      string.format("%#x", apart.page.base), string.format("%#x", apart.there),
      shown(apart.found) },
    { "space per domain, agreed address",
      string.format("%#x", agreed.page.base),
      string.format("%#x", agreed.there), shown(agreed.found) },
  },
}
print(apart.story)
check.that(apart.story:find("= segment page + 0x0 in other spaces", 1, true),
           "the story says whose address that is")
note "A single space makes the agreement once and for all: every segment has its address, for every domain. A system of many spaces can have it too, as long as nobody else uses that address."
