/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is who: look-ups. By number they take the same time however many records
 * there are, by name they go through all; what lies at an address is asked
 * at faults, and goes through the rights of one domain. Addresses of code are
 * named in place.c.
 */
#include "sim/registry.h"

#include <stdio.h>
#include <string.h>

const struct registry_domain *registry_domain(const struct registry *r,
                                              uint32_t id)
{
    size_t at = index_find(&r->domain_of, id, 0);
    return at == INDEX_NONE ? NULL : &r->domains[at];
}

const struct registry_domain *registry_domain_named(const struct registry *r,
                                                    const char *name)
{
    const struct registry_domain *found = NULL;
    for (size_t i = 0; i < r->domain_count; i++) {
        const struct registry_domain *d = &r->domains[i];
        if (strcmp(d->name, name) == 0 && (!found || d->live))
            found = d;
        if (found && found->live)
            break;
    }
    return found;
}

const struct registry_thread *registry_thread(const struct registry *r,
                                              uint32_t id)
{
    size_t at = index_find(&r->thread_of, id, 0);
    return at == INDEX_NONE ? NULL : &r->threads[at];
}

const struct registry_segment *registry_segment(const struct registry *r,
                                                uint64_t base)
{
    size_t at = index_find(&r->segment_of, base, 0);
    return at == INDEX_NONE ? NULL : &r->segments[at];
}

const struct registry_segment *registry_segment_named(const struct registry *r,
                                                      const char *name)
{
    const struct registry_segment *found = NULL;
    for (size_t i = 0; i < r->segment_count; i++) {
        const struct registry_segment *s = &r->segments[i];
        if (strcmp(s->name, name) == 0 && (!found || s->live))
            found = s;
        if (found && found->live)
            break;
    }
    return found;
}

const struct registry_right *registry_right(const struct registry *r,
                                            uint32_t domain, uint64_t base)
{
    size_t at = index_find(&r->right_of, domain, base);
    return at == INDEX_NONE ? NULL : &r->rights[at];
}

const struct registry_right *registry_rights_of(const struct registry *r,
                                                uint32_t domain,
                                                const struct registry_right *a)
{
    if (a)
        return a->next[RIGHTS_OF_DOMAIN]
                   ? &r->rights[a->next[RIGHTS_OF_DOMAIN] - 1]
                   : NULL;
    size_t at = index_find(&r->right_list[RIGHTS_OF_DOMAIN], domain, 0);
    return at == INDEX_NONE ? NULL : &r->rights[at];
}

/* A segment's base is a multiple of its size, rounded up to a power of two: it
 * is the address without some of its low bits. */
static const struct registry_segment *segment_around(const struct registry *r,
                                                     uint64_t va)
{
    const struct registry_segment *found = NULL;
    for (unsigned bits = 0; bits < 64; bits++) {
        uint64_t base = va >> bits << bits;
        const struct registry_segment *s = NULL;
        if (bits == 0 || va >> (bits - 1) & 1) /* else it was the last one */
            s = registry_segment(r, base);
        if (s && va - base < s->bytes && (!found || (s->live && !found->live)))
            found = s;
    }
    return found;
}

const struct registry_segment *registry_segment_at(const struct registry *r,
                                                   uint32_t domain, uint64_t va,
                                                   uint64_t *offset)
{
    const struct registry_right *a = NULL;
    while ((a = registry_rights_of(r, domain, a))) {
        const struct registry_segment *s = registry_segment(r, a->base);
        if (s && va - a->address < s->bytes) {
            *offset = va - a->address;
            return s;
        }
    }
    const struct registry_segment *found = segment_around(r, va);
    if (found)
        *offset = va - found->base;
    return found;
}

uint32_t registry_domain_of_key(const struct registry *r, uint64_t key)
{
    size_t at = index_find(&r->key_of, key, 0);
    return at == INDEX_NONE ? 0 : r->domains[at].id;
}

const char *registry_domain_name(const struct registry *r, uint32_t id,
                                 char *buffer, size_t room)
{
    const struct registry_domain *d = registry_domain(r, id);
    if (d && d->name[0])
        return d->name;
    if (id == 0)
        return "kernel";
    snprintf(buffer, room, "domain %u", id);
    return buffer;
}
