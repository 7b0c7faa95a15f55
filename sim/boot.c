/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Booting the guest kernel. RAM from low to high: the kernel at its linked
 * address, then the boot information, then the program files, each on a page
 * of its own; the kernel takes what is behind for frames.
 */
#include "sim/boot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mmu/xsas.h"

static const struct personality personalities[] = {
    { "mas", "a space per domain, no ASIDs: a switch of space flushes",
      SPACES_PER_DOMAIN, SPROT_PAGETABLE, BOOT_NO_ASID },
    { "mas-asid", "a space per domain, told apart by ASIDs", SPACES_PER_DOMAIN,
      SPROT_PAGETABLE, 0 },
    { "rplb", "one space, rights in the RPLB, refilled by the kernel",
      SPACES_ONE, SPROT_RPLB, 0 },
    { "rplb-hw", "one space, rights in the RPLB, refilled by hardware",
      SPACES_ONE, SPROT_RPLB, BOOT_HW_REFILL },
};
#define PERSONALITIES (sizeof personalities / sizeof personalities[0])

const struct personality *machine_personality(size_t i)
{
    return i < PERSONALITIES ? &personalities[i] : NULL;
}

static const char *next_personality(size_t i, const void *context)
{
    (void)context;
    return i < PERSONALITIES ? personalities[i].name : NULL;
}

const struct personality *machine_personality_find(const char *name,
                                                   struct err *err)
{
    for (size_t i = 0; i < PERSONALITIES; i++)
        if (strcmp(personalities[i].name, name) == 0)
            return &personalities[i];
    char known[128] = "";
    size_t n = 0;
    for (size_t i = 0; i < PERSONALITIES && n < sizeof known; i++)
        n += (size_t)snprintf(known + n, sizeof known - n, "%s%s",
                              i ? ", " : "", personalities[i].name);
    const char *near = nearest_word(name, next_personality, NULL);
    err_set(err, EXIT_USAGE, "unknown personality '%s'%s%s%s; known: %s", name,
            near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "",
            known);
    return NULL;
}

static uint64_t page_up(uint64_t address)
{
    return (address + 4095) & ~UINT64_C(4095);
}

/* Copies one program file to *at and describes it. */
static bool add_module(struct machine *m, struct boot_info *info,
                       const char *path, uint64_t *at, struct err *err)
{
    if (info->module_count == BOOT_MODULES)
        return err_set(err, EXIT_USAGE, "%s: more than %d program files", path,
                       BOOT_MODULES);
    struct elf_file *f = elf_file_kept(m->bus.heap, path, err);
    if (!f)
        return false;
    const char *slash = strrchr(path, '/');
    struct boot_module *b = &info->module[info->module_count++];
    snprintf(b->name, sizeof b->name, "%s", slash ? slash + 1 : path);
    b->pa = *at;
    b->bytes = f->bytes;
    bool fits = bus_write(&m->bus, *at, f->image, f->bytes);
    *at = page_up(*at + f->bytes);
    elf_file_close(f);
    if (!fits)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: does not fit into RAM (%llu bytes) behind the "
                       "kernel",
                       path, (unsigned long long)m->bus.ram_bytes);
    registry_add_file(&m->registry, b->name, path);
    return true;
}

static bool check_quantum(const struct config *c, uint64_t ticks,
                          struct err *err)
{
    uint64_t least = BOOT_SLICE_LEAST * c->timebase_hz / c->core_hz + 1;
    if (ticks == 0 || ticks >= least)
        return true;
    return err_set(err, EXIT_USAGE,
                   "quantum = %" PRIu64 ": a time slice needs %d cycles, here "
                   "%" PRIu64 " ticks, or the timer comes before its thread "
                   "gets on; 0 = no preemption",
                   ticks, BOOT_SLICE_LEAST, least);
}

bool machine_boot_kernel(struct machine *m, const char *kernel_path,
                         const struct boot_options *o, struct err *err)
{
    const struct personality *p = o->personality;
    if (m->config.harts > 1)
        return err_set(err, EXIT_USAGE,
                       "harts = %" PRIu64 ": the kernel runs on one hart; "
                       "opalite exec and opalite boot run programs for several",
                       m->config.harts);
    if (!check_quantum(&m->config, o->quantum, err))
        return false;
    if (!machine_load_elf(m, kernel_path, false, err))
        return false;
    uint64_t info_pa = page_up(m->registry.kernel->end_pa);
    uint64_t at = page_up(info_pa + sizeof(struct boot_info));
    struct boot_info info = {
        .magic = BOOT_MAGIC,
        .ram_base = m->bus.ram_base,
        .ram_bytes = m->bus.ram_bytes,
        .timebase_hz = m->config.timebase_hz,
        .quantum = o->quantum,
        .spaces = p->spaces,
        .protection = p->protection,
        .flags = p->flags,
        .satp_mode = o->satp_mode ? o->satp_mode : 8,
    };
    for (size_t i = 0; i < o->program_count; i++)
        if (!add_module(m, &info, o->programs[i], &at, err))
            return false;
    if (!bus_write(&m->bus, info_pa, &info, sizeof info))
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: no RAM left behind the kernel", kernel_path);
    machine_reset(m, m->registry.kernel->entry, info_pa);
    return true;
}
