/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger read out: accounts, snapshots and their differences, names, and
 * the invariants. Nothing here changes the ledger.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/switches.h"

/* The counters of a unit are all 64-bit numbers: one loop serves. */
#define STATS_WORDS (sizeof(struct unit_stats) / sizeof(uint64_t))
_Static_assert(sizeof(struct unit_stats) % sizeof(uint64_t) == 0,
               "unit_stats holds uint64_t only");

void unit_stats_add(struct unit_stats *to, const struct unit_stats *plus,
                    const struct unit_stats *minus)
{
    uint64_t sum[STATS_WORDS], add[STATS_WORDS], take[STATS_WORDS] = { 0 };
    memcpy(sum, to, sizeof sum);
    memcpy(add, plus, sizeof add);
    if (minus)
        memcpy(take, minus, sizeof take);
    for (size_t i = 0; i < STATS_WORDS; i++)
        sum[i] += add[i] - take[i];
    memcpy(to, sum, sizeof sum);
}

static uint64_t row_sum(const ledger_cells cells, enum purpose purpose)
{
    uint64_t sum = 0;
    for (int at = 0; at < PLACE_COUNT; at++)
        sum += cells[purpose][at];
    return sum;
}

void ledger_accounts(const ledger_cells c, enum phase phase,
                     uint64_t account[ACCOUNT_COUNT])
{
    uint64_t all = 0;
    for (int p = 0; p < PURPOSE_COUNT; p++)
        all += row_sum(c, (enum purpose)p);
    uint64_t idle = row_sum(c, FOR_IDLE);
    account[ACCOUNT_IDLE] += idle;
    if (phase == PHASE_SCRIPT) {
        account[ACCOUNT_SCRIPT] += all - idle;
        return;
    }
    if (phase == PHASE_REFILL) {
        account[ACCOUNT_PROTECTION_REFILL] += all - idle;
        return;
    }
    account[ACCOUNT_EXECUTE] +=
        row_sum(c, FOR_EXECUTE) + c[FOR_FETCH][IN_CORE] + c[FOR_DATA][IN_CORE];
    account[ACCOUNT_STALL] += row_sum(c, FOR_STALL);
    account[ACCOUNT_L1I] += c[FOR_FETCH][IN_L1];
    account[ACCOUNT_L1D] += c[FOR_DATA][IN_L1];
    account[ACCOUNT_L2] += c[FOR_FETCH][IN_L2] + c[FOR_DATA][IN_L2];
    account[ACCOUNT_DRAM] += c[FOR_FETCH][IN_DRAM] + c[FOR_DATA][IN_DRAM];
    account[ACCOUNT_TLB_REFILL] += row_sum(c, FOR_TLB);
    account[ACCOUNT_PROTECTION_REFILL] += row_sum(c, FOR_PROTECTION);
    account[ACCOUNT_COHERENCE] += row_sum(c, FOR_COHERENCE);
    account[ACCOUNT_TRAP] += row_sum(c, FOR_TRAP);
}

/* What is charged but not yet folded. */
static void tail_cells(const struct ledger *l, const struct mmu *m,
                       ledger_cells tail)
{
    for (int p = 0; p < PURPOSE_COUNT; p++)
        for (int at = 0; at < PLACE_COUNT; at++)
            tail[p][at] = m->accounts.cell[p][at] - l->folded.cell[p][at];
}

static uint64_t cells_sum(const ledger_cells c)
{
    uint64_t sum = 0;
    for (int p = 0; p < PURPOSE_COUNT; p++)
        sum += row_sum(c, (enum purpose)p);
    return sum;
}

static void late_sums(const struct ledger *l, const struct mmu *m,
                      struct switch_stats *s)
{
    static const enum late_group group[UNIT_COUNT] = {
        [UNIT_ITLB] = LATE_TLB,         [UNIT_DTLB] = LATE_TLB,
        [UNIT_L2TLB] = LATE_TLB,        [UNIT_IRPLB] = LATE_PROTECTION,
        [UNIT_DRPLB] = LATE_PROTECTION, [UNIT_L1I] = LATE_CACHE,
        [UNIT_L1D] = LATE_CACHE,        [UNIT_L2] = LATE_CACHE,
    };
    memset(s->late, 0, sizeof s->late);
    memset(s->gift, 0, sizeof s->gift);
    for (int u = 0; u < UNIT_COUNT; u++) {
        s->late[group[u]] += m->stats[u].late_cycles;
        s->gift[group[u]] += m->stats[u].gifts;
    }
    s->late[LATE_PROTECTION] += l->refill_late;
}

void ledger_snapshot(const struct ledger *l, const struct mmu *m,
                     struct ledger_snapshot *to)
{
    ledger_cells tail;
    memset(to, 0, sizeof *to);
    to->cycles = m->accounts.total;
    to->instructions = l->instructions;
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        ledger_accounts(l->total[ph], (enum phase)ph, to->account);
        to->phase[ph] = cells_sum(l->total[ph]);
        to->phase_instructions[ph] = l->total_instructions[ph];
    }
    tail_cells(l, m, tail);
    ledger_accounts(tail, l->phase, to->account);
    to->phase[l->phase] += cells_sum(tail);
    to->phase_instructions[l->phase] +=
        l->instructions - l->folded_instructions;
    for (int p = 0; p < PURPOSE_COUNT; p++)
        for (int at = 0; at < PLACE_COUNT; at++)
            to->place[at] += m->accounts.cell[p][at];
    memcpy(to->unit, m->stats, sizeof to->unit);
    to->switches = l->switches;
    late_sums(l, m, &to->switches);
}

void ledger_difference(const struct ledger_snapshot *later,
                       const struct ledger_snapshot *earlier,
                       struct ledger_snapshot *to)
{
    /* All fields are 64-bit numbers: one subtraction serves. */
    enum { WORDS = sizeof(struct ledger_snapshot) / sizeof(uint64_t) };
    _Static_assert(sizeof(struct ledger_snapshot) % sizeof(uint64_t) == 0,
                   "ledger_snapshot holds uint64_t only");
    uint64_t a[WORDS], b[WORDS];
    memcpy(a, later, sizeof a);
    memcpy(b, earlier, sizeof b);
    for (int i = 0; i < WORDS; i++)
        a[i] -= b[i];
    uint64_t min = later->switches.min, max = later->switches.max;
    memcpy(to, a, sizeof a);
    to->switches.min = min;
    to->switches.max = max;
}

void ledger_restart_extremes(struct ledger *l)
{
    l->switches.min = UINT64_MAX;
    l->switches.max = 0;
}

void ledger_domain_totals(const struct ledger *l, const struct mmu *m,
                          size_t index, uint64_t account[ACCOUNT_COUNT],
                          uint64_t *cycles, uint64_t *instructions)
{
    const struct ledger_domain *d = &l->domains[index];
    memset(account, 0, ACCOUNT_COUNT * sizeof account[0]);
    *instructions = 0;
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        ledger_accounts(d->phase[ph], (enum phase)ph, account);
        *instructions += d->instructions[ph];
    }
    if (index == l->domain) {
        ledger_cells tail;
        tail_cells(l, m, tail);
        ledger_accounts(tail, l->phase, account);
        *instructions += l->instructions - l->folded_instructions;
    }
    *cycles = 0;
    for (int a = 0; a < ACCOUNT_COUNT; a++)
        *cycles += account[a];
}

const struct switch_record *ledger_switch(const struct ledger *l, size_t i)
{
    uint64_t count = l->switches.count;
    if (i >= count || i >= LEDGER_SWITCHES)
        return NULL;
    return &l->book[(count - 1 - i) % LEDGER_SWITCHES];
}

/* ---- invariants -----------------------------------------------------------
 */

static bool check_sum(const char *what, const uint64_t *part, size_t count,
                      uint64_t whole, struct err *err)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += part[i];
    if (sum != whole)
        return err_set(err, EXIT_OUR_BUG,
                       "ledger: the %s sum to %" PRIu64
                       ", but there are %" PRIu64,
                       what, sum, whole);
    return true;
}

static bool check_unit(enum unit unit, const struct unit_stats *s,
                       struct err *err)
{
    if (s->hits + s->misses != s->lookups)
        return err_set(err, EXIT_OUR_BUG,
                       "%s: %" PRIu64 " hits and %" PRIu64
                       " misses, but %" PRIu64 " look-ups",
                       unit_name(unit), s->hits, s->misses, s->lookups);
    if (!check_sum("miss causes", s->by_cause, MISS_CAUSE_COUNT, s->misses,
                   err))
        return false;
    if (s->late > s->misses || s->gifts > s->hits)
        return err_set(err, EXIT_OUR_BUG,
                       "%s: more late misses than misses, or gifts than hits",
                       unit_name(unit));
    return true;
}

bool ledger_check(const struct ledger *l, const struct mmu *m, struct err *err)
{
    struct ledger_snapshot s;
    ledger_snapshot(l, m, &s);
    for (int u = 0; u < UNIT_COUNT; u++)
        if (!check_unit((enum unit)u, &m->stats[u], err))
            return false;
    return check_sum("accounts", s.account, ACCOUNT_COUNT, s.cycles, err) &&
           check_sum("places", s.place, PLACE_COUNT, s.cycles, err) &&
           check_sum("phases", s.phase, PHASE_COUNT, s.cycles, err) &&
           check_sum("instructions of the phases", s.phase_instructions,
                     PHASE_COUNT, s.instructions, err) &&
           check_sum("phases of the switches", s.switches.phase, PHASE_COUNT,
                     s.switches.direct, err);
}

bool ledger_check_all(const struct ledger *l, const struct mmu *m,
                      struct err *err)
{
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        uint64_t cycles = 0, instructions = 0;
        for (size_t i = 0; i < l->domain_count; i++) {
            cycles += cells_sum(l->domains[i].phase[ph]);
            instructions += l->domains[i].instructions[ph];
        }
        if (!check_sum("cycles of the domains", &cycles, 1,
                       cells_sum(l->total[ph]), err) ||
            !check_sum("instructions of the domains", &instructions, 1,
                       l->total_instructions[ph], err))
            return false;
    }
    return ledger_check(l, m, err);
}

/* ---- names ----------------------------------------------------------------
 */

const char *phase_name(enum phase phase)
{
    static const char *const names[PHASE_COUNT] = {
        [PHASE_USER] = "user",       [PHASE_SCRIPT] = "script",
        [PHASE_KERNEL] = "kernel",   [PHASE_TRAP] = "trap",
        [PHASE_SAVE] = "save",       [PHASE_SCHEDULE] = "schedule",
        [PHASE_SWITCH] = "switch",   [PHASE_FLUSH] = "flush",
        [PHASE_RESTORE] = "restore", [PHASE_REFILL] = "refill",
    };
    return phase < PHASE_COUNT ? names[phase] : "?";
}

static const struct {
    const char *name, *doc;
} accounts_text[ACCOUNT_COUNT] = {
    [ACCOUNT_EXECUTE] = { "execute", "issue and execution of instructions" },
    [ACCOUNT_STALL] = { "stall", "load-use waits, branch mispredictions" },
    [ACCOUNT_L1I] = { "l1i", "moving lines into the L1 instruction cache" },
    [ACCOUNT_L1D] = { "l1d", "moving lines into and out of the L1 data cache" },
    [ACCOUNT_L2] = { "l2", "L1 misses, the way to L2" },
    [ACCOUNT_DRAM] = { "dram", "L2 misses, the way to memory and devices" },
    [ACCOUNT_TLB_REFILL] = { "tlb_refill",
                             "L2 TLB look-ups and page walks, their reads "
                             "included" },
    [ACCOUNT_PROTECTION_REFILL] = { "protection_refill",
                                    "refill of the protection unit, by "
                                    "hardware or kernel" },
    [ACCOUNT_COHERENCE] = { "coherence",
                            "taking lines from the caches of other harts" },
    [ACCOUNT_TRAP] = { "trap", "trap entry and exit of the pipeline" },
    [ACCOUNT_SCRIPT] = { "script", "fetching scripted operations" },
    [ACCOUNT_IDLE] = { "idle", "waiting for an interrupt" },
};

const char *account_name(enum account account)
{
    return account < ACCOUNT_COUNT ? accounts_text[account].name : "?";
}

const char *account_doc(enum account account)
{
    return account < ACCOUNT_COUNT ? accounts_text[account].doc : "?";
}

const char *place_short_name(enum place place)
{
    static const char *const names[PLACE_COUNT] = { "core", "l1", "l2",
                                                    "dram" };
    return place < PLACE_COUNT ? names[place] : "?";
}

const char *purpose_name(enum purpose purpose)
{
    static const char *const names[PURPOSE_COUNT] = {
        "execute",    "stall",     "fetch", "data", "tlb",
        "protection", "coherence", "trap",  "idle",
    };
    return purpose < PURPOSE_COUNT ? names[purpose] : "?";
}

const char *late_name(enum late_group group)
{
    static const char *const names[LATE_COUNT] = { "tlb", "protection",
                                                   "cache" };
    return group < LATE_COUNT ? names[group] : "?";
}
