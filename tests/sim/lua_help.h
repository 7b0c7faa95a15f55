/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a few lines of Lua as a scenario and keeps what it said. Guest files
 * come from build/guest, as tests run in the top directory.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/session/session.h"

struct said {
    char text[65536];
    size_t length;
    enum exit_code code;
    char error[512]; /* of session_open or of the run; "" = none */
    uint64_t passed, failed;
};

static inline void said_print(void *context, const char *text, size_t bytes)
{
    struct said *s = context;
    size_t room = sizeof s->text - 1 - s->length;
    if (bytes > room)
        bytes = room;
    memcpy(s->text + s->length, text, bytes);
    s->length += bytes;
    s->text[s->length] = 0;
}

/* Writes text to a scenario file of its own directory; the path is static. */
static inline const char *scenario_file(const char *text)
{
    static char path[64];
    char directory[] = "/tmp/opalite-test-XXXXXX";
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/t.lua", directory);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
    return path;
}

static inline void scenario_remove(const char *path)
{
    char directory[64];
    snprintf(directory, sizeof directory, "%.*s",
             (int)(strrchr(path, '/') - path), path);
    unlink(path);
    rmdir(directory);
}

static inline struct session_options test_options(struct said *s)
{
    return (struct session_options){
        .seed = 1,
        .guest_dir = "build/guest",
        .out_dir = "/tmp/opalite-test-out",
        .no_progress = true,
        .max_cycles = 500000000,
        .print = said_print,
        .print_context = s,
    };
}

/* Runs to the end in slices of so many instructions (0 = one slice). */
static inline void run_lua_with(struct said *s, const char *text,
                                struct session_options o, uint64_t slice)
{
    struct err err = { .text = "" };
    const struct run_limits limits = { .max_insns = slice };
    memset(s, 0, sizeof *s);
    o.path = scenario_file(text);
    struct session *session = session_open(&o, &err);
    if (!session) {
        s->code = err.code;
        snprintf(s->error, sizeof s->error, "%s", err.text);
    } else {
        while (session_advance(session, slice ? &limits : NULL) <=
               SESSION_STOPPED)
            continue;
        if (session->state == SESSION_FAILED)
            snprintf(s->error, sizeof s->error, "%s", session->error.text);
        s->passed = session->checks_passed;
        s->failed = session->checks_failed;
        s->code = session_close(session);
    }
    scenario_remove(o.path);
}

static inline void run_lua(struct said *s, const char *text)
{
    run_lua_with(s, text, test_options(s), 0);
}

#define assert_said(s, part)                                                   \
    do {                                                                       \
        if (!strstr((s)->text, part))                                          \
            fail_msg("expected \"%s\" in:\n%s\nerror: %s", part, (s)->text,    \
                     (s)->error);                                              \
    } while (0)
#define assert_error(s, wanted, part)                                          \
    do {                                                                       \
        if (!strstr((s)->error, part))                                         \
            fail_msg("expected error \"%s\", got \"%s\"", part, (s)->error);   \
        assert_int_equal((s)->code, wanted);                                   \
    } while (0)
#define assert_fine(s)                                                         \
    do {                                                                       \
        if ((s)->code != EXIT_PASSED)                                          \
            fail_msg("%s\n%s", (s)->error, (s)->text);                         \
    } while (0)
