// SPDX-License-Identifier: Apache-2.0
/*
 * Several runs of one experiment in one picture. A line keeps the colour and
 * marker that it has alone; the run chooses its dashes, so both can be told
 * without colour. Bars of the same label stand side by side. What a run says of
 * itself becomes a note.
 */
#include "viz/plot/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run, to be moved into the first. */
struct run {
    struct plot *plot;
    const char *label;
    size_t number;
};

static void *grown(void *array, size_t count, size_t size)
{
    void *larger = realloc(array, (count ? count : 1) * size);

    if (!larger)
        err_no_memory();
    return larger;
}

/* "text, label"; the old text is freed. */
static char *labelled(char *text, const char *label)
{
    size_t room = strlen(text) + strlen(label) + 4;
    char *to = malloc(room);

    if (!to)
        err_no_memory();
    snprintf(to, room, "%s, %s", text, label);
    free(text);
    return to;
}

/* ---- do they fit? ----------------------------------------------------------
 */

static bool differ(struct err *err, const struct run *r, size_t panel,
                   const char *what, const char *here, const char *there)
{
    return err_set(err, EXIT_CANNOT_LOAD,
                   "%s: panel %zu %s \"%.60s\", not \"%.60s\" as in the first: "
                   "not the same experiment",
                   r->label, panel + 1, what, here, there);
}

static bool fits(const struct plot *first, const struct run *r, struct err *err)
{
    static const char *const kinds[] = { "lines", "stacked-bars" };

    if (r->plot->panel_count != first->panel_count)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: %zu panels, not %zu as in the first: not the same "
                       "experiment",
                       r->label, r->plot->panel_count, first->panel_count);
    for (size_t i = 0; i < first->panel_count; i++) {
        const struct plot_panel *a = &first->panel[i], *b = &r->plot->panel[i];
        if (strcmp(a->title, b->title) != 0)
            return differ(err, r, i, "is", b->title, a->title);
        if (a->kind != b->kind)
            return differ(err, r, i, "has", kinds[b->kind], kinds[a->kind]);
        if (strcmp(a->x.label, b->x.label) != 0)
            return differ(err, r, i, "has the x axis", b->x.label, a->x.label);
        if (strcmp(a->y.label, b->y.label) != 0)
            return differ(err, r, i, "has the y axis", b->y.label, a->y.label);
    }
    return true;
}

static bool has_room(const struct plot_panel *p, size_t lines, size_t bars,
                     struct err *err)
{
    if (lines <= PLOT_NAMES && bars <= PLOT_NAMES)
        return true;
    return err_set(err, EXIT_CANNOT_LOAD,
                   "panel \"%.60s\" would have %zu %s; there is room for %d",
                   p->title, lines ? lines : bars, lines ? "lines" : "bars",
                   PLOT_NAMES);
}

/* ---- panels ----------------------------------------------------------------
 */

/* A series of the same name looks the same in every run. */
static size_t mark_of(const struct plot_panel *first, const char *name,
                      size_t otherwise)
{
    for (size_t i = 0; i < first->series_count; i++)
        if (strcmp(first->series[i].name, name) == 0)
            return first->series[i].mark;
    return otherwise;
}

static void move_lines(struct plot_panel *to, const struct plot_panel *names,
                       struct plot_panel *from, const struct run *r)
{
    to->series = grown(to->series, to->series_count + from->series_count,
                       sizeof *to->series);
    for (size_t i = 0; i < from->series_count; i++) {
        struct plot_series *s = &to->series[to->series_count++];
        *s = from->series[i];
        s->mark = mark_of(names, s->name, s->mark);
        s->dash = r->number;
        s->name = labelled(s->name, r->label);
    }
    from->series_count = 0;
}

/* Behind the last bar of this label, or at the end. */
static size_t place_of(const struct plot_panel *to, const char *label)
{
    for (size_t i = to->group_count; i > 0; i--)
        if (to->group[i - 1].plain == strlen(label) &&
            strncmp(to->group[i - 1].label, label, strlen(label)) == 0)
            return i;
    return to->group_count;
}

static void move_bars(struct plot_panel *to, struct plot_panel *from,
                      const struct run *r)
{
    to->group = grown(to->group, to->group_count + from->group_count,
                      sizeof *to->group);
    for (size_t i = 0; i < from->group_count; i++) {
        struct plot_group g = from->group[i];
        size_t at = place_of(to, g.label);
        memmove(&to->group[at + 1], &to->group[at],
                (to->group_count - at) * sizeof to->group[0]);
        g.plain = strlen(g.label);
        g.label = labelled(g.label, r->label);
        to->group[at] = g;
        to->group_count++;
    }
    from->group_count = 0;
}

static bool merge_panel(struct plot_panel *to, size_t index, struct run *runs,
                        size_t count, struct err *err)
{
    struct plot_panel merged = { 0 };
    size_t lines = 0, bars = 0;

    for (size_t r = 0; r < count; r++) {
        lines += runs[r].plot->panel[index].series_count;
        bars += runs[r].plot->panel[index].group_count;
    }
    if (!has_room(to, lines, bars, err))
        return false;
    /* names to compare with: those of the first run, which is moved, too */
    struct plot_panel names = { 0 };
    names.series = grown(NULL, to->series_count, sizeof *names.series);
    for (size_t i = 0; i < to->series_count; i++) {
        names.series[i] = to->series[i];
        names.series[i].name = strdup(to->series[i].name);
        if (!names.series[i].name)
            err_no_memory();
    }
    names.series_count = to->series_count;
    for (size_t r = 0; r < count; r++) {
        move_lines(&merged, &names, &runs[r].plot->panel[index], &runs[r]);
        move_bars(&merged, &runs[r].plot->panel[index], &runs[r]);
    }
    for (size_t i = 0; i < names.series_count; i++)
        free(names.series[i].name);
    free(names.series);
    free(to->series);
    free(to->group);
    to->series = merged.series;
    to->series_count = merged.series_count;
    to->group = merged.group;
    to->group_count = merged.group_count;
    return true;
}

/* ---- words ------------------------------------------------------------------
 */

static void add_note(struct plot *p, char *note)
{
    for (size_t i = 0; i < p->note_count; i++)
        if (strcmp(p->note[i], note) == 0) {
            free(note);
            return;
        }
    p->note = grown(p->note, p->note_count + 1, sizeof *p->note);
    p->note[p->note_count++] = note;
}

/* "label: subtitle" of each run, where they are not all the same. */
static void tell_subtitles(struct plot *first, const struct run *runs,
                           size_t count)
{
    const char *one = first->subtitle ? first->subtitle : "";
    bool same = true;

    for (size_t r = 0; r < count; r++) {
        const char *other = runs[r].plot->subtitle;
        same &= strcmp(other ? other : "", one) == 0;
    }
    if (same)
        return;
    for (size_t r = 0; r < count; r++) {
        const char *text = runs[r].plot->subtitle;
        char note[400];
        snprintf(note, sizeof note, "%.100s: %.280s", runs[r].label,
                 text ? text : "");
        char *copy = text ? strdup(note) : NULL;
        if (text && !copy)
            err_no_memory();
        if (copy)
            add_note(first, copy);
    }
    free(first->subtitle);
    first->subtitle = NULL;
}

bool plot_overlay(struct plot *runs, const char *const *labels, size_t count,
                  struct err *err)
{
    struct run *run = calloc(count + 1, sizeof *run);
    bool ok = count > 0;

    if (!run)
        err_no_memory();
    for (size_t r = 0; r < count; r++) {
        run[r] = (struct run){ &runs[r], labels[r], r };
        ok = ok && fits(&runs[0], &run[r], err);
    }
    for (size_t i = 0; ok && i < runs[0].panel_count; i++)
        ok = merge_panel(&runs[0].panel[i], i, run, count, err);
    if (ok)
        tell_subtitles(&runs[0], run, count);
    for (size_t r = 1; ok && r < count; r++) {
        for (size_t i = 0; i < runs[r].note_count; i++)
            add_note(&runs[0], runs[r].note[i]);
        runs[r].note_count = 0;
    }
    free(run);
    return ok;
}
