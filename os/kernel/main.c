/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the direct map to a running system: reads the boot information, chooses
 * the personality, sets up memory, the first spaces and protection, and becomes
 * the idle thread. start.S calls this; schedule.c goes on.
 */
#include "os/kernel/boot.h"

#define DEVICE_TREE_MAGIC 0xedfe0dd0u /* big-endian 0xd00dfeed */
#define THREAD_SLOTS      4096
#define DOMAIN_SLOTS      4096
#define OBJECT_SLOTS      1024

extern char __kernel_end[];

struct kernel kernel;
/* The boot code is the first thread; it ends as the idle thread. */
struct thread boot_thread;
static struct domain domain_of_kernel;

static uint64_t thread_slot[THREAD_SLOTS], domain_slot[DOMAIN_SLOTS],
    semaphore_slot[OBJECT_SLOTS], port_slot[OBJECT_SLOTS],
    portal_slot[OBJECT_SLOTS];

_Noreturn void kernel_main(uint64_t boot_pa);

struct domain *kernel_domain(void)
{
    return &domain_of_kernel;
}

/* Another board gives a device tree, or nothing: a MAS without programs. */
static void boot_default(void)
{
    kernel.boot = (struct boot_info){
        .magic = BOOT_MAGIC,
        .ram_base = MEM_RAM,
        .ram_bytes = BOOT_DEFAULT_RAM,
        .timebase_hz = 10000000,
        .quantum = 100000,
        .spaces = SPACES_PER_DOMAIN,
        .protection = SPROT_PAGETABLE,
        .satp_mode = 8,
    };
}

static void boot_read(uint64_t pa)
{
    const struct boot_info *info = from_physical(pa);
    if (pa == 0 || *(const uint32_t *)info == DEVICE_TREE_MAGIC)
        boot_default();
    else if (info->magic == BOOT_MAGIC)
        kernel.boot = *info;
    else
        panic("no boot information at a1");
    kernel.quantum = kernel.boot.quantum;
    if (kernel.boot.module_count > BOOT_MODULES)
        panic("too many boot modules");
}

static void choose_protection(void)
{
    uint64_t spaces = kernel.boot.spaces;
    if (spaces == SPACES_PER_DOMAIN &&
        kernel.boot.protection == SPROT_PAGETABLE)
        kernel.protection = &protect_pagetable;
    else if (spaces == SPACES_ONE && kernel.boot.protection == SPROT_RPLB)
        kernel.protection = &protect_rplb;
    else
        panic("no such personality");
}

/* Frames: between what lies low in RAM (kernel, boot information, modules) and
 * what lies high. */
static void find_frames(uint64_t boot_pa)
{
    uint64_t first = to_physical(__kernel_end);
    uint64_t end = kernel.boot.ram_base + kernel.boot.ram_bytes;
    uint64_t middle = kernel.boot.ram_base + kernel.boot.ram_bytes / 2;

    for (uint64_t i = 0; i <= kernel.boot.module_count; i++) {
        uint64_t pa = boot_pa, bytes = sizeof(struct boot_info);
        if (i < kernel.boot.module_count) {
            pa = kernel.boot.module[i].pa;
            bytes = kernel.boot.module[i].bytes;
        }
        if (pa < middle && pa + bytes > first)
            first = pa + bytes;
        if (pa >= middle && pa < end)
            end = pa;
    }
    if (first >= end)
        panic("no RAM left for frames");
    frame_init(first, end);
}

static void make_kernel_domain(void)
{
    struct domain *d = &domain_of_kernel;
    list_init(&d->children);
    list_init(&d->in_creator);
    list_init(&kernel.orphans);
    list_init(&d->attachments);
    list_init(&d->threads);
    list_init(&d->segments);
    list_init(&d->semaphores);
    list_init(&d->ports);
    list_init(&d->portals);
    list_init(&d->instances);
    name_copy(d->name, "kernel");
}

static void make_idle_thread(void)
{
    list_init(&kernel.ready);
    list_init(&kernel.sleeping);
    kernel.slice_end = NEVER;
    kernel.idle = current;
    current->domain = current->home = &domain_of_kernel;
    current->state = THREAD_RUNNING;
    list_init(&current->link);
    list_init(&current->joiners);
    list_add(&domain_of_kernel.threads, &current->in_home);
}

static void make_tables(void)
{
    id_init(&kernel.threads, thread_slot, THREAD_SLOTS, false);
    id_init(&kernel.domains, domain_slot, DOMAIN_SLOTS, true);
    id_init(&kernel.semaphores, semaphore_slot, OBJECT_SLOTS, false);
    id_init(&kernel.ports, port_slot, OBJECT_SLOTS, false);
    id_init(&kernel.portals, portal_slot, OBJECT_SLOTS, false);
}

_Noreturn void kernel_main(uint64_t boot_pa)
{
    make_kernel_domain();
    make_idle_thread();
    boot_read(boot_pa);
    choose_protection();
    find_frames(boot_pa);
    make_tables();
    space_init();
    kernel.domain_now = &domain_of_kernel;
    domain_of_kernel.space = kernel.space_now;
    kernel.protection->start();
    csr_write(CSR_STIMECMP, NEVER);
    csr_write(CSR_SIE, SIP_TIMER | SIP_EXTERNAL);
    console_print("Opalite kernel: %s, Sv%d, %d MiB, %d frames free\n",
                  space_personality(), 39 + 9 * (kernel.boot.satp_mode - 8),
                  kernel.boot.ram_bytes >> 20, frame_free_count());
    loader_init();
    mailbox_init();
#ifdef SELFTEST
    selftest_start();
#endif
    hint(BOOTED, 0);
    idle();
}
