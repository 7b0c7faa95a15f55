/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canvas: a draw list in character cells. Panes draw on it and know nothing
 * else of the screen; a back end plays the list: canvas/curses.c (terminal),
 * canvas/text.c (plain text), canvas/cairo.c (window, PNG, SVG, PDF). Drawing
 * is limited to the current box, so a pane can neither leave its place nor
 * count wrong. Text is UTF-8; what is not one cell wide becomes '?'.
 *
 * The list has text runs, and shapes (rectangles, lines, arrows) in fractions
 * of a cell. Only a graphic canvas keeps shapes; on one of characters each
 * shape is written at once with the nearest characters, so that the two text
 * back ends need to know runs only. Zones say what a click on a place means.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mmu/err.h"

/* What a run means; the back end chooses colours. A letter or a mark in the
 * text says the same, so that nothing depends on colour. */
enum style {
    STYLE_TEXT,
    STYLE_DIM,      /* less important, or stale */
    STYLE_STRONG,   /* names, headings */
    STYLE_FRAME,    /* lines between panes and their titles */
    STYLE_FOCUS,    /* title of the pane that has the keys */
    STYLE_STATUS,   /* the status lines on top */
    STYLE_CURRENT,  /* the instruction at pc; the current domain */
    STYLE_CHANGED,  /* changed by the last command */
    STYLE_SELECTED, /* the line under the cursor */
    STYLE_LINKED,   /* has to do with what is selected elsewhere */
    STYLE_HIT,      /* H */
    STYLE_MISS,     /* M */
    STYLE_FAULT,    /* F, R */
    STYLE_SWITCH,   /* S */
    STYLE_WALK,     /* W */
    STYLE_TRAP,     /* T */
    STYLE_BAR,      /* the full part of a bar */
    STYLE_TRACK,    /* the rest of a bar; a quiet area */
    STYLE_CARD,     /* the ground a pane stands on (graphic only) */
    STYLE_BUTTON,   /* something to click that has its key in it */
    STYLE_KERNEL,   /* the kernel's time and places: neutral grey */
    STYLE_DOMAIN,   /* and the next seven: domains, told apart by hatch too */
    STYLE_COUNT = STYLE_DOMAIN + 8
};

/* How lines, arrows and frames are drawn on a graphic canvas. */
enum { PEN_PLAIN = 0, PEN_HEAVY = 1, PEN_DASHED = 2, PEN_DOUBLE = 4 };

/* How an area is filled besides its colour, in characters "█▓▒░▤▥▧▨". */
enum { HATCH_NONE, HATCH_COUNT = 8 };

struct box {
    int x, y, width, height;
};

struct text_run {
    int16_t x, y, cells; /* where it starts, how many columns it takes */
    float shift;         /* drawn this part of a cell lower (graphic) */
    uint8_t style;       /* enum style */
    uint16_t bytes;
    uint32_t text; /* offset in canvas.text */
};

enum shape_kind { SHAPE_RECT, SHAPE_FRAME, SHAPE_LINE, SHAPE_ARROW };

struct shape {
    uint8_t kind, style, hatch; /* hatch: of lines and frames, the pen */
    float x0, y0, x1, y1;       /* cells of the screen; a rectangle's corners */
    struct box clip;
    float shift;   /* of the clip, too */
    size_t before; /* drawn before this text run */
};

/* A place that can be clicked: the command of the command line it stands for,
 * and what the pointer is told. */
struct zone {
    struct box box;
    uint32_t command, tip; /* offsets in canvas.text, NUL-terminated */
};

struct canvas {
    int width, height; /* of the whole screen, in cells */
    bool ascii;        /* no UTF-8: lines and bars from - | # */
    bool graphic;      /* keeps shapes; set it after canvas_begin */
    struct box box;    /* where drawing goes now; (0, 0) is its corner */
    double shift;      /* graphic: all of it this part of a cell lower */
    int pen;           /* graphic: PEN_*, from now on */
    struct text_run *runs;
    size_t run_count, run_room;
    struct shape *shapes;
    size_t shape_count, shape_room;
    struct zone *zones;
    size_t zone_count, zone_room;
    char *text;
    size_t text_used, text_room;
};

/* How long the lists are, to take back what was drawn since. */
struct canvas_mark {
    size_t runs, shapes, zones, text;
};

/* Size of one screen; memory only grows. Clears it, box = all of it; characters
 * only. */
void canvas_begin(struct canvas *c, int width, int height, bool ascii);
void canvas_free(struct canvas *c);

/* Drawing goes into b (cut to the screen) until the next call. */
void canvas_box(struct canvas *c, struct box b);

/* Draws text at column x, line y of the box, cut at its right edge; returns
 * the column after the text, also when it was cut. x may be negative. */
int canvas_text(struct canvas *c, int x, int y, enum style style,
                const char *text);
PRINTF_LIKE(5, 6)
int canvas_print(struct canvas *c, int x, int y, enum style style,
                 const char *format, ...);
/* Text that ends at column `right` (exclusive). */
void canvas_right(struct canvas *c, int right, int y, enum style style,
                  const char *text);
/* n times one of the line-drawing characters below. */
void canvas_line(struct canvas *c, int x, int y, enum style style, bool upright,
                 int n);
/* A bar of `cells` cells, `part` of `whole` full, in eighths of a cell where
 * the terminal can; ASCII: whole '#'. */
void canvas_bar(struct canvas *c, int x, int y, enum style style, int cells,
                uint64_t part, uint64_t whole);
/* Fills line y of the box with spaces of a style. */
void canvas_fill(struct canvas *c, int y, enum style style);

/* ---- shapes: places are cells of the box, and fractions of them -----------
 */

/* A filled area. In characters: every cell whose middle lies inside. */
void canvas_rect(struct canvas *c, double x, double y, double width,
                 double height, enum style style, int hatch);
/* The border of an area. In characters: box drawing, when 2x2 cells or more. */
void canvas_frame(struct canvas *c, double x, double y, double width,
                  double height, enum style style);
/* From (x0, y0) to (x1, y1); in characters, slanted lines are dotted. */
void canvas_segment(struct canvas *c, double x0, double y0, double x1,
                    double y1, enum style style);
/* The same with a head at its end. */
void canvas_arrow(struct canvas *c, double x0, double y0, double x1, double y1,
                  enum style style);
/* An upright bar in an area: its lower `share` is full. */
void canvas_column(struct canvas *c, int x, int y, int width, int height,
                   double share, enum style style);
/* Style and hatch of the i-th domain, from 0; -1 = the kernel. */
enum style domain_style(int i);
int domain_hatch(int i);

/* Cells x .. x+width of line y obey `command` when clicked; tip may be "". */
void canvas_zone(struct canvas *c, int x, int y, int width, int height,
                 const char *command, const char *tip);
/* The zone on top at a cell of the screen, or NULL. */
const struct zone *canvas_zone_at(const struct canvas *c, int x, int y);

struct canvas_mark canvas_mark(const struct canvas *c);
void canvas_back(struct canvas *c, struct canvas_mark mark);

/* Word-wraps text to the box from line y on, skipping `skip` lines; draws what
 * fits; returns how many lines the whole text has. */
int canvas_wrap(struct canvas *c, int y, int skip, enum style style,
                const char *text);

/* Shared by canvas/canvas.c and canvas/shape.c: room for `count` things of
 * `size`; one byte of text. */
void *canvas_grown(void *old, size_t count, size_t size);
void canvas_add_byte(struct canvas *c, char byte);

/* Columns that UTF-8 text takes on the canvas. */
int text_cells(const char *text);

/* canvas/text.c: the screen as lines of plain text, no trailing blanks. */
void canvas_write_text(const struct canvas *c, FILE *out);

/* canvas/curses.c: a terminal. Nothing else in viz/ knows curses. */
struct terminal {
    bool open, colour;
    int pointer_x, pointer_y; /* cells, of the last KEY_OF_PRESS ... */
    void *screen;             /* SCREEN of curses */
};
/* Opens the terminal on stdin, stdout. mouse: the pointer is ours, too. */
MUST_CHECK
bool curses_open(struct terminal *t, bool colour, bool mouse, struct err *err);
/* Gives the terminal back as it was; may be called twice. */
void curses_close(struct terminal *t);
/* The same without freeing anything, for a program that is about to die. */
void curses_restore(struct terminal *t);
void curses_size(const struct terminal *t, int *width, int *height);
void curses_show(struct terminal *t, const struct canvas *c);
/* Forgets what is on the screen: the next show draws everything. */
void curses_redraw(struct terminal *t);
/* Gives text to the terminal's clipboard (the sequence OSC 52); terminals that
 * have none ignore it. */
void curses_copy(struct terminal *t, const char *text);
/* Next key, waiting up to `milliseconds` (0 = not at all); KEY_OF_NONE: none.
 */
int curses_key(struct terminal *t, int milliseconds);

/* Keys beyond ASCII. */
enum {
    KEY_OF_NONE = -1,
    KEY_OF_RESIZE = 0x1000,
    KEY_OF_UP,
    KEY_OF_DOWN,
    KEY_OF_LEFT,
    KEY_OF_RIGHT,
    KEY_OF_PAGE_UP,
    KEY_OF_PAGE_DOWN,
    KEY_OF_HOME,
    KEY_OF_END,
    KEY_OF_BACKTAB,
    KEY_OF_BACKSPACE,
    KEY_OF_SCREENSHOT,
    KEY_OF_PRESS, /* of the pointer */
    KEY_OF_RELEASE,
    KEY_OF_MENU, /* the other button */
    KEY_OF_WHEEL_UP,
    KEY_OF_WHEEL_DOWN,
    KEY_OF_END_OF_INPUT
};
