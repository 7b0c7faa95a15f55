/* SPDX-License-Identifier: Apache-2.0 */
/* See harness.h. */
#include "tests/cpu/harness.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct board_config board_default(void)
{
    return (struct board_config){ .cpu = { .load_use = 1,
                                           .mul_cycles = 3,
                                           .div_cycles = 6,
                                           .div_per_bit = 1,
                                           .amo_cycles = 2,
                                           .csr_cycles = 1,
                                           .fence_cycles = 1,
                                           .fencei_cycles = 4,
                                           .trap_entry = 5,
                                           .trap_exit = 3,
                                           .mispredict = 4,
                                           .predictor = PREDICTOR_BTB,
                                           .btb_entries = 64,
                                           .ras_entries = 8,
                                           .misaligned = MISALIGNED_TRAP,
                                           .hw_ad = HW_AD_ON,
                                           .core_hz = 100000000,
                                           .timebase_hz = 10000000 },
                                  .mmu = { .itlb_entries = 16,
                                           .dtlb_entries = 16,
                                           .l2tlb_entries = 128,
                                           .l2tlb_ways = 4,
                                           .l2tlb_latency = 4,
                                           .walk_step = 1,
                                           .asid_bits = 16,
                                           .flush_cycles = 2,
                                           .irplb_entries = 8,
                                           .drplb_entries = 8,
                                           .rplb_walk_step = 1,
                                           .rplb_inv_cycles = 1,
                                           .l1i_bytes = 16384,
                                           .l1i_ways = 4,
                                           .l1d_bytes = 16384,
                                           .l1d_ways = 4,
                                           .l2_bytes = 131072,
                                           .l2_ways = 8,
                                           .l2_latency = 12,
                                           .line_bytes = 64,
                                           .dram_latency = 60,
                                           .device_latency = 10 },
                                  .ram_bytes = 64 << 20 };
}

/* ---- CLINT: msip at 0, mtimecmp at 0x4000, mtime at 0xbff8 -------------- */

static bool clint_read(void *device, uint64_t offset, unsigned size,
                       uint64_t *value)
{
    struct board *b = device;
    (void)size;
    switch (offset) {
    case 0:
        *value = (b->cpu.csr.mip_lines & MIP_MSIP) != 0;
        return true;
    case 0x4000:
        *value = b->mtimecmp;
        return true;
    case 0xbff8:
        *value = cpu_time(&b->cpu);
        return true;
    default:
        return false;
    }
}

static void timer_moved(struct board *b)
{
    cpu_interrupt_lines(&b->cpu, MIP_MTIP, 0);
    b->timer_due = cpu_cycle_of_time(&b->cpu, b->mtimecmp);
}

static bool clint_write(void *device, uint64_t offset, unsigned size,
                        uint64_t *value)
{
    struct board *b = device;
    (void)size;
    switch (offset) {
    case 0:
        cpu_interrupt_lines(&b->cpu, MIP_MSIP, *value & 1 ? MIP_MSIP : 0);
        return true;
    case 0x4000:
        b->mtimecmp = *value;
        timer_moved(b);
        return true;
    case 0xbff8:
        cpu_set_time(&b->cpu, *value);
        timer_moved(b);
        return true;
    default:
        return false;
    }
}

/* ---- life --------------------------------------------------------------- */

static void must(bool ok, const struct err *err)
{
    if (!ok)
        fail_msg("%s", err->text);
}

void board_init(struct board *b, const struct board_config *config)
{
    struct err err;
    memset(b, 0, sizeof *b);
    b->mtimecmp = UINT64_MAX;
    b->timer_due = UINT64_MAX;
    must(bus_init(&b->bus, BOARD_RAM, config->ram_bytes, &err), &err);
    struct bus_device clint = { "clint",    BOARD_CLINT, 0x10000,
                                clint_read, clint_write, b };
    must(bus_add_device(&b->bus, &clint, &err), &err);
    must(cpu_init(&b->cpu, &config->cpu, &config->mmu, &b->bus, &err), &err);
    cpu_reset(&b->cpu, BOARD_RAM, 0, 0);
}

void board_free(struct board *b)
{
    cpu_free(&b->cpu);
    bus_free(&b->bus);
}

/* ---- programs ----------------------------------------------------------- */

static uint8_t *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s (make guest?)", path);
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*bytes);
    assert_int_equal(fread(data, 1, *bytes, file), *bytes);
    fclose(file);
    return data;
}

static uint64_t find_symbol(const uint8_t *data, const char *name)
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)data;
    const Elf64_Shdr *section = (const Elf64_Shdr *)(data + head->e_shoff);
    for (unsigned i = 0; i < head->e_shnum; i++) {
        if (section[i].sh_type != SHT_SYMTAB)
            continue;
        const Elf64_Sym *symbol =
            (const Elf64_Sym *)(data + section[i].sh_offset);
        const char *strings =
            (const char *)data + section[section[i].sh_link].sh_offset;
        for (size_t n = 0; n < section[i].sh_size / sizeof *symbol; n++)
            if (strcmp(strings + symbol[n].st_name, name) == 0)
                return symbol[n].st_value;
    }
    return 0;
}

void board_load_elf(struct board *b, const char *path)
{
    size_t bytes;
    uint8_t *data = read_file(path, &bytes);
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)data;
    assert_memory_equal(head->e_ident, ELFMAG, SELFMAG);
    assert_int_equal(head->e_machine, EM_RISCV);
    const Elf64_Phdr *part = (const Elf64_Phdr *)(data + head->e_phoff);
    for (unsigned i = 0; i < head->e_phnum; i++)
        if (part[i].p_type == PT_LOAD)
            assert_true(bus_write(&b->bus, part[i].p_paddr,
                                  data + part[i].p_offset, part[i].p_filesz));
    b->entry = head->e_entry;
    b->tohost = find_symbol(data, "tohost");
    free(data);
    cpu_reset(&b->cpu, b->entry, 0, 0);
}

void board_open_pmp(struct board *b)
{
    assert_true(csr_write(&b->cpu, CSR_pmpaddr0, UINT64_MAX));
    assert_true(csr_write(&b->cpu, CSR_pmpcfg0, 0x1f));
}

void board_load_words(struct board *b, uint64_t at, const uint32_t *words,
                      size_t count)
{
    assert_true(bus_write(&b->bus, at, words, count * sizeof *words));
    cpu_reset(&b->cpu, at, 0, 0);
    board_open_pmp(b);
}

/* ---- running ------------------------------------------------------------ */

void board_step(struct board *b)
{
    struct cpu *c = &b->cpu;
    struct accounts *a = &c->mmu.accounts;
    if (a->total >= b->timer_due) {
        cpu_interrupt_lines(c, MIP_MTIP, MIP_MTIP);
        b->timer_due = UINT64_MAX;
    }

    cpu_step(c);
    if (c->step.events & STEP_WFI && !c->step.retired) {
        uint64_t wake = cpu_next_deadline(c);
        if (b->timer_due < wake)
            wake = b->timer_due;
        if (wake != UINT64_MAX && wake > a->total)
            account_charge(a, FOR_IDLE, IN_CORE, wake - a->total);
    }
}

uint64_t board_run(struct board *b, uint64_t max_steps)
{
    const struct step *s = &b->cpu.step;
    for (uint64_t i = 0; i < max_steps; i++) {
        board_step(b);
        if (s->retired && s->data.size && s->data.kind == ACCESS_STORE &&
            b->tohost && s->data.pa == b->tohost)
            return board_read(b, b->tohost);
    }
    return 0;
}

uint64_t board_read(const struct board *b, uint64_t pa)
{
    uint64_t value;
    assert_true(bus_read(&b->bus, pa, &value, sizeof value));
    return value;
}

void board_write(struct board *b, uint64_t pa, uint64_t value)
{
    assert_true(bus_write(&b->bus, pa, &value, sizeof value));
}

uint64_t board_csr(const struct board *b, uint16_t number)
{
    uint64_t value;
    assert_true(cpu_peek_csr(&b->cpu, number, &value));
    return value;
}
