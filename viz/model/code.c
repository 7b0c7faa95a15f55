// SPDX-License-Identifier: Apache-2.0
/*
 * Code around pc for the view model: bytes are read as the fetch unit would
 * find them but without asking the protection unit (a reader has no domain),
 * taken apart by cpu/disasm.c, and set beside the source lines that DWARF names
 * when the source files are there to read.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/disasm.h"
#include "viz/model/memory.h"

enum { ROWS_BEFORE = 30, BYTES_BEFORE = 2048, SOURCE_LIMIT = 4 << 20 };

/* ---- source files ----------------------------------------------------------
 */

void model_free_sources(struct model_memory *memory)
{
    for (int i = 0; i < SOURCE_FILES; i++) {
        heap_free(memory->heap, memory->source[i].text);
        heap_free(memory->heap, memory->source[i].line);
        memset(&memory->source[i], 0, sizeof memory->source[i]);
    }
}

static char *read_text(struct heap *heap, const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text;
    size_t n;

    if (!f)
        return NULL;
    text = malloc(SOURCE_LIMIT + 1);
    if (!text)
        err_no_memory();
    n = fread(text, 1, SOURCE_LIMIT, f);
    fclose(f);
    text[n] = 0;
    char *tight = heap_text(heap, text);
    free(text);
    if (!tight)
        err_no_memory();
    return tight;
}

static void split_lines(struct heap *heap, struct source_file *f)
{
    size_t room = 1;

    for (const char *p = f->text; *p; p++)
        room += *p == '\n';
    f->line = heap_new(heap, room, sizeof *f->line);
    if (!f->line)
        err_no_memory();
    for (char *p = f->text; *p;) {
        f->line[f->count++] = p;
        p += strcspn(p, "\n");
        if (*p)
            *p++ = 0;
    }
}

static struct source_file *find_source(struct model_memory *k, const char *path)
{
    char full[2 * SOURCE_PATH];

    for (int i = 0; i < SOURCE_FILES; i++)
        if (strcmp(k->source[i].path, path) == 0)
            return &k->source[i];
    struct source_file *f = &k->source[k->next_source];
    k->next_source = (k->next_source + 1) % SOURCE_FILES;
    heap_free(k->heap, f->text);
    heap_free(k->heap, f->line);
    memset(f, 0, sizeof *f);
    snprintf(f->path, sizeof f->path, "%s", path);
    f->text = read_text(k->heap, path);
    if (!f->text && k->root[0] && path[0] != '/') {
        snprintf(full, sizeof full, "%s/%s", k->root, path);
        f->text = read_text(k->heap, full);
    }
    if (f->text)
        split_lines(k->heap, f);
    return f;
}

/* "trap.c:120  text of the line", without the text when it cannot be read. */
static void source_text(struct model_memory *k, const char *path, int line,
                        char to[MODEL_LINE])
{
    const struct source_file *f = find_source(k, path);
    const char *name = strrchr(path, '/'), *text = "";

    if (f->text && line >= 1 && line <= f->count) {
        text = f->line[line - 1];
        while (isspace((unsigned char)*text))
            text++;
    }
    snprintf(to, MODEL_LINE, "%.60s:%d  %.90s", name ? name + 1 : path, line,
             text);
    for (char *p = to; *p; p++)
        if (*p == '\t')
            *p = ' ';
}

/* ---- instructions ----------------------------------------------------------
 */

/* Two bytes at va; false = not mapped. */
static bool peek_parcel(const struct machine *machine, uint64_t va,
                        uint16_t *parcel)
{
    struct mmu_regs regs = machine->now->cpu.mmu.regs;
    struct access a = { .va = va,
                        .size = 2,
                        .kind = ACCESS_FETCH,
                        .privilege = machine->now->cpu.privilege };

    regs.sprot = 0; /* translation only */
    return mmu_peek_as(&machine->now->cpu.mmu, &regs, &a) &&
           machine_peek_phys(machine, a.pa, parcel, sizeof *parcel);
}

/* The instruction at va; 0 = cannot be read. Returns its length. */
static int peek_word(const struct machine *machine, uint64_t va, uint32_t *word)
{
    uint16_t low, high;

    if (!peek_parcel(machine, va, &low))
        return 0;
    *word = low;
    if ((low & 3) != 3)
        return 2;
    if (!peek_parcel(machine, va + 2, &high))
        return 0;
    *word |= (uint32_t)high << 16;
    return 4;
}

/* Branch and jump targets by name: "jal ra,0x8000.." -> "jal ra,schedule". */
static void name_target(const struct machine *machine, char text[MODEL_LINE],
                        const char *function)
{
    struct place_name place = { 0 };
    const char *mnemonic = strncmp(text, "c.", 2) == 0 ? text + 2 : text;
    char *target = strstr(text, "0x");

    if (!target || (mnemonic[0] != 'b' && mnemonic[0] != 'j') ||
        strncmp(mnemonic, "jalr", 4) == 0)
        return;
    if (!registry_place(&machine->registry, strtoull(target, NULL, 16),
                        &place) ||
        !place.function)
        return;
    size_t room = (size_t)(text + MODEL_LINE - target);
    if (function && strcmp(function, place.function) == 0)
        snprintf(target, room, "+0x%llx", (unsigned long long)place.offset);
    else if (place.offset)
        snprintf(target, room, "%.40s+0x%llx", place.function,
                 (unsigned long long)place.offset);
    else
        snprintf(target, room, "%.40s", place.function);
}

/* `slti zero,...,N` is a hint to observers: says which. */
static void name_hint(char text[MODEL_LINE])
{
    static const char *const names[HINT_LIMIT] = {
#define HINT(number, name, doc) [number] = #name,
#include "os/abi/hint.def"
#undef HINT
    };
    const char *comma = strrchr(text, ',');
    size_t used = strlen(text);

    if (strncmp(text, "slti zero,", 10) != 0 || !comma)
        return;
    unsigned long number = strtoul(comma + 1, NULL, 0);
    if (number < HINT_LIMIT && names[number])
        snprintf(text + used, MODEL_LINE - used, "  hint %s", names[number]);
}

/* Start of the function that holds an address; 0 = unknown, or too far away. */
static uint64_t function_start(const struct machine *machine, uint64_t at)
{
    struct place_name place = { 0 };

    if (!registry_place(&machine->registry, at, &place) || !place.function ||
        place.offset > BYTES_BEFORE)
        return 0;
    return at - place.offset;
}

/* Where to begin so that about ROWS_BEFORE instructions come before `to`, which
 * is at or behind `start`; 0 = its bytes are not that sequence. */
static uint64_t start_before(const struct machine *machine, uint64_t start,
                             uint64_t to)
{
    uint64_t at, back[ROWS_BEFORE];
    int count = 0;
    uint32_t word;

    for (at = start; at < to;) {
        int length = peek_word(machine, at, &word);
        if (length == 0)
            return 0;
        back[count++ % ROWS_BEFORE] = at;
        at += (uint64_t)length;
    }
    if (at != to)
        return 0;
    return count <= ROWS_BEFORE ? start : back[count % ROWS_BEFORE];
}

/* Where to begin so that some instructions come before `to`: from the start of
 * its function, since code cannot be read backwards; `beyond`: also of those
 * before it. */
static uint64_t find_start(const struct machine *machine, uint64_t to,
                           bool beyond)
{
    uint64_t start = function_start(machine, to), found = to;

    while (start) {
        uint64_t from = start_before(machine, start, to);
        if (!from)
            break;
        found = from;
        if (!beyond || from != start || to - from > UINT64_C(4) * ROWS_BEFORE)
            break;
        start = function_start(machine, start - 2);
    }
    return found;
}

/* ---- heat ------------------------------------------------------------------
 */

static struct heat *heat_slot(struct model_memory *k, uint64_t pc)
{
    return &k->heat[(pc >> 1) * 0x9E3779B97F4A7C15ULL >> 52];
}

/* Counts where pc is, if time has passed since the last look. */
static void count_heat(struct model *m)
{
    struct heat *h = heat_slot(m->memory, m->pc);

    if (m->cycle == m->memory->heat_clock)
        return;
    m->memory->heat_clock = m->cycle;
    if (h->count == 0 || h->pc != m->pc)
        *h = (struct heat){ .pc = m->pc };
    h->count++;
}

static uint32_t heat_of(struct model *m, uint64_t pc)
{
    const struct heat *h = heat_slot(m->memory, pc);

    return h->pc == pc ? h->count : 0;
}

/* ---- rows ------------------------------------------------------------------
 */

static struct code_row *add_row(struct model *m, uint64_t pc)
{
    struct code_row *r = &m->code[m->code_count++];

    memset(r, 0, sizeof *r);
    r->pc = pc;
    return r;
}

/* The label and source line that stand before the instruction at pc. */
static void add_context(struct model *m, const struct place_name *place,
                        uint64_t pc, char last[MODEL_LINE])
{
    char line[MODEL_LINE];

    if (place->function && (place->offset == 0 || m->code_count == 0)) {
        struct code_row *r = add_row(m, pc);
        r->is_label = true;
        snprintf(r->text, MODEL_LINE, "%.100s:", place->function);
    }
    if (!place->file || place->line <= 0)
        return;
    source_text(m->memory, place->file, place->line, line);
    if (strcmp(line, last) == 0)
        return;
    snprintf(last, MODEL_LINE, "%s", line);
    struct code_row *r = add_row(m, pc);
    r->is_source = true;
    snprintf(r->text, MODEL_LINE, "%s", line);
}

static void read_rows(struct model *m, const struct machine *machine,
                      uint64_t at)
{
    char last[MODEL_LINE] = "";
    uint32_t word;

    while (m->code_count + 3 <= MODEL_CODE) {
        struct place_name place = { 0 };
        bool named = registry_place(&machine->registry, at, &place);
        int length = peek_word(machine, at, &word);
        if (length == 0)
            return;
        if (named)
            add_context(m, &place, at, last);
        struct code_row *r = add_row(m, at);
        disasm(word, at, r->text, DISASM_BYTES);
        name_target(machine, r->text, named ? place.function : NULL);
        name_hint(r->text);
        r->heat = heat_of(m, at);
        if (r->heat > m->code_hottest)
            m->code_hottest = r->heat;
        if (at == m->pc) {
            r->is_pc = true;
            m->code_pc = m->code_count - 1;
            snprintf(m->source, MODEL_LINE, "%s", last);
        }
        at += (uint64_t)length;
    }
}

static void name_code(const struct machine *machine, uint64_t pc,
                      char to[MODEL_NAME * 2])
{
    struct place_name place = { 0 };

    if (registry_place(&machine->registry, pc, &place) && place.function)
        snprintf(to, 2UL * MODEL_NAME, "%.16s %.30s+0x%llx",
                 place.program ? place.program : "", place.function,
                 (unsigned long long)place.offset);
    else
        snprintf(to, 2UL * MODEL_NAME, "%llx", (unsigned long long)pc);
}

void model_read_code(struct model *m, const struct machine *machine)
{
    m->code_count = 0;
    m->code_pc = -1;
    m->code_hottest = 0;
    m->source[0] = 0;
    count_heat(m);
    name_code(machine, m->pc, m->pc_symbol);
    m->look_symbol[0] = 0;
    if (m->look.set)
        name_code(machine, m->look.va, m->look_symbol);
    read_rows(
        m, machine,
        find_start(machine, m->look.set ? m->look.va : m->pc, m->look.set));
}
