/* SPDX-License-Identifier: Apache-2.0 */
/* For bare-metal C programs: CSRs, the console, the end. See crt.S. */
#pragma once

#include <stdint.h>

#define csr_read(name)                                                         \
    __extension__({                                                            \
        uint64_t value_;                                                       \
        __asm__ volatile("csrr %0, " #name : "=r"(value_));                    \
        value_;                                                                \
    })
#define csr_write(name, value)                                                 \
    __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")

_Noreturn void guest_exit(int failure);

static inline void guest_print(const char *text)
{
    volatile uint8_t *uart = (volatile uint8_t *)0x10000000;
    while (*text)
        *uart = (uint8_t)*text++;
}
