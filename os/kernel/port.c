/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message ports: bounded queues of byte strings, copied in by the sender and
 * out by the receiver, each with its own domain's rights. This is the
 * conventional way to talk, the one that sharing a segment avoids; a message is
 * at most a page, and what is larger belongs into a shared segment.
 *
 * A port that a thread waits for may be destroyed before the thread runs again,
 * so waiting threads look the id up afresh each time they wake.
 */
#include "os/kernel/kernel.h"

#define PORT_SLOTS         16
#define PORT_MESSAGE_BYTES PAGE_SIZE

struct port {
    struct object object;
    uint32_t slots;
    uint32_t head; /* oldest message */
    uint32_t used; /* messages in the queue */
    struct domain *owner;
    struct list senders, receivers; /* threads that wait for room, for data */
    struct list in_owner;
    uint64_t frame[PORT_SLOTS]; /* one page a slot */
    uint16_t bytes[PORT_SLOTS];
};

static struct pool ports = POOL(struct port);

static void port_free(struct port *p)
{
    for (uint32_t i = 0; i < p->slots; i++) {
        if (p->frame[i])
            frame_free(p->frame[i]);
    }
    pool_free(&ports, p);
}

static void port_end(struct port *p)
{
    id_remove(&kernel.ports, &p->object);
    list_remove(&p->in_owner);
    thread_wake_all(&p->senders, -ERR_KILLED);
    thread_wake_all(&p->receivers, -ERR_KILLED);
    port_free(p);
}

void port_domain_end(struct domain *d)
{
    struct list *link;

    while ((link = list_first(&d->ports)))
        port_end(LIST_ENTRY(link, struct port, in_owner));
}

/* A port with its slots, not yet known to anyone; NULL: no memory. */
static struct port *port_new(uint32_t slots)
{
    struct port *p = pool_alloc(&ports);

    if (!p)
        return NULL;
    p->slots = slots;
    list_init(&p->senders);
    list_init(&p->receivers);
    list_init(&p->in_owner);
    for (uint32_t i = 0; i < slots; i++) {
        p->frame[i] = frame_alloc();
        if (!p->frame[i]) {
            port_free(p);
            return NULL;
        }
    }
    return p;
}

int64_t sys_port_create(uint64_t slots, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t a4, uint64_t a5)
{
    struct domain *owner = current->domain;
    struct port *p;

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!slots || slots > PORT_SLOTS)
        return -ERR_VALUE;
    if (owner->dying)
        return -ERR_KILLED;
    p = port_new((uint32_t)slots);
    if (!p)
        return -ERR_MEMORY;
    if (!id_add(&kernel.ports, &p->object)) {
        port_free(p);
        return -ERR_MEMORY;
    }
    p->owner = owner;
    list_add(&owner->ports, &p->in_owner);
    return p->object.id;
}

/*
 * The port, once it has room (for a sender) or a message (for a receiver).
 * NULL: *error says why.
 */
static struct port *port_wait(uint64_t id, bool to_send, int64_t *error)
{
    struct port *p = id_find(&kernel.ports, id);

    *error = p ? 0 : -ERR_ID;
    while (p && p->used == (to_send ? p->slots : 0)) {
        *error = thread_block(to_send ? &p->senders : &p->receivers);
        if (*error < 0)
            return NULL;
        p = id_find(&kernel.ports, id);
        if (!p)
            *error = -ERR_KILLED;
    }
    return p;
}

int64_t sys_port_send(uint64_t id, uint64_t from, uint64_t bytes, uint64_t a3,
                      uint64_t a4, uint64_t a5)
{
    struct port *p;
    uint32_t slot;
    int64_t error;

    (void)a3, (void)a4, (void)a5;
    if (bytes > PORT_MESSAGE_BYTES)
        return -ERR_VALUE;
    p = port_wait(id, true, &error);
    if (!p)
        return error;
    slot = (p->head + p->used) % p->slots;
    if (!copy_in(from_physical(p->frame[slot]), from, bytes)) {
        thread_wake_first(&p->senders, 0); /* the room is still there */
        return -ERR_ADDRESS;
    }
    p->bytes[slot] = (uint16_t)bytes;
    p->used++;
    hint(MESSAGE_SENT, id);
    thread_wake_first(&p->receivers, 0);
    return 0;
}

/* A message longer than `room` is refused and stays in the queue. */
int64_t sys_port_receive(uint64_t id, uint64_t to, uint64_t room, uint64_t a3,
                         uint64_t a4, uint64_t a5)
{
    struct port *p;
    uint64_t bytes;
    int64_t error;

    (void)a3, (void)a4, (void)a5;
    p = port_wait(id, false, &error);
    if (!p)
        return error;
    bytes = p->bytes[p->head];
    error = 0;
    if (bytes > room)
        error = -ERR_VALUE;
    else if (!copy_out(to, from_physical(p->frame[p->head]), bytes))
        error = -ERR_ADDRESS;
    if (error < 0) {
        thread_wake_first(&p->receivers, 0); /* somebody else may take it */
        return error;
    }
    p->head = (p->head + 1) % p->slots;
    p->used--;
    hint(MESSAGE_TAKEN, id);
    thread_wake_first(&p->senders, 0);
    if (p->used)
        thread_wake_first(&p->receivers, 0);
    return (int64_t)bytes;
}

int64_t sys_port_destroy(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                         uint64_t a4, uint64_t a5)
{
    struct port *p = id_find(&kernel.ports, id);

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!p)
        return -ERR_ID;
    if (!domain_may_control(p->owner))
        return -ERR_RIGHT;
    port_end(p);
    return 0;
}
