/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Chrome export of real runs, read with a strict JSON reader: every event
 * has what its kind needs, runs on one track do not overlap, spans and arrows
 * come in pairs.
 */
#include "tests/sim/cli_help.h"
#include "viz/plot.h"

static struct ran r;

enum { TRACKS = 256, PAIRS = 4096 };

struct seen {
    struct {
        double pid, tid, end;
    } track[TRACKS];
    size_t tracks;
    int span[PAIRS], arrow[PAIRS]; /* begun - ended, by id */
    size_t runs, arrows, spans, counters, instants, names;
};

static double number(const struct json_value *v, const char *key)
{
    const struct json_value *m = json_member(v, key);
    assert_non_null(m);
    assert_int_equal(m->kind, JSON_NUMBER);
    return m->number;
}

static void see_run(struct seen *s, const struct json_value *e)
{
    double pid = number(e, "pid"), tid = number(e, "tid");
    double start = number(e, "ts"), duration = number(e, "dur");
    size_t i = 0;
    assert_true(duration > 0);
    while (i < s->tracks && (s->track[i].pid != pid || s->track[i].tid != tid))
        i++;
    assert_true(i < TRACKS);
    if (i == s->tracks)
        s->tracks++;
    else
        assert_true(start >= s->track[i].end - 1e-6);
    s->track[i].pid = pid;
    s->track[i].tid = tid;
    s->track[i].end = start + duration;
    s->runs++;
}

static void see(struct seen *s, const struct json_value *e)
{
    const struct json_value *phase = json_member(e, "ph");
    assert_non_null(phase);
    assert_int_equal(phase->kind, JSON_STRING);
    assert_non_null(json_member(e, "name"));
    assert_true(number(e, "pid") > 0);
    (void)number(e, "tid");
    char p = phase->text[0];
    if (p == 'M') {
        s->names++;
        return;
    }
    assert_true(number(e, "ts") >= 0);
    size_t id = strchr("befs", p) ? (size_t)number(e, "id") : 0;
    assert_true(id < PAIRS);
    if (p == 'X')
        see_run(s, e);
    else if (p == 'b' || p == 'e')
        s->span[id] += p == 'b' ? 1 : -1, s->spans++;
    else if (p == 's' || p == 'f')
        s->arrow[id] += p == 's' ? 1 : -1, s->arrows++;
    else if (p == 'C')
        s->counters++;
    else if (p == 'i')
        s->instants++;
    else
        fail_msg("phase %c", p);
}

static void check_export(const char *scenario, struct seen *s)
{
    char command[200];
    struct json_value v;
    struct err err;
    static char text[4 << 20];
    memset(s, 0, sizeof *s);
    snprintf(command, sizeof command, "run -q %s --trace %%W/t.jsonl",
             scenario);
    expect(&r, command, EXIT_PASSED, "");
    expect(&r, "trace export %W/t.jsonl --to chrome -o %W/t.json", EXIT_PASSED,
           "");
    char path[100];
    snprintf(path, sizeof path, "%s/t.json", work);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_true(n < sizeof text);
    if (!json_parse(&v, "t.json", text, n, &err))
        fail_msg("%s", err.text);
    const struct json_value *events = json_member(&v, "traceEvents");
    assert_non_null(events);
    for (size_t i = 0; i < events->count; i++)
        see(s, &events->item[i]);
    json_value_free(&v);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_int_equal(s->span[i], 0);
        assert_true(s->arrow[i] == 0 || s->arrow[i] == 1);
    }
}

static void a_lesson(void **state)
{
    struct seen s;
    (void)state;
    check_export("scenarios/03_name_is_not_a_right.lua", &s);
    assert_true(s.runs >= 8);
    assert_true(s.counters > 10);
    assert_true(s.names >= 6);
    assert_int_equal(s.spans, 0);
}

static void portal_calls(void **state)
{
    struct seen s;
    (void)state;
    check_export("tests/os/portals.lua", &s);
    assert_true(s.spans >= 20);
    assert_true(s.arrows >= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lesson),
        cmocka_unit_test(portal_calls),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
