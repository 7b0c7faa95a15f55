/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace as Chrome trace-event JSON, for Perfetto and chrome://tracing. A
 * domain is a process, a thread a thread; a portal call takes the thread to
 * another process, and an arrow goes with it. Runs are complete events, which
 * may not overlap on one track; calls may, so they are asynchronous. Times are
 * microseconds of simulated time.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cause.h"
#include "os/abi/abi.h"
#include "sim/json.h"
#include "sim/trace/export.h"

enum { OPEN_CALLS = 1024 };

/* Where time passes: the process's number and the thread's id. */
struct track {
    uint64_t pid, tid;
};

struct open_call {
    uint64_t number, thread, portal, pid;
};

struct chrome {
    struct trace_reader_file *r;
    FILE *to;
    bool filled;      /* an event was written */
    struct track now; /* pid 0: nothing runs yet */
    uint64_t since;   /* clock at which it began */
    bool thread_due;  /* a thread was given the hart; where, the next event
                         says */
    uint64_t thread, thread_since;
    uint64_t arrow; /* on its way, 0 = none */
    uint64_t arrows;
    struct open_call call[OPEN_CALLS];
    size_t calls;
    uint64_t tlb, protection, switches;
    struct track *named;
    size_t named_count, named_room;
};

/* ---- pieces ------------------------------------------------------------- */

static void put_time(struct chrome *c, const char *key, uint64_t cycles)
{
    fprintf(c->to, ",\"%s\":%.6f", key,
            (double)cycles * 1e6 / (double)c->r->head.core_hz);
}

/* "{"ph":.. up to where arguments may follow; object_end closes. */
static void object(struct chrome *c, const char *phase, const char *name,
                   struct track t, uint64_t clock)
{
    fprintf(c->to, "%s{\"ph\":\"%s\",\"name\":", c->filled ? ",\n" : "\n",
            phase);
    json_quote(c->to, name, strlen(name));
    fprintf(c->to, ",\"pid\":%" PRIu64 ",\"tid\":%" PRIu64, t.pid, t.tid);
    if (phase[0] != 'M')
        put_time(c, "ts", clock);
    c->filled = true;
}

static void object_end(struct chrome *c)
{
    fputc('}', c->to);
}

static void metadata(struct chrome *c, const char *what, struct track t,
                     const char *name)
{
    object(c, "M", what, t, 0);
    fputs(",\"args\":{\"name\":", c->to);
    json_quote(c->to, name, strlen(name));
    fputc('}', c->to);
    object_end(c);
}

/* Processes are numbered as they are introduced: a domain's id may have had
 * another bearer. */
static uint64_t pid_of(const struct chrome *c, uint64_t domain)
{
    return trace_name_serial(c->r, 'd', domain);
}

static void name_track(struct chrome *c, struct track t)
{
    char buffer[40], text[200];
    for (size_t i = 0; i < c->named_count; i++)
        if (c->named[i].pid == t.pid && c->named[i].tid == t.tid)
            return;
    if (c->named_count == c->named_room) {
        c->named_room = c->named_room ? 2 * c->named_room : 32;
        c->named = realloc(c->named, c->named_room * sizeof *c->named);
        if (!c->named)
            err_no_memory();
    }
    c->named[c->named_count++] = t;
    if (t.tid == 0)
        snprintf(text, sizeof text, "kernel");
    else
        snprintf(text, sizeof text, "thread %" PRIu64 " %s", t.tid,
                 trace_name(c->r, 't', t.tid, buffer, sizeof buffer));
    metadata(c, "thread_name", t, text);
}

/* ---- who runs ----------------------------------------------------------- */

static void end_run(struct chrome *c, uint64_t clock)
{
    if (c->now.pid == 0 || clock <= c->since)
        return;
    object(c, "X", "runs", c->now, c->since);
    put_time(c, "dur", clock - c->since);
    fprintf(c->to, ",\"args\":{\"cycles\":%" PRIu64 "}", clock - c->since);
    object_end(c);
}

static void arrow(struct chrome *c, const char *phase, uint64_t clock)
{
    object(c, phase, "call", c->now, clock);
    fprintf(c->to, ",\"cat\":\"portal\",\"id\":%" PRIu64 "%s", c->arrow,
            phase[0] == 'f' ? ",\"bp\":\"e\"" : "");
    object_end(c);
}

static void run(struct chrome *c, uint64_t domain, uint64_t thread,
                uint64_t clock)
{
    struct track t = { pid_of(c, domain), domain ? thread : 0 };
    if (t.pid == c->now.pid && t.tid == c->now.tid)
        return;
    end_run(c, clock);
    c->since = clock;
    c->now = t;
    name_track(c, t);
    if (c->arrow) {
        arrow(c, "f", clock);
        c->arrow = 0;
    }
}

/* Does the event's domain say where the hart is, not what it is about? */
static bool is_here(enum event_kind kind)
{
    return kind != EVENT_RIGHTS && kind != EVENT_DOMAIN &&
           kind != EVENT_THREAD && kind != EVENT_FAULT;
}

static void follow(struct chrome *c, const struct trace_record *e)
{
    uint64_t domain = trace_number(e, "domain");
    uint64_t thread = trace_number(e, "thread");
    if (!is_here(e->kind))
        return;
    if (c->thread_due) {
        c->thread_due = false;
        run(c, domain, c->thread, c->thread_since);
    }
    if (e->kind == EVENT_HINT && trace_number(e, "hint") == HINT_THREAD_RUNS) {
        c->thread_due = true;
        c->thread = thread;
        c->thread_since = e->cycle;
    } else if (e->kind == EVENT_CONTEXT || e->kind == EVENT_SWITCH ||
               c->now.pid == 0) {
        run(c, domain, thread, e->cycle);
    }
}

/* ---- calls -------------------------------------------------------------- */

static void span(struct chrome *c, const char *phase,
                 const struct open_call *call, uint64_t clock)
{
    char name[40];
    snprintf(name, sizeof name, "portal %" PRIu64, call->portal);
    object(c, phase, name, (struct track){ call->pid, call->thread }, clock);
    fprintf(c->to, ",\"cat\":\"portal\",\"id\":%" PRIu64, call->number);
    object_end(c);
}

static void begin_call(struct chrome *c, const struct trace_record *e)
{
    c->arrow = ++c->arrows;
    arrow(c, "s", e->cycle);
    if (c->calls == OPEN_CALLS)
        return;
    struct open_call *call = &c->call[c->calls++];
    *call = (struct open_call){ .number = c->arrows,
                                .thread = trace_number(e, "thread"),
                                .portal = trace_number(e, "value"),
                                .pid = c->now.pid };
    span(c, "b", call, e->cycle);
}

static void end_call(struct chrome *c, const struct trace_record *e)
{
    uint64_t thread = trace_number(e, "thread");
    c->arrow = ++c->arrows;
    arrow(c, "s", e->cycle);
    for (size_t i = c->calls; i > 0; i--) {
        if (c->call[i - 1].thread != thread)
            continue;
        span(c, "e", &c->call[i - 1], e->cycle);
        memmove(&c->call[i - 1], &c->call[i],
                (c->calls - i) * sizeof c->call[0]);
        c->calls--;
        return;
    }
}

/* ---- the rest ------------------------------------------------------------
 */

static void instant(struct chrome *c, const struct trace_record *e,
                    const char *name)
{
    object(c, "i", name, c->now, e->cycle);
    fputs(",\"s\":\"t\",\"args\":{", c->to);
    for (size_t i = 3; i < e->count; i++) {
        const struct trace_field *f = &e->field[i];
        fprintf(c->to, "%s\"%s\":", i > 3 ? "," : "", f->key);
        if (f->is_text)
            json_quote(c->to, f->text, strlen(f->text));
        else
            fprintf(c->to, "%" PRIu64, f->number);
    }
    fputc('}', c->to);
    object_end(c);
}

static void counter(struct chrome *c, const char *name, uint64_t clock,
                    const char *first, uint64_t a, const char *second,
                    uint64_t b)
{
    object(c, "C", name, (struct track){ pid_of(c, 0), 0 }, clock);
    fprintf(c->to, ",\"args\":{\"%s\":%" PRIu64, first, a);
    if (second)
        fprintf(c->to, ",\"%s\":%" PRIu64, second, b);
    fputc('}', c->to);
    object_end(c);
}

static void happening(struct chrome *c, const struct trace_record *e)
{
    const char *name = event_kind_name(e->kind);
    switch (e->kind) {
    case EVENT_TLB_MISS:
    case EVENT_PROTECTION_MISS:
        c->tlb += e->kind == EVENT_TLB_MISS;
        c->protection += e->kind == EVENT_PROTECTION_MISS;
        counter(c, "misses", e->cycle, "tlb", c->tlb, "protection",
                c->protection);
        break;
    case EVENT_SWITCH:
        counter(c, "switches", e->cycle, "switches", ++c->switches, NULL, 0);
        break;
    case EVENT_CALL:
        begin_call(c, e);
        break;
    case EVENT_RETURN:
        end_call(c, e);
        break;
    case EVENT_CONTEXT:
    case EVENT_HINT:
        break;
    case EVENT_TRAP: {
        bool interrupt = trace_number(e, "interrupt");
        const char *cause = cause_text(trace_number(e, "cause"), interrupt);
        if (interrupt || trace_number(e, "cause") != TRAP_ECALL_U)
            instant(c, e, cause ? cause : name);
        break;
    }
    default:
        instant(c, e, name);
        break;
    }
}

static void define(struct chrome *c, const struct trace_record *d)
{
    char buffer[40];
    uint64_t id = trace_number(d, "id");
    if (d->field[0].text[0] != 'd')
        return;
    metadata(c, "process_name", (struct track){ pid_of(c, id), 0 },
             trace_name(c->r, 'd', id, buffer, sizeof buffer));
}

bool trace_to_chrome(struct trace_reader_file *r, FILE *to, struct err *err)
{
    struct trace_record record;
    struct chrome *c = calloc(1, sizeof *c);
    if (!c)
        err_no_memory();
    c->r = r;
    c->to = to;
    fprintf(to,
            "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"preset\":\"%s\","
            "\"core_hz\":\"%" PRIu64 "\"},\n\"traceEvents\":[",
            r->head.preset, r->head.core_hz);
    while (trace_read(r, &record, err)) {
        if (record.line == TRACE_DEFINE)
            define(c, &record);
        if (record.line != TRACE_EVENT)
            continue;
        follow(c, &record);
        happening(c, &record);
    }
    end_run(c, r->clock);
    while (c->calls)
        span(c, "e", &c->call[--c->calls], r->clock);
    fputs("\n]}\n", to);
    free(c->named);
    free(c);
    return err->code == EXIT_PASSED;
}
