/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.*: what a scenario claims. A failed check is counted and said with its
 * Lua line, and the scenario goes on; the program ends with
 * EXIT_CHECK_FAILED. Each returns whether it held.
 */
#include "sim/lua/state.h"

#include <string.h>

/* Keeps the verdict with its line, for views. */
static void keep(lua_State *L, struct session *s, bool holds)
{
    lua_Debug ar;
    int line = 0;
    if (lua_getstack(L, 1, &ar) && lua_getinfo(L, "Sl", &ar) &&
        ar.source[0] == '@' &&
        strcmp(ar.source + 1, s->scenario->options.path) == 0)
        line = ar.currentline;
    uint64_t number = s->checks_passed + s->checks_failed;
    s->checks[number % SESSION_CHECKS] = (struct session_check){ line, holds };
}

/* Counts; says the failure. The reason is the string on top of the stack; the
 * scenario's own words are at text_index, 0 = none. */
static int verdict(lua_State *L, bool holds, int text_index)
{
    struct scenario *s = lua_scenario(L);
    keep(L, s->session, holds);
    lua_pushboolean(L, holds);
    if (holds) {
        s->session->checks_passed++;
        return 1;
    }
    s->session->checks_failed++;
    const char *reason = lua_tostring(L, -2);
    const char *text = text_index && !lua_isnil(L, text_index)
                           ? lua_text(L, text_index, NULL)
                           : NULL;
    luaL_where(L, 1);
    lua_warn(s, "%scheck failed: %s%s%s\n", lua_tostring(L, -1),
             text ? text : "", text ? ": " : "", reason);
    lua_pushboolean(L, false);
    return 1;
}

/* Tables are equal when their parts are; everything else as == says. */
static bool is_equal(lua_State *L, int a, int b, int depth)
{
    a = lua_absindex(L, a);
    b = lua_absindex(L, b);
    if (lua_compare(L, a, b, LUA_OPEQ))
        return true;
    if (!lua_istable(L, a) || !lua_istable(L, b) || depth > 50)
        return false;
    luaL_checkstack(L, 10, "tables too deep");
    for (int pass = 0; pass < 2; pass++) {
        int from = pass ? b : a, in = pass ? a : b;
        for (lua_pushnil(L); lua_next(L, from);) {
            lua_pushvalue(L, -2);
            lua_gettable(L, in);
            bool same =
                pass ? !lua_isnil(L, -1) : is_equal(L, -2, -1, depth + 1);
            lua_pop(L, 2);
            if (!same) {
                lua_pop(L, 1);
                return false;
            }
        }
    }
    return true;
}

static void push_quoted(lua_State *L, int index)
{
    const char *text = lua_text(L, index, NULL);
    if (lua_type(L, index) == LUA_TSTRING) {
        lua_pushfstring(L, "\"%s\"", text);
        lua_remove(L, -2);
    }
}

static int check_that(lua_State *L)
{
    lua_settop(L, 2);
    bool holds = lua_toboolean(L, 1);
    push_quoted(L, 1);
    lua_pushfstring(L, "got %s", lua_tostring(L, -1));
    return verdict(L, holds, 2);
}

/* check.equal(got, expected[, text]) */
static int check_equal(lua_State *L)
{
    lua_settop(L, 3);
    bool holds = is_equal(L, 1, 2, 0);
    push_quoted(L, 2);
    push_quoted(L, 1);
    lua_pushfstring(L, "expected %s, got %s", lua_tostring(L, -2),
                    lua_tostring(L, -1));
    return verdict(L, holds, 3);
}

static int check_differs(lua_State *L)
{
    lua_settop(L, 3);
    bool holds = !is_equal(L, 1, 2, 0);
    push_quoted(L, 1);
    lua_pushfstring(L, "both are %s", lua_tostring(L, -1));
    return verdict(L, holds, 3);
}

/* check.less(a, b[, text]): a < b */
static int check_less(lua_State *L)
{
    lua_settop(L, 3);
    bool holds = lua_compare(L, 1, 2, LUA_OPLT);
    push_quoted(L, 1);
    push_quoted(L, 2);
    lua_pushfstring(L, "%s is not less than %s", lua_tostring(L, -2),
                    lua_tostring(L, -1));
    return verdict(L, holds, 3);
}

/* check.near(got, expected, tolerance[, text]) */
static int check_near(lua_State *L)
{
    lua_Number got = luaL_checknumber(L, 1), expected = luaL_checknumber(L, 2);
    lua_Number tolerance = luaL_checknumber(L, 3);
    lua_settop(L, 4);
    lua_Number off = got > expected ? got - expected : expected - got;
    lua_pushfstring(L, "expected %f within %f, got %f", expected, tolerance,
                    got);
    return verdict(L, off <= tolerance, 4);
}

/* check.faults(m, { protection = 1, page = 0 }[, text]): m.stats.faults.* */
static int check_faults(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 3);
    lua_check_machine(L, 1);
    lua_getfield(L, 1, "stats");
    lua_getfield(L, -1, "faults");
    int faults = lua_gettop(L);
    lua_Integer count = lua_push_sorted_keys(L, 2);
    int keys = lua_gettop(L);
    bool holds = true;
    lua_pushliteral(L, ""); /* the reason, kept on top */
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, keys, i);
        lua_pushvalue(L, -1);
        lua_gettable(L, 2);
        lua_pushvalue(L, -2);
        lua_gettable(L, faults);
        if (!is_equal(L, -1, -2, 0)) {
            lua_text(L, -1, NULL);
            lua_text(L, -3, NULL);
            lua_pushfstring(L, "%s%sexpected %s %s faults, got %s",
                            lua_tostring(L, keys + 1), holds ? "" : "; ",
                            lua_tostring(L, -1), lua_tostring(L, -5),
                            lua_tostring(L, -2));
            lua_replace(L, keys + 1);
            holds = false;
        }
        lua_settop(L, keys + 1);
    }
    return verdict(L, holds, 3);
}

static int error_raised(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD) {
        lua_pushliteral(L, "no error was raised");
        return verdict(L, false, 0);
    }
    const char *message = lua_text(L, -1, NULL);
    const char *part = luaL_optstring(L, 2, "");
    bool holds = strstr(message, part) != NULL;
    lua_pushfstring(L, "expected an error with \"%s\", got \"%s\"", part,
                    message);
    return verdict(L, holds, 0);
}

/* check.error(fn[, part of the message]): calling fn must raise; time may
 * advance meanwhile. */
static int check_error(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_pushvalue(L, 1);
    int status = lua_pcallk(L, 0, 0, 0, 0, error_raised);
    return error_raised(L, status, 0);
}

void lua_open_check(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "that", check_that },       { "equal", check_equal },
        { "differs", check_differs }, { "less", check_less },
        { "near", check_near },       { "faults", check_faults },
        { "error", check_error },     { NULL, NULL },
    };
    luaL_newlib(L, functions);
    lua_setglobal(L, "check");
}
