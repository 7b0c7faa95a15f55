/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rows of insn.def become in the fast engine: the words their meanings
 * are written in, what comes after them by timing class, and the labels they
 * stand at. Only for the loop in fast.c, whose variables these words use.
 */
#pragma once

#define RS1                 (x[op->rs1])
#define RS2                 (x[op->rs2])
#define IMM                 ((uint64_t)(int64_t)op->imm)
#define PC                  (b->pc + op->offset)
#define NEXT                (PC + op->length)
#define RD(value)           (x[op->rd] = (uint64_t)(value))
#define SEXT(value)         sign_extend_32(value)
#define HINT(value, number) (void)(value)
#define JUMP(address)       (pc = (address), taken = 1)

#define DISPATCH            goto *label[op->code]
#define unlikely(x)         __builtin_expect(!!(x), 0)

/* The line of the filter that va would be in; l is it. */
#define L0_LINE(va)            (&lines[(va) / L0_BLOCK % L0_SLOTS])
#define L0_HIT(tag, va, bytes) (((va) & (block_mask | ((bytes)-1))) == (tag))
#define L0_USE(l)                                                              \
    do {                                                                       \
        now++;                                                                 \
        *(l)->used[0] = now;                                                   \
        *(l)->used[1] = now;                                                   \
        *(l)->used[2] = now;                                                   \
        *(l)->used[3] = now;                                                   \
    } while (0)

#define LOAD(type, address)                                                    \
    uint64_t va = (address);                                                   \
    const struct l0_line *l = L0_LINE(va);                                     \
    if (unlikely(!L0_HIT(l->load, va, sizeof(type)))) {                        \
        size = sizeof(type);                                                   \
        at = va;                                                               \
        goto slow_load;                                                        \
    }                                                                          \
    type value;                                                                \
    memcpy(&value, (const void *)(l->host + va), sizeof value);                \
    L0_USE(l);                                                                 \
    RD(value)

#define STORE(bytes, address, stored)                                          \
    uint64_t va = (address), value = (stored);                                 \
    const struct l0_line *l = L0_LINE(va);                                     \
    if (unlikely(!L0_HIT(l->store, va, bytes))) {                              \
        size = bytes;                                                          \
        at = va;                                                               \
        data = value;                                                          \
        goto slow_store;                                                       \
    }                                                                          \
    memcpy((void *)(l->host + va), &value, bytes);                             \
    L0_USE(l)

/* By timing class: what comes after the meaning of a row. */
#define NEXT_OP                                                                \
    op++;                                                                      \
    DISPATCH
#define RUN_ALU(name, ...) do_##name : { __VA_ARGS__ } NEXT_OP;
#define RUN_MUL            RUN_ALU
#define RUN_LOAD           RUN_ALU
#define RUN_STORE          RUN_ALU
#define RUN_DIV(name, ...)                                                     \
    do_##name:                                                                 \
    {                                                                          \
        __VA_ARGS__                                                            \
    }                                                                          \
    goto divided;
#define RUN_BRANCH(name, ...)                                                  \
    exit_##name:                                                               \
    {                                                                          \
        unsigned taken = 0;                                                    \
        pc = NEXT;                                                             \
        __VA_ARGS__                                                            \
        BRANCHED(CLASS_BRANCH)                                                 \
        if (taken)                                                             \
            goto take_exit;                                                    \
    }                                                                          \
    op++;                                                                      \
    if (unlikely(clock > limit))                                               \
        goto leave_inside;                                                     \
    DISPATCH;                                                                  \
    do_##name:                                                                 \
    {                                                                          \
        unsigned taken = 0;                                                    \
        pc = NEXT;                                                             \
        __VA_ARGS__                                                            \
        link = &b->next[taken];                                                \
        BRANCHED(CLASS_BRANCH)                                                 \
    }                                                                          \
    goto follow;
#define RUN_JUMP(name, ...)                                                    \
    do_##name:                                                                 \
    {                                                                          \
        unsigned taken;                                                        \
        __VA_ARGS__                                                            \
        x[0] = 0;                                                              \
        link = &b->next[taken];                                                \
        BRANCHED(CLASS_JUMP)                                                   \
    }                                                                          \
    goto follow;
#define RUN_INDIRECT(name, ...)                                                \
    do_##name:                                                                 \
    {                                                                          \
        unsigned taken __attribute__((unused));                                \
        __VA_ARGS__                                                            \
        x[0] = 0;                                                              \
        link = code_jump(&f->store, pc);                                       \
        BRANCHED(CLASS_INDIRECT)                                               \
    }                                                                          \
    goto follow_indirect;
#define RUN_LR(name, ...)
#define RUN_AMO(name, ...)
#define RUN_CSR(name, ...)
#define RUN_FENCE(name, ...)
#define RUN_FENCEI(name, ...)
#define RUN_SYSTEM(name, ...)
#define RUN_RETURN(name, ...)

#define BRANCHED(kind)                                                         \
    const struct branch branch = { kind, op->rd, op->rs1, op->length,          \
                                   (int64_t)op->imm };                         \
    if (unlikely(!predicted(timing, &branch, PC, pc))) {                       \
        timing->mispredicts++;                                                 \
        s.stalls += timing->mispredict;                                        \
        clock += timing->mispredict;                                           \
    }

#define EXIT_ALU(name)       &&never
#define EXIT_MUL(name)       &&never
#define EXIT_DIV(name)       &&never
#define EXIT_LOAD(name)      &&never
#define EXIT_STORE(name)     &&never
#define EXIT_BRANCH(name)    &&exit_##name
#define EXIT_JUMP(name)      &&never
#define EXIT_INDIRECT(name)  &&never
#define EXIT_LR(name)        &&never
#define EXIT_AMO(name)       &&never
#define EXIT_CSR(name)       &&never
#define EXIT_FENCE(name)     &&never
#define EXIT_FENCEI(name)    &&never
#define EXIT_SYSTEM(name)    &&never
#define EXIT_RETURN(name)    &&never

#define LABEL_ALU(name)      &&do_##name
#define LABEL_MUL(name)      &&do_##name
#define LABEL_DIV(name)      &&do_##name
#define LABEL_LOAD(name)     &&do_##name
#define LABEL_STORE(name)    &&do_##name
#define LABEL_BRANCH(name)   &&do_##name
#define LABEL_JUMP(name)     &&do_##name
#define LABEL_INDIRECT(name) &&do_##name
#define LABEL_LR(name)       &&never
#define LABEL_AMO(name)      &&never
#define LABEL_CSR(name)      &&never
#define LABEL_FENCE(name)    &&never
#define LABEL_FENCEI(name)   &&never
#define LABEL_SYSTEM(name)   &&never
#define LABEL_RETURN(name)   &&never
