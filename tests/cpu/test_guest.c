/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs every bare-metal test of build/guest/tests on boards of several kinds,
 * and counts which rows of insn.def they execute, which of csr.def they use and
 * which causes of cause.def they raise: all must be.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cpu/harness.h"

#define GUEST_TESTS "build/guest/tests/*.elf"
#define MAX_STEPS   20000000

static uint64_t executed[INSN_COUNT];
static uint64_t used[4096];    /* by CSR number */
static uint64_t raised[2][64]; /* exceptions, interrupts */

/* The invariants of every run: each cycle and each look-up once. */
static void check_accounts(const struct board *b)
{
    const struct accounts *a = &b->cpu.mmu.accounts;
    uint64_t sum = 0;
    for (unsigned p = 0; p < PURPOSE_COUNT; p++)
        for (unsigned place = 0; place < PLACE_COUNT; place++)
            sum += a->cell[p][place];
    assert_true(sum == a->total);
    for (unsigned u = 0; u < UNIT_COUNT; u++) {
        const struct unit_stats *s = &b->cpu.mmu.stats[u];
        assert_true(s->lookups == s->hits + s->misses);
    }
}

static void note_csr_and_trap(const struct step *s)
{
    if (s->events & STEP_TRAP)
        raised[s->interrupt][s->cause]++;
    if (s->retired && (s->insn == INSN_csrrw || s->insn == INSN_csrrs ||
                       s->insn == INSN_csrrc || s->insn == INSN_csrrwi ||
                       s->insn == INSN_csrrsi || s->insn == INSN_csrrci))
        used[s->word >> 20]++;
}

static void run_one(const char *path, const struct board_config *config,
                    const char *kind)
{
    struct board *b = malloc(sizeof *b);
    board_init(b, config);
    board_load_elf(b, path);
    const struct step *s = &b->cpu.step;
    uint64_t result = 0, steps = 0, cycles = 0;
    while (!result && steps++ < MAX_STEPS) {
        result = board_run(b, 1);
        if (s->length && s->insn != INSN_illegal)
            executed[s->insn]++;
        note_csr_and_trap(s);
        cycles += s->cycles;
        assert_true(b->cpu.x[0] == 0);
    }
    if (result != 1)
        fail_msg("%s on %s: tohost = %llu (case %llu), pc = %llx", path, kind,
                 (unsigned long long)result, (unsigned long long)result >> 1,
                 (unsigned long long)b->cpu.pc);
    const struct accounts *a = &b->cpu.mmu.accounts;
    assert_true(cycles == a->total - a->cell[FOR_IDLE][IN_CORE]);
    check_accounts(b);
    board_free(b);
    free(b);
}

static void run_all(const struct board_config *config, const char *kind)
{
    glob_t found;
    if (glob(GUEST_TESTS, 0, NULL, &found) != 0 || found.gl_pathc < 20)
        fail_msg("no guest tests in " GUEST_TESTS " (make guest)");
    for (size_t i = 0; i < found.gl_pathc; i++)
        run_one(found.gl_pathv[i], config, kind);
    print_message("%zu guest tests on %s\n", found.gl_pathc, kind);
    globfree(&found);
}

static void test_default_board(void **state)
{
    (void)state;
    struct board_config config = board_default();
    run_all(&config, "the default board");
}

/* Everything as small as it gets: every structure overflows all the time. */
static void test_hostile_board(void **state)
{
    (void)state;
    struct board_config config = board_default();
    config.mmu.itlb_entries = 1;
    config.mmu.dtlb_entries = 2;
    config.mmu.l2tlb_entries = 0;
    config.mmu.irplb_entries = 2; /* what xsas.S needs at once */
    config.mmu.drplb_entries = 2;
    config.mmu.l1i_bytes = 64;
    config.mmu.l1i_ways = 1;
    config.mmu.l1d_bytes = 64;
    config.mmu.l1d_ways = 1;
    config.mmu.l2_bytes = 128;
    config.mmu.l2_ways = 1;
    config.cpu.btb_entries = 1;
    config.cpu.ras_entries = 1;
    config.cpu.core_hz = 33333333;
    config.cpu.timebase_hz = 32768000;

    run_all(&config, "the hostile board");
}

/* No caches, static prediction, misaligned accesses work, no ASIDs, A and D
 * left to software. */
static void test_plain_board(void **state)
{
    (void)state;
    struct board_config config = board_default();
    config.mmu.l1i_bytes = 0;
    config.mmu.l1d_bytes = 0;
    config.mmu.l2_bytes = 0;
    config.cpu.predictor = PREDICTOR_STATIC;
    config.cpu.ras_entries = 0;
    config.cpu.misaligned = MISALIGNED_OK;
    config.cpu.hw_ad = HW_AD_OFF;
    config.mmu.attribution = 1;
    run_all(&config, "the plain board");
}

static void test_every_row_was_executed(void **state)
{
    (void)state;
    unsigned covered = 0, missing = 0;
    for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++) {
        covered += executed[i] != 0;
        if (!executed[i]) {
            print_error("no guest test executes %s\n", insn_rows[i].name);
            missing++;
        }
    }
    print_message("%u of %u rows of insn.def executed\n", covered,
                  INSN_COUNT - 1u);
    assert_int_equal(missing, 0);
}

static void test_every_csr_was_used(void **state)
{
    (void)state;
    struct csr_info info;
    unsigned covered = 0, rows = 0;
    for (; csr_each(rows, &info); rows++) {
        covered += used[info.number] != 0;
        if (!used[info.number])
            print_error("no guest test uses %s\n", info.name);
    }
    print_message("%u of %u rows of csr.def used\n", covered, rows);
    assert_int_equal(covered, rows);
}

/* The one cause no program of this board can raise by itself: there is no
 * interrupt controller. */
static void test_external_interrupt(void **state)
{
    static const uint32_t nop = 0x13;
    (void)state;
    struct board_config config = board_default();
    struct board *b = malloc(sizeof *b);
    board_init(b, &config);
    board_load_words(b, BOARD_RAM, &nop, 1);
    struct cpu *c = &b->cpu;
    assert_true(csr_write(c, CSR_mtvec, BOARD_RAM + 0x100));
    assert_true(csr_write(c, CSR_mie, MIP_MEIP | MIP_MSIP));
    assert_true(csr_write(c, CSR_mstatus, STATUS_MIE));
    cpu_interrupt_lines(c, MIP_MEIP | MIP_MSIP, MIP_MEIP | MIP_MSIP);
    cpu_step(c);
    note_csr_and_trap(&c->step);
    assert_true(c->step.interrupt && c->step.cause == INTERRUPT_MEI);
    assert_true(c->csr.mepc == BOARD_RAM && c->pc == BOARD_RAM + 0x100);
    board_free(b);
    free(b);
}

/* Cause 0 cannot be: with C every even address is aligned, and no jump can
 * reach an odd one (Unpriv 16); tests/guest/fetch_aligned.S tries every way. */
static void test_every_cause_was_raised(void **state)
{
    static const struct {
        uint8_t number;
        bool interrupt;
        const char *text;
    } causes[] = {
#define CAUSE(number, name, text)     { number, false, text },
#define INTERRUPT(number, name, text) { number, true, text },
#include "cpu/cause.def"
    };
    (void)state;
    unsigned covered = 0, rows = sizeof causes / sizeof causes[0];
    for (unsigned i = 0; i < rows; i++) {
        bool seen = raised[causes[i].interrupt][causes[i].number] != 0;
        bool possible = causes[i].interrupt || causes[i].number != 0;
        covered += seen;
        if (seen != possible)
            print_error("%s: %s\n", causes[i].text,
                        seen ? "cannot be" : "raised by no test");
    }
    print_message("%u of %u causes raised; not cause 0, instruction address "
                  "misaligned: with C it cannot be\n",
                  covered, rows);
    assert_int_equal(covered, rows - 1);
    assert_int_equal(raised[0][TRAP_FETCH_MISALIGNED], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_board),
        cmocka_unit_test(test_hostile_board),
        cmocka_unit_test(test_plain_board),
        cmocka_unit_test(test_every_row_was_executed),
        cmocka_unit_test(test_every_csr_was_used),
        cmocka_unit_test(test_external_interrupt),
        cmocka_unit_test(test_every_cause_was_raised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
