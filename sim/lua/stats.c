/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures in Lua: m.stats by dotted or nested name, m:snapshot() and the
 * difference of two, m:switches(), m:storage_bits(). All are read from the
 * ledger and the counters; nothing here counts.
 */
#include "sim/lua/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/xsas.h"
#include "sim/stats.h"

#define STATS    "stats"
#define SNAPSHOT "snapshot"

/* ---- stats: a path that ends at a figure
 * ------------------------------------- */

/* User value 1 keeps the machine or the snapshot alive. */
struct lua_stats {
    uint64_t serial;
    struct lua_machine *m;                /* live figures, or NULL */
    const struct ledger_snapshot *window; /* figures of a window, or NULL */
    char prefix[96];
};

struct lua_snapshot {
    uint64_t serial;
    struct ledger_snapshot totals;
    bool difference;
};

static void push_path(lua_State *L, struct lua_machine *m,
                      const struct ledger_snapshot *window, int keep,
                      const char *prefix)
{
    keep = lua_absindex(L, keep);
    struct lua_stats *v = lua_newuserdatauv(L, sizeof *v, 1);
    memset(v, 0, sizeof *v);
    v->serial = ++lua_scenario(L)->serial;
    v->m = m;
    v->window = window;
    snprintf(v->prefix, sizeof v->prefix, "%s", prefix);
    luaL_setmetatable(L, STATS);
    lua_pushvalue(L, keep);
    lua_setiuservalue(L, -2, 1);
}

void lua_push_stats(lua_State *L, struct lua_machine *m, int machine_index)
{
    push_path(L, m, NULL, machine_index, "");
}

static void each(const struct lua_stats *v, stats_visit *visit, void *context)
{
    if (v->window)
        stats_each_window(v->window, visit, context);
    else
        stats_each(v->m->machine, visit, context);
}

static bool find(const struct lua_stats *v, const char *name, uint64_t *value)
{
    if (v->window)
        return stats_find_window(v->window, name, value);
    return stats_find(v->m->machine, name, value);
}

/* Names below a path, for "is there anything" and for error messages. */
struct search {
    const char *path;
    size_t bytes;
    bool found;
    const char **names; /* NULL = only look */
    size_t count;
};

static void search_visit(void *context, const char *name, uint64_t value,
                         const char *unit, const char *doc)
{
    (void)value, (void)unit, (void)doc;
    struct search *s = context;
    if (strncmp(name, s->path, s->bytes) == 0 && name[s->bytes] == '.')
        s->found = true;
    if (s->names && s->count < 2000)
        s->names[s->count++] = strdup(name);
}

static int no_figure(lua_State *L, const struct lua_stats *v, const char *path)
{
    struct search all = { .path = path, .bytes = strlen(path) };
    all.names = calloc(2001, sizeof *all.names);
    if (!all.names)
        err_no_memory();
    each(v, search_visit, &all);
    lua_push_nearest(L, path, all.names);
    for (size_t i = 0; i < all.count; i++)
        free((void *)(uintptr_t)all.names[i]);
    free(all.names);
    return luaL_error(L, "no figure '%s'%s", path, lua_tostring(L, -1));
}

static struct lua_stats *check_stats(lua_State *L)
{
    struct lua_stats *v = luaL_checkudata(L, 1, STATS);
    if (v->m && !v->m->machine)
        luaL_error(L, "its machine was closed");
    return v;
}

static int stats_index(lua_State *L)
{
    struct lua_stats *v = check_stats(L);
    const char *key = luaL_checkstring(L, 2);
    char path[200];
    uint64_t value;
    snprintf(path, sizeof path, "%s%s%s", v->prefix, v->prefix[0] ? "." : "",
             key);
    if (find(v, path, &value)) {
        lua_pushinteger(L, (lua_Integer)value);
        return 1;
    }
    struct search below = { .path = path, .bytes = strlen(path) };
    each(v, search_visit, &below);
    if (!below.found || strlen(path) >= sizeof v->prefix)
        return no_figure(L, v, path);
    lua_getiuservalue(L, 1, 1);
    push_path(L, v->m, v->window, -1, path);
    return 1;
}

struct collect {
    lua_State *L;
    const char *prefix;
    size_t bytes;
};

static void collect_visit(void *context, const char *name, uint64_t value,
                          const char *unit, const char *doc)
{
    (void)unit, (void)doc;
    struct collect *c = context;
    if (c->bytes) {
        if (strncmp(name, c->prefix, c->bytes) != 0 || name[c->bytes] != '.')
            return;
        name += c->bytes + 1;
    }
    lua_pushstring(c->L, name);
    lua_pushinteger(c->L, (lua_Integer)value);
    lua_rawset(c->L, -3);
}

/* pairs(m.stats): every figure below the path, by its dotted name */
static int stats_pairs(lua_State *L)
{
    struct lua_stats *v = check_stats(L);
    lua_getglobal(L, "pairs");
    lua_newtable(L);
    struct collect c = { L, v->prefix, strlen(v->prefix) };
    each(v, collect_visit, &c);
    lua_call(L, 1, 3);
    return 3;
}

static int stats_tostring(lua_State *L)
{
    struct lua_stats *v = luaL_checkudata(L, 1, STATS);
    lua_pushfstring(L, "stats %s", v->prefix);
    return 1;
}

/* ---- snapshots
 * ----------------------------------------------------------------- */

static struct lua_snapshot *push_snapshot(lua_State *L)
{
    struct lua_snapshot *s = lua_newuserdatauv(L, sizeof *s, 0);
    memset(s, 0, sizeof *s);
    s->serial = ++lua_scenario(L)->serial;
    luaL_setmetatable(L, SNAPSHOT);
    return s;
}

/* With several harts there would be one for each. */
static const struct hart *only_hart(lua_State *L, const char *what)
{
    const struct machine *m = lua_check_machine(L, 1)->machine;
    if (m->config.harts > 1)
        luaL_error(L,
                   "%s: only of a machine with one hart; m.stats has the "
                   "figures of each, as hart.0.cycles",
                   what);
    return m->now;
}

int lua_machine_snapshot(lua_State *L)
{
    const struct hart *h = only_hart(L, "m:snapshot");
    struct lua_snapshot *s = push_snapshot(L);
    ledger_snapshot(&h->ledger, &h->cpu.mmu, &s->totals);
    return 1;
}

/* later - earlier: what happened between them */
static int snapshot_sub(lua_State *L)
{
    struct lua_snapshot *later = luaL_checkudata(L, 1, SNAPSHOT);
    struct lua_snapshot *earlier = luaL_checkudata(L, 2, SNAPSHOT);
    if (later->totals.cycles < earlier->totals.cycles)
        return luaL_error(L, "the later snapshot comes first: later - earlier");
    struct lua_snapshot *s = push_snapshot(L);
    ledger_difference(&later->totals, &earlier->totals, &s->totals);
    s->difference = true;
    return 1;
}

static void set(lua_State *L, const char *key, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, key);
}

static void push_switches(lua_State *L, const struct switch_stats *s,
                          bool difference)
{
    lua_newtable(L);
    set(L, "count", s->count);
    set(L, "direct", s->direct);
    set(L, "instructions", s->instructions);
    if (!difference) {
        set(L, "min", s->min);
        set(L, "max", s->max);
    }
    lua_newtable(L);
    for (int i = 0; i < PHASE_COUNT; i++)
        set(L, phase_name((enum phase)i), s->phase[i]);
    lua_setfield(L, -2, "phases");
    lua_newtable(L);
    for (int i = 0; i < LATE_COUNT; i++)
        set(L, late_name((enum late_group)i), s->late[i]);
    lua_setfield(L, -2, "late");
    lua_newtable(L);
    for (int i = 0; i < LATE_COUNT; i++)
        set(L, late_name((enum late_group)i), s->gift[i]);
    lua_setfield(L, -2, "gifts");
}

static int snapshot_switches(lua_State *L)
{
    struct lua_snapshot *s = luaL_checkudata(L, 1, SNAPSHOT);
    push_switches(L, &s->totals.switches, s->difference);
    return 1;
}

/* m:switches([window]) */
int lua_machine_switches(lua_State *L)
{
    if (!lua_isnoneornil(L, 2)) {
        struct lua_snapshot *s = luaL_checkudata(L, 2, SNAPSHOT);
        push_switches(L, &s->totals.switches, s->difference);
        return 1;
    }
    const struct hart *h = only_hart(L, "m:switches");
    struct ledger_snapshot now;
    ledger_snapshot(&h->ledger, &h->cpu.mmu, &now);
    push_switches(L, &now.switches, false);
    return 1;
}

static int snapshot_index(lua_State *L)
{
    struct lua_snapshot *s = luaL_checkudata(L, 1, SNAPSHOT);
    const char *key = luaL_checkstring(L, 2);
    if (strcmp(key, "switches") == 0) {
        lua_pushcfunction(L, snapshot_switches);
        return 1;
    }
    if (strcmp(key, "cycles") == 0) {
        lua_pushinteger(L, (lua_Integer)s->totals.cycles);
        return 1;
    }
    push_path(L, NULL, &s->totals, 1, "");
    if (strcmp(key, "stats") == 0)
        return 1;
    lua_pushvalue(L, 2);
    lua_gettable(L, -2);
    return 1;
}

static int snapshot_pairs(lua_State *L)
{
    struct lua_snapshot *s = luaL_checkudata(L, 1, SNAPSHOT);
    lua_settop(L, 1);
    push_path(L, NULL, &s->totals, 1, "");
    lua_replace(L, 1);
    return stats_pairs(L);
}

static int snapshot_tostring(lua_State *L)
{
    struct lua_snapshot *s = luaL_checkudata(L, 1, SNAPSHOT);
    lua_pushfstring(L, "%s of %I cycles", s->difference ? "window" : "snapshot",
                    (LUAI_UACINT)s->totals.cycles);
    return 1;
}

/* ---- storage ----------------------------------------------------------- */

/* m:storage_bits([personality]): {itlb = {cam=, ram=}, dtlb, l2tlb, irplb,
 * drplb}, as mmu_storage_bits counts; a TLB that need not protect is
 * smaller. */
int lua_machine_storage_bits(lua_State *L)
{
    static const enum unit units[] = { UNIT_ITLB, UNIT_DTLB, UNIT_L2TLB,
                                       UNIT_IRPLB, UNIT_DRPLB };
    struct lua_machine *m = lua_check_machine(L, 1);
    const struct personality *p = m->personality;
    struct err err;
    if (!lua_isnoneornil(L, 2))
        p = machine_personality_find(luaL_checkstring(L, 2), &err);
    if (!p)
        return luaL_error(L, "m:storage_bits: %s",
                          lua_isnoneornil(L, 2) ? "of which personality?"
                                                : err.text);
    bool tlb_protects = (p->protection & SPROT_UNIT_MASK) == SPROT_PAGETABLE;
    lua_newtable(L);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        uint64_t cam, ram;
        mmu_storage_bits(&m->machine->config.mmu, units[i], tlb_protects, &cam,
                         &ram);
        lua_newtable(L);
        set(L, "cam", cam);
        set(L, "ram", ram);
        lua_setfield(L, -2, unit_name(units[i]));
    }
    return 1;
}

/* ---- the classes ------------------------------------------------------- */

static void make_class(lua_State *L, const char *name, const luaL_Reg *meta)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, meta, 0);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

void lua_open_stats(lua_State *L)
{
    static const luaL_Reg stats_meta[] = {
        { "__index", stats_index },
        { "__pairs", stats_pairs },
        { "__tostring", stats_tostring },
        { NULL, NULL },
    };
    static const luaL_Reg snapshot_meta[] = {
        { "__index", snapshot_index },
        { "__pairs", snapshot_pairs },
        { "__sub", snapshot_sub },
        { "__tostring", snapshot_tostring },
        { NULL, NULL },
    };
    make_class(L, STATS, stats_meta);
    make_class(L, SNAPSHOT, snapshot_meta);
}
