// SPDX-License-Identifier: Apache-2.0
/*
 * opalite-tui with a real machine: by script, without a terminal, and in a
 * terminal of tmux with real keys. tmux is polled until the wanted text is
 * there; the deadline is only for a test that fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "mmu/err.h"

enum { DEADLINE = 120 };

static const char live[] = "tests/viz/live.lua";
static char socket_name[40];

static const char *build(void)
{
    const char *path = getenv("OPALITE_BUILD");

    assert_non_null(path);
    return path;
}

/* Standard output of a shell command, freed by the caller. */
static char *output_of(const char *command, int *code)
{
    FILE *f = popen(command, "r");
    char *text = calloc(1, 200000);

    assert_non_null(f);
    assert_non_null(text);
    text[fread(text, 1, 199999, f)] = 0;
    int status = pclose(f);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return text;
}

PRINTF_LIKE(2, 3)
static char *tui(int *code, const char *format, ...)
{
    char arguments[500], command[1000];
    va_list list;

    va_start(list, format);
    vsnprintf(arguments, sizeof arguments, format, list);
    va_end(list);
    snprintf(command, sizeof command, "%s/opalite-tui %s 2>&1", build(),
             arguments);
    return output_of(command, code);
}

static void has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("\"%s\" is not in:\n%s", wanted, text);
}

/* ---- by script
 * ---------------------------------------------------------------- */

static void it_opens_when_the_kernel_is_up(void **state)
{
    int code;
    char *text = tui(&code, "%s --script ''", live);

    (void)state;
    assert_int_equal(code, 0);
    has(text, "PAUSED");
    has(text, "stopped: kernel: booted");
    has(text, "hint BOOTED");
    has(text, "kernel.elf kernel_main");
    has(text, "live.lua");
    free(text);
}

static void a_fault_stops_and_is_explained(void **state)
{
    int code;
    char *text = tui(&code, "%s --script ' x'", live);

    (void)state;
    has(text, "the story of a fault");
    has(text, "bob, thread");
    has(text, "tried to store 8 bytes");
    has(text, "segment page + 0x0");
    free(text);
    text = tui(&code, "%s --script ' :pane rights<enter>'", live);
    has(text, "[rights]");
    has(text, "page");
    has(text, "alice");
    free(text);
}

static void stops_are_given_at_the_start(void **state)
{
    static const struct {
        const char *arguments, *says;
    } cases[] = {
        { "--break 'fault_kill in bob' --script e",
          "break 1, hit 1: the kernel for bob comes to fault_kill" },
        { "--watch 'page if value == 42' --script e",
          "watch 1, hit 1: alice wrote 8 bytes at page" },
        { "--break boot_tables --script ''", /* before the kernel is up */
          "break 1, hit 1: hart 0 comes to boot_tables" },
        { "--break fault_kill --at fault --script ''", "stopped: bob: fault" },
    };
    int code;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = tui(&code, "%s %s", live, cases[i].arguments);
        assert_int_equal(code, 0);
        if (!strstr(text, cases[i].says))
            fail_msg("%s: no \"%s\" in\n%s", cases[i].arguments, cases[i].says,
                     text);
        free(text);
    }
    char *text = tui(&code, "%s --break 'x if (' --script ''", live);
    assert_int_equal(code, EXIT_USAGE);
    has(text, "--break x if (: if (: unexpected symbol");
    assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
    free(text);
}

/* The seed is the same as `opalite run` begins with. */
static void random_numbers_are_those_of_run(void **state)
{
    char path[] = "/tmp/opalite-seed-XXXXXX", command[300];
    int code, file = mkstemp(path);
    static const char scenario[] = "print('drawn ' .. random(1000000))\n"
                                   "machine {}:boot { protection = 'mas' }\n";

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(write(file, scenario, strlen(scenario)), strlen(scenario));
    close(file);
    snprintf(command, sizeof command, "%s/opalite run %s", build(), path);
    char *run = output_of(command, &code);
    assert_int_equal(code, 0);
    run[strcspn(run, "\n")] = 0;
    char *text = tui(&code, "%s --size 132x43 --script ' '", path);
    has(text, run);
    unlink(path);
    free(run);
    free(text);
}

static void rights_and_ranges_are_shown(void **state)
{
    int code;
    char *text = tui(&code, "%s --size 132x43 --script ' '", live);

    (void)state;
    has(text, "page         4K rw--        r---");
    has(text, "r--- page"); /* bob's range in the RPLB */
    has(text, "bob: fault at");
    free(text);
    text = tui(&code, "%s --set personality=mas --script ' '", live);
    has(text, "The page table decides.");
    free(text);
}

static void steps_move_pc(void **state)
{
    int code;
    char *text = tui(&code, "%s --from-reset --script ''", live);

    (void)state;
    has(text, "insn 1");
    free(text);
    text = tui(&code, "%s --from-reset --script 'sss'", live);
    has(text, "insn 4");
    free(text);
    text = tui(&code, "%s --from-reset --script 'S'", live);
    has(text, "insn 101");
    free(text);
}

static void the_next_switch_is_found(void **state)
{
    int code;
    char *text = tui(&code, "%s --script ']'", live);

    (void)state;
    has(text, "stopped: ");
    has(text, "switch");
    has(text, " U "); /* the first instruction in the new domain */
    free(text);
    text = tui(&code, "%s --script ']:pane cycles<enter>z'", live);
    has(text, "in 1 switch:");
    has(text, "direct: save");
    free(text);
}

/* The line with clock and instructions, and all below the mask line. */
static char *end_state(const char *keys)
{
    int code;
    char *text = tui(&code, "%s --script 'mf<enter>%s '", live, keys);
    char *line = strchr(text, '\n');

    assert_int_equal(code, 0);
    has(text, "ENDED");
    assert_non_null(line);
    *line = 0;
    return text;
}

/* However one steps, stops and looks, the run is the same to the cycle; and it
 * is the one that `opalite run` makes. */
static void looking_and_stepping_change_nothing(void **state)
{
    static const char *const ways[] = {
        "ssssSnnnn", "]]ssss", "mmrst<enter>eeeeeemmrst<enter>",
        "z<tab>z2z3z4z5z6z?<esc>x1<up><up>wfrt()g10000000<enter>HJKL",
        "SSSSSSSSSSSSSSSSSSSS]n"
    };
    char *plain = end_state(""), command[300], *json, cycles[64];
    int code;

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char *text = end_state(ways[i]);
        assert_string_equal(text, plain);
        free(text);
    }
    snprintf(command, sizeof command, "%s/opalite run -q %s --json -", build(),
             live);
    json = output_of(command, &code);
    assert_int_equal(code, 0);
    char *at = strstr(json, "\"cycles\":");
    assert_non_null(at);
    unsigned long long n = strtoull(at + 9, NULL, 10);
    assert_true(n > 1000 && n < 1000000000);
    if (n >= 1000000)
        snprintf(cycles, sizeof cycles, "cycle %llu,%03llu,%03llu ",
                 n / 1000000, n / 1000 % 1000, n % 1000);
    else
        snprintf(cycles, sizeof cycles, "cycle %llu,%03llu ", n / 1000,
                 n % 1000);
    has(plain, cycles);
    free(json);
    free(plain);
}

static void the_end_shows_the_checks(void **state)
{
    int code;
    char *text = tui(&code, "%s --script 'mf<enter> 6'", live);

    (void)state;
    assert_int_equal(code, 0);
    has(text, "ENDED");
    has(text, "the story is over");
    has(text, "2 checks passed");
    free(text);
    text = tui(&code, "%s --set fail=1 --script 'mf<enter> 6'", live);
    assert_int_equal(code, EXIT_CHECK_FAILED);
    has(text, "FAILED");
    has(text, "asked to fail");
    free(text);
}

static void errors_come_before_the_screen(void **state)
{
    int code;
    char *text = tui(&code, "/nonexistent.lua --script ''");

    (void)state;
    assert_int_equal(code, EXIT_CANNOT_LOAD);
    has(text, "opalite: /nonexistent.lua");
    free(text);
    text = tui(&code, "%s --bogus", live);
    assert_int_equal(code, EXIT_USAGE);
    has(text, "--bogus");
    free(text);
    text = tui(&code, "--script ''");
    assert_int_equal(code, EXIT_USAGE);
    free(text);
    text = tui(&code, "%s --script 's<nokey>'", live);
    assert_int_equal(code, EXIT_USAGE);
    has(text, "<nokey>");
    free(text);
    text = tui(&code, "%s </dev/null", live);
    assert_int_equal(code, EXIT_USAGE);
    has(text, "needs a terminal");
    free(text);
    text = tui(&code, "--help");
    assert_int_equal(code, 0);
    has(text, "--script KEYS");
    free(text);
}

static void an_error_in_the_scenario_stays_on_the_screen(void **state)
{
    int code;
    char path[] = "/tmp/opalite-tui-XXXXXX", *text;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    fputs("local m = machine {}\nerror 'something broke'\n", f);
    fclose(f);
    text = tui(&code, "%s --script ''", path);
    assert_int_equal(code, EXIT_USAGE);
    has(text, "FAILED");
    has(text, "something broke");
    free(text);
    unlink(path);
}

/* ---- in a terminal
 * --------------------------------------------------------------- */

PRINTF_LIKE(1, 2)
static void tmux(const char *format, ...)
{
    char arguments[700], command[900];
    va_list list;

    va_start(list, format);
    vsnprintf(arguments, sizeof arguments, format, list);
    va_end(list);
    snprintf(command, sizeof command, "tmux -L %s -f /dev/null %s", socket_name,
             arguments);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

static char *screen(const char *options)
{
    char command[200];
    int code;

    snprintf(command, sizeof command,
             "tmux -L %s -f /dev/null capture-pane -p %s", socket_name,
             options);
    return output_of(command, &code);
}

/* Waits until the terminal shows all of the texts (up to NULL). */
static void wait_for(const char *wanted, ...)
{
    time_t end = time(NULL) + DEADLINE;
    struct timespec pause = { 0, 50000000 };

    for (;;) {
        char *text = screen("");
        const char *missing = strstr(text, wanted) ? NULL : wanted;
        va_list list;
        va_start(list, wanted);
        for (const char *w; !missing && (w = va_arg(list, const char *));)
            missing = strstr(text, w) ? NULL : w;
        va_end(list);
        if (!missing) {
            free(text);
            return;
        }
        if (time(NULL) > end)
            fail_msg("\"%s\" does not appear:\n%s", missing, text);
        free(text);
        nanosleep(&pause, NULL);
    }
}

/* A terminal of 80x24 that runs opalite-tui, then says its exit code. Each gets
 * a server of its own: one that is still ending takes no new session. */
static void start(const char *environment, const char *arguments)
{
    static int count;

    snprintf(socket_name, sizeof socket_name, "opalite-test-%d-%d",
             (int)getpid(), ++count);
    tmux("new-session -d -x 80 -y 24 \"env %s %s/opalite-tui %s; echo the code "
         "is \\$?; exec sleep 1000\"",
         environment, build(), arguments);
}

static void stop(void)
{
    tmux("kill-server");
}

static void keys_in_a_terminal(void **state)
{
    (void)state;
    start("LANG=C.UTF-8", live);
    wait_for("PAUSED", "kernel_main", "─[code]─", "? help", NULL);
    tmux("send-keys Tab");
    wait_for("[registers]", NULL);
    tmux("send-keys s");
    wait_for("last command: ", NULL);
    tmux("send-keys ':' p a n Tab Space e v Tab Enter"); /* :pane events */
    wait_for("[events]", NULL);
    tmux("send-keys ':' p a n e Space r e g Enter");
    wait_for("[registers]", NULL);
    tmux("send-keys '?'");
    wait_for("Nothing you look at changes it", NULL);
    tmux("send-keys Escape");
    wait_for("[registers]", NULL);
    tmux("send-keys + + + + + + + +"); /* as fast as can be */
    wait_for("max", NULL);
    tmux("send-keys Space");
    wait_for("stopped: bob: fault", NULL);
    tmux("send-keys x");
    wait_for("tried to store 8 bytes", NULL);
    tmux("send-keys q"); /* closes the story only */
    wait_for("PAUSED", "[registers]", NULL);
    tmux("send-keys z");
    wait_for("sstatus", NULL);
    tmux("send-keys z Space");
    wait_for("ENDED", "2 checks", NULL);
    tmux("send-keys q");
    wait_for("the code is 0", NULL);
    stop();
}

/* They stop a run by keys, and are there again the next time. */
static void breakpoints_in_a_terminal(void **state)
{
    char home[] = "/tmp/opalite-home-XXXXXX", environment[100], command[120];

    (void)state;
    assert_non_null(mkdtemp(home));
    snprintf(environment, sizeof environment, "LANG=C.UTF-8 XDG_CONFIG_HOME=%s",
             home);
    start(environment, live);
    wait_for("PAUSED", "kernel_main", NULL);
    tmux("send-keys ':' 'break fault_kill in bob' Enter");
    wait_for("break 1 at kernel.elf: fault_kill", NULL);
    tmux("send-keys ':' 'watch page' Enter e");
    wait_for("watch 2, hit 1: alice wrote 8 bytes at page", NULL);
    tmux("send-keys e");
    wait_for("break 1, hit 1: the kernel for bob", "▶●", NULL);
    tmux("send-keys ':' reload Enter");
    wait_for("stopped: kernel: booted", NULL);
    tmux("send-keys d");
    wait_for("breakpoints and watches", "0 hits", NULL);
    tmux("send-keys q q");
    wait_for("the code is 0", NULL);
    stop();

    start(environment, live);
    wait_for("PAUSED", "kernel_main", NULL);
    tmux("send-keys e");
    wait_for("watch 2, hit 1: alice wrote 8 bytes at page", NULL);
    tmux("send-keys ':' 'delete all' Enter q");
    wait_for("the code is 0", NULL);
    stop();
    snprintf(command, sizeof command, "rmdir %s/opalite/stops", home);
    assert_int_equal(system(command), 0); /* no file is left */
    snprintf(command, sizeof command, "rmdir %s/opalite %s", home, home);
    assert_int_equal(system(command), 0);
}

/* From the fault back to the moment the right was taken, and forth again: the
 * same screen. */
static void back_and_forth_in_a_terminal(void **state)
{
    (void)state;
    start("LANG=C.UTF-8", "scenarios/03_name_is_not_a_right.lua");
    wait_for("PAUSED", "? help", NULL);
    for (const char *const *who =
             (const char *const[]){ "eve1", "eve2", "eve3", "bob", NULL };
         *who; who++) {
        char text[40];
        tmux("send-keys e");
        snprintf(text, sizeof text, "stopped: %s: fault", *who);
        wait_for(text, NULL);
    }
    tmux("send-keys R");
    wait_for("back at: bob: rights on secret: ---, were r--", NULL);
    tmux("send-keys e");
    wait_for("stopped: bob: fault", "PAUSED", NULL);
    char *first = screen("");
    tmux("send-keys BSpace");
    wait_for("back at cycle", NULL);
    tmux("send-keys R");
    wait_for("back at: bob: rights on secret: ---, were r--", NULL);
    tmux("send-keys e");
    wait_for("stopped: bob: fault", "PAUSED", NULL);
    char *again = screen("");
    assert_string_equal(first, again);
    free(first);
    free(again);
    tmux("send-keys q");
    wait_for("the code is 0", NULL);
    stop();
}

static void it_follows_the_size_of_the_terminal(void **state)
{
    (void)state;
    start("LANG=C.UTF-8", live);
    wait_for("PAUSED", "? help", NULL);
    tmux("resize-window -x 132 -y 43");
    wait_for("6 text", "? help", NULL); /* tabs: only on a wide screen */
    tmux("resize-window -x 60 -y 20");
    wait_for("needs 80x24, has 60x20", NULL);
    tmux("resize-window -x 80 -y 24");
    wait_for("PAUSED", "[code]", "? help", NULL);
    tmux("send-keys q");
    wait_for("the code is 0", NULL);
    stop();
}

/* Bytes of a press and a release of button 1 as old terminals send them: each
 * coordinate is 33 more. */
static void the_pointer_in_a_terminal(void **state)
{
    (void)state;
    start("LANG=C.UTF-8 TERM=screen", "tests/viz/live.lua --mouse");
    wait_for("[code]", "? help", NULL);
    tmux("send-keys -l \"$(printf '\\033[M &1')\"");
    tmux("send-keys -l \"$(printf '\\033[M#&1')\"");
    wait_for("[rights]", NULL); /* column 5, line 16 */
    tmux("send-keys q");
    wait_for("the code is 0", NULL);
    stop();
}

static void slow_runs_pause_at_a_key(void **state)
{
    (void)state;
    start("LANG=C.UTF-8", live);
    wait_for("PAUSED", NULL);
    tmux("send-keys - - - - - -"); /* one instruction a second */
    wait_for(" 1/s", NULL);
    tmux("send-keys Space");
    wait_for("RUNNING", NULL);
    tmux("send-keys Space");
    wait_for("PAUSED", "paused", NULL);
    tmux("send-keys q");
    wait_for("the code is 0", NULL);
    stop();
}

static bool has_colour(const char *text)
{
    return strstr(text, "\033[1m\033[38;5;") != NULL;
}

static bool is_plain(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p >= 0x80)
            return false;
    return !strstr(text, "38;5;");
}

/* The screen may still be on its way. */
static void wait_until(bool (*holds)(const char *text))
{
    for (int i = 0; i < 600; i++) {
        char *text = screen("-e");
        bool yes = holds(text);
        free(text);
        if (yes)
            return;
        nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
    }
    fail_msg("the screen never became as it should");
}

static void no_colour_and_no_utf8(void **state)
{
    (void)state;
    start("LANG=C.UTF-8 TERM=xterm-256color", live);
    wait_for("PAUSED", "? help", NULL);
    wait_until(has_colour);
    stop();
    start("NO_COLOR=1 LANG=C LC_ALL=C TERM=xterm-256color", live);
    wait_for("PAUSED", "-[code]-", "? help", NULL);
    wait_until(is_plain);
    stop();
}

static void a_signal_gives_the_terminal_back(void **state)
{
    (void)state;
    start("LANG=C.UTF-8", live);
    wait_for("PAUSED", NULL);
    tmux("send-keys C-c");
    wait_for("the code is 130", NULL);
    stop();
}

static void errors_of_a_terminal_run_are_printed_after_it(void **state)
{
    (void)state;
    start("LANG=C.UTF-8", "/nonexistent.lua");
    wait_for("opalite: /nonexistent.lua", "the code is 3", NULL);
    stop();
    start("LANG=C.UTF-8 TERM=no-such-terminal", live);
    wait_for("cannot be used (TERM=no-such-terminal)", "the code is 10", NULL);
    stop();
}

/* What a failed test left behind. */
static int kill_server(void **state)
{
    char command[120];

    (void)state;
    snprintf(command, sizeof command, "tmux -L %s kill-server 2>/dev/null",
             socket_name);
    return system(command) >= 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_when_the_kernel_is_up),
        cmocka_unit_test(a_fault_stops_and_is_explained),
        cmocka_unit_test(random_numbers_are_those_of_run),
        cmocka_unit_test(rights_and_ranges_are_shown),
        cmocka_unit_test(steps_move_pc),
        cmocka_unit_test(the_next_switch_is_found),
        cmocka_unit_test(looking_and_stepping_change_nothing),
        cmocka_unit_test(the_end_shows_the_checks),
        cmocka_unit_test(errors_come_before_the_screen),
        cmocka_unit_test(an_error_in_the_scenario_stays_on_the_screen),
        cmocka_unit_test(stops_are_given_at_the_start),
        cmocka_unit_test_teardown(keys_in_a_terminal, kill_server),
        cmocka_unit_test_teardown(breakpoints_in_a_terminal, kill_server),
        cmocka_unit_test_teardown(back_and_forth_in_a_terminal, kill_server),
        cmocka_unit_test_teardown(it_follows_the_size_of_the_terminal,
                                  kill_server),
        cmocka_unit_test_teardown(the_pointer_in_a_terminal, kill_server),
        cmocka_unit_test_teardown(slow_runs_pause_at_a_key, kill_server),
        cmocka_unit_test_teardown(no_colour_and_no_utf8, kill_server),
        cmocka_unit_test_teardown(a_signal_gives_the_terminal_back,
                                  kill_server),
        cmocka_unit_test_teardown(errors_of_a_terminal_run_are_printed_after_it,
                                  kill_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
