/* SPDX-License-Identifier: Apache-2.0 */
/* See host_pages.h. */
#include "sim/host_pages.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

enum { PAGE = 4096, AT_ONCE = 512 };

/* Entry of /proc/self/pagemap: in memory or swapped out, and this process's
 * own, not the file's. */
static bool is_own(uint64_t entry)
{
    return entry >> 62 && !(entry >> 61 & 1);
}

void host_own_pages(const void *at, size_t pages, bool *own)
{
    uint64_t entry[AT_ONCE];
    int map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    for (size_t p = 0; p < pages; p += AT_ONCE) {
        size_t n = pages - p < AT_ONCE ? pages - p : AT_ONCE;
        ssize_t bytes = (ssize_t)(n * sizeof *entry);
        off_t place = (off_t)(((uintptr_t)at / PAGE + p) * sizeof *entry);
        bool told =
            map >= 0 && pread(map, entry, (size_t)bytes, place) == bytes;
        for (size_t i = 0; i < n; i++)
            own[p + i] |= !told || is_own(entry[i]);
    }
    if (map >= 0)
        close(map);
}
