/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view: which panes are on the screen, where, and what the user does with
 * them. The terminal and the window share all of it. Keys and clicks become
 * commands (view/keys.c, view/pointer.c, view/command.c); commands that move
 * time become wishes for a runner (runner/runner.h); the rest changes only what
 * is looked at. view/layout.c draws the screen on a canvas. Nothing here knows
 * terminal, window, thread or clock.
 */
#pragma once

#include "viz/pane/pane.h"
#include "viz/runner/runner.h"

enum {
    VIEW_LEAST_WIDTH = 80,
    VIEW_LEAST_HEIGHT = 24,
    VIEW_WIDE = 120, /* from here on: rows of three panes, and a line of tabs */
    VIEW_SETS = 8,
    VIEW_ROWS = 4,    /* of panes in a set, at most */
    VIEW_COLUMNS = 3, /* of panes in a row, at most */
    VIEW_WISHES = 16,
    VIEW_COMMAND = 200,
    VIEW_COPY = 16384,
    VIEW_PATH = 512
};

enum view_overlay {
    OVERLAY_NONE,
    OVERLAY_HELP,
    OVERLAY_STORY,
    OVERLAY_MASK,  /* what stops a run: kinds of events */
    OVERLAY_STOPS, /* breakpoints and watches */
    OVERLAY_MENU
};

/* What can be done with what is selected: commands by name. */
enum { MENU_ITEMS = 16 };
struct view_menu {
    int x, y; /* its corner, as near as fits */
    int count, chosen;
    struct {
        char label[60], command[100];
    } item[MENU_ITEMS];
};

/* Where the user has put the borders of one set in one shape of screen:
 * fractions of the whole; 0 in the first = as built in. */
struct view_split {
    double height[VIEW_ROWS];
    double width[VIEW_ROWS][VIEW_COLUMNS];
};

/* A border that the pointer drags. */
struct view_drag {
    bool on, upright;
    int row, column; /* the border after this one */
};

/* A measured beginning: key t. */
struct view_bookmark {
    bool set;
    uint64_t cycle, instructions, switches, tlb_misses, protection_misses;
};

struct view {
    const struct model *model; /* what is shown; not owned */
    struct canvas canvas;
    bool ascii, graphic, quit, redraw;

    int set; /* of panes, from 0 */
    enum pane_id focus;
    bool zoomed;
    struct pane_view pane[PANE_COUNT];
    struct pane_extent extent[PANE_COUNT]; /* as last drawn */
    struct box place[PANE_COUNT];          /* likewise; width 0 = hidden */
    struct view_split split[VIEW_SETS][2]; /* [1] = wide screens */

    struct selection selection;  /* lit in every pane */
    struct graph_places *places; /* where a graph's nodes are; the front end's,
                                    NULL = graphs are lists */
    struct model_graph_ask graph_ask; /* of the graph pane */
    bool graph_told;                  /* the runner knows what it asks for */
    struct view_menu menu;

    enum view_overlay overlay;
    int overlay_scroll, overlay_lines, overlay_shown;
    int overlay_row; /* of a list: the one chosen */
    char story[MODEL_STORY], story_title[MODEL_NAME];

    bool commanding; /* the command line has the keys */
    char line[VIEW_COMMAND], last[VIEW_COMMAND];
    const char *rest;         /* of the command obeyed: behind its word */
    char choices[MODEL_LINE]; /* of completion, when there are several */
    char notice[MODEL_LINE];  /* of the view itself; "" = the model's */
    bool wrong; /* the last command could not be obeyed, notice says why */

    int pointer_x, pointer_y; /* cells; -1 = no pointer */
    bool tip_wanted;          /* it has rested long enough */
    struct view_drag drag;
    bool cursor_dragged;  /* it drags the timeline's active cursor */
    enum pane_id panning; /* the pointer drags its content; PANE_COUNT = none */
    int pan_x, pan_y;     /* from here */

    struct view_bookmark bookmark;
    struct time_view time;
    struct wish wishes[VIEW_WISHES]; /* for the runner, in order */
    int wish_count;

    uint64_t lab_serial, lab_started; /* as far as lab{} was obeyed */
    bool obeys_lab;                   /* just now: nothing is locked */

    /* For the front end. */
    bool light;                   /* theme */
    int scale;                    /* percent; 0 = this front end has none */
    bool picture;                 /* a picture is wanted, of */
    char picture_path[VIEW_PATH]; /* "" = a name of its choice */
    bool show;                    /* the focus moved: without a screen, print
                                     that pane, in so many lines, */
    int show_lines;               /* 0 = as many as it needs */
    char copied[VIEW_COPY];       /* for the clipboard; "" = nothing new */
};

/* Empty view of a model. */
void view_init(struct view *v, const struct model *model);
void view_free(struct view *v);
/* Draws the whole screen on v->canvas. */
void view_draw(struct view *v, int width, int height);
/* Hands the wishes to a runner, at once. */
void view_obeyed_by(struct view *v, struct runner *r);

/* ---- view/keys.c --------------------------------------------------------- */

/* Obeys one key (ASCII or KEY_OF_*). */
void view_key(struct view *v, int key);
/* Reads the next key of a script: a character, or a name like <tab>, <up>,
 * <space>, <lt>. False: at the end, or (*bad) at a name that is none. */
bool view_script_key(const char **script, int *key, bool *bad);

/* ---- view/command.c ------------------------------------------------------ */

/* Obeys a line of the command line; says in v->notice what is wrong with it. */
void view_command(struct view *v, const char *line);
/* The commands with their meaning, as text for the help. */
void view_command_help(char *to, size_t room);
PRINTF_LIKE(2, 3)
void view_notice(struct view *v, const char *format, ...);
/* The same for what could not be obeyed. */
PRINTF_LIKE(2, 3)
void view_wrong(struct view *v, const char *format, ...);
/* Name of the i-th command, NULL after the last. */
const char *view_word(int i);

/* ---- view/lab.c: what the scenario asks for --------------------------------
 */

/* Obeys what is new in v->model->lab. */
void view_follow_lab(struct view *v);
bool view_is_hidden(const struct view *v, enum pane_id id);
/* command: its whole word first, then perhaps arguments. */
bool view_is_locked(const struct view *v, const char *command);

/* ---- view/select.c -------------------------------------------------------
 */

/* Has the pane rows that a cursor goes over? */
bool view_has_cursor(const struct view *v, enum pane_id id);
/* Moves the cursor of a pane with rows by so many. */
void view_move_cursor(struct view *v, enum pane_id id, int rows);
/* The cursor of a pane goes to row n of what it shows, and selects what that is
 * about. False: there is no such row. */
bool view_point(struct view *v, enum pane_id id, int n);
/* Something is selected: says what it is. */
void view_selected(struct view *v);
/* Before a pane is drawn: rows may have moved under its cursor. */
void view_keep_cursor(struct view *v, enum pane_id id);
/* After it: has it to be drawn again, scrolled to its cursor? */
bool view_reveal(struct view *v, enum pane_id id);
/* The pane of that name, or that begins so; PANE_COUNT = none. */
enum pane_id view_pane_named(const char *name);

/* ---- view/menu.c ---------------------------------------------------------
 */

/* Opens the menu of the selection near a cell of the screen. */
void view_menu_open(struct view *v, int x, int y);
void view_menu_draw(struct view *v);
void view_menu_key(struct view *v, int key);

/* ---- view/graph.c --------------------------------------------------------
 */

/* Asks the runner for v->graph_ask. False: there are too many wishes. */
bool view_ask_graph(struct view *v);
/* After drawing: asks again when the graph pane has come or gone. */
void view_follow_graph(struct view *v);
/* The content of map or graph follows the pointer, or steps aside: cells. */
void view_pan(struct view *v, enum pane_id id, int x, int y);
/* The graph moves until the selected node is in sight. */
void view_reveal_node(struct view *v);
/* Twice as near (by > 0), or half; x, y: the cell that stays. */
void view_zoom_at(struct view *v, enum pane_id id, int by, int x, int y);

/* ---- view/complete.c ----------------------------------------------------- */

/* Completes v->line as far as it is clear; the choices left go to v->choices.
 */
void view_complete(struct view *v);

/* ---- view/pointer.c: cells of the screen ----------------------------------
 */

void view_pointer_move(struct view *v, int x, int y);
void view_pointer_press(struct view *v, int x, int y, bool twice);
/* The other button: selects what is there and opens its menu. */
void view_pointer_menu(struct view *v, int x, int y);
void view_pointer_release(struct view *v);
/* lines > 0: towards the end. */
void view_pointer_wheel(struct view *v, int x, int y, int lines);
/* Is the pointer on a border that can be dragged? */
bool view_on_border(const struct view *v, int x, int y);
/* What the pointer rests on says, or NULL. */
const char *view_tip(const struct view *v);

/* ---- view/grid.c: which panes are where ------------------------------------
 */

extern const char *const view_set_names[VIEW_SETS];
/* Is the pane part of the set, on a screen as wide as the last? */
bool view_set_has(const struct view *v, int set, enum pane_id id);
/* Focus on a pane, in the set that has it. */
void view_focus(struct view *v, enum pane_id id);
/* The next or previous pane of the set. */
void view_focus_next(struct view *v, int by);
/* Moves the border right of (upright) or below the pane with the keys by some
 * cells. */
void view_move_border(struct view *v, bool upright, int by);
/* The border at a cell; drag.on = false: none there. */
struct view_drag view_border_at(const struct view *v, int x, int y);
void view_drag_to(struct view *v, int x, int y);
/* The grid's part of the screen. */
struct box view_grid_box(const struct view *v);

/* ---- view/help.c ----------------------------------------------------------
 */

/* Help, story or stop-mask editor over the panes. */
void view_draw_overlay(struct view *v);
/* An empty frame with a title and, below, what keys do; the box inside it is
 * current. */
void view_draw_frame(struct canvas *c, const char *title, const char *keys,
                     struct box b);

/* ---- view/stops.c: what stops a run ---------------------------------------
 */

/* The editor of the stop mask, the list of breakpoints and watches. */
void view_draw_mask(struct view *v);
void view_draw_stops(struct view *v);
/* A key while one of them is open. */
void view_mask_key(struct view *v, int key);
void view_stops_key(struct view *v, int key);
/* The code pane's cursor moves by so many instructions; by 0: it is gone, and
 * the pane follows pc again. */
void view_code_move(struct view *v, int lines);

/* ---- view/settings.c: remembered from one run to the next ------------------
 */

/* Reads and writes theme, scale, set and borders, as lines "key value". Loading
 * skips what it does not understand; saving says nothing when it cannot. */
void view_settings_load(struct view *v, const char *path);
void view_settings_save(const struct view *v, const char *path);
/* $XDG_CONFIG_HOME/opalite/NAME, or below ~/.config; "" = no home. */
void view_settings_path(const char *name, char *to, size_t room);
/* mkdir -p of the folders of a path; says nothing. */
void view_make_folders(const char *path);

/* ---- view/remember.c: breakpoints, from one run to the next ----------------
 */

/* The file for the stops of this scenario: "stops/NAME-HASH" of the settings.
 */
void view_stops_path(const char *scenario, char *to, size_t room);
/* Adds the breakpoints, watches and stop mask of the file to the runner's;
 * skips what it does not understand. */
void view_stops_load(struct runner *r, const char *path);
/* Writes them; no file when there is nothing to remember. */
void view_stops_save(const struct runner *r, const char *path);
