/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions with the guest kernel: time, hooks, scripted threads, what goes
 * wrong, and that neither slices nor looking change anything. */
#include "tests/sim/lua_help.h"

static struct said said, other;

#define TWO_DOMAINS                                                            \
    "local m = machine {}\n"                                                   \
    "local os = m:boot { protection = 'rplb' }\n"                              \
    "local a, b = os:domain 'alice', os:domain 'bob'\n"                        \
    "local seg = os:segment { size = '4K', name = 'page' }\n"                  \
    "a:attach(seg, 'rw') b:attach(seg, 'r')\n"

/* Alice stores, bob joins her, reads, and oversteps. */
#define STORY                                                                  \
    TWO_DOMAINS                                                                \
    "local ta = a:thread(function(t) t:store(seg, 42) t:log('stored') end)\n"  \
    "local tb = b:thread(function(t)\n"                                        \
    "  t:join(ta)\n"                                                           \
    "  check.equal(t:load(seg), 42)\n"                                         \
    "  t:store(seg, 7)\n"                                                      \
    "  print 'never'\n"                                                        \
    "end)\n"

static void test_a_story_is_told(void **state)
{
    (void)state;
    run_lua(&said, STORY "m:on('fault', { domain = b }, function(f)\n"
                         "  print(f.kind, f.domain, f.access, f.address ==\n"
                         "        seg.base)\n"
                         "  print(f:story())\n"
                         "end)\n"
                         "print(m:run())\n"
                         "check.faults(m, { protection = 1, other = 0 })\n"
                         "check.equal(m:peek(seg, 8, a), 42)\n"
                         "check.equal(b.alive, false)\n"
                         "check.equal(ta.ended, true)\n"
                         "check.equal(ta.domain, a)\n");
    assert_fine(&said);
    assert_int_equal(said.passed, 6);
    assert_said(&said, "[alice] stored\n");
    assert_said(&said, "fault\tdomain bob\tstore\ttrue\n");
    assert_said(&said, "bob has had r--");
    assert_said(&said, "\nidle\n");
    assert_null(strstr(said.text, "never"));
}

#define FIGURES                                                                \
    "m:run()\nprint(m.cycles, m.instructions)\n"                               \
    "for k, v in pairs(m.stats) do print(k, v) end\n"

static void test_slices_change_nothing(void **state)
{
    (void)state;
    run_lua(&said, STORY FIGURES);
    assert_fine(&said);
    static const uint64_t slices[] = { 1, 97, 5000 };
    for (size_t i = 0; i < sizeof slices / sizeof *slices; i++) {
        run_lua_with(&other, STORY FIGURES, test_options(&other), slices[i]);
        assert_string_equal(said.text, other.text);
    }
}

static void test_looking_changes_nothing(void **state)
{
    (void)state;
    run_lua(&said, STORY FIGURES);
    run_lua(&other, STORY "local seen = 0\n"
                          "m:on('any', function(e)\n"
                          "  seen = seen + 1\n"
                          "  local x = e.domain, e.cost, e:story(),\n"
                          "    m:peek(seg), m:explain(seg, 'w', b), m.cycles,\n"
                          "    m.stats.cycles\n"
                          "end)\n" FIGURES
                          "if seen < 20 then error('saw ' .. seen) end\n");
    assert_fine(&said);
    assert_fine(&other);
    assert_string_equal(said.text, other.text);
}

static void test_hooks_only_observe(void **state)
{
    static const char *const deeds[] = {
        "os:domain 'new'", "m:run()",   "a:detach(seg)", "m:poke(seg, 1)",
        "random(5)",       "m:close()", "machine {}",    "m:send 'x'",
    };
    char text[2000];
    (void)state;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        snprintf(text, sizeof text,
                 STORY "m:on('fault', function()\n  %s\nend)\nm:run()\n",
                 deeds[i]);
        run_lua(&said, text);
        assert_error(&said, EXIT_USAGE, "t.lua:14: ");
        assert_error(&said, EXIT_USAGE, "hook");
    }
}

static void test_time_belongs_to_the_main_chunk(void **state)
{
    (void)state;
    run_lua(&said, TWO_DOMAINS "a:thread(function() os:domain 'x' end)\n"
                               "m:run()\n");
    assert_error(&said, EXIT_USAGE, "t.lua:6: os:domain: time advances only");
    run_lua(&said, TWO_DOMAINS "coroutine.wrap(function() m:run() end)()\n");
    assert_error(&said, EXIT_USAGE, "t.lua:6: ");
    run_lua(&said, TWO_DOMAINS "local keep\n"
                               "a:thread(function(t) keep = t t:yield() end)\n"
                               "m:run()\nkeep:load(0)\n");
    assert_error(&said, EXIT_USAGE, "use it only in that thread's function");
    run_lua(&said, TWO_DOMAINS "a:thread(function(t)\n  error 'oops'\nend)\n"
                               "m:run()\n");
    assert_error(&said, EXIT_USAGE, "t.lua:7: oops");
    run_lua(&said, TWO_DOMAINS
            "a:thread(function(t) while true do end end)\nm:run()\n");
    assert_error(&said, EXIT_NO_PROGRESS, "t.lua:6: ");
}

static void test_the_front_end_stops_where_it_wants(void **state)
{
    (void)state;
    struct session_options o = test_options(&said);
    const struct run_limits slice = { .stop_events = EVENT_BIT(EVENT_FAULT) };
    struct err err;
    memset(&said, 0, sizeof said);
    o.path = scenario_file(STORY FIGURES);
    struct session *s = session_open(&o, &err);
    assert_non_null(s);
    assert_null(s->machine);
    assert_int_equal(session_advance(s, &slice), SESSION_STOPPED);
    assert_non_null(s->machine);
    assert_int_equal(s->machine->stop_event.kind, EVENT_FAULT);
    assert_int_equal(session_advance(s, &slice), SESSION_FINISHED);
    assert_int_equal(session_advance(s, &slice), SESSION_FINISHED);
    assert_int_equal(session_close(s), EXIT_PASSED);
    scenario_remove(o.path);
    run_lua(&other, STORY FIGURES);
    assert_string_equal(said.text, other.text);
}

static void test_interruption_keeps_what_there_is(void **state)
{
    (void)state;
    struct session_options o = test_options(&said);
    const struct run_limits slice = { .max_insns = 1000 };
    struct err err;
    o.path = scenario_file(TWO_DOMAINS "output.result('r', 1)\n"
                                       "a:thread(function(t)\n"
                                       "  while true do t:yield() end\n"
                                       "end)\nm:run()\n");
    struct session *s = session_open(&o, &err);
    assert_non_null(s);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(session_advance(s, &slice), SESSION_RUNNING);
    s->interrupted = 1;
    assert_int_equal(session_advance(s, &slice), SESSION_FAILED);
    assert_non_null(strstr(s->error.text, "t.lua:10: interrupted"));
    assert_true(session_write_json(s, "/dev/null", &err));
    assert_int_equal(session_close(s), EXIT_INTERRUPTED);
    scenario_remove(o.path);
}

static void test_limits_end_a_run(void **state)
{
    (void)state;
    struct session_options o = test_options(&said);
    o.max_cycles = 2000000;
    run_lua_with(&said,
                 TWO_DOMAINS "a:thread(function(t)\n"
                             "  while true do t:yield() end\nend)\nm:run()\n",
                 o, 0);
    assert_error(&said, EXIT_CYCLE_LIMIT,
                 "t.lua:9: the limit of 2000000 cycles is reached");
    run_lua(&said, TWO_DOMAINS "a:thread(function(t)\n"
                               "  while true do t:yield() end\nend)\n"
                               "m:run { cycles = 1 } -- releases the thread\n"
                               "local from, i = m.cycles, m.instructions\n"
                               "print(m:run { cycles = 10000 })\n"
                               "check.that(m.cycles - from >= 10000)\n"
                               "check.less(m.cycles - from, 20000)\n"
                               "i = m.instructions\n"
                               "print(m:run { instructions = 1234 })\n"
                               "check.equal(m.instructions - i, 1234)\n");
    assert_fine(&said);
    assert_said(&said, "cycles\ninstructions\n");
}

static void test_events_and_marks(void **state)
{
    (void)state;
    run_lua(&said, TWO_DOMAINS
            "b:start('chase', 0, 3)\n"
            "local why, e = m:run { until_ = { event = 'mark', value = 2 } }\n"
            "print(why, e.kind, e.value, e.domain)\n"
            "local marks = m:marks()\n"
            "check.equal(#marks, 2)\n"
            "check.equal(marks[1].value, 1)\n"
            "check.equal(marks[1].domain, b)\n"
            "check.less(marks[1].cycle, marks[2].cycle)\n"
            "print(m:run { until_ = 'thread' })\n"
            "print(m:run())\n");
    assert_fine(&said);
    assert_said(&said, "event\tmark\t2\tdomain bob\n");
    assert_said(&said, "event\t");
    assert_said(&said, "\nidle\n");
}

static void test_windows_add_up(void **state)
{
    (void)state;
    run_lua(&said, TWO_DOMAINS
            "local s0 = m:snapshot()\n"
            "for i = 1, 2 do\n"
            "  (i == 1 and a or b):thread(function(t)\n"
            "    for _ = 1, 5 do t:load(seg) t:yield() end\n"
            "  end)\nend\nm:run()\n"
            "local w = m:snapshot() - s0\n"
            "check.equal(w.cycles, m.cycles - s0.cycles)\n"
            "local sum = 0\n"
            "for _, v in pairs(w.stats.accounts) do sum = sum + v end\n"
            "check.equal(sum, w.cycles)\n"
            "check.equal(w.stats.switch.count, w:switches().count)\n"
            "local phases = 0\n"
            "for _, v in pairs(w:switches().phases) do phases = phases + v "
            "end\n"
            "check.equal(phases, w:switches().direct)\n"
            "check.less(5, w:switches().count)\n"
            "check.equal(m.stats['itlb.misses.cold'] +\n"
            "  m.stats['itlb.misses.capacity'] +\n"
            "  m.stats['itlb.misses.conflict'] +\n"
            "  m.stats['itlb.misses.switch'] +\n"
            "  m.stats['itlb.misses.invalidated'], m.stats.itlb.misses)\n"
            "check.error(function() return s0 - m:snapshot() end, 'later')\n");
    assert_fine(&said);
    assert_int_equal(said.passed, 7);
}

static void test_several_machines(void **state)
{
    (void)state;
    run_lua(&said,
            "local list = {}\n"
            "for i, p in ipairs { 'rplb', 'rplb-hw', 'mas', 'mas-asid' } do\n"
            "  local m = machine { name = p }\n"
            "  list[i] = { m = m, os = m:boot { protection = p } }\n"
            "end\n"
            "for _, x in ipairs(list) do x.d = x.os:domain 'd' end\n"
            "for _, x in ipairs(list) do x.t = x.d:start('hello', 3) end\n"
            "for _, x in ipairs(list) do x.m:run() end\n"
            "for _, x in ipairs(list) do check.equal(x.t.result, 3) end\n"
            "check.error(function()\n"
            "  list[1].d:attach(list[2].os:segment('4K'), 'r')\n"
            "end, 'another machine')\n"
            "for _, x in ipairs(list) do x.m:close() end\n"
            "check.error(function() return list[1].d.alive end, 'closed')\n");
    assert_fine(&said);
    assert_int_equal(said.passed, 6);
}

static void test_write_sets_up_memory(void **state)
{
    (void)state;
    run_lua(&said, TWO_DOMAINS
            "local held = b:start('hello', 1)\n"
            "a:write(seg.base + 16, { 1, -2, seg, true })\n"
            "check.equal(held.ended, false)\n"
            "check.equal(m:peek(seg.base + 16, 8, a), 1)\n"
            "check.equal(m:peek(seg.base + 24, 8, a), -2)\n"
            "check.equal(m:peek(seg.base + 32, 8, b), seg.base)\n"
            "check.equal(m:peek(seg.base + 40, 1, b), 1)\n"
            "check.equal(m:peek_bytes(seg.base + 40, 3, b), '\\1\\0\\0')\n"
            "check.equal(m:poke(seg.base + 40, 9, 1), true)\n"
            "check.equal(m:peek(seg.base + 40, 8, b), 9)\n"
            "check.error(function() b:write(seg, { 1 }) end,\n"
            "  'may not write there')\n"
            "check.equal(held:join(), -8)\n");
    assert_fine(&said);
}

static void test_wrong_use_is_explained(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        { "machine {}:run()", "m:boot_firmware comes first" },
        { "machine {}:boot {}", "protection = " },
        { "machine {}:boot { protection = 'rplp' }", "did you mean 'rplb'?" },
        { "machine {}:boot { protecton = 'rplb' }",
          "did you mean protection?" },
        { "machine {}:boot { protection = 'rplb', sv = 'sv40' }",
          "invalid option 'sv40'" },
        { "local m = machine {} m:boot { protection = 'rplb' } "
          "m:boot { protection = 'rplb' }",
          "runs already" },
        { TWO_DOMAINS "os:segment { size = 'big' }", "expected bytes" },
        { TWO_DOMAINS "os:segment { size = -4096 }", "expected bytes" },
        { TWO_DOMAINS "os:segment { siz = 1 }", "did you mean size?" },
        { TWO_DOMAINS "a:attach(seg, 'rq')", "expected letters of" },
        { TWO_DOMAINS "a:attach(a, 'r')", "segment expected" },
        { TWO_DOMAINS "a:detach(os:segment '4K')", "the kernel refused" },
        { TWO_DOMAINS "a:atach(seg, 'r')", "did you mean attach?" },
        { TWO_DOMAINS "os:program 'nonesuch'", "the kernel refused" },
        { TWO_DOMAINS "os:domain(('x'):rep(40))", "longer than 31 bytes" },
        { TWO_DOMAINS "m:run { cycle = 5 }", "did you mean cycles?" },
        { TWO_DOMAINS "m:run { cycles = 0 }", "above 0" },
        { TWO_DOMAINS "m:run { until_ = 'falt' }", "did you mean fault?" },
        { TWO_DOMAINS "os:syscall('domain_crate')",
          "did you mean domain_create?" },
        { TWO_DOMAINS "os:info 'frames'", "invalid option" },
        { TWO_DOMAINS "a:portal('nowhere:main')", "no symbol" },
        { TWO_DOMAINS "a:thread(42)", "function expected" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_lua(&said, cases[i].text);
        if (said.code != EXIT_USAGE || !strstr(said.error, cases[i].error) ||
            !strstr(said.error, "t.lua:"))
            fail_msg("%s\ngave: %s (%d)", cases[i].text, said.error,
                     (int)said.code);
    }
}

static void test_a_machine_that_cannot_go_on(void **state)
{
    (void)state;
    /* Nobody will ever post it. */
    run_lua(&said, TWO_DOMAINS "local s = os:semaphore(0)\ns:wait()\n");
    assert_error(&said, EXIT_NO_PROGRESS, "t.lua:7: ");
    run_lua(&said, "local m = machine { ram = { bytes = 0 } }\n"
                   "m:boot { protection = 'rplb' }\n");
    assert_error(&said, EXIT_USAGE, "t.lua:1: machine{}: ram.bytes = 0");
    run_lua(&said, "local m = machine { ram = { bytes = '1M' } }\n"
                   "m:boot { protection = 'rplb' }\n");
    assert_int_not_equal(said.code, EXIT_PASSED);
    assert_non_null(strstr(said.error, "t.lua:"));
    run_lua(&said, "machine {}:boot { protection = 'rplb',\n"
                   "  kernel = 'README.nowhere' }\n");
    assert_error(&said, EXIT_CANNOT_LOAD, "README.nowhere");
    run_lua(&said, "machine {}:boot { protection = 'rplb',\n"
                   "  programs = { 'nonesuch' } }\n");
    assert_error(&said, EXIT_CANNOT_LOAD, "no program nonesuch");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_story_is_told),
        cmocka_unit_test(test_slices_change_nothing),
        cmocka_unit_test(test_looking_changes_nothing),
        cmocka_unit_test(test_hooks_only_observe),
        cmocka_unit_test(test_time_belongs_to_the_main_chunk),
        cmocka_unit_test(test_the_front_end_stops_where_it_wants),
        cmocka_unit_test(test_interruption_keeps_what_there_is),
        cmocka_unit_test(test_limits_end_a_run),
        cmocka_unit_test(test_events_and_marks),
        cmocka_unit_test(test_windows_add_up),
        cmocka_unit_test(test_several_machines),
        cmocka_unit_test(test_write_sets_up_memory),
        cmocka_unit_test(test_wrong_use_is_explained),
        cmocka_unit_test(test_a_machine_that_cannot_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
