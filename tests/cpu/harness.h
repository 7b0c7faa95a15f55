/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A board for tests of the hart, without sim/: RAM, one hart, a CLINT of three
 * registers, and an ELF loader that knows `tohost`.
 */
#pragma once

#include "cpu/cpu.h"
#include "mmu/bus.h"

#define BOARD_RAM   0x80000000u
#define BOARD_CLINT 0x02000000u

struct board {
    struct bus bus;
    struct cpu cpu;
    uint64_t entry;     /* of the loaded ELF */
    uint64_t tohost;    /* its address; 0 = none */
    uint64_t mtimecmp;  /* of the CLINT; msip is the line itself */
    uint64_t timer_due; /* clock at which mtimecmp raises its line */
};

struct board_config {
    struct cpu_config cpu;
    struct mmu_config mmu;
    uint64_t ram_bytes;
};

/* A small in-order core: load-use 1, branches by BTB, 32 KiB L1s. */
struct board_config board_default(void);
/* Fails the running test when something is wrong. */
void board_init(struct board *b, const struct board_config *config);
void board_free(struct board *b);

/* By program headers, to physical addresses; resets the hart at its entry. */
void board_load_elf(struct board *b, const char *path);
/* Instruction words at `at` in RAM; resets the hart there, and opens PMP as
 * firmware would. */
void board_load_words(struct board *b, uint64_t at, const uint32_t *words,
                      size_t count);

/* One PMP entry lets every mode do everything. */
void board_open_pmp(struct board *b);

/* One step, with timer and wfi taken care of. */
void board_step(struct board *b);
/* What the program stored to tohost, or 0 after max_steps. */
uint64_t board_run(struct board *b, uint64_t max_steps);

uint64_t board_read(const struct board *b, uint64_t pa);
void board_write(struct board *b, uint64_t pa, uint64_t value);
/* CSR by number, as cpu_peek_csr. */
uint64_t board_csr(const struct board *b, uint16_t number);
