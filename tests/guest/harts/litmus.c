/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Litmus tests: programs of two to four harts, two accesses each, on words x
 * and y that are 0 at first; run many times with random delays, with and
 * without a fence between the two accesses. Counts the outcomes. Those that no
 * interleaving of the programs gives must not be seen: else the exit value is
 * the number of the test. Tests that need more harts than there are, are left
 * out. docs/harts.md has the table that this prints.
 */
#include "tests/guest/lib/harts.h"

enum { ROUNDS = 1500, DELAY = 64, OUTCOMES = 16 };

static struct line word[2], result[4], together[2];
static uint64_t count[OUTCOMES];
static uint64_t unseen;

enum kind { NOTHING, STORE, LOAD };
enum { X, Y };

/* One access: word = value, or result number `value` = word. */
struct access {
    enum kind kind;
    uint8_t value, word;
};

/*
 * An outcome is a number with a bit for each result: of two, 0b10 is r0 = 1,
 * r1 = 0. Without results the last values of x and y count, which are 1 or 2:
 * 0b10 is x = 2, y = 1.
 */
struct litmus {
    const char *name, *text;
    unsigned harts, results;
    unsigned forbidden; /* the outcome that cannot be */
    struct access access[4][2];
};

static const struct litmus tests[] = {
    { "MP",
      "x=1 y=1 | r0=y r1=x",
      2,
      2,
      2,
      { { { STORE, 1, X }, { STORE, 1, Y } },
        { { LOAD, 0, Y }, { LOAD, 1, X } } } },
    { "SB",
      "x=1 r0=y | y=1 r1=x",
      2,
      2,
      0,
      { { { STORE, 1, X }, { LOAD, 0, Y } },
        { { STORE, 1, Y }, { LOAD, 1, X } } } },
    { "LB",
      "r0=x y=1 | r1=y x=1",
      2,
      2,
      3,
      { { { LOAD, 0, X }, { STORE, 1, Y } },
        { { LOAD, 1, Y }, { STORE, 1, X } } } },
    { "CoRR",
      "x=1 | r0=x r1=x",
      2,
      2,
      2,
      { { { STORE, 1, X }, { NOTHING, 0, X } },
        { { LOAD, 0, X }, { LOAD, 1, X } } } },
    { "2+2W",
      "x=1 y=2 | y=1 x=2",
      2,
      0,
      0,
      { { { STORE, 1, X }, { STORE, 2, Y } },
        { { STORE, 1, Y }, { STORE, 2, X } } } },
    { "IRIW",
      "x=1 | y=1 | r0=x r1=y | r2=y r3=x",
      4,
      4,
      10,
      { { { STORE, 1, X }, { NOTHING, 0, X } },
        { { STORE, 1, Y }, { NOTHING, 0, Y } },
        { { LOAD, 0, X }, { LOAD, 1, Y } },
        { { LOAD, 2, Y }, { LOAD, 3, X } } } },
};

/* ---- the run --------------------------------------------------------------
 */

static inline void perform(const struct access *a)
{
    if (a->kind == STORE)
        word[a->word].value = a->value;
    else if (a->kind == LOAD)
        result[a->value].value = word[a->word].value;
}

static void delay(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    for (unsigned n = (*random >> 16) % DELAY; n; n--)
        __asm__ volatile("nop");
}

static unsigned outcome_of(const struct litmus *t)
{
    unsigned outcome = 0;
    if (!t->results)
        return (unsigned)(word[X].value == 2) << 1 | (word[Y].value == 2);
    for (unsigned i = 0; i < t->results; i++)
        outcome = outcome << 1 | (unsigned)result[i].value;
    return outcome;
}

/* All harts come here; those without a part only keep the others company. */
static void run(const struct litmus *t, unsigned self, unsigned harts,
                bool fenced)
{
    static uint32_t random[HARTS_MAX];
    random[self] += self + 1;
    for (unsigned round = 0; round < ROUNDS; round++) {
        if (self == 0)
            word[X].value = word[Y].value = 0;
        barrier(together, harts);
        if (self < t->harts) {
            delay(&random[self]);
            perform(&t->access[self][0]);
            if (fenced)
                fence();
            perform(&t->access[self][1]);
        }
        barrier(together, harts);
        if (self == 0)
            count[outcome_of(t)]++;
    }
}

/* ---- the report ------------------------------------------------------------
 */

static void print_outcome(const struct litmus *t, unsigned outcome)
{
    unsigned bits = t->results ? t->results : 2;
    char text[8] = " ";
    for (unsigned i = 0; i < bits; i++)
        text[1 + i] =
            (char)('0' + !t->results + (outcome >> (bits - 1 - i) & 1));
    text[1 + bits] = 0;
    guest_print(text);
    guest_print(outcome == t->forbidden ? "!" : ":");
    print_number(count[outcome], 0);
}

static void report(const struct litmus *t, bool fenced)
{
    guest_print(t->name);
    guest_print(fenced ? "+fences  " : "  ");
    guest_print(t->text);
    guest_print(" ->");
    for (unsigned i = 0; i < 1u << (t->results ? t->results : 2); i++) {
        print_outcome(t, i);
        unseen += i != t->forbidden && !count[i];
        count[i] = 0;
    }
    guest_print("\n");
}

int main(unsigned self)
{
    unsigned harts = count_harts(), bad = 0;
    for (unsigned i = 0; i < sizeof tests / sizeof tests[0]; i++)
        for (unsigned fenced = 0; fenced < 2; fenced++) {
            const struct litmus *t = &tests[i];
            if (t->harts > harts)
                continue;
            run(t, self, harts, fenced);
            if (self)
                continue;
            if (count[t->forbidden])
                bad = i + 1;
            report(t, fenced);
        }
    if (self)
        return 0;
    guest_print("outcome:count, ! = impossible in program order; possible ones "
                "not seen: ");
    print_number(unseen, 0);
    guest_print("\n");
    return (int)bad;
}
