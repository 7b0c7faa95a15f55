/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instruction stream: a machine in a random state (mode, CSRs, PMP, paging
 * over tables made of the input itself), random bytes as code, a bounded
 * number of steps. machine_run checks the machine's invariants at each end;
 * whoever looks at it afterwards must survive too. Both engines run it, and
 * must stop for the same reason in the same state, memory and clock included.
 */
#include "cpu/disasm.h"
#include "cpu/trap.h"
#include "sim/stats.h"
#include "sim/story.h"
#include "tests/fuzz/target.h"

#define RAM    (1 << 18)
#define PAGE   0x1000
#define COPIES 16 /* pages of RAM that hold the bytes of the input */
#define CSRS   24 /* written at most */
#define TABLE  (MEM_RAM + RAM - PAGE)
#define STEPS  1500
#define CYCLES 400000

/* What the first byte chooses. */
enum { OPEN_PMP = 1, PAGED = 2, USER_PAGES = 4, MISALIGNED = 8, HW_AD = 16 };

static struct machine *machine(uint8_t flags, uint64_t preset)
{
    struct config c;
    struct err err;
    size_t presets = 0;
    while (preset_name(presets))
        presets++;
    target_must(config_preset(&c, preset_name(preset % presets), &err));
    c.ram_bytes = RAM;
    c.cpu.misaligned = (flags & MISALIGNED) != 0;
    c.cpu.hw_ad = (flags & HW_AD) != 0;
    struct machine *m = machine_new(&c, &err);
    target_must(m);
    return m;
}

static void write_csrs(struct cpu *c, struct target_input *in)
{
    struct csr_info info;
    unsigned rows = 0;
    while (csr_each(rows, &info))
        rows++;
    for (uint64_t n = target_take(in, 1) % CSRS; n > 0; n--) {
        target_must(csr_each((unsigned)target_take(in, 2) % rows, &info));
        uint64_t value = target_take(in, 8);
        if (!info.read_only)
            (void)csr_write(c, info.number, value);
    }
}

/* One to one with gigapages, the first of which is RAM; the tables that the
 * input makes are there by writing satp. */
static void open_pages(struct machine *m, uint64_t mode, bool user)
{
    uint64_t leaf = (uint64_t)MEM_RAM >> 2 | (user ? 0xdf : 0xcf);
    for (unsigned i = 0; i < 512; i++)
        target_must(machine_poke_phys(m, TABLE + 8 * i, &leaf, sizeof leaf));
    (void)csr_write(&m->now->cpu, CSR_satp, (8 + mode % 3) << 60 | TABLE >> 12);
}

static void look(struct machine *m, enum stop stop)
{
    char text[600];
    struct event_cursor cursor = { 0 };
    uint32_t word = 0;
    uint64_t instructions;
    story_stop(m, stop, text, sizeof text);
    for (const struct event *e; (e = event_next(&m->events, &cursor));)
        story_event(m, e, text, sizeof text);
    target_must(stats_find(m, "instructions", &instructions));
    if (machine_peek_va(m, 0, m->now->cpu.pc, &word, sizeof word))
        disasm(word, m->now->cpu.pc, text, sizeof text);
}

static void start(struct machine *m, uint8_t flags, struct target_input *in)
{
    struct cpu *c = &m->now->cpu;
    c->csr.mtvec = MEM_RAM + 0x100;
    c->csr.stvec = MEM_RAM + 0x200;
    if (flags & OPEN_PMP) {
        (void)csr_write(c, CSR_pmpaddr0, UINT64_MAX);
        (void)csr_write(c, CSR_pmpcfg0, 0x1f);
    }
    if (flags & PAGED)
        open_pages(m, target_take(in, 1), flags & USER_PAGES);
    uint64_t privilege = target_take(in, 1);
    write_csrs(c, in);
    for (unsigned i = 5; i < 16; i++)
        c->x[i] = MEM_RAM + target_take(in, 2) * 4;
    for (unsigned i = 0; i < COPIES; i++)
        target_must(machine_poke_phys(m, MEM_RAM + i * PAGE, in->at,
                                      in->left < PAGE ? in->left : PAGE));
    c->privilege = (uint8_t[]){ PRIV_U, PRIV_S, PRIV_M }[privilege % 3];
    c->pc = MEM_RAM + 0x400 * (privilege / 3 % 4);
    status_changed(c);
}

static struct machine *open_machine(enum engine engine, const uint8_t *data,
                                    size_t size)
{
    struct target_input in = { data, size };
    uint8_t flags = (uint8_t)target_take(&in, 1);
    struct machine *m = machine(flags, target_take(&in, 1));
    m->engine = engine;
    start(m, flags, &in);
    return m;
}

static enum stop run(struct machine *m)
{
    const struct run_limits limits = { .max_insns = STEPS,
                                       .until_cycle =
                                           machine_clock(m) + CYCLES };
    enum stop stop = machine_run(m, &limits);
    target_must(stop < STOP_COUNT && stop != STOP_EVENT);
    target_must(m->now->cpu.x[0] == 0 && !(m->now->cpu.pc & 1));
    target_must(m->now->cpu.privilege <= PRIV_M && m->now->cpu.privilege != 2);
    return stop;
}

static void compare(const struct machine *a, const struct machine *b)
{
    target_must(a->now->cpu.pc == b->now->cpu.pc);
    target_must(a->now->cpu.privilege == b->now->cpu.privilege);
    target_must(!memcmp(a->now->cpu.x, b->now->cpu.x, sizeof a->now->cpu.x));
    target_must(
        !memcmp(&a->now->cpu.csr, &b->now->cpu.csr, sizeof a->now->cpu.csr));
    target_must(machine_clock(a) == machine_clock(b));
    target_must(a->now->ledger.instructions == b->now->ledger.instructions);
    target_must(!memcmp(&a->now->cpu.mmu.accounts, &b->now->cpu.mmu.accounts,
                        sizeof a->now->cpu.mmu.accounts));
    target_must(!memcmp(a->now->cpu.mmu.stats, b->now->cpu.mmu.stats,
                        sizeof a->now->cpu.mmu.stats));
    target_must(!memcmp(a->event_count, b->event_count, sizeof a->event_count));
    target_must(!memcmp(a->bus.ram, b->bus.ram, RAM));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct machine *fast = open_machine(ENGINE_FAST, data, size);
    struct machine *readable = open_machine(ENGINE_READABLE, data, size);
    for (unsigned round = 0; round < 2; round++) {
        enum stop stop = run(fast);
        target_must(run(readable) == stop);
        compare(fast, readable);
        look(fast, stop);
    }
    machine_free(fast);
    machine_free(readable);
    return 0;
}
