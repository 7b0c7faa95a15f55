/* SPDX-License-Identifier: Apache-2.0 */
/* See trace/event.h; the fields are those that trace/file.c writes. */
#include "sim/trace/event.h"

#include <stdio.h>
#include <string.h>

#include "sim/machine.h"

/* ---- names to numbers --------------------------------------------------- */

static const char *unit_at(int i)
{
    return unit_name((enum unit)i);
}
static const char *miss_at(int i)
{
    return miss_cause_name((enum miss_cause)i);
}
static const char *refusal_at(int i)
{
    return refusal_name((enum refusal)i);
}
static const char *access_at(int i)
{
    return access_kind_name((enum access_kind)i);
}

/* The number of the field's word; 0 when there is no such field. False: there
 * is no such word. */
static bool number_of(const struct trace_record *record, const char *key,
                      const char *(*name)(int i), int count, uint8_t *number)
{
    const char *word = trace_text(record, key);
    *number = 0;
    if (!*word)
        return true;
    for (int i = 0; i < count; i++) {
        if (strcmp(name(i), word) == 0) {
            *number = (uint8_t)i;
            return true;
        }
    }
    return false;
}

/* ---- the event ---------------------------------------------------------- */

static const char *read_words(const struct trace_record *r, struct event *e)
{
    if (!number_of(r, "unit", unit_at, UNIT_COUNT, &e->unit))
        return "an unknown unit";
    if (!number_of(r, "miss", miss_at, MISS_CAUSE_COUNT, &e->miss))
        return "an unknown cause of a miss";
    if (!number_of(r, "refused", refusal_at, REFUSAL_COUNT, &e->refused))
        return "an unknown refusal";
    if (!number_of(r, "access", access_at, ACCESS_AMO + 1, &e->access))
        return "an unknown kind of access";
    return NULL;
}

static void read_right(const struct trace_record *r, struct event *e)
{
    e->right_known = trace_field(r, "right") != NULL;
    e->right =
        (struct registry_right){ .domain = e->domain,
                                 .rights = (uint8_t)trace_number(r, "right"),
                                 .before = (uint8_t)trace_number(r, "before"),
                                 .base = e->segment,
                                 .address = trace_number(r, "at"),
                                 .changed = trace_number(r, "changed"),
                                 .by_domain = (uint32_t)trace_number(r, "by") };
}

static void read_fault(const struct trace_record *r, struct event *e)
{
    e->rights = (uint8_t)trace_number(r, "has");
    e->pte = trace_number(r, "pte");
    e->segment_known = trace_field(r, "segment") != NULL;
    e->segment = trace_number(r, "segment");
    e->above = trace_number(r, "above");
    read_right(r, e);
}

static void read_rights(const struct trace_record *r, struct event *e)
{
    e->rights = (uint8_t)trace_number(r, "rights");
    e->value = trace_number(r, "before");
    e->other = (uint32_t)trace_number(r, "by");
    e->value2 = trace_field(r, "at") ? trace_number(r, "at") : e->va;
}

const char *trace_event(const struct trace_record *r, struct event *e)
{
    *e = (struct event){
        .kind = (uint8_t)r->kind,
        .cycle = r->cycle,
        .instructions = trace_number(r, "insns"),
        .hart = (uint8_t)trace_number(r, "hart"),
        .pc = trace_number(r, "pc"),
        .va = trace_number(r, "va"),
        .value = trace_number(r, "value"),
        .value2 = trace_number(r, "sent"),
        .domain = (uint32_t)trace_number(r, "domain"),
        .other = (uint32_t)trace_number(r, "from"),
        .thread = (uint32_t)trace_number(r, "thread"),
        .cost = (uint32_t)trace_number(r, "cost"),
        .cause = (uint8_t)trace_number(r, "cause"),
        .interrupt = trace_number(r, "interrupt") != 0,
        .late = trace_number(r, "late") != 0,
        .size = (uint8_t)trace_number(r, "size"),
        .hint = (uint8_t)trace_number(r, "hint"),
    };
    if (r->kind == EVENT_FAULT)
        read_fault(r, e);
    if (r->kind == EVENT_RIGHTS)
        read_rights(r, e);
    return read_words(r, e);
}

/* ---- the registry ------------------------------------------------------- */

/* Whoever is introduced is there from now on; the kernel always is. */
static bool define(const struct trace_record *record, struct trace_change *c)
{
    struct hint_record *h = &c->record;
    h->object = trace_number(record, "id");
    h->domain = trace_number(record, "domain");
    snprintf(h->name, sizeof h->name, "%.*s", NAME_BYTES - 1,
             trace_text(record, "name"));
    switch (record->field[0].text[0]) {
    case 'd':
        c->hint = HINT_DOMAIN_NEW;
        h->domain = h->object;
        h->object = trace_number(record, "space");
        return h->domain != 0;
    case 't':
        c->hint = HINT_THREAD_NEW;
        return true;
    case 's':
        c->hint = HINT_SEGMENT_NEW;
        h->object = trace_number(record, "va");
        h->a = trace_number(record, "bytes");
        return true;
    default:
        c->hint = HINT_PORTAL_NEW;
        h->a = trace_number(record, "va");
        return true;
    }
}

bool trace_change(const struct trace_record *record, const struct event *e,
                  struct trace_change *c)
{
    struct hint_record *h = &c->record;
    *c = (struct trace_change){ .clock = record->cycle };
    if (record->line == TRACE_DEFINE)
        return define(record, c);
    h->domain = e->domain;
    h->object = e->va;
    c->by = e->other;
    c->thread = e->thread;
    switch (e->kind) {
    case EVENT_RIGHTS:
        c->hint = HINT_RIGHTS;
        h->a = e->rights;
        h->b = e->value;
        h->c = e->value2;
        return true;
    case EVENT_DOMAIN:
        c->hint = HINT_DOMAIN_END;
        return e->value == 0;
    case EVENT_SEGMENT:
        c->hint = HINT_SEGMENT_END;
        return e->value == 0;
    case EVENT_THREAD:
        c->hint = HINT_THREAD_END;
        h->object = e->thread;
        return e->value == 0;
    default:
        return false;
    }
}

void trace_change_apply(const struct trace_change *c, struct registry *r)
{
    r->thread = c->thread;
    registry_hint(r, c->hint, &c->record, c->clock, c->by, c->record.domain);
}
