/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that describe a board with firmware, shared by boot and lockstep:
 * a command puts BOARD_ROWS first in its table and hands rows below
 * BOARD_ROW_COUNT to board_take.
 */
#pragma once

#include "sim/cmd/cmd.h"
#include "sim/firmware.h"
#include "sim/typed.h"

/* clang-format off */
#define BOARD_ROWS                                                             \
    { 0, "firmware", "FILE", "runs first, in M-mode at 0x80000000" },          \
    { 0, "kernel", "FILE", "after firmware S-mode at 0x80200000; else M-mode" }, \
    { 0, "initrd", "FILE", "initial RAM disk, named in the device tree" },     \
    { 0, "disk", "FILE", "disk (virtio); the file itself stays unchanged" },   \
    { 0, "append", "TEXT", "arguments of the kernel (bootargs)" },             \
    { 0, "dtb", "FILE", "device tree, instead of the machine's own" },         \
    { 'm', "memory", "SIZE", "RAM, as 256M; also --set ram.bytes=SIZE" },      \
    { 0, "console", "uart|virtio", "which console gets the keys" },            \
    { 0, "harts", "N", "hardware threads, 1 to 8; also --set harts=N" },       \
    { 0, "expect", "TEXT", "script: wait for this text from the guest" },      \
    { 0, "send", "TEXT", "script: type this; \\r \\n \\t \\\\ \\xHH are keys" }, \
    { 0, "misaligned", "trap|ok", "misaligned loads and stores" },             \
    { 0, "preset", "NAME", "machine (opalite presets)" },                      \
    { 0, "set", "KEY=VALUE", "a parameter of the machine" }
/* clang-format on */
enum {
    BOARD_ROW_FIRMWARE,
    BOARD_ROW_KERNEL,
    BOARD_ROW_INITRD,
    BOARD_ROW_DISK,
    BOARD_ROW_APPEND,
    BOARD_ROW_DTB,
    BOARD_ROW_MEMORY,
    BOARD_ROW_CONSOLE,
    BOARD_ROW_HARTS,
    BOARD_ROW_EXPECT,
    BOARD_ROW_SEND,
    BOARD_ROW_MISALIGNED,
    BOARD_ROW_PRESET,
    BOARD_ROW_SET,
    BOARD_ROW_COUNT
};

struct board_options {
    struct firmware_files files;
    const char *disk;
    struct machine_options machine; /* to be freed by the command */
    enum machine_console console;
    struct typed script;
};

/* Takes the option just found. False: said on stderr. */
MUST_CHECK
bool board_take(struct board_options *b, const struct options *o);
/* The machine, in the heap (or NULL), with its firmware loaded; NULL = *err. */
MUST_CHECK
struct machine *board_build(const struct board_options *b, struct heap *heap,
                            struct err *err);
