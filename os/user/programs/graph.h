/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graph that graph_build.c makes in a shared segment and graph_walk.c
 * visits, and the block of 8-byte words that tells both what to do.
 *
 * The segment: struct graph, then its nodes. An edge is a word: the address of
 * the other node as the builder sees it, or that node's distance from the
 * segment's base; 0 = no edge.
 */
#pragma once

#include <stdint.h>

#define GRAPH_EDGES 4

enum graph_form { GRAPH_POINTERS, GRAPH_OFFSETS };

enum graph_mode {
    WALK_POINTERS, /* follow the builder's pointers as they are */
    WALK_OFFSETS,  /* add the base at every edge */
    WALK_SWIZZLE,  /* rewrite all edges for the walker's base, then follow */
    WALK_COPY      /* copy into a private segment, rewriting; then follow */
};

struct graph_node {
    uint64_t number; /* 0 .. nodes - 1 */
    uint64_t value;
    uint64_t edge[GRAPH_EDGES];
};

struct graph {
    uint64_t nodes;
    uint64_t base;     /* where the builder sees this struct */
    uint64_t form;     /* enum graph_form */
    uint64_t checksum; /* what a walk must come to */
    struct graph_node node[];
};

/* The block. Each domain's own view: `base` is where *it* sees the segment. */
struct graph_task {
    uint64_t base;
    uint64_t bytes;    /* length of the segment */
    uint64_t nodes;    /* builder: at least 1 */
    uint64_t seed;     /* builder */
    uint64_t form;     /* builder: enum graph_form */
    uint64_t mode;     /* walker: enum graph_mode */
    uint64_t walks;    /* walker: how often, at least 1 */
    uint64_t checksum; /* out */
    uint64_t visited;  /* out, walker: nodes seen in one walk */
};
