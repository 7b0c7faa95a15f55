/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the loader: constants and private statics that hold absolute pointers
 * (which it relocates), initialised statics (which it copies), a jump table,
 * and statics that start as zero.
 *
 * main(0, 0): the 0 is an argument so that the compiler cannot know it. Returns
 * the number of things that are not as they should be.
 */
#include "os/user/opalite.h"

static const char *const words[] = { "opal", "mungi", "sombrero", "nemesis",
                                     "angel" };

static int64_t twice(int64_t value)
{
    return 2 * value;
}

PRIVATE uint64_t zero;
PRIVATE uint64_t number = 0x0123456789abcdef;
PRIVATE const char *favourite = "opal";
PRIVATE int64_t (*function)(int64_t) = twice;

/* Enough cases for the compiler to make a table of them. */
static int64_t choose(uint64_t pick)
{
    switch (pick) {
    case 0:
        return sys_null() + 17;
    case 1:
        return twice(7);
    case 2:
        return sys_null() + 3;
    case 3:
        return (int64_t)strlen(words[2]);
    case 4:
        return (int64_t)number;
    case 5:
        return words[4][0];
    case 6:
        return -8;
    default:
        return 0;
    }
}

int64_t main(uint64_t pick, uint64_t unused)
{
    int64_t wrong = 0;

    (void)unused;
    wrong += strlen(words[pick + 1]) != 5;
    wrong += zero != 0;
    wrong += number != 0x0123456789abcdef;
    wrong += memcmp(favourite, "opal", 5) != 0;
    wrong += function(21) != 42;
    wrong += choose(pick + 3) != 8;
    wrong += choose(pick + 5) != 'a';
    zero = number = 1;
    favourite = words[pick];
    return wrong;
}
