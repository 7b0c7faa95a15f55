/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See history/history.h. The way to an instant leads from the last snapshot
 * before it: until as many instructions have retired, at full speed; the traps
 * after it that retire nothing are events, so stopping at all events finds
 * them. To find the last of something before now, the stretch behind the last
 * snapshot is run and looked at, then the one before that, and so on; the last
 * moment seen in it is gone to.
 */
#include "sim/history/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/history/parts.h"

/* Instructions or cycles: the last snapshot on a way is so near its end. */
#define DENSE_LEAST 2000
#define DENSE_SHARE 8

/* ---- life -----------------------------------------------------------------
 */

static void begin(struct history *h)
{
    snapshots_open(&h->snapshots, h->heap);
    h->keys_typed = heap_new(h->heap, 1, sizeof *h->keys_typed);
    if (!h->keys_typed)
        err_no_memory();
    history_take(h);
}

bool history_open(struct history *h, const struct history_options *options,
                  const struct session_options *session, struct err *err)
{
    memset(h, 0, sizeof *h);
    h->options = *options;
    h->heap = session->heap;
    h->now = session_open(session, err);
    if (!h->now)
        return false;
    h->subject = &history_of_session;
    h->context = h->now;
    h->traced = session->trace_path != NULL;
    if (h->traced)
        h->options.bytes = 0; /* nobody will go back */
    begin(h);
    return true;
}

void history_open_machine(struct history *h,
                          const struct history_options *options,
                          struct heap *heap, struct machine *m)
{
    memset(h, 0, sizeof *h);
    h->options = *options;
    h->heap = heap;
    h->subject = &history_of_machine;
    h->context = m;
    h->traced = m->trace_file != NULL;
    if (h->traced)
        h->options.bytes = 0;
    begin(h);
}

enum exit_code history_close(struct history *h)
{
    enum exit_code code = EXIT_PASSED;
    history_cancel(h);
    while (h->shot_count)
        snapshot_drop(&h->snapshots, &h->shot[--h->shot_count].snapshot);
    snapshots_close(&h->snapshots);
    free(h->shot);
    free(h->keys);
    heap_free(h->heap, h->keys_typed);
    if (h->now)
        code = session_close(h->now);
    memset(h, 0, sizeof *h);
    return code;
}

/* ---- forward ----------------------------------------------------------------
 */

/* One stretch, whose cost is counted. */
static enum session_state run_stretch(struct history *h,
                                      const struct run_limits *slice,
                                      const struct session_until *to)
{
    const struct machine *before = history_machine(h);
    uint64_t spent = history_spent(before), done = history_instructions(h);
    enum session_state state = history_run_on(h, slice, to);
    const struct machine *after = history_machine(h);
    uint64_t now = history_spent(after);
    if (after == before && now >= spent)
        h->cost += now - spent;
    else
        h->cost += history_instructions(h) - done;
    return state;
}

enum session_state history_run(struct history *h,
                               const struct run_limits *slice)
{
    static const struct session_until nowhere = { 0 };
    struct run_limits part = { 0 };
    if (slice)
        part = *slice;
    for (uint64_t left = part.max_insns;;) {
        history_take_if_due(h);
        uint64_t stretch = history_stretch(h);
        uint64_t before = history_instructions(h);
        part.max_insns = left && left < stretch ? left : stretch;
        enum session_state state = run_stretch(h, &part, &nowhere);
        uint64_t ran = history_instructions(h) - before;
        if (state != SESSION_RUNNING || ran < part.max_insns ||
            (left && ran >= left))
            return state;
        left -= left ? ran : 0;
    }
}

void history_changed(struct history *h)
{
    history_forget_future(h);
    size_t i = history_shot_before(h, history_instant(h));
    if (i && instant_equal(h->shot[i].at, history_instant(h)))
        history_drop(h, i);
    history_take(h);
    h->shot[h->shot_count - 1].changed = true;
}

/* ---- ways -------------------------------------------------------------------
 */

void history_cancel(struct history *h)
{
    if (h->going == HISTORY_STANDS)
        return;
    history_put_back(h, &h->present);
    h->subject->stay(h);
    h->going = HISTORY_STANDS;
    snapshot_drop(&h->snapshots, &h->present.snapshot);
    history_settle(h);
}

static bool can_go_back(const struct history *h, struct err *err)
{
    if (h->traced)
        return err_set(err, EXIT_USAGE,
                       "cannot go back while --trace writes the run down");
    return true;
}

static bool at_the_beginning(struct err *err)
{
    return err_set(err, EXIT_USAGE, "this is the beginning of time");
}

/* Somebody goes back: the present is kept. */
static void leave(struct history *h)
{
    h->present = history_shoot(h);
    h->subject->leave(h);
    h->found = (struct instant){ 0 };
    h->closing_in = false;
}

void history_keep(struct history *h)
{
    history_take(h);
}

void history_branch(struct history *h)
{
    history_forget_future(h);
    if (!h->now)
        return;
    h->files = h->now->files;
    session_set_files_known(h->now, h->files);
}

bool history_rewind(struct history *h, uint64_t instructions, struct err *err)
{
    const struct instant to = { .instructions = instructions };
    history_cancel(h);
    if (!can_go_back(h, err))
        return false;
    h->subject->leave(h);
    history_put_back(h, &h->shot[history_shot_before(h, to)]);
    h->subject->stay(h);
    return true;
}

/* How much of the way to h->to is left, in instructions or cycles. */
static uint64_t left_of_way(const struct history *h)
{
    uint64_t now = history_instructions(h);
    if (!h->by_cycle)
        return h->to.instructions > now ? h->to.instructions - now : 0;
    const struct machine *m = history_machine(h);
    if (!m || h->subject->machine_number(h->context) != h->to_machine)
        return h->to_cycle;
    now = machine_clock(m);
    return h->to_cycle > now ? h->to_cycle - now : 0;
}

/* Plans the next snapshot of the way. */
static void plan_dense(struct history *h)
{
    h->dense = left_of_way(h) / DENSE_SHARE;
    if (h->dense < DENSE_LEAST || !history_takes(h))
        h->dense = 0;
}

static void go_to(struct history *h, struct instant to)
{
    history_put_back(h, &h->shot[history_shot_before(h, to)]);
    h->to = to;
    h->by_cycle = false;
    h->going = HISTORY_TO;
    plan_dense(h);
}

/* Looks at what lies between the shot and `to`. */
static void search(struct history *h, size_t shot, struct instant to)
{
    history_put_back(h, &h->shot[shot]);
    h->stretch = shot;
    h->to = to;
    h->by_cycle = false;
    h->going = HISTORY_SEARCH;
    h->dense = 0;
}

static void search_before_now(struct history *h)
{
    size_t shot = history_shot_before(h, h->present.at);
    if (shot && instant_equal(h->shot[shot].at, h->present.at))
        shot--;
    search(h, shot, h->present.at);
}

bool history_back(struct history *h, uint64_t count, struct err *err)
{
    history_cancel(h);
    const struct machine *m = history_machine(h);
    uint64_t now = history_instructions(h);
    /* After a trap, the end of the last instruction is a moment before. */
    bool between = m && !m->now->cpu.step.retired;
    struct instant to = { .instructions = now + between - count };

    if (now == 0 || count >= now + between)
        return at_the_beginning(err);
    if (!can_go_back(h, err))
        return false;
    leave(h);
    go_to(h, to);
    return true;
}

/* The last shot that is surely before that clock of that machine. */
static size_t shot_before_cycle(const struct history *h, size_t machine,
                                uint64_t cycle)
{
    size_t best = 0;
    for (size_t i = 0; i < h->shot_count; i++) {
        const struct history_shot *s = &h->shot[i];
        if (!instant_before(s->at, h->present.at) ||
            (s->machine == machine && s->cycle >= cycle))
            break;
        if (s->machine == machine)
            best = i;
    }
    return best;
}

bool history_back_to_cycle(struct history *h, uint64_t cycle, struct err *err)
{
    history_cancel(h);
    const struct machine *m = history_machine(h);

    if (!m || cycle >= machine_clock(m))
        return err_set(err, EXIT_USAGE, "cycle %" PRIu64 " is not in the past",
                       cycle);
    if (!can_go_back(h, err))
        return false;
    h->to_machine = h->subject->machine_number(h->context);
    h->to_cycle = cycle ? cycle : 1;
    leave(h);
    history_put_back(
        h, &h->shot[shot_before_cycle(h, h->to_machine, h->to_cycle)]);
    h->by_cycle = true;
    h->going = HISTORY_TO;
    plan_dense(h);
    return true;
}

bool history_back_to(struct history *h, const struct history_wanted *wanted,
                     struct err *err)
{
    history_cancel(h);
    if (history_instructions(h) == 0)
        return at_the_beginning(err);
    if (!can_go_back(h, err))
        return false;
    h->wanted = *wanted;
    leave(h);
    h->closing_in = wanted->points && wanted->points->step;
    if (h->closing_in)
        go_to(h, h->present.at);
    else
        search_before_now(h);
    return true;
}

bool history_back_to_event(struct history *h, const struct event_filter *f,
                           struct err *err)
{
    const struct history_wanted wanted = { .events = *f };
    return history_back_to(h, &wanted, err);
}

bool history_back_to_point(struct history *h, const struct points *points,
                           struct err *err)
{
    const struct history_wanted wanted = { .points = points };
    return history_back_to(h, &wanted, err);
}

/* ---- on the way
 * --------------------------------------------------------------- */

/* Did the last step make an event that is wanted? All its events have the same
 * clock. */
static bool made_wanted_event(const struct history *h, const struct machine *m)
{
    const struct event_list *l = &m->events;
    uint64_t first = l->next > EVENT_RING ? l->next - EVENT_RING : 0;
    const struct event *last = &l->ring[(l->next - 1) % EVENT_RING];

    for (uint64_t n = l->next; n-- > first;) {
        const struct event *e = &l->ring[n % EVENT_RING];
        if (e->cycle != last->cycle)
            break;
        if (event_filter_match(&h->wanted.events, e))
            return true;
    }
    return false;
}

/* The run has stopped for something. */
static bool is_wanted(const struct history *h)
{
    const struct history_wanted *w = &h->wanted;
    const struct machine *m = history_machine(h);
    if (!instant_before(history_instant(h), h->present.at))
        return false;
    return (m->at_point || made_wanted_event(h, m)) &&
           (!w->is_it || w->is_it(w->context, m));
}

/* The way is over, wherever this is. */
static enum history_state stay(struct history *h)
{
    h->going = HISTORY_STANDS;
    h->subject->stay(h);
    snapshot_drop(&h->snapshots, &h->present.snapshot);
    history_forget_changes(h, history_instant(h));
    history_settle(h);
    return HISTORY_THERE;
}

static enum history_state searched(struct history *h)
{
    if (h->found.instructions || h->found.clock) {
        go_to(h, h->found);
        return HISTORY_RUNNING;
    }
    if (h->stretch == 0) {
        history_cancel(h);
        return HISTORY_NONE;
    }
    search(h, h->stretch - 1, h->shot[h->stretch].at);
    return HISTORY_RUNNING;
}

static enum history_state arrived(struct history *h)
{
    if (h->going == HISTORY_SEARCH)
        return searched(h);
    if (!h->closing_in)
        return stay(h);
    h->closing_in = false;
    search_before_now(h);
    return HISTORY_RUNNING;
}

/* The last stretch: as many instructions have retired, perhaps a trap is left;
 * or the way ends at a clock. */
static bool is_there(const struct history *h)
{
    if (!h->by_cycle)
        return !instant_before(history_instant(h), h->to);
    const struct machine *m = history_machine(h);
    return m && h->subject->machine_number(h->context) == h->to_machine &&
           machine_clock(m) >= h->to_cycle;
}

/* Where the next stretch of the way is to end. */
static struct session_until end_of_stretch(const struct history *h)
{
    if (h->by_cycle)
        return (struct session_until){ .machine = h->to_machine,
                                       .cycle = h->to_cycle - h->dense };
    return (struct session_until){ .instructions =
                                       h->to.instructions - h->dense };
}

enum history_state history_advance(struct history *h, uint64_t instructions,
                                   struct err *err)
{
    bool looking = h->going == HISTORY_SEARCH;
    struct run_limits slice = { .max_insns = instructions,
                                .stop_events =
                                    looking ? h->wanted.events.kinds : h->looks,
                                .points = looking ? h->wanted.points : NULL };
    enum session_state state = SESSION_RUNNING;

    if (h->dense && left_of_way(h) <= h->dense) {
        history_take(h);
        plan_dense(h);
    }
    struct session_until to = end_of_stretch(h);
    if (!h->by_cycle && history_instructions(h) >= h->to.instructions) {
        to.instructions = 0; /* only traps are left */
        slice.max_insns = 1;
        slice.stop_events = EVENT_ALL;
    }
    if (!is_there(h))
        state = run_stretch(h, &slice, &to);
    bool there = is_there(h);
    if (looking && state == SESSION_STOPPED && is_wanted(h))
        h->found = history_instant(h);
    /* The present may be the step that ended the run. */
    if ((state == SESSION_FINISHED || state == SESSION_FAILED) &&
        !(there && (looking || h->closing_in))) {
        (void)h->subject->lost(h->context, err);
        history_cancel(h);
        return HISTORY_FAILED;
    }
    return there ? arrived(h) : HISTORY_RUNNING;
}
