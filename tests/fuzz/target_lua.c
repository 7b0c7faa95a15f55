/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios: the input stands behind `local m = machine` in a Lua file, so a
 * good start is a table; what follows may be any text. Memory, steps, time and
 * files are limited as the sandbox limits them, only tighter.
 */
#include <limits.h>

#include "sim/session/session.h"
#include "tests/fuzz/target.h"

#define SLICES 20

static void swallow(void *context, const char *text, size_t bytes)
{
    (void)context, (void)text, (void)bytes;
}

static const char *guest(void)
{
    static char path[PATH_MAX];
    if (!path[0] && !realpath("build/guest", path))
        snprintf(path, sizeof path, "/nowhere");
    return path;
}

static void run(struct session *s)
{
    const struct run_limits slice = { .max_insns = 200000 };
    for (unsigned i = 0; i < SLICES; i++)
        if (session_advance(s, &slice) > SESSION_STOPPED)
            break;
    if (s->state == SESSION_FAILED)
        target_must(s->error.code && s->error.code != EXIT_OUR_BUG &&
                    s->error.text[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char before[] = "local m = machine";
    const size_t n = sizeof before - 1;
    char path[32], *text = malloc(n + size);
    struct err err = { 0 };
    target_must(text);
    memcpy(text, before, n);
    memcpy(text + n, data, size);
    int file = target_file(text, n + size, path);
    const struct session_options options = {
        .path = path,
        .seed = 1,
        .max_cycles = 5000000,
        .max_lua_steps = 200000,
        .max_lua_bytes = 32 << 20,
        .guest_dir = guest(),
        .program_dir = "/nowhere",
        .out_dir = "/proc/nowhere", /* no file can be made in it */
        .no_progress = true,
        .print = swallow,
    };
    struct session *s = session_open(&options, &err);
    if (s) {
        run(s);
        session_close(s);
    } else {
        target_must(err.code && err.text[0]);
    }
    free(text);
    close(file);
    return 0;
}
