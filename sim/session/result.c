/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session leaves behind: --json and --csv. The same run gives the same
 * bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/json.h"
#include "sim/lua/state.h"

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
        json_u64(j, m->machine ? machine_instructions(m->machine)
                               : m->instructions);
        json_end(j);
    }
    json_end(j);
}

/* Arguments: the json writer. */
static int write_results(lua_State *L)
{
    struct json *j = lua_touserdata(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_RESULTS);
    lua_Integer n = lua_count(L, -1);
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
