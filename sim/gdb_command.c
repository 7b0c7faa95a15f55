/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb_command.h; the table at the end is the list of packets. */
#include "sim/gdb_command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/gdb_target.h"
#include "sim/prompt.h"

/* What is left of a packet's text; it ends with a 0. */
struct words {
    const char *at;
    size_t left;
};

struct packet_row {
    const char *begins;
    /* False = the packet is wrong, or asks for what there is not. */
    bool (*obey)(struct gdb *g, struct words *w);
};

/* ---- reading a packet ------------------------------------------------------
 */

static bool take_char(struct words *w, char c)
{
    if (!w->left || *w->at != c)
        return false;
    w->at++;
    w->left--;
    return true;
}

static bool take_word(struct words *w, const char *word)
{
    size_t n = strlen(word);
    if (w->left < n || memcmp(w->at, word, n) != 0)
        return false;
    w->at += n;
    w->left -= n;
    return true;
}

static bool take_hex(struct words *w, uint64_t *value)
{
    size_t digits = 0;
    *value = 0;
    while (w->left && gdb_digit(*w->at) >= 0) {
        *value = *value << 4 | (uint64_t)gdb_digit(*w->at);
        w->at++;
        w->left--;
        digits++;
    }
    return digits > 0 && digits <= 16;
}

/* Exactly n bytes, two digits each. */
static bool take_bytes(struct words *w, uint8_t *to, size_t n)
{
    if (w->left < 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = gdb_digit(w->at[2 * i]), low = gdb_digit(w->at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    w->at += 2 * n;
    w->left -= 2 * n;
    return true;
}

/* A value as registers travel: 8 bytes, the lowest first, as on this host. */
static bool take_value(struct words *w, uint64_t *value)
{
    uint8_t bytes[8];
    if (!take_bytes(w, bytes, sizeof bytes))
        return false;
    memcpy(value, bytes, sizeof bytes);
    return true;
}

/* A thread: *hart; all or any (-1 or 0): *every. */
static bool take_thread(const struct gdb *g, struct words *w, uint64_t *hart,
                        bool *every)
{
    uint64_t number;
    *every = take_word(w, "-1");
    if (*every)
        return true;
    if (!take_hex(w, &number) || number > g->machine->config.harts)
        return false;
    *every = number == 0;
    *hart = number - 1;
    return true;
}

static struct hart *hart(const struct gdb *g)
{
    return &g->machine->hart[g->hart];
}

static bool fine(struct gdb *g)
{
    gdb_say(g, "OK");
    return true;
}

/* ---- registers and memory --------------------------------------------------
 */

static bool read_registers(struct gdb *g, struct words *w)
{
    (void)w;
    for (uint64_t i = 0; i < GDB_REGISTERS; i++) {
        uint64_t value;
        if (!gdb_target_register(hart(g), i, &value))
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
    return (gdb_target_register(hart(g), number, &old) && old == value) ||
           timeline_input(g->time, &in);
}

static bool set_memory(struct gdb *g, uint64_t va, const void *bytes, size_t n)
{
    const struct input in = { .kind = INPUT_MEMORY,
                              .hart = g->hart,
                              .at = va,
                              .bytes = bytes,
                              .count = n };
    return gdb_target_holds(g->machine, hart(g), va, bytes, n) ||
           timeline_input(g->time, &in);
}

static bool write_registers(struct gdb *g, struct words *w)
{
    if (w->left != 16UL * GDB_REGISTERS)
        return false;
    for (uint64_t i = 0, value; i < GDB_REGISTERS; i++)
        if (!take_value(w, &value) || !set_register(g, i, value))
            return false;
    return fine(g);
}

static bool read_register(struct gdb *g, struct words *w)
{
    uint64_t number, value;
    if (!take_hex(w, &number) || !gdb_target_register(hart(g), number, &value))
        return false;
    gdb_add_hex(g, &value, sizeof value);
    return true;
}

static bool write_register(struct gdb *g, struct words *w)
{
    uint64_t number, value;
    return take_hex(w, &number) && take_char(w, '=') && take_value(w, &value) &&
           set_register(g, number, value) && fine(g);
}

static bool take_range(struct words *w, uint64_t *va, uint64_t *bytes)
{
    return take_hex(w, va) && take_char(w, ',') && take_hex(w, bytes);
}

static bool read_memory(struct gdb *g, struct words *w)
{
    uint8_t bytes[GDB_PACKET_BYTES / 2];
    uint64_t va, wanted;
    if (!take_range(w, &va, &wanted))
        return false;
    size_t n = wanted < sizeof bytes ? (size_t)wanted : sizeof bytes;
    size_t got = gdb_target_read(g->machine, hart(g), va, bytes, n);
    gdb_add_hex(g, bytes, got);
    return got || !n;
}

static bool write_memory(struct gdb *g, struct words *w)
{
    uint8_t bytes[GDB_PACKET_BYTES / 2];
    uint64_t va, n;
    return take_range(w, &va, &n) && take_char(w, ':') && n <= sizeof bytes &&
           take_bytes(w, bytes, (size_t)n) &&
           set_memory(g, va, bytes, (size_t)n) && fine(g);
}

static bool write_binary(struct gdb *g, struct words *w)
{
    uint64_t va, n;
    return take_range(w, &va, &n) && take_char(w, ':') && n == w->left &&
           set_memory(g, va, w->at, w->left) && fine(g);
}

/* ---- points ----------------------------------------------------------------
 */

/* What follows Z and z: kind,address,bytes. */
static bool take_point(struct words *w, struct point *p)
{
    static const enum point_kind kinds[] = { POINT_PC, POINT_PC, POINT_STORE,
                                             POINT_LOAD, POINT_ACCESS };
    uint64_t kind;
    if (!take_hex(w, &kind) || kind >= sizeof kinds / sizeof kinds[0] ||
        !take_char(w, ',') || !take_range(w, &p->va, &p->bytes))
        return false;
    p->kind = kinds[kind];
    if (p->kind == POINT_PC)
        p->bytes = 0; /* the size of an instruction: not needed */
    return true;
}

/* Its place in the list, count = it is not there. */
static size_t find_point(const struct gdb_points *list, const struct point *p)
{
    size_t i = 0;
    while (i < list->count &&
           (list->at[i].kind != p->kind || list->at[i].va != p->va ||
            list->at[i].bytes != p->bytes))
        i++;
    return i;
}

bool gdb_add_point(struct gdb_points *list, const struct point *p)
{
    size_t i = find_point(list, p);
    if (i == GDB_POINTS)
        return false;
    list->at[i] = *p;
    list->count += i == list->count;
    return true;
}

/* False = it is not there. */
static bool drop_point(struct gdb_points *list, const struct point *p)
{
    size_t i = find_point(list, p);
    if (i == list->count)
        return false;
    list->at[i] = list->at[--list->count];
    return true;
}

static bool set_point(struct gdb *g, struct words *w)
{
    struct point p;
    if (!take_point(w, &p) || !gdb_add_point(&g->set, &p))
        return false;
    (void)drop_point(&g->gone, &p);
    return fine(g);
}

static bool remove_point(struct gdb *g, struct words *w)
{
    struct point p;
    if (!take_point(w, &p))
        return false;
    if (drop_point(&g->set, &p))
        (void)gdb_add_point(&g->gone, &p);
    return fine(g);
}

/* ---- going on --------------------------------------------------------------
 */

static uint32_t all_harts(const struct gdb *g)
{
    return (UINT32_C(1) << g->machine->config.harts) - 1;
}

static void limit_by(struct gdb *g, const struct gdb_points *list)
{
    for (size_t i = 0; i < list->count; i++)
        g->limit[g->points.count++] = list->at[i];
}

/* gdb_serve does the way. */
static bool go_back(struct gdb *g, const struct timeline_goal *goal)
{
    g->goal = *goal;
    g->again = false;
    g->state = GDB_GOING_BACK;
    return true;
}

/* Have harts that gdb did not want to hear of come to points that are still set?
 */
static bool passed_points(const struct gdb *g)
{
    const struct gdb_points *passed = &g->alone.passed;
    for (size_t i = 0; i < passed->count; i++)
        if (find_point(&g->set, &passed->at[i]) < g->set.count)
            return true;
    return false;
}

/* These harts step; of those named gdb may hear. */
static bool go(struct gdb *g, uint32_t step, uint32_t named)
{
    bool alone = named != all_harts(g);
    bool again = !alone && passed_points(g);
    struct timeline_goal begin = { .at_moment = true,
                                   .moment = g->alone.since };
    g->points = (struct points){ .at = g->limit,
                                 .step = step,
                                 .harts = all_harts(g) };
    limit_by(g, &g->set);
    if (alone)
        limit_by(g, &g->gone);
    g->gone.count = g->alone.passed.count = 0;
    g->alone.harts = alone ? named : 0;
    g->alone.since = when_now(g->machine);
    g->state = GDB_RUNNING;
    if (again)
        g->again = go_back(g, &begin);
    return true;
}

static bool go_on(struct gdb *g, struct words *w)
{
    return !w->left && go(g, 0, all_harts(g));
}

static bool step(struct gdb *g, struct words *w)
{
    return !w->left && go(g, UINT32_C(1) << g->hart, all_harts(g));
}

static bool turn_back(struct gdb *g, const struct timeline_goal *goal)
{
    g->been_back = true;
    g->gone.count = g->alone.passed.count = 0;
    return go_back(g, goal);
}

static bool step_back(struct gdb *g, struct words *w)
{
    const struct timeline_goal goal = { .step = UINT32_C(1) << g->hart };
    return !w->left && turn_back(g, &goal);
}

static bool run_back(struct gdb *g, struct words *w)
{
    struct timeline_goal goal = { .step = 0 };
    g->points = (struct points){ .at = g->limit };
    limit_by(g, &g->set);
    goal.points = g->points;
    return !w->left && turn_back(g, &goal);
}

static bool ask_actions(struct gdb *g, struct words *w)
{
    (void)w;
    gdb_say(g, "vCont;c;C;s;S");
    return true;
}

/* Signals are not delivered: there is nobody to take them. */
static bool take_action(struct words *w, bool *steps)
{
    uint64_t signal;
    bool with_signal = take_char(w, 'C') || (w->left && *w->at == 'S');
    *steps = take_char(w, 's') || take_char(w, 'S');
    if (with_signal)
        return take_hex(w, &signal);
    return *steps || take_char(w, 'c');
}

/* An action for each hart; of several the first one counts. Harts that are not
 * named run as well, for time is one for all of them. */
static bool act(struct gdb *g, struct words *w)
{
    uint32_t named = 0, stepping = 0;
    while (take_char(w, ';')) {
        bool steps, every = true;
        uint64_t one = 0;
        if (!take_action(w, &steps) ||
            (take_char(w, ':') && !take_thread(g, w, &one, &every)))
            return false;
        uint32_t harts = every ? all_harts(g) : UINT32_C(1) << one;
        stepping |= steps ? harts & ~named : 0;
        named |= harts;
    }
    return !w->left && named && go(g, stepping, named);
}

static bool detach(struct gdb *g, struct words *w)
{
    (void)w;
    g->state = GDB_LEFT;
    return fine(g);
}

static bool kill_run(struct gdb *g, struct words *w)
{
    (void)w;
    g->state = GDB_KILLED;
    return fine(g);
}

static bool why_stopped(struct gdb *g, struct words *w)
{
    (void)w;
    gdb_say_stop(g);
    return true;
}

/* ---- threads ---------------------------------------------------------------
 */

/* Hg: registers and memory from now on; Hc: what c and s mean. */
static bool choose_thread(struct gdb *g, struct words *w)
{
    uint64_t one = g->hart;
    bool every;
    if (!(take_char(w, 'g') || take_char(w, 'c')) ||
        !take_thread(g, w, &one, &every))
        return false;
    if (!every)
        g->hart = one;
    return fine(g);
}

static bool thread_alive(struct gdb *g, struct words *w)
{
    uint64_t one;
    bool every;
    return take_thread(g, w, &one, &every) && !every && fine(g);
}

static bool current_thread(struct gdb *g, struct words *w)
{
    if (!w->left) /* else another packet: qCRC */
        gdb_say(g, "QC%" PRIx64, g->hart + 1);
    return true;
}

static bool first_threads(struct gdb *g, struct words *w)
{
    (void)w;
    for (uint64_t i = 1; i <= g->machine->config.harts; i++)
        gdb_add(g, "%c%" PRIx64, i == 1 ? 'm' : ',', i);
    return true;
}

static bool more_threads(struct gdb *g, struct words *w)
{
    (void)w;
    gdb_say(g, "l");
    return true;
}

static bool describe_thread(struct gdb *g, struct words *w)
{
    uint64_t one;
    bool every;
    char text[60];
    if (!take_thread(g, w, &one, &every) || every)
        return false;
    const struct cpu *c = &g->machine->hart[one].cpu;
    int n = snprintf(text, sizeof text, "hart %" PRIu64 ", %c-mode%s", one,
                     "US?M"[c->privilege & 3], c -> waiting ? ", in wfi" : "");
    gdb_add_hex(g, text, (size_t)n);
    return true;
}

/* ---- about the line --------------------------------------------------------
 */

static bool supported(struct gdb *g, struct words *w)
{
    (void)w;
    gdb_say(g,
            "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;"
            "vContSupported+;ReverseStep+;ReverseContinue+",
            GDB_PACKET_BYTES);
    return true;
}

static bool stop_acks(struct gdb *g, struct words *w)
{
    (void)w;
    g->no_ack = true;
    return fine(g);
}

static bool attached(struct gdb *g, struct words *w)
{
    (void)w;
    gdb_say(g, "1"); /* so that quitting detaches */
    return true;
}

static bool read_target(struct gdb *g, struct words *w)
{
    uint64_t from, n;
    if (!take_range(w, &from, &n) || from > g->target_xml_bytes)
        return false;
    size_t left = g->target_xml_bytes - (size_t)from;
    if (n > GDB_PACKET_BYTES - 1)
        n = GDB_PACKET_BYTES - 1;
    bool last = left <= n;
    gdb_say(g, "%c%.*s", last ? 'l' : 'm', (int)(last ? left : n),
            g->target_xml + from);
    return true;
}

/* ---- monitor: the prompt's commands
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

static bool monitor(struct gdb *g, struct words *w)
{
    char line[200], *text = NULL;
    size_t n = w->left / 2, bytes = 0;
    if (n >= sizeof line || !take_bytes(w, (uint8_t *)line, n))
        return false;
    line[n] = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        err_no_memory();
    const struct machine *m = g->machine;
    if (prompt_obey(m, *line ? line : "help", to) != PROMPT_STAY)
        fprintf(to, "not from here: the debugger's own continue, detach and "
                    "kill do it\n");
    if (fclose(to) != 0)
        err_no_memory();
    send_text(g, text, bytes);
    free(text);
    return fine(g);
}

/* ---- all packets -----------------------------------------------------------
 */

/* Longer beginnings before those that they begin with. */
static const struct packet_row rows[] = {
    { "?", why_stopped },
    { "qSupported", supported },
    { "QStartNoAckMode", stop_acks },
    { "qXfer:features:read:target.xml:", read_target },
    { "qAttached", attached },
    { "qfThreadInfo", first_threads },
    { "qsThreadInfo", more_threads },
    { "qThreadExtraInfo,", describe_thread },
    { "qC", current_thread },
    { "qRcmd,", monitor },
    { "vCont?", ask_actions },
    { "vCont", act },
    { "vKill;", kill_run },
    { "g", read_registers },
    { "G", write_registers },
    { "p", read_register },
    { "P", write_register },
    { "m", read_memory },
    { "M", write_memory },
    { "X", write_binary },
    { "Z", set_point },
    { "z", remove_point },
    { "bs", step_back },
    { "bc", run_back },
    { "c", go_on },
    { "s", step },
    { "H", choose_thread },
    { "T", thread_alive },
    { "D", detach },
    { "k", kill_run },
};

void gdb_obey(struct gdb *g)
{
    struct words w = { g->reader.text, g->reader.length };
    gdb_say(g, "%s", "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (take_word(&w, rows[i].begins)) {
            if (!rows[i].obey(g, &w))
                gdb_say(g, "E01");
            return;
        }
}
