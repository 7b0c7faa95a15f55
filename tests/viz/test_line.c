// SPDX-License-Identifier: Apache-2.0
/*
 * The prompt of the terminal program (--ui=line), as a script and a screen
 * reader meet it: plain lines through pipes, errors in one line, Ctrl-C stops
 * the run and not the program.
 */
#include <signal.h>

#include "tests/sim/golden_help.h"

#define LIVE "tests/viz/live.lua"
static struct ran r;

/* Runs a script of commands; standard error goes where `rest` says. */
static void script(const char *commands, const char *scenario, const char *rest)
{
    char line[300];

    put_text("script", commands);
    snprintf(line, sizeof line, "tui --ui=line %s %s <%%W/script", scenario,
             rest);
    run(&r, line);
}

static void expect_text(int code, const char *part)
{
    if (r.code != code || !strstr(r.text, part))
        fail_msg("expected code %d and \"%s\", got %d and:\n%s", code, part,
                 r.code, r.text);
}

static void a_session_is_text(void **state)
{
    (void)state;
    script(
        "# comments and empty lines are passed by\n\n"
        "stop\nevent\nfault\nshow registers 3\nshow rights\nshow events 4\n"
        "explain page alice w\nback 1\ncycle 185716\nwhole\nend\nshow notes\n"
        "show console\nstep\nquit\nstep\n",
        LIVE, "2>&1");
    assert_int_equal(r.code, EXIT_PASSED);
    for (const char *p = r.text; *p; p++)
        if ((*p < ' ' || *p > '~') && *p != '\n')
            fail_msg("character %d in:\n%s", *p, r.text);
    mask_numbers(r.text, 4, 3);
    compare_golden("tests/viz/golden/line.txt", r.text);
}

/* Every pane can be printed, every command can be looked up. */
static void every_pane_speaks(void **state)
{
    char panes[400];

    (void)state;
    script("help\n", LIVE, "");
    const char *list = strstr(r.text, "panes:");
    assert_non_null(list);
    snprintf(panes, sizeof panes, "%.*s", (int)strcspn(list + 6, "\n"),
             list + 6);
    int count = 0;
    for (char *name = strtok(panes, " "); name; name = strtok(NULL, " ")) {
        char commands[200], heading[64];
        snprintf(commands, sizeof commands, "event\nhelp %s\nshow %s\n", name,
                 name);
        script(commands, LIVE, "2>&1");
        snprintf(heading, sizeof heading, "\n%s: ", name); /* the help */
        expect_text(EXIT_PASSED, heading);
        const char *shown = strstr(strstr(r.text, heading) + 1, "\n");
        assert_non_null(shown);
        assert_non_null(strstr(shown, name));
        count++;
    }
    assert_true(count >= 16);
}

/* A run beside this one, and a count between two cursors, are there when the
 * command is done. */
static void runs_beside_are_waited_for(void **state)
{
    (void)state;
    script("switch\ncompare mas\ncursor a 100000\ncursor b 150000\nmeasure\n"
           "show timeline\n",
           LIVE, "2>&1");
    expect_text(EXIT_PASSED, "B: mas, the same scenario. Both at switch 1.");
    expect_text(EXIT_PASSED, "Counted exactly");
}

static void mistakes_are_one_line_each(void **state)
{
    static const struct {
        const char *command, *says;
    } all[] = {
        { "frobnicate", "line 2: frobnicate: no such command" },
        { "s", "line 2: s: could be several commands" },
        { "cycle", "line 2: cycle: which one?" },
        { "cycle x", "line 2: x: expected a number" },
        { "show nowhere", "line 2: pane nowhere: no such pane" },
        { "show TLB 0", "line 2: show TLB 0: expected 1 to 1000 lines" },
        { "explain nowhere", "line 2: nowhere: expected an address" },
        { "stop q", "line 2: stop q: letters of" },
        { "go nowhere", "line 2: go nowhere: no such bookmark" },
        { "measure", "line 2: measure: set both cursors first" },
        { "lanes sideways", "line 2: lanes sideways: domain, thread or" },
        { "ratio nothing", "line 2: ratio nothing: one of those" },
    };
    char commands[100];

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        snprintf(commands, sizeof commands, "\n%s\nshow console\n",
                 all[i].command);
        script(commands, LIVE, "2>&1 >/dev/null");
        expect_text(EXIT_USAGE, all[i].says);
        assert_int_equal(r.lines, 1);
    }
    expect_error(&r, "tui --ui=ear " LIVE, EXIT_USAGE, "screen or line");
    expect_error(&r, "tui --ui=line --script s " LIVE, EXIT_USAGE,
                 "one of them");
    expect_error(&r, "tui --ui=line /no/such.lua </dev/null", EXIT_CANNOT_LOAD,
                 "/no/such.lua");
}

static void the_end_of_input_ends_it(void **state)
{
    (void)state;
    script("", LIVE, "2>&1");
    expect_text(EXIT_PASSED, "booted");
    script("end\n", LIVE " --set fail=1", "2>&1");
    expect_text(EXIT_CHECK_FAILED, "1 FAILED");
    script("event", LIVE, "2>&1"); /* no line end */
    expect_text(EXIT_PASSED, "bob: fault");
    run(&r, "tui --ui=line " LIVE " </dev/null >/dev/full 2>&1");
    assert_int_equal(r.code, EXIT_HOST_RESOURCE);
}

/* ---- Ctrl-C ----------------------------------------------------------------
 */

struct child {
    pid_t id;
    FILE *to, *from;
};

static void start(struct child *c, char *path)
{
    int in[2], out[2];
    char program[620];

    snprintf(program, sizeof program, "%s-tui", program_path());
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    c->id = fork();
    if (c->id == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(out[1], 2);
        close(in[1]);
        close(out[0]);
        alarm(100); /* whatever happens, the test ends */
        execl(program, program, "--ui=line", path, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    c->to = fdopen(in[1], "w");
    c->from = fdopen(out[0], "r");
}

/* Reads lines up to one that says this. */
static void read_to(struct child *c, const char *part)
{
    char line[1000];

    while (fgets(line, sizeof line, c->from))
        if (strstr(line, part))
            return;
    fail_msg("it ended without saying \"%s\"", part);
}

static void ctrl_c_stops_the_run_only(void **state)
{
    struct child c;
    char path[200];
    int status;

    (void)state;
    put_text("endless.lua", "local m = machine {}\n"
                            "local os = m:boot { protection = 'rplb' }\n"
                            "local alice = os:domain 'alice'\n"
                            "local page = os:segment { size = '4K' }\n"
                            "alice:attach(page, 'rw')\n"
                            "alice:thread(function(t)\n"
                            "  while true do t:store(page.base, 1) end\n"
                            "end)\n"
                            "m:run()\n");
    snprintf(path, sizeof path, "%s/endless.lua", work);
    start(&c, path);
    read_to(&c, "booted");
    fputs("end\n", c.to);
    fflush(c.to);
    read_to(&c, "opalite: running, cycle "); /* it tells how far it is */
    assert_int_equal(kill(c.id, SIGINT), 0);
    read_to(&c, "paused");
    fputs("show registers\nquit\n", c.to);
    fflush(c.to);
    read_to(&c, "registers");
    fclose(c.to);
    fclose(c.from);
    assert_int_equal(waitpid(c.id, &status, 0), c.id);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_PASSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_text),
        cmocka_unit_test(every_pane_speaks),
        cmocka_unit_test(runs_beside_are_waited_for),
        cmocka_unit_test(mistakes_are_one_line_each),
        cmocka_unit_test(the_end_of_input_ends_it),
        cmocka_unit_test(ctrl_c_stops_the_run_only),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
