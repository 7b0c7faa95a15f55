-- SPDX-License-Identifier: Apache-2.0
-- A scenario that guides its reader, for the tests of lab{}.
lab {
  notes = "# First\n\nPress `e`.\n\n- one **bold** word\n- a long line of a list that goes on below itself",
  hide = { "code", "registers" },
  lock = { "explain", "back" },
  start = { "set 6", "stop S", "screenshot tests/nothing.txt", "quit" },
}
local m = machine {}
local os = m:boot { protection = "rplb" }
local bob = os:domain "bob"
bob:thread(function(t) t:load(0x1000) end)
m:on("fault", function() lab { notes = "# Second", hide = {}, start = { "stop R" } } end)
m:run()
