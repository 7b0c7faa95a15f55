/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make fidelity: preset flute against cycle counts from the RTL of the core it
 * describes, per program and per microbenchmark. With the argument `ablate`
 * (make fidelity ABLATE=1): the same programs with one mechanism of the model
 * taken away at a time, which is what each mechanism is worth.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/fidelity/harness.h"

/* Mechanisms, and the settings that take each away. */
static const struct ablation {
    const char *what, *set;
} ablations[] = {
    { "everything in", "" },
    { "static prediction", "branch.predictor=static" },
    { "counters under the tag", "branch.predictor=btb" },
    { "perfect prediction", "branch.mispredict=0" },
    { "no return stack", "branch.ras=0" },
    { "no load-use stall", "pipeline.load_use=0" },
    { "stores at one cycle", "pipeline.store=0" },
    { "no drain before a miss", "stores.order=pass" },
    { "stores never wait for room", "stores.depth=0" },
    { "L1D writes back, allocates", "l1d.write=back" },
    { "LRU in both L1s", "l1i.policy=lru l1d.policy=lru" },
    { "L1 miss of 20", "dram.latency=20 l1d.extra=0" },
    { "division of 33 cycles", "pipeline.divider=quotient pipeline.div=33" },
    { "multiplication of 1 cycle", "pipeline.mul=1" },
    { "free TLB misses", "walk.iread=0 walk.dread=0" },
    { "walker through L1D", "walk.path=l1d" },
    { "fully associative LRU TLBs",
      "tlb.entries_2m=0 tlb.entries_1g=0 itlb.ways=0 dtlb.ways=0" },
    { "CSR, traps at one cycle",
      "pipeline.csr=1 pipeline.serialize=0 pipeline.trap_entry=1 "
      "pipeline.trap_exit=0 pipeline.trap_illegal=0 tlb.flush=0" },
};

static bool run(const char *name, const char *set, struct fidelity_program *p)
{
    struct err err;
    if (fidelity_run(name, set, p, &err))
        return true;
    fprintf(stderr, "fidelity: %s\n", err.text);
    return false;
}

static void print_head(const char *what)
{
    printf("%-18s %12s %12s %12s %8s\n", what, "instructions", "cycles",
           "RTL cycles", "error %");
}

/* One line; says so when instructions or checksum differ. */
static bool print_record(const struct fidelity_program *p,
                         const struct fidelity_record *r)
{
    bool same = r->instructions == r->rtl_instructions &&
                strcmp(p->checksum, p->rtl_checksum) == 0;
    printf("%-18s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %+8.2f%s\n",
           r->name, r->instructions, r->cycles, r->rtl_cycles,
           fidelity_error(r), same ? "" : "  NOT THE SAME WORK");
    return same;
}

static bool print_programs(void)
{
    static struct fidelity_program p;
    struct fidelity_summary s = { 0 };
    bool same = true;
    print_head("program");
    for (size_t i = 0; fidelity_name(i); i++) {
        if (!run(fidelity_name(i), "", &p))
            return false;
        same &= print_record(&p, &p.record[0]);
        fidelity_add(&s, &p.record[0]);
    }
    fidelity_finish(&s);
    printf("mean of absolute errors %.2f %%, worst %+.2f %% (%s)\n\n", s.mean,
           s.worst, s.worst_name);
    return same;
}

static bool print_micro(const char *name)
{
    static struct fidelity_program p;
    struct fidelity_summary s = { 0 };
    bool same = true;
    if (!run(name, "", &p))
        return false;
    print_head(name);
    for (size_t i = 0; i < p.count; i++) {
        if (!p.record[i].rtl_cycles)
            continue;
        same &= print_record(&p, &p.record[i]);
        fidelity_add(&s, &p.record[i]);
    }
    fidelity_finish(&s);
    printf("%zu microbenchmarks: mean of absolute errors %.2f %%, worst %+.2f "
           "%% (%s)\n\n",
           s.count, s.mean, s.worst, s.worst_name);
    return same;
}

static bool print_ablation(const struct ablation *a)
{
    static struct fidelity_program p;
    struct fidelity_summary s = { 0 };
    for (size_t i = 0; fidelity_name(i); i++) {
        if (!run(fidelity_name(i), a->set, &p))
            return false;
        fidelity_add(&s, &p.record[0]);
    }
    fidelity_finish(&s);
    printf("%-28s %8.2f %+10.2f  %-10s %s\n", a->what, s.mean, s.worst,
           s.worst_name, a->set);
    return true;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "ablate") == 0) {
        printf("%-28s %8s %10s  %-10s %s\n", "taken away", "mean %", "worst %",
               "which", "settings");
        for (size_t i = 0; i < sizeof ablations / sizeof *ablations; i++)
            if (!print_ablation(&ablations[i]))
                return 1;
        return 0;
    }
    bool ok = print_programs();
    ok &= print_micro("m_core");
    ok &= print_micro("m_mem");
    return ok ? 0 : 1;
}
