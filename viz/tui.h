/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal view: a session, its model, and what the user asked for. Keys
 * become wishes (tui_keys.c), wishes advance the session (tui_run.c), the model
 * is laid out on a canvas (tui_layout.c). None of these knows the terminal or
 * the clock; tui_main.c owns both, and with --script neither is there.
 */
#pragma once

#include "sim/session.h"
#include "viz/pane.h"

enum { TUI_LEAST_WIDTH = 80, TUI_LEAST_HEIGHT = 24 };

enum tui_overlay { OVERLAY_NONE, OVERLAY_HELP, OVERLAY_STORY, OVERLAY_MASK };

/* What the machine is running for; NOWHERE = it stands. */
enum tui_going {
    GOING_NOWHERE,
    GOING_STEPS, /* so many instructions */
    GOING_RUN,   /* at the chosen speed, until something of the stop mask */
    GOING_EVENT, /* as fast as can be, until tui.until happens */
    GOING_OVER   /* until the call at pc has returned */
};

struct tui {
    struct session *session;
    struct model model;
    struct canvas canvas;
    struct pane_view view[PANE_COUNT];
    struct pane_extent extent[PANE_COUNT]; /* as last drawn */
    enum pane_id focus;
    bool zoomed, ascii, quit, redraw;

    enum tui_overlay overlay;
    int overlay_scroll, overlay_lines, overlay_shown;
    char story[MODEL_STORY];

    enum tui_going going;
    uint64_t steps;  /* GOING_STEPS: left */
    uint32_t until;  /* events that end this run (EVENT_BIT) */
    const char *why; /* what the run is for, in words */
    struct {
        uint64_t pc, sp;
        uint8_t privilege;
        uint32_t thread;
    } after; /* GOING_OVER: where the call returns to */
};

/* Instructions per second of each speed; 0 = as fast as can be. */
extern const uint64_t tui_speeds[];
extern const int tui_speed_count;
/* "30/s", "max". */
const char *tui_speed_text(int speed);

/* ---- tui_keys.c --------------------------------------------------------- */

/* Obeys one key (ASCII or KEY_OF_*). */
void tui_key(struct tui *t, int key);
/* Reads the next key of a script: a character, or a name like <tab>, <up>,
 * <space>, <lt>. False: at the end, or (*bad) at a name that is none. */
bool tui_script_key(const char **script, int *key, bool *bad);

/* ---- tui_run.c ----------------------------------------------------------- */

/* The beginning: to the moment the kernel is up, or nowhere. */
void tui_begin(struct tui *t, bool from_reset);
void tui_step(struct tui *t, uint64_t count);
void tui_step_over(struct tui *t);
void tui_run(struct tui *t);
void tui_run_until(struct tui *t, uint32_t events, const char *why);
void tui_pause(struct tui *t);
/* Events of the stop mask, as bits. */
uint32_t tui_stop_events(const struct tui *t);
/* Advances the session by at most this many instructions towards what it is
 * going for, and refreshes the model. */
void tui_advance(struct tui *t, uint64_t instructions);

/* ---- tui_layout.c ----------------------------------------------------------
 */

/* Draws the whole screen on t->canvas. */
void tui_draw(struct tui *t, int width, int height);

/* ---- tui_help.c ------------------------------------------------------------
 */

/* Help, story or stop-mask editor over the panes. */
void tui_draw_overlay(struct tui *t);
