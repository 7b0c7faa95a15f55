/* SPDX-License-Identifier: Apache-2.0 */
/* See cause.h. */
#include "cpu/cause.h"

#include <stddef.h>

const char *cause_text(uint64_t cause, bool interrupt)
{
    if (interrupt) {
        switch (cause) {
#define INTERRUPT(number, name, text)                                          \
    case INTERRUPT_##name:                                                     \
        return text;
#include "cpu/cause.def"
        default:
            return NULL;
        }
    }
    switch (cause) {
#define CAUSE(number, name, text)                                              \
    case TRAP_##name:                                                          \
        return text;
#include "cpu/cause.def"
    default:
        return NULL;
    }
}
