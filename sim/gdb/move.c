/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb/command.h: packets about points, and those that let time pass, in
 * either direction. */
#include "sim/gdb/command.h"

/* ---- points ----------------------------------------------------------------
 */

/* What follows Z and z: kind,address,bytes. */
static bool take_point(struct gdb_words *w, struct point *p)
{
    static const enum point_kind kinds[] = { POINT_PC, POINT_PC, POINT_STORE,
                                             POINT_LOAD, POINT_ACCESS };
    uint64_t kind;
    if (!gdb_take_hex(w, &kind) || kind >= sizeof kinds / sizeof kinds[0] ||
        !gdb_take_char(w, ',') || !gdb_take_range(w, &p->va, &p->bytes))
        return false;
    p->kind = kinds[kind];
    if (p->kind == POINT_PC)
        p->bytes = 0; /* the size of an instruction: not needed */
    return true;
}

/* Its place in the list, count = it is not there. */
static size_t find_point(const struct gdb_points *list, const struct point *p)
{
    size_t i = 0;
    while (i < list->count &&
           (list->at[i].kind != p->kind || list->at[i].va != p->va ||
            list->at[i].bytes != p->bytes))
        i++;
    return i;
}

bool gdb_add_point(struct gdb_points *list, const struct point *p)
{
    size_t i = find_point(list, p);
    if (i == GDB_POINTS)
        return false;
    list->at[i] = *p;
    list->count += i == list->count;
    return true;
}

/* False = it is not there. */
static bool drop_point(struct gdb_points *list, const struct point *p)
{
    size_t i = find_point(list, p);
    if (i == list->count)
        return false;
    list->at[i] = list->at[--list->count];
    return true;
}

bool gdb_set_point(struct gdb *g, struct gdb_words *w)
{
    struct point p;
    if (!take_point(w, &p) || !gdb_add_point(&g->set, &p))
        return false;
    (void)drop_point(&g->gone, &p);
    return gdb_fine(g);
}

bool gdb_remove_point(struct gdb *g, struct gdb_words *w)
{
    struct point p;
    if (!take_point(w, &p))
        return false;
    if (drop_point(&g->set, &p))
        (void)gdb_add_point(&g->gone, &p);
    return gdb_fine(g);
}

/* ---- going on --------------------------------------------------------------
 */

static uint32_t all_harts(const struct gdb *g)
{
    return (UINT32_C(1) << g->machine->config.harts) - 1;
}

static void limit_by(struct gdb *g, const struct gdb_points *list)
{
    for (size_t i = 0; i < list->count; i++)
        g->limit[g->points.count++] = list->at[i];
}

/* gdb_serve does the way. */
static bool go_back(struct gdb *g, const struct timeline_goal *goal)
{
    g->goal = *goal;
    g->again = false;
    g->state = GDB_GOING_BACK;
    return true;
}

/* Have harts that gdb did not want to hear of come to points that are still
 * set?
 */
static bool passed_points(const struct gdb *g)
{
    const struct gdb_points *passed = &g->alone.passed;
    for (size_t i = 0; i < passed->count; i++)
        if (find_point(&g->set, &passed->at[i]) < g->set.count)
            return true;
    return false;
}

/* What a step of this one hart is. Below which mode it ends; 0 = in any. */
static uint8_t step_through_traps(const struct gdb *g, uint32_t step,
                                  struct gdb_stepping *s)
{
    bool one = step && !(step & (step - 1));
    *s = (struct gdb_stepping){ .privilege = PRIV_M };
    for (uint64_t i = 0; one && i < g->machine->config.harts; i++) {
        const struct cpu *c = &g->machine->hart[i].cpu;
        if (!(step >> i & 1) || c->privilege == PRIV_M || g->into_traps)
            continue;
        *s = (struct gdb_stepping){ .privilege = c->privilege, .pc = c->pc };
        if (c->privilege == PRIV_U)
            s->key = c->mmu.domain_key;
        return c->privilege + 1;
    }
    return 0;
}

/* These harts step; of those named gdb may hear. */
static bool go(struct gdb *g, uint32_t step, uint32_t named)
{
    bool alone = named != all_harts(g);
    bool again = !alone && passed_points(g);
    struct timeline_goal begin = { .at_moment = true,
                                   .moment = g->alone.since };
    g->points =
        (struct points){ .at = g->limit, .step = step, .harts = all_harts(g) };
    limit_by(g, &g->set);
    if (alone)
        limit_by(g, &g->gone);
    g->points.step_below = step_through_traps(g, step, &g->stepping);
    g->gone.count = g->alone.passed.count = 0;
    g->alone.harts = alone ? named : 0;
    g->alone.since = when_now(g->machine);
    g->state = GDB_RUNNING;
    if (again)
        g->again = go_back(g, &begin);
    return true;
}

bool gdb_go_on(struct gdb *g, struct gdb_words *w)
{
    return !w->left && go(g, 0, all_harts(g));
}

bool gdb_step(struct gdb *g, struct gdb_words *w)
{
    return !w->left && go(g, UINT32_C(1) << g->hart, all_harts(g));
}

static bool turn_back(struct gdb *g, const struct timeline_goal *goal)
{
    g->been_back = true;
    g->gone.count = g->alone.passed.count = 0;
    return go_back(g, goal);
}

bool gdb_step_back(struct gdb *g, struct gdb_words *w)
{
    struct timeline_goal goal = { .step = UINT32_C(1) << g->hart };
    goal.step_below = step_through_traps(g, goal.step, &g->stepping);
    goal.step_key = g->stepping.key;
    return !w->left && turn_back(g, &goal);
}

bool gdb_run_back(struct gdb *g, struct gdb_words *w)
{
    struct timeline_goal goal = { .step = 0 };
    g->points = (struct points){ .at = g->limit };
    limit_by(g, &g->set);
    goal.points = g->points;
    goal.cycle = g->wish.ahead ? 0 : g->wish.cycle;
    goal.event = g->wish.event.kinds ? &g->wish.event : NULL;
    return !w->left && turn_back(g, &goal);
}

bool gdb_ask_actions(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    gdb_say(g, "vCont;c;C;s;S");
    return true;
}

/* Signals are not delivered: there is nobody to take them. */
static bool take_action(struct gdb_words *w, bool *steps)
{
    uint64_t signal;
    bool with_signal = gdb_take_char(w, 'C') || (w->left && *w->at == 'S');
    *steps = gdb_take_char(w, 's') || gdb_take_char(w, 'S');
    if (with_signal)
        return gdb_take_hex(w, &signal);
    return *steps || gdb_take_char(w, 'c');
}

/* An action for each hart; of several the first one counts. Harts that are not
 * named run as well, for time is one for all of them. */
bool gdb_act(struct gdb *g, struct gdb_words *w)
{
    uint32_t named = 0, stepping = 0;
    while (gdb_take_char(w, ';')) {
        bool steps, every = true;
        uint64_t one = 0;
        if (!take_action(w, &steps) ||
            (gdb_take_char(w, ':') && !gdb_take_thread(g, w, &one, &every)))
            return false;
        uint32_t harts = every ? all_harts(g) : UINT32_C(1) << one;
        stepping |= steps ? harts & ~named : 0;
        named |= harts;
    }
    return !w->left && named && go(g, stepping, named);
}
