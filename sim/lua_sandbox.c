/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox: a Lua 5.4 state in which a scenario can do no harm to the host
 * and gives the same run every time. No files, no clock, no bytecode; memory
 * and steps are limited; pairs and next go in a defined order (numbers,
 * strings, booleans, our objects), random comes from the seed, table.sort is
 * stable, and no text shows an address.
 */
#include "sim/lua_state.h"

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
        free(old);
        s->bytes -= held;
        return NULL;
    }
    if (size > held && s->bytes - held + size > s->options.max_lua_bytes)
        return NULL;
    void *p = realloc(old, size);
    if (p)
        s->bytes += size - held;
    return p;
}

static void count_steps(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    struct scenario *s = lua_scenario(L);
    s->steps += STEP_GRAIN;
    bool interrupted = s->session->interrupted;
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
    char text[1024];
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

/* ---- order -------------------------------------------------------------- */

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
    if (a->text) {
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

static int safe_pairs(lua_State *L)
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
static int safe_next(lua_State *L)
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

static int safe_sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_Integer n = luaL_len(L, 1);
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
    lua_pushinteger(L, (lua_Integer)((uint64_t)low + (span ? r % span : r)));
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
    set(L, "next", safe_next);
    set(L, "pairs", safe_pairs);
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
    set(L, "sort", safe_sort);
    lua_pop(L, 1);
    lua_getfield(L, -1, LUA_MATHLIBNAME);
    set(L, "random", safe_random);
    set(L, "randomseed", NULL);
    lua_pop(L, 1);
    return 0;
}

lua_State *lua_sandbox_new(struct scenario *s)
{
    lua_State *L = lua_newstate(allocate, s);
    if (!L)
        return NULL;
    *(struct scenario **)lua_getextraspace(L) = s;
    random_seed(s, s->options.seed);
    lua_pushcfunction(L, open_libraries);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        lua_close(L);
        return NULL;
    }
    lua_sethook(L, count_steps, LUA_MASKCOUNT, STEP_GRAIN);
    return L;
}
