/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is who: record hints in, look-ups out. See registry.h; addresses of code
 * are named in place.c. Tables grow at hints, which are rare; look-ups are
 * linear in the number of records.
 */
#include "sim/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_ENDED 64 /* ended records of each kind that stay known */

/* Room for one more: arrays double when their count is a power of two. */
static void *grown(void *array, size_t count, size_t size)
{
    if (count & (count - 1) || (count && count < 16))
        return array;
    void *larger = realloc(array, (count ? 2 * count : 16) * size);
    if (!larger)
        err_no_memory();
    return larger;
}

/*
 * A slot for a new record: of the record that ended longest ago once
 * KEEP_ENDED have ended, else a fresh one. The records' `live` and `ended` are
 * found by their offsets.
 */
static void *new_slot(void *array_of, size_t *count, size_t size, size_t live,
                      size_t ended)
{
    char *array, *oldest = NULL;
    size_t dead = 0;
    uint64_t least = UINT64_MAX;
    memcpy(&array, array_of, sizeof array);
    for (size_t i = 0; i < *count; i++) {
        char *record = array + i * size;
        uint64_t when;
        if (*(bool *)(record + live))
            continue;
        dead++;
        memcpy(&when, record + ended, sizeof when);
        if (when < least) {
            least = when;
            oldest = record;
        }
    }
    if (dead < KEEP_ENDED) {
        array = grown(array, *count, size);
        memcpy(array_of, &array, sizeof array);
        oldest = array + (*count)++ * size;
    }
    memset(oldest, 0, size);
    return oldest;
}
#define NEW_SLOT(r, list, number, type)                                        \
    ((struct type *)new_slot(&(r)->list, &(r)->number, sizeof(struct type),    \
                             offsetof(struct type, live),                      \
                             offsetof(struct type, ended)))

static void copy_name(char to[NAME_BYTES], const char from[NAME_BYTES])
{
    memcpy(to, from, NAME_BYTES);
    to[NAME_BYTES - 1] = 0;
}

void registry_free(struct registry *r)
{
    for (size_t i = 0; i < r->file_count; i++) {
        free(r->files[i].path);
        elf_file_close(r->files[i].file);
    }
    elf_file_close(r->kernel);
    free(r->domains);
    free(r->segments);
    free(r->rights);
    free(r->threads);
    free(r->programs);
    free(r->portals);
    free(r->files);
    memset(r, 0, sizeof *r);
}

void registry_add_file(struct registry *r, const char *name, const char *path)
{
    r->files = grown(r->files, r->file_count, sizeof r->files[0]);
    struct registry_file *f = &r->files[r->file_count++];
    memset(f, 0, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    f->path = strdup(path);
    if (!f->path)
        err_no_memory();
}

/* ---- look-ups ------------------------------------------------------------ */

const struct registry_domain *registry_domain(const struct registry *r,
                                              uint32_t id)
{
    const struct registry_domain *found = NULL;
    for (size_t i = 0; i < r->domain_count; i++) {
        const struct registry_domain *d = &r->domains[i];
        if (d->id == id && (!found || d->live || d->ended > found->ended))
            found = d;
        if (found && found->live)
            break;
    }
    return found;
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
    const struct registry_thread *found = NULL;
    for (size_t i = 0; i < r->thread_count; i++) {
        const struct registry_thread *t = &r->threads[i];
        if (t->id == id && (!found || t->live || t->ended > found->ended))
            found = t;
        if (found && found->live)
            break;
    }
    return found;
}

const struct registry_segment *registry_segment(const struct registry *r,
                                                uint64_t base)
{
    const struct registry_segment *found = NULL;
    for (size_t i = 0; i < r->segment_count; i++) {
        const struct registry_segment *s = &r->segments[i];
        if (s->base == base && (!found || s->live || s->ended > found->ended))
            found = s;
        if (found && found->live)
            break;
    }
    return found;
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
    for (size_t i = 0; i < r->right_count; i++)
        if (r->rights[i].domain == domain && r->rights[i].base == base)
            return &r->rights[i];
    return NULL;
}

const struct registry_segment *registry_segment_at(const struct registry *r,
                                                   uint32_t domain, uint64_t va,
                                                   uint64_t *offset)
{
    for (size_t i = 0; i < r->right_count; i++) {
        const struct registry_right *a = &r->rights[i];
        if (a->domain != domain || va < a->address)
            continue;
        const struct registry_segment *s = registry_segment(r, a->base);
        if (s && va - a->address < s->bytes) {
            *offset = va - a->address;
            return s;
        }
    }
    const struct registry_segment *found = NULL;
    for (size_t i = 0; i < r->segment_count; i++) {
        const struct registry_segment *s = &r->segments[i];
        if (va - s->base < s->bytes && (!found || s->live))
            found = s;
    }
    if (found)
        *offset = va - found->base;
    return found;
}

uint32_t registry_domain_of_key(const struct registry *r, uint64_t key)
{
    for (size_t i = 0; i < r->domain_count; i++) {
        const struct registry_domain *d = &r->domains[i];
        if (d->live && d->key == key)
            return d->id;
    }
    return 0;
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

/* ---- hints ----------------------------------------------------------------*/

static struct registry_domain *live_domain(struct registry *r, uint32_t id)
{
    for (size_t i = 0; i < r->domain_count; i++)
        if (r->domains[i].id == id && r->domains[i].live)
            return &r->domains[i];
    return NULL;
}

static struct registry_segment *live_segment(struct registry *r, uint64_t base)
{
    for (size_t i = 0; i < r->segment_count; i++)
        if (r->segments[i].base == base && r->segments[i].live)
            return &r->segments[i];
    return NULL;
}

/* Forgets the rights of an ended domain, or on an ended segment. */
static void drop_rights(struct registry *r, bool of_domain, uint64_t which)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->right_count; i++) {
        const struct registry_right *a = &r->rights[i];
        if ((of_domain ? a->domain : a->base) != which)
            r->rights[kept++] = *a;
    }
    r->right_count = kept;
}

static void domain_new(struct registry *r, const struct hint_record *h,
                       uint64_t cycle, uint64_t key)
{
    drop_rights(r, true, h->domain); /* of an earlier bearer of the id */
    struct registry_domain *d = live_domain(r, (uint32_t)h->domain);
    if (!d)
        d = NEW_SLOT(r, domains, domain_count, registry_domain);
    d->id = (uint32_t)h->domain;
    d->live = true;
    d->space = h->object;
    d->satp = h->a;
    d->key = key;
    d->created = cycle;
    copy_name(d->name, h->name);
}

static void domain_end(struct registry *r, uint32_t id, uint64_t cycle)
{
    struct registry_domain *d = live_domain(r, id);
    if (!d)
        return;
    d->live = false;
    d->ended = cycle;
}

static void segment_new(struct registry *r, const struct hint_record *h,
                        uint64_t cycle)
{
    drop_rights(r, false, h->object);
    struct registry_segment *s = live_segment(r, h->object);
    if (!s)
        s = NEW_SLOT(r, segments, segment_count, registry_segment);
    s->base = h->object;
    s->bytes = h->a;
    s->live = true;
    s->creator = (uint32_t)h->domain;
    s->created = cycle;
    copy_name(s->name, h->name);
}

static void segment_end(struct registry *r, uint64_t base, uint64_t cycle)
{
    struct registry_segment *s = live_segment(r, base);
    if (!s)
        return;
    s->live = false;
    s->ended = cycle;
    drop_rights(r, false, base);
}

static void rights_changed(struct registry *r, const struct hint_record *h,
                           uint64_t cycle, uint32_t by)
{
    struct registry_right *a = (struct registry_right *)registry_right(
        r, (uint32_t)h->domain, h->object);
    if (!a) {
        r->rights = grown(r->rights, r->right_count, sizeof r->rights[0]);
        a = &r->rights[r->right_count++];
        memset(a, 0, sizeof *a);
        a->domain = (uint32_t)h->domain;
        a->base = h->object;
        a->address = h->object;
    }
    a->rights = (uint8_t)h->a;
    a->before = (uint8_t)h->b;
    if (h->c)
        a->address = h->c;
    a->changed = cycle;
    a->by_domain = by;
    a->by_thread = r->thread;
}

static void thread_new(struct registry *r, const struct hint_record *h,
                       uint64_t cycle)
{
    struct registry_thread *t =
        NEW_SLOT(r, threads, thread_count, registry_thread);
    t->id = (uint32_t)h->object;
    t->domain = (uint32_t)h->domain;
    t->live = true;
    t->entry = h->a;
    t->created = cycle;
    copy_name(t->name, h->name);
}

static void thread_end(struct registry *r, const struct hint_record *h,
                       uint64_t cycle)
{
    for (size_t i = 0; i < r->thread_count; i++) {
        struct registry_thread *t = &r->threads[i];
        if (t->id == (uint32_t)h->object && t->live) {
            t->live = false;
            t->ended = cycle;
            t->exit_value = h->a;
        }
    }
}

/* Portals end with their domain; there is no hint for them alone. */
static void portal_new(struct registry *r, const struct hint_record *h)
{
    struct registry_portal *p = NULL;
    for (size_t i = 0; i < r->portal_count && !p; i++)
        if (r->portals[i].id == (uint32_t)h->object)
            p = &r->portals[i];
    if (!p) {
        r->portals = grown(r->portals, r->portal_count, sizeof *p);
        p = &r->portals[r->portal_count++];
    }
    *p = (struct registry_portal){ .id = (uint32_t)h->object,
                                   .domain = (uint32_t)h->domain,
                                   .entry = h->a };
}

static struct elf_file *program_file(struct registry *r, const char *name)
{
    for (size_t i = 0; i < r->file_count; i++) {
        struct registry_file *f = &r->files[i];
        if (strcmp(f->name, name) != 0)
            continue;
        if (!f->file)
            f->file = elf_file_open(f->path, NULL);
        return f->file;
    }
    return NULL;
}

static void program_loaded(struct registry *r, const struct hint_record *h)
{
    r->programs = grown(r->programs, r->program_count, sizeof r->programs[0]);
    struct registry_program *p = &r->programs[r->program_count++];
    memset(p, 0, sizeof *p);
    p->id = (uint32_t)h->object;
    p->text = h->a;
    p->text_bytes = h->b;
    p->bias = h->c;
    p->script_first = 1;
    copy_name(p->name, h->name);
    p->file = program_file(r, p->name);
    if (!p->file)
        return;
    const struct elf_symbol *start =
        elf_symbol_find(p->file, "script_fetch_start");
    const struct elf_symbol *end = elf_symbol_find(p->file, "script_fetch_end");
    if (start && end && end->address > start->address) {
        p->script_first = start->address + p->bias;
        p->script_last = end->address + p->bias - 1;
    }
}

void registry_hint(struct registry *r, enum hint hint,
                   const struct hint_record *h, uint64_t cycle, uint32_t by,
                   uint64_t key)
{
    switch (hint) {
    case HINT_DOMAIN_NEW:
        domain_new(r, h, cycle, key);
        break;
    case HINT_DOMAIN_END:
        domain_end(r, (uint32_t)h->domain, cycle);
        break;
    case HINT_SEGMENT_NEW:
        segment_new(r, h, cycle);
        break;
    case HINT_SEGMENT_END:
        segment_end(r, h->object, cycle);
        break;
    case HINT_RIGHTS:
        rights_changed(r, h, cycle, by);
        break;
    case HINT_THREAD_NEW:
        thread_new(r, h, cycle);
        break;
    case HINT_THREAD_END:
        thread_end(r, h, cycle);
        break;
    case HINT_PROGRAM_LOADED:
        program_loaded(r, h);
        break;
    case HINT_PORTAL_NEW:
        portal_new(r, h);
        break;
    default:
        break;
    }
}
