/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of breakpoints and watches, and the words that change it; see
 * stops/stops.h. After this read stops/parse.c (what a line says),
 * stops/resolve.c (where that is), stops/run.c (stopping there).
 */
#include "sim/stops/stops.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stops_free(struct stops *s)
{
    for (size_t i = 0; i < s->count; i++)
        expression_free(s->point[i].expression);
    expression_free(s->until);
    free(s->place);
    free(s->at);
    free(s->armed);
    memset(s, 0, sizeof *s);
}

void stops_forget_machine(struct stops *s)
{
    s->machine = NULL;
    s->places = s->live = 0;
    s->stale = true;
    for (size_t i = 0; i < s->count; i++)
        s->point[i].places = 0;
}

void stops_set_until(struct stops *s, struct expression *e, const char *text)
{
    expression_free(s->until);
    s->until = e;
    snprintf(s->until_text, sizeof s->until_text, "%s", text);
}

/* ---- the list --------------------------------------------------------------
 */

static void remove_at(struct stops *s, size_t i)
{
    expression_free(s->point[i].expression);
    s->count--;
    memmove(&s->point[i], &s->point[i + 1],
            (s->count - i) * sizeof s->point[0]);
    s->stale = true;
}

/* Places are looked up at once, so that the answer can say where it is. */
static struct stop_point *add(struct stops *s, const struct machine *m,
                              const struct stop_point *p)
{
    struct stop_point *to = &s->point[s->count++];
    *to = *p;
    to->number = ++s->last_number;
    s->stale = true;
    stops_resolve(s, m);
    return to;
}

const struct stop_point *stops_at(const struct stops *s, uint64_t pc)
{
    for (size_t i = 0; i < s->places; i++)
        if (s->at[i].kind == POINT_PC && s->at[i].va == pc &&
            !s->point[s->place[i].point].watch)
            return &s->point[s->place[i].point];
    return NULL;
}

/* ---- words -----------------------------------------------------------------
 */

struct line {
    const char *all, *rest; /* the whole line; behind its first word */
    char *answer;
    size_t room;
};

static void answer_added(const struct stop_point *p, const struct line *l)
{
    char more[32] = "";
    if (p->places > 1)
        snprintf(more, sizeof more, " and %u more", p->places - 1);
    snprintf(l->answer, l->room, "%s %u %s %s%s%s",
             p->watch ? "watch" : "break", p->number,
             p->places ? "at" : "waits:",
             p->places ? p->found : "nothing of that name is there yet",
             p->places ? more : "", p->domain[0] ? ", in its domain only" : "");
}

static bool obey_add(struct stops *s, const struct machine *m,
                     const struct line *l, struct err *err)
{
    struct stop_point p;
    bool good = stops_parse(l->all, &p, err);
    if (good && s->count == STOPS_MOST)
        good =
            err_set(err, EXIT_USAGE,
                    "there are %d breakpoints and watches already", STOPS_MOST);
    if (!good) {
        expression_free(p.expression);
        return false;
    }
    answer_added(add(s, m, &p), l);
    return true;
}

/* A breakpoint there, or none any more. */
static bool obey_toggle(struct stops *s, const struct machine *m,
                        const struct line *l, struct err *err)
{
    struct stop_point p;
    char line[STOPS_TEXT];
    snprintf(line, sizeof line, "break %s", l->rest);
    if (!stops_parse(line, &p, err)) {
        expression_free(p.expression);
        return false;
    }
    stops_resolve(s, m);
    const struct stop_point *old =
        p.where.kind == WHERE_ADDRESS ? stops_at(s, p.where.number) : NULL;
    expression_free(p.expression);
    if (!old) {
        const struct line adds = { line, l->rest, l->answer, l->room };
        return obey_add(s, m, &adds, err);
    }
    snprintf(l->answer, l->room, "break %u is gone: %s", old->number,
             old->text);
    remove_at(s, (size_t)(old - s->point));
    stops_resolve(s, m);
    return true;
}

/* "3" or "all": calls change for each that is meant. */
static bool each(struct stops *s, const struct line *l, const char *done,
                 void (*change)(struct stops *s, size_t i), struct err *err)
{
    char *end;
    bool all = strcmp(l->rest, "all") == 0;
    unsigned long number = strtoul(l->rest, &end, 10);
    unsigned changed = 0;
    for (size_t i = s->count; i-- > 0;)
        if (all || (*end == 0 && s->point[i].number == number)) {
            change(s, i);
            changed++;
        }
    if (!changed && !all)
        return err_set(err, EXIT_USAGE,
                       "%.40s: expected the number of a breakpoint or watch, "
                       "or all",
                       l->rest);
    snprintf(l->answer, l->room, "%s: %u", done, changed);
    s->stale = true;
    return true;
}

static void switch_on(struct stops *s, size_t i)
{
    s->point[i].off = false;
}

static void switch_off(struct stops *s, size_t i)
{
    s->point[i].off = true;
}

static bool obey_delete(struct stops *s, const struct machine *m,
                        const struct line *l, struct err *err)
{
    (void)m;
    return each(s, l, "deleted", remove_at, err);
}

static bool obey_enable(struct stops *s, const struct machine *m,
                        const struct line *l, struct err *err)
{
    (void)m;
    return each(s, l, "switched on", switch_on, err);
}

static bool obey_disable(struct stops *s, const struct machine *m,
                         const struct line *l, struct err *err)
{
    (void)m;
    return each(s, l, "switched off", switch_off, err);
}

static const struct word {
    const char *name;
    bool (*obey)(struct stops *s, const struct machine *m, const struct line *l,
                 struct err *err);
} words[] = {
    { "break", obey_add },     { "watch", obey_add },
    { "toggle", obey_toggle }, { "delete", obey_delete },
    { "enable", obey_enable }, { "disable", obey_disable },
};

static const struct word *word_of(const char *line)
{
    size_t n = strcspn(line, " ");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].name) == n && !strncmp(line, words[i].name, n))
            return &words[i];
    return NULL;
}

bool stops_obey(struct stops *s, const struct machine *m, const char *line,
                char *answer, size_t room, struct err *err)
{
    const struct word *w = word_of(line);
    const char *rest = line + strcspn(line, " ");
    const struct line l = { line, rest + strspn(rest, " "), answer, room };
    if (!w)
        return err_set(err, EXIT_USAGE,
                       "%.40s: expected break, watch, toggle, delete, enable "
                       "or disable",
                       line);
    if (!w->obey(s, m, &l, err))
        return false;
    stops_resolve(s, m);
    return true;
}
