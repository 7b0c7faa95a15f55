// SPDX-License-Identifier: Apache-2.0
/*
 * Leading a second session to the point of the program where the first one
 * stands. Both are deterministic, so what is found there is a measurement: the
 * same scenario run by the same simulator, with one thing changed.
 */
#include "viz/runner/companion.h"

#include <stdlib.h>
#include <string.h>

#include "sim/boot.h"
#include "viz/model/memory.h"

/* ---- opening ---------------------------------------------------------------
 */

static void say_nothing(void *context, const char *text, size_t bytes)
{
    (void)context;
    (void)text;
    (void)bytes;
}

static bool has_machine(const struct session *s, const char *name)
{
    for (size_t i = 0; s && i < s->machine_count; i++)
        if (strcmp(s->machines[i].name, name) == 0)
            return true;
    return false;
}

static void add_label(struct companion *c, const char *word)
{
    size_t used = strlen(c->label);

    snprintf(c->label + used, sizeof c->label - used, "%s%s", used ? " " : "",
             word);
}

static bool add_set(struct companion *c, const char *pair, struct err *err)
{
    if (c->options.set_count == COMPANION_SETS)
        return err_set(err, EXIT_USAGE, "%s: that is more than %d options",
                       pair, COMPANION_SETS);
    c->set[c->options.set_count++] = pair;
    return true;
}

/* The scenario hears of it, too, in case it does things differently then. */
static bool set_personality(struct companion *c, const char *name,
                            struct err *err)
{
    c->options.protection = name;
    snprintf(c->protection, sizeof c->protection, "protection=%s", name);
    return add_set(c, c->protection, err);
}

static bool take_word(struct companion *c, const char *word,
                      const struct session *now, struct err *err)
{
    struct err unknown;

    add_label(c, word);
    if (strncmp(word, "machine=", 8) == 0 || has_machine(now, word)) {
        snprintf(c->machine, sizeof c->machine, "%s",
                 strncmp(word, "machine=", 8) == 0 ? word + 8 : word);
        return true;
    }
    if (strncmp(word, "preset=", 7) == 0) {
        c->options.preset = word + 7;
        return true;
    }
    if (strchr(word, '='))
        return add_set(c, word, err);
    if (machine_personality_find(word, &unknown))
        return set_personality(c, word, err);
    return err_set(err, EXIT_USAGE,
                   "%.40s: neither a machine of this scenario, nor KEY=VALUE, "
                   "nor a personality: rplb, rplb-hw, mas, mas-asid",
                   word);
}

static bool open_session(struct companion *c, struct err *err)
{
    c->session = session_open(&c->options, err);
    if (!c->session)
        return false;
    c->session->stop_at_machine = true;
    c->begun = false;
    model_free(c->model);
    model_init(c->model, NULL, NULL);
    return true;
}

static void take_options(struct companion *c,
                         const struct session_options *base)
{
    c->options = *base;
    c->options.set = c->set;
    c->options.set_count = 0;
    for (size_t i = 0; i < base->set_count && i < COMPANION_SETS; i++)
        c->set[c->options.set_count++] = base->set[i];
    c->options.print = say_nothing;
    c->options.trace_path = NULL;
    c->options.files_known = UINT64_MAX; /* it writes none */
    c->options.no_progress = true;
}

bool companion_open(struct companion *c, const struct session_options *base,
                    const char *words, const struct session *now,
                    struct err *err)
{
    char *rest;

    take_options(c, base);
    snprintf(c->text, sizeof c->text, "%s", words);
    for (char *w = strtok_r(c->text, " ", &rest); w;
         w = strtok_r(NULL, " ", &rest))
        if (!take_word(c, w, now, err)) {
            companion_close(c);
            return false;
        }
    c->model = calloc(1, sizeof *c->model);
    if (!c->model)
        err_no_memory();
    c->state = OTHER_BEHIND;
    if (open_session(c, err))
        return true;
    companion_close(c);
    return false;
}

void companion_close(struct companion *c)
{
    if (c->session)
        (void)session_close(c->session);
    if (c->model)
        model_free(c->model);
    free(c->model);
    memset(c, 0, sizeof *c);
}

/* ---- where a run is --------------------------------------------------------
 */

static enum event_kind event_of(enum sync by)
{
    return by == SYNC_FAULT    ? EVENT_FAULT
           : by == SYNC_SWITCH ? EVENT_SWITCH
                               : EVENT_MARK;
}

static bool is_event(enum sync by)
{
    return by == SYNC_FAULT || by == SYNC_SWITCH || by == SYNC_MARK;
}

static uint64_t number_now(const struct machine *m, enum sync by)
{
    if (by == SYNC_PROGRAM)
        return model_program_instructions(m);
    if (by == SYNC_END)
        return 0;
    return by == SYNC_CYCLE ? machine_clock(m) : m->event_count[event_of(by)];
}

/* Is the machine just behind such an event? Then the point has its number. */
static bool is_behind_event(const struct machine *m, enum sync *by)
{
    const struct event_list *l = &m->events;
    uint64_t first = l->next > EVENT_RING ? l->next - EVENT_RING : 0;

    for (uint64_t n = l->next; n-- > first;) {
        const struct event *e = &l->ring[n % EVENT_RING];
        if (e->cycle != machine_clock(m))
            return false;
        for (*by = SYNC_FAULT; *by <= SYNC_MARK; (*by)++)
            if (e->kind == event_of(*by))
                return true;
    }
    return false;
}

static size_t number_of(const struct session *s, const struct machine *m)
{
    for (size_t i = s->machine_count; i > 0; i--)
        if (m && s->machines[i - 1].machine == m)
            return i;
    return 0;
}

struct sync_point sync_now(const struct session *s)
{
    const struct machine *m = s->machine;
    struct sync_point p = { .machine = number_of(s, m) };

    if (p.machine == 0)
        return p;
    p.booted = m->event_count[EVENT_BOOTED] > 0;
    p.clock = machine_clock(m);
    if (s->state == SESSION_FINISHED || s->state == SESSION_FAILED)
        p.by = SYNC_END;
    else if (!is_behind_event(m, &p.by))
        p.by = SYNC_PROGRAM;
    p.number = number_now(m, p.by);
    p.calls = m->event_count[EVENT_SYSCALL];
    p.user = m->now->cpu.privilege == PRIV_U;
    return p;
}

/* ---- leading ---------------------------------------------------------------
 */

/* The machine that is compared, when the session has come to it. *passed: it
 * will not run any more. */
static const struct machine *wanted(const struct companion *c, bool *passed)
{
    const struct session *s = c->session;
    size_t now = number_of(s, s->machine), number = c->to.machine;

    if (c->machine[0]) {
        number = SIZE_MAX;
        for (size_t i = 0; i < s->machine_count; i++)
            if (strcmp(s->machines[i].name, c->machine) == 0)
                number = i + 1;
    }
    *passed = now > number;
    return now == number ? s->machine : NULL;
}

/* A system call stands between two instructions of a program: both runs are
 * before it, or both have made it. */
static bool has_called(const struct machine *m, const struct sync_point *p)
{
    return p->by != SYNC_PROGRAM ||
           (m->event_count[EVENT_SYSCALL] >= p->calls &&
            (!p->user || m->now->cpu.privilege == PRIV_U));
}

static bool is_there(const struct machine *m, const struct sync_point *p)
{
    uint64_t now = number_now(m, p->by);

    if (p->by == SYNC_END || (p->booted && m->event_count[EVENT_BOOTED] == 0))
        return false;
    return now > p->number || (now == p->number && has_called(m, p));
}

static void start_again(struct companion *c)
{
    (void)session_close(c->session);
    c->session = NULL;
    c->state = open_session(c, &c->error) ? OTHER_BEHIND : OTHER_FAILED;
}

void companion_begin(struct companion *c, const struct sync_point *at)
{
    c->begin = *at;
    c->begun = false;
}

static bool is_same(const struct sync_point *a, const struct sync_point *b)
{
    return a->machine == b->machine && a->booted == b->booted &&
           a->by == b->by && a->number == b->number && a->calls == b->calls &&
           a->user == b->user && a->clock == b->clock;
}

void companion_lead(struct companion *c, const struct sync_point *to)
{
    const struct sync_point old = c->to;
    bool passed = false;

    if (!c->session || is_same(&old, to))
        return;
    c->to = *to;
    if (c->begin.machine != to->machine) /* a new machine's window */
        companion_begin(c, &(struct sync_point){ .machine = to->machine });
    bool back = to->machine < old.machine ||
                (to->machine == old.machine && to->clock < old.clock);
    const struct machine *m = wanted(c, &passed);
    bool beyond = m && number_now(m, to->by) > to->number;
    if (!back &&
        (c->state == OTHER_FAILED || (c->state == OTHER_ENDED && passed)))
        return; /* later is no better */
    c->state = OTHER_BEHIND;
    if (back || beyond || passed)
        start_again(c);
}

bool companion_is_behind(const struct companion *c)
{
    return c->session && c->to.machine > 0 && c->state == OTHER_BEHIND;
}

static void arrive(struct companion *c)
{
    model_refresh(c->model, c->session);
    c->state = OTHER_THERE;
}

/* What bounds the next stretch, so that it cannot go beyond the point. */
static struct run_limits limits_to(const struct machine *m,
                                   const struct sync_point *p, uint64_t most)
{
    struct run_limits l = { .max_insns = most };

    if (!m || !is_there(m, &(struct sync_point){ .booted = p->booted })) {
        l.stop_events = EVENT_BIT(EVENT_BOOTED);
    } else if (is_event(p->by)) {
        l.stop_events = EVENT_BIT(event_of(p->by));
    } else if (p->by == SYNC_CYCLE) {
        l.until_cycle = p->number;
    } else if (p->by == SYNC_PROGRAM) {
        uint64_t left = p->number - number_now(m, p->by);
        left = left ? left : 1; /* the call's own instructions */
        l.max_insns = left < most ? left : most;
    }
    return l;
}

static void run_on(struct companion *c, const struct machine *m,
                   const struct sync_point *p, uint64_t instructions)
{
    struct run_limits limits = limits_to(m, p, instructions);
    enum session_state state = session_advance(c->session, &limits);
    bool passed;

    if (state == SESSION_FINISHED) {
        c->state = c->to.by == SYNC_END && wanted(c, &passed) ? OTHER_THERE
                                                              : OTHER_ENDED;
    } else if (state == SESSION_FAILED) {
        c->error = c->session->error;
        c->state = OTHER_FAILED;
    }
    if (state == SESSION_FINISHED || state == SESSION_FAILED)
        model_refresh(c->model, c->session);
}

void companion_advance(struct companion *c, uint64_t instructions)
{
    uint64_t end = session_instructions(c->session) + instructions;
    bool passed = false;

    /* in stretches of any length, at least one */
    do {
        const struct machine *m = wanted(c, &passed);
        if (passed) {
            c->state = OTHER_ENDED;
            return;
        }
        if (m && !c->begun && is_there(m, &c->begin)) {
            model_mark(c->model, c->session);
            c->begun = true;
        }
        if (m && c->begun && is_there(m, &c->to)) {
            arrive(c);
            return;
        }
        uint64_t now = session_instructions(c->session);
        run_on(c, m, c->begun ? &c->to : &c->begin, now < end ? end - now : 1);
    } while (c->state == OTHER_BEHIND &&
             session_instructions(c->session) < end);
}

/* ---- showing ---------------------------------------------------------------
 */

static const char *point_text(const struct sync_point *p, char *to, size_t room)
{
    static const char *const names[] = { "program instruction", "fault",
                                         "switch", "mark", "cycle" };
    char number[32];

    if (p->by == SYNC_END) {
        snprintf(to, room, "the end");
        return to;
    }
    grouped_number(p->number, number, sizeof number);
    snprintf(to, room, "%s %s", names[p->by], number);
    return to;
}

static void show_time(const struct model *m, struct other_run *to)
{
    memcpy(to->moments, m->moments, sizeof to->moments);
    to->moment_count = m->moment_count;
    memcpy(to->lanes, m->lanes, sizeof to->lanes);
    to->lane_count = m->lane_count;
    memcpy(to->threads, m->threads, sizeof to->threads);
    to->thread_count = m->thread_count;
    to->hart_count = m->hart_count;
}

void companion_show(struct companion *c, struct other_run *to)
{
    bool passed;

    memset(to, 0, sizeof *to);
    if (c->state == OTHER_NONE)
        return;
    to->state = c->state;
    snprintf(to->label, sizeof to->label, "%s",
             c->label[0] ? c->label : "the same");
    point_text(&c->to, to->point, sizeof to->point);
    to->in_kernel = c->to.by == SYNC_PROGRAM && !c->to.user;
    snprintf(to->why, sizeof to->why, "%.150s",
             c->state == OTHER_FAILED ? c->error.text : "");
    if (!c->session)
        return;
    const struct machine *m = wanted(c, &passed);
    if (m && c->to.number) {
        uint64_t now = number_now(m, c->to.by);
        to->percent = (int)(now * 100 / c->to.number);
        to->beyond = c->to.by == SYNC_PROGRAM && now > c->to.number;
    }
    if (!m)
        return; /* it is at another machine of the scenario */
    if (c->state == OTHER_BEHIND)
        model_refresh(c->model, c->session);
    model_summary(c->model, &to->run);
    if (c->state == OTHER_THERE)
        show_time(c->model, to);
}
