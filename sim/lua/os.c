/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scenarios ask of the guest kernel: domains, segments, threads, portals,
 * semaphores, ports, programs. Every method is a system call through the
 * mailbox (os/abi/syscall.def), performed by the kernel itself; the objects
 * are made in sim/lua/object.c.
 */
#include <stdio.h>
#include <string.h>

#include "sim/lua/state.h"

/* ---- calls --------------------------------------------------------------- */

static int returns_nothing(lua_State *L, int status, lua_KContext what)
{
    (void)status;
    lua_call_result(L, (const char *)what);
    return 0;
}

static int returns_number(lua_State *L, int status, lua_KContext what)
{
    (void)status;
    lua_pushinteger(L, (lua_Integer)lua_call_result(L, (const char *)what));
    return 1;
}

/* A system call whose result is only checked, or is a plain number. */
static int call(lua_State *L, struct lua_object *o, const char *what,
                uint64_t op, const uint64_t arg[6], lua_KFunction k)
{
    return lua_kernel_call(L, o->m, what, op, arg, NULL, k, (lua_KContext)what);
}

static struct lua_object *check_same_machine(lua_State *L, int index,
                                             enum object_kind kind,
                                             const struct lua_machine *m)
{
    struct lua_object *o = lua_check_object(L, index, kind);
    if (o->m != m)
        luaL_error(L, "%s belongs to another machine", lua_push_title(L, o));
    return o;
}

/* ---- os ------------------------------------------------------------------ */

static int domain_made(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_object *os = lua_touserdata(L, 1);
    const char *name = luaL_optstring(L, 2, NULL);
    uint64_t id = lua_call_result(L, "os:domain");
    lua_push_made(L, os->m, OBJECT_DOMAIN, id, name);
    return 1;
}

static int os_domain(lua_State *L)
{
    struct lua_object *os = lua_check_object(L, 1, OBJECT_OS);
    const char *name = luaL_optstring(L, 2, "");
    lua_settop(L, 2);
    return lua_kernel_call(L, os->m, "os:domain", SYS_domain_create,
                           (uint64_t[6]){ 0 }, name, domain_made, 0);
}

static int segment_made(lua_State *L, int status, lua_KContext bytes)
{
    (void)status;
    struct lua_object *os = lua_touserdata(L, 1);
    uint64_t base = lua_call_result(L, "os:segment");
    struct lua_object *o =
        lua_push_made(L, os->m, OBJECT_SEGMENT, base, lua_tostring(L, 3));
    const struct registry_segment *known =
        registry_segment(&os->m->machine->registry, base);
    o->size = known ? known->bytes : (uint64_t)bytes;
    return 1;
}

/* os:segment{size=, name=} or os:segment(size, name) */
static int os_segment(lua_State *L)
{
    static const char *const keys[] = { "size", "name", NULL };
    struct lua_object *os = lua_check_object(L, 1, OBJECT_OS);
    lua_settop(L, 3);
    if (lua_istable(L, 2)) {
        lua_check_keys(L, 2, "os:segment", keys);
        lua_getfield(L, 2, "name");
        lua_replace(L, 3);
        lua_getfield(L, 2, "size");
        lua_replace(L, 2);
    }
    uint64_t bytes = lua_check_size(L, 2, "os:segment: size");
    const char *name = luaL_optstring(L, 3, "");
    return lua_kernel_call(L, os->m, "os:segment", SYS_segment_create,
                           (uint64_t[6]){ bytes }, name, segment_made,
                           (lua_KContext)bytes);
}

static int program_loaded(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_object *os = lua_touserdata(L, 1);
    const char *name = lua_tostring(L, 2);
    const char *what = lua_pushfstring(L, "os:program \"%s\"", name);
    lua_push_made(L, os->m, OBJECT_PROGRAM, lua_call_result(L, what), name);
    return 1;
}

static int os_program(lua_State *L)
{
    struct lua_object *os = lua_check_object(L, 1, OBJECT_OS);
    const char *name = luaL_checkstring(L, 2);
    lua_settop(L, 2);
    const char *file =
        lua_pushfstring(L, "%s%s", name, strstr(name, ".elf") ? "" : ".elf");
    return lua_kernel_call(L, os->m, "os:program", SYS_program_load,
                           (uint64_t[6]){ 0 }, file, program_loaded, 0);
}

static int semaphore_made(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_object *os = lua_touserdata(L, 1);
    lua_push_made(L, os->m, OBJECT_SEMAPHORE,
                  lua_call_result(L, "os:semaphore"), NULL);
    return 1;
}

static int os_semaphore(lua_State *L)
{
    struct lua_object *os = lua_check_object(L, 1, OBJECT_OS);
    lua_Integer count = luaL_optinteger(L, 2, 0);
    return lua_kernel_call(L, os->m, "os:semaphore", SYS_semaphore_create,
                           (uint64_t[6]){ (uint64_t)count }, NULL,
                           semaphore_made, 0);
}

static int port_made(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_object *os = lua_touserdata(L, 1);
    lua_push_made(L, os->m, OBJECT_PORT, lua_call_result(L, "os:port"), NULL);
    return 1;
}

static int os_port(lua_State *L)
{
    struct lua_object *os = lua_check_object(L, 1, OBJECT_OS);
    lua_Integer slots = luaL_optinteger(L, 2, 1);
    return lua_kernel_call(L, os->m, "os:port", SYS_port_create,
                           (uint64_t[6]){ (uint64_t)slots }, NULL, port_made,
                           0);
}

static int os_info(lua_State *L)
{
    static const char *const names[] = {
        "free_frames",      "domains",  "threads",    "segments",
        "attachments",      "portals",  "semaphores", "ports",
        "page_table_pages", "switches", NULL,
    };
    struct lua_object *os = lua_check_object(L, 1, OBJECT_OS);
    uint64_t which = (uint64_t)luaL_checkoption(L, 2, NULL, names);
    return call(L, os, "os:info", SYS_kernel_info, (uint64_t[6]){ which },
                returns_number);
}

static int raw_result(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    lua_pushinteger(L, (lua_Integer)lua_scenario(L)->request.result);
    return 1;
}

static int syscall_number(const char *name)
{
#define SYSCALL(number, row, arguments, doc)                                   \
    if (strcmp(name, #row) == 0)                                               \
        return number;
#include "os/abi/syscall.def"
#undef SYSCALL
    return -1;
}

uint64_t lua_check_syscall(lua_State *L, int index)
{
    static const char *const names[] = {
#define SYSCALL(number, row, arguments, doc) #row,
#include "os/abi/syscall.def"
#undef SYSCALL
        NULL,
    };
    const char *name = luaL_checkstring(L, index);
    int number = syscall_number(name);
    if (number < 0)
        luaL_error(L, "no system call %s%s", name,
                   lua_push_nearest(L, name, names));
    return (uint64_t)number;
}

/* os:syscall(name, ...): as the mailbox thread; the bare result. A string
 * among the arguments goes into the window. */
static int os_syscall(lua_State *L)
{
    struct lua_object *os = lua_check_object(L, 1, OBJECT_OS);
    uint64_t op = lua_check_syscall(L, 2), arg[6] = { 0 };
    const char *text = NULL;
    int count = lua_gettop(L) - 2;
    luaL_argcheck(L, count <= 6, 9, "at most six arguments");
    for (int i = 0; i < count; i++) {
        if (lua_type(L, 3 + i) == LUA_TSTRING)
            text = lua_tostring(L, 3 + i);
        else
            arg[i] = lua_check_word(L, 3 + i);
    }
    return lua_kernel_call(L, os->m, "os:syscall", op, arg, text, raw_result,
                           0);
}

/* ---- domain -------------------------------------------------------------- */

/* domain:attach(segment, rights[, at]): the address it has there */
static int domain_attach(lua_State *L)
{
    struct lua_object *d = lua_check_object(L, 1, OBJECT_DOMAIN);
    struct lua_object *g = check_same_machine(L, 2, OBJECT_SEGMENT, d->m);
    uint64_t rights = lua_check_rights(L, 3);
    uint64_t at = lua_check_word(L, 4);
    return call(L, d, "domain:attach", SYS_segment_attach,
                (uint64_t[6]){ d->id, g->id, rights, at }, returns_number);
}

static int domain_detach(lua_State *L)
{
    struct lua_object *d = lua_check_object(L, 1, OBJECT_DOMAIN);
    struct lua_object *g = check_same_machine(L, 2, OBJECT_SEGMENT, d->m);
    return call(L, d, "domain:detach", SYS_segment_detach,
                (uint64_t[6]){ d->id, g->id }, returns_nothing);
}

/* domain:rights(segment): "rw", nil = not attached.
 * domain:rights(segment, "r"): changes them. */
static int domain_rights(lua_State *L)
{
    struct lua_object *d = lua_check_object(L, 1, OBJECT_DOMAIN);
    struct lua_object *g = check_same_machine(L, 2, OBJECT_SEGMENT, d->m);
    if (lua_isnoneornil(L, 3)) {
        const struct registry_right *right =
            registry_right(&d->m->machine->registry, (uint32_t)d->id, g->id);
        if (!right)
            return 0;
        lua_pushstring(L, lua_rights_text(right->rights));
        return 1;
    }
    return call(L, d, "domain:rights", SYS_rights_set,
                (uint64_t[6]){ d->id, g->id, lua_check_rights(L, 3) },
                returns_nothing);
}

static int domain_destroy(lua_State *L)
{
    struct lua_object *d = lua_check_object(L, 1, OBJECT_DOMAIN);
    return call(L, d, "domain:destroy", SYS_domain_destroy,
                (uint64_t[6]){ d->id }, returns_nothing);
}

static int portal_made(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_object *d = lua_touserdata(L, 1);
    struct lua_object *o = lua_push_made(
        L, d->m, OBJECT_PORTAL, lua_call_result(L, "domain:portal"), NULL);
    o->domain = d->id;
    return 1;
}

/* domain:portal(entry[, stacks]): entry is an address or "program.elf:name" */
static int domain_portal(lua_State *L)
{
    struct lua_object *d = lua_check_object(L, 1, OBJECT_DOMAIN);
    uint64_t entry, stacks = (uint64_t)luaL_optinteger(L, 3, 1);
    if (lua_type(L, 2) == LUA_TSTRING) {
        if (!registry_symbol(&d->m->machine->registry, lua_tostring(L, 2),
                             &entry))
            return luaL_error(L,
                              "domain:portal: no symbol %s in a loaded "
                              "program",
                              lua_tostring(L, 2));
    } else {
        entry = lua_check_word(L, 2);
    }
    return lua_kernel_call(L, d->m, "domain:portal", SYS_portal_create,
                           (uint64_t[6]){ d->id, entry, stacks }, NULL,
                           portal_made, 0);
}

static int thread_started(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lua_object *d = lua_touserdata(L, 1);
    struct lua_object *o = lua_push_made(
        L, d->m, OBJECT_THREAD, lua_call_result(L, "domain:start"), d->name);
    o->domain = d->id;
    d->m->held = true;
    return 1;
}

static int start_program(lua_State *L, int status, lua_KContext loaded)
{
    (void)status;
    struct lua_object *d = lua_touserdata(L, 1);
    if (loaded) {
        const char *name = lua_tostring(L, 2);
        const char *what = lua_pushfstring(L, "domain:start \"%s\"", name);
        uint64_t id = lua_call_result(L, what);
        lua_push_machine(L, d->m);
        lua_getiuservalue(L, -1, 1);
        lua_pushfstring(L, "program named %s", name);
        struct lua_object *p = lua_push_made(L, d->m, OBJECT_PROGRAM, id, name);
        (void)p;
        lua_pushvalue(L, -1);
        lua_replace(L, 2);
        lua_rawset(L, -3);
    }
    struct lua_object *p = lua_check_object(L, 2, OBJECT_PROGRAM);
    uint64_t a0 = lua_check_word(L, 3), a1 = lua_check_word(L, 4);
    lua_settop(L, 4);
    return lua_kernel_call(L, d->m, "domain:start", SYS_program_start,
                           (uint64_t[6]){ p->id, d->id, a0, a1, 1 }, NULL,
                           thread_started, 0);
}

/* domain:start(program, a0, a1): program is os:program's or a name */
static int domain_start(lua_State *L)
{
    struct lua_object *d = lua_check_object(L, 1, OBJECT_DOMAIN);
    lua_settop(L, 4);
    if (lua_type(L, 2) != LUA_TSTRING)
        return start_program(L, LUA_OK, 0);
    const char *name = lua_tostring(L, 2);
    lua_push_machine(L, d->m);
    lua_getiuservalue(L, -1, 1);
    lua_pushfstring(L, "program named %s", name);
    if (lua_rawget(L, -2) == LUA_TUSERDATA) {
        lua_replace(L, 2);
        lua_settop(L, 4);
        return start_program(L, LUA_OK, 0);
    }
    lua_settop(L, 4);
    const char *file =
        lua_pushfstring(L, "%s%s", name, strstr(name, ".elf") ? "" : ".elf");
    return lua_kernel_call(L, d->m, "domain:start", SYS_program_load,
                           (uint64_t[6]){ 0 }, file, start_program, 1);
}

/* ---- segment, thread, portal, semaphore, port -----------------------------
 */

static int segment_destroy(lua_State *L)
{
    struct lua_object *g = lua_check_object(L, 1, OBJECT_SEGMENT);
    return call(L, g, "segment:destroy", SYS_segment_destroy,
                (uint64_t[6]){ g->id }, returns_nothing);
}

static int thread_kill(lua_State *L)
{
    struct lua_object *t = lua_check_object(L, 1, OBJECT_THREAD);
    return call(L, t, "thread:kill", SYS_thread_kill, (uint64_t[6]){ t->id },
                returns_nothing);
}

static int thread_release(lua_State *L)
{
    struct lua_object *t = lua_check_object(L, 1, OBJECT_THREAD);
    return call(L, t, "thread:release", SYS_thread_release,
                (uint64_t[6]){ t->id }, returns_nothing);
}

/* The exit value may well be negative: no error, then. */
static int thread_joined(lua_State *L, int status, lua_KContext released)
{
    (void)status;
    struct lua_object *t = lua_touserdata(L, 1);
    if (released)
        return raw_result(L, status, 0);
    return lua_kernel_call(L, t->m, "thread:join", SYS_thread_join,
                           (uint64_t[6]){ t->id }, NULL, thread_joined, 1);
}

/* thread:join(): lets it run and waits for its end; its exit value */
static int thread_join(lua_State *L)
{
    struct lua_object *t = lua_check_object(L, 1, OBJECT_THREAD);
    return lua_kernel_call(L, t->m, "thread:join", SYS_thread_release,
                           (uint64_t[6]){ t->id }, NULL, thread_joined, 0);
}

static int portal_destroy(lua_State *L)
{
    struct lua_object *p = lua_check_object(L, 1, OBJECT_PORTAL);
    return call(L, p, "portal:destroy", SYS_portal_destroy,
                (uint64_t[6]){ p->id }, returns_nothing);
}

static int semaphore_post(lua_State *L)
{
    struct lua_object *o = lua_check_object(L, 1, OBJECT_SEMAPHORE);
    return call(L, o, "semaphore:post", SYS_semaphore_post,
                (uint64_t[6]){ o->id }, returns_nothing);
}

static int semaphore_wait(lua_State *L)
{
    struct lua_object *o = lua_check_object(L, 1, OBJECT_SEMAPHORE);
    return call(L, o, "semaphore:wait", SYS_semaphore_wait,
                (uint64_t[6]){ o->id }, returns_nothing);
}

static int semaphore_destroy(lua_State *L)
{
    struct lua_object *o = lua_check_object(L, 1, OBJECT_SEMAPHORE);
    return call(L, o, "semaphore:destroy", SYS_semaphore_destroy,
                (uint64_t[6]){ o->id }, returns_nothing);
}

static int port_destroy(lua_State *L)
{
    struct lua_object *o = lua_check_object(L, 1, OBJECT_PORT);
    return call(L, o, "port:destroy", SYS_port_destroy, (uint64_t[6]){ o->id },
                returns_nothing);
}

static const luaL_Reg os_methods[] = {
    { "domain", os_domain },   { "segment", os_segment },
    { "program", os_program }, { "semaphore", os_semaphore },
    { "port", os_port },       { "info", os_info },
    { "syscall", os_syscall }, { NULL, NULL },
};
static const luaL_Reg domain_methods[] = {
    { "attach", domain_attach },
    { "detach", domain_detach },
    { "rights", domain_rights },
    { "destroy", domain_destroy },
    { "portal", domain_portal },
    { "start", domain_start },
    { "thread", lua_domain_thread },
    { "write", lua_domain_write },
    { NULL, NULL },
};
static const luaL_Reg segment_methods[] = {
    { "destroy", segment_destroy },
    { NULL, NULL },
};
static const luaL_Reg thread_methods[] = {
    { "kill", thread_kill },
    { "release", thread_release },
    { "join", thread_join },
    { NULL, NULL },
};
static const luaL_Reg portal_methods[] = {
    { "destroy", portal_destroy },
    { NULL, NULL },
};
static const luaL_Reg semaphore_methods[] = {
    { "post", semaphore_post },
    { "wait", semaphore_wait },
    { "destroy", semaphore_destroy },
    { NULL, NULL },
};
static const luaL_Reg port_methods[] = {
    { "destroy", port_destroy },
    { NULL, NULL },
};
static const luaL_Reg program_methods[] = { { NULL, NULL } };

const luaL_Reg *const lua_object_methods[OBJECT_KIND_COUNT] = {
    os_methods,     domain_methods,    segment_methods, thread_methods,
    portal_methods, semaphore_methods, port_methods,    program_methods,
};
