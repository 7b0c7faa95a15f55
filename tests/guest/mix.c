/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every computing instruction on thousands of pseudo-random operands, folded
 * into one number. The number expected is what QEMU computes with this file:
 * our hart and QEMU's agree, or the test fails.
 */
#include "tests/guest/lib/guest.h"

#define EXPECTED 0xe63b04886e6f1ebb

static uint64_t state = 0x9e3779b97f4a7c15;

/* Operands of many magnitudes, with 0, 1, -1 and the extremes among them. */
static uint64_t operand(void)
{
    static const uint64_t special[] = { 0,
                                        1,
                                        (uint64_t)-1,
                                        (uint64_t)1 << 63,
                                        ((uint64_t)1 << 63) - 1,
                                        (uint64_t)1 << 31,
                                        0xffffffff80000000,
                                        0x7fffffff };
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    if ((state & 7) == 0)
        return special[state >> 3 & 7];
    return state >> (state >> 8 & 63) ^ (state & 8 ? (uint64_t)-1 : 0);
}

static uint64_t sum;

static void fold(uint64_t value)
{
    sum = (sum << 7 | sum >> 57) * 31 + value;
}

#define REGISTERS(op)                                                          \
    do {                                                                       \
        uint64_t result_;                                                      \
        __asm__(op " %0, %1, %2" : "=r"(result_) : "r"(a), "r"(b));            \
        fold(result_);                                                         \
    } while (0)
#define IMMEDIATE(op, imm)                                                     \
    do {                                                                       \
        uint64_t result_;                                                      \
        __asm__(op " %0, %1, " #imm : "=r"(result_) : "r"(a));                 \
        fold(result_);                                                         \
    } while (0)
#define BRANCH(op)                                                             \
    do {                                                                       \
        uint64_t result_ = 1;                                                  \
        __asm__(op " %1, %2, 1f\n li %0, 2\n1:"                                \
                : "+r"(result_)                                                \
                : "r"(a), "r"(b));                                             \
        fold(result_);                                                         \
    } while (0)
#define ATOMIC(op)                                                             \
    do {                                                                       \
        uint64_t old_, cell_ = a;                                              \
        __asm__ volatile(op " %0, %2, %1"                                      \
                         : "=&r"(old_), "+A"(cell_)                            \
                         : "r"(b));                                            \
        fold(old_);                                                            \
        fold(cell_);                                                           \
    } while (0)

static void computations(uint64_t a, uint64_t b)
{
    REGISTERS("add");
    REGISTERS("sub");
    REGISTERS("sll");
    REGISTERS("slt");
    REGISTERS("sltu");
    REGISTERS("xor");
    REGISTERS("srl");
    REGISTERS("sra");
    REGISTERS("or");
    REGISTERS("and");
    REGISTERS("addw");
    REGISTERS("subw");
    REGISTERS("sllw");
    REGISTERS("srlw");
    REGISTERS("sraw");
    IMMEDIATE("addi", -7);
    IMMEDIATE("addi", 2047);
    IMMEDIATE("slti", -3);
    IMMEDIATE("sltiu", -3);
    IMMEDIATE("xori", 1365);
    IMMEDIATE("ori", -2048);
    IMMEDIATE("andi", 2047);
    IMMEDIATE("slli", 13);
    IMMEDIATE("srli", 37);
    IMMEDIATE("srai", 51);
    IMMEDIATE("addiw", 1000);
    IMMEDIATE("slliw", 9);
    IMMEDIATE("srliw", 17);
    IMMEDIATE("sraiw", 30);
}

static void products(uint64_t a, uint64_t b)
{
    REGISTERS("mul");
    REGISTERS("mulh");
    REGISTERS("mulhsu");
    REGISTERS("mulhu");
    REGISTERS("mulw");
    REGISTERS("div");
    REGISTERS("divu");
    REGISTERS("rem");
    REGISTERS("remu");
    REGISTERS("divw");
    REGISTERS("divuw");
    REGISTERS("remw");
    REGISTERS("remuw");
}

static void branches(uint64_t a, uint64_t b)
{
    BRANCH("beq");
    BRANCH("bne");
    BRANCH("blt");
    BRANCH("bge");
    BRANCH("bltu");
    BRANCH("bgeu");
}

static void atomics(uint64_t a, uint64_t b)
{
    ATOMIC("amoswap.d");
    ATOMIC("amoadd.d");
    ATOMIC("amoxor.d");
    ATOMIC("amoand.d");
    ATOMIC("amoor.d");
    ATOMIC("amomin.d");
    ATOMIC("amomax.d");
    ATOMIC("amominu.d");
    ATOMIC("amomaxu.d");
    ATOMIC("amoswap.w");
    ATOMIC("amoadd.w");
    ATOMIC("amoxor.w");
    ATOMIC("amoand.w");
    ATOMIC("amoor.w");
    ATOMIC("amomin.w");
    ATOMIC("amomax.w");
    ATOMIC("amominu.w");
    ATOMIC("amomaxu.w");
}

/* Every width at every offset of a buffer, written and read back. */
static void memory(uint64_t a, uint64_t b)
{
    static union {
        uint8_t u8[64];
        uint16_t u16[32];
        uint32_t u32[16];
        uint64_t u64[8];
        int8_t i8[64];
        int16_t i16[32];
        int32_t i32[16];
    } buffer;
    volatile uint8_t *u8 = buffer.u8;
    buffer.u64[a & 7] = b;
    buffer.u32[a >> 3 & 15] = (uint32_t)(b >> 1);
    buffer.u16[a >> 7 & 31] = (uint16_t)(b >> 2);
    u8[a >> 12 & 63] = (uint8_t)(b >> 3);
    __asm__ volatile("" ::: "memory");
    fold(buffer.u64[b & 7]);
    fold(buffer.u32[b >> 3 & 15]);
    fold((uint64_t)buffer.i32[b >> 7 & 15]);
    fold(buffer.u16[b >> 11 & 31]);
    fold((uint64_t)buffer.i16[b >> 16 & 31]);
    fold(u8[b >> 21 & 63]);
    fold((uint64_t)buffer.i8[b >> 27 & 63]);
}

int main(void)
{
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t a = operand(), b = operand();
        computations(a, b);
        products(a, b);
        branches(a, b);
        branches(a, a);
        atomics(a, b);
        memory(a, b);
    }
    if (sum == EXPECTED)
        return 0;
    for (int shift = 60; shift >= 0; shift -= 4) {
        char digit[2] = { "0123456789abcdef"[sum >> shift & 15], 0 };
        guest_print(digit);
    }
    guest_print(" is the sum\n");
    return 1;
}
