/* SPDX-License-Identifier: Apache-2.0 */
/* What a user wants in a trace file, from words to struct trace_choice. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/trace/trace.h"

/* Groups of kinds that belong together: one word for each. */
static const struct {
    const char *name;
    uint32_t kinds;
} groups[] = {
    { "misses", EVENT_BIT(EVENT_TLB_MISS) | EVENT_BIT(EVENT_PROTECTION_MISS) },
    { "traps", EVENT_BIT(EVENT_TRAP) | EVENT_BIT(EVENT_SYSCALL) |
                   EVENT_BIT(EVENT_FAULT) | EVENT_BIT(EVENT_PANIC) },
    { "switches", EVENT_BIT(EVENT_SWITCH) | EVENT_BIT(EVENT_CONTEXT) |
                      EVENT_BIT(EVENT_FLUSH) | EVENT_BIT(EVENT_HINT) },
    { "calls", EVENT_BIT(EVENT_CALL) | EVENT_BIT(EVENT_RETURN) |
                   EVENT_BIT(EVENT_MESSAGE) },
    { "objects", EVENT_BIT(EVENT_DOMAIN) | EVENT_BIT(EVENT_SEGMENT) |
                     EVENT_BIT(EVENT_THREAD) | EVENT_BIT(EVENT_PROGRAM) |
                     EVENT_BIT(EVENT_RIGHTS) },
    { "marks", EVENT_BIT(EVENT_MARK) | EVENT_BIT(EVENT_BOOTED) },
};
#define GROUP_COUNT (sizeof groups / sizeof groups[0])

static const char *next_word(size_t i, const void *context)
{
    (void)context;
    if (i < GROUP_COUNT)
        return groups[i].name;
    i -= GROUP_COUNT;
    return i < EVENT_KIND_COUNT ? event_kind_name((enum event_kind)i) : NULL;
}

static bool add_word(struct trace_choice *c, const char *word, struct err *err)
{
    enum event_kind kind;
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        if (strcmp(groups[i].name, word) == 0) {
            c->kinds |= groups[i].kinds;
            return true;
        }
    }
    if (event_kind_find(word, &kind)) {
        c->kinds |= EVENT_BIT(kind);
        return true;
    }
    const char *near = nearest_word(word, next_word, NULL);
    return err_set(err, EXIT_USAGE, "no kind of event '%s'%s%s%s", word,
                   near ? " (did you mean " : "", near ? near : "",
                   near ? "?)" : "");
}

bool trace_choice_kinds(struct trace_choice *c, const char *list,
                        struct err *err)
{
    for (;;) {
        char word[40];
        size_t n = strcspn(list, ",");
        snprintf(word, sizeof word, "%.*s", (int)n, list);
        if (!add_word(c, word, err))
            return false;
        if (!list[n])
            return true;
        list += n + 1;
    }
}

/* A whole decimal number; *end behind it. False: none is there. */
static bool read_clock(const char *text, uint64_t *value, const char **end)
{
    char *after;
    if (*text < '0' || *text > '9')
        return false;
    *value = strtoull(text, &after, 0);
    *end = after;
    return true;
}

bool trace_choice_window(struct trace_choice *c, const char *text,
                         struct err *err)
{
    const char *at = text;
    c->last = 0;
    if (strncmp(at, "cycle:", 6) == 0)
        at += 6;
    bool ok = read_clock(at, &c->first, &at) && strncmp(at, "..", 2) == 0;
    if (ok && at[2])
        ok = read_clock(at + 2, &c->last, &at) && !*at && c->last >= c->first &&
             c->last > 0;
    if (!ok)
        return err_set(err, EXIT_USAGE,
                       "%s: expected cycle:A..B or cycle:A.., B not below A",
                       text);
    return true;
}
