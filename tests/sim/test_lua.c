/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox and the parts of the Lua API that need no guest kernel. */
#include "tests/sim/lua_help.h"

static struct said said;

static void test_dangerous_parts_are_absent(void **state)
{
    (void)state;
    run_lua(&said, "print(io, os, debug, package, dofile, loadfile, "
                   "collectgarbage, string.dump, math.randomseed)\n"
                   "print(load('return 6 * 7')())\n"
                   "print((load('\\27Lua')))\n"
                   "print(pcall(setmetatable, {}, {__gc = print}))\n"
                   "print(pcall(require, '../../etc/passwd'))\n");
    assert_fine(&said);
    assert_said(&said, "nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\n42\nnil");
    assert_said(&said, "__gc is not for scenarios");
    assert_said(&said, "only names of scenarios/lib");
}

static void test_no_text_shows_an_address(void **state)
{
    (void)state;
    run_lua(&said, "print({}, print, coroutine.create(print), machine{})\n"
                   "print(tostring{}, string.format('%s', {}))\n"
                   "print(pcall(string.format, '%-20p', {}))\n"
                   "print(pcall(error, {}))\n");
    assert_fine(&said);
    assert_null(strstr(said.text, "0x"));
    assert_said(&said, "table\tfunction\tthread\tmachine m1\n");
}

static void test_pairs_are_ordered(void **state)
{
    (void)state;
    run_lua(&said,
            "local t = { zeta = 1, alpha = 2, [10] = 3, [2] = 4, [1.5] = 5,\n"
            "            [true] = 6, [-1] = 7 }\n"
            "local s = {}\n"
            "for k in pairs(t) do s[#s + 1] = tostring(k) end\n"
            "print(table.concat(s, ' '))\n"
            "for k in pairs(t) do t[k] = nil end\n"
            "print(next(t))\n"
            "local a, b = machine{name='a'}, machine{name='b'}\n"
            "for k in pairs{[b] = 1, [a] = 2} do print(k) end\n"
            "print(pcall(pairs, {[{}] = 1}))\n");
    assert_fine(&said);
    assert_said(&said, "-1 1.5 2 10 alpha zeta true\nnil\n"
                       "machine a\nmachine b\nfalse");
    assert_said(&said, "has no defined order");
}

static void test_sort_is_stable(void **state)
{
    (void)state;
    run_lua(&said, "local t = {}\n"
                   "for i = 1, 500 do t[i] = { key = i % 7, at = i } end\n"
                   "table.sort(t, function(a, b) return a.key < b.key end)\n"
                   "for i = 2, 500 do\n"
                   "  local a, b = t[i - 1], t[i]\n"
                   "  check.that(a.key < b.key or a.key == b.key and\n"
                   "             a.at < b.at)\n"
                   "end\n"
                   "local words = { 'pear', 'fig', 'apple' }\n"
                   "table.sort(words)\n"
                   "check.equal(words, { 'apple', 'fig', 'pear' })\n"
                   "check.error(function() table.sort{ 1, 'a' } end)\n");
    assert_fine(&said);
    assert_int_equal(said.passed, 501);
}

static void test_random_follows_the_seed(void **state)
{
    static struct said other;
    const char *text = "for i = 1, 20 do print(random(1000000)) end\n"
                       "for i = 1, 2000 do\n"
                       "  local n = random(5, 7)\n"
                       "  if n < 5 or n > 7 then error 'range' end\n"
                       "  local x = random()\n"
                       "  if x < 0 or x >= 1 then error 'range' end\n"
                       "end\n";
    (void)state;
    run_lua(&said, text);
    assert_fine(&said);
    run_lua(&other, text);
    assert_string_equal(said.text, other.text);
    struct session_options o = test_options(&other);
    o.seed = 2;
    run_lua_with(&other, text, o, 0);
    assert_string_not_equal(said.text, other.text);
}

static void test_endless_loops_end(void **state)
{
    static const char *const loops[] = {
        "while true do end\n",
        "while true do pcall(function() while true do end end) end\n",
        "local f\nf = function() return f() end\nf()\n",
        "coroutine.wrap(function() while true do end end)()\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        struct session_options o = test_options(&said);
        o.max_lua_steps = 1000000;
        run_lua_with(&said, loops[i], o, 0);
        assert_error(&said, EXIT_NO_PROGRESS, "t.lua:");
        assert_error(&said, EXIT_NO_PROGRESS, "endless loop");
    }
}

static void test_memory_is_limited(void **state)
{
    static const char *const hogs[] = {
        "local t = {}\nwhile true do t[#t + 1] = ('x'):rep(1000) .. #t end\n",
        "local s = 'x'\nwhile true do s = s .. s end\n",
        "print(#('x'):rep(1 << 28))\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof hogs / sizeof *hogs; i++) {
        struct session_options o = test_options(&said);
        o.max_lua_bytes = 16 << 20;
        run_lua_with(&said, hogs[i], o, 0);
        assert_error(&said, EXIT_HOST_RESOURCE, "t.lua:");
        assert_error(&said, EXIT_HOST_RESOURCE, "memory");
    }
}

static void test_errors_point_at_the_line(void **state)
{
    (void)state;
    run_lua(&said, "print 'a'\nprint(\n");
    assert_error(&said, EXIT_CANNOT_LOAD, "t.lua:3: unexpected symbol");
    run_lua(&said, "\n\nlocal x = nil + 1\n");
    assert_error(&said, EXIT_USAGE, "t.lua:3: attempt to perform arithmetic");
    run_lua(&said, "\nerror 'mine'\n");
    assert_error(&said, EXIT_USAGE, "t.lua:2: mine");
    run_lua(&said, "error {}\n");
    assert_error(&said, EXIT_USAGE, "t.lua:1: error with a value");
    run_lua(&said, "local function f() return f() + 1 end\nf()\n");
    assert_error(&said, EXIT_USAGE, "t.lua:1: ");
    run_lua(&said, "coroutine.yield()\n");
    assert_error(&said, EXIT_USAGE, "t.lua:1: coroutine.yield outside");
}

static void test_checks_count_and_say_where(void **state)
{
    (void)state;
    run_lua(&said, "check.equal(1, 1)\n"
                   "check.equal({ 1, { a = 2 } }, { 1, { a = 2 } })\n"
                   "check.equal({ 1 }, { 1, 2 }, 'lists')\n"
                   "check.that(nil, 'that')\n"
                   "check.differs(1, 2)\n"
                   "check.less(2, 1)\n"
                   "check.near(1.0, 1.1, 0.2)\n"
                   "check.near(1.0, 1.5, 0.2)\n"
                   "check.error(function() error 'abc' end, 'b')\n"
                   "check.error(function() end)\n");
    assert_int_equal(said.code, EXIT_CHECK_FAILED);
    assert_int_equal(said.passed, 5);
    assert_int_equal(said.failed, 5);
    assert_said(&said, "t.lua:3: check failed: lists: expected table");
    assert_said(&said, "t.lua:4: check failed: that: got nil");
    assert_said(&said, "t.lua:6: check failed: 2 is not less than 1");
    assert_said(&said, "t.lua:8: check failed: ");
    assert_said(&said, "t.lua:10: check failed: no error was raised");
}

static void test_descriptions_are_checked(void **state)
{
    (void)state;
    run_lua(&said, "machine { rplb = { entires = 4 } }\n");
    assert_error(&said, EXIT_USAGE,
                 "t.lua:1: machine{}: unknown parameter "
                 "'rplb.entires', did you mean "
                 "'rplb.entries'?");
    run_lua(&said, "machine { preset = 'u45' }\n");
    assert_error(&said, EXIT_USAGE, "did you mean 'u54'?");
    run_lua(&said, "machine { presett = 'u54' }");
    assert_error(&said, EXIT_USAGE, "did you mean 'preset'?");
    run_lua(&said, "machine { dtlb = { entries = 'many' } }\n");
    assert_error(&said, EXIT_USAGE, "t.lua:1: machine{}: ");
    run_lua(&said, "machine { dtlb = { entries = -1 } }\n");
    assert_error(&said, EXIT_USAGE, "t.lua:1: machine{}: ");
    run_lua(&said, "machine { dtlb = { entries = 3.5 } }\n");
    assert_error(&said, EXIT_USAGE, "'3.5' is not a whole number");
    run_lua(&said, "machine { dtlb = { policy = 'lur' } }\n");
    assert_error(&said, EXIT_USAGE, "lru");
    run_lua(&said, "machine { dtlb = { entries = print } }\n");
    assert_error(&said, EXIT_USAGE, "dtlb.entries: expected a value");
    run_lua(&said, "machine { dtlb = 4 }\n");
    assert_error(&said, EXIT_USAGE, "t.lua:1: machine{}: ");
    run_lua(&said, "machine { [1] = 4 }\n");
    assert_error(&said, EXIT_USAGE, "keys are names");
    run_lua(&said, "machine(7)\n");
    assert_error(&said, EXIT_USAGE, "t.lua:1: ");
}

static void test_descriptions_reach_the_machine(void **state)
{
    static const char *const set[] = { "machine.dtlb.entries=8", "n=3" };
    (void)state;
    struct session_options o = test_options(&said);
    o.set = set;
    o.set_count = 2;
    run_lua_with(&said,
                 "local m = machine { preset = 'tiny', name = 'small',\n"
                 "  l1d = { bytes = '8K' }, attribution = false }\n"
                 "print(m, m.preset, m:setting 'l1d.bytes',\n"
                 "  m:setting 'attribution', m:setting 'dtlb.entries')\n"
                 "print(args.n, type(args.n), args.other)\n"
                 "print(m.cycles, m.instructions, m.console)\n"
                 "m:close()\n"
                 "print(pcall(function() return m.cycles end))\n",
                 o, 0);
    assert_fine(&said);
    assert_said(&said, "machine small\ttiny\t8192\toff\t8\n"
                       "3\tstring\tnil\n0\t0\t\n");
    assert_said(&said, "this machine was closed");
}

/* Figures have the hart's name before them; what is one hart's is refused. */
static void test_several_harts(void **state)
{
    (void)state;
    run_lua(&said, "local m = machine { harts = 3 }\n"
                   "print(m:setting 'harts', m.stats['hart.2.cycles'])\n"
                   "print(pcall(m.snapshot, m))\n"
                   "print(pcall(m.switches, m))\n"
                   "print(pcall(m.boot, m, { protection = 'rplb' }))\n");
    assert_fine(&said);
    assert_said(&said, "3\t0\n");
    assert_said(&said, "m:snapshot: only of a machine with one hart");
    assert_said(&said, "m:switches: only of a machine with one hart");
    assert_said(&said, "harts = 3: the kernel runs on one hart");
}

static void test_unknown_fields_name_the_nearest(void **state)
{
    (void)state;
    run_lua(&said, "local m = machine {}\n"
                   "print(pcall(function() return m.cycels end))\n"
                   "print(pcall(function() return m.stats.dtbl end))\n"
                   "print(pcall(function() m.cycles = 0 end))\n"
                   "print(pcall(m.on, m, 'fualt', print))\n"
                   "print(pcall(m.on, m, 'fault', { domian = 1 }, print))\n");
    assert_fine(&said);
    assert_said(&said, "'cycels' (did you mean cycles?)");
    assert_said(&said, "no figure 'dtbl'");
    assert_said(&said, "'cycles' cannot be assigned");
    assert_said(&said, "'fualt' (did you mean fault?)");
    assert_said(&said, "'domian' (did you mean domain?)");
}

static void test_what_nobody_asked_for_is_told(void **state)
{
    static const char *const set[] = { "qick=1", "used=1" };
    (void)state;
    struct session_options o = test_options(&said);
    o.set = set;
    o.set_count = 2;
    run_lua_with(&said, "print(args.used)\n", o, 0);
    assert_fine(&said);
    assert_said(&said, "--set qick=1: the scenario never asks");
    assert_null(strstr(said.text, "used="));
}

static void test_tables_are_aligned(void **state)
{
    (void)state;
    run_lua(&said,
            "output.table { title = 'T', columns = { 'system',\n"
            "    { heading = 'cost', unit = 'cycles', key = 'c' },\n"
            "    { heading = 'x', format = '%.1f', key = 'x' } },\n"
            "  rows = { { system = 'mas', c = 1234567, x = 2 }, '-',\n"
            "           { 'r\xc2\xb5', 12, 0.25 }, { system = 'none' } } }\n");
    assert_fine(&said);
    assert_string_equal(said.text, "\nT\n\n"
                                   "system       cost    x\n"
                                   "           cycles\n"
                                   "------  ---------  ---\n"
                                   "mas     1,234,567  2.0\n"
                                   "------  ---------  ---\n"
                                   "r\xc2\xb5             12  0.2\n"
                                   "none            -    -\n\n");
    run_lua(&said, "output.table { columns = { 'a' }, rows = { 1 } }\n");
    assert_error(&said, EXIT_USAGE, "row 1 is a number");
    run_lua(&said, "output.table { colums = {}, rows = {} }\n");
    assert_error(&said, EXIT_USAGE, "did you mean columns?");
}

static void test_notes_are_wrapped(void **state)
{
    (void)state;
    run_lua(&said, "note('  - ' .. ('word '):rep(20))\n");
    assert_fine(&said);
    assert_said(&said, "  - word word");
    assert_said(&said, "\n    word");
}

static void test_output_refuses_odd_places(void **state)
{
    static const char *const names[] = { "/etc/x", "../x", "a/../../x", "" };
    char text[200];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(text, sizeof text, "output.json('%s', {})\n", names[i]);
        run_lua(&said, text);
        assert_error(&said, EXIT_USAGE, "t.lua:1: output: ");
    }
    run_lua(&said, "local t = {}\nt.t = t\noutput.json('loop', t)\n");
    assert_error(&said, EXIT_USAGE, "a table inside itself");
    run_lua(&said, "output.json('f', { print })\n");
    assert_error(&said, EXIT_USAGE, "a function cannot be written");
}

static void test_results_come_out_ordered(void **state)
{
    (void)state;
    struct session_options o = test_options(&said);
    struct err err;
    char line[200], all[4000] = "";
    o.path = scenario_file("local t = { b = 2, a = { 1, 2.5, 'x' } }\n"
                           "output.result('late', t)\n"
                           "t.b = 'changed later'\n"
                           "output.result('n', 9007199254740993)\n");
    struct session *s = session_open(&o, &err);
    assert_non_null(s);
    assert_int_equal(session_advance(s, NULL), SESSION_FINISHED);
    assert_true(session_write_json(s, "/tmp/opalite-test.json", &err));
    session_close(s);
    scenario_remove(o.path);
    FILE *f = fopen("/tmp/opalite-test.json", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        strncat(all, line, sizeof all - strlen(all) - 1);
    fclose(f);
    unlink("/tmp/opalite-test.json");
    assert_non_null(strstr(all, "\"value\": {\n"
                                "        \"a\": [1, 2.5, \"x\"],\n"
                                "        \"b\": 2\n"));
    assert_non_null(strstr(all, "\"value\": 9007199254740993\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dangerous_parts_are_absent),
        cmocka_unit_test(test_no_text_shows_an_address),
        cmocka_unit_test(test_pairs_are_ordered),
        cmocka_unit_test(test_sort_is_stable),
        cmocka_unit_test(test_random_follows_the_seed),
        cmocka_unit_test(test_endless_loops_end),
        cmocka_unit_test(test_memory_is_limited),
        cmocka_unit_test(test_errors_point_at_the_line),
        cmocka_unit_test(test_checks_count_and_say_where),
        cmocka_unit_test(test_descriptions_are_checked),
        cmocka_unit_test(test_descriptions_reach_the_machine),
        cmocka_unit_test(test_several_harts),
        cmocka_unit_test(test_unknown_fields_name_the_nearest),
        cmocka_unit_test(test_what_nobody_asked_for_is_told),
        cmocka_unit_test(test_tables_are_aligned),
        cmocka_unit_test(test_notes_are_wrapped),
        cmocka_unit_test(test_output_refuses_odd_places),
        cmocka_unit_test(test_results_come_out_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
