/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program as a user meets it: help, options, exit codes, and bad input of
 * every kind: one clear line, the documented exit code, no crash.
 */
#include "tests/sim/cli_help.h"

static struct ran r;

static void test_help_and_versions(void **state)
{
    (void)state;
    expect(&r, "--help", EXIT_PASSED, "exit codes:");
    expect(&r, "--version", EXIT_PASSED, "opalite ");
    static const char *const commands[] = { "run",   "exec",    "presets",
                                            "boot",  "claims",  "doctor",
                                            "tui",   "trace",   "explain",
                                            "graph", "lockstep" };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char text[100];
        snprintf(text, sizeof text, "%s --help", commands[i]);
        expect(&r, text, EXIT_PASSED, "usage: opalite");
        assert_non_null(strstr(r.text, "exit codes:"));
        assert_non_null(strstr(r.text, "130"));
    }
    expect(&r, "presets", EXIT_PASSED, "dtlb.entries");
    expect(&r, "doctor", EXIT_PASSED, "guest kernel");
    assert_null(strstr(r.text, ".."));
    expect(&r, "claims", EXIT_PASSED, "28  planned");
}

static void test_claims_document_is_the_output(void **state)
{
    (void)state;
    static char document[200000];
    run(&r, "claims --markdown");
    assert_int_equal(r.code, EXIT_PASSED);
    FILE *f = fopen("docs/claims.md", "r");
    assert_non_null(f);
    size_t n = fread(document, 1, sizeof document - 1, f);
    document[n] = 0;
    fclose(f);
    assert_string_equal(document, r.text);
    /* Each claim has its row; whatever is shown has its scenario. */
    for (int i = 1; i <= 28; i++) {
        char row[24];
        snprintf(row, sizeof row, "\n| %d | ", i);
        assert_non_null(strstr(document, row));
    }
    for (char *p = document; (p = strstr(p, "`scenarios/")) != NULL;) {
        char path[200];
        p++;
        snprintf(path, sizeof path, "%.*s", (int)strcspn(p, "`"), p);
        assert_int_equal(access(path, R_OK), 0);
    }
}

static void test_wrong_options(void **state)
{
    (void)state;
    expect_error(&r, "", EXIT_USAGE, "which command?");
    expect_error(&r, "rnu x.lua", EXIT_USAGE, "did you mean run?");
    expect_error(&r, "run", EXIT_USAGE, "FILE.lua is missing");
    expect_error(&r, "exec", EXIT_USAGE, "FILE.elf is missing");
    expect_error(&r, "run --sed 3 x.lua", EXIT_USAGE, "did you mean --set?");
    expect_error(&r, "run --seed", EXIT_USAGE, "needs a value");
    expect_error(&r, "run --seed many x.lua", EXIT_USAGE,
                 "--seed many: expected a whole number");
    expect_error(&r, "run --quiet=1 x.lua", EXIT_USAGE, "takes no value");
    expect_error(&r, "run -z x.lua", EXIT_USAGE, "no option -z");
    expect_error(&r, "run a.lua b.lua", EXIT_USAGE, "one scenario only");
    expect_error(&r, "run -q -v a.lua", EXIT_USAGE, "-q and -v");
    expect_error(&r, "run --json - --csv - a.lua", EXIT_USAGE,
                 "only one result");
    expect_error(&r, "run --set quick a.lua", EXIT_USAGE, "key=value");
    expect_error(&r, "presets all", EXIT_USAGE, "takes no all");
    expect_error(&r, "exec --max-insns -1 a.elf", EXIT_USAGE,
                 "--max-insns -1: expected a whole number");
    expect_error(&r, "exec --trace-steps a.elf", EXIT_USAGE,
                 "--trace-steps needs --trace");
    expect_error(&r, "xyz", EXIT_USAGE, "no command xyz; see");
    expect_error(&r, "run --bogus a.lua", EXIT_USAGE, "no option --bogus; see");
    expect_error(&r, "tui", EXIT_USAGE, "FILE.lua is missing");
    expect_error(&r, "tui --sed 1 a.lua", EXIT_USAGE, "did you mean --set?");
    expect_error(&r, "tui --size 1x a.lua", EXIT_USAGE, "expected WxH");
    expect_error(&r, "tui --trace - a.lua", EXIT_USAGE, "is the screen");
    expect_error(&r, "tui a.lua b.lua", EXIT_USAGE, "one scenario only");
    expect_error(&r, "plot", EXIT_USAGE, "SPEC.json is missing");
    expect_error(&r, "plot --bogus", EXIT_USAGE, "no option --bogus");
    expect_error(&r, "plot a.json -o", EXIT_USAGE, "--output needs a value");
}

static void test_scenarios_that_cannot_be_read(void **state)
{
    (void)state;
    expect_error(&r, "run %W/none.lua", EXIT_CANNOT_LOAD, "none.lua: cannot");
    expect_error(&r, "run %W", EXIT_CANNOT_LOAD, "cannot read");
    put_text("syntax.lua", "local x = \n\nprint(\n");
    expect_error(&r, "run %W/syntax.lua", EXIT_CANNOT_LOAD, "syntax.lua:4: ");
    put_text("run.lua", "local t = nil\nprint(t.x)\n");
    expect_error(&r, "run %W/run.lua", EXIT_USAGE, "run.lua:2: attempt to");
    put_file("code.lua", "\033Lua\0\0\0\0", 8);
    expect_error(&r, "run %W/code.lua", EXIT_CANNOT_LOAD, "not Lua text");
    put_text("key.lua", "\nmachine { dltb = { entries = 8 } }\n");
    expect_error(&r, "run %W/key.lua", EXIT_USAGE, "key.lua:2: machine{}: ");
    put_text("plain.lua", "machine {}\n");
    expect_error(&r, "run --preset u45 %W/plain.lua", EXIT_USAGE,
                 "did you mean 'u54'?");
    expect_error(&r, "run --set machine.dtlb.entires=8 %W/plain.lua",
                 EXIT_USAGE, "dtlb.entries");
    expect_error(&r, "run --set machine.dtlb.entries=0 %W/plain.lua",
                 EXIT_USAGE, "plain.lua:1: --set machine.dtlb.entries=0");
    expect_error(&r, "run --set machine.ram.bytes=0 %W/plain.lua", EXIT_USAGE,
                 "plain.lua:1: ");
    put_text("lib.lua", "require 'nothing_here'\n");
    expect_error(&r, "run %W/lib.lua", EXIT_USAGE, "lib.lua:1: require");
}

static void test_scenarios_without_end(void **state)
{
    (void)state;
    put_text("loop.lua", "\nwhile true do end\n");
    expect_error(&r, "run %W/loop.lua", EXIT_NO_PROGRESS, "loop.lua:2: ");
    put_text("hog.lua", "local t = {}\n"
                        "while true do t[#t + 1] = {1, 2, 3, 4} end\n");
    expect_error(&r, "run %W/hog.lua", EXIT_HOST_RESOURCE, "hog.lua:2: ");
    put_text("deep.lua", "local function f() return 1 + f() end\nf()\n");
    expect_error(&r, "run %W/deep.lua", EXIT_USAGE, "deep.lua:1: ");
    put_text("long.lua", "local m = machine {}\n"
                         "local os = m:boot { protection = 'rplb' }\n"
                         "os:domain 'd':thread(function(t)\n"
                         "  while true do t:yield() end\nend)\nm:run()\n");
    expect_error(&r, "run --max-cycles 1000000 %W/long.lua", EXIT_CYCLE_LIMIT,
                 "long.lua:6: the limit of 1000000 cycles");
}

static void test_a_failed_check(void **state)
{
    (void)state;
    put_text("check.lua", "check.equal(1, 2, 'one')\ncheck.that(true)\n");
    expect(&r, "run %W/check.lua 2>&1", EXIT_CHECK_FAILED,
           "check.lua:1: check failed: one: expected 2, got 1\n");
    assert_non_null(strstr(r.text, "1 of 2 checks failed"));
    expect(&r, "run -q %W/check.lua 2>&1", EXIT_CHECK_FAILED,
           "check.lua:1: check failed");
}

static void test_results_and_where_they_go(void **state)
{
    (void)state;
    put_text("out.lua",
             "print 'said'\n"
             "output.table { columns = { 'a', 'b' }, rows = { { 1, 'x' } } }\n"
             "output.result('n', { 1, 2 })\n");
    expect(&r, "run %W/out.lua --json - 2>/dev/null", EXIT_PASSED,
           "\"finished\": true");
    assert_null(strstr(r.text, "said"));
    expect(&r, "run %W/out.lua --csv - 2>/dev/null", EXIT_PASSED, "a,b\r\n");
    assert_string_equal(r.text, "a,b\r\n1,x\r\n");
    expect(&r, "run -q %W/out.lua", EXIT_PASSED, "");
    assert_string_equal(r.text, "");
    expect_error(&r, "run -q %W/out.lua --json %W/no/where", EXIT_HOST_RESOURCE,
                 "no/where: cannot write");
    expect_error(&r, "run -q %W/out.lua --json /dev/full", EXIT_HOST_RESOURCE,
                 "/dev/full: cannot write");
    expect_error(&r, "run -q %W/out.lua --csv /dev/full", EXIT_HOST_RESOURCE,
                 "/dev/full: cannot write");
    expect(&r, "run %W/out.lua 2>&1 >/dev/full", EXIT_HOST_RESOURCE,
           "standard output");
    expect(&r, "run -q %W/out.lua --trace %W/no/where 2>&1", EXIT_PASSED, "");
    put_text("none.lua", "");
    expect_error(&r, "run %W/none.lua --csv -", EXIT_USAGE, "made no table");
    put_text("file.lua", "output.json('x', {})\n");
    expect_error(&r, "run %W/file.lua --out /proc/nowhere", EXIT_HOST_RESOURCE,
                 "file.lua:1: cannot write /proc/nowhere/x.json");
    put_text("trace.lua", "machine {}\n");
    expect_error(&r, "run %W/trace.lua --trace %W/no/where", EXIT_HOST_RESOURCE,
                 "no/where");
}

static void test_interruption(void **state)
{
    (void)state;
    put_text("long.lua", "output.result('kept', 7)\n"
                         "local m = machine {}\n"
                         "local os = m:boot { protection = 'rplb' }\n"
                         "os:domain 'd':thread(function(t)\n"
                         "  while true do t:yield() end\nend)\nm:run()\n");
    /* timeout sends SIGINT and hands the exit code on. */
    char path[800];
    snprintf(path, sizeof path,
             "--version >/dev/null; timeout --foreground --preserve-status -s "
             "INT 2 %s run "
             "%%W/long.lua --json %%W/kept.json 2>&1",
             program_path());
    expect(&r, path, EXIT_INTERRUPTED, "long.lua:7: interrupted");
    assert_int_equal(r.lines, 1);
    expect(&r, "--version >/dev/null; cat %W/kept.json", EXIT_PASSED,
           "\"kept\"");
    assert_non_null(strstr(r.text, "\"exit_code\": 130"));
}

static void test_the_wall_clock(void **state)
{
    (void)state;
    put_text("loop.lua", "\nwhile true do end\n");
    expect_error(&r, "run --max-seconds 1 %W/loop.lua", EXIT_WALL_CLOCK,
                 "loop.lua:2: ");
    put_text("busy.lua", "local m = machine {}\n"
                         "local os = m:boot { protection = 'rplb' }\n"
                         "os:domain 'd':start('squat', 3)\nm:run()\n");
    expect_error(&r, "run --max-seconds 1 %W/busy.lua", EXIT_WALL_CLOCK,
                 "busy.lua:4: the time of --max-seconds is over");
}

/* ---- exec ------------------------------------------------------------------
 */

/* lui t0, 0x100; lui t1, 5 or 3..; store to the finisher at 0x100000 */
static const uint32_t code_off[] = { 0x001002b7, 0x00005337, 0x55530313,
                                     0x0062a023, 0x0000006f };
static const uint32_t code_fail[] = { 0x001002b7, 0x00073337, 0x33330313,
                                      0x0062a023, 0x0000006f };
static const uint32_t code_loop[] = { 0x0000006f };
/* lui t0, 0x40000; jr t0: nothing is there, nor at mtvec */
static const uint32_t code_nowhere[] = { 0x400002b7, 0x00028067 };
/* auipc t0, 0; addi t0, t0, 16; csrw mtvec, t0; ecall; the handler: ecall */
static const uint32_t code_again[] = { 0x00000297, 0x01028293, 0x30529073,
                                       0x00000073, 0x00000073 };

#define PUT(name, code)                                                        \
    do {                                                                       \
        struct small_elf e = small_elf(code, sizeof code / 4);                 \
        put_file(name, &e, sizeof e);                                          \
    } while (0)

static void test_exec_ends_as_the_guest_says(void **state)
{
    (void)state;
    PUT("off.elf", code_off);
    PUT("fail.elf", code_fail);
    PUT("loop.elf", code_loop);
    expect(&r, "exec %W/off.elf", EXIT_PASSED, "");
    expect_error(&r, "exec %W/fail.elf", EXIT_GUEST_FAILURE, "failure 7");
    expect_error(&r, "exec %W/loop.elf --max-insns 1000", EXIT_CYCLE_LIMIT,
                 "loop.elf: the limit of 1000 instructions");
    expect(&r, "exec %W/off.elf --dump-regs", EXIT_PASSED,
           "x6   0x0000000000005555  t1");
    expect(&r, "exec %W/off.elf --stats -", EXIT_PASSED, "accounts.execute");
    expect(&r, "exec %W/off.elf --stats %W/s.json; cat %W/s.json", EXIT_PASSED,
           "\"instructions\": 4");
    expect(&r, "exec --htif build/guest/tests/alu.elf", EXIT_PASSED, "");
}

static void test_exec_of_lost_programs(void **state)
{
    (void)state;
    PUT("nowhere.elf", code_nowhere);
    PUT("loop.elf", code_loop);
    expect_error(&r, "exec --max-seconds 1 %W/loop.elf", EXIT_WALL_CLOCK,
                 "loop.elf: the time of --max-seconds is over");
    PUT("again.elf", code_again);
    PUT("off.elf", code_off);
    expect_error(&r, "exec %W/nowhere.elf", EXIT_NO_PROGRESS, "nowhere.elf: ");
    expect_error(&r, "exec %W/again.elf", EXIT_NO_PROGRESS, "again.elf: ");
    expect_error(&r, "exec %W/off.elf --set ram.bytes=0", EXIT_USAGE, "RAM");
    expect_error(&r, "exec %W/off.elf --set ram.byte=0", EXIT_USAGE,
                 "ram.bytes");
    expect_error(&r, "exec %W/off.elf --stats /dev/full", EXIT_HOST_RESOURCE,
                 "/dev/full: cannot write");
    expect_error(&r, "exec --htif %W/off.elf", EXIT_CANNOT_LOAD, "tohost");
}

#define SIGNED "exec build/guest/tests/signature.elf --signature "

static void test_exec_writes_signatures(void **state)
{
    (void)state;
    expect(&r, SIGNED "-", EXIT_PASSED,
           "89abcdef\n01234567\nfffffffe\nffffffff\n000000a5\n");
    assert_int_equal(r.lines, 5);
    expect(&r, SIGNED "- --signature-granularity 16", EXIT_PASSED,
           "fffffffffffffffe0123456789abcdef\n"
           "000000000000000000000000000000a5\n");
    assert_int_equal(r.lines, 2);
    expect(&r, SIGNED "%W/sig && cat %W/sig", EXIT_PASSED, "89abcdef\n");
    expect_error(&r, SIGNED "%W/none/sig", EXIT_HOST_RESOURCE,
                 "none/sig: cannot write: No such file");
    expect_error(&r, SIGNED "%W/sig --signature-granularity 5", EXIT_USAGE,
                 "a power of two, 1 to 64");
    expect_error(&r, "exec build/guest/tests/alu.elf --signature %W/sig",
                 EXIT_CANNOT_LOAD, "no symbol `begin_signature`");
    /* A run that is cut short leaves no signature. */
    expect(&r, SIGNED "%W/cut --max-insns 3 2>&1; ls %W/cut 2>&1", 2,
           "the limit of 3 instructions");
}

/* A misaligned load, then power off; a trap goes nowhere. */
static void test_misaligned(void **state)
{
    static const uint32_t program[] = {
        0x00000297, /* auipc t0,0 */
        0x0012a303, /* lw t1,1(t0) */
        0x001002b7, /* lui t0,0x100 */
        0x00005337, /* lui t1,5 */
        0x5553031b, /* addiw t1,t1,1365 */
        0x0062a023, /* sw t1,0(t0) */
    };
    static const char *const commands[] = { "exec %W/m.elf",
                                            "boot --kernel %W/m.elf" };
    (void)state;
    struct small_elf e = small_elf(program, 6);
    put_file("m.elf", &e, sizeof e);
    for (size_t i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof text, "%s --misaligned=ok 2>&1", commands[i]);
        expect(&r, text, EXIT_PASSED, "");
        snprintf(text, sizeof text, "%s --misaligned trap 2>&1", commands[i]);
        expect(&r, text, EXIT_NO_PROGRESS, "load address misaligned");
        snprintf(text, sizeof text, "%s 2>&1", commands[i]);
        expect(&r, text, EXIT_NO_PROGRESS, "load address misaligned");
        snprintf(text, sizeof text, "%s --misaligned=maybe", commands[i]);
        expect_error(&r, text, EXIT_USAGE,
                     "misaligned: 'maybe' is not one of trap|ok");
    }
}

static void test_files_that_are_no_programs(void **state)
{
    (void)state;
    struct small_elf good = small_elf(code_off, 5), e = good;
    expect_error(&r, "exec %W/none.elf", EXIT_CANNOT_LOAD, "none.elf: ");
    expect_error(&r, "exec %W", EXIT_CANNOT_LOAD, work);
    put_file("empty.elf", "", 0);
    expect_error(&r, "exec %W/empty.elf", EXIT_CANNOT_LOAD, "empty.elf: ");
    put_text("text.elf", "this is a text and not a program, but long enough "
                         "to hold an ELF header of sixty-four bytes");
    expect_error(&r, "exec %W/text.elf", EXIT_CANNOT_LOAD, "text.elf: ");
    e.machine = 62;
    put_file("x86.elf", &e, sizeof e);
    expect_error(&r, "exec %W/x86.elf", EXIT_CANNOT_LOAD, "x86.elf: ");
    expect_error(&r, "exec /bin/true", EXIT_CANNOT_LOAD, "/bin/true: ");
    e = good;
    e.ident[4] = 1;
    put_file("rv32.elf", &e, sizeof e);
    expect_error(&r, "exec %W/rv32.elf", EXIT_CANNOT_LOAD, "rv32.elf: ");
    e = good;
    e.ident[5] = 2;
    put_file("big.elf", &e, sizeof e);
    expect_error(&r, "exec %W/big.elf", EXIT_CANNOT_LOAD, "big.elf: ");
    e = good;
    e.pa = e.va = e.entry = 0x1000000000;
    put_file("far.elf", &e, sizeof e);
    expect_error(&r, "exec %W/far.elf", EXIT_CANNOT_LOAD, "far.elf: ");
    e = good;
    e.file_bytes = 1 << 20;
    put_file("short.elf", &e, sizeof e);
    expect_error(&r, "exec %W/short.elf", EXIT_CANNOT_LOAD, "short.elf: ");
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    struct small_elf e = small_elf(code_off, 5);
    for (size_t n = 1; n < 120 + 5 * 4; n += 7) {
        put_file("cut.elf", &e, n);
        expect_error(&r, "exec %W/cut.elf", EXIT_CANNOT_LOAD, "cut.elf: ");
    }
}

static void test_missing_guest_files(void **state)
{
    (void)state;
    put_text("boot.lua", "machine {}:boot { protection = 'rplb' }\n");
    char text[900];
    snprintf(text, sizeof text,
             "--version >/dev/null; OPALITE_GUEST=%%W %s run %%W/boot.lua",
             program_path());
    expect_error(&r, text, EXIT_CANNOT_LOAD, "boot.lua:1: m:boot: ");
    assert_non_null(strstr(r.text, "opalite doctor"));
    snprintf(text, sizeof text,
             "--version >/dev/null; OPALITE_GUEST=%%W %s doctor",
             program_path());
    expect(&r, text, EXIT_CANNOT_LOAD, "MISSING  guest kernel");
    /* A kernel that is none. */
    put_text("kernel.lua", "machine {}:boot { protection = 'rplb',\n"
                           "  kernel = '/etc/passwd' }\n");
    expect_error(&r, "run %W/kernel.lua", EXIT_CANNOT_LOAD,
                 "kernel.lua:1: m:boot: /etc/passwd: ");
}

static void test_lockstep(void **state)
{
    (void)state;
    expect(&r, "lockstep build/guest/tests/branch.elf --htif --every 100",
           EXIT_PASSED, "the engines agree: 33 comparisons in 3");
    expect(&r,
           "lockstep scenarios/01_hello_domains.lua --preset tiny --out %W "
           "--set machine.dtlb.entries=4",
           EXIT_PASSED, "came to its end");
    expect(&r,
           "lockstep build/guest/bench/intmix.elf --max-insns 1000 --every 400",
           EXIT_PASSED, "3 comparisons in 1000 instructions");
    expect_error(&r, "lockstep", EXIT_USAGE, "run what?");
    expect_error(&r, "lockstep a.elf b.elf", EXIT_USAGE, "not also b.elf");
    expect_error(&r, "lockstep a.lua --htif", EXIT_USAGE, "--htif needs");
    expect_error(&r, "lockstep a.elf --disk d", EXIT_USAGE, "no option of fi");
    expect_error(&r, "lockstep a.elf --every 0", EXIT_USAGE, "at least 1");
    expect_error(&r, "lockstep nofile.elf", EXIT_CANNOT_LOAD, "nofile.elf");
    expect_error(&r, "lockstep nofile.lua", EXIT_CANNOT_LOAD, "nofile.lua");
}

/* Who executes cannot be told from the results. */
static void test_engines(void **state)
{
    (void)state;
    static const char *const engines[] = { "fast", "readable" };
    for (int i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "run scenarios/02_same_address.lua -q --engine %s --out %%W "
                 "--json %%W/%s.json",
                 engines[i], engines[i]);
        expect(&r, text, EXIT_PASSED, "");
    }
    expect(&r, "--version >/dev/null && cmp %W/fast.json %W/readable.json",
           EXIT_PASSED, "");
    expect_error(&r, "run scenarios/02_same_address.lua --engine slow",
                 EXIT_USAGE, "--engine slow: expected fast or readable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help_and_versions),
        cmocka_unit_test(test_claims_document_is_the_output),
        cmocka_unit_test(test_wrong_options),
        cmocka_unit_test(test_scenarios_that_cannot_be_read),
        cmocka_unit_test(test_scenarios_without_end),
        cmocka_unit_test(test_a_failed_check),
        cmocka_unit_test(test_results_and_where_they_go),
        cmocka_unit_test(test_interruption),
        cmocka_unit_test(test_the_wall_clock),
        cmocka_unit_test(test_exec_ends_as_the_guest_says),
        cmocka_unit_test(test_exec_of_lost_programs),
        cmocka_unit_test(test_exec_writes_signatures),
        cmocka_unit_test(test_misaligned),
        cmocka_unit_test(test_files_that_are_no_programs),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_missing_guest_files),
        cmocka_unit_test(test_lockstep),
        cmocka_unit_test(test_engines),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
