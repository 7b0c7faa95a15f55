/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats with a line or two per record: CSV for spreadsheets, Kanata 0004
 * for pipeline viewers, and the two logs of the reference simulator Spike
 * (-l and --log-commits) for comparing runs line by line.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/trace/export.h"

/* ---- CSV -----------------------------------------------------------------
 */

/* RFC 4180: in quotes where it must be. */
static void put_cell(FILE *to, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text; text++)
        fprintf(to, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', to);
}

static void put_field(FILE *to, const struct trace_record *r, const char *key)
{
    const struct trace_field *f = trace_field(r, key);
    fputc(',', to);
    if (f && f->is_text)
        put_cell(to, f->text);
    else if (f)
        fprintf(to, "%" PRIu64, f->number);
}

/* Columns of their own; every other field is a word of the last one. */
static const char *const columns[] = { "insns", "pc",    "domain", "thread",
                                       "va",    "value", "cost" };
#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

static bool is_column(const char *key)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (strcmp(columns[i], key) == 0)
            return true;
    return strcmp(key, "cycle") == 0;
}

static void put_others(FILE *to, const struct trace_record *r)
{
    char text[800];
    size_t n = 0;
    text[0] = 0;
    for (size_t i = 1; i < r->count; i++) {
        const struct trace_field *f = &r->field[i];
        if (is_column(f->key) || n >= sizeof text)
            continue;
        n += (size_t)(f->is_text
                          ? snprintf(text + n, sizeof text - n, "%s%s=%s",
                                     n ? " " : "", f->key, f->text)
                          : snprintf(text + n, sizeof text - n, "%s%s=%" PRIu64,
                                     n ? " " : "", f->key, f->number));
    }
    fputc(',', to);
    put_cell(to, text);
}

static void csv_row(struct trace_reader_file *r, FILE *to,
                    const struct trace_record *record)
{
    char buffer[40];
    bool step = record->line == TRACE_STEP;
    fprintf(to, "%s,%" PRIu64, step ? "step" : event_kind_name(record->kind),
            record->cycle);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        put_field(to, record, columns[i]);
        if (strcmp(columns[i], "domain") != 0)
            continue;
        fputc(',', to);
        if (!step)
            put_cell(to, trace_name(r, 'd', trace_number(record, "domain"),
                                    buffer, sizeof buffer));
    }
    put_others(to, record);
    fputc('\n', to);
}

bool trace_to_csv(struct trace_reader_file *r, FILE *to, struct err *err)
{
    struct trace_record record;
    fputs("kind,cycle,insns,pc,domain,domain_name,thread,va,value,cost,more\n",
          to);
    while (trace_read(r, &record, err))
        if (record.line == TRACE_EVENT || record.line == TRACE_STEP)
            csv_row(r, to, &record);
    return err->code == EXIT_PASSED;
}

/* ---- Kanata --------------------------------------------------------------
 */

/* Moves the viewer's clock on. */
static void kanata_time(FILE *to, uint64_t *clock, uint64_t now)
{
    if (now > *clock)
        fprintf(to, "C\t%" PRIu64 "\n", now - *clock);
    *clock = now;
}

/* One instruction at a time is in flight: Ex is its first cycle, St the ones
 * it waits for memory, a unit or a trap. */
bool trace_to_kanata(struct trace_reader_file *r, FILE *to, struct err *err)
{
    struct trace_record record;
    uint64_t number = 0, retired = 0, clock = 0;
    while (trace_read(r, &record, err)) {
        if (record.line != TRACE_STEP || !trace_field(&record, "text"))
            continue;
        uint64_t cycles = trace_number(&record, "cycles");
        bool trapped = trace_field(&record, "cause") != NULL;
        if (number == 0) {
            fprintf(to, "Kanata\t0004\nC=\t%" PRIu64 "\n", record.cycle);
            clock = record.cycle;
        }
        kanata_time(to, &clock, record.cycle);
        fprintf(to,
                "I\t%" PRIu64 "\t%" PRIu64 "\t0\nL\t%" PRIu64 "\t0\t%" PRIx64
                ": %s\nL\t%" PRIu64 "\t1\tmode %" PRIu64 ", %" PRIu64
                " cycles%s\nS\t%" PRIu64 "\t0\tEx\n",
                number, number, number, trace_number(&record, "pc"),
                trace_text(&record, "text"), number,
                trace_number(&record, "mode"), cycles,
                trapped ? ", trapped" : "", number);
        if (cycles > 1) {
            kanata_time(to, &clock, record.cycle + 1);
            fprintf(to, "S\t%" PRIu64 "\t0\tSt\n", number);
        }
        kanata_time(to, &clock, record.cycle + cycles);
        fprintf(to, "E\t%" PRIu64 "\t0\t%s\nR\t%" PRIu64 "\t%" PRIu64 "\t%d\n",
                number, cycles > 1 ? "St" : "Ex", number, retired, trapped);
        retired += !trapped;
        number++;
    }
    if (number == 0)
        fputs("Kanata\t0004\n", to);
    return err->code == EXIT_PASSED;
}

/* ---- Spike ---------------------------------------------------------------
 */

static const char *spike_cause(uint64_t cause)
{
    static const char *const names[] = {
        "instruction_address_misaligned",
        "instruction_access_fault",
        "illegal_instruction",
        "breakpoint",
        "load_address_misaligned",
        "load_access_fault",
        "store_address_misaligned",
        "store_access_fault",
        "user_ecall",
        "supervisor_ecall",
        "virtual_supervisor_ecall",
        "machine_ecall",
        "instruction_page_fault",
        "load_page_fault",
        NULL,
        "store_page_fault",
    };
    return cause < sizeof names / sizeof names[0] ? names[cause] : NULL;
}

static void spike_trap(FILE *to, const struct trace_record *s)
{
    uint64_t cause = trace_number(s, "cause");
    const char *name = spike_cause(cause);
    fprintf(to, "core %3" PRIu64 ": ", trace_number(s, "hart"));
    if (trace_number(s, "interrupt"))
        fprintf(to, "exception interrupt #%" PRIu64, cause);
    else if (name)
        fprintf(to, "exception trap_%s", name);
    else
        fprintf(to, "exception trap #%" PRIu64, cause);
    fprintf(to, ", epc 0x%016" PRIx64 "\n", trace_number(s, "pc"));
}

bool trace_to_spike(struct trace_reader_file *r, FILE *to, struct err *err)
{
    struct trace_record s;
    while (trace_read(r, &s, err)) {
        if (s.line != TRACE_STEP)
            continue;
        if (trace_field(&s, "word"))
            fprintf(to,
                    "core %3" PRIu64 ": 0x%016" PRIx64 " (0x%08" PRIx64
                    ") %s\n",
                    trace_number(&s, "hart"), trace_number(&s, "pc"),
                    trace_number(&s, "word"), trace_text(&s, "text"));
        if (trace_field(&s, "cause"))
            spike_trap(to, &s);
    }
    return err->code == EXIT_PASSED;
}

static void commit(FILE *to, const struct trace_record *s)
{
    const char *word = trace_text(s, "word"), *access = trace_text(s, "access");
    const struct trace_field *stored = trace_field(s, "stored");
    fprintf(to, "core %3" PRIu64 ": %" PRIu64 " 0x%016" PRIx64 " (%s)",
            trace_number(s, "hart"), trace_number(s, "mode"),
            trace_number(s, "pc"), word);
    if (trace_field(s, "rd"))
        fprintf(to, " x%-2" PRIu64 " 0x%016" PRIx64, trace_number(s, "rd"),
                trace_number(s, "value"));
    if (*access)
        fprintf(to, " mem 0x%016" PRIx64, trace_number(s, "va"));
    uint64_t size = trace_number(s, "size");
    if (stored)
        fprintf(to, " 0x%0*" PRIx64, size < 8 ? 2 * (int)size : 16,
                stored->number);
    fputc('\n', to);
}

bool trace_to_commits(struct trace_reader_file *r, FILE *to, struct err *err)
{
    struct trace_record s;
    while (trace_read(r, &s, err))
        if (s.line == TRACE_STEP && trace_field(&s, "word") &&
            !trace_field(&s, "cause"))
            commit(to, &s);
    return err->code == EXIT_PASSED;
}
