-- SPDX-License-Identifier: Apache-2.0
-- A kernel that finds no page of RAM free panics: it says so, by name and place,
-- and the machine and the run stop. Some size of RAM holds the kernel and the
-- one program it always has, and nothing more.

for kib = 128, 512, 4 do
  local m = machine { ram = { bytes = kib * 1024 } }
  if pcall(m.boot, m, { protection = "mas", programs = {} }) then break end
end
check.equal("a kernel that boots", "a panic")
