// SPDX-License-Identifier: Apache-2.0
/*
 * See history.h. To come to an instant, the fresh session first runs until as
 * many instructions have retired, at full speed; the traps after it that retire
 * nothing are events, so stopping at all events finds them. To find the last
 * event before now, a first run goes all the way to now and notes where such
 * events were; a second one goes there.
 */
#include "sim/history.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* What tells whether somebody has edited the file: size and time. */
static void look_at_file(const char *path, uint64_t *bytes, uint64_t *time)
{
    struct stat s;

    *bytes = *time = 0;
    if (stat(path, &s) != 0)
        return;
    *bytes = (uint64_t)s.st_size;
    *time =
        (uint64_t)s.st_mtim.tv_sec * 1000000000 + (uint64_t)s.st_mtim.tv_nsec;
}

bool history_open(struct history *h, const struct session_options *options,
                  struct err *err)
{
    memset(h, 0, sizeof *h);
    h->options = *options;
    look_at_file(options->path, &h->scenario_bytes, &h->scenario_time);
    h->now = session_open(options, err);
    return h->now != NULL;
}

enum exit_code history_close(struct history *h)
{
    history_cancel(h);
    return session_close(h->now);
}

void history_cancel(struct history *h)
{
    if (h->past)
        (void)session_close(h->past); /* its checks are no verdict */
    h->past = NULL;
}

/* ---- instants -------------------------------------------------------------
 */

static struct instant instant_of(const struct session *s)
{
    const struct machine *m = s->machine;
    struct instant i = { .instructions = session_instructions(s) };

    for (uint64_t h = 0; m && h < m->config.harts; h++)
        i.clock += m->hart[h].cpu.mmu.accounts.total;
    return i;
}

static bool is_before(struct instant a, struct instant b)
{
    return a.instructions != b.instructions ? a.instructions < b.instructions
                                            : a.clock < b.clock;
}

/* ---- where to ------------------------------------------------------------ */

static void say_nothing(void *context, const char *text, size_t bytes)
{
    (void)context;
    (void)text;
    (void)bytes;
}

/* A fresh session, which is to run until there. */
static bool begin(struct history *h, struct session_until until,
                  struct instant to, struct err *err)
{
    struct session_options o = h->options;

    history_cancel(h);
    o.files_known = h->now->files;
    o.trace_path = NULL;
    if (h->searching)
        o.print = say_nothing;
    h->to = to;
    h->past = session_open(&o, err);
    if (h->past)
        h->past->until = until;
    return h->past != NULL;
}

static bool can_go_back(const struct history *h, struct err *err)
{
    uint64_t bytes, time;

    if (h->options.trace_path)
        return err_set(err, EXIT_USAGE,
                       "cannot go back while --trace writes the run down");
    look_at_file(h->options.path, &bytes, &time);
    if (bytes != h->scenario_bytes || time != h->scenario_time)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "cannot go back: %s has changed since it was opened",
                       h->options.path);
    return true;
}

static bool begin_to(struct history *h, struct instant to, struct err *err)
{
    struct session_until until = { .instructions = to.instructions };

    return begin(h, until, to, err);
}

static bool at_the_beginning(struct err *err)
{
    return err_set(err, EXIT_USAGE, "this is the beginning of time");
}

bool history_back(struct history *h, uint64_t count, struct err *err)
{
    const struct session *s = h->now;
    uint64_t now = session_instructions(s);
    /* After a trap, the end of the last instruction is a moment before. */
    bool between = s->machine && !s->machine->now->cpu.step.retired;
    struct instant to = { .instructions = now + between - count };

    if (now == 0 || count >= now + between)
        return at_the_beginning(err);
    h->searching = false;
    return can_go_back(h, err) && begin_to(h, to, err);
}

bool history_back_to_cycle(struct history *h, uint64_t cycle, struct err *err)
{
    const struct session *s = h->now;
    struct session_until until = { .machine = session_machine_number(s),
                                   .cycle = cycle ? cycle : 1 };

    if (!s->machine || cycle >= machine_clock(s->machine))
        return err_set(err, EXIT_USAGE, "cycle %" PRIu64 " is not in the past",
                       cycle);
    h->searching = false;
    return can_go_back(h, err) && begin(h, until, (struct instant){ 0 }, err);
}

bool history_back_to_event(struct history *h, const struct event_filter *f,
                           struct err *err)
{
    struct instant now = instant_of(h->now);

    if (now.instructions == 0)
        return at_the_beginning(err);
    h->searching = true;
    h->wanted = *f;
    h->last = (struct instant){ 0 };
    return can_go_back(h, err) && begin_to(h, now, err);
}

/* ---- the way --------------------------------------------------------------
 */

/* Did the last step make an event that is wanted? All its events have the same
 * clock. */
static bool is_wanted(const struct history *h)
{
    const struct event_list *l = &h->past->machine->events;
    uint64_t first = l->next > EVENT_RING ? l->next - EVENT_RING : 0;
    const struct event *last = &l->ring[(l->next - 1) % EVENT_RING];

    for (uint64_t n = l->next; n-- > first;) {
        const struct event *e = &l->ring[n % EVENT_RING];
        if (e->cycle != last->cycle)
            break;
        if (event_filter_match(&h->wanted, e))
            return true;
    }
    return false;
}

/* The past becomes the present. */
static void come_back(struct history *h)
{
    struct session *old = h->now;
    h->now = h->past;
    h->past = NULL;
    h->now->until = (struct session_until){ 0 };
    (void)session_close(old); /* its verdict is that of another future */
}

bool history_restart(struct history *h, struct err *err)
{
    h->searching = false;
    if (!can_go_back(h, err) || !begin_to(h, (struct instant){ 0 }, err))
        return false;
    come_back(h);
    return true;
}

static enum history_state arrived(struct history *h, struct err *err)
{
    if (h->searching) {
        h->searching = false;
        if (h->last.instructions == 0) {
            history_cancel(h);
            return HISTORY_NONE;
        }
        return begin_to(h, h->last, err) ? HISTORY_RUNNING : HISTORY_FAILED;
    }
    come_back(h);
    return HISTORY_THERE;
}

static enum history_state lost_the_way(struct history *h, struct err *err)
{
    if (session_is_interrupted(h->past))
        err_set(err, EXIT_INTERRUPTED, "interrupted while going back");
    else
        err_set(err, EXIT_CANNOT_LOAD,
                "cannot go back: the run ends otherwise now; has a file that "
                "it reads changed?");
    history_cancel(h);
    return HISTORY_FAILED;
}

/* The last stretch: as many instructions have retired, perhaps a trap is left;
 * or the way ends at a clock. */
static bool is_there(const struct history *h)
{
    const struct session *s = h->past;
    const struct session_until *u = &s->until;

    if (u->cycle)
        return s->machine && session_machine_number(s) == u->machine &&
               machine_clock(s->machine) >= u->cycle;
    return !is_before(instant_of(s), h->to);
}

enum history_state history_advance(struct history *h, uint64_t instructions,
                                   struct err *err)
{
    struct session *s = h->past;
    struct run_limits slice = { .max_insns = instructions,
                                .stop_events =
                                    h->searching ? h->wanted.kinds : h->looks };

    if (h->to.instructions && session_instructions(s) >= h->to.instructions) {
        s->until.instructions = 0; /* only traps are left */
        slice.max_insns = 1;
        slice.stop_events = EVENT_ALL;
    }
    enum session_state state = session_advance(s, &slice);
    bool there = is_there(h);
    if (h->searching && state == SESSION_STOPPED && is_wanted(h) &&
        is_before(instant_of(s), h->to))
        h->last = instant_of(s);
    /* The present may be the step that ended the run. */
    if ((state == SESSION_FINISHED || state == SESSION_FAILED) &&
        !(there && h->searching))
        return lost_the_way(h, err);
    return there ? arrived(h, err) : HISTORY_RUNNING;
}
