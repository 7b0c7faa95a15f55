// SPDX-License-Identifier: Apache-2.0
/*
 * One place of a recorded trace as the view model: what the panes of a live
 * machine show, as far as a trace says it. What it does not say stays empty,
 * and pane/recorded.c tells so.
 */
#include <stdio.h>
#include <string.h>

#include "viz/model/memory.h"
#include "viz/model/tape.h"

static void copy_name(char to[MODEL_NAME], const char *from)
{
    snprintf(to, MODEL_NAME, "%.*s", MODEL_NAME - 1, from);
}

/* ---- events
 * ------------------------------------------------------------------
 */

static void read_events(struct model *m, const struct tape *t, size_t count)
{
    size_t first = count > MODEL_EVENTS ? count - MODEL_EVENTS : 0;

    m->event_count = count;
    m->story_count = 0;
    for (size_t i = 0; i < count; i++)
        if (t->events[count - 1 - i].story) {
            m->story_count = t->events[count - 1 - i].story;
            break;
        }
    for (size_t i = first; i < count; i++) {
        const struct tape_event *from = &t->events[i];
        struct event_row *to = &m->events[i % MODEL_EVENTS];
        *to = (struct event_row){ .serial = i,
                                  .cycle = from->cycle,
                                  .letter = model_letter(
                                      &(struct event){ .kind = from->kind }),
                                  .story = from->story,
                                  .va = from->va,
                                  .domain_id = from->domain_id,
                                  .other = from->from,
                                  .thread = from->thread };
        copy_name(to->domain, t->text + from->domain);
        snprintf(to->text, sizeof to->text, "%s", t->text + from->text);
    }
    for (uint64_t i = 0; i < MODEL_STORIES && i < m->story_count; i++) {
        uint64_t serial = m->story_count - 1 - i;
        snprintf(m->stories[serial % MODEL_STORIES], MODEL_STORY, "%s",
                 t->stories[serial]);
    }
}

static void read_timeline(struct model *m, const struct tape *t,
                          const struct tape_event *last)
{
    uint64_t count = last ? last->moments : 0;
    uint64_t first = count > MODEL_MOMENTS ? count - MODEL_MOMENTS : 0;

    m->moment_count = count;
    for (uint64_t i = first; i < count; i++)
        m->moments[i % MODEL_MOMENTS] = t->moments[i];
    m->lane_count = last ? last->lanes : 0;
    m->thread_count = last ? last->thread_lanes : 0;
    memcpy(m->lanes, t->lanes, sizeof m->lanes);
    memcpy(m->threads, t->threads, sizeof m->threads);
}

/* The last switches, each with the late misses until the next. */
static void read_switches(struct model *m, struct tape *t, size_t count)
{
    uint64_t late = 0;

    m->switch_count = 0;
    memset(&m->switch_total, 0, sizeof m->switch_total);
    for (size_t i = count; i-- > 0;) {
        const struct tape_event *e = &t->events[i];
        late += e->late ? e->cost : 0;
        if (e->kind != EVENT_SWITCH)
            continue;
        m->switch_total.count++;
        m->switch_total.direct += e->cost;
        if (m->switch_count < MODEL_SWITCHES) {
            struct switch_row *s = &m->switches[m->switch_count++];
            char buffer[NAME_BYTES];
            *s = (struct switch_row){ .cycle = e->cycle,
                                      .direct = e->cost,
                                      .late = late,
                                      .from_id = e->from,
                                      .to_id = e->running };
            copy_name(s->from, registry_domain_name(&t->who->registry, e->from,
                                                    buffer, sizeof buffer));
            copy_name(s->to, t->text + e->domain);
        }
        late = 0;
    }
    m->total_switches = m->switch_total.count;
}

/* ---- steps
 * -------------------------------------------------------------------
 */

/* The instructions before and behind the place, in the order they ran. */
static bool read_code(struct model *m, struct tape *t, uint64_t place,
                      uint8_t hart, struct err *err)
{
    uint64_t first = place > MODEL_CODE / 3 ? place - MODEL_CODE / 3 : 0;

    m->code_count = 0;
    m->code_pc = -1;
    for (uint64_t n = first;
         n < t->step_count && m->code_count < MODEL_CODE - 1; n++) {
        const struct tape_step *s = tape_step(t, n, err);
        if (!s)
            return false;
        if (n == place)
            m->code_pc = m->code_count;
        struct code_row *r = &m->code[m->code_count++];
        *r = (struct code_row){ .pc = s->pc, .is_pc = n == place };
        if (s->hart == hart)
            snprintf(r->text, sizeof r->text, "%s%s", s->text,
                     s->trapped ? "   trapped" : "");
        else
            snprintf(r->text, sizeof r->text, "%s   (hart %u)", s->text,
                     s->hart);
    }
    return true;
}

static bool read_steps(struct model *m, struct tape *t, uint64_t place,
                       struct err *err)
{
    static const char letters[] = "US?M";
    struct tape_hart known;
    const struct tape_step *s =
        t->step_count
            ? tape_step(t, place < t->step_count ? place : place - 1, err)
            : NULL;

    if (!s)
        return t->step_count == 0;
    const struct tape_step now = *s;
    const struct tape_step *done = place ? tape_step(t, place - 1, err) : s;
    if (!done)
        return false;
    m->cycle = done->cycle + (place ? done->cycles : 0);
    if (!tape_hart_at(t, place, now.hart, &known, err) ||
        !read_code(m, t, place, now.hart, err))
        return false;
    m->hart = now.hart;
    m->pc = now.pc;
    m->privilege = letters[now.mode];
    memcpy(m->x, known.x, sizeof m->x);
    m->x_unknown = ~known.known & ~UINT32_C(1);
    if (t->behind[now.hart] != UINT64_MAX)
        m->instructions = t->behind[now.hart] + known.retired;
    return true;
}

/* ---- all of it
 * ---------------------------------------------------------------
 */

static void read_who(struct model *m, const struct tape *t,
                     const struct tape_event *last)
{
    const struct registry *r = &t->who->registry;
    char buffer[NAME_BYTES];
    const struct registry_thread *thread =
        last ? registry_thread(r, last->thread) : NULL;

    m->has_machine = true;
    m->recorded = true;
    m->recorded_steps = t->reader.head.steps;
    m->one_space = true;
    for (size_t i = 0; i < r->domain_count; i++)
        m->one_space &=
            !r->domains[i].live || r->domains[i].space == r->domains[0].space;
    m->domain_id = (uint16_t)(last ? last->running : 0);
    copy_name(m->domain,
              registry_domain_name(r, m->domain_id, buffer, sizeof buffer));
    copy_name(m->thread, thread ? thread->name : "");
    copy_name(m->machine, t->reader.head.preset);
    m->hart = last ? last->hart : 0;
    m->privilege = ' ';
    m->cycle = last ? last->cycle : 0;
    m->instructions = last ? last->instructions : 0;
}

bool model_read_tape(struct model *m, struct tape *t, uint64_t place,
                     struct err *err)
{
    size_t count = tape_events_at(t, place);
    const struct tape_event *last = count ? &t->events[count - 1] : NULL;

    tape_know(t, last ? last->changes : 0);
    read_who(m, t, last);
    if (m->recorded_steps && !read_steps(m, t, place, err))
        return false;
    read_events(m, t, count);
    read_timeline(m, t, last);
    read_switches(m, t, count);
    model_read_rights(m, t->who);
    return true;
}

void model_tape_notes(struct model *m, const struct tape *t)
{
    const struct trace_head *h = &t->reader.head;

    snprintf(m->notes, sizeof m->notes,
             "# A recorded trace\n\n"
             "%.200s: preset %s, %zu events, cycles %llu to %llu%s.\n\n"
             "- kinds of events: %s\n- instructions: %s\n\n"
             "Forward and back cost the same: `s` and `b` go by %s, `e` and "
             "`E` by events of the stop mask, `R` to the last change of a "
             "right, `:cycle N` anywhere.\n",
             t->path, h->preset, t->event_count, (unsigned long long)h->first,
             (unsigned long long)t->clock,
             t->reader.ended ? "" : ", cut short there",
             h->kinds[0] ? h->kinds : "all",
             h->steps ? "all" : "none; `--trace-steps` records them",
             h->steps ? "instructions" : "events");
}
