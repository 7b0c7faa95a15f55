/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user has selected: an address, a segment, a domain, a thread, or a
 * node of a graph that is none of these. There is one selection in a view; each
 * pane asks which of its rows have to do with it, and lights them. It names
 * things as the kernel does, so it outlives a look, and time.
 */
#pragma once

#include "viz/model/model.h"

enum select_kind {
    SELECT_NONE,
    SELECT_ADDRESS,
    SELECT_SEGMENT,
    SELECT_DOMAIN,
    SELECT_THREAD,
    SELECT_NODE
};

struct selection {
    enum select_kind kind;
    uint64_t va, bytes; /* ADDRESS: the range; SEGMENT: its own base, size */
    uint32_t domain;    /* DOMAIN: its id; ADDRESS: who sees it, 0 = anybody */
    uint32_t thread;
    char node[40]; /* of a graph, when it was selected there; else "" */
    char name[MODEL_NAME];
};

/* bytes >= 1. */
void selection_of_address(struct selection *s, uint64_t va, uint64_t bytes,
                          uint32_t domain);
void selection_of_segment(struct selection *s, const struct segment_row *row);
void selection_of_domain(struct selection *s, const struct model *m,
                         uint32_t id);
void selection_of_thread(struct selection *s, uint32_t id);
/* A node of a graph by its id ("d3_127000", "s_10000000", "t2"): what it stands
 * for. title: of a node that is none of the above. */
void selection_of_node(struct selection *s, const struct model *m,
                       const char *id, const char *title);

/* Has a range of addresses, as domain sees it (0 = whoever), to do with it? s
 * may be NULL, here and below: nothing is selected. */
bool selection_has_range(const struct selection *s, const struct model *m,
                         uint64_t va, uint64_t bytes, uint32_t domain);
bool selection_has_segment(const struct selection *s, const struct model *m,
                           const struct segment_row *row);
bool selection_has_domain(const struct selection *s, uint32_t id);
bool selection_has_thread(const struct selection *s, uint32_t id);
bool selection_is(const struct selection *a, const struct selection *b);

/* The segment that holds an address, as domain sees it (0 = whoever has one
 * there); NULL = none. */
const struct segment_row *segment_holding(const struct model *m, uint64_t va,
                                          uint32_t domain);
/* Row of a domain, -1 = none. */
int domain_row_of(const struct model *m, uint32_t id);
/* What it is, in a line: "segment secret: 4K at 10000000; alice rw--". */
void selection_text(const struct selection *s, const struct model *m,
                    char to[MODEL_LINE]);
