// SPDX-License-Identifier: Apache-2.0
/*
 * Looking changes nothing: every scenario runs twice, once with nobody there,
 * once with everybody: all panes drawn again and again, a trace of every kind
 * of event and of every step, a debugger that reads registers and memory, and
 * explained accesses. On the way and at the end both machines are equal to the
 * last bit (sim/compare/compare.h), and so are the results.
 */
#include <glob.h>
#include <time.h>

#include "sim/compare/compare.h"
#include "sim/explain.h"
#include "sim/memmap.h"
#include "tests/sim/cli_help.h"
#include "tests/sim/gdb_help.h"
#include "viz/graph/graph.h"
#include "viz/view/view.h"

enum {
    COMPARED_EVERY = 999983, /* instructions */
    SHORT_RUN = 200000,      /* up to here: */
    LOOKS_SHORT = 1999,
    LOOKS_LONG = 149993,
    MACHINES_MOST = 200, /* of a scenario */
};

/* Everybody who looks. */
struct lookers {
    struct model *model;
    struct view view;
    uint64_t looks, pictures, packets, explained;
};

/* ---- looking ---------------------------------------------------------------
 */

/* The window's canvas: every set of panes, every pane alone. */
static void draw_all(struct lookers *l, const struct session *s)
{
    struct view *v = &l->view;

    l->model->graph_ask.visible = true;
    l->model->graph_ask.kind = (uint8_t)(l->looks % GRAPH_KINDS);
    if (l->looks % 100 == 1)
        model_graph_mark(l->model, s);
    model_refresh(l->model, s);
    for (int i = 0; i < VIEW_SETS + PANE_COUNT; i++) {
        v->zoomed = i >= VIEW_SETS;
        if (v->zoomed)
            v->focus = (enum pane_id)(i - VIEW_SETS);
        else
            v->set = i;
        view_draw(v, 160, 42);
        l->pictures += v->canvas.run_count > 20;
    }
    v->wish_count = 0;
}

/* A debugger comes, reads, and goes. */
static void debug(struct lookers *l, struct machine *m)
{
    static const char *const questions[] = { "?",
                                             "g",
                                             "p20",
                                             "m10000000,40",
                                             "m80000000,100",
                                             "mffffffc080000000,40",
                                             "qfThreadInfo",
                                             "D" };
    struct debugger d = debug_machine(m);

    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        ask(&d, questions[i]);
        l->packets += d.packets > 0;
    }
    debug_leave(&d);
}

static void explain(struct lookers *l, const struct machine *m)
{
    const uint64_t at[] = { m->now->cpu.pc, m->now->cpu.x[2], 0x10000000 };
    char *text = NULL;
    size_t bytes;

    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        const struct explain x = { at[i], i ? ACCESS_LOAD : ACCESS_FETCH, 4,
                                   machine_domain(m) };
        FILE *f = open_memstream(&text, &bytes);
        assert_non_null(f);
        explain_access(m, &x, f);
        assert_int_equal(fclose(f), 0);
        l->explained += strstr(text, "verdict") != NULL;
        free(text);
    }
}

static void look(struct lookers *l, const struct session *s)
{
    model_mark(l->model, s);
    draw_all(l, s);
    if (!s->machine)
        return;
    debug(l, s->machine);
    if (l->looks++ % 16 == 0) /* copies the whole process */
        explain(l, s->machine);
}

/* ---- running ---------------------------------------------------------------
 */

static void say_nothing(void *context, const char *text, size_t bytes)
{
    (void)context, (void)text, (void)bytes;
}

static struct session *open_session(const char *path, const char *trace)
{
    static const char *const quick[] = { "quick=1" };
    char out[100];
    struct err err;

    snprintf(out, sizeof out, "%s/out", work);
    const struct session_options o = { .path = path,
                                       .seed = 1,
                                       .set = quick,
                                       .set_count = 1,
                                       .guest_dir = "build/guest",
                                       .out_dir = out,
                                       .no_progress = true,
                                       .print = say_nothing,
                                       .trace_path = trace,
                                       .trace = { .steps = true } };
    struct session *s = session_open(&o, &err);
    if (!s)
        fail_msg("%s", err.text);
    return s;
}

/* To so many instructions of all machines, or the end. */
static void run_to(struct session *s, uint64_t instructions)
{
    s->until.instructions = instructions;
    while (s->state <= SESSION_STOPPED &&
           session_instructions(s) < instructions)
        session_advance(s, NULL);
    s->until.instructions = 0;
    if (s->state == SESSION_FAILED)
        fail_msg("%s", s->error.text);
}

static void compare(const struct session *a, const struct session *b)
{
    assert_int_equal(session_instructions(a), session_instructions(b));
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->machine_count, b->machine_count);
    assert_int_equal(a->checks_passed, b->checks_passed);
    assert_int_equal(a->checks_failed, b->checks_failed);
    for (size_t i = 0; i < a->machine_count; i++) {
        const struct session_machine *x = &a->machines[i];
        const struct session_machine *y = &b->machines[i];
        struct differences d = { .name = { "alone", "looked at" } };
        assert_int_equal(!x->machine, !y->machine);
        assert_int_equal(x->cycles, y->cycles);
        assert_int_equal(x->instructions, y->instructions);
        if (x->machine && !machine_compare(x->machine, y->machine, &d))
            fail_msg("machine %zu: %s", i, d.text[0]);
    }
}

static char *result(struct session *s)
{
    char path[100];
    struct err err;

    snprintf(path, sizeof path, "%s/result.json", work);
    assert_true(session_write_json(s, path, &err));
    char *text = calloc(1, 1 << 20);
    FILE *f = fopen(path, "r");
    assert_non_null(text);
    assert_non_null(f);
    assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    return text;
}

/* Traces of machines that nobody reads go nowhere: the second one is FILE.2. */
static void trace_to_nowhere(const char *path)
{
    char name[120];

    assert_int_equal(symlink("/dev/null", path), 0);
    for (int i = 2; i < MACHINES_MOST; i++) {
        snprintf(name, sizeof name, "%s.%d", path, i);
        assert_int_equal(symlink("/dev/null", name), 0);
    }
}

static void watched_as_alone(const char *path, const char *trace)
{
    struct lookers l = { .model = calloc(1, sizeof *l.model) };
    struct session *alone = open_session(path, NULL);
    struct session *watched = open_session(path, trace);

    assert_non_null(l.model);
    model_init(l.model, NULL, NULL);
    model_read_notes(l.model, path);
    view_init(&l.view, l.model);
    l.view.graphic = true;
    while (watched->state <= SESSION_STOPPED) {
        uint64_t now = session_instructions(watched);
        uint64_t stop = (now / COMPARED_EVERY + 1) * COMPARED_EVERY;
        uint64_t next = now + (now < SHORT_RUN ? LOOKS_SHORT : LOOKS_LONG);
        look(&l, watched);
        run_to(watched, next < stop ? next : stop);
        if (session_instructions(watched) != stop)
            continue;
        run_to(alone, stop);
        compare(alone, watched);
    }
    look(&l, watched);
    run_to(alone, UINT64_MAX);
    compare(alone, watched);
    assert_true(watched->machine_count < MACHINES_MOST);
    char *one = result(alone), *two = result(watched);
    assert_string_equal(one, two);
    /* they did look */
    assert_true(l.looks > 9);
    assert_true(l.pictures > l.looks * (VIEW_SETS + PANE_COUNT) / 2);
    assert_int_equal(l.packets, 8 * l.looks);
    assert_true(l.explained >= 3);
    free(one);
    free(two);
    view_free(&l.view);
    model_free(l.model);
    free(l.model);
    assert_int_equal(session_close(alone), session_close(watched));
}

/* ---- the tests -------------------------------------------------------------
 */

static void every_scenario(void **state)
{
    glob_t list;
    char trace[100];

    (void)state;
    snprintf(trace, sizeof trace, "%s/nowhere", work);
    trace_to_nowhere(trace);
    assert_int_equal(glob("scenarios/*.lua", 0, NULL, &list), 0);
    assert_true(list.gl_pathc >= 8);
    for (size_t i = 0; i < list.gl_pathc; i++) {
        clock_t begin = clock();
        watched_as_alone(list.gl_pathv[i], trace);
        print_message("  %s: %.1f s\n", list.gl_pathv[i],
                      (double)(clock() - begin) / CLOCKS_PER_SEC);
    }
    globfree(&list);
}

/* The trace that was written meanwhile has every step, and can be read. */
static void the_trace_is_whole(void **state)
{
    char trace[100], path[100], line[300];

    (void)state;
    snprintf(trace, sizeof trace, "%s/live.jsonl", work);
    snprintf(path, sizeof path, "tests/viz/live.lua");
    watched_as_alone(path, trace);
    static struct ran r;
    snprintf(line, sizeof line, "trace info %s", trace);
    expect(&r, line, EXIT_PASSED, "\nstep  ");
}

/* The comparison finds what is not equal: one read through the caches. */
static void a_touch_is_found(void **state)
{
    struct session *a = open_session("tests/viz/live.lua", NULL);
    struct session *b = open_session("tests/viz/live.lua", NULL);
    struct differences d = { .name = { "a", "b" } };
    uint64_t value;

    (void)state;
    run_to(a, 30000);
    run_to(b, 30000);
    compare(a, b);
    struct access x = { .va = b->machine->now->cpu.x[2] & ~UINT64_C(7),
                        .size = 8,
                        .kind = ACCESS_LOAD,
                        .privilege = b->machine->now->cpu.privilege };
    assert_true(mmu_load(&b->machine->now->cpu.mmu, &x, &value));
    assert_false(machine_compare(a->machine, b->machine, &d));
    (void)session_close(a);
    (void)session_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario),
        cmocka_unit_test(the_trace_is_whole),
        cmocka_unit_test(a_touch_is_found),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
