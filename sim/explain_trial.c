/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An access whose effects nobody sees: fork copies the process with the machine
 * in it, the child does the access and reports, and its machine ends with it.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/explain.h"

/* The cells that grew, in `after`. */
static void subtract(struct accounts *after, const struct accounts *before)
{
    after->total -= before->total;
    for (int p = 0; p < PURPOSE_COUNT; p++)
        for (int q = 0; q < PLACE_COUNT; q++)
            after->cell[p][q] -= before->cell[p][q];
}

static void do_it(struct machine *m, const struct explain *x,
                  struct explain_trial *trial)
{
    struct mmu *mmu = &m->now->cpu.mmu;
    struct accounts before;
    struct access *a = &trial->access;
    uint32_t word;
    uint64_t value = 0;
    *a = (struct access){ .va = x->va, .size = x->size, .kind = x->kind };
    (void)machine_peek_access(m, x->domain, a); /* sets the privilege */
    mmu->regs = machine_regs_as(m, x->domain);
    mmu_context_changed(mmu);
    before = mmu->accounts;
    bool done = x->kind == ACCESS_FETCH   ? mmu_fetch(mmu, a, &word)
                : x->kind == ACCESS_STORE ? mmu_store(mmu, a, value)
                                          : mmu_load(mmu, a, &value);
    (void)done; /* a->refused says it */
    trial->spent = mmu->accounts;
    subtract(&trial->spent, &before);
}

static bool receive(int from, struct explain_trial *trial)
{
    size_t got = 0;
    while (got < sizeof *trial) {
        ssize_t n = read(from, (char *)trial + got, sizeof *trial - got);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        got += n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool explain_try(const struct machine *m, const struct explain *x,
                 struct explain_trial *trial)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        do_it((struct machine *)(uintptr_t)m, x, trial);
        ssize_t sent = write(ends[1], trial, sizeof *trial);
        _exit(sent == (ssize_t)sizeof *trial ? 0 : 1);
    }
    close(ends[1]);
    bool ok = child > 0 && receive(ends[0], trial);
    close(ends[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    return ok;
}
