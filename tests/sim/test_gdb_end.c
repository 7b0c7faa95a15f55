/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From end to end: Debian's gdb-multiarch debugs a bare-metal program, firmware
 * and the kernel with its programs, as docs/gdb.md tells students to; and what
 * --gdb says to wrong use. A debugged run has the figures of one that is not.
 */
#include "tests/sim/cli_help.h"

#define DEBUG_ELF "build/guest/tests/debug.elf"
#define KERNEL    "build/guest/kernel.elf"
#define LESSON    "scenarios/03_name_is_not_a_right.lua"

static struct ran r;

static void needs_gdb(void)
{
    if (system("command -v gdb-multiarch >/dev/null") == 0)
        return;
    print_message("skipped: gdb-multiarch is not installed\n");
    skip();
}

/*
 * The program with --gdb, and gdb on it, which obeys the commands; what both
 * print is in r.text, and r.code is how the program ended. gdb waits until the
 * socket is there.
 */
static void debug(const char *arguments, const char *elf, const char *commands)
{
    char line[1500];
    put_text("commands", commands);
    snprintf(line, sizeof line,
             "%s --gdb=unix:%s/gdb >%s/out 2>&1 & opalite=$!; "
             "while [ ! -S %s/gdb ] && kill -0 $opalite; do sleep 0.05; done; "
             "timeout 90 gdb-multiarch -nx -batch -ex 'set pagination off' "
             "-ex 'set confirm off' -ex 'target remote %s/gdb' "
             "-x %s/commands %s 2>&1; wait $opalite; code=$?; cat %s/out; "
             "exit $code",
             arguments, work, work, work, work, work, elf, work);
    run(&r, line);
}

static void said(const char *part)
{
    if (strstr(r.text, part))
        return;
    fprintf(stderr, "%s\n", r.text); /* longer than fail_msg's text may be */
    fail_msg("expected above: \"%s\"", part);
}

static void same_file(const char *one, const char *other)
{
    char command[300];
    snprintf(command, sizeof command, "cmp %s/%s %s/%s", work, one, work,
             other);
    assert_int_equal(system(command), 0);
}

static void a_bare_metal_program(void **state)
{
    (void)state;
    needs_gdb();
    expect(&r, "exec --htif --stats %W/plain.json " DEBUG_ELF, EXIT_PASSED, "");
    debug("exec --htif --stats %W/debugged.json " DEBUG_ELF, DEBUG_ELF,
          "info threads\n"
          "break square if n == 3\n"
          "continue\n"
          "backtrace\n"
          "print n\n"
          "print total\n"
          "print/x $mtvec\n"
          "x/i $pc\n"
          "stepi\n"
          "delete\n"
          "watch total\n"
          "continue\n"
          "print total\n"
          "delete\n"
          "hbreak on_trap\n"
          "continue\n"
          "info registers mcause priv\n"
          "next\n"
          "monitor where\n"
          "monitor figures accounts\n"
          "rwatch traps\n"
          "continue\n"
          "continue\n"
          "continue\n");
    assert_int_equal(r.code, EXIT_PASSED);
    said("Thread 1 (hart 0, M-mode)");
    said("Breakpoint 1, square (n=n@entry=3) at tests/guest/debug.c:");
    said("in main () at tests/guest/debug.c:");
    said("$1 = 3\n$2 = 5\n");
    said("<square>:\tmul\ta0,a0,a0");
    said("Old value = 5\nNew value = 14\n");
    said("$4 = 14");
    said("on_trap () at tests/guest/debug.c:");
    said("mcause         0xb");
    said("prv:3 [Machine]");
    said("debug.elf: on_trap+");
    said("M-mode, cycle ");
    said("Value = 1\n");
    said("exited normally");
    same_file("plain.json", "debugged.json");
}

/* One hart is stepped over a breakpoint while the others come to theirs: gdb,
 * which cannot bear to hear of them meanwhile, hears of all of them in the end.
 */
static void stepping_one_of_several_harts(void **state)
{
    (void)state;
    needs_gdb();
    debug("exec --htif --harts 3 --set harts.quantum=3 "
          "build/guest/harts/atomic.elf",
          "build/guest/harts/atomic.elf",
          "break add_by_lrsc\n"
          "break take\n"
          "python\n"
          "for i in range(100):\n"
          "    gdb.execute('continue')\n"
          "end\n"
          "delete\n"
          "continue\n");
    assert_int_equal(r.code, EXIT_PASSED);
    said("Thread 1 hit Breakpoint 2, ");
    said("Thread 2 hit Breakpoint 2, ");
    said("Thread 3 hit Breakpoint 2, ");
    said("exited normally");
}

/* An end that is none: gdb leaves in the middle, the program goes on. */
static void detaching(void **state)
{
    (void)state;
    needs_gdb();
    debug("exec --htif --stats %W/debugged.json " DEBUG_ELF, DEBUG_ELF,
          "break square\ncontinue\ndetach\n");
    assert_int_equal(r.code, EXIT_PASSED);
    same_file("plain.json", "debugged.json");
    debug("exec --htif " DEBUG_ELF, DEBUG_ELF,
          "break square\ncontinue\nkill\n");
    assert_int_equal(r.code, EXIT_INTERRUPTED);
}

static void several_harts(void **state)
{
    (void)state;
    needs_gdb();
    static const char arguments[] =
        "exec --htif --harts 3 build/guest/harts/atomic.elf --stats ";
    char line[200];
    snprintf(line, sizeof line, "%s%%W/plain.json", arguments);
    expect(&r, line, EXIT_PASSED, "");
    snprintf(line, sizeof line, "%s%%W/debugged.json", arguments);
    debug(line, "build/guest/harts/atomic.elf",
          "info threads\n"
          "break add_by_lrsc\n"
          "continue\n"
          "info threads\n"
          "thread 2\n"
          "stepi\n"
          "next\n"
          "delete\n"
          "continue\n");
    assert_int_equal(r.code, EXIT_PASSED);
    said("Thread 3 (hart 2, M-mode)");
    said("exited normally");
    same_file("plain.json", "debugged.json");
}

static void the_kernel_and_a_program(void **state)
{
    (void)state;
    needs_gdb();
    expect(&r, "run --json %W/plain.json " LESSON, EXIT_PASSED, "");
    debug("run --json %W/debugged.json " LESSON, KERNEL,
          "break fault_kill\n"
          "continue\n"
          "backtrace\n"
          "print/x va\n"
          "info registers sdomain satp\n"
          "monitor programs\n"
          "delete\n"
          "info sharedlibrary\n"
          "break fault.c:main\n"
          "continue\n"
          "backtrace\n"
          "monitor traps bogus\n"
          "monitor traps into\n"
          "stepi 2\n" /* a store whose right must be loaded first */
          "info symbol $pc\n"
          "reverse-stepi\n"
          "monitor traps over\n"
          "next\n"
          "info registers priv\n"
          "reverse-next\n"
          "info symbol $pc\n"
          "delete\n"
          "continue\n"
          "continue\n");
    assert_int_equal(r.code, EXIT_PASSED);
    said("fault_kill (cause=");
    said("in fault_deliver (");
    said("va=268435456");
    said("add-symbol-file ");
    said("main (");
    said("os/user/programs/fault.c:");
    said("/guest/programs/script.elf\n");
    said("/guest/programs/fault.elf\n");
    said("expected into or over");
    said("refill_entry in section ");
    said("36\t    switch (kind) {");
    said("prv:0 [User/Application]");
    said("main in section .text of ");
    said("exited normally");
    same_file("plain.json", "debugged.json");
}

/* Back and forth, and the figures are those of a run that went straight on. */
static void a_bare_metal_program_back(void **state)
{
    (void)state;
    needs_gdb();
    expect(&r, "exec --htif --stats %W/plain.json " DEBUG_ELF, EXIT_PASSED, "");
    debug("exec --htif --stats %W/debugged.json " DEBUG_ELF, DEBUG_ELF,
          "break square if n == 3\n"
          "continue\n"
          "reverse-finish\n"
          "reverse-next\n"
          "print total\n"
          "reverse-step\n"
          "watch total\n"
          "continue\n"
          "continue\n"
          "reverse-continue\n"
          "x/i $pc\n"
          "reverse-continue\n"
          "delete\n"
          "reverse-continue\n"
          "info registers pc\n"
          "continue\n"
          "reverse-stepi\n"
          "continue\n"
          "continue\n");
    assert_int_equal(r.code, EXIT_PASSED);
    said("Old value = 14\nNew value = 5\n");
    said("sd\ta0,0(s1)");
    said("No more reverse-execution history.\n_start () at ");
    said("pc             0x80000000");
    said("exited normally");
    same_file("plain.json", "debugged.json");
}

/* What is written down cannot be taken back: the machine stays. */
static void no_way_back(void **state)
{
    (void)state;
    needs_gdb();
    debug("exec --htif --trace %W/trace.jsonl " DEBUG_ELF, DEBUG_ELF,
          "break square\n"
          "continue\n"
          "reverse-stepi\n"
          "info registers pc\n"
          "delete\n"
          "continue\n"
          "continue\n");
    assert_int_equal(r.code, EXIT_PASSED);
    said("cannot go back while --trace writes the run down");
    said("<square>");
    said("exited normally");
}

/* A script types what it would have typed. */
static void a_boot_back(void **state)
{
    (void)state;
    static const char arguments[] =
        "boot --kernel build/guest/board/console.elf --console virtio "
        "--expect console --send abc --expect ABC --send dq --stats ";
    char line[300];
    needs_gdb();
    snprintf(line, sizeof line, "%s%%W/plain.json", arguments);
    expect(&r, line, EXIT_PASSED, "ABC");
    snprintf(line, sizeof line, "%s%%W/debugged.json", arguments);
    debug(line, "build/guest/board/console.elf",
          "break print\n"
          "continue\n"
          "continue\n"
          "print text[0]\n"
          "reverse-continue\n"
          "print text[0]\n"
          "delete\n"
          "reverse-continue\n"
          "tbreak print if bytes == 1\n"
          "continue\n"
          "reverse-stepi\n"
          "continue\n"
          "continue\n");
    assert_int_equal(r.code, EXIT_PASSED);
    said("$1 = 65 'A'\n");
    said("$2 = 118 'v'\n");
    said("No more reverse-execution history.");
    said("Temporary breakpoint 2, print (text=");
    said("virtio console\nABCD"); /* once */
    same_file("plain.json", "debugged.json");
}

/* docs/gdb.md, "Back in time": what is typed there gives what is shown there,
 * in that order. */
static void as_the_manual_says(void **state)
{
    (void)state;
    needs_gdb();
    static char manual[40000], commands[2000];
    char *expected[100], *rest;
    size_t count = 0;
    FILE *f = fopen("docs/gdb.md", "r");
    assert_non_null(f);
    manual[fread(manual, 1, sizeof manual - 1, f)] = 0;
    fclose(f);
    char *block = strstr(manual, "## Back in time");
    assert_non_null(block);
    block = strstr(block, "(gdb) target remote");
    assert_non_null(block);
    *strstr(block, "```") = 0;
    for (char *line = strtok_r(strchr(block, '\n'), "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "(gdb) ", 6) != 0)
            expected[count++] = line;
        else
            snprintf(commands + strlen(commands),
                     sizeof commands - strlen(commands), "%s\n", line + 6);
    }
    assert_true(count > 10);
    expect(&r, "run --json %W/plain.json " LESSON, EXIT_PASSED, "");
    debug("run --json %W/debugged.json " LESSON, KERNEL, commands);
    assert_int_equal(r.code, EXIT_PASSED);
    same_file("plain.json", "debugged.json");
    const char *at = r.text;
    for (size_t i = 0; i < count; i++) {
        said(expected[i]);
        at = strstr(at, expected[i]);
        if (!at)
            fail_msg("not in this order: \"%s\"", expected[i]);
    }
}

static void a_boot(void **state)
{
    (void)state;
    needs_gdb();
    debug("boot --kernel " DEBUG_ELF " --timeout-cycles 1000000 </dev/null",
          DEBUG_ELF, "break square\ncontinue\nbacktrace\ndelete\ncontinue\n");
    assert_int_equal(r.code, EXIT_PASSED);
    said("square (n=n@entry=1) at tests/guest/debug.c:");
    said("exited normally");
}

static void wrong_use(void **state)
{
    (void)state;
    expect_error(&r, "exec --gdb=x " DEBUG_ELF, EXIT_USAGE,
                 "--gdb x: expected a port, 0 to 65535, or unix:PATH");
    expect_error(&r, "exec --gdb=65536 " DEBUG_ELF, EXIT_USAGE, "65535");
    expect_error(&r, "exec --gdb=unix: " DEBUG_ELF, EXIT_USAGE,
                 "expected a path of 1 to 107 bytes");
    expect_error(&r, "boot --kernel " DEBUG_ELF " --gdb=unix:%W/none/s",
                 EXIT_HOST_RESOURCE, "cannot listen at");
    expect_error(&r, "run --gdb=-1 " LESSON, EXIT_USAGE, "expected a port");
    expect(&r, "exec --gdb=0 --max-seconds 1 " DEBUG_ELF " 2>&1",
           EXIT_WALL_CLOCK, "waiting for gdb: target remote localhost:");
    expect(&r, "run --gdb=0 --max-seconds 1 " LESSON " 2>&1", EXIT_WALL_CLOCK,
           "waiting for gdb: target remote localhost:");
    expect(&r, "boot --gdb=0 --max-seconds 1 --kernel " DEBUG_ELF " 2>&1",
           EXIT_WALL_CLOCK, "waiting for gdb: target remote localhost:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_metal_program),
        cmocka_unit_test(detaching),
        cmocka_unit_test(several_harts),
        cmocka_unit_test(stepping_one_of_several_harts),
        cmocka_unit_test(the_kernel_and_a_program),
        cmocka_unit_test(a_bare_metal_program_back),
        cmocka_unit_test(no_way_back),
        cmocka_unit_test(a_boot_back),
        cmocka_unit_test(as_the_manual_says),
        cmocka_unit_test(a_boot),
        cmocka_unit_test(wrong_use),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
