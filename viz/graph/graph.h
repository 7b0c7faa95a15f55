/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs of a machine's state: nodes with rows of text, edges, clusters; read
 * from the machine by graph_read_*.c with peeks only, compared with an earlier
 * moment by graph_compare, written as dot text by graph/dot.c. Ids are made of
 * the kernel's own numbers and addresses, so that the same thing has the same
 * id at every moment. Layout is another program's business (graph/layout.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "sim/machine.h"

enum {
    GRAPH_NODES = 400, /* more are counted, not drawn */
    GRAPH_ID = 40,
    GRAPH_TEXT = 160,
    GRAPH_ROWS = 700 /* of one node */
};

/* What a node stands for: shape, colour and letter. */
enum graph_role {
    ROLE_DOMAIN,
    ROLE_KERNEL,
    ROLE_SEGMENT,
    ROLE_THREAD,
    ROLE_PORTAL,
    ROLE_QUEUE, /* what threads wait in: semaphore, port, sleep */
    ROLE_TABLE, /* a page table, a node of a range tree */
    ROLE_UNIT,  /* a part of the machine that remembers */
    ROLE_CORE,
    ROLE_MEMORY,
    ROLE_DEVICE,
    ROLE_NOTE,
    ROLE_COUNT
};

/* What an edge means: colour and line. */
enum graph_line {
    LINE_PLAIN,   /* leads to */
    LINE_READ,    /* may read */
    LINE_WRITE,   /* may read and write, or write */
    LINE_EXECUTE, /* may execute */
    LINE_CALL,    /* calls through a portal */
    LINE_MESSAGE, /* sends or takes messages */
    LINE_SYSCALL, /* asks the kernel */
    LINE_WAIT,    /* waits for */
    LINE_HOLD,    /* is held by, as far as seen */
    LINE_COUNT
};

enum graph_change { CHANGE_NONE, CHANGE_NEW, CHANGE_OTHER, CHANGE_GONE };

struct graph_row {
    char port[12]; /* name for edges, "" = none */
    char text[GRAPH_TEXT];
};

struct graph_node {
    char id[GRAPH_ID];
    char group[GRAPH_ID]; /* id of its cluster, "" = none */
    enum graph_role role;
    enum graph_change change;
    char title[GRAPH_TEXT];
    struct graph_row *row;
    size_t row_count;
};

struct graph_edge {
    char from[GRAPH_ID], to[GRAPH_ID]; /* ids; "id:port" */
    char key[16];                      /* tells parallel edges apart */
    enum graph_line line;
    enum graph_change change;
    bool cycle; /* part of a ring of waiting */
    char label[GRAPH_TEXT];
};

struct graph_group {
    char id[GRAPH_ID], title[GRAPH_TEXT];
};

struct graph {
    char title[300], legend[400];
    bool top_down; /* else left to right */
    struct graph_node *node;
    size_t node_count, hidden; /* hidden: beyond GRAPH_NODES */
    struct graph_edge *edge;
    size_t edge_count;
    struct graph_group *group;
    size_t group_count;
};

/* ---- graph/graph.c
 * ------------------------------------------------------------ */
/* A node; NULL = there are too many, or the id is taken. Valid until the next
 * one is added. */
struct graph_node *graph_node(struct graph *g, enum graph_role role,
                              const char *id, const char *title);
const struct graph_node *graph_find(const struct graph *g, const char *id);
void graph_row(struct graph_node *n, const char *port, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Edges from or to a node that is not there are dropped. The label may have
 * lines. Valid until the next one is added; NULL = dropped. */
struct graph_edge *graph_edge(struct graph *g, enum graph_line line,
                              const char *from, const char *to, const char *key,
                              const char *label);
void graph_group(struct graph *g, const char *id, const char *title);
/* Marks in *now what was not so in *before, and adds what is gone. */
void graph_compare(struct graph *now, const struct graph *before);
void graph_free(struct graph *g);

/* ---- graph/dot.c --------------------------------------------------------- */
/* The same graph gives the same bytes. False: *err. */
MUST_CHECK
bool graph_write(const struct graph *g, FILE *to);

/* ---- what was seen on the way to a moment: graph/seen.c -------------------
 */
struct seen_call {
    uint32_t from, portal;                  /* domain, portal id */
    uint64_t calls, returns, cycles, least; /* least: of one call */
};
struct seen_message {
    uint32_t domain, port;
    uint64_t sent, taken;
};
struct seen_asking {
    uint32_t domain;
    uint64_t count;
};
struct seen_token {
    uint32_t semaphore, thread; /* who asked for it last and went on */
};
enum { SEEN_LIMIT = 1024 };

struct graph_seen {
    struct seen_call call[SEEN_LIMIT];
    size_t calls;
    struct seen_message message[SEEN_LIMIT];
    size_t messages;
    struct seen_asking asking[SEEN_LIMIT];
    size_t askings;
    struct seen_token token[SEEN_LIMIT];
    size_t tokens;
    struct {
        uint32_t thread;
        size_t call; /* index */
        uint64_t since;
    } open[SEEN_LIMIT]; /* calls not yet returned, oldest first */
    size_t opens;
};
/* The kinds of event it is fed with. Zeroed memory has seen nothing. */
#define GRAPH_SEEN                                                             \
    (EVENT_BIT(EVENT_CALL) | EVENT_BIT(EVENT_RETURN) |                         \
     EVENT_BIT(EVENT_MESSAGE) | EVENT_BIT(EVENT_SYSCALL) |                     \
     EVENT_BIT(EVENT_DOMAIN))
/* The next event; others than GRAPH_SEEN are skipped. */
void graph_see(struct graph_seen *s, const struct event *e);

/* ---- the kinds: graph_read_*.c --------------------------------------------
 */
/* What is read, beyond the machine. */
struct graph_question {
    uint32_t domain;  /* of pagetable and segments; registry id */
    bool all_domains; /* no domain was named */
    const struct graph_seen *seen;
};

struct graph_kind {
    const char *name, *doc;
    bool needs_seen; /* asks what happened before */
    MUST_CHECK bool (*read)(struct graph *g, const struct machine *m,
                            const struct graph_question *q, struct err *err);
};
enum { GRAPH_KINDS = 6 };
extern const struct graph_kind graph_kinds[GRAPH_KINDS + 1]; /* graph/graph.c */

MUST_CHECK bool graph_read_rights(struct graph *g, const struct machine *m,
                                  const struct graph_question *q,
                                  struct err *err);
MUST_CHECK bool graph_read_calls(struct graph *g, const struct machine *m,
                                 const struct graph_question *q,
                                 struct err *err);
MUST_CHECK bool graph_read_pagetable(struct graph *g, const struct machine *m,
                                     const struct graph_question *q,
                                     struct err *err);
MUST_CHECK bool graph_read_segments(struct graph *g, const struct machine *m,
                                    const struct graph_question *q,
                                    struct err *err);
MUST_CHECK bool graph_read_waits(struct graph *g, const struct machine *m,
                                 const struct graph_question *q,
                                 struct err *err);
MUST_CHECK bool graph_read_machine(struct graph *g, const struct machine *m,
                                   const struct graph_question *q,
                                   struct err *err);

/* Shared by them. */
const char *graph_rights(unsigned rights, char buffer[5]);
/* "4 KiB", "194 bytes", "2 MiB". */
const char *graph_bytes(uint64_t bytes, char buffer[24]);
/* "d3_1234", number and cycle of birth, for a number may be given again; and a
 * node of that name if there is none yet. */
const char *graph_domain(struct graph *g, const struct machine *m, uint32_t id,
                         char buffer[GRAPH_ID]);

/* ---- graph/layout.c: in the background -----------------------------------
 */
struct layout_job {
    pid_t child; /* 0 = none */
    FILE *plain; /* what it writes */
    int64_t deadline;
    unsigned seconds;
};
enum layout_state { LAYOUT_RUNNING, LAYOUT_DONE, LAYOUT_FAILED };
/* Has `program` place dot text in Graphviz's "plain" format. False: *err. */
MUST_CHECK
bool layout_start(struct layout_job *job, const char *program, const char *dot,
                  size_t bytes, unsigned seconds, struct err *err);
/* Does not wait. DONE: job->plain is to be read, from its beginning, before
 * layout_stop. FAILED: *err, as for graph_layout. */
enum layout_state layout_poll(struct layout_job *job, struct err *err);
/* Ends it if it still runs, and closes what it wrote. */
void layout_stop(struct layout_job *job);

/* ---- graph/layout.c -------------------------------------------------------
 */
/*
 * Has `program` (opalite-layout) draw dot text as FORMAT (svg, png, pdf) to
 * `path`, "-" = standard output; ends it after `seconds`. False: *err:
 * EXIT_CANNOT_LOAD when it is not there, EXIT_WALL_CLOCK when it took too long,
 * EXIT_HOST_RESOURCE when the picture could not be written.
 */
MUST_CHECK
bool graph_layout(const char *program, const char *dot, size_t bytes,
                  const char *format, const char *path, unsigned seconds,
                  struct err *err);
