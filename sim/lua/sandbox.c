/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox: a Lua 5.4 state in which a scenario can do no harm to the host
 * and gives the same run every time. No files, no clock, no bytecode; memory
 * and steps are limited; random comes from the seed, and no text shows an
 * address. The order of tables is defined in lua/order.c.
 */
#include "sim/lua/state.h"

#include <lualib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_GRAIN                                                             \
    10000 /* Lua instructions between two looks at the limits                  \
           */

/* ---- memory and steps --------------------------------------------------- */

static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
    struct scenario *s = context;
    size_t held = old ? old_size : 0;
    if (size == 0) {
        heap_free(s->options.heap, old);
        s->bytes -= held;
        return NULL;
    }
    if (size > held && s->bytes - held + size > s->options.max_lua_bytes)
        return NULL;
    void *p = heap_larger(s->options.heap, old, size);
    if (p)
        s->bytes += size - held;
    return p;
}

static void count_steps(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    struct scenario *s = lua_scenario(L);
    s->steps += STEP_GRAIN;
    bool interrupted = session_is_interrupted(s->session) != 0;
    if (!interrupted && !s->stopped_steps &&
        s->steps <= s->options.max_lua_steps)
        return;
    /* A pcall around the endless loop must not save it. */
    s->stopped_steps = true;
    lua_sethook(L, count_steps, LUA_MASKCOUNT, 1);
    luaL_where(L, 0);
    if (interrupted)
        luaL_error(L, "%sinterrupted", lua_tostring(L, -1));
    luaL_error(L,
               "%smore than %I Lua instructions without advancing time: an "
               "endless loop?",
               lua_tostring(L, -1), (lua_Integer)s->options.max_lua_steps);
}

void lua_steps_reset(struct scenario *s)
{
    s->steps = 0;
}

/* ---- text without addresses --------------------------------------------- */

const char *lua_text(lua_State *L, int index, size_t *bytes)
{
    switch (lua_type(L, index)) {
    case LUA_TTABLE:
    case LUA_TUSERDATA:
    case LUA_TFUNCTION:
    case LUA_TTHREAD:
    case LUA_TLIGHTUSERDATA:
        if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
            lua_pop(L, 1);
            break;
        }
        index = lua_absindex(L, index);
        if (luaL_getmetafield(L, index, "__name") != LUA_TNIL) {
            if (lua_type(L, -1) == LUA_TSTRING)
                return lua_tolstring(L, -1, bytes);
            lua_pop(L, 1);
        }
        lua_pushstring(L, luaL_typename(L, index));
        return lua_tolstring(L, -1, bytes);
    default:
        break;
    }
    return luaL_tolstring(L, index, bytes);
}

static int safe_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_text(L, 1, NULL);
    return 1;
}

/* string.format: objects become text first; %p is not known. */
static int safe_format(lua_State *L)
{
    const char *format = luaL_checkstring(L, 1);
    for (const char *p = strchr(format, '%'); p; p = strchr(p, '%')) {
        p += strspn(p + 1, "-+ #0123456789.") + 1;
        if (*p == 'p')
            return luaL_error(L, "string.format: %%p would show an address");
        if (*p)
            p++;
    }
    int count = lua_gettop(L);
    for (int i = 2; i <= count; i++) {
        if (lua_type(L, i) > LUA_TSTRING || lua_islightuserdata(L, i)) {
            lua_text(L, i, NULL);
            lua_replace(L, i);
        }
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, count, 1);
    return 1;
}

void lua_say(struct scenario *s, const char *text, size_t bytes)
{
    if (s->options.quiet)
        return;
    if (s->options.print)
        s->options.print(s->options.print_context, text, bytes);
    else
        fwrite(text, 1, bytes, stdout);
}

void lua_warn(struct scenario *s, const char *format, ...)
{
    char text[4200]; /* a panic's story */
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t bytes = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    if (s->options.print) {
        s->options.print(s->options.print_context, text, bytes);
    } else {
        fflush(stdout);
        fwrite(text, 1, bytes, stderr);
    }
}

static int safe_print(lua_State *L)
{
    luaL_Buffer b;
    int count = lua_gettop(L);
    luaL_buffinit(L, &b);
    for (int i = 1; i <= count; i++) {
        if (i > 1)
            luaL_addchar(&b, '\t');
        lua_text(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_addchar(&b, '\n');
    luaL_pushresult(&b);
    size_t bytes;
    const char *text = lua_tolstring(L, -1, &bytes);
    lua_say(lua_scenario(L), text, bytes);
    return 0;
}

/* ---- random numbers: xoshiro256**, seeded by splitmix64 ------------------ */

static uint64_t rotate_left(uint64_t x, int n)
{
    return x << n | x >> (64 - n);
}

static void random_seed(struct scenario *s, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15;
        uint64_t z = seed;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        s->random[i] = z ^ z >> 31;
    }
}

uint64_t lua_random(struct scenario *s)
{
    uint64_t *x = s->random;
    uint64_t result = rotate_left(x[1] * 5, 7) * 9;
    uint64_t t = x[1] << 17;
    x[2] ^= x[0];
    x[3] ^= x[1];
    x[1] ^= x[2];
    x[0] ^= x[3];
    x[2] ^= t;
    x[3] = rotate_left(x[3], 45);
    return result;
}

/* random() in [0, 1); random(n) in 1..n; random(a, b) in a..b */
static int safe_random(lua_State *L)
{
    struct scenario *s = lua_scenario(L);
    if (s->observing)
        return luaL_error(L, "random: not inside a hook, which only observes");
    if (lua_gettop(L) == 0) {
        lua_pushnumber(L, (lua_Number)(lua_random(s) >> 11) * 0x1p-53);
        return 1;
    }
    lua_Integer low = lua_gettop(L) > 1 ? luaL_checkinteger(L, 1) : 1;
    lua_Integer high = luaL_checkinteger(L, lua_gettop(L) > 1 ? 2 : 1);
    if (low > high)
        return luaL_error(L, "random: no number from %I to %I", low, high);
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t r = lua_random(s);
    /* Numbers above the last full span would make some results likelier. */
    while (span && r >= UINT64_MAX - UINT64_MAX % span)
        r = lua_random(s);
    if (span)
        r %= span;
    r += (uint64_t)low;
    lua_pushinteger(L, (lua_Integer)r);
    return 1;
}

/* ---- code --------------------------------------------------------------- */

static int safe_load(lua_State *L)
{
    size_t bytes;
    const char *text = luaL_checklstring(L, 1, &bytes);
    const char *name = luaL_optstring(L, 2, text);
    if (luaL_loadbufferx(L, text, bytes, name, "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (lua_gettop(L) > 4 || !lua_isnoneornil(L, 4)) {
        lua_pushvalue(L, 4);
        if (!lua_setupvalue(L, -2, 1))
            lua_pop(L, 1);
    }
    return 1;
}

/* Weak tables and finalizers would show when garbage is collected. */
static int safe_setmetatable(lua_State *L)
{
    static const char *const refused[] = { "__gc", "__mode" };
    luaL_checktype(L, 1, LUA_TTABLE);
    for (int i = 0; i < 2 && lua_istable(L, 2); i++) {
        lua_pushstring(L, refused[i]);
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "setmetatable: %s is not for scenarios",
                              refused[i]);
        lua_pop(L, 1);
    }
    int count = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, count, 1);
    return 1;
}

/* Loads DIR/lib/NAME.lua; true = the chunk is on the stack. */
static bool load_library(lua_State *L, const char *directory, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/lib/%s.lua", directory, name);
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    fclose(f);
    if (luaL_loadfilex(L, path, "t") != LUA_OK)
        lua_error(L);
    return true;
}

static int safe_require(lua_State *L)
{
    struct scenario *s = lua_scenario(L);
    const char *name = luaL_checkstring(L, 1);
    char installed[600];
    lua_settop(L, 1);
    if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                     "0123456789_-") != strlen(name))
        return luaL_error(L, "require \"%s\": only names of scenarios/lib",
                          name);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, 2, name) != LUA_TNIL)
        return 1;
    snprintf(installed, sizeof installed, "%s/../../scenarios",
             s->options.program_dir);
    if (!load_library(L, s->directory, name) &&
        !load_library(L, installed, name))
        return luaL_error(L, "require \"%s\": no file %s/lib/%s.lua", name,
                          s->directory, name);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, true);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

/* ---- the state ---------------------------------------------------------- */

static void wrap(lua_State *L, const char *name, lua_CFunction function)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

static void set(lua_State *L, const char *name, lua_CFunction function)
{
    if (function)
        lua_pushcfunction(L, function);
    else
        lua_pushnil(L);
    lua_setfield(L, -2, name);
}

static int open_libraries(lua_State *L)
{
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
    lua_settop(L, 0);
    lua_pushglobaltable(L);
    set(L, "collectgarbage", NULL);
    set(L, "dofile", NULL);
    set(L, "loadfile", NULL);
    set(L, "warn", NULL);
    set(L, "load", safe_load);
    set(L, "next", lua_ordered_next);
    set(L, "pairs", lua_ordered_pairs);
    set(L, "print", safe_print);
    set(L, "random", safe_random);
    set(L, "require", safe_require);
    set(L, "tostring", safe_tostring);
    wrap(L, "setmetatable", safe_setmetatable);
    lua_getfield(L, -1, LUA_STRLIBNAME);
    set(L, "dump", NULL);
    wrap(L, "format", safe_format);
    lua_pop(L, 1);
    lua_getfield(L, -1, LUA_TABLIBNAME);
    set(L, "sort", lua_ordered_sort);
    lua_pop(L, 1);
    lua_getfield(L, -1, LUA_MATHLIBNAME);
    set(L, "random", safe_random);
    set(L, "randomseed", NULL);
    lua_pop(L, 1);
    return 0;
}

/* Only an error outside of every protected call comes here. */
static int panic(lua_State *L)
{
    const char *text = lua_tostring(L, -1);
    fprintf(stderr, "opalite: Lua gave up: %s\n", text ? text : "?");
    exit(EXIT_HOST_RESOURCE);
}

lua_State *lua_sandbox_new(struct scenario *s)
{
    lua_State *L = lua_newstate(allocate, s);
    if (!L)
        return NULL;
    *(struct scenario **)lua_getextraspace(L) = s;
    lua_atpanic(L, panic);
    random_seed(s, s->options.seed);
    lua_pushcfunction(L, open_libraries);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        lua_close(L);
        return NULL;
    }
    lua_sethook(L, count_steps, LUA_MASKCOUNT, STEP_GRAIN);
    return L;
}
