// SPDX-License-Identifier: Apache-2.0
/*
 * Reads a trace from beginning to end into the index of model/tape.h. Lines and
 * stories of events are written by the same functions as for a live machine,
 * from a registry that learns as it learned then.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/story.h"
#include "viz/model/memory.h"
#include "viz/model/tape.h"

/* Everything that is needed only while reading. */
struct loading {
    struct tape *tape;
    struct model *model; /* for its timeline */
    struct tape_hart hart[MACHINE_HARTS_MAX];
    uint32_t running[MACHINE_HARTS_MAX]; /* domain */
};

/* Room for one more: arrays double. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? 2 * *room : 256;
    void *larger = realloc(array, *room * size);
    if (!larger)
        err_no_memory();
    return larger;
}

/* ---- texts, each kept once ------------------------------------------------
 */

static size_t hash_of(const char *text)
{
    size_t hash = 14695981039346656037u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

static void enter(struct tape *t, uint32_t offset)
{
    size_t at = hash_of(t->text + offset) & (t->word_room - 1);

    while (t->words[at])
        at = (at + 1) & (t->word_room - 1);
    t->words[at] = offset + 1;
}

/* Keeps half of the hash free. */
static void widen(struct tape *t)
{
    uint32_t *old = t->words;
    size_t room = t->word_room;

    if (2 * t->word_count < room)
        return;
    t->word_room = room ? 2 * room : 1024;
    t->words = calloc(t->word_room, sizeof *t->words);
    if (!t->words)
        err_no_memory();
    for (size_t i = 0; i < room; i++)
        if (old[i])
            enter(t, old[i] - 1);
    free(old);
}

static uint32_t keep_text(struct tape *t, const char *text)
{
    size_t bytes = strlen(text) + 1, at;

    widen(t);
    for (at = hash_of(text) & (t->word_room - 1); t->words[at];
         at = (at + 1) & (t->word_room - 1))
        if (strcmp(t->text + t->words[at] - 1, text) == 0)
            return t->words[at] - 1;
    while (t->text_used + bytes > t->text_room) {
        t->text_room = t->text_room ? 2 * t->text_room : 4096;
        t->text = realloc(t->text, t->text_room);
        if (!t->text || t->text_room > UINT32_MAX)
            err_no_memory();
    }
    uint32_t offset = (uint32_t)t->text_used;
    memcpy(t->text + offset, text, bytes);
    t->text_used += bytes;
    t->words[at] = offset + 1;
    t->word_count++;
    return offset;
}

/* ---- events ----------------------------------------------------------------
 */

static void keep_story(struct tape *t, const struct event *e)
{
    char text[MODEL_STORY];

    if (e->kind == EVENT_FAULT)
        story_fault(t->who, e, text, sizeof text);
    else
        story_event(t->who, e, text, sizeof text);
    t->stories =
        grown(t->stories, t->story_count, &t->story_room, sizeof *t->stories);
    t->stories[t->story_count] = strdup(text);
    if (!t->stories[t->story_count++])
        err_no_memory();
}

/* The timeline of a model, filled by the functions of a live one, is copied as
 * it grows. */
static void keep_moment(struct loading *l, const struct event *e)
{
    struct tape *t = l->tape;
    uint64_t before = l->model->moment_count;

    model_read_moment(l->model, t->who, e, false);
    if (l->model->moment_count == before)
        return;
    t->moments =
        grown(t->moments, t->moment_count, &t->moment_room, sizeof *t->moments);
    t->moments[t->moment_count++] = *model_moment(l->model, before);
}

/* Is the event's domain the one that has the hart? Others tell about one. */
static bool tells_who_runs(const struct event *e)
{
    return e->kind != EVENT_RIGHTS && e->kind != EVENT_DOMAIN &&
           e->kind != EVENT_THREAD && e->kind != EVENT_FAULT;
}

static void keep_event(struct loading *l, const struct event *e)
{
    struct tape *t = l->tape;
    char line[MODEL_LINE], buffer[NAME_BYTES];

    if (tells_who_runs(e))
        l->running[e->hart] = e->domain;
    model_event_line(t->who, e, line);
    keep_moment(l, e);
    t->events =
        grown(t->events, t->event_count, &t->event_room, sizeof *t->events);
    struct tape_event *to = &t->events[t->event_count++];
    *to = (struct tape_event){
        .cycle = e->cycle,
        .instructions = e->instructions,
        .tick = t->reader.head.steps ? t->step_count : t->event_count,
        .va = e->va,
        .domain_id = e->domain,
        .segment = e->kind == EVENT_RIGHTS ? e->va : e->segment,
        .moments = t->moment_count,
        .text = keep_text(t, line),
        .running = l->running[e->hart],
        .thread = e->thread,
        .cost = e->cost,
        .from = e->other,
        .changes = (uint32_t)t->change_count,
        .kind = e->kind,
        .hart = e->hart,
        .lanes = (uint8_t)l->model->lane_count,
        .thread_lanes = (uint8_t)l->model->thread_count,
        .late = e->late
    };
    to->domain = keep_text(t, registry_domain_name(&t->who->registry, e->domain,
                                                   buffer, sizeof buffer));
    if (model_letter(e) == 'F') {
        keep_story(t, e);
        to->story = (uint32_t)t->story_count;
    }
    l->tape->behind[e->hart] = e->instructions - l->hart[e->hart].retired;
}

/* What the line changes of who is who. */
static void keep_change(struct tape *t, const struct trace_record *record,
                        const struct event *e)
{
    struct trace_change change;

    if (!trace_change(record, e, &change))
        return;
    trace_change_apply(&change, &t->who->registry);
    t->changes =
        grown(t->changes, t->change_count, &t->change_room, sizeof *t->changes);
    t->changes[t->change_count++] = change;
}

/* ---- steps ------------------------------------------------------------------
 */

static void read_step(const struct trace_record *record, struct tape_step *s)
{
    *s = (struct tape_step){
        .cycle = record->cycle,
        .pc = trace_number(record, "pc"),
        .value = trace_number(record, "value"),
        .cycles = (uint32_t)trace_number(record, "cycles"),
        .hart = (uint8_t)trace_number(record, "hart"),
        .mode = (uint8_t)trace_number(record, "mode") & 3,
        .rd = (uint8_t)trace_number(record, "rd") & 31,
        .trapped = trace_field(record, "cause") != NULL,
    };
    snprintf(s->text, sizeof s->text, "%.63s",
             *trace_text(record, "text") ? trace_text(record, "text")
                                         : "(nothing fetched)");
}

static void do_step(struct tape_hart h[MACHINE_HARTS_MAX],
                    const struct tape_step *s)
{
    struct tape_hart *of = &h[s->hart];

    of->retired += !s->trapped;
    if (!s->rd)
        return;
    of->x[s->rd] = s->value;
    of->known |= UINT32_C(1) << s->rd;
}

static void keep_page(struct loading *l, uint64_t offset, uint64_t line,
                      uint64_t clock, uint64_t cycle)
{
    struct tape *t = l->tape;

    t->pages = grown(t->pages, t->page_count, &t->page_room, sizeof *t->pages);
    struct tape_page *p = &t->pages[t->page_count++];
    p->offset = offset;
    p->line = line;
    p->clock = clock;
    p->cycle = cycle;
    memcpy(p->hart, l->hart, sizeof p->hart);
}

/* ---- the whole file ---------------------------------------------------------
 */

static const char *take_line(struct loading *l,
                             const struct trace_record *record, uint64_t offset,
                             uint64_t clock)
{
    struct tape *t = l->tape;
    struct tape_step s;
    struct event e;
    const char *wrong = NULL;

    switch (record->line) {
    case TRACE_STEP:
        read_step(record, &s);
        if (t->step_count++ % TAPE_PAGE == 0)
            keep_page(l, offset, t->reader.line - 1, clock, s.cycle);
        do_step(l->hart, &s);
        break;
    case TRACE_DEFINE:
        keep_change(t, record, NULL);
        break;
    case TRACE_EVENT:
        wrong = trace_event(record, &e);
        if (wrong)
            return wrong;
        keep_change(t, record, &e);
        t->who->event_count[e.kind]++;
        keep_event(l, &e);
        break;
    case TRACE_END:
        break;
    }
    t->clock = record->cycle;
    return NULL;
}

static bool load(struct tape *t, struct err *err)
{
    struct loading l = { .tape = t, .model = malloc(sizeof *l.model) };
    struct trace_record *record = malloc(sizeof *record);
    const char *wrong = NULL;

    if (!l.model || !record)
        err_no_memory();
    model_init(l.model, NULL, NULL);
    for (int h = 0; h < MACHINE_HARTS_MAX; h++)
        t->behind[h] = UINT64_MAX;
    if (t->reader.head.first) /* not from reset: the kernel was up already */
        t->who->event_count[EVENT_BOOTED] = 1;
    while (!wrong) {
        uint64_t offset = (uint64_t)ftello(t->reader.file);
        uint64_t clock = t->reader.clock;
        if (!trace_read(&t->reader, record, err))
            break;
        wrong = take_line(&l, record, offset, clock);
    }
    memcpy(t->lanes, l.model->lanes, sizeof t->lanes);
    memcpy(t->threads, l.model->threads, sizeof t->threads);
    t->applied = t->change_count;
    model_free(l.model);
    free(l.model);
    free(record);
    if (wrong)
        return err_set(err, EXIT_CANNOT_LOAD, "%s:%llu: %s", t->path,
                       (unsigned long long)t->reader.line, wrong);
    return err->code == EXIT_PASSED;
}

/* Version 1 told neither which right a fault lacked nor which spaces there
 * were.
 */
static bool tells_all(const struct tape *t, struct err *err)
{
    return t->reader.head.version > 1 ||
           err_set(err, EXIT_CANNOT_LOAD,
                   "%s:1: version 1 of the format says too little to be shown; "
                   "record it again (`opalite trace` still reads it)",
                   t->path);
}

bool tape_is_one(const char *path)
{
    FILE *f = fopen(path, "r");
    int first = f ? fgetc(f) : EOF;

    if (f)
        fclose(f);
    return first == '{';
}

struct tape *tape_open(const char *path, bool partial, struct err *err)
{
    struct tape *t = calloc(1, sizeof *t);

    if (!t || !(t->who = calloc(1, sizeof *t->who)) ||
        !(t->path = strdup(path)))
        err_no_memory();
    t->partial = partial;
    if (trace_read_open(&t->reader, t->path, partial, err) &&
        tells_all(t, err) && load(t, err))
        return t;
    tape_close(t);
    return NULL;
}

void tape_close(struct tape *t)
{
    if (!t)
        return;
    trace_read_close(&t->reader);
    registry_free(&t->who->registry);
    for (size_t i = 0; i < t->story_count; i++)
        free(t->stories[i]);
    free(t->who);
    free(t->path);
    free(t->events);
    free(t->changes);
    free(t->pages);
    free(t->moments);
    free(t->text);
    free(t->words);
    free(t->stories);
    free(t);
}

/* ---- places
 * ------------------------------------------------------------------ */

uint64_t tape_length(const struct tape *t)
{
    return t->reader.head.steps ? t->step_count : t->event_count;
}

size_t tape_events_at(const struct tape *t, uint64_t place)
{
    size_t low = 0, high = t->event_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->events[middle].tick <= place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Reads the page's steps from the file into a slot of the cache. */
static bool fill(struct tape *t, uint64_t page, unsigned slot, struct err *err)
{
    const struct tape_page *p = &t->pages[page];
    struct trace_record *record = malloc(sizeof *record);
    uint64_t wanted = t->step_count - page * TAPE_PAGE;
    bool ok;

    if (!record)
        err_no_memory();
    t->cache[slot].page = 0;
    t->cache[slot].count = 0;
    wanted = wanted < TAPE_PAGE ? wanted : TAPE_PAGE;
    ok = trace_read_from(&t->reader, p->offset, p->line, p->clock, err);
    while (ok && t->cache[slot].count < wanted) {
        ok = trace_read(&t->reader, record, err);
        if (ok && record->line == TRACE_STEP)
            read_step(record, &t->cache[slot].step[t->cache[slot].count++]);
    }
    free(record);
    if (ok)
        t->cache[slot].page = page + 1;
    else if (err->code == EXIT_PASSED)
        err_set(err, EXIT_CANNOT_LOAD, "%s: it has become shorter", t->path);
    return ok;
}

const struct tape_step *tape_step(struct tape *t, uint64_t n, struct err *err)
{
    uint64_t page = n / TAPE_PAGE;

    for (unsigned i = 0; i < TAPE_CACHE; i++)
        if (t->cache[i].page == page + 1)
            return &t->cache[i].step[n % TAPE_PAGE];
    unsigned slot = t->next_cache++ % TAPE_CACHE;
    return fill(t, page, slot, err) ? &t->cache[slot].step[n % TAPE_PAGE]
                                    : NULL;
}

bool tape_hart_at(struct tape *t, uint64_t n, uint8_t hart,
                  struct tape_hart *to, struct err *err)
{
    static const struct tape_page begin;
    uint64_t page = n / TAPE_PAGE;
    struct tape_hart all[MACHINE_HARTS_MAX];

    page = page < t->page_count ? page : t->page_count ? t->page_count - 1 : 0;
    memcpy(all, t->page_count ? t->pages[page].hart : begin.hart, sizeof all);
    for (uint64_t i = page * TAPE_PAGE; i < n; i++) {
        const struct tape_step *s = tape_step(t, i, err);
        if (!s)
            return false;
        do_step(all, s);
    }
    *to = all[hart];
    return true;
}

bool tape_place_of_cycle(struct tape *t, uint64_t cycle, uint64_t *place,
                         struct err *err)
{
    size_t page = 0;

    *place = 0;
    if (!t->reader.head.steps) {
        while (*place < t->event_count && t->events[*place].cycle < cycle)
            ++*place;
        *place += *place < t->event_count; /* with the event of that clock */
        return true;
    }
    while (page + 1 < t->page_count && t->pages[page + 1].cycle < cycle)
        page++;
    for (*place = page * TAPE_PAGE; *place < t->step_count; ++*place) {
        const struct tape_step *s = tape_step(t, *place, err);
        if (!s)
            return false;
        if (s->cycle >= cycle)
            break;
    }
    return true;
}

void tape_know(struct tape *t, uint64_t changes)
{
    struct registry *r = &t->who->registry;

    if (changes < t->applied) {
        registry_free(r);
        t->applied = 0;
    }
    while (t->applied < changes)
        trace_change_apply(&t->changes[t->applied++], r);
}
