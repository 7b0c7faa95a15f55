// SPDX-License-Identifier: Apache-2.0
/*
 * The panes and the whole screen, drawn from a model made by hand and compared
 * with the text files in golden/. No machine and no terminal is needed. After a
 * wanted change: OPALITE_UPDATE_GOLDEN=1 build/.../test_panes, then read the
 * difference before committing it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mmu/access.h"
#include "viz/graph/graph.h"
#include "viz/view/view.h"

/* ---- the model ----------------------------------------------------------- */

static void fill_who(struct model *m)
{
    m->state = MODEL_PAUSED;
    m->speed = 3;
    m->stops = 1u << STOP_ON_FAULT | 1u << STOP_ON_SWITCH;
    strcpy(m->scenario, "03_name_is_not_a_right.lua");
    m->has_machine = true;
    strcpy(m->machine, "m1");
    m->one_space = true;
    m->protection = SPROT_RPLB;
    strcpy(m->personality, "rplb");
    strcpy(m->domain, "alice");
    strcpy(m->thread, "worker");
    m->domain_id = 1;
    m->privilege = 'U';
    m->cycle = 1234567;
    m->instructions = 345678;
    for (int u = 0; u < UNIT_COUNT; u++)
        m->units[u] = (struct unit_row){ .name = unit_name((enum unit)u),
                                         .used = 2,
                                         .size = 40,
                                         .hits = 900 + (uint64_t)u,
                                         .misses = 10 * (uint64_t)u };
}

static void fill_registers(struct model *m)
{
    for (int i = 0; i < 32; i++)
        m->x[i] = m->x_before[i] = (uint64_t)i * 0x1111;
    m->x[10] = 42;
    m->x[2] = 0x40008000;
    m->x[1] = 0xffffffc080001234;
    strcpy(m->symbol[2], "stack+0x8000");
    strcpy(m->symbol[1], "trap_entry+0x14");
    m->satp = 0x8000000000080001;
    m->sdomain = 1;
    m->scause = 29;
}

static void add_code(struct model *m, uint64_t pc, int what, const char *text)
{
    struct code_row *r = &m->code[m->code_count++];

    r->pc = pc;
    r->is_label = what == 'l';
    r->is_source = what == 's';
    r->is_pc = what == '>';
    snprintf(r->text, sizeof r->text, "%s", text);
    if (what == '>')
        m->code_pc = m->code_count - 1;
}

static void add_stop(struct model *m, const char *line, const char *place,
                     uint64_t hits)
{
    struct stop_row *r = &m->stop_points[m->stop_point_count++];

    r->number = (unsigned)m->stop_point_count;
    r->watch = line[0] == 'w';
    r->hits = hits;
    r->places = place[0] ? 1 : 0;
    snprintf(r->line, sizeof r->line, "%s", line);
    snprintf(r->place, sizeof r->place, "%s", place);
}

static void fill_stops(struct model *m)
{
    add_stop(m, "break pong:main",
             "pong.elf: main (os/user/programs/pong.c:12)", 1);
    add_stop(m, "watch secret,8 rw by alice if value == 3",
             "40a000000..40a000007", 12);
    add_stop(m, "break trap.c:120 in bob", "", 0);
    m->stop_points[1].off = true;
}

static void fill_code(struct model *m)
{
    m->pc = 0x10002006;
    strcpy(m->pc_symbol, "pong.elf main+0x6");
    strcpy(m->source, "pong.c:14  sum += *p;");
    add_code(m, 0x10002000, 'l', "main:");
    add_code(m, 0x10002000, 's', "pong.c:12  uint64_t sum = 0;");
    add_code(m, 0x10002000, ' ', "c.addi sp,-16");
    add_code(m, 0x10002002, ' ', "jal ra,prepare");
    add_code(m, 0x10002006, 's', "pong.c:14  sum += *p;");
    add_code(m, 0x10002006, '>', "ld a0,8(s1)");
    add_code(m, 0x1000200a, ' ', "c.add a1,a0");
    add_code(m, 0x1000200c, ' ', "bne a1,zero,+0x6");
    add_code(m, 0x10002010, ' ', "slti zero,a0,1  hint MARK");
    m->code[2].stop = '*';
    m->code[m->code_pc].stop = '*';
    m->code[m->code_count - 1].stop = 'o';
}

static void fill_units(struct model *m)
{
    m->tlb[m->tlb_count++] = (struct tlb_row){ .unit = UNIT_DTLB,
                                               .mark = 'H',
                                               .va = 0x40008000,
                                               .pa = 0x8013d000,
                                               .bytes = 4096,
                                               .rights = RIGHT_R | RIGHT_W,
                                               .user = true,
                                               .accessed = true,
                                               .dirty = true,
                                               .asid = 7 };
    m->tlb[m->tlb_count++] = (struct tlb_row){ .unit = UNIT_DTLB,
                                               .mark = ' ',
                                               .va = 0xffffffc080000000,
                                               .pa = 0x80000000,
                                               .bytes = 1 << 30,
                                               .rights = 7,
                                               .global = true,
                                               .accessed = true,
                                               .age = 1 };
    m->tlb[m->tlb_count++] = (struct tlb_row){ .unit = UNIT_ITLB,
                                               .mark = 'M',
                                               .va = 0x10002000,
                                               .pa = 0x80140000,
                                               .bytes = 2 << 20,
                                               .rights = RIGHT_R | RIGHT_X,
                                               .user = true };
    m->tlb_more = 3;
    m->ranges[m->range_count++] = (struct range_row){
        .unit = UNIT_DRPLB,
        .mark = 'H',
        .domain = 1,
        .domain_name = "alice",
        .segment = "document",
        .base = 0x40008000,
        .limit = 0x4000c000,
        .rights = RIGHT_R | RIGHT_W,
    };
    m->ranges[m->range_count++] = (struct range_row){
        .unit = UNIT_IRPLB,
        .mark = ' ',
        .domain = 2,
        .domain_name = "a longer name",
        .segment = "pong.elf",
        .base = 0x10002000,
        .limit = 0x10002123,
        .rights = RIGHT_X,
        .age = 1,
    };
}

static void fill_rights(struct model *m)
{
    static const char *const names[] = { "alice", "bob", "charlotte" };

    for (int i = 0; i < 3; i++) {
        m->domains[i].id = (uint32_t)i + 1;
        m->domains[i].current = i == 0;
        strcpy(m->domains[i].name, names[i]);
    }
    m->domain_count = 3;
    m->segments[0] =
        (struct segment_row){ .base = 0x40008000,
                              .bytes = 16384,
                              .name = "document",
                              .rights = { 3, 1, 0 },
                              .address = { 0x40008000, 0x40008000 } };
    m->segments[1] =
        (struct segment_row){ .base = 0x50000000,
                              .bytes = 194,
                              .name = "a segment's name",
                              .rights = { 15, 0, 5 },
                              .elsewhere = { 0, 0, 1 },
                              .address = { 0x50000000, 0, 0x40008000 } };
    m->segment_count = 2;
}

static void add_event(struct model *m, uint64_t cycle, char letter,
                      const char *text, const char *story)
{
    struct event_row *e = &m->events[m->event_count % MODEL_EVENTS];

    e->serial = m->event_count++;
    e->cycle = cycle;
    e->letter = letter;
    snprintf(e->text, sizeof e->text, "%s", text);
    if (story) {
        strcpy(m->stories[m->story_count++ % MODEL_STORIES], story);
        e->story = m->story_count;
    }
}

static void fill_events(struct model *m)
{
    add_event(m, 1200000, 'S', "alice: switch from bob, 812 cycles direct",
              NULL);
    add_event(m, 1200100, 'M', "alice: dtlb miss at 0x40008000: switch", NULL);
    add_event(m, 1200200, '.', "kernel: hint THREAD_RUNS 2", NULL);
    add_event(m, 1234000, 'R', "bob: drplb miss at 0x40008000: cold", NULL);
    add_event(m, 1234000, 'T', "bob: trap: RPLB miss on store", NULL);
    add_event(m, 1234567, 'F', "bob: fault at 0x40008000: the range gives r",
              "bob, thread 3, at pong.elf: main+0x6 (pong.c:14), cycle "
              "1234567\n  tried to store 8 bytes at 0x40008000 = document + "
              "0x0\n  refused: the range gives r--, not w.\n  bob has r on "
              "document since cycle 400000, given by alice.");
}

static void fill_bars(struct model *m)
{
    static const struct bar_row bars[] = {
        { "execute", 700, 900000, false, false },
        { "dram", 250, 200000, false, false },
        { "protection_refill", 50, 134567, false, false },
        { "idle", 0, 0, false, false },
        { "direct: save", 120, 1200, true, false },
        { "late: tlb", 30, 4000, true, false },
        { "gifts (hits)", 3, 12, true, true },
    };

    memcpy(m->bars, bars, sizeof bars);
    m->bar_count = sizeof bars / sizeof bars[0];
    m->window_cycles = 1000;
    m->total_cycles = 1234567;
    m->window_switches = 1;
    m->total_switches = 10;
}

static void fill_console(struct model *m)
{
    static const char text[] = "Opalite kernel: rplb, Sv39\n\nhello from "
                               "alice, who writes a line that "
                               "is longer than its pane\nunfinished";

    model_print(m, text, sizeof text - 1);
    m->checks_passed = 3;
}

static void set_stage(struct scope *s, enum scope_stage stage, char letter,
                      int cycles, const char *text)
{
    s->stage[stage].letter = letter;
    s->stage[stage].known = cycles >= 0;
    s->stage[stage].cycles = cycles >= 0 ? (uint32_t)cycles : 0;
    strcpy(s->stage[stage].text, text);
}

static void fill_scope(struct model *m)
{
    struct scope *s = &m->scope;

    s->valid = s->cycles_known = true;
    strcpy(s->what, "load of 8 bytes at 40008010 = document + 0x10");
    strcpy(s->who, "alice, user mode, needs r");
    s->va = 0x40008010;
    s->pa = 0x8013d010;
    s->levels = 3;
    s->page_shift = 12;
    s->cycles = 61;
    set_stage(s, SCOPE_PROTECTION, 'H', 0, "range gives rw-");
    set_stage(s, SCOPE_TLB, 'M', -1, "miss: switch, late");
    set_stage(s, SCOPE_L2TLB, 'M', -1, "miss: cold");
    set_stage(s, SCOPE_WALK, 'W', 31, "3 PTE reads: 4K page at 8013d000");
    set_stage(s, SCOPE_PMP, '-', -1, "nothing to refuse here");
    set_stage(s, SCOPE_L1, 'M', 0, "miss: capacity");
    set_stage(s, SCOPE_L2, 'H', 30, "line is there");
    set_stage(s, SCOPE_DRAM, '.', -1, "");
    strcpy(s->verdict, "Allowed, after 61 cycles of waiting.");
}

static void add_moment(struct model *m, uint64_t cycle, char letter, int lane,
                       int other, uint32_t cost)
{
    m->moments[m->moment_count++ % MODEL_MOMENTS] =
        (struct moment){ .cycle = cycle,
                         .letter = letter,
                         .lane = (uint8_t)lane,
                         .other = (uint8_t)other,
                         .cost = cost };
}

static void fill_samples(struct model *m)
{
    for (int i = 0; i < 9; i++) {
        struct sample *s = &m->samples[m->sample_count++];
        s->cycle = (uint64_t)i * 150000;
        s->instructions = (uint64_t)i * 43000 + (uint64_t)(i * i) * 1000;
        s->switches = (uint64_t)i / 3;
        for (int u = 0; u < UNIT_COUNT; u++) {
            s->hits[u] = (uint64_t)i * 110;
            s->misses[u] = (uint64_t)(i * u) + (i > 4 ? 9 : 0);
        }
    }
}

static void fill_time(struct model *m)
{
    static const char *const names[] = { "kernel", "alice", "bob" };

    for (int i = 0; i < 3; i++) {
        m->lanes[i].id = (uint32_t)i;
        strcpy(m->lanes[i].name, names[i]);
    }
    m->lane_count = 3;
    m->hart_count = 2;
    m->core_hz = 1500000000;
    m->threads[1].id = 3;
    strcpy(m->threads[0].name, "kernel");
    strcpy(m->threads[1].name, "alice #3");
    m->thread_count = 2;
    add_moment(m, 0, ' ', 0, 0, 0);
    add_moment(m, 300000, ' ', 1, 0, 0);
    add_moment(m, 500000, 'M', 1, 0, 0);
    add_moment(m, 700000, 'S', 2, 1, 100000);
    add_moment(m, 800000, 'R', 2, 0, 0);
    add_moment(m, 900000, 'C', 1, 2, 0);
    add_moment(m, 1100000, 'S', 2, 1, 812);
    add_moment(m, 1234567, 'F', 2, 0, 0);
    for (uint64_t i = 1; i < 4; i++)
        m->moments[i].thread = 1;
    m->moments[5].hart = 1;
    fill_samples(m);
    m->newest = m->samples[m->sample_count - 1];
    m->newest.cycle = m->cycle;
}

static void fill_switches(struct model *m)
{
    m->switch_total.count = 2;
    m->switch_total.direct = 1412;
    m->switch_total.phase[PHASE_TRAP] = 38;
    m->switch_total.phase[PHASE_SAVE] = 300;
    m->switch_total.phase[PHASE_KERNEL] = 1074;
    m->switch_total.late[LATE_TLB] = 200;
    m->switch_total.gift[LATE_CACHE] = 7;
    for (int i = 0; i < 2; i++) {
        struct switch_row *s = &m->switches[m->switch_count++];
        s->number = 2 - (uint64_t)i;
        s->cycle = i ? 700000 : 1100000;
        s->direct = i ? 600 : 812;
        s->phase[PHASE_TRAP] = 19;
        s->phase[PHASE_SAVE] = 150;
        s->phase[PHASE_KERNEL] = s->direct - 169;
        strcpy(s->from, i ? "alice" : "bob");
        strcpy(s->to, i ? "bob" : "alice");
    }
}

static void fill_caches(struct model *m)
{
    for (int u = 0; u < UNIT_COUNT; u++) {
        m->units[u].by_cause[MISS_COLD] = m->units[u].misses / 2;
        m->units[u].by_cause[MISS_SWITCH] =
            m->units[u].misses - m->units[u].misses / 2;
        m->units[u].late = (uint64_t)u;
        m->units[u].reach = UINT64_C(5000) << (3 * u);
    }
    m->line_sets = 16;
    m->line_ways = 2;
    for (int i = 0; i < 32; i++)
        m->lines[i] = (struct line_row){ .valid = i % 5 != 0,
                                         .dirty = i % 3 == 0,
                                         .mark = i == 7 ? 'M' : ' ',
                                         .heat = (uint8_t)(i % 4) };
}

static void add_check(struct model *m, const char *text, uint32_t passed,
                      uint32_t failed)
{
    struct check_row *c = &m->checks[m->check_count++];

    c->passed = passed;
    c->failed = failed;
    strcpy(c->text, text);
}

static void fill_notes(struct model *m)
{
    strcpy(m->notes, "A name is not a right.\n\nEve knows where the secret "
                     "lies. What does it help her?");
    add_check(m, "the secret is as it was", 1, 0);
    add_check(m, "eve may not", 3, 0);
    add_check(m, "this one does not hold", 0, 1);
    add_check(m, "bob reads what alice wrote", 0, 0);
}

/* ---- a graph ----------------------------------------------------------------
 */

static uint32_t keep(struct model_graph *g, const char *text)
{
    uint32_t at = g->text_used;

    strcpy(g->text + at, text);
    g->text_used += (uint32_t)strlen(text) + 1;
    return *text ? at : 0;
}

static void add_node(struct model_graph *g, enum graph_role role,
                     enum graph_change change, const char *id,
                     const char *title, const char *row)
{
    g->line[g->line_count++] =
        (struct model_graph_line){ .kind = GRAPH_LINE_NODE,
                                   .node = (uint16_t)g->node_count };
    g->node[g->node_count++] =
        (struct model_node){ .id = keep(g, id),
                             .title = keep(g, title),
                             .first_row = (uint16_t)g->row_count,
                             .rows = 1,
                             .role = (uint8_t)role,
                             .change = (uint8_t)change };
    g->row[g->row_count++] = keep(g, row);
}

static void add_edge(struct model_graph *g, int from, int to,
                     enum graph_line line, enum graph_change change,
                     const char *label)
{
    g->line[g->line_count++] =
        (struct model_graph_line){ .kind = GRAPH_LINE_EDGE,
                                   .depth = 1,
                                   .node = (uint16_t)from,
                                   .index = (uint16_t)g->edge_count };
    g->edge[g->edge_count++] = (struct model_edge){ .from = (uint16_t)from,
                                                    .to = (uint16_t)to,
                                                    .line = (uint8_t)line,
                                                    .change = (uint8_t)change,
                                                    .label = keep(g, label) };
}

/* Who may do what with the two segments; since the bookmark bob may read. */
static void fill_graph(struct model *m)
{
    struct model_graph *g = &m->graph;

    g->read = g->compared = true;
    g->since = 1000000;
    g->text_used = 1;
    g->legend = keep(g, "D domain, S segment");
    add_node(g, ROLE_DOMAIN, CHANGE_NONE, "d1_500", "alice", "domain 1");
    add_edge(g, 0, 2, LINE_WRITE, CHANGE_NONE, "rw-");
    add_edge(g, 0, 3, LINE_EXECUTE, CHANGE_GONE, "rwxm");
    add_node(g, ROLE_DOMAIN, CHANGE_NONE, "d2_900", "bob", "domain 2");
    add_edge(g, 1, 2, LINE_READ, CHANGE_NEW, "r--\nat 0x40008000");
    add_node(g, ROLE_SEGMENT, CHANGE_NONE, "s_40008000", "document", "16 KiB");
    add_node(g, ROLE_SEGMENT, CHANGE_NEW, "s_50000000", "a segment's name",
             "194 bytes");
}

/* A view of a model made by hand; wishes are looked at, not obeyed. */
struct screen {
    struct model model;
    struct view view;
};

static struct screen *empty(void)
{
    struct screen *t = calloc(1, sizeof *t);

    assert_non_null(t);
    model_init(&t->model, NULL, NULL);
    view_init(&t->view, &t->model);
    return t;
}

static struct screen *fixed(void)
{
    struct screen *t = empty();

    fill_who(&t->model);
    fill_registers(&t->model);
    fill_code(&t->model);
    fill_units(&t->model);
    fill_rights(&t->model);
    fill_events(&t->model);
    fill_bars(&t->model);
    fill_console(&t->model);
    fill_scope(&t->model);
    fill_time(&t->model);
    fill_switches(&t->model);
    fill_caches(&t->model);
    fill_notes(&t->model);
    fill_stops(&t->model);
    fill_graph(&t->model);
    return t;
}

static void release(struct screen *t)
{
    model_free(&t->model);
    view_free(&t->view);
    free(t);
}

static void wish(struct screen *t)
{
    for (int i = 0; i < t->view.wish_count; i++) {
        const struct wish *w = &t->view.wishes[i];
        if (w->kind == WISH_STOPS)
            t->model.stops = (uint32_t)w->number;
        else if (w->kind == WISH_SPEED)
            t->model.speed = (int)w->number;
    }
    t->view.wish_count = 0;
}

/* A key, and what the runner would do about stops and speed. */
static void press(struct screen *t, int key)
{
    view_key(&t->view, key);
    wish(t);
}

/* ---- golden files ----------------------------------------------------------
 */

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 100000);

    assert_non_null(text);
    if (f) {
        text[fread(text, 1, 99999, f)] = 0;
        fclose(f);
    }
    return text;
}

/* Compares what is on the canvas with golden/NAME.txt. */
static void compare(const struct canvas *c, const char *name)
{
    char path[200], *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);

    canvas_write_text(c, f);
    fclose(f);
    snprintf(path, sizeof path, "tests/viz/golden/%s.txt", name);
    if (getenv("OPALITE_UPDATE_GOLDEN")) {
        f = fopen(path, "wb");
        assert_non_null(f);
        fwrite(text, 1, bytes, f);
        fclose(f);
    }
    char *golden = read_file(path);
    if (strcmp(golden, text) != 0)
        print_error("%s is now:\n%s", path, text);
    assert_string_equal(text, golden);
    free(golden);
    free(text);
}

static void draw_one(struct screen *t, enum pane_id id, int width, int height,
                     const char *name)
{
    canvas_begin(&t->view.canvas, width, height, t->view.ascii);
    t->view.extent[id] =
        panes[id].draw(&t->view.canvas, &t->model, &t->view.pane[id]);
    compare(&t->view.canvas, name);
}

/* ---- each pane, as narrow as in 80x24 and zoomed
 * ------------------------------ */

static void every_pane_narrow_and_wide(void **state)
{
    static const struct {
        int width, height;
    } narrow[PANE_COUNT] = {
        [PANE_CODE] = { 38, 6 },     [PANE_REGISTERS] = { 41, 6 },
        [PANE_TLB] = { 43, 5 },      [PANE_PROTECTION] = { 36, 5 },
        [PANE_RIGHTS] = { 41, 3 },   [PANE_LEDGER] = { 38, 3 },
        [PANE_EVENTS] = { 49, 3 },   [PANE_CONSOLE] = { 30, 3 },
        [PANE_SCOPE] = { 46, 11 },   [PANE_CACHES] = { 41, 14 },
        [PANE_MAP] = { 80, 9 },      [PANE_STORY] = { 43, 8 },
        [PANE_TIMELINE] = { 46, 8 }, [PANE_SWITCHES] = { 41, 10 },
        [PANE_RATIOS] = { 38, 10 },  [PANE_NOTES] = { 39, 12 },
        [PANE_COMPARE] = { 80, 12 }, [PANE_GRAPH] = { 80, 14 },
    };
    struct screen *t = fixed();
    char name[80];

    (void)state;
    for (int i = 0; i < PANE_COUNT; i++) {
        snprintf(name, sizeof name, "%s_narrow", panes[i].name);
        draw_one(t, (enum pane_id)i, narrow[i].width, narrow[i].height, name);
        snprintf(name, sizeof name, "%s_wide", panes[i].name);
        draw_one(t, (enum pane_id)i, 110, 24, name);
    }
    release(t);
}

static void every_pane_without_a_machine(void **state)
{
    struct screen *t = empty();

    (void)state;
    strcpy(t->model.scenario, "empty.lua");
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_no_machine");
    release(t);
}

static void the_page_table_decides(void **state)
{
    struct screen *t = fixed();

    (void)state;
    t->model.protection = SPROT_PAGETABLE;
    strcpy(t->model.personality, "mas-asid");
    draw_one(t, PANE_PROTECTION, 37, 8, "protection_page_table");
    release(t);
}

/* What does not fit the model is counted, not kept quiet about. */
static void what_is_not_listed_is_counted(void **state)
{
    struct screen *t = fixed();
    char title[100];

    (void)state;
    t->model.ranges_more = 7;
    t->model.domains_more = 40;
    draw_one(t, PANE_PROTECTION, 37, 5, "protection_more");
    assert_int_equal(t->view.extent[PANE_PROTECTION].lines, 3);
    pane_rights_title(&t->model, &t->view.pane[PANE_RIGHTS], title,
                      sizeof title);
    assert_non_null(strstr(title, "43 domains"));
    release(t);
}

static void no_pane_leaves_its_box(void **state)
{
    struct screen *t = fixed();

    (void)state;
    for (int i = 0; i < PANE_COUNT; i++) {
        for (int width = 1; width < 60; width += 7) {
            canvas_begin(&t->view.canvas, 70, 20, false);
            canvas_box(&t->view.canvas, (struct box){ 5, 3, width, 4 });
            panes[i].draw(&t->view.canvas, &t->model, &t->view.pane[i]);
            for (size_t r = 0; r < t->view.canvas.run_count; r++) {
                const struct text_run *run = &t->view.canvas.runs[r];
                assert_in_range(run->x, 5, 5 + width - 1);
                assert_in_range(run->x + run->cells, 6, 5 + width);
                assert_in_range(run->y, 3, 6);
            }
        }
    }
    release(t);
}

static void a_selected_fault_tells_its_story(void **state)
{
    struct screen *t = fixed();

    (void)state;
    t->view.pane[PANE_EVENTS].selected = 0;
    draw_one(t, PANE_EVENTS, 60, 12, "events_story");
    t->view.pane[PANE_EVENTS].selected = 2; /* no fault: no story */
    draw_one(t, PANE_EVENTS, 60, 12, "events_no_story");
    release(t);
}

static void events_can_be_filtered(void **state)
{
    struct screen *t = fixed();

    (void)state;
    t->view.pane[PANE_EVENTS].filtered = true; /* F and S are in the mask */
    canvas_begin(&t->view.canvas, 60, 5, false);
    struct pane_extent e = pane_events_draw(&t->view.canvas, &t->model,
                                            &t->view.pane[PANE_EVENTS]);
    assert_int_equal(e.lines, 2);
    release(t);
}

static void the_ledger_of_the_whole_run(void **state)
{
    struct screen *t = fixed();

    (void)state;
    t->view.pane[PANE_LEDGER].whole = true;
    draw_one(t, PANE_LEDGER, 60, 10, "cycles_whole_run");
    release(t);
}

/* ---- time, and another run beside this one ---------------------------------
 */

static void a_timeline_has_lanes_cursors_and_bookmarks(void **state)
{
    struct screen *t = fixed();

    (void)state;
    view_command(&t->view, "lanes thread");
    draw_one(t, PANE_TIMELINE, 60, 8, "timeline_threads");
    view_command(&t->view, "lanes hart");
    draw_one(t, PANE_TIMELINE, 100, 10, "timeline_harts");
    view_command(&t->view, "lanes domain");
    view_command(&t->view, "cursor a 600000");
    draw_one(t, PANE_TIMELINE, 60, 10, "timeline_one_cursor");
    view_command(&t->view, "cursor b 300000");
    view_command(&t->view, "bookmark revoked 900000");
    draw_one(t, PANE_TIMELINE, 60, 12, "timeline_two_cursors");
    t->model.ruler = (struct ruler){ .state = RULER_COUNTED,
                                     .from = 300000,
                                     .to = 600000,
                                     .counted = { .instructions = 80123,
                                                  .switches = 1,
                                                  .misses = { 1, 2, 3 } } };
    draw_one(t, PANE_TIMELINE, 80, 12, "timeline_measured");
    t->model.ruler.state = RULER_NONE;
    t->model.sample_count = 0; /* a recorded trace has none */
    draw_one(t, PANE_TIMELINE, 60, 12, "timeline_no_samples");
    /* a window about a cursor, as narrow as wanted, and back to all of it */
    for (int i = 0; i < 40; i++)
        view_command(&t->view, "window + 600000");
    struct time_window w = time_window(&t->view.time, &t->model);
    assert_true(w.first <= 600000 && w.last >= 600000);
    assert_in_range(w.last - w.first, 32, 63);
    for (int i = 0; i < 40; i++)
        view_command(&t->view, "window right");
    w = time_window(&t->view.time, &t->model);
    assert_true(w.first > 600000);
    for (int i = 0; i < 40; i++)
        view_command(&t->view, "window -");
    w = time_window(&t->view.time, &t->model);
    assert_int_equal(w.first, 0);
    assert_int_equal(w.last, 1234567);
    release(t);
}

/* Where samples stand right, the difference is one number; else it is known
 * only as well as they tell. */
static void what_lies_between_is_as_exact_as_the_samples(void **state)
{
    struct screen *t = fixed();
    struct sample least, most;

    (void)state;
    model_between(&t->model, 150000, 450000, &least, &most);
    assert_int_equal(least.instructions, 2 * 43000 + 8 * 1000);
    assert_int_equal(most.instructions, least.instructions);
    model_between(&t->model, 160000, 440000, &least, &most);
    assert_int_equal(least.instructions, 0);
    assert_int_equal(most.instructions, 2 * 43000 + 8 * 1000);
    model_between(&t->model, 400000, 500000, &least, &most);
    assert_int_equal(least.switches, 0);
    assert_int_equal(most.switches, 1);
    release(t);
}

static void bookmarks_are_set_listed_and_gone_to(void **state)
{
    struct screen *t = fixed();
    struct view *v = &t->view;
    char line[60];

    (void)state;
    view_command(v, "bookmark revoked 900000");
    view_key(v, 'M'); /* here, under the next free name */
    view_command(v, "bookmarks");
    assert_int_equal(v->overlay, OVERLAY_STORY);
    assert_non_null(strstr(v->story, "revoked          cycle 900,000"));
    assert_non_null(strstr(v->story, "m1               cycle 1,234,567"));
    v->overlay = OVERLAY_NONE;
    view_command(v, "go revoked");
    view_command(v, "cursor b 500000");
    view_command(v, "go b");
    assert_int_equal(v->wish_count, 2);
    assert_int_equal(v->wishes[0].kind, WISH_CYCLE);
    assert_int_equal(v->wishes[0].number, 900000);
    assert_int_equal(v->wishes[1].number, 500000);
    view_command(v, "go nowhere");
    assert_non_null(strstr(v->notice, "no such bookmark"));
    view_command(v, "bookmark 7");
    assert_non_null(strstr(v->notice, "begins with a letter"));
    view_command(v, "bookmark revoked off");
    view_command(v, "go revoked");
    assert_int_equal(v->wish_count, 2);
    for (int i = 0; i < TIME_BOOKMARKS; i++) {
        snprintf(line, sizeof line, "bookmark many%d", i);
        view_command(v, line);
    }
    assert_non_null(strstr(v->notice, "16 already"));
    release(t);
}

static void one_ratio_alone(void **state)
{
    struct screen *t = fixed();

    (void)state;
    view_command(&t->view, "ratio drplb");
    draw_one(t, PANE_RATIOS, 60, 12, "ratios_alone");
    view_command(&t->view, "ratio sw/Mcyc");
    draw_one(t, PANE_RATIOS, 38, 10, "ratios_switches");
    view_command(&t->view, "ratio nothing");
    assert_non_null(strstr(t->view.notice, "one of those"));
    view_command(&t->view, "ratio all");
    assert_int_equal(t->view.pane[PANE_RATIOS].chosen, 0);
    release(t);
}

static void another_run_beside_this_one(void **state)
{
    struct screen *t = fixed();
    struct other_run *o = &t->model.other;

    (void)state;
    model_summary(&t->model, &o->run);
    o->state = OTHER_THERE;
    strcpy(o->label, "mas-asid");
    strcpy(o->point, "switch 2");
    strcpy(o->run.personality, "mas-asid");
    o->run.cycle += 5000;
    o->run.x[10] = 43;
    o->run.bars[0].total += 1000;
    o->run.switch_total.direct = 2000;
    o->run.switch_total.phase[PHASE_KERNEL] = 1662;
    o->run.switches[0].direct = 500;
    o->run.switches[1].direct = 1500;
    t->model.newest.misses[UNIT_DTLB] = 7;
    draw_one(t, PANE_COMPARE, 80, 60, "compare_one_column");
    draw_one(t, PANE_COMPARE, 130, 40, "compare_two_columns");
    draw_one(t, PANE_SWITCHES, 41, 12, "switches_ghost_narrow");
    draw_one(t, PANE_SWITCHES, 110, 12, "switches_ghost_wide");
    memcpy(o->moments, t->model.moments, sizeof o->moments);
    memcpy(o->lanes, t->model.lanes, sizeof o->lanes);
    o->moment_count = t->model.moment_count - 1;
    o->lane_count = t->model.lane_count;
    o->run.cycle = t->model.cycle + 200000; /* so much later, there */
    draw_one(t, PANE_TIMELINE, 80, 20, "timeline_beside");
    draw_one(t, PANE_TIMELINE, 80, 6, "timeline_no_room_beside");
    t->view.ascii = true;
    draw_one(t, PANE_SWITCHES, 80, 12, "switches_ghost_ascii");
    t->view.ascii = false;
    o->state = OTHER_BEHIND;
    o->percent = 43;
    draw_one(t, PANE_SWITCHES, 60, 12, "switches_ghost_behind");
    o->state = OTHER_FAILED;
    strcpy(o->why, "x.lua:3: this scenario is about RPLBs");
    draw_one(t, PANE_COMPARE, 80, 5, "compare_failed");
    release(t);
}

static void rights_scroll_sideways(void **state)
{
    struct screen *t = fixed();

    (void)state;
    t->view.pane[PANE_RIGHTS].column = 1;
    draw_one(t, PANE_RIGHTS, 41, 4, "rights_second_column");
    release(t);
}

/* ---- the whole screen
 * --------------------------------------------------------- */

static void screens(void **state)
{
    struct screen *t = fixed();

    (void)state;
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_80x24");
    view_draw(&t->view, 132, 43);
    compare(&t->view.canvas, "screen_132x43");
    t->view.ascii = true;
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_ascii");
    for (size_t r = 0; r < t->view.canvas.run_count; r++) {
        const struct text_run *run = &t->view.canvas.runs[r];
        const char *text = t->view.canvas.text + run->text;
        for (size_t i = 0; i < run->bytes; i++)
            assert_in_range((unsigned char)text[i], 0x20, 0x7e);
    }
    release(t);
}

static void too_small_a_terminal_says_so(void **state)
{
    struct screen *t = fixed();

    (void)state;
    for (int width = 1; width < 90; width += 11)
        for (int height = 1; height < 30; height += 5)
            view_draw(&t->view, width, height); /* must not crash */
    view_draw(&t->view, 79, 24);
    compare(&t->view.canvas, "screen_too_small");
    release(t);
}

static void keys_that_look(void **state)
{
    struct screen *t = fixed();

    (void)state;
    view_draw(&t->view, 80, 24);
    press(t, '\t');
    assert_int_equal(t->view.focus, PANE_REGISTERS);
    press(t, KEY_OF_BACKTAB);
    press(t, KEY_OF_BACKTAB);
    assert_int_equal(t->view.focus, PANE_CONSOLE);
    view_command(&t->view, "pane registers");
    press(t, KEY_OF_END);
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_scrolled");
    press(t, KEY_OF_DOWN); /* at the end: no further */
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_scrolled");
    press(t, 'z');
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_zoomed");
    press(t, 'z');
    press(t, '?');
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_help");
    press(t, 'k'); /* any key closes it, and does nothing else */
    assert_int_equal(t->view.overlay, OVERLAY_NONE);
    press(t, 'x');
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_story");
    press(t, 27);
    press(t, 'm');
    press(t, 'f');
    press(t, 't');
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_mask");
    press(t, '\n');
    assert_int_equal(t->model.stops, 1u << STOP_ON_SWITCH | 1u << STOP_ON_TRAP);
    assert_int_equal(t->view.overlay, OVERLAY_NONE);
    press(t, 'd');
    press(t, KEY_OF_DOWN);
    view_draw(&t->view, 80, 24);
    compare(&t->view.canvas, "screen_breaks");
    press(t, 27);
    for (int i = 0; i < 50; i++)
        press(t, '+');
    assert_string_equal(runner_speed_text(t->model.speed), "max");
    for (int i = 0; i < 50; i++)
        press(t, '-');
    assert_string_equal(runner_speed_text(t->model.speed), "1/s");
    press(t, 'q');
    assert_true(t->view.quit);
    release(t);
}

static void help_can_be_read_to_its_end(void **state)
{
    struct screen *t = fixed();
    char *text = NULL;
    size_t bytes;

    (void)state;
    view_draw(&t->view, 80, 24);
    view_key(&t->view, '?');
    view_draw(&t->view, 80, 24);
    view_key(&t->view, KEY_OF_END);
    view_draw(&t->view, 80, 24);
    FILE *f = open_memstream(&text, &bytes);
    canvas_write_text(&t->view.canvas, f);
    fclose(f);
    assert_non_null(strstr(text, "console:"));
    assert_non_null(strstr(text, "checks"));
    free(text);
    release(t);
}

/* ---- the model's own parts
 * ------------------------------------------------------ */

static void console_lines(void **state)
{
    struct model *m = calloc(1, sizeof *m);
    char long_line[500];

    (void)state;
    model_init(m, NULL, NULL);
    model_print(m, "one\ntw", 6);
    model_print(m, "o\n\n", 3);
    assert_int_equal(m->console_lines, 3);
    assert_string_equal(model_console_line(m, 0), "one");
    assert_string_equal(model_console_line(m, 1), "two");
    assert_string_equal(model_console_line(m, 2), "");
    memset(long_line, 'x', sizeof long_line);
    model_print(m, long_line, sizeof long_line);
    assert_true(strlen(model_console_line(m, 3)) < MODEL_LINE);
    for (int i = 0; i < 2 * MODEL_CONSOLE; i++)
        model_print(m, "again\n", 6);
    assert_string_equal(model_console_line(m, 0), ""); /* overwritten */
    model_free(m);
    free(m);
}

static void events_are_a_ring(void **state)
{
    struct screen *t = fixed();
    struct model *m = &t->model;

    (void)state;
    for (int i = 0; i < MODEL_EVENTS; i++)
        add_event(m, (uint64_t)i, '.', "later", NULL);
    assert_null(model_event(m, 5));
    assert_non_null(model_event(m, m->event_count - 1));
    assert_null(model_event(m, m->event_count));
    release(t);
}

static void stories_are_a_ring(void **state)
{
    struct screen *t = fixed();
    struct model *m = &t->model;
    struct event_row first = *model_event(m, 5);

    (void)state;
    assert_non_null(model_story(m, &first));
    for (int i = 0; i < MODEL_STORIES; i++)
        add_event(m, 1, 'F', "fault", "another story");
    assert_null(model_story(m, &first));
    assert_string_equal(model_story(m, model_event(m, m->event_count - 1)),
                        "another story");
    release(t);
}

static void numbers(void **state)
{
    char text[40];

    (void)state;
    grouped_number(0, text, sizeof text);
    assert_string_equal(text, "0");
    grouped_number(UINT64_MAX, text, sizeof text);
    assert_string_equal(text, "18,446,744,073,709,551,615");
    size_text(4096, text, sizeof text);
    assert_string_equal(text, "4K");
    size_text(0x40000000, text, sizeof text);
    assert_string_equal(text, "1G");
    size_text(4097, text, sizeof text);
    assert_string_equal(text, "4097");
    percent_text(1, 3, text, sizeof text);
    assert_string_equal(text, "33.3%");
    percent_text(0, 0, text, sizeof text);
    assert_string_equal(text, "-");
    percent_text(UINT64_MAX, UINT64_MAX, text, sizeof text);
    assert_string_equal(text, "100.0%");
    address_text(0xffffffc080001000, 12, text, sizeof text);
    assert_string_equal(text, "..c080001000");
    address_text(0x1000, 6, text, sizeof text);
    assert_string_equal(text, "  1000");
}

static void script_keys(void **state)
{
    const char *script = "a<tab>< <lt>";
    int key;
    bool bad;

    (void)state;
    assert_true(view_script_key(&script, &key, &bad));
    assert_int_equal(key, 'a');
    assert_true(view_script_key(&script, &key, &bad));
    assert_int_equal(key, '\t');
    assert_false(view_script_key(&script, &key, &bad));
    assert_true(bad);
    script = "<lt>";
    assert_true(view_script_key(&script, &key, &bad));
    assert_int_equal(key, '<');
    assert_false(view_script_key(&script, &key, &bad));
    assert_false(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pane_narrow_and_wide),
        cmocka_unit_test(every_pane_without_a_machine),
        cmocka_unit_test(the_page_table_decides),
        cmocka_unit_test(what_is_not_listed_is_counted),
        cmocka_unit_test(no_pane_leaves_its_box),
        cmocka_unit_test(a_selected_fault_tells_its_story),
        cmocka_unit_test(events_can_be_filtered),
        cmocka_unit_test(the_ledger_of_the_whole_run),
        cmocka_unit_test(a_timeline_has_lanes_cursors_and_bookmarks),
        cmocka_unit_test(what_lies_between_is_as_exact_as_the_samples),
        cmocka_unit_test(bookmarks_are_set_listed_and_gone_to),
        cmocka_unit_test(one_ratio_alone),
        cmocka_unit_test(another_run_beside_this_one),
        cmocka_unit_test(rights_scroll_sideways),
        cmocka_unit_test(screens),
        cmocka_unit_test(too_small_a_terminal_says_so),
        cmocka_unit_test(keys_that_look),
        cmocka_unit_test(help_can_be_read_to_its_end),
        cmocka_unit_test(console_lines),
        cmocka_unit_test(events_are_a_ring),
        cmocka_unit_test(stories_are_a_ring),
        cmocka_unit_test(numbers),
        cmocka_unit_test(script_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
