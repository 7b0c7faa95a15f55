/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breakpoints, watches and expressions of a front end (sim/stops/stops.h): what
 * a user may say, where a run stops and what is told there, and that stopping
 * changes nothing: every scenario ends in the same state with points all over
 * the kernel as without.
 */
#include <glob.h>

#include "sim/compare/compare.h"
#include "sim/stops/stops.h"
#include "tests/sim/lua_help.h"

static struct said said;

static void say(struct stops *s, const char *line)
{
    char answer[300];
    struct err err;
    if (!stops_obey(s, s->machine, line, answer, sizeof answer, &err))
        fail_msg("%s: %s", line, err.text);
}

static struct session *open_file(const char *path, const char *set)
{
    struct session_options o = test_options(&said);
    struct err err;
    o.path = path;
    o.set = &set;
    o.set_count = set != NULL;
    said.length = 0;
    struct session *s = session_open(&o, &err);
    if (!s)
        fail_msg("%s", err.text);
    return s;
}

/* To the next stop; false = the end. */
static bool next_stop(struct stops *st, struct session *s)
{
    const struct run_limits slice = { .max_insns = 20000 };
    enum session_state state;
    do
        state = stops_advance(st, s, &slice);
    while (state == SESSION_RUNNING);
    if (state == SESSION_FAILED)
        fail_msg("%s", s->error.text);
    return state == SESSION_STOPPED;
}

static void assert_why(const struct stops *st, const char *part)
{
    if (!strstr(st->why, part))
        fail_msg("expected \"%s\", got \"%s\"", part, st->why);
}

/* ---- what may be said ------------------------------------------------------
 */

static void a_line_is_understood(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "break main",
        "break pong:main",
        "break main+0x14 in bob",
        "break trap.c:120 if a0 == 3 and a1 ~= 4",
        "break 0x80000000",
        "watch page",
        "watch page+0x10,8 by alice",
        "watch 10000000,64 rw",
        "watch page r by bob if value > 3",
        "watch script.elf x by bob",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct stops s = { 0 };
        char line[300];
        say(&s, lines[i]);
        stops_line(&s.point[0], line, sizeof line);
        assert_string_equal(line, lines[i]);
        stops_free(&s);
    }
}

static void a_bad_line_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } cases[] = {
        { "break", "expected a FUNCTION" },
        { "break :x", "expected a FUNCTION" },
        { "break a:", "expected a FUNCTION" },
        { "break trap.c:0", "expected a FUNCTION" },
        { "break 80zz", "expected a FUNCTION" },
        { "break main,8", "expected a FUNCTION" },
        { "break main+x", "expected a FUNCTION" },
        { "break main of bob", "of: expected `in DOMAIN`" },
        { "break main in", "in: which domain?" },
        { "break main if", "if: an expression is missing" },
        { "break main if (a0", "if (a0: " },
        { "break main if a0 = 3", "if a0 = 3: " },
        { "watch", "expected SEGMENT" },
        { "watch page,0", "expected SEGMENT" },
        { "watch trap.c:120", "expected SEGMENT" },
        { "watch page q", "q: expected r, w, rw or x" },
        { "delete 3", "3: expected the number" },
        { "delete", "expected the number" },
        { "frobnicate", "frobnicate: expected break" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stops s = { 0 };
        struct err err;
        char answer[300];
        assert_false(
            stops_obey(&s, NULL, cases[i].line, answer, sizeof answer, &err));
        if (!strstr(err.text, cases[i].says) || strchr(err.text, '\n'))
            fail_msg("%s: %s", cases[i].line, err.text);
        assert_int_equal(s.count, 0);
        stops_free(&s);
    }
}

static void the_list_has_an_end(void **state)
{
    (void)state;
    struct stops s = { 0 };
    struct err err;
    char line[40], answer[300];
    for (int i = 0; i < STOPS_MOST; i++) {
        snprintf(line, sizeof line, "break %x", 0x1000 + i);
        say(&s, line);
    }
    assert_false(
        stops_obey(&s, NULL, "break main", answer, sizeof answer, &err));
    assert_non_null(strstr(err.text, "64 breakpoints"));
    say(&s, "delete 5");
    say(&s, "break main");
    assert_int_equal(s.point[s.count - 1].number, STOPS_MOST + 1);
    say(&s, "delete all");
    assert_int_equal(s.count, 0);
    stops_free(&s);
}

/* ---- expressions -----------------------------------------------------------
 */

static enum expression_value ask(const struct machine *m, const char *text,
                                 struct err *err)
{
    struct expression *e = expression_new(text, err);
    if (!e)
        return EXPRESSION_FAILED;
    enum expression_value value = expression_ask(e, m, err);
    expression_free(e);
    return value;
}

/* To bob's store, which is refused. */
static struct session *at_the_fault(struct stops *st)
{
    struct session *s = open_file("tests/viz/live.lua", NULL);
    say(st, "break fault_kill");
    assert_true(next_stop(st, s));
    return s;
}

static void an_expression_sees_the_machine(void **state)
{
    (void)state;
    static const char *const hold[] = {
        "domain == 'bob'",
        "pc == fault_kill",
        "a1 == page",
        "priv == 'S' and hart == 0",
        "cycle > 180000 and insns < cycle",
        "mem64(page) == 42 and mem8(page) == 42 and mem16(page + 1) == 0",
        "mem32(pc) & 3 == 3 or mem16(pc) & 3 ~= 3",
        "stval == page",
        "ult(4, -1) and not ult(-1, 4)",
        "fp == s0 and zero == 0 and thread ~= 0",
    };
    static const char *const fail[] = {
        "mem64(0x5000000000) == 0", /* not there: it does not hold */
        "mem64(0x5000000000) ~= 0",
        "false",
        "nil",
    };
    struct stops st = { 0 };
    struct session *s = at_the_fault(&st);
    struct err err = { .text = "" };
    for (size_t i = 0; i < sizeof hold / sizeof hold[0]; i++)
        if (ask(s->machine, hold[i], &err) != EXPRESSION_YES)
            fail_msg("%s: %s", hold[i], err.text);
    for (size_t i = 0; i < sizeof fail / sizeof fail[0]; i++)
        if (ask(s->machine, fail[i], &err) != EXPRESSION_NO)
            fail_msg("%s: %s", fail[i], err.text);
    stops_free(&st);
    session_close(s);
}

static void an_expression_can_do_no_harm(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "(function() while true do end end)()", "Lua instructions" },
        { "(function() local s = 'x' while true do s = s .. s end end)()",
          "not enough memory" },
        { "(function() a0 = 5 end)()", "cannot set 'a0'" },
        { "os.exit(1)", "'os' is no register" },
        { "nosuch > 3", "'nosuch' is no register, symbol or segment" },
        { "mem8('x')", "number expected" },
        { "a0 < 'x'", "attempt to compare" },
        { "1 return 2", "<eof> expected" },
    };
    struct stops st = { 0 };
    struct session *s = at_the_fault(&st);
    struct err err = { .text = "" };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ask(s->machine, cases[i].text, &err),
                         EXPRESSION_FAILED);
        if (!strstr(err.text, cases[i].says) || strchr(err.text, '\n'))
            fail_msg("%s: %s", cases[i].text, err.text);
    }
    stops_free(&st);
    session_close(s);
}

/* ---- where it stops --------------------------------------------------------
 */

static void it_says_who_and_what(void **state)
{
    (void)state;
    static const char *const whys[] = {
        "alice wrote 8 bytes at page: 0x0 -> 0x2a, in perform_store8 (script.S",
        "watch 3, hit 1: bob read 8 bytes at page: 0x2a, in perform_load8",
        "break 1, hit 1: the kernel for bob comes to fault_kill (fault.c:",
    };
    struct stops st = { 0 };
    struct session *s = open_file("tests/viz/live.lua", NULL);
    say(&st, "break fault_kill"); /* nothing is there yet */
    say(&st, "watch page");
    say(&st, "watch page,8 r by bob");
    say(&st, "break fault_kill in alice");
    say(&st, "break fault_kill if domain ~= 'bob'");
    say(&st, "watch page+0x10,8 rw");
    say(&st, "break nosuch:main");
    assert_int_equal(st.point[0].places, 0);
    for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++) {
        assert_true(next_stop(&st, s));
        assert_int_equal(st.reason, STOPS_POINT);
        assert_why(&st, whys[i]);
    }
    assert_false(next_stop(&st, s));
    for (size_t i = 0; i < st.count; i++)
        assert_int_equal(st.point[i].hits, i < 3);
    assert_true(st.point[0].places > 0);
    assert_int_equal(st.point[6].places, 0);
    stops_free(&st);
    session_close(s);
}

static void a_breakpoint_stands_before_the_instruction(void **state)
{
    (void)state;
    struct stops st = { 0 };
    struct session *s = at_the_fault(&st);
    uint64_t pc = s->machine->now->cpu.pc;
    assert_int_equal(pc, st.point[0].va);
    assert_ptr_equal(stops_at(&st, pc), &st.point[0]);
    assert_null(stops_at(&st, pc + 2));
    assert_true(s->machine->now->cpu.step.pc != pc);
    stops_free(&st);
    session_close(s);
}

static void one_may_be_switched_off(void **state)
{
    (void)state;
    struct stops st = { 0 };
    struct session *s = open_file("tests/viz/live.lua", NULL);
    say(&st, "break fault_kill");
    say(&st, "watch page");
    say(&st, "disable 2");
    assert_true(next_stop(&st, s));
    assert_why(&st, "break 1");
    say(&st, "enable 2");
    assert_int_equal(st.point[1].places, 1);
    say(&st, "toggle fault.c:113");
    assert_int_equal(st.count, 3);
    assert_true(next_stop(&st, s));
    assert_why(&st, "break 3, hit 1: the kernel for bob comes to fault_kill+");
    char line[40];
    snprintf(line, sizeof line, "toggle %llx",
             (unsigned long long)s->machine->now->cpu.pc);
    say(&st, line);
    assert_int_equal(st.count, 2);
    assert_false(next_stop(&st, s));
    stops_free(&st);
    session_close(s);
}

/* Set while it runs: the program is not loaded, then it is. */
static void a_name_waits_for_its_program(void **state)
{
    (void)state;
    struct stops st = { 0 };
    struct session *s = open_file("tests/viz/live.lua", NULL);
    const struct run_limits little = { .max_insns = 3000 };
    assert_int_equal(stops_advance(&st, s, &little), SESSION_RUNNING);
    stops_resolve(&st, s->machine);
    st.machine = s->machine;
    say(&st, "break script:script_fetch_start in bob");
    say(&st, "break script.S:88");
    say(&st, "break schedule");
    say(&st, "disable 3");
    assert_int_equal(st.point[0].places, 0);
    assert_true(st.point[2].places > 0); /* the kernel is there */
    assert_true(next_stop(&st, s));
    assert_why(&st, "break 2, hit 1: alice comes to perform_store8");
    say(&st, "delete 2");
    assert_true(next_stop(&st, s));
    assert_why(&st, "break 1, hit 1: bob comes to ");
    stops_free(&st);
    session_close(s);
}

static void set_until(struct stops *st, const char *text)
{
    struct err err;
    struct expression *e = expression_new(text, &err);
    if (!e)
        fail_msg("%s", err.text);
    stops_set_until(st, e, text);
}

static void until_is_asked_after_each_step(void **state)
{
    (void)state;
    struct stops st = { 0 };
    struct session *s = open_file("tests/viz/live.lua", NULL);
    set_until(&st, "priv == 'U' and domain == 'bob'");
    assert_true(next_stop(&st, s));
    assert_int_equal(st.reason, STOPS_UNTIL);
    assert_int_equal(s->machine->now->cpu.privilege, PRIV_U);
    assert_int_equal(s->machine->now->cpu.step.privilege, PRIV_S);
    set_until(&st, "nosuch == 3");
    assert_true(next_stop(&st, s));
    assert_int_equal(st.reason, STOPS_FAILED);
    assert_why(&st, "until nosuch == 3: 'nosuch' is no register");
    stops_set_until(&st, NULL, "");
    assert_false(next_stop(&st, s));
    stops_free(&st);
    session_close(s);
}

static void events_may_be_of_one_domain(void **state)
{
    (void)state;
    const struct run_limits slice = { .stop_events = EVENT_BIT(EVENT_SYSCALL) };
    for (int i = 0; i < 3; i++) {
        static const char *const domains[] = { "", "bob", "alice" };
        struct stops st = { 0 };
        struct session *s = open_file("tests/viz/live.lua", NULL);
        uint32_t seen = 0;
        snprintf(st.event_domain, sizeof st.event_domain, "%s", domains[i]);
        while (stops_advance(&st, s, &slice) <= SESSION_STOPPED) {
            if (st.reason == STOPS_NONE)
                continue;
            assert_int_equal(st.reason, STOPS_EVENT);
            assert_int_equal(st.event.kind, EVENT_SYSCALL);
            const struct registry_domain *d =
                registry_domain(&s->machine->registry, st.event.domain);
            seen |= strcmp(d->name, "bob") == 0 ? 2 : 1;
        }
        assert_int_equal(seen, i == 0 ? 3 : i == 1 ? 2 : 1);
        stops_free(&st);
        session_close(s);
    }
}

/* In spaces of their own, one segment lies at several addresses, and one
 * address in several segments. */
static void a_watch_follows_its_segment(void **state)
{
    (void)state;
    static const char text[] =
        "local m = machine {}\n"
        "local os = m:boot { protection = 'mas' }\n"
        "local a, b = os:domain 'a', os:domain 'b'\n"
        "local other = os:segment { size = '4K', name = 'other' }\n"
        "local page = os:segment { size = '4K', name = 'page' }\n"
        "local z = b:attach(other, 'rw')\n"
        "local x = a:attach(page, 'rw')\n"
        "local y = b:attach(page, 'rw')\n"
        "local s = a:thread(function(t) t:store(x, 1) end)\n"
        "b:thread(function(t) t:join(s) t:store(y, 2)\n"
        "  t:store(z, 3) end)\n"
        "m:run()\n";
    const char *path = scenario_file(text);
    struct stops st = { 0 };
    struct session *s = open_file(path, NULL);
    say(&st, "watch page");
    assert_true(next_stop(&st, s));
    assert_why(&st, "a wrote");
    assert_true(next_stop(&st, s));
    assert_why(&st, "b wrote");
    assert_why(&st, "0x1 -> 0x2");
    assert_false(next_stop(&st, s));
    stops_free(&st);
    session_close(s);
    scenario_remove(path);
}

static void each_machine_has_its_places(void **state)
{
    (void)state;
    static const char text[] =
        "for _, p in ipairs { 'rplb', 'mas' } do\n"
        "  local m = machine { name = p }\n"
        "  local os = m:boot { protection = p }\n"
        "  local d = os:domain('d_' .. p)\n"
        "  local g = os:segment { size = '4K', name = 'page' }\n"
        "  d:attach(g, 'r')\n"
        "  d:thread(function(t) t:store(g.base, 1) end)\n"
        "  m:run()\n"
        "end\n";
    const char *path = scenario_file(text);
    struct stops st = { 0 };
    struct session *s = open_file(path, NULL);
    say(&st, "break fault_kill");
    assert_true(next_stop(&st, s));
    assert_why(&st, "the kernel for d_rplb");
    assert_true(next_stop(&st, s));
    assert_why(&st, "the kernel for d_mas");
    assert_false(next_stop(&st, s));
    stops_free(&st);
    session_close(s);
    scenario_remove(path);
}

/* ---- it changes nothing ----------------------------------------------------
 */

static void compare_machines(const char *path, struct session *a,
                             struct session *b)
{
    assert_int_equal(a->machine_count, b->machine_count);
    for (size_t i = 0; i < a->machine_count; i++) {
        const struct session_machine *x = &a->machines[i], *y = &b->machines[i];
        struct differences d = { 0 };
        assert_int_equal(!x->machine, !y->machine);
        if (!x->machine) {
            assert_int_equal(x->cycles, y->cycles);
            assert_int_equal(x->instructions, y->instructions);
        } else if (!machine_compare(x->machine, y->machine, &d)) {
            fail_msg("%s: %s", path, d.text[0]);
        }
    }
}

static uint64_t run_with_points(const char *path, struct session *s)
{
    struct stops st = { 0 };
    uint64_t stops = 0;
    (void)path;
    say(&st, "break schedule if a0 == 12345");
    say(&st, "break fault_kill");
    say(&st, "break ffffffc080001000");
    say(&st, "watch page rw");
    say(&st, "watch secret r");
    say(&st, "watch 10000000,1024 rw");
    say(&st, "break trap.S:60 if cycle % 7 == 0");
    while (next_stop(&st, s))
        if (++stops == 500)
            say(&st, "disable all"); /* enough of them */
    stops_free(&st);
    return stops;
}

static void stopping_changes_nothing(void **state)
{
    (void)state;
    glob_t all;
    uint64_t stops = 0;
    assert_int_equal(glob("scenarios/*.lua", 0, NULL, &all), 0);
    for (size_t i = 0; i < all.gl_pathc; i++) {
        if (strstr(all.gl_pathv[i], "boot_firmware"))
            continue; /* no kernel of ours */
        struct session *plain = open_file(all.gl_pathv[i], "quick=1");
        struct session *stopped = open_file(all.gl_pathv[i], "quick=1");
        while (session_advance(plain, NULL) <= SESSION_STOPPED)
            continue;
        stops += run_with_points(all.gl_pathv[i], stopped);
        assert_int_equal(plain->state, SESSION_FINISHED);
        assert_int_equal(plain->checks_passed, stopped->checks_passed);
        compare_machines(all.gl_pathv[i], plain, stopped);
        session_close(plain);
        session_close(stopped);
    }
    assert_true(stops > 100);
    globfree(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_understood),
        cmocka_unit_test(a_bad_line_is_refused),
        cmocka_unit_test(the_list_has_an_end),
        cmocka_unit_test(an_expression_sees_the_machine),
        cmocka_unit_test(an_expression_can_do_no_harm),
        cmocka_unit_test(it_says_who_and_what),
        cmocka_unit_test(a_breakpoint_stands_before_the_instruction),
        cmocka_unit_test(one_may_be_switched_off),
        cmocka_unit_test(a_name_waits_for_its_program),
        cmocka_unit_test(until_is_asked_after_each_step),
        cmocka_unit_test(events_may_be_of_one_domain),
        cmocka_unit_test(a_watch_follows_its_segment),
        cmocka_unit_test(each_machine_has_its_places),
        cmocka_unit_test(stopping_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
