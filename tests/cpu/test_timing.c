/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipeline's prices, counted by hand: one cycle an instruction, load-use,
 * multiplication and division, prediction in both kinds, the return stack,
 * traps. Each measurement is the FOR_EXECUTE, FOR_STALL and FOR_TRAP cycles of
 * a few instructions, so caches and TLBs do not matter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cpu/harness.h"

#define CODE BOARD_RAM

/* Words by format: enough for these tests. */
#define I(op, f3, rd, rs1, imm)                                                \
    ((uint32_t)(imm) << 20 | (uint32_t)(rs1) << 15 | (f3) << 12 |              \
     (uint32_t)(rd) << 7 | (op))
#define R(op, f3, f7, rd, rs1, rs2)                                            \
    ((uint32_t)(f7) << 25 | (uint32_t)(rs2) << 20 | (uint32_t)(rs1) << 15 |    \
     (f3) << 12 | (uint32_t)(rd) << 7 | (op))
#define ADDI(rd, rs1, imm)  I(0x13, 0u, rd, rs1, (imm)&0xfff)
#define ADD(rd, rs1, rs2)   R(0x33, 0u, 0u, rd, rs1, rs2)
#define MUL(rd, rs1, rs2)   R(0x33, 0u, 1u, rd, rs1, rs2)
#define DIV(rd, rs1, rs2)   R(0x33, 4u, 1u, rd, rs1, rs2)
#define DIVU(rd, rs1, rs2)  R(0x33, 5u, 1u, rd, rs1, rs2)
#define REM(rd, rs1, rs2)   R(0x33, 6u, 1u, rd, rs1, rs2)
#define LD(rd, rs1, imm)    I(0x03, 3u, rd, rs1, imm)
#define SD(rs2, rs1)        R(0x23, 3u, 0u, 0, rs1, rs2)
#define AMOADD(rd, rs1, r2) R(0x2f, 3u, 0u, rd, rs1, r2)
#define CSRR(rd, csr)       I(0x73, 2u, rd, 0, csr)
#define JALR(rd, rs1)       I(0x67, 0u, rd, rs1, 0)
#define BEQ_PLUS_8          0x00000463u /* beq x0, x0, +8 */
#define BNE_A0_MINUS_4      0xfe051ee3u /* bne a0, x0, -4 */
#define BNE_A0_PLUS_8       0x00051463u /* bne a0, x0, +8 */
#define JAL_RA_PLUS_8       0x008000efu
#define JAL_PLUS_8          0x0080006fu
#define JAL_MINUS_4         0xffdff06fu
#define ECALL               0x00000073u
#define MRET                0x30200073u
#define FENCE               0x0ff0000fu
#define FENCE_I             0x0000100fu
#define NOP                 ADDI(0, 0, 0)

enum { A0 = 10, A1, A2, A3 };

struct cost {
    uint64_t execute, stall, trap;
};

static struct cost cost_now(const struct board *b)
{
    const struct accounts *a = &b->cpu.mmu.accounts;
    return (struct cost){ a->cell[FOR_EXECUTE][IN_CORE],
                          a->cell[FOR_STALL][IN_CORE],
                          a->cell[FOR_TRAP][IN_CORE] };
}

/* The price of the next n steps. */
static struct cost measure(struct board *b, unsigned n)
{
    struct cost before = cost_now(b);
    while (n--)
        board_step(b);
    struct cost after = cost_now(b);
    return (struct cost){ after.execute - before.execute,
                          after.stall - before.stall,
                          after.trap - before.trap };
}

static struct board *board_new(const struct board_config *config)
{
    struct board *b = malloc(sizeof *b);
    board_init(b, config);
    return b;
}

static void board_end(struct board *b)
{
    board_free(b);
    free(b);
}

static void load_code(struct board *b, const uint32_t *words, size_t bytes)
{
    board_load_words(b, CODE, words, bytes / sizeof *words);
    b->cpu.x[A1] = BOARD_RAM + 0x10000;
    b->cpu.csr.mtvec = BOARD_RAM + 0x1000;
}

static void assert_cost(struct cost c, uint64_t execute, uint64_t stall,
                        uint64_t trap)
{
    assert_int_equal(c.execute, execute);
    assert_int_equal(c.stall, stall);
    assert_int_equal(c.trap, trap);
}

static void test_one_cycle_each(void **state)
{
    (void)state;
    static const uint32_t code[] = { NOP, ADD(A0, A0, A0), ADDI(A0, A0, 1),
                                     LD(A2, A1, 0), SD(A0, A1) };
    struct board_config config = board_default();
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    assert_cost(measure(b, 5), 5, 0, 0);
    board_end(b);
}

static void test_load_use(void **state)
{
    (void)state;
    static const uint32_t code[] = {
        LD(A2, A1, 0),     ADD(A0, A2, A0), /* rs1: waits */
        LD(A2, A1, 0),     ADD(A0, A0, A2), /* rs2: waits */
        LD(A2, A1, 0),     NOP,
        ADD(A0, A2, A2),                    /* one between: no wait */
        LD(A2, A1, 0),     ADDI(A2, A0, 0), /* only written: no wait */
        LD(A2, A1, 0),     SD(A2, A1),      /* store data: waits */
        LD(0, A1, 0),      NOP,             /* x0 is never waited for */
        AMOADD(A2, A1, 0), ADD(A0, A2, 0),  /* an AMO loads too */
    };
    struct board_config config = board_default();
    config.cpu.load_use = 3;
    config.cpu.amo_cycles = 1;
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    static const uint64_t stalls[] = { 0, 3, 0, 3, 0, 0, 0, 0,
                                       0, 0, 3, 0, 0, 0, 3 };
    for (size_t i = 0; i < sizeof stalls / sizeof *stalls; i++)
        assert_cost(measure(b, 1), 1, stalls[i], 0);
    board_end(b);
}

static void test_prices_by_class(void **state)
{
    (void)state;
    static const uint32_t code[] = { MUL(A0, A0, A0), AMOADD(A0, A1, A0),
                                     CSRR(A0, 0x340), FENCE, FENCE_I };
    struct board_config config = board_default();
    config.cpu.mul_cycles = 7;
    config.cpu.amo_cycles = 11;
    config.cpu.csr_cycles = 13;
    config.cpu.fence_cycles = 17;
    config.cpu.fencei_cycles = 19;
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    for (uint64_t i = 0; i < 5; i++)
        assert_cost(measure(b, 1), (uint64_t[]){ 7, 11, 13, 17, 19 }[i], 0, 0);
    board_end(b);
}

static void test_division_by_quotient_bits(void **state)
{
    (void)state;
    static const struct {
        uint64_t a, b;
        uint32_t op;
        unsigned bits;
    } cases[] = {
        { 100, 7, DIV(A0, A2, A3), 4 },            /* 14 */
        { (uint64_t)-100, 7, DIV(A0, A2, A3), 4 }, /* magnitude */
        { (uint64_t)-100, 7, DIVU(A0, A2, A3), 62 },
        { 100, 7, REM(A0, A2, A3), 4 }, /* remainder: the same division */
        { 3, 7, DIV(A0, A2, A3), 0 },   /* quotient 0 */
        { 3, 0, DIV(A0, A2, A3), 0 },   /* divisor 0 */
        { UINT64_MAX, 1, DIVU(A0, A2, A3), 64 },
        { UINT64_C(1) << 63, (uint64_t)-1, DIV(A0, A2, A3), 64 },
    };
    struct board_config config = board_default();
    config.cpu.div_cycles = 5;
    config.cpu.div_per_bit = 2;
    struct board *b = board_new(&config);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        load_code(b, &cases[i].op, sizeof cases[i].op);
        b->cpu.x[A2] = cases[i].a;
        b->cpu.x[A3] = cases[i].b;
        assert_cost(measure(b, 1), 5 + 2 * cases[i].bits, 0, 0);
    }
    board_end(b);
}

static void test_static_prediction(void **state)
{
    (void)state;
    static const uint32_t code[] = { NOP,
                                     BNE_A0_MINUS_4, /* backward */
                                     BEQ_PLUS_8,     /* forward, taken */
                                     NOP,
                                     BNE_A0_PLUS_8, /* forward, not taken */
                                     JAL_PLUS_8,
                                     NOP,
                                     ADDI(A0, A1, 0), /* then jalr */
                                     JALR(0, A2) };
    struct board_config config = board_default();
    config.cpu.predictor = PREDICTOR_STATIC;
    config.cpu.mispredict = 9;
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    b->cpu.x[A0] = 1;
    b->cpu.x[A2] = CODE;
    assert_cost(measure(b, 2), 2, 0, 0); /* taken backward: right */
    board_step(b);
    b->cpu.x[A0] = 0;
    assert_cost(measure(b, 1), 1, 9, 0); /* not taken backward: wrong */
    assert_cost(measure(b, 1), 1, 9, 0); /* taken forward: wrong */
    assert_cost(measure(b, 1), 1, 0, 0); /* not taken forward: right */
    assert_cost(measure(b, 1), 1, 0, 0); /* jal: right */
    board_step(b);
    assert_cost(measure(b, 1), 1, 9, 0); /* jalr: wrong */
    board_end(b);
}

/* A loop of one conditional branch, backwards: taken n times. */
static void test_btb_learns_a_loop(void **state)
{
    (void)state;
    static const uint32_t code[] = { NOP, BNE_A0_MINUS_4, JAL_MINUS_4 };
    struct board_config config = board_default();
    config.cpu.mispredict = 9;
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    b->cpu.x[A0] = 1;
    board_step(b);
    assert_cost(measure(b, 1), 1, 9, 0); /* first time: unknown */
    for (int i = 0; i < 5; i++)          /* counter 2, then 3 */
        assert_cost(measure(b, 2), 2, 0, 0);
    b->cpu.x[A0] = 0;
    board_step(b);
    assert_cost(measure(b, 1), 1, 9, 0); /* leaves the loop: 3 -> 2 */
    b->cpu.x[A0] = 1;
    assert_cost(measure(b, 1), 1, 9, 0); /* jal, first time */
    assert_cost(measure(b, 1), 1, 0, 0); /* still predicted taken */
    b->cpu.x[A0] = 0;
    board_step(b);
    assert_cost(measure(b, 1), 1, 9, 0); /* 3 -> 2 */
    assert_cost(measure(b, 1), 1, 0, 0); /* jal: known now */
    assert_cost(measure(b, 1), 1, 9, 0); /* 2 -> 1 */
    board_step(b);
    assert_cost(measure(b, 1), 1, 0, 0); /* predicted not taken: right */
    board_end(b);
}

/* Two jumps whose addresses share a slot throw each other out. */
static void test_btb_is_direct_mapped(void **state)
{
    (void)state;
    struct board_config config = board_default();
    config.cpu.mispredict = 9;
    config.cpu.btb_entries = 4; /* index: pc bits 2:1 */
    /* jal +8 at 0 and 8: same slot; they jump to 8 and back. */
    static const uint32_t code[] = { JAL_PLUS_8, NOP,
                                     0xff9ff06fu /* jal -8 */ };
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    assert_cost(measure(b, 6), 6, 54, 0);
    board_end(b);
    config.cpu.btb_entries = 8;
    b = board_new(&config);
    load_code(b, code, sizeof code);
    assert_cost(measure(b, 6), 6, 18, 0);
    board_end(b);
}

static void test_return_stack(void **state)
{
    (void)state;
    /* 0: jal ra, 8; 4: jal x0, -4 (again); 8: jalr x0, ra */
    static const uint32_t code[] = { JAL_RA_PLUS_8, JAL_MINUS_4, JALR(0, 1) };
    struct board_config config = board_default();
    config.cpu.mispredict = 9;
    config.cpu.predictor = PREDICTOR_STATIC;
    config.cpu.ras_entries = 2;
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    for (int i = 0; i < 4; i++)
        assert_cost(measure(b, 3), 3, 0, 0);
    board_end(b);
    config.cpu.ras_entries = 0;
    b = board_new(&config);
    load_code(b, code, sizeof code);
    for (int i = 0; i < 4; i++)
        assert_cost(measure(b, 3), 3, 9, 0); /* each return is wrong */
    board_end(b);
}

/* Three calls deep with a stack of two: the oldest address is forgotten. */
static void test_return_stack_overflows(void **state)
{
    (void)state;
    /* Calls by jal ra; each callee saves ra in a1.. and returns through it. */
    static const uint32_t code[] = {
        JAL_RA_PLUS_8,
        NOP,
        ADDI(A1, 1, 0),
        JAL_RA_PLUS_8,
        ADDI(1, A1, 0) /* 16: not reached in order */,
        ADDI(A2, 1, 0),
        JAL_RA_PLUS_8,
        NOP,
        JALR(0, 1),
    };
    struct board_config config = board_default();
    config.cpu.mispredict = 9;
    config.cpu.predictor = PREDICTOR_STATIC;
    config.cpu.ras_entries = 2;
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    assert_cost(measure(b, 5), 5, 0, 0); /* three calls */
    assert_int_equal(b->cpu.pc, CODE + 32);
    assert_cost(measure(b, 1), 1, 0, 0); /* innermost return: known */
    b->cpu.pc = CODE + 32;
    b->cpu.x[1] = b->cpu.x[A2];
    assert_cost(measure(b, 1), 1, 0, 0); /* the one before: known */
    b->cpu.pc = CODE + 32;
    b->cpu.x[1] = CODE + 4;
    assert_cost(measure(b, 1), 1, 9, 0); /* the first: forgotten */
    board_end(b);
}

static void test_traps(void **state)
{
    (void)state;
    static const uint32_t code[] = { ECALL };
    static const uint32_t handler[] = { MRET };
    struct board_config config = board_default();
    config.cpu.trap_entry = 21;
    config.cpu.trap_exit = 6;
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    assert_true(
        bus_write(&b->bus, BOARD_RAM + 0x1000, handler, sizeof handler));
    assert_cost(measure(b, 1), 0, 0, 21);
    assert_cost(measure(b, 1), 1, 0, 6);
    board_end(b);
}

/* The handler does not wait for a load of the program it interrupted. */
static void test_trap_empties_the_pipeline(void **state)
{
    (void)state;
    static const uint32_t code[] = { LD(A0, A1, 0), ECALL };
    static const uint32_t handler[] = { ADD(A2, A0, A0) };
    struct board_config config = board_default();
    struct board *b = board_new(&config);
    load_code(b, code, sizeof code);
    assert_true(
        bus_write(&b->bus, BOARD_RAM + 0x1000, handler, sizeof handler));
    measure(b, 2);
    assert_cost(measure(b, 1), 1, 0, 0);
    board_end(b);
}

/* Which jumps push and pop: the table of Unpriv 2.5.1, row by row. */
static void test_return_stack_hints(void **state)
{
    (void)state;
    enum { RA = 1, T0 = 5, T1 = 6 };
    static const struct {
        uint8_t rd, rs1;
        bool pops, pushes;
    } cases[] = {
        { 0, T1, false, false }, { T1, T1, false, false },
        { 0, RA, true, false },  { 0, T0, true, false },
        { RA, T1, false, true }, { T0, T1, false, true },
        { RA, T0, true, true },  { T0, RA, true, true },
        { RA, RA, false, true }, { T0, T0, false, true },
    };
    struct board_config config = board_default();
    config.cpu.mispredict = 9;
    config.cpu.predictor = PREDICTOR_STATIC;
    struct board *b = board_new(&config);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* 0: jal ra, +8 pushes 4; 8: the jump under test, to 4 */
        uint32_t code[] = { JAL_RA_PLUS_8, NOP,
                            JALR(cases[i].rd, cases[i].rs1) };
        load_code(b, code, sizeof code);
        b->cpu.x[RA] = b->cpu.x[T0] = b->cpu.x[T1] = CODE + 4;
        board_step(b);
        assert_cost(measure(b, 1), 1, cases[i].pops ? 0 : 9, 0);
        uint32_t left = 1u - cases[i].pops + cases[i].pushes;
        assert_int_equal(b->cpu.timing.ras_count, left);
        if (cases[i].pushes)
            assert_true(b->cpu.timing.ras[b->cpu.timing.ras_top] == CODE + 12);
    }
    board_end(b);
}

static void test_bad_parameters_are_refused(void **state)
{
    (void)state;
    struct board_config config = board_default();
    struct board *b = malloc(sizeof *b);
    struct err err;
    board_init(b, &config);
    struct cpu *c = malloc(sizeof *c);
    config.cpu.btb_entries = 48;
    assert_false(cpu_init(c, &config.cpu, &config.mmu, &b->bus, &err));
    assert_non_null(strstr(err.text, "branch.btb"));
    config = board_default();
    config.cpu.core_hz = 0;
    assert_false(cpu_init(c, &config.cpu, &config.mmu, &b->bus, &err));
    free(c);
    board_end(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_cycle_each),
        cmocka_unit_test(test_load_use),
        cmocka_unit_test(test_prices_by_class),
        cmocka_unit_test(test_division_by_quotient_bits),
        cmocka_unit_test(test_static_prediction),
        cmocka_unit_test(test_btb_learns_a_loop),
        cmocka_unit_test(test_btb_is_direct_mapped),
        cmocka_unit_test(test_return_stack),
        cmocka_unit_test(test_return_stack_overflows),
        cmocka_unit_test(test_traps),
        cmocka_unit_test(test_trap_empties_the_pipeline),
        cmocka_unit_test(test_return_stack_hints),
        cmocka_unit_test(test_bad_parameters_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
