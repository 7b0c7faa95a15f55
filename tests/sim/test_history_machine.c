// SPDX-License-Identifier: Apache-2.0
/*
 * The history of bare machines: several harts, points and predicates, keys that
 * were typed, changes by hand, ways given up, and the budget of snapshots.
 */
#include "sim/digest.h"
#include "sim/firmware.h"
#include "sim/history/history.h"
#include "tests/sim/machine_help.h"

#define HARTS   "build/guest/bench/harts.elf"
#define MIX     "build/guest/bench/coremix.elf"
#define CONSOLE "build/guest/board/console.elf"

static uint64_t seed = 88172645463325252u;

static uint64_t random_below(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

/* A machine with a history, and a heap of its own. */
struct world {
    struct heap *heap;
    struct machine *m;
    struct history h;
};

static void open_machine(struct world *w, uint64_t harts)
{
    struct config c;
    struct err err;
    assert_true(config_preset(&c, PRESET_DEFAULT, &err));
    c.harts = harts;
    w->heap = heap_open(&err);
    assert_non_null(w->heap);
    w->m = machine_new_in(w->heap, &c, &err);
    if (!w->m)
        fail_msg("%s", err.text);
}

static void open_world(struct world *w, const char *elf, uint64_t harts,
                       const struct history_options *options)
{
    struct err err;
    open_machine(w, harts);
    if (!machine_load_elf(w->m, elf, true, &err))
        fail_msg("%s", err.text);
    history_open_machine(&w->h, options, w->heap, w->m);
}

static void close_world(struct world *w)
{
    assert_int_equal(history_close(&w->h), EXIT_PASSED);
    machine_free(w->m);
    heap_close(w->heap);
}

static void forth_to(struct world *w, uint64_t instructions)
{
    while (history_instructions(&w->h) < instructions) {
        const struct run_limits slice = {
            .max_insns = instructions - history_instructions(&w->h)
        };
        assert_int_equal(history_run(&w->h, &slice), SESSION_RUNNING);
    }
}

static enum history_state go(struct world *w)
{
    enum history_state state;
    struct err err;
    do
        state = history_advance(&w->h, 1 + random_below(30000), &err);
    while (state == HISTORY_RUNNING);
    if (state == HISTORY_FAILED)
        fail_msg("%s", err.text);
    return state;
}

static void back(struct world *w, uint64_t count)
{
    struct err err;
    if (!history_back(&w->h, count, &err))
        fail_msg("%s", err.text);
    assert_int_equal(go(w), HISTORY_THERE);
}

/* ---- back and forth -------------------------------------------------------
 */

enum { MOMENTS = 24, LENGTH = 400000 };

/* What the state is at some moments, by a run that never goes back. */
static void straight(const char *elf, uint64_t harts, const uint64_t *moment,
                     uint64_t *state)
{
    struct config c;
    struct err err;
    assert_true(config_preset(&c, PRESET_DEFAULT, &err));
    c.harts = harts;
    struct machine *m = machine_new(&c, &err);
    assert_non_null(m);
    assert_true(machine_load_elf(m, elf, true, &err));
    for (int i = 0; i < MOMENTS; i++) {
        const struct run_limits limits = {
            .max_insns = moment[i] - machine_instructions(m)
        };
        machine_run(m, &limits);
        state[i] = machine_digest(m);
    }
    machine_free(m);
}

/* Goes to moments in any order; each is as it was in the straight run. */
static void any_order(const char *elf, uint64_t harts,
                      const struct history_options *options)
{
    uint64_t moment[MOMENTS], state[MOMENTS];
    struct world w;
    for (int i = 0; i < MOMENTS; i++)
        moment[i] = (uint64_t)(i + 1) * LENGTH / MOMENTS - random_below(9000);
    straight(elf, harts, moment, state);
    open_world(&w, elf, harts, options);
    for (int n = 0; n < 60; n++) {
        size_t i = random_below(MOMENTS);
        uint64_t now = history_instructions(&w.h);
        if (now < moment[i])
            forth_to(&w, moment[i]);
        else if (now > moment[i])
            back(&w, now - moment[i]);
        assert_int_equal(history_instructions(&w.h), moment[i]);
        assert_int_equal(machine_digest(w.m), state[i]);
        assert_true(w.h.snapshots.bytes <= options->bytes || !options->bytes);
    }
    close_world(&w);
}

static void test_any_order(void **state)
{
    const struct history_options usual = { .bytes = HISTORY_BYTES };
    const struct history_options many = { .bytes = HISTORY_BYTES,
                                          .spacing = 50000 };
    const struct history_options few = { .bytes = UINT64_C(6) << 20,
                                         .spacing = 50000 };
    const struct history_options none = { .bytes = 0 };
    (void)state;
    any_order(MIX, 1, &usual);
    any_order(MIX, 1, &many);
    any_order(MIX, 1, &few);
    any_order(MIX, 1, &none);
    any_order(HARTS, 4, &many);
    any_order(HARTS, 3, &few);
}

/* ---- the budget
 * -------------------------------------------------------------- */

/* The older, the sparser; and within the budget. */
static void test_thinned_by_age(void **state)
{
    const struct history_options options = { .bytes = UINT64_C(4) << 20,
                                             .spacing = 100000 };
    struct world w;
    (void)state;
    open_world(&w, MIX, 1, &options);
    forth_to(&w, 20000000);
    const struct history *h = &w.h;
    assert_true(h->snapshots.bytes <= options.bytes);
    assert_true(h->shot_count > 8);
    assert_int_equal(h->shot[0].at.instructions, 0);
    uint64_t last = h->shot[h->shot_count - 1].cost, length = last;
    size_t young = 0;
    for (size_t i = 0; i < h->shot_count; i++)
        young += h->shot[i].cost > length / 2;
    assert_true(young > h->shot_count / 2);
    assert_true(last + 2 * options.spacing > h->cost);
    close_world(&w);
}

/* Where not even one fits, only the first is kept, and any moment can be gone
 * to all the same. */
static void test_too_large(void **state)
{
    const struct history_options options = { .bytes = 500000,
                                             .spacing = 100000 };
    struct world w;
    (void)state;
    open_world(&w, MIX, 1, &options);
    forth_to(&w, 300000);
    uint64_t there = machine_digest(w.m);
    forth_to(&w, 900000);
    assert_true(w.h.too_large);
    assert_int_equal(w.h.shot_count, 1);
    assert_true(w.h.snapshots.bytes <= options.bytes);
    back(&w, 600000);
    assert_int_equal(machine_digest(w.m), there);
    assert_true(w.h.snapshots.bytes <= options.bytes);
    close_world(&w);
}

/* ---- searching
 * ------------------------------------------------------------------ */

/* The pc at which a run stands after so many instructions. */
static uint64_t pc_at(struct world *w, uint64_t instructions)
{
    forth_to(w, instructions);
    return w->m->now->cpu.pc;
}

static bool is_even(void *context, const struct machine *m)
{
    uint64_t *asked = context;
    ++*asked;
    return m->now->cpu.instret % 2 == 0;
}

/* The last of many visits, by a search of our own: forward, step by step. */
static uint64_t last_visit(const char *elf, const struct points *points,
                           uint64_t end, bool even)
{
    const struct history_options options = { .bytes = 0 };
    struct world w;
    uint64_t last = 0;
    open_world(&w, elf, 1, &options);
    while (history_instructions(&w.h) < end) {
        const struct run_limits slice = { .max_insns =
                                              end - history_instructions(&w.h),
                                          .points = points };
        (void)history_run(&w.h, &slice);
        uint64_t now = history_instructions(&w.h);
        if (w.m->at_point && now < end && (!even || now % 2 == 0))
            last = now;
    }
    close_world(&w);
    return last;
}

static void test_back_to_points(void **state)
{
    const struct history_options options = { .bytes = HISTORY_BYTES,
                                             .spacing = 100000 };
    struct world w;
    struct err err;
    uint64_t asked = 0;
    (void)state;
    open_world(&w, MIX, 1, &options);
    const struct point pc = { .kind = POINT_PC, .va = pc_at(&w, 123456) };
    const struct points points = { .at = &pc, .count = 1, .harts = ~0U };
    forth_to(&w, 700000);
    uint64_t present = machine_digest(w.m);
    assert_true(history_back_to_point(&w.h, &points, &err));
    assert_int_equal(go(&w), HISTORY_THERE);
    assert_int_equal(w.m->now->cpu.pc, pc.va);
    assert_int_equal(history_instructions(&w.h),
                     last_visit(MIX, &points, 700000, false));
    forth_to(&w, 700000);
    assert_int_equal(machine_digest(w.m), present);
    const struct history_wanted even = { .points = &points,
                                         .is_it = is_even,
                                         .context = &asked };
    assert_true(history_back_to(&w.h, &even, &err));
    assert_int_equal(go(&w), HISTORY_THERE);
    assert_true(asked > 0);
    assert_int_equal(history_instructions(&w.h),
                     last_visit(MIX, &points, 700000, true));
    /* a byte that nobody writes */
    forth_to(&w, 700000);
    const struct point byte = { .kind = POINT_STORE, .va = 8, .bytes = 1 };
    const struct points never = { .at = &byte, .count = 1, .harts = ~0U };
    assert_true(history_back_to_point(&w.h, &never, &err));
    assert_int_equal(go(&w), HISTORY_NONE);
    assert_int_equal(machine_digest(w.m), present);
    close_world(&w);
}

/* The previous step of one hart, while others run, too. */
static void test_back_to_a_step_of_a_hart(void **state)
{
    const struct history_options options = { .bytes = HISTORY_BYTES };
    struct world w;
    struct err err;
    (void)state;
    open_world(&w, HARTS, 3, &options);
    forth_to(&w, 300000);
    for (int i = 0; i < 5; i++) {
        const struct points step = { .step = 1U << 1, .harts = 1U << 1 };
        uint64_t before = w.m->hart[1].cpu.instret;
        assert_true(history_back_to_point(&w.h, &step, &err));
        assert_int_equal(go(&w), HISTORY_THERE);
        assert_int_equal(w.m->now - w.m->hart, 1);
        assert_true(w.m->hart[1].cpu.instret == before ||
                    w.m->hart[1].cpu.instret == before - 1);
        assert_true(w.m->now->cpu.step.hart == 1);
    }
    close_world(&w);
}

static void test_a_way_given_up(void **state)
{
    const struct history_options options = { .bytes = HISTORY_BYTES,
                                             .spacing = 300000 };
    struct world w;
    struct err err;
    (void)state;
    open_world(&w, MIX, 1, &options);
    forth_to(&w, 500000);
    uint64_t here = machine_digest(w.m);
    assert_true(history_back(&w.h, 400000, &err));
    assert_int_equal(history_advance(&w.h, 100, &err), HISTORY_RUNNING);
    assert_int_not_equal(machine_digest(w.m), here);
    history_cancel(&w.h);
    assert_int_equal(machine_digest(w.m), here);
    history_cancel(&w.h);
    assert_int_equal(machine_digest(w.m), here);
    close_world(&w);
}

/* ---- hands from outside
 * --------------------------------------------------------- */

static void open_console(struct world *w)
{
    const struct history_options options = { .bytes = HISTORY_BYTES };
    const struct firmware_files files = { .kernel = CONSOLE };
    struct err err;
    open_machine(w, 1);
    w->m->keys_to = CONSOLE_VIRTIO;
    if (!firmware_load(w->m, &files, &err))
        fail_msg("%s", err.text);
    history_open_machine(&w->h, &options, w->heap, w->m);
}

static const char *said(const struct world *w)
{
    size_t bytes;
    return machine_console(w->m, &bytes);
}

static void run_for(struct world *w, uint64_t instructions)
{
    const struct run_limits slice = { .max_insns = instructions };
    (void)history_run(&w->h, &slice);
}

/* Keys come again when the run goes forward once more; other keys are another
 * future. */
static void test_keys_are_typed_again(void **state)
{
    struct world w;
    (void)state;
    open_console(&w);
    run_for(&w, 30000);
    assert_int_equal(history_type(&w.h, "abc", 3), 3);
    run_for(&w, 20000);
    assert_int_equal(history_type(&w.h, "xyz", 3), 3);
    run_for(&w, 20000);
    assert_non_null(strstr(said(&w), "ABC"));
    assert_non_null(strstr(said(&w), "XYZ"));
    uint64_t end = machine_digest(w.m), length = history_instructions(&w.h);
    back(&w, 45000);
    assert_null(strstr(said(&w), "ABC"));
    run_for(&w, 45000);
    assert_int_equal(history_instructions(&w.h), length);
    assert_int_equal(machine_digest(w.m), end);
    back(&w, 30000);
    assert_non_null(strstr(said(&w), "ABC"));
    assert_null(strstr(said(&w), "XYZ"));
    assert_int_equal(history_type(&w.h, "other", 5), 5);
    run_for(&w, 40000);
    assert_non_null(strstr(said(&w), "OTHER"));
    assert_null(strstr(said(&w), "XYZ"));
    back(&w, 65000);
    run_for(&w, 65000);
    assert_non_null(strstr(said(&w), "ABC"));
    assert_non_null(strstr(said(&w), "OTHER"));
    close_world(&w);
}

/* What a debugger writes is there when one comes back to after it, and not
 * before it. */
static void test_changes_by_hand(void **state)
{
    const struct history_options options = { .bytes = HISTORY_BYTES,
                                             .spacing = 200000 };
    const uint64_t pa = MEM_RAM + (UINT64_C(100) << 20);
    struct world w;
    uint64_t value = 42, seen = 0;
    (void)state;
    open_world(&w, MIX, 1, &options);
    forth_to(&w, 200000);
    assert_true(machine_poke_phys(w.m, pa, &value, sizeof value));
    history_changed(&w.h);
    forth_to(&w, 500000);
    uint64_t end = machine_digest(w.m);
    back(&w, 250000);
    assert_true(machine_peek_phys(w.m, pa, &seen, sizeof seen));
    assert_int_equal(seen, 42);
    forth_to(&w, 500000);
    assert_int_equal(machine_digest(w.m), end);
    back(&w, 400000);
    assert_true(machine_peek_phys(w.m, pa, &seen, sizeof seen));
    assert_int_equal(seen, 0);
    forth_to(&w, 500000); /* the other future: without the change */
    assert_true(machine_peek_phys(w.m, pa, &seen, sizeof seen));
    assert_int_equal(seen, 0);
    back(&w, 1);
    assert_true(machine_peek_phys(w.m, pa, &seen, sizeof seen));
    assert_int_equal(seen, 0);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_thinned_by_age),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_back_to_points),
        cmocka_unit_test(test_back_to_a_step_of_a_hart),
        cmocka_unit_test(test_a_way_given_up),
        cmocka_unit_test(test_keys_are_typed_again),
        cmocka_unit_test(test_changes_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
