/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripted threads: domain:thread(fn). The guest runs a stub program that asks
 * for one operation after the other; fn is a coroutine that answers. t:load,
 * t:store and so on yield the operation; the stub performs it for real, and
 * its result resumes the coroutine. A fault ends the domain, and with it the
 * coroutine, which is simply never resumed.
 */
#include "sim/lua/state.h"

#include <stdlib.h>
#include <string.h>

#define THREAD "scripted thread"

/* What fn gets as t. */
struct lua_handle {
    uint64_t serial;
    struct lua_machine *m;
    uint64_t thread, domain;
};

static struct lua_script *find(struct lua_machine *m, uint64_t thread)
{
    /* Ids may be used again: the newest is meant. */
    for (size_t i = m->script_count; i > 0; i--)
        if (m->scripts[i - 1].thread == thread)
            return &m->scripts[i - 1];
    return NULL;
}

/* ---- what fn may do -------------------------------------------------------
 */

static int result_number(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_handle *h = lua_touserdata(L, 1);
    lua_pushinteger(L, (lua_Integer)find(h->m, h->thread)->result);
    return 1;
}

static int result_none(lua_State *L, int status, lua_KContext context)
{
    (void)L, (void)status, (void)context;
    return 0;
}

/* Hands the operation to the session and waits until it is done. */
static int perform(lua_State *L, enum script_op op, uint64_t a0, uint64_t a1,
                   uint64_t a2, uint64_t a3, lua_KFunction k)
{
    struct lua_handle *h = luaL_checkudata(L, 1, THREAD);
    struct lua_script *s = find(h->m, h->thread);
    if (!s || s->co != L)
        return luaL_error(L, "t belongs to a scripted thread; use it only in "
                             "that thread's function");
    s->op = op;
    s->arg[0] = a0;
    s->arg[1] = a1;
    s->arg[2] = a2;
    s->arg[3] = a3;
    return lua_yieldk(L, 0, 0, k);
}

static uint64_t check_bytes(lua_State *L, int index)
{
    lua_Integer n = luaL_optinteger(L, index, 8);
    luaL_argcheck(L, n == 1 || n == 2 || n == 4 || n == 8, index,
                  "1, 2, 4 or 8 bytes");
    return (uint64_t)n;
}

/* t:load(address[, bytes]): the value, not sign-extended */
static int do_load(lua_State *L)
{
    return perform(L, SCRIPT_LOAD, lua_check_word(L, 2), check_bytes(L, 3), 0,
                   0, result_number);
}

static int do_store(lua_State *L)
{
    return perform(L, SCRIPT_STORE, lua_check_word(L, 2), check_bytes(L, 4),
                   lua_check_word(L, 3), 0, result_none);
}

/* t:call(portal, a, b): what the portal returned */
static int do_call(lua_State *L)
{
    return perform(L, SCRIPT_CALL, SYS_portal_call, lua_check_word(L, 2),
                   lua_check_word(L, 3), lua_check_word(L, 4), result_number);
}

/* t:syscall(name, a, b, c): the bare result, negative = -error */
static int do_syscall(lua_State *L)
{
    return perform(L, SCRIPT_CALL, lua_check_syscall(L, 2),
                   lua_check_word(L, 3), lua_check_word(L, 4),
                   lua_check_word(L, 5), result_number);
}

/* t:jump(address, a, b): calls code there; its a0 */
static int do_jump(lua_State *L)
{
    return perform(L, SCRIPT_JUMP, lua_check_word(L, 2), lua_check_word(L, 3),
                   lua_check_word(L, 4), 0, result_number);
}

static int do_join(lua_State *L)
{
    return perform(L, SCRIPT_CALL, SYS_thread_join, lua_check_word(L, 2), 0, 0,
                   result_number);
}

static int do_yield(lua_State *L)
{
    return perform(L, SCRIPT_CALL, SYS_yield, 0, 0, 0, result_none);
}

/* t:sleep(ticks of the timebase) */
static int do_sleep(lua_State *L)
{
    return perform(L, SCRIPT_CALL, SYS_sleep, lua_check_word(L, 2), 0, 0,
                   result_none);
}

static int do_wait(lua_State *L)
{
    return perform(L, SCRIPT_CALL, SYS_semaphore_wait, lua_check_word(L, 2), 0,
                   0, result_number);
}

static int do_post(lua_State *L)
{
    return perform(L, SCRIPT_CALL, SYS_semaphore_post, lua_check_word(L, 2), 0,
                   0, result_number);
}

/* t:log(...): a line that begins with the domain's name */
static int do_log(lua_State *L)
{
    struct lua_handle *h = luaL_checkudata(L, 1, THREAD);
    char name[NAME_BYTES];
    luaL_Buffer b;
    int count = lua_gettop(L);
    luaL_buffinit(L, &b);
    luaL_addchar(&b, '[');
    luaL_addstring(&b, registry_domain_name(&h->m->machine->registry,
                                            (uint32_t)h->domain, name,
                                            sizeof name));
    luaL_addchar(&b, ']');
    for (int i = 2; i <= count; i++) {
        luaL_addchar(&b, ' ');
        lua_text(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_addchar(&b, '\n');
    luaL_pushresult(&b);
    lua_say(lua_scenario(L), lua_tostring(L, -1), lua_rawlen(L, -1));
    return 0;
}

/* ---- the session's side ----------------------------------------------------
 */

void lua_script_add(lua_State *L, struct lua_machine *m, uint64_t thread,
                    uint64_t domain)
{
    size_t bytes = (m->script_count + 1) * sizeof *m->scripts;
    struct lua_script *list = heap_larger(lua_heap(m), m->scripts, bytes);
    if (!list)
        err_no_memory();
    m->scripts = list;
    lua_State *co = lua_newthread(L);
    int reference = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_xmove(L, co, 1);
    struct lua_handle *h = lua_newuserdatauv(co, sizeof *h, 0);
    h->serial = ++m->scenario->serial;
    h->m = m;
    h->thread = thread;
    h->domain = domain;
    luaL_setmetatable(co, THREAD);
    m->scripts[m->script_count++] = (struct lua_script){
        .thread = thread,
        .co = co,
        .reference = reference,
    };
}

static void end(lua_State *L, struct lua_script *script)
{
    luaL_unref(L, LUA_REGISTRYINDEX, script->reference);
    script->reference = LUA_NOREF;
    script->co = NULL;
}

bool lua_script_answer(struct scenario *s, struct lua_machine *m,
                       struct err *err)
{
    const struct mailbox *box = &m->machine->mailbox;
    struct lua_script *script = find(m, box->script_thread);
    if (!script || !script->co) {
        /* Some program of the guest asks that no Lua function drives. */
        machine_script_answer(m->machine, SCRIPT_EXIT,
                              (uint64_t[4]){ UINT64_MAX });
        return true;
    }
    lua_State *co = script->co;
    int results = 0;
    size_t at = (size_t)(script - m->scripts);
    script->result = (int64_t)box->script_result;
    bool first = lua_status(co) == LUA_OK;
    int status = lua_resume(co, s->L, first ? 1 : 0, &results);
    script = &m->scripts[at]; /* the list may have moved */
    if (status == LUA_YIELD) {
        lua_pop(co, results);
        if (results > 0)
            return err_set(err, EXIT_USAGE,
                           "%s: a scripted thread may not coroutine.yield",
                           s->options.path);
        machine_script_answer(m->machine, script->op, script->arg);
        return true;
    }
    if (status != LUA_OK) {
        lua_error_to_err(s, co, status, err);
        end(s->L, script);
        return false;
    }
    uint64_t value = 0;
    if (results > 0 && lua_isinteger(co, -results))
        value = (uint64_t)lua_tointeger(co, -results);
    end(s->L, script);
    machine_script_answer(m->machine, SCRIPT_EXIT, (uint64_t[4]){ value });
    return true;
}

/* ---- domain:thread
 * ----------------------------------------------------------- */

static int thread_made(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_object *d = lua_touserdata(L, 1);
    uint64_t id = lua_call_result(L, "domain:thread");
    lua_pushvalue(L, 2);
    lua_script_add(L, d->m, id, d->id);
    d->m->held = true;
    lua_push_machine(L, d->m);
    struct lua_object *o = lua_push_object(L, d->m, -1, OBJECT_THREAD, id);
    o->domain = d->id;
    return 1;
}

static int make_thread(lua_State *L, int status, lua_KContext loaded)
{
    (void)status;
    struct lua_object *d = lua_touserdata(L, 1);
    if (loaded)
        d->m->script_program =
            (int64_t)lua_call_result(L, "domain:thread: program script");
    return lua_kernel_call(
        L, d->m, "domain:thread", SYS_program_start,
        (uint64_t[6]){ (uint64_t)d->m->script_program, d->id, 0, 0, 1 }, NULL,
        thread_made, 0);
}

/* Arguments: domain, function. */
int lua_domain_thread(lua_State *L)
{
    struct lua_object *d = lua_check_object(L, 1, OBJECT_DOMAIN);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    if (d->m->script_program)
        return make_thread(L, LUA_OK, 0);
    return lua_kernel_call(L, d->m, "domain:thread", SYS_program_load,
                           (uint64_t[6]){ 0 }, "script.elf", make_thread, 1);
}

/* ---- domain:write
 * -------------------------------------------------------------- */

/* The scripted thread behind domain:write; upvalues: address, list. */
static int write_step(lua_State *L, int status, lua_KContext i)
{
    (void)status;
    lua_Integer count = lua_count(L, lua_upvalueindex(2));
    if (i >= count)
        return 0;
    lua_settop(L, 1);
    lua_geti(L, lua_upvalueindex(2), (lua_Integer)i + 1);
    struct lua_handle *h = luaL_checkudata(L, 1, THREAD);
    struct lua_script *s = find(h->m, h->thread);
    uint64_t address = (uint64_t)lua_tointeger(L, lua_upvalueindex(1));
    s->op = SCRIPT_STORE;
    s->arg[0] = address + 8 * (uint64_t)i;
    s->arg[1] = 8;
    s->arg[2] = lua_check_word(L, 2);
    s->arg[3] = 0;
    return lua_yieldk(L, 0, i + 1, write_step);
}

static int write_all(lua_State *L)
{
    return write_step(L, LUA_OK, 0);
}

static int written(lua_State *L, int status, lua_KContext step)
{
    (void)status;
    struct lua_object *d = lua_touserdata(L, 1);
    uint64_t thread = (uint64_t)lua_tointeger(L, 4);
    if (step == 2) {
        if (lua_scenario(L)->request.result != 0)
            return luaL_error(L, "domain:write: domain %s may not write there",
                              d->name);
        return 0;
    }
    lua_call_result(L, "domain:write");
    return lua_kernel_call(L, d->m, "domain:write", SYS_thread_join,
                           (uint64_t[6]){ thread }, NULL, written, 2);
}

static int writer_made(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_object *d = lua_touserdata(L, 1);
    uint64_t id = lua_call_result(L, "domain:write");
    lua_pushinteger(L, (lua_Integer)lua_check_word(L, 2));
    lua_pushvalue(L, 3);
    lua_pushcclosure(L, write_all, 2);
    lua_script_add(L, d->m, id, d->id);
    lua_settop(L, 3);
    lua_pushinteger(L, (lua_Integer)id);
    return lua_kernel_call(L, d->m, "domain:write", SYS_thread_release,
                           (uint64_t[6]){ id }, NULL, written, 1);
}

static int make_writer(lua_State *L, int status, lua_KContext loaded)
{
    (void)status;
    struct lua_object *d = lua_touserdata(L, 1);
    if (loaded)
        d->m->script_program =
            (int64_t)lua_call_result(L, "domain:write: program script");
    return lua_kernel_call(
        L, d->m, "domain:write", SYS_program_start,
        (uint64_t[6]){ (uint64_t)d->m->script_program, d->id, 0, 0, 1 }, NULL,
        writer_made, 0);
}

/* domain:write(address, {word, ...}): real stores by a thread of the domain
 * that ends before this returns; other held threads stay held. */
int lua_domain_write(lua_State *L)
{
    struct lua_object *d = lua_check_object(L, 1, OBJECT_DOMAIN);
    lua_check_word(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    if (d->m->script_program)
        return make_writer(L, LUA_OK, 0);
    return lua_kernel_call(L, d->m, "domain:write", SYS_program_load,
                           (uint64_t[6]){ 0 }, "script.elf", make_writer, 1);
}

static const luaL_Reg methods[] = {
    { "load", do_load },       { "store", do_store }, { "call", do_call },
    { "syscall", do_syscall }, { "jump", do_jump },   { "join", do_join },
    { "yield", do_yield },     { "sleep", do_sleep }, { "wait", do_wait },
    { "post", do_post },       { "log", do_log },     { NULL, NULL },
};

static int handle_index(lua_State *L)
{
    const char *names[sizeof methods / sizeof *methods] = { 0 };
    const char *key = luaL_checkstring(L, 2);
    for (size_t i = 0; methods[i].name; i++) {
        if (strcmp(methods[i].name, key) == 0) {
            lua_pushcfunction(L, methods[i].func);
            return 1;
        }
        names[i] = methods[i].name;
    }
    return luaL_error(L, "a scripted thread has no '%s'%s", key,
                      lua_push_nearest(L, key, names));
}

void lua_open_script(lua_State *L)
{
    luaL_newmetatable(L, THREAD);
    lua_pushcfunction(L, handle_index);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
