/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver of a scenario: resumes the main chunk until it asks for time,
 * runs the machine in slices until that is done, resumes again. Scripted
 * threads and hook functions are called where the machine stopped for them, so
 * Lua always runs at the frontier of time. See session/session.h; the Lua side
 * is in sim/lua/.
 */
#include "sim/session/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/lua/state.h"
#include "sim/story.h"

/* Instructions between two looks at `interrupted`. */
#define SLICE_INSTRUCTIONS 2000000

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

static void session_interruption(const struct session *s, const char *place,
                                 struct err *err)
{
    if (session_is_interrupted(s) == EXIT_WALL_CLOCK)
        err_set(err, EXIT_WALL_CLOCK, "%sthe time of --max-seconds is over",
                place);
    else
        err_set(err, EXIT_INTERRUPTED, "%sinterrupted", place);
}

void lua_error_to_err(struct scenario *s, lua_State *co, int status,
                      struct err *err)
{
    char place[200];
    bool is_text = lua_type(co, -1) == LUA_TSTRING;
    const char *text =
        is_text ? lua_tostring(co, -1) : "error with a value that is no text";
    where(co, place, sizeof place);
    if (session_is_interrupted(s->session)) {
        session_interruption(s->session, place, err);
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

/* ---- running the machine
 * ------------------------------------------------------ */

/* The guest's console reaches the reader before anything Lua says next. */
static void show_console(struct scenario *s, struct lua_machine *m)
{
    size_t length;
    const char *text = machine_console(m->machine, &length);
    if (!m->booted && !m->firmware && !s->options.verbose)
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
    case STOP_POINT:
        return true;
    case STOP_IDLE:
        if (r->kind == REQUEST_RUN) {
            request_done(s, "idle");
            return true;
        }
        break;
    case STOP_TEXT:
        if (machine_console_find(m->machine, &r->until_text,
                                 &m->console_expected))
            request_done(s, "expect");
        return true;
    case STOP_RESET:
        request_done(s, "reset");
        return true;
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
               machine_instructions(m->machine) >= r->until_insns) {
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

/* Do the bounds of the front end's slices mean this machine? */
static bool is_bounded(const struct scenario *s, const struct lua_machine *m)
{
    const char *name = s->session->bounded;
    return !name ||
           (*name ? strcmp(s->session->machines[m->index].name, name) == 0
                  : m->index == 0);
}

/* Was there an event of these kinds since number `seen`? */
static bool saw_event(const struct machine *m, uint64_t seen, uint32_t kinds)
{
    struct event_cursor cursor = { .next = seen };
    const struct event *e;
    while (kinds && (e = event_next(&m->events, &cursor)) != NULL)
        if (kinds & EVENT_BIT(e->kind))
            return true;
    return false;
}

/* One stretch of machine time. *matched: an event the front end asked for. */
static bool run_stretch(struct scenario *s, struct lua_machine *m,
                        const struct run_limits *slice, uint64_t insns_left,
                        bool *matched, struct err *err)
{
    struct request *r = &s->request;
    struct run_limits limits = { 0 };
    uint64_t now = machine_instructions(m->machine);
    if (r->kind == REQUEST_CALL && !r->posted && !post(s, m, err))
        return false;
    limits.max_insns = smaller_limit(SLICE_INSTRUCTIONS, insns_left);
    if (r->until_insns)
        limits.max_insns =
            smaller_limit(limits.max_insns, r->until_insns - now);
    limits.until_cycle = smaller_limit(s->options.max_cycles, r->until_cycle);
    if (slice && !is_bounded(s, m))
        slice = NULL;
    if (slice)
        limits.until_cycle =
            smaller_limit(limits.until_cycle, slice->until_cycle);
    const struct session_until *until = &s->session->until;
    if (until->cycle && until->machine == m->index)
        limits.until_cycle = smaller_limit(limits.until_cycle, until->cycle);
    limits.stop_events = slice ? slice->stop_events : 0;
    limits.points = slice ? slice->points : NULL;
    limits.stop_on_mailbox = r->kind == REQUEST_CALL;
    limits.stop_on_reset = m->firmware;
    limits.until_text = r->until_text;
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
    *matched = slice && (saw_event(m->machine, seen, slice->stop_events) ||
                         m->machine->at_point);
    if (stop == STOP_EVENT) {
        const struct event *e = &m->machine->stop_event;
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
static int tell_unused(lua_State *L)
{
    struct scenario *s = lua_scenario(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_ASKED);
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
    return 0;
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
        if (!machine_check(m, true, &s->error))
            return fail(s);
        if (!machine_trace_close(m, &s->error))
            return fail(s);
    }
    lua_pushcfunction(c->L, tell_unused);
    if (lua_pcall(c->L, 0, 0, 0) != LUA_OK)
        lua_pop(c->L, 1); /* no memory for a hint */
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

/* ---- the front end's wishes ----------------------------------------------
 */

int session_is_interrupted(const struct session *s)
{
    const volatile sig_atomic_t *flag = s->scenario->options.interrupted;
    return s->interrupted ? s->interrupted : flag ? *flag : 0;
}

uint64_t session_instructions(const struct session *s)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < s->machine_count; i++) {
        const struct machine *m = s->machines[i].machine;
        sum += m ? machine_instructions(m) : s->machines[i].instructions;
    }
    return sum;
}

size_t session_machine_number(const struct session *s)
{
    size_t i = 0;
    while (i < s->machine_count && s->machines[i].machine != s->machine)
        i++;
    return i;
}

void session_set_files_known(struct session *s, uint64_t files)
{
    s->scenario->options.files_known = files;
}

/* Is session.until here? Otherwise *left is what it leaves of a limit. */
static bool until_reached(const struct session *s, uint64_t *left)
{
    const struct session_until *u = &s->until;
    if (u->instructions) {
        uint64_t done = session_instructions(s);
        if (done >= u->instructions)
            return true;
        *left = smaller_limit(*left, u->instructions - done);
    }
    return u->cycle && s->machine && session_machine_number(s) == u->machine &&
           machine_clock(s->machine) >= u->cycle;
}

/* ---- the loop ------------------------------------------------------------
 */

enum session_state session_advance(struct session *s,
                                   const struct run_limits *slice)
{
    struct scenario *c = s->scenario;
    uint64_t insns_left = slice ? slice->max_insns : 0;
    while (s->state == SESSION_RUNNING || s->state == SESSION_STOPPED) {
        struct lua_machine *m = c->request.machine;
        uint64_t stretch = insns_left;
        bool matched = false;
        s->state = SESSION_RUNNING;
        if (until_reached(s, &stretch))
            return s->state;
        if (session_is_interrupted(s)) {
            char place[200];
            where(c->main, place, sizeof place);
            session_interruption(s, place, &s->error);
            return fail(s);
        }
        if (c->request.kind == REQUEST_NONE) {
            const struct machine *before = s->machine;
            if (!resume_main(s))
                return s->state;
            if (s->stop_at_machine && s->machine != before) {
                s->state = SESSION_STOPPED;
                return s->state;
            }
            continue;
        }
        uint64_t before = machine_instructions(m->machine);
        if (!run_stretch(c, m, slice, stretch, &matched, &s->error))
            return fail(s);
        if (matched) {
            s->state = SESSION_STOPPED;
            return s->state;
        }
        uint64_t ran = machine_instructions(m->machine) - before;
        if (insns_left && ran >= insns_left)
            return s->state;
        insns_left -= insns_left ? ran : 0;
        if (slice && slice->until_cycle && is_bounded(c, m) &&
            machine_clock(m->machine) >= slice->until_cycle)
            return s->state;
    }
    return s->state;
}
