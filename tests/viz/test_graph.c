/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs: the dot text of small graphs made by hand and of a live scenario
 * against golden files, two moments compared, the layout in its own process,
 * and wrong use.
 */
#include "tests/sim/golden_help.h"
#include "viz/graph/graph.h"

static struct ran r;

#define LIVE "tests/viz/live.lua"
#define DEAD "tests/viz/deadlock.lua"

/* ---- by hand ------------------------------------------------------------- */

static char *dot_of(const struct graph *g)
{
    char *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);
    assert_true(graph_write(g, f));
    fclose(f);
    return text;
}

static void small_graph(struct graph *g, bool later)
{
    *g = (struct graph){ .title = "by <hand> & \"quoted\"" };
    struct graph_node *n = graph_node(g, ROLE_DOMAIN, "d1", "alice");
    graph_row(n, NULL, "domain %d", 1);
    n = graph_node(g, ROLE_TABLE, "pt_80000000", "table");
    graph_row(n, "e1", "[1] next");
    graph_group(g, "h0", "hart \"0\"");
    n = graph_node(g, ROLE_SEGMENT, later ? "s_2000" : "s_1000", "doc");
    snprintf(n->group, sizeof n->group, "h0");
    graph_edge(g, LINE_READ, "d1", later ? "s_2000" : "s_1000", NULL, "r--");
    graph_edge(g, LINE_WRITE, "pt_80000000:e1", "d1", "x",
               later ? "2 calls\n9 each" : "1 call");
    graph_edge(g, LINE_EXECUTE, "d1", "pt_80000000", NULL, NULL);
    assert_null(graph_edge(g, LINE_PLAIN, "d1", "nowhere", NULL, NULL));
    assert_null(graph_node(g, ROLE_DOMAIN, "d1", "again"));
}

static void dot_text(void **state)
{
    struct graph g;
    (void)state;
    small_graph(&g, false);
    char *text = dot_of(&g);
    compare_golden("tests/viz/golden/graph_by_hand.dot", text);
    free(text);
    graph_free(&g);
}

static void two_moments(void **state)
{
    struct graph before, now;
    (void)state;
    small_graph(&before, false);
    small_graph(&now, true);
    graph_compare(&now, &before);
    char *text = dot_of(&now);
    assert_non_null(strstr(text, "NEW"));
    assert_non_null(strstr(text, "GONE"));
    assert_non_null(strstr(text, "2 calls (was 1 call)"));
    compare_golden("tests/viz/golden/graph_compared.dot", text);
    free(text);
    graph_free(&now);
    /* Nothing has changed: not one mark. */
    small_graph(&now, false);
    graph_compare(&now, &before);
    text = dot_of(&now);
    char *same = dot_of(&before);
    assert_string_equal(text, same);
    free(text);
    free(same);
    graph_free(&now);
    graph_free(&before);
}

static void too_many_nodes(void **state)
{
    struct graph g = { .title = "many" };
    char id[20];
    (void)state;
    for (int i = 0; i < GRAPH_NODES + 7; i++) {
        snprintf(id, sizeof id, "n%d", i);
        (void)graph_node(&g, ROLE_NOTE, id, id);
    }
    assert_int_equal(g.node_count, GRAPH_NODES);
    char *text = dot_of(&g);
    assert_non_null(strstr(text, "7 more nodes are not drawn"));
    free(text);
    graph_free(&g);
}

/* ---- of a scenario --------------------------------------------------------
 */

static void golden(const char *name, const char *arguments)
{
    char command[300], path[100];
    snprintf(command, sizeof command, "graph %s", arguments);
    snprintf(path, sizeof path, "tests/viz/golden/graph_%s.dot", name);
    run(&r, command);
    assert_int_equal(r.code, EXIT_PASSED);
    char *first = strdup(r.text);
    run(&r, command);
    assert_string_equal(first, r.text); /* the same bytes each time */
    free(first);
    mask_numbers(r.text, 3, 4);
    compare_golden(path, r.text);
}

static void graphs_of_a_scenario(void **state)
{
    (void)state;
    golden("rights", "rights " LIVE " --at fault");
    golden("rights_since", "rights " LIVE " --since rights:1 --at "
                           "rights:3");
    golden("calls", "calls " LIVE " --at fault");
    golden("pagetable", "pagetable " LIVE " --at fault --domain bob "
                        "--set personality=mas");
    golden("segments", "segments " LIVE " --at fault --set "
                       "personality=rplb-hw");
    golden("machine", "machine " LIVE " --at insns:0");
    golden("waits", "waits " DEAD);
}

/* Two threads, each with the token the other wants. */
static void a_deadlock_is_a_ring(void **state)
{
    size_t rings = 0;
    (void)state;
    run(&r, "graph waits " DEAD);
    assert_int_equal(r.code, EXIT_PASSED);
    for (const char *p = r.text; (p = strstr(p, "&nbsp;RING")) != NULL; p++)
        rings++;
    assert_int_equal(rings, 4);
    run(&r, "graph waits " DEAD " --set order=same");
    assert_int_equal(r.code, EXIT_PASSED);
    assert_null(strstr(r.text, "&nbsp;RING"));
}

static void calls_are_counted(void **state)
{
    (void)state;
    run(&r, "graph calls tests/os/portals.lua --at call:9");
    assert_int_equal(r.code, EXIT_PASSED);
    assert_non_null(strstr(r.text, "portal_lab.elf: lab_sum"));
    assert_non_null(strstr(r.text, "2 calls"));
    assert_non_null(strstr(r.text, "cycles each"));
}

/* ---- layout ---------------------------------------------------------------
 */

static const char *layout(void)
{
    static char path[700];
    snprintf(path, sizeof path, "%s-layout", program_path());
    return path;
}

static void pictures(void **state)
{
    (void)state;
    expect(&r, "graph rights " LIVE " -o %W/p.svg", EXIT_PASSED, "");
    expect(&r, "--version; grep -c '<svg' %W/p.svg", EXIT_PASSED, "\n1\n");
    expect(&r, "--version; grep -c alice %W/p.svg", EXIT_PASSED, "");
    expect(&r, "graph machine " LIVE " -o %W/p.png", EXIT_PASSED, "");
    expect(&r, "--version; head -c 4 %W/p.png | tail -c 3", EXIT_PASSED, "PNG");
    expect(&r, "graph waits " DEAD " -o %W/p.pdf", EXIT_PASSED, "");
    expect(&r, "--version; head -c 4 %W/p.pdf", EXIT_PASSED, "%PDF");
    expect(&r, "graph rights " LIVE " -o %W/p.dot", EXIT_PASSED, "");
    expect(&r, "--version; grep -c digraph %W/p.dot", EXIT_PASSED, "\n1\n");
}

static void the_deadline_ends_a_layout(void **state)
{
    static const char dot[] = "digraph g { a -> b }\n";
    struct err err;
    (void)state;
    assert_false(graph_layout(layout(), dot, sizeof dot - 1, "svg", "/dev/null",
                              0, &err));
    assert_int_equal(err.code, EXIT_WALL_CLOCK);
    assert_non_null(strstr(err.text, "took longer than 0 seconds"));
}

static void what_graphviz_refuses(void **state)
{
    static const char dot[] = "digraph g { a -> ";
    struct err err;
    (void)state;
    assert_false(graph_layout(layout(), dot, sizeof dot - 1, "svg", "/dev/null",
                              60, &err));
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    assert_false(graph_layout(layout(), "digraph g {a}", 13, "svg",
                              "/no/such/x.svg", 60, &err));
    assert_int_equal(err.code, EXIT_HOST_RESOURCE);
}

/* Without the layout program the dot text is there all the same. */
static void without_graphviz(void **state)
{
    char command[1500];
    (void)state;
    snprintf(command, sizeof command,
             "--version >/dev/null; cp %s-graph %s/opalite-graph; "
             "OPALITE_GUEST=build/guest %s/opalite-graph rights " LIVE
             " -o %s/x.svg 2>&1",
             program_path(), work, work, work);
    expect(&r, command, EXIT_CANNOT_LOAD,
           "opalite-layout is missing: apt-get install libgraphviz-dev");
    assert_non_null(strstr(r.text, "the dot text is in"));
    expect(&r, "--version; grep -c digraph %W/x.dot", EXIT_PASSED, "\n1\n");
}

static void wrong_use(void **state)
{
    (void)state;
    expect_error(&r, "graph", EXIT_USAGE, "KIND and FILE.lua");
    expect_error(&r, "graph rihts a.lua", EXIT_USAGE, "did you mean rights?");
    expect_error(&r, "graph rights a.lua b.lua", EXIT_USAGE, "one scenario");
    expect_error(&r, "graph rights a.lua -o x.gif", EXIT_USAGE, ".dot, .svg");
    expect_error(&r, "graph rights a.lua --at noon", EXIT_USAGE, "expected");
    expect_error(&r, "graph rights a.lua --since end", EXIT_USAGE,
                 "nothing comes after");
    expect_error(&r, "graph rights " LIVE " --since cycle:99 --at cycle:33",
                 EXIT_USAGE, "--since: cycle 33 does not lie after it");
    expect_error(&r, "graph rights " LIVE " --since fault --at rights:1",
                 EXIT_USAGE, "--since: rights number 1 does not lie after it");
    expect_error(&r, "graph rights a.lua --deadline 0", EXIT_USAGE,
                 "1 to 3600");
    expect_error(&r, "graph rights /no/such.lua", EXIT_CANNOT_LOAD,
                 "/no/such.lua");
    expect_error(&r, "graph pagetable " LIVE " --domain carol", EXIT_USAGE,
                 "no domain carol");
    expect_error(&r, "graph pagetable " LIVE " --at insns:0", EXIT_USAGE,
                 "translation is off");
    expect_error(&r, "graph waits " LIVE " --at insns:10", EXIT_USAGE,
                 "no kernel of ours is up");
    expect_error(&r, "graph rights " LIVE " -o /no/such/x.dot",
                 EXIT_HOST_RESOURCE, "/no/such/x.dot: cannot write");
    expect_error(&r, "graph rights " LIVE " -o /no/such/x.svg",
                 EXIT_HOST_RESOURCE, "/no/such/x.svg: cannot write");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dot_text),
        cmocka_unit_test(two_moments),
        cmocka_unit_test(too_many_nodes),
        cmocka_unit_test(graphs_of_a_scenario),
        cmocka_unit_test(a_deadlock_is_a_ring),
        cmocka_unit_test(calls_are_counted),
        cmocka_unit_test(pictures),
        cmocka_unit_test(the_deadline_ends_a_layout),
        cmocka_unit_test(what_graphviz_refuses),
        cmocka_unit_test(without_graphviz),
        cmocka_unit_test(wrong_use),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
