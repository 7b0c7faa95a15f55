/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instructions C has no words for: CSRs, fences, wfi, hints, and the
 * numbers of the privileged architecture the kernel uses (Priv 4.1, 4.3).
 */
#pragma once

#include <stdint.h>

#include "mmu/xsas.h"
#include "os/abi/abi.h"

#define csr_read(csr)                                                          \
    ({                                                                         \
        uint64_t value_;                                                       \
        __asm__ volatile("csrr %0, %1" : "=r"(value_) : "i"(csr));             \
        value_;                                                                \
    })
#define csr_write(csr, value)                                                  \
    __asm__ volatile("csrw %0, %1" ::"i"(csr), "rK"((uint64_t)(value))         \
                     : "memory")
#define csr_set(csr, value)                                                    \
    __asm__ volatile("csrs %0, %1" ::"i"(csr), "rK"((uint64_t)(value))         \
                     : "memory")
#define csr_clear(csr, value)                                                  \
    __asm__ volatile("csrc %0, %1" ::"i"(csr), "rK"((uint64_t)(value))         \
                     : "memory")

#define CSR_SSTATUS            0x100
#define CSR_SIE                0x104
#define CSR_STVEC              0x105
#define CSR_SCOUNTEREN         0x106
#define CSR_SSCRATCH           0x140
#define CSR_SEPC               0x141
#define CSR_SCAUSE             0x142
#define CSR_STVAL              0x143
#define CSR_SIP                0x144
#define CSR_STIMECMP           0x14D
#define CSR_SATP               0x180
#define CSR_TIME               0xC01

#define SSTATUS_SPP            0x100
#define SSTATUS_SUM            0x40000

#define INTERRUPT_TIMER        5
#define INTERRUPT_EXTERNAL     9
#define SIP_TIMER              (1 << INTERRUPT_TIMER)
#define SIP_EXTERNAL           (1 << INTERRUPT_EXTERNAL)

#define CAUSE_FETCH_MISALIGNED 0
#define CAUSE_BREAKPOINT       3
#define CAUSE_ECALL_U          8
#define CAUSE_PAGE_FETCH       12
#define CAUSE_PAGE_LOAD        13
#define CAUSE_PAGE_STORE       15

#define PTE_V                  0x001
#define PTE_R                  0x002
#define PTE_W                  0x004
#define PTE_X                  0x008
#define PTE_U                  0x010
#define PTE_G                  0x020
#define PTE_A                  0x040
#define PTE_D                  0x080
#define PTE_PPN_SHIFT          10

static inline void wait_for_interrupt(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

/* After text was written, before it runs (Unpriv: Zifencei). */
static inline void fence_i(void)
{
    __asm__ volatile("fence.i" ::: "memory");
}

/* One page of one ASID; all non-global entries of one ASID. */
static inline void sfence_page(uint64_t va, uint64_t asid)
{
    __asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"(asid) : "memory");
}
static inline void sfence_asid(uint64_t asid)
{
    __asm__ volatile("sfence.vma x0, %0" ::"r"(asid) : "memory");
}
static inline void sfence_all(void)
{
    __asm__ volatile("sfence.vma x0, x0" ::: "memory");
}

/* Xsas: see mmu/xsas.h. Domain 0 in a register is not x0, which means all. */
static inline void rplb_fill(uint64_t meta)
{
    __asm__ volatile(".insn r 0x0B, 0, 0x00, x0, %0, x0" ::"r"(meta)
                     : "memory");
}
static inline void rplb_invalidate_domain(uint64_t domain)
{
    __asm__ volatile(".insn r 0x0B, 0, 0x01, x0, %0, x0" ::"r"(domain)
                     : "memory");
}
static inline void rplb_invalidate_all(void)
{
    __asm__ volatile(".insn r 0x0B, 0, 0x01, x0, x0, x0" ::: "memory");
}
/* Entries of `domain` that touch [srbase, srlimit). */
static inline void rplb_invalidate_range(uint64_t domain)
{
    __asm__ volatile(".insn r 0x0B, 0, 0x02, x0, %0, x0" ::"r"(domain)
                     : "memory");
}

/* Tells observers something: costs one instruction, changes nothing. The test
 * kernel built with NO_HINTS lacks just that instruction. */
#ifdef NO_HINTS
#define hint(name, value)                                                      \
    __asm__ volatile("" ::"r"((uint64_t)(value)) : "memory")
#else
#define hint(name, value)                                                      \
    __asm__ volatile("slti x0, %0, %1" ::"r"((uint64_t)(value)),               \
                     "i"(HINT_##name)                                          \
                     : "memory")
#endif
