/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording of a run: a small file (JSON, docs/history.md) from which anybody
 * with the same scenario can have the same run, up to the same moment, and see
 * that it is the same. A run has no inputs but the scenario's text and these
 * options; the files that the scenario reads (kernel, programs, disks) are not
 * in it, but another one leads to another state.
 */
#pragma once

#include "sim/session/session.h"

#define RECORD_VERSION 1

struct session_record {
    char *path;    /* of the scenario, as it was called */
    uint64_t text; /* digest_bytes of the scenario's file */
    char *preset;  /* NULL = none was given */
    char **set;    /* KEY=VALUE */
    size_t set_count;
    uint64_t seed, max_cycles;
    /* The moment: the end of the run or, of this machine, this clock. */
    bool at_end;
    char machine[32];
    uint64_t cycle;
    uint64_t instructions; /* of all machines */
    uint64_t state;        /* session_digest */
};

/* digest_bytes of a scenario's file. False: *err. */
MUST_CHECK
bool session_record_text(const char *path, uint64_t *text, struct err *err);
/* Records the session as it stands; text: of its scenario, when it was opened.
 * False: *err, EXIT_HOST_RESOURCE. */
MUST_CHECK
bool session_record_write(const struct session *s, uint64_t text,
                          const char *file, struct err *err);
/* False: *err (EXIT_CANNOT_LOAD) names what is wrong with the file, and r holds
 * nothing. */
MUST_CHECK
bool session_record_read(struct session_record *r, const char *file,
                         struct err *err);
void session_record_free(struct session_record *r);

/* Does the session stand where the recorded one stood? False: *err says what is
 * different, EXIT_CHECK_FAILED. */
MUST_CHECK
bool session_record_agrees(const struct session_record *r,
                           const struct session *s, struct err *err);
