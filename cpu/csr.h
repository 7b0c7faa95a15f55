/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control and status registers: the storage, and access by number with
 * all privilege rules. What each register is, who may use it, what a read
 * gives and what a write does is a row of csr.def. CSRs that steer the memory
 * system live there: satp, sdomain, sprot, srtable in mmu.regs, PMP in mmu.pmp.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hpm.h"
#include "mmu/xsas.h"

struct cpu;

enum csr_number {
#define CSR(number, name, guard, read, write, text) CSR_##name = number,
#include "cpu/csr.def"
};

/* mstatus fields */
#define STATUS_SIE       (UINT64_C(1) << 1)
#define STATUS_MIE       (UINT64_C(1) << 3)
#define STATUS_SPIE      (UINT64_C(1) << 5)
#define STATUS_MPIE      (UINT64_C(1) << 7)
#define STATUS_SPP       (UINT64_C(1) << 8)
#define STATUS_MPP_SHIFT 11
#define STATUS_MPP       (UINT64_C(3) << STATUS_MPP_SHIFT)
#define STATUS_MPRV      (UINT64_C(1) << 17)
#define STATUS_SUM       (UINT64_C(1) << 18)
#define STATUS_MXR       (UINT64_C(1) << 19)
#define STATUS_TVM       (UINT64_C(1) << 20)
#define STATUS_TW        (UINT64_C(1) << 21)
#define STATUS_TSR       (UINT64_C(1) << 22)
#define STATUS_UXL_SXL   (UINT64_C(0xA) << 32) /* both 64 bits, fixed */

/* menvcfg, mcounteren, mcountinhibit fields */
#define ENVCFG_FIOM (UINT64_C(1) << 0)
#define ENVCFG_ADUE (UINT64_C(1) << 61)
#define ENVCFG_STCE (UINT64_C(1) << 63)
#define COUNTER_CY  (UINT64_C(1) << 0)
#define COUNTER_TM  (UINT64_C(1) << 1)
#define COUNTER_IR  (UINT64_C(1) << 2)

struct csr_file {
    uint64_t mstatus;
    uint64_t medeleg, mideleg, mie;
    uint64_t mip_written; /* SSIP, STIP, SEIP as software wrote them */
    uint64_t mip_lines;   /* levels of the devices' lines */
    uint64_t mtvec, mepc, mcause, mtval, mscratch;
    uint64_t stvec, sepc, scause, stval, sscratch;
    uint64_t mcounteren, scounteren, mcountinhibit;
    uint64_t menvcfg, senvcfg;
    uint64_t stimecmp;
    /* A counter reads event count + offset; while inhibited it reads held. */
    uint64_t cycle_offset, cycle_held;
    uint64_t instret_offset, instret_held;
    struct hpm hpm;
    uint64_t mhartid;
    uint64_t mxsas, srbase, srlimit;
};

void csr_reset(struct cpu *c, uint64_t hartid);

/*
 * What an instruction of the current privilege does; false = illegal, nothing
 * changed. Reads have no effects. After csr_write c->step.events has
 * STEP_CONTEXT when satp, sdomain or sprot was written.
 */
bool csr_read(const struct cpu *c, uint16_t number, uint64_t *value);
bool csr_write(struct cpu *c, uint16_t number, uint64_t value);
/*
 * Where a read-modify-write of `number` must start from: as csr_read, except
 * mip, whose SEIP is there only what software wrote (Priv 3.1.9).
 */
uint64_t csr_modify_base(const struct cpu *c, uint16_t number, uint64_t read);

/* "mstatus"; NULL = not implemented. */
const char *csr_name(uint16_t number);

/* One implemented CSR, for lists and documents. */
struct csr_info {
    uint16_t number;
    const char *name, *text;
    uint8_t privilege; /* lowest that may use it: 0 U, 1 S, 3 M */
    bool read_only;
};
/* The i-th row of csr.def, in the file's order; false = past the last. */
bool csr_each(unsigned i, struct csr_info *info);
