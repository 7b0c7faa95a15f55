-- SPDX-License-Identifier: Apache-2.0
-- LR/SC across a switch: a reservation does not outlive its thread's turn, so
-- no other domain's store in between can be lost.

local m = machine {}
local os = m:boot { protection = args.personality or "rplb",
                    kernel = args.kernel }

-- add_one(counter, give_way): LR, a yield when give_way is not 0, SC. Returns
-- what SC said: 0 = stored.
local add_one = {
  0xfe010113, -- addi sp,sp,-32
  0x00113023, -- sd ra,0(sp)
  0x00813423, -- sd s0,8(sp)
  0x00913823, -- sd s1,16(sp)
  0x00050413, -- addi s0,a0,0
  0x100434af, -- lr.d s1,(s0)
  0x00058663, -- beq a1,zero,24
  0x00100893, -- addi a7,zero,1
  0x00000073, -- ecall 
  0x00148493, -- addi s1,s1,1
  0x1894352f, -- sc.d a0,s1,(s0)
  0x00013083, -- ld ra,0(sp)
  0x00813403, -- ld s0,8(sp)
  0x01013483, -- ld s1,16(sp)
  0x02010113, -- addi sp,sp,32
  0x00008067, -- jalr zero,0(ra)
}

local code = os:segment { size = "4K", name = "code" }
local data = os:segment { size = "4K", name = "data" }
local alice, bob = os:domain "alice", os:domain "bob"
alice:attach(code, "rwx")
alice:attach(data, "rw")
bob:attach(data, "rw")
local words = {}
for i = 1, #add_one, 2 do words[#words + 1] = add_one[i + 1] << 32 | add_one[i] end
alice:write(code.base, words)

-- Alone it counts.
local said = {}
alice:thread(function(t)
  said[1] = t:jump(code.base, data.base, 0)
end)
m:run()
check.equal(said[1], 0, "without a switch SC stores")
check.equal(m:peek(data.base), 1)

-- With bob's store in between it does not, whoever comes first.
local a = alice:thread(function(t) said[2] = t:jump(code.base, data.base, 1) end)
bob:thread(function(t)
  for _ = 1, 50 do
    t:store(data.base, 100)
    t:yield()
  end
end)
local switches = os:info "switches"
m:run()
check.that(a.ended)
check.less(switches + 4, os:info "switches")
check.equal(said[2], 1, "after a switch SC does not store")
check.equal(m:peek(data.base), 100)
