// SPDX-License-Identifier: Apache-2.0
/*
 * What the view model keeps of the past: moments of the timeline, samples of
 * the counters, the last switches, and which lines of the scenario have checked
 * something. Everything is read, nothing is asked of the machine.
 */
#include <stdio.h>
#include <string.h>

#include "viz/model_memory.h"

static void copy_name(char to[MODEL_NAME], const char *from)
{
    snprintf(to, MODEL_NAME, "%.*s", MODEL_NAME - 1, from ? from : "");
}

/* ---- the timeline ----------------------------------------------------------
 */

/* The lane of a domain; a new one gets the next, and so does a new domain under
 * an old number. The last lane takes all that come too late for one of their
 * own. */
uint8_t model_lane(struct model *m, const struct machine *machine, uint32_t id)
{
    char buffer[NAME_BYTES], name[MODEL_NAME];
    int i = m->lane_count;

    copy_name(name, registry_domain_name(&machine->registry, id, buffer,
                                         sizeof buffer));
    while (i > 0 && m->lanes[i - 1].id != id)
        i--;
    if (i > 0 && strcmp(m->lanes[i - 1].name, name) == 0)
        return (uint8_t)(i - 1);
    if (m->lane_count == MODEL_LANES)
        return MODEL_LANES - 1;
    struct lane *l = &m->lanes[m->lane_count++];
    l->id = id;
    copy_name(l->name, name);
    return (uint8_t)(m->lane_count - 1);
}

static char moment_letter(const struct event *e)
{
    switch (e->kind) {
    case EVENT_CALL:
        return 'C';
    case EVENT_RETURN:
        return 'c';
    case EVENT_MARK:
        return '*';
    case EVENT_TRAP:
        return ' '; /* too many to be worth a mark */
    default:
        return model_letter(e) == '.' ? ' ' : model_letter(e);
    }
}

const struct moment *model_moment(const struct model *m, uint64_t serial)
{
    if (serial >= m->moment_count || m->moment_count - serial > MODEL_MOMENTS)
        return NULL;
    return &m->moments[serial % MODEL_MOMENTS];
}

void model_read_moment(struct model *m, const struct machine *machine,
                       const struct event *e, bool gap)
{
    struct moment now = { .cycle = e->cycle,
                          .letter = moment_letter(e),
                          .lane = model_lane(m, machine, e->domain),
                          .gap = gap };
    const struct moment *last =
        m->moment_count ? model_moment(m, m->moment_count - 1) : NULL;

    if (now.letter == 'S' || now.letter == 'C') {
        now.other = model_lane(m, machine, e->other);
        now.cost = e->cost;
    }
    /* nothing new: the same domain goes on */
    if (last && now.letter == ' ' && !gap && last->lane == now.lane)
        return;
    m->moments[m->moment_count++ % MODEL_MOMENTS] = now;
}

/* ---- counters over time ----------------------------------------------------
 */

/* Keeps every second sample, so that the whole run always fits. */
static void thin_out(struct model *m)
{
    for (int i = 0; i < m->sample_count / 2; i++)
        m->samples[i] = m->samples[2 * i + 1];
    m->sample_count /= 2;
    m->sample_spacing *= 2;
}

void model_read_samples(struct model *m, const struct machine *machine)
{
    uint64_t now = machine_clock(machine);
    struct sample *s;

    if (m->sample_spacing == 0)
        m->sample_spacing = 1000;
    if (m->sample_count &&
        now < m->samples[m->sample_count - 1].cycle + m->sample_spacing)
        return;
    if (m->sample_count == MODEL_SAMPLES)
        thin_out(m);
    s = &m->samples[m->sample_count++];
    *s = (struct sample){ .cycle = now,
                          .instructions = m->instructions,
                          .switches = m->total_switches };
    for (int u = 0; u < UNIT_COUNT; u++) {
        s->hits[u] = m->units[u].hits;
        s->misses[u] = m->units[u].misses;
    }
}

/* ---- switches --------------------------------------------------------------
 */

void model_read_switches(struct model *m, const struct machine *machine)
{
    const struct switch_record *from;
    char buffer[NAME_BYTES];

    m->switch_count = 0;
    while (m->switch_count < MODEL_SWITCHES &&
           (from = ledger_switch(&machine->now->ledger,
                                 (size_t)m->switch_count))) {
        struct switch_row *s = &m->switches[m->switch_count++];
        *s = (struct switch_row){ .number = from->number,
                                  .cycle = from->cycle,
                                  .direct = from->direct,
                                  .instructions = from->instructions,
                                  .from_id = from->from,
                                  .to_id = from->to };
        memcpy(s->phase, from->phase, sizeof s->phase);
        copy_name(s->from, registry_domain_name(&machine->registry, from->from,
                                                buffer, sizeof buffer));
        copy_name(s->to, registry_domain_name(&machine->registry, from->to,
                                              buffer, sizeof buffer));
    }
}

/* ---- the scenario's text ---------------------------------------------------
 */

/* A line of the comment that opens the scenario, without its dashes. What is
 * indented there stays on a line of its own. */
static void add_note(struct model *m, const char *text)
{
    size_t used = strlen(m->notes);
    bool stays = strncmp(text, "   ", 3) == 0;

    if (strstr(text, "SPDX-License-Identifier"))
        return;
    text += strspn(text, " ");
    snprintf(m->notes + used, sizeof m->notes - used, "%s%s\n",
             stays ? "    " : "", text);
}

/* What a checking line says: the text it gives as its last argument, without
 * quotes and dots; else the line itself. */
static void add_check(struct model *m, int number, const char *line)
{
    struct check_row *c = &m->checks[m->check_count];
    const char *at = line, *begin = NULL, *end = strrchr(line, ')');
    size_t used = 0;

    if (m->check_count == MODEL_CHECKS)
        return;
    memset(c, 0, sizeof *c);
    c->line = number;
    m->check_count++;
    while ((at = strstr(at, ", \"")))
        begin = at += 2;
    if (!begin || !end || end - begin < 8) {
        snprintf(c->text, sizeof c->text, "%.150s", line);
        return;
    }
    for (at = begin; at < end && used + 1 < sizeof c->text; at++) {
        if (strncmp(at, " .. ", 4) == 0)
            at += 2; /* one blank stays */
        if (*at != '"' && !(*at == ' ' && used && c->text[used - 1] == ' '))
            c->text[used++] = *at;
    }
}

void model_read_notes(struct model *m, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[1024];
    bool opening = true;

    for (int number = 1; f && fgets(line, sizeof line, f); number++) {
        line[strcspn(line, "\n")] = 0;
        const char *code = line + strspn(line, " \t");
        opening &= strncmp(line, "--", 2) == 0;
        if (opening)
            add_note(m, line + 2);
        else if (strncmp(code, "--", 2) != 0 && strstr(code, "check."))
            add_check(m, number, code);
    }
    if (f)
        fclose(f);
}

void model_read_lab(struct model *m, const struct session *s)
{
    if (s->lab.serial == m->lab.serial)
        return;
    m->lab = s->lab;
    if (s->lab.notes[0])
        memcpy(m->notes, s->lab.notes, sizeof m->notes);
}

void model_read_checks(struct model *m, const struct session *s)
{
    uint64_t now = s->checks_passed + s->checks_failed;
    uint64_t *seen = &m->memory->checks;

    if (now - *seen > SESSION_CHECKS)
        *seen = now - SESSION_CHECKS;
    for (; *seen < now; ++*seen) {
        const struct session_check *v = &s->checks[*seen % SESSION_CHECKS];
        for (int i = 0; i < m->check_count; i++) {
            if (m->checks[i].line != v->line)
                continue;
            m->checks[i].passed += v->held;
            m->checks[i].failed += !v->held;
        }
    }
}
