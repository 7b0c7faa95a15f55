/* SPDX-License-Identifier: Apache-2.0 */
/*
 * m:boot_firmware: software of others in a scenario, with the words of
 * `opalite boot` (docs/boot.md). It loads and switches on; time passes in
 * m:run, whose `expect` waits for a text of the console.
 */
#include "sim/lua/state.h"

#include <string.h>

#include "sim/firmware.h"

/* A text of the table at index 2, kept alive by the stack; NULL = none. */
static const char *text_of(lua_State *L, const char *key)
{
    int type = lua_getfield(L, 2, key);
    if (type == LUA_TNIL)
        return NULL;
    if (type != LUA_TSTRING)
        luaL_error(L, "m:boot_firmware: %s: expected a text, got a %s", key,
                   luaL_typename(L, -1));
    return lua_tostring(L, -1);
}

static enum machine_console console_of(lua_State *L)
{
    const char *name = text_of(L, "console");
    enum machine_console console;
    struct err err;
    if (!name)
        return CONSOLE_UART;
    if (!machine_console_named(name, &console, &err))
        luaL_error(L, "m:boot_firmware: console: %s", err.text);
    return console;
}

int lua_machine_boot_firmware(lua_State *L)
{
    static const char *const keys[] = { "firmware", "kernel", "initrd",  "disk",
                                        "append",   "dtb",    "console", NULL };
    struct lua_machine *m = lua_check_machine(L, 1);
    struct err err;
    lua_check_may_advance(L, "m:boot_firmware");
    if (m->personality || m->firmware)
        return luaL_error(L, "m:boot_firmware: this machine runs already");
    if (lua_scenario(L)->options.protection)
        return luaL_error(L, "m:boot_firmware: software of others: there is no "
                             "protection that could be replaced");
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_check_keys(L, 2, "m:boot_firmware", keys);
    const struct firmware_files files = {
        .firmware = text_of(L, "firmware"),
        .kernel = text_of(L, "kernel"),
        .initrd = text_of(L, "initrd"),
        .tree = text_of(L, "dtb"),
        .arguments = text_of(L, "append"),
    };
    const char *disk = text_of(L, "disk");
    if (!files.firmware && !files.kernel)
        return luaL_error(L, "m:boot_firmware: firmware = FILE or kernel = "
                             "FILE is missing");
    m->machine->keys_to = console_of(L);
    if ((disk && !machine_attach_disk(m->machine, disk, &err)) ||
        !firmware_load(m->machine, &files, &err))
        return lua_raise(L, err.code, "m:boot_firmware: %s", err.text);
    m->firmware = true;
    return 0;
}
