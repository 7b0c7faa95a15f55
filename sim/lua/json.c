/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Lua value as JSON: tables in the defined order of keys (lua/order.c), so
 * that the same value gives the same bytes. Used by output.* and `--json`.
 */
#include "sim/lua/state.h"

#include "sim/json.h"

/* A list has the keys 1 .. n and no others; an empty table is a list. */
static bool is_list(lua_State *L, int index)
{
    lua_Integer n = lua_count(L, index), count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        count++;
        if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 ||
            lua_tointeger(L, -2) > n) {
            lua_pop(L, 2);
            return false;
        }
    }
    return count == n;
}

static bool is_flat(lua_State *L, int index)
{
    lua_Integer n = lua_count(L, index);
    for (lua_Integer i = 1; i <= n; i++) {
        bool table = lua_geti(L, index, i) == LUA_TTABLE;
        lua_pop(L, 1);
        if (table)
            return false;
    }
    return true;
}

static void write_table(lua_State *L, int index, struct json *j)
{
    if (j->depth > JSON_DEPTH - 4)
        luaL_error(L, "output: tables too deep, or a table inside itself");
    luaL_checkstack(L, 10, "output: tables too deep");
    if (is_list(L, index)) {
        lua_Integer n = lua_count(L, index);
        if (is_flat(L, index))
            json_array_inline(j);
        else
            json_array(j);
        for (lua_Integer i = 1; i <= n; i++) {
            lua_geti(L, index, i);
            lua_write_json(L, -1, j);
            lua_pop(L, 1);
        }
        json_end(j);
        return;
    }
    json_object(j);
    lua_Integer n = lua_push_sorted_keys(L, index);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_geti(L, -1, i);
        json_key(j, lua_text(L, -1, NULL));
        lua_pop(L, 1);
        lua_gettable(L, index);
        lua_write_json(L, -1, j);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    json_end(j);
}

void lua_write_json(lua_State *L, int index, struct json *j)
{
    size_t bytes;
    const char *text;
    index = lua_absindex(L, index);
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        json_null(j);
        break;
    case LUA_TBOOLEAN:
        json_bool(j, lua_toboolean(L, index));
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            json_i64(j, lua_tointeger(L, index));
        else
            json_real(j, lua_tonumber(L, index));
        break;
    case LUA_TTABLE:
        write_table(L, index, j);
        break;
    case LUA_TFUNCTION:
    case LUA_TTHREAD:
        luaL_error(L, "output: a %s cannot be written",
                   luaL_typename(L, index));
        break;
    default:
        text = lua_text(L, index, &bytes);
        json_bytes(j, text, bytes);
        lua_pop(L, 1);
        break;
    }
}
