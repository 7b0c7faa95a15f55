// SPDX-License-Identifier: Apache-2.0
/*
 * The terminal back end, on ncursesw; the only file that knows curses. Styles
 * become colours of the palette of Okabe and Ito where the terminal has 256
 * colours, the nearest of the basic eight elsewhere, and bold, reverse or
 * underline where it has none or the user asked for none (NO_COLOR).
 */
#include "viz/canvas/canvas.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

/* Foreground in 256 and in 8 colours, -1 = the terminal's own. */
static const struct {
    short wide, basic;
    attr_t with, without; /* with colour, and without */
} looks[STYLE_COUNT] = {
    [STYLE_TEXT] = { -1, -1, A_NORMAL, A_NORMAL },
    [STYLE_DIM] = { 245, -1, A_NORMAL, A_DIM },
    [STYLE_STRONG] = { -1, -1, A_BOLD, A_BOLD },
    [STYLE_FRAME] = { 245, -1, A_NORMAL, A_DIM },
    [STYLE_FOCUS] = { 74, COLOR_CYAN, A_BOLD | A_REVERSE, A_REVERSE },
    [STYLE_STATUS] = { -1, -1, A_REVERSE, A_REVERSE },
    [STYLE_CURRENT] = { 74, COLOR_CYAN, A_BOLD, A_BOLD },
    [STYLE_CHANGED] = { 178, COLOR_YELLOW, A_BOLD, A_BOLD | A_UNDERLINE },
    [STYLE_SELECTED] = { -1, -1, A_REVERSE, A_REVERSE },
    [STYLE_LINKED] = { -1, -1, A_UNDERLINE, A_UNDERLINE },
    [STYLE_HIT] = { 36, COLOR_GREEN, A_NORMAL, A_NORMAL },
    [STYLE_MISS] = { 178, COLOR_YELLOW, A_BOLD, A_BOLD },
    [STYLE_FAULT] = { 166, COLOR_RED, A_BOLD, A_BOLD | A_UNDERLINE },
    [STYLE_SWITCH] = { 175, COLOR_MAGENTA, A_BOLD, A_BOLD },
    [STYLE_WALK] = { 32, COLOR_BLUE, A_BOLD, A_NORMAL },
    [STYLE_TRAP] = { 74, COLOR_CYAN, A_NORMAL, A_NORMAL },
    [STYLE_BAR] = { 32, COLOR_BLUE, A_NORMAL, A_NORMAL },
    [STYLE_TRACK] = { 240, -1, A_NORMAL, A_DIM },
    [STYLE_CARD] = { -1, -1, A_NORMAL, A_NORMAL },
    [STYLE_BUTTON] = { -1, -1, A_NORMAL, A_NORMAL },
    [STYLE_KERNEL] = { 246, COLOR_WHITE, A_NORMAL, A_NORMAL },
    [STYLE_DOMAIN] = { 74, COLOR_CYAN, A_NORMAL, A_NORMAL },
    [STYLE_DOMAIN + 1] = { 178, COLOR_YELLOW, A_NORMAL, A_NORMAL },
    [STYLE_DOMAIN + 2] = { 36, COLOR_GREEN, A_NORMAL, A_NORMAL },
    [STYLE_DOMAIN + 3] = { 175, COLOR_MAGENTA, A_NORMAL, A_NORMAL },
    [STYLE_DOMAIN + 4] = { 32, COLOR_BLUE, A_NORMAL, A_NORMAL },
    [STYLE_DOMAIN + 5] = { 166, COLOR_RED, A_NORMAL, A_NORMAL },
    [STYLE_DOMAIN + 6] = { 227, COLOR_YELLOW, A_BOLD, A_NORMAL },
    [STYLE_DOMAIN + 7] = { 250, COLOR_WHITE, A_BOLD, A_NORMAL },
};

static void set_colours(struct terminal *t)
{
    if (!t->colour || !has_colors() || start_color() == ERR) {
        t->colour = false;
        return;
    }
    use_default_colors();
    for (int i = 0; i < STYLE_COUNT; i++)
        init_pair((short)(i + 1),
                  COLORS >= 256 ? looks[i].wide : looks[i].basic, -1);
}

bool curses_open(struct terminal *t, bool colour, bool mouse, struct err *err)
{
    const char *name = getenv("TERM");
    SCREEN *screen = NULL;
    int why;

    memset(t, 0, sizeof *t);
    /* newterm says nothing about an unknown terminal; this asks first. */
    if (setupterm(NULL, fileno(stdout), &why) == OK) {
        del_curterm(cur_term);
        screen = newterm(NULL, stdout, stdin);
    }
    if (!screen)
        return err_set(err, EXIT_HOST_RESOURCE,
                       "this terminal cannot be used (TERM=%s)",
                       name ? name : "");
    t->screen = screen;
    t->open = true;
    t->colour = colour;
    set_term(screen);
    set_colours(t);
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    set_escdelay(50);
    curs_set(0);
    if (mouse) {
        mousemask(BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON1_CLICKED |
                      BUTTON3_PRESSED | BUTTON3_CLICKED | BUTTON4_PRESSED |
                      BUTTON5_PRESSED,
                  NULL);
        mouseinterval(0); /* a press is told at once */
    }
    return true;
}

void curses_close(struct terminal *t)
{
    if (!t->open)
        return;
    t->open = false;
    endwin();
    delscreen(t->screen);
    t->screen = NULL;
}

void curses_restore(struct terminal *t)
{
    if (t->open)
        endwin();
}

void curses_size(const struct terminal *t, int *width, int *height)
{
    (void)t;
    *width = COLS;
    *height = LINES;
}

void curses_show(struct terminal *t, const struct canvas *c)
{
    char text[4096];

    erase();
    for (size_t i = 0; i < c->run_count; i++) {
        const struct text_run *r = &c->runs[i];
        if (t->colour)
            attr_set(looks[r->style].with, (short)(r->style + 1), NULL);
        else
            attr_set(looks[r->style].without, 0, NULL);
        size_t n = r->bytes < sizeof text - 1 ? r->bytes : sizeof text - 1;
        memcpy(text, c->text + r->text, n);
        text[n] = 0;
        mvaddstr(r->y, r->x, text);
    }
    attr_set(A_NORMAL, 0, NULL);
    refresh();
}

void curses_redraw(struct terminal *t)
{
    (void)t;
    clearok(curscr, TRUE);
}

void curses_copy(struct terminal *t, const char *text)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *b = (const unsigned char *)text;
    size_t n = strlen(text);

    if (!t->open)
        return;
    fputs("\033]52;c;", stdout);
    for (size_t i = 0; i < n; i += 3) { /* base64: three bytes, four digits */
        uint32_t part = (uint32_t)b[i] << 16 |
                        (i + 1 < n ? (uint32_t)b[i + 1] << 8 : 0) |
                        (i + 2 < n ? b[i + 2] : 0u);
        for (size_t k = 0; k < 4; k++)
            fputc(i + k > n ? '=' : digits[part >> (18 - 6 * k) & 63], stdout);
    }
    fputs("\a", stdout);
    fflush(stdout);
}

/* What the pointer did. */
static int pointer_key(struct terminal *t)
{
    MEVENT e;

    if (getmouse(&e) != OK)
        return KEY_OF_NONE;
    t->pointer_x = e.x;
    t->pointer_y = e.y;
    return e.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)   ? KEY_OF_PRESS
           : e.bstate & BUTTON1_RELEASED                    ? KEY_OF_RELEASE
           : e.bstate & (BUTTON3_PRESSED | BUTTON3_CLICKED) ? KEY_OF_MENU
           : e.bstate & BUTTON4_PRESSED                     ? KEY_OF_WHEEL_UP
           : e.bstate & BUTTON5_PRESSED                     ? KEY_OF_WHEEL_DOWN
                                                            : KEY_OF_NONE;
}

int curses_key(struct terminal *t, int milliseconds)
{
    timeout(milliseconds);
    int key = getch();
    switch (key) {
    case ERR:
        return KEY_OF_NONE;
    case KEY_MOUSE:
        return pointer_key(t);
    case KEY_RESIZE:
        return KEY_OF_RESIZE;
    case KEY_UP:
        return KEY_OF_UP;
    case KEY_DOWN:
        return KEY_OF_DOWN;
    case KEY_LEFT:
        return KEY_OF_LEFT;
    case KEY_RIGHT:
        return KEY_OF_RIGHT;
    case KEY_PPAGE:
        return KEY_OF_PAGE_UP;
    case KEY_NPAGE:
        return KEY_OF_PAGE_DOWN;
    case KEY_HOME:
        return KEY_OF_HOME;
    case KEY_END:
        return KEY_OF_END;
    case KEY_BTAB:
        return KEY_OF_BACKTAB;
    case KEY_BACKSPACE:
    case 127:
    case 8:
        return KEY_OF_BACKSPACE;
    case KEY_F(12):
        return KEY_OF_SCREENSHOT;
    case KEY_ENTER:
    case '\r':
        return '\n';
    case KEY_F(1):
        return '?';
    case KEY_F(5):
    case KEY_F(6):
        return ' ';
    case KEY_F(10):
        return 'n';
    case KEY_F(11):
        return 's';
    default:
        return key < 256 ? key : KEY_OF_NONE;
    }
}
