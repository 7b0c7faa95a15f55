/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: a storm of system calls. A U-mode program under Sv39 calls a tiny
 * S-mode kernel and back, again and again: a trap, 31 registers saved and
 * restored, some work on the caller's memory, sret.
 *
 * RAM stands at its own address for S-mode; U-mode sees its first 2 MiB through
 * 4 KiB pages at WINDOW (the code is position-independent).
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED         SIZED(0x64acf5e7d0f6cfceu, 0x6ae9c4a3af65b5b9u)
#define CALLS            SIZED(3000000u, 6000u)
#define WINDOW           0x40000000u
#define RAM              0x80000000u

#define PTE_V            0x01
#define PTE_RW           0x06
#define PTE_X            0x08
#define PTE_U            0x10
#define PTE_AD           0xc0

#define CAUSE_USER_ECALL 8
#define SSTATUS_SUM      (1 << 18)

enum call { CALL_IDENTITY, CALL_ADD, CALL_SUM_MEMORY, CALL_END };

/* Registers of U-mode; x[0] holds the pc. */
struct frame {
    uint64_t x[32];
};
enum { A0 = 10, A1 = 11, A7 = 17 };

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t leaves[512] __attribute__((aligned(4096)));
static uint64_t kernel_stack[512] __attribute__((aligned(4096)));
static uint64_t user_stack[512] __attribute__((aligned(4096)));
static uint64_t user_memory[4];
static uint64_t served;

/* sscratch = the kernel's stack while in U-mode. */
void kernel_entry(void);
__asm__(".balign 4\n"
        "kernel_entry:\n"
        "  csrrw sp, sscratch, sp\n"
        "  addi sp, sp, -256\n"
        "  .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,"
        "24,25,26,27,28,29,30,31\n"
        "  sd x\\n, \\n*8(sp)\n"
        "  .endr\n"
        "  csrr t0, sepc\n"
        "  csrr t1, sscratch\n"
        "  sd t0, 0(sp)\n"
        "  sd t1, 16(sp)\n"
        "  mv a0, sp\n"
        "  call kernel_call\n"
        "  ld t0, 0(sp)\n"
        "  ld t1, 16(sp)\n"
        "  csrw sepc, t0\n"
        "  csrw sscratch, t1\n"
        "  .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,"
        "24,25,26,27,28,29,30,31\n"
        "  ld x\\n, \\n*8(sp)\n"
        "  .endr\n"
        "  addi sp, sp, 256\n"
        "  csrrw sp, sscratch, sp\n"
        "  sret\n");

/* The caller's memory, four words, as the caller sees them. */
static uint64_t sum_memory(const uint64_t *from)
{
    uint64_t sum = 0;
    __asm__ volatile("csrs sstatus, %0" ::"r"(SSTATUS_SUM) : "memory");
    for (int i = 0; i < 4; i++)
        sum += from[i];
    __asm__ volatile("csrc sstatus, %0" ::"r"(SSTATUS_SUM) : "memory");
    return sum;
}

void kernel_call(struct frame *f);
void kernel_call(struct frame *f)
{
    if (csr_read(scause) != CAUSE_USER_ECALL)
        guest_exit(3);
    served++;
    f->x[0] += 4; /* behind the ecall */
    switch (f->x[A7]) {
    case CALL_IDENTITY:
        f->x[A0] = 7;
        break;
    case CALL_ADD:
        f->x[A0] += f->x[A1];
        break;
    case CALL_SUM_MEMORY:
        f->x[A0] = sum_memory((const uint64_t *)f->x[A0]);
        break;
    default:
        if (served != CALLS + 1)
            guest_exit(4);
        guest_exit(checksum_end(f->x[A0], EXPECTED));
    }
}

static uint64_t call(enum call number, uint64_t a, uint64_t b)
{
    register uint64_t a0 __asm__("a0") = a;
    register uint64_t a1 __asm__("a1") = b;
    register uint64_t a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7) : "memory");
    return a0;
}

static void user_main(void)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < CALLS; i++) {
        uint64_t result = 0;
        if (i % 3 == 0) {
            result = call(CALL_IDENTITY, 0, 0);
        } else if (i % 3 == 1) {
            result = call(CALL_ADD, sum, i);
        } else {
            user_memory[i & 3] = sum;
            result = call(CALL_SUM_MEMORY, (uint64_t)user_memory, 0);
        }
        sum = checksum_add(sum, result);
    }
    call(CALL_END, sum, 0);
}

static void build_tables(void)
{
    for (uint64_t i = 0; i < 512; i++)
        leaves[i] =
            (RAM + i * 4096) >> 2 | PTE_V | PTE_RW | PTE_X | PTE_U | PTE_AD;
    middle[0] = (uint64_t)leaves >> 2 | PTE_V;
    root[WINDOW >> 30] = (uint64_t)middle >> 2 | PTE_V;
    root[0] = PTE_V | PTE_RW | PTE_AD; /* devices: console, finisher */
    root[2] = RAM >> 2 | PTE_V | PTE_RW | PTE_X | PTE_AD;
}

static uint64_t seen_by_user(const void *at)
{
    return (uint64_t)at - RAM + WINDOW;
}

int main(void)
{
    build_tables();
    csr_write(satp, 8ull << 60 | (uint64_t)root >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
    csr_write(medeleg, 0xffff);
    csr_write(stvec, kernel_entry);
    csr_write(sscratch, kernel_stack + 512);
    csr_write(mepc, seen_by_user((const void *)user_main));
    __asm__ volatile("csrc mstatus, %0\n" /* MPP = U */
                     "mv sp, %1\n"
                     "mret" ::"r"(3 << 11),
                     "r"(seen_by_user(user_stack + 512))
                     : "memory");
    __builtin_unreachable();
}
