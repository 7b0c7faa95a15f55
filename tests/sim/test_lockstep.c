/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engines in lock-step on everything there is to run: guest tests,
 * benchmark programs, random programs, firmware, scenarios; on all presets and
 * on machines of odd shapes. Under the sanitizers only the first of it. And the
 * comparison itself: it finds what differs, and where.
 */
#include <glob.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/lockstep.h"
#include "tests/sim/harness_random.h"

#if defined(__SANITIZE_ADDRESS__)
#define BUDGET UINT64_C(20000000) /* instructions of all runs together */
#else
#define BUDGET UINT64_MAX
#endif

#define OPENSBI "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
#define UBOOT   "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"

static uint64_t budget = BUDGET;

/* ---- one run ----------------------------------------------------------- */

static void describe(const struct lockstep *l, const char *what)
{
    const struct differences *d = &l->differences;
    print_error("%s: equal after %" PRIu64 " instructions, not after %" PRIu64
                "\n%s",
                what, l->last_equal, l->first_different, l->story);
    for (unsigned i = 0; i < d->count && i < DIFFERENCE_LINES; i++)
        print_error("  %s\n", d->text[i]);
}

/* Runs to the end or the limit; fails unless the engines agree. */
static void agree(struct lockstep *l, const char *what)
{
    struct err err;
    if (l->limit > budget)
        l->limit = budget;
    if (l->limit == 0)
        return;
    switch (lockstep_run(l, &err)) {
    case LOCKSTEP_EQUAL:
        break;
    case LOCKSTEP_FAILED:
        fail_msg("%s: %s", what, err.text);
        break;
    default:
        describe(l, what);
        fail_msg("%s: the engines differ", what);
    }
    assert_true(l->comparisons > 0);
    if (budget != UINT64_MAX)
        budget -= l->instructions < budget ? l->instructions : budget;
}

/* A preset and changes to it, one word each. */
struct shape {
    const char *preset, *set;
};

static struct config config_of(const struct shape *s, const char *more)
{
    char text[400];
    struct config c;
    struct err err;
    if (!config_preset(&c, s->preset, &err))
        fail_msg("%s", err.text);
    snprintf(text, sizeof text, "%s %s", s->set, more);
    for (char *at = text, *pair; (pair = strtok(at, " ")); at = NULL)
        if (!config_set_pair(&c, pair, &err))
            fail_msg("%s", err.text);
    return c;
}

/* ---- what is run ------------------------------------------------------- */

struct program {
    struct config config;
    const char *path; /* an ELF, or NULL: */
    enum random_kind kind;
    uint64_t seed;
    bool htif;
};

static struct machine *build_program(void *context, struct err *err)
{
    const struct program *p = context;
    struct machine *m = machine_new(&p->config, err);
    if (m && !p->path) {
        random_program(m, p->kind, p->seed);
    } else if (m && !machine_load_elf(m, p->path, p->htif, err)) {
        machine_free(m);
        return NULL;
    }
    return m;
}

static void agree_on_program(struct program *p, const struct shape *s,
                             uint64_t every, uint64_t limit)
{
    char what[400];
    struct lockstep l = { .what = { .build = build_program, .context = p },
                          .every = every,
                          .limit = limit };
    if (p->path)
        snprintf(what, sizeof what, "%s on %s %s", p->path, s->preset, s->set);
    else
        snprintf(what, sizeof what, "random program %" PRIu64 ", %s, on %s %s",
                 p->seed, random_kind_name(p->kind), s->preset, s->set);
    agree(&l, what);
}

/* All ELF files of a pattern, at least so many, as they report their end. */
static void agree_on_files(const char *pattern, size_t least, bool htif,
                           const struct shape *s, uint64_t every,
                           uint64_t limit)
{
    glob_t found;
    struct program p = { .config = config_of(s, ""), .htif = htif };
    if (glob(pattern, 0, NULL, &found) != 0 || found.gl_pathc < least)
        fail_msg("too few files %s (make guest)", pattern);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        p.path = found.gl_pathv[i];
        agree_on_program(&p, s, every, limit);
    }
    globfree(&found);
}

/* ---- the machines ------------------------------------------------------ */

static const struct shape presets[] = { { "u54", "" },
                                        { "a53", "" },
                                        { "r4000", "" },
                                        { "tiny", "" },
                                        { "flute", "" } };

#define ALL(policy)                                                            \
    "itlb.policy=" policy " dtlb.policy=" policy " l2tlb.policy=" policy       \
    " rplb.policy=" policy " l1i.policy=" policy " l1d.policy=" policy         \
    " l2.policy=" policy

static const struct shape odd[] = {
    /* L1D: few sets, many, one */
    { "u54", "l1d.bytes=8K l1d.ways=2" },
    { "u54", "l1d.bytes=64K l1d.ways=1" },
    { "u54", "l1d.bytes=1K l1d.ways=1 l1i.bytes=1K l1i.ways=1" },
    { "u54", "l1d.bytes=1K l1d.ways=16 l1i.bytes=1K l1i.ways=16" },
    { "u54", "l1d.bytes=4K l1d.ways=64 l1d.policy=lru "
             "l1i.bytes=4K l1i.ways=64 l1i.policy=lru" },
    /* replacement */
    { "u54", ALL("fifo") " l1d.bytes=2K l1d.ways=4" },
    { "u54", ALL("random") " l1d.bytes=2K dtlb.entries=4" },
    { "u54", ALL("rotate") " l1d.bytes=2K dtlb.entries=4" },
    { "u54", ALL("lru") " l1d.bytes=2K dtlb.entries=4" },
    { "u54", ALL("plru") " itlb.entries=8 dtlb.entries=8 rplb.entries=4" },
    /* TLBs */
    { "u54", "itlb.entries=4 dtlb.entries=2 l2tlb.entries=0" },
    { "u54", "itlb.entries=16 itlb.ways=2 dtlb.entries=16 dtlb.ways=2 "
             "tlb.entries_2m=4 tlb.entries_1g=2" },
    { "u54", "dtlb.entries=16 dtlb.ways=4 dtlb.policy=plru" },
    { "u54", "dtlb.entries=32 dtlb.ways=1 itlb.entries=32 itlb.ways=1" },
    { "u54", "walk.path=memory walk.iread=7 walk.dread=9 hw_ad=on" },
    { "u54", "tlb.sfence=all asid.bits=0" },
    { "u54", "rplb.entries=64 rplb.ientries=16" },
    /* lines, levels */
    { "u54", "line.bytes=16" },
    { "u54", "line.bytes=256" },
    { "u54", "l2.bytes=0" },
    { "u54", "l1d.bytes=0" },
    { "u54", "l1i.bytes=0" },
    { "u54", "l1d.bytes=0 l1i.bytes=0 l2.bytes=0" },
    { "u54", "fence.drops=l1d fencei.drops=both" },
    /* stores that are posted */
    { "u54", "l2.bytes=0 l1d.write=through stores.order=drain stores.depth=4 "
             "stores.drain=10 stores.same=3 stores.ack=5 stores.next=1" },
    { "u54", "l2.bytes=0 l1d.write=through stores.order=pass stores.depth=2 "
             "stores.drain=10 stores.same=3 stores.ack=5" },
    /* several harts */
    { "u54", "harts=2" },
    { "u54", "harts=4 harts.quantum=100 l1d.bytes=2K l1d.policy=lru" },
    /* the core */
    { "u54", "attribution=off" },
    { "u54", "misaligned=ok" },
    { "u54", "branch.predictor=static pipeline.load_use=5" },
    { "u54", "branch.predictor=next branch.btb=16 pipeline.load_use=0" },
    { "u54", "branch.btb=1 branch.ras=1 branch.mispredict=0" },
    { "u54", "pipeline.divider=serial pipeline.load_use=5" },
};

#define EACH(i, list) (size_t i = 0; i < sizeof list / sizeof list[0]; i++)

/* ---- the tests --------------------------------------------------------- */

static void guest_tests(void **state)
{
    (void)state;
    for
        EACH(i, presets)
    agree_on_files("build/guest/tests/*.elf", 20, true, &presets[i], 997,
                   50000);
    for
        EACH(i, odd)
    agree_on_files("build/guest/tests/*.elf", 20, true, &odd[i], 9973, 30000);
}

static void random_programs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct program p = { .seed = seed };
        const struct shape *s = seed <= 5
                                    ? &presets[seed - 1]
                                    : &odd[seed % (sizeof odd / sizeof odd[0])];
        p.config = config_of(s, "ram.bytes=2M");
        for (p.kind = 0; p.kind < RANDOM_KINDS; p.kind++)
            agree_on_program(&p, s, 4999, 30000);
    }
}

/* The seeds are those of the first programs of make test against QEMU. */
static void fuzz_programs(void **state)
{
    (void)state;
    const char *build = getenv("OPALITE_BUILD");
    char path[300], command[1000];
    build = build ? build : "build/release";
    snprintf(path, sizeof path, "%s/lockstep.elf", build);
    for (unsigned seed = 1; seed <= 60; seed++) {
        const struct shape *s = &odd[seed % (sizeof odd / sizeof odd[0])];
        struct program p = { .config = config_of(s, "hw_ad=on"), .path = path };
        snprintf(command, sizeof command,
                 "%s/fuzz-generate %u build/guest/fuzz/runtime.elf %s", build,
                 seed, path);
        assert_int_equal(system(command), 0);
        agree_on_program(&p, s, 20011, 100000);
    }
    remove(path);
}

static void benchmark_programs(void **state)
{
    (void)state;
    for
        EACH(i, presets)
    agree_on_files("build/guest/bench/*.elf", 3, true, &presets[i], 99991,
                   500000);
    for
        EACH(i, odd)
    agree_on_files("build/guest/bench/*.elf", 3, true, &odd[i], 49999, 100000);
}

static void fidelity_programs(void **state)
{
    (void)state;
    agree_on_files("tests/fidelity/elf/*.elf", 16, true, &presets[4], 199999,
                   800000);
}

static struct machine *build_board(void *context, struct err *err)
{
    const struct shape s = { "u54", "ram.bytes=64M" };
    const struct config c = config_of(&s, "");
    struct machine *m = machine_new(&c, err);
    if (m && !firmware_load(m, context, err)) {
        machine_free(m);
        return NULL;
    }
    return m;
}

/* OpenSBI, and U-Boot as far as it comes; then what is typed. */
static void firmware(void **state)
{
    (void)state;
    struct firmware_files files = { .firmware = OPENSBI, .kernel = UBOOT };
    struct typed script = { .count = 0 };
    assert_true(typed_add(&script, TYPED_EXPECT, "stop autoboot") &&
                typed_add(&script, TYPED_SEND, " ") &&
                typed_add(&script, TYPED_EXPECT, "=> "));
    struct lockstep l = { .what = { .build = build_board,
                                    .context = &files,
                                    .script = &script,
                                    .files = &files },
                          .every = 1000003,
                          .limit = 30000000 };
    agree(&l, "OpenSBI and U-Boot");
}

static void agree_on_scenarios(const char *pattern, size_t least,
                               const char *preset, uint64_t limit)
{
    static const char *const set[] = { "quick=1" };
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0 || found.gl_pathc < least)
        fail_msg("too few files %s", pattern);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const struct session_options o = { .path = found.gl_pathv[i],
                                           .preset = preset,
                                           .seed = 1,
                                           .set = set,
                                           .set_count = 1,
                                           .out_dir = "/tmp/opalite-lockstep" };
        struct lockstep l = { .what = { .scenario = &o },
                              .every = 199999,
                              .limit = limit };
        agree(&l, o.path);
    }
    globfree(&found);
}

static void scenarios(void **state)
{
    (void)state;
    agree_on_scenarios("scenarios/*.lua", 7, NULL, 3000000);
    agree_on_scenarios("scenarios/0[1235]*.lua", 4, "r4000", 600000);
    agree_on_scenarios("scenarios/0[1235]*.lua", 4, "tiny", 600000);
    assert_int_equal(system("rm -rf /tmp/opalite-lockstep"), 0);
}

static void kernel_tests(void **state)
{
    (void)state;
    agree_on_scenarios("tests/os/*.lua", 14, NULL, 1000000);
}

/* ---- the comparison itself --------------------------------------------- */

/* Makes every other machine with a slower divider. */
struct trick {
    struct program program;
    unsigned made;
};

static struct machine *build_trick(void *context, struct err *err)
{
    struct trick *t = context;
    t->program.config.cpu.div_cycles = t->made++ % 2 ? 30 : 20;
    return build_program(&t->program, err);
}

/* The first division is found, and told with what came before. */
static void a_difference_is_found(void **state)
{
    (void)state;
    const struct shape s = { "u54", "" };
    struct trick t = { .program = { .config = config_of(&s, "ram.bytes=2M"),
                                    .path = "build/guest/tests/muldiv.elf" } };
    struct lockstep l = { .what = { .build = build_trick, .context = &t },
                          .every = 100,
                          .limit = 100000 };
    struct err err;
    assert_int_equal(lockstep_run(&l, &err), LOCKSTEP_DIFFERENT);
    assert_true(l.last_equal > 100);
    assert_int_equal(l.first_different, l.last_equal + 1);
    assert_string_equal(
        l.differences.text[0],
        strstr(l.differences.text[0], "cpu.mmu.accounts.total"));
    char *fast = strstr(l.story, "fast engine: cycle"), *line = fast - 1;
    assert_non_null(fast);
    while (line[-1] != '\n')
        line--;
    *fast = 0;
    if (!strstr(line, "  div") && !strstr(line, "  rem"))
        fail_msg("no division: %s", line);
}

static struct machine *program_machine(uint64_t seed)
{
    const struct shape s = { "u54", "l1d.policy=lru" };
    struct program p = { .config = config_of(&s, "ram.bytes=2M"),
                         .kind = RANDOM_USER,
                         .seed = seed };
    struct err err;
    const struct run_limits limits = { .max_insns = 20000 };
    struct machine *m = build_program(&p, &err);
    assert_non_null(m);
    machine_run(m, &limits);
    return m;
}

/* What was changed in one of two equal machines is named. */
static void see(struct machine *a, struct machine *b, const char *named)
{
    struct differences d = { 0 };
    assert_false(machine_compare(a, b, &d));
    if (!strstr(d.text[0], named))
        fail_msg("%s: the first difference is: %s", named, d.text[0]);
}

static void every_part_is_compared(void **state)
{
    (void)state;
    struct machine *a = program_machine(3), *b = program_machine(3);
    struct mmu *m = &b->now->cpu.mmu;
    struct differences d = { 0 };
    assert_true(machine_compare(a, b, &d));
    assert_int_equal(d.count, 0);

#define CHANGE(place, to, named)                                               \
    do {                                                                       \
        __typeof__(place) was = place;                                         \
        place = to;                                                            \
        see(a, b, named);                                                      \
        place = was;                                                           \
    } while (0)
    CHANGE(b->now->cpu.x[7], was + 1, "x7");
    CHANGE(b->now->cpu.csr.sscratch, was + 1, "cpu.csr");
    CHANGE(b->now->cpu.timing.last, (uint8_t)(was ^ 1), "cpu.timing.last");
    CHANGE(b->now->cpu.timing.btb[2].target, was + 2,
           "branch predictor, entry 2");
    CHANGE(m->stats[UNIT_DTLB].gifts, was + 1, "dtlb.gifts");
    CHANGE(m->stores.free, was + 1, "cpu.mmu.stores.free");
    CHANGE(m->alone.now->unit[UNIT_L1I].turn, was + 1, "alone copy");
    CHANGE(b->bus.ram[0x123456], (uint8_t)(was ^ 1), "RAM at 0x80123456");
    CHANGE(b->events.ring[0].va, was + 1, "event 0 (");
    CHANGE(b->now->ledger.folded_late, was + 1, "ledger.folded_late");
    CHANGE(b->plic.priority[3], (uint8_t)(was ^ 1), "plic.priority[3]");

    struct assoc *dtlb = &m->unit[UNIT_DTLB].array;
    uint32_t first = 0, second;
    while (!dtlb->entry[first].valid)
        assert_true(++first < assoc_entries(dtlb));
    second = first + 1;
    while (!dtlb->entry[second].valid)
        assert_true(++second < assoc_entries(dtlb));
    uint64_t other = dtlb->stamp[first] < dtlb->stamp[second] ? UINT64_MAX : 1;
    CHANGE(dtlb->entry[first].rights, (uint8_t)(was ^ 8), "dtlb entry");
    CHANGE(dtlb->stamp[first], other, "dtlb set 0: order of use");
    struct miss_history *h = &m->unit[UNIT_L1D].history;
    CHANGE(h->seen[100], ~was, "l1d: keys ever filled");
    CHANGE(h->node[h->node[0].newer].first, was + 1, "l1d: the shadow");
    machine_free(a);
    machine_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_is_found),
        cmocka_unit_test(every_part_is_compared),
        cmocka_unit_test(random_programs),
        cmocka_unit_test(guest_tests),
        cmocka_unit_test(scenarios),
        cmocka_unit_test(kernel_tests),
        cmocka_unit_test(fuzz_programs),
        cmocka_unit_test(benchmark_programs),
        cmocka_unit_test(fidelity_programs),
        cmocka_unit_test(firmware),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
