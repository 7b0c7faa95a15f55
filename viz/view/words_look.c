// SPDX-License-Identifier: Apache-2.0
/*
 * Commands that choose what the panes show.
 */
#include "viz/view/words.h"

#include <stdio.h>
#include <string.h>

static bool find_domain(const struct model *m, const char *name)
{
    for (int i = 0; i < m->domain_count; i++)
        if (strcmp(m->domains[i].name, name) == 0)
            return true;
    return false;
}

static void do_explain(struct view *v, int count, char **a)
{
    struct wish w = { .kind = WISH_EXPLAIN, .access = 'r' };

    if (count == 0) {
        view_wrong(v, "explain ADDRESS [DOMAIN] [r|w|x]");
        return;
    }
    if (!view_take_address(v, a[0], &w.number))
        return;
    for (int i = 1; i < count; i++) {
        if (strlen(a[i]) == 1 && strchr("rwx", a[i][0])) {
            w.access = a[i][0];
        } else if (find_domain(v->model, a[i])) {
            snprintf(w.domain, sizeof w.domain, "%s", a[i]);
        } else {
            view_wrong(v, "explain: no domain %.40s", a[i]);
            return;
        }
    }
    if (v->wish_count < VIEW_WISHES)
        v->wishes[v->wish_count++] = w;
    view_focus(v, PANE_SCOPE);
}

/* The event whose story x tells: the selected one, else the last fault. */
static const struct event_row *fault_to_explain(const struct view *v)
{
    const struct model *m = v->model;
    const struct event_row *e =
        v->focus == PANE_EVENTS ? pane_events_selected(m, &v->pane[PANE_EVENTS])
                                : NULL;

    if (e && model_story(m, e))
        return e;
    for (uint64_t s = m->event_count; s-- > 0;) {
        e = model_event(m, s);
        if (!e)
            break;
        if (e->story && model_story(m, e))
            return e;
    }
    return NULL;
}

static void do_fault(struct view *v, int count, char **a)
{
    const struct event_row *e = fault_to_explain(v);

    (void)count;
    (void)a;
    if (!e) {
        view_notice(v, "no fault has happened yet");
        return;
    }
    snprintf(v->story, sizeof v->story, "%s", model_story(v->model, e));
    snprintf(v->story_title, sizeof v->story_title, "the story of a fault");
    v->overlay = OVERLAY_STORY;
    v->overlay_scroll = 0;
}

static void do_filter(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->pane[PANE_EVENTS].filtered ^= true;
    v->pane[PANE_EVENTS].selected = -1;
}

static void do_whole(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->pane[PANE_LEDGER].whole ^= true;
    v->pane[PANE_SWITCHES].whole = v->pane[PANE_LEDGER].whole;
    v->pane[PANE_COMPARE].whole = v->pane[PANE_LEDGER].whole;
}

static void do_ratio(struct view *v, int count, char **a)
{
    int *chosen = &v->pane[PANE_RATIOS].chosen, i;

    view_focus(v, PANE_RATIOS);
    if (count == 0) {
        *chosen = pane_ratio_name(v->model, *chosen) ? *chosen + 1 : 0;
        return;
    }
    i = pane_ratio_named(v->model, a[0]);
    if (i < 0 && strcmp(a[0], "all") != 0)
        view_wrong(v, "ratio %.20s: one of those in the pane, or all", a[0]);
    else
        *chosen = i + 1;
}

static void do_mark(struct view *v, int count, char **a)
{
    const struct model *m = v->model;

    (void)count;
    (void)a;
    v->bookmark = (struct view_bookmark){
        .set = true,
        .cycle = m->cycle,
        .instructions = m->instructions,
        .switches = m->total_switches,
        .tlb_misses = m->units[UNIT_ITLB].misses + m->units[UNIT_DTLB].misses,
        .protection_misses =
            m->units[UNIT_IRPLB].misses + m->units[UNIT_DRPLB].misses
    };
    view_wish(v, WISH_MARK, 0);
    view_notice(v, "time is measured, and graphs are compared, from here");
}

const struct view_word view_words_look[] = {
    { "explain", "ADDRESS [DOMAIN] [r|w|x]",
      "what the machine would say to that access", do_explain },
    { "fault", "", "the story of the selected or the last fault", do_fault },
    { "filter", "", "events: only those of the stop mask, or all", do_filter },
    { "whole", "", "cycles of the last command, or of the whole run",
      do_whole },
    { "ratio", "[NAME|all]",
      "one of the ratios alone, with a caption; nothing: the next one",
      do_ratio },
    { "mark", "", "measures time from here", do_mark },
    { 0 },
};
