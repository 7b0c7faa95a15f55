/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The step record: what a reader of the trace sees must be the whole truth of
 * one instruction; events are 0 for an ordinary one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/disasm.h"
#include "tests/cpu/harness.h"

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

static void test_registers_and_pc(void **state)
{
    (void)state;
    static const uint32_t code[] = { 0x00150513,   /* addi a0, a0, 1 */
                                     0x00008082 }; /* c.ret */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    const struct step *s = &c->step;
    board_load_words(b, BOARD_RAM, code, 2);
    c->x[10] = 41;
    c->x[1] = BOARD_RAM + 0x100;
    cpu_step(c);
    assert_true(s->pc == BOARD_RAM && s->next_pc == BOARD_RAM + 4);
    assert_int_equal(s->word, code[0]);
    assert_int_equal(s->insn, INSN_addi);
    assert_int_equal(s->length, 4);
    assert_int_equal(s->privilege, PRIV_M);
    assert_int_equal(s->rd, 10);
    assert_true(s->rd_before == 41 && s->rd_value == 42);
    assert_true(s->retired);
    assert_int_equal(s->events, 0);
    assert_int_equal(s->data.size, 0);
    assert_true(s->cycle == 0);
    assert_true(s->cycles == c->mmu.accounts.total);
    assert_true(s->fetch.pa == BOARD_RAM && s->fetch.size == 4);
    assert_int_equal(s->fetch.kind, ACCESS_FETCH);
    assert_int_equal(s->fetch.l1.result, LOOKUP_MISS);

    uint64_t before = c->mmu.accounts.total;
    cpu_step(c);
    assert_true(s->pc == BOARD_RAM + 4 && s->next_pc == BOARD_RAM + 0x100);
    assert_int_equal(s->word, 0x8082);
    assert_int_equal(s->insn, INSN_c_jr);
    assert_int_equal(s->length, 2);
    assert_int_equal(s->rd, 0);
    assert_true(s->cycle == before);
    assert_int_equal(s->fetch.l1.result, LOOKUP_HIT);
    assert_true(c->instret == 2);
    board_end(b);
}

static void test_data_access(void **state)
{
    (void)state;
    static const uint32_t code[] = { 0x00a5b423,   /* sd a0, 8(a1) */
                                     0x00c5a603,   /* lw a2, 12(a1) */
                                     0x00000013 }; /* nop */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    const struct step *s = &c->step;
    board_load_words(b, BOARD_RAM, code, 3);
    c->x[10] = 0x8877665544332211;
    c->x[11] = BOARD_RAM + 0x1000;
    cpu_step(c);
    assert_true(s->data.va == BOARD_RAM + 0x1008);
    assert_true(s->data.pa == BOARD_RAM + 0x1008);
    assert_int_equal(s->data.size, 8);
    assert_int_equal(s->data.kind, ACCESS_STORE);
    assert_int_equal(s->data.l1.result, LOOKUP_MISS);
    assert_int_equal(s->data.refused, REFUSED_NOT);
    assert_int_equal(s->events, 0);
    cpu_step(c);
    assert_int_equal(s->data.size, 4);
    assert_int_equal(s->data.kind, ACCESS_LOAD);
    assert_int_equal(s->data.l1.result, LOOKUP_HIT);
    assert_true(s->rd_value == 0xffffffff88776655);
    cpu_step(c);
    assert_int_equal(s->data.size, 0);
    board_end(b);
}

static void test_trap_record(void **state)
{
    (void)state;
    static const uint32_t code[] = { 0x00053503 }; /* ld a0, (a0) */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    const struct step *s = &c->step;
    board_load_words(b, BOARD_RAM, code, 1);
    c->csr.mtvec = BOARD_RAM + 0x1000;
    c->x[10] = 0x500003;
    cpu_step(c);
    assert_int_equal(s->events, STEP_TRAP);
    assert_false(s->retired);
    assert_int_equal(s->cause, TRAP_LOAD_MISALIGNED);
    assert_true(s->tval == 0x500003);
    assert_int_equal(s->trap_to, PRIV_M);
    assert_int_equal(s->data.refused, REFUSED_MISALIGNED);
    assert_int_equal(s->rd, 0);
    assert_true(c->x[10] == 0x500003);
    assert_true(s->next_pc == BOARD_RAM + 0x1000);
    assert_int_equal(c->instret, 0);

    board_load_words(b, BOARD_RAM, code, 1);
    c->x[10] = 0x500008;
    cpu_step(c);
    assert_int_equal(s->cause, TRAP_LOAD_ACCESS);
    assert_int_equal(s->data.refused, REFUSED_BUS);
    assert_int_equal(s->length, 4);

    c->pc = 0x500000; /* nothing to fetch */
    cpu_step(c);
    assert_int_equal(s->cause, TRAP_FETCH_ACCESS);
    assert_int_equal(s->length, 0);
    assert_int_equal(s->fetch.refused, REFUSED_BUS);
    assert_int_equal(s->data.size, 0);
    board_end(b);
}

static void test_hint(void **state)
{
    (void)state;
    static const uint32_t code[] = { 0x7ff52013,   /* slti x0, a0, 2047 */
                                     0xfff52013,   /* slti x0, a0, -1 */
                                     0x00152593 }; /* slti a1, a0, 1 */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    const struct step *s = &c->step;
    board_load_words(b, BOARD_RAM, code, 3);
    c->x[10] = 0xfeedface;
    cpu_step(c);
    assert_int_equal(s->events, STEP_HINT);
    assert_int_equal(s->hint, 2047);
    assert_true(s->hint_value == 0xfeedface);
    assert_int_equal(s->rd, 0);
    cpu_step(c);
    assert_int_equal(s->hint, 4095);
    cpu_step(c);
    assert_int_equal(s->events, 0);
    assert_int_equal(s->rd, 11);
    board_end(b);
}

static void test_events(void **state)
{
    (void)state;
    static const struct {
        uint32_t word;
        uint32_t events;
    } cases[] = {
        { 0x12000073, STEP_FLUSH },   /* sfence.vma */
        { 0x30200073, STEP_RETURN },  /* mret */
        { 0x18001073, STEP_CONTEXT }, /* csrw satp, x0 */
        { 0x18002573, 0 },            /* csrr a0, satp */
        { 0x5c051073, STEP_CONTEXT }, /* csrw sdomain, a0 */
        { 0x0200000b, STEP_FLUSH },   /* rplb.inv x0 */
        { 0x0000000b, 0 },            /* rplb.fill x0 */
        { 0x0005b503, STEP_DEVICE },  /* ld a0, (a1): the CLINT */
        { 0x10500073, STEP_WFI },     /* wfi */
    };
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        board_load_words(b, BOARD_RAM, &cases[i].word, 1);
        c->csr.mxsas = MXSAS_ENABLE;
        c->x[11] = BOARD_CLINT + 0xbff8;
        cpu_step(c);
        char text[DISASM_BYTES];
        disasm(cases[i].word, 0, text, sizeof text);
        if (c->step.events != cases[i].events || !c->step.retired)
            fail_msg("%s: events 0x%x", text, c->step.events);
    }
    board_end(b);
}

static void test_wfi_waits(void **state)
{
    (void)state;
    static const uint32_t code[] = { 0x10500073, 0x00000013 }; /* wfi; nop */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    const struct step *s = &c->step;
    board_load_words(b, BOARD_RAM, code, 2);
    c->csr.mie = MIP_MTIP;
    cpu_step(c);
    assert_true(s->retired && c->waiting);
    uint64_t clock = c->mmu.accounts.total;
    for (unsigned i = 0; i < 5; i++) {
        cpu_step(c);
        assert_int_equal(s->events, STEP_WFI);
        assert_false(s->retired);
        assert_int_equal(s->length, 0);
        assert_int_equal(s->cycles, 0);
    }
    cpu_interrupt_lines(c, MIP_SEIP, MIP_SEIP); /* not enabled: sleeps on */
    cpu_step(c);
    assert_int_equal(s->events, STEP_WFI);
    assert_true(c->mmu.accounts.total == clock);
    cpu_interrupt_lines(c, MIP_MTIP, MIP_MTIP); /* MIE is 0: goes on */
    cpu_step(c);
    assert_true(s->retired && !c->waiting);
    assert_true(s->pc == BOARD_RAM + 4);
    assert_int_equal(s->events, 0);
    c->pc = BOARD_RAM; /* wfi again: what is pending already ends it at once */
    cpu_step(c);
    assert_true(s->retired && !c->waiting);
    assert_int_equal(s->events, 0);
    board_end(b);
}

/* The TLB events: Sv39, first access misses, second hits. */
static void test_tlb_miss_events(void **state)
{
    (void)state;
    static const uint32_t code[] = { 0x0005b503, 0x0005b503 }; /* ld a0, (a1) */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    const struct step *s = &c->step;
    uint64_t root = BOARD_RAM + 0x4000;
    board_load_words(b, BOARD_RAM, code, 2);
    board_write(b, root + 16, BOARD_RAM >> 2 | 0xcf); /* 1:1 gigapage */
    board_write(b, root + 24, BOARD_RAM >> 2 | 0xcf); /* the same again */
    assert_true(csr_write(c, CSR_satp, UINT64_C(8) << 60 | root >> 12));
    c->privilege = PRIV_S;
    c->data_privilege = PRIV_S;
    c->x[11] = BOARD_RAM + 0x40001000;
    cpu_step(c);
    assert_true(s->retired);
    assert_int_equal(s->events, STEP_TLB_MISS);
    assert_int_equal(s->fetch.tlb.result, LOOKUP_MISS);
    assert_int_equal(s->data.tlb.result, LOOKUP_MISS);
    assert_int_equal(s->data.page_shift, 30);
    assert_true(s->data.pa == BOARD_RAM + 0x1000);
    cpu_step(c);
    assert_int_equal(s->events, 0);
    assert_int_equal(s->data.tlb.result, LOOKUP_HIT);
    board_end(b);
}

/* fence.i: the instruction cache starts anew. */
static void test_fence_i(void **state)
{
    (void)state;
    static const uint32_t code[] = { 0x0000100f, 0x00000013, 0x00000013 };
    struct board *b = board_new();
    const struct step *s = &b->cpu.step;
    board_load_words(b, BOARD_RAM, code, 3);
    cpu_step(&b->cpu);
    cpu_step(&b->cpu);
    assert_int_equal(s->fetch.l1.result, LOOKUP_MISS);
    assert_int_equal(s->fetch.l1.cause, MISS_INVALIDATED);
    cpu_step(&b->cpu);
    assert_int_equal(s->fetch.l1.result, LOOKUP_HIT);
    board_end(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers_and_pc),
        cmocka_unit_test(test_data_access),
        cmocka_unit_test(test_trap_record),
        cmocka_unit_test(test_hint),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_wfi_waits),
        cmocka_unit_test(test_tlb_miss_events),
        cmocka_unit_test(test_fence_i),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
