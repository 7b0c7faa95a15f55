/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disassembler against GNU objdump: every 16-bit word, and for every
 * 32-bit row a few hundred words with random operands, plus random words. What
 * we print must be what it prints; what it calls by a mnemonic of ours, we
 * must not call illegal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "mmu/xsas.h"

#define BASE      0x80000000u
#define MAX_WORDS 200000

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

struct words {
    uint32_t word[MAX_WORDS];
    size_t count;
    unsigned bytes; /* of each */
};

/* Tabs become spaces, comments and line ends go. */
static void tidy(char *text)
{
    char *comment = strstr(text, " # ");
    if (comment)
        *comment = '\0';
    text[strcspn(text, "\n")] = '\0';
    for (char *p = text; *p; p++)
        if (*p == '\t')
            *p = ' ';
    size_t n = strlen(text);
    while (n && text[n - 1] == ' ')
        text[--n] = '\0';
}

static bool known_mnemonic(const char *text)
{
    size_t n = strcspn(text, " ");
    for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++)
        if (strlen(insn_rows[i].mnemonic) == n &&
            strncmp(insn_rows[i].mnemonic, text, n) == 0)
            return true;
    return false;
}

static bool is_xsas_csr(unsigned number)
{
    return number == CSR_MXSAS || (number >= CSR_SDOMAIN && number <= 0x5ff);
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/*
 * Where the two may differ: what only one side knows (objdump: F, D, B and
 * more CSR names; we: Xsas); fences with reserved fields, which hardware must
 * ignore and objdump does not print; c.nop, the RV128 names of shifts by 0, and
 * c.addi16sp sp,0, which is reserved.
 */
static bool comparable(uint32_t word, const char *theirs, const char *ours)
{
    struct decoded d = decode_by_rows(word);
    unsigned format = insn_rows[d.insn].format;
    if (d.insn == INSN_illegal)
        return known_mnemonic(theirs) && word != 0x6101;
    if ((word & 0x7f) == OPCODE_CUSTOM0)
        return false;
    if (starts_with(ours, "fence") && starts_with(theirs, ".4byte"))
        return false;
    if (d.insn == INSN_c_nop || starts_with(theirs, "c.slli64 ") ||
        starts_with(theirs, "c.srli64 ") || starts_with(theirs, "c.srai64 "))
        return false;
    if (format == FORMAT_CSR || format == FORMAT_CSRI) {
        unsigned number = d.imm & 0xfff;
        if (is_xsas_csr(number))
            return false;
        if (!csr_name((uint16_t)number))
            return strstr(theirs, ",0x") != NULL;
    }
    return true;
}

static void compare(const struct words *w)
{
    char path[] = "/tmp/opalite-disasm-XXXXXX", command[256], line[256];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    for (size_t i = 0; i < w->count; i++)
        fwrite(&w->word[i], w->bytes, 1, file);
    fclose(file);
    snprintf(command, sizeof command,
             "riscv64-unknown-elf-objdump -D -z -b binary -m riscv:rv64 -M "
             "no-aliases --adjust-vma=0x%x %s",
             BASE, path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);

    size_t i = 0, compared = 0, different = 0;
    while (fgets(line, sizeof line, pipe)) {
        uint64_t pc;
        unsigned word;
        int at = 0;
        if (sscanf(line, " %lx: %x %n", &pc, &word, &at) != 2 || !at)
            continue;
        assert_true(i < w->count);
        assert_int_equal(word, w->word[i]);
        char *theirs = line + at, ours[DISASM_BYTES];
        tidy(theirs);
        disasm(word, pc, ours, sizeof ours);
        i++;
        if (!comparable(word, theirs, ours))
            continue;
        compared++;
        if (strcmp(theirs, ours) != 0 && different++ < 40)
            print_error("%08x: objdump '%s', ours '%s'\n", word, theirs, ours);
    }
    assert_int_equal(pclose(pipe), 0);
    unlink(path);
    assert_int_equal(i, w->count);
    assert_true(compared > w->count / 3);
    print_message("%zu words, %zu compared, %zu different\n", i, compared,
                  different);
    assert_int_equal(different, 0);
}

static void test_every_compressed_word(void **state)
{
    (void)state;
    struct words *w = calloc(1, sizeof *w);
    w->bytes = 2;
    for (uint32_t word = 0; word < 0x10000; word++)
        if ((word & 3) != 3)
            w->word[w->count++] = word;
    compare(w);
    free(w);
}

static void test_rows_with_random_operands(void **state)
{
    (void)state;
    struct words *w = calloc(1, sizeof *w);
    uint64_t seed = 0x0a11ce;
    w->bytes = 4;
    for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++) {
        const struct insn_row *row = &insn_rows[i];
        if ((row->match & 3) != 3)
            continue;
        for (unsigned n = 0; n < 600; n++)
            w->word[w->count++] =
                row->match | ((uint32_t)random_next(&seed) & ~row->mask);
    }
    compare(w);
    free(w);
}

static void test_csr_names(void **state)
{
    (void)state;
    struct words *w = calloc(1, sizeof *w);
    struct csr_info info;
    w->bytes = 4;
    for (unsigned i = 0; csr_each(i, &info); i++)
        w->word[w->count++] = (uint32_t)info.number << 20 | 0x000512f3;
    compare(w);
    free(w);
}

/* Mostly what objdump calls by no mnemonic of ours: those are not compared,
 * but all that it does know must be known here. */
static void test_random_words(void **state)
{
    (void)state;
    struct words *w = calloc(1, sizeof *w);
    uint64_t seed = 0x5eed;
    static const uint8_t opcodes[] = {
        0x03, 0x0f, 0x13, 0x17, 0x1b, 0x23, 0x2f,
        0x33, 0x37, 0x3b, 0x63, 0x67, 0x6f, 0x73
    };
    w->bytes = 4;
    while (w->count < 150000) {
        uint32_t word = (uint32_t)random_next(&seed);
        word = (word & ~0x7fu) | opcodes[random_next(&seed) % sizeof opcodes];
        w->word[w->count++] = word;
    }
    compare(w);
    free(w);
}

static void test_xsas_text(void **state)
{
    (void)state;
    char text[DISASM_BYTES];
    disasm(0x0005000b, 0, text, sizeof text);
    assert_string_equal(text, "rplb.fill a0");
    disasm(0x0205000b, 0, text, sizeof text);
    assert_string_equal(text, "rplb.inv a0");
    disasm(0x0405800b, 0, text, sizeof text);
    assert_string_equal(text, "rplb.invr a1");
    disasm(0x0205008b, 0, text, sizeof text); /* rd must be x0 */
    assert_string_equal(text, ".4byte 0x205008b");
    disasm(0x5c051073, 0, text, sizeof text);
    assert_string_equal(text, "csrrw zero,sdomain,a0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_compressed_word),
        cmocka_unit_test(test_rows_with_random_operands),
        cmocka_unit_test(test_csr_names),
        cmocka_unit_test(test_random_words),
        cmocka_unit_test(test_xsas_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
