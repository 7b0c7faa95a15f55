/* SPDX-License-Identifier: Apache-2.0 */
/* See oracle_walk.h. */
#include "tests/ref/oracle_walk.h"

static bool bit(uint64_t word, int n)
{
    return word >> n & 1;
}

static struct oracle_answer fault(enum oracle_verdict v)
{
    return (struct oracle_answer){ .verdict = v };
}

static bool may(const struct oracle_request *q, uint64_t pte)
{
    bool r = bit(pte, 1), w = bit(pte, 2), x = bit(pte, 3), u = bit(pte, 4);
    if (q->user != u && (q->user || !q->sum || q->kind == 'x'))
        return false;
    if (q->kind == 'x')
        return x;
    if (q->kind == 'r')
        return r || (q->mxr && x);
    return w && (q->kind == 'w' || r);
}

struct oracle_answer oracle_walk(const struct oracle_request *q,
                                 bool (*read)(void *, uint64_t, uint64_t *),
                                 void *memory)
{
    int levels = (int)(q->satp >> 60) - 5, width = 12 + 9 * levels;
    uint64_t a = (q->satp & 0xFFFFFFFFFFF) * 4096, pte = 0;
    for (int n = width; n < 64; n++)
        if (bit(q->va, n) != bit(q->va, width - 1))
            return fault(ORACLE_PAGE_FAULT);
    int i = levels - 1;
    for (;; i--) {
        if (i < 0)
            return fault(ORACLE_PAGE_FAULT);
        if (!read(memory, a + 8 * ((q->va >> (12 + 9 * i)) % 512), &pte))
            return fault(ORACLE_ACCESS_FAULT);
        if (!bit(pte, 0) || (!bit(pte, 1) && bit(pte, 2)))
            return fault(ORACLE_PAGE_FAULT);
        for (int n = 54; n < 64; n++)
            if (bit(pte, n) && n != 59 && n != 60)
                return fault(ORACLE_PAGE_FAULT);
        if (bit(pte, 1) || bit(pte, 3))
            break;
        if (bit(pte, 4) || bit(pte, 6) || bit(pte, 7))
            return fault(ORACLE_PAGE_FAULT);
        a = (pte >> 10 & 0xFFFFFFFFFFF) * 4096;
    }
    uint64_t ppn = pte >> 10 & 0xFFFFFFFFFFF, size = 4096ULL << (9 * i);
    if (!may(q, pte) || ppn % (size / 4096))
        return fault(ORACLE_PAGE_FAULT);
    bool write = q->kind == 'w' || q->kind == 'a';
    uint64_t want = pte | 1 << 6 | (write ? 1 << 7 : 0);
    if (want != pte && !q->hw_ad)
        return fault(ORACLE_PAGE_FAULT);
    return (struct oracle_answer){ .verdict = ORACLE_DONE,
                                   .pa = ppn * 4096 + q->va % size,
                                   .pte = want,
                                   .page_shift = 12 + 9 * i };
}
