/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.table: an aligned text table. Numbers stand on the right, words on
 * the left, units in a second heading line; a row "-" is a rule. The rows also
 * become the text of --csv.
 */
#include "sim/lua/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 24

struct column {
    const char *heading, *unit, *format;
    char align; /* 'l', 'r' or 0 = by what stands in it */
    bool words; /* something in it is not a number */
    size_t width;
};

/* Columns of text on the screen: UTF-8 continuation bytes take none. */
static size_t width_of(const char *text)
{
    size_t n = 0;
    for (; text && *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* 1234567 as 1,234,567: from five digits on. */
static void group_digits(char *to, size_t room, lua_Integer value)
{
    char plain[32];
    int n = snprintf(plain, sizeof plain, "%lld", (long long)value);
    int sign = plain[0] == '-', digits = n - sign;
    size_t at = 0;
    for (int i = 0; i < n && at + 2 < room; i++) {
        to[at++] = plain[i];
        int left = n - 1 - i;
        if (digits > 4 && i >= sign && left > 0 && left % 3 == 0)
            to[at++] = ',';
    }
    to[at] = 0;
}

/* Pushes the text of the cell on top of the stack, replacing it. */
static void format_cell(lua_State *L, struct column *c)
{
    char text[80];
    if (lua_isnil(L, -1)) {
        lua_pushliteral(L, "-");
    } else if (lua_type(L, -1) == LUA_TNUMBER && c->format) {
        lua_getglobal(L, "string");
        lua_getfield(L, -1, "format");
        lua_remove(L, -2);
        lua_pushstring(L, c->format);
        lua_pushvalue(L, -3);
        lua_call(L, 2, 1);
    } else if (lua_isinteger(L, -1)) {
        group_digits(text, sizeof text, lua_tointeger(L, -1));
        lua_pushstring(L, text);
    } else if (lua_type(L, -1) == LUA_TNUMBER) {
        snprintf(text, sizeof text, "%.2f", lua_tonumber(L, -1));
        lua_pushstring(L, text);
    } else {
        c->words = true;
        lua_text(L, -1, NULL);
    }
    lua_remove(L, -2);
    size_t width = width_of(lua_tostring(L, -1));
    if (width > c->width)
        c->width = width;
}

static const char *text_field(lua_State *L, int table, const char *key)
{
    lua_getfield(L, table, key);
    if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "output.table: column %s: expected a text, got a %s", key,
                   luaL_typename(L, -1));
    const char *text = lua_tostring(L, -1); /* the table keeps it */
    lua_pop(L, 1);
    return text;
}

/* Reads the columns; leaves their keys as a list on the stack. */
static size_t read_columns(lua_State *L, int list, struct column *columns)
{
    static const char *const names[] = { "heading", "key",   "unit",
                                         "format",  "align", NULL };
    lua_Integer count = lua_count(L, list);
    if (count < 1 || count > COLUMNS)
        luaL_error(L, "output.table: 1 to %d columns", COLUMNS);
    lua_newtable(L);
    int keys = lua_gettop(L);
    for (lua_Integer i = 1; i <= count; i++) {
        struct column *c = &columns[i - 1];
        if (lua_geti(L, list, i) == LUA_TSTRING) {
            c->heading = lua_tostring(L, -1);
            lua_rawseti(L, keys, i);
        } else {
            luaL_checktype(L, -1, LUA_TTABLE);
            int at = lua_gettop(L);
            lua_check_keys(L, at, "output.table: column", names);
            c->heading = text_field(L, at, "heading");
            if (!c->heading)
                luaL_error(L, "output.table: a column without heading");
            c->unit = text_field(L, at, "unit");
            c->format = text_field(L, at, "format");
            const char *align = text_field(L, at, "align");
            c->align = align ? align[0] : 0;
            if (lua_getfield(L, at, "key") == LUA_TNIL)
                lua_pushstring(L, c->heading);
            lua_rawseti(L, keys, i);
            lua_settop(L, keys);
        }
        c->width = width_of(c->heading);
        if (c->unit && width_of(c->unit) > c->width)
            c->width = width_of(c->unit);
    }
    return (size_t)count;
}

/* One cell, and what stands behind it: two blanks, or the end of the line
 * without any. */
static void add_cell(luaL_Buffer *b, const char *text, size_t width, bool right,
                     bool last)
{
    size_t pad = width - width_of(text);
    for (size_t i = 0; right && i < pad; i++)
        luaL_addchar(b, ' ');
    luaL_addstring(b, text);
    for (size_t i = 0; !right && i < pad; i++)
        luaL_addchar(b, ' ');
    if (!last) {
        luaL_addstring(b, "  ");
        return;
    }
    while (luaL_bufflen(b) > 0 && luaL_buffaddr(b)[luaL_bufflen(b) - 1] == ' ')
        luaL_buffsub(b, 1);
    luaL_addchar(b, '\n');
}

static bool is_right(const struct column *c)
{
    return c->align ? c->align == 'r' : !c->words;
}

static void add_rule(luaL_Buffer *b, const struct column *c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t n = 0; n < c[i].width; n++)
            luaL_addchar(b, '-');
        luaL_addstring(b, i + 1 < count ? "  " : "\n");
    }
}

static void add_headings(luaL_Buffer *b, const struct column *c, size_t count)
{
    bool units = false;
    for (size_t i = 0; i < count; i++) {
        add_cell(b, c[i].heading, c[i].width, is_right(&c[i]), i + 1 == count);
        units = units || c[i].unit;
    }
    for (size_t i = 0; units && i < count; i++) {
        add_cell(b, c[i].unit ? c[i].unit : "", c[i].width, is_right(&c[i]),
                 i + 1 == count);
    }
    add_rule(b, c, count);
}

/* Row i of `rows` as texts in a new list; false in place of a rule. */
static void format_row(lua_State *L, int rows, lua_Integer i, int keys,
                       struct column *columns, size_t count)
{
    if (lua_geti(L, rows, i) == LUA_TSTRING) {
        lua_pop(L, 1);
        lua_pushboolean(L, false);
        return;
    }
    if (!lua_istable(L, -1))
        luaL_error(L, "output.table: row %I is a %s, not a table",
                   (LUAI_UACINT)i, luaL_typename(L, -1));
    int row = lua_gettop(L);
    bool by_position = lua_count(L, row) > 0;
    lua_createtable(L, (int)count, 0);
    for (size_t c = 0; c < count; c++) {
        if (by_position) {
            lua_geti(L, row, (lua_Integer)c + 1);
        } else {
            lua_rawgeti(L, keys, (lua_Integer)c + 1);
            lua_gettable(L, row);
        }
        format_cell(L, &columns[c]);
        lua_rawseti(L, -2, (lua_Integer)c + 1);
    }
    lua_remove(L, row);
}

static void add_row(lua_State *L, luaL_Buffer *b, int texts, lua_Integer i,
                    const struct column *columns, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        /* The buffer owns the top of the stack: fetch and drop in one go. */
        lua_rawgeti(L, texts, i);
        lua_rawgeti(L, -1, (lua_Integer)c + 1);
        const char *text = lua_tostring(L, -1);
        lua_pop(L, 2);
        add_cell(b, text, columns[c].width, is_right(&columns[c]),
                 c + 1 == count);
    }
}

static bool is_rule(lua_State *L, int texts, lua_Integer i)
{
    bool rule = lua_rawgeti(L, texts, i) == LUA_TBOOLEAN;
    lua_pop(L, 1);
    return rule;
}

/* The rows without rules, and the headings, as the text of --csv. */
static void keep_csv(lua_State *L, int keys, int rows)
{
    lua_newtable(L);
    lua_Integer count = lua_count(L, rows), kept = 0;
    for (lua_Integer i = 1; i <= count; i++) {
        if (lua_geti(L, rows, i) == LUA_TTABLE)
            lua_rawseti(L, -2, ++kept);
        else
            lua_pop(L, 1);
    }
    lua_keep_csv(L, keys, -1);
    lua_pop(L, 1);
}

/* output.table{title=, columns=, rows=, note=} */
static int output_table(lua_State *L)
{
    static const char *const names[] = { "title", "columns", "rows", "note",
                                         NULL };
    struct column columns[COLUMNS];
    luaL_Buffer b;
    memset(columns, 0, sizeof columns);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_check_keys(L, 1, "output.table", names);
    const char *title = text_field(L, 1, "title");
    const char *note = text_field(L, 1, "note");
    lua_getfield(L, 1, "columns");
    lua_getfield(L, 1, "rows");
    luaL_argcheck(L, lua_istable(L, 2), 1, "columns: a list");
    luaL_argcheck(L, lua_istable(L, 3), 1, "rows: a list");
    size_t count = read_columns(L, 2, columns); /* 4: keys */
    lua_newtable(L);                            /* 5: texts */
    lua_Integer rows = lua_count(L, 3);
    for (lua_Integer i = 1; i <= rows; i++) {
        format_row(L, 3, i, 4, columns, count);
        lua_rawseti(L, 5, i);
    }
    keep_csv(L, 4, 3);
    lua_progress_end(lua_scenario(L));
    luaL_buffinit(L, &b);
    luaL_addchar(&b, '\n');
    if (title) {
        luaL_addstring(&b, title);
        luaL_addstring(&b, "\n\n");
    }
    add_headings(&b, columns, count);
    for (lua_Integer i = 1; i <= rows; i++) {
        if (is_rule(L, 5, i))
            add_rule(&b, columns, count);
        else
            add_row(L, &b, 5, i, columns, count);
    }
    if (note) {
        luaL_addstring(&b, note);
        luaL_addchar(&b, '\n');
    }
    luaL_addchar(&b, '\n');
    luaL_pushresult(&b);
    lua_say(lua_scenario(L), lua_tostring(L, -1), lua_rawlen(L, -1));
    return 0;
}

void lua_open_table(lua_State *L)
{
    lua_getglobal(L, "output");
    lua_pushcfunction(L, output_table);
    lua_setfield(L, -2, "table");
    lua_pop(L, 1);
}
