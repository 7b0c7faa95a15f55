/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The range tree: an AVL tree whose nodes are in the format of the refill
 * hardware, so child pointers are physical addresses and a range's rights share
 * a word with its left child. One hart: nobody walks the tree while it turns.
 */
#include "os/kernel/range.h"

static uint64_t word_of(const struct range *r)
{
    return r ? (uint64_t)(uintptr_t)r - DIRECT_MAP : 0;
}

static uint64_t height_of(const struct range *r)
{
    return r ? r->height : 0;
}

static void set_left(struct range *r, const struct range *child)
{
    r->left = word_of(child) | range_rights(r);
}

static void set_right(struct range *r, const struct range *child)
{
    r->right = word_of(child);
}

static void set_height(struct range *r)
{
    uint64_t left = height_of(range_at(r->left));
    uint64_t right = height_of(range_at(r->right));
    r->height = 1 + (left > right ? left : right);
}

static struct range *turn_right(struct range *r)
{
    struct range *up = range_at(r->left);
    set_left(r, range_at(up->right));
    set_right(up, r);
    set_height(r);
    set_height(up);
    return up;
}

static struct range *turn_left(struct range *r)
{
    struct range *up = range_at(r->right);
    set_right(r, range_at(up->left));
    set_left(up, r);
    set_height(r);
    set_height(up);
    return up;
}

/* Restores |height(left) - height(right)| <= 1 at r; the new top. */
static struct range *balance(struct range *r)
{
    struct range *left = range_at(r->left), *right = range_at(r->right);
    uint64_t l = height_of(left), h = height_of(right);

    if (l > h + 1) {
        if (height_of(range_at(left->left)) < height_of(range_at(left->right)))
            set_left(r, turn_left(left));
        return turn_right(r);
    }
    if (h > l + 1) {
        if (height_of(range_at(right->right)) <
            height_of(range_at(right->left)))
            set_right(r, turn_right(right));
        return turn_left(r);
    }
    set_height(r);
    return r;
}

static struct range *insert(struct range *top, struct range *r)
{
    if (!top)
        return r;
    if (r->base < top->base)
        set_left(top, insert(range_at(top->left), r));
    else
        set_right(top, insert(range_at(top->right), r));
    return balance(top);
}

/* Takes the lowest range out of the tree under top; *lowest is that range. */
static struct range *remove_lowest(struct range *top, struct range **lowest)
{
    struct range *left = range_at(top->left);
    if (!left) {
        *lowest = top;
        return range_at(top->right);
    }
    set_left(top, remove_lowest(left, lowest));
    return balance(top);
}

static struct range *remove_range(struct range *top, const struct range *r)
{
    struct range *next, *right;

    if (r->base < top->base) {
        set_left(top, remove_range(range_at(top->left), r));
        return balance(top);
    }
    right = range_at(top->right);
    if (r != top) {
        set_right(top, remove_range(right, r));
        return balance(top);
    }
    if (!right)
        return range_at(top->left);
    right = remove_lowest(right, &next);
    set_right(next, right);
    set_left(next, range_at(top->left));
    return balance(next);
}

struct range *range_find(const struct range_tree *t, uint64_t va)
{
    struct range *r = range_at(t->root);
    while (r) {
        if (va < r->base)
            r = range_at(r->left);
        else if (va < r->limit)
            break;
        else
            r = range_at(r->right);
    }
    return r;
}

struct range *range_overlap(const struct range_tree *t, uint64_t base,
                            uint64_t limit)
{
    struct range *r = range_at(t->root), *found = 0;
    while (r) {
        if (limit <= r->base) {
            r = range_at(r->left);
        } else if (base >= r->limit) {
            r = range_at(r->right);
        } else {
            found = r;
            r = range_at(r->left);
        }
    }
    return found;
}

bool range_insert(struct range_tree *t, struct range *r)
{
    if (range_overlap(t, r->base, r->limit))
        return false;
    r->left = range_rights(r);
    r->right = 0;
    r->height = 1;
    t->root = word_of(insert(range_at(t->root), r));
    return true;
}

void range_remove(struct range_tree *t, struct range *r)
{
    t->root = word_of(remove_range(range_at(t->root), r));
}
