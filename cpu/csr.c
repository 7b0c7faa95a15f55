/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See csr.h; the registers themselves are the rows of csr.def. Here are the
 * words those rows use, and the two switches made from them.
 */
#include "cpu/csr.h"

#include <stddef.h>
#include <string.h>

#include "cpu/cpu.h"
#include "cpu/trap.h"

/* ---- what can be written ------------------------------------------------ */

#define SSTATUS_WRITABLE                                                       \
    (STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_SUM | STATUS_MXR)
#define MSTATUS_WRITABLE                                                       \
    (SSTATUS_WRITABLE | STATUS_MIE | STATUS_MPIE | STATUS_MPP | STATUS_MPRV |  \
     STATUS_TVM | STATUS_TW | STATUS_TSR)
#define SSTATUS_VISIBLE (SSTATUS_WRITABLE | UINT64_C(3) << 32)

#define MIDELEG_MASK    (MIP_SSIP | MIP_STIP | MIP_SEIP)
#define MIE_MASK        (MIDELEG_MASK | MIP_MSIP | MIP_MTIP | MIP_MEIP)

/* Every cause there is, except an ecall from M-mode (Priv 3.1.8). */
#define CAUSE(number, name, text) | UINT64_C(1) << TRAP_##name
static const uint64_t medeleg_mask = (0
#include "cpu/cause.def"
                                      ) &
                                     ~(UINT64_C(1) << TRAP_ECALL_M);

#define MISA_LETTER(letter) (UINT64_C(1) << (letter - 'A'))
#define MISA_VALUE                                                             \
    (UINT64_C(2) << 62 | MISA_LETTER('A') | MISA_LETTER('C') |                 \
     MISA_LETTER('I') | MISA_LETTER('M') | MISA_LETTER('S') |                  \
     MISA_LETTER('U'))

/* ---- status ------------------------------------------------------------- */

static uint64_t status_read(const struct csr_file *r, uint64_t visible)
{
    return (r->mstatus | STATUS_UXL_SXL) & visible;
}

static void status_write(struct cpu *c, uint64_t v, uint64_t writable)
{
    uint64_t old = c->csr.mstatus;
    uint64_t status = (old & ~writable) | (v & writable);
    if ((status & STATUS_MPP) == UINT64_C(2) << STATUS_MPP_SHIFT)
        status = (status & ~STATUS_MPP) | (old & STATUS_MPP);
    c->csr.mstatus = status;
    status_changed(c);
}

/* ---- interrupts and timer ----------------------------------------------- */

static void mip_write(struct cpu *c, uint64_t v, uint64_t writable)
{
    if (c->csr.menvcfg & ENVCFG_STCE)
        writable &= ~(uint64_t)MIP_STIP;
    c->csr.mip_written = (c->csr.mip_written & ~writable) | (v & writable);
    interrupts_changed(c);
}

static void menvcfg_write(struct cpu *c, uint64_t v)
{
    c->csr.menvcfg = v & (ENVCFG_FIOM | ENVCFG_ADUE | ENVCFG_STCE);
    c->mmu.regs.hw_ad = (v & ENVCFG_ADUE) != 0;
    timer_changed(c);
}

uint64_t csr_modify_base(const struct cpu *c, uint16_t number, uint64_t read)
{
    if (number != CSR_mip)
        return read;
    return (read & ~(uint64_t)MIP_SEIP) | (c->csr.mip_written & MIP_SEIP);
}

/* ---- counters ----------------------------------------------------------- */

static uint64_t counter_cycle(const struct cpu *c)
{
    const struct csr_file *r = &c->csr;
    if (r->mcountinhibit & COUNTER_CY)
        return r->cycle_held;
    return c->mmu.accounts.total + r->cycle_offset;
}

static uint64_t counter_instret(const struct cpu *c)
{
    const struct csr_file *r = &c->csr;
    if (r->mcountinhibit & COUNTER_IR)
        return r->instret_held;
    return c->instret + r->instret_offset;
}

static void counter_set_cycle(struct cpu *c, uint64_t v)
{
    c->csr.cycle_held = v;
    c->csr.cycle_offset = v - c->mmu.accounts.total;
}

/* The write itself still retires, and must not count (Priv 3.1.10). */
static void counter_set_instret(struct cpu *c, uint64_t v)
{
    c->csr.instret_held = v;
    c->csr.instret_offset = v - (c->instret + 1);
}

static void mcountinhibit_write(struct cpu *c, uint64_t v)
{
    uint64_t cycle = counter_cycle(c), instret = counter_instret(c);
    hpm_inhibit(c, v);
    c->csr.mcountinhibit = v & (COUNTER_CY | COUNTER_IR | HPM_ALL);
    counter_set_cycle(c, cycle);
    c->csr.instret_held = instret;
    c->csr.instret_offset = instret - c->instret;
}

/* ---- what steers the memory system -------------------------------------- */

static void context_changed(struct cpu *c)
{
    c->reserved = false;
    c->step.events |= STEP_CONTEXT;
    mmu_context_changed(&c->mmu);
}

/* An unknown mode makes the whole write void (Priv 4.1.11). */
static void satp_write(struct cpu *c, uint64_t v)
{
    uint64_t mode = v >> 60;
    if (mode != 0 && (mode < 8 || mode > 10))
        return;
    uint64_t asids = (UINT64_C(1) << c->mmu.config.asid_bits) - 1;
    c->mmu.regs.satp = v & ~((UINT64_C(0xffff) & ~asids) << 44);
    context_changed(c);
}

static void sdomain_write(struct cpu *c, uint64_t v)
{
    c->mmu.regs.domain = (uint16_t)v;
    context_changed(c);
}

static void sprot_write(struct cpu *c, uint64_t v)
{
    uint64_t unit = v & SPROT_UNIT_MASK;
    if (unit > SPROT_RPLB)
        unit = SPROT_PAGETABLE;
    c->mmu.regs.sprot = unit | (v & SPROT_HWREFILL);
    context_changed(c);
}

static void srtable_write(struct cpu *c, uint64_t v)
{
    c->mmu.regs.srtable = v & (SRTABLE_BASE_MASK | SRTABLE_LOG2_MASK);
    mmu_context_changed(&c->mmu);
}

static void pmpcfg_write(struct cpu *c, unsigned group, uint64_t v)
{
    pmp_write_config(&c->mmu.pmp, group, v);
    mmu_pmp_changed(&c->mmu);
}

static void pmpaddr_write(struct cpu *c, unsigned entry, uint64_t v)
{
    pmp_write_address(&c->mmu.pmp, entry, v);
    mmu_pmp_changed(&c->mmu);
}

/* ---- access by number --------------------------------------------------- */

/* Guards: the conditions of csr.def beyond the privilege in the number. */
#define ANY  true
#define XSAS (r->mxsas & MXSAS_ENABLE)
#define SATP (c->privilege == PRIV_M || !(r->mstatus & STATUS_TVM))
#define STIMECMP                                                               \
    (c->privilege == PRIV_M ||                                                 \
     (r->menvcfg & ENVCFG_STCE && r->mcounteren & COUNTER_TM))
#define COUNTER(n) counter_allowed(c, n)

static bool counter_allowed(const struct cpu *c, unsigned n)
{
    const struct csr_file *r = &c->csr;
    if (c->privilege == PRIV_M)
        return true;
    return r->mcounteren >> n & 1 &&
           (c->privilege == PRIV_S || r->scounteren >> n & 1);
}

static bool privilege_allows(const struct cpu *c, uint16_t number)
{
    return c->privilege >= (number >> 8 & 3);
}

bool cpu_peek_csr(const struct cpu *c, uint16_t number, uint64_t *value)
{
    const struct csr_file *r = &c->csr;
    switch (number) {
#define CSR(number, name, guard, read, write, text)                            \
    case number:                                                               \
        *value = (read);                                                       \
        return true;
#include "cpu/csr.def"
    default:
        return false;
    }
}

bool csr_read(const struct cpu *c, uint16_t number, uint64_t *value)
{
    const struct csr_file *r = &c->csr;
    if (!privilege_allows(c, number))
        return false;
    switch (number) {
#define CSR(number, name, guard, read, write, text)                            \
    case number:                                                               \
        if (!(guard))                                                          \
            return false;                                                      \
        break;
#include "cpu/csr.def"
    default:
        return false;
    }
    return cpu_peek_csr(c, number, value);
}

/* Words of the write column. */
#define KEEP             (void)v
#define SET(field, mask) r->field = v & (mask)
#define TVEC(field)                                                            \
    if (!(v & 2))                                                              \
    r->field = v

bool csr_write(struct cpu *c, uint16_t number, uint64_t v)
{
    struct csr_file *r = &c->csr;
    bool read_only = number >> 10 == 3;
    if (!privilege_allows(c, number) || read_only)
        return false;
    switch (number) {
#define CSR(number, name, guard, read, write, text)                            \
    case number:                                                               \
        if (!(guard))                                                          \
            return false;                                                      \
        write;                                                                 \
        return true;
#include "cpu/csr.def"
    default:
        return false;
    }
}

void csr_reset(struct cpu *c, uint64_t hartid)
{
    struct csr_file *r = &c->csr;
    uint64_t lines = r->mip_lines;
    memset(r, 0, sizeof *r);
    r->mip_lines = lines;
    r->mhartid = hartid;
    r->stimecmp = UINT64_MAX;
    r->cycle_offset = -c->mmu.accounts.total;
    r->instret_offset = -c->instret;
    menvcfg_write(c, c->config.hw_ad == HW_AD_ON ? ENVCFG_ADUE : 0);
    pmp_reset(&c->mmu.pmp);
    mmu_pmp_changed(&c->mmu);
    c->mmu.regs.satp = 0;
    c->mmu.regs.sprot = 0;
    c->mmu.regs.srtable = 0;
    c->mmu.regs.domain = 0;
    mmu_context_changed(&c->mmu);
    status_changed(c);
}

/* ---- names -------------------------------------------------------------- */

static const struct csr_info csr_rows[] = {
#define CSR(number, name, guard, read, write, text)                            \
    { number, #name, text, (number) >> 8 & 3, (number) >> 10 == 3 },
#include "cpu/csr.def"
};

bool csr_each(unsigned i, struct csr_info *info)
{
    if (i >= sizeof csr_rows / sizeof csr_rows[0])
        return false;
    *info = csr_rows[i];
    return true;
}

const char *csr_name(uint16_t number)
{
    for (size_t i = 0; i < sizeof csr_rows / sizeof csr_rows[0]; i++)
        if (csr_rows[i].number == number)
            return csr_rows[i].name;
    return NULL;
}
