/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the prompt about the system in the guest: what the machine would
 * say to an access, who is who, what has happened. Stories and names come from
 * story.h, explain.h and the registry.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/explain.h"
#include "sim/prompt/row.h"
#include "sim/story.h"

#define LAST_FEW 10 /* events or switches, if nobody says how many */

/* ---- an access ------------------------------------------------------------
 */

/* A number, or a symbol. */
static bool take_address(const struct machine *m, const char *text,
                         uint64_t *va, FILE *to)
{
    if (registry_symbol(&m->registry, text, va))
        return true;
    return prompt_number(text, va, to);
}

/* One letter: what kind of access; else the name of a domain. */
static bool take_detail(const struct machine *m, const char *text,
                        struct explain *x, FILE *to)
{
    static const uint8_t kinds[] = { ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH };
    const char *letter = text[1] ? NULL : strchr("rwx", *text);
    const struct registry_domain *d = registry_domain_named(&m->registry, text);
    if (letter)
        x->kind = kinds[letter - "rwx"];
    else if (d)
        x->domain = d->id;
    else
        fprintf(to, "no domain %s\n", text);
    return letter || d;
}

static enum prompt_answer explain(const struct machine *m,
                                  const struct prompt_words *w, FILE *to)
{
    struct explain x = { .kind = ACCESS_LOAD,
                         .size = 8,
                         .domain = machine_domain(m) };
    bool sound = take_address(m, w->word[1], &x.va, to);
    for (size_t i = 2; sound && i < w->count; i++)
        sound = take_detail(m, w->word[i], &x, to);
    if (sound)
        explain_access(m, &x, to);
    return PROMPT_STAY;
}

/* ---- what happened --------------------------------------------------------
 */

static const struct event *event_at(const struct event_list *l, uint64_t number)
{
    return &l->ring[number % EVENT_RING];
}

static uint64_t first_kept(const struct event_list *l)
{
    return l->next > EVENT_RING ? l->next - EVENT_RING : 0;
}

static enum prompt_answer fault(const struct machine *m,
                                const struct prompt_words *w, FILE *to)
{
    const struct event_list *l = &m->events;
    char story[2000];
    (void)w;
    for (uint64_t n = l->next; n-- > first_kept(l);) {
        if (event_at(l, n)->kind != EVENT_FAULT)
            continue;
        story_fault(m, event_at(l, n), story, sizeof story);
        fprintf(to, "%s\n", story);
        return PROMPT_STAY;
    }
    fprintf(to, "no fault so far%s\n", first_kept(l) ? " that is kept" : "");
    return PROMPT_STAY;
}

/* How many are asked for; false: said. */
static bool take_count(const struct prompt_words *w, uint64_t *count, FILE *to)
{
    *count = LAST_FEW;
    return w->count < 2 || prompt_number(w->word[1], count, to);
}

static enum prompt_answer events(const struct machine *m,
                                 const struct prompt_words *w, FILE *to)
{
    const struct event_list *l = &m->events;
    uint64_t count, number = l->next;
    char line[300];
    if (!take_count(w, &count, to))
        return PROMPT_STAY;
    number = number - first_kept(l) > count ? number - count : first_kept(l);
    for (; number < l->next; number++) {
        story_event(m, event_at(l, number), line, sizeof line);
        fprintf(to, "%s\n", line);
    }
    return PROMPT_STAY;
}

static enum prompt_answer switches(const struct machine *m,
                                   const struct prompt_words *w, FILE *to)
{
    const struct switch_record *r;
    char from[NAME_BYTES], to_name[NAME_BYTES];
    uint64_t count;
    if (!take_count(w, &count, to))
        return PROMPT_STAY;
    for (size_t i = 0;
         i < count && (r = ledger_switch(&m->now->ledger, i)) != NULL; i++)
        fprintf(
            to,
            "%12" PRIu64 "  %s -> %s, %" PRIu64 " cycles, %" PRIu64
            " instructions\n",
            r->cycle,
            registry_domain_name(&m->registry, r->from, from, sizeof from),
            registry_domain_name(&m->registry, r->to, to_name, sizeof to_name),
            r->direct, r->instructions);
    if (!ledger_switch(&m->now->ledger, 0))
        fprintf(to, "no switch between domains so far\n");
    return PROMPT_STAY;
}

/* ---- who is who -----------------------------------------------------------
 */

static enum prompt_answer domains(const struct machine *m,
                                  const struct prompt_words *w, FILE *to)
{
    (void)w;
    for (size_t i = 0; i < m->registry.domain_count; i++) {
        const struct registry_domain *d = &m->registry.domains[i];
        fprintf(to, "%6" PRIu32 "  %s%s%s\n", d->id, d->name,
                d->live ? "" : ", ended",
                d->id == machine_domain(m) ? ", runs" : "");
    }
    if (!m->registry.domain_count)
        fprintf(to, "no kernel has made a domain\n");
    return PROMPT_STAY;
}

static enum prompt_answer segments(const struct machine *m,
                                   const struct prompt_words *w, FILE *to)
{
    (void)w;
    for (size_t i = 0; i < m->registry.segment_count; i++) {
        const struct registry_segment *s = &m->registry.segments[i];
        if (s->live)
            fprintf(to, "0x%012" PRIx64 "  %10" PRIu64 " bytes  %s\n", s->base,
                    s->bytes, s->name);
    }
    if (!m->registry.segment_count)
        fprintf(to, "no kernel has made a segment\n");
    return PROMPT_STAY;
}

/* ---- the table ------------------------------------------------------------
 */

const struct prompt_row prompt_look[] = {
    { "explain", "ADDRESS [DOMAIN] [r|w|x]",
      "what the machine would say to that access", 1, 3, explain },
    { "fault", "", "the story of the last fault", 0, 0, fault },
    { "events", "[N]", "the last events, 10 if not said", 0, 1, events },
    { "switches", "[N]", "the last switches between domains, newest first", 0,
      1, switches },
    { "domains", "", "who is who, and who runs", 0, 0, domains },
    { "segments", "", "where they are", 0, 0, segments },
    { 0 },
};
