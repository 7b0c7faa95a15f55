// SPDX-License-Identifier: Apache-2.0
/*
 * The command line: everything that keys, clicks and `:` can say. The words
 * stand in a table for each subject (view/words.h). A command may be shortened
 * as long as it is clear which one is meant; Tab completes it
 * (view/complete.c).
 */
#include "viz/view/words.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void view_notice(struct view *v, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(v->notice, sizeof v->notice, format, list);
    va_end(list);
}

void view_wrong(struct view *v, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(v->notice, sizeof v->notice, format, list);
    va_end(list);
    v->wrong = true;
}

void view_wish(struct view *v, enum wish_kind kind, uint64_t number)
{
    if (v->wish_count < VIEW_WISHES)
        v->wishes[v->wish_count++] =
            (struct wish){ .kind = kind, .number = number };
}

void view_wish_text(struct view *v, enum wish_kind kind, const char *text)
{
    if (v->wish_count == VIEW_WISHES)
        return;
    struct wish *w = &v->wishes[v->wish_count++];
    *w = (struct wish){ .kind = kind };
    snprintf(w->text, sizeof w->text, "%s", text);
}

bool view_take_number(struct view *v, const char *text, uint64_t *number)
{
    char *end;

    *number = strtoull(text, &end, 0);
    if (*text && !*end && isdigit((unsigned char)*text))
        return true;
    view_wrong(v, "%.60s: expected a number", text);
    return false;
}

bool view_take_address(struct view *v, const char *text, uint64_t *va)
{
    const struct model *m = v->model;
    size_t name = strcspn(text, "+");
    uint64_t plus = 0;

    if (text[name] == '+' && !view_take_number(v, text + name + 1, &plus))
        return false;
    for (int i = 0; i < m->segment_count; i++)
        if (strlen(m->segments[i].name) == name &&
            strncmp(m->segments[i].name, text, name) == 0) {
            *va = m->segments[i].base + plus;
            return true;
        }
    int x = pane_register_named(text, name);
    if (x >= 0 || (name == 2 && strncmp(text, "pc", 2) == 0)) {
        *va = (x >= 0 ? m->x[x] : m->pc) + plus;
        return true;
    }
    char *end;
    *va = strtoull(text, &end, 16) + plus;
    if (end == text + name && name > 0)
        return true;
    view_wrong(v, "%.40s: expected an address in hex, a register or a segment",
               text);
    return false;
}

/* ---- the words -------------------------------------------------------------
 */

static const struct view_word *const tables[] = {
    view_words_time,    view_words_stops,  view_words_mark,   view_words_look,
    view_words_compare, view_words_screen, view_words_select, view_words_graph
};
enum { TABLES = sizeof tables / sizeof tables[0] };

/* The i-th word of all tables, NULL after the last. */
static const struct view_word *word_at(int i)
{
    for (int t = 0; t < TABLES; t++)
        for (const struct view_word *w = tables[t]; w->name; w++)
            if (i-- == 0)
                return w;
    return NULL;
}

/* The only word that begins with `text`, or is it; NULL: *several says why. */
static const struct view_word *find_word(const char *text, bool *several)
{
    const struct view_word *w, *found = NULL;

    *several = false;
    for (int i = 0; (w = word_at(i)); i++) {
        if (strcmp(w->name, text) == 0)
            return w;
        if (strncmp(w->name, text, strlen(text)) != 0)
            continue;
        *several |= found != NULL;
        found = w;
    }
    return *several ? NULL : found;
}

void view_command(struct view *v, const char *line)
{
    char text[VIEW_COMMAND], *argument[8], *rest, *name;
    const struct view_word *w;
    bool several;
    int count = 0;

    snprintf(text, sizeof text, "%s", line);
    name = strtok_r(text, " ", &rest);
    if (!name)
        return;
    while (count < 8 && (argument[count] = strtok_r(NULL, " ", &rest)))
        count++;
    w = find_word(name, &several);
    v->rest = line + strspn(line, " ");
    v->rest += strlen(name);
    v->rest += strspn(v->rest, " ");
    v->notice[0] = 0;
    v->wrong = false;
    if (w && view_is_locked(v, w->name))
        view_wrong(v, "%s: locked by the scenario", w->name);
    else if (w)
        w->obey(v, count, argument);
    else
        view_wrong(v, "%.40s: %s; help lists the commands", name,
                   several ? "could be several commands" : "no such command");
}

void view_command_help(char *to, size_t room)
{
    const struct view_word *w;
    size_t used = 0;

    *to = 0;
    for (int i = 0; (w = word_at(i)) && used < room; i++)
        used +=
            (size_t)snprintf(to + used, room - used, "%s%s%s: %s\n", w->name,
                             w->arguments[0] ? " " : "", w->arguments, w->doc);
}

const char *view_word(int i)
{
    const struct view_word *w = word_at(i);

    return w ? w->name : NULL;
}
