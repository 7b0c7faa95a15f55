-- SPDX-License-Identifier: Apache-2.0
-- The same kernel under every translation mode and ASID width: domains come and
-- go, ASIDs run out and start afresh, the last page of a large segment works,
-- and everything comes back.

local m = machine { asid = { bits = tonumber(args.asid or "16") } }
local os = m:boot { protection = args.personality or "mas-asid",
                    sv = args.sv or "sv39", quantum = 1000 }

local churner = os:domain "churner"
local thread = churner:start("churn", 30)
m:run()
check.equal(thread:join(), 0)

-- More domains than a narrow ASID can name, each with its own word.
local big = os:segment { size = "1G", name = "big" }
local last = big.base + (1 << 30) - 4096
local domains, threads, sums = {}, {}, {}
local own = {}
for i = 1, 20 do
  domains[i] = os:domain("d" .. i)
  own[i] = os:segment { size = "4K" }
  domains[i]:attach(own[i], "rw")
  domains[i]:attach(big, i == 1 and "rw" or "r")
end
domains[1]:thread(function(t) t:store(last, 4711) end)
m:run()
for i = 1, 20 do
  domains[i]:thread(function(t)
    local sum = 0
    t:store(own[i].base, i)
    for _ = 1, 5 do
      t:yield()
      sum = sum + t:load(own[i].base)
    end
    sums[i] = sum + t:load(last)
  end)
end
m:run()
for i = 1, 20 do
  check.equal(sums[i], 5 * i + 4711, "domain " .. i)
end
local frames = os:info "free_frames"
big:destroy()
check.less(frames, os:info "free_frames")
