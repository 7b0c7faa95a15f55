/* SPDX-License-Identifier: Apache-2.0 */
/* One line for each event, and one for why a run stopped. Part of story.h. */
#include <inttypes.h>
#include <string.h>

#include "cpu/disasm.h"
#include "mmu/xsas.h"
#include "sim/story.h"
#include "sim/text.h"

static const char *syscall_name(uint64_t number)
{
    static const char *const names[SYSCALL_LIMIT] = {
#define SYSCALL(n, name, arguments, doc) [n] = #name,
#include "os/abi/syscall.def"
#undef SYSCALL
    };
    return number < SYSCALL_LIMIT && names[number] ? names[number] : "?";
}

static const char *hint_name(unsigned number)
{
    static const char *const names[HINT_LIMIT] = {
#define HINT(n, name, doc) [n] = #name,
#include "os/abi/hint.def"
#undef HINT
    };
    return number < HINT_LIMIT && names[number] ? names[number] : "?";
}

static const char *rights_text(uint64_t rights, char buffer[5])
{
    snprintf(buffer, 5, "%c%c%c%s", rights & RIGHT_R ? 'r' : '-',
             rights & RIGHT_W ? 'w' : '-', rights & RIGHT_X ? 'x' : '-',
             rights & RIGHT_M ? "m" : "");
    return buffer;
}

static const char *segment_name(const struct machine *m, uint64_t base,
                                char buffer[32])
{
    const struct registry_segment *s = registry_segment(&m->registry, base);
    if (s && s->name[0])
        return s->name;
    snprintf(buffer, 32, "0x%" PRIx64, base);
    return buffer;
}

static void tell_trap(struct text *t, const struct event *e)
{
    const char *cause = cause_text(e->cause, e->interrupt);
    text_add(t, "trap: %s", cause ? cause : "unknown cause");
    if (!e->interrupt && e->va)
        text_add(t, " at 0x%" PRIx64, e->va);
}

static void tell_fault(struct text *t, const struct event *e)
{
    const char *cause = cause_text(e->cause, 0);
    text_add(t, "fault at 0x%" PRIx64 ": %s", e->va,
             e->refused ? refusal_text((enum refusal)e->refused)
             : cause    ? cause
                        : "unknown cause");
}

static void tell_miss(struct text *t, const struct event *e)
{
    text_add(t, "%s miss at 0x%" PRIx64 ": %s%s, %" PRIu32 " cycles",
             unit_name((enum unit)e->unit), e->va,
             miss_cause_name((enum miss_cause)e->miss), e->late ? ", late" : "",
             e->cost);
}

static void tell_made(struct text *t, const char *what, uint64_t number,
                      uint64_t value)
{
    static const char *const ends[] = { "ended", "made", "killed" };
    text_add(t, "%s %" PRIu64 " %s", what, number, ends[value % 3]);
}

static void tell_rights(struct text *t, const struct machine *m,
                        const struct event *e)
{
    char segment[32], now[5], before[5];
    text_add(t, "rights on %s: %s, were %s", segment_name(m, e->va, segment),
             rights_text(e->rights, now), rights_text(e->value, before));
}

static void tell_kind(struct text *t, const struct machine *m,
                      const struct event *e)
{
    char name[32];
    switch (e->kind) {
    case EVENT_TRAP:
        tell_trap(t, e);
        break;
    case EVENT_SYSCALL:
        text_add(t, "system call %s", syscall_name(e->value));
        break;
    case EVENT_FAULT:
        tell_fault(t, e);
        break;
    case EVENT_TLB_MISS:
    case EVENT_PROTECTION_MISS:
        tell_miss(t, e);
        break;
    case EVENT_SWITCH:
        text_add(t, "switch from %s, %" PRIu32 " cycles direct",
                 e->other == e->domain
                     ? "an ended domain of the same number"
                     : registry_domain_name(&m->registry, e->other, name, 32),
                 e->cost);
        break;
    case EVENT_MARK:
        text_add(t, "mark %" PRIu64, e->value);
        break;
    case EVENT_RIGHTS:
        tell_rights(t, m, e);
        break;
    case EVENT_CALL:
        text_add(t, "calls portal %" PRIu64, e->value);
        break;
    case EVENT_RETURN:
        text_add(t, "returns from portal %" PRIu64, e->value);
        break;
    case EVENT_DOMAIN:
        tell_made(t, "domain", e->domain, e->value);
        break;
    case EVENT_SEGMENT:
        text_add(t, "segment %s %s", segment_name(m, e->va, name),
                 e->value ? "made" : "ended");
        break;
    case EVENT_THREAD:
        tell_made(t, "thread", e->thread, e->value);
        break;
    case EVENT_MESSAGE:
        text_add(t, "message %s port %" PRIu64,
                 e->value2 ? "sent to" : "taken from", e->value);
        break;
    case EVENT_PROGRAM:
        text_add(t, "program %" PRIu64 " loaded at 0x%" PRIx64, e->value,
                 e->va);
        break;
    case EVENT_HINT:
        text_add(t, "hint %s %" PRIu64, hint_name(e->hint), e->value);
        break;
    default:
        text_add(t, "%s", event_kind_name((enum event_kind)e->kind));
        break;
    }
}

size_t story_event(const struct machine *m, const struct event *e, char *to,
                   size_t room)
{
    struct text t = { to, 0, room };
    char name[32];
    text_add(&t, "%" PRIu64 " %s: ", e->cycle,
             registry_domain_name(&m->registry, e->domain, name, 32));
    tell_kind(&t, m, e);
    return t.length;
}

size_t story_step(const struct machine *m, const struct step *s, char *to,
                  size_t room)
{
    char code[DISASM_BYTES] = "(nothing fetched)", place[320];
    struct text t = { to, 0, room };
    if (s->length)
        disasm(s->word, s->pc, code, sizeof code);
    registry_place_text(&m->registry, s->pc, place, sizeof place);
    text_add(&t, "%" PRIu64 " %c 0x%" PRIx64 "  %s  at %s%s", s->cycle,
             "US?M"[s->privilege & 3], s -> pc, code, place,
             s -> events &STEP_TRAP ? ", trapped" : "");
    return t.length;
}

size_t story_stop(const struct machine *m, enum stop stop, char *to,
                  size_t room)
{
    struct text t = { to, 0, room };
    char place[320];
    registry_place_text(&m->registry, m->now->cpu.step.pc, place, sizeof place);
    switch (stop) {
    case STOP_BUDGET:
        text_add(&t, "stopped at the limit of the run, cycle %" PRIu64 ", %s",
                 machine_clock(m), place);
        break;
    case STOP_EVENT:
        story_event(m, &m->stop_event, to, room);
        return strlen(to);
    case STOP_MAILBOX:
        text_add(&t, "the request is done");
        break;
    case STOP_SCRIPT:
        text_add(&t, "scripted thread %" PRIu64 " asks for an operation",
                 m->mailbox.script_thread);
        break;
    case STOP_TEXT:
        text_add(&t, "the console shows the text waited for");
        break;
    case STOP_RESET:
        text_add(&t, "the guest asked for a reset");
        break;
    case STOP_POINT:
        text_add(&t, "the machine came to a point, at %s", place);
        break;
    case STOP_POWEROFF:
        text_add(&t, "the guest switched the machine off");
        break;
    case STOP_FAIL:
        text_add(&t, "the guest reported failure %" PRIu64, m->exit_value);
        break;
    case STOP_PANIC:
        return story_panic(m, to, room);
    case STOP_HUNG:
    case STOP_IDLE:
    case STOP_NO_PROGRESS:
    case STOP_COUNT:
        text_add(&t, "%s: %s, at %s", stop_name(stop), m->why, place);
        break;
    }
    return t.length;
}
