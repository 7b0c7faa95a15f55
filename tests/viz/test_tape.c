// SPDX-License-Identifier: Apache-2.0
/*
 * Recorded traces in the views: at the same moment a trace shows what the live
 * machine showed, as far as it is recorded; forward and back is the same place;
 * several harts; and what is no trace is refused in one line.
 */
#include "tests/sim/cli_help.h"
#include "viz/model/tape.h"
#include "viz/runner/runner.h"

#define LIVE  "tests/viz/live.lua"
#define TURNS "tests/viz/turns.lua"
static struct ran r;

static const char *in_work(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", work, name);
    return path;
}

static struct runner *live(const char *scenario, const char *set)
{
    struct runner *to = malloc(sizeof *to);
    static const char *sets[1];
    struct err err;

    sets[0] = set;
    struct session_options o = {
        .path = scenario, .seed = 1, .set = sets, .set_count = set != NULL
    };
    assert_non_null(to);
    if (!runner_open(to, &o, HISTORY_BYTES, &err))
        fail_msg("%s", err.text);
    return to;
}

static struct runner *recorded(const char *name)
{
    struct runner *to = malloc(sizeof *to);
    struct err err;

    assert_non_null(to);
    if (!runner_open_tape(to, in_work(name), false, &err))
        fail_msg("%s", err.text);
    return to;
}

static void close_runner(struct runner *a)
{
    (void)runner_close(a);
    free(a);
}

static void wish(struct runner *a, enum wish_kind kind, uint64_t number)
{
    const struct wish w = { .kind = kind, .number = number };

    runner_obey(a, &w);
    runner_finish(a, 100); /* names may change: look often */
}

static void go(struct runner *a, const char *moment)
{
    static struct session_arguments to;
    struct err err;

    to = (struct session_arguments){ .has_moment = true };
    assert_true(moment_parse(&to.at, moment, &err));
    const struct wish w = { .kind = WISH_MOMENT, .to = &to };
    runner_obey(a, &w);
    runner_finish(a, 100); /* names may change: look often */
}

/* ---- what must be the same -------------------------------------------------
 */

static void same_events(const struct model *a, const struct model *b)
{
    assert_int_equal(a->event_count, b->event_count);
    assert_int_equal(a->story_count, b->story_count);
    uint64_t first =
        a->event_count > MODEL_EVENTS ? a->event_count - MODEL_EVENTS : 0;
    for (uint64_t s = first; s < a->event_count; s++) {
        const struct event_row *x = model_event(a, s), *y = model_event(b, s);
        assert_int_equal(x->cycle, y->cycle);
        assert_int_equal(x->letter, y->letter);
        assert_string_equal(x->domain, y->domain);
        assert_string_equal(x->text, y->text);
    }
}

/* A trace has no symbols: the story names the address. */
static void same_stories(const struct model *a, const struct model *b)
{
    for (uint64_t i = 0; i < a->story_count && i < MODEL_STORIES; i++) {
        const char *x = a->stories[i], *y = b->stories[i];
        const char *from = strstr(x, "cycle "), *to = strstr(y, "cycle ");
        assert_non_null(from);
        assert_non_null(to);
        assert_string_equal(from, to);
        assert_int_equal(strncmp(x, y, strcspn(x, " ")), 0);
    }
}

static void same_timeline(const struct model *a, const struct model *b)
{
    assert_int_equal(a->moment_count, b->moment_count);
    assert_int_equal(a->lane_count, b->lane_count);
    for (int i = 0; i < a->lane_count; i++)
        assert_string_equal(a->lanes[i].name, b->lanes[i].name);
    for (uint64_t s = 0; s < a->moment_count; s++) {
        const struct moment *x = model_moment(a, s), *y = model_moment(b, s);
        if (!x || !y)
            continue;
        assert_int_equal(x->cycle, y->cycle);
        assert_int_equal(x->letter, y->letter);
        assert_int_equal(x->lane, y->lane);
        assert_int_equal(x->cost, y->cost);
    }
}

static void same_rights(const struct model *a, const struct model *b)
{
    assert_int_equal(a->domain_count, b->domain_count);
    assert_int_equal(a->one_space, b->one_space);
    assert_int_equal(a->segment_count, b->segment_count);
    for (int d = 0; d < a->domain_count; d++)
        assert_string_equal(a->domains[d].name, b->domains[d].name);
    for (int i = 0; i < a->segment_count; i++) {
        const struct segment_row *x = &a->segments[i], *y = &b->segments[i];
        assert_int_equal(x->base, y->base);
        assert_int_equal(x->bytes, y->bytes);
        assert_string_equal(x->name, y->name);
        for (int d = 0; d < a->domain_count; d++) {
            assert_int_equal(x->rights[d], y->rights[d]);
            assert_int_equal(x->address[d], y->address[d]);
        }
    }
}

static void same_registers(const struct model *a, const struct model *b)
{
    int known = 0;

    assert_int_equal(a->pc, b->pc);
    assert_int_equal(a->privilege, b->privilege);
    assert_int_equal(a->cycle, b->cycle);
    for (int i = 1; i < 32; i++)
        if (!(b->x_unknown >> i & 1)) {
            assert_int_equal(a->x[i], b->x[i]);
            known++;
        }
    assert_true(known > 20);
}

static void same_switches(const struct model *a, const struct model *b)
{
    assert_int_equal(a->switch_count, b->switch_count);
    assert_int_equal(a->switch_total.count, b->switch_total.count);
    assert_int_equal(a->switch_total.direct, b->switch_total.direct);
    for (int i = 0; i < a->switch_count; i++) {
        assert_int_equal(a->switches[i].direct, b->switches[i].direct);
        assert_int_equal(a->switches[i].from_id, b->switches[i].from_id);
        assert_int_equal(a->switches[i].to_id, b->switches[i].to_id);
    }
}

static void same(const struct runner *a, const struct runner *b, bool steps)
{
    const struct model *x = &a->model, *y = &b->model;

    assert_int_equal(x->instructions, y->instructions);
    assert_string_equal(x->domain, y->domain);
    same_events(x, y);
    same_stories(x, y);
    same_timeline(x, y);
    same_rights(x, y);
    same_switches(x, y);
    if (steps)
        same_registers(x, y);
}

static void at_every_moment(const char *scenario, const char *set,
                            const char *const *moments)
{
    static const char *const kinds[] = { "", "--trace-steps" };
    char line[300];

    for (int steps = 0; steps < 2; steps++) {
        snprintf(line, sizeof line,
                 "run -q %s %s%s --trace %%W/t.jsonl %s --out %%W", scenario,
                 set ? "--set " : "", set ? set : "", kinds[steps]);
        expect(&r, line, EXIT_PASSED, "");
        struct runner *a = live(scenario, set), *b = recorded("t.jsonl");
        for (const char *const *m = moments; *m; m++) {
            go(a, *m);
            go(b, *m);
            same(a, b, steps);
        }
        close_runner(a);
        close_runner(b);
    }
}

static void a_trace_shows_what_was_seen(void **state)
{
    static const char *const secret[] = { "booted",  "rights:1", "fault:1",
                                          "fault:3", "fault:4",  NULL };
    static const char *const turns[] = { "switch:1", "switch:7", "switch:40",
                                         "switch:60", NULL };

    (void)state;
    at_every_moment("scenarios/03_name_is_not_a_right.lua", NULL, secret);
    at_every_moment("scenarios/03_name_is_not_a_right.lua", "protection=mas",
                    secret);
    at_every_moment(TURNS, NULL, turns);
    at_every_moment(TURNS, "protection=mas", turns);
}

/* ---- moving ----------------------------------------------------------------
 */

static void there_and_back(void **state)
{
    uint64_t random = 88172645463325252u;
    struct model *was = malloc(sizeof *was);

    (void)state;
    assert_non_null(was);
    expect(&r, "run -q " LIVE " --trace %W/s.jsonl --trace-steps", EXIT_PASSED,
           "");
    struct runner *a = recorded("s.jsonl");
    uint64_t length = tape_length(a->tape);
    assert_true(length > 40000);
    for (unsigned i = 0; i < 50; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        uint64_t p = 1 + random % (length - 2000);
        wish(a, WISH_BACK, length);
        assert_int_equal(a->place, 0);
        wish(a, WISH_STEP, p);
        assert_int_equal(a->place, p);
        *was = a->model;
        wish(a, WISH_STEP, 1 + i * 31);
        assert_true(a->model.cycle > was->cycle);
        wish(a, WISH_BACK, 1 + i * 31);
        assert_int_equal(a->model.pc, was->pc);
        assert_int_equal(a->model.cycle, was->cycle);
        assert_int_equal(a->model.event_count, was->event_count);
        assert_memory_equal(a->model.x, was->x, sizeof was->x);
        assert_memory_equal(a->model.code, was->code, sizeof was->code);
    }
    free(was);
    close_runner(a);
}

static void events_are_found_both_ways(void **state)
{
    (void)state;
    expect(&r, "run -q scenarios/03_name_is_not_a_right.lua --trace %W/e.jsonl",
           EXIT_PASSED, "");
    struct runner *a = recorded("e.jsonl");
    uint64_t at[4];
    wish(a, WISH_BEGIN, 0);
    for (int i = 0; i < 4; i++) {
        wish(a, WISH_EVENT, 0);
        at[i] = a->place;
        assert_int_equal(a->model.story_count, i + 1);
    }
    wish(a, WISH_EVENT, 0);
    assert_int_equal(a->place, at[3]);
    assert_non_null(strstr(a->model.notice, "no such event any more"));
    wish(a, WISH_BACK_RIGHTS, 0);
    assert_non_null(strstr(a->model.notice, "rights on secret: ---, were r--"));
    wish(a, WISH_BACK_EVENT, 0);
    assert_int_equal(a->place, at[2]);
    wish(a, WISH_RUN, 0); /* stops at the next of the mask */
    assert_int_equal(a->place, at[3]);
    wish(a, WISH_CYCLE, 266120);
    assert_int_equal(a->place, at[0]);
    wish(a, WISH_END, 0);
    assert_int_equal(a->model.state, MODEL_ENDED);
    wish(a, WISH_EXPLAIN, 0);
    assert_non_null(strstr(a->model.notice, "not in a trace"));
    close_runner(a);
}

static void several_harts(void **state)
{
    (void)state;
    expect(&r,
           "exec build/guest/harts/atomic.elf --harts 2 --htif "
           "--trace %W/h.jsonl --trace-steps 2>/dev/null",
           EXIT_PASSED, "");
    struct runner *a = recorded("h.jsonl");
    bool seen[2] = { false, false };
    wish(a, WISH_STEP, 1000);
    for (int i = 0; i < a->model.code_count; i++)
        seen[strstr(a->model.code[i].text, "(hart ") != NULL] = true;
    for (int i = 0; i < 500 && !(seen[0] && seen[1]); i++) {
        wish(a, WISH_STEP, 61);
        seen[a->model.hart] = true;
    }
    assert_true(seen[0] && seen[1]);
    close_runner(a);
}

/* ---- what is missing, and what is no trace ----------------------------------
 */

static void missing_things_are_told(void **state)
{
    (void)state;
    expect(&r, "run -q " LIVE " --trace %W/m.jsonl", EXIT_PASSED, "");
    expect(&r, "tui --script 'e:pane TLB<enter>z' %W/m.jsonl", EXIT_PASSED,
           "Not in the trace: what the TLBs hold");
    expect(&r, "tui --script 'e:pane code<enter>z' %W/m.jsonl", EXIT_PASSED,
           "--trace-steps");
    expect(&r, "tui --script 'e6' %W/m.jsonl", EXIT_PASSED, "A recorded trace");
    expect(&r, "tui --script ' ' --at fault %W/m.jsonl", EXIT_PASSED,
           "a recorded trace");
    expect(&r,
           "gui --no-settings --at fault --panel fault --screenshot %W/f.txt "
           "%W/m.jsonl && cat %W/f.txt",
           EXIT_PASSED, "tried to store 8 bytes");
}

#define HEAD                                                                   \
    "{\"trace\":\"opalite\",\"version\":2,\"preset\":\"u54\","                 \
    "\"core_hz\":1500000000,\"steps\":true}\n"

static void bad_files_are_one_line(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        { "{}\n", "bad.jsonl:1: " },
        { "{\"trace\":\"opalite\",\"version\":9}\n",
          "bad.jsonl:1: version 9 of the format; this program reads versions 1 "
          "to 2" },
        { "{\"a\":[1,2]}\n", "bad.jsonl:1: " },
        { HEAD, "bad.jsonl:2: the recording was cut short" },
        { HEAD "{\"step\":1,\"pc\":\"0x1\",\"mo",
          "bad.jsonl:2: the file ends" },
        { HEAD "tea\n", "bad.jsonl:2: a JSON object was expected" },
        { HEAD "{\"event\":\"tea\",\"cycle\":1}\n", "bad.jsonl:2: an unknown" },
        { HEAD "{\"event\":\"trap\",\"cycle\":1,\"insns\":1,\"domain\":0,"
               "\"hart\":99}\n",
          "bad.jsonl:2: a hart that no machine has" },
        { HEAD
          "{\"step\":1,\"pc\":\"0x1\",\"mode\":0,\"cycles\":1,\"hart\":8}\n",
          "bad.jsonl:2: a hart that no machine has" },
        { HEAD "{\"event\":\"tlb_miss\",\"cycle\":1,\"insns\":1,\"domain\":0,"
               "\"unit\":\"cup\"}\n",
          "bad.jsonl:2: an unknown unit" },
        { HEAD "{\"event\":\"fault\",\"cycle\":1,\"insns\":1,\"domain\":0,"
               "\"refused\":\"why\"}\n",
          "bad.jsonl:2: an unknown refusal" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put_text("bad.jsonl", bad[i].text);
        expect_error(&r, "tui --script s %W/bad.jsonl", EXIT_CANNOT_LOAD,
                     bad[i].says);
        expect_error(&r, "gui --screenshot %W/x.png %W/bad.jsonl",
                     EXIT_CANNOT_LOAD, bad[i].says);
        expect_error(&r, "tui --ui=line %W/bad.jsonl </dev/null",
                     EXIT_CANNOT_LOAD, bad[i].says);
    }
    expect_error(&r, "tui --script s --set a=1 %W/m.jsonl", EXIT_USAGE,
                 "is a recorded trace");
    expect_error(&r, "tui --script s --partial " LIVE, EXIT_USAGE,
                 "is no trace");
}

static void what_is_left_of_a_cut_trace(void **state)
{
    (void)state;
    expect(&r,
           "run -q " LIVE " --trace %W/c.jsonl --trace-steps && "
           "head -c 4000000 %W/c.jsonl >%W/cut.jsonl",
           EXIT_PASSED, "");
    expect_error(&r, "tui --script s %W/cut.jsonl", EXIT_CANNOT_LOAD,
                 "--partial takes what is there");
    expect(&r, "tui --partial --at end --script 6 %W/cut.jsonl", EXIT_PASSED,
           "short there");
}

/* A file that changes while it is looked at is told, not believed. */
static void a_file_that_changes(void **state)
{
    (void)state;
    expect(&r, "run -q " LIVE " --trace %W/g.jsonl --trace-steps", EXIT_PASSED,
           "");
    struct runner *a = recorded("g.jsonl");
    wish(a, WISH_STEP, 30000);
    assert_int_equal(truncate(in_work("g.jsonl"), 100000), 0);
    wish(a, WISH_STEP, 5000);
    assert_non_null(strstr(a->model.notice, "g.jsonl"));
    wish(a, WISH_BACK, 40000);
    assert_int_equal(a->place, 0);
    close_runner(a);
}

/* Traces of version 1 say too little. */
static void an_older_version(void **state)
{
    (void)state;
    put_text(
        "old.jsonl",
        "{\"trace\":\"opalite\",\"version\":1,\"preset\":\"u54\","
        "\"core_hz\":1500000000,\"steps\":false}\n{\"end\":9,\"lines\":1}\n");
    expect_error(&r, "tui --script x %W/old.jsonl", EXIT_CANNOT_LOAD,
                 "old.jsonl:1: version 1 of the format says too little");
    expect(&r, "trace info %W/old.jsonl", EXIT_PASSED, "version 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trace_shows_what_was_seen),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(events_are_found_both_ways),
        cmocka_unit_test(several_harts),
        cmocka_unit_test(missing_things_are_told),
        cmocka_unit_test(bad_files_are_one_line),
        cmocka_unit_test(what_is_left_of_a_cut_trace),
        cmocka_unit_test(a_file_that_changes),
        cmocka_unit_test(an_older_version),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
