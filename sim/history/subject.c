/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a history can be of: a session with all its machines, or one machine.
 * And the keys that were typed, which come from outside of either.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/history/parts.h"

/* ---- a session ------------------------------------------------------------
 */

static enum session_state session_run(void *context,
                                      const struct run_limits *slice,
                                      const struct session_until *to)
{
    struct session *s = context;
    s->until = *to;
    enum session_state state = session_advance(s, slice);
    s->until = (struct session_until){ 0 };
    return state;
}

static uint64_t session_done(const void *context)
{
    return session_instructions(context);
}

static struct machine *session_focus(const void *context)
{
    const struct session *s = context;
    return s->machine;
}

static size_t session_focus_number(const void *context)
{
    return session_machine_number(context);
}

static struct machine *session_machine_at(const void *context, size_t i)
{
    const struct session *s = context;
    return s->machines[i].machine;
}

static size_t session_count(const void *context)
{
    const struct session *s = context;
    return s->machine_count;
}

/* Files that have been written are not written again. The bounds that a front
 * end has set are not for the way. */
static void session_leave(struct history *h)
{
    if (h->now->files > h->files)
        h->files = h->now->files;
    h->bounded = h->now->bounded;
    h->stop_at_machine = h->now->stop_at_machine;
}

static void session_restored(struct history *h)
{
    session_set_files_known(h->now, h->files);
    h->now->bounded = NULL;
    h->now->stop_at_machine = false;
}

static void session_stay(struct history *h)
{
    h->now->bounded = h->bounded;
    h->now->stop_at_machine = h->stop_at_machine;
}

static bool session_lost(const void *context, struct err *err)
{
    if (session_is_interrupted(context))
        return err_set(err, EXIT_INTERRUPTED, "interrupted while going back");
    return err_set(
        err, EXIT_CANNOT_LOAD,
        "cannot go back: the run ends otherwise now; has a file that "
        "it reads changed?");
}

const struct history_subject history_of_session = {
    .advance = session_run,
    .instructions = session_done,
    .machine = session_focus,
    .machine_number = session_focus_number,
    .at = session_machine_at,
    .count = session_count,
    .leave = session_leave,
    .restored = session_restored,
    .stay = session_stay,
    .lost = session_lost,
};

/* ---- a machine ------------------------------------------------------------
 */

static uint64_t least_limit(uint64_t a, uint64_t b)
{
    if (!a || !b)
        return a ? a : b;
    return a < b ? a : b;
}

static enum session_state state_of_stop(enum stop stop)
{
    if (stop == STOP_BUDGET)
        return SESSION_RUNNING;
    return stop == STOP_EVENT || stop == STOP_POINT ? SESSION_STOPPED
                                                    : SESSION_FINISHED;
}

static enum session_state machine_advance(void *context,
                                          const struct run_limits *slice,
                                          const struct session_until *to)
{
    struct machine *m = context;
    struct run_limits limits = { 0 };
    uint64_t done = machine_instructions(m);
    if (slice)
        limits = *slice;
    if (to->instructions && done >= to->instructions)
        return SESSION_RUNNING;
    if (to->instructions)
        limits.max_insns =
            least_limit(limits.max_insns, to->instructions - done);
    limits.until_cycle = least_limit(limits.until_cycle, to->cycle);
    return state_of_stop(machine_run(m, &limits));
}

static uint64_t machine_done(const void *context)
{
    return machine_instructions(context);
}

static struct machine *machine_itself(const void *context)
{
    return (struct machine *)(uintptr_t)context;
}

static size_t machine_zero(const void *context)
{
    (void)context;
    return 0;
}

static struct machine *machine_only(const void *context, size_t i)
{
    (void)i;
    return machine_itself(context);
}

static size_t machine_one(const void *context)
{
    (void)context;
    return 1;
}

static void machine_needs_nothing(struct history *h)
{
    (void)h;
}

static bool machine_lost(const void *context, struct err *err)
{
    (void)context;
    return err_set(err, EXIT_CANNOT_LOAD,
                   "cannot go back: the run ends otherwise now; has the guest "
                   "been changed without telling?");
}

const struct history_subject history_of_machine = {
    .advance = machine_advance,
    .instructions = machine_done,
    .machine = machine_itself,
    .machine_number = machine_zero,
    .at = machine_only,
    .count = machine_one,
    .leave = machine_needs_nothing,
    .restored = machine_needs_nothing,
    .stay = machine_needs_nothing,
    .lost = machine_lost,
};

/* ---- keys -------------------------------------------------------------------
 */

size_t history_type(struct history *h, const char *bytes, size_t count)
{
    struct machine *m = history_machine(h);
    if (*h->keys_typed < h->key_count)
        history_forget_future(h);
    size_t fitted = m ? machine_console_input(m, bytes, count) : 0;
    for (size_t at = 0; at < fitted;) {
        struct history_keys *list =
            realloc(h->keys, (h->key_count + 1) * sizeof *list);
        if (!list)
            err_no_memory();
        h->keys = list;
        struct history_keys *k = &list[h->key_count++];
        k->at = history_instant(h);
        k->count =
            fitted - at < sizeof k->bytes ? fitted - at : sizeof k->bytes;
        memcpy(k->bytes, bytes + at, k->count);
        at += k->count;
        ++*h->keys_typed;
    }
    return fitted;
}

/* Types what is due. NULL, or the keys that come next. */
static const struct history_keys *type_due(struct history *h)
{
    while (*h->keys_typed < h->key_count) {
        const struct history_keys *k = &h->keys[*h->keys_typed];
        if (instant_before(history_instant(h), k->at))
            return k;
        if (machine_console_input(history_machine(h), k->bytes, k->count) !=
            k->count)
            bug("keys that fitted once do not fit again");
        ++*h->keys_typed;
    }
    return NULL;
}

/* The machine waits for whatever may come: keys, for one. */
static bool waits(const struct history *h, enum session_state state)
{
    const struct machine *m = history_machine(h);
    return state == SESSION_FINISHED && m && m->stopped == STOP_IDLE;
}

/* Up to the instant of the keys, within the limits. False: *state is to be
 * returned, that instant has not come. */
static bool run_to_keys(struct history *h, const struct history_keys *k,
                        struct run_limits limits,
                        const struct session_until *to,
                        enum session_state *state)
{
    struct session_until until = *to;
    uint32_t wanted = limits.stop_events;
    bool only_traps = history_instructions(h) >= k->at.instructions;
    if (only_traps) { /* and waiting */
        limits.max_insns = 1;
        limits.stop_events = EVENT_ALL;
    } else {
        until.instructions =
            least_limit(until.instructions, k->at.instructions);
    }
    *state = h->subject->advance(h->context, &limits, &until);
    if (!instant_before(history_instant(h), k->at))
        return *state == SESSION_RUNNING || only_traps || waits(h, *state);
    const struct machine *m = history_machine(h);
    if (only_traps && *state == SESSION_STOPPED)
        return !m->at_point && !(wanted & EVENT_BIT(m->stop_event.kind));
    return *state == SESSION_RUNNING &&
           history_instructions(h) == k->at.instructions;
}

enum session_state history_run_on(struct history *h,
                                  const struct run_limits *slice,
                                  const struct session_until *to)
{
    uint64_t start = history_instructions(h);
    struct run_limits rest = { 0 };
    enum session_state state;
    if (slice)
        rest = *slice;
    for (;;) {
        const struct history_keys *k = type_due(h);
        uint64_t ran = history_instructions(h) - start;
        if (!k && !ran)
            return h->subject->advance(h->context, slice, to);
        if (slice && slice->max_insns && ran >= slice->max_insns)
            return SESSION_RUNNING;
        if (slice && slice->max_insns)
            rest.max_insns = slice->max_insns - ran;
        if (!k)
            return h->subject->advance(h->context, &rest, to);
        if (to->instructions && history_instructions(h) >= to->instructions)
            return SESSION_RUNNING;
        if (!run_to_keys(h, k, rest, to, &state))
            return state;
    }
}
