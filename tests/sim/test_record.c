// SPDX-License-Identifier: Apache-2.0
/*
 * Recordings: the same run again by either engine, with or without a history;
 * what differs is said; broken, foreign and future files are refused in one
 * line.
 */
#include "sim/history/history.h"
#include "sim/session/record.h"
#include "tests/sim/lua_help.h"

static struct said said;

#define SCENARIO                                                               \
    "local m = machine { name = 'one' }\n"                                     \
    "local os = m:boot { protection = 'rplb' }\n"                              \
    "local d = os:domain('d' .. (args.name or ''))\n"                          \
    "d:thread(function(t) for i = 1, random(5, 50) do t:yield() end end)\n"    \
    "m:run()\n"                                                                \
    "check.equal(1, 1)\n"

static char work[] = "/tmp/opalite-record-XXXXXX";
static char file[64];

static struct session *open_session(const struct session_options *o)
{
    struct err err;
    struct session *s = session_open(o, &err);
    if (!s)
        fail_msg("%s", err.text);
    return s;
}

static void run_to(struct session *s, uint64_t instructions)
{
    s->until.instructions = instructions;
    while (session_instructions(s) < instructions)
        assert_int_equal(session_advance(s, NULL), SESSION_RUNNING);
    s->until.instructions = 0;
}

static struct session_record read_back(void)
{
    struct session_record r;
    struct err err;
    if (!session_record_read(&r, file, &err))
        fail_msg("%s", err.text);
    return r;
}

static void test_the_same_run_again(void **state)
{
    static const char *const set[] = { "name=x=y" };
    struct session_options o = test_options(&said);
    struct err err;
    uint64_t text;
    (void)state;
    o.path = scenario_file(SCENARIO);
    o.set = set;
    o.set_count = 1;
    o.seed = 77;
    o.preset = "a53";
    struct session *s = open_session(&o);
    assert_true(session_record_text(o.path, &text, &err));
    run_to(s, 40000);
    assert_true(session_record_write(s, text, file, &err));
    struct session_record r = read_back();
    assert_string_equal(r.path, o.path);
    assert_string_equal(r.preset, "a53");
    assert_string_equal(r.machine, "one");
    assert_int_equal(r.seed, 77);
    assert_int_equal(r.set_count, 1);
    assert_string_equal(r.set[0], "name=x=y");
    assert_int_equal(r.max_cycles, o.max_cycles);
    assert_int_equal(r.instructions, 40000);
    assert_int_equal(r.cycle, machine_clock(s->machine));
    assert_int_equal(r.text, text);
    assert_false(r.at_end);
    /* the readable engine; and another seed */
    o.engine = ENGINE_READABLE;
    struct session *same = open_session(&o);
    run_to(same, 40000);
    assert_true(session_record_agrees(&r, same, &err));
    run_to(same, 40001);
    assert_false(session_record_agrees(&r, same, &err));
    assert_int_equal(err.code, EXIT_CHECK_FAILED);
    o.preset = NULL;
    struct session *other = open_session(&o);
    run_to(other, 40000);
    assert_false(session_record_agrees(&r, other, &err));
    assert_non_null(strstr(err.text, "another state"));
    (void)session_close(s);
    (void)session_close(same);
    (void)session_close(other);
    session_record_free(&r);
    scenario_remove(o.path);
}

static void test_the_end(void **state)
{
    struct session_options o = test_options(&said);
    struct err err;
    (void)state;
    o.path = scenario_file(SCENARIO);
    struct session *s = open_session(&o);
    while (session_advance(s, NULL) == SESSION_RUNNING)
        continue;
    assert_int_equal(s->state, SESSION_FINISHED);
    assert_true(session_record_write(s, 5, file, &err));
    struct session_record r = read_back();
    assert_true(r.at_end);
    assert_null(r.preset);
    assert_int_equal(r.text, 5);
    assert_true(session_record_agrees(&r, s, &err));
    (void)session_close(s);
    session_record_free(&r);
    assert_false(session_record_text("/nowhere/x.lua", &r.text, &err));
    scenario_remove(o.path);
}

static void refused(const char *text, const char *why)
{
    struct session_record r;
    struct err err;
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    assert_false(session_record_read(&r, file, &err));
    if (!strstr(err.text, why))
        fail_msg("expected \"%s\" in: %s", why, err.text);
    assert_null(strchr(err.text, '\n'));
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
}

#define HEAD "{\"format\": \"opalite recording\", \"version\": 1, "

static void test_broken_files(void **state)
{
    (void)state;
    refused("", "has 0 bytes");
    refused("{", "expected");
    refused("[]", "not a recording");
    refused("{\"format\": \"other\"}", "not a recording");
    refused("{\"format\": \"opalite recording\"}", "version");
    refused("{\"format\": \"opalite recording\", \"version\": 2}",
            "version 2; this program reads version 1");
    refused(HEAD "\"scenario\": 3}", "scenario: expected a path");
    refused(HEAD "\"scenario\": \"x\", \"text\": \"12\"}", "text: expected");
    refused(HEAD "\"scenario\": \"x\", \"text\": \"0x0123456789abcdef\", "
                 "\"seed\": -1}",
            "seed: expected a whole number");
    refused(HEAD "\"scenario\": \"x\", \"text\": \"0x0123456789abcdef\", "
                 "\"seed\": 1, \"preset\": null, \"set\": [\"a=b\", 4]}",
            "set: expected");
    refused(HEAD "\"scenario\": \"x\", \"text\": \"0x0123456789abcdef\", "
                 "\"seed\": 1, \"preset\": null, \"set\": [], "
                 "\"max_cycles\": 0, \"end\": 1}",
            "end: expected true or false");
}

/* Every byte of a good file, cut off or changed: a line, or a good file. */
static void test_any_byte(void **state)
{
    struct session_options o = test_options(&said);
    struct session_record r;
    struct err err;
    char good[2000], bad[2000];
    (void)state;
    o.path = scenario_file(SCENARIO);
    struct session *s = open_session(&o);
    assert_true(session_record_write(s, 5, file, &err));
    (void)session_close(s);
    scenario_remove(o.path);
    FILE *f = fopen(file, "r");
    assert_non_null(f);
    size_t n = fread(good, 1, sizeof good - 1, f);
    (void)fclose(f);
    for (size_t i = 0; i < 2 * n; i++) {
        memcpy(bad, good, n);
        bad[i % n] = i < n ? (char)(good[i % n] ^ 0x15) : 0;
        f = fopen(file, "w");
        assert_non_null(f);
        fwrite(bad, 1, i < n ? n : i % n + 1, f);
        (void)fclose(f);
        if (session_record_read(&r, file, &err))
            session_record_free(&r);
        else
            assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    }
}

static int make_work(void **state)
{
    (void)state;
    if (!mkdtemp(work))
        return -1;
    snprintf(file, sizeof file, "%s/r.json", work);
    return 0;
}

static int remove_work(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_run_again),
        cmocka_unit_test(test_the_end),
        cmocka_unit_test(test_broken_files),
        cmocka_unit_test(test_any_byte),
    };
    return cmocka_run_group_tests(tests, make_work, remove_work);
}
