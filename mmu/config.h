/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parameters of the memory system: one int64_t field per row of
 * mmu/param.def (a CHOICE holds the index of the chosen word). sim/ fills it
 * from a preset and the user's table; mmu_init checks that the numbers fit
 * together.
 */
#pragma once

#include <stdint.h>

struct mmu_config {
#define PARAM(field, key, min, max, unit, doc) int64_t field;
#define CHOICE(field, key, words, doc)         int64_t field;
#include "mmu/param.def"
#undef PARAM
#undef CHOICE
};

/* Values of the CHOICE rows, in the order of their words. */
enum policy {
    POLICY_LRU,
    POLICY_PLRU,
    POLICY_FIFO,
    POLICY_RANDOM,
    POLICY_ROTATE /* one pointer for all sets, one way on at each fill; it
                     looks neither at use nor at empty ways */
};
enum l1_kind { L1_PIPT, L1_VIPT, L1_VIVT };
enum walk_path { WALK_L1D, WALK_MEMORY };
enum l1d_write { WRITE_BACK, WRITE_THROUGH };
enum store_order { STORES_PASS, STORES_DRAIN };
enum sfence_scope { SFENCE_EXACT, SFENCE_ALL };
enum fence_drops { FENCE_NOTHING, FENCE_L1D };
enum fencei_drops { FENCEI_L1I, FENCEI_BOTH };
