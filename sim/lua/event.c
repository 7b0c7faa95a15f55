/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events in Lua: m:on(kind, filter, fn), m:marks(), and the event object that
 * hook functions get. Filters are evaluated in C (event_filter_match); a
 * function is called at the frontier of time, after the instruction that made
 * the event, and may only look.
 */
#include "sim/lua/state.h"

#include <stdlib.h>
#include <string.h>

#include "sim/story.h"

#define EVENT "event"

/* ---- filters --------------------------------------------------------------
 */

static void add_kind(lua_State *L, struct event_filter *f, const char *name)
{
    const char *names[EVENT_KIND_COUNT + 1] = { 0 };
    enum event_kind kind;
    if (strcmp(name, "any") == 0) {
        f->kinds = EVENT_ALL;
        return;
    }
    for (int i = 0; i < EVENT_KIND_COUNT; i++)
        names[i] = event_kind_name((enum event_kind)i);
    if (!event_kind_find(name, &kind))
        luaL_error(L, "no event kind '%s'%s", name,
                   lua_push_nearest(L, name, names));
    f->kinds |= EVENT_BIT(kind);
}

/* address = number or {first, last}; segment = all of it. */
static void check_range(lua_State *L, struct event_filter *f, int table)
{
    if (lua_getfield(L, table, "segment") != LUA_TNIL) {
        struct lua_object *g = lua_test_object(L, -1);
        if (!g || g->kind != OBJECT_SEGMENT) {
            luaL_error(L, "event filter: segment: expected a segment, got %s",
                       lua_text(L, -1, NULL));
            return; /* luaL_error does not come back */
        }
        f->by_range = true;
        f->first = g->id;
        f->last = g->id + g->size - 1;
    }
    if (lua_getfield(L, table, "address") == LUA_TNIL)
        return;
    int at = lua_gettop(L);
    f->by_range = true;
    if (lua_istable(L, at)) {
        lua_geti(L, at, 1);
        lua_geti(L, at, 2);
        f->first = lua_check_word(L, at + 1);
        f->last = lua_check_word(L, at + 2);
    } else {
        f->first = f->last = lua_check_word(L, at);
    }
}

struct event_filter lua_check_filter(lua_State *L, struct lua_machine *m,
                                     int kind_index, int filter_index)
{
    static const char *const keys[] = { "event",   "domain",  "thread", "value",
                                        "address", "segment", NULL };
    struct event_filter f = { 0 };
    int top = lua_gettop(L);
    if (lua_istable(L, kind_index)) {
        lua_Integer count = lua_count(L, kind_index);
        for (lua_Integer i = 1; i <= count; i++) {
            lua_geti(L, kind_index, i);
            if (lua_type(L, -1) != LUA_TSTRING)
                luaL_error(L, "expected names of events, got %s",
                           lua_text(L, -1, NULL));
            add_kind(L, &f, lua_tostring(L, -1));
        }
    } else if (lua_type(L, kind_index) == LUA_TSTRING) {
        add_kind(L, &f, lua_tostring(L, kind_index));
    } else {
        luaL_error(L, "expected the name of an event, got %s",
                   lua_text(L, kind_index, NULL));
    }
    if (!f.kinds)
        luaL_error(L, "which events? the list is empty");
    if (filter_index && !lua_isnoneornil(L, filter_index)) {
        luaL_checktype(L, filter_index, LUA_TTABLE);
        lua_check_keys(L, filter_index, "event filter", keys);
        if (lua_getfield(L, filter_index, "domain") != LUA_TNIL) {
            f.by_domain = true;
            f.domain = (uint32_t)lua_check_word(L, -1);
        }
        if (lua_getfield(L, filter_index, "thread") != LUA_TNIL) {
            f.by_thread = true;
            f.thread = (uint32_t)lua_check_word(L, -1);
        }
        if (lua_getfield(L, filter_index, "value") != LUA_TNIL) {
            f.by_value = true;
            f.value = lua_check_word(L, -1);
        }
        check_range(L, &f, filter_index);
    }
    (void)m;
    lua_settop(L, top);
    return f;
}

/* m:on(kind, [filter,] fn): a number for m:off */
int lua_machine_on(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    if (lua_gettop(L) == 3) {
        lua_pushnil(L);
        lua_insert(L, 3);
    }
    luaL_checktype(L, 4, LUA_TFUNCTION);
    lua_settop(L, 4);
    struct event_filter f = lua_check_filter(L, m, 2, 3);
    struct lua_hook *list = heap_larger(lua_heap(m), m->hooks,
                                        (m->hook_count + 1) * sizeof *m->hooks);
    if (!list)
        err_no_memory();
    m->hooks = list;
    m->hooks[m->hook_count].filter = f;
    m->hooks[m->hook_count].function = luaL_ref(L, LUA_REGISTRYINDEX);
    m->hooks[m->hook_count].first = m->machine->events.next;
    lua_pushinteger(L, (lua_Integer)++m->hook_count);
    return 1;
}

int lua_machine_off(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    lua_Integer i = luaL_checkinteger(L, 2);
    luaL_argcheck(L, i >= 1 && (size_t)i <= m->hook_count, 2,
                  "a number that m:on returned");
    luaL_unref(L, LUA_REGISTRYINDEX, m->hooks[i - 1].function);
    m->hooks[i - 1].function = LUA_NOREF;
    return 0;
}

size_t lua_event_filters(struct lua_machine *m, const struct event_filter *also)
{
    struct event_filter *list = heap_larger(lua_heap(m), m->filters,
                                            (m->hook_count + 2) * sizeof *list);
    if (!list)
        err_no_memory();
    m->filters = list;
    size_t count = 0;
    list[count++] = (struct event_filter){ .kinds = EVENT_BIT(EVENT_MARK) };
    if (also->kinds)
        list[count++] = *also;
    for (size_t i = 0; i < m->hook_count; i++)
        if (m->hooks[i].function != LUA_NOREF)
            list[count++] = m->hooks[i].filter;
    return count;
}

/* ---- the event object ------------------------------------------------------
 */

struct lua_event {
    uint64_t serial;
    struct lua_machine *m;
    struct event e;
};

void lua_push_event(lua_State *L, struct lua_machine *m, const struct event *e)
{
    struct lua_event *v = lua_newuserdatauv(L, sizeof *v, 0);
    v->serial = ++m->scenario->serial;
    v->m = m;
    v->e = *e;
    luaL_setmetatable(L, EVENT);
}

static int event_story(lua_State *L)
{
    struct lua_event *v = luaL_checkudata(L, 1, EVENT);
    char text[2000];
    if (!v->m->machine)
        return luaL_error(L, "its machine was closed");
    if (v->e.kind == EVENT_FAULT || v->e.kind == EVENT_TRAP)
        story_fault(v->m->machine, &v->e, text, sizeof text);
    else
        story_event(v->m->machine, &v->e, text, sizeof text);
    /* Scenarios print it: no empty line at the end. */
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    lua_pushlstring(L, text, n);
    return 1;
}

static void push_domain(lua_State *L, struct lua_machine *m, uint32_t id)
{
    if (id == 0 || !m->machine) {
        lua_pushnil(L);
        return;
    }
    lua_push_machine(L, m);
    lua_push_object(L, m, -1, OBJECT_DOMAIN, id);
}

static const char *const access_names[] = { "fetch", "load", "store", "amo" };

/* Plain numbers of an event by name; false = no such name. */
static bool number_field(const struct event *e, const char *key,
                         uint64_t *value)
{
    const struct {
        const char *name;
        uint64_t value;
    } fields[] = {
        { "number", e->number },
        { "cycle", e->cycle },
        { "instructions", e->instructions },
        { "pc", e->pc },
        { "address", e->va },
        { "value", e->value },
        { "value2", e->value2 },
        { "cost", e->cost },
        { "cause", e->cause },
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(fields[i].name, key) == 0) {
            *value = fields[i].value;
            return true;
        }
    }
    return false;
}

static bool push_event_field(lua_State *L, struct lua_event *v, const char *key)
{
    const struct event *e = &v->e;
    uint64_t value;
    if (number_field(e, key, &value))
        lua_pushinteger(L, (lua_Integer)value);
    else if (strcmp(key, "kind") == 0)
        lua_pushstring(L, event_kind_name((enum event_kind)e->kind));
    else if (strcmp(key, "unit") == 0)
        lua_pushstring(L, unit_name((enum unit)e->unit));
    else if (strcmp(key, "miss") == 0)
        lua_pushstring(L, miss_cause_name((enum miss_cause)e->miss));
    else if (strcmp(key, "access") == 0)
        lua_pushstring(L, access_names[e->access & 3]);
    else if (strcmp(key, "why") == 0)
        lua_pushstring(L, refusal_text((enum refusal)e->refused));
    else if (strcmp(key, "rights") == 0)
        lua_pushstring(L, lua_rights_text(e->rights));
    else if (strcmp(key, "interrupt") == 0)
        lua_pushboolean(L, e->interrupt);
    else if (strcmp(key, "late") == 0)
        lua_pushboolean(L, e->late);
    else if (strcmp(key, "domain") == 0)
        push_domain(L, v->m, e->domain);
    else if (strcmp(key, "other") == 0)
        push_domain(L, v->m, e->other);
    else if (strcmp(key, "thread") == 0)
        lua_pushinteger(L, e->thread);
    else if (strcmp(key, "story") == 0)
        lua_pushcfunction(L, event_story);
    else
        return false;
    return true;
}

static int event_index(lua_State *L)
{
    static const char *const names[] = {
        "number", "cycle", "instructions", "pc",   "address", "value",
        "value2", "cost",  "cause",        "kind", "unit",    "miss",
        "access", "why",   "rights",       "late", "domain",  "other",
        "thread", "story", "interrupt",    NULL,
    };
    struct lua_event *v = luaL_checkudata(L, 1, EVENT);
    const char *key = luaL_checkstring(L, 2);
    if (push_event_field(L, v, key))
        return 1;
    return luaL_error(L, "an event has no '%s'%s", key,
                      lua_push_nearest(L, key, names));
}

static int event_tostring(lua_State *L)
{
    struct lua_event *v = luaL_checkudata(L, 1, EVENT);
    char text[512] = "event";
    if (v->m->machine)
        story_event(v->m->machine, &v->e, text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

/* ---- reading ----------------------------------------------------------------
 */

static void keep_mark(struct lua_machine *m, const struct event *e)
{
    if (m->mark_count == m->mark_room) {
        m->mark_room = m->mark_room ? 2 * m->mark_room : 64;
        m->marks =
            heap_larger(lua_heap(m), m->marks, m->mark_room * sizeof *m->marks);
        if (!m->marks)
            err_no_memory();
    }
    m->marks[m->mark_count++] = (struct lua_mark){
        .value = e->value,
        .cycle = e->cycle,
        .instructions = e->instructions,
        .domain = e->domain,
    };
}

struct hook_call {
    struct lua_machine *m;
    int function;
    const struct event *e;
};

static int hook_body(lua_State *L)
{
    const struct hook_call *c = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, c->function);
    lua_push_event(L, c->m, c->e);
    lua_call(L, 1, 0);
    return 0;
}

static bool call_hook(struct scenario *s, struct lua_machine *m, int function,
                      const struct event *e, struct err *err)
{
    lua_State *L = s->L;
    struct hook_call call = { m, function, e };
    lua_pushcfunction(L, hook_body);
    lua_pushlightuserdata(L, &call);
    s->observing = true;
    int status = lua_pcall(L, 1, 0, 0);
    s->observing = false;
    if (status == LUA_OK)
        return true;
    lua_error_to_err(s, L, status, err);
    lua_pop(L, 1);
    return false;
}

bool lua_events_read(struct scenario *s, struct lua_machine *m, struct err *err)
{
    const struct event *next;
    while ((next = event_next(&m->machine->events, &m->cursor)) != NULL) {
        struct event e = *next;
        if (e.kind == EVENT_MARK)
            keep_mark(m, &e);
        for (size_t i = 0; i < m->hook_count; i++) {
            const struct lua_hook *h = &m->hooks[i];
            if (h->function != LUA_NOREF && e.number >= h->first &&
                event_filter_match(&h->filter, &e) &&
                !call_hook(s, m, h->function, &e, err))
                return false;
        }
    }
    return true;
}

/* m:marks(): {value=, cycle=, instructions=, domain=} each, oldest first */
int lua_machine_marks(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    lua_createtable(L, (int)m->mark_count, 0);
    for (size_t i = 0; i < m->mark_count; i++) {
        const struct lua_mark *mark = &m->marks[i];
        lua_createtable(L, 0, 4);
        lua_pushinteger(L, (lua_Integer)mark->value);
        lua_setfield(L, -2, "value");
        lua_pushinteger(L, (lua_Integer)mark->cycle);
        lua_setfield(L, -2, "cycle");
        lua_pushinteger(L, (lua_Integer)mark->instructions);
        lua_setfield(L, -2, "instructions");
        if (mark->domain) {
            lua_push_object(L, m, 1, OBJECT_DOMAIN, mark->domain);
            lua_setfield(L, -2, "domain");
        }
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

void lua_open_event(lua_State *L)
{
    static const luaL_Reg meta[] = {
        { "__index", event_index },
        { "__tostring", event_tostring },
        { NULL, NULL },
    };
    luaL_newmetatable(L, EVENT);
    luaL_setfuncs(L, meta, 0);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
