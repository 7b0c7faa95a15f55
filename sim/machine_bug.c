/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end after a bug of ours: what the machine did last, for whoever looks
 * for the cause. The ring has the steps only while somebody reads it; the last
 * step and the events are always there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/machine.h"
#include "sim/story.h"

#define LAST_STEPS  16
#define LAST_EVENTS 16

static void print_step(const struct machine *m, const struct step *s)
{
    char text[500];
    story_step(m, s, text, sizeof text);
    fprintf(stderr, "  %s\n", text);
}

static void print_steps(const struct machine *m)
{
    const struct trace *t = &m->trace;
    if (!t->readers || !t->written) {
        fprintf(stderr, "the last step (cycle, mode, pc):\n");
        print_step(m, &m->now->cpu.step);
        return;
    }
    struct trace_reader r = { .next = t->written > LAST_STEPS
                                          ? t->written - LAST_STEPS
                                          : 0 };
    fprintf(stderr, "the last steps (cycle, mode, pc):\n");
    for (const struct step *s; (s = trace_next(t, &r));)
        print_step(m, s);
}

static void print_events(const struct machine *m)
{
    const struct event_list *l = &m->events;
    struct event_cursor c = { .next = l->next > LAST_EVENTS
                                          ? l->next - LAST_EVENTS
                                          : 0 };
    char text[320];
    fprintf(stderr, "the last events:\n");
    for (const struct event *e; (e = event_next(l, &c));) {
        story_event(m, e, text, sizeof text);
        fprintf(stderr, "  %s\n", text);
    }
}

_Noreturn void machine_bug(const struct machine *m, const char *text)
{
    fflush(stdout);
    fprintf(stderr, "opalite: bug: %s\n", text);
    print_steps(m);
    print_events(m);
    exit(EXIT_OUR_BUG);
}
