/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program of the main experiment: touches one word in every page of its
 * working set, then lets the next domain run, round after round. What a round
 * costs beyond a lone program's round is the price of the switch.
 *
 * Page i is touched in cache line (line + i) modulo 64 of the page, so that
 * the words spread over the sets of a cache instead of falling into one. That
 * makes runs of pages with a constant distance of 4096 + 64 bytes; the runs
 * are worked out before the measurement, and a round is nothing but loads (or
 * stores), additions and branches.
 *
 * main(struct toucher *, 0): returns the sum of the words of the last round,
 * also in the block, or an -ERR_*.
 */
#include "os/user/programs/toucher.h"
#include "os/user/opalite.h"

#define LINE_BYTES 64
#define PAGE_LINES (PAGE_BYTES / LINE_BYTES)
#define STEP       (PAGE_BYTES + LINE_BYTES)
#define RUNS       (TOUCHER_SEGMENTS + TOUCHER_PAGES / PAGE_LINES + 1)

/* `count` words, the first at `first`, STEP bytes apart. */
struct run {
    uint64_t first, count;
};

/* Cuts the working set into runs; returns how many. */
static uint64_t plan(const struct toucher *t, struct run *run)
{
    uint64_t count = 0;
    uint64_t line = t->line % PAGE_LINES;

    for (uint64_t s = 0; s < t->segments; s++) {
        uint64_t at = t->base[s];
        uint64_t left = t->pages / t->segments + (s < t->pages % t->segments);

        while (left) {
            uint64_t pages = PAGE_LINES - line;

            if (pages > left)
                pages = left;
            run[count].first = at + line * LINE_BYTES;
            run[count].count = pages;
            count++;
            at += pages * PAGE_BYTES;
            left -= pages;
            line = (line + pages) % PAGE_LINES;
        }
    }
    return count;
}

static uint64_t round_of_loads(const struct run *run, const struct run *end)
{
    uint64_t sum = 0;

    for (; run != end; run++) {
        uint64_t at = run->first;

        for (uint64_t n = run->count; n; n--, at += STEP)
            sum += load_word((const void *)at);
    }
    return sum;
}

static uint64_t round_of_stores(const struct run *run, const struct run *end)
{
    uint64_t sum = 0;

    for (; run != end; run++) {
        uint64_t at = run->first;

        for (uint64_t n = run->count; n; n--, at += STEP) {
            uint64_t word = load_word((const void *)at) + 1;

            store_word((void *)at, word);
            sum += word;
        }
    }
    return sum;
}

/* Lets the next toucher run: by yield, or by passing a semaphore on. */
static int64_t pass_on(uint64_t wait, uint64_t post)
{
    int64_t error;

    if (!wait)
        return sys_yield();
    error = sys_semaphore_post(post);
    return error < 0 ? error : sys_semaphore_wait(wait);
}

static int64_t play(const struct toucher *t, const struct run *run,
                    uint64_t runs, uint64_t rounds, uint64_t *sum)
{
    while (rounds--) {
        int64_t error;

        if (t->store)
            *sum = round_of_stores(run, run + runs);
        else
            *sum = round_of_loads(run, run + runs);
        error = pass_on(t->wait_semaphore, t->post_semaphore);
        if (error < 0)
            return error;
    }
    return 0;
}

int64_t main(uint64_t block_at, uint64_t unused)
{
    struct toucher *block = (struct toucher *)block_at;
    struct toucher t;
    struct run run[RUNS];
    uint64_t sum = 0;
    int64_t error;

    (void)unused;
    t = *block;
    if (t.pages > TOUCHER_PAGES || !t.segments || t.segments > TOUCHER_SEGMENTS)
        return -ERR_VALUE;

    uint64_t runs = plan(&t, run);

    error = play(&t, run, runs, t.warm_rounds, &sum);
    if (error < 0)
        return error;
    if (t.mark)
        mark(t.mark);
    error = play(&t, run, runs, t.rounds, &sum);
    if (t.mark)
        mark(t.mark + 1);
    if (error < 0)
        return error;
    block->result = sum;
    return (int64_t)sum;
}
