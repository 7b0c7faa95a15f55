-- SPDX-License-Identifier: Apache-2.0
-- The same kernel under every translation mode and ASID width: domains come and
-- go, ASIDs run out and start afresh, the last page of a large segment works,
-- and everything comes back.

local m = machine { asid = { bits = tonumber(args.asid or "16") } }
local os = m:boot { protection = args.personality or "mas-asid",
                    sv = args.sv or "sv39", quantum = 1000,
                    kernel = args.kernel }

local churner = os:domain "churner"
local thread = churner:start("churn", 30)
m:run()
check.equal(thread:join(), 0)

-- More domains than a narrow ASID can name, each with its own word: in a MAS
-- all at one address.
local big = os:segment { size = "1G", name = "big" }
local last = big.base + (1 << 30) - 4096
local domains, threads, sums = {}, {}, {}
local own, at = {}, {}
for i = 1, 20 do
  domains[i] = os:domain("d" .. i)
  own[i] = os:segment { size = "4K" }
  at[i] = not os.one_space and 0x20000 or own[i].base
  domains[i]:attach(own[i], "rw", at[i])
  domains[i]:attach(big, i == 1 and "rw" or "r")
end
domains[1]:thread(function(t) t:store(last, 4711) end)
m:run()
for i = 1, 20 do
  domains[i]:thread(function(t)
    local sum = 0
    t:store(at[i], i)
    for _ = 1, 5 do
      t:yield()
      sum = sum + t:load(at[i])
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
