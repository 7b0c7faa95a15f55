/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One word among several that lie side by side: how a set of a cache finds the
 * way with a tag. Four at a time where the host can.
 */
#pragma once

#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
/* Four words: those that are equal, as words of ones. */
static inline __m128i tags_four(const uint32_t *word, __m128i wanted)
{
    return _mm_cmpeq_epi32(_mm_loadu_si128((const void *)word), wanted);
}

/* Eight: a bit pair for each that is equal. */
static inline unsigned tags_eight(const uint32_t *word, __m128i wanted)
{
    __m128i both =
        _mm_packs_epi32(tags_four(word, wanted), tags_four(word + 4, wanted));
    return (unsigned)_mm_movemask_epi8(both);
}
#endif

/* The first place of `wanted` in word[0 .. count), or -1. */
static inline int32_t tags_find(const uint32_t *word, uint32_t count,
                                uint32_t wanted)
{
    uint32_t i = 0;
#ifdef __SSE2__
    const __m128i all = _mm_set1_epi32((int)wanted);
    for (; i + 8 <= count; i += 8) {
        unsigned equal = tags_eight(word + i, all);
        if (equal)
            return (int32_t)i + (__builtin_ctz(equal) >> 1);
    }
#endif
    for (; i < count; i++)
        if (word[i] == wanted)
            return (int32_t)i;
    return -1;
}
