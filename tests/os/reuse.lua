-- SPDX-License-Identifier: Apache-2.0
-- What is given again must come clean: a domain id without the rights of its
-- last owner, a frame without its bytes.

local m = machine { rplb = { entries = 64 } }
local os = m:boot { protection = args.personality or "rplb",
                    kernel = args.kernel }
local secret = os:segment { size = "4K", name = "secret" }

local old = os:domain "old"
old:attach(secret, "rw")
old:thread(function(t) t:store(secret.base, 42) end)
m:run()
check.equal(m:peek(secret.base, 8, old), 42)
local id = old.id
old:destroy()

local new = os:domain "new"
check.equal(new.id, id, "the same id, or this test tests nothing")
local got
new:thread(function(t) got = t:load(secret.base) end)
m:run()
check.equal(got, nil, "the new domain has the old one's right")
check.equal(new.alive, false)

secret:destroy()
local reader = os:domain "reader"
for _ = 1, 4 do
  local fresh = os:segment { size = "16K" }
  reader:attach(fresh, "rw")
  reader:thread(function(t)
    for page = 0, 3 do
      local sum = 0
      for word = 0, 511 do
        sum = sum | t:load(fresh.base + page * 4096 + word * 8)
      end
      check.equal(sum, 0, "a new page is all zero")
      t:store(fresh.base + page * 4096, 7)
    end
  end)
  m:run()
  fresh:destroy()
end
