/* SPDX-License-Identifier: Apache-2.0 */
/* See oracle_cache.h. */
#include "tests/ref/oracle_cache.h"

bool oracle_cache_use(struct oracle_cache *c, uint64_t line, bool write,
                      bool *wrote_back, uint64_t *gone)
{
    int s = (int)(line % (uint64_t)c->sets), at = 0;
    bool hit = false, dirty = write;
    *wrote_back = false;
    while (at < c->ways - 1 && c->set[s][at].line != line + 1)
        at++;
    hit = c->set[s][at].line == line + 1;
    if (hit)
        dirty |= c->set[s][at].dirty;
    else if (c->set[s][at].line && c->set[s][at].dirty) {
        *wrote_back = true;
        *gone = c->set[s][at].line - 1;
    }
    for (; at > 0; at--)
        c->set[s][at] = c->set[s][at - 1];
    c->set[s][0].line = line + 1;
    c->set[s][0].dirty = dirty;
    return hit;
}
