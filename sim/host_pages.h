/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which pages of a sparse mapping have ever been written: the host knows
 * (/proc/self/pagemap).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* own[i] becomes true if page i from `at` (a page's beginning) is this
 * process's own, not a file's and not the common page of zeros; where the host
 * does not tell, all are. Others stay as they are. */
void host_own_pages(const void *at, size_t pages, bool *own);
