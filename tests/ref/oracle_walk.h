/* SPDX-License-Identifier: Apache-2.0 */
/* The page walk of Priv 4.3.2 once more, from the text, without a machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum oracle_verdict { ORACLE_DONE, ORACLE_PAGE_FAULT, ORACLE_ACCESS_FAULT };

struct oracle_request {
    uint64_t satp, va;
    char kind; /* 'x', 'r', 'w', or 'a' for an AMO */
    bool user; /* U-mode; else S-mode */
    bool sum, mxr, hw_ad;
};

struct oracle_answer {
    enum oracle_verdict verdict;
    uint64_t pa;
    uint64_t pte; /* with A and D as they are afterwards */
    int page_shift;
};

/* `read` returns false where there is no memory. */
struct oracle_answer oracle_walk(const struct oracle_request *r,
                                 bool (*read)(void *memory, uint64_t pa,
                                              uint64_t *word),
                                 void *memory);
