/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of instructions tests itself: no two rows claim the same word
 * unless one is a stated special case of the other, the fast ways to decode
 * agree with the rows, immediates are right, and Xsas stays in its opcodes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/cause.h"
#include "cpu/csr.h"
#include "cpu/decode.h"

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void test_match_lies_in_mask(void **state)
{
    (void)state;
    for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++) {
        const struct insn_row *row = &insn_rows[i];
        assert_non_null(row->name);
        assert_int_equal(row->match & ~row->mask, 0);
        assert_int_equal(row->mask & 3, 3);
        if (insn_is_compressed(row->match))
            assert_int_equal(row->mask >> 16, 0);
        else /* a base row executes itself */
            assert_int_equal(row->base, i);
    }
}

/* Two rows may share words only if the one with more mask bits comes first. */
static void test_no_overlap(void **state)
{
    (void)state;
    for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++) {
        for (unsigned j = i + 1; j < INSN_COUNT; j++) {
            const struct insn_row *a = &insn_rows[i], *b = &insn_rows[j];
            if (insn_is_compressed(a->match) != insn_is_compressed(b->match) ||
                (a->match ^ b->match) & a->mask & b->mask)
                continue;
            bool special_case =
                (a->mask & b->mask) == b->mask && a->mask != b->mask;
            if (!special_case)
                fail_msg("%s and %s overlap", a->name, b->name);
        }
    }
}

static void assert_same(const struct decoded *a, const struct decoded *b)
{
    assert_int_equal(a->word, b->word);
    assert_int_equal(a->insn, b->insn);
    assert_int_equal(a->exec, b->exec);
    assert_int_equal(a->rd, b->rd);
    assert_int_equal(a->rs1, b->rs1);
    assert_int_equal(a->rs2, b->rs2);
    assert_int_equal(a->class, b->class);
    assert_int_equal(a->length, b->length);
    assert_true(a->imm == b->imm);
}

static void check_word(struct decoder *d, uint32_t word)
{
    struct decoded rows = decode_by_rows(word);
    struct decoded candidates = decode_word(d, word);
    assert_same(&rows, &candidates);
    assert_same(&rows, decode(d, word));
    assert_same(&rows, decode(d, word)); /* now from the memo */
}

static void test_three_ways_agree(void **state)
{
    (void)state;
    struct decoder *d = malloc(sizeof *d);
    decoder_init(d);
    check_word(d, 0);
    for (uint32_t word = 0; word < 0x10000; word++)
        check_word(d, word | 0xabcd0000);
    uint64_t seed = 1;
    for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++)
        for (unsigned n = 0; n < 200; n++)
            check_word(d, insn_rows[i].match | ((uint32_t)random_next(&seed) &
                                                ~insn_rows[i].mask));
    for (unsigned n = 0; n < 300000; n++)
        check_word(d, (uint32_t)random_next(&seed) | 3);
    free(d);
}

/* How many 32-bit words of an opcode are instructions, counted over funct3
 * and funct7: against a list made from the manual's tables by hand. */
static void test_opcode_census(void **state)
{
    (void)state;
    static const struct {
        uint32_t opcode;
        unsigned legal; /* of 8 funct3 x 128 funct7 */
    } census[] = {
        { 0x37, 1024 },
        { 0x17, 1024 },
        { 0x6f, 1024 },
        { 0x67, 128 },
        { 0x63, 6 * 128 },
        { 0x03, 7 * 128 },
        { 0x23, 4 * 128 },
        { 0x13, 6 * 128 + 2 + 4 },
        { 0x33, 10 + 8 },
        { 0x1b, 128 + 3 },
        { 0x3b, 5 + 5 },
        { 0x0f, 2 * 128 },
        { 0x07, 0 },
        { 0x27, 0 },
        { 0x53, 0 },
        { 0x43, 0 },
        { 0x2b, 0 },
        { 0x5b, 0 },
        { 0x7b, 0 },
        { 0x57, 0 },
        { 0x2f, 2 * (9 + 1) * 4 }, /* rs2 = 1: no lr */
    };
    for (size_t i = 0; i < sizeof census / sizeof census[0]; i++) {
        unsigned legal = 0;
        for (uint32_t f = 0; f < 1024; f++) {
            uint32_t word = (f >> 3) << 25 | (f & 7) << 12 | census[i].opcode |
                            1 << 20 | 2 << 15 | 3 << 7;
            legal += decode_by_rows(word).insn != INSN_illegal;
        }
        if (legal != census[i].legal)
            fail_msg("opcode 0x%x: %u legal, expected %u", census[i].opcode,
                     legal, census[i].legal);
    }
}

static void test_immediates(void **state)
{
    (void)state;
    assert_true(decode_by_rows(0xfff00513).imm == -1);        /* li a0, -1 */
    assert_true(decode_by_rows(0x80000537).imm == INT32_MIN); /* lui */
    assert_true(decode_by_rows(0x8005006f).imm == -1048576 + 0x50000);
    assert_true(decode_by_rows(0xfe000ee3).imm == -4);    /* beqz zero, -4 */
    assert_true(decode_by_rows(0x80000063).imm == -4096); /* beq -4096 */
    assert_true(decode_by_rows(0xfea53c23).imm == -8);    /* sd a0, -8(a0) */
    assert_true(decode_by_rows(0x02051513).insn == INSN_slli);
    assert_true(decode_by_rows(0x03f51513).imm == 63);
    assert_true(decode_by_rows(0x300fd073).imm == (0x300 | 31 << 12));
}

static void test_xsas_keeps_to_its_opcodes(void **state)
{
    (void)state;
    for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++) {
        const struct insn_row *row = &insn_rows[i];
        uint32_t opcode = row->match & 0x7f;
        bool ours = strncmp(row->name, "rplb", 4) == 0;
        bool custom = !insn_is_compressed(row->match) &&
                      (opcode == 0x0b || opcode == 0x2b || opcode == 0x5b ||
                       opcode == 0x7b);
        assert_int_equal(ours, custom);
        if (ours)
            assert_int_equal(opcode, OPCODE_CUSTOM0);
    }
    struct csr_info info;
    for (unsigned i = 0; csr_each(i, &info); i++) {
        bool custom = (info.number >= 0x5c0 && info.number <= 0x5ff) ||
                      (info.number >= 0x7c0 && info.number <= 0x7ff) ||
                      (info.number >= 0x800 && info.number <= 0x8ff);
        bool ours = strncmp(info.name, "sr", 2) == 0 ||
                    strcmp(info.name, "sdomain") == 0 ||
                    strcmp(info.name, "sprot") == 0 ||
                    strcmp(info.name, "mxsas") == 0;
        assert_int_equal(ours, custom);
        assert_int_equal(info.privilege, info.number >> 8 & 3);
    }
}

static void test_causes_have_names(void **state)
{
    (void)state;
    for (unsigned cause = 0; cause < 64; cause++) {
        const char *text = cause_text(cause, false);
        bool standard = cause <= 15 && cause != 10 && cause != 14;
        bool ours = cause == CAUSE_HARDWARE_ERROR ||
                    (cause >= 24 && cause <= 30 && cause != 27);
        assert_int_equal(text != NULL, standard || ours);
        bool interrupt = cause < 12 && cause & 1;
        assert_int_equal(cause_text(cause, true) != NULL, interrupt);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match_lies_in_mask),
        cmocka_unit_test(test_no_overlap),
        cmocka_unit_test(test_three_ways_agree),
        cmocka_unit_test(test_opcode_census),
        cmocka_unit_test(test_immediates),
        cmocka_unit_test(test_xsas_keeps_to_its_opcodes),
        cmocka_unit_test(test_causes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
