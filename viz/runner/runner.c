// SPDX-License-Identifier: Apache-2.0
/*
 * Steps, runs, runs until an event: see runner/runner.h. Each call of
 * runner_advance is one slice of the session; who calls it how often (a clock,
 * a thread, or a script) makes no difference to the machine.
 */
#include "viz/runner/runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const uint64_t runner_speeds[] = { 1,    3,     10,     30,      100, 300,
                                   1000, 10000, 100000, 1000000, 0 };
const int runner_speed_count = sizeof runner_speeds / sizeof runner_speeds[0];

const char *runner_speed_text(int speed)
{
    static const char *const text[] = { "1/s",    "3/s",   "10/s", "30/s",
                                        "100/s",  "300/s", "1k/s", "10k/s",
                                        "100k/s", "1M/s",  "max" };

    return text[speed];
}

void runner_notice(struct runner *r, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(r->model.notice, sizeof r->model.notice, format, list);
    va_end(list);
    for (char *p = r->model.notice; *p; p++)
        if (*p == '\n')
            *p = ' ';
}

static bool is_over(const struct runner *r)
{
    return r->model.state == MODEL_ENDED || r->model.state == MODEL_FAILED;
}

/* Nobody waits for anything but breakpoints, watches and events. */
static void forget_goals(struct runner *r)
{
    r->waits = r->stops.has_goal = false;
    r->stops.event_domain[0] = 0;
    stops_set_until(&r->stops, NULL, "");
}

/* A command begins. False: the scenario is over. */
static bool begin(struct runner *r, enum going going)
{
    runner_back_give_up(r);
    if (is_over(r)) {
        runner_notice(r, "the scenario is over; q quits");
        return false;
    }
    model_mark(&r->model, r->session);
    runner_beside_begin(r);
    r->model.ask.set = false;
    r->model.notice[0] = 0;
    r->model.state = MODEL_RUNNING;
    r->going = going;
    r->until = 0;
    r->until_cycle = 0;
    r->look.set = false;
    forget_goals(r);
    return true;
}

void runner_arrive(struct runner *r)
{
    r->session->bounded = NULL;
    r->going = GOING_NOWHERE;
    r->model.state = MODEL_PAUSED;
    forget_goals(r);
}

static void halt(struct runner *r)
{
    if (r->going == GOING_NOWHERE)
        return;
    r->replay = NULL;
    if (r->going == GOING_BACK)
        runner_back_give_up(r);
    else
        runner_arrive(r);
    runner_notice(r, "paused");
}

static void step(struct runner *r, uint64_t count)
{
    if (begin(r, GOING_STEPS))
        r->steps = count;
}

bool runner_begin_masked(struct runner *r, enum going going)
{
    if (!begin(r, going))
        return false;
    r->until = runner_stop_events(r);
    snprintf(r->stops.event_domain, sizeof r->stops.event_domain, "%s",
             r->stop_domain);
    return true;
}

static void run_to_event(struct runner *r)
{
    if (runner_stop_events(r) == 0 && r->stops.count == 0)
        runner_notice(r, "the stop mask is empty: m edits it");
    else
        runner_begin_masked(r, GOING_EVENT);
}

static void run_until(struct runner *r, uint32_t events)
{
    if (begin(r, GOING_EVENT))
        r->until = events;
}

/* The machine that the moment is about, NULL = not made yet. */
static struct machine *moment_of(const struct runner *r)
{
    const struct session_machine *e =
        moment_machine(r->session, r->to->machine);

    return e ? e->machine : NULL;
}

static void run_to_moment(struct runner *r, const struct session_arguments *to)
{
    if (to->at.kind == MOMENT_END) {
        begin(r, GOING_EVENT);
    } else if (begin(r, GOING_MOMENT)) {
        r->to = to;
        r->session->bounded = to->machine ? to->machine : "";
    }
}

/* ---- one slice -------------------------------------------------------------
 */

static void stopped_by_event(struct runner *r, const struct machine *m)
{
    char text[MODEL_LINE];

    runner_arrive(r);
    model_event_line(m, &m->stop_event, text);
    runner_notice(r, "stopped: %.140s", text);
}

static void ended(struct runner *r, enum session_state state)
{
    const struct session *s = r->session;

    r->going = GOING_NOWHERE;
    r->model.state = state == SESSION_FAILED || s->checks_failed ? MODEL_FAILED
                                                                 : MODEL_ENDED;
    if (state == SESSION_FAILED) {
        runner_notice(r, "%.150s", s->error.text);
        model_print(&r->model, "\n", 1);
        model_print(&r->model, s->error.text, strlen(s->error.text));
        model_print(&r->model, "\n", 1);
    } else if (s->checks_failed) {
        runner_notice(r, "the scenario ended: %llu checks passed, %llu FAILED",
                      (unsigned long long)s->checks_passed,
                      (unsigned long long)s->checks_failed);
    } else {
        runner_notice(
            r, "the scenario ended, %llu checks passed; 6: console, q quits",
            (unsigned long long)s->checks_passed);
    }
}

bool runner_advance_once(struct runner *r, uint64_t instructions)
{
    struct run_limits limits = { .max_insns = instructions,
                                 .until_cycle = r->until_cycle,
                                 .stop_events = r->until };
    enum session_state state = stops_advance(&r->stops, r->session, &limits);

    model_graph_listen(&r->model, r->session);

    if (state == SESSION_FINISHED || state == SESSION_FAILED)
        ended(r, state);
    else if (state == SESSION_STOPPED && runner_stops_tell(r))
        runner_arrive(r);
    else if (r->going == GOING_CYCLE && r->session->machine &&
             machine_clock(r->session->machine) >= r->until_cycle)
        runner_arrive(r);
    return r->going != GOING_NOWHERE;
}

/* The same on the way to a moment; other machines' events are passed by. */
static void advance_to_moment(struct runner *r, uint64_t instructions)
{
    struct run_limits slice =
        moment_slice(&r->to->at, moment_of(r), instructions);
    enum session_state state = history_run(&r->history, &slice);
    const struct machine *m = moment_of(r);
    bool there = m && moment_is_reached(&r->to->at, m);

    if (there) /* nobody has looked before: nothing has changed */
        model_mark_registers(&r->model, r->session);
    if (there && r->to->at.kind == MOMENT_EVENT)
        stopped_by_event(r, m);
    else if (there)
        runner_arrive(r);
    else if (state == SESSION_FINISHED || state == SESSION_FAILED)
        ended(r, state);
}

/* The moment of --replay has come: is it as it was recorded? */
static void tell_replay(struct runner *r)
{
    const struct record_arguments *a = &r->replay->record;
    struct err err;

    r->replay = NULL;
    if (!a->from)
        return;
    if (session_record_agrees(&a->recorded, r->session, &err))
        runner_notice(r,
                      "replay: the same state as recorded, %llu instructions",
                      (unsigned long long)session_instructions(r->session));
    else
        runner_notice(r, "%.150s", err.text);
}

/* ---- all ways --------------------------------------------------------------
 */

void runner_advance(struct runner *r, uint64_t instructions)
{
    uint64_t n;

    if (r->tape) {
        runner_advance_tape(r, instructions);
        return;
    }
    switch (r->going) {
    case GOING_NOWHERE:
        return;
    case GOING_STEPS:
        n = r->steps < instructions ? r->steps : instructions;
        r->steps -= n;
        if (runner_advance_once(r, n) && r->steps == 0)
            runner_arrive(r);
        break;
    case GOING_OVER:
    case GOING_OUT:
        runner_step_advance(r, instructions);
        break;
    case GOING_BACK:
        runner_back_advance(r, instructions);
        break;
    case GOING_MOMENT:
        advance_to_moment(r, instructions);
        break;
    case GOING_RUN:
    case GOING_EVENT:
    case GOING_CYCLE:
    case GOING_UNTIL:
        runner_advance_once(r, instructions);
        break;
    }
    if (r->replay && r->going == GOING_NOWHERE)
        tell_replay(r);
}

bool runner_record(struct runner *r, const struct session_arguments *a,
                   struct err *err)
{
    runner_back_give_up(r);
    return !a->record.to ||
           session_record_write(r->session, a->record.text, a->record.to, err);
}

void runner_look(struct runner *r)
{
    if (r->tape) {
        runner_look_tape(r);
        return;
    }
    r->model.look = r->look;
    if (r->going != GOING_BACK) /* the page that was left stays, until then */
        model_refresh(&r->model, r->session);
    runner_beside_look(r);
    runner_stops_look(r);
}

void runner_finish(struct runner *r, uint64_t instructions)
{
    while (r->going != GOING_NOWHERE) {
        runner_advance(r, instructions);
        runner_look(r);
    }
    runner_look(r);
    while (runner_beside_is_busy(r)) {
        runner_beside_advance(r, instructions);
        runner_look(r);
    }
}

/* ---- wishes
 * ----------------------------------------------------------------- */

static void run_to_cycle(struct runner *r, uint64_t cycle)
{
    const struct machine *m = r->session->machine;

    if (m && machine_clock(m) > cycle)
        runner_back(r, &(struct wish){ .kind = WISH_CYCLE, .number = cycle });
    else if (begin(r, GOING_CYCLE))
        r->until_cycle = cycle;
}

static void ask(struct runner *r, const struct wish *w)
{
    struct model_ask *a = &r->model.ask;

    a->set = true;
    a->va = w->number;
    a->access = w->access;
    snprintf(a->domain, sizeof a->domain, "%s", w->domain);
}

static void ask_graph(struct runner *r, const struct wish *w)
{
    struct model_graph_ask *a = &r->model.graph_ask;

    a->visible = w->number < WISH_NO_GRAPH;
    a->kind = a->visible ? (uint8_t)w->number : a->kind;
    snprintf(a->domain, sizeof a->domain, "%s", w->domain);
    r->model.graph.read = false;
}

void runner_obey(struct runner *r, const struct wish *w)
{
    if (r->tape) {
        runner_obey_tape(r, w);
        return;
    }
    switch (w->kind) {
    case WISH_BEGIN:
        run_until(r, EVENT_BIT(EVENT_BOOTED) | EVENT_BIT(EVENT_PANIC));
        break;
    case WISH_RELOAD:
        runner_reload(r);
        break;
    case WISH_MOMENT:
        r->first = *w;
        run_to_moment(r, w->to);
        break;
    case WISH_STEP:
        step(r, w->number);
        break;
    case WISH_OVER:
        runner_step_over(r);
        break;
    case WISH_OUT:
        runner_step_out(r);
        break;
    case WISH_RUN:
        runner_begin_masked(r, GOING_RUN);
        break;
    case WISH_PAUSE:
        halt(r);
        break;
    case WISH_EVENT:
        run_to_event(r);
        break;
    case WISH_SWITCH:
        run_until(r, EVENT_BIT(EVENT_SWITCH));
        break;
    case WISH_CYCLE:
        run_to_cycle(r, w->number);
        break;
    case WISH_BACK:
    case WISH_BACK_EVENT:
    case WISH_BACK_RIGHTS:
    case WISH_BACK_POINT:
        runner_back(r, w);
        break;
    case WISH_END:
        begin(r, GOING_EVENT);
        break;
    case WISH_MEASURE:
    case WISH_COMPARE:
        runner_beside_obey(r, w);
        break;
    case WISH_SPEED:
        r->model.speed = (int)w->number;
        break;
    case WISH_STOPS:
    case WISH_UNTIL:
    case WISH_POINT:
    case WISH_LOOK:
        runner_stops_obey(r, w);
        break;
    case WISH_EXPLAIN:
        ask(r, w);
        break;
    case WISH_GRAPH:
        ask_graph(r, w);
        break;
    case WISH_MARK:
        model_graph_mark(&r->model, r->session);
        break;
    }
}

/* ---- beginning and end
 * ------------------------------------------------------ */

static void to_console(void *context, const char *text, size_t bytes)
{
    struct runner *r = context;

    model_print(r->going == GOING_BACK ? r->past : &r->model, text, bytes);
}

/* "build/release/opalite-tui" -> "." : where the source paths of the guest
 * begin, when the program lies in its build folder. */
static void source_root(char *to, size_t room)
{
    ssize_t n = readlink("/proc/self/exe", to, room - 1);

    to[n > 0 ? n : 0] = 0;
    for (int i = 0; i < 3; i++) {
        char *slash = strrchr(to, '/');
        if (slash)
            *slash = 0;
    }
}

bool runner_open_history(struct runner *r, struct session_options *options,
                         uint64_t history_bytes, struct err *err)
{
    const struct history_options history = { .bytes = history_bytes,
                                             .save = runner_back_save,
                                             .context = r };

    r->past = heap_new(r->heap, 1, sizeof *r->past);
    if (!r->past)
        err_no_memory();
    options->no_progress = true;
    options->print = to_console;
    options->print_context = r;
    options->interrupted = &r->interrupted;
    r->base = *options;
    options->heap = r->heap;
    return history_open(&r->history, &history, options, err);
}

bool runner_open(struct runner *r, struct session_options *options,
                 uint64_t history_bytes, struct err *err)
{
    const char *name = strrchr(options->path, '/');

    memset(r, 0, sizeof *r);
    r->heap = heap_open(err);
    if (!r->heap)
        return false;
    source_root(r->root, sizeof r->root);
    model_init(&r->model, r->heap, r->root);
    model_read_notes(&r->model, options->path);
    snprintf(r->model.scenario, sizeof r->model.scenario, "%.60s",
             name ? name + 1 : options->path);
    r->model.speed = 3;
    r->model.stops = 1u << STOP_ON_FAULT;
    /* from here on, the model goes into snapshots */
    if (!runner_open_history(r, options, history_bytes, err)) {
        heap_close(r->heap);
        return false;
    }
    r->session = r->history.now;
    r->stops.history = &r->history;
    return true;
}

enum exit_code runner_close(struct runner *r)
{
    if (r->tape) {
        runner_close_tape(r);
        return EXIT_PASSED;
    }
    runner_back_give_up(r);
    runner_beside_close(r);
    enum exit_code code = history_close(&r->history);
    stops_free(&r->stops);
    model_graph_forget(&r->model);
    heap_close(r->heap);
    return code;
}
