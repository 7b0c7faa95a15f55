// SPDX-License-Identifier: Apache-2.0
/*
 * One picture without a display: runs the scenario to the wanted moment, obeys
 * keys, draws. The same scenario and moment give the same picture.
 */
#include "viz/gui/gui.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "viz/graph/places.h"

enum { SLICE = 20000 };

bool gui_prepare(const struct gui_arguments *a, struct view *v, struct err *err)
{
    v->graphic = true;
    if (a->theme)
        v->light = strcmp(a->theme, "light") == 0;
    if (a->scale)
        v->scale = a->scale;
    if (!a->panel)
        return true;
    for (int i = 0; i < PANE_COUNT; i++)
        if (strcasecmp(panes[i].name, a->panel) == 0) {
            v->focus = (enum pane_id)i;
            v->zoomed = true;
            return true;
        }
    for (int i = 0; i < VIEW_SETS; i++)
        if (strcasecmp(view_set_names[i], a->panel) == 0) {
            v->set = i;
            return true;
        }
    return err_set(err, EXIT_USAGE,
                   "--panel %s: no such panel; opalite gui --help lists them",
                   a->panel);
}

static bool is_over(const struct runner *r)
{
    return r->model.state == MODEL_ENDED || r->model.state == MODEL_FAILED;
}

/* False: the scenario ended before. */
static bool run_to(const struct gui_arguments *a, struct runner *r,
                   struct err *err)
{
    struct wish w = { .kind = a->run.has_moment ? WISH_MOMENT : WISH_BEGIN,
                      .to = &a->run };
    char when[64];

    runner_obey(r, &w);
    runner_finish(r, SLICE);
    if (!is_over(r) || (a->run.has_moment && a->run.at.kind == MOMENT_END))
        return true;
    moment_text(&a->run.at, when, sizeof when);
    return err_set(err, EXIT_USAGE,
                   "--at: the scenario ended at cycle %llu, before %s",
                   (unsigned long long)r->model.cycle,
                   a->run.has_moment ? when : "the kernel was up");
}

/* Draws, until nothing is left that the drawing asked for. */
static void draw(struct view *v, struct runner *r, int width, int height)
{
    view_draw(v, width, height);
    if (v->wish_count > 0) {
        view_obeyed_by(v, r);
        runner_finish(r, SLICE);
        view_draw(v, width, height);
    }
    if (v->places->key != 0 || r->model.graph.read) {
        places_finish(v->places, &r->model.graph);
        view_draw(v, width, height);
    }
}

static bool obey_keys(const char *keys, struct view *v, struct runner *r,
                      int width, int height, struct err *err)
{
    bool bad = false;
    int key;

    while (keys && view_script_key(&keys, &key, &bad)) {
        draw(v, r, width, height);
        view_key(v, key);
        view_obeyed_by(v, r);
        runner_finish(r, SLICE);
    }
    if (!bad)
        return true;
    return err_set(err, EXIT_USAGE, "--keys: no such key: %.20s", keys);
}

int gui_picture(const struct gui_arguments *a, struct runner *r)
{
    struct graph_places *places = calloc(1, sizeof *places);
    struct view v;
    struct look look;
    struct err err;
    int width, height;
    bool good;

    if (!places)
        err_no_memory();
    places_open(places);
    view_init(&v, &r->model);
    v.places = places;
    v.scale = 100;
    good = gui_prepare(a, &v, &err) && run_to(a, r, &err);
    look_open(&look, v.light, v.scale);
    look_cells(&look, a->width, a->height, &width, &height);
    if (good) {
        view_draw(&v, width, height); /* obeys lab{} */
        view_obeyed_by(&v, r);
        runner_finish(r, SLICE);
    }
    good = good && obey_keys(a->keys, &v, r, width, height, &err);
    if (good) {
        draw(&v, r, width, height);
        good = picture_write(&v.canvas, &look, a->picture, a->width, a->height,
                             &err);
    }
    look_close(&look);
    places_close(places);
    free(places);
    view_free(&v);
    return good ? EXIT_PASSED : report(&err);
}
