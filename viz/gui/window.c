// SPDX-License-Identifier: Apache-2.0
/*
 * The window, on SDL: the only file that knows it. Keys and pointer go to the
 * view, the view's wishes to the machine's thread (gui/worker.h), and what that
 * publishes is drawn with cairo straight into the window's surface, 60 times a
 * second at most. When drawing is slow, frames are left out, never simulation.
 */
#include "viz/gui/gui.h"

#include <SDL.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "viz/graph/places.h"
#include "viz/gui/worker.h"

enum { FRAME_MS = 16, IDLE_MS = 100, TIP_MS = 400, LEAST = 320 };

struct gui {
    const struct gui_arguments *arguments;
    SDL_Window *window;
    SDL_Cursor *cursor[4]; /* arrow, hand, left-right, up-down */
    struct look look;
    bool light; /* of the look */
    int scale;  /* likewise */
    struct view view;
    struct model *model; /* the newest copy */
    uint64_t serial;
    struct worker *worker;
    struct graph_places *places;
    uint32_t told;          /* SDL event: a new copy is there */
    uint32_t moved;         /* when the pointer moved last, ms */
    bool dirty;             /* draw again */
    uint32_t frames, first; /* drawn since; when, ms */
    char settings[VIEW_PATH], stops[VIEW_PATH];
};

/* ---- keys ------------------------------------------------------------------
 */

/* Keys beyond text, KEY_OF_NONE = it comes as text or is none. */
static int key_of(const SDL_Keysym *k)
{
    bool shift = k->mod & KMOD_SHIFT, control = k->mod & KMOD_CTRL;

    switch (k->sym) {
    case SDLK_UP:
        return KEY_OF_UP;
    case SDLK_DOWN:
        return KEY_OF_DOWN;
    case SDLK_LEFT:
        return KEY_OF_LEFT;
    case SDLK_RIGHT:
        return KEY_OF_RIGHT;
    case SDLK_PAGEUP:
        return KEY_OF_PAGE_UP;
    case SDLK_PAGEDOWN:
        return KEY_OF_PAGE_DOWN;
    case SDLK_HOME:
        return KEY_OF_HOME;
    case SDLK_END:
        return KEY_OF_END;
    case SDLK_TAB:
        return shift ? KEY_OF_BACKTAB : '\t';
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        return '\n';
    case SDLK_ESCAPE:
        return 27;
    case SDLK_BACKSPACE:
        return KEY_OF_BACKSPACE;
    case SDLK_F1:
        return '?';
    case SDLK_F5:
    case SDLK_F6:
        return ' ';
    case SDLK_F9:
        return 'p';
    case SDLK_F10:
        return 'n';
    case SDLK_F11:
        return shift ? 'o' : 's';
    case SDLK_F12:
        return KEY_OF_SCREENSHOT;
    case SDLK_MINUS:
    case SDLK_KP_MINUS:
        return control ? '<' : KEY_OF_NONE;
    case SDLK_PLUS:
    case SDLK_EQUALS:
    case SDLK_KP_PLUS:
        return control ? '>' : KEY_OF_NONE;
    default:
        return KEY_OF_NONE;
    }
}

/* Text typed: one key per character of ASCII. */
static void obey_text(struct gui *g, const char *text)
{
    for (; *text; text++)
        if (*text >= 0x20 && *text < 0x7f)
            view_key(&g->view, *text);
}

/* ---- pointer ---------------------------------------------------------------
 */

static void cell_at(const struct gui *g, int px, int py, int *x, int *y)
{
    int width, height;

    SDL_GetWindowSize(g->window, &width, &height);
    look_cell_at(&g->look, &g->view.canvas, width, height, px, py, x, y);
}

static void choose_cursor(struct gui *g, int x, int y)
{
    int i = canvas_zone_at(&g->view.canvas, x, y) ? 1 : 0;

    if (view_on_border(&g->view, x, y))
        i = view_border_at(&g->view, x, y).upright ? 2 : 3;
    if (g->cursor[i])
        SDL_SetCursor(g->cursor[i]);
}

static void obey_pointer(struct gui *g, const SDL_Event *e)
{
    int x, y, lines;

    switch (e->type) {
    case SDL_MOUSEMOTION:
        cell_at(g, e->motion.x, e->motion.y, &x, &y);
        g->dirty |= g->view.drag.on || g->view.tip_wanted ||
                    g->view.panning < PANE_COUNT;
        view_pointer_move(&g->view, x, y);
        choose_cursor(g, x, y);
        g->moved = SDL_GetTicks();
        break;
    case SDL_MOUSEBUTTONDOWN:
        cell_at(g, e->button.x, e->button.y, &x, &y);
        if (e->button.button == SDL_BUTTON_LEFT)
            view_pointer_press(&g->view, x, y, e->button.clicks == 2);
        else if (e->button.button == SDL_BUTTON_RIGHT)
            view_pointer_menu(&g->view, x, y);
        g->dirty = true;
        break;
    case SDL_MOUSEBUTTONUP:
        view_pointer_release(&g->view);
        break;
    case SDL_MOUSEWHEEL:
        lines = -3 * e->wheel.y;
        if (SDL_GetModState() & KMOD_CTRL)
            view_key(&g->view, e->wheel.y > 0 ? '>' : '<');
        else
            view_pointer_wheel(&g->view, g->view.pointer_x, g->view.pointer_y,
                               lines);
        g->dirty = true;
        break;
    default:
        break;
    }
}

static void obey_event(struct gui *g, const SDL_Event *e)
{
    int key;

    switch (e->type) {
    case SDL_QUIT:
        g->view.quit = true;
        break;
    case SDL_KEYDOWN:
        key = key_of(&e->key.keysym);
        if (key != KEY_OF_NONE)
            view_key(&g->view, key);
        g->dirty = true;
        break;
    case SDL_TEXTINPUT:
        if (!(SDL_GetModState() & KMOD_CTRL))
            obey_text(g, e->text.text);
        g->dirty = true;
        break;
    case SDL_WINDOWEVENT:
        g->dirty = true;
        break;
    default:
        obey_pointer(g, e);
        break;
    }
}

/* ---- drawing ---------------------------------------------------------------
 */

/* The look the view wants now. */
static void refresh_look(struct gui *g)
{
    if (g->light == g->view.light && g->scale == g->view.scale)
        return;
    look_close(&g->look);
    g->light = g->view.light;
    g->scale = g->view.scale;
    look_open(&g->look, g->light, g->scale);
}

/* --dump: what the window says, always a whole screen. */
static void dump(const struct gui *g)
{
    const char *path = g->arguments->dump;
    char part[VIEW_PATH];
    FILE *f;

    if (!path)
        return;
    snprintf(part, sizeof part, "%.500s.part", path);
    f = fopen(part, "w");
    if (!f)
        return;
    canvas_write_text(&g->view.canvas, f);
    if (fclose(f) == 0)
        (void)rename(part, path);
}

static void draw(struct gui *g)
{
    SDL_Surface *s = SDL_GetWindowSurface(g->window);
    int width, height;

    refresh_look(g);
    if (!s || s->format->BytesPerPixel != 4)
        return;
    look_cells(&g->look, s->w, s->h, &width, &height);
    view_draw(&g->view, width, height);
    SDL_LockSurface(s);
    cairo_surface_t *to = cairo_image_surface_create_for_data(
        s->pixels, CAIRO_FORMAT_RGB24, s->w, s->h, s->pitch);
    cairo_t *cr = cairo_create(to);
    canvas_paint(&g->view.canvas, &g->look, cr, s->w, s->h);
    cairo_destroy(cr);
    cairo_surface_destroy(to);
    SDL_UnlockSurface(s);
    SDL_UpdateWindowSurface(g->window);
    dump(g);
    g->dirty = false;
    if (g->frames++ == 0)
        g->first = SDL_GetTicks();
}

/* opalite-1.png, or the first of these names that is free. */
static void free_name(char *to, size_t room)
{
    struct stat info;

    for (int i = 1; i < 10000; i++) {
        snprintf(to, room, "opalite-%d.png", i);
        if (stat(to, &info) != 0)
            return;
    }
}

static void save_picture(struct gui *g)
{
    struct view *v = &g->view;
    struct err err;
    int width, height;

    v->picture = false;
    if (!v->picture_path[0])
        free_name(v->picture_path, sizeof v->picture_path);
    SDL_GetWindowSize(g->window, &width, &height);
    if (picture_write(&v->canvas, &g->look, v->picture_path, width, height,
                      &err))
        view_notice(v, "the picture is in %.100s", v->picture_path);
    else
        view_notice(v, "%.150s", err.text);
}

/* ---- the loop ---------------------------------------------------------------
 */

/* Called by the machine's thread. */
static void tell(void *context)
{
    struct gui *g = context;
    SDL_Event e = { .type = g->told };

    SDL_PushEvent(&e);
}

static bool is_over(const struct gui *g)
{
    return g->model->state == MODEL_ENDED || g->model->state == MODEL_FAILED;
}

static void serve(struct gui *g)
{
    struct view *v = &g->view;

    if (v->wish_count > 0)
        worker_ask(g->worker, v->wishes, v->wish_count);
    v->wish_count = 0;
    if (worker_take(g->worker, g->model, &g->serial))
        g->dirty = true;
    g->dirty |= places_serve(g->places, &g->model->graph);
    if (v->copied[0] && SDL_SetClipboardText(v->copied) != 0)
        view_notice(v, "the clipboard refuses: %.100s", SDL_GetError());
    v->copied[0] = 0;
    if (v->redraw)
        g->dirty = true;
    v->redraw = false;
    if (!v->tip_wanted && v->pointer_x >= 0 &&
        SDL_GetTicks() - g->moved > TIP_MS && !v->drag.on) {
        v->tip_wanted = true;
        g->dirty |= view_tip(v) != NULL;
    }
    if (v->picture) {
        draw(g); /* what the picture shows is what the screen shows */
        save_picture(g);
        g->dirty = true;
    }
    if (g->arguments->quit_at_end && is_over(g))
        v->quit = true;
}

/* How long nothing is to be done by itself, when the last frame was drawn and
 * asked for then. */
static int rest_ms(const struct gui *g, bool running, uint32_t drawn,
                   uint32_t asked)
{
    uint32_t since = SDL_GetTicks() - (g->dirty ? drawn : asked);

    if (!g->dirty && !running)
        return IDLE_MS;
    return since < FRAME_MS ? (int)(FRAME_MS - since) : 0;
}

static void live(struct gui *g)
{
    uint32_t drawn = 0, asked = 0;
    SDL_Event e;

    while (!g->view.quit) {
        bool running = model_is_moving(g->model) ||
                       g->places->key_next != 0; /* being laid out */
        if (SDL_WaitEventTimeout(&e, rest_ms(g, running, drawn, asked))) {
            do
                obey_event(g, &e);
            while (SDL_PollEvent(&e));
        }
        serve(g);
        uint32_t now = SDL_GetTicks();
        if (running && now - asked >= FRAME_MS) {
            worker_look(g->worker); /* for the next frame */
            asked = now;
        }
        if (g->dirty && now - drawn >= FRAME_MS) {
            drawn = now;
            draw(g);
        }
    }
}

/* How well drawing went while the machine ran at full speed. */
static void tell_frames(const struct gui *g)
{
    double seconds = (SDL_GetTicks() - g->first) / 1000.0;

    fprintf(stderr, "%u frames in %.2f s: %.1f a second\n", g->frames, seconds,
            seconds > 0 ? g->frames / seconds : 0);
}

/* Is the variable of the environment there, and not empty? */
static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value && *value;
}

static bool open_window(struct gui *g, struct err *err)
{
    static const char no_window[] =
        "no window can be opened (%s); opalite tui needs only a terminal, "
        "opalite gui --screenshot nothing";
    static const SDL_SystemCursor kinds[] = { SDL_SYSTEM_CURSOR_ARROW,
                                              SDL_SYSTEM_CURSOR_HAND,
                                              SDL_SYSTEM_CURSOR_SIZEWE,
                                              SDL_SYSTEM_CURSOR_SIZENS };
    char title[120];

    if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") &&
        !is_set("SDL_VIDEODRIVER"))
        return err_set(err, EXIT_HOST_RESOURCE, no_window,
                       "neither DISPLAY nor WAYLAND_DISPLAY is set");
    /* else SDL would go on to drivers that show nothing */
    if (!is_set("SDL_VIDEODRIVER"))
        SDL_SetHint(SDL_HINT_VIDEODRIVER,
                    is_set("WAYLAND_DISPLAY") ? "wayland,x11" : "x11");
    if (SDL_Init(SDL_INIT_VIDEO) != 0)
        return err_set(err, EXIT_HOST_RESOURCE, no_window, SDL_GetError());
    snprintf(title, sizeof title, "Opalite: %s", g->model->scenario);
    g->window = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED,
                                 SDL_WINDOWPOS_CENTERED, g->arguments->width,
                                 g->arguments->height, SDL_WINDOW_RESIZABLE);
    if (!g->window || !SDL_GetWindowSurface(g->window))
        return err_set(err, EXIT_HOST_RESOURCE, no_window, SDL_GetError());
    SDL_SetWindowMinimumSize(g->window, LEAST, LEAST);
    SDL_StartTextInput();
    for (int i = 0; i < 4; i++)
        g->cursor[i] = SDL_CreateSystemCursor(kinds[i]);
    g->told = SDL_RegisterEvents(1);
    return true;
}

static void close_window(struct gui *g)
{
    for (int i = 0; i < 4; i++)
        if (g->cursor[i])
            SDL_FreeCursor(g->cursor[i]);
    if (g->window)
        SDL_DestroyWindow(g->window);
    SDL_Quit();
}

/* The keys of --keys, as if typed before the first frame. */
static bool obey_first(struct gui *g, struct err *err)
{
    const char *keys = g->arguments->keys;
    bool bad = false;
    int key;

    while (keys && view_script_key(&keys, &key, &bad))
        view_key(&g->view, key);
    return !bad || err_set(err, EXIT_USAGE, "--keys: no such key: %.20s", keys);
}

/* What the machine does first. */
static void begin(struct gui *g)
{
    const struct gui_arguments *a = g->arguments;
    struct wish all[2] = {
        { .kind = a->run.has_moment ? WISH_MOMENT : WISH_BEGIN, .to = &a->run },
        { .kind = WISH_END }
    };

    if (a->quit_at_end)
        worker_ask(g->worker, all + 1, 1);
    else
        worker_ask(g->worker, all, 1);
}

/* A run that is to go to its end by itself is stopped by nothing of before. */
static bool remembers_stops(const struct gui_arguments *a)
{
    return !a->view.forget && !a->quit_at_end;
}

static bool open_all(struct gui *g, struct runner *r, struct err *err)
{
    const struct gui_arguments *a = g->arguments;

    *g->model = r->model;
    g->model->memory = NULL;
    view_init(&g->view, g->model);
    places_open(g->places);
    g->view.places = g->places;
    g->view.scale = 100;
    if (!a->view.forget) {
        view_settings_path("gui", g->settings, sizeof g->settings);
        view_settings_load(&g->view, g->settings);
    }
    if (remembers_stops(a)) {
        view_stops_path(a->run.session.path, g->stops, sizeof g->stops);
        view_stops_load(r, g->stops);
    }
    if (!gui_prepare(a, &g->view, err) || !obey_first(g, err))
        return false;
    g->light = g->view.light;
    g->scale = g->view.scale;
    look_open(&g->look, g->light, g->scale);
    return open_window(g, err) && worker_start(g->worker, r, tell, g, err);
}

int gui_window(const struct gui_arguments *a, struct runner *r)
{
    struct gui *g = calloc(1, sizeof *g);
    struct err err;
    bool good;

    if (!g || !(g->model = calloc(1, sizeof *g->model)) ||
        !(g->worker = calloc(1, sizeof *g->worker)) ||
        !(g->places = calloc(1, sizeof *g->places)))
        err_no_memory();
    g->arguments = a;
    good = open_all(g, r, &err);
    if (good) {
        begin(g);
        live(g);
        if (a->quit_at_end)
            tell_frames(g);
        worker_stop(g->worker);
        if (!a->view.forget)
            view_settings_save(&g->view, g->settings);
        if (remembers_stops(a))
            view_stops_save(r, g->stops);
    }
    if (g->look.theme)
        look_close(&g->look);
    close_window(g);
    view_free(&g->view);
    places_close(g->places);
    free(g->places);
    free(g->worker);
    free(g->model);
    free(g);
    return good ? EXIT_PASSED : report(&err);
}
