/* SPDX-License-Identifier: Apache-2.0 */
/* See harness.h. */
#include "tests/fidelity/harness.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine.h"

#define DIR "tests/fidelity/"

enum { LIMIT_INSTRUCTIONS = 50000000 };

static const char *const names[] = {
    "p_fib",     "p_sieve",  "p_matmul", "p_sha256", "p_qsort",
    "p_intmix",  "p_interp", "p_hanoi",  "p_gcd",    "p_memcpy",
    "p_list64k", "p_sv39",   "p_ctx",    "p_ctxsf",
};

const char *fidelity_name(size_t i)
{
    return i < sizeof names / sizeof *names ? names[i] : NULL;
}

double fidelity_error(const struct fidelity_record *r)
{
    return 100.0 * ((double)r->cycles - (double)r->rtl_cycles) /
           (double)r->rtl_cycles;
}

void fidelity_add(struct fidelity_summary *s, const struct fidelity_record *r)
{
    double error = fidelity_error(r);
    s->mean += fabs(error);
    s->count++;
    if (fabs(error) >= fabs(s->worst)) {
        s->worst = error;
        memcpy(s->worst_name, r->name, sizeof s->worst_name);
    }
}

void fidelity_finish(struct fidelity_summary *s)
{
    if (s->count)
        s->mean /= (double)s->count;
}

/* ---- what the RTL said ----------------------------------------------------
 */

/* The first record of that name without an RTL figure. */
static struct fidelity_record *record_find(struct fidelity_program *p,
                                           const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (!p->record[i].rtl_cycles && strcmp(p->record[i].name, name) == 0)
            return &p->record[i];
    return NULL;
}

/* Lines of name,instructions,cycles,last: last is a checksum or a count. */
static bool read_table(const char *path, bool checksums,
                       struct fidelity_program *p, struct err *err)
{
    FILE *f = fopen(path, "r");
    char line[128], name[17], last[17];
    uint64_t instructions, cycles;
    if (!f)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: %m", path);
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%16[^,],%" SCNu64 ",%" SCNu64 ",%16s", name,
                   &instructions, &cycles, last) != 4)
            continue; /* the heading */
        struct fidelity_record *r = record_find(p, name);
        if (!r)
            continue;
        r->rtl_instructions = instructions;
        r->rtl_cycles = cycles;
        if (checksums)
            memcpy(p->rtl_checksum, last, sizeof last);
    }
    fclose(f);
    return true;
}

/* ---- the run --------------------------------------------------------------
 */

static bool configure(struct config *c, const char *set, struct err *err)
{
    char text[256], *save = NULL;
    if (!config_preset(c, "flute", err))
        return false;
    snprintf(text, sizeof text, "%s", set);
    for (char *pair = strtok_r(text, " ", &save); pair;
         pair = strtok_r(NULL, " ", &save))
        if (!config_set_pair(c, pair, err))
            return false;
    return config_check(c, err);
}

/* The guest's array `results`: a count, then name, minstret, mcycle, units. */
static bool read_results(const struct machine *m, const char *path,
                         struct fidelity_program *p, struct err *err)
{
    struct elf_file *f = elf_file_open(path, err);
    if (!f)
        return false;
    const struct elf_symbol *s = elf_symbol_find(f, "results");
    uint64_t at = s ? s->address : 0, count = 0;
    bool ok = at && machine_peek_phys(m, at, &count, sizeof count) &&
              count > 0 && count <= FIDELITY_RECORDS;
    for (p->count = 0; ok && p->count < count; p->count++) {
        struct fidelity_record *r = &p->record[p->count];
        uint64_t number[3];
        uint64_t from = at + 8 + p->count * 40;
        ok = machine_peek_phys(m, from, r->name, 16) &&
             machine_peek_phys(m, from + 16, number, sizeof number);
        r->instructions = number[0];
        r->cycles = number[1];
        r->units = number[2];
    }
    elf_file_close(f);
    return ok || err_set(err, EXIT_CANNOT_LOAD, "%s: no results", path);
}

/* The console says "sum" and 16 hexadecimal digits. */
static void read_checksum(const struct machine *m, struct fidelity_program *p)
{
    size_t length;
    const char *sum = strstr(machine_console(m, &length), "sum ");
    if (sum)
        sscanf(sum, "sum %16s", p->checksum);
}

static bool run_to_end(struct machine *m, const char *path, struct err *err)
{
    struct run_limits limits = { .max_insns = LIMIT_INSTRUCTIONS };
    if (!machine_load_elf(m, path, true, err))
        return false;
    machine_reset(m, m->reset_pc, m->reset_a1);
    enum stop stop = machine_run(m, &limits);
    return (stop == STOP_POWEROFF && m->exit_value == 0) ||
           err_set(err, EXIT_CANNOT_LOAD, "%s: stopped by %s, not passed", path,
                   stop_name(stop));
}

bool fidelity_run(const char *name, const char *set, struct fidelity_program *p,
                  struct err *err)
{
    struct config config;
    char path[128];
    memset(p, 0, sizeof *p);
    snprintf(path, sizeof path, DIR "elf/%s.elf", name);
    if (!configure(&config, set, err))
        return false;
    struct machine *m = machine_new(&config, err);
    if (!m)
        return false;
    bool ok = run_to_end(m, path, err) && read_results(m, path, p, err);
    if (ok)
        read_checksum(m, p);
    machine_free(m);
    return ok && read_table(DIR "expected.csv", true, p, err) &&
           read_table(DIR "micro.csv", false, p, err);
}
