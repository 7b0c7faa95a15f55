/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a debugger comes in: a TCP port of this computer only (127.0.0.1), or a
 * Unix socket. One debugger; bytes in and out. What they mean: gdb/gdb.h.
 */
#pragma once

#include "mmu/err.h"

#define GDB_PORT 1234 /* where nothing else is said */

struct gdb_socket {
    int listener;   /* -1 = none, or somebody came already */
    int link;       /* to the debugger, -1 = none */
    char path[108]; /* of the Unix socket, "" = TCP */
};

/* Listens: where = NULL (GDB_PORT), "PORT" (0 = any free one) or "unix:PATH".
 * Says on stderr what to type in gdb. False: err. */
MUST_CHECK
bool gdb_socket_open(struct gdb_socket *s, const char *where, struct err *err);
void gdb_socket_close(struct gdb_socket *s);

/* Waits so many milliseconds for the debugger to come. */
bool gdb_socket_accept(struct gdb_socket *s, int milliseconds);
/* Waits so many milliseconds for bytes: how many, 0 = none yet, -1 = it left.
 */
int gdb_socket_read(struct gdb_socket *s, void *to, size_t room,
                    int milliseconds);
/* False: it left. */
bool gdb_socket_write(struct gdb_socket *s, const void *bytes, size_t n);
