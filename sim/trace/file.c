/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace file: one JSON object a line. Addresses are strings in
 * hexadecimal ("0x80000000"), so that every JSON reader keeps all 64 bits;
 * counts are numbers. Fields that say nothing (zero addresses, absent
 * look-ups) are left out. The first line says what this is, the last one that
 * the recording came to its end; whoever an event mentions for the first time
 * is introduced by a line before it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/disasm.h"
#include "sim/json.h"
#include "sim/trace/trace.h"

enum { SPILL_BYTES = 1 << 16, REPORT_BYTES = 1 << 23 };

/* Who has been introduced: ids of domains, threads, portals; bases. */
struct known {
    uint64_t *id;
    size_t count, room;
};
enum { KNOWN_DOMAIN, KNOWN_THREAD, KNOWN_SEGMENT, KNOWN_PORTAL, KNOWN_COUNT };

struct trace_file {
    char *path;
    int fd;
    FILE *text; /* lines not yet written, in memory */
    char *buffer;
    size_t buffered;
    uint64_t bytes, lines; /* written and in memory */
    uint64_t reported;     /* bytes said on standard error */
    uint64_t clock;        /* of the last line that was written */
    int failed;            /* errno of the write that did not work */
    struct trace_choice choice;
    struct known known[KNOWN_COUNT];
};

/* ---- writing ------------------------------------------------------------ */

/* How much of the text went out. */
static size_t write_out(struct trace_file *f, const char *text, size_t n)
{
    size_t done = 0;
    while (done < n && !f->failed) {
        ssize_t part = write(f->fd, text + done, n - done);
        if (part > 0)
            done += (size_t)part;
        else if (part == 0 || errno != EINTR)
            f->failed = part == 0 ? ENOSPC : errno;
    }
    return done;
}

/* Cuts off the line that a full disk broke, where a file can be cut. */
static void cut_broken_line(struct trace_file *f, const char *text, size_t n)
{
    size_t whole = n;
    while (whole && text[whole - 1] != '\n')
        whole--;
    off_t end = lseek(f->fd, 0, SEEK_CUR);
    if (end >= (off_t)(n - whole) &&
        ftruncate(f->fd, end - (off_t)(n - whole)) != 0)
        return; /* a pipe or device: readers see the broken line */
}

static void spill(struct trace_file *f)
{
    if (fflush(f->text) != 0)
        err_no_memory();
    if (f->fd == STDOUT_FILENO)
        fflush(stdout);
    size_t n = f->failed ? 0 : write_out(f, f->buffer, f->buffered);
    if (f->failed && n)
        cut_broken_line(f, f->buffer, n);
    rewind(f->text);
}

static void report_size(struct trace_file *f)
{
    if (!f->choice.report || f->bytes - f->reported < REPORT_BYTES)
        return;
    f->reported = f->bytes;
    fprintf(stderr,
            "opalite: trace %s: %" PRIu64 " MiB, %" PRIu64
            " lines at cycle %" PRIu64 "\n",
            f->path, f->bytes >> 20, f->lines, f->clock);
}

/* Ends a line. */
static void line_end(struct trace_file *f)
{
    fputs("}\n", f->text);
    f->lines++;
    long waiting = ftell(f->text);
    if (waiting < SPILL_BYTES)
        return;
    f->bytes += (uint64_t)waiting;
    spill(f);
    report_size(f);
}

static void put_kinds(FILE *to, uint32_t kinds)
{
    const char *separator = ",\"kinds\":\"";
    if (!kinds)
        return;
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        if (kinds & EVENT_BIT(i)) {
            fprintf(to, "%s%s", separator, event_kind_name((enum event_kind)i));
            separator = ",";
        }
    }
    fputc('"', to);
}

static void put_head(struct trace_file *f, const struct config *config)
{
    const struct trace_choice *c = &f->choice;
    fprintf(f->text,
            "{\"trace\":\"opalite\",\"version\":%d,\"preset\":\"%s\","
            "\"core_hz\":%" PRIu64,
            TRACE_VERSION, config->preset, config->core_hz);
    fprintf(f->text, ",\"steps\":%s", c->steps ? "true" : "false");
    put_kinds(f->text, c->kinds);
    if (c->first || c->last)
        fprintf(f->text, ",\"first\":%" PRIu64, c->first);
    if (c->last)
        fprintf(f->text, ",\"last\":%" PRIu64, c->last);
    line_end(f);
}

struct trace_file *trace_file_open(const char *path,
                                   const struct trace_choice *choice,
                                   const struct config *config, struct err *err)
{
    int fd = STDOUT_FILENO;
    if (strcmp(path, "-") != 0)
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %s", path,
                strerror(errno));
        return NULL;
    }
    struct trace_file *f = calloc(1, sizeof *f);
    if (!f || !(f->path = strdup(path)))
        err_no_memory();
    f->text = open_memstream(&f->buffer, &f->buffered);
    if (!f->text)
        err_no_memory();
    f->fd = fd;
    if (choice)
        f->choice = *choice;
    put_head(f, config);
    return f;
}

bool trace_file_wants_steps(const struct trace_file *f)
{
    return f->choice.steps;
}

bool trace_file_close(struct trace_file *f, uint64_t clock, struct err *err)
{
    fprintf(f->text, "{\"end\":%" PRIu64 ",\"lines\":%" PRIu64, clock,
            f->lines);
    line_end(f);
    spill(f);
    int failed = f->failed;
    if (f->fd != STDOUT_FILENO && close(f->fd) != 0 && !failed)
        failed = errno;
    if (failed)
        err_set(err, EXIT_HOST_RESOURCE,
                "%s: the trace could not be written whole: %s", f->path,
                strerror(failed));
    fclose(f->text);
    free(f->buffer);
    for (int i = 0; i < KNOWN_COUNT; i++)
        free(f->known[i].id);
    free(f->path);
    free(f);
    return !failed;
}

/* ---- fields ------------------------------------------------------------- */

static void put_address(FILE *to, const char *key, uint64_t value)
{
    if (value)
        fprintf(to, ",\"%s\":\"0x%" PRIx64 "\"", key, value);
}

static void put_number(FILE *to, const char *key, uint64_t value)
{
    if (value)
        fprintf(to, ",\"%s\":%" PRIu64, key, value);
}

/* cause, interrupt, access and what refused it */
static void put_trap(FILE *to, const struct event *e)
{
    fprintf(to, ",\"cause\":%u", e->cause);
    if (e->interrupt)
        fprintf(to, ",\"interrupt\":true");
    if (e->refused)
        fprintf(to, ",\"refused\":\"%s\",\"access\":\"%s\"",
                refusal_name((enum refusal)e->refused),
                access_kind_name((enum access_kind)e->access));
}

/* What a fault's story needs: the entry that decided, and what was on record of
 * the domain's right then. */
static void put_fault(FILE *to, const struct event *e)
{
    const struct registry_right *r = &e->right;
    put_trap(to, e);
    put_number(to, "size", e->size);
    put_number(to, "has", e->rights);
    put_address(to, "pte", e->pte);
    if (e->segment_known)
        fprintf(to, ",\"segment\":\"0x%" PRIx64 "\"", e->segment);
    if (e->right_known)
        fprintf(to,
                ",\"right\":%u,\"before\":%u,\"changed\":%" PRIu64
                ",\"by\":%" PRIu32 ",\"at\":\"0x%" PRIx64 "\"",
                r->rights, r->before, r->changed, r->by_domain, r->address);
    put_address(to, "above", e->above);
}

/* Who changed the right, and where the domain sees the segment. */
static void put_giver(FILE *to, const struct registry_right *r)
{
    if (!r)
        return;
    put_number(to, "by", r->by_domain);
    if (r->address != r->base)
        put_address(to, "at", r->address);
}

static void put_kind(FILE *to, const struct registry *r, const struct event *e)
{
    switch (e->kind) {
    case EVENT_TRAP:
        put_trap(to, e);
        break;
    case EVENT_FAULT:
        put_fault(to, e);
        break;
    case EVENT_TLB_MISS:
    case EVENT_PROTECTION_MISS:
        fprintf(to, ",\"unit\":\"%s\",\"miss\":\"%s\"%s",
                unit_name((enum unit)e->unit),
                miss_cause_name((enum miss_cause)e->miss),
                e->late ? ",\"late\":true" : "");
        break;
    case EVENT_SWITCH:
        fprintf(to, ",\"from\":%" PRIu32, e->other);
        break;
    case EVENT_RIGHTS:
        fprintf(to, ",\"rights\":%u,\"before\":%" PRIu64, e->rights, e->value);
        put_giver(to, registry_right(r, e->domain, e->va));
        return;
    case EVENT_MESSAGE:
        if (e->value2)
            fprintf(to, ",\"sent\":true");
        break;
    case EVENT_HINT:
        fprintf(to, ",\"hint\":%u", e->hint);
        break;
    default:
        break;
    }
    put_number(to, "value", e->value);
}

/* ---- introductions ------------------------------------------------------ */

/* True: it was not known; now it is. */
static bool is_new(struct known *k, uint64_t id)
{
    for (size_t i = k->count; i > 0; i--)
        if (k->id[i - 1] == id)
            return false;
    if (k->count == k->room) {
        k->room = k->room ? 2 * k->room : 16;
        uint64_t *larger = realloc(k->id, k->room * sizeof *larger);
        if (!larger)
            err_no_memory();
        k->id = larger;
    }
    k->id[k->count++] = id;
    return true;
}

static void forget(struct known *k, uint64_t id)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->id[i] == id)
            k->id[i] = k->id[--k->count];
}

static void put_name(FILE *to, const char *name)
{
    fputs(",\"name\":", to);
    json_quote(to, name, strlen(name));
}

static void introduce_domain(struct trace_file *f, const struct registry *r,
                             uint32_t id)
{
    char buffer[32];
    if (!is_new(&f->known[KNOWN_DOMAIN], id))
        return;
    const struct registry_domain *d = registry_domain(r, id);
    fprintf(f->text, "{\"define\":\"domain\",\"id\":%" PRIu32, id);
    put_name(f->text, registry_domain_name(r, id, buffer, sizeof buffer));
    put_number(f->text, "space", d ? d->space : 0);
    line_end(f);
}

static void introduce_thread(struct trace_file *f, const struct registry *r,
                             uint32_t id)
{
    const struct registry_thread *t = registry_thread(r, id);
    if (!id || !t || !is_new(&f->known[KNOWN_THREAD], id))
        return;
    introduce_domain(f, r, t->domain);
    fprintf(f->text,
            "{\"define\":\"thread\",\"id\":%" PRIu32 ",\"domain\":%" PRIu32, id,
            t->domain);
    if (t->name[0])
        put_name(f->text, t->name);
    line_end(f);
}

static void introduce_segment(struct trace_file *f, const struct registry *r,
                              uint64_t base)
{
    const struct registry_segment *s = registry_segment(r, base);
    if (!s || !is_new(&f->known[KNOWN_SEGMENT], base))
        return;
    fprintf(f->text,
            "{\"define\":\"segment\",\"va\":\"0x%" PRIx64
            "\",\"bytes\":%" PRIu64,
            base, s->bytes);
    put_name(f->text, s->name);
    line_end(f);
}

static void introduce_portal(struct trace_file *f, const struct registry *r,
                             uint64_t id)
{
    for (size_t i = 0; i < r->portal_count; i++) {
        const struct registry_portal *p = &r->portals[i];
        if (p->id != id || !is_new(&f->known[KNOWN_PORTAL], id))
            continue;
        introduce_domain(f, r, p->domain);
        fprintf(f->text,
                "{\"define\":\"portal\",\"id\":%" PRIu32 ",\"domain\":%" PRIu32
                ",\"va\":\"0x%" PRIx64 "\"",
                p->id, p->domain, p->entry);
        line_end(f);
    }
}

/* An id may have a new bearer. */
static void forget_renamed(struct trace_file *f, const struct event *e)
{
    if (e->kind == EVENT_DOMAIN && e->value == 1)
        forget(&f->known[KNOWN_DOMAIN], e->domain);
    if (e->kind == EVENT_THREAD && e->value == 1)
        forget(&f->known[KNOWN_THREAD], e->thread);
    if (e->kind == EVENT_SEGMENT && e->value == 1)
        forget(&f->known[KNOWN_SEGMENT], e->va);
    if (e->kind == EVENT_HINT && e->hint == HINT_PORTAL_NEW)
        forget(&f->known[KNOWN_PORTAL], e->value);
}

static void introduce(struct trace_file *f, const struct registry *r,
                      const struct event *e)
{
    introduce_domain(f, r, e->domain);
    if (e->kind == EVENT_SWITCH)
        introduce_domain(f, r, e->other);
    introduce_thread(f, r, e->thread);
    if (e->kind == EVENT_RIGHTS || e->kind == EVENT_SEGMENT)
        introduce_segment(f, r, e->va);
    if (e->kind == EVENT_FAULT && e->segment_known)
        introduce_segment(f, r, e->segment);
    if (e->kind == EVENT_CALL || e->kind == EVENT_RETURN)
        introduce_portal(f, r, e->value);
}

/* ---- lines -------------------------------------------------------------- */

static bool in_window(const struct trace_choice *c, uint64_t clock)
{
    return clock >= c->first && (!c->last || clock <= c->last);
}

void trace_file_event(struct trace_file *f, const struct registry *r,
                      const struct event *e)
{
    FILE *to = f->text;
    forget_renamed(f, e);
    if (!in_window(&f->choice, e->cycle) || f->failed ||
        (f->choice.kinds && !(f->choice.kinds & EVENT_BIT(e->kind))))
        return;
    f->clock = e->cycle;
    introduce(f, r, e);
    fprintf(to, "{\"event\":\"%s\",\"cycle\":%" PRIu64 ",\"insns\":%" PRIu64,
            event_kind_name((enum event_kind)e->kind), e->cycle,
            e->instructions);
    put_number(to, "hart", e->hart);
    put_address(to, "pc", e->pc);
    fprintf(to, ",\"domain\":%" PRIu32, e->domain);
    put_number(to, "thread", e->thread);
    put_address(to, "va", e->va);
    put_kind(to, r, e);
    put_number(to, "cost", e->cost);
    line_end(f);
}

/* What a store left in memory: RAM only, a device may not be asked. */
static void put_stored(FILE *to, const struct bus *bus, const struct access *a)
{
    const uint8_t *at = bus_ram(bus, a->pa, a->size);
    if (a->kind == ACCESS_STORE && !a->refused && at)
        fprintf(to, ",\"stored\":\"0x%" PRIx64 "\"", bus_ram_load(at, a->size));
}

static void put_access(FILE *to, const struct bus *bus, const struct access *a)
{
    put_address(to, "va", a->va);
    put_address(to, "pa", a->pa);
    fprintf(to, ",\"access\":\"%s\",\"size\":%u",
            access_kind_name((enum access_kind)a->kind), a->size);
    put_stored(to, bus, a);
}

void trace_file_step(struct trace_file *f, const struct bus *bus,
                     const struct step *s)
{
    FILE *to = f->text;
    char text[DISASM_BYTES];
    if (!in_window(&f->choice, s->cycle) || f->failed)
        return;
    f->clock = s->cycle;
    fprintf(to, "{\"step\":%" PRIu64 ",\"pc\":\"0x%" PRIx64 "\",\"mode\":%u",
            s->cycle, s->pc, s->privilege);
    put_number(to, "hart", s->hart);
    if (s->length) {
        disasm(s->word, s->pc, text, sizeof text);
        fprintf(to, ",\"word\":\"0x%0*" PRIx32 "\",\"text\":\"%s\"",
                s->length * 2, s->word, text);
    }
    if (s->rd)
        fprintf(to, ",\"rd\":%u,\"value\":\"0x%" PRIx64 "\"", s->rd,
                s->rd_value);
    if (s->data.size)
        put_access(to, bus, &s->data);
    if (s->events & STEP_TRAP)
        fprintf(to, ",\"cause\":%u%s", s->cause,
                s->interrupt ? ",\"interrupt\":true" : "");
    fprintf(to, ",\"cycles\":%" PRIu32, s->cycles);
    line_end(f);
}
