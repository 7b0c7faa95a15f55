/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of events, cursors, filters and names. See event.h; the events are
 * made in observe.c.
 */
#include "sim/event.h"

#include <string.h>

const struct event *event_next(const struct event_list *list,
                               struct event_cursor *cursor)
{
    uint64_t first = list->next > EVENT_RING ? list->next - EVENT_RING : 0;
    if (cursor->next < first) {
        cursor->lost += first - cursor->next;
        cursor->next = first;
    }
    if (cursor->next >= list->next)
        return NULL;
    return &list->ring[cursor->next++ & (EVENT_RING - 1)];
}

const struct event *event_add(struct event_list *list, const struct event *e)
{
    struct event *slot = &list->ring[list->next & (EVENT_RING - 1)];
    *slot = *e;
    slot->number = list->next++;
    return slot;
}

bool event_filter_match(const struct event_filter *f, const struct event *e)
{
    return (f->kinds & EVENT_BIT(e->kind)) &&
           (!f->by_domain || e->domain == f->domain) &&
           (!f->by_thread || e->thread == f->thread) &&
           (!f->by_range || (e->va >= f->first && e->va <= f->last)) &&
           (!f->by_value || e->value == f->value);
}

static const char *const kind_names[EVENT_KIND_COUNT] = {
    [EVENT_TRAP] = "trap",
    [EVENT_SYSCALL] = "syscall",
    [EVENT_FAULT] = "fault",
    [EVENT_TLB_MISS] = "tlb_miss",
    [EVENT_PROTECTION_MISS] = "protection_miss",
    [EVENT_SWITCH] = "switch",
    [EVENT_MARK] = "mark",
    [EVENT_HINT] = "hint",
    [EVENT_RIGHTS] = "rights",
    [EVENT_CALL] = "call",
    [EVENT_RETURN] = "return",
    [EVENT_DOMAIN] = "domain",
    [EVENT_SEGMENT] = "segment",
    [EVENT_THREAD] = "thread",
    [EVENT_MESSAGE] = "message",
    [EVENT_PROGRAM] = "program",
    [EVENT_BOOTED] = "booted",
    [EVENT_PANIC] = "panic",
    [EVENT_CONTEXT] = "context",
    [EVENT_FLUSH] = "flush",
};

const char *event_kind_name(enum event_kind kind)
{
    return kind < EVENT_KIND_COUNT ? kind_names[kind] : "?";
}

bool event_kind_find(const char *name, enum event_kind *kind)
{
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (enum event_kind)i;
            return true;
        }
    }
    return false;
}

const char *refusal_text(enum refusal refused)
{
    static const char *const texts[REFUSAL_COUNT] = {
        [REFUSED_NOT] = "nothing refused it",
        [REFUSED_MISALIGNED] = "the address is not a multiple of the size",
        [REFUSED_NONCANONICAL] =
            "the address has upper bits that this translation does not have",
        [REFUSED_PTE_INVALID] = "no valid page-table entry maps it",
        [REFUSED_PTE_MISALIGNED_SUPERPAGE] =
            "the large page's entry is misaligned",
        [REFUSED_PTE_RIGHT] = "the page-table entry does not give this right",
        [REFUSED_PTE_USER] = "the page belongs to the other privilege",
        [REFUSED_RANGE_MISS] =
            "the protection unit has no entry for this domain and address",
        [REFUSED_RANGE_RIGHT] =
            "the protection unit's entry does not give this right",
        [REFUSED_RANGE_MULTIHIT] =
            "several entries of the protection unit match: hardware error",
        [REFUSED_BUS] = "nothing answers at this physical address",
        [REFUSED_PTE_AD] =
            "the page's A or D bit is clear and hardware may not set it",
        [REFUSED_PMP] =
            "physical memory protection (PMP) does not let this mode do that",
    };
    return refused < REFUSAL_COUNT ? texts[refused] : "?";
}
