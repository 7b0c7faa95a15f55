// SPDX-License-Identifier: Apache-2.0
/*
 * Events for the view model: unread ones become lines of text, faults also
 * stories, told at once because a story names rights as they are now. When the
 * machine ran far ahead, only the newest lines and all faults are written.
 */
#include <stdio.h>
#include <string.h>

#include "sim/story.h"
#include "viz/model/memory.h"

char model_letter(const struct event *e)
{
    switch (e->kind) {
    case EVENT_FAULT:
    case EVENT_PANIC:
        return 'F';
    case EVENT_TLB_MISS:
        return 'M';
    case EVENT_PROTECTION_MISS:
        return 'R';
    case EVENT_SWITCH:
        return 'S';
    case EVENT_TRAP:
        return 'T';
    default:
        return '.';
    }
}

void model_event_line(const struct machine *machine, const struct event *e,
                      char to[MODEL_LINE])
{
    char text[MODEL_LINE + 24], cycle[24];
    size_t n = (size_t)snprintf(cycle, sizeof cycle, "%llu ",
                                (unsigned long long)e->cycle);

    story_event(machine, e, text, sizeof text);
    snprintf(to, MODEL_LINE, "%.*s", MODEL_LINE - 1,
             strncmp(text, cycle, n) == 0 ? text + n : text);
    for (char *p = to; *p; p++)
        if (*p == '\n' || *p == '\t')
            *p = ' ';
}

static void add_story(struct model *m, const struct machine *machine,
                      const struct event *e)
{
    char *to = m->stories[m->story_count++ % MODEL_STORIES];

    if (e->kind == EVENT_PANIC)
        story_panic(machine, to, MODEL_STORY);
    else
        story_fault(machine, e, to, MODEL_STORY);
}

static void add_event(struct model *m, const struct machine *machine,
                      const struct event *e)
{
    struct event_row *r = &m->events[m->event_count % MODEL_EVENTS];
    char buffer[NAME_BYTES];

    memset(r, 0, sizeof *r);
    r->serial = m->event_count++;
    r->cycle = e->cycle;
    r->kind = e->kind;
    r->letter = model_letter(e);
    r->va = e->va;
    r->domain_id = e->domain;
    r->other = e->kind == EVENT_SWITCH ? e->other : 0;
    r->thread = e->thread;
    snprintf(r->domain, MODEL_NAME, "%.*s", MODEL_NAME - 1,
             registry_domain_name(&machine->registry, e->domain, buffer,
                                  sizeof buffer));
    model_event_line(machine, e, r->text);
    if (r->letter == 'F') {
        add_story(m, machine, e);
        r->story = m->story_count;
    }
}

void model_read_events(struct model *m, const struct machine *machine)
{
    const struct event_list *list = &machine->events;
    struct event_cursor *cursor = &m->memory->cursor;
    uint64_t lost = cursor->lost;
    const struct event *e;
    bool gap = false;

    while ((e = event_next(list, cursor))) {
        gap |= cursor->lost != lost;
        if (list->next - e->number <= MODEL_MOMENTS) {
            model_read_moment(m, machine, e, gap);
            gap = false;
        } else {
            gap = true;
        }
        if (list->next - e->number > MODEL_EVENTS && model_letter(e) != 'F')
            m->events_lost++;
        else
            add_event(m, machine, e);
    }
    m->events_lost += cursor->lost - lost;
}
