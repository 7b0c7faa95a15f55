// SPDX-License-Identifier: Apache-2.0
/*
 * Going back: on every scenario, back and forth again is the same machine, and
 * the run that went back ends as the one that did not; events, traps, clocks;
 * what cannot be.
 */
#include <glob.h>

#include "sim/compare/compare.h"
#include "sim/digest.h"
#include "sim/history/history.h"
#include "tests/sim/lua_help.h"

static struct said said;

/* What has been said goes with the time, as a console's lines do. */
static struct heap *heap;
static struct said *kept;

static void save_said(void *context)
{
    (void)context;
    *kept = said;
}

static void said_restored(void *context)
{
    (void)context;
    said = *kept;
}

static uint64_t budget = HISTORY_BYTES, spacing;

static void open_history(struct history *h, struct session_options *o)
{
    const struct history_options options = { .bytes = budget,
                                             .spacing = spacing,
                                             .save = save_said,
                                             .restored = said_restored };
    struct err err;
    heap = heap_open(&err);
    assert_non_null(heap);
    kept = heap_new(heap, 1, sizeof *kept);
    assert_non_null(kept);
    memset(&said, 0, sizeof said);
    o->heap = heap;
    if (!history_open(h, &options, o, &err))
        fail_msg("%s", err.text);
}

static enum exit_code close_history(struct history *h)
{
    enum exit_code code = history_close(h);
    heap_free(heap, kept);
    heap_close(heap);
    return code;
}

static uint64_t state_of(const struct session *s)
{
    return session_digest(s);
}

/* ---- moving ------------------------------------------------------------- */

static void forth_to(struct history *h, uint64_t instructions)
{
    while (session_instructions(h->now) < instructions) {
        const struct run_limits slice = {
            .max_insns = instructions - session_instructions(h->now)
        };
        assert_int_equal(history_run(h, &slice), SESSION_RUNNING);
    }
}

static void forth(struct history *h, uint64_t count)
{
    forth_to(h, session_instructions(h->now) + count);
}

static enum history_state go(struct history *h)
{
    enum history_state state;
    struct err err;
    do
        state = history_advance(h, 12345, &err);
    while (state == HISTORY_RUNNING);
    if (state == HISTORY_FAILED)
        fail_msg("%s", err.text);
    assert_int_equal(h->going, HISTORY_STANDS);
    return state;
}

static void back(struct history *h, uint64_t count)
{
    struct err err;
    if (!history_back(h, count, &err))
        fail_msg("%s", err.text);
    assert_int_equal(go(h), HISTORY_THERE);
}

static void finish(struct session *s)
{
    while (session_advance(s, NULL) == SESSION_RUNNING)
        continue;
    if (s->state != SESSION_FINISHED)
        fail_msg("%s", s->error.text);
}

static void to_the_end(struct history *h)
{
    if (history_run(h, NULL) != SESSION_FINISHED)
        fail_msg("%s", h->now->error.text);
}

/* ---- every scenario ----------------------------------------------------- */

static char work[] = "/tmp/opalite-history-XXXXXX";
static const char *const quick[] = { "quick=1" };

static struct session_options options_for(const char *path, const char *out)
{
    struct session_options o = test_options(&said);
    o.path = path;
    o.set = quick;
    o.set_count = 1;
    o.out_dir = out;
    o.max_cycles = 0;
    return o;
}

static void keep_result(struct session *s, const char *name)
{
    char path[100];
    struct err err;
    snprintf(path, sizeof path, "%s/%s", work, name);
    assert_true(session_write_json(s, path, &err));
}

/* The run that never goes back; its length in instructions. */
static uint64_t plain_run(const char *scenario)
{
    char out[100];
    struct err err;
    snprintf(out, sizeof out, "%s/plain", work);
    struct session_options o = options_for(scenario, out);
    struct session *s = session_open(&o, &err);
    assert_non_null(s);
    finish(s);
    keep_result(s, "plain.json");
    uint64_t length = session_instructions(s);
    (void)session_close(s);
    return length;
}

static struct session_options straight; /* of the history's session */

/* The present against a run that came straight here. */
static void compare_with_straight_run(const struct history *h)
{
    struct session_options o = straight;
    struct err err;
    o.files_known = UINT64_MAX;
    struct session *s = session_open(&o, &err);
    assert_non_null(s);
    s->until.instructions = session_instructions(h->now);
    while (session_instructions(s) < s->until.instructions)
        assert_int_equal(session_advance(s, NULL), SESSION_RUNNING);
    assert_int_equal(s->machine_count, h->now->machine_count);
    for (size_t i = 0; i < s->machine_count; i++) {
        struct differences d = { .name = { "straight", "back" } };
        const struct machine *a = s->machines[i].machine;
        const struct machine *b = h->now->machines[i].machine;
        assert_int_equal(!a, !b);
        if (a && !machine_compare(a, b, &d))
            fail_msg("%s", d.text[0]);
    }
    (void)session_close(s);
}

static void back_and_forth(struct history *h, uint64_t p, uint64_t q)
{
    forth_to(h, p);
    uint64_t at_p = state_of(h->now);
    forth_to(h, q);
    uint64_t at_q = state_of(h->now);
    assert_int_not_equal(at_p, at_q);
    back(h, q - p);
    assert_int_equal(session_instructions(h->now), p);
    assert_int_equal(state_of(h->now), at_p);
    compare_with_straight_run(h);
    forth_to(h, q);
    assert_int_equal(state_of(h->now), at_q);
    back(h, 1);
    assert_int_not_equal(state_of(h->now), at_q);
    forth(h, 1);
    assert_int_equal(state_of(h->now), at_q);
}

static void go_in_every_scenario(uint64_t bytes, uint64_t nanoseconds)
{
    glob_t list;
    uint64_t random = 88172645463325252u;
    budget = bytes;
    spacing = nanoseconds;
    assert_int_equal(glob("scenarios/*.lua", 0, NULL, &list), 0);
    for (size_t i = 0; i < list.gl_pathc; i++) {
        char command[300];
        struct history h;
        print_message("  %s\n", list.gl_pathv[i]);
        uint64_t length = plain_run(list.gl_pathv[i]);
        snprintf(command, sizeof command, "%s/back", work);
        struct session_options o = options_for(list.gl_pathv[i], command);
        straight = o;
        open_history(&h, &o);
        for (int n = 0; n < 3; n++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            uint64_t p = 1 + random % (length / 2);
            uint64_t q = p + 1 + (random >> 32) % (length / 2 - 1);
            if (p < session_instructions(h.now))
                back(&h, session_instructions(h.now) - p);
            back_and_forth(&h, p, q);
            assert_true(h.snapshots.bytes <= budget || !budget);
        }
        to_the_end(&h);
        keep_result(h.now, "back.json");
        assert_int_equal(close_history(&h), EXIT_PASSED);
        snprintf(command, sizeof command,
                 "cd %s && cmp plain.json back.json && mkdir -p plain back && "
                 "diff -r plain back && rm -rf plain back",
                 work);
        assert_int_equal(system(command), 0);
    }
    globfree(&list);
    budget = HISTORY_BYTES;
    spacing = 0;
}

/* As it is usually. */
static void test_every_scenario(void **state)
{
    (void)state;
    go_in_every_scenario(HISTORY_BYTES, 0);
}

/* Many snapshots, most of which have to go soon. */
static void test_every_scenario_in_little_memory(void **state)
{
    (void)state;
    go_in_every_scenario(UINT64_C(16) << 20, 1000000);
}

static void test_every_scenario_without_snapshots(void **state)
{
    (void)state;
    go_in_every_scenario(0, 0);
}

/* ---- events, traps, clocks ---------------------------------------------- */

#define LENDING                                                                \
    "local m = machine {}\n"                                                   \
    "local os = m:boot { protection = 'rplb' }\n"                              \
    "local a, b = os:domain 'alice', os:domain 'bob'\n"                        \
    "local seg = os:segment { size = '4K', name = 'page' }\n"                  \
    "a:attach(seg, 'rw') b:attach(seg, 'r')\n"                                 \
    "print 'lent'\n"                                                           \
    "b:detach(seg)\n"                                                          \
    "print 'taken'\n"                                                          \
    "b:thread(function(t) t:load(seg) end)\n"                                  \
    "m:run()\n"                                                                \
    "print 'over'\n"

static const char *lending;
static volatile sig_atomic_t interrupted;

static void open_lending(struct history *h)
{
    struct session_options o = test_options(&said);
    lending = scenario_file(LENDING);
    o.path = lending;
    o.interrupted = &interrupted;
    open_history(h, &o);
}

static void close_lending(struct history *h)
{
    (void)close_history(h);
    scenario_remove(lending);
}

static void until_event(struct history *h, uint32_t events)
{
    const struct run_limits slice = { .stop_events = events };
    assert_int_equal(history_run(h, &slice), SESSION_STOPPED);
}

static void back_to(struct history *h, const struct event_filter *f)
{
    struct err err;
    assert_true(history_back_to_event(h, f, &err));
    assert_int_equal(go(h), HISTORY_THERE);
}

static void test_back_to_the_rights_change(void **state)
{
    struct history h;
    (void)state;
    open_lending(&h);
    until_event(&h, EVENT_BIT(EVENT_FAULT));
    uint64_t at_fault = state_of(h.now);
    const struct event fault = h.now->machine->stop_event;
    assert_true(fault.segment_known);
    assert_non_null(strstr(said.text, "taken"));

    const struct event_filter f = { .kinds = EVENT_BIT(EVENT_RIGHTS),
                                    .by_range = true,
                                    .first = fault.segment,
                                    .last = fault.segment };
    back_to(&h, &f);
    const struct event *e = &h.now->machine->stop_event;
    const struct event_list *l = &h.now->machine->events;
    e = &l->ring[(l->next - 1) % EVENT_RING];
    assert_int_equal(e->kind, EVENT_RIGHTS);
    assert_int_equal(e->domain, fault.domain);
    assert_int_equal(e->rights, 0);
    assert_int_equal(e->va, fault.segment);
    /* what the scenario has said by now, once */
    assert_non_null(strstr(said.text, "lent"));
    assert_null(strstr(strstr(said.text, "lent") + 1, "lent"));
    assert_null(strstr(said.text, "taken"));
    uint64_t at_rights = state_of(h.now);

    until_event(&h, EVENT_BIT(EVENT_FAULT));
    assert_int_equal(state_of(h.now), at_fault);
    back_to(&h, &f);
    assert_int_equal(state_of(h.now), at_rights);

    /* the one before: it was given; and none before all */
    back_to(&h, &f);
    e = &h.now->machine->events
             .ring[(h.now->machine->events.next - 1) % EVENT_RING];
    assert_int_not_equal(e->rights, 0);
    const struct event_filter never = { .kinds = EVENT_BIT(EVENT_PANIC) };
    struct err err;
    uint64_t here = state_of(h.now);
    assert_true(history_back_to_event(&h, &never, &err));
    assert_int_equal(go(&h), HISTORY_NONE);
    assert_int_equal(state_of(h.now), here);
    to_the_end(&h);
    assert_non_null(strstr(said.text, "over"));
    close_lending(&h);
}

/* Traps retire nothing, and yet each is a moment: back and forth over many. */
static void test_traps_are_moments(void **state)
{
    enum { TRAPS = 4 };
    uint64_t at[TRAPS];
    const struct event_filter trap = { .kinds = EVENT_BIT(EVENT_TRAP) };
    struct history h;
    (void)state;
    open_lending(&h);
    for (int i = 0; i < TRAPS; i++) {
        until_event(&h, trap.kinds);
        at[i] = state_of(h.now);
    }
    for (int i = TRAPS - 2; i >= 0; i--) {
        back_to(&h, &trap);
        assert_int_equal(state_of(h.now), at[i]);
    }
    /* the moment before the trap, by one step; then the trap again */
    uint64_t done = session_instructions(h.now);
    bool retired = h.now->machine->now->cpu.step.retired;
    back(&h, 1);
    assert_int_equal(session_instructions(h.now), done - retired);
    until_event(&h, trap.kinds);
    assert_int_equal(state_of(h.now), at[0]);
    close_lending(&h);
}

static void test_to_a_clock(void **state)
{
    struct history h;
    struct err err;
    (void)state;
    open_lending(&h);
    until_event(&h, EVENT_BIT(EVENT_BOOTED));
    forth(&h, 1000);
    uint64_t clock = machine_clock(h.now->machine), there = state_of(h.now);
    forth(&h, 5000);
    assert_true(history_back_to_cycle(&h, clock, &err));
    assert_int_equal(go(&h), HISTORY_THERE);
    assert_int_equal(machine_clock(h.now->machine), clock);
    assert_int_equal(state_of(h.now), there);
    assert_false(history_back_to_cycle(&h, clock, &err));
    assert_non_null(strstr(err.text, "not in the past"));
    close_lending(&h);
}

/* The end of a scenario is no end. */
static void test_back_from_the_end(void **state)
{
    struct history h;
    (void)state;
    open_lending(&h);
    to_the_end(&h);
    uint64_t end = session_instructions(h.now);
    back(&h, 100);
    assert_int_equal(h.now->state, SESSION_RUNNING);
    assert_int_equal(session_instructions(h.now), end - 100);
    to_the_end(&h);
    assert_int_equal(session_instructions(h.now), end);
    close_lending(&h);
}

/* What has been written is not written again; what has not, is. */
static void test_files_are_written_once(void **state)
{
    struct session_options o = test_options(&said);
    struct history h;
    char first[100], second[100];
    const char *path =
        scenario_file("local m = machine {}\n"
                      "local os = m:boot { protection = 'rplb' }\n"
                      "output.json('first', { 1 })\n"
                      "os:domain 'alice'\n"
                      "output.json('second', { 2 })\n");
    (void)state;
    snprintf(first, sizeof first, "%s/first.json", work);
    snprintf(second, sizeof second, "%s/second.json", work);
    o.path = path;
    o.out_dir = work;
    open_history(&h, &o);
    until_event(&h, EVENT_BIT(EVENT_DOMAIN));
    assert_int_equal(unlink(first), 0);
    assert_int_not_equal(access(second, F_OK), 0);
    back(&h, 10);
    to_the_end(&h);
    assert_int_not_equal(access(first, F_OK), 0);
    assert_int_equal(unlink(second), 0);
    back(&h, session_instructions(h.now) - 1);
    to_the_end(&h);
    assert_int_not_equal(access(first, F_OK), 0);
    assert_int_not_equal(access(second, F_OK), 0);
    assert_int_equal(h.now->files, 2);
    (void)close_history(&h);
    scenario_remove(path);
}

/* ---- what cannot be ----------------------------------------------------- */

static void test_the_beginning(void **state)
{
    struct history h;
    struct err err;
    (void)state;
    open_lending(&h);
    assert_false(history_back(&h, 1, &err));
    forth(&h, 1);
    assert_false(history_back(&h, 1, &err));
    assert_non_null(strstr(err.text, "beginning of time"));
    forth(&h, 1);
    back(&h, 1);
    assert_int_equal(session_instructions(h.now), 1);
    close_lending(&h);
}

static void test_no_way_back_with_a_trace(void **state)
{
    struct session_options o = test_options(&said);
    struct history h;
    struct err err;
    (void)state;
    o.path = scenario_file(LENDING);
    o.trace_path = "/dev/null";
    open_history(&h, &o);
    forth(&h, 100);
    assert_false(history_back(&h, 1, &err));
    assert_non_null(strstr(err.text, "--trace"));
    assert_int_equal(session_instructions(h.now), 100);
    (void)close_history(&h);
    scenario_remove(o.path);
}

/* The run has read its text already. */
static void test_the_file_is_edited_meanwhile(void **state)
{
    struct history h;
    (void)state;
    open_lending(&h);
    forth(&h, 100);
    uint64_t here = state_of(h.now);
    forth(&h, 10000);
    FILE *f = fopen(lending, "w");
    assert_non_null(f);
    fputs("this is no Lua\n", f);
    assert_int_equal(fclose(f), 0);
    back(&h, 10000);
    assert_int_equal(state_of(h.now), here);
    to_the_end(&h);
    close_lending(&h);
}

static void test_interrupted_on_the_way(void **state)
{
    struct history h;
    struct err err;
    (void)state;
    open_lending(&h);
    forth(&h, 10000);
    uint64_t here = state_of(h.now);
    assert_true(history_back(&h, 1, &err));
    assert_int_equal(history_advance(&h, 1000, &err), HISTORY_RUNNING);
    interrupted = EXIT_INTERRUPTED;
    assert_int_equal(history_advance(&h, 1000, &err), HISTORY_FAILED);
    assert_int_equal(err.code, EXIT_INTERRUPTED);
    interrupted = 0;
    assert_int_equal(h.going, HISTORY_STANDS);
    assert_int_equal(state_of(h.now), here);
    close_lending(&h);
}

static int make_work(void **state)
{
    (void)state;
    return mkdtemp(work) ? 0 : -1;
}

static int remove_work(void **state)
{
    char command[100];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", work);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_back_to_the_rights_change),
        cmocka_unit_test(test_traps_are_moments),
        cmocka_unit_test(test_to_a_clock),
        cmocka_unit_test(test_back_from_the_end),
        cmocka_unit_test(test_files_are_written_once),
        cmocka_unit_test(test_the_beginning),
        cmocka_unit_test(test_no_way_back_with_a_trace),
        cmocka_unit_test(test_the_file_is_edited_meanwhile),
        cmocka_unit_test(test_interrupted_on_the_way),
        cmocka_unit_test(test_every_scenario),
        cmocka_unit_test(test_every_scenario_in_little_memory),
        cmocka_unit_test(test_every_scenario_without_snapshots),
    };
    return cmocka_run_group_tests(tests, make_work, remove_work);
}
