/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver of a scenario: resumes the main chunk until it asks for time,
 * runs the machine in slices until that is done, resumes again. Scripted
 * threads and hook functions are called where the machine stopped for them, so
 * Lua always runs at the frontier of time. See session.h; the Lua side is in
 * sim/lua_*.c.
 */
#include "sim/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/json.h"
#include "sim/lua_state.h"
#include "sim/story.h"

/* Instructions between two looks at `interrupted`. */
#define SLICE_INSTRUCTIONS 2000000
#define LUA_STEPS          2000000000
#define LUA_BYTES          ((size_t)1 << 30)

/* ---- errors ---------------------------------------------------------------
 */

/* The Lua line a coroutine stands at, as "file:line: ", "" when unknown. */
static void where(lua_State *co, char *to, size_t room)
{
    lua_Debug ar;
    to[0] = 0;
    for (int level = 0; lua_getstack(co, level, &ar); level++) {
        lua_getinfo(co, "Sl", &ar);
        if (ar.currentline > 0) {
            snprintf(to, room, "%s:%d: ", ar.short_src, ar.currentline);
            return;
        }
    }
}

void lua_error_to_err(struct scenario *s, lua_State *co, int status,
                      struct err *err)
{
    char place[200];
    bool is_text = lua_type(co, -1) == LUA_TSTRING;
    const char *text =
        is_text ? lua_tostring(co, -1) : "error with a value that is no text";
    where(co, place, sizeof place);
    if (s->session->interrupted) {
        err_set(err, EXIT_INTERRUPTED, "%sinterrupted", place);
    } else if (status == LUA_ERRMEM || strcmp(text, "not enough memory") == 0) {
        /* The second form: what Lua's own string buffers raise. */
        err_set(err, EXIT_HOST_RESOURCE,
                "%s%sLua needs more memory than the limit of %zu bytes",
                place[0] ? "" : s->options.path, place[0] ? place : ": ",
                s->options.max_lua_bytes);
    } else if (s->stopped_steps) {
        err_set(err, EXIT_NO_PROGRESS, "%s", text);
    } else if (is_text && s->raised.text[0] &&
               strcmp(s->raised.text, text) == 0) {
        *err = s->raised;
    } else {
        /* An error of a C function called by another has no place. */
        bool placed = strstr(text, ".lua:") != NULL;
        err_set(err, EXIT_USAGE, "%s%s", placed ? "" : place, text);
    }
}

static enum session_state fail(struct session *s)
{
    lua_progress_end(s->scenario);
    s->state = SESSION_FAILED;
    return s->state;
}

/* ---- opening ----------------------------------------------------------------
 */

static const char *copy(const char *text)
{
    char *c = strdup(text);
    if (!c)
        bug("out of memory");
    return c;
}

static const char *default_program_dir(void)
{
    char path[1000];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    char *slash = strrchr(path, '/');
    if (!slash)
        return copy(".");
    *slash = 0;
    /* Test programs live in BUILD/tests/<floor>. */
    char *tests = strstr(path, "/tests/");
    if (tests)
        *tests = 0;
    return copy(path);
}

static const char *default_guest_dir(const char *program_dir)
{
    char path[1100];
    const char *set = getenv("OPALITE_GUEST");
    if (set && *set)
        return copy(set);
    snprintf(path, sizeof path, "%s/../guest", program_dir);
    return copy(path);
}

static void copy_options(struct scenario *s, const struct session_options *o)
{
    struct session_options *c = &s->options;
    *c = *o;
    c->path = copy(o->path);
    c->preset = o->preset ? copy(o->preset) : NULL;
    c->out_dir = copy(o->out_dir ? o->out_dir : "out");
    c->trace_path = o->trace_path ? copy(o->trace_path) : NULL;
    c->program_dir =
        o->program_dir ? copy(o->program_dir) : default_program_dir();
    c->guest_dir =
        o->guest_dir ? copy(o->guest_dir) : default_guest_dir(c->program_dir);
    const char **set = calloc(o->set_count + 1, sizeof *set);
    if (!set)
        bug("out of memory");
    for (size_t i = 0; i < o->set_count; i++)
        set[i] = copy(o->set[i]);
    c->set = set;
    if (c->max_lua_steps == 0)
        c->max_lua_steps = LUA_STEPS;
    if (c->max_lua_bytes == 0)
        c->max_lua_bytes = LUA_BYTES;
    const char *slash = strrchr(o->path, '/');
    snprintf(s->directory, sizeof s->directory, "%.*s",
             slash ? (int)(slash - o->path) : 1, slash ? o->path : ".");
}

static void drop(const char *text)
{
    free((void *)(uintptr_t)text);
}

static void free_options(struct session_options *o)
{
    drop(o->path);
    drop(o->preset);
    drop(o->out_dir);
    drop(o->trace_path);
    drop(o->program_dir);
    drop(o->guest_dir);
    for (size_t i = 0; i < o->set_count; i++)
        drop(o->set[i]);
    free((void *)(uintptr_t)o->set);
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

#define ASKED "opalite.asked" /* registry: names of args that were read */

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
    luaL_getsubtable(L, LUA_REGISTRYINDEX, ASKED);
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
    lua_open_os(L);
    lua_open_script(L);
    lua_open_event(L);
    lua_open_stats(L);
    lua_open_check(L);
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
    for (size_t i = 0; i < s->machine_count; i++) {
        struct err ignored;
        struct lua_machine *m = s->machines[i].owner;
        if (m && !lua_machine_close(m, &ignored))
            continue; /* said before, or the run failed anyway */
    }
    if (c->L)
        lua_close(c->L);
    free_options(&c->options);
    free(c->csv);
    free(c);
    free(s->machines);
    free(s);
}

struct session *session_open(const struct session_options *options,
                             struct err *err)
{
    if (!check_set(options, err))
        return NULL;
    struct session *s = calloc(1, sizeof *s);
    struct scenario *c = calloc(1, sizeof *c);
    if (!s || !c)
        bug("out of memory");
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

/* ---- running the machine
 * ------------------------------------------------------ */

/* The guest's console reaches the reader before anything Lua says next. */
static void show_console(struct scenario *s, struct lua_machine *m)
{
    size_t length;
    const char *text = machine_console(m->machine, &length);
    if (!m->booted && !s->options.verbose)
        return; /* the kernel's own greeting is for -v */
    if (length > m->console_shown) {
        lua_progress_end(s);
        lua_say(s, text + m->console_shown, length - m->console_shown);
        m->console_shown = length;
    }
}

static uint64_t smaller_limit(uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return a ? a : b;
    return a < b ? a : b;
}

/* Ends the request; the main chunk goes on next. */
static void request_done(struct scenario *s, const char *ended)
{
    s->request.ended = ended;
    s->request.kind = REQUEST_NONE;
}

/* A stop that no scenario can want: an error with the story. */
static bool machine_failed(struct scenario *s, struct lua_machine *m,
                           enum stop stop, struct err *err)
{
    char place[200], text[400];
    where(s->main, place, sizeof place);
    if (stop == STOP_PANIC) {
        char story[4000];
        story_panic(m->machine, story, sizeof story);
        lua_warn(s, "%s\n", story);
    }
    story_stop(m->machine, stop, text, sizeof text);
    size_t n = strcspn(text, "\n"); /* one line */
    return err_set(err, stop_exit_code(stop), "%s%.*s", place, (int)n, text);
}

/* What stopped the machine; false = *err. */
static bool handle_stop(struct scenario *s, struct lua_machine *m,
                        enum stop stop, struct err *err)
{
    struct request *r = &s->request;
    switch (stop) {
    case STOP_SCRIPT:
        lua_steps_reset(s);
        return lua_script_answer(s, m, err);
    case STOP_MAILBOX:
        if (r->kind == REQUEST_CALL && r->posted) {
            r->result = machine_mailbox_result(m->machine);
            request_done(s, "call");
        }
        return true;
    case STOP_BUDGET:
    case STOP_EVENT:
        return true;
    case STOP_IDLE:
        if (r->kind == REQUEST_RUN) {
            request_done(s, "idle");
            return true;
        }
        break;
    case STOP_POWEROFF:
        if (r->kind == REQUEST_RUN) {
            request_done(s, "off");
            return true;
        }
        break;
    default:
        break;
    }
    return machine_failed(s, m, stop, err);
}

/* A limit of the request or of the command line that is reached now. */
static bool check_limits(struct scenario *s, struct lua_machine *m,
                         struct err *err)
{
    struct request *r = &s->request;
    uint64_t now = machine_clock(m->machine);
    if (r->kind == REQUEST_RUN && r->until_cycle && now >= r->until_cycle) {
        request_done(s, "cycles");
    } else if (r->kind == REQUEST_RUN && r->until_insns &&
               m->machine->ledger.instructions >= r->until_insns) {
        request_done(s, "instructions");
    } else if (r->kind != REQUEST_NONE && s->options.max_cycles &&
               now >= s->options.max_cycles) {
        char place[200];
        where(s->main, place, sizeof place);
        return err_set(
            err, EXIT_CYCLE_LIMIT,
            "%sthe limit of %" PRIu64 " cycles is reached (machine %s)", place,
            s->options.max_cycles, s->session->machines[m->index].name);
    }
    return true;
}

static bool post(struct scenario *s, struct lua_machine *m, struct err *err)
{
    struct request *r = &s->request;
    char place[200];
    if (machine_mailbox_post(m->machine, r->op, r->arg,
                             r->has_text ? r->window : NULL,
                             r->has_text ? strlen(r->window) + 1 : 0)) {
        r->posted = true;
        return true;
    }
    where(s->main, place, sizeof place);
    return err_set(err, EXIT_OUR_BUG, "%sthe mailbox did not take the request",
                   place);
}

/* One stretch of machine time. *matched: an event the front end asked for. */
static bool run_stretch(struct scenario *s, struct lua_machine *m,
                        const struct run_limits *slice, uint64_t insns_left,
                        bool *matched, struct err *err)
{
    struct request *r = &s->request;
    struct run_limits limits = { 0 };
    uint64_t now = m->machine->ledger.instructions;
    if (r->kind == REQUEST_CALL && !r->posted && !post(s, m, err))
        return false;
    limits.max_insns = smaller_limit(SLICE_INSTRUCTIONS, insns_left);
    if (r->until_insns)
        limits.max_insns =
            smaller_limit(limits.max_insns, r->until_insns - now);
    limits.until_cycle = smaller_limit(s->options.max_cycles, r->until_cycle);
    if (slice)
        limits.until_cycle =
            smaller_limit(limits.until_cycle, slice->until_cycle);
    limits.stop_events = slice ? slice->stop_events : 0;
    limits.stop_on_mailbox = r->kind == REQUEST_CALL;
    limits.filter_count = lua_event_filters(m, &r->until);
    limits.filters = m->filters;

    uint64_t seen = m->machine->events.next;
    enum stop stop = machine_run(m->machine, &limits);
    show_console(s, m);
    if (m->machine->events.next != seen) {
        lua_steps_reset(s);
        if (!lua_events_read(s, m, err))
            return false;
    }
    if (stop == STOP_EVENT) {
        const struct event *e = &m->machine->stop_event;
        *matched = slice && (slice->stop_events & EVENT_BIT(e->kind));
        if (r->kind == REQUEST_RUN && event_filter_match(&r->until, e)) {
            r->event = *e;
            request_done(s, "event");
            return true;
        }
    }
    return handle_stop(s, m, stop, err) && check_limits(s, m, err);
}

/* ---- running Lua
 * ----------------------------------------------------------------- */

/* What was given by --set and never asked for is probably a typing error. */
static void tell_unused(struct scenario *s)
{
    lua_State *L = s->L;
    luaL_getsubtable(L, LUA_REGISTRYINDEX, ASKED);
    for (size_t i = 0; i < s->options.set_count; i++) {
        const char *pair = s->options.set[i];
        if (strncmp(pair, "machine.", 8) == 0)
            continue;
        lua_pushlstring(L, pair, strcspn(pair, "="));
        if (lua_rawget(L, -2) == LUA_TNIL)
            lua_warn(s, "warning: --set %s: the scenario never asks for it\n",
                     pair);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* The end of the main chunk: every machine's books must balance. */
static enum session_state finish(struct session *s)
{
    struct scenario *c = s->scenario;
    lua_progress_end(c);
    for (size_t i = 0; i < s->machine_count; i++) {
        struct machine *m = s->machines[i].machine;
        if (!m)
            continue;
        if (!ledger_check(&m->ledger, &m->cpu.mmu, &s->error))
            return fail(s);
        if (!machine_trace_close(m, &s->error))
            return fail(s);
    }
    tell_unused(c);
    s->state = SESSION_FINISHED;
    return s->state;
}

static bool resume_main(struct session *s)
{
    struct scenario *c = s->scenario;
    int results = 0;
    lua_steps_reset(c);
    c->main_started = true;
    int status = lua_resume(c->main, c->L, 0, &results);
    if (status == LUA_YIELD) {
        lua_pop(c->main, results);
        if (c->request.kind != REQUEST_NONE) {
            s->machine = c->request.machine->machine;
            return true;
        }
        char place[200];
        where(c->main, place, sizeof place);
        err_set(&s->error, EXIT_USAGE,
                "%scoroutine.yield outside of a coroutine", place);
        fail(s);
        return false;
    }
    if (status != LUA_OK) {
        lua_error_to_err(c, c->main, status, &s->error);
        fail(s);
        return false;
    }
    finish(s);
    return false;
}

enum session_state session_advance(struct session *s,
                                   const struct run_limits *slice)
{
    struct scenario *c = s->scenario;
    uint64_t insns_left = slice ? slice->max_insns : 0;
    while (s->state == SESSION_RUNNING || s->state == SESSION_STOPPED) {
        struct lua_machine *m = c->request.machine;
        bool matched = false;
        s->state = SESSION_RUNNING;
        if (s->interrupted) {
            char place[200];
            where(c->main, place, sizeof place);
            err_set(&s->error, EXIT_INTERRUPTED, "%sinterrupted", place);
            return fail(s);
        }
        if (c->request.kind == REQUEST_NONE) {
            if (!resume_main(s))
                return s->state;
            continue;
        }
        uint64_t before = m->machine->ledger.instructions;
        if (!run_stretch(c, m, slice, insns_left, &matched, &s->error))
            return fail(s);
        if (matched) {
            s->state = SESSION_STOPPED;
            return s->state;
        }
        uint64_t ran = m->machine->ledger.instructions - before;
        if (insns_left && ran >= insns_left)
            return s->state;
        insns_left -= insns_left ? ran : 0;
        if (slice && slice->until_cycle &&
            machine_clock(m->machine) >= slice->until_cycle)
            return s->state;
    }
    return s->state;
}

/* ---- results
 * ------------------------------------------------------------------------ */

static void write_arguments(struct scenario *s, struct json *j)
{
    json_key(j, "arguments");
    json_array_inline(j);
    for (size_t i = 0; i < s->options.set_count; i++)
        json_string(j, s->options.set[i]);
    json_end(j);
}

static void write_machines(const struct session *s, struct json *j)
{
    json_key(j, "machines");
    json_array(j);
    for (size_t i = 0; i < s->machine_count; i++) {
        const struct session_machine *m = &s->machines[i];
        json_object(j);
        json_key(j, "name"), json_string(j, m->name);
        json_key(j, "cycles");
        json_u64(j, m->machine ? machine_clock(m->machine) : m->cycles);
        json_key(j, "instructions");
        json_u64(j, m->machine ? m->machine->ledger.instructions
                               : m->instructions);
        json_end(j);
    }
    json_end(j);
}

/* Arguments: the json writer. */
static int write_results(lua_State *L)
{
    struct json *j = lua_touserdata(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, "opalite.results");
    lua_Integer n = luaL_len(L, -1);
    json_key(j, "results");
    json_array(j);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_geti(L, 2, i);
        json_object(j);
        json_key(j, "name");
        lua_geti(L, -1, 1);
        lua_write_json(L, -1, j);
        json_key(j, "value");
        lua_geti(L, -2, 2);
        lua_write_json(L, -1, j);
        lua_settop(L, 2);
        json_end(j);
    }
    json_end(j);
    return 0;
}

static FILE *open_result(const char *path, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return stdout;
    FILE *f = fopen(path, "w");
    if (!f)
        err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", path);
    return f;
}

static bool close_result(FILE *f, const char *path, bool ok, struct err *err)
{
    bool bad = fflush(f) != 0 || ferror(f);
    if (f != stdout && fclose(f) != 0)
        bad = true;
    if (bad && ok)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", path);
    return ok;
}

bool session_write_json(struct session *s, const char *path, struct err *err)
{
    struct scenario *c = s->scenario;
    struct json j;
    FILE *f = open_result(path, err);
    if (!f)
        return false;
    json_begin(&j, f);
    json_object(&j);
    json_key(&j, "scenario"), json_string(&j, c->options.path);
    json_key(&j, "seed"), json_u64(&j, c->options.seed);
    write_arguments(c, &j);
    json_key(&j, "finished");
    json_bool(&j, s->state == SESSION_FINISHED);
    if (s->state == SESSION_FAILED) {
        json_key(&j, "error"), json_string(&j, s->error.text);
        json_key(&j, "exit_code"), json_i64(&j, s->error.code);
    }
    json_key(&j, "checks");
    json_object(&j);
    json_key(&j, "passed"), json_u64(&j, s->checks_passed);
    json_key(&j, "failed"), json_u64(&j, s->checks_failed);
    json_end(&j);
    c->stopped_steps = false;
    lua_sethook(c->L, NULL, 0, 0); /* no limit on writing */
    lua_pushcfunction(c->L, write_results);
    lua_pushlightuserdata(c->L, &j);
    if (lua_pcall(c->L, 1, 0, 0) != LUA_OK)
        bug("results that were checked cannot be written: %s",
            lua_tostring(c->L, -1));
    write_machines(s, &j);
    json_end(&j);
    return close_result(f, path, json_finish(&j, path, err), err);
}

bool session_write_csv(struct session *s, const char *path, struct err *err)
{
    struct scenario *c = s->scenario;
    if (!c->csv)
        return err_set(err, EXIT_USAGE, "--csv %s: the scenario made no table",
                       path);
    FILE *f = open_result(path, err);
    if (!f)
        return false;
    fwrite(c->csv, 1, c->csv_bytes, f);
    return close_result(f, path, true, err);
}

enum exit_code session_close(struct session *s)
{
    enum exit_code code = s->state == SESSION_FAILED ? s->error.code
                          : s->checks_failed         ? EXIT_CHECK_FAILED
                                                     : EXIT_PASSED;
    free_session(s);
    return code;
}
