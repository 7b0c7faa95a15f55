/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine{...}: from a Lua table to a struct config to a machine; and what one
 * may look at: memory, console, clock. Looking changes nothing. Time advances
 * in sim/lua/run.c; figures are in sim/lua/stats.c.
 */
#include "sim/lua/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/stats.h"

#define MACHINE "machine"

/* ---- the description ---------------------------------------------------- */

/* Text of a parameter's value; NULL when it is no value. */
static const char *value_text(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        return lua_toboolean(L, index) ? "on" : "off";
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            return lua_pushfstring(L, "%I",
                                   (LUAI_UACINT)lua_tointeger(L, index));
        return lua_pushfstring(L, "%f", lua_tonumber(L, index));
    case LUA_TSTRING:
        return lua_tostring(L, index);
    default:
        return NULL;
    }
}

/* All keys of machine{}: the parameters, and two that are none. */
static const char *next_key(size_t i, const void *context)
{
    static const char *const others[] = { "preset", "name", NULL };
    const struct parameter *p = config_parameter(i);
    (void)context;
    return p ? p->key : others[i - config_parameter_count()];
}

/* Nested tables become dotted keys, in sorted order. */
static void describe(lua_State *L, int index, const char *prefix,
                     struct config *c, int depth)
{
    struct err err;
    luaL_checkstack(L, 10, "machine{}: tables too deep");
    lua_Integer count = lua_push_sorted_keys(L, index);
    int keys = lua_gettop(L);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_settop(L, keys);
        if (lua_geti(L, keys, i) != LUA_TSTRING)
            luaL_error(L, "machine{}: keys are names, got %s",
                       lua_text(L, -1, NULL));
        const char *name = lua_tostring(L, -1);
        const char *key = *prefix ? lua_pushfstring(L, "%s.%s", prefix, name)
                                  : lua_pushstring(L, name);
        lua_pushvalue(L, -2);
        lua_gettable(L, index);
        if (lua_istable(L, -1) && depth < 4) {
            describe(L, lua_gettop(L), key, c, depth + 1);
            continue;
        }
        if (strcmp(key, "preset") == 0 || strcmp(key, "name") == 0)
            continue;
        const char *value = value_text(L, -1);
        if (!value)
            luaL_error(L, "machine{}: %s: expected a value, got a %s", key,
                       luaL_typename(L, -1));
        const char *near = nearest_word(key, next_key, NULL);
        if (!config_find(key) && near && !config_find(near))
            luaL_error(L, "machine{}: unknown key '%s', did you mean '%s'?",
                       key, near);
        if (!config_set(c, key, value, &err))
            luaL_error(L, "machine{}: %s", err.text);
    }
    lua_settop(L, keys - 1);
}

static const char *optional_name(lua_State *L, const char *key)
{
    if (lua_getfield(L, 1, key) == LUA_TNIL)
        return NULL;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "machine{}: %s: expected a name, got a %s", key,
                   luaL_typename(L, -1));
    return lua_tostring(L, -1); /* stays on the stack */
}

/* --set machine.KEY=VALUE comes last: the command line has the last word. */
static void override(lua_State *L, struct config *c)
{
    struct scenario *s = lua_scenario(L);
    struct err err;
    for (size_t i = 0; i < s->options.set_count; i++) {
        const char *pair = s->options.set[i];
        if (strncmp(pair, "machine.", 8) == 0 &&
            !config_set_pair(c, pair + 8, &err))
            luaL_error(L, "--set %s: %s", pair, err.text);
    }
}

static void remember(struct session *session, struct lua_machine *m,
                     const char *name)
{
    size_t bytes = (session->machine_count + 1) * sizeof *session->machines;
    struct session_machine *list =
        heap_larger(lua_heap(m), session->machines, bytes);
    if (!list)
        err_no_memory();
    session->machines = list;
    struct session_machine *entry = &list[session->machine_count++];
    memset(entry, 0, sizeof *entry);
    entry->machine = m->machine;
    entry->owner = m;
    m->index = session->machine_count - 1;
    if (name)
        snprintf(entry->name, sizeof entry->name, "%s", name);
    else
        snprintf(entry->name, sizeof entry->name, "m%zu",
                 session->machine_count);
    session->machine = m->machine;
}

/* The first machine's events go to the file of --trace, the others' to FILE.2,
 * FILE.3 ... */
static void trace(lua_State *L, struct lua_machine *m)
{
    const char *path = m->scenario->options.trace_path;
    struct err err;
    if (!path)
        return;
    if (m->index > 0 && strcmp(path, "-") != 0)
        path = lua_pushfstring(L, "%s.%d", path, (int)m->index + 1);
    if (!machine_trace_to(m->machine, path, &m->scenario->options.trace, &err))
        lua_raise(L, err.code, "--trace: %s", err.text);
    if (path != m->scenario->options.trace_path)
        lua_pop(L, 1);
}

static int new_machine(lua_State *L)
{
    struct scenario *s = lua_scenario(L);
    struct config c;
    struct err err;
    if (s->observing)
        return luaL_error(L, "machine{}: not inside a hook");
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    const char *preset = optional_name(L, "preset");
    const char *name = optional_name(L, "name");
    if (s->options.preset)
        preset = s->options.preset;
    if (!config_preset(&c, preset ? preset : PRESET_DEFAULT, &err))
        return luaL_error(L, "machine{}: %s", err.text);
    describe(L, 1, "", &c, 0);
    override(L, &c);
    if (!config_check(&c, &err))
        return luaL_error(L, "machine{}: %s", err.text);

    struct lua_machine *m = lua_newuserdatauv(L, sizeof *m, 1);
    memset(m, 0, sizeof *m);
    m->serial = ++s->serial;
    m->scenario = s;
    m->reference = LUA_NOREF;
    luaL_setmetatable(L, MACHINE);
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    m->machine = machine_new_in(lua_heap(m), &c, &err);
    if (!m->machine)
        return lua_raise(L, err.code, "machine{}: %s", err.text);
    m->machine->engine = s->options.engine;
    remember(s->session, m, name);
    lua_pushvalue(L, -1);
    m->reference = luaL_ref(L, LUA_REGISTRYINDEX);
    trace(L, m);
    return 1;
}

/* ---- its end ------------------------------------------------------------ */

bool lua_machine_close(struct lua_machine *m, struct err *err)
{
    if (!m->machine)
        return true;
    struct session *session = m->scenario->session;
    struct session_machine *entry = &session->machines[m->index];
    bool ok = machine_check(m->machine, true, err);
    if (ok)
        ok = machine_trace_close(m->machine, err);
    entry->cycles = machine_clock(m->machine);
    entry->instructions = machine_instructions(m->machine);
    entry->machine = NULL;
    entry->owner = NULL;
    if (session->machine == m->machine)
        session->machine = NULL;
    machine_free(m->machine);
    m->machine = NULL;
    heap_free(lua_heap(m), m->hooks);
    heap_free(lua_heap(m), m->filters);
    heap_free(lua_heap(m), m->scripts);
    heap_free(lua_heap(m), m->marks);
    m->hooks = NULL;
    m->filters = NULL;
    m->scripts = NULL;
    m->marks = NULL;
    m->hook_count = m->script_count = m->mark_count = 0;
    return ok;
}

static int close_machine(lua_State *L)
{
    struct lua_machine *m = luaL_checkudata(L, 1, MACHINE);
    struct err err;
    if (m->scenario->observing)
        return luaL_error(L, "m:close: not inside a hook");
    bool ok = lua_machine_close(m, &err);
    luaL_unref(L, LUA_REGISTRYINDEX, m->reference);
    m->reference = LUA_NOREF;
    return ok ? 0 : lua_raise(L, err.code, "m:close: %s", err.text);
}

/* ---- looking ------------------------------------------------------------ */

struct lua_machine *lua_check_machine(lua_State *L, int index)
{
    struct lua_machine *m = luaL_checkudata(L, index, MACHINE);
    if (!m->machine)
        luaL_error(L, "this machine was closed");
    return m;
}

void lua_push_machine(lua_State *L, struct lua_machine *m)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->reference);
}

/* nil or a domain of this machine, as a registry id (0 = kernel). */
static uint32_t check_viewer(lua_State *L, struct lua_machine *m, int index)
{
    if (lua_isnoneornil(L, index))
        return 0;
    struct lua_object *o = lua_check_object(L, index, OBJECT_DOMAIN);
    if (o->m != m)
        luaL_error(L, "domain %s belongs to another machine", o->name);
    return (uint32_t)o->id;
}

/* m:peek(address[, bytes[, domain]]): integer; nil = not mapped for it. */
static int peek(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    uint64_t value = 0, address = lua_check_word(L, 2);
    lua_Integer size = luaL_optinteger(L, 3, 8);
    luaL_argcheck(L, size == 1 || size == 2 || size == 4 || size == 8, 3,
                  "1, 2, 4 or 8 bytes");
    uint32_t who = check_viewer(L, m, 4);
    if (machine_peek_va(m->machine, who, address, &value, (size_t)size))
        lua_pushinteger(L, (lua_Integer)value);
    else
        lua_pushnil(L);
    return 1;
}

/* m:peek_bytes(address, count[, domain]): a string; nil = not mapped. */
static int peek_bytes(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    uint64_t address = lua_check_word(L, 2);
    lua_Integer count = luaL_checkinteger(L, 3);
    luaL_argcheck(L, count >= 0 && count <= 1 << 24, 3, "0 to 16 MiB");
    uint32_t who = check_viewer(L, m, 4);
    luaL_Buffer b;
    char *to = luaL_buffinitsize(L, &b, (size_t)count);
    if (!machine_peek_va(m->machine, who, address, to, (size_t)count))
        return 0;
    luaL_pushresultsize(&b, (size_t)count);
    return 1;
}

/* Why the domain may not, in plain words, from the registry. */
static void why_not(const struct registry *r, const struct lua_object *d,
                    uint64_t address, char *to, size_t room)
{
    uint64_t offset;
    const struct registry_segment *s =
        registry_segment_at(r, (uint32_t)d->id, address, &offset);
    const struct registry_right *right =
        s ? registry_right(r, (uint32_t)d->id, s->base) : NULL;
    if (!s)
        snprintf(to, room, "no segment lies there");
    else if (!right)
        snprintf(to, room, "%s was never given a right on segment %s", d->name,
                 s->name);
    else if (!right->rights)
        snprintf(to, room, "%s lost its right on segment %s", d->name, s->name);
    else
        snprintf(to, room, "%s has only %s on segment %s", d->name,
                 lua_rights_text(right->rights), s->name);
}

/*
 * m:explain(address, "r" | "w" | "x", domain): may it? true, or false and why
 * not. What the kernel decided counts, not what a lookaside buffer holds now.
 */
static int explain(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    uint64_t address = lua_check_word(L, 2), offset;
    uint64_t wanted = lua_check_rights(L, 3);
    struct lua_object *d = lua_check_object(L, 4, OBJECT_DOMAIN);
    if (d->m != m)
        return luaL_error(L, "domain %s belongs to another machine", d->name);
    const struct registry *r = &m->machine->registry;
    const struct registry_segment *s =
        registry_segment_at(r, (uint32_t)d->id, address, &offset);
    const struct registry_right *right =
        s ? registry_right(r, (uint32_t)d->id, s->base) : NULL;
    bool may = right && (right->rights & wanted) == wanted;
    lua_pushboolean(L, may);
    if (may)
        return 1;
    char text[200];
    why_not(r, d, address, text, sizeof text);
    lua_pushstring(L, text);
    return 2;
}

/* m:symbol("name" or "program.elf:name"): its address, or nil. */
static int symbol(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    uint64_t address;
    if (!registry_symbol(&m->machine->registry, luaL_checkstring(L, 2),
                         &address))
        return 0;
    lua_pushinteger(L, (lua_Integer)address);
    return 1;
}

/* m:setting "dtlb.entries": the number, or the choice's name. */
static int setting(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    const char *key = luaL_checkstring(L, 2);
    const struct parameter *p = config_find(key);
    char text[64];
    if (!p)
        return luaL_error(L, "m:setting: no parameter %s", key);
    config_format(&m->machine->config, p, text, sizeof text);
    if (p->choices)
        lua_pushstring(L, text);
    else
        lua_pushinteger(L, (lua_Integer)config_get(&m->machine->config, p));
    return 1;
}

static int send(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    size_t bytes;
    const char *text = luaL_checklstring(L, 2, &bytes);
    if (m->scenario->observing)
        return luaL_error(L, "m:send: not inside a hook, which only observes");
    lua_pushinteger(
        L, (lua_Integer)machine_console_input(m->machine, text, bytes));
    return 1;
}

/*
 * m:poke(address, value[, bytes[, domain]]): writes memory from outside the
 * hart, as a device would; the page must be there. False = it is not.
 */
static int poke(lua_State *L)
{
    struct lua_machine *m = lua_check_machine(L, 1);
    uint64_t address = lua_check_word(L, 2), value = lua_check_word(L, 3), pa;
    lua_Integer size = luaL_optinteger(L, 4, 8);
    luaL_argcheck(L, size == 1 || size == 2 || size == 4 || size == 8, 4,
                  "1, 2, 4 or 8 bytes");
    if (m->scenario->observing)
        return luaL_error(L, "m:poke: not inside a hook, which only observes");
    luaL_argcheck(L, address % (uint64_t)size == 0, 2,
                  "a multiple of the size");
    bool done =
        machine_place(m->machine, check_viewer(L, m, 5), address, &pa) &&
        machine_poke_phys(m->machine, pa, &value, (size_t)size);
    lua_pushboolean(L, done);
    return 1;
}

/* ---- fields ------------------------------------------------------------- */

static bool push_field(lua_State *L, struct lua_machine *m, const char *key)
{
    size_t bytes;
    const char *text;
    if (strcmp(key, "cycles") == 0) {
        lua_pushinteger(L, (lua_Integer)machine_clock(m->machine));
    } else if (strcmp(key, "instructions") == 0) {
        lua_pushinteger(L, (lua_Integer)machine_instructions(m->machine));
    } else if (strcmp(key, "console") == 0) {
        text = machine_console(m->machine, &bytes);
        lua_pushlstring(L, text, bytes);
    } else if (strcmp(key, "stats") == 0) {
        lua_push_stats(L, m, 1);
    } else if (strcmp(key, "name") == 0) {
        lua_pushstring(L, m->scenario->session->machines[m->index].name);
    } else if (strcmp(key, "preset") == 0) {
        lua_pushstring(L, m->machine->config.preset);
    } else if (strcmp(key, "personality") == 0) {
        lua_pushstring(L, m->booted ? m->personality->name : NULL);
    } else if (strcmp(key, "os") == 0) {
        if (m->booted)
            lua_push_object(L, m, 1, OBJECT_OS, 0);
        else
            lua_pushnil(L);
    } else {
        return false;
    }
    return true;
}

static const luaL_Reg methods[] = {
    { "boot", lua_machine_boot },
    { "boot_firmware", lua_machine_boot_firmware },
    { "run", lua_machine_run },
    { "on", lua_machine_on },
    { "off", lua_machine_off },
    { "marks", lua_machine_marks },
    { "snapshot", lua_machine_snapshot },
    { "switches", lua_machine_switches },
    { "storage_bits", lua_machine_storage_bits },
    { "peek", peek },
    { "peek_bytes", peek_bytes },
    { "poke", poke },
    { "explain", explain },
    { "symbol", symbol },
    { "setting", setting },
    { "send", send },
    { "close", close_machine },
    { NULL, NULL },
};

static int machine_index(lua_State *L)
{
    static const char *const names[] = {
        "cycles",   "instructions", "console", "stats",        "name",
        "preset",   "personality",  "os",      "boot",         "run",
        "on",       "off",          "marks",   "snapshot",     "peek",
        "switches", "peek_bytes",   "poke",    "storage_bits", "send",
        "explain",  "symbol",       "setting", "close",        "boot_firmware",
        NULL,
    };
    struct lua_machine *m = luaL_checkudata(L, 1, MACHINE);
    const char *key = luaL_checkstring(L, 2);
    for (const luaL_Reg *r = methods; r->name; r++) {
        if (strcmp(r->name, key) == 0) {
            lua_pushcfunction(L, r->func);
            return 1;
        }
    }
    if (!m->machine)
        return luaL_error(L, "this machine was closed");
    if (push_field(L, m, key))
        return 1;
    return luaL_error(L, "a machine has no '%s'%s", key,
                      lua_push_nearest(L, key, names));
}

static int machine_tostring(lua_State *L)
{
    struct lua_machine *m = luaL_checkudata(L, 1, MACHINE);
    lua_pushfstring(L, "machine %s",
                    m->scenario->session->machines[m->index].name);
    return 1;
}

static int machine_assign(lua_State *L)
{
    return luaL_error(L, "a machine's '%s' cannot be assigned",
                      lua_text(L, 2, NULL));
}

void lua_open_machine(lua_State *L)
{
    static const luaL_Reg meta[] = {
        { "__index", machine_index },
        { "__newindex", machine_assign },
        { "__tostring", machine_tostring },
        { "__close", close_machine },
        { NULL, NULL },
    };
    luaL_newmetatable(L, MACHINE);
    luaL_setfuncs(L, meta, 0);
    lua_pushboolean(L, false); /* hides the metatable from the scenario */
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    lua_pushcfunction(L, new_machine);
    lua_setglobal(L, "machine");
}
