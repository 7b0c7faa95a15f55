// SPDX-License-Identifier: Apache-2.0
/*
 * Breakpoints, watches and the stop mask from one run of a scenario to the
 * next: a text file per scenario with the commands that make them, so that it
 * can be read, and written by hand. Lines: "break ...", "watch ...", the same
 * after "off ", and "mask LETTERS [KIND]... [in DOMAIN]".
 */
#include "viz/view/view.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FNV-1a, so that scenarios of the same name in two folders differ. */
static unsigned hash(const char *text)
{
    unsigned h = 2166136261u;

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 16777619u;
    return h;
}

void view_stops_path(const char *scenario, char *to, size_t room)
{
    char *whole = realpath(scenario, NULL), name[200];
    const char *path = whole ? whole : scenario;
    const char *slash = strrchr(path, '/');

    snprintf(name, sizeof name, "stops/%.120s-%08x", slash ? slash + 1 : path,
             hash(path));
    view_settings_path(name, to, room);
    free(whole);
}

/* ---- reading ---------------------------------------------------------------
 */

static bool is_there(const struct stops *s, const char *line)
{
    char other[2 * STOPS_TEXT];

    for (size_t i = 0; i < s->count; i++) {
        stops_line(&s->point[i], other, sizeof other);
        if (strcmp(other, line) == 0)
            return true;
    }
    return false;
}

static void load_point(struct stops *s, const char *line)
{
    bool off = strncmp(line, "off ", 4) == 0;
    char answer[STOPS_TEXT], disable[32];
    struct err err;

    line += off ? 4 : 0;
    if ((strncmp(line, "break ", 6) != 0 && strncmp(line, "watch ", 6) != 0) ||
        is_there(s, line) ||
        !stops_obey(s, NULL, line, answer, sizeof answer, &err) || !off)
        return;
    snprintf(disable, sizeof disable, "disable %u", s->last_number);
    if (!stops_obey(s, NULL, disable, answer, sizeof answer, &err))
        bug("breakpoint %u has just been made", s->last_number);
}

/* "FS", kinds, "in DOMAIN"; "-" = no letter. */
static void load_mask(struct runner *r, char *words)
{
    struct wish w = { .kind = WISH_STOPS };
    uint32_t letters = 0, kinds = 0;
    enum event_kind kind;
    char *rest, *word = strtok_r(words, " ", &rest);

    for (; word && *word; word++)
        for (int i = 0; i < STOP_LETTERS; i++)
            letters |= *word == stop_letters[i] ? 1u << i : 0;
    while ((word = strtok_r(NULL, " ", &rest))) {
        if (strcmp(word, "in") == 0 && (word = strtok_r(NULL, " ", &rest)))
            snprintf(w.domain, sizeof w.domain, "%s", word);
        else if (word && event_kind_find(word, &kind))
            kinds |= EVENT_BIT(kind);
    }
    w.number = runner_stops_number(letters, kinds);
    runner_obey(r, &w);
}

void view_stops_load(struct runner *r, const char *path)
{
    FILE *f = path[0] ? fopen(path, "r") : NULL;
    char line[2 * STOPS_TEXT];

    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = 0;
        if (strncmp(line, "mask ", 5) == 0)
            load_mask(r, line + 5);
        else
            load_point(&r->stops, line);
    }
    if (f)
        fclose(f);
}

/* ---- writing ---------------------------------------------------------------
 */

static void save_mask(const struct runner *r, FILE *f)
{
    fprintf(f, "mask ");
    for (int i = 0; i < STOP_LETTERS; i++)
        if (r->model.stops >> i & 1)
            fputc(stop_letters[i], f);
    fputs(r->model.stops ? "" : "-", f);
    for (int i = 0; i < EVENT_KIND_COUNT; i++)
        if (r->stop_kinds >> i & 1)
            fprintf(f, " %s", event_kind_name((enum event_kind)i));
    if (r->stop_domain[0])
        fprintf(f, " in %s", r->stop_domain);
    fputc('\n', f);
}

void view_stops_save(const struct runner *r, const char *path)
{
    bool usual = r->model.stops == 1u << STOP_ON_FAULT && !r->stop_kinds &&
                 !r->stop_domain[0];
    char line[2 * STOPS_TEXT];
    FILE *f;

    if (!path[0])
        return;
    if (r->stops.count == 0 && usual) {
        unlink(path);
        return;
    }
    view_make_folders(path);
    f = fopen(path, "w");
    if (!f)
        return;
    if (!usual)
        save_mask(r, f);
    for (size_t i = 0; i < r->stops.count; i++) {
        stops_line(&r->stops.point[i], line, sizeof line);
        fprintf(f, "%s%s\n", r->stops.point[i].off ? "off " : "", line);
    }
    fclose(f);
}
