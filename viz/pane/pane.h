/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pane shows one subject of the model on a canvas. It gets the model
 * read-only, a box to draw in (the canvas's current box) and how far the user
 * has scrolled; it gives back how many lines it could show in all. Panes know
 * no back end and not each other; view/layout.c gives them their places.
 */
#pragma once

#include "viz/canvas/canvas.h"
#include "viz/pane/table.h"
#include "viz/pane/time_view.h"

/* In the order of Tab, and of the help. */
enum pane_id {
    PANE_CODE,
    PANE_SCOPE,
    PANE_REGISTERS,
    PANE_TLB,
    PANE_PROTECTION,
    PANE_CACHES,
    PANE_MAP,
    PANE_RIGHTS,
    PANE_STORY,
    PANE_TIMELINE,
    PANE_EVENTS,
    PANE_LEDGER,
    PANE_SWITCHES,
    PANE_RATIOS,
    PANE_COMPARE,
    PANE_NOTES,
    PANE_CONSOLE,
    PANE_GRAPH,
    PANE_COUNT
};

struct graph_places;

/* What the user did with this pane. */
struct pane_view {
    int scroll;   /* lines skipped at the top */
    int selected; /* the row the cursor is on, -1 = none; events: how many
                     before the newest, -1 = follow newest */
    int column;   /* rights: first column; graph: cells skipped at the left */
    int zoom;     /* graph: halvings of size, -1 = as large as fits */
    int sort;     /* table: by this column + 1; negative: downwards; 0 = not */
    uint64_t cursor;    /* code: the line chosen, */
    uint64_t cursor_at; /* while the clock says this; 0 = none is */
    bool focused;
    bool reveal;     /* scroll to the cursor when drawn next */
    bool filtered;   /* events: only those of the stop mask */
    bool whole;      /* cycles, switches, compare: of the whole run */
    char search[40]; /* table: only rows that say this */
    const struct time_view *time; /* timeline */
    int chosen;           /* ratios: the one shown alone, from 1; 0 = all */
    uint64_t first, last; /* map: addresses shown; 0, 0 = in order */
    const struct selection *selection; /* of the view; NULL = none */
    const struct graph_places *places; /* graph: where nodes are; NULL = list */
};

/* What drawing told. */
struct pane_extent {
    int lines; /* all there are */
    int shown; /* that the box can hold below fixed heading lines */
};

struct pane {
    const char *name;
    /* Right part of the title line, e.g. "12/32 H 93.4%". */
    void (*title)(const struct model *m, const struct pane_view *v, char *to,
                  size_t room);
    struct pane_extent (*draw)(struct canvas *c, const struct model *m,
                               const struct pane_view *v);
    const struct table *table; /* its rows; NULL = it has none */
    const char *help; /* for a student who sees it for the first time */
};

extern const struct pane panes[PANE_COUNT];
extern const struct table pane_tlb_table, pane_protection_table,
    pane_caches_table, pane_rights_table, pane_events_table, pane_graph_table;

/* pane/recorded.c: draws a pane, names what is in it; of a recorded trace what
 * can be shown, else what is missing. */
struct pane_extent pane_draw(struct canvas *c, const struct model *m,
                             const struct pane_view *v, enum pane_id id);
void pane_title(const struct model *m, const struct pane_view *v,
                enum pane_id id, char *to, size_t room);

/* The status lines on top: two lines of the current box. */
void pane_status(struct canvas *c, const struct model *m, const char *speed);

/* Shared by panes. */
enum style pane_mark_style(char mark);   /* H M of a lookaside entry */
enum style pane_letter_style(char stop); /* F M R S T of an event */
/* Number of the register with this ABI name, -1 = none. */
int pane_register_named(const char *name, size_t length);
/* The event the cursor of the events pane is on, or NULL. */
const struct event_row *pane_events_selected(const struct model *m,
                                             const struct pane_view *v);
/* The i-th line of the ratios, from 0; NULL after the last. And the line with
 * this name, -1 = there is none. */
const char *pane_ratio_name(const struct model *m, int i);
int pane_ratio_named(const struct model *m, const char *name);
/* One or two sentences about the run beside this one; their length. */
int pane_other_text(const struct model *m, char *to, size_t room);
/* The instruction the code pane's cursor is on, or that it was told to look at:
 * a row of m->code, -1 = neither. */
int pane_code_chosen(const struct model *m, const struct pane_view *v);
/* Lines that text takes in a box of this width. */
int pane_lines(struct canvas *c, const char *text);

/* One by one, for panes[] and for tests. */
#define PANE(name)                                                             \
    struct pane_extent pane_##name##_draw(                                     \
        struct canvas *c, const struct model *m, const struct pane_view *v);   \
    void pane_##name##_title(const struct model *m, const struct pane_view *v, \
                             char *to, size_t room)
PANE(code);
PANE(scope);
PANE(registers);
PANE(tlb);
PANE(protection);
PANE(caches);
PANE(map);
PANE(rights);
PANE(story);
PANE(timeline);
PANE(events);
PANE(ledger);
PANE(switches);
PANE(ratios);
PANE(compare);
PANE(notes);
PANE(console);
PANE(graph);
#undef PANE
