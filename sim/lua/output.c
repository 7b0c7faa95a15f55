/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.*: what a scenario leaves behind. Files go to the out directory,
 * named results also into `--json`. A plot is a description in JSON beside the
 * picture; the program opalite-plot draws it.
 */
#include "sim/lua/state.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/json.h"

/* ---- files ------------------------------------------------------------------
 */

/* Makes the directories of a path. */
static void make_directories(const char *path)
{
    char part[1100];
    for (const char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(p - path), path);
        mkdir(part, 0777); /* the open that follows tells of failure */
    }
}

void lua_output_path(lua_State *L, const char *name, const char *suffix,
                     char *to, size_t room)
{
    struct scenario *s = lua_scenario(L);
    size_t n = strlen(name), e = strlen(suffix);
    const char *add = n >= e && strcmp(name + n - e, suffix) == 0 ? "" : suffix;
    if (n == 0 || n > 400 || name[0] == '/' || strstr(name, ".."))
        luaL_error(L,
                   "output: \"%s\" is no name for a file: relative paths "
                   "below the working directory only",
                   name);
    if (strchr(name, '/'))
        snprintf(to, room, "%s%s", name, add);
    else
        snprintf(to, room, "%s/%s%s", s->options.out_dir, name, add);
    make_directories(to);
}

/* Has this run's file been written by a run before it? Each file is counted
 * once it is there. */
static bool is_known(const struct scenario *s)
{
    return s->session->files < s->options.files_known;
}

static FILE *open_file(lua_State *L, const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f)
        lua_raise(L, EXIT_HOST_RESOURCE, "cannot write %s: %s", path,
                  strerror(errno));
    return f;
}

static void said_written(lua_State *L, const char *path)
{
    struct scenario *s = lua_scenario(L);
    s->session->files++;
    if (s->options.verbose) {
        lua_pushfstring(L, "wrote %s\n", path);
        lua_say(s, lua_tostring(L, -1), lua_rawlen(L, -1));
        lua_pop(L, 1);
    }
}

/* Replaces the value on top by a copy: what the scenario changes later in its
 * tables does not change the result. */
static void copy_value(lua_State *L)
{
    if (!lua_istable(L, -1))
        return;
    luaL_checkstack(L, 10, "output: tables too deep");
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, -3);) {
        copy_value(L);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    lua_remove(L, -2);
}

void lua_keep_result(lua_State *L, const char *name)
{
    copy_value(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_RESULTS);
    lua_createtable(L, 2, 0);
    lua_pushstring(L, name);
    lua_rawseti(L, -2, 1);
    lua_pushvalue(L, -3);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, lua_count(L, -2) + 1);
    lua_pop(L, 2);
}

/* Everything is written to memory first: an error leaves no half file. */
struct memory {
    char *text;
    size_t bytes;
};

static int write_protected(lua_State *L)
{
    struct json *j = lua_touserdata(L, 2);
    lua_write_json(L, 1, j);
    return 0;
}

/* The value at index as JSON text; raises after cleaning up. */
static struct memory value_as_json(lua_State *L, int index)
{
    struct memory to = { NULL, 0 };
    struct json j;
    struct err err;
    FILE *f = open_memstream(&to.text, &to.bytes);
    if (!f)
        err_no_memory();
    json_begin(&j, f);
    index = lua_absindex(L, index);
    lua_pushcfunction(L, write_protected);
    lua_pushvalue(L, index);
    lua_pushlightuserdata(L, &j);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        fclose(f);
        free(to.text);
        lua_error(L);
        __builtin_unreachable(); /* lua_error never returns */
    }
    bool ok = json_finish(&j, "memory", &err);
    fclose(f);
    if (!ok)
        bug("%s", err.text);
    return to;
}

static void write_file(lua_State *L, const char *path, struct memory from)
{
    bool ok = true;
    if (!is_known(lua_scenario(L))) {
        FILE *f = fopen(path, "w");
        ok = f && fwrite(from.text, 1, from.bytes, f) == from.bytes;
        if (f && fclose(f) != 0)
            ok = false;
    }
    int why = errno;
    free(from.text);
    if (!ok)
        lua_raise(L, EXIT_HOST_RESOURCE, "cannot write %s: %s", path,
                  strerror(why));
    said_written(L, path);
}

/* output.json(name, value): a file, and a named result of --json */
static int output_json(lua_State *L)
{
    char path[1100];
    const char *name = luaL_checkstring(L, 1);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    lua_output_path(L, name, ".json", path, sizeof path);
    write_file(L, path, value_as_json(L, 2));
    lua_keep_result(L, name);
    return 0;
}

/* output.result(name, value): only into --json */
static int output_result(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    free(value_as_json(L, 2).text); /* raises now, not at the end */
    lua_keep_result(L, name);
    return 0;
}

/* ---- CSV (RFC 4180)
 * ------------------------------------------------------------ */

static void csv_cell(lua_State *L, int index, FILE *f)
{
    if (lua_isnil(L, index))
        return;
    size_t bytes;
    const char *text = lua_text(L, index, &bytes);
    if (!strpbrk(text, "\",\r\n")) {
        fputs(text, f);
    } else {
        fputc('"', f);
        for (size_t i = 0; i < bytes; i++) {
            if (text[i] == '"')
                fputc('"', f);
            fputc(text[i], f);
        }
        fputc('"', f);
    }
    lua_pop(L, 1);
}

/* One line; cells by position, or by the names of the header. */
static void csv_line(lua_State *L, int row, int header, FILE *f)
{
    lua_Integer columns = lua_count(L, header);
    bool by_position = row == header || lua_count(L, row) > 0;
    for (lua_Integer i = 1; i <= columns; i++) {
        if (i > 1)
            fputc(',', f);
        if (by_position) {
            lua_geti(L, row, i);
        } else {
            lua_geti(L, header, i);
            lua_gettable(L, row);
        }
        csv_cell(L, -1, f);
        lua_pop(L, 1);
    }
    fputs("\r\n", f);
}

static int write_csv_protected(lua_State *L)
{
    FILE *f = lua_touserdata(L, 3);
    csv_line(L, 1, 1, f);
    lua_Integer rows = lua_count(L, 2);
    for (lua_Integer i = 1; i <= rows; i++) {
        if (lua_geti(L, 2, i) != LUA_TTABLE)
            return luaL_error(L, "output.csv: row %I is a %s, not a table",
                              (LUAI_UACINT)i, luaL_typename(L, -1));
        csv_line(L, lua_gettop(L), 1, f);
        lua_pop(L, 1);
    }
    return 0;
}

void lua_keep_csv(lua_State *L, int header, int rows)
{
    struct scenario *s = lua_scenario(L);
    char *text = NULL;
    size_t bytes = 0;
    header = lua_absindex(L, header);
    rows = lua_absindex(L, rows);
    FILE *f = open_memstream(&text, &bytes);
    if (!f)
        err_no_memory();
    lua_pushcfunction(L, write_csv_protected);
    lua_pushvalue(L, header);
    lua_pushvalue(L, rows);
    lua_pushlightuserdata(L, f);
    int status = lua_pcall(L, 3, 0, 0);
    fclose(f);
    if (status != LUA_OK) {
        free(text);
        lua_error(L);
        __builtin_unreachable(); /* lua_error never returns */
    }
    heap_free(s->options.heap, s->csv);
    s->csv = heap_new(s->options.heap, 1, bytes + 1);
    if (!s->csv)
        err_no_memory();
    memcpy(s->csv, text, bytes);
    s->csv_bytes = bytes;
    free(text);
}

/* output.csv(name, header, rows) */
static int output_csv(lua_State *L)
{
    struct scenario *s = lua_scenario(L);
    char path[1100];
    const char *name = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_output_path(L, name, ".csv", path, sizeof path);
    lua_keep_csv(L, 2, 3);
    if (!is_known(s)) {
        FILE *f = open_file(L, path);
        bool ok = fwrite(s->csv, 1, s->csv_bytes, f) == s->csv_bytes;
        if (fclose(f) != 0 || !ok)
            return lua_raise(L, EXIT_HOST_RESOURCE, "cannot write %s", path);
    }
    said_written(L, path);
    return 0;
}

/* ---- plots
 * ------------------------------------------------------------------------ */

/* Runs opalite-plot SPEC -o PICTURE; its messages go to stderr. */
static bool draw(const char *program, const char *spec, const char *picture)
{
    extern char **environ;
    char *argv[] = { (char *)(uintptr_t)program, (char *)(uintptr_t)spec, "-o",
                     (char *)(uintptr_t)picture, NULL };
    pid_t child;
    int status;
    if (posix_spawn(&child, program, NULL, NULL, argv, environ) != 0)
        return false;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* output.plot(name, description): NAME.svg and its description NAME.plot.json;
 * returns whether the picture was drawn. */
static int output_plot(lua_State *L)
{
    struct scenario *s = lua_scenario(L);
    char picture[1100], spec[1200], program[1100];
    const char *name = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_output_path(L, name, ".svg", picture, sizeof picture);
    snprintf(spec, sizeof spec, "%.*s.plot.json", (int)strlen(picture) - 4,
             picture);
    write_file(L, spec, value_as_json(L, 2));
    snprintf(program, sizeof program, "%s/opalite-plot",
             s->options.program_dir);
    bool drawn = false;
    if (access(program, X_OK) != 0) {
        lua_progress_end(s);
        lua_warn(s, "no picture %s: %s is missing (see `opalite doctor`)\n",
                 picture, program);
    } else {
        drawn = is_known(s) || draw(program, spec, picture);
        if (!drawn)
            return lua_raise(L, EXIT_HOST_RESOURCE,
                             "opalite-plot could not draw %s from %s", picture,
                             spec);
        said_written(L, picture);
    }
    lua_pushboolean(L, drawn);
    return 1;
}

/* ---- progress, notes
 * ---------------------------------------------------------------- */

void lua_progress_end(struct scenario *s)
{
    if (s->progress_open)
        fputs("\r\033[K", stderr);
    s->progress_open = false;
}

/* output.progress(done, total[, text]): a bar on the terminal, a line for each
 * tenth otherwise; never in the results */
static int output_progress(lua_State *L)
{
    struct scenario *s = lua_scenario(L);
    lua_Number done = luaL_checknumber(L, 1), total = luaL_checknumber(L, 2);
    const char *text = luaL_optstring(L, 3, "");
    if (s->options.quiet || s->options.no_progress || !(total > 0))
        return 0;
    lua_Number part = done < 0 ? 0 : done > total ? 1 : done / total;
    int tenths = (int)(part * 10);
    if (!isatty(STDERR_FILENO)) {
        if (tenths != s->progress_tenths)
            fprintf(stderr, "%3d%% %s\n", tenths * 10, text);
        s->progress_tenths = tenths;
        return 0;
    }
    int full = (int)(part * 30);
    fprintf(stderr, "\r[%.*s%*s] %3d%% %.40s\033[K", full,
            "##############################", 30 - full, "", (int)(part * 100),
            text);
    fflush(stderr);
    s->progress_open = true;
    if (done >= total)
        lua_progress_end(s);
    return 0;
}

/* Words of a paragraph in lines of 78 columns; an indent, and the dash of a
 * list, stay in front. */
static void wrap(luaL_Buffer *b, const char *p)
{
    enum { WIDTH = 78 };
    size_t indent = strspn(p, " "), column = indent;
    bool first = true;
    luaL_addlstring(b, p, indent);
    if (strncmp(p + indent, "- ", 2) == 0)
        indent += 2;
    for (;;) {
        p += strspn(p, " \t\n");
        size_t word = strcspn(p, " \t\n");
        if (word == 0)
            break;
        if (!first && column + 1 + word > WIDTH) {
            luaL_addchar(b, '\n');
            for (size_t i = 0; i < indent; i++)
                luaL_addchar(b, ' ');
            column = indent;
        } else if (!first) {
            luaL_addchar(b, ' ');
            column++;
        }
        luaL_addlstring(b, p, word);
        column += word;
        p += word;
        first = false;
    }
    luaL_addchar(b, '\n');
}

/* note(text): a paragraph for the reader; also in --json. */
static int note(lua_State *L)
{
    luaL_Buffer b;
    const char *text = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_progress_end(lua_scenario(L));
    luaL_buffinit(L, &b);
    wrap(&b, text);
    luaL_pushresult(&b);
    lua_say(lua_scenario(L), lua_tostring(L, -1), lua_rawlen(L, -1));
    lua_pushvalue(L, 1);
    lua_keep_result(L, "note");
    return 0;
}

void lua_open_output(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "json", output_json },         { "result", output_result },
        { "csv", output_csv },           { "plot", output_plot },
        { "progress", output_progress }, { NULL, NULL },
    };
    luaL_newlib(L, functions);
    lua_setglobal(L, "output");
    lua_pushcfunction(L, note);
    lua_setglobal(L, "note");
}
