/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first page tables, built in M-mode before anything is mapped, so this
 * file runs at physical addresses: no pointers in static data, no switch
 * tables. The direct map is made of 1 GiB leaves, global and for S-mode only
 * (Priv 4.3.1). Called by start.S; main.c goes on.
 */
#include "os/kernel/boot.h"

#define GIB_SHIFT 30
/* All devices lie in the first GiB, RAM in the third and after it. */
#define LEAF_KERNEL (PTE_V | PTE_R | PTE_W | PTE_X | PTE_G | PTE_A | PTE_D)

/*
 * The upper half of all spaces: gigapages[256..511] is 0xffffffc000000000 and
 * up. In Sv39 this table is the root; in Sv48 and Sv57 the last entry of each
 * table above leads to it.
 */
uint64_t boot_table[3][512] __attribute__((aligned(4096)));

static uint64_t table_entry(const uint64_t *table)
{
    return (uint64_t)table >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V;
}

struct boot_choice boot_tables(const struct boot_info *info)
{
    bool known = info && info->magic == BOOT_MAGIC;
    uint64_t mode = known ? info->satp_mode : 8;
    uint64_t end =
        known ? info->ram_base + info->ram_bytes : MEM_RAM + BOOT_DEFAULT_RAM;
    uint64_t *gigapages = boot_table[0];

    if (mode < 8 || mode > 10)
        mode = 8;
    if (end > 256ul << GIB_SHIFT)
        end = 256ul << GIB_SHIFT;
    for (uint64_t gib = 0; gib << GIB_SHIFT < end; gib++)
        gigapages[256 + gib] =
            gib << (GIB_SHIFT - PAGE_SHIFT + PTE_PPN_SHIFT) | LEAF_KERNEL;
    boot_table[1][511] = table_entry(boot_table[0]);
    boot_table[2][511] = table_entry(boot_table[1]);
    return (struct boot_choice){
        .satp = mode << 60 | (uint64_t)boot_table[mode - 8] >> PAGE_SHIFT,
        .xsas = known && info->protection != SPROT_PAGETABLE,
    };
}
