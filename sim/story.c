/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault and panic stories. A fault story has four sentences: who and where,
 * what, which rule refused it, and what the registry knew about the right at
 * that moment (it is kept in the event, so a later change does not alter the
 * story). One-line texts of events are in story_event.c.
 */
#include "sim/story.h"

#include <inttypes.h>
#include <string.h>

#include "mmu/translate/walk.h"
#include "mmu/xsas.h"
#include "sim/observe.h"
#include "sim/text.h"

static const char *rights_text(uint8_t rights, char buffer[5])
{
    buffer[0] = rights & RIGHT_R ? 'r' : '-';
    buffer[1] = rights & RIGHT_W ? 'w' : '-';
    buffer[2] = rights & RIGHT_X ? 'x' : '-';
    buffer[3] = rights & RIGHT_M ? 'm' : 0;
    buffer[4] = 0;
    return buffer;
}

static const char *domain_name(const struct machine *m, uint32_t id,
                               char buffer[32])
{
    return registry_domain_name(&m->registry, id, buffer, 32);
}

static char needed_right(uint8_t access)
{
    return access == ACCESS_FETCH ? 'x' : access == ACCESS_LOAD ? 'r' : 'w';
}

static const char *verb(uint8_t access)
{
    switch (access) {
    case ACCESS_FETCH:
        return "execute";
    case ACCESS_LOAD:
        return "load";
    case ACCESS_STORE:
        return "store";
    default:
        return "change atomically";
    }
}

/* ---- fault ------------------------------------------------------------------
 */

static void tell_who(struct text *t, const struct machine *m,
                     const struct event *e)
{
    char name[32], place[320];
    const struct registry_thread *thread =
        registry_thread(&m->registry, e->thread);
    registry_place_text(&m->registry, e->pc, place, sizeof place);
    text_add(t, "%s, thread %" PRIu32, domain_name(m, e->domain, name),
             e->thread);
    if (thread && thread->name[0])
        text_add(t, " (%s)", thread->name);
    text_add(t, ", at %s, cycle %" PRIu64 "\n", place, e->cycle);
}

/* In a MAS the domain may see the segment at another address than this one,
 * which is the segment's in other spaces. */
static bool lies_elsewhere(const struct registry_segment *s,
                           const struct event *e)
{
    return e->right_known && e->va - e->right.address >= s->bytes;
}

static void tell_what(struct text *t, const struct machine *m,
                      const struct event *e)
{
    if (!e->refused) {
        const char *cause = cause_text(e->cause, 0);
        text_add(t, "  met: %s (cause %u)%s 0x%" PRIx64 "\n",
                 cause ? cause : "an unknown cause", e->cause,
                 e->cause == TRAP_ILLEGAL ? ", the word" : " at", e->va);
        return;
    }
    text_add(t, "  tried to %s", verb(e->access));
    if (e->size && e->access != ACCESS_FETCH)
        text_add(t, " %u byte%s", e->size, e->size > 1 ? "s" : "");
    text_add(t, " at 0x%" PRIx64, e->va);
    const struct registry_segment *s =
        e->segment_known ? registry_segment(&m->registry, e->segment) : NULL;
    if (s && e->right_known && !lies_elsewhere(s, e))
        text_add(t, " = segment %s + 0x%" PRIx64, s->name,
                 e->va - e->right.address);
    else if (s)
        text_add(t, " = segment %s + 0x%" PRIx64 "%s", s->name, e->va - s->base,
                 lies_elsewhere(s, e) ? " in other spaces" : "");
    text_add(t, "\n");
}

static void tell_pte(struct text *t, uint64_t pte)
{
    if (!pte)
        return; /* "none" says it */
    text_add(t, " (entry 0x%" PRIx64 ": %s%s%s%s%s)", pte,
             pte & PTE_V ? "V" : "-", pte & PTE_R ? "R" : "-",
             pte & PTE_W ? "W" : "-", pte & PTE_X ? "X" : "-",
             pte & PTE_U ? "U" : "-");
}

static void tell_rule(struct text *t, uint8_t refused, uint8_t access,
                      uint8_t rights, uint64_t pte)
{
    char has[5];
    switch (refused) {
    case REFUSED_RANGE_RIGHT:
        text_add(t, "the protection unit's entry gives %s, not %c",
                 rights_text(rights, has), needed_right(access));
        break;
    case REFUSED_PTE_RIGHT:
        text_add(t, "the page-table entry gives %c%c%c, not %c",
                 pte & PTE_R ? 'r' : '-', pte & PTE_W ? 'w' : '-',
                 pte & PTE_X ? 'x' : '-', needed_right(access));
        tell_pte(t, pte);
        break;
    case REFUSED_PTE_INVALID:
    case REFUSED_PTE_USER:
        text_add(t, "%s", refusal_text((enum refusal)refused));
        tell_pte(t, pte);
        break;
    default:
        text_add(t, "%s", refusal_text((enum refusal)refused));
        break;
    }
}

/* What the domain's right on the segment was, and since when. */
static void tell_since(struct text *t, const struct machine *m,
                       const struct event *e)
{
    char who[32], by[32], now[5], before[5];
    const struct registry_segment *s =
        e->segment_known ? registry_segment(&m->registry, e->segment) : NULL;
    const char *name = domain_name(m, e->domain, who);
    const struct registry_right *r = &e->right;
    if (!e->right_known && e->above) {
        text_add(t,
                 "  It lies %" PRIu64 " bytes below a segment of %s: a stack "
                 "that ran over its end?\n",
                 e->above - e->va, name);
        return;
    }
    if (!s) {
        text_add(t, "  No segment is there.\n");
        return;
    }
    if (!s->live && s->ended <= e->cycle) {
        text_add(t, "  Segment %s was destroyed at cycle %" PRIu64 ".\n",
                 s->name, s->ended);
        return;
    }
    if (!e->right_known) {
        text_add(t, "  %s was never given a right on %s.\n", name, s->name);
        return;
    }
    if (lies_elsewhere(s, e)) {
        text_add(t,
                 "  In the space of %s, segment %s lies at 0x%" PRIx64
                 "; nothing lies here.\n",
                 name, s->name, r->address);
        return;
    }
    rights_text(r->rights, now);
    rights_text(r->before, before);
    const char *giver =
        r->by_domain ? domain_name(m, r->by_domain, by) : "the kernel";
    if (r->rights == 0)
        text_add(t, "  %s lost its right %s on %s at cycle %" PRIu64, name,
                 before, s->name, r->changed);
    else if (r->before == 0)
        text_add(t, "  %s has had %s on %s since cycle %" PRIu64, name, now,
                 s->name, r->changed);
    else
        text_add(t, "  %s's right on %s went from %s to %s at cycle %" PRIu64,
                 name, s->name, before, now, r->changed);
    text_add(t, ", by %s.\n", giver);
}

size_t story_fault(const struct machine *m, const struct event *e, char *to,
                   size_t room)
{
    struct text t = { to, 0, room };
    tell_who(&t, m, e);
    tell_what(&t, m, e);
    if (e->refused) {
        text_add(&t, "  refused: ");
        tell_rule(&t, e->refused, e->access, e->rights, e->pte);
        text_add(&t, ".\n");
        if (e->refused != REFUSED_MISALIGNED)
            tell_since(&t, m, e);
    }
    return t.length;
}

size_t story_refusal(const struct machine *m, const struct access *a, char *to,
                     size_t room)
{
    struct text t = { to, 0, room };
    (void)m;
    text_add(&t, "%s", "");
    tell_rule(&t, a->refused, a->kind, a->rights, a->pte);
    return t.length;
}

size_t story_right(const struct machine *m, uint32_t domain, uint64_t va,
                   char *to, size_t room)
{
    struct text t = { to, 0, room };
    struct event e = { .domain = domain, .va = va, .cycle = machine_clock(m) };
    observe_right(&e, &m->registry);
    tell_since(&t, m, &e);
    return t.length;
}

/* ---- panic ------------------------------------------------------------------
 */

/* Does the code before this address call something? jal and jalr that link ra,
 * c.jalr. */
static bool follows_a_call(const struct machine *m, uint64_t address)
{
    uint32_t word = 0;
    uint16_t half = 0;
    if (address & 1)
        return false;
    if (machine_peek_va(m, 0, address - 4, &word, sizeof word) &&
        ((word & 0xfff) == 0x0ef || (word & 0x7fff) == 0x00e7))
        return true;
    return machine_peek_va(m, 0, address - 2, &half, sizeof half) &&
           (half & 0xf07f) == 0x9002 && (half & 0x0f80) != 0;
}

static bool kernel_text(const struct machine *m, uint64_t address)
{
    struct place_name place;
    const struct elf_file *f = m->registry.kernel;
    uint64_t pa;
    return f && elf_physical(f, address, &pa) &&
           registry_place(&m->registry, address, &place) && place.function;
}

/* Without frame pointers the stack is searched for return addresses; some may
 * be left over from earlier calls. */
static void tell_stack(struct text *t, const struct machine *m, uint64_t sp)
{
    int told = 0;
    sp &= ~UINT64_C(7);
    uint64_t end = (sp | 4095) + 1;
    for (uint64_t at = sp; at < end && told < 16; at += 8) {
        uint64_t word;
        char place[320];
        if (!machine_peek_va(m, 0, at, &word, sizeof word))
            break;
        if (!kernel_text(m, word) || !follows_a_call(m, word))
            continue;
        registry_place_text(&m->registry, word - 2, place, sizeof place);
        text_add(t, "  likely called from %s\n", place);
        told++;
    }
}

size_t story_panic(const struct machine *m, char *to, size_t room)
{
    struct text t = { to, 0, room };
    const struct hint_record *h = &m->panic;
    const struct event *e = &m->stop_event;
    char name[32], place[320];
    uint64_t pc = h->a ? h->a : e->pc;
    registry_place_text(&m->registry, pc, place, sizeof place);
    text_add(&t, "kernel panic: %s\n", h->name[0] ? h->name : "(no words)");
    text_add(&t, "  at %s, cycle %" PRIu64 ", domain %s, thread %" PRIu32 "\n",
             place, e->cycle, domain_name(m, e->domain, name), e->thread);
    tell_stack(&t, m, h->b);
    return t.length;
}
