# SPDX-License-Identifier: Apache-2.0
# How long the ways back take, seen from gdb (docs/gdb.md): to clock $at, then
# from there. In one terminal: opalite run --gdb SCENARIO; in the other:
#     gdb-multiarch -batch -ex 'set $at = 329842' -x tests/bench/back.gdb \
#         build/guest/kernel.elf
set pagination off
set confirm off
target remote localhost:1234
python
import time

def measure(command, times):
    spent = []
    for _ in range(times):
        begin = time.time()
        gdb.execute(command, to_string=True)
        spent.append((time.time() - begin) * 1000)
    spent.sort()
    print("%-28s %3d times, milliseconds: median %.1f, most %.1f"
          % (command, times, spent[times // 2], spent[-1]))

at = int(gdb.convenience_variable("at"))
gdb.execute("monitor cycle %d" % at)
measure("continue", 1)
gdb.execute("monitor where")
measure("reverse-stepi", 50)
measure("reverse-next", 20)
gdb.execute("break sys_segment_attach")
measure("reverse-continue", 3)
gdb.execute("delete")
measure("reverse-continue", 1)
gdb.execute("monitor where")
gdb.execute("kill")
end
