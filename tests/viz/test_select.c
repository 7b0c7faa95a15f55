// SPDX-License-Identifier: Apache-2.0
/*
 * Working in the panes: rows sorted, filtered, pointed at and copied; one
 * selection that all panes light; menus; the map from all of the space to a
 * page. A model made by hand, driven by commands, keys and the pointer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/viz/harness_overlap.h"
#include "viz/pane/space.h"
#include "viz/view/view.h"

struct screen {
    struct model model;
    struct view view;
};

static void add_tlb(struct model *m, uint64_t va, uint32_t owner)
{
    struct tlb_row *t = &m->tlb[m->tlb_count];

    *t = (struct tlb_row){ .unit = UNIT_DTLB,
                           .mark = ' ',
                           .va = va,
                           .pa = 0x80000000 + (uint64_t)m->tlb_count * 0x1000,
                           .bytes = 4096,
                           .rights = RIGHT_R,
                           .owner_id = owner,
                           .age = (uint32_t)m->tlb_count };
    snprintf(t->owner, sizeof t->owner, "%s",
             owner == 1   ? "alice"
             : owner == 2 ? "bob"
                          : "");
    m->tlb_count++;
}

static void add_segment(struct model *m, const char *name, uint64_t base,
                        uint64_t bytes, int alice, int bob)
{
    struct segment_row *s = &m->segments[m->segment_count++];

    *s = (struct segment_row){ .base = base, .bytes = bytes };
    snprintf(s->name, sizeof s->name, "%s", name);
    s->rights[0] = (uint8_t)alice;
    s->rights[1] = (uint8_t)bob;
    s->address[0] = s->address[1] = base;
}

static void add_event(struct model *m, char letter, uint64_t va,
                      uint32_t domain, const char *text)
{
    struct event_row *e = &m->events[m->event_count % MODEL_EVENTS];

    *e = (struct event_row){ .serial = m->event_count,
                             .cycle = m->event_count * 100,
                             .letter = letter,
                             .va = va,
                             .domain_id = domain };
    snprintf(e->text, sizeof e->text, "%s", text);
    m->event_count++;
}

static struct screen *open_screen(void)
{
    struct screen *t = calloc(1, sizeof *t);
    struct model *m = &t->model;

    assert_non_null(t);
    model_init(m, NULL, NULL);
    strcpy(m->scenario, "hand.lua");
    m->has_machine = m->one_space = true;
    m->protection = SPROT_RPLB;
    m->cycle = 1000;
    for (int u = 0; u < UNIT_COUNT; u++)
        m->units[u].name = unit_name((enum unit)u);
    m->domain_count = 2;
    m->domains[0] = (struct domain_row){ .id = 1, .name = "alice" };
    m->domains[1] = (struct domain_row){ .id = 2, .name = "bob" };
    add_segment(m, "secret", 0x10000000, 4096, RIGHT_R | RIGHT_W, 0);
    add_segment(m, "shared", 0x10001000, 8192, RIGHT_R, RIGHT_R | RIGHT_W);
    add_segment(m, "far away", 0x3000000000, 65536, 0, RIGHT_R);
    add_tlb(m, 0x10002000, 0);
    add_tlb(m, 0x10000000, 1);
    add_tlb(m, 0x10001000, 2);
    m->ranges[m->range_count++] = (struct range_row){
        .unit = UNIT_DRPLB,
        .mark = ' ',
        .domain = 2,
        .domain_name = "bob",
        .segment = "shared",
        .base = 0x10001000,
        .limit = 0x10003000,
        .rights = RIGHT_R | RIGHT_W,
    };
    add_event(m, 'M', 0x10000008, 1, "alice: dtlb miss at 0x10000008");
    add_event(m, 'S', 0, 2, "bob: switch from alice");
    view_init(&t->view, m);
    view_draw(&t->view, 160, 42);
    return t;
}

static void close_screen(struct screen *t)
{
    model_free(&t->model);
    view_free(&t->view);
    free(t);
}

static void type(struct view *v, const char *keys)
{
    bool bad;
    int key;

    while (view_script_key(&keys, &key, &bad))
        view_key(v, key);
}

/* Line y of what a pane shows, as text; valid until the next call. */
static const char *line_of(struct screen *t, enum pane_id id, int y)
{
    static char line[600];
    struct view *v = &t->view;
    char *text = NULL, *at;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);

    canvas_begin(&v->canvas, 110, 24, false);
    v->pane[id].selection = &v->selection;
    v->extent[id] = panes[id].draw(&v->canvas, v->model, &v->pane[id]);
    canvas_write_text(&v->canvas, f);
    fclose(f);
    at = text;
    for (int i = 0; i < y && at; i++)
        at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
    snprintf(line, sizeof line, "%.*s", at ? (int)strcspn(at, "\n") : 0,
             at ? at : "");
    free(text);
    return line;
}

static void says(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("\"%s\" is not in: %s", wanted, text);
}

static void says_not(const char *text, const char *wanted)
{
    if (strstr(text, wanted))
        fail_msg("\"%s\" is in: %s", wanted, text);
}

/* ---- rows ------------------------------------------------------------------
 */

static void rows_are_sorted(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    says(line_of(t, PANE_TLB, 1), "10002000");
    view_command(v, "sort va TLB");
    says(line_of(t, PANE_TLB, 0), "▲va");
    says(line_of(t, PANE_TLB, 1), "10000000");
    says(line_of(t, PANE_TLB, 3), "10002000");
    view_command(v, "sort va TLB"); /* again: the other way */
    says(line_of(t, PANE_TLB, 0), "▼va");
    says(line_of(t, PANE_TLB, 1), "10002000");
    says(line_of(t, PANE_TLB, 3), "10000000");
    view_command(v, "sort va TLB"); /* once more: as it was */
    says(line_of(t, PANE_TLB, 2), "10000000");
    view_command(v, "sort own TLB"); /* by text; the name's beginning will do */
    says(line_of(t, PANE_TLB, 2), "alice");
    view_command(v, "sort size rights");
    says(line_of(t, PANE_RIGHTS, 1), "secret");
    view_command(v, "sort - rights");
    says(line_of(t, PANE_RIGHTS, 1), "far away");
    view_command(v, "sort bob rights"); /* a column per domain */
    says(line_of(t, PANE_RIGHTS, 1), "secret");
    view_command(v, "sort nothing TLB");
    says(v->notice, "no column nothing");
    view_command(v, "sort va console");
    says(v->notice, "no columns");
    close_screen(t);
}

/* The key goes through the columns; clicks on heads do the same as commands. */
static void heads_can_be_clicked(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;
    const struct box *b = &v->place[PANE_TLB];

    (void)state;
    v->focus = PANE_TLB;
    type(v, "O");
    says(v->notice, "TLB: by unit");
    type(v, "OV");
    says(v->notice, "by va, the other way");
    view_command(v, "sort - TLB");
    view_draw(v, 160, 42);
    for (int x = b->x; x < b->x + b->width; x++) {
        const struct zone *z = canvas_zone_at(&v->canvas, x, b->y + 1);
        if (!z || strcmp(v->canvas.text + z->command, "sort age TLB") != 0)
            continue;
        view_pointer_press(v, x, b->y + 1, false);
        says(v->notice, "TLB: by age");
        close_screen(t);
        return;
    }
    fail_msg("the head of the column age cannot be clicked");
}

static void rows_are_filtered(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;
    char title[100];

    (void)state;
    v->focus = PANE_TLB;
    type(v, "/BOB<enter>"); /* any column, large or small letters */
    says(line_of(t, PANE_TLB, 1), "10001000");
    assert_int_equal(v->extent[PANE_TLB].lines, 1);
    panes[PANE_TLB].title(v->model, &v->pane[PANE_TLB], title, sizeof title);
    says(title, "those that say \"BOB\"");
    type(v, "<esc>");
    (void)line_of(t, PANE_TLB, 0);
    assert_int_equal(v->extent[PANE_TLB].lines, 3);
    v->focus = PANE_REGISTERS; /* no rows: events */
    type(v, "/switch<enter>");
    assert_int_equal(v->focus, PANE_EVENTS);
    (void)line_of(t, PANE_EVENTS, 0);
    assert_int_equal(v->extent[PANE_EVENTS].lines, 1);
    close_screen(t);
}

static void rows_are_copied(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    view_command(v, "copy");
    says(v->notice, "nothing is selected");
    assert_string_equal(v->copied, "");
    view_command(v, "row 1 TLB");
    type(v, "y");
    assert_string_equal(v->copied,
                        "D \t10000000\t80001000\t4K\tr-----\t0\t1\talice");
    view_command(v, "copy all");
    says(v->copied, "unit\tva\tpa\tsize\trights\tasid\tage\towner\n");
    says(v->copied, "\nD \t10001000\t");
    view_command(v, "select segment secret");
    v->focus = PANE_CODE;
    view_command(v, "copy");
    assert_string_equal(v->copied,
                        "segment secret, 4K at 10000000: alice rw--");
    close_screen(t);
}

/* ---- the cursor ------------------------------------------------------------
 */

static void the_cursor_selects(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    v->focus = PANE_TLB;
    type(v, "<down>");
    assert_int_equal(v->pane[PANE_TLB].selected, 0);
    assert_int_equal(v->selection.kind, SELECT_ADDRESS);
    assert_int_equal(v->selection.va, 0x10002000);
    type(v, "<down><down><down><down>"); /* no further than the last */
    assert_int_equal(v->pane[PANE_TLB].selected, 2);
    assert_int_equal(v->selection.va, 0x10001000);
    type(v, "<home>");
    assert_int_equal(v->selection.va, 0x10002000);
    says(v->notice, "in segment shared");
    type(v, "<esc>");
    assert_int_equal(v->selection.kind, SELECT_NONE);
    view_command(v, "row 99 TLB");
    says(v->notice, "no row 99");
    close_screen(t);
}

/* Rows move while the machine runs; the cursor stays with its thing. */
static void the_cursor_stays_with_its_row(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;
    struct tlb_row first = t->model.tlb[0];

    (void)state;
    view_command(v, "row 0 TLB");
    view_draw(v, 160, 42);
    t->model.tlb[0] = t->model.tlb[2];
    t->model.tlb[2] = first;
    view_draw(v, 160, 42);
    assert_int_equal(v->pane[PANE_TLB].selected, 2);
    t->model.tlb_count = 2; /* it has been evicted */
    view_draw(v, 160, 42);
    assert_int_equal(v->pane[PANE_TLB].selected, -1);
    assert_int_equal(v->selection.va, 0x10002000);
    close_screen(t);
}

static void the_cursor_is_in_sight(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    for (int i = 0; i < 100; i++)
        add_tlb(&t->model, 0x20000000 + (uint64_t)i * 0x1000, 0);
    v->focus = PANE_TLB;
    type(v, "<end>");
    view_draw(v, 160, 42);
    const struct pane_view *p = &v->pane[PANE_TLB];
    assert_int_equal(p->selected, 102);
    assert_int_equal(p->scroll + v->extent[PANE_TLB].shown, 103);
    type(v, "<home>");
    view_draw(v, 160, 42);
    assert_int_equal(p->scroll, 0);
    close_screen(t);
}

/* ---- one selection, all panes
 * ------------------------------------------------
 */

static void what_is_selected_is_lit_everywhere(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    t->model.x[10] = 0x10001008;
    view_command(v, "select segment shared");
    says(line_of(t, PANE_TLB, 1), "»");     /* 10002000, its second page */
    says_not(line_of(t, PANE_TLB, 2), "»"); /* 10000000 is secret */
    says(line_of(t, PANE_TLB, 3), "»");     /* 10001000 */
    says(line_of(t, PANE_PROTECTION, 1), "»");
    says(line_of(t, PANE_RIGHTS, 2), "»");
    says_not(line_of(t, PANE_RIGHTS, 1), "»");
    says(line_of(t, PANE_REGISTERS, 0), "a0 »");
    says_not(line_of(t, PANE_EVENTS, 0), "»");
    view_command(v, "select address 10000008");
    says(line_of(t, PANE_EVENTS, 0), "»");
    says(line_of(t, PANE_RIGHTS, 1), "»");
    says(line_of(t, PANE_TLB, 2), "»");
    view_command(v, "select domain bob");
    says(line_of(t, PANE_TLB, 3), "»");
    says_not(line_of(t, PANE_TLB, 2), "»");
    says(line_of(t, PANE_EVENTS, 1), "»");
    says(line_of(t, PANE_RIGHTS, 0), "»bob");
    says(line_of(t, PANE_MAP, 6), "»bob");
    view_command(v, "select none");
    says_not(line_of(t, PANE_TLB, 3), "»");
    close_screen(t);
}

/* With several spaces an address is somebody's. */
static void in_several_spaces_an_address_has_an_owner(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    t->model.one_space = false;
    t->model.segments[1].address[1] = 0x10000000; /* shared, as bob sees it */
    view_command(v, "select segment shared");
    says_not(line_of(t, PANE_TLB, 2), "»"); /* alice's 10000000 */
    t->model.tlb[1].owner_id = 2;
    says(line_of(t, PANE_TLB, 2), "»"); /* bob's */
    view_command(v, "select address 10000000 alice");
    says_not(line_of(t, PANE_TLB, 2), "»");
    says(line_of(t, PANE_RIGHTS, 1), "»"); /* to alice that is secret */
    says_not(line_of(t, PANE_RIGHTS, 2), "»");
    view_command(v, "select address 10000000 bob");
    says(line_of(t, PANE_RIGHTS, 2), "»");
    close_screen(t);
}

static void going_there(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    view_command(v, "find");
    says(v->notice, "nothing is selected");
    view_command(v, "select segment shared");
    view_command(v, "find TLB");
    assert_int_equal(v->focus, PANE_TLB);
    assert_int_equal(v->pane[PANE_TLB].selected, 0);
    assert_int_equal(v->selection.kind, SELECT_SEGMENT); /* still it */
    view_command(v, "find");
    assert_int_equal(v->focus, PANE_MAP);
    assert_true(v->pane[PANE_MAP].first <= 0x10001000);
    assert_true(v->pane[PANE_MAP].last >= 0x10002fff);
    view_command(v, "select domain bob");
    view_command(v, "find");
    assert_int_equal(v->focus, PANE_RIGHTS);
    assert_int_equal(v->pane[PANE_RIGHTS].column, 1);
    view_command(v, "find events");
    assert_int_equal(v->pane[PANE_EVENTS].selected, 0); /* the newest */
    view_command(v, "select address 10000008 alice");
    view_command(v, "find");
    assert_int_equal(v->wishes[v->wish_count - 1].kind, WISH_EXPLAIN);
    assert_int_equal(v->wishes[v->wish_count - 1].number, 0x10000008);
    view_command(v, "select segment nowhere");
    says(v->notice, "no segment nowhere");
    view_command(v, "select domain nobody");
    says(v->notice, "no domain nobody");
    view_command(v, "select what");
    says(v->notice, "select address|segment");
    view_command(v, "find zebra");
    says(v->notice, "no pane zebra");
    close_screen(t);
}

static void names_are_completed(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    type(v, ":graph wa<tab>");
    assert_string_equal(v->line, "graph waits ");
    type(v, "<esc>:select segment sec<tab>");
    assert_string_equal(v->line, "select segment secret ");
    type(v, "<esc>:find prot<tab>");
    assert_string_equal(v->line, "find protection ");
    v->commanding = false;
    v->focus = PANE_TLB;
    type(v, ":sort own<tab><enter>");
    says(v->notice, "TLB: by owner");
    close_screen(t);
}

/* ---- menus
 * -------------------------------------------------------------------
 */

/* Every item is a command that is there. */
static void check_items(const struct view *v)
{
    assert_true(v->menu.count > 0);
    for (int i = 0; i < v->menu.count; i++) {
        const char *command = v->menu.item[i].command;
        bool known = false;
        for (int k = 0; view_word(k); k++)
            known |= strlen(view_word(k)) == strcspn(command, " ") &&
                     strncmp(view_word(k), command, strlen(view_word(k))) == 0;
        if (!known)
            fail_msg("no such command: %s", command);
    }
}

static void menus(void **state)
{
    static const char *const selections[] = {
        "select address 10000008 bob", "select segment shared",
        "select domain bob", "select thread 3", "select none"
    };
    struct screen *t = open_screen();
    struct view *v = &t->view;

    (void)state;
    for (size_t i = 0; i < sizeof selections / sizeof selections[0]; i++) {
        view_command(v, selections[i]);
        type(v, "<enter>");
        assert_int_equal(v->overlay, OVERLAY_MENU);
        check_items(v);
        view_draw(v, 160, 42);
        view_draw(v, 80, 24);
        type(v, "<esc>");
        assert_int_equal(v->overlay, OVERLAY_NONE);
    }
    view_draw(v, 160, 42);
    view_command(v, "select address 10000008 bob");
    type(v, "<enter><enter>"); /* the first item: explain */
    assert_int_equal(v->overlay, OVERLAY_NONE);
    assert_int_equal(v->wishes[v->wish_count - 1].kind, WISH_EXPLAIN);
    assert_string_equal(v->wishes[v->wish_count - 1].domain, "bob");
    view_command(v, "select segment shared");
    type(v, "<enter>");
    for (int i = 0; i < v->menu.count; i++)
        if (strncmp(v->menu.item[i].command, "watch", 5) == 0)
            v->menu.chosen = i;
    type(v, "<enter>");
    assert_int_equal(v->wishes[v->wish_count - 1].kind, WISH_POINT);
    assert_string_equal(v->wishes[v->wish_count - 1].text,
                        "watch 0x10001000,8192");
    type(v, "<enter><down><up><up>"); /* round to the last one: help */
    type(v, "<enter>");
    assert_int_equal(v->overlay, OVERLAY_HELP);
    close_screen(t);
}

static void the_other_button(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;
    const struct box *b = &v->place[PANE_TLB];

    (void)state;
    view_pointer_menu(v, b->x + 5, b->y + 3); /* the second row */
    assert_int_equal(v->overlay, OVERLAY_MENU);
    assert_int_equal(v->focus, PANE_TLB);
    assert_int_equal(v->selection.va, 0x10000000);
    view_draw(v, 160, 42);
    for (int y = 0; y < 42; y++) {
        const struct zone *z = canvas_zone_at(&v->canvas, b->x + 8, y);
        if (!z || strcmp(v->canvas.text + z->command, "find rights") != 0)
            continue;
        view_pointer_press(v, b->x + 8, y, false);
        assert_int_equal(v->overlay, OVERLAY_NONE);
        assert_int_equal(v->focus, PANE_RIGHTS);
        view_pointer_menu(v, b->x + 8, y);
        view_draw(v, 160, 42);
        view_pointer_press(v, 0, 0, false); /* beside it: nothing happens */
        assert_int_equal(v->overlay, OVERLAY_NONE);
        close_screen(t);
        return;
    }
    fail_msg("the menu has no item 'go rights'");
}

/* ---- the map
 * -----------------------------------------------------------------
 */

static void the_map_zooms_from_all_to_a_page(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;
    struct pane_view *p = &v->pane[PANE_MAP];

    (void)state;
    view_command(v, "map all");
    assert_int_equal(v->focus, PANE_MAP);
    assert_true(p->first == 0 && p->last == UINT64_MAX);
    type(v, "((((");
    assert_true(p->first == 0 && p->last == UINT64_MAX);
    for (int i = 0; i < 70; i++) {
        uint64_t span = p->last - p->first;
        type(v, ")");
        assert_true(p->last > p->first);
        assert_true(p->last - p->first <= span);
    }
    assert_true(p->last - p->first < 2 * SPACE_LEAST);
    for (int i = 0; i < 70; i++)
        type(v, "(");
    assert_true(p->first == 0 && p->last == UINT64_MAX);
    view_command(v, "map fit");
    assert_true(p->first <= 0x10000000 && p->last >= 0x300000ffff);
    view_command(v, "map shared 8192");
    assert_true(p->first <= 0x10001000 && p->last >= 0x10002fff);
    assert_true(p->last - p->first < 65536);
    view_command(v, "map order");
    assert_false(space_is_scaled(p));
    view_command(v, "map nowhere");
    says(v->notice, "expected an address");
    close_screen(t);
}

/* The wheel zooms around what is under it; dragging and arrows move it. */
static void the_map_follows_the_pointer(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;
    struct pane_view *p = &v->pane[PANE_MAP];

    (void)state;
    v->graphic = true;
    type(v, "3");
    view_draw(v, 160, 42);
    struct box b = v->place[PANE_MAP];
    view_command(v, "map shared 8192");
    int left = b.x + 1 + 12, width = b.width - 2 - 12; /* of the lanes */
    uint64_t span = p->last - p->first;
    uint64_t under = p->first + span / 4;
    view_pointer_wheel(v, left + width / 4, b.y + 5, -3);
    assert_in_range(p->last - p->first, span / 2 - 2, span / 2 + 2);
    uint64_t now = p->first + (p->last - p->first) / 4;
    assert_in_range(now, under - span / 100, under + span / 100);
    view_pointer_wheel(v, left + width / 4, b.y + 5, 3);
    assert_in_range(p->last - p->first, span - 4, span + 4);
    uint64_t first = p->first;
    view_pointer_press(v, left + 60, b.y + 9, false);
    view_pointer_move(v, left + 60 - width / 10, b.y + 9);
    view_pointer_release(v);
    assert_in_range(p->first, first + span / 12, first + span / 8);
    first = p->first;
    view_pointer_move(v, left, b.y + 9); /* no longer dragged */
    assert_true(p->first == first);
    type(v, "<right>");
    assert_true(p->first > first);
    for (int i = 0; i < 30; i++)
        type(v, "((");
    type(v, "<left><left><left>");
    assert_true(p->first == 0 && p->last == UINT64_MAX);
    close_screen(t);
}

static void names_on_the_map_never_overlap(void **state)
{
    struct screen *t = open_screen();
    struct view *v = &t->view;
    char name[20], what[60];

    (void)state;
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "segment %d", i);
        add_segment(&t->model, name, 0x20000000 + (uint64_t)(i * i) * 0x1800,
                    i % 3 ? 4096 : 100, i % 2 ? RIGHT_R : 0, RIGHT_R | RIGHT_X);
    }
    v->graphic = true;
    type(v, "3");
    for (int several = 0; several < 2; several++) {
        t->model.one_space = !several;
        view_command(v, "map all");
        for (int i = 0; i < 60; i++) {
            snprintf(what, sizeof what, "%s, zoom %d",
                     several ? "several spaces" : "one space", i);
            view_draw(v, i % 2 ? 160 : 80, i % 2 ? 42 : 24);
            check_overlap(&v->canvas, what);
            space_zoom(&t->model, &v->pane[PANE_MAP], 1, 0.02);
        }
    }
    close_screen(t);
}

/* The strip of the whole goes up with the address, and has all of them. */
static void the_strip_has_every_address(void **state)
{
    double before = -1;

    (void)state;
    for (int bit = 0; bit < 64; bit++) {
        double at = space_strip(UINT64_C(1) << bit, 38);
        assert_true(at >= before && at >= 0 && at <= 1);
        before = at;
    }
    assert_true(space_strip(0, 38) == 0);
    assert_true(space_strip(UINT64_MAX, 38) == 1);
    assert_true(space_strip(0xffffffc080000000, 38) > 0.54);
    assert_true(space_strip(0x10000000, 38) < 0.46);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted),
        cmocka_unit_test(heads_can_be_clicked),
        cmocka_unit_test(rows_are_filtered),
        cmocka_unit_test(rows_are_copied),
        cmocka_unit_test(the_cursor_selects),
        cmocka_unit_test(the_cursor_stays_with_its_row),
        cmocka_unit_test(the_cursor_is_in_sight),
        cmocka_unit_test(what_is_selected_is_lit_everywhere),
        cmocka_unit_test(in_several_spaces_an_address_has_an_owner),
        cmocka_unit_test(going_there),
        cmocka_unit_test(names_are_completed),
        cmocka_unit_test(menus),
        cmocka_unit_test(the_other_button),
        cmocka_unit_test(the_map_zooms_from_all_to_a_page),
        cmocka_unit_test(the_map_follows_the_pointer),
        cmocka_unit_test(names_on_the_map_never_overlap),
        cmocka_unit_test(the_strip_has_every_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
