/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lua values to C values: sizes, rights, option tables. What is wrong is said
 * in one line at the Lua line that wrote it, with the nearest known name.
 */
#include "sim/lua/state.h"

#include <stdlib.h>
#include <string.h>

#include "mmu/xsas.h"

static const char *next_name(size_t i, const void *context)
{
    return ((const char *const *)context)[i];
}

const char *lua_push_nearest(lua_State *L, const char *word,
                             const char *const *names)
{
    const char *near = nearest_word(word, next_name, names);
    if (near)
        return lua_pushfstring(L, " (did you mean %s?)", near);
    return lua_pushliteral(L, "");
}

uint64_t lua_check_size(lua_State *L, int index, const char *what)
{
    if (lua_isinteger(L, index) && lua_tointeger(L, index) > 0)
        return (uint64_t)lua_tointeger(L, index);
    if (lua_type(L, index) == LUA_TSTRING) {
        static const char letters[] = "KMGT";
        char *end;
        const char *text = lua_tostring(L, index);
        uint64_t n = strtoull(text, &end, 0);
        const char *letter = *end ? strchr(letters, *end) : NULL;
        unsigned shift = letter ? 10 * (unsigned)(letter - letters + 1) : 0;
        if (letter)
            end += strcmp(end + 1, "iB") == 0 ? 3 : 1;
        if (end != text && *end == 0 && text[0] != '-' && n > 0 &&
            n <= UINT64_MAX >> 1 >> shift)
            return n << shift;
    }
    lua_text(L, index, NULL);
    luaL_error(L, "%s: expected bytes, as 4096, \"4K\" or \"1M\", got %s", what,
               lua_tostring(L, -1));
    return 0;
}

uint64_t lua_check_rights(lua_State *L, int index)
{
    static const char letters[] = "rwxm";
    const char *text = luaL_checkstring(L, index);
    uint64_t rights = 0;
    for (const char *p = text; *p; p++) {
        const char *letter = strchr(letters, *p);
        if (*p == '-')
            continue;
        if (!letter)
            luaL_error(L, "rights \"%s\": expected letters of \"rwxm\"", text);
        rights |= UINT64_C(1) << (letter - letters);
    }
    return rights;
}

const char *lua_rights_text(uint64_t rights)
{
    static const char *const texts[] = {
        "",  "r",  "w",  "rw",  "x",  "rx",  "wx",  "rwx",
        "m", "rm", "wm", "rwm", "xm", "rxm", "wxm", "rwxm",
    };
    return texts[rights & RIGHT_MASK];
}

void lua_check_keys(lua_State *L, int index, const char *what,
                    const char *const *names)
{
    index = lua_absindex(L, index);
    lua_Integer count = lua_push_sorted_keys(L, index);
    for (lua_Integer i = 1; i <= count; i++) {
        bool known = false;
        lua_geti(L, -1, i);
        const char *key = lua_text(L, -1, NULL);
        for (size_t k = 0; names[k] && !known; k++)
            known = strcmp(names[k], key) == 0;
        if (!known)
            luaL_error(L, "%s: unknown key '%s'%s", what, key,
                       lua_push_nearest(L, key, names));
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
}
