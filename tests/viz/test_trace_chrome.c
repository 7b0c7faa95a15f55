/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Chrome export of real runs, read with a strict JSON reader: every event
 * has what its kind needs, runs on one track do not overlap, spans and arrows
 * come in pairs.
 */
#include "tests/sim/cli_help.h"
#include "viz/plot/plot.h"

static struct ran r;

enum { TRACKS = 256, PAIRS = 4096 };

/* A row of the viewer: a process, and a thread in it. */
struct track {
    double pid, tid;
    double end;   /* of the last run */
    double start; /* of the last run */
    double last;  /* time of the last of everything else */
    bool named, used;
};

struct seen {
    struct track track[TRACKS];
    size_t tracks;
    double process[TRACKS]; /* pids that have a name */
    size_t processes;
    int span[PAIRS], arrow[PAIRS]; /* begun - ended, by id */
    double since[2][PAIRS];        /* when; [1]: arrows */
    size_t runs, arrows, spans, counters, instants, names;
};

static double number(const struct json_value *v, const char *key)
{
    const struct json_value *m = json_member(v, key);
    assert_non_null(m);
    assert_int_equal(m->kind, JSON_NUMBER);
    return m->number;
}

static const char *text_of(const struct json_value *v, const char *key)
{
    const struct json_value *m = json_member(v, key);
    assert_non_null(m);
    assert_int_equal(m->kind, JSON_STRING);
    assert_true(m->text[0]);
    return m->text;
}

static struct track *track_of(struct seen *s, const struct json_value *e)
{
    double pid = number(e, "pid"), tid = number(e, "tid");
    size_t i = 0;
    assert_true(pid > 0 && tid >= 0);
    while (i < s->tracks && (s->track[i].pid != pid || s->track[i].tid != tid))
        i++;
    assert_true(i < TRACKS);
    if (i == s->tracks)
        s->track[s->tracks++] = (struct track){ .pid = pid, .tid = tid };
    return &s->track[i];
}

/* Names of processes and threads. */
static void see_name(struct seen *s, const struct json_value *e)
{
    const struct json_value *arguments = json_member(e, "args");
    assert_non_null(arguments);
    (void)text_of(arguments, "name");
    s->names++;
    if (strcmp(text_of(e, "name"), "process_name") == 0) {
        s->process[s->processes++] = number(e, "pid");
        return;
    }
    assert_string_equal(text_of(e, "name"), "thread_name");
    track_of(s, e)->named = true;
}

/* Complete events: one after the other on a track. */
static void see_run(struct seen *s, const struct json_value *e)
{
    struct track *t = track_of(s, e);
    double start = number(e, "ts"), duration = number(e, "dur");
    assert_true(duration > 0);
    assert_true(start >= t->end - 1e-6);
    t->start = start;
    t->end = start + duration;
    t->used = true;
    s->runs++;
}

/* Both ends have the same id, and name and category of their kind; the end is
 * not before the beginning. */
static void see_pair(struct seen *s, const struct json_value *e, bool arrow,
                     bool begins)
{
    size_t id = (size_t)number(e, "id");
    int *open = arrow ? &s->arrow[id] : &s->span[id];
    assert_true(id < PAIRS);
    assert_string_equal(text_of(e, "cat"), "portal");
    assert_int_equal(*open, begins ? 0 : 1);
    *open += begins ? 1 : -1;
    if (begins)
        s->since[arrow][id] = number(e, "ts");
    else
        assert_true(number(e, "ts") >= s->since[arrow][id]);
    s->arrows += arrow;
    s->spans += !arrow;
    if (arrow && !begins) /* bound to the run that encloses it */
        assert_string_equal(text_of(e, "bp"), "e");
}

static void see_counter(struct seen *s, const struct json_value *e)
{
    const struct json_value *arguments = json_member(e, "args");
    assert_non_null(arguments);
    assert_true(arguments->count > 0);
    for (size_t i = 0; i < arguments->count; i++)
        assert_int_equal(arguments->item[i].kind, JSON_NUMBER);
    s->counters++;
}

static void see(struct seen *s, const struct json_value *e)
{
    char p = text_of(e, "ph")[0];
    (void)text_of(e, "name");
    if (p == 'M') {
        see_name(s, e);
        return;
    }
    struct track *t = track_of(s, e);
    double at = number(e, "ts");
    assert_true(at >= 0);
    if (p == 'X') {
        see_run(s, e);
        return;
    }
    if (p != 'b' && p != 'e') { /* those are asynchronous */
        assert_true(at >= t->last);
        t->last = at;
    }
    t->used |= p != 'C'; /* counters belong to the process */
    if (p == 'b' || p == 'e')
        see_pair(s, e, false, p == 'b');
    else if (p == 's' || p == 'f')
        see_pair(s, e, true, p == 's');
    else if (p == 'C')
        see_counter(s, e);
    else if (p == 'i')
        s->instants += strchr("tpg", text_of(e, "s")[0]) != NULL;
    else
        fail_msg("phase %c", p);
}

/* Whatever is used has a name. */
static void all_are_named(const struct seen *s)
{
    for (size_t i = 0; i < s->tracks; i++) {
        bool named = false;
        for (size_t k = 0; k < s->processes; k++)
            named |= s->process[k] == s->track[i].pid;
        assert_true(named);
        assert_true(s->track[i].named || !s->track[i].used);
    }
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
    all_are_named(s);
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
