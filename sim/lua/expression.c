/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See lua/expression.h. The chunk's environment is an empty table; a name that
 * is asked for comes to look_up, which reads it out of the machine: so an
 * expression costs what it mentions. Numbers are 64 bits as Lua has them:
 * signed, and addresses in the upper half are negative.
 */
#include "sim/lua/expression.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/disasm.h"

enum {
    BYTES_MOST = 1 << 20, /* of the Lua state */
    GRAIN = 1000,         /* Lua instructions between two looks */
    GRAINS_MOST = 50
};

struct expression {
    lua_State *L;
    const struct machine *machine; /* while it is asked */
    size_t bytes;
    int grains; /* of Lua instructions since it was asked */
};

/* What names mean: registers are 0 to 31. */
enum {
    NAME_PC = 32,
    NAME_CYCLE,
    NAME_INSNS,
    NAME_HART,
    NAME_PRIV,
    NAME_DOMAIN,
    NAME_THREAD,
    NAME_VA,
    NAME_VALUE,
    NAME_BEFORE,
    NAME_CSR = 4096 /* + its number */
};

static const struct {
    const char *name;
    int meaning;
} names[] = {
    { "fp", 8 },
    { "pc", NAME_PC },
    { "cycle", NAME_CYCLE },
    { "insns", NAME_INSNS },
    { "hart", NAME_HART },
    { "priv", NAME_PRIV },
    { "domain", NAME_DOMAIN },
    { "thread", NAME_THREAD },
    { "va", NAME_VA },
    { "value", NAME_VALUE },
    { "before", NAME_BEFORE },
};

static struct expression *expression_of(lua_State *L)
{
    return *(struct expression **)lua_getextraspace(L);
}

/* ---- what it may use ------------------------------------------------------
 */

static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
    struct expression *e = context;
    size_t held = old ? old_size : 0;
    if (size == 0) {
        free(old);
        e->bytes -= held;
        return NULL;
    }
    if (size > held && e->bytes - held + size > BYTES_MOST)
        return NULL;
    void *p = realloc(old, size);
    if (p)
        e->bytes += size - held;
    return p;
}

static void count_steps(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    if (++expression_of(L)->grains > GRAINS_MOST)
        luaL_error(L, "takes more than %d Lua instructions",
                   GRAIN * GRAINS_MOST);
}

/* The expression has no value now: it does not hold. */
static int no_value(lua_State *L)
{
    lua_pushlightuserdata(L, expression_of(L));
    return lua_error(L);
}

/* ---- looking ---------------------------------------------------------------
 */

static bool peek(const struct machine *m, uint64_t va, unsigned size,
                 uint64_t *value)
{
    uint8_t bytes[8] = { 0 };
    uint64_t pa;
    for (unsigned i = 0; i < size; i++)
        if (!machine_place_of_hart(m->now, va + i, &pa) ||
            !machine_peek_phys(m, pa, &bytes[i], 1))
            return false;
    memcpy(value, bytes, sizeof bytes);
    return true;
}

static int push(lua_State *L, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    return 1;
}

/* mem8(va) ... mem64(va); their sizes are upvalues. */
static int read_memory(lua_State *L)
{
    uint64_t value;
    uint64_t va = (uint64_t)luaL_checkinteger(L, 1);
    unsigned size = (unsigned)lua_tointeger(L, lua_upvalueindex(1));
    if (!peek(expression_of(L)->machine, va, size, &value))
        return no_value(L);
    return push(L, value);
}

/* ult(a, b): is a below b, both without sign? */
static int is_below(lua_State *L)
{
    uint64_t a = (uint64_t)luaL_checkinteger(L, 1);
    uint64_t b = (uint64_t)luaL_checkinteger(L, 2);
    lua_pushboolean(L, a < b);
    return 1;
}

static int push_domain(lua_State *L, const struct machine *m)
{
    char buffer[NAME_BYTES];
    lua_pushstring(L, registry_domain_name(&m->registry, machine_domain(m),
                                           buffer, sizeof buffer));
    return 1;
}

/* Of the last step's load or store. */
static int push_access(lua_State *L, const struct machine *m, int meaning)
{
    const struct access *a = &m->now->cpu.step.data;
    uint64_t value = a->before;
    if (!a->size || a->refused)
        return no_value(L);
    if (meaning == NAME_VA)
        return push(L, a->va);
    if (meaning == NAME_VALUE && !peek(m, a->va, a->size, &value))
        return no_value(L);
    return push(L, value);
}

static int push_meaning(lua_State *L, const struct machine *m, int meaning)
{
    static const char *const privileges[] = { "U", "S", "?", "M" };
    const struct cpu *c = &m->now->cpu;
    uint64_t value = 0;
    if (meaning < 32)
        return push(L, c->x[meaning]);
    switch (meaning) {
    case NAME_PC:
        return push(L, c->pc);
    case NAME_CYCLE:
        return push(L, machine_clock(m));
    case NAME_INSNS:
        return push(L, machine_instructions(m));
    case NAME_HART:
        return push(L, c->step.hart);
    case NAME_THREAD:
        return push(L, m->registry.thread);
    case NAME_PRIV:
        lua_pushstring(L, privileges[c->privilege & 3]);
        return 1;
    case NAME_DOMAIN:
        return push_domain(L, m);
    case NAME_VA:
    case NAME_VALUE:
    case NAME_BEFORE:
        return push_access(L, m, meaning);
    default:
        (void)cpu_peek_csr(c, (uint16_t)(meaning - NAME_CSR), &value);
        return push(L, value);
    }
}

/* A symbol or a segment: its address. */
static int push_place(lua_State *L, const struct machine *m, const char *name)
{
    uint64_t address;
    const struct registry_segment *s =
        registry_segment_named(&m->registry, name);
    if (registry_symbol(&m->registry, name, &address))
        return push(L, address);
    if (!s)
        return luaL_error(L, "'%s' is no register, symbol or segment", name);
    return push(L, s->base);
}

/* environment[name]: upvalue 1 is the table of meanings. */
static int look_up(lua_State *L)
{
    const struct machine *m = expression_of(L)->machine;
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNUMBER)
        return push_meaning(L, m, (int)lua_tointeger(L, -1));
    return push_place(L, m, luaL_checkstring(L, 2));
}

static int refuse(lua_State *L)
{
    return luaL_error(L, "an expression only looks: it cannot set '%s'",
                      lua_tostring(L, 2));
}

/* ---- life ------------------------------------------------------------------
 */

static void add_meaning(lua_State *L, const char *name, int meaning)
{
    lua_pushinteger(L, meaning);
    lua_setfield(L, -2, name);
}

static void push_meanings(lua_State *L)
{
    struct csr_info csr;
    lua_newtable(L);
    for (unsigned i = 0; csr_each(i, &csr); i++)
        add_meaning(L, csr.name, NAME_CSR + csr.number);
    for (int i = 0; i < 32; i++)
        add_meaning(L, register_names[i], i);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        add_meaning(L, names[i].name, names[i].meaning);
}

static void add_functions(lua_State *L)
{
    static const char *const mem[] = { "mem8", "mem16", "mem32", "mem64" };
    for (int i = 0; i < 4; i++) {
        lua_pushinteger(L, 1 << i);
        lua_pushcclosure(L, read_memory, 1);
        lua_setfield(L, -2, mem[i]);
    }
    lua_pushcfunction(L, is_below);
    lua_setfield(L, -2, "ult");
}

/* Compiles the text, argument 1; the function is the result. */
static int compile(lua_State *L)
{
    lua_pushfstring(L, "return %s", lua_tostring(L, 1));
    if (luaL_loadbufferx(L, lua_tostring(L, -1), lua_rawlen(L, -1), "=", "t"))
        return lua_error(L);
    lua_newtable(L); /* the environment */
    add_functions(L);
    lua_newtable(L);
    push_meanings(L);
    lua_pushcclosure(L, look_up, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    lua_setupvalue(L, -2, 1);
    return 1;
}

/* Lua's own message, without the place it puts in front: ":1: ". */
static bool say(const struct expression *e, struct err *err)
{
    const char *text = lua_tostring(e->L, -1);
    if (text && strncmp(text, ":1: ", 4) == 0)
        text += 4;
    err_set(err, EXIT_USAGE, "%.200s", text ? text : "an error without text");
    for (char *p = err ? err->text : NULL; p && *p; p++)
        if (*p == '\n')
            *p = ' ';
    return false;
}

static struct expression *compiled(const char *text)
{
    struct expression *e = calloc(1, sizeof *e);
    if (!e || !(e->L = lua_newstate(allocate, e)))
        err_no_memory();
    *(struct expression **)lua_getextraspace(e->L) = e;
    lua_sethook(e->L, count_steps, LUA_MASKCOUNT, GRAIN);
    lua_pushcfunction(e->L, compile);
    lua_pushstring(e->L, text);
    return e;
}

struct expression *expression_new(const char *text, struct err *err)
{
    if (!text[strspn(text, " \t")]) {
        err_set(err, EXIT_USAGE, "an expression is missing, such as a0 == 3");
        return NULL;
    }
    struct expression *e = compiled(text);
    if (lua_pcall(e->L, 1, 1, 0) == LUA_OK)
        return e;
    (void)say(e, err);
    expression_free(e);
    return NULL;
}

void expression_free(struct expression *e)
{
    if (!e)
        return;
    lua_close(e->L);
    free(e);
}

enum expression_value expression_ask(struct expression *e,
                                     const struct machine *m, struct err *err)
{
    enum expression_value value = EXPRESSION_NO;
    e->machine = m;
    e->grains = 0;
    lua_pushvalue(e->L, 1);
    int status = lua_pcall(e->L, 0, 1, 0);
    if (status == LUA_OK && lua_toboolean(e->L, -1))
        value = EXPRESSION_YES;
    if (status != LUA_OK && !lua_islightuserdata(e->L, -1)) {
        (void)say(e, err);
        value = EXPRESSION_FAILED;
    }
    lua_settop(e->L, 1);
    return value;
}
