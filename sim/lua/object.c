/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects of the guest as Lua values: an object is a name for an id, made once
 * for each, and answers for its fields from the registry. What can be done
 * with it is in sim/lua/os.c.
 */
#include <stdio.h>
#include <string.h>

#include "sim/lua/state.h"

static const char *const kind_names[OBJECT_KIND_COUNT] = {
    "os",     "domain",    "segment", "thread",
    "portal", "semaphore", "port",    "program",
};

/* ---- objects ------------------------------------------------------------- */

struct lua_object *lua_test_object(lua_State *L, int index)
{
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        struct lua_object *o = luaL_testudata(L, index, kind_names[kind]);
        if (o)
            return o;
    }
    return NULL;
}

struct lua_object *lua_check_object(lua_State *L, int index,
                                    enum object_kind kind)
{
    struct lua_object *o = luaL_checkudata(L, index, kind_names[kind]);
    if (!o->m->machine)
        luaL_error(L, "%s %s: its machine was closed", kind_names[kind],
                   o->name);
    return o;
}

uint64_t lua_check_word(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index))
        return 0;
    if (lua_isboolean(L, index))
        return (uint64_t)lua_toboolean(L, index);
    struct lua_object *o = lua_test_object(L, index);
    return o ? o->id : (uint64_t)luaL_checkinteger(L, index);
}

static struct lua_object *new_object(lua_State *L, struct lua_machine *m,
                                     int machine_index, enum object_kind kind,
                                     uint64_t id)
{
    machine_index = lua_absindex(L, machine_index);
    struct lua_object *o = lua_newuserdatauv(L, sizeof *o, 1);
    memset(o, 0, sizeof *o);
    o->serial = ++m->scenario->serial;
    o->kind = kind;
    o->m = m;
    o->id = id;
    luaL_setmetatable(L, kind_names[kind]);
    lua_pushvalue(L, machine_index);
    lua_setiuservalue(L, -2, 1);
    /* Remembered under "kind id". */
    lua_getiuservalue(L, machine_index, 1);
    lua_pushfstring(L, "%s %I", kind_names[kind], (LUAI_UACINT)id);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return o;
}

/* What the registry knows of it. */
static void describe(struct lua_object *o)
{
    const struct registry *r = &o->m->machine->registry;
    const struct registry_segment *segment;
    const struct registry_thread *thread;
    switch (o->kind) {
    case OBJECT_DOMAIN:
        if (registry_domain(r, (uint32_t)o->id))
            snprintf(o->name, sizeof o->name, "%s",
                     registry_domain(r, (uint32_t)o->id)->name);
        break;
    case OBJECT_SEGMENT:
        segment = registry_segment(r, o->id);
        if (segment) {
            o->size = segment->bytes;
            snprintf(o->name, sizeof o->name, "%s", segment->name);
        }
        break;
    case OBJECT_THREAD:
        thread = registry_thread(r, (uint32_t)o->id);
        if (thread) {
            o->domain = thread->domain;
            snprintf(o->name, sizeof o->name, "%s", thread->name);
        }
        break;
    default:
        break;
    }
}

struct lua_object *lua_push_object(lua_State *L, struct lua_machine *m,
                                   int machine_index, enum object_kind kind,
                                   uint64_t id)
{
    machine_index = lua_absindex(L, machine_index);
    lua_getiuservalue(L, machine_index, 1);
    lua_pushfstring(L, "%s %I", kind_names[kind], (LUAI_UACINT)id);
    if (lua_rawget(L, -2) == LUA_TUSERDATA) {
        lua_remove(L, -2);
        return lua_touserdata(L, -1);
    }
    lua_pop(L, 2);
    struct lua_object *o = new_object(L, m, machine_index, kind, id);
    describe(o);
    return o;
}

/* A new object, in place of any that had the same id before. */
struct lua_object *lua_push_made(lua_State *L, struct lua_machine *m,
                                 enum object_kind kind, uint64_t id,
                                 const char *name)
{
    lua_push_machine(L, m);
    struct lua_object *o = new_object(L, m, -1, kind, id);
    lua_remove(L, -2);
    snprintf(o->name, sizeof o->name, "%s", name ? name : "");
    return o;
}

/* "domain alice", "thread 7": for messages; stays on the stack. */
const char *lua_push_title(lua_State *L, const struct lua_object *o)
{
    if (o->name[0])
        return lua_pushfstring(L, "%s %s", kind_names[o->kind], o->name);
    return lua_pushfstring(L, "%s %I", kind_names[o->kind], (LUAI_UACINT)o->id);
}

/* ---- fields -------------------------------------------------------------- */

static bool push_thread_field(lua_State *L, const struct lua_object *o,
                              const char *key)
{
    const struct registry_thread *t =
        registry_thread(&o->m->machine->registry, (uint32_t)o->id);
    if (strcmp(key, "domain") == 0) {
        lua_push_machine(L, o->m);
        lua_push_object(L, o->m, -1, OBJECT_DOMAIN, o->domain);
    } else if (strcmp(key, "ended") == 0) {
        lua_pushboolean(L, t && !t->live);
    } else if (strcmp(key, "result") == 0) {
        if (t && !t->live)
            lua_pushinteger(L, (lua_Integer)t->exit_value);
        else
            lua_pushnil(L);
    } else {
        return false;
    }
    return true;
}

static bool push_object_field(lua_State *L, struct lua_object *o,
                              const char *key)
{
    const struct registry *r = &o->m->machine->registry;
    if (strcmp(key, "id") == 0) {
        lua_pushinteger(L, (lua_Integer)o->id);
    } else if (strcmp(key, "name") == 0) {
        lua_pushstring(L, o->name);
    } else if (strcmp(key, "machine") == 0) {
        lua_push_machine(L, o->m);
    } else if (o->kind == OBJECT_SEGMENT && strcmp(key, "base") == 0) {
        lua_pushinteger(L, (lua_Integer)o->id);
    } else if (o->kind == OBJECT_SEGMENT && strcmp(key, "size") == 0) {
        lua_pushinteger(L, (lua_Integer)o->size);
    } else if (o->kind == OBJECT_DOMAIN && strcmp(key, "alive") == 0) {
        const struct registry_domain *d = registry_domain(r, (uint32_t)o->id);
        lua_pushboolean(L, d && d->live);
    } else if (o->kind == OBJECT_OS && strcmp(key, "personality") == 0) {
        lua_pushstring(L, o->m->personality->name);
    } else if (o->kind == OBJECT_OS && strcmp(key, "one_space") == 0) {
        lua_pushboolean(L, o->m->personality->spaces == SPACES_ONE);
    } else {
        return o->kind == OBJECT_THREAD && push_thread_field(L, o, key);
    }
    return true;
}

static int object_index(lua_State *L)
{
    const char *names[24] = { "id", "name", "machine" };
    size_t count = 3;
    struct lua_object *o = lua_touserdata(L, 1);
    const char *key = luaL_checkstring(L, 2);
    for (const luaL_Reg *r = lua_object_methods[o->kind]; r->name; r++) {
        if (strcmp(r->name, key) == 0) {
            lua_pushcfunction(L, r->func);
            return 1;
        }
        names[count++] = r->name;
    }
    if (!o->m->machine)
        return luaL_error(L, "%s: its machine was closed",
                          lua_push_title(L, o));
    if (push_object_field(L, o, key))
        return 1;
    return luaL_error(L, "a %s has no '%s'%s", kind_names[o->kind], key,
                      lua_push_nearest(L, key, names));
}

static int object_assign(lua_State *L)
{
    struct lua_object *o = lua_touserdata(L, 1);
    return luaL_error(L, "a %s's '%s' cannot be assigned", kind_names[o->kind],
                      lua_text(L, 2, NULL));
}

static int object_tostring(lua_State *L)
{
    lua_push_title(L, lua_touserdata(L, 1));
    return 1;
}

void lua_open_objects(lua_State *L)
{
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        static const luaL_Reg meta[] = {
            { "__index", object_index },
            { "__newindex", object_assign },
            { "__tostring", object_tostring },
            { NULL, NULL },
        };
        luaL_newmetatable(L, kind_names[kind]);
        luaL_setfuncs(L, meta, 0);
        lua_pushboolean(L, false);
        lua_setfield(L, -2, "__metatable");
        lua_pop(L, 1);
    }
}
