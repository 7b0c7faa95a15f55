/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb/gdb.h. Here is who speaks when; gdb/command.c says what packets mean.
 */
#include "sim/gdb/gdb.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/gdb/command.h"
#include "sim/gdb/target.h"
#include "sim/story.h"

#define WAIT_MILLISECONDS 200

/* The signals that gdb knows these stops by. */
enum { SIGNAL_INTERRUPT = 2, SIGNAL_TRAP = 5, SIGNAL_ABORT = 6 };

/* ---- documents -------------------------------------------------------------
 */

FILE *gdb_document_open(struct gdb_document *d)
{
    free(d->text);
    d->text = NULL;
    FILE *to = open_memstream(&d->text, &d->bytes);
    if (!to)
        err_no_memory();
    return to;
}

void gdb_document_close(FILE *to)
{
    if (fclose(to) != 0)
        err_no_memory();
}

/* ---- life -------------------------------------------------------------------
 */

struct gdb *gdb_open_link(int link, struct timeline *t)
{
    struct gdb *g = calloc(1, sizeof *g);
    if (!g)
        err_no_memory();
    FILE *xml = gdb_document_open(&g->target);
    gdb_target_print(xml);
    gdb_document_close(xml);
    g->socket = (struct gdb_socket){ .listener = -1, .link = link };
    g->time = t;
    g->state = link < 0 ? GDB_EXPECTED : GDB_STOPPED;
    g->stop.signal = SIGNAL_TRAP;
    return g;
}

struct gdb *gdb_open(const char *where, struct timeline *t, struct err *err)
{
    struct gdb_socket socket;
    if (!gdb_socket_open(&socket, where, err))
        return NULL;
    struct gdb *g = gdb_open_link(-1, t);
    g->socket = socket;
    return g;
}

void gdb_close(struct gdb *g, int exit_code)
{
    if (!g)
        return;
    if (g->state != GDB_EXPECTED && g->state != GDB_LEFT) {
        gdb_say(g, "W%02x", (unsigned)exit_code & 255);
        gdb_send(g);
    }
    gdb_socket_close(&g->socket);
    free(g->target.text);
    free(g->programs.text);
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
    const struct gdb_stop *s = &g->stop;
    enum point_kind kind = s->point.kind;
    gdb_say(g, "T%02xthread:%" PRIx64 ";", s->signal, g->hart + 1);
    if (s->at_point && kind != POINT_PC && kind != POINT_STEP)
        gdb_add(g, "%s:%" PRIx64 ";", reasons[kind], s->point.va);
    if (s->history)
        gdb_add(g, "replaylog:%s;", s->history);
    if (s->programs)
        gdb_add(g, "library:;");
}

/* The machine stands still from now on, and the debugger hears of it. */
static void stop(struct gdb *g, const struct gdb_stop *why)
{
    g->state = GDB_STOPPED;
    g->stop = *why;
    if (!why->programs) /* gdb goes on by itself from there */
        g->wish = (struct gdb_wish){ .cycle = 0 };
    gdb_say_stop(g);
    gdb_send(g);
}

/* Likewise, by itself: the hart in focus did it. */
static void stop_at(struct gdb *g, const struct machine *m, uint8_t signal)
{
    struct gdb_stop why = { .signal = signal };
    g->hart = (uint64_t)(m->now - m->hart);
    stop(g, &why);
}

void gdb_tell(struct gdb *g, const char *text)
{
    gdb_say(g, "O");
    gdb_add_hex(g, text, strlen(text));
    gdb_add_hex(g, "\n", 1);
    gdb_send(g);
}

/* Ctrl-C in the debugger. */
static void interrupt(struct gdb *g)
{
    timeline_stay(g->time);
    stop_at(g, g->machine, SIGNAL_INTERRUPT);
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
    if (g->state != GDB_RUNNING && g->state != GDB_GOING_BACK)
        gdb_send(g);
    if (g->state == GDB_LEFT || g->state == GDB_KILLED)
        gdb_socket_close(&g->socket);
}

static void take_byte(struct gdb *g, uint8_t byte)
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
        if (g->state == GDB_RUNNING || g->state == GDB_GOING_BACK)
            interrupt(g);
        break;
    case GDB_NOTHING:
        break;
    }
}

/* Waits for bytes once, and takes them. */
static void listen_once(struct gdb *g, int milliseconds)
{
    uint8_t bytes[1024];
    int n = gdb_socket_read(&g->socket, bytes, sizeof bytes, milliseconds);
    if (n < 0)
        leave(g);
    for (int i = 0; i < n && g->socket.link >= 0; i++)
        take_byte(g, bytes[i]);
}

/* ---- back -----------------------------------------------------------------
 */

static bool has_wish(const struct gdb *g)
{
    return g->wish.cycle || g->wish.event.kinds;
}

/* The way back ends here. */
static void arrive(struct gdb *g, enum travel how, const struct err *err)
{
    const struct timeline_found *found = &g->time->found;
    struct gdb_stop why = { .signal = SIGNAL_TRAP,
                            .at_point = found->at_point,
                            .point = found->point };
    g->machine = timeline_machine(g->time);
    if (g->again) { /* nobody asked; if it could not be, it runs on */
        g->state = GDB_RUNNING;
        return;
    }
    g->told_end = false;
    if (how != TRAVEL_THERE) {
        why.at_point = false;
        why.history = "begin";
    } else if (!g->time->goal.step) {
        g->hart = found->hart;
    }
    if (how == TRAVEL_FAILED)
        gdb_tell(g, err->text);
    else if (how == TRAVEL_THERE && has_wish(g) && !found->at_point)
        gdb_tell_wish(g);
    stop(g, &why);
}

#define BACK_INSTRUCTIONS 2000000

static void go_on_back(struct gdb *g)
{
    struct err err;
    enum travel how = TRAVEL_FAILED;
    if (g->time->travels || timeline_back(g->time, &g->goal, &err))
        how = timeline_travel(g->time, BACK_INSTRUCTIONS, &err);
    g->machine = timeline_machine(g->time);
    if (how != TRAVEL_ON)
        arrive(g, how, &err);
}

enum gdb_turn gdb_serve(struct gdb *g)
{
    if (!g || !(g->machine = timeline_machine(g->time)))
        return GDB_RUN;
    if (g->state == GDB_EXPECTED) {
        if (!gdb_socket_accept(&g->socket, WAIT_MILLISECONDS))
            return GDB_WAIT;
        g->state = GDB_STOPPED;
    }
    if (g->state == GDB_STOPPED)
        listen_once(g, WAIT_MILLISECONDS);
    if (g->state == GDB_RUNNING || g->state == GDB_GOING_BACK)
        listen_once(g, 0);
    if (g->state == GDB_GOING_BACK)
        go_on_back(g);
    g->machine = NULL;
    return g->state == GDB_STOPPED || g->state == GDB_GOING_BACK ? GDB_WAIT
           : g->state == GDB_KILLED                              ? GDB_KILL
                                                                 : GDB_RUN;
}

/* ---- the run ---------------------------------------------------------------
 */

/* gdb wants to hear when a program is loaded, to read its symbols. */
static bool asks_for_programs(const struct gdb *g)
{
    return g->knows_programs && !g->alone.harts;
}

void gdb_limit(struct gdb *g, struct run_limits *limits)
{
    if (!g || g->state != GDB_RUNNING)
        return;
    if (g->points.count || g->points.step)
        limits->points = &g->points;
    if (g->wish.ahead &&
        (!limits->until_cycle || limits->until_cycle > g->wish.cycle))
        limits->until_cycle = g->wish.cycle;
    if (asks_for_programs(g))
        limits->stop_events |= EVENT_BIT(EVENT_PROGRAM);
}

/* The guest cannot go on, or says itself that it failed. */
static bool is_trouble(enum stop why)
{
    return why == STOP_PANIC || why == STOP_HUNG || why == STOP_NO_PROGRESS ||
           why == STOP_FAIL;
}

static void stop_in_trouble(struct gdb *g, const struct machine *m)
{
    char text[600];
    story_stop(m, m->stopped, text, sizeof text);
    g->told_end = true;
    gdb_tell(g, text);
    stop_at(g, m, SIGNAL_ABORT);
}

/* Who has been back may want to go back from here, too. */
static void stop_at_end(struct gdb *g, const struct machine *m)
{
    struct gdb_stop why = { .signal = SIGNAL_TRAP, .history = "end" };
    g->told_end = true;
    g->hart = (uint64_t)(m->now - m->hart);
    stop(g, &why);
}

static void stop_at_wish(struct gdb *g, struct machine *m)
{
    g->machine = m;
    gdb_tell_wish(g);
    g->machine = NULL;
    stop_at(g, m, SIGNAL_TRAP);
}

static void stop_at_program(struct gdb *g, const struct machine *m)
{
    struct gdb_stop why = { .signal = SIGNAL_TRAP, .programs = true };
    g->hart = (uint64_t)(m->now - m->hart);
    stop(g, &why);
}

static void stop_at_point(struct gdb *g, struct machine *m)
{
    struct gdb_stop why = { .signal = SIGNAL_TRAP,
                            .at_point = true,
                            .point = m->point };
    g->hart = (uint64_t)(m->now - m->hart);
    m->at_point = false; /* it is told */
    stop(g, &why);
}

/* A hart came to a point that gdb does not want to hear of yet. */
static bool is_passed(struct gdb *g, struct machine *m)
{
    if (!g->alone.harts || !m->at_point ||
        g->alone.harts >> (m->now - m->hart) & 1)
        return false;
    m->at_point = false;
    (void)gdb_add_point(&g->alone.passed, &m->point);
    return true;
}

/* The step of a hart that came back from a trap goes on, if it has not got on:
 * it has, if it retired an instruction in its mode, or is at another one. */
static bool is_within_step(const struct gdb *g, struct machine *m)
{
    const struct gdb_stepping *s = &g->stepping;
    const struct cpu *c = &m->now->cpu;
    if (!m->at_point || m->point.kind != POINT_STEP || !g->points.step_below)
        return false;
    bool here = !s->key || c->mmu.domain_key == s->key;
    bool done = c->pc != s->pc ||
                (c->step.retired && c->step.privilege <= s->privilege);
    if (here && done)
        return false;
    m->at_point = false;
    return true;
}

bool gdb_ran(struct gdb *g, enum timeline_state state)
{
    if (!g || g->state != GDB_RUNNING)
        return false;
    struct machine *m = timeline_machine(g->time);
    if (!m)
        return false;
    if (is_trouble(m->stopped) && !g->told_end)
        stop_in_trouble(g, m);
    else if (is_passed(g, m) || is_within_step(g, m))
        return true;
    else if (m->at_point && m->stopped < STOP_POWEROFF)
        stop_at_point(g, m);
    else if (g->wish.ahead && machine_clock(m) >= g->wish.cycle)
        stop_at_wish(g, m);
    else if (asks_for_programs(g) &&
             m->registry.program_count > g->program_count)
        stop_at_program(g, m);
    else if (state == TIMELINE_OVER && g->been_back && !g->told_end)
        stop_at_end(g, m);
    m->at_point = false;
    return g->state != GDB_RUNNING;
}
