// SPDX-License-Identifier: Apache-2.0
/*
 * The selection: what it is made of, and what has to do with it; see
 * pane/selection.h. In one address space an address means the same to
 * everybody; with several, only to the domain it was selected for.
 */
#include "viz/pane/selection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int domain_row_of(const struct model *m, uint32_t id)
{
    for (int i = 0; i < m->domain_count; i++)
        if (m->domains[i].id == id)
            return i;
    return -1;
}

static const struct segment_row *segment_based_at(const struct model *m,
                                                  uint64_t base)
{
    for (int i = 0; i < m->segment_count; i++)
        if (m->segments[i].base == base)
            return &m->segments[i];
    return NULL;
}

/* ---- making one ------------------------------------------------------------
 */

void selection_of_address(struct selection *s, uint64_t va, uint64_t bytes,
                          uint32_t domain)
{
    memset(s, 0, sizeof *s);
    s->kind = SELECT_ADDRESS;
    s->va = va;
    s->bytes = bytes;
    s->domain = domain;
}

void selection_of_segment(struct selection *s, const struct segment_row *row)
{
    memset(s, 0, sizeof *s);
    s->kind = SELECT_SEGMENT;
    s->va = row->base;
    s->bytes = row->bytes;
    memcpy(s->name, row->name, sizeof s->name);
}

void selection_of_domain(struct selection *s, const struct model *m,
                         uint32_t id)
{
    int row = domain_row_of(m, id);

    memset(s, 0, sizeof *s);
    s->kind = SELECT_DOMAIN;
    s->domain = id;
    if (row >= 0)
        memcpy(s->name, m->domains[row].name, sizeof s->name);
    else
        snprintf(s->name, sizeof s->name, id ? "domain %" PRIu32 : "kernel",
                 id);
}

void selection_of_thread(struct selection *s, uint32_t id)
{
    memset(s, 0, sizeof *s);
    s->kind = SELECT_THREAD;
    s->thread = id;
    snprintf(s->name, sizeof s->name, "thread %" PRIu32, id);
}

void selection_of_node(struct selection *s, const struct model *m,
                       const char *id, const char *title)
{
    const struct segment_row *row;
    uint32_t number;
    uint64_t base;
    char end;

    if (sscanf(id, "d%" SCNu32 "_%" SCNu64 "%c", &number, &base, &end) == 2) {
        selection_of_domain(s, m, number);
    } else if (sscanf(id, "s_%" SCNx64 "%c", &base, &end) == 1 &&
               (row = segment_based_at(m, base))) {
        selection_of_segment(s, row);
    } else if (sscanf(id, "t%" SCNu32 "%c", &number, &end) == 1) {
        selection_of_thread(s, number);
    } else {
        memset(s, 0, sizeof *s);
        s->kind = SELECT_NODE;
        snprintf(s->name, sizeof s->name, "%.*s", MODEL_NAME - 1, title);
    }
    snprintf(s->node, sizeof s->node, "%s", id);
}

/* ---- asking ----------------------------------------------------------------
 */

static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
    return a - b < b_bytes || b - a < a_bytes;
}

/* Does the segment lie in that range of domain's addresses? */
static bool segment_lies(const struct model *m, const struct segment_row *row,
                         uint64_t va, uint64_t bytes, uint32_t domain)
{
    if (m->one_space)
        return overlap(row->base, row->bytes, va, bytes);
    for (int d = 0; d < m->domain_count; d++)
        if ((domain == 0 || m->domains[d].id == domain) && row->rights[d] &&
            overlap(row->address[d], row->bytes, va, bytes))
            return true;
    return false;
}

bool selection_has_range(const struct selection *s, const struct model *m,
                         uint64_t va, uint64_t bytes, uint32_t domain)
{
    const struct segment_row *row;

    if (!s)
        return false;
    switch (s->kind) {
    case SELECT_ADDRESS:
        return overlap(s->va, s->bytes, va, bytes) &&
               (m->one_space || s->domain == 0 || domain == 0 ||
                s->domain == domain);
    case SELECT_SEGMENT:
        row = segment_based_at(m, s->va);
        return row && segment_lies(m, row, va, bytes, domain);
    case SELECT_DOMAIN:
        return domain != 0 && domain == s->domain;
    default:
        return false;
    }
}

bool selection_has_segment(const struct selection *s, const struct model *m,
                           const struct segment_row *row)
{
    if (!s || s->kind == SELECT_DOMAIN)
        return false;
    if (s->kind == SELECT_SEGMENT)
        return s->va == row->base;
    return s->kind == SELECT_ADDRESS &&
           segment_lies(m, row, s->va, s->bytes, s->domain);
}

bool selection_has_domain(const struct selection *s, uint32_t id)
{
    return s && s->kind == SELECT_DOMAIN && s->domain == id;
}

bool selection_has_thread(const struct selection *s, uint32_t id)
{
    return s && s->kind == SELECT_THREAD && s->thread == id;
}

bool selection_is(const struct selection *a, const struct selection *b)
{
    return a->kind == b->kind && a->va == b->va && a->bytes == b->bytes &&
           a->domain == b->domain && a->thread == b->thread &&
           strcmp(a->node, b->node) == 0;
}

const struct segment_row *segment_holding(const struct model *m, uint64_t va,
                                          uint32_t domain)
{
    for (int i = 0; i < m->segment_count; i++)
        if (segment_lies(m, &m->segments[i], va, 1, domain))
            return &m->segments[i];
    return NULL;
}

/* ---- telling ---------------------------------------------------------------
 */

/* ": alice rw--, bob r---" */
static void tell_holders(const struct model *m, const struct segment_row *row,
                         char *to, size_t room)
{
    size_t used = 0;
    char rights[5];

    for (int d = 0; d < m->domain_count && used < room; d++) {
        if (!row->rights[d])
            continue;
        rights_text(row->rights[d], rights);
        used += (size_t)snprintf(to + used, room - used, "%s %s %s",
                                 used ? "," : ":", m->domains[d].name, rights);
    }
    if (used == 0)
        snprintf(to, room, ": nobody may touch it");
}

static void tell_domain(const struct selection *s, const struct model *m,
                        char to[MODEL_LINE])
{
    int d = domain_row_of(m, s->domain), count = 0;
    uint64_t bytes = 0;
    char size[24];

    for (int i = 0; i < m->segment_count && d >= 0; i++)
        if (m->segments[i].rights[d]) {
            count++;
            bytes += m->segments[i].bytes;
        }
    grouped_number(bytes, size, sizeof size);
    if (d < 0)
        snprintf(to, MODEL_LINE, "domain %s%s", s->name,
                 s->domain ? ": it has ended" : "");
    else
        snprintf(to, MODEL_LINE,
                 "domain %s (%" PRIu32 "): rights on %d segment%s, %s bytes%s",
                 s->name, s->domain, count, count == 1 ? "" : "s", size,
                 m->domains[d].current ? "; runs now" : "");
}

static void tell_address(const struct selection *s, const struct model *m,
                         char to[MODEL_LINE])
{
    const struct segment_row *row = segment_holding(m, s->va, s->domain);
    char who[80] = "", size[24] = "";

    if (s->bytes > 1)
        size_text(s->bytes, size, sizeof size);
    if (row)
        tell_holders(m, row, who, sizeof who);
    snprintf(to, MODEL_LINE, "%" PRIx64 "%s%s, %s%.40s%s", s->va,
             size[0] ? "+" : "", size, row ? "in segment " : "in no segment",
             row ? row->name : "", who);
}

void selection_text(const struct selection *s, const struct model *m,
                    char to[MODEL_LINE])
{
    const struct segment_row *row;
    char who[90], size[24];

    switch (s->kind) {
    case SELECT_NONE:
        *to = 0;
        break;
    case SELECT_ADDRESS:
        tell_address(s, m, to);
        break;
    case SELECT_SEGMENT:
        row = segment_based_at(m, s->va);
        size_text(s->bytes, size, sizeof size);
        if (row)
            tell_holders(m, row, who, sizeof who);
        snprintf(to, MODEL_LINE, "segment %s, %s at %" PRIx64 "%s", s->name,
                 size, s->va, row ? who : ": it is no more");
        break;
    case SELECT_DOMAIN:
        tell_domain(s, m, to);
        break;
    case SELECT_THREAD:
    case SELECT_NODE:
        snprintf(to, MODEL_LINE, "%s", s->name);
        break;
    }
}
