/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is who: record hints in, look-ups out. See registry.h; addresses of code
 * are named in place.c. Hints and look-ups by number take constant time,
 * however many records there are; look-ups by name go through all of them.
 */
#include "sim/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_ENDED 64 /* ended records of each kind that stay known */

/* Room for one more: arrays double when their count is a power of two. */
static void *grown(const struct registry *r, void *array, size_t count,
                   size_t size)
{
    if (count & (count - 1) || (count && count < 16))
        return array;
    void *larger = heap_larger(r->heap, array, (count ? 2 * count : 16) * size);
    if (!larger)
        err_no_memory();
    return larger;
}

/* A place for a new record: of the one that ended longest ago once KEEP_ENDED
 * have ended (*reused), else behind the last. */
static size_t new_place(struct place_queue *ended, size_t count, bool *reused)
{
    *reused = ended->count >= KEEP_ENDED;
    return *reused ? place_queue_take(ended) : count;
}

static void copy_name(char to[NAME_BYTES], const char from[NAME_BYTES])
{
    memcpy(to, from, NAME_BYTES);
    to[NAME_BYTES - 1] = 0;
}

void registry_init(struct registry *r, struct heap *heap)
{
    memset(r, 0, sizeof *r);
    r->heap = r->domain_of.heap = r->key_of.heap = r->segment_of.heap = heap;
    r->thread_of.heap = r->portal_of.heap = r->right_of.heap = heap;
    for (int i = 0; i < RIGHT_LISTS; i++)
        r->right_list[i].heap = heap;
    r->domains_ended.heap = r->segments_ended.heap = heap;
    r->threads_ended.heap = r->rights_spare.heap = heap;
}

void registry_free(struct registry *r)
{
    for (size_t i = 0; i < r->file_count; i++) {
        heap_free(r->heap, r->files[i].path);
        elf_file_close(r->files[i].file);
    }
    elf_file_close(r->kernel);
    heap_free(r->heap, r->domains);
    heap_free(r->heap, r->segments);
    heap_free(r->heap, r->rights);
    heap_free(r->heap, r->threads);
    heap_free(r->heap, r->programs);
    heap_free(r->heap, r->portals);
    heap_free(r->heap, r->files);
    index_free(&r->domain_of);
    index_free(&r->key_of);
    index_free(&r->segment_of);
    index_free(&r->thread_of);
    index_free(&r->portal_of);
    index_free(&r->right_of);
    for (int i = 0; i < RIGHT_LISTS; i++)
        index_free(&r->right_list[i]);
    place_queue_free(&r->domains_ended);
    place_queue_free(&r->segments_ended);
    place_queue_free(&r->threads_ended);
    place_queue_free(&r->rights_spare);
    memset(r, 0, sizeof *r);
}

void registry_add_file(struct registry *r, const char *name, const char *path)
{
    r->files = grown(r, r->files, r->file_count, sizeof r->files[0]);
    struct registry_file *f = &r->files[r->file_count++];
    memset(f, 0, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    f->path = heap_text(r->heap, path);
    if (!f->path)
        err_no_memory();
}

/* ---- rights: in two lists ------------------------------------------------ */

static void list_add(struct registry *r, enum right_list list, uint64_t of,
                     size_t at)
{
    struct registry_right *a = &r->rights[at];
    size_t first = index_find(&r->right_list[list], of, 0);
    a->previous[list] = a->next[list] = 0;
    if (first != INDEX_NONE) {
        a->next[list] = (uint32_t)first + 1;
        r->rights[first].previous[list] = (uint32_t)at + 1;
    }
    index_set(&r->right_list[list], of, 0, at);
}

static void list_remove(struct registry *r, enum right_list list, uint64_t of,
                        size_t at)
{
    uint32_t next = r->rights[at].next[list];
    uint32_t previous = r->rights[at].previous[list];
    if (next)
        r->rights[next - 1].previous[list] = previous;
    if (previous)
        r->rights[previous - 1].next[list] = next;
    else if (next)
        index_set(&r->right_list[list], of, 0, next - 1);
    else
        index_remove(&r->right_list[list], of, 0);
}

static struct registry_right *new_right(struct registry *r, uint32_t domain,
                                        uint64_t base)
{
    size_t at = r->right_count;
    if (r->rights_spare.count) {
        at = place_queue_take(&r->rights_spare);
    } else {
        r->rights = grown(r, r->rights, at, sizeof r->rights[0]);
        r->right_count++;
    }
    struct registry_right *a = &r->rights[at];
    *a = (struct registry_right){ .domain = domain,
                                  .base = base,
                                  .address = base };
    list_add(r, RIGHTS_OF_DOMAIN, domain, at);
    list_add(r, RIGHTS_OF_SEGMENT, base, at);
    index_set(&r->right_of, domain, base, at);
    return a;
}

/* Forgets the rights of an ended domain, or on an ended segment. */
static void drop_rights(struct registry *r, enum right_list list, uint64_t of)
{
    size_t at;
    while ((at = index_find(&r->right_list[list], of, 0)) != INDEX_NONE) {
        struct registry_right *a = &r->rights[at];
        list_remove(r, RIGHTS_OF_DOMAIN, a->domain, at);
        list_remove(r, RIGHTS_OF_SEGMENT, a->base, at);
        index_remove(&r->right_of, a->domain, a->base);
        place_queue_add(&r->rights_spare, at);
    }
}

/* ---- hints ----------------------------------------------------------------*/

static struct registry_domain *live_domain(struct registry *r, uint64_t id)
{
    size_t at = index_find(&r->domain_of, (uint32_t)id, 0);
    return at != INDEX_NONE && r->domains[at].live ? &r->domains[at] : NULL;
}

static struct registry_segment *live_segment(struct registry *r, uint64_t base)
{
    size_t at = index_find(&r->segment_of, base, 0);
    return at != INDEX_NONE && r->segments[at].live ? &r->segments[at] : NULL;
}

/* The index forgets a record that gives up its place, if it is the newest. */
static void forget(struct index *x, uint64_t key, size_t at)
{
    if (index_find(x, key, 0) == at)
        index_remove(x, key, 0);
}

static struct registry_domain *add_domain(struct registry *r)
{
    bool reused;
    size_t at = new_place(&r->domains_ended, r->domain_count, &reused);
    if (reused) {
        forget(&r->domain_of, r->domains[at].id, at);
        return &r->domains[at];
    }
    r->domains = grown(r, r->domains, at, sizeof r->domains[0]);
    r->domain_count++;
    return &r->domains[at];
}

static void domain_new(struct registry *r, const struct hint_record *h,
                       uint64_t cycle, uint64_t key)
{
    uint32_t id = (uint32_t)h->domain;
    drop_rights(r, RIGHTS_OF_DOMAIN, id); /* of an earlier bearer of the id */
    struct registry_domain *d = live_domain(r, id);
    if (d)
        index_remove(&r->key_of, d->key, 0);
    else
        d = add_domain(r);
    *d = (struct registry_domain){ .id = id,
                                   .live = true,
                                   .space = h->object,
                                   .satp = h->a,
                                   .key = key,
                                   .created = cycle };
    copy_name(d->name, h->name);
    index_set(&r->domain_of, id, 0, (size_t)(d - r->domains));
    index_set(&r->key_of, key, 0, (size_t)(d - r->domains));
}

static void domain_end(struct registry *r, uint64_t id, uint64_t cycle)
{
    struct registry_domain *d = live_domain(r, id);
    if (!d)
        return;
    size_t at = (size_t)(d - r->domains);
    d->live = false;
    d->ended = cycle;
    forget(&r->key_of, d->key, at);
    place_queue_add(&r->domains_ended, at);
}

static struct registry_segment *add_segment(struct registry *r)
{
    bool reused;
    size_t at = new_place(&r->segments_ended, r->segment_count, &reused);
    if (reused) {
        forget(&r->segment_of, r->segments[at].base, at);
        return &r->segments[at];
    }
    r->segments = grown(r, r->segments, at, sizeof r->segments[0]);
    r->segment_count++;
    return &r->segments[at];
}

static void segment_new(struct registry *r, const struct hint_record *h,
                        uint64_t cycle)
{
    drop_rights(r, RIGHTS_OF_SEGMENT, h->object);
    struct registry_segment *s = live_segment(r, h->object);
    if (!s)
        s = add_segment(r);
    *s = (struct registry_segment){ .base = h->object,
                                    .bytes = h->a,
                                    .live = true,
                                    .creator = (uint32_t)h->domain,
                                    .created = cycle };
    copy_name(s->name, h->name);
    index_set(&r->segment_of, s->base, 0, (size_t)(s - r->segments));
}

static void segment_end(struct registry *r, uint64_t base, uint64_t cycle)
{
    struct registry_segment *s = live_segment(r, base);
    if (!s)
        return;
    s->live = false;
    s->ended = cycle;
    place_queue_add(&r->segments_ended, (size_t)(s - r->segments));
    drop_rights(r, RIGHTS_OF_SEGMENT, base);
}

static void rights_changed(struct registry *r, const struct hint_record *h,
                           uint64_t cycle, uint32_t by)
{
    struct registry_right *a = (struct registry_right *)registry_right(
        r, (uint32_t)h->domain, h->object);
    if (!a)
        a = new_right(r, (uint32_t)h->domain, h->object);
    a->rights = (uint8_t)h->a;
    a->before = (uint8_t)h->b;
    if (h->c)
        a->address = h->c;
    a->changed = cycle;
    a->by_domain = by;
    a->by_thread = r->thread;
}

static struct registry_thread *add_thread(struct registry *r)
{
    bool reused;
    size_t at = new_place(&r->threads_ended, r->thread_count, &reused);
    if (reused) {
        forget(&r->thread_of, r->threads[at].id, at);
        return &r->threads[at];
    }
    r->threads = grown(r, r->threads, at, sizeof r->threads[0]);
    r->thread_count++;
    return &r->threads[at];
}

static void thread_new(struct registry *r, const struct hint_record *h,
                       uint64_t cycle)
{
    struct registry_thread *t = add_thread(r);
    *t = (struct registry_thread){ .id = (uint32_t)h->object,
                                   .domain = (uint32_t)h->domain,
                                   .live = true,
                                   .entry = h->a,
                                   .created = cycle };
    copy_name(t->name, h->name);
    index_set(&r->thread_of, t->id, 0, (size_t)(t - r->threads));
}

static void thread_end(struct registry *r, const struct hint_record *h,
                       uint64_t cycle)
{
    size_t at = index_find(&r->thread_of, (uint32_t)h->object, 0);
    if (at == INDEX_NONE || !r->threads[at].live)
        return;
    struct registry_thread *t = &r->threads[at];
    t->live = false;
    t->ended = cycle;
    t->exit_value = h->a;
    place_queue_add(&r->threads_ended, at);
}

/* Portals end with their domain; there is no hint for them alone. */
static void portal_new(struct registry *r, const struct hint_record *h)
{
    size_t at = index_find(&r->portal_of, (uint32_t)h->object, 0);
    if (at == INDEX_NONE) {
        at = r->portal_count++;
        r->portals = grown(r, r->portals, at, sizeof r->portals[0]);
        index_set(&r->portal_of, (uint32_t)h->object, 0, at);
    }
    r->portals[at] = (struct registry_portal){ .id = (uint32_t)h->object,
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
            f->file = elf_file_kept(r->heap, f->path, NULL);
        return f->file;
    }
    return NULL;
}

static void program_loaded(struct registry *r, const struct hint_record *h)
{
    r->programs =
        grown(r, r->programs, r->program_count, sizeof r->programs[0]);
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
        domain_end(r, h->domain, cycle);
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
