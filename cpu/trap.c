/* SPDX-License-Identifier: Apache-2.0 */
/* See trap.h. What comes next is the guest's handler. */
#include "cpu/trap.h"

#include "cpu/cpu.h"

/* ---- interrupts --------------------------------------------------------- */

uint64_t interrupts_pending(const struct cpu *c)
{
    const struct csr_file *r = &c->csr;
    uint64_t pending = r->mip_lines | r->mip_written;
    if (r->menvcfg & ENVCFG_STCE) {
        pending &= ~(uint64_t)MIP_STIP;
        if (c->mmu.accounts.total >= c->timer_clock)
            pending |= MIP_STIP;
    }
    return pending;
}

int interrupt_choose(const struct cpu *c)
{
    /* Priority falls from left to right (Priv 3.1.9). */
    static const uint8_t order[] = { INTERRUPT_MEI, INTERRUPT_MSI,
                                     INTERRUPT_MTI, INTERRUPT_SEI,
                                     INTERRUPT_SSI, INTERRUPT_STI };
    const struct csr_file *r = &c->csr;
    uint64_t pending = interrupts_pending(c) & r->mie;
    if (!pending)
        return -1;

    bool to_m = c->privilege < PRIV_M || r->mstatus & STATUS_MIE;
    bool to_s = c->privilege < PRIV_S ||
                (c->privilege == PRIV_S && r->mstatus & STATUS_SIE);
    uint64_t ready = (to_m ? pending & ~r->mideleg : 0);
    if (!ready)
        ready = (to_s ? pending & r->mideleg : 0);
    for (unsigned i = 0; i < sizeof order; i++)
        if (ready >> order[i] & 1)
            return order[i];
    return -1;
}

void interrupts_changed(struct cpu *c)
{
    if (c->waiting || interrupt_choose(c) >= 0)
        c->attention = 0;
    else if (c->mmu.accounts.total < c->timer_clock)
        c->attention = c->timer_clock;
    else
        c->attention = UINT64_MAX;
}

void timer_changed(struct cpu *c)
{
    c->timer_clock = c->csr.menvcfg & ENVCFG_STCE
                         ? cpu_cycle_of_time(c, c->csr.stimecmp)
                         : UINT64_MAX;
    interrupts_changed(c);
}

/* ---- privilege ---------------------------------------------------------- */

void status_changed(struct cpu *c)
{
    uint64_t status = c->csr.mstatus;
    c->mmu.regs.sum = (status & STATUS_SUM) != 0;
    c->mmu.regs.mxr = (status & STATUS_MXR) != 0;
    c->data_privilege = c->privilege;
    if (c->privilege == PRIV_M && status & STATUS_MPRV)
        c->data_privilege = status >> STATUS_MPP_SHIFT & 3;
    interrupts_changed(c);
}

/* ---- traps -------------------------------------------------------------- */

static bool is_delegated(const struct cpu *c, bool interrupt, uint64_t cause)
{
    uint64_t delegated = interrupt ? c->csr.mideleg : c->csr.medeleg;
    return c->privilege <= PRIV_S && delegated >> cause & 1;
}

static uint64_t handler(uint64_t tvec, bool interrupt, uint64_t cause)
{
    bool vectored = tvec & 1;
    return (tvec & ~UINT64_C(3)) + (vectored && interrupt ? 4 * cause : 0);
}

static void enter_s(struct cpu *c, bool interrupt, uint64_t cause,
                    uint64_t tval)
{
    struct csr_file *r = &c->csr;
    uint64_t status = r->mstatus & ~(STATUS_SIE | STATUS_SPIE | STATUS_SPP);
    if (r->mstatus & STATUS_SIE)
        status |= STATUS_SPIE;
    if (c->privilege == PRIV_S)
        status |= STATUS_SPP;
    r->mstatus = status;
    r->sepc = c->pc;
    r->scause = cause | (interrupt ? CAUSE_IS_INTERRUPT : 0);
    r->stval = tval;
    c->privilege = PRIV_S;
    c->pc = handler(r->stvec, interrupt, cause);
}

static void enter_m(struct cpu *c, bool interrupt, uint64_t cause,
                    uint64_t tval)
{
    struct csr_file *r = &c->csr;
    uint64_t status = r->mstatus & ~(STATUS_MIE | STATUS_MPIE | STATUS_MPP);
    if (r->mstatus & STATUS_MIE)
        status |= STATUS_MPIE;
    status |= (uint64_t)c->privilege << STATUS_MPP_SHIFT;
    r->mstatus = status;
    r->mepc = c->pc;
    r->mcause = cause | (interrupt ? CAUSE_IS_INTERRUPT : 0);
    r->mtval = tval;
    c->privilege = PRIV_M;
    c->pc = handler(r->mtvec, interrupt, cause);
}

void trap_take(struct cpu *c, bool interrupt, uint64_t cause, uint64_t tval)
{
    if (is_delegated(c, interrupt, cause))
        enter_s(c, interrupt, cause, tval);
    else
        enter_m(c, interrupt, cause, tval);
    status_changed(c);
    c->traps_in_a_row++;

    struct step *s = &c->step;
    s->events |= STEP_TRAP;
    s->retired = false;
    s->rd = 0;
    s->interrupt = interrupt;
    s->cause = (uint8_t)cause;
    s->tval = tval;
    s->trap_to = c->privilege;

    mmu_trap_entered(&c->mmu);
    account_charge(&c->mmu.accounts, FOR_TRAP, IN_CORE,
                   c->config.trap_entry + timing_serialize(&c->timing));
    if (!interrupt && cause == TRAP_ILLEGAL)
        account_charge(&c->mmu.accounts, FOR_TRAP, IN_CORE,
                       c->config.trap_illegal);
}

/* A return to less than M-mode ends MPRV (Priv 3.1.6.3). The reservation goes
 * too, so that no thread's SC can succeed on another's LR. */
static void returned(struct cpu *c, enum privilege to)
{
    c->privilege = (uint8_t)to;
    if (to != PRIV_M)
        c->csr.mstatus &= ~STATUS_MPRV;
    c->reserved = false;
    c->step.events |= STEP_RETURN;
    status_changed(c);
    account_charge(&c->mmu.accounts, FOR_TRAP, IN_CORE, c->config.trap_exit);
}

void trap_return_m(struct cpu *c)
{
    struct csr_file *r = &c->csr;
    enum privilege to = r->mstatus >> STATUS_MPP_SHIFT & 3;
    uint64_t status = r->mstatus & ~(STATUS_MIE | STATUS_MPP);
    if (r->mstatus & STATUS_MPIE)
        status |= STATUS_MIE;
    r->mstatus = status | STATUS_MPIE; /* MPP becomes U */
    returned(c, to);
}

void trap_return_s(struct cpu *c)
{
    struct csr_file *r = &c->csr;
    enum privilege to = r->mstatus & STATUS_SPP ? PRIV_S : PRIV_U;
    uint64_t status = r->mstatus & ~(STATUS_SIE | STATUS_SPP);
    if (r->mstatus & STATUS_SPIE)
        status |= STATUS_SIE;
    r->mstatus = status | STATUS_SPIE;
    returned(c, to);
}
