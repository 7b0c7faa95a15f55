/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole board with a disk for fuzz targets that drive devices: each access is
 * one load or store of the guest in M-mode, so that it takes the way of all
 * accesses, and what the device asks for happens.
 */
#pragma once

#include "sim/machine.h"
#include "tests/fuzz/target.h"

#define TARGET_RAM  (1 << 20)
#define TARGET_CODE (MEM_RAM + TARGET_RAM - 0x1000)

/* Without what only costs time here: large caches, copies of units. */
static inline struct machine *target_board_open(void)
{
    static const char sectors[32 * 512] = "disk";
    struct config c;
    struct err err;
    char path[32];
    target_must(config_preset(&c, PRESET_DEFAULT, &err));
    c.ram_bytes = TARGET_RAM;
    c.mmu.l2_bytes = 0;
    c.mmu.attribution = 0;
    struct machine *m = machine_new(&c, &err);
    int file = target_file(sectors, sizeof sectors, path);
    target_must(m && machine_attach_disk(m, path, &err));
    close(file);
    return m;
}

/* The instruction `word` with a0 = address and a1 = value; what it leaves in
 * a1. A refusal traps to the jump behind it. */
static inline uint64_t target_access(struct machine *m, uint32_t word,
                                     uint64_t address, uint64_t value)
{
    const struct run_limits limits = { .max_insns = 2,
                                       .until_cycle =
                                           machine_clock(m) + 1000000 };
    const uint32_t code[] = { word, 0x0000006f }; /* j . */
    target_must(machine_poke_phys(m, TARGET_CODE, code, sizeof code));
    if (m->ended)
        machine_reset(m, TARGET_CODE, 0);
    m->now->cpu.csr.mtvec = TARGET_CODE + 4;
    m->now->cpu.pc = TARGET_CODE;
    m->now->cpu.waiting = false;
    m->now->cpu.x[10] = address;
    m->now->cpu.x[11] = value;
    target_must(machine_run(m, &limits) < STOP_COUNT);
    return m->now->cpu.x[11];
}

static inline void target_store(struct machine *m, unsigned log_size,
                                uint64_t address, uint64_t value)
{
    /* sb, sh, sw, sd a1,0(a0) */
    target_access(m, 0x00b50023 | (log_size & 3) << 12, address, value);
}

static inline uint64_t target_load(struct machine *m, unsigned log_size,
                                   uint64_t address)
{
    /* lb, lh, lw, ld a1,0(a0) */
    return target_access(m, 0x00050583 | (log_size & 3) << 12, address, 0);
}
