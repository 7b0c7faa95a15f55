-- SPDX-License-Identifier: Apache-2.0
-- A domain that wants more memory than there is comes to an end; the others and
-- the kernel go on, and what it had is there again.

local m = machine { ram = { bytes = "4M" } }
local os = m:boot { protection = args.personality or "rplb", quantum = 1000 }
local glutton, modest = os:domain "glutton", os:domain "modest"
local big, small = os:segment { size = "64M" }, os:segment { size = "4K" }
glutton:attach(big, "rw")
modest:attach(small, "rw")
local before = os:info "free_frames"
local reached, seen = 0, nil

modest:thread(function(t)
  t:store(small.base, 42)
  for _ = 1, 50 do t:yield() end
  seen = t:load(small.base)
end)
glutton:thread(function(t)
  for i = 0, 16383 do
    t:store(big.base + i * 4096, i)
    reached = i
  end
end)
m:run()
check.equal(glutton.alive, false)
check.equal(modest.alive, true)
check.equal(seen, 42)
check.less(500, reached)
check.less(os:info "free_frames", 50)
big:destroy()
check.less(before - 20, os:info "free_frames")
check.equal(os:domain("next").alive, true)
