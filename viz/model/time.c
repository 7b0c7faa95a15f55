// SPDX-License-Identifier: Apache-2.0
/*
 * What the view model keeps of the past: moments of the timeline, samples of
 * the counters, the last switches, and which lines of the scenario have checked
 * something. Everything is read, nothing is asked of the machine.
 */
#include <stdio.h>
#include <string.h>

#include "viz/model/memory.h"

static void copy_name(char to[MODEL_NAME], const char *from)
{
    snprintf(to, MODEL_NAME, "%.*s", MODEL_NAME - 1, from ? from : "");
}

/* ---- the timeline ----------------------------------------------------------
 */

/* The lane with this number and name; a new one gets the next, and so does a
 * new thing under an old number. The last lane takes all that come too late for
 * one of their own. */
static uint8_t find_lane(struct lane lanes[MODEL_LANES], int *count,
                         uint32_t id, const char *name)
{
    int i = *count;

    while (i > 0 && lanes[i - 1].id != id)
        i--;
    if (i > 0 && strcmp(lanes[i - 1].name, name) == 0)
        return (uint8_t)(i - 1);
    if (*count == MODEL_LANES)
        return MODEL_LANES - 1;
    lanes[*count].id = id;
    copy_name(lanes[*count].name, name);
    return (uint8_t)(*count)++;
}

uint8_t model_lane(struct model *m, const struct machine *machine, uint32_t id)
{
    char buffer[NAME_BYTES], name[MODEL_NAME];

    copy_name(name, registry_domain_name(&machine->registry, id, buffer,
                                         sizeof buffer));
    return find_lane(m->lanes, &m->lane_count, id, name);
}

/* "alice #3": a thread of the domain alice. */
static uint8_t thread_lane(struct model *m, const struct machine *machine,
                           uint32_t id)
{
    const struct registry_thread *t = registry_thread(&machine->registry, id);
    char buffer[NAME_BYTES], name[MODEL_NAME] = "kernel";

    if (id != 0)
        snprintf(name, sizeof name, "%.18s #%u",
                 registry_domain_name(&machine->registry, t ? t->domain : 0,
                                      buffer, sizeof buffer),
                 id);
    uint8_t lane = find_lane(m->threads, &m->thread_count, id, name);
    m->threads[lane].kernel = !t || t->domain == 0;
    return lane;
}

/* Under a kernel traps are too many to be worth a mark. */
static char moment_letter(const struct machine *machine, const struct event *e)
{
    switch (e->kind) {
    case EVENT_CALL:
        return 'C';
    case EVENT_RETURN:
        return 'c';
    case EVENT_MARK:
        return '*';
    case EVENT_TRAP:
        return machine->event_count[EVENT_BOOTED] ? ' ' : 'T';
    default:
        return model_letter(e) == '.' ? ' ' : model_letter(e);
    }
}

struct time_track time_track(const struct model *m)
{
    return (struct time_track){ .moments = m->moments,
                                .moment_count = m->moment_count,
                                .cycle = m->cycle,
                                .lanes = m->lanes,
                                .threads = m->threads,
                                .lane_count = m->lane_count,
                                .thread_count = m->thread_count,
                                .hart_count = m->hart_count };
}

struct time_track time_track_other(const struct model *m)
{
    const struct other_run *o = &m->other;

    return (struct time_track){ .other = true,
                                .moments = o->moments,
                                .moment_count = o->moment_count,
                                .cycle = o->run.cycle,
                                .lanes = o->lanes,
                                .threads = o->threads,
                                .lane_count = o->lane_count,
                                .thread_count = o->thread_count,
                                .hart_count = o->hart_count };
}

const struct moment *time_moment(const struct time_track *t, uint64_t serial)
{
    if (serial >= t->moment_count || t->moment_count - serial > MODEL_MOMENTS)
        return NULL;
    return &t->moments[serial % MODEL_MOMENTS];
}

const struct moment *model_moment(const struct model *m, uint64_t serial)
{
    struct time_track t = time_track(m);

    return time_moment(&t, serial);
}

/* The domain that it was a switch from, or that a portal leads to. */
static uint32_t other_end(const struct machine *machine, const struct event *e)
{
    const struct registry *g = &machine->registry;

    if (e->kind == EVENT_SWITCH)
        return e->other;
    for (size_t i = 0; i < g->portal_count; i++)
        if (g->portals[i].id == e->value)
            return g->portals[i].domain;
    return 0;
}

/* The domain that made the call that this return ends: of the same thread, and
 * not ended yet. */
static uint8_t caller_of(const struct model *m, const struct moment *end)
{
    int inner = 0;

    for (uint64_t s = m->moment_count; s-- > 0;) {
        const struct moment *e = model_moment(m, s);
        if (!e)
            break;
        if (e->thread != end->thread)
            continue;
        if (e->letter == 'C' && inner-- == 0)
            return e->lane;
        inner += e->letter == 'c';
    }
    return end->lane;
}

void model_read_moment(struct model *m, const struct machine *machine,
                       const struct event *e, bool gap)
{
    struct moment now = { .cycle = e->cycle,
                          .letter = moment_letter(machine, e),
                          .lane = model_lane(m, machine, e->domain),
                          .thread = thread_lane(m, machine, e->thread),
                          .hart = e->hart,
                          .gap = gap };
    const struct moment *last =
        m->moment_count ? model_moment(m, m->moment_count - 1) : NULL;

    if (now.letter == 'S' || now.letter == 'C') {
        now.other = model_lane(m, machine, other_end(machine, e));
        now.other_thread = last ? last->thread : now.thread;
        now.cost = e->cost;
    }
    if (now.letter == 'c')
        now.other = caller_of(m, &now);
    /* nothing new: the same thread goes on */
    if (last && now.letter == ' ' && !gap && last->lane == now.lane &&
        last->thread == now.thread && last->hart == now.hart)
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

/* The counters of all harts; the clock is that of the one in focus. */
struct sample model_sample(const struct machine *machine)
{
    struct sample s = { .cycle = machine_clock(machine),
                        .instructions = machine_instructions(machine) };

    for (uint64_t h = 0; h < machine->config.harts; h++) {
        const struct hart *hart = &machine->hart[h];
        s.switches += hart->ledger.switches.count;
        for (int u = 0; u < UNIT_COUNT; u++) {
            s.hits[u] += hart->cpu.mmu.stats[u].hits;
            s.misses[u] += hart->cpu.mmu.stats[u].misses;
        }
    }
    return s;
}

uint64_t model_program_instructions(const struct machine *machine)
{
    struct ledger_snapshot now;
    uint64_t n = 0;

    for (uint64_t h = 0; h < machine->config.harts; h++) {
        const struct hart *hart = &machine->hart[h];
        ledger_snapshot(&hart->ledger, &hart->cpu.mmu, &now);
        n += now.phase_instructions[PHASE_USER];
    }
    return n;
}

void model_read_samples(struct model *m, const struct machine *machine)
{
    m->newest = model_sample(machine);
    uint64_t now = m->newest.cycle;

    if (m->sample_spacing == 0)
        m->sample_spacing = 1000;
    if (m->sample_count &&
        now < m->samples[m->sample_count - 1].cycle + m->sample_spacing)
        return;
    if (m->sample_count == MODEL_SAMPLES)
        thin_out(m);
    m->samples[m->sample_count++] = m->newest;
}

/* The newest sample not after a cycle: nothing counted, at the beginning. */
static struct sample sample_before(const struct model *m, uint64_t cycle)
{
    int i = m->sample_count;

    while (i > 0 && m->samples[i - 1].cycle > cycle)
        i--;
    return i > 0 ? m->samples[i - 1] : (struct sample){ 0 };
}

/* The oldest sample not before a cycle: now, at the end. */
static struct sample sample_after(const struct model *m, uint64_t cycle)
{
    for (int i = 0; i < m->sample_count; i++)
        if (m->samples[i].cycle >= cycle)
            return m->samples[i];
    return m->newest;
}

struct sample sample_difference(const struct sample *to,
                                const struct sample *from)
{
    struct sample d = { 0 };

    if (to->cycle <= from->cycle)
        return d;
    d.cycle = to->cycle - from->cycle;
    d.instructions = to->instructions - from->instructions;
    d.switches = to->switches - from->switches;
    for (int u = 0; u < UNIT_COUNT; u++) {
        d.hits[u] = to->hits[u] - from->hits[u];
        d.misses[u] = to->misses[u] - from->misses[u];
    }
    return d;
}

void model_between(const struct model *m, uint64_t from, uint64_t to,
                   struct sample *least, struct sample *most)
{
    struct sample before_from = sample_before(m, from),
                  after_from = sample_after(m, from),
                  before_to = sample_before(m, to),
                  after_to = sample_after(m, to);

    *least = sample_difference(&before_to, &after_from);
    *most = sample_difference(&after_to, &before_from);
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
