/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What preset flute adds to the pipeline, counted by hand: dearer stores, the
 * serial divider, system instructions that wait for the pipeline to empty, and
 * the table of next pcs with counters outside the tags.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cpu/harness.h"

#define CODE BOARD_RAM

#define I(op, f3, rd, rs1, imm)                                                \
    ((uint32_t)(imm) << 20 | (uint32_t)(rs1) << 15 | (f3) << 12 |              \
     (uint32_t)(rd) << 7 | (op))
#define R(op, f3, f7, rd, rs1, rs2)                                            \
    ((uint32_t)(f7) << 25 | (uint32_t)(rs2) << 20 | (uint32_t)(rs1) << 15 |    \
     (f3) << 12 | (uint32_t)(rd) << 7 | (op))
#define NOP           I(0x13, 0u, 0, 0, 0)
#define DIV           R(0x33, 4u, 1u, A0, A2, A3)
#define DIVU          R(0x33, 5u, 1u, A0, A2, A3)
#define REM           R(0x33, 6u, 1u, A0, A2, A3)
#define DIVW          R(0x3b, 4u, 1u, A0, A2, A3)
#define SD            R(0x23, 3u, 0u, 0, A1, A2)
#define LR_D          R(0x2f, 3u, 8u, A3, A1, 0)
#define SC_D          R(0x2f, 3u, 12u, A4, A1, A2)
#define AMOADD_D      R(0x2f, 3u, 0u, A3, A1, A2)
#define CSRR_MSCRATCH I(0x73, 2u, A0, 0, 0x340)
#define SFENCE        0x12000073u
#define FENCE         0x0ff0000fu
#define ECALL         0x00000073u
#define MRET          0x30200073u
#define ILLEGAL       0x00000000u
#define BNE_A0_PLUS_8 0x00051463u
#define JAL_PLUS_8    0x0080006fu

enum { A0 = 10, A1, A2, A3, A4 };

/* The pipeline of preset flute. */
static struct board_config flute(void)
{
    struct board_config c = board_default();
    c.cpu.store_extra = 1;
    c.cpu.mul_cycles = 2;
    c.cpu.divider = DIVIDER_SERIAL;
    c.cpu.div_cycles = 3;
    c.cpu.amo_cycles = 1;
    c.cpu.csr_cycles = 5;
    c.cpu.serialize = 2;
    c.cpu.fence_cycles = 69;
    c.cpu.trap_entry = 5;
    c.cpu.trap_illegal = 1;
    c.cpu.trap_exit = 3;
    c.cpu.mispredict = 3;
    c.cpu.predictor = PREDICTOR_NEXT;
    c.cpu.btb_entries = 512;
    c.cpu.ras_entries = 16;
    c.mmu.flush_cycles = 4;
    return c;
}

/* What the pipeline charged so far; caches and TLBs apart. */
static uint64_t core_cycles(const struct board *b)
{
    const struct accounts *a = &b->cpu.mmu.accounts;
    return a->cell[FOR_EXECUTE][IN_CORE] + a->cell[FOR_STALL][IN_CORE] +
           a->cell[FOR_TRAP][IN_CORE];
}

static uint64_t step_cost(struct board *b)
{
    uint64_t before = core_cycles(b);
    board_step(b);
    return core_cycles(b) - before;
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

#define LOAD_CODE(b, code)                                                     \
    board_load_words(b, CODE, code, sizeof(code) / sizeof *(code))

static void expect_costs(struct board *b, const uint64_t *cost, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(step_cost(b), cost[i]);
}
#define EXPECT(b, ...)                                                         \
    expect_costs(b, (const uint64_t[]){ __VA_ARGS__ },                         \
                 sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

static void test_writes_cost_one_more(void **state)
{
    (void)state;
    static const uint32_t code[] = { SD, NOP, LR_D, SC_D, AMOADD_D, NOP };
    struct board_config config = flute();
    struct board *b = board_new(&config);
    LOAD_CODE(b, code);
    b->cpu.x[A1] = CODE + 4096;
    EXPECT(b, 2, 1, 1, 2, 2, 1);
    board_end(b);
}

static void test_serial_division(void **state)
{
    (void)state;
    /* bits + ones + (bits - 1 - trailing zeros) + 3 of the quotient */
    static const struct {
        uint64_t a, b;
        uint32_t op;
        uint64_t cycles;
    } cases[] = {
        { 1000, 3, DIV, 9 + 5 + 8 + 3 }, /* 333 = 101001101: 25 */
        { (uint64_t)-1000, 3, DIV, 25 },
        { 1000, 3, REM, 25 },
        { UINT64_MAX, 3, DIVU, 63 + 32 + 62 + 3 }, /* 0x5555...: 160 */
        { 1, 1, DIV, 5 },
        { UINT64_C(1) << 32, 1, DIVU, 33 + 1 + 0 + 3 },
        { 3, 7, DIV, 4 }, /* quotient 0 */
        { 3, 0, DIV, 2 }, /* divisor 0 */
        { 0xffffffff80000000, UINT64_MAX, DIVW, 32 + 1 + 0 + 3 },
    };
    struct board_config config = flute();
    struct board *b = board_new(&config);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        board_load_words(b, CODE, &cases[i].op, 1);
        b->cpu.x[A2] = cases[i].a;
        b->cpu.x[A3] = cases[i].b;
        assert_int_equal(step_cost(b), cases[i].cycles);
    }
    board_end(b);
}

/* +6 after an ordinary instruction, +4 after another of its kind. */
static void test_system_instructions_serialize(void **state)
{
    (void)state;
    static const uint32_t code[] = { NOP,    CSRR_MSCRATCH, CSRR_MSCRATCH,
                                     SFENCE, FENCE,         NOP,
                                     FENCE,  NOP,           SFENCE };
    struct board_config config = flute();
    struct board *b = board_new(&config);
    LOAD_CODE(b, code);
    EXPECT(b, 1, 7, 5, 5, 69, 1, 71, 1, 7);
    board_end(b);
}

/* ecall, csrr, mret: the round trip of the four-instruction handler without
 * its arithmetic; and an illegal instruction, one dearer. */
static void test_traps_serialize(void **state)
{
    (void)state;
    static const uint32_t code[] = { CSRR_MSCRATCH, NOP, MRET };
    static const uint32_t user[] = { NOP, ECALL, ILLEGAL };
    enum { USER = 64 };
    struct board_config config = flute();
    struct board *b = board_new(&config);
    LOAD_CODE(b, code);
    for (unsigned i = 0; i < sizeof user / sizeof *user; i++)
        board_write(b, CODE + USER + 4 * i,
                    user[i] | (uint64_t)user[(i + 1) % 3] << 32);
    b->cpu.csr.mtvec = CODE;
    b->cpu.csr.mepc = CODE + USER + 4; /* mret goes back to the ecall */
    b->cpu.pc = CODE + USER;
    EXPECT(b, 1, 7, 5, 1, 6); /* nop, ecall, csrr, nop, mret */
    EXPECT(b, 5, 5, 1);       /* ecall right after mret */
    b->cpu.csr.mepc = CODE + USER + 8;
    EXPECT(b, 6);       /* mret */
    EXPECT(b, 6, 5, 1); /* illegal, after mret */
    board_end(b);
}

/* The counter of an index outlives its entry, and a jal passes through "falls
 * through" first. */
static void test_next_predictor_jal(void **state)
{
    (void)state;
    static const uint32_t code[] = { JAL_PLUS_8 };
    struct board_config config = flute();
    struct board *b = board_new(&config);
    LOAD_CODE(b, code);
    static const uint64_t cost[] = { 4, 4, 1, 1 };
    for (unsigned i = 0; i < 4; i++) {
        b->cpu.pc = CODE;
        assert_int_equal(step_cost(b), cost[i]);
    }
    board_end(b);
}

static void test_next_predictor_branch(void **state)
{
    (void)state;
    static const uint32_t code[] = { BNE_A0_PLUS_8 };
    struct board_config config = flute();
    struct board *b = board_new(&config);
    LOAD_CODE(b, code);
    /* taken?, cost; counter before: 0 1 2 3 3 2 1 0 1 */
    static const struct {
        bool taken;
        uint64_t cost;
    } cases[] = {
        { true, 4 },  /* no entry; at 0: stores "falls through" */
        { true, 4 },  /* at 1: stores the target */
        { true, 1 },  /* at 2 */
        { true, 1 },  /* at 3 */
        { false, 4 }, /* at 3: keeps the target */
        { false, 4 }, /* at 2: falls through */
        { false, 1 }, /* at 1 */
        { true, 4 },  /* at 0: falls through again */
        { true, 4 },  /* at 1: the target */
        { true, 1 },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        b->cpu.pc = CODE;
        b->cpu.x[A0] = cases[i].taken;
        assert_int_equal(step_cost(b), cases[i].cost);
    }
    board_end(b);
}

/* A jal 1024 bytes on has the same index: its entry goes, the counter stays,
 * so the other one is right after a single training. */
static void test_next_predictor_shares_counters(void **state)
{
    (void)state;
    static const uint32_t code[] = { JAL_PLUS_8 };
    struct board_config config = flute();
    struct board *b = board_new(&config);
    LOAD_CODE(b, code);
    board_write(b, CODE + 1024, JAL_PLUS_8);
    static const struct {
        uint64_t pc, cost;
    } cases[] = { { CODE, 4 },        { CODE, 4 }, { CODE + 1024, 4 },
                  { CODE + 1024, 1 }, { CODE, 4 }, { CODE, 1 } };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        b->cpu.pc = cases[i].pc;
        assert_int_equal(step_cost(b), cases[i].cost);
    }
    board_end(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_cost_one_more),
        cmocka_unit_test(test_serial_division),
        cmocka_unit_test(test_system_instructions_serialize),
        cmocka_unit_test(test_traps_serialize),
        cmocka_unit_test(test_next_predictor_jal),
        cmocka_unit_test(test_next_predictor_branch),
        cmocka_unit_test(test_next_predictor_shares_counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
