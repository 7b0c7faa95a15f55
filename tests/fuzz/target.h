/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. A target is one program: target_X.c with
 * LLVMFuzzerTestOneInput, linked either with libFuzzer, which invents inputs
 * (make fuzz-host), or with replay.c, which feeds the files of corpus/X (make
 * test). A target finds a bug by crashing: sanitizers, bug(), or target_must.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Always 0: the input may go into the corpus. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What does not hold is our bug. */
#define target_must(holds)                                                     \
    do {                                                                       \
        if (!(holds)) {                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,  \
                    #holds);                                                   \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* An input as a stream of numbers; after its end they are 0. */
struct target_input {
    const uint8_t *at;
    size_t left;
};

static inline uint64_t target_take(struct target_input *in, size_t bytes)
{
    uint64_t value = 0;
    size_t n = bytes < in->left ? bytes : in->left;
    memcpy(&value, in->at, n);
    in->at += n;
    in->left -= n;
    return value;
}

/* The bytes as a file without a name; its path. close(file) removes it. */
static inline int target_file(const void *data, size_t size, char path[32])
{
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    target_must(file >= 0);
    target_must(write(file, data, size) == (ssize_t)size);
    snprintf(path, 32, "/proc/self/fd/%d", file);
    return file;
}
