/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of the prompt, as a table that prints its own help; see
 * prompt/prompt.h. */
#include "sim/prompt/prompt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/disasm.h"
#include "sim/prompt/row.h"
#include "sim/stats.h"
#include "sim/terminal.h"

#define DUMP_LINE 16
#define DUMP_MOST 4096

static const struct prompt_row *row_at(size_t i); /* NULL: no more */

/* ---- commands ------------------------------------------------------------ */

static enum prompt_answer help(const struct machine *m,
                               const struct prompt_words *w, FILE *to)
{
    (void)m, (void)w;
    const struct prompt_row *r;
    for (size_t i = 0; (r = row_at(i)) != NULL; i++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", r->name, r->arguments);
        fprintf(to, "  %-33s %s\n", left, r->doc);
    }
    fprintf(to, "A name may be cut short. The machine stands still here.\n");
    return PROMPT_STAY;
}

static enum prompt_answer go_on(const struct machine *m,
                                const struct prompt_words *w, FILE *to)
{
    (void)m, (void)w, (void)to;
    return PROMPT_CONTINUE;
}

static enum prompt_answer reset(const struct machine *m,
                                const struct prompt_words *w, FILE *to)
{
    (void)m, (void)w, (void)to;
    return PROMPT_RESET;
}

static enum prompt_answer leave(const struct machine *m,
                                const struct prompt_words *w, FILE *to)
{
    (void)m, (void)w, (void)to;
    return PROMPT_LEAVE;
}

static enum prompt_answer where(const struct machine *m,
                                const struct prompt_words *w, FILE *to)
{
    (void)w;
    char place[320];
    enum privilege mode = m->now->cpu.privilege;
    registry_place_text(&m->registry, m->now->cpu.pc, place, sizeof place);
    fprintf(to,
            "pc %s, %s-mode%s, cycle %" PRIu64 ", %" PRIu64 " instructions\n",
            place,
            mode == PRIV_M   ? "M"
            : mode == PRIV_S ? "S"
                             : "U",
            m->now->cpu.waiting ? ", in wfi" : "", machine_clock(m),
            machine_instructions(m));
    return PROMPT_STAY;
}

static enum prompt_answer registers(const struct machine *m,
                                    const struct prompt_words *w, FILE *to)
{
    (void)w;
    for (int i = 0; i < 32; i++)
        fprintf(to, "%-4s %016" PRIx64 "%s", register_names[i],
                m->now->cpu.x[i], i % 4 == 3 ? "\n" : "  ");
    fprintf(to, "pc   %016" PRIx64 "\n", m->now->cpu.pc);
    return PROMPT_STAY;
}

struct figures {
    const char *begins;
    FILE *to;
    size_t count;
};

static void print_figure(void *context, const char *name, uint64_t value,
                         const char *unit, const char *doc)
{
    struct figures *f = context;
    if (strncmp(name, f->begins, strlen(f->begins)) != 0)
        return;
    f->count++;
    fprintf(f->to, "%-32s %12" PRIu64 " %s, %s\n", name, value, unit, doc);
}

static enum prompt_answer figures(const struct machine *m,
                                  const struct prompt_words *w, FILE *to)
{
    struct figures f = { .begins = w->count > 1 ? w->word[1] : "", .to = to };
    stats_each(m, print_figure, &f);
    if (!f.count)
        fprintf(to, "no figure begins with \"%s\"\n", f.begins);
    return PROMPT_STAY;
}

bool prompt_number(const char *text, uint64_t *value, FILE *to)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 0);
    if (!errno && end != text && !*end && *text != '-')
        return true;
    fprintf(to, "%s: expected a number, as 4096 or 0x1000\n", text);
    return false;
}

static void dump_line(uint64_t at, const uint8_t *bytes, size_t n, FILE *to)
{
    fprintf(to, "%016" PRIx64 " ", at);
    for (size_t i = 0; i < n; i++)
        fprintf(to, " %02x", bytes[i]);
    fprintf(to, "%*s  ", (int)(3 * (DUMP_LINE - n)), "");
    for (size_t i = 0; i < n; i++)
        fputc(bytes[i] >= ' ' && bytes[i] < 127 ? bytes[i] : '.', to);
    fputc('\n', to);
}

static enum prompt_answer memory(const struct machine *m,
                                 const struct prompt_words *w, FILE *to)
{
    uint64_t at, count = UINT64_C(4) * DUMP_LINE;
    if (!prompt_number(w->word[1], &at, to) ||
        (w->count > 2 && !prompt_number(w->word[2], &count, to)))
        return PROMPT_STAY;
    if (count > DUMP_MOST) {
        fprintf(to, "%" PRIu64 " bytes: at most %d at once\n", count,
                DUMP_MOST);
        return PROMPT_STAY;
    }
    for (uint64_t done = 0; done < count; done += DUMP_LINE) {
        uint8_t bytes[DUMP_LINE];
        uint64_t left = count - done;
        size_t n = left < DUMP_LINE ? (size_t)left : DUMP_LINE;
        if (!machine_peek_phys(m, at + done, bytes, n)) {
            fprintf(to, "0x%" PRIx64 ": no RAM there\n", at + done);
            break;
        }
        dump_line(at + done, bytes, n, to);
    }
    return PROMPT_STAY;
}

/* As gdb takes it: file, and how far its addresses are moved. */
static enum prompt_answer programs(const struct machine *m,
                                   const struct prompt_words *w, FILE *to)
{
    const struct registry *r = &m->registry;
    (void)w;
    for (size_t i = 0; i < r->program_count; i++) {
        const struct registry_program *p = &r->programs[i];
        if (p->file)
            fprintf(to, "add-symbol-file %s -o 0x%" PRIx64 "\n", p->file->path,
                    p->bias);
        else
            fprintf(to, "%s at 0x%" PRIx64 ", from an unknown file\n", p->name,
                    p->text);
    }
    if (!r->program_count)
        fprintf(to, "no program is loaded yet\n");
    return PROMPT_STAY;
}

static const struct prompt_row rows[] = {
    { "continue", "", "back to the guest; so does an empty line", 0, 0, go_on },
    { "where", "", "pc, mode, cycle", 0, 0, where },
    { "registers", "", "x0 to x31, pc", 0, 0, registers },
    { "memory", "ADDRESS [BYTES]", "RAM, by physical address", 1, 2, memory },
    { "figures", "[BEGINNING]", "the figures so named; dtlb, accounts ...", 0,
      1, figures },
    { "programs", "", "where the kernel put programs, for gdb", 0, 0,
      programs },
    { "reset", "", "load the files again and start anew", 0, 0, reset },
    { "quit", "", "leave", 0, 0, leave },
    { "help", "", "this list", 0, 0, help },
};

static const struct prompt_row *row_at(size_t i)
{
    const size_t own = sizeof rows / sizeof rows[0];
    const struct prompt_row *r = i < own ? &rows[i] : &prompt_look[i - own];
    return r->name ? r : NULL;
}

/* ---- a line -------------------------------------------------------------- */

static const char *row_name(size_t i, const void *context)
{
    const struct prompt_row *r = row_at(i);
    (void)context;
    return r ? r->name : NULL;
}

void prompt_cut(struct prompt_words *w, const char *line)
{
    char *rest;
    w->count = 0;
    snprintf(w->text, sizeof w->text, "%s", line);
    for (char *word = strtok_r(w->text, " \t\r\n", &rest);
         word && w->count <= PROMPT_WORDS;
         word = strtok_r(NULL, " \t\r\n", &rest))
        w->word[w->count++] = word;
}

static const struct prompt_row *find(const char *name)
{
    const struct prompt_row *r;
    for (size_t i = 0; (r = row_at(i)) != NULL; i++)
        if (strncmp(r->name, name, strlen(name)) == 0)
            break;
    return r;
}

enum prompt_answer prompt_obey(const struct machine *m, const char *line,
                               FILE *to)
{
    struct prompt_words w;
    prompt_cut(&w, line);
    if (w.count == 0)
        return PROMPT_CONTINUE;
    const struct prompt_row *r = find(w.word[0]);
    if (!r) {
        const char *near = nearest_word(w.word[0], row_name, NULL);
        fprintf(to, "no command %s%s%s%s; help lists them\n", w.word[0],
                near ? " (did you mean " : "", near ? near : "",
                near ? "?)" : "");
        return PROMPT_STAY;
    }
    if (w.count - 1 < r->least || w.count - 1 > r->most) {
        fprintf(to, "expected: %s%s%s\n", r->name, *r->arguments ? " " : "",
                r->arguments);
        return PROMPT_STAY;
    }
    return r->obey(m, &w, to);
}

enum prompt_answer prompt_run(const struct machine *m)
{
    enum prompt_answer answer = PROMPT_STAY;
    char line[PROMPT_LINE];
    terminal_cooked();
    printf("\nThe machine stands still; help lists the commands.\n");
    while (answer == PROMPT_STAY) {
        printf("opalite> ");
        fflush(stdout);
        int n = terminal_read(line, sizeof line - 1, -1);
        if (terminal_interrupted())
            answer = PROMPT_CONTINUE; /* the run will notice */
        else if (n < 0)
            answer = PROMPT_LEAVE;
        if (n > 0) {
            line[n] = 0;
            answer = prompt_obey(m, line, stdout);
        }
    }
    fflush(stdout);
    terminal_raw();
    return answer;
}
