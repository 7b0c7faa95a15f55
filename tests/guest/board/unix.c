/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a small UNIX-like kernel for this board does when it boots: puts all of
 * 128 MiB on a free list, touching every byte; maps itself with Sv39, never
 * setting A or D; takes timer interrupts both ways (Sstc, and the CLINT's by
 * way of M-mode); reads and writes a disk and reads the UART by PLIC
 * interrupts; runs a process behind a trampoline page, with system calls and
 * memory that comes on demand. Then it waits for a typed line. Each failed
 * check has a number of its own, which is the exit value.
 */
#include "tests/guest/board/unix.h"

#include <stddef.h>

#include "tests/guest/board/virtio.h"
#include "tests/guest/lib/guest.h"

#define PAGE    4096UL
#define RAM     0x80000000UL
#define RAM_END 0x88000000UL
#define UART    0x10000000UL
#define PLIC    0x0c000000UL
#define CLINT   0x02000000UL
#define MTIME   (CLINT + 0xbff8)

enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128 };
enum { IRQ_DISK = 1, IRQ_UART = 10, SLOT_DISK = 0, DEVICE_BLOCK = 2 };
enum { SSIE = 2, STIE = 0x20, SEIE = 0x200, MTIE = 0x80 };
enum { SIE = 2, SPIE = 0x20, SPP = 0x100, MPP = 0x1800, MPP_S = 0x800 };
#define STCE         (1UL << 63)
#define INTERRUPT    (1UL << 63)
#define TICK         2000 /* of mtime */
#define SATP(table)  (8UL << 60 | (uint64_t)(table) >> 12)
#define JUNK         0x0505050505050505UL
#define EXPECT(n, c) ((c) ? (void)0 : fail(n))

extern char __end[], __stack_top[], trampoline[], process_code[];
void machine_timer(void);
void kernel_vector(void);
void user_return(uint64_t satp);
_Noreturn void to_supervisor(void (*there)(void));
void kernel_trap(void);

struct frame {
    uint64_t stack, handler, satp, pc, x[32];
};
_Static_assert(offsetof(struct frame, x) == FRAME_X, "unix.h");

struct page {
    struct page *next;
};

static struct page *free_list;
static uint64_t free_count;
static uint64_t *kernel_table, *process_table;
static struct frame *frame;
static uint64_t timer_scratch[5];
static volatile uint64_t sstc_ticks, soft_ticks, user_interrupts, lazy_faults;
static struct queue disk;
static volatile bool disk_done;
static char line[16];
static volatile unsigned line_length;

static _Noreturn void fail(int number)
{
    guest_print("check ");
    char digits[4] = { (char)('0' + number / 100),
                       (char)('0' + number / 10 % 10),
                       (char)('0' + number % 10), 0 };
    guest_print(digits);
    guest_print(" failed\n");
    guest_exit(number);
}

/* ---- pages --------------------------------------------------------------- */

static void fill(void *page, uint64_t word)
{
    uint64_t *to = page;
    for (unsigned i = 0; i < PAGE / 8; i++)
        to[i] = word;
}

static void page_free(void *at)
{
    struct page *p = at;
    fill(p, JUNK);
    p->next = free_list;
    free_list = p;
    free_count++;
}

static void *page_take(void)
{
    struct page *p = free_list;
    EXPECT(10, p && ((uint64_t *)p)[511] == JUNK);
    free_list = p->next;
    free_count--;
    fill(p, 0);
    return p;
}

static uint64_t *entry_of(uint64_t *table, uint64_t va)
{
    for (int level = 2; level > 0; level--) {
        uint64_t *e = &table[va >> (12 + 9 * level) & 511];
        if (!(*e & V))
            *e = (uint64_t)page_take() >> 2 | V;
        table = (uint64_t *)(*e >> 10 << 12);
    }
    return &table[va >> 12 & 511];
}

static void map(uint64_t *table, uint64_t va, uint64_t pa, uint64_t bytes,
                uint64_t rights)
{
    for (uint64_t at = 0; at < bytes; at += PAGE)
        *entry_of(table, va + at) = (pa + at) >> 2 | rights | V;
}

static void map_kernel(void)
{
    kernel_table = page_take();
    map(kernel_table, 0x100000, 0x100000, PAGE, R | W);
    map(kernel_table, CLINT, CLINT, 0x10000, R | W);
    map(kernel_table, PLIC, PLIC, 0x400000, R | W);
    map(kernel_table, UART, UART, PAGE, R | W);
    map(kernel_table, VIRTIO_AT(0), VIRTIO_AT(0), PAGE, R | W);
    /* The code is before tohost, whose page begins what may be written. */
    extern char tohost[];
    uint64_t data = (uint64_t)tohost & ~(PAGE - 1);
    map(kernel_table, RAM, RAM, data - RAM, R | X);
    map(kernel_table, data, data, RAM_END - data, R | W);
    map(kernel_table, TRAMPOLINE_AT, (uint64_t)trampoline, PAGE, R | X);
    csr_write(satp, SATP(kernel_table));
    __asm__ volatile("sfence.vma" ::: "memory");
}

/* ---- interrupts ---------------------------------------------------------- */

static volatile uint32_t *plic(uint64_t offset)
{
    return (volatile uint32_t *)(PLIC + offset);
}

static volatile uint8_t *uart(unsigned n)
{
    return (volatile uint8_t *)(UART + n);
}

static uint64_t time(void)
{
    return csr_read(time);
}

static void next_tick(void)
{
    csr_write(0x14d, time() + TICK); /* stimecmp */
}

static void uart_came(void)
{
    while (*uart(5) & 1) {
        char c = (char)*uart(0);
        if (line_length < sizeof line)
            line[line_length++] = c;
        *uart(0) = (uint8_t)c; /* echo */
    }
}

static void disk_came(void)
{
    uint32_t bytes;
    *virtio_reg(SLOT_DISK, REG_INTERRUPT_ACK) =
        *virtio_reg(SLOT_DISK, REG_INTERRUPT);
    while (virtio_back(&disk, &bytes))
        disk_done = true;
}

static void external(void)
{
    uint32_t irq = *plic(0x201004);
    if (irq == IRQ_UART)
        uart_came();
    else if (irq == IRQ_DISK)
        disk_came();
    else
        EXPECT(20, irq == 0);
    if (irq)
        *plic(0x201004) = irq;
}

static void interrupt(uint64_t cause)
{
    if (cause == (INTERRUPT | 9)) {
        external();
    } else if (cause == (INTERRUPT | 5)) {
        sstc_ticks++;
        next_tick();
    } else {
        EXPECT(21, cause == (INTERRUPT | 1));
        soft_ticks++;
        __asm__ volatile("csrc sip, %0" ::"r"(2));
    }
}

void kernel_trap(void)
{
    uint64_t cause = csr_read(scause), pc = csr_read(sepc);
    uint64_t status = csr_read(sstatus);
    EXPECT(22, status & SPP);
    EXPECT(23, !(status & SIE));
    EXPECT(100 + (int)(cause & 63), cause & INTERRUPT);
    interrupt(cause);
    csr_write(sepc, pc);
    csr_write(sstatus, status);
}

static void interrupts(bool on)
{
    if (on)
        __asm__ volatile("csrs sstatus, %0" ::"r"(SIE) : "memory");
    else
        __asm__ volatile("csrc sstatus, %0" ::"r"(SIE) : "memory");
}

/* Sleeps until the condition holds. Interrupts are off between looking and
 * wfi, so that none slips in between; wfi wakes all the same. */
#define WAIT_UNTIL(condition)                                                  \
    for (interrupts(false); !(condition); interrupts(false)) {                 \
        __asm__ volatile("wfi" ::: "memory");                                  \
        interrupts(true);                                                      \
    }                                                                          \
    interrupts(true)

static void open_interrupts(void)
{
    csr_write(stvec, kernel_vector);
    *plic(4 * IRQ_UART) = 1;
    *plic(4 * IRQ_DISK) = 1;
    *plic(0x2080) = 1u << IRQ_UART | 1u << IRQ_DISK;
    *plic(0x201000) = 0;
    *uart(1) = 0;    /* no interrupts while it is set up */
    *uart(3) = 0x80; /* the baud rate */
    *uart(0) = 3;
    *uart(1) = 0;
    *uart(3) = 3;
    *uart(2) = 7;
    *uart(1) = 1; /* received data */
    next_tick();
    csr_write(sie, SSIE | STIE | SEIE);
    interrupts(true);
}

/* ---- the disk ------------------------------------------------------------ */

static void disk_request(uint32_t type, uint64_t sector, uint8_t *data)
{
    static struct {
        uint32_t type, zero;
        uint64_t sector;
    } header;
    static uint8_t status;
    header.type = type;
    header.sector = sector;
    status = 0xff;
    disk_done = false;
    virtio_describe(&disk, 0, &header, sizeof header, DESC_NEXT);
    virtio_describe(&disk, 1, data, 1024,
                    (uint16_t)(DESC_NEXT | (type ? 0 : DESC_WRITE)));
    virtio_describe(&disk, 2, &status, 1, DESC_WRITE);
    virtio_post(SLOT_DISK, 0, &disk, 0);
    WAIT_UNTIL(disk_done);
    EXPECT(30, *(volatile uint8_t *)&status == 0);
}

/* Byte b of block s is s + b, as the host made it. */
static void use_the_disk(void)
{
    uint8_t *data = page_take();
    EXPECT(31, virtio_start(SLOT_DISK, DEVICE_BLOCK, false, &disk, 1));
    for (uint64_t block = 0; block < 16; block++) {
        disk_request(0, 2 * block, data);
        for (unsigned b = 0; b < 1024; b++)
            EXPECT(32, data[b] == (uint8_t)(block + b));
    }
    for (unsigned b = 0; b < 1024; b++)
        data[b] = (uint8_t)(b * 3);
    disk_request(1, 8, data);
    fill(data, 0);
    disk_request(0, 8, data);
    for (unsigned b = 0; b < 1024; b++)
        EXPECT(33, data[b] == (uint8_t)(b * 3));
    page_free(data);
}

/* ---- a process ----------------------------------------------------------- */

static void process_trap(void);
static _Noreturn void after_the_process(void);

static _Noreturn void go_to_process(void)
{
    interrupts(false);
    csr_write(stvec, TRAMPOLINE_AT);
    frame->stack = (uint64_t)__stack_top;
    frame->handler = (uint64_t)process_trap;
    frame->satp = csr_read(satp);
    csr_write(sstatus, (csr_read(sstatus) & ~(uint64_t)SPP) | SPIE);
    csr_write(sepc, frame->pc);
    uint64_t there =
        TRAMPOLINE_AT + ((uint64_t)user_return - (uint64_t)trampoline);
    ((void (*)(uint64_t))there)(SATP(process_table));
    fail(40);
}

static void system_call(void)
{
    uint64_t *a0 = &frame->x[10];
    switch (frame->x[17]) {
    case CALL_PUT:
        *uart(0) = (uint8_t)*a0;
        break;
    case CALL_TICKS:
        *a0 = sstc_ticks < soft_ticks ? sstc_ticks : soft_ticks;
        break;
    default:
        fail(41);
    }
}

static void process_trap(void)
{
    uint64_t cause = csr_read(scause), value = csr_read(stval);
    EXPECT(42, !(csr_read(sstatus) & SPP));
    csr_write(stvec, kernel_vector);
    frame->pc = csr_read(sepc);
    if (cause & INTERRUPT) {
        user_interrupts++;
        interrupt(cause);
    } else if (cause == 8) {
        frame->pc += 4;
        interrupts(true);
        system_call();
    } else if (cause == 13 || cause == 15) {
        EXPECT(43, value == LAZY_AT + 16 && cause == 13);
        lazy_faults++;
        map(process_table, LAZY_AT, (uint64_t)page_take(), PAGE, R | W | U);
    } else {
        EXPECT(44, cause == 12 && value == HOLE_AT && frame->pc == HOLE_AT);
        after_the_process();
    }
    go_to_process();
}

static _Noreturn void run_the_process(void)
{
    process_table = page_take();
    frame = page_take();
    map(process_table, TRAMPOLINE_AT, (uint64_t)trampoline, PAGE, R | X);
    map(process_table, FRAME_AT, (uint64_t)frame, PAGE, R | W);
    map(process_table, 0, (uint64_t)process_code, PAGE, R | X | U);
    map(process_table, STACK_AT - PAGE, (uint64_t)page_take(), PAGE, R | W | U);
    frame->pc = 0;
    frame->x[2] = STACK_AT;
    go_to_process();
}

/* The walker set A and D, where they belong. */
static void check_accessed_and_dirty(void)
{
    uint64_t *code = entry_of(process_table, 0);
    uint64_t *stack = entry_of(process_table, STACK_AT - PAGE);
    uint64_t *lazy = entry_of(process_table, LAZY_AT);
    EXPECT(50, (*code & (A | D)) == A);
    EXPECT(51, (*stack & (A | D)) == (A | D));
    EXPECT(52, (*lazy & (A | D)) == (A | D));
    EXPECT(53, !(*entry_of(kernel_table, RAM_END - 256 * PAGE) & A));
    uint64_t here = (uint64_t)&frame & ~(PAGE - 1);
    EXPECT(54, *entry_of(kernel_table, here) & D);
}

static _Noreturn void after_the_process(void)
{
    interrupts(true);
    EXPECT(60, lazy_faults == 1);
    EXPECT(61, user_interrupts > 0);
    check_accessed_and_dirty();
    guest_print("\ntype a line: ");
    WAIT_UNTIL(line_length && line[line_length - 1] == '\r');
    EXPECT(62, line_length == 6 && line[0] == 'h' && line[4] == 'o');
    uint64_t s = sstc_ticks, m = soft_ticks;
    WAIT_UNTIL(sstc_ticks > s + 3 && soft_ticks > m + 3);
    guest_print("\nall well\n");
    guest_exit(0);
}

static void kernel_main(void)
{
    for (uint64_t at = ((uint64_t)__end + PAGE - 1) & ~(PAGE - 1); at < RAM_END;
         at += PAGE)
        page_free((void *)at);
    EXPECT(1, free_count == (RAM_END - (uint64_t)__end) / PAGE);
    map_kernel();
    guest_print("paging\n");
    open_interrupts();
    use_the_disk();
    guest_print("disk\n");
    run_the_process();
}

/* M-mode: everything is delegated but the CLINT's timer. */
int main(void)
{
    csr_write(mstatus, (csr_read(mstatus) & ~(uint64_t)MPP) | MPP_S);
    csr_write(medeleg, 0xffff);
    csr_write(mideleg, 0xffff);
    csr_write(pmpaddr0, 0x3fffffffffffff);
    csr_write(pmpcfg0, 0xf);
    csr_write(mcounteren, 2);
    csr_write(scounteren, 2);
    csr_write(0x30a, csr_read(0x30a) | STCE); /* menvcfg */
    csr_write(0x14d, -1);                     /* stimecmp */
    timer_scratch[3] = CLINT + 0x4000;
    timer_scratch[4] = TICK;
    csr_write(mscratch, timer_scratch);
    csr_write(mtvec, machine_timer);
    *(volatile uint64_t *)(CLINT + 0x4000) = *(volatile uint64_t *)MTIME + TICK;
    csr_write(mie, MTIE);
    to_supervisor(kernel_main);
}
