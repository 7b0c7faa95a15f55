/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A doubly linked ring through the objects themselves. A list head and a link
 * are the same struct; an empty list and a link in no list point to themselves.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *previous;
};

#define LIST_ENTRY(link, type, member)                                         \
    ((type *)((char *)(link)-offsetof(type, member)))

static inline void list_init(struct list *l)
{
    l->next = l->previous = l;
}

static inline bool list_is_empty(const struct list *l)
{
    return l->next == l;
}

/* Adds at the end. `link` must be in no list. */
static inline void list_add(struct list *l, struct list *link)
{
    struct list *last = l->previous;
    link->next = l;
    link->previous = last;
    last->next = link;
    l->previous = link;
}

/* Takes a link out of its list, if it is in one. */
static inline void list_remove(struct list *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    list_init(link);
}

/* The first link, or NULL. */
static inline struct list *list_first(const struct list *l)
{
    return l->next == l ? NULL : l->next;
}
