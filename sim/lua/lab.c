/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lab{}: what the scenario asks of the views (lab.h). Each field may be given
 * again later, so that the notes follow what the student has done.
 */
#include <stdio.h>
#include <string.h>

#include "sim/lab.h"
#include "sim/lua/state.h"

/* A text that must fit, without its NUL. */
static const char *text_of(lua_State *L, int index, const char *field,
                           size_t room)
{
    size_t n;

    if (lua_type(L, index) != LUA_TSTRING)
        luaL_error(L, "lab: %s: expected a text, got %s", field,
                   luaL_typename(L, index));
    const char *text = lua_tolstring(L, index, &n);
    if (n >= room || strlen(text) != n)
        luaL_error(L, "lab: %s: at most %d bytes of text, got %d", field,
                   (int)room - 1, (int)n);
    return text;
}

static void take_notes(lua_State *L, struct lab *lab)
{
    if (lua_getfield(L, 1, "notes") != LUA_TNIL)
        snprintf(lab->notes, sizeof lab->notes, "%s",
                 text_of(L, -1, "notes", sizeof lab->notes));
    lua_pop(L, 1);
}

/* Pushes the list; its length, or -1: there is none. */
static lua_Integer push_list(lua_State *L, const char *field)
{
    if (lua_getfield(L, 1, field) == LUA_TNIL)
        return -1;
    if (!lua_istable(L, -1))
        luaL_error(L, "lab: %s: expected a list of texts, got %s", field,
                   luaL_typename(L, -1));
    lua_Integer count = luaL_len(L, -1);
    if (count > LAB_WORDS)
        luaL_error(L, "lab: %s: at most %d, got %d", field, LAB_WORDS,
                   (int)count);
    return count;
}

/* Words that replace those of an earlier call. */
static void take_words(lua_State *L, const char *field,
                       char words[LAB_WORDS][LAB_WORD])
{
    lua_Integer count = push_list(L, field);

    if (count >= 0)
        memset(words, 0, sizeof(char[LAB_WORDS][LAB_WORD]));
    for (lua_Integer i = 0; i < count; i++) {
        lua_geti(L, -1, i + 1);
        snprintf(words[i], LAB_WORD, "%s", text_of(L, -1, field, LAB_WORD));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void take_commands(lua_State *L, struct lab *lab)
{
    lua_Integer count = push_list(L, "start");

    for (lua_Integer i = 0; i < count; i++) {
        lua_geti(L, -1, i + 1);
        snprintf(lab->start[lab->started++ % LAB_WORDS], LAB_COMMAND, "%s",
                 text_of(L, -1, "start", LAB_COMMAND));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void refuse_others(lua_State *L)
{
    static const char *const known[] = { "notes", "hide", "lock", "start" };

    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        const char *key =
            lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
        size_t i = 0;
        while (i < sizeof known / sizeof *known && strcmp(key, known[i]) != 0)
            i++;
        if (i == sizeof known / sizeof *known)
            luaL_error(L,
                       "lab: unknown key '%s'; it has notes, hide, lock and "
                       "start",
                       key);
    }
}

static int lab(lua_State *L)
{
    struct lab *to = &lua_scenario(L)->session->lab;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    refuse_others(L);
    take_notes(L, to);
    take_words(L, "hide", to->hide);
    take_words(L, "lock", to->lock);
    take_commands(L, to);
    to->serial++;
    return 0;
}

void lua_open_lab(lua_State *L)
{
    lua_pushcfunction(L, lab);
    lua_setglobal(L, "lab");
}
