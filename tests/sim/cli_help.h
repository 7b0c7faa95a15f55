/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the opalite program that was built (OPALITE_BUILD or build/release) and
 * keeps what it printed and how it ended; writes the small files it is given.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mmu/err.h"

struct ran {
    int code; /* exit code; 1000 + signal when it crashed */
    int lines;
    char text[200000];
};

/* A directory for this test program, removed at its end. */
static char work[64];

static inline int work_open(void **state)
{
    (void)state;
    snprintf(work, sizeof work, "/tmp/opalite-cli-XXXXXX");
    return mkdtemp(work) ? 0 : -1;
}

static inline int work_close(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", work);
    return system(command) == 0 ? 0 : -1;
}

static inline const char *program_path(void)
{
    static char path[600];
    const char *build = getenv("OPALITE_BUILD");
    snprintf(path, sizeof path, "%s/opalite",
             build && *build ? build : "build/release");
    return path;
}

/* The shell command after the program's name; %W stands for the directory. */
static inline void run(struct ran *r, const char *arguments)
{
    char command[4000], *to = command;
    to += snprintf(command, sizeof command, "timeout 100 %s ", program_path());
    for (const char *p = arguments; *p; p++) {
        if (strncmp(p, "%W", 2) == 0) {
            to += sprintf(to, "%s", work);
            p++;
        } else {
            *to++ = *p;
        }
    }
    *to = 0;
    memset(r, 0, sizeof *r);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    size_t n = fread(r->text, 1, sizeof r->text - 1, f);
    r->text[n] = 0;
    int status = pclose(f);
    r->code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    for (const char *p = r->text; *p; p++)
        r->lines += *p == '\n';
}

static inline void put_file(const char *name, const void *bytes, size_t n)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", work, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static inline void put_text(const char *name, const char *text)
{
    put_file(name, text, strlen(text));
}

static inline void expect(struct ran *r, const char *arguments, int code,
                          const char *part)
{
    run(r, arguments);
    if (r->code != code || !strstr(r->text, part))
        fail_msg("opalite %s\nexpected code %d and \"%s\", got %d and:\n%s",
                 arguments, code, part, r->code, r->text);
}

/* An error is one line on standard error, nothing else. */
static inline void expect_error(struct ran *r, const char *arguments, int code,
                                const char *part)
{
    char both[4000];
    snprintf(both, sizeof both, "%s 2>&1", arguments);
    expect(r, both, code, part);
    if (r->lines != 1)
        fail_msg("opalite %s\nsaid more than one line:\n%s", arguments,
                 r->text);
}

/*
 * A bare-metal program of a few instructions at 0x80000000 as an ELF file
 * (ELF-64 object file format: header, one PT_LOAD).
 */
struct small_elf {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t header_bytes, program_header_bytes, program_header_count;
    uint16_t section_header_bytes, section_header_count, section_names;
    uint32_t segment_type, segment_flags;
    uint64_t offset, va, pa, file_bytes, memory_bytes, align;
    uint32_t code[16];
};

static inline struct small_elf small_elf(const uint32_t *code, size_t words)
{
    struct small_elf e = {
        .ident = { 0x7f, 'E', 'L', 'F', 2, 1, 1 },
        .type = 2,
        .machine = 243,
        .version = 1,
        .entry = 0x80000000,
        .program_headers = 64,
        .header_bytes = 64,
        .program_header_bytes = 56,
        .program_header_count = 1,
        .section_header_bytes = 64,
        .segment_type = 1,
        .segment_flags = 5,
        .offset = 120,
        .va = 0x80000000,
        .pa = 0x80000000,
        .file_bytes = words * 4,
        .memory_bytes = words * 4,
        .align = 8,
    };
    assert_true(words <= 16);
    memcpy(e.code, code, words * 4);
    return e;
}
