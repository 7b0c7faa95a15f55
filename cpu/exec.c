/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See exec.h. The switch is made of the meanings in insn.def; above it stand
 * the words they are written in. Loads and stores go down to mmu/ from here
 * and come back with verdicts in c->step.data.
 */
#include "cpu/exec.h"

#include "cpu/arith.h"
#include "cpu/cpu.h"
#include "cpu/trap.h"

/* ---- memory ------------------------------------------------------------- */

static bool refuse(struct cpu *c, uint64_t cause, uint64_t tval)
{
    c->step.cause = (uint8_t)cause;
    c->step.tval = tval;
    return false;
}

/* Starts the request; false = misaligned where that is refused. */
static bool data_request(struct cpu *c, enum access_kind kind, uint64_t va,
                         unsigned size, bool must_align)
{
    struct access *a = &c->step.data;
    if (va & (size - 1) &&
        (must_align || c->config.misaligned != MISALIGNED_OK)) {
        uint8_t cause =
            kind == ACCESS_LOAD ? TRAP_LOAD_MISALIGNED : TRAP_STORE_MISALIGNED;
        *a = (struct access){ .va = va,
                              .size = (uint8_t)size,
                              .kind = (uint8_t)kind,
                              .privilege = c->data_privilege,
                              .refused = REFUSED_MISALIGNED,
                              .cause = cause,
                              .fault_va = va };
        return refuse(c, cause, va);
    }
    a->va = va;
    a->size = (uint8_t)size;
    a->kind = (uint8_t)kind;
    a->privilege = c->data_privilege;
    return true;
}

/* Turns the verdict into events, or into a trap. */
static bool data_verdict(struct cpu *c, bool allowed)
{
    const struct access *a = &c->step.data;
    const struct bus *bus = c->mmu.bus;
    uint32_t events = 0;
    if (a->tlb.result == LOOKUP_MISS)
        events |= STEP_TLB_MISS;
    if (a->protection.result == LOOKUP_MISS)
        events |= STEP_PROTECTION_MISS;
    if (!allowed) {
        c->step.events |= events;
        return refuse(c, a->cause, a->fault_va);
    }
    if (a->pa - bus->ram_base >= bus->ram_bytes)
        events |= STEP_DEVICE;
    c->step.events |= events;
    return true;
}

static bool load(struct cpu *c, uint64_t va, unsigned size, uint64_t *value)
{
    return data_request(c, ACCESS_LOAD, va, size, false) &&
           data_verdict(c, mmu_load(&c->mmu, &c->step.data, value));
}

static bool store(struct cpu *c, uint64_t va, unsigned size, uint64_t value)
{
    return data_request(c, ACCESS_STORE, va, size, false) &&
           data_verdict(c, mmu_store(&c->mmu, &c->step.data, value));
}

static bool load_reserved(struct cpu *c, uint64_t va, unsigned size,
                          uint64_t *value)
{
    if (!data_request(c, ACCESS_LOAD, va, size, true) ||
        !data_verdict(c, mmu_load(&c->mmu, &c->step.data, value)))
        return false;
    c->reserved = true;
    mmu_reserve(&c->mmu, &c->step.data);
    c->reserved_va = va;
    c->reserved_size = (uint8_t)size;
    return true;
}

/* An SC whose reservation is gone fails without an access; *failed = 1. */
static bool store_conditional(struct cpu *c, uint64_t va, unsigned size,
                              uint64_t value, uint64_t *failed)
{
    bool holds = c->reserved && c->reserved_va == va &&
                 c->reserved_size == size &&
                 c->mmu.reservation != NO_RESERVATION;
    if (!data_request(c, ACCESS_STORE, va, size, true))
        return false;
    c->reserved = false;
    *failed = !holds;
    if (holds)
        return data_verdict(c, mmu_store(&c->mmu, &c->step.data, value));
    c->step.data.size = 0;
    return true;
}

static bool amo_read(struct cpu *c, uint64_t va, unsigned size, uint64_t *old)
{
    return data_request(c, ACCESS_AMO, va, size, true) &&
           data_verdict(c, mmu_amo(&c->mmu, &c->step.data, old));
}

/* ---- privileged --------------------------------------------------------- */

static bool may_sret(const struct cpu *c)
{
    return c->privilege == PRIV_M ||
           (c->privilege == PRIV_S && !(c->csr.mstatus & STATUS_TSR));
}

/* Where TW or U-mode limit the wait, the limit is 0 (Priv 3.3.3). */
static bool may_wfi(const struct cpu *c)
{
    return c->privilege == PRIV_M ||
           (c->privilege == PRIV_S && !(c->csr.mstatus & STATUS_TW));
}

static bool may_sfence(const struct cpu *c)
{
    return c->privilege == PRIV_M ||
           (c->privilege == PRIV_S && !(c->csr.mstatus & STATUS_TVM));
}

static bool may_xsas(const struct cpu *c)
{
    return c->privilege >= PRIV_S && c->csr.mxsas & MXSAS_ENABLE;
}

static void wait_for_interrupt(struct cpu *c)
{
    if (cpu_interrupt_pending(c))
        return;
    c->waiting = true;
    c->step.events |= STEP_WFI;
    interrupts_changed(c);
}

static void sfence_vma(struct cpu *c, const struct decoded *d)
{
    c->reserved = false;
    c->step.events |= STEP_FLUSH;
    mmu_sfence(&c->mmu, d->rs1 != 0, c->x[d->rs1], d->rs2 != 0, c->x[d->rs2]);
}

static void rplb_fill(struct cpu *c, uint64_t meta)
{
    mmu_rplb_fill(&c->mmu, c->csr.srbase, c->csr.srlimit, meta);
}

static void rplb_invalidate(struct cpu *c, const struct decoded *d,
                            bool in_range)
{
    c->step.events |= STEP_FLUSH;
    mmu_rplb_invalidate(&c->mmu, d->rs1 != 0, (uint16_t)c->x[d->rs1], in_range,
                        c->csr.srbase, c->csr.srlimit);
}

static void hint(struct cpu *c, uint64_t value, uint64_t number)
{
    c->step.events |= STEP_HINT;
    c->step.hint = number & 0xfff;
    c->step.hint_value = value;
}

/* ---- the words of insn.def ---------------------------------------------- */

#define RS1               (c->x[d->rs1])
#define RS2               (c->x[d->rs2])
#define IMM               ((uint64_t)d->imm)
#define PC                (c->pc)
#define NEXT              (c->pc + d->length)
#define RD(value)         (c->step.rd_value = (uint64_t)(value))
#define JUMP(address)     (c->step.next_pc = (address))
#define SEXT(value)       sign_extend_32(value)
#define TRAP(cause, tval) return refuse(c, cause, tval)
#define ILLEGAL           TRAP(TRAP_ILLEGAL, d->word)
#define NEEDS(condition)                                                       \
    if (!(condition))                                                          \
    ILLEGAL
#define HINT(value, number) hint(c, value, number)

#define LOAD(type, address)                                                    \
    uint64_t value;                                                            \
    if (!load(c, address, sizeof(type), &value))                               \
        return false;                                                          \
    RD((type)value)
#define STORE(bytes, address, value)                                           \
    if (!store(c, address, bytes, value))                                      \
    return false

#define LR(type)                                                               \
    uint64_t value;                                                            \
    if (!load_reserved(c, RS1, sizeof(type), &value))                          \
        return false;                                                          \
    RD((type)value)
#define SC(type)                                                               \
    if (!store_conditional(c, RS1, sizeof(type), RS2, &c->step.rd_value))      \
    return false
/* OLD and SRC have the type of the operation; rd gets OLD sign-extended. */
#define AMO(type, result)                                                      \
    uint64_t memory;                                                           \
    if (!amo_read(c, RS1, sizeof(type), &memory))                              \
        return false;                                                          \
    type OLD = (type)memory, SRC = (type)RS2;                                  \
    (void)OLD;                                                                 \
    mmu_amo_write(&c->mmu, &c->step.data, (uint64_t)(result));                 \
    RD(sizeof(type) == 4 ? SEXT(memory) : memory)

/* csr number in imm 11:0, the rs1 field (register or value) in imm 16:12 */
#define CSR_NUMBER ((uint16_t)(IMM & 0xfff))
#define UIMM       (IMM >> 12)
#define CSR_WRITE(value)                                                       \
    uint64_t old = 0;                                                          \
    NEEDS(!d->rd || csr_read(c, CSR_NUMBER, &old));                            \
    NEEDS(csr_write(c, CSR_NUMBER, value));                                    \
    RD(old)
#define CSR_MODIFY(value)                                                      \
    uint64_t old;                                                              \
    NEEDS(csr_read(c, CSR_NUMBER, &old));                                      \
    uint64_t BASE = csr_modify_base(c, CSR_NUMBER, old);                       \
    (void)BASE;                                                                \
    NEEDS(!UIMM || csr_write(c, CSR_NUMBER, value));                           \
    RD(old)

bool execute(struct cpu *c, const struct decoded *d)
{
    switch (d->exec) {
#define INSN(name, mnemonic, format, match, mask, class, ...)                  \
    case INSN_##name:                                                          \
        __VA_ARGS__ break;
#include "cpu/insn.def"
    default:
        ILLEGAL;
    }
    return true;
}
