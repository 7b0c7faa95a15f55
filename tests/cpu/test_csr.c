/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All 4096 CSR numbers from all modes against the rules of Priv 2.1; WARL
 * masks over random values; peeks without effects; the connections from CSRs
 * to the memory system.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cpu/harness.h"

static const uint8_t modes[] = { PRIV_U, PRIV_S, PRIV_M };

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static struct board *board_new(void)
{
    struct board *b = malloc(sizeof *b);
    struct board_config config = board_default();
    board_init(b, &config);
    return b;
}

static void board_end(struct board *b)
{
    board_free(b);
    free(b);
}

static bool listed(unsigned number)
{
    struct csr_info info;
    for (unsigned i = 0; csr_each(i, &info); i++)
        if (info.number == number)
            return true;
    return false;
}

/* With everything enabled, a CSR can be read from its own privilege upwards,
 * and written unless it is read-only. */
static void test_every_number_from_every_mode(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    for (unsigned m = 0; m < 3; m++) {
        for (unsigned number = 0; number < 4096; number++) {
            cpu_reset(c, BOARD_RAM, 0, 0);
            c->csr.mcounteren = c->csr.scounteren = 0xffffffff;
            c->csr.menvcfg = ENVCFG_STCE;
            c->csr.mxsas = MXSAS_ENABLE;
            c->privilege = modes[m];
            uint64_t value;
            bool there = listed(number);
            bool may = modes[m] >= (number >> 8 & 3);
            bool read_only = number >> 10 == 3;
            assert_int_equal(csr_name((uint16_t)number) != NULL, there);
            assert_int_equal(cpu_peek_csr(c, (uint16_t)number, &value), there);
            assert_int_equal(csr_read(c, (uint16_t)number, &value),
                             there && may);
            assert_int_equal(csr_write(c, (uint16_t)number, 0),
                             there && may && !read_only);
        }
    }
    board_end(b);
}

/* Writing twice the same changes nothing more, and what is read back can be
 * written and read back again: WARL. */
static void test_what_is_read_is_legal(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    uint64_t seed = 3;
    struct csr_info info;
    c->csr.mxsas = MXSAS_ENABLE;
    for (unsigned i = 0; csr_each(i, &info); i++) {
        bool counts =
            strstr(info.name, "cycle") || strstr(info.name, "instret");
        if (info.read_only || counts || info.number == CSR_mxsas)
            continue;
        for (unsigned n = 0; n < 200; n++) {
            uint64_t first, second;
            assert_true(csr_write(c, info.number, random_next(&seed)));
            assert_true(csr_read(c, info.number, &first));
            assert_true(csr_write(c, info.number, first));
            assert_true(csr_read(c, info.number, &second));
            if (first != second)
                fail_msg("%s: 0x%llx becomes 0x%llx", info.name,
                         (unsigned long long)first, (unsigned long long)second);
        }
    }
    board_end(b);
}

static void test_peeks_change_nothing(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *before = malloc(sizeof *before);
    struct csr_info info;
    uint64_t value;
    memcpy(before, &b->cpu, sizeof *before);
    for (unsigned i = 0; csr_each(i, &info); i++) {
        assert_true(cpu_peek_csr(&b->cpu, info.number, &value));
        assert_true(csr_read(&b->cpu, info.number, &value) ||
                    info.number >> 4 == 0x5c);
    }
    assert_memory_equal(before, &b->cpu, sizeof *before);
    free(before);
    board_end(b);
}

static void test_asid_width(void **state)
{
    (void)state;
    for (int64_t bits = 0; bits <= 16; bits++) {
        struct board *b = malloc(sizeof *b);
        struct board_config config = board_default();
        config.mmu.asid_bits = bits;
        board_init(b, &config);
        uint64_t value, satp = UINT64_C(9) << 60 | UINT64_C(0xffff) << 44 | 77;
        assert_true(csr_write(&b->cpu, CSR_satp, satp));
        assert_true(csr_read(&b->cpu, CSR_satp, &value));
        assert_true(value == (UINT64_C(9) << 60 |
                              ((UINT64_C(1) << bits) - 1) << 44 | 77));
        board_end(b);
    }
}

static void test_satp_modes(void **state)
{
    (void)state;
    struct board *b = board_new();
    uint64_t value;
    for (uint64_t mode = 0; mode < 16; mode++) {
        assert_true(csr_write(&b->cpu, CSR_satp, UINT64_C(8) << 60 | 5));
        assert_true(csr_write(&b->cpu, CSR_satp, mode << 60 | 6));
        assert_true(csr_read(&b->cpu, CSR_satp, &value));
        bool built = mode == 0 || mode == 8 || mode == 9 || mode == 10;
        assert_true(value == (built ? mode << 60 | 6 : UINT64_C(8) << 60 | 5));
    }
    board_end(b);
}

static void test_memory_system_is_told(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    const struct mmu_regs *regs = &c->mmu.regs;
    assert_true(regs->hw_ad); /* hw_ad = on: ADUE is 1 after reset */
    assert_true(board_csr(b, CSR_menvcfg) == ENVCFG_ADUE);
    assert_true(csr_write(c, CSR_menvcfg, 0));
    assert_false(regs->hw_ad);
    assert_true(csr_write(c, CSR_sstatus, STATUS_SUM));
    assert_true(regs->sum && !regs->mxr);
    assert_true(csr_write(c, CSR_mstatus, STATUS_MXR));
    assert_true(!regs->sum && regs->mxr);
    assert_true(csr_write(c, CSR_mstatus,
                          STATUS_MPRV | (uint64_t)PRIV_S << STATUS_MPP_SHIFT));
    assert_int_equal(c->data_privilege, PRIV_S);
    assert_true(csr_write(c, CSR_mstatus, STATUS_MPRV));
    assert_int_equal(c->data_privilege, PRIV_U);
    assert_true(csr_write(c, CSR_mstatus, 0));
    assert_int_equal(c->data_privilege, PRIV_M);

    assert_true(csr_write(c, CSR_mxsas, 1));
    c->step.events = 0;
    assert_true(csr_write(c, CSR_sdomain, 0x12345));
    assert_int_equal(regs->domain, 0x2345);
    assert_int_equal(c->step.events, STEP_CONTEXT);
    c->step.events = 0;
    assert_true(csr_write(c, CSR_sprot, SPROT_RPLB | SPROT_HWREFILL));
    assert_true(regs->sprot == (SPROT_RPLB | SPROT_HWREFILL));
    assert_int_equal(c->step.events, STEP_CONTEXT);
    c->step.events = 0;
    assert_true(csr_write(c, CSR_satp, 0));
    assert_int_equal(c->step.events, STEP_CONTEXT);
    c->step.events = 0;
    assert_true(csr_write(c, CSR_srtable, UINT64_MAX));
    assert_true(regs->srtable == 0x00fffffffffff01f);
    board_end(b);
}

static void test_reset_forgets(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    struct csr_info info;
    uint64_t *values = calloc(4096, sizeof *values);
    cpu_reset(c, BOARD_RAM, 3, 0x1234);
    for (unsigned i = 0; csr_each(i, &info); i++)
        values[info.number] = board_csr(b, info.number);
    assert_int_equal(values[CSR_mhartid], 3);
    assert_int_equal(values[CSR_stimecmp], UINT64_MAX);
    assert_true(c->x[10] == 3 && c->x[11] == 0x1234);
    uint64_t seed = 5;
    csr_write(c, CSR_mxsas, 1);
    for (unsigned i = 0; csr_each(i, &info); i++)
        if (info.number != CSR_mxsas)
            csr_write(c, info.number, random_next(&seed));
    c->mmu.accounts.total = 5000;
    c->instret = 700;
    c->privilege = PRIV_U;
    c->waiting = true;
    cpu_reset(c, BOARD_RAM, 3, 0x1234);
    for (unsigned i = 0; csr_each(i, &info); i++)
        if (info.number != CSR_time &&
            values[info.number] != board_csr(b, info.number))
            fail_msg("%s survives a reset", info.name);
    assert_int_equal(c->privilege, PRIV_M);
    assert_false(c->waiting);
    free(values);
    board_end(b);
}

/* TLBs and RPLB are empty after a reset, as after power-on. */
static void test_reset_empties_the_units(void **state)
{
    (void)state;
    static const uint32_t nop = 0x13;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    uint64_t root = BOARD_RAM + 0x4000;
    board_write(b, root + 16, BOARD_RAM >> 2 | 0xdf); /* 1:1, for users */
    for (unsigned round = 0; round < 2; round++) {
        board_load_words(b, BOARD_RAM, &nop, 1); /* resets */
        c->csr.mxsas = MXSAS_ENABLE;
        c->csr.mtvec = BOARD_RAM + 0x1000;
        assert_true(csr_write(c, CSR_satp, UINT64_C(8) << 60 | root >> 12));
        assert_true(csr_write(c, CSR_sprot, SPROT_RPLB));
        c->privilege = PRIV_U;
        cpu_step(c); /* no range */
        assert_int_equal(c->step.cause, CAUSE_RPLB_MISS_FETCH);
        mmu_rplb_fill(&c->mmu, 0, UINT64_MAX, RIGHT_X | RPLB_FILL_I);
        c->pc = BOARD_RAM;
        c->privilege = PRIV_U;
        cpu_step(c);
        assert_true(c->step.retired);
        assert_int_equal(c->step.fetch.tlb.result, LOOKUP_MISS);
    }
    board_end(b);
}

/* time = floor(clock x timebase / core), and back, over awkward ratios. */
static void test_time_is_exact(void **state)
{
    (void)state;
    static const uint64_t ratio[][2] = { { 10000000, 1500000000 },
                                         { 32768, 999999937 },
                                         { 1000000000, 33333333 },
                                         { 1, 1 },
                                         { 10000000000, 1000000 } };
    uint64_t seed = 17;
    for (size_t i = 0; i < sizeof ratio / sizeof *ratio; i++) {
        struct board *b = malloc(sizeof *b);
        struct board_config config = board_default();
        config.cpu.timebase_hz = ratio[i][0];
        config.cpu.core_hz = ratio[i][1];
        board_init(b, &config);
        struct cpu *c = &b->cpu;
        for (unsigned n = 0; n < 3000; n++) {
            uint64_t clock = random_next(&seed) >> (random_next(&seed) & 63);
            c->mmu.accounts.total = clock;
            unsigned __int128 exact =
                (unsigned __int128)clock * ratio[i][0] / ratio[i][1];
            if (exact >> 63)
                continue; /* mtime itself would wrap */
            assert_true(cpu_time(c) == (uint64_t)exact);
            assert_true(cpu_cycle_of_time(c, cpu_time(c)) == clock);
            uint64_t later = cpu_time(c) + 1 + (random_next(&seed) >> 40);
            uint64_t cycle = cpu_cycle_of_time(c, later);
            if (cycle == UINT64_MAX)
                continue;
            assert_true(cycle > clock);
            c->mmu.accounts.total = cycle;
            assert_true(cpu_time(c) >= later);
            c->mmu.accounts.total = cycle - 1;
            assert_true(cpu_time(c) < later);
        }
        c->mmu.accounts.total = 1000000;
        cpu_set_time(c, 5);
        assert_true(cpu_time(c) == 5);
        assert_true(board_csr(b, CSR_time) == 5);
        assert_true(cpu_cycle_of_time(c, 6) > 1000000);
        assert_true(cpu_cycle_of_time(c, UINT64_MAX) >= 1000000);
        board_end(b);
    }
}

static void test_deadline(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *c = &b->cpu; /* 10 cycles a tick */
    assert_true(cpu_next_deadline(c) == UINT64_MAX);
    assert_true(csr_write(c, CSR_stimecmp, 100));
    assert_true(cpu_next_deadline(c) == UINT64_MAX); /* STCE is 0 */
    assert_true(csr_write(c, CSR_menvcfg, ENVCFG_STCE));
    assert_true(cpu_next_deadline(c) == 1000);
    c->mmu.accounts.total = 999;
    assert_false(board_csr(b, CSR_mip) & MIP_STIP);
    c->mmu.accounts.total = 1000;
    assert_true(board_csr(b, CSR_mip) & MIP_STIP);
    assert_true(cpu_next_deadline(c) == UINT64_MAX); /* it has fired */
    assert_true(csr_write(c, CSR_menvcfg, 0)); /* STIP is software's now */
    assert_true(csr_write(c, CSR_mip, MIP_STIP));
    assert_true(csr_write(c, CSR_menvcfg, ENVCFG_STCE));
    cpu_set_time(c, 50);
    assert_false(board_csr(b, CSR_mip) & MIP_STIP);
    assert_true(cpu_next_deadline(c) == 1500);
    board_end(b);
}

/* Each event's counter follows its own source, from any value on. */
static void test_event_counters(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    static const uint64_t grown[HPM_EVENT_COUNT] = {
        [HPM_none] = 0,
        [HPM_itlb_miss] = 10 + UNIT_ITLB,
        [HPM_dtlb_miss] = 10 + UNIT_DTLB,
        [HPM_l2tlb_miss] = 10 + UNIT_L2TLB,
        [HPM_l1i_miss] = 10 + UNIT_L1I,
        [HPM_l1d_miss] = 10 + UNIT_L1D,
        [HPM_l2_miss] = 10 + UNIT_L2,
        [HPM_irplb_miss] = 10 + UNIT_IRPLB,
        [HPM_drplb_miss] = 10 + UNIT_DRPLB,
        [HPM_branch] = 40,
        [HPM_branch_mispredict] = 50,
        [HPM_late_miss] = UNIT_COUNT,
    };
    for (unsigned e = 0; e < HPM_EVENT_COUNT; e++) {
        assert_true(csr_write(c, (uint16_t)(CSR_mhpmevent3 + e), e));
        assert_true(csr_write(c, (uint16_t)(CSR_mhpmcounter3 + e), 1000 - e));
    }
    for (unsigned u = 0; u < UNIT_COUNT; u++) {
        c->mmu.stats[u].misses += 10 + u;
        c->mmu.stats[u].late++;
    }
    c->timing.branches += 40;
    c->timing.mispredicts += 50;
    for (unsigned e = 0; e < HPM_EVENT_COUNT; e++)
        assert_int_equal(board_csr(b, (uint16_t)(CSR_mhpmcounter3 + e)),
                         1000 - e + grown[e]);
    board_end(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number_from_every_mode),
        cmocka_unit_test(test_what_is_read_is_legal),
        cmocka_unit_test(test_peeks_change_nothing),
        cmocka_unit_test(test_asid_width),
        cmocka_unit_test(test_satp_modes),
        cmocka_unit_test(test_memory_system_is_told),
        cmocka_unit_test(test_reset_forgets),
        cmocka_unit_test(test_reset_empties_the_units),
        cmocka_unit_test(test_time_is_exact),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_event_counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
