/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs. A program's text is placed once, in a segment of the kernel's that
 * every domain which runs it sees at the same address; what a domain may
 * change, it has a copy of: the private statics (reached through tp) and a
 * stack for each thread, together an *instance*. The same file thus runs in
 * every personality. Plain programs (os/user/plain.ld) are the conventional
 * kind: linked for one address, which only a domain with a space of its own
 * can give to all of them.
 *
 *   data segment of an instance:   | stack, grows down | statics |
 *                                  base                tp
 */
#include "os/kernel/elf.h"
#include "os/kernel/kernel.h"

#define STACK_BYTES (4 * PAGE_SIZE)

struct program {
    const struct boot_module *module;
    struct elf_image image;
    struct segment *text; /* NULL: not loaded yet */
    uint64_t bias;        /* address in memory - address in the file */
};

/* A domain's copy of what a program may change. */
struct instance {
    struct list in_domain;
    struct program *program;
    uint64_t data; /* base of its data segment, 0 = none */
    uint64_t tp;
    struct list stacks;
};

/* A thread's stack; used again when its thread has ended. */
struct stack {
    struct list in_instance;
    uint64_t segment; /* base of its own segment, 0 = in the data segment */
    uint64_t top;
    uint32_t thread; /* whose it is */
};

static struct program programs[BOOT_MODULES];
static struct pool instances = POOL(struct instance);
static struct pool stacks = POOL(struct stack);

void loader_init(void)
{
    for (uint64_t i = 0; i < kernel.boot.module_count; i++)
        programs[i].module = &kernel.boot.module[i];
}

/* ---- text: once a program ---------------------------------------------- */

/* Adds the bias to one pointer of the text that is in place already. */
static bool text_relocate(void *context, uint64_t offset, uint64_t value)
{
    const struct program *p = context;

    value += p->bias;
    return segment_write(p->text, offset, &value, sizeof value);
}

static bool text_fill(struct program *p)
{
    const struct elf_part *text = &p->image.text;

    if (!segment_write(p->text, 0, p->image.file + text->offset,
                       text->file_bytes))
        return false;
    return !p->bias || elf_visit_pointers(&p->image, text_relocate, p);
}

static bool program_is_plain(const struct program *p)
{
    return p->image.data.memory_bytes != 0;
}

static int64_t program_load(struct program *p)
{
    const char *name = p->module->name;
    int64_t error;

    if (!elf_read(&p->image, from_physical(p->module->pa), p->module->bytes))
        return -ERR_FORMAT;
    if (program_is_plain(p) && kernel.boot.spaces != SPACES_PER_DOMAIN)
        return -ERR_FORMAT;
    error = segment_new(p->image.text.memory_bytes, name, kernel_domain(),
                        &p->text);
    if (error < 0)
        return error;
    p->bias =
        program_is_plain(p) ? 0 : p->text->range.base - p->image.text.address;
    if (!text_fill(p)) {
        segment_end(p->text);
        p->text = NULL;
        return -ERR_MEMORY;
    }
    fence_i();
    hint_object(PROGRAM_LOADED, 0, (uint64_t)(p - programs) + 1,
                p->image.text.address + p->bias, p->image.text.memory_bytes,
                p->bias, name);
    return 0;
}

/* Is `name` the module's, with or without ".elf"? */
static bool name_matches(const char *module, const char *name)
{
    uint64_t length = strlen(module);

    if (!strcmp(module, name))
        return true;
    return length > 4 && !strcmp(module + length - 4, ".elf") &&
           strlen(name) == length - 4 && !memcmp(module, name, length - 4);
}

int64_t sys_program_load(uint64_t name_at, uint64_t a1, uint64_t a2,
                         uint64_t a3, uint64_t a4, uint64_t a5)
{
    char name[NAME_BYTES];

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!copy_in_name(name, name_at, sizeof name))
        return -ERR_ADDRESS;
    for (unsigned i = 0; i < kernel.boot.module_count; i++) {
        struct program *p = &programs[i];

        if (name_matches(p->module->name, name)) {
            int64_t error = p->text ? 0 : program_load(p);

            return error < 0 ? error : (int64_t)i + 1;
        }
    }
    return -ERR_ID;
}

/* ---- instances: once a domain and program -------------------------------- */

static struct instance *instance_find(const struct domain *d,
                                      const struct program *p)
{
    const struct list *link;

    for (link = d->instances.next; link != &d->instances; link = link->next) {
        struct instance *i = LIST_ENTRY(link, struct instance, in_domain);

        if (i->program == p)
            return i;
    }
    return NULL;
}

/* The instance whose program holds the address, or NULL. */
static struct instance *instance_at(const struct domain *d, uint64_t entry)
{
    const struct list *link;

    for (link = d->instances.next; link != &d->instances; link = link->next) {
        struct instance *i = LIST_ENTRY(link, struct instance, in_domain);
        const struct elf_part *text = &i->program->image.text;

        if (entry - (text->address + i->program->bias) < text->memory_bytes)
            return i;
    }
    return NULL;
}

uint64_t loader_statics(const struct domain *d, uint64_t entry)
{
    const struct instance *i = instance_at(d, entry);

    return i ? i->tp : 0;
}

/* A segment of the kernel's that only d sees, at `at` or at its base. */
static int64_t segment_for(struct domain *d, uint64_t bytes, uint64_t at,
                           const char *name, struct segment **segment)
{
    struct attachment *attachment;
    int64_t error = segment_new(bytes, name, kernel_domain(), segment);

    if (error < 0)
        return error;
    error = segment_attach(*segment, d, RIGHT_R | RIGHT_W, at, &attachment);
    if (error < 0)
        segment_end(*segment);
    return error;
}

static void segment_end_at(uint64_t base)
{
    struct segment *s = base ? segment_find(base) : NULL;

    if (s)
        segment_end(s);
}

static struct stack *stack_add(struct instance *i, uint64_t segment,
                               uint64_t top)
{
    struct stack *s = pool_alloc(&stacks);

    if (!s)
        return NULL;
    s->segment = segment;
    s->top = top;
    list_init(&s->in_instance);
    list_add(&i->stacks, &s->in_instance);
    return s;
}

static void instance_end(struct instance *i)
{
    struct list *link;

    while ((link = list_first(&i->stacks))) {
        struct stack *s = LIST_ENTRY(link, struct stack, in_instance);

        list_remove(link);
        segment_end_at(s->segment);
        pool_free(&stacks, s);
    }
    segment_end_at(i->data);
    list_remove(&i->in_domain);
    pool_free(&instances, i);
}

void loader_domain_end(struct domain *d)
{
    struct list *link;

    while ((link = list_first(&d->instances)))
        instance_end(LIST_ENTRY(link, struct instance, in_domain));
}

/* The template of the statics, as it stands in the text: relocated. */
static bool statics_fill(const struct program *p, struct segment *data)
{
    const struct elf_part *statics = &p->image.statics;
    uint64_t from = statics->address - p->image.text.address;
    uint64_t done = 0;

    while (done < statics->file_bytes) {
        uint64_t in_page = (from + done) % PAGE_SIZE;
        uint64_t bytes = PAGE_SIZE - in_page;
        uint64_t frame = segment_frame(p->text, (from + done) / PAGE_SIZE);

        if (bytes > statics->file_bytes - done)
            bytes = statics->file_bytes - done;
        if (!frame ||
            !segment_write(data, STACK_BYTES + done,
                           (char *)from_physical(frame) + in_page, bytes))
            return false;
        done += bytes;
    }
    return true;
}

/* Stack and statics in one segment: one range for the protection unit. */
static int64_t instance_make_data(struct instance *i, struct domain *d)
{
    const struct program *p = i->program;
    const struct elf_part *statics = &p->image.statics;
    struct segment *data;
    int64_t error = segment_for(d, STACK_BYTES + statics->memory_bytes, 0,
                                p->module->name, &data);

    if (error < 0)
        return error;
    i->data = data->range.base;
    if (statics->memory_bytes)
        i->tp = i->data + STACK_BYTES;
    if (!statics_fill(p, data) || !stack_add(i, 0, i->data + STACK_BYTES))
        return -ERR_MEMORY;
    return 0;
}

/* The writable part at its own address; stacks are made as for any thread. */
static int64_t instance_make_plain(struct instance *i, struct domain *d)
{
    const struct program *p = i->program;
    const struct elf_part *part = &p->image.data;
    struct segment *data;
    int64_t error = segment_for(d, part->memory_bytes, part->address,
                                p->module->name, &data);

    if (error < 0)
        return error;
    i->data = data->range.base;
    return segment_write(data, 0, p->image.file + part->offset,
                         part->file_bytes)
               ? 0
               : -ERR_MEMORY;
}

/* d sees the program's text, at the same address as everybody. */
static int64_t text_attach(const struct program *p, struct domain *d)
{
    struct attachment *a = attachment_of(p->text, d);

    if (a) {
        segment_rights(a, RIGHT_R | RIGHT_X);
        return 0;
    }
    return segment_attach(p->text, d, RIGHT_R | RIGHT_X,
                          program_is_plain(p) ? p->image.text.address : 0, &a);
}

static int64_t instance_new(struct domain *d, struct program *p,
                            struct instance **instance)
{
    struct instance *i;
    int64_t error = text_attach(p, d);

    if (error < 0)
        return error;
    i = pool_alloc(&instances);
    if (!i)
        return -ERR_MEMORY;
    i->program = p;
    list_init(&i->stacks);
    list_init(&i->in_domain);
    list_add(&d->instances, &i->in_domain);
    error = program_is_plain(p) ? instance_make_plain(i, d)
                                : instance_make_data(i, d);
    if (error < 0)
        instance_end(i);
    else
        *instance = i;
    return error;
}

/* ---- threads ------------------------------------------------------------ */

/* A stack nobody uses (any more), or a new one. NULL: no memory. */
static struct stack *stack_take(struct instance *i, struct domain *d)
{
    struct list *link;
    struct segment *segment;
    struct stack *s;

    for (link = i->stacks.next; link != &i->stacks; link = link->next) {
        s = LIST_ENTRY(link, struct stack, in_instance);
        if (!thread_find(s->thread))
            return s;
    }
    if (segment_for(d, STACK_BYTES, 0, "stack", &segment) < 0)
        return NULL;
    s = stack_add(i, segment->range.base, segment->range.base + STACK_BYTES);
    if (!s)
        segment_end(segment);
    return s;
}

static struct thread *instance_thread(struct instance *i, struct domain *d,
                                      uint64_t entry, uint64_t a0, uint64_t a1)
{
    struct stack *s = stack_take(i, d);
    struct thread *t;

    if (!s)
        return NULL;
    t = thread_new(d, entry, s->top, a0, a1, i->program->module->name);
    if (!t)
        return NULL;
    s->thread = t->id;
    t->frame.x[REG_TP] = i->tp;
    return t;
}

struct thread *loader_thread_new(struct domain *d, uint64_t entry, uint64_t a0,
                                 uint64_t a1)
{
    struct instance *i = instance_at(d, entry);

    if (!i)
        return thread_new(d, entry, 0, a0, a1, "thread");
    return instance_thread(i, d, entry, a0, a1);
}

int64_t sys_program_start(uint64_t program, uint64_t domain, uint64_t a0,
                          uint64_t a1, uint64_t flags, uint64_t a5)
{
    struct domain *d = domain_find(domain);
    struct program *p;
    struct instance *i;
    struct thread *t;
    int64_t error = 0;

    (void)a5;
    if (!d || program - 1 >= kernel.boot.module_count)
        return -ERR_ID;
    p = &programs[program - 1];
    if (!p->text)
        return -ERR_ID;
    if (!domain_may_control(d) || d == kernel_domain())
        return -ERR_RIGHT;
    if (d->dying)
        return -ERR_KILLED;
    if (flags > 1)
        return -ERR_VALUE;
    i = instance_find(d, p);
    if (!i)
        error = instance_new(d, p, &i);
    if (error < 0)
        return error;
    t = instance_thread(i, d, p->image.entry + p->bias, a0, a1);
    if (!t)
        return -ERR_MEMORY;
    if (!flags)
        thread_ready(t, 0);
    return t->id;
}
