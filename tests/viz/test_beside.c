// SPDX-License-Identifier: Apache-2.0
/*
 * Runs beside the present one: a companion is led to the same point of the
 * program and its figures are those of a run of its own; a ruler counts what a
 * run that stops at both cycles counts; and the present run is the same with
 * all of them, and with every pane drawn, as without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/compare/compare.h"
#include "viz/gui/worker.h"
#include "viz/view/view.h"

#define TURNS "tests/viz/turns.lua"

static void obey(struct runner *r, struct wish w)
{
    runner_obey(r, &w);
    runner_finish(r, 20000);
}

static struct runner *open_run(const char *path, const char *set)
{
    static const char *sets[1];
    struct session_options o = { .path = path, .seed = 1, .set = sets };
    struct runner *r = malloc(sizeof *r);
    struct err err;

    assert_non_null(r);
    sets[0] = set;
    o.set_count = set ? 1 : 0;
    assert_true(runner_open(r, &o, HISTORY_BYTES, &err));
    obey(r, (struct wish){ .kind = WISH_BEGIN });
    return r;
}

static void close_run(struct runner *r)
{
    (void)runner_close(r);
    free(r);
}

static void switches(struct runner *r, int count)
{
    for (int i = 0; i < count; i++)
        obey(r, (struct wish){ .kind = WISH_SWITCH });
}

static void compare_with(struct runner *r, const char *words)
{
    struct wish w = { .kind = WISH_COMPARE };

    snprintf(w.text, sizeof w.text, "%s", words);
    obey(r, w);
}

/* What the companion shows is what a run of its own shows there. */
static void expect_run(const struct other_run *o, const struct model *m)
{
    assert_int_equal(o->state, OTHER_THERE);
    assert_false(o->beyond);
    assert_int_equal(o->run.cycle, m->cycle);
    assert_int_equal(o->run.instructions, m->instructions);
    assert_int_equal(o->run.pc, m->pc);
    assert_memory_equal(o->run.x, m->x, sizeof m->x);
    assert_memory_equal(&o->run.switch_total, &m->switch_total,
                        sizeof m->switch_total);
    assert_memory_equal(&o->run.switch_window, &m->switch_window,
                        sizeof m->switch_window);
    assert_memory_equal(&o->run.newest, &m->newest, sizeof m->newest);
    assert_memory_equal(&o->run.began, &m->began, sizeof m->began);
    assert_int_equal(o->moment_count, m->moment_count);
    for (uint64_t s = 0; s < m->moment_count; s++) {
        assert_int_equal(o->moments[s].cycle, m->moments[s].cycle);
        assert_int_equal(o->moments[s].letter, m->moments[s].letter);
        assert_string_equal(o->lanes[o->moments[s].lane].name,
                            m->lanes[m->moments[s].lane].name);
    }
}

static void it_is_the_run_that_it_says(void **state)
{
    struct runner *r = open_run(TURNS, NULL),
                  *own = open_run(TURNS, "protection=mas-asid");

    (void)state;
    switches(r, 5);
    assert_int_equal(r->model.other.state, OTHER_NONE);
    compare_with(r, "mas-asid");
    switches(own, 5);
    assert_string_equal(r->model.other.label, "mas-asid");
    assert_string_equal(r->model.other.point, "switch 5");
    expect_run(&r->model.other, &own->model);
    assert_int_not_equal(r->model.other.run.cycle, r->model.cycle);
    assert_int_equal(r->model.other.run.program, r->model.program);
    /* it follows: on, and back */
    switches(r, 20);
    switches(own, 20);
    expect_run(&r->model.other, &own->model);
    obey(r, (struct wish){ .kind = WISH_BACK_EVENT });
    obey(r,
         (struct wish){ .kind = WISH_STOPS, .number = 1u << STOP_ON_SWITCH });
    obey(r, (struct wish){ .kind = WISH_BACK_EVENT });
    assert_string_equal(r->model.other.point, "switch 24");
    assert_int_equal(r->model.other.run.switch_total.count, 24);
    assert_int_equal(r->model.other.state, OTHER_THERE);
    compare_with(r, "off");
    assert_int_equal(r->model.other.state, OTHER_NONE);
    close_run(r);
    close_run(own);
}

/* Between events, the point is an instruction of the programs. */
static void the_same_instruction_of_the_program(void **state)
{
    struct runner *r = open_run(TURNS, NULL);

    (void)state;
    switches(r, 7);
    compare_with(r, "mas");
    for (int i = 0; i < 40; i++) {
        obey(r, (struct wish){ .kind = WISH_STEP, .number = 17 });
        assert_int_equal(r->model.other.state, OTHER_THERE);
        assert_int_equal(r->model.other.in_kernel, r->model.privilege != 'U');
        if (r->model.privilege != 'U')
            continue; /* the kernels differ */
        assert_int_equal(r->model.other.run.program, r->model.program);
        if (r->model.other.run.privilege == 'U')
            assert_int_equal(r->model.other.run.pc, r->model.pc);
    }
    close_run(r);
}

/* Nothing changed: nothing differs. Another option: it is another machine. */
static void options_and_presets(void **state)
{
    struct runner *r = open_run(TURNS, NULL);

    (void)state;
    switches(r, 4);
    compare_with(r, "seed-of-nobody=1");
    assert_int_equal(r->model.other.run.cycle, r->model.cycle);
    compare_with(r, "machine.dtlb.entries=4");
    assert_true(r->model.other.run.newest.misses[UNIT_DTLB] >
                r->model.newest.misses[UNIT_DTLB]);
    compare_with(r, "preset=flute");
    assert_int_not_equal(r->model.other.run.cycle, r->model.cycle);
    close_run(r);
}

/* Two machines of one scenario: the second lives after the first. */
static void another_machine_of_the_scenario(void **state)
{
    struct runner *r = open_run("scenarios/02_same_address.lua", NULL);

    (void)state;
    obey(r, (struct wish){ .kind = WISH_SWITCH });
    assert_string_equal(r->model.machine, "rplb");
    compare_with(r, "machine=mas-asid");
    assert_int_equal(r->model.other.state, OTHER_THERE);
    assert_string_equal(r->model.other.run.machine, "mas-asid");
    assert_int_equal(r->model.other.run.switch_total.count, 1);
    obey(r, (struct wish){ .kind = WISH_END });
    assert_int_equal(r->model.other.state, OTHER_ENDED); /* others followed */
    compare_with(r, "machine=nobody");
    assert_int_equal(r->model.other.state, OTHER_ENDED);
    close_run(r);
}

/* ---- what cannot be --------------------------------------------------------
 */

static const char *scenario_of(const char *text)
{
    static char path[] = "/tmp/opalite_beside_XXXXXX.lua";
    static bool made;
    int fd = made ? -1 : mkstemps(path, 4);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : fopen(path, "w");

    made = true;
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

static void what_cannot_be_compared_says_why(void **state)
{
    const char *path = scenario_of(
        "local m = machine {}\n"
        "local os = m:boot { protection = args.protection or 'rplb' }\n"
        "if not os.one_space then error('this is about one space') end\n"
        "local d = os:domain 'd'\n"
        "m:run()\n");
    struct runner *r = open_run(path, NULL);

    (void)state;
    obey(r, (struct wish){ .kind = WISH_STEP, .number = 10 });
    compare_with(r, "mas");
    obey(r, (struct wish){ .kind = WISH_END });
    assert_int_equal(r->model.state, MODEL_ENDED);
    assert_int_equal(r->model.other.state, OTHER_FAILED);
    assert_non_null(strstr(r->model.other.why, "this is about one space"));
    obey(r, (struct wish){ .kind = WISH_BACK, .number = 100 });
    assert_int_equal(r->model.state, MODEL_PAUSED);
    assert_int_not_equal(r->model.other.state, OTHER_FAILED); /* not yet */
    compare_with(r, "masasid");
    assert_non_null(strstr(r->model.notice, "masasid: neither"));
    assert_int_equal(r->model.other.state, OTHER_FAILED);
    assert_non_null(strstr(r->model.other.why, "masasid: neither"));
    compare_with(r, "rplb-hw"); /* another try */
    assert_int_equal(r->model.other.state, OTHER_THERE);
    close_run(r);
    unlink(path);
}

/* ---- the ruler -------------------------------------------------------------
 */

static void a_ruler_counts_exactly(void **state)
{
    struct runner *r = open_run(TURNS, NULL), *own = open_run(TURNS, NULL);
    struct sample begin, counted, least, most;
    const uint64_t from = 480111, to = 611333;

    (void)state;
    obey(own, (struct wish){ .kind = WISH_CYCLE, .number = from });
    begin = own->model.newest;
    obey(own, (struct wish){ .kind = WISH_CYCLE, .number = to });
    counted = sample_difference(&own->model.newest, &begin);
    switches(r, 60);
    model_between(&r->model, from, to, &least, &most);
    assert_true(least.instructions <= counted.instructions &&
                counted.instructions <= most.instructions);
    obey(r, (struct wish){ .kind = WISH_MEASURE, .number = from, .until = to });
    assert_int_equal(r->model.ruler.state, RULER_COUNTED);
    assert_int_equal(r->model.ruler.from, from);
    assert_int_equal(r->model.ruler.to, to);
    assert_memory_equal(&r->model.ruler.counted, &counted, sizeof counted);
    assert_true(counted.misses[UNIT_DTLB] > 0);
    close_run(r);
    close_run(own);
}

/* ---- the timeline under keys and pointer ------------------------------------
 */

static void place_of(const struct view *v, uint64_t cycle, int *x, int *y)
{
    struct time_window w = time_window(&v->time, v->model);
    const struct box *b = &v->place[PANE_TIMELINE];
    int cells = b->width - 12;

    *x = b->x + 12 +
         (int)((double)(cycle - w.first) * cells / (double)(w.last - w.first));
    *y = b->y + 2;
}

static void the_timeline_obeys_keys_and_pointer(void **state)
{
    struct runner *r = open_run(TURNS, NULL);
    struct time_window all, w;
    struct view v;
    int x, y;

    (void)state;
    switches(r, 60);
    view_init(&v, &r->model);
    v.focus = PANE_TIMELINE;
    v.zoomed = true;
    view_draw(&v, 132, 30);
    all = time_window(&v.time, &r->model);
    place_of(&v, 300000, &x, &y);
    view_pointer_press(&v, x, y, false);
    assert_true(v.time.cursor[0].set);
    assert_in_range(v.time.cursor[0].cycle, 290000, 310000);
    view_draw(&v, 132, 30);
    view_pointer_move(&v, x + 10, y); /* it follows the pointer */
    assert_in_range(v.time.cursor[0].cycle, 330000, 380000);
    view_pointer_release(&v);
    view_pointer_move(&v, x, y);
    assert_in_range(v.time.cursor[0].cycle, 330000, 380000);
    view_key(&v, 'v');
    assert_true(v.time.cursor[1].set && v.time.active == 1);
    uint64_t at = v.time.cursor[1].cycle;
    view_key(&v, '}');
    assert_true(v.time.cursor[1].cycle > at);
    view_key(&v, '{');
    assert_in_range(v.time.cursor[1].cycle, at - 1, at + 1);
    /* the wheel zooms about what is under the pointer */
    view_draw(&v, 132, 30);
    view_pointer_wheel(&v, x, y, -3);
    w = time_window(&v.time, &r->model);
    assert_in_range(w.last - w.first, (all.last - all.first) / 2 - 1,
                    (all.last - all.first) / 2 + 1);
    assert_true(w.first < 300000 && w.last > 300000);
    view_key(&v, KEY_OF_LEFT);
    assert_true(time_window(&v.time, &r->model).first < w.first);
    view_draw(&v, 132, 30);
    view_command(&v, "window right");
    assert_in_range(time_window(&v.time, &r->model).first, w.first - 8,
                    w.first + 8);
    view_key(&v, 'i'); /* counts what lies between */
    view_obeyed_by(&v, r);
    runner_finish(r, 20000);
    assert_int_equal(r->model.ruler.state, RULER_COUNTED);
    view_key(&v, 'l');
    assert_int_equal(v.time.lanes, LANES_THREAD);
    view_key(&v, 27);
    assert_false(v.time.cursor[0].set || v.time.cursor[1].set);
    w = time_window(&v.time, &r->model);
    assert_true(w.first == all.first && w.last == all.last);
    view_key(&v, 'i');
    assert_non_null(strstr(v.notice, "set both cursors first"));
    view_free(&v);
    close_run(r);
}

/* ---- looking changes nothing -----------------------------------------------
 */

static void draw_everything(struct view *v)
{
    for (int i = 0; i < PANE_COUNT; i++) {
        v->focus = (enum pane_id)i;
        v->zoomed = true;
        view_draw(v, 160, 45);
    }
}

static void with_everything_it_is_the_same_run(void **state)
{
    struct runner *r = open_run(TURNS, NULL), *plain = open_run(TURNS, NULL);
    struct differences d = { .name = { "plain", "looked at" } };
    struct view v;

    (void)state;
    view_init(&v, &r->model);
    compare_with(r, "mas-asid machine.l1d.bytes=4K");
    for (int i = 0; i < 6; i++) {
        switches(r, 4);
        switches(plain, 4);
        obey(r, (struct wish){ .kind = WISH_MEASURE,
                               .number = r->model.cycle / 3,
                               .until = r->model.cycle });
        draw_everything(&v);
        if (!machine_compare(plain->session->machine, r->session->machine, &d))
            fail_msg("%s", d.text[0]);
    }
    obey(r, (struct wish){ .kind = WISH_END });
    obey(plain, (struct wish){ .kind = WISH_END });
    if (!machine_compare(plain->session->machine, r->session->machine, &d))
        fail_msg("%s", d.text[0]);
    assert_int_equal(r->model.checks_passed, plain->model.checks_passed);
    view_free(&v);
    close_run(r);
    close_run(plain);
}

static void tell_nobody(void *context)
{
    (void)context;
}

/* In the window the worker finds the time for it by itself. */
static void the_worker_leads_it(void **state)
{
    struct runner *r = open_run(TURNS, NULL);
    struct worker *w = calloc(1, sizeof *w);
    struct model *m = calloc(1, sizeof *m);
    struct wish wishes[2] = { { .kind = WISH_SWITCH },
                              { .kind = WISH_COMPARE, .text = "mas" } };
    uint64_t serial = 0;
    struct err err;

    (void)state;
    assert_true(w && m);
    assert_true(worker_start(w, r, tell_nobody, NULL, &err));
    worker_ask(w, wishes, 2);
    while (m->other.state != OTHER_THERE || m->total_switches < 1) {
        (void)worker_take(w, m, &serial);
        usleep(1000);
    }
    worker_stop(w);
    assert_string_equal(m->other.run.personality, "mas");
    close_run(r);
    free(w);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_run_that_it_says),
        cmocka_unit_test(the_same_instruction_of_the_program),
        cmocka_unit_test(options_and_presets),
        cmocka_unit_test(another_machine_of_the_scenario),
        cmocka_unit_test(what_cannot_be_compared_says_why),
        cmocka_unit_test(a_ruler_counts_exactly),
        cmocka_unit_test(the_timeline_obeys_keys_and_pointer),
        cmocka_unit_test(with_everything_it_is_the_same_run),
        cmocka_unit_test(the_worker_leads_it),
    };

    return cmocka_run_group_tests_name("beside", tests, NULL, NULL);
}
