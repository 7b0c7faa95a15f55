// SPDX-License-Identifier: Apache-2.0
/*
 * What terminal and window share, without either: shapes and zones of the
 * canvas, commands and their completion, the pointer, borders, settings,
 * colours, and a graphic screen on which nothing overlaps.
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

#include "tests/viz/harness_overlap.h"
#include "viz/canvas/cairo.h"
#include "viz/gui/worker.h"
#include "viz/view/view.h"

/* ---- canvas -----------------------------------------------------------------
 */

/* The canvas as text equals this; then it is freed. */
static void expect(struct canvas *c, const char *wanted)
{
    char *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);

    canvas_write_text(c, f);
    fclose(f);
    assert_string_equal(text, wanted);
    free(text);
    canvas_free(c);
}

static void shapes_become_characters(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 10, 3, false);
    canvas_rect(&c, 0.2, 0, 3, 1, STYLE_DOMAIN, 1);
    canvas_rect(&c, 6, 0, 0.1, 1, STYLE_BAR, 0); /* small, but there */
    canvas_segment(&c, 0, 1.5, 3.9, 1.5, STYLE_FRAME);
    canvas_arrow(&c, 5, 1.5, 8, 1.5, STYLE_FRAME);
    canvas_column(&c, 0, 2, 2, 1, 0.5, STYLE_BAR);
    expect(&c, "▓▓▓   █\n──── ───▶\n▄▄\n");
}

static void a_graphic_canvas_keeps_shapes(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 20, 5, false);
    c.graphic = true;
    canvas_text(&c, 0, 0, STYLE_TEXT, "first");
    canvas_box(&c, (struct box){ 4, 1, 10, 3 });
    canvas_rect(&c, 1, 1, 30, 0.5, STYLE_BAR, 2);
    assert_int_equal(c.run_count, 1);
    assert_int_equal(c.shape_count, 1);
    assert_int_equal(c.shapes[0].before, 1);
    assert_int_equal(c.shapes[0].clip.width, 10); /* the back end cuts it */
    assert_true(c.shapes[0].x0 == 5.0f && c.shapes[0].y0 == 2.0f);
    struct canvas_mark mark = canvas_mark(&c);
    canvas_text(&c, 0, 0, STYLE_TEXT, "later");
    canvas_rect(&c, 1, 1, 1, 1, STYLE_BAR, 0);
    canvas_back(&c, mark);
    assert_int_equal(c.run_count, 1);
    assert_int_equal(c.shape_count, 1);
    canvas_free(&c);
}

static void zones_are_found_topmost_first(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 20, 5, false);
    canvas_box(&c, (struct box){ 5, 1, 10, 2 });
    canvas_zone(&c, 0, 0, 100, 100, "below", "a tip");
    canvas_zone(&c, 2, 1, 3, 1, "above", "");
    assert_null(canvas_zone_at(&c, 4, 1));
    assert_null(canvas_zone_at(&c, 15, 1)); /* cut to the box */
    assert_null(canvas_zone_at(&c, 6, 3));
    const struct zone *z = canvas_zone_at(&c, 6, 1);
    assert_string_equal(c.text + z->command, "below");
    assert_string_equal(c.text + z->tip, "a tip");
    z = canvas_zone_at(&c, 8, 2);
    assert_string_equal(c.text + z->command, "above");
    canvas_free(&c);
}

/* ---- colours ----------------------------------------------------------------
 */

static void text_can_be_read(void **state)
{
    static const struct theme *const themes[] = { &theme_dark, &theme_light };

    (void)state;
    assert_true(theme_contrast(0, 0xffffff) > 20.9);
    for (size_t t = 0; t < 2; t++)
        for (int s = 0; s < STYLE_COUNT; s++) {
            enum style style = (enum style)s;
            double contrast = theme_contrast(themes[t]->ink[s].text,
                                             theme_ground(themes[t], style));
            if (contrast < 4.5)
                fail_msg("theme %zu, style %d: contrast %.2f", t, s, contrast);
        }
}

/* Letters are never smaller than 12 pixels at the usual size. */
static void letters_are_large_enough(void **state)
{
    struct look l;
    cairo_matrix_t m;

    (void)state;
    look_open(&l, false, 100);
    cairo_scaled_font_get_font_matrix(l.font[0], &m);
    assert_true(m.xx >= 12);
    int width, height;
    look_cells(&l, 1280, 720, &width, &height);
    assert_true(width >= 150 && height >= 36);
    look_close(&l);
}

/* ---- a view
 * -------------------------------------------------------------------
 */

static struct model *a_model(void)
{
    struct model *m = calloc(1, sizeof *m);

    assert_non_null(m);
    model_init(m, NULL, NULL);
    m->has_machine = true;
    strcpy(m->scenario, "test.lua");
    m->segment_count = 2;
    strcpy(m->segments[0].name, "secret");
    m->segments[0].base = 0x10000000;
    strcpy(m->segments[1].name, "second");
    m->domain_count = 1;
    strcpy(m->domains[0].name, "alice");
    m->domains[0].id = 1;
    m->x[2] = 0x7000;
    return m;
}

static void drop(struct view *v, struct model *m)
{
    view_free(v);
    model_free(m);
    free(m);
}

static void commands_become_wishes(void **state)
{
    struct model *m = a_model();
    struct view v;

    (void)state;
    view_init(&v, m);
    view_command(&v, "step 12");
    view_command(&v, "cyc 0x100");
    view_command(&v, "stop fs");
    view_command(&v, "speed max");
    view_command(&v, "explain secret+16 alice w");
    view_command(&v, "explain sp");
    assert_int_equal(v.wish_count, 6);
    assert_int_equal(v.wishes[0].kind, WISH_STEP);
    assert_int_equal(v.wishes[0].number, 12);
    assert_int_equal(v.wishes[1].kind, WISH_CYCLE);
    assert_int_equal(v.wishes[1].number, 0x100);
    assert_int_equal(v.wishes[2].number,
                     1u << STOP_ON_FAULT | 1u << STOP_ON_SWITCH);
    assert_int_equal(v.wishes[3].number, runner_speed_count - 1);
    assert_int_equal(v.wishes[4].number, 0x10000010);
    assert_int_equal(v.wishes[4].access, 'w');
    assert_string_equal(v.wishes[4].domain, "alice");
    assert_int_equal(v.wishes[5].number, 0x7000);
    assert_int_equal(v.focus, PANE_SCOPE);
    drop(&v, m);
}

static void wrong_commands_are_told(void **state)
{
    static const struct {
        const char *line, *says;
    } wrong[] = {
        { "nonsense", "no such command" },
        { "s", "could be several" },
        { "step x", "expected a number" },
        { "step -1", "expected a number" },
        { "cycle", "which one" },
        { "stop z", "letters of" },
        { "speed fast", "one of" },
        { "explain nowhere", "expected an address" },
        { "explain 1000 eve", "no domain eve" },
        { "pane zebra", "no such pane" },
        { "scale 1000", "terminal has its own" },
    };
    struct model *m = a_model();
    struct view v;

    (void)state;
    view_init(&v, m);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        view_command(&v, wrong[i].line);
        if (!strstr(v.notice, wrong[i].says))
            fail_msg("%s says: %s", wrong[i].line, v.notice);
    }
    assert_int_equal(v.wish_count, 0);
    v.scale = 100;
    view_command(&v, "scale 1000");
    assert_int_equal(v.scale, 100);
    view_command(&v, "scale +");
    assert_int_equal(v.scale, 110);
    for (int i = 0; i < 30; i++)
        view_command(&v, "scale +");
    assert_int_equal(v.scale, 300);
    for (int i = 0; i < 30; i++)
        view_command(&v, "scale -");
    assert_int_equal(v.scale, 75);
    drop(&v, m);
}

static void type(struct view *v, const char *keys)
{
    for (; *keys; keys++)
        view_key(v, *keys);
}

static void the_command_line_completes(void **state)
{
    struct model *m = a_model();
    struct view v;

    (void)state;
    view_init(&v, m);
    type(&v, ":expl\t");
    assert_string_equal(v.line, "explain ");
    type(&v, "se\t");
    assert_string_equal(v.line, "explain sec"); /* secret, second */
    assert_non_null(strstr(v.choices, "secret  second"));
    type(&v, "r\t");
    assert_string_equal(v.line, "explain secret ");
    view_key(&v, KEY_OF_BACKSPACE);
    assert_string_equal(v.line, "explain secret");
    view_key(&v, '\n');
    assert_false(v.commanding);
    assert_int_equal(v.wish_count, 1);
    type(&v, "."); /* the same again */
    assert_int_equal(v.wish_count, 2);
    type(&v, ":quit\x1b");
    assert_false(v.quit);
    type(&v, ":quit\n");
    assert_true(v.quit);
    drop(&v, m);
}

/* Every pane can be reached by name, and from every set by Tab. */
static void every_pane_can_be_reached(void **state)
{
    struct model *m = a_model();
    struct view v;
    char line[60];

    (void)state;
    view_init(&v, m);
    for (int width = 80; width <= 160; width += 80)
        for (int i = 0; i < PANE_COUNT; i++) {
            view_draw(&v, width, 42);
            snprintf(line, sizeof line, "pane %s", panes[i].name);
            view_command(&v, line);
            assert_int_equal(v.focus, i);
            view_draw(&v, width, 42);
            assert_true(v.place[i].width > 0);
        }
    for (int set = 0; set < VIEW_SETS; set++) {
        bool seen[PANE_COUNT] = { false };
        view_key(&v, '1' + set);
        for (int i = 0; i < PANE_COUNT; i++) {
            seen[v.focus] = true;
            view_key(&v, '\t');
        }
        for (int i = 0; i < PANE_COUNT; i++)
            assert_int_equal(seen[i], view_set_has(&v, set, (enum pane_id)i));
    }
    drop(&v, m);
}

static void the_pointer_clicks_drags_and_rests(void **state)
{
    struct model *m = a_model();
    struct view v;

    (void)state;
    view_init(&v, m);
    v.graphic = true;
    view_draw(&v, 160, 42);
    struct box code = v.place[PANE_CODE];
    view_pointer_press(&v, v.place[PANE_EVENTS].x + 3,
                       v.place[PANE_EVENTS].y + 4, false);
    assert_int_equal(v.focus, PANE_EVENTS);
    int border = code.x + code.width;
    assert_true(view_on_border(&v, border, code.y + 3));
    view_pointer_press(&v, border, code.y + 3, false);
    view_pointer_move(&v, border + 9, code.y + 3);
    view_pointer_release(&v);
    view_pointer_move(&v, border + 20, code.y + 3); /* no longer dragged */
    view_draw(&v, 160, 42);
    assert_int_equal(v.place[PANE_CODE].width, code.width + 9);
    int below = v.place[PANE_TLB].y;
    view_pointer_press(&v, 5, below, false);
    view_pointer_move(&v, 5, below - 4);
    view_pointer_release(&v);
    view_draw(&v, 160, 42);
    assert_int_equal(v.place[PANE_TLB].y, below - 4);
    v.focus = PANE_CODE;
    type(&v, "HJ"); /* the same by keys */
    view_draw(&v, 160, 42);
    assert_int_equal(v.place[PANE_CODE].width, code.width + 7);
    assert_int_equal(v.place[PANE_TLB].y, below - 3);
    /* a tab has a tip; resting shows it */
    view_pointer_move(&v, 3, 2);
    assert_null(view_tip(&v));
    v.tip_wanted = true;
    assert_non_null(strstr(view_tip(&v), "code, access"));
    view_draw(&v, 160, 42);
    view_pointer_press(&v, 24, 2, false); /* 3 space */
    assert_int_equal(v.set, 2);
    drop(&v, m);
}

/* Borders may be dragged anywhere: nothing breaks, every pane stays. */
static void borders_keep_their_panes(void **state)
{
    struct model *m = a_model();
    struct view v;

    (void)state;
    view_init(&v, m);
    view_draw(&v, 130, 40);
    for (int x = -50; x < 300; x += 37)
        for (int y = -20; y < 90; y += 13) {
            v.drag = (struct view_drag){ true, x & 1, 0, 0 };
            view_drag_to(&v, x, y);
            v.drag.on = false;
            view_draw(&v, 130, 40);
            for (int i = 0; i < PANE_COUNT; i++)
                if (view_set_has(&v, 0, (enum pane_id)i)) {
                    assert_true(v.place[i].width >= 10);
                    assert_true(v.place[i].height >= 3);
                }
        }
    view_draw(&v, 80, 24); /* the other shape has its own */
    assert_int_equal(v.place[PANE_CODE].width, 38);
    drop(&v, m);
}

static void settings_come_back(void **state)
{
    struct model *m = a_model();
    struct view v, w;
    char path[] = "/tmp/opalite-settings-XXXXXX";

    (void)state;
    close(mkstemp(path));
    view_init(&v, m);
    v.scale = 150;
    v.light = true;
    v.set = 3;
    v.split[1][1].width[0][0] = 0.25;
    v.split[1][1].width[0][1] = 0.75;
    v.split[2][0].height[0] = 0.5;
    v.split[2][0].height[1] = 0.5;
    view_settings_save(&v, path);
    view_init(&w, m);
    view_settings_load(&w, path);
    assert_int_equal(w.scale, 150);
    assert_true(w.light);
    assert_int_equal(w.set, 3);
    assert_memory_equal(w.split, v.split, sizeof v.split);
    FILE *f = fopen(path, "w"); /* of another version, or broken */
    fputs("theme\nscale 9000\nset 99\nheight 77 1 2\nwidth 0 0 9 1 1 1\n"
          "width 0 0 0 nan 5 5\nheight 0 0 -1 3 nan 1\n\n\xff\xff\n",
          f);
    fclose(f);
    view_init(&w, m);
    w.scale = 100;
    view_settings_load(&w, path);
    assert_int_equal(w.scale, 100);
    assert_int_equal(w.set, 0);
    view_draw(&w, 130, 40);
    unlink(path);
    view_settings_load(&w, "/nonexistent/file");
    view_free(&w);
    drop(&v, m);
}

/* ---- nothing overlaps
 * -----------------------------------------------------------
 */

static void run_to_fault(struct runner *r, const char *path)
{
    struct session_options options = { .path = path, .seed = 1 };
    const struct wish begin = { .kind = WISH_BEGIN },
                      event = { .kind = WISH_EVENT };
    struct err err;

    assert_true(runner_open(r, &options, HISTORY_BYTES, &err));
    runner_obey(r, &begin);
    runner_finish(r, 20000);
    runner_obey(r, &event);
    runner_finish(r, 20000);
}

static void nothing_overlaps_in_the_window(void **state)
{
    static const struct {
        int width, height;
    } sizes[] = { { 160, 42 }, { 240, 63 }, { 120, 36 }, { 80, 24 } };
    struct runner *r = malloc(sizeof *r);
    struct view v;
    char what[60];

    (void)state;
    assert_non_null(r);
    run_to_fault(r, "scenarios/03_name_is_not_a_right.lua");
    view_init(&v, &r->model);
    v.graphic = true;
    v.scale = 100;
    view_command(&v, "compare mas");
    view_command(&v, "cursor a 300000");
    view_command(&v, "cursor b 301000");
    view_command(&v, "bookmark beside 300500");
    view_obeyed_by(&v, r);
    runner_finish(r, 20000);
    assert_int_equal(r->model.other.state, OTHER_THERE);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int i = 0; i < VIEW_SETS + PANE_COUNT; i++) {
            v.time.lanes = (enum lane_kind)(s % LANE_KINDS);
            snprintf(
                what, sizeof what, "%dx%d, %s", sizes[s].width, sizes[s].height,
                i < VIEW_SETS ? view_set_names[i] : panes[i - VIEW_SETS].name);
            v.zoomed = i >= VIEW_SETS;
            if (i < VIEW_SETS)
                v.set = i;
            else
                v.focus = (enum pane_id)(i - VIEW_SETS);
            view_draw(&v, sizes[s].width, sizes[s].height);
            check_overlap(&v.canvas, what);
        }
    view_free(&v);
    (void)runner_close(r);
    free(r);
}

/* ---- going back
 * -----------------------------------------------------------
 */

static void obey(struct runner *r, enum wish_kind kind, uint64_t number)
{
    const struct wish w = { .kind = kind, .number = number };

    runner_obey(r, &w);
    runner_finish(r, 20000);
}

/* All sets of panes as text. */
static char *screens_of(const struct runner *r)
{
    char *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);
    struct view v;

    assert_non_null(f);
    view_init(&v, &r->model);
    for (v.set = 0; v.set < VIEW_SETS; v.set++) {
        view_draw(&v, 132, 43);
        canvas_write_text(&v.canvas, f);
    }
    view_free(&v);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void back_to_the_rights_change_and_forth(void **state)
{
    struct runner *r = malloc(sizeof *r);

    (void)state;
    assert_non_null(r);
    run_to_fault(r, "scenarios/03_name_is_not_a_right.lua");
    while (strcmp(r->model.domain, "bob") != 0)
        obey(r, WISH_EVENT, 0);
    uint64_t cycle = r->model.cycle, lines = r->model.console_lines;
    uint32_t checks = r->model.checks_passed;

    obey(r, WISH_BACK_RIGHTS, 0);
    assert_int_equal(r->model.state, MODEL_PAUSED);
    assert_non_null(strstr(r->model.notice, "rights on secret: ---, were r--"));
    assert_true(r->model.cycle < cycle);
    assert_true(r->model.checks_passed < checks);
    obey(r, WISH_EVENT, 0);
    assert_int_equal(r->model.cycle, cycle);
    assert_int_equal(r->model.console_lines, lines);
    assert_int_equal(r->model.checks_passed, checks);

    char *first = screens_of(r);
    obey(r, WISH_BACK_RIGHTS, 0);
    obey(r, WISH_BACK, 20);
    obey(r, WISH_BACK_EVENT, 0); /* eve3's fault */
    assert_non_null(strstr(r->model.notice, "back at: eve3: fault"));
    obey(r, WISH_EVENT, 0);
    obey(r, WISH_BACK_RIGHTS, 0);
    obey(r, WISH_EVENT, 0);
    char *again = screens_of(r);
    assert_string_equal(first, again);
    free(first);
    free(again);
    (void)runner_close(r);
    free(r);
}

/* Back from the end; an earlier cycle; nothing that way; giving it up. */
static void ways_back(void **state)
{
    struct runner *r = malloc(sizeof *r);
    const struct wish back = { .kind = WISH_BACK, .number = 1 },
                      pause = { .kind = WISH_PAUSE };

    (void)state;
    assert_non_null(r);
    run_to_fault(r, "tests/viz/live.lua");
    uint64_t cycle = r->model.cycle, instructions = r->model.instructions;
    obey(r, WISH_END, 0);
    assert_int_equal(r->model.state, MODEL_ENDED);
    obey(r, WISH_CYCLE, cycle);
    assert_int_equal(r->model.state, MODEL_PAUSED);
    assert_int_equal(r->model.cycle, cycle);
    assert_int_equal(r->model.check_count, 3);
    assert_true(r->model.notes[0]);
    obey(r, WISH_BACK, 1);
    assert_int_equal(r->model.instructions, instructions - 1);
    obey(r, WISH_STEP, 1);
    assert_int_equal(r->model.cycle, cycle);

    obey(r, WISH_BACK_EVENT, 0); /* it is the first fault */
    assert_non_null(strstr(r->model.notice, "no such event before now"));
    assert_int_equal(r->model.cycle, cycle);
    obey(r, WISH_BACK, instructions);
    assert_non_null(strstr(r->model.notice, "beginning of time"));

    runner_obey(r, &back);
    runner_advance(r, 10);
    assert_int_equal(r->going, GOING_BACK);
    runner_obey(r, &pause);
    assert_int_equal(r->going, GOING_NOWHERE);
    runner_look(r);
    assert_int_equal(r->model.cycle, cycle);
    obey(r, WISH_END, 0);
    runner_obey(r, &back);
    runner_advance(r, 10);
    runner_obey(r, &pause);
    assert_int_equal(r->model.state, MODEL_ENDED); /* as it was */
    runner_obey(r, &back);                         /* left on the way */
    assert_int_equal(runner_close(r), EXIT_PASSED);
    free(r);
}

/* ---- the microscope
 * -----------------------------------------------------------
 */

/* Cycles of the stages, as far as known. */
static uint32_t stage_cycles(const struct scope *s)
{
    uint32_t sum = 0;

    for (int i = 0; i < SCOPE_STAGES; i++)
        sum += s->stage[i].known ? s->stage[i].cycles : 0;
    return sum;
}

/* After a single step, the stages' cycles are those of the access. */
static void stages_add_up_to_the_access(void **state)
{
    struct runner *r = malloc(sizeof *r);
    const struct wish step = { .kind = WISH_STEP, .number = 1 };
    const struct scope *s;
    int walks = 0, misses = 0;

    (void)state;
    assert_non_null(r);
    run_to_fault(r, "scenarios/03_name_is_not_a_right.lua");
    s = &r->model.scope;
    assert_int_equal(s->origin, SCOPE_OF_REFUSAL);
    assert_int_equal(s->stage[SCOPE_PROTECTION].letter, 'R');
    assert_false(s->stage[SCOPE_L1].known); /* a story has no stop-watch */
    for (int i = 0; i < 12000 && r->model.state == MODEL_PAUSED; i++) {
        runner_obey(r, &step);
        runner_finish(r, 20000);
        if (s->origin != SCOPE_OF_STEP || !s->stage[SCOPE_WALK].known ||
            !s->stage[SCOPE_PROTECTION].known)
            continue;
        if (stage_cycles(s) != s->cycles)
            fail_msg("step %d, %s: stages %u, access %u", i, s->what,
                     stage_cycles(s), s->cycles);
        walks += s->stage[SCOPE_WALK].letter == 'W';
        misses += s->cycles > 0;
    }
    assert_true(misses > 20);
    assert_true(walks > 0);
    (void)runner_close(r);
    free(r);
}

/* A look at an access says what would be, and nothing happens. */
static void asking_changes_nothing(void **state)
{
    struct runner *r = malloc(sizeof *r);
    struct wish ask = { .kind = WISH_EXPLAIN, .access = 'w' };
    uint64_t hits;

    (void)state;
    assert_non_null(r);
    run_to_fault(r, "tests/viz/live.lua");
    hits = r->model.units[UNIT_DRPLB].hits;
    strcpy(ask.domain, "alice");
    ask.number = r->model.segments[0].base;
    runner_obey(r, &ask);
    runner_look(r);
    assert_int_equal(r->model.scope.origin, SCOPE_ASKED);
    assert_false(r->model.scope.refused);
    strcpy(ask.domain, "bob");
    runner_obey(r, &ask);
    runner_look(r);
    assert_true(r->model.scope.refused);
    assert_int_equal(r->model.scope.stage[SCOPE_PROTECTION].letter, 'R');
    assert_non_null(strstr(r->model.scope.verdict, "It would be refused"));
    assert_int_equal(r->model.units[UNIT_DRPLB].hits, hits);
    (void)runner_close(r);
    free(r);
}

/* Heat counts looks between which time passed, and only those. */
static void heat_is_where_time_is_spent(void **state)
{
    struct runner *r = malloc(sizeof *r);
    const struct wish step = { .kind = WISH_STEP, .number = 1 };
    uint32_t sum = 0;

    (void)state;
    assert_non_null(r);
    run_to_fault(r, "tests/viz/live.lua");
    runner_obey(r, &step);
    runner_finish(r, 1);
    for (int i = 0; i < 10; i++)
        runner_look(r);
    for (int i = 0; i < r->model.code_count; i++)
        if (r->model.code[i].is_pc)
            sum = r->model.code[i].heat;
    assert_int_equal(sum, 1);
    (void)runner_close(r);
    free(r);
}

/* ---- the machine's thread ---------------------------------------------------
 */

static void count_copies(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

/* Steps, runs and looks from another thread: the same run, to the cycle. */
static void the_worker_is_the_same_run(void **state)
{
    struct runner *plain = malloc(sizeof *plain), *r = malloc(sizeof *r);
    struct worker *w = calloc(1, sizeof *w);
    struct model *m = calloc(1, sizeof *m);
    struct session_options options = { .path = "tests/viz/live.lua",
                                       .seed = 1 };
    const struct wish begin = { .kind = WISH_BEGIN },
                      step = { .kind = WISH_STEP, .number = 5 },
                      end = { .kind = WISH_END };
    atomic_int copies = 0;
    uint64_t serial = 0;
    struct err err;

    (void)state;
    assert_true(plain && r && w && m);
    run_to_fault(plain, "tests/viz/live.lua");
    runner_obey(plain, &end);
    runner_finish(plain, 1000000);
    assert_true(runner_open(r, &options, HISTORY_BYTES, &err));
    assert_true(worker_start(w, r, count_copies, &copies, &err));
    worker_ask(w, &begin, 1);
    while (m->cycle == 0) {
        worker_look(w);
        worker_take(w, m, &serial);
        usleep(1000);
    }
    for (int i = 0; i < 3; i++) {
        worker_ask(w, &step, 1);
        usleep(2000);
    }
    worker_ask(w, &end, 1);
    while (m->state != MODEL_ENDED) {
        worker_look(w);
        worker_take(w, m, &serial);
        usleep(1000);
    }
    worker_stop(w);
    assert_int_equal(m->cycle, plain->model.cycle);
    assert_int_equal(m->instructions, plain->model.instructions);
    assert_true(atomic_load(&copies) > 0);
    assert_int_equal(runner_close(r), EXIT_PASSED);
    assert_int_equal(runner_close(plain), EXIT_PASSED);
    free(plain);
    free(r);
    free(w);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_become_characters),
        cmocka_unit_test(a_graphic_canvas_keeps_shapes),
        cmocka_unit_test(zones_are_found_topmost_first),
        cmocka_unit_test(text_can_be_read),
        cmocka_unit_test(letters_are_large_enough),
        cmocka_unit_test(commands_become_wishes),
        cmocka_unit_test(wrong_commands_are_told),
        cmocka_unit_test(the_command_line_completes),
        cmocka_unit_test(every_pane_can_be_reached),
        cmocka_unit_test(the_pointer_clicks_drags_and_rests),
        cmocka_unit_test(borders_keep_their_panes),
        cmocka_unit_test(settings_come_back),
        cmocka_unit_test(nothing_overlaps_in_the_window),
        cmocka_unit_test(back_to_the_rights_change_and_forth),
        cmocka_unit_test(ways_back),
        cmocka_unit_test(stages_add_up_to_the_access),
        cmocka_unit_test(asking_changes_nothing),
        cmocka_unit_test(heat_is_where_time_is_spent),
        cmocka_unit_test(the_worker_is_the_same_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
