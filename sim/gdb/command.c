/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb/command.h; the table at the end is the list of packets. */
#include "sim/gdb/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/gdb/target.h"

struct packet_row {
    const char *begins;
    /* False = the packet is wrong, or asks for what there is not. */
    bool (*obey)(struct gdb *g, struct gdb_words *w);
};

/* ---- shared ---------------------------------------------------------------
 */

bool gdb_take_thread(const struct gdb *g, struct gdb_words *w, uint64_t *hart,
                     bool *every)
{
    uint64_t number;
    *every = gdb_take_word(w, "-1");
    if (*every)
        return true;
    if (!gdb_take_hex(w, &number) || number > g->machine->config.harts)
        return false;
    *every = number == 0;
    *hart = number - 1;
    return true;
}

struct hart *gdb_hart(const struct gdb *g)
{
    return &g->machine->hart[g->hart];
}

bool gdb_fine(struct gdb *g)
{
    gdb_say(g, "OK");
    return true;
}

/* ---- registers and memory --------------------------------------------------
 */

static bool read_registers(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    for (uint64_t i = 0; i < GDB_REGISTERS; i++) {
        uint64_t value;
        if (!gdb_target_register(gdb_hart(g), i, &value))
            return false;
        gdb_add_hex(g, &value, sizeof value);
    }
    return true;
}

/* What the debugger changes is an input of the run. What is so already is left
 * alone: a past that has not changed keeps its future. */
static bool set_register(struct gdb *g, uint64_t number, uint64_t value)
{
    const struct input in = {
        .kind = INPUT_REGISTER, .hart = g->hart, .at = number, .value = value
    };
    uint64_t old;
    return (gdb_target_register(gdb_hart(g), number, &old) && old == value) ||
           timeline_input(g->time, &in);
}

static bool set_memory(struct gdb *g, uint64_t va, const void *bytes, size_t n)
{
    const struct input in = { .kind = INPUT_MEMORY,
                              .hart = g->hart,
                              .at = va,
                              .bytes = bytes,
                              .count = n };
    return gdb_target_holds(g->machine, gdb_hart(g), va, bytes, n) ||
           timeline_input(g->time, &in);
}

static bool write_registers(struct gdb *g, struct gdb_words *w)
{
    if (w->left != 16UL * GDB_REGISTERS)
        return false;
    for (uint64_t i = 0, value; i < GDB_REGISTERS; i++)
        if (!gdb_take_value(w, &value) || !set_register(g, i, value))
            return false;
    return gdb_fine(g);
}

static bool read_register(struct gdb *g, struct gdb_words *w)
{
    uint64_t number, value;
    if (!gdb_take_hex(w, &number) ||
        !gdb_target_register(gdb_hart(g), number, &value))
        return false;
    gdb_add_hex(g, &value, sizeof value);
    return true;
}

static bool write_register(struct gdb *g, struct gdb_words *w)
{
    uint64_t number, value;
    return gdb_take_hex(w, &number) && gdb_take_char(w, '=') &&
           gdb_take_value(w, &value) && set_register(g, number, value) &&
           gdb_fine(g);
}

static bool read_memory(struct gdb *g, struct gdb_words *w)
{
    uint8_t bytes[GDB_PACKET_BYTES / 2];
    uint64_t va, wanted;
    if (!gdb_take_range(w, &va, &wanted))
        return false;
    size_t n = wanted < sizeof bytes ? (size_t)wanted : sizeof bytes;
    size_t got = gdb_target_read(g->machine, gdb_hart(g), va, bytes, n);
    gdb_add_hex(g, bytes, got);
    return got || !n;
}

static bool write_memory(struct gdb *g, struct gdb_words *w)
{
    uint8_t bytes[GDB_PACKET_BYTES / 2];
    uint64_t va, n;
    return gdb_take_range(w, &va, &n) && gdb_take_char(w, ':') &&
           n <= sizeof bytes && gdb_take_bytes(w, bytes, (size_t)n) &&
           set_memory(g, va, bytes, (size_t)n) && gdb_fine(g);
}

static bool write_binary(struct gdb *g, struct gdb_words *w)
{
    uint64_t va, n;
    return gdb_take_range(w, &va, &n) && gdb_take_char(w, ':') &&
           n == w->left && set_memory(g, va, w->at, w->left) && gdb_fine(g);
}

static bool detach(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    g->state = GDB_LEFT;
    return gdb_fine(g);
}

static bool kill_run(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    g->state = GDB_KILLED;
    return gdb_fine(g);
}

static bool why_stopped(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    gdb_say_stop(g);
    return true;
}

/* ---- threads ---------------------------------------------------------------
 */

/* Hg: registers and memory from now on; Hc: what c and s mean. */
static bool choose_thread(struct gdb *g, struct gdb_words *w)
{
    uint64_t one = g->hart;
    bool every;
    if (!(gdb_take_char(w, 'g') || gdb_take_char(w, 'c')) ||
        !gdb_take_thread(g, w, &one, &every))
        return false;
    if (!every)
        g->hart = one;
    return gdb_fine(g);
}

static bool thread_alive(struct gdb *g, struct gdb_words *w)
{
    uint64_t one;
    bool every;
    return gdb_take_thread(g, w, &one, &every) && !every && gdb_fine(g);
}

static bool current_thread(struct gdb *g, struct gdb_words *w)
{
    if (!w->left) /* else another packet: qCRC */
        gdb_say(g, "QC%" PRIx64, g->hart + 1);
    return true;
}

static bool first_threads(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    for (uint64_t i = 1; i <= g->machine->config.harts; i++)
        gdb_add(g, "%c%" PRIx64, i == 1 ? 'm' : ',', i);
    return true;
}

static bool more_threads(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    gdb_say(g, "l");
    return true;
}

static bool describe_thread(struct gdb *g, struct gdb_words *w)
{
    uint64_t one;
    bool every;
    char text[60];
    if (!gdb_take_thread(g, w, &one, &every) || every)
        return false;
    const struct cpu *c = &g->machine->hart[one].cpu;
    int n = snprintf(text, sizeof text, "hart %" PRIu64 ", %c-mode%s", one,
                     "US?M"[c->privilege & 3], c -> waiting ? ", in wfi" : "");
    gdb_add_hex(g, text, (size_t)n);
    return true;
}

/* ---- about the line --------------------------------------------------------
 */

static bool supported(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    gdb_say(g,
            "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;"
            "qXfer:libraries:read+;"
            "vContSupported+;ReverseStep+;ReverseContinue+",
            GDB_PACKET_BYTES);
    return true;
}

static bool stop_acks(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    g->no_ack = true;
    return gdb_fine(g);
}

static bool attached(struct gdb *g, struct gdb_words *w)
{
    (void)w;
    gdb_say(g, "1"); /* so that quitting detaches */
    return true;
}

/* A piece of a document: m, or l for the last one, and its bytes. */
static bool read_document(struct gdb *g, const struct gdb_document *d,
                          uint64_t from, uint64_t n)
{
    if (from > d->bytes)
        return false;
    size_t left = d->bytes - (size_t)from;
    if (n > GDB_PACKET_BYTES - 1)
        n = GDB_PACKET_BYTES - 1;
    bool last = left <= n;
    gdb_say(g, "%c%.*s", last ? 'l' : 'm', (int)(last ? left : n),
            d->text + from);
    return true;
}

static bool read_target(struct gdb *g, struct gdb_words *w)
{
    uint64_t from, n;
    return gdb_take_range(w, &from, &n) &&
           read_document(g, &g->target, from, n);
}

static bool read_programs(struct gdb *g, struct gdb_words *w)
{
    const struct registry *r = &g->machine->registry;
    uint64_t from, n;
    if (!gdb_take_range(w, &from, &n))
        return false;
    if (from == 0 || !g->programs.text) {
        FILE *to = gdb_document_open(&g->programs);
        gdb_target_print_programs(r, to);
        gdb_document_close(to);
        g->program_count = r->program_count;
        g->knows_programs = true;
    }
    return read_document(g, &g->programs, from, n);
}

/* ---- monitor
 * ------------------------------------------
 */

static void send_text(struct gdb *g, const char *text, size_t n)
{
    const size_t most = GDB_PACKET_BYTES / 2 - 1;
    for (size_t done = 0, part; done < n; done += part) {
        part = n - done < most ? n - done : most;
        gdb_say(g, "O");
        gdb_add_hex(g, text + done, part);
        gdb_send(g);
    }
}

static bool monitor(struct gdb *g, struct gdb_words *w)
{
    char line[200], *text = NULL;
    size_t n = w->left / 2, bytes = 0;
    if (n >= sizeof line || !gdb_take_bytes(w, (uint8_t *)line, n))
        return false;
    line[n] = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        err_no_memory();
    gdb_obey_monitor(g, line, to);
    if (fclose(to) != 0)
        err_no_memory();
    send_text(g, text, bytes);
    free(text);
    return gdb_fine(g);
}

/* ---- all packets -----------------------------------------------------------
 */

/* Longer beginnings before those that they begin with. */
static const struct packet_row rows[] = {
    { "?", why_stopped },
    { "qSupported", supported },
    { "QStartNoAckMode", stop_acks },
    { "qXfer:features:read:target.xml:", read_target },
    { "qXfer:libraries:read::", read_programs },
    { "qAttached", attached },
    { "qfThreadInfo", first_threads },
    { "qsThreadInfo", more_threads },
    { "qThreadExtraInfo,", describe_thread },
    { "qC", current_thread },
    { "qRcmd,", monitor },
    { "vCont?", gdb_ask_actions },
    { "vCont", gdb_act },
    { "vKill;", kill_run },
    { "g", read_registers },
    { "G", write_registers },
    { "p", read_register },
    { "P", write_register },
    { "m", read_memory },
    { "M", write_memory },
    { "X", write_binary },
    { "Z", gdb_set_point },
    { "z", gdb_remove_point },
    { "bs", gdb_step_back },
    { "bc", gdb_run_back },
    { "c", gdb_go_on },
    { "s", gdb_step },
    { "H", choose_thread },
    { "T", thread_alive },
    { "D", detach },
    { "k", kill_run },
};

void gdb_obey(struct gdb *g)
{
    struct gdb_words w = { g->reader.text, g->reader.length };
    gdb_say(g, "%s", "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (gdb_take_word(&w, rows[i].begins)) {
            if (!rows[i].obey(g, &w))
                gdb_say(g, "E01");
            return;
        }
}
