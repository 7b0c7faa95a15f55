// SPDX-License-Identifier: Apache-2.0
/*
 * The graph pane with a real machine: the same graphs as `opalite graph`, read
 * only while the pane is seen, compared with the bookmark, and without effect
 * on the run; where its nodes are, asked of a process that may be missing, slow
 * or wrong; a picture in which nothing overlaps, and clicks on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/viz/harness_overlap.h"
#include "viz/graph/places.h"
#include "viz/view/view.h"

enum { SLICE = 20000 };

static void obey(struct runner *r, enum wish_kind kind, uint64_t number)
{
    const struct wish w = { .kind = kind, .number = number };

    runner_obey(r, &w);
    runner_finish(r, SLICE);
}

static struct runner *open_runner(const char *path)
{
    struct session_options options = { .path = path, .seed = 1 };
    struct runner *r = malloc(sizeof *r);
    struct err err;

    assert_non_null(r);
    assert_true(runner_open(r, &options, HISTORY_BYTES, &err));
    obey(r, WISH_BEGIN, 0);
    return r;
}

static void close_runner(struct runner *r)
{
    (void)runner_close(r);
    free(r);
}

/* Draws, and has the runner do what the drawing asks for, as the front ends. */
static void show(struct view *v, struct runner *r)
{
    view_draw(v, 160, 42);
    view_obeyed_by(v, r);
    view_draw(v, 160, 42);
}

static void command(struct view *v, struct runner *r, const char *line)
{
    view_command(v, line);
    view_obeyed_by(v, r);
    runner_finish(r, SLICE);
    show(v, r);
}

static const char *text_of(const struct model_graph *g, uint32_t offset)
{
    return g->text + offset;
}

/* The node of that title, or -1. */
static int node_titled(const struct model_graph *g, const char *title)
{
    for (uint32_t i = 0; i < g->node_count; i++)
        if (strcmp(text_of(g, g->node[i].title), title) == 0)
            return (int)i;
    return -1;
}

static const struct model_edge *edge_between(const struct model_graph *g,
                                             const char *from, const char *to)
{
    int a = node_titled(g, from), b = node_titled(g, to);

    for (uint32_t i = 0; i < g->edge_count; i++)
        if (g->edge[i].from == a && g->edge[i].to == b)
            return &g->edge[i];
    return NULL;
}

static void screen_says(const struct view *v, const char *wanted)
{
    char *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);

    canvas_write_text(&v->canvas, f);
    fclose(f);
    if (!strstr(text, wanted))
        fail_msg("\"%s\" is not in:\n%s", wanted, text);
    free(text);
}

/* ---- reading
 * -----------------------------------------------------------------
 */

/* Every kind: nodes and edges of the pane are those of the readers. */
static void the_same_graphs_as_the_command(void **state)
{
    struct runner *r = open_runner("scenarios/03_name_is_not_a_right.lua");
    struct graph_seen *seen = calloc(1, sizeof *seen);
    const struct model_graph *shown = &r->model.graph;
    struct view v;
    char line[60];

    (void)state;
    assert_non_null(seen);
    obey(r, WISH_EVENT, 0);
    view_init(&v, &r->model);
    for (int i = 0; i < GRAPH_KINDS; i++) {
        struct graph g = { 0 };
        struct graph_question q = { .domain =
                                        machine_domain(r->session->machine),
                                    .all_domains = true,
                                    .seen = seen };
        struct err err;
        snprintf(line, sizeof line, "graph %s", graph_kinds[i].name);
        command(&v, r, line);
        assert_true(shown->read);
        assert_int_equal(shown->kind, i);
        assert_int_equal(shown->lost, 0);
        assert_true(graph_kinds[i].read(&g, r->session->machine, &q, &err));
        if (!graph_kinds[i].needs_seen) {
            assert_int_equal(shown->node_count, g.node_count);
            assert_int_equal(shown->edge_count, g.edge_count);
        }
        for (size_t n = 0; n < g.node_count && !graph_kinds[i].needs_seen; n++)
            assert_string_equal(text_of(shown, shown->node[n].id),
                                g.node[n].id);
        assert_true(shown->node_count > 0 && shown->hidden == 0);
        graph_free(&g);
    }
    view_free(&v);
    close_runner(r);
    free(seen);
}

/* What nobody looks at is not read. */
static void only_while_it_is_seen(void **state)
{
    struct runner *r = open_runner("tests/viz/live.lua");
    struct view v;

    (void)state;
    view_init(&v, &r->model);
    show(&v, r);
    assert_false(r->model.graph.read);
    command(&v, r, "graph rights");
    assert_true(r->model.graph.read);
    command(&v, r, "set 1");
    assert_false(r->model.graph.read);
    view_free(&v);
    close_runner(r);
}

/* What counts needs every event from the beginning on, looked at or not. */
static void calls_and_waits_know_the_past(void **state)
{
    struct runner *r = open_runner("tests/viz/deadlock.lua");
    const struct model_graph *g = &r->model.graph;
    const struct model_edge *e;
    struct view v;
    int rings = 0;

    (void)state;
    view_init(&v, &r->model);
    obey(r, WISH_END, 0);
    command(&v, r, "graph waits");
    for (uint32_t i = 0; i < g->edge_count; i++)
        rings += g->edge[i].cycle;
    assert_int_equal(rings, 4); /* two threads, two semaphores */
    assert_non_null(edge_between(g, "thread 4 script.elf", "port 1"));
    command(&v, r, "graph calls");
    assert_int_equal(g->lost, 0);
    e = edge_between(g, "bob", "kernel");
    assert_non_null(e);
    assert_non_null(strstr(text_of(g, e->label), "system calls"));
    char before[60];
    snprintf(before, sizeof before, "%s", text_of(g, e->label));

    /* going back counts anew, up to there, and forth again to the same */
    uint64_t cycle = r->model.cycle;
    obey(r, WISH_CYCLE, cycle / 2);
    runner_look(r);
    assert_true(g->read);
    e = edge_between(g, "bob", "kernel");
    assert_true(!e || strcmp(before, text_of(g, e->label)) != 0);
    obey(r, WISH_END, 0);
    e = edge_between(g, "bob", "kernel");
    assert_non_null(e);
    assert_string_equal(before, text_of(g, e->label));
    view_free(&v);
    close_runner(r);
}

static void what_changed_since_the_bookmark(void **state)
{
    struct runner *r = open_runner("scenarios/03_name_is_not_a_right.lua");
    const struct model_graph *g = &r->model.graph;
    int changed = 0;
    struct view v;

    (void)state;
    view_init(&v, &r->model);
    obey(r, WISH_EVENT, 0);
    command(&v, r, "graph rights");
    assert_false(g->compared);
    uint64_t marked = r->model.cycle;
    view_command(&v, "mark");
    view_obeyed_by(&v, r);
    runner_look(r);
    assert_true(g->compared);
    assert_int_equal(g->since, marked);
    for (uint32_t i = 0; i < g->node_count; i++)
        changed += g->node[i].change != CHANGE_NONE;
    assert_int_equal(changed, 0);
    obey(r, WISH_EVENT, 0); /* eve is gone, eve2 is there */
    assert_true(g->compared);
    assert_int_equal(g->node[node_titled(g, "eve2")].change, CHANGE_NEW);
    assert_int_equal(g->node[node_titled(g, "alice")].change, CHANGE_NONE);
    /* before the bookmark there is nothing to compare with; behind it, again */
    uint64_t later = r->model.cycle;
    obey(r, WISH_CYCLE, marked - 1000);
    runner_look(r);
    assert_true(g->read);
    assert_false(g->compared);
    obey(r, WISH_CYCLE, later);
    runner_look(r);
    assert_true(g->compared);
    obey(r, WISH_RELOAD, 0); /* the same file: the bookmark lies ahead again */
    runner_look(r);
    assert_true(g->read);
    assert_false(g->compared);
    obey(r, WISH_CYCLE, later);
    runner_look(r);
    assert_true(g->compared);
    assert_int_equal(g->node[node_titled(g, "eve2")].change, CHANGE_NEW);
    view_free(&v);
    close_runner(r);
}

static void looking_changes_nothing(void **state)
{
    struct runner *plain = open_runner("tests/viz/turns.lua"),
                  *r = open_runner("tests/viz/turns.lua");
    const struct wish end = { .kind = WISH_END };
    struct view v;
    int kind = 0;

    (void)state;
    obey(plain, WISH_END, 0);
    view_init(&v, &r->model);
    command(&v, r, "graph machine");
    runner_obey(r, &end);
    while (r->going != GOING_NOWHERE) {
        const struct wish graph = { .kind = WISH_GRAPH,
                                    .number =
                                        (uint64_t)(kind++ % GRAPH_KINDS) };
        const struct wish mark = { .kind = WISH_MARK };
        runner_obey(r, &graph);
        if (kind % 3 == 0)
            runner_obey(r, &mark);
        runner_advance(r, 5000);
        runner_look(r);
    }
    assert_true(kind > 10);
    assert_int_equal(r->model.cycle, plain->model.cycle);
    assert_int_equal(r->model.instructions, plain->model.instructions);
    assert_memory_equal(r->model.units, plain->model.units,
                        sizeof plain->model.units);
    view_free(&v);
    close_runner(plain);
    close_runner(r);
}

static void wrong_graphs_are_told(void **state)
{
    struct runner *r = open_runner("tests/viz/live.lua");
    struct view v;

    (void)state;
    view_init(&v, &r->model);
    view_command(&v, "graph nonsense");
    assert_non_null(strstr(v.notice, "not nonsense"));
    view_command(&v, "graph pagetable nobody");
    assert_non_null(strstr(v.notice, "no domain nobody"));
    assert_int_equal(v.wish_count, 0);
    view_command(&v, "graph p"); /* the beginning of a name will do */
    assert_int_equal(v.graph_ask.kind, 2);
    view_free(&v);
    close_runner(r);
}

/* ---- places
 * ------------------------------------------------------------------
 */

static struct graph_places *new_places(void)
{
    struct graph_places *p = calloc(1, sizeof *p);
    const char *build = getenv("OPALITE_BUILD");

    assert_non_null(p);
    assert_non_null(build);
    places_open(p);
    snprintf(p->program, sizeof p->program, "%s/opalite-layout", build);
    return p;
}

static void drop_places(struct graph_places *p)
{
    places_close(p);
    free(p);
}

static struct runner *with_graph(struct view *v, struct graph_places *p,
                                 const char *kind)
{
    struct runner *r = open_runner("scenarios/03_name_is_not_a_right.lua");
    char line[60];

    obey(r, WISH_EVENT, 0);
    view_init(v, &r->model);
    v->graphic = true;
    v->places = p;
    snprintf(line, sizeof line, "graph %s", kind);
    command(v, r, line);
    return r;
}

/* Numbers may grow within their room; a node more is another picture. */
static void the_key_says_whether_places_stay(void **state)
{
    struct view v;
    struct runner *r = with_graph(&v, NULL, "rights");
    struct model_graph *g = &r->model.graph;
    uint64_t key = places_key(g);

    (void)state;
    char *row = g->text + g->row[g->node[0].first_row];
    row[0] = row[0] == 'x' ? 'y' : 'x'; /* as long as before */
    assert_true(places_key(g) == key);
    g->node_count--;
    assert_true(places_key(g) != key);
    g->node_count++;
    g->edge_count--;
    assert_true(places_key(g) != key);
    view_free(&v);
    close_runner(r);
}

static bool apart(const struct node_place *a, const struct node_place *b)
{
    return a->x + (float)a->width <= b->x || b->x + (float)b->width <= a->x ||
           a->y + (float)a->height <= b->y || b->y + (float)b->height <= a->y;
}

static void graphviz_places_the_nodes(void **state)
{
    struct graph_places *p = new_places();
    struct view v;
    struct runner *r = with_graph(&v, p, "rights");
    const struct model_graph *g = &r->model.graph;

    (void)state;
    assert_int_equal(p->key, 0);
    places_finish(p, g);
    assert_string_equal(p->error, "");
    assert_true(p->key == places_key(g));
    for (uint32_t i = 0; i < g->node_count; i++) {
        const struct node_place *n = &p->node[i];
        assert_string_equal(n->id, text_of(g, g->node[i].id));
        assert_true(n->x > -1 && n->y > -1);
        assert_true((double)n->x + n->width < p->width + 1);
        assert_true((double)n->y + n->height < p->height + 1);
        for (uint32_t k = 0; k < i; k++)
            assert_true(apart(n, &p->node[k]));
    }
    for (uint32_t i = 0; i < g->edge_count; i++) {
        assert_true(p->edge[i].count >= 4 && p->edge[i].count % 3 == 1);
        assert_true(p->edge[i].label_x > 0);
    }
    assert_false(places_serve(p, g)); /* nothing more to do */
    view_free(&v);
    close_runner(r);
    drop_places(p);
}

static void pictures_overlap_nowhere(void **state)
{
    struct graph_places *p = new_places();
    struct view v;
    struct runner *r = with_graph(&v, p, "rights");
    char line[60], what[80];

    (void)state;
    for (int i = 0; i < GRAPH_KINDS; i++) {
        snprintf(line, sizeof line, "graph %s", graph_kinds[i].name);
        command(&v, r, line);
        places_finish(p, &r->model.graph);
        for (int zoom = -1; zoom < 3; zoom++) {
            v.pane[PANE_GRAPH].zoom = zoom;
            snprintf(what, sizeof what, "%s, zoom %d", line, zoom);
            view_draw(&v, 160, 42);
            check_overlap(&v.canvas, what);
            view_draw(&v, 240, 63);
            check_overlap(&v.canvas, what);
        }
    }
    view_free(&v);
    close_runner(r);
    drop_places(p);
}

/* A cell of the screen that says `command` when clicked. */
static bool find_zone(const struct view *v, const char *wanted, int *x, int *y)
{
    for (*y = 0; *y < v->canvas.height; ++*y)
        for (*x = 0; *x < v->canvas.width; ++*x) {
            const struct zone *z = canvas_zone_at(&v->canvas, *x, *y);
            if (z && strcmp(v->canvas.text + z->command, wanted) == 0)
                return true;
        }
    return false;
}

static void nodes_can_be_clicked(void **state)
{
    struct graph_places *p = new_places();
    struct view v;
    struct runner *r = with_graph(&v, p, "rights");
    const struct model_graph *g = &r->model.graph;
    char wanted[80];
    int x, y;

    (void)state;
    places_finish(p, g);
    view_draw(&v, 160, 42);
    snprintf(wanted, sizeof wanted, "select node %s",
             text_of(g, g->node[node_titled(g, "secret")].id));
    assert_true(find_zone(&v, wanted, &x, &y));
    view_pointer_press(&v, x, y, false);
    view_pointer_release(&v);
    assert_int_equal(v.selection.kind, SELECT_SEGMENT);
    assert_non_null(strstr(v.notice, "segment secret, 4K at 10000000"));
    assert_int_equal(v.focus, PANE_GRAPH);
    view_draw(&v, 160, 42);
    assert_true(find_zone(&v, wanted, &x, &y));
    view_pointer_press(&v, x, y, true); /* the second of two clicks */
    view_pointer_release(&v);
    assert_int_equal(v.focus, PANE_MAP); /* where a segment is shown */
    command(&v, r, "graph rights");
    assert_true(find_zone(&v, wanted, &x, &y));
    view_pointer_menu(&v, x, y);
    assert_int_equal(v.overlay, OVERLAY_MENU);
    assert_string_equal(v.menu.item[0].command, "explain 10000000");
    view_key(&v, 27);
    view_key(&v, KEY_OF_DOWN); /* the keys go from node to node, too */
    assert_int_equal(v.selection.kind, SELECT_DOMAIN);
    view_free(&v);
    close_runner(r);
    drop_places(p);
}

/* In a terminal it is a list; a click on the same line again goes there. */
static void lines_can_be_clicked(void **state)
{
    struct runner *r = open_runner("scenarios/03_name_is_not_a_right.lua");
    struct view v;
    int x, y;

    (void)state;
    obey(r, WISH_EVENT, 0);
    view_init(&v, &r->model);
    command(&v, r, "graph rights");
    screen_says(&v, "├ rw- → S secret");
    screen_says(&v, "[rights]");
    assert_true(find_zone(&v, "row 0 graph", &x, &y));
    view_pointer_press(&v, x, y, false);
    view_pointer_release(&v);
    assert_int_equal(v.selection.kind, SELECT_DOMAIN);
    view_draw(&v, 160, 42);
    screen_says(&v, "▶ D alice");
    view_pointer_press(&v, x, y, false);
    assert_int_equal(v.focus, PANE_RIGHTS);
    view_free(&v);
    close_runner(r);
}

/* At full size it is larger than its pane: dragging and keys move it. */
static void pictures_can_be_moved(void **state)
{
    struct graph_places *p = new_places();
    struct view v;
    struct runner *r = with_graph(&v, p, "machine");
    struct pane_view *pane = &v.pane[PANE_GRAPH];

    (void)state;
    places_finish(p, &r->model.graph);
    view_draw(&v, 130, 40);
    assert_int_equal(pane->zoom, -1);
    view_key(&v, ')');
    assert_int_equal(pane->zoom, 0);
    view_draw(&v, 130, 40);
    struct box b = v.place[PANE_GRAPH];
    view_pointer_press(&v, b.x + 3, b.y + b.height - 3, false);
    view_pointer_move(&v, b.x + 3, b.y + b.height - 8);
    view_pointer_release(&v);
    assert_int_equal(pane->scroll, 5);
    view_key(&v, KEY_OF_PAGE_DOWN);
    assert_true(pane->scroll > 5);
    view_key(&v, KEY_OF_HOME);
    assert_int_equal(pane->scroll, 0);
    for (int i = 0; i < 60; i++) /* the cursor pulls it along */
        view_key(&v, KEY_OF_DOWN);
    view_draw(&v, 130, 40);
    assert_true(pane->scroll > 0);
    view_pointer_wheel(&v, b.x + 3, b.y + 5, 3);
    assert_int_equal(pane->zoom, 1);
    view_free(&v);
    close_runner(r);
    drop_places(p);
}

/* ---- when the process fails
 * ----------------------------------------------------
 */

static void write_program(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", text);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
}

/* One clear line, and the list instead. */
static void without_graphviz_it_is_a_list(void **state)
{
    struct graph_places *p = new_places();
    struct view v;
    struct runner *r = with_graph(&v, p, "rights");

    (void)state;
    strcpy(p->program, "/nonexistent/opalite-layout");
    view_draw(&v, 160, 42);
    screen_says(&v, "laying out ...");
    screen_says(&v, "rw- → S secret");
    places_finish(p, &r->model.graph);
    view_draw(&v, 160, 42);
    screen_says(&v, "the program opalite-layout is missing");
    screen_says(&v, "as a list:");
    screen_says(&v, "rw- → S secret");
    assert_false(places_serve(p, &r->model.graph)); /* not tried again */
    view_free(&v);
    close_runner(r);
    drop_places(p);
}

static void wrong_answers_are_told(void **state)
{
    char path[] = "/tmp/opalite-layout-XXXXXX";
    struct graph_places *p = new_places();
    struct view v;
    struct runner *r = with_graph(&v, p, "rights");
    int file = mkstemp(path);

    (void)state;
    assert_true(file >= 0);
    close(file);
    strcpy(p->program, path);
    write_program(path, "echo nothing of the kind");
    places_finish(p, &r->model.graph);
    assert_string_equal(p->error, "Graphviz gave no places");
    p->failed = 0;
    write_program(path,
                  "printf 'graph 1 9 9\\nnode n999 1 1\\nedge n0 n1 9 1 2\\n"
                  "edge n0 n1 4 1 2 #ffffff\\nnode nx\\nstop\\n'");
    places_finish(p, &r->model.graph); /* odd, but it does no harm */
    view_draw(&v, 160, 42);
    p->failed = p->key = 0;
    write_program(path, "exit 3");
    places_finish(p, &r->model.graph);
    assert_non_null(strstr(p->error, "code 3"));
    unlink(path);
    view_free(&v);
    close_runner(r);
    drop_places(p);
}

static void the_deadline_ends_a_slow_one(void **state)
{
    char path[] = "/tmp/opalite-layout-XXXXXX";
    struct layout_job job = { 0 };
    struct err err;
    int file = mkstemp(path);

    (void)state;
    assert_true(file >= 0);
    close(file);
    write_program(path, "exec sleep 1000");
    assert_true(layout_start(&job, path, "digraph {}", 10, 0, &err));
    assert_int_equal(layout_poll(&job, &err), LAYOUT_FAILED);
    assert_int_equal(err.code, EXIT_WALL_CLOCK);
    assert_non_null(strstr(err.text, "took longer"));
    layout_stop(&job); /* ends it: the test would wait for a thousand seconds */
    assert_int_equal(job.child, 0);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_graphs_as_the_command),
        cmocka_unit_test(only_while_it_is_seen),
        cmocka_unit_test(calls_and_waits_know_the_past),
        cmocka_unit_test(what_changed_since_the_bookmark),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(wrong_graphs_are_told),
        cmocka_unit_test(the_key_says_whether_places_stay),
        cmocka_unit_test(graphviz_places_the_nodes),
        cmocka_unit_test(pictures_overlap_nowhere),
        cmocka_unit_test(nodes_can_be_clicked),
        cmocka_unit_test(lines_can_be_clicked),
        cmocka_unit_test(pictures_can_be_moved),
        cmocka_unit_test(without_graphviz_it_is_a_list),
        cmocka_unit_test(wrong_answers_are_told),
        cmocka_unit_test(the_deadline_ends_a_slow_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
