/* SPDX-License-Identifier: Apache-2.0 */
/* See moment.h. The session is advanced in slices that end where somebody
 * wants to look; slices change nothing of a run. */
#include "sim/moment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SLICE = 2000000 }; /* instructions between two looks */

static bool number_at(const char *text, uint64_t *number)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    *number = strtoull(text, &end, 0);
    return *end == 0;
}

static const char *kind_name(size_t i, const void *context)
{
    (void)context;
    return i < EVENT_KIND_COUNT ? event_kind_name((enum event_kind)i) : NULL;
}

/* "fault", "fault:2". *near: the kind that was perhaps meant, or NULL. */
static bool event_at(const char *text, struct run_moment *at, const char **near)
{
    char name[32];
    size_t n = strcspn(text, ":");
    snprintf(name, sizeof name, "%.*s", (int)n, text);
    at->kind = MOMENT_EVENT;
    at->number = 1;
    *near = NULL;
    if (event_kind_find(name, &at->event))
        return !text[n] || (number_at(text + n + 1, &at->number) && at->number);
    *near = nearest_word(name, kind_name, NULL);
    return false;
}

bool moment_parse(struct run_moment *at, const char *text, struct err *err)
{
    const char *near = NULL;
    *at = (struct run_moment){ .kind = MOMENT_END };
    if (strcmp(text, "end") == 0)
        return true;
    if (strncmp(text, "cycle:", 6) == 0 || strncmp(text, "insns:", 6) == 0) {
        at->kind = *text == 'c' ? MOMENT_CYCLE : MOMENT_INSNS;
        if (number_at(text + 6, &at->number))
            return true;
    } else if (event_at(text + (strncmp(text, "event:", 6) == 0 ? 6 : 0), at,
                        &near)) {
        return true;
    }
    return err_set(err, EXIT_USAGE,
                   "%s: expected cycle:N, insns:N, end, or an event as KIND or "
                   "KIND:N (docs/trace.md)%s%s%s",
                   text, near ? "; did you mean " : "", near ? near : "",
                   near ? "?" : "");
}

void moment_text(const struct run_moment *at, char *to, size_t room)
{
    switch (at->kind) {
    case MOMENT_END:
        snprintf(to, room, "the end");
        break;
    case MOMENT_CYCLE:
        snprintf(to, room, "cycle %" PRIu64, at->number);
        break;
    case MOMENT_INSNS:
        snprintf(to, room, "instruction %" PRIu64, at->number);
        break;
    case MOMENT_EVENT:
        snprintf(to, room, "%s number %" PRIu64, event_kind_name(at->event),
                 at->number);
        break;
    }
}

/* ---- which machine ------------------------------------------------------ */

const struct session_machine *moment_machine(const struct session *s,
                                             const char *name)
{
    if (!name)
        return s->machine_count ? &s->machines[0] : NULL;
    for (size_t i = 0; i < s->machine_count; i++)
        if (strcmp(s->machines[i].name, name) == 0)
            return &s->machines[i];
    return NULL;
}

bool moment_is_reached(const struct run_moment *at, const struct machine *m)
{
    switch (at->kind) {
    case MOMENT_CYCLE:
        return machine_clock(m) >= at->number;
    case MOMENT_INSNS:
        return m->now->ledger.instructions >= at->number;
    case MOMENT_EVENT:
        return m->event_count[at->event] >= at->number;
    default:
        return false;
    }
}

/* A limit of 0 would be none, so the earliest moment is behind the first
 * instruction. */
struct run_limits moment_slice(const struct run_moment *at,
                               const struct machine *m, uint64_t most)
{
    struct run_limits slice = { .max_insns = most };
    uint64_t done = m ? m->now->ledger.instructions : 0;
    if (at->kind == MOMENT_CYCLE)
        slice.until_cycle = at->number ? at->number : 1;
    if (at->kind == MOMENT_INSNS && at->number < done + most)
        slice.max_insns = at->number > done ? at->number - done : 1;
    if (at->kind == MOMENT_EVENT)
        slice.stop_events = EVENT_BIT(at->event);
    return slice;
}

static bool no_machine(const struct session *s, const char *name,
                       struct err *err)
{
    char made[300] = "";
    size_t n = 0;
    for (size_t i = 0; i < s->machine_count && n < sizeof made; i++)
        n += (size_t)snprintf(made + n, sizeof made - n, "%s%s",
                              i ? ", " : "; it made ", s->machines[i].name);
    return err_set(err, EXIT_USAGE, "the scenario made no machine%s%s%s",
                   name ? " " : "", name ? name : "", made);
}

static bool ended(const struct session *s, const struct session_machine *e,
                  const struct run_moment *at, const char *name,
                  struct err *err)
{
    char when[64];
    moment_text(at, when, sizeof when);
    if (!e)
        return no_machine(s, name, err);
    uint64_t clock = e->machine ? machine_clock(e->machine) : e->cycles;
    return err_set(err, EXIT_USAGE,
                   "the scenario %s machine %s at cycle %" PRIu64 ", before %s",
                   e->machine ? "left" : "closed", e->name, clock, when);
}

static void show_events(struct moment_watch *watch, const struct machine *m)
{
    const struct event *e;
    while (watch && (e = event_next(&m->events, &watch->cursor)) != NULL)
        if (watch->kinds & EVENT_BIT(e->kind))
            watch->see(watch->context, m, e);
}

const struct machine *moment_reach(struct session *s,
                                   const struct run_moment *at,
                                   const char *machine,
                                   struct moment_watch *watch, struct err *err)
{
    const struct session_machine *e;
    s->bounded = machine ? machine : "";
    for (;;) {
        e = moment_machine(s, machine);
        struct machine *m = e ? e->machine : NULL;
        if (m)
            show_events(watch, m);
        if (m && moment_is_reached(at, m))
            return m;
        if (s->state == SESSION_FINISHED && m && at->kind == MOMENT_END)
            return m;
        if (s->state == SESSION_FAILED) {
            *err = s->error;
            return NULL;
        }
        if (s->state == SESSION_FINISHED || (e && !m)) {
            ended(s, e, at, machine, err);
            return NULL;
        }
        struct run_limits slice = moment_slice(at, m, SLICE);
        slice.stop_events |= watch ? watch->kinds : 0;
        session_advance(s, &slice);
    }
}
