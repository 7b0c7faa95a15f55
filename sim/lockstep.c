/* SPDX-License-Identifier: Apache-2.0 */
/* See lockstep.h: a run of one side, then both, then the search. */
#include "sim/lockstep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/story.h"

enum { SIDES = 2 };

/* One of the two runs. */
struct side {
    struct session *session; /* or */
    struct machine *machine;
    struct session_options options;
    struct typed script;
    bool over;
    char *said; /* by the scenario, since it began */
    size_t said_bytes, said_room;
};

/* ---- one side ---------------------------------------------------------- */

/* session_options.print */
static void keep_text(void *context, const char *text, size_t bytes)
{
    struct side *s = context;
    if (s->said_bytes + bytes > s->said_room) {
        s->said_room = 2 * (s->said_bytes + bytes);
        s->said = realloc(s->said, s->said_room);
        if (!s->said)
            err_no_memory();
    }
    memcpy(s->said + s->said_bytes, text, bytes);
    s->said_bytes += bytes;
}

static bool side_open(struct side *s, const struct lockstep_what *what,
                      enum engine engine, struct err *err)
{
    memset(s, 0, sizeof *s);
    if (what->script)
        s->script = *what->script;
    if (!what->scenario) {
        s->machine = what->build(what->context, err);
        if (s->machine)
            s->machine->engine = engine;
        return s->machine != NULL;
    }
    s->options = *what->scenario;
    s->options.engine = engine;
    s->options.print = keep_text;
    s->options.print_context = s;
    s->options.no_progress = true;
    s->session = session_open(&s->options, err);
    return s->session != NULL;
}

static void side_close(struct side *s)
{
    if (s->session)
        session_close(s->session);
    machine_free(s->machine);
    free(s->said);
    memset(s, 0, sizeof *s);
}

static void advance_machine(struct side *s, const struct lockstep_what *what,
                            uint64_t instructions)
{
    const struct run_limits limits = { .max_insns = instructions,
                                       .stop_on_reset = what->files != NULL };
    enum stop stop = machine_run(s->machine, &limits);
    struct err err;
    if (stop == STOP_RESET && !firmware_load(s->machine, what->files, &err))
        s->over = true;
    if (what->script && typed_advance(&s->script, s->machine))
        s->over = true;
    if (stop != STOP_BUDGET && stop != STOP_RESET)
        s->over = true;
}

static void side_advance(struct side *s, const struct lockstep_what *what,
                         uint64_t instructions)
{
    const struct run_limits slice = { .max_insns = instructions };
    if (s->over)
        return;
    if (s->session)
        s->over = session_advance(s->session, &slice) >= SESSION_FINISHED;
    else
        advance_machine(s, what, instructions);
}

/* The i-th machine, NULL past the last or when it is closed. */
static struct machine *side_machine(const struct side *s, size_t i)
{
    if (!s->session)
        return i ? NULL : s->machine;
    return i < s->session->machine_count ? s->session->machines[i].machine
                                         : NULL;
}

static size_t side_machines(const struct side *s)
{
    return s->session ? s->session->machine_count : 1;
}

/* Retired by all of its machines. */
static uint64_t side_instructions(const struct side *s)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < side_machines(s); i++) {
        const struct machine *m = side_machine(s, i);
        sum +=
            m ? machine_instructions(m) : s->session->machines[i].instructions;
    }
    return sum;
}

/* The machine that runs now; NULL = none yet. */
static struct machine *side_current(const struct side *s)
{
    return s->session ? s->session->machine : s->machine;
}

/* How it ended, in words. */
static void side_end(const struct side *s, char *to, size_t room)
{
    if (s->machine)
        story_stop(s->machine, s->machine->stopped, to, room);
    else if (s->session && s->session->state == SESSION_FAILED)
        snprintf(to, room, "%s", s->session->error.text);
    else
        snprintf(to, room, "the scenario came to its end");
    to[strcspn(to, "\n")] = 0;
}

/* ---- both -------------------------------------------------------------- */

static bool open_both(struct side side[SIDES], const struct lockstep_what *what,
                      struct err *err)
{
    if (!side_open(&side[0], what, ENGINE_FAST, err))
        return false;
    if (side_open(&side[1], what, ENGINE_READABLE, err))
        return true;
    side_close(&side[0]);
    return false;
}

static void close_both(struct side side[SIDES])
{
    side_close(&side[0]);
    side_close(&side[1]);
}

static void advance_both(struct side side[SIDES],
                         const struct lockstep_what *what,
                         uint64_t instructions)
{
    side_advance(&side[0], what, instructions);
    side_advance(&side[1], what, instructions);
}

static void compare_sessions(struct differences *d, const struct side *a,
                             const struct side *b)
{
    if (a->session->checks_passed != b->session->checks_passed ||
        a->session->checks_failed != b->session->checks_failed)
        difference_add(d, "checks passed or failed differ");
    if (a->said_bytes != b->said_bytes ||
        (a->said && memcmp(a->said, b->said, a->said_bytes) != 0))
        difference_add(d, "what the scenario prints differs");
}

static bool compare_both(const struct side side[SIDES], struct differences *d)
{
    const struct side *a = &side[0], *b = &side[1];
    char end[SIDES][512];
    memset(d, 0, sizeof *d);
    if (a->over != b->over)
        difference_add(d, "only one of the two has ended");
    if (side_machines(a) != side_machines(b))
        difference_add(d, "the number of machines differs");
    if (a->session)
        compare_sessions(d, a, b);
    for (size_t i = 0; i < side_machines(a); i++) {
        const struct machine *p = side_machine(a, i), *q = side_machine(b, i);
        if (a->session)
            snprintf(d->place, sizeof d->place, "%.30s ",
                     a->session->machines[i].name);
        if (!p != !q)
            difference_add(d, "only one of the two is still there");
        else if (p && !machine_compare(p, q, d))
            break;
    }
    if (a->over && b->over) {
        side_end(a, end[0], sizeof end[0]);
        side_end(b, end[1], sizeof end[1]);
        if (strcmp(end[0], end[1]) != 0)
            difference_add(d, "they end in different ways");
    }
    return d->count == 0;
}

/* ---- the search -------------------------------------------------------- */

static void tell(struct lockstep *l, const char *format, ...) PRINTF_LIKE(2, 3);

static void tell(struct lockstep *l, const char *format, ...)
{
    size_t n = strlen(l->story);
    va_list args;
    va_start(args, format);
    vsnprintf(l->story + n, sizeof l->story - n, format, args);
    va_end(args);
}

/* Would they differ after so many instructions more? Asked of a copy of this
 * process, so that here nothing happens. */
static bool differ_after(struct side side[SIDES], struct lockstep *l,
                         uint64_t instructions)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        advance_both(side, &l->what, instructions);
        _exit(!compare_both(side, &l->differences));
    }
    if (child < 0)
        return true;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static void tell_steps(struct lockstep *l, const struct machine *m)
{
    char text[500];
    const struct trace *t = &m->trace;
    uint64_t first =
        t->written > LOCKSTEP_STEPS ? t->written - LOCKSTEP_STEPS : 0;
    struct trace_reader r = { .next = first };
    tell(l, "the last instructions (cycle, mode, pc), readable engine:\n");
    for (const struct step *s; (s = trace_next(t, &r));) {
        story_step(m, s, text, sizeof text);
        tell(l, "  %s\n", text);
    }
}

static void tell_place(struct lockstep *l, const struct machine *m)
{
    char place[320];
    registry_place_text(&m->registry, m->now->cpu.pc, place, sizeof place);
    tell(l, "%s engine: cycle %" PRIu64 ", instruction %" PRIu64 ", next %s\n",
         engine_name(m->engine), machine_clock(m), machine_instructions(m),
         place);
}

/* Both stand where they are equal and differ `instructions` later: goes there
 * and tells how. */
static void tell_difference(struct side side[SIDES], struct lockstep *l,
                            uint64_t instructions)
{
    struct machine *watched = side_current(&side[1]);
    struct trace_reader reader;
    l->story[0] = 0;
    if (watched)
        trace_attach(&watched->trace, &reader);
    advance_both(side, &l->what, instructions);
    bool equal = compare_both(side, &l->differences);
    if (equal)
        difference_add(&l->differences, "the difference did not show up again");
    if (watched && watched == side_current(&side[1]))
        tell_steps(l, watched);
    for (int i = 0; i < SIDES; i++)
        if (side_current(&side[i]))
            tell_place(l, side_current(&side[i]));
}

/* The comparison after `slices` slices was the first that failed. */
static enum lockstep_result search(struct lockstep *l, uint64_t slices,
                                   uint64_t last, struct err *err)
{
    struct side side[SIDES];
    if (!open_both(side, &l->what, err))
        return LOCKSTEP_FAILED;
    for (uint64_t i = 1; i < slices; i++) {
        advance_both(side, &l->what, l->every);
        if (l->go_on && !l->go_on(l->context, i * l->every)) {
            close_both(side);
            return LOCKSTEP_INTERRUPTED;
        }
    }
    uint64_t low = 0, high = last;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (differ_after(side, l, middle))
            high = middle;
        else
            low = middle;
    }
    uint64_t before = (slices - 1) * l->every;
    l->last_equal = before + low;
    l->first_different = before + high;
    tell_difference(side, l, high);
    close_both(side);
    return LOCKSTEP_DIFFERENT;
}

/* ---- the run ----------------------------------------------------------- */

static uint64_t next_slice(const struct lockstep *l)
{
    uint64_t left = l->limit - l->instructions;
    return l->limit && left < l->every ? left : l->every;
}

enum lockstep_result lockstep_run(struct lockstep *l, struct err *err)
{
    struct side side[SIDES];
    enum lockstep_result result = LOCKSTEP_EQUAL;
    uint64_t slice, slices = 0;
    if (!open_both(side, &l->what, err))
        return LOCKSTEP_FAILED;
    while (!side[0].over && (slice = next_slice(l)) > 0) {
        advance_both(side, &l->what, slice);
        slices++;
        l->instructions += slice;
        l->comparisons++;
        if (!compare_both(side, &l->differences)) {
            close_both(side);
            return search(l, slices, slice, err);
        }
        if (l->go_on && !l->go_on(l->context, l->instructions)) {
            result = LOCKSTEP_INTERRUPTED;
            break;
        }
    }
    l->done = side_instructions(&side[0]);
    if (side[0].over)
        side_end(&side[0], l->end, sizeof l->end);
    close_both(side);
    return result;
}
