-- SPDX-License-Identifier: Apache-2.0
-- Two threads that take two tokens in different orders, and one that waits for
-- a message: for the tests of the wait-for graph.
local m = machine {}
local os = m:boot { protection = args.personality or "rplb" }
local alice, bob = os:domain "alice", os:domain "bob"
local left, right, go = os:semaphore(1), os:semaphore(1), os:semaphore(0)
local first, second = right, left
if args.order == "same" then first, second = left, right end

alice:thread(function(t) t:wait(left) t:wait(go) t:wait(right) end)
bob:thread(function(t) t:wait(first) t:wait(go) t:wait(second) end)
local port = os:port(2)
alice:thread(function(t) t:syscall("port_receive", port, 0, 0) end)
m:run()
go:post()
go:post()
m:run()
