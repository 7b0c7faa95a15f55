/* SPDX-License-Identifier: Apache-2.0 */
/* See rangetree.h; the format is drawn in xsas.h. */
#include "mmu/protect/rangetree.h"

#include "mmu/xsas.h"

struct rangetree_result rangetree_find(uint64_t srtable, uint16_t domain,
                                       uint64_t va,
                                       const struct rangetree_memory *memory)
{
    struct rangetree_result r = { 0 };
    unsigned log2_roots = srtable & SRTABLE_LOG2_MASK;
    uint64_t table = srtable & SRTABLE_BASE_MASK;
    uint64_t node, range[2], word;
    if (!srtable || (uint64_t)domain >> log2_roots)
        return r;
    r.broken = !memory->read(memory->context, table + domain * 8ULL, 1, &node);
    node &= RANGE_CHILD_MASK;
    while (!r.broken && node) {
        if (r.nodes == RANGE_TREE_MAX_DEPTH) {
            r.broken = true;
            break;
        }
        r.nodes++;
        if (!memory->read(memory->context, node + RANGE_NODE_BASE, 2, range)) {
            r.broken = true;
            break;
        }
        bool right = va >= range[1];
        r.found = !right && va >= range[0];
        uint64_t at = node + (right ? RANGE_NODE_RIGHT : RANGE_NODE_LEFT);
        if (!memory->read(memory->context, at, 1, &word)) {
            r.found = false;
            r.broken = true;
        }
        if (r.found) {
            r.base = range[0];
            r.limit = range[1];
            r.rights = word & RIGHT_MASK;
            break;
        }
        node = word & RANGE_CHILD_MASK;
    }
    return r;
}
