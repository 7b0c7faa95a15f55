/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See gdb/command.h: `monitor`. Its commands are those of the prompt, and a few
 * of its own about time, in the words of the views' command line. gdb would not
 * notice if the machine moved now, so they say where the next continue or
 * reverse-continue is to lead.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/gdb/command.h"
#include "sim/prompt/row.h"
#include "sim/story.h"

struct monitor_row {
    const char *name, *arguments, *doc;
    size_t least, most; /* arguments */
    void (*obey)(struct gdb *g, const struct prompt_words *w, FILE *to);
};

/* ---- where to -------------------------------------------------------------
 */

/* The last event of this kind that is kept, or NULL. */
static const struct event *last_event(const struct machine *m,
                                      const struct event_filter *f)
{
    const struct event_list *l = &m->events;
    uint64_t first = l->next > EVENT_RING ? l->next - EVENT_RING : 0;
    for (uint64_t n = l->next; n-- > first;)
        if (event_filter_match(f, &l->ring[n % EVENT_RING]))
            return &l->ring[n % EVENT_RING];
    return NULL;
}

/* The last change of a right: on the segment that the last fault hit; without a
 * fault, on any. */
static struct event_filter rights_filter(const struct machine *m)
{
    const struct event_filter faults = { .kinds = EVENT_BIT(EVENT_FAULT) };
    struct event_filter f = { .kinds = EVENT_BIT(EVENT_RIGHTS) };
    const struct event *fault = last_event(m, &faults);
    if (fault && fault->segment_known) {
        f.by_range = true;
        f.first = f.last = fault->segment;
    }
    return f;
}

static void wish_event(struct gdb *g, const struct event_filter *f,
                       const char *what, FILE *to)
{
    g->wish = (struct gdb_wish){ .event = *f };
    fprintf(to, "reverse-continue goes to the last %s\n", what);
}

static void back(struct gdb *g, const struct prompt_words *w, FILE *to)
{
    const char *what = w->word[1];
    struct event_filter f = { .kinds = 0 };
    enum event_kind kind;
    if (strcmp(what, "rights") == 0) {
        f = rights_filter(g->machine);
        wish_event(g, &f,
                   f.by_range ? "change of a right on that segment"
                              : "change of a right",
                   to);
    } else if (event_kind_find(what, &kind)) {
        f.kinds = EVENT_BIT(kind);
        wish_event(g, &f, what, to);
    } else {
        fprintf(to,
                "%s: expected rights, or a kind of event: fault, switch "
                "... (docs/trace.md)\n",
                what);
    }
}

static void cycle(struct gdb *g, const struct prompt_words *w, FILE *to)
{
    uint64_t cycle;
    if (!prompt_number(w->word[1], &cycle, to))
        return;
    g->wish = (struct gdb_wish){ .cycle = cycle,
                                 .ahead = cycle > machine_clock(g->machine) };
    fprintf(to, "%s goes to cycle %" PRIu64 "\n",
            g->wish.ahead ? "continue" : "reverse-continue", cycle);
}

static void traps(struct gdb *g, const struct prompt_words *w, FILE *to)
{
    bool into = strcmp(w->word[1], "into") == 0;
    if (!into && strcmp(w->word[1], "over") != 0)
        fprintf(to, "%s: expected into or over\n", w->word[1]);
    else
        g->into_traps = into;
}

/* ---- the table ------------------------------------------------------------
 */

static const struct monitor_row rows[] = {
    { "back", "rights|EVENT",
      "reverse-continue: to the last change of a right on the segment of the\n"
      "                                    last fault; to the last such event",
      1, 1, back },
    { "cycle", "N", "continue or reverse-continue: to clock N", 1, 1, cycle },
    { "traps", "into|over", "may a step end in a trap's handler? (over)", 1, 1,
      traps },
    { 0 },
};

/* A wrong number of words is asked for once more, as at the prompt. */
static void obey(struct gdb *g, const struct monitor_row *r,
                 const struct prompt_words *w, FILE *to)
{
    if (w->count - 1 < r->least || w->count - 1 > r->most)
        fprintf(to, "expected: %s %s\n", r->name, r->arguments);
    else
        r->obey(g, w, to);
}

static void help(FILE *to)
{
    for (const struct monitor_row *r = rows; r->name; r++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", r->name, r->arguments);
        fprintf(to, "  %-33s %s\n", left, r->doc);
    }
}

void gdb_obey_monitor(struct gdb *g, const char *line, FILE *to)
{
    struct prompt_words w;
    prompt_cut(&w, *line ? line : "help");
    for (const struct monitor_row *r = rows; w.count && r->name; r++)
        if (strcmp(r->name, w.word[0]) == 0) {
            obey(g, r, &w, to);
            return;
        }
    if (w.count && strcmp(w.word[0], "help") == 0)
        help(to);
    if (prompt_obey(g->machine, *line ? line : "help", to) != PROMPT_STAY)
        fprintf(to, "not from here: the debugger's own continue, detach and "
                    "kill do it\n");
}

/* ---- arriving -------------------------------------------------------------
 */

void gdb_tell_wish(struct gdb *g)
{
    const struct machine *m = g->machine;
    const struct event *e = last_event(m, &g->wish.event);
    char text[400];
    if (e)
        story_event(m, e, text, sizeof text);
    else
        snprintf(text, sizeof text, "cycle %" PRIu64, machine_clock(m));
    gdb_tell(g, text);
}
