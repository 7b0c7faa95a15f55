/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite explain: runs a scenario to a moment and shows the way of one access
 * there. The address is a number, a symbol, or a segment's name, with an offset
 * behind a plus sign if wanted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cmd/session.h"
#include "sim/explain.h"

static const struct option_row rows[] = {
    SESSION_ROWS,
    { 0, "domain", "NAME", "who accesses: name or id; default: who runs then" },
    { 0, "as", "KIND", "read (default), write or fetch" },
    { 0, "size", "N", "bytes: 1, 2, 4 or 8 (default)" },
    { 0, NULL, NULL, NULL },
};
enum { ROW_DOMAIN = SESSION_ROW_COUNT, ROW_AS, ROW_SIZE };

struct arguments {
    struct session_arguments run;
    const char *address, *domain;
    uint8_t kind, size;
};

/* ---- the command line ---------------------------------------------------- */

static bool take_kind(const struct options *o, struct arguments *a)
{
    static const struct {
        const char *name;
        uint8_t kind;
    } kinds[] = {
        { "read", ACCESS_LOAD },   { "load", ACCESS_LOAD },
        { "r", ACCESS_LOAD },      { "write", ACCESS_STORE },
        { "store", ACCESS_STORE }, { "w", ACCESS_STORE },
        { "fetch", ACCESS_FETCH }, { "x", ACCESS_FETCH },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, o->value) == 0) {
            a->kind = kinds[i].kind;
            return true;
        }
    }
    usage_error(o->command, "--as %s: expected read, write or fetch", o->value);
    return false;
}

static bool take_size(const struct options *o, struct arguments *a)
{
    uint64_t n;
    if (!option_number(o, &n))
        return false;
    if (n != 1 && n != 2 && n != 4 && n != 8) {
        usage_error(o->command, "--size %s: expected 1, 2, 4 or 8", o->value);
        return false;
    }
    a->size = (uint8_t)n;
    return true;
}

static bool take_operand(const struct options *o, struct arguments *a)
{
    if (!a->address)
        a->address = o->value;
    else if (!a->run.session.path)
        a->run.session.path = o->value;
    else
        return usage_error(o->command, "one scenario only, not also %s",
                           o->value) == EXIT_PASSED;
    return true;
}

static bool take(const struct options *o, struct arguments *a, int row)
{
    switch (row) {
    case OPTION_OPERAND:
        return take_operand(o, a);
    case ROW_DOMAIN:
        a->domain = o->value;
        return true;
    case ROW_AS:
        return take_kind(o, a);
    case ROW_SIZE:
        return take_size(o, a);
    default:
        return row >= 0 && session_take(&a->run, o);
    }
}

/* ---- the question, once the machine is there ------------------------------
 */

/* "0x1000", "secret", "pong:main", and "+0x10" behind each. */
static bool find_address(const struct machine *m, const char *text,
                         uint64_t *va, struct err *err)
{
    char name[200], *end;
    const char *plus = strchr(text, '+');
    uint64_t offset = 0;
    snprintf(name, sizeof name, "%.*s",
             (int)(plus ? plus - text : (long)strlen(text)), text);
    if (plus) {
        offset = strtoull(plus + 1, &end, 0);
        if (end == plus + 1 || *end)
            return err_set(err, EXIT_USAGE, "%s: no offset behind +", text);
    }
    const struct registry_segment *s =
        registry_segment_named(&m->registry, name);
    if (s)
        *va = s->base;
    else if (name[0] >= '0' && name[0] <= '9') {
        *va = strtoull(name, &end, 0);
        if (*end)
            return err_set(err, EXIT_USAGE, "%s: no address", text);
    } else if (!registry_symbol(&m->registry, name, va)) {
        return err_set(err, EXIT_USAGE,
                       "%s: neither a number nor a segment or symbol known at "
                       "cycle %" PRIu64,
                       text, machine_clock(m));
    }
    *va += offset;
    return true;
}

static bool find_domain(const struct machine *m, const char *text, uint32_t *id,
                        struct err *err)
{
    char *end;
    if (!text) {
        *id = machine_domain(m);
        return true;
    }
    const struct registry_domain *d = registry_domain_named(&m->registry, text);
    if (!d && *text >= '0' && *text <= '9') {
        *id = (uint32_t)strtoul(text, &end, 10);
        d = *end ? NULL : registry_domain(&m->registry, *id);
    }
    if (strcmp(text, "kernel") == 0 || strcmp(text, "0") == 0) {
        *id = 0;
        return true;
    }
    if (!d)
        return err_set(err, EXIT_USAGE, "no domain %s at cycle %" PRIu64, text,
                       machine_clock(m));
    if (!d->live)
        return err_set(err, EXIT_USAGE, "domain %s ended at cycle %" PRIu64,
                       text, d->ended);
    *id = d->id;
    return true;
}

static bool answer(struct session *s, const struct arguments *a,
                   struct err *err)
{
    struct explain x = { .kind = a->kind, .size = a->size };
    const struct machine *m =
        moment_reach(s, &a->run.at, a->run.machine, NULL, err);
    if (!m || !find_address(m, a->address, &x.va, err) ||
        !find_domain(m, a->domain, &x.domain, err))
        return false;
    explain_access(m, &x, stdout);
    if (fflush(stdout) != 0)
        return err_set(err, EXIT_HOST_RESOURCE,
                       "standard output: cannot write: %m");
    return true;
}

static void say_nothing(void *context, const char *text, size_t bytes)
{
    (void)context, (void)text, (void)bytes;
}

static int execute(struct arguments *a)
{
    struct err err;
    a->run.session.quiet = a->run.session.no_progress = true;
    a->run.session.print = say_nothing;
    struct session *s = session_open(&a->run.session, &err);
    if (!s)
        return report(&err);
    int code = answer(s, a, &err) ? EXIT_PASSED : report(&err);
    (void)session_close(s);
    return code;
}

int command_explain(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .kind = ACCESS_LOAD, .size = 8 };
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    int code = EXIT_USAGE, row;
    session_arguments_init(&a.run, argc);
    while ((row = option_next(&o)) != OPTION_END && take(&o, &a, row))
        continue;
    if (row == OPTION_HELP)
        code = EXIT_PASSED;
    else if (row == OPTION_END && !a.run.session.path)
        usage_error(c, "ADDRESS and FILE.lua are needed");
    else if (row == OPTION_END)
        code = execute(&a);
    session_arguments_free(&a.run);
    return code;
}
