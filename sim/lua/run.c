/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes time pass: m:boot, m:run, and every system call that goes through
 * the mailbox. Each fills the scenario's request and yields;
 * sim/session/session.c runs the machine and resumes, and the continuation here
 * says what came of it.
 */
#include "sim/lua/state.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOT_INSTRUCTIONS 500000000

/* ---- asking the session -------------------------------------------------- */

_Noreturn int lua_raise(lua_State *L, enum exit_code code, const char *format,
                        ...)
{
    struct scenario *s = lua_scenario(L);
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    luaL_where(L, 1);
    lua_pushstring(L, text);
    lua_concat(L, 2);
    err_set(&s->raised, code, "%s", lua_tostring(L, -1));
    lua_error(L);
    __builtin_unreachable(); /* lua_error never returns */
}

void lua_check_may_advance(lua_State *L, const char *what)
{
    struct scenario *s = lua_scenario(L);
    if (s->observing)
        luaL_error(L, "%s: not inside a hook, which only observes", what);
    if (L != s->main)
        luaL_error(L,
                   "%s: time advances only from the main chunk, not from a "
                   "scripted thread or a coroutine",
                   what);
}

static struct request *new_request(lua_State *L, struct lua_machine *m,
                                   enum request_kind kind)
{
    struct request *r = &lua_scenario(L)->request;
    memset(r, 0, sizeof *r);
    r->kind = kind;
    r->machine = m;
    return r;
}

int lua_kernel_call(lua_State *L, struct lua_machine *m, const char *what,
                    uint64_t op, const uint64_t arg[6], const char *text,
                    lua_KFunction k, lua_KContext context)
{
    lua_check_may_advance(L, what);
    if (!m->machine)
        return luaL_error(L, "%s: this machine was closed", what);
    if (!m->booted)
        return luaL_error(L, "%s: m:boot comes first", what);
    struct request *r = new_request(L, m, REQUEST_CALL);
    r->op = op;
    memcpy(r->arg, arg, sizeof r->arg);
    if (text) {
        if (strlen(text) >= NAME_BYTES)
            return luaL_error(L, "%s: name \"%s\" is longer than %d bytes",
                              what, text, NAME_BYTES - 1);
        snprintf(r->window, sizeof r->window, "%s", text);
        r->has_text = true;
    }
    return lua_yieldk(L, 0, context, k);
}

const char *lua_kernel_error_text(int64_t result)
{
    static const char *const texts[] = {
        [0] = "no error",
        [ERR_CALL] = "no such system call",
        [ERR_ID] = "no such object",
        [ERR_RIGHT] = "the caller may not do that",
        [ERR_MEMORY] = "out of frames, records or addresses",
        [ERR_ADDRESS] = "a pointer the domain may not use",
        [ERR_VALUE] = "an argument is out of range",
        [ERR_BUSY] = "still in use, or overlaps something",
        [ERR_KILLED] = "the other side is gone",
        [ERR_FORMAT] = "a program file that cannot be loaded",
    };
    uint64_t number = (uint64_t)-result;
    if (number < sizeof texts / sizeof *texts)
        return texts[number];
    return "an error the contract does not name";
}

uint64_t lua_call_result(lua_State *L, const char *what)
{
    int64_t result = lua_scenario(L)->request.result;
    if (result < 0)
        luaL_error(L, "%s: the kernel refused: %s (error %d)", what,
                   lua_kernel_error_text(result), (int)-result);
    return (uint64_t)result;
}

/* ---- m:boot -------------------------------------------------------------- */

/* Paths of the programs to boot with; the list is one Lua userdata. */
struct programs {
    const char *path[BOOT_MODULES];
    size_t count;
};

static void add_program(lua_State *L, struct programs *p, const char *name)
{
    struct scenario *s = lua_scenario(L);
    char path[1100];
    snprintf(path, sizeof path, "%s/programs/%s%s", s->options.guest_dir, name,
             strstr(name, ".elf") ? "" : ".elf");
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->path[i], path) == 0)
            return;
    FILE *f = fopen(path, "r");
    if (!f)
        lua_raise(L, EXIT_CANNOT_LOAD, "m:boot: no program %s (%s: %s)", name,
                  path, "see `opalite doctor`");
    fclose(f);
    if (p->count == BOOT_MODULES)
        luaL_error(L, "m:boot: more than %d programs; name those you need",
                   BOOT_MODULES);
    /* Kept alive in the table at index 3. */
    p->path[p->count++] = lua_pushstring(L, path);
    lua_rawseti(L, 3, (lua_Integer)p->count);
}

static int is_elf(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 4 && strcmp(d->d_name + n - 4, ".elf") == 0;
}

static void add_all_programs(lua_State *L, struct programs *p)
{
    struct dirent **list;
    char path[1100];
    snprintf(path, sizeof path, "%s/programs",
             lua_scenario(L)->options.guest_dir);
    int names = lua_gettop(L) + 1;
    int n = scandir(path, &list, is_elf, alphasort);
    if (n < 0)
        lua_raise(L, EXIT_CANNOT_LOAD,
                  "m:boot: no guest programs in %s (see `opalite doctor`)",
                  path);
    luaL_checkstack(L, n + 10, "too many programs");
    for (int i = 0; i < n; i++) {
        lua_pushstring(L, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    for (int i = 0; i < n; i++)
        add_program(L, p, lua_tostring(L, names + i));
}

static void choose_programs(lua_State *L, struct programs *p)
{
    add_program(L, p, "script");
    if (lua_getfield(L, 2, "programs") == LUA_TNIL) {
        add_all_programs(L, p);
        return;
    }
    luaL_argcheck(L, lua_istable(L, -1), 2, "programs: a list of names");
    int list = lua_gettop(L);
    lua_Integer count = lua_count(L, list);
    for (lua_Integer i = 1; i <= count; i++) {
        if (lua_geti(L, list, i) != LUA_TSTRING)
            luaL_error(L, "m:boot: programs: expected names, got a %s",
                       luaL_typename(L, -1));
        add_program(L, p, lua_tostring(L, -1));
        lua_settop(L, list);
    }
}

static uint64_t satp_mode(lua_State *L)
{
    static const char *const names[] = { "sv39", "sv48", "sv57", NULL };
    if (lua_getfield(L, 2, "sv") == LUA_TNIL)
        return 8;
    return 8 + (uint64_t)luaL_checkoption(L, -1, NULL, names);
}

/* Time slice in ticks of the timebase; 0 = no preemption. */
static uint64_t quantum(lua_State *L)
{
    if (lua_getfield(L, 2, "quantum") == LUA_TNIL)
        return 0;
    lua_Integer ticks = luaL_checkinteger(L, -1);
    if (ticks < 0)
        luaL_error(L, "m:boot: quantum: ticks of the timebase, 0 = none");
    return (uint64_t)ticks;
}

static int booted(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_machine *m = lua_check_machine(L, 1);
    const char *ended = lua_scenario(L)->request.ended;
    /* A kernel without hints says nothing; it is up when it waits for work. */
    if (strcmp(ended, "event") != 0 && strcmp(ended, "idle") != 0)
        return lua_raise(L, EXIT_NO_PROGRESS,
                         "m:boot: the kernel did not come up (%s)", ended);
    m->booted = true;
    if (!lua_scenario(L)->options.verbose)
        machine_console(m->machine, &m->console_shown);
    lua_push_object(L, m, 1, OBJECT_OS, 0);
    return 1;
}

int lua_machine_boot(lua_State *L)
{
    static const char *const keys[] = { "protection", "sv",     "quantum",
                                        "programs",   "kernel", NULL };
    struct lua_machine *m = lua_check_machine(L, 1);
    struct scenario *s = lua_scenario(L);
    struct programs *programs;
    struct boot_options o = { 0 };
    struct err err;
    lua_check_may_advance(L, "m:boot");
    if (m->personality || m->firmware)
        return luaL_error(L, "m:boot: this machine runs already");
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_newtable(L); /* 3: strings kept alive */
    lua_check_keys(L, 2, "m:boot", keys);
    if (lua_getfield(L, 2, "protection") != LUA_TSTRING)
        return luaL_error(L, "m:boot: protection = \"rplb\", \"mas\" ... is "
                             "missing");
    o.personality = machine_personality_find(
        s->options.protection ? s->options.protection : lua_tostring(L, -1),
        &err);
    if (!o.personality)
        return luaL_error(L, "m:boot: %s", err.text);
    programs = lua_newuserdatauv(L, sizeof *programs, 0);
    memset(programs, 0, sizeof *programs);
    choose_programs(L, programs);
    o.satp_mode = satp_mode(L);
    o.quantum = quantum(L);
    o.programs = programs->path;
    o.program_count = programs->count;
    const char *kernel = lua_getfield(L, 2, "kernel") == LUA_TSTRING
                             ? lua_tostring(L, -1)
                             : "kernel.elf";
    if (!strchr(kernel, '/'))
        kernel = lua_pushfstring(L, "%s/%s", s->options.guest_dir, kernel);
    if (!machine_boot_kernel(m->machine, kernel, &o, &err))
        return lua_raise(L, err.code, "m:boot: %s", err.text);
    m->personality = o.personality;
    lua_settop(L, 1);
    struct request *r = new_request(L, m, REQUEST_RUN);
    r->until.kinds = EVENT_BIT(EVENT_BOOTED);
    r->until_insns = machine_instructions(m->machine) + BOOT_INSTRUCTIONS;
    return lua_yieldk(L, 0, 0, booted);
}

/* ---- m:run --------------------------------------------------------------- */

/* m:run returns why it stopped, and the event it waited for. */
static int run_done(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct scenario *s = lua_scenario(L);
    lua_pushstring(L, s->request.ended);
    if (strcmp(s->request.ended, "event") != 0)
        return 1;
    lua_push_event(L, s->request.machine, &s->request.event);
    return 2;
}

static uint64_t positive(lua_State *L, const char *key, uint64_t now)
{
    if (lua_getfield(L, 2, key) == LUA_TNIL)
        return 0;
    int exact;
    lua_Integer n = lua_tointegerx(L, -1, &exact);
    if (!exact || n <= 0)
        luaL_error(L, "m:run: %s: expected a whole number above 0, got %s", key,
                   lua_text(L, -1, NULL));
    return now + (uint64_t)n;
}

/* expect = TEXT: behind what the last one found. */
static struct console_text expected_text(lua_State *L,
                                         const struct lua_machine *m)
{
    struct console_text t = { .from = m->console_expected };
    if (lua_getfield(L, 2, "expect") == LUA_TNIL)
        return t;
    if (lua_type(L, -1) == LUA_TSTRING)
        t.bytes = lua_tolstring(L, -1, &t.count);
    if (!t.count)
        luaL_error(L, "m:run: expect: expected a text of the console, got %s",
                   lua_text(L, -1, NULL));
    return t;
}

/* Held threads go first; then the run itself. */
static int run_released(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct lua_machine *m = lua_check_machine(L, 1);
    if (context)
        lua_call_result(L, "m:run: releasing the threads");
    uint64_t until_cycle = positive(L, "cycles", machine_clock(m->machine));
    uint64_t until_insns =
        positive(L, "instructions", machine_instructions(m->machine));
    struct event_filter until = { 0 };
    if (lua_getfield(L, 2, "until_") != LUA_TNIL) {
        int at = lua_gettop(L);
        bool table = lua_istable(L, at);
        if (table)
            lua_getfield(L, at, "event");
        until = lua_check_filter(L, m, table ? at + 1 : at, table ? at : 0);
    }
    struct console_text text = expected_text(L, m); /* stays on the stack */
    struct request *r = new_request(L, m, REQUEST_RUN);
    r->until_cycle = until_cycle;
    r->until_insns = until_insns;
    r->until = until;
    r->until_text = text;
    return lua_yieldk(L, 0, 0, run_done);
}

int lua_machine_run(lua_State *L)
{
    static const char *const keys[] = { "cycles", "instructions", "until_",
                                        "expect", NULL };
    struct lua_machine *m = lua_check_machine(L, 1);
    lua_check_may_advance(L, "m:run");
    if (!m->booted && !m->firmware)
        return luaL_error(L, "m:run: m:boot or m:boot_firmware comes first");
    if (lua_isnoneornil(L, 2)) {
        lua_settop(L, 1);
        lua_newtable(L);
    }
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_check_keys(L, 2, "m:run", keys);
    if (!m->held)
        return run_released(L, LUA_OK, 0);
    m->held = false;
    return lua_kernel_call(L, m, "m:run", SYS_thread_release,
                           (uint64_t[6]){ 0 }, NULL, run_released, 1);
}
