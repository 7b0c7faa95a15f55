# SPDX-License-Identifier: Apache-2.0
#
# What the threads of selftest.c run, in U-mode; position-independent, without
# a stack. a0 and a1 as given to thread_new; each ends with thread_exit.
#ifdef SELFTEST

        .macro  CALL number
        li      a7, \number
        ecall
        .endm

        .section .rodata.user_text
        .globl  user_text, user_text_end, user_count, user_load, user_store
        .globl  user_spin, user_console, user_sleep, user_handler
        .globl  user_unknown, user_set_handler
        .balign 8
user_text:

# Adds 1 to the word at a0, a1 times, yielding after each; exit value 77. All
# registers that a system call keeps must be kept.
user_count:
        mv      s0, a0
        mv      s11, a1
        mv      t6, a1
        mv      gp, a1
1:      ld      t0, 0(s0)
        addi    t0, t0, 1
        sd      t0, 0(s0)
        CALL    1                       # yield
        addi    s11, s11, -1
        addi    t6, t6, -1
        addi    gp, gp, -1
        bne     s11, t6, 2f
        bne     s11, gp, 2f
        bnez    s11, 1b
        li      a0, 77
        j       user_exit
2:      li      a0, 78
user_exit:
        CALL    2
        j       user_exit

# Exit value: the word at a0; a1 tells user_handler what to do.
user_load:
        mv      s1, a1
        ld      a0, 0(a0)
        j       user_exit

# Stores a1 at a0; exit value: what is there then.
user_store:
        sd      a1, 0(a0)
        ld      a0, 0(a0)
        j       user_exit

user_spin:
        j       user_spin

user_console:
        CALL    3                       # console_write(a0, a1)
        j       user_exit

user_sleep:
        CALL    5                       # sleep(a0)
        j       user_exit

user_unknown:
        mv      a7, a0
        ecall
        j       user_exit

user_set_handler:
        CALL    56                      # fault_handler(a0)
        j       user_exit

# a0 = cause, a1 = va, a2 = pc; s1 is still that of user_load: 0 = give up,
# 1 = exit with va, 2 = sleep a little and retry.
user_handler:
        beqz    s1, 1f
        li      t0, 1
        beq     s1, t0, 2f
        li      a0, 1000
        CALL    5
        li      a0, 1
1:      snez    a0, s1
        CALL    57                      # fault_return
2:      mv      a0, a1
        j       user_exit
user_text_end:
#endif
