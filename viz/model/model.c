// SPDX-License-Identifier: Apache-2.0
/*
 * The parts of the view model that need no machine: the console's lines,
 * finding events and stories in their rings, and how numbers and rights are
 * written on every screen. model/read.c fills the rest.
 */
#include "viz/model/model.h"

#include <stdio.h>
#include <string.h>

const char stop_letters[STOP_LETTERS + 1] = "FMRST";
const char *const stop_names[STOP_LETTERS] = { "fault", "TLB miss",
                                               "protection miss", "switch",
                                               "trap" };

const struct event_row *model_event(const struct model *m, uint64_t serial)
{
    const struct event_row *e = &m->events[serial % MODEL_EVENTS];

    if (serial >= m->event_count || m->event_count - serial > MODEL_EVENTS)
        return NULL;
    return e;
}

const char *model_story(const struct model *m, const struct event_row *e)
{
    uint64_t serial = e->story - 1;

    if (!e->story || m->story_count - serial > MODEL_STORIES)
        return NULL;
    return m->stories[serial % MODEL_STORIES];
}

const char *model_console_line(const struct model *m, uint64_t serial)
{
    if (serial >= m->console_lines || m->console_lines - serial > MODEL_CONSOLE)
        return "";
    return m->console[serial % MODEL_CONSOLE];
}

static char *new_line(struct model *m)
{
    char *line = m->console[m->console_lines++ % MODEL_CONSOLE];

    memset(line, 0, MODEL_LINE);
    m->console_bytes = 0;
    m->console_open = true;
    return line;
}

void model_print(struct model *m, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        char c = text[i];
        if (c == '\n') {
            if (!m->console_open)
                new_line(m); /* an empty line */
            m->console_open = false;
            continue;
        }
        if (c == '\r' || c == '\0')
            continue;
        char *line = m->console_open
                         ? m->console[(m->console_lines - 1) % MODEL_CONSOLE]
                         : new_line(m);
        /* A long line is cut on a character's end; the pane says so. */
        if (m->console_bytes < MODEL_LINE - 8 ||
            ((c & 0xc0) == 0x80 && m->console_bytes < MODEL_LINE - 1))
            line[m->console_bytes++] = c;
    }
}

void rights_text(uint8_t rights, char to[5])
{
    to[0] = rights & RIGHT_R ? 'r' : '-';
    to[1] = rights & RIGHT_W ? 'w' : '-';
    to[2] = rights & RIGHT_X ? 'x' : '-';
    to[3] = rights & RIGHT_M ? 'm' : '-';
    to[4] = 0;
}

void grouped_number(uint64_t n, char *to, size_t room)
{
    char digits[24];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%llu",
                                    (unsigned long long)n),
           used = 0;

    for (size_t i = 0; i < count && used + 2 < room; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            to[used++] = ',';
        to[used++] = digits[i];
    }
    to[used] = 0;
}

void size_text(uint64_t bytes, char *to, size_t room)
{
    static const char unit[] = " KMGT";
    int i = 0;

    while (i < 4 && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        i++;
    }
    snprintf(to, room, i ? "%llu%c" : "%llu", (unsigned long long)bytes,
             unit[i]);
}

void reach_text(uint64_t bytes, char *to, size_t room)
{
    static const char unit[] = " KMGTPE";
    double n = (double)bytes;
    int i = 0;

    for (; n >= 1024 && i < 6; i++)
        n /= 1024;
    if (i == 0)
        snprintf(to, room, "%llu", (unsigned long long)bytes);
    else
        snprintf(to, room, n < 10 && n != (double)(int)n ? "%.1f%c" : "%.0f%c",
                 n, unit[i]);
}

void address_text(uint64_t address, int width, char *to, size_t room)
{
    char digits[20];
    int n =
        snprintf(digits, sizeof digits, "%llx", (unsigned long long)address);

    if (n <= width)
        snprintf(to, room, "%*s", width, digits);
    else
        snprintf(to, room, "..%s", digits + n - (width > 2 ? width - 2 : 0));
}

void time_text(uint64_t cycles, uint64_t hz, char *to, size_t room)
{
    static const char *const units[] = { "ns", "us", "ms", "s" };
    double time = hz ? (double)cycles * 1e9 / (double)hz : 0;
    int i = 0;

    while (i < 3 && time >= 1000) {
        time /= 1000;
        i++;
    }
    snprintf(to, room, time >= 100 || time == 0 ? "%.0f %s" : "%.3g %s", time,
             units[i]);
}

void percent_text(uint64_t part, uint64_t whole, char *to, size_t room)
{
    if (whole == 0) {
        snprintf(to, room, "-");
        return;
    }
    /* tenths of a percent, in integers: the same digits on every host */
    uint64_t tenths = (uint64_t)((unsigned __int128)part * 1000 / whole);
    snprintf(to, room, "%llu.%llu%%", (unsigned long long)(tenths / 10),
             (unsigned long long)(tenths % 10));
}

bool model_is_moving(const struct model *m)
{
    return m->state == MODEL_RUNNING || m->other.state == OTHER_BEHIND ||
           m->ruler.state == RULER_UNDER_WAY;
}

void model_summary(const struct model *m, struct run_summary *to)
{
    memset(to, 0, sizeof *to);
    memcpy(to->machine, m->machine, sizeof to->machine);
    memcpy(to->personality, m->personality, sizeof to->personality);
    memcpy(to->domain, m->domain, sizeof to->domain);
    memcpy(to->thread, m->thread, sizeof to->thread);
    to->privilege = m->privilege;
    to->pc = m->pc;
    memcpy(to->x, m->x, sizeof to->x);
    memcpy(to->pc_symbol, m->pc_symbol, sizeof to->pc_symbol);
    to->cycle = m->cycle;
    to->instructions = m->instructions;
    to->program = m->program;
    to->faults = m->faults;
    to->newest = m->newest;
    to->began = m->began;
    memcpy(to->units, m->units, sizeof to->units);
    memcpy(to->bars, m->bars, sizeof to->bars);
    to->bar_count = m->bar_count;
    to->switch_window = m->switch_window;
    to->switch_total = m->switch_total;
    memcpy(to->switches, m->switches, sizeof to->switches);
    to->switch_count = m->switch_count;
}
