/* SPDX-License-Identifier: Apache-2.0 */
/* Why a run stopped at a breakpoint or a watch, in one line; see stops/stops.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/stops/stops.h"

/* "bob", "the kernel for bob", "hart 1". */
static void say_who(const struct machine *m, uint8_t privilege, char *to,
                    size_t room)
{
    char buffer[NAME_BYTES];
    uint32_t id = machine_domain(m);
    const char *name =
        registry_domain_name(&m->registry, id, buffer, sizeof buffer);
    if (!m->registry.domain_count)
        snprintf(to, room, "hart %u", m->now->cpu.step.hart);
    else if (privilege != PRIV_U && id)
        snprintf(to, room, "the kernel for %s", name);
    else
        snprintf(to, room, "%s", id ? name : "the kernel");
}

/* "page+0x10", or the number. */
static void say_data(const struct machine *m, uint64_t va, char *to,
                     size_t room)
{
    uint64_t offset;
    const struct registry_segment *s =
        registry_segment_at(&m->registry, machine_domain(m), va, &offset);
    if (s && offset)
        snprintf(to, room, "%s+0x%" PRIx64, s->name, offset);
    else if (s)
        snprintf(to, room, "%s", s->name);
    else
        snprintf(to, room, "0x%" PRIx64, va);
}

/* "wrote 8 bytes at page: 0x3 -> 0x5", "read 4 bytes at page+0x8: 0x5". */
static void say_access(const struct machine *m, const struct access *a,
                       char *to, size_t room)
{
    char where[64], before[32] = "";
    uint64_t value = 0;
    bool wrote = a->kind != ACCESS_LOAD;
    say_data(m, a->va, where, sizeof where);
    if (wrote)
        snprintf(before, sizeof before, "0x%" PRIx64 " -> ", a->before);
    int n = snprintf(to, room, "%s %u byte%s at %s", wrote ? "wrote" : "read",
                     a->size, a->size == 1 ? "" : "s", where);
    /* an access over two pages may lie in two places */
    if (a->va % a->size == 0 && machine_peek_phys(m, a->pa, &value, a->size) &&
        n > 0 && (size_t)n < room)
        snprintf(to + n, room - (size_t)n, ": %s0x%" PRIx64, before, value);
}

/* "fault_kill+0x2a (fault.c:113)" of "kernel.elf: fault_kill+0x2a
 * (os/kernel/fault.c:113)". */
static void say_code(const struct machine *m, uint64_t pc, char *to,
                     size_t room)
{
    struct place_name p;
    const char *slash;
    char line[64] = "", offset[24] = "";
    if (!registry_place(&m->registry, pc, &p) || !p.function) {
        snprintf(to, room, "0x%" PRIx64, pc);
        return;
    }
    slash = p.file ? strrchr(p.file, '/') : NULL;
    if (p.file)
        snprintf(line, sizeof line, " (%.40s:%d)", slash ? slash + 1 : p.file,
                 p.line);
    if (p.offset)
        snprintf(offset, sizeof offset, "+0x%" PRIx64, p.offset);
    snprintf(to, room, "%.60s%s%s", p.function, offset, line);
}

void stops_tell(const struct machine *m, const struct stop_point *p,
                const struct point *at, char *to, size_t room)
{
    const struct step *s = &m->now->cpu.step;
    char who[64], code[160], what[140];
    if (at->kind == POINT_PC) {
        say_who(m, m->now->cpu.privilege, who, sizeof who);
        say_code(m, m->now->cpu.pc, code, sizeof code);
        snprintf(to, room, "%s %u, hit %" PRIu64 ": %s comes to %s",
                 p->watch ? "watch" : "break", p->number, p->hits, who, code);
        return;
    }
    say_who(m, s->privilege, who, sizeof who);
    say_code(m, s->pc, code, sizeof code);
    say_access(m, &s->data, what, sizeof what);
    snprintf(to, room, "watch %u, hit %" PRIu64 ": %s %s, in %s", p->number,
             p->hits, who, what, code);
}
