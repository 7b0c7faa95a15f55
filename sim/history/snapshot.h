/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots of a heap (mmu/heap.h), and going back to them. A snapshot is a
 * tree of pages; where nothing has changed it shares the branches of the one
 * before, so taking one costs what has changed, and the gigabytes of RAM that
 * nobody touched cost nothing. Who takes them when, and what a run has to do
 * with it, is not known here: that is history/history.h.
 *
 * `base` is the snapshot last taken or gone back to: what differs from it is
 * found by comparing (objects) or noted (areas). Its pages of objects are there
 * in plain; all others may be packed (zstd).
 */
#pragma once

#include "mmu/heap.h"

#define SNAPSHOT_BITS   6 /* branches of a node */
#define SNAPSHOT_LEVELS 5 /* of nodes: 2^30 pages, all that a heap can have */

struct snapshot_node;

struct snapshot {
    struct snapshot_node *root;
    uint64_t objects; /* pages in which objects were */
};

/* Snapshots of one heap. */
struct snapshots {
    struct heap *heap;
    struct snapshot base; /* root NULL = before the first */
    uint64_t bytes;       /* of host memory that all of them hold */
    uint64_t changed;     /* pages that the last one took, or put back */
    struct ZSTD_CCtx_s *packer;
    struct ZSTD_DCtx_s *unpacker;
    uint8_t *scratch; /* of a packed page */
};

void snapshots_open(struct snapshots *s, struct heap *heap);
/* All of them must have been dropped. */
void snapshots_close(struct snapshots *s);

/* The heap as it is now. Whoever writes to areas past heap_note must note pages
 * anew from here on. */
struct snapshot snapshot_take(struct snapshots *s);
/* The heap becomes as it was; notes start anew as after snapshot_take. */
void snapshot_restore(struct snapshots *s, const struct snapshot *x);
/* x becomes the base, without being put back: what differs will be found. */
void snapshots_rebase(struct snapshots *s, const struct snapshot *x);
void snapshot_drop(struct snapshots *s, struct snapshot *x);
/* The pages of x are to be packed: now, or as soon as they leave the base. */
void snapshot_pack(struct snapshots *s, const struct snapshot *x);
