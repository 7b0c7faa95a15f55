/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pane shows one subject of the model on a canvas. It gets the model
 * read-only, a box to draw in (the canvas's current box) and how far the user
 * has scrolled; it gives back how many lines it could show in all. Panes know
 * neither the terminal nor each other; tui_layout.c gives them their places.
 */
#pragma once

#include "viz/canvas.h"
#include "viz/model.h"

/* In the order of Tab. */
enum pane_id {
    PANE_CODE,
    PANE_REGISTERS,
    PANE_TLB,
    PANE_PROTECTION,
    PANE_RIGHTS,
    PANE_LEDGER,
    PANE_EVENTS,
    PANE_CONSOLE,
    PANE_COUNT
};

/* What the user did with this pane. */
struct pane_view {
    int scroll;   /* lines skipped at the top */
    int selected; /* events: how many before the newest; -1 = follow newest */
    int column;   /* first column shown of the rights matrix */
    bool focused;
    bool filtered; /* events: only those of the stop mask */
};

/* What drawing told. */
struct pane_extent {
    int lines; /* all there are */
    int shown; /* that the box can hold below fixed heading lines */
};

struct pane {
    const char *name;
    /* Right part of the title line, e.g. "12/32 H 93.4%". */
    void (*title)(const struct model *m, char *to, size_t room);
    struct pane_extent (*draw)(struct canvas *c, const struct model *m,
                               const struct pane_view *v);
    const char *help; /* for a student who sees it for the first time */
};

extern const struct pane panes[PANE_COUNT];

/* The status lines on top: two lines of the current box. */
void pane_status(struct canvas *c, const struct model *m, const char *speed);

/* One by one, for panes[] and for tests. */
struct pane_extent pane_code_draw(struct canvas *c, const struct model *m,
                                  const struct pane_view *v);
struct pane_extent pane_registers_draw(struct canvas *c, const struct model *m,
                                       const struct pane_view *v);
struct pane_extent pane_tlb_draw(struct canvas *c, const struct model *m,
                                 const struct pane_view *v);
struct pane_extent pane_protection_draw(struct canvas *c, const struct model *m,
                                        const struct pane_view *v);
struct pane_extent pane_rights_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v);
struct pane_extent pane_ledger_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v);
struct pane_extent pane_events_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v);
struct pane_extent pane_console_draw(struct canvas *c, const struct model *m,
                                     const struct pane_view *v);
void pane_code_title(const struct model *m, char *to, size_t room);
void pane_registers_title(const struct model *m, char *to, size_t room);
void pane_tlb_title(const struct model *m, char *to, size_t room);
void pane_protection_title(const struct model *m, char *to, size_t room);
void pane_rights_title(const struct model *m, char *to, size_t room);
void pane_ledger_title(const struct model *m, char *to, size_t room);
void pane_events_title(const struct model *m, char *to, size_t room);
void pane_console_title(const struct model *m, char *to, size_t room);
