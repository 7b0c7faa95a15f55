/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that need the whole board: a small UNIX-like kernel and a driver of
 * the virtio console, both of ours (tests/guest/board), and software of others
 * in scenarios: m:boot_firmware, m:send and what m:run expects.
 */
#include "tests/sim/cli_help.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLOW 1
#else
#define SLOW 0
#endif

#define BOARD "build/guest/board/"
#define LIMIT " --timeout-cycles 3000000000 "
#define UNIX                                                                   \
    "boot --kernel " BOARD "unix.elf --disk %W/unix.img "                      \
    "--expect 'a line: ' --send 'hello\\r'"
#define CONSOLE "boot --kernel " BOARD "console.elf --console "

static struct ran r;

/* Byte b of block s is s + b, as unix.c expects. */
static void put_disk(void)
{
    static uint8_t disk[16][1024];
    for (unsigned block = 0; block < 16; block++)
        for (unsigned b = 0; b < 1024; b++)
            disk[block][b] = (uint8_t)(block + b);
    put_file("unix.img", disk, sizeof disk);
}

static void a_small_unix_boots(void **state)
{
    (void)state;
    if (SLOW)
        skip();
    put_disk();
    expect(&r, UNIX LIMIT, EXIT_PASSED,
           "paging\ndisk\nU\ntype a line: hello\r\nall well\n");
    expect(&r, UNIX LIMIT "--engine readable", EXIT_PASSED, "all well\n");
}

/* What it checks, it checks: no disk, a wrong disk, no hardware A and D. */
static void a_small_unix_notices(void **state)
{
    (void)state;
    if (SLOW)
        skip();
    expect(&r, "boot --kernel " BOARD "unix.elf" LIMIT "2>&1",
           EXIT_GUEST_FAILURE, "check 031 failed");
    put_text("wrong.img", "");
    char path[200];
    snprintf(path, sizeof path, "%s/wrong.img", work);
    assert_int_equal(truncate(path, 16384), 0);
    expect(&r,
           "boot --kernel " BOARD "unix.elf --disk %W/wrong.img" LIMIT "2>&1",
           EXIT_GUEST_FAILURE, "check 032 failed");
    expect(&r, UNIX LIMIT "--set hw_ad=off 2>&1", EXIT_NO_PROGRESS,
           "instruction page fault");
}

static void the_virtio_console_talks(void **state)
{
    (void)state;
    expect(&r,
           CONSOLE "virtio --expect 'virtio console' --send 'hello' "
                   "--expect HELLO --send 'again, and longer than a buffer' "
                   "--expect 'LONGER THAN A BUFFER' --send q" LIMIT,
           EXIT_PASSED, "virtio console\nHELLO");
    put_text("keys", "abcq");
    expect(&r, CONSOLE "virtio <%W/keys", EXIT_PASSED, "ABC");
    /* Keys that go to the UART do not arrive there. */
    expect(&r,
           CONSOLE "uart --expect 'virtio console' --send hello --expect HELLO "
                   "--timeout-cycles 3000000 2>&1",
           EXIT_CYCLE_LIMIT, "waits for: HELLO");
    expect_error(&r, CONSOLE "vga", EXIT_USAGE,
                 "--console: expected uart or virtio, got 'vga'");
}

static void wall_clock(void **state)
{
    (void)state;
    expect(&r, CONSOLE "uart --max-seconds 1 2>&1 </dev/null", EXIT_WALL_CLOCK,
           "the time of --max-seconds is over");
    expect_error(&r, CONSOLE "uart --max-seconds soon", EXIT_USAGE,
                 "expected a whole number");
}

/* ---- in scenarios ---------------------------------------------------------
 */

#define LUA                                                                    \
    "local m = machine {}\n"                                                   \
    "m:boot_firmware { kernel = '" BOARD "console.elf',\n"                     \
    "                  console = 'virtio' }\n"

static void lua(const char *text, int code, const char *part)
{
    char whole[2000];
    snprintf(whole, sizeof whole, "%s%s", LUA, text);
    put_text("t.lua", whole);
    expect(&r, "run %W/t.lua 2>&1", code, part);
}

static void a_scenario_talks_to_a_guest(void **state)
{
    (void)state;
    lua("check.equal(m:run { expect = 'console\\n' }, 'expect')\n"
        "local at = m.cycles\n"
        "check.equal(m:send 'abc', 3)\n"
        "check.equal(m:run { expect = 'AB' }, 'expect')\n"
        "check.less(at, m.cycles)\n"
        "check.equal(m:run { expect = 'AB', cycles = 100000 }, 'cycles')\n"
        "check.equal(m.personality, nil)\n"
        "m:send 'q'\n"
        "check.equal(m:run { expect = 'never' }, 'off')\n",
        EXIT_PASSED, "ABC");
}

/* The stop is exact, so that it does not depend on who slices the run. */
static void a_text_stops_at_the_same_cycle(void **state)
{
    char cycles[64] = "";
    (void)state;
    lua("m:run { expect = 'virtio' }\nprint('at', m.cycles)\n", EXIT_PASSED,
        "virtio");
    const char *at = strstr(r.text, "at\t");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "at\t%60s", cycles), 1);
    run(&r, "tui %W/t.lua --script q");
    assert_int_equal(r.code, EXIT_PASSED);
    char shown[80];
    for (char *p = r.text; *p; p++)
        if (*p == ',')
            memmove(p, p + 1, strlen(p));
    snprintf(shown, sizeof shown, "cycle %s ", cycles);
    if (!strstr(r.text, shown))
        fail_msg("expected \"%s\" in\n%s", shown, r.text);
}

static void lua_errors(void **state)
{
    static const struct {
        const char *text, *part;
    } bad[] = {
        { "m:boot_firmware { kernel = 'x' }", "this machine runs already" },
        { "m:boot { protection = 'rplb' }", "this machine runs already" },
        { "machine{}:boot_firmware {}", "kernel = FILE is missing" },
        { "machine{}:boot_firmware { kernle = 'x' }", "did you mean kernel?" },
        { "machine{}:boot_firmware { kernel = 7 }", "expected a text" },
        { "machine{}:boot_firmware { kernel = '" BOARD "console.elf', "
          "console = 'x' }",
          "console: expected uart or virtio" },
        { "m:run { expect = '' }", "expected a text of the console" },
        { "m:run { expect = 3 }", "expected a text of the console" },
        { "machine{}:run()", "m:boot or m:boot_firmware comes first" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        lua(bad[i].text, EXIT_USAGE, bad[i].part);
    lua("machine{}:boot_firmware { kernel = '%W/none' }", EXIT_CANNOT_LOAD,
        "none: cannot open");
    lua("machine{}:boot_firmware { firmware = '/none/opensbi/fw.bin' }",
        EXIT_CANNOT_LOAD, "(Debian package opensbi)");
    expect_error(&r, "boot --kernel /none/u-boot/u.bin", EXIT_CANNOT_LOAD,
                 "(Debian package u-boot-qemu)");
}

/* The whole boot; `make test` runs every scenario's short form besides. */
static void the_boot_scenario(void **state)
{
    (void)state;
    if (SLOW)
        skip();
    expect(&r, "run scenarios/boot_firmware.lua --out %W 2>&1", EXIT_PASSED,
           "to the prompt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_unix_boots),
        cmocka_unit_test(a_small_unix_notices),
        cmocka_unit_test(the_virtio_console_talks),
        cmocka_unit_test(wall_clock),
        cmocka_unit_test(a_scenario_talks_to_a_guest),
        cmocka_unit_test(a_text_stops_at_the_same_cycle),
        cmocka_unit_test(lua_errors),
        cmocka_unit_test(the_boot_scenario),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
