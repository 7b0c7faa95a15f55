/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Beginning and end of a session: options, where the guest's files are, the Lua
 * state with its API and `args`, the main chunk as a coroutine.
 * session/session.c runs it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/lua/state.h"

#define LUA_STEPS 2000000000
#define LUA_BYTES ((size_t)1 << 30)

static const char *copy(struct heap *heap, const char *text)
{
    char *c = heap_text(heap, text);
    if (!c)
        err_no_memory();
    return c;
}

static const char *default_program_dir(struct heap *heap)
{
    char path[1000];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    char *slash = strrchr(path, '/');
    if (!slash)
        return copy(heap, ".");
    *slash = 0;
    /* Test programs live in BUILD/tests/<floor>. */
    char *tests = strstr(path, "/tests/");
    if (tests)
        *tests = 0;
    return copy(heap, path);
}

static const char *default_guest_dir(struct heap *heap, const char *program_dir)
{
    char path[1100];
    const char *set = getenv("OPALITE_GUEST");
    if (set && *set)
        return copy(heap, set);
    snprintf(path, sizeof path, "%s/../guest", program_dir);
    return copy(heap, path);
}

static void copy_options(struct scenario *s, const struct session_options *o)
{
    struct session_options *c = &s->options;
    struct heap *h = o->heap;
    *c = *o;
    c->path = copy(h, o->path);
    c->preset = o->preset ? copy(h, o->preset) : NULL;
    c->protection = o->protection ? copy(h, o->protection) : NULL;
    c->out_dir = copy(h, o->out_dir ? o->out_dir : "out");
    c->trace_path = o->trace_path ? copy(h, o->trace_path) : NULL;
    c->program_dir =
        o->program_dir ? copy(h, o->program_dir) : default_program_dir(h);
    c->guest_dir = o->guest_dir ? copy(h, o->guest_dir)
                                : default_guest_dir(h, c->program_dir);
    const char **set = heap_new(h, o->set_count + 1, sizeof *set);
    if (!set)
        err_no_memory();
    for (size_t i = 0; i < o->set_count; i++)
        set[i] = copy(h, o->set[i]);
    c->set = set;
    if (c->max_lua_steps == 0)
        c->max_lua_steps = LUA_STEPS;
    if (c->max_lua_bytes == 0)
        c->max_lua_bytes = LUA_BYTES;
    const char *slash = strrchr(o->path, '/');
    snprintf(s->directory, sizeof s->directory, "%.*s",
             slash ? (int)(slash - o->path) : 1, slash ? o->path : ".");
}

static void drop(struct heap *heap, const void *block)
{
    heap_free(heap, (void *)(uintptr_t)block);
}

static void free_options(const struct session_options *o)
{
    drop(o->heap, o->path);
    drop(o->heap, o->preset);
    drop(o->heap, o->protection);
    drop(o->heap, o->out_dir);
    drop(o->heap, o->trace_path);
    drop(o->heap, o->program_dir);
    drop(o->heap, o->guest_dir);
    for (size_t i = 0; i < o->set_count; i++)
        drop(o->heap, o->set[i]);
    drop(o->heap, o->set);
}

/* args.KEY: the text, or nil; remembers that somebody asked. */
static int args_index(lua_State *L)
{
    lua_pushvalue(L, 2);
    lua_pushboolean(L, true);
    lua_rawset(L, lua_upvalueindex(2));
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
}

static int args_pairs(lua_State *L)
{
    lua_getglobal(L, "pairs");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_call(L, 1, 3);
    return 3;
}

/* args: a table that answers by name; what nobody asks for is told at the
 * end, since it is probably a typing error. */
static int open_args(lua_State *L)
{
    const struct session_options *o = &lua_scenario(L)->options;
    lua_newtable(L); /* what the scenario sees: empty */
    lua_newtable(L); /* its metatable */
    lua_newtable(L); /* the values */
    for (size_t i = 0; i < o->set_count; i++) {
        const char *equals = strchr(o->set[i], '=');
        if (strncmp(o->set[i], "machine.", 8) == 0)
            continue;
        lua_pushlstring(L, o->set[i], (size_t)(equals - o->set[i]));
        lua_pushstring(L, equals + 1);
        lua_rawset(L, -3);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_ASKED);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, args_index, 2);
    lua_setfield(L, -4, "__index");
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, args_pairs, 1);
    lua_setfield(L, -4, "__pairs");
    lua_pop(L, 2);
    lua_setmetatable(L, -2);
    lua_setglobal(L, "args");
    return 0;
}

static int open_api(lua_State *L)
{
    lua_open_machine(L);
    lua_open_objects(L);
    lua_open_script(L);
    lua_open_event(L);
    lua_open_stats(L);
    lua_open_check(L);
    lua_open_lab(L);
    lua_open_output(L);
    lua_open_table(L);
    return open_args(L);
}

/* Text of the file as the main chunk, on the coroutine's stack. */
static bool load_chunk(struct scenario *s, struct err *err)
{
    const char *path = s->options.path;
    lua_State *L = s->L;
    FILE *f = fopen(path, "r");
    if (!f)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot read: %m", path);
    fclose(f);
    s->main = lua_newthread(L);
    luaL_ref(L, LUA_REGISTRYINDEX);
    int status = luaL_loadfilex(s->main, path, "t");
    if (status == LUA_OK)
        return true;
    const char *text = lua_tostring(s->main, -1);
    if (status == LUA_ERRMEM)
        return err_set(err, EXIT_HOST_RESOURCE,
                       "%s: larger than Lua's memory limit", path);
    if (strstr(text, "attempt to load a binary"))
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: bytecode or a binary file, not Lua text", path);
    return err_set(err, EXIT_CANNOT_LOAD, "%s", text);
}

static bool check_set(const struct session_options *o, struct err *err)
{
    for (size_t i = 0; i < o->set_count; i++) {
        const char *equals = strchr(o->set[i], '=');
        if (!equals || equals == o->set[i])
            return err_set(err, EXIT_USAGE, "--set %s: expected key=value",
                           o->set[i]);
    }
    return true;
}

static void free_session(struct session *s)
{
    struct scenario *c = s->scenario;
    struct heap *heap = c->options.heap;
    for (size_t i = 0; i < s->machine_count; i++) {
        struct err ignored;
        struct lua_machine *m = s->machines[i].owner;
        if (m && !lua_machine_close(m, &ignored))
            continue; /* said before, or the run failed anyway */
    }
    if (c->L)
        lua_close(c->L);
    free_options(&c->options);
    heap_free(heap, c->csv);
    heap_free(heap, c);
    heap_free(heap, s->machines);
    heap_free(heap, s);
}

struct session *session_open(const struct session_options *options,
                             struct err *err)
{
    if (!check_set(options, err))
        return NULL;
    struct session *s = heap_new(options->heap, 1, sizeof *s);
    struct scenario *c = heap_new(options->heap, 1, sizeof *c);
    if (!s || !c)
        err_no_memory();
    s->scenario = c;
    c->session = s;
    c->progress_tenths = -1;
    copy_options(c, options);
    c->L = lua_sandbox_new(c);
    if (!c->L) {
        err_set(err, EXIT_HOST_RESOURCE, "%s: no memory for Lua",
                options->path);
        free_session(s);
        return NULL;
    }
    lua_pushcfunction(c->L, open_api);
    if (lua_pcall(c->L, 0, 0, 0) != LUA_OK) {
        err_set(err, EXIT_HOST_RESOURCE, "%s", lua_tostring(c->L, -1));
        free_session(s);
        return NULL;
    }
    if (!load_chunk(c, err)) {
        free_session(s);
        return NULL;
    }
    return s;
}

/* The trace of a machine that still runs ends here; what of it could not be
 * written is said. */
static void close_traces(struct session *s, enum exit_code *code)
{
    struct err err;
    for (size_t i = 0; i < s->machine_count; i++) {
        struct machine *m = s->machines[i].machine;
        if (!m || machine_trace_close(m, &err))
            continue;
        fprintf(stderr, "opalite: %s\n", err.text);
        if (*code == EXIT_PASSED)
            *code = err.code;
    }
}

enum exit_code session_close(struct session *s)
{
    enum exit_code code = s->state == SESSION_FAILED ? s->error.code
                          : s->checks_failed         ? EXIT_CHECK_FAILED
                                                     : EXIT_PASSED;
    close_traces(s, &code);
    free_session(s);
    return code;
}
