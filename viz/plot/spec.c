// SPDX-License-Identifier: Apache-2.0
/*
 * From a JSON tree to a checked plot description: every key must be known,
 * every value of the right kind, every number in range; the first mistake is
 * reported with its line and column. After this the drawing cannot fail for a
 * reason of the description. Format: docs/plots.md. Next: plot/draw.c.
 */
#include "viz/plot/plot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIMIT_PANELS = 6,
    LIMIT_SERIES = 16,
    LIMIT_GROUPS = 64,
    LIMIT_TICKS = 64,
    LIMIT_NOTES = 12
};

struct spec {
    const char *name;
    struct err *err;
};

#define refuse(s, v, ...) refuse_at(s, (v)->line, (v)->column, __VA_ARGS__)

PRINTF_LIKE(4, 5)
MUST_CHECK static bool refuse_at(const struct spec *s, int line, int column,
                                 const char *format, ...)
{
    char text[300];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return err_set(s->err, EXIT_CANNOT_LOAD, "%s:%d:%d: %s", s->name, line,
                   column, text);
}

bool plot_scale_named(const char *name, enum plot_scale *scale)
{
    static const char *const names[] = { [SCALE_LINEAR] = "linear",
                                         [SCALE_LOG2] = "log2",
                                         [SCALE_LOG10] = "log10" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0) {
            *scale = (enum plot_scale)i;
            return true;
        }
    return false;
}

static void *zeroed(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);

    if (!p)
        err_no_memory();
    return p;
}

/* An object whose members are all in `keys` ("a|b|c"). */
MUST_CHECK
static bool check_object(const struct spec *s, const struct json_value *v,
                         const char *what, const char *keys)
{
    if (v->kind != JSON_OBJECT)
        return refuse(s, v, "%s must be an object", what);
    for (size_t i = 0; i < v->count; i++) {
        const char *key = v->item[i].key, *at = keys;
        size_t n = strlen(key);
        while (at && (strncmp(at, key, n) != 0 || (at[n] && at[n] != '|'))) {
            at = strchr(at, '|');
            at = at ? at + 1 : NULL;
        }
        if (!at || n == 0)
            return refuse(s, &v->item[i],
                          "unknown key \"%.60s\" in %s; known: %s", key, what,
                          keys);
    }
    return true;
}

/* A string member; *to stays NULL when it is absent and may be. */
MUST_CHECK
static bool take_text(const struct spec *s, const struct json_value *v,
                      const char *key, bool needed, char **to)
{
    const struct json_value *m = json_member(v, key);

    if (!m)
        return !needed || refuse(s, v, "\"%s\" is missing", key);
    if (m->kind != JSON_STRING)
        return refuse(s, m, "\"%s\" must be a string", key);
    *to = strdup(m->text);
    if (!*to)
        err_no_memory();
    return true;
}

/* An array member of least..limit items. */
MUST_CHECK
static bool take_array(const struct spec *s, const struct json_value *v,
                       const char *key, size_t least, size_t limit,
                       const struct json_value **array)
{
    *array = json_member(v, key);
    if (!*array)
        return least == 0 || refuse(s, v, "\"%s\" is missing", key);
    if ((*array)->kind != JSON_ARRAY)
        return refuse(s, *array, "\"%s\" must be an array", key);
    if ((*array)->count < least || (*array)->count > limit)
        return refuse(s, *array, "\"%s\" must have %zu to %zu items", key,
                      least, limit);
    return true;
}

MUST_CHECK
static bool take_size(const struct spec *s, const struct json_value *v,
                      const char *key, int *to)
{
    const struct json_value *m = json_member(v, key);

    if (!m)
        return true;
    if (m->kind != JSON_NUMBER || m->number < 200 || m->number > 10000)
        return refuse(s, m, "\"%s\" must be a number from 200 to 10000", key);
    *to = (int)m->number;
    return true;
}

MUST_CHECK
static bool take_axis(const struct spec *s, const struct json_value *panel,
                      const char *key, const char *keys, struct plot_axis *a)
{
    const struct json_value *v = json_member(panel, key), *ticks, *scale;

    if (!v)
        return refuse(s, panel, "\"%s\" is missing", key);
    if (!check_object(s, v, key, keys) ||
        !take_text(s, v, "label", true, &a->label) ||
        !take_array(s, v, "ticks", 0, LIMIT_TICKS, &ticks))
        return false;
    scale = json_member(v, "scale");
    if (scale && (scale->kind != JSON_STRING ||
                  !plot_scale_named(scale->text, &a->scale)))
        return refuse(s, scale,
                      "\"scale\" must be \"linear\", \"log2\" or \"log10\"");
    if (!ticks)
        return true;
    a->tick = zeroed(ticks->count, sizeof *a->tick);
    for (size_t i = 0; i < ticks->count; i++) {
        const struct json_value *t = &ticks->item[i];
        if (t->kind != JSON_NUMBER)
            return refuse(s, t, "a tick must be a number");
        if (a->scale != SCALE_LINEAR && t->number < 0)
            return refuse(s, t, "a log axis begins at 0");
        a->tick[a->tick_count++] = t->number;
    }
    return true;
}

MUST_CHECK
static bool take_points(const struct spec *s, const struct json_value *v,
                        const struct plot_panel *panel, struct plot_series *to)
{
    const struct json_value *array;

    if (!take_array(s, v, "points", 1, 10000, &array))
        return false;
    to->point = zeroed(array->count, sizeof *to->point);
    for (size_t i = 0; i < array->count; i++) {
        const struct json_value *p = &array->item[i];
        if (p->kind != JSON_ARRAY || p->count != 2 ||
            p->item[0].kind != JSON_NUMBER || p->item[1].kind != JSON_NUMBER)
            return refuse(s, p, "a point must be [x, y], two numbers");
        if (panel->x.scale != SCALE_LINEAR && p->item[0].number < 0)
            return refuse(s, p, "x must not be negative on a log axis");
        if (panel->y.scale != SCALE_LINEAR && p->item[1].number <= 0)
            return refuse(s, p, "y must be above 0 on a log axis");
        if (i > 0 && p->item[0].number <= to->point[i - 1].x)
            return refuse(s, p, "x must grow from point to point");
        to->point[to->count++] =
            (struct plot_point){ p->item[0].number, p->item[1].number };
    }
    return true;
}

MUST_CHECK
static bool take_series(const struct spec *s, const struct json_value *v,
                        struct plot_panel *to)
{
    const struct json_value *array;

    if (!take_array(s, v, "series", 1, LIMIT_SERIES, &array))
        return false;
    to->series = zeroed(array->count, sizeof *to->series);
    for (size_t i = 0; i < array->count; i++) {
        struct plot_series *one = &to->series[to->series_count++];
        one->mark = one->dash = i;
        if (!check_object(s, &array->item[i], "a series", "name|points") ||
            !take_text(s, &array->item[i], "name", true, &one->name) ||
            !take_points(s, &array->item[i], to, one))
            return false;
    }
    return true;
}

MUST_CHECK
static bool take_parts(const struct spec *s, const struct json_value *v,
                       struct plot_group *to)
{
    const struct json_value *array;

    if (!take_array(s, v, "parts", 1, LIMIT_SERIES, &array))
        return false;
    to->part = zeroed(array->count, sizeof *to->part);
    for (size_t i = 0; i < array->count; i++) {
        const struct json_value *p = &array->item[i], *value;
        struct plot_part *one = &to->part[to->count++];
        if (!check_object(s, p, "a part", "name|value") ||
            !take_text(s, p, "name", true, &one->name))
            return false;
        value = json_member(p, "value");
        if (!value || value->kind != JSON_NUMBER)
            return refuse(s, value ? value : p, "\"value\" must be a number");
        one->value = value->number;
    }
    return true;
}

MUST_CHECK
static bool take_groups(const struct spec *s, const struct json_value *v,
                        struct plot_panel *to)
{
    const struct json_value *array;

    if (!take_array(s, v, "groups", 1, LIMIT_GROUPS, &array))
        return false;
    to->group = zeroed(array->count, sizeof *to->group);
    for (size_t i = 0; i < array->count; i++) {
        struct plot_group *one = &to->group[to->group_count++];
        if (!check_object(s, &array->item[i], "a group", "label|parts") ||
            !take_text(s, &array->item[i], "label", true, &one->label) ||
            !take_parts(s, &array->item[i], one))
            return false;
    }
    return true;
}

MUST_CHECK
static bool take_panel(const struct spec *s, const struct json_value *v,
                       struct plot_panel *to)
{
    const struct json_value *kind = json_member(v, "kind");
    bool lines;

    if (v->kind != JSON_OBJECT)
        return refuse(s, v, "a panel must be an object");
    if (!kind || kind->kind != JSON_STRING ||
        (strcmp(kind->text, "lines") != 0 &&
         strcmp(kind->text, "stacked-bars") != 0))
        return refuse(s, kind ? kind : v,
                      "\"kind\" must be \"lines\" or \"stacked-bars\"");
    lines = strcmp(kind->text, "lines") == 0;
    to->kind = lines ? PLOT_LINES : PLOT_STACKED_BARS;
    return check_object(s, v, lines ? "a panel of lines" : "a panel of bars",
                        lines ? "title|kind|x|y|series"
                              : "title|kind|x|y|groups") &&
           take_text(s, v, "title", true, &to->title) &&
           take_axis(s, v, "x", lines ? "label|scale|ticks" : "label",
                     &to->x) &&
           take_axis(s, v, "y", lines ? "label|scale|ticks" : "label|ticks",
                     &to->y) &&
           (lines ? take_series(s, v, to) : take_groups(s, v, to));
}

MUST_CHECK
static bool take_notes(const struct spec *s, const struct json_value *v,
                       struct plot *p)
{
    const struct json_value *array;

    if (!take_array(s, v, "notes", 0, LIMIT_NOTES, &array))
        return false;
    if (!array)
        return true;
    p->note = zeroed(array->count, sizeof *p->note);
    for (size_t i = 0; i < array->count; i++) {
        if (array->item[i].kind != JSON_STRING)
            return refuse(s, &array->item[i], "a note must be a string");
        p->note[p->note_count] = strdup(array->item[i].text);
        if (!p->note[p->note_count++])
            err_no_memory();
    }
    return true;
}

MUST_CHECK
static bool take_plot(const struct spec *s, const struct json_value *v,
                      struct plot *p)
{
    const struct json_value *panels;

    p->width = 900;
    p->height = 600;
    if (!check_object(s, v, "the description",
                      "title|subtitle|width|height|panels|notes") ||
        !take_text(s, v, "title", true, &p->title) ||
        !take_text(s, v, "subtitle", false, &p->subtitle) ||
        !take_size(s, v, "width", &p->width) ||
        !take_size(s, v, "height", &p->height) ||
        !take_array(s, v, "panels", 1, LIMIT_PANELS, &panels) ||
        !take_notes(s, v, p))
        return false;
    p->panel = zeroed(panels->count, sizeof *p->panel);
    for (size_t i = 0; i < panels->count; i++)
        if (!take_panel(s, &panels->item[i], &p->panel[p->panel_count++]))
            return false;
    return true;
}

bool plot_parse(struct plot *p, const char *name, const char *text,
                size_t bytes, struct err *err)
{
    struct spec s = { name, err };
    struct json_value v;
    bool ok;

    memset(p, 0, sizeof *p);
    ok = json_parse(&v, name, text, bytes, err) && take_plot(&s, &v, p);
    json_value_free(&v);
    return ok;
}

/* NULL: all points of the panel fit; else the series that does not. */
static const struct plot_series *misfit(const struct plot_panel *p, char axis)
{
    for (size_t i = 0; i < p->series_count; i++)
        for (size_t k = 0; k < p->series[i].count; k++) {
            const struct plot_point *q = &p->series[i].point[k];
            if (axis == 'x' ? q->x < 0 : q->y <= 0)
                return &p->series[i];
        }
    return NULL;
}

bool plot_rescale(struct plot *p, char axis, enum plot_scale scale,
                  const char *name, struct err *err)
{
    for (size_t i = 0; i < p->panel_count; i++) {
        struct plot_panel *panel = &p->panel[i];
        struct plot_axis *a = axis == 'x' ? &panel->x : &panel->y;
        if (panel->kind != PLOT_LINES)
            continue;
        const struct plot_series *bad =
            scale == SCALE_LINEAR ? NULL : misfit(panel, axis);
        if (bad)
            return err_set(
                err, EXIT_CANNOT_LOAD,
                "%s: panel \"%.60s\": \"%.60s\" has %s, which no log "
                "axis can show",
                name, panel->title, bad->name,
                axis == 'x' ? "an x below 0" : "a y of 0 or less");
        a->scale = scale;
        a->tick_count = 0; /* they were chosen for another scale */
    }
    return true;
}

static void free_panel(struct plot_panel *p)
{
    for (size_t i = 0; i < p->series_count; i++) {
        free(p->series[i].name);
        free(p->series[i].point);
    }
    for (size_t i = 0; i < p->group_count; i++) {
        for (size_t j = 0; j < p->group[i].count; j++)
            free(p->group[i].part[j].name);
        free(p->group[i].part);
        free(p->group[i].label);
    }
    free(p->series);
    free(p->group);
    free(p->title);
    free(p->x.label);
    free(p->x.tick);
    free(p->y.label);
    free(p->y.tick);
}

void plot_free(struct plot *p)
{
    for (size_t i = 0; i < p->panel_count; i++)
        free_panel(&p->panel[i]);
    for (size_t i = 0; i < p->note_count; i++)
        free(p->note[i]);
    free(p->panel);
    free(p->note);
    free(p->title);
    free(p->subtitle);
    free(p->font);
    memset(p, 0, sizeof *p);
}
