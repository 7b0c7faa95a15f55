/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random programs in random machine states: whatever the guest does, nothing
 * of the host may break (the sanitizers watch), every cycle has its account, a
 * refused instruction changes no register, and the same seed gives the same
 * run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/trap.h"
#include "tests/cpu/harness.h"

#define SEEDS 60
#define STEPS 4000
#define RAM   (1 << 20)

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A word that is often an instruction, with registers and CSRs at random. */
static uint32_t random_word(uint64_t *seed)
{
    uint64_t r = random_next(seed);
    const struct insn_row *row = &insn_rows[1 + r % (INSN_COUNT - 1)];
    uint32_t noise = (uint32_t)(random_next(seed) >> 16);
    if ((r >> 32 & 15) == 0)
        return noise;
    return row->match | (noise & ~row->mask);
}

static void fill(struct board *b, uint64_t *seed)
{
    for (uint64_t at = 0; at < RAM; at += 8)
        board_write(b, BOARD_RAM + at,
                    (uint64_t)random_word(seed) << 32 | random_word(seed));
}

/* Registers that often point into RAM, any mode, any CSR. */
static void shuffle(struct board *b, uint64_t *seed)
{
    struct cpu *c = &b->cpu;
    struct csr_info info;
    c->privilege = PRIV_M;
    for (unsigned i = 0; csr_each(i, &info); i++)
        if (random_next(seed) & 1)
            (void)csr_write(c, info.number, random_next(seed));
    if (random_next(seed) & 3) { /* what was locked before stays so */
        pmp_reset(&c->mmu.pmp);
        mmu_pmp_changed(&c->mmu);
        board_open_pmp(b);
    }
    for (unsigned i = 1; i < 32; i++)
        c->x[i] = random_next(seed) & 3
                      ? BOARD_RAM + (random_next(seed) & (RAM - 1))
                      : random_next(seed);
    c->csr.mtvec = BOARD_RAM + (random_next(seed) & 0xffffd);
    c->csr.stvec = BOARD_RAM + (random_next(seed) & 0xffffd);
    if (random_next(seed) & 3)
        (void)csr_write(c, CSR_satp, 0);
    c->privilege =
        (uint8_t[]){ PRIV_U, PRIV_S, PRIV_M, PRIV_M }[random_next(seed) & 3];
    c->pc = BOARD_RAM + (random_next(seed) & (RAM - 2));
    status_changed(c);
}

static void check_step(const struct cpu *c, const uint64_t before[32],
                       uint64_t instret)
{
    const struct step *s = &c->step;
    assert_true(c->x[0] == 0);
    assert_true(c->privilege == PRIV_U || c->privilege == PRIV_S ||
                c->privilege == PRIV_M);
    assert_int_equal(c->pc & 1, 0);
    assert_true(s->next_pc == c->pc);
    assert_int_equal(c->instret - instret, s->retired);
    if (s->retired)
        assert_false(s->events & STEP_TRAP);
    else
        assert_true(s->events & (STEP_TRAP | STEP_WFI));
    for (unsigned i = 1; i < 32; i++) {
        if (i == s->rd)
            assert_true(s->rd_before == before[i] && s->rd_value == c->x[i]);
        else
            assert_true(c->x[i] == before[i]);
    }
}

static uint64_t digest(const struct board *b, uint64_t sum)
{
    for (unsigned i = 0; i < 32; i++)
        sum = sum * 1099511628211u + b->cpu.x[i];
    return sum * 31 + b->cpu.pc + b->cpu.mmu.accounts.total;
}

static uint64_t run(uint64_t seed, bool check)
{
    struct board *b = malloc(sizeof *b);
    struct board_config config = board_default();
    uint64_t random = seed * 0x9e3779b97f4a7c15 + 1, sum = 0;
    config.ram_bytes = RAM;
    config.cpu.misaligned = seed & 1;
    config.cpu.predictor = seed >> 1 & 1;
    config.cpu.hw_ad = seed >> 2 & 1;
    config.mmu.attribution = (int64_t)(seed >> 3 & 1);
    board_init(b, &config);
    fill(b, &random);
    for (unsigned n = 0; n < STEPS; n++) {
        uint64_t before[32], instret = b->cpu.instret;
        if (n % 200 == 0 || b->cpu.traps_in_a_row > 20 || b->cpu.waiting) {
            b->cpu.waiting = false;
            shuffle(b, &random);
        }
        memcpy(before, b->cpu.x, sizeof before);
        cpu_step(&b->cpu);
        if (check)
            check_step(&b->cpu, before, instret);
        sum = digest(b, sum);
    }
    const struct accounts *a = &b->cpu.mmu.accounts;
    uint64_t cells = 0;
    for (unsigned p = 0; p < PURPOSE_COUNT; p++)
        for (unsigned place = 0; place < PLACE_COUNT; place++)
            cells += a->cell[p][place];
    assert_true(cells == a->total);
    assert_true(b->cpu.instret > STEPS / 20);
    board_free(b);
    free(b);
    return sum;
}

static void test_random_programs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run(seed, true);
}

static void test_same_seed_same_run(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS / 6; seed++)
        assert_true(run(seed, false) == run(seed, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_programs),
        cmocka_unit_test(test_same_seed_same_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
