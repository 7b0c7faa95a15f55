/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb.h. Here is who speaks when; gdb_command.c says what packets mean. */
#include "sim/gdb.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/gdb_command.h"
#include "sim/gdb_target.h"
#include "sim/story.h"

#define WAIT_MILLISECONDS 200

/* The signals that gdb knows these stops by. */
enum { SIGNAL_INTERRUPT = 2, SIGNAL_TRAP = 5, SIGNAL_ABORT = 6 };

/* ---- life -------------------------------------------------------------------
 */

struct gdb *gdb_open_link(int link)
{
    struct gdb *g = calloc(1, sizeof *g);
    if (!g)
        err_no_memory();
    FILE *xml = open_memstream(&g->target_xml, &g->target_xml_bytes);
    if (!xml)
        err_no_memory();
    gdb_target_print(xml);
    if (fclose(xml) != 0)
        err_no_memory();
    g->socket = (struct gdb_socket){ .listener = -1, .link = link };
    g->state = link < 0 ? GDB_EXPECTED : GDB_STOPPED;
    g->stop_signal = SIGNAL_TRAP;
    g->points.at = g->point;
    return g;
}

struct gdb *gdb_open(const char *where, struct err *err)
{
    struct gdb_socket socket;
    if (!gdb_socket_open(&socket, where, err))
        return NULL;
    struct gdb *g = gdb_open_link(-1);
    g->socket = socket;
    return g;
}

void gdb_close(struct gdb *g, int exit_code)
{
    if (!g)
        return;
    if (g->state == GDB_STOPPED || g->state == GDB_RUNNING) {
        gdb_say(g, "W%02x", (unsigned)exit_code & 255);
        gdb_send(g);
    }
    gdb_socket_close(&g->socket);
    free(g->target_xml);
    free(g);
}

/* ---- saying -----------------------------------------------------------------
 */

static void add(struct gdb *g, const char *format, va_list args)
{
    size_t room = sizeof g->answer - g->answer_bytes;
    int n = vsnprintf(g->answer + g->answer_bytes, room, format, args);
    if (n > 0)
        g->answer_bytes += (size_t)n < room ? (size_t)n : room - 1;
}

void gdb_add(struct gdb *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(g, format, args);
    va_end(args);
}

void gdb_say(struct gdb *g, const char *format, ...)
{
    va_list args;
    g->answer_bytes = 0;
    va_start(args, format);
    add(g, format, args);
    va_end(args);
}

void gdb_add_hex(struct gdb *g, const void *bytes, size_t n)
{
    const uint8_t *from = bytes;
    for (size_t i = 0; i < n; i++)
        gdb_add(g, "%02x", from[i]);
}

static void leave(struct gdb *g)
{
    g->state = GDB_LEFT;
    gdb_socket_close(&g->socket);
}

static void send_frame(struct gdb *g)
{
    if (g->socket.link >= 0 &&
        !gdb_socket_write(&g->socket, g->frame, g->frame_bytes))
        leave(g);
}

void gdb_send(struct gdb *g)
{
    g->frame_bytes = gdb_frame(g->frame, g->answer, g->answer_bytes);
    send_frame(g);
}

void gdb_say_stop(struct gdb *g)
{
    static const char *const reasons[] = { [POINT_STORE] = "watch",
                                           [POINT_LOAD] = "rwatch",
                                           [POINT_ACCESS] = "awatch" };
    enum point_kind kind = g->stop_point.kind;
    gdb_say(g, "T%02xthread:%" PRIx64 ";", g->stop_signal, g->hart + 1);
    if (g->at_point && kind != POINT_PC && kind != POINT_STEP)
        gdb_add(g, "%s:%" PRIx64 ";", reasons[kind], g->stop_point.va);
}

/* The machine stands still from now on, and the debugger hears of it. */
static void stop(struct gdb *g, const struct machine *m, uint8_t signal)
{
    g->state = GDB_STOPPED;
    g->stop_signal = signal;
    g->at_point = m->at_point && signal == SIGNAL_TRAP;
    g->stop_point = m->point;
    g->hart = (uint64_t)(m->now - m->hart);
    gdb_say_stop(g);
    gdb_send(g);
}

/* ---- hearing ----------------------------------------------------------------
 */

static void take_packet(struct gdb *g)
{
    if (!g->no_ack && !gdb_socket_write(&g->socket, "+", 1)) {
        leave(g);
        return;
    }
    if (g->state != GDB_STOPPED)
        return; /* it may only interrupt now */
    gdb_obey(g);
    if (g->state != GDB_RUNNING)
        gdb_send(g);
    if (g->state == GDB_LEFT || g->state == GDB_KILLED)
        gdb_socket_close(&g->socket);
}

static void take_byte(struct gdb *g, struct machine *m, uint8_t byte)
{
    switch (gdb_reader_take(&g->reader, byte)) {
    case GDB_PACKET:
        take_packet(g);
        break;
    case GDB_BROKEN:
        if (!g->no_ack && !gdb_socket_write(&g->socket, "-", 1))
            leave(g);
        break;
    case GDB_AGAIN:
        if (!g->no_ack && g->frame_bytes)
            send_frame(g);
        break;
    case GDB_INTERRUPT:
        if (g->state == GDB_RUNNING)
            stop(g, m, SIGNAL_INTERRUPT);
        break;
    case GDB_NOTHING:
        break;
    }
}

/* Waits for bytes once, and takes them. */
static void listen_once(struct gdb *g, struct machine *m, int milliseconds)
{
    uint8_t bytes[1024];
    int n = gdb_socket_read(&g->socket, bytes, sizeof bytes, milliseconds);
    if (n < 0)
        leave(g);
    for (int i = 0; i < n && g->socket.link >= 0; i++)
        take_byte(g, m, bytes[i]);
}

enum gdb_turn gdb_serve(struct gdb *g, struct machine *m)
{
    if (!g)
        return GDB_RUN;
    g->machine = m;
    if (g->state == GDB_EXPECTED) {
        if (!gdb_socket_accept(&g->socket, WAIT_MILLISECONDS))
            return GDB_WAIT;
        g->state = GDB_STOPPED;
    }
    if (g->state == GDB_STOPPED)
        listen_once(g, m, WAIT_MILLISECONDS);
    if (g->state == GDB_RUNNING)
        listen_once(g, m, 0);
    g->machine = NULL;
    return g->state == GDB_STOPPED  ? GDB_WAIT
           : g->state == GDB_KILLED ? GDB_KILL
                                    : GDB_RUN;
}

/* ---- the run ---------------------------------------------------------------
 */

void gdb_limit(struct gdb *g, struct run_limits *limits)
{
    if (g && g->state == GDB_RUNNING && (g->points.count || g->points.step))
        limits->points = &g->points;
}

static void say_trouble(struct gdb *g, const struct machine *m, enum stop why)
{
    char text[600];
    story_stop(m, why, text, sizeof text);
    gdb_say(g, "O");
    gdb_add_hex(g, text, strlen(text));
    gdb_add_hex(g, "\n", 1);
    gdb_send(g);
}

bool gdb_ran(struct gdb *g, struct machine *m, enum stop why)
{
    if (!g || g->state != GDB_RUNNING)
        return false;
    bool trouble =
        why == STOP_PANIC || why == STOP_HUNG || why == STOP_NO_PROGRESS;
    bool met = m->at_point && why < STOP_POWEROFF;
    if (trouble && !g->in_trouble) {
        g->in_trouble = true;
        say_trouble(g, m, why);
        stop(g, m, SIGNAL_ABORT);
    } else if (met) {
        stop(g, m, SIGNAL_TRAP);
    }
    m->at_point = false; /* it is told */
    return met || g->state == GDB_STOPPED;
}
