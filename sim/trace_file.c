/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace file: one JSON object a line. Addresses are strings in
 * hexadecimal ("0x80000000"), so that every JSON reader keeps all 64 bits;
 * counts are numbers. Fields that say nothing (zero addresses, absent
 * look-ups) are left out.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/disasm.h"
#include "sim/trace.h"

struct trace_file {
    FILE *file;
    char *path;
    bool steps;
};

struct trace_file *trace_file_open(const char *path, bool steps,
                                   struct err *err)
{
    struct trace_file *f = calloc(1, sizeof *f);
    if (!f || !(f->path = strdup(path)))
        err_no_memory();
    f->steps = steps;
    f->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (!f->file) {
        err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %s", path,
                strerror(errno));
        free(f->path);
        free(f);
        return NULL;
    }
    return f;
}

bool trace_file_wants_steps(const struct trace_file *f)
{
    return f->steps;
}

bool trace_file_close(struct trace_file *f, struct err *err)
{
    bool ok = fflush(f->file) == 0 && !ferror(f->file);
    if (f->file != stdout)
        ok = fclose(f->file) == 0 && ok;
    if (!ok)
        err_set(err, EXIT_HOST_RESOURCE, "%s: the trace could not be written",
                f->path);
    free(f->path);
    free(f);
    return ok;
}

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

static void put_kind(FILE *to, const struct event *e)
{
    switch (e->kind) {
    case EVENT_TRAP:
    case EVENT_FAULT:
        put_trap(to, e);
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
        return;
    case EVENT_HINT:
        fprintf(to, ",\"hint\":%u", e->hint);
        break;
    default:
        break;
    }
    put_number(to, "value", e->value);
}

void trace_file_event(struct trace_file *f, const struct event *e)
{
    FILE *to = f->file;
    fprintf(to, "{\"event\":\"%s\",\"cycle\":%" PRIu64 ",\"insns\":%" PRIu64,
            event_kind_name((enum event_kind)e->kind), e->cycle,
            e->instructions);
    put_number(to, "hart", e->hart);
    put_address(to, "pc", e->pc);
    fprintf(to, ",\"domain\":%" PRIu32, e->domain);
    put_number(to, "thread", e->thread);
    put_address(to, "va", e->va);
    put_kind(to, e);
    put_number(to, "cost", e->cost);
    fputs("}\n", to);
}

void trace_file_step(struct trace_file *f, const struct step *s)
{
    FILE *to = f->file;
    char text[DISASM_BYTES];
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
    if (s->data.size) {
        put_address(to, "va", s->data.va);
        put_address(to, "pa", s->data.pa);
        fprintf(to, ",\"access\":\"%s\",\"size\":%u",
                access_kind_name((enum access_kind)s->data.kind), s->data.size);
    }
    if (s->events & STEP_TRAP)
        fprintf(to, ",\"cause\":%u%s", s->cause,
                s->interrupt ? ",\"interrupt\":true" : "");
    fprintf(to, ",\"cycles\":%" PRIu32 "}\n", s->cycles);
}
