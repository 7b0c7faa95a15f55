/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of things in a scenario: pairs and next go through keys in a
 * defined order (numbers, strings, booleans, our objects), and table.sort is
 * stable. Lua's own order depends on addresses and the time.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/lua/state.h"

struct key {
    int rank; /* numbers, strings, booleans, objects */
    int slot; /* where the key stands in the list being sorted */
    lua_Number number;
    lua_Integer integer;
    const char *text;
    size_t bytes;
};

static int compare_keys(const void *pa, const void *pb)
{
    const struct key *a = pa, *b = pb;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->text && b->text) {
        size_t shorter = a->bytes < b->bytes ? a->bytes : b->bytes;
        int c = memcmp(a->text, b->text, shorter);
        return c ? c : a->bytes < b->bytes ? -1 : a->bytes > b->bytes;
    }
    if (a->number < b->number || a->number > b->number)
        return a->number < b->number ? -1 : 1;
    return a->integer < b->integer ? -1 : a->integer > b->integer;
}

/* Describes the key on top of the stack. */
static struct key key_of(lua_State *L)
{
    struct key k = { 0 };
    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        k.number = lua_tonumber(L, -1);
        k.integer = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
        return k;
    case LUA_TSTRING:
        k.rank = 1;
        k.text = lua_tolstring(L, -1, &k.bytes);
        return k;
    case LUA_TBOOLEAN:
        k.rank = 2;
        k.integer = lua_toboolean(L, -1);
        return k;
    case LUA_TUSERDATA:
        k.rank = 3;
        k.integer = (lua_Integer) * (uint64_t *)lua_touserdata(L, -1);
        return k;
    default:
        luaL_error(L,
                   "a table whose keys are %ss has no defined order; use "
                   "numbers, strings or objects of the machine as keys",
                   luaL_typename(L, -1));
        return k;
    }
}

lua_Integer lua_push_sorted_keys(lua_State *L, int index)
{
    size_t count = 0;
    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        count++;
    lua_createtable(L, (int)count, 0); /* unsorted: keeps the texts alive */
    int unsorted = lua_gettop(L);
    struct key *keys = lua_newuserdatauv(L, (count + 1) * sizeof *keys, 0);
    int n = 0;
    for (lua_pushnil(L); lua_next(L, index);) {
        lua_pop(L, 1);
        keys[n] = key_of(L);
        lua_pushvalue(L, -1);
        lua_rawseti(L, unsorted, n + 1);
        keys[n].slot = n + 1;
        n++;
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    lua_createtable(L, (int)count, 0);
    for (int i = 0; i < n; i++) {
        lua_rawgeti(L, unsorted, keys[i].slot);
        lua_rawseti(L, -2, i + 1);
    }
    lua_replace(L, unsorted);
    lua_settop(L, unsorted);
    return n;
}

/* Upvalues: table, sorted keys, position. */
static int pairs_step(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));
    for (;;) {
        i++;
        if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
            break;
        lua_pop(L, 2); /* removed meanwhile */
    }
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(3));
    return 2;
}

int lua_ordered_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushvalue(L, 1);
    lua_push_sorted_keys(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 3);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* The smallest key above the one given. */
int lua_ordered_next(lua_State *L)
{
    struct key after = { 0 }, best = { 0 };
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    bool first = lua_isnil(L, 2), found = false;
    if (!first)
        after = key_of(L);
    lua_pushnil(L); /* 3: best key so far */
    for (lua_pushnil(L); lua_next(L, 1);) {
        lua_pop(L, 1);
        struct key k = key_of(L);
        if ((first || compare_keys(&k, &after) > 0) &&
            (!found || compare_keys(&k, &best) < 0)) {
            lua_pushvalue(L, -1);
            lua_replace(L, 3);
            best = k;
            found = true;
        }
    }
    if (!found)
        return 1;
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    return 2;
}

/* ---- a stable sort ------------------------------------------------------ */

/* a < b for the values at two stack places, by the function at 2 if any. */
static bool sorts_before(lua_State *L, int a, int b)
{
    if (lua_isnil(L, 2))
        return lua_compare(L, a, b, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    bool before = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return before;
}

/* Merges [low, middle) and [middle, high) of the table at `from` into `to`. */
static void merge(lua_State *L, int from, int to, lua_Integer low,
                  lua_Integer middle, lua_Integer high)
{
    lua_Integer a = low, b = middle;
    for (lua_Integer i = low; i < high; i++) {
        bool right = a >= middle;
        if (a < middle && b < high) {
            lua_geti(L, from, b);
            lua_geti(L, from, a);
            int top = lua_gettop(L);
            right = sorts_before(L, top - 1, top);
            lua_settop(L, top - 2);
        }
        lua_geti(L, from, right ? b++ : a++);
        lua_seti(L, to, i);
    }
}

int lua_ordered_sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_Integer n = lua_count(L, 1);
    lua_newtable(L); /* 3: the other half of the work */
    int from = 1, to = 3;
    for (lua_Integer width = 1; width < n; width *= 2) {
        for (lua_Integer low = 1; low <= n; low += 2 * width) {
            lua_Integer middle = low + width, high = middle + width;
            middle = middle > n + 1 ? n + 1 : middle;
            high = high > n + 1 ? n + 1 : high;
            merge(L, from, to, low, middle, high);
        }
        int swap = from;
        from = to;
        to = swap;
    }
    for (lua_Integer i = 1; from == 3 && i <= n; i++) {
        lua_geti(L, 3, i);
        lua_seti(L, 1, i);
    }
    return 0;
}
