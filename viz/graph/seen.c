/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a graph needs to know of the time before its moment: who called which
 * portal how often, who sent messages, who asked the kernel, who took a
 * semaphore's token last. Fed with events as they happen.
 */
#include <string.h>

#include "viz/graph/graph.h"

/* The entry of (a, b) in a list of entries that begin with two numbers; a new
 * one at its end if there is none and room. NULL = no room. */
static void *entry(void *list, size_t *count, size_t size, uint32_t a,
                   uint32_t b)
{
    char *at = list;
    const uint32_t key[2] = { a, b };
    for (size_t i = 0; i < *count; i++)
        if (memcmp(at + i * size, key, sizeof key) == 0)
            return at + i * size;
    if (*count == SEEN_LIMIT)
        return NULL;
    at += (*count)++ * size;
    memcpy(at, key, sizeof key);
    return at;
}

static void see_call(struct graph_seen *s, const struct event *e)
{
    struct seen_call *c =
        entry(s->call, &s->calls, sizeof *c, e->domain, (uint32_t)e->value);
    if (!c)
        return;
    c->calls++;
    if (s->opens == SEEN_LIMIT)
        return;
    s->open[s->opens].thread = e->thread;
    s->open[s->opens].call = (size_t)(c - s->call);
    s->open[s->opens++].since = e->cycle;
}

static void see_return(struct graph_seen *s, const struct event *e)
{
    for (size_t i = s->opens; i > 0; i--) {
        if (s->open[i - 1].thread != e->thread)
            continue;
        struct seen_call *c = &s->call[s->open[i - 1].call];
        c->returns++;
        uint64_t cycles = e->cycle - s->open[i - 1].since;
        c->least = c->returns == 1 || cycles < c->least ? cycles : c->least;
        c->cycles += cycles;
        memmove(&s->open[i - 1], &s->open[i],
                (s->opens - i) * sizeof s->open[0]);
        s->opens--;
        return;
    }
}

static void see_message(struct graph_seen *s, const struct event *e)
{
    struct seen_message *k = entry(s->message, &s->messages, sizeof *k,
                                   e->domain, (uint32_t)e->value);
    if (!k)
        return;
    k->sent += e->value2 != 0;
    k->taken += e->value2 == 0;
}

/* Who waits for a semaphore and goes on has its token; who posts gives it
 * back. Who still waits is sorted out when the graph is drawn. */
static void see_semaphore(struct graph_seen *s, const struct event *e)
{
    uint32_t semaphore = (uint32_t)e->value2;
    if (e->value == SYS_semaphore_wait) {
        (void)entry(s->token, &s->tokens, sizeof s->token[0], semaphore,
                    e->thread);
        return;
    }
    for (size_t i = 0; i < s->tokens; i++) {
        if (s->token[i].semaphore != semaphore ||
            s->token[i].thread != e->thread)
            continue;
        s->token[i] = s->token[--s->tokens];
        return;
    }
}

/* A number that is given again is another domain's: what its old bearer did is
 * nobody's. */
static void see_birth(struct graph_seen *s, uint32_t domain)
{
    for (size_t i = 0; i < s->calls; i++)
        if (s->call[i].from == domain)
            s->call[i] = (struct seen_call){ .from = UINT32_MAX };
    for (size_t i = 0; i < s->messages; i++)
        if (s->message[i].domain == domain)
            s->message[i] = (struct seen_message){ .domain = UINT32_MAX };
    for (size_t i = 0; i < s->askings; i++)
        if (s->asking[i].domain == domain)
            s->asking[i].count = 0;
}

static void see_asking(struct graph_seen *s, uint32_t domain)
{
    for (size_t i = 0; i < s->askings; i++) {
        if (s->asking[i].domain == domain) {
            s->asking[i].count++;
            return;
        }
    }
    if (s->askings < SEEN_LIMIT)
        s->asking[s->askings++] = (struct seen_asking){ domain, 1 };
}

void graph_see(struct graph_seen *s, const struct event *e)
{
    switch (e->kind) {
    case EVENT_CALL:
        see_call(s, e);
        break;
    case EVENT_RETURN:
        see_return(s, e);
        break;
    case EVENT_DOMAIN:
        if (e->value == 1)
            see_birth(s, e->domain);
        break;
    case EVENT_MESSAGE:
        see_message(s, e);
        break;
    case EVENT_SYSCALL:
        if (e->value == SYS_semaphore_wait || e->value == SYS_semaphore_post)
            see_semaphore(s, e);
        see_asking(s, e->domain);
        break;
    default:
        break;
    }
}
