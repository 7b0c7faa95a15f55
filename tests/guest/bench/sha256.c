/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: SHA-256 (FIPS 180-4) of a million times "a", the standard's long
 * test message; at small size its short one, "abc". Shifts, rotations and
 * logic in long basic blocks.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0xf41de4162aaaca60u, 0xb2a659c587a63d5du)
#define ROUNDS   SIZED(4, 200)
#define MESSAGE  SIZED(1000000u, 3u)

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

static void compress(uint32_t hash[8], const uint8_t block[64])
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++)
        s[i] = hash[i];
    for (int i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t one = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                       ((e & s[5]) ^ (~e & s[6])) + constants[i] + w[i];
        uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                       ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        for (int k = 7; k > 0; k--)
            s[k] = s[k - 1];
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < 8; i++)
        hash[i] += s[i];
}

static uint8_t block[64];

/* The hash of the first `bytes` bytes of text, text, text ... */
static void sha256(uint32_t hash[8], const char *text, uint32_t period,
                   uint32_t bytes)
{
    static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                       0xa54ff53a, 0x510e527f, 0x9b05688c,
                                       0x1f83d9ab, 0x5be0cd19 };
    uint32_t in_block = 0, in_text = 0;
    for (int i = 0; i < 8; i++)
        hash[i] = start[i];
    for (uint32_t i = 0; i < bytes; i++) {
        block[in_block++] = (uint8_t)text[in_text++];
        if (in_text == period)
            in_text = 0;
        if (in_block == 64) {
            compress(hash, block);
            in_block = 0;
        }
    }
    block[in_block++] = 0x80;
    for (; in_block != 56; in_block = (in_block + 1) & 63) {
        if (in_block == 0)
            compress(hash, block);
        block[in_block] = 0;
    }
    for (int i = 0; i < 8; i++)
        block[56 + i] = (uint8_t)((uint64_t)bytes * 8 >> (56 - 8 * i));
    compress(hash, block);
}

int main(void)
{
    static const uint32_t expected[8] = {
        SIZED(0xcdc76e5c, 0xba7816bf), SIZED(0x9914fb92, 0x8f01cfea),
        SIZED(0x81a1c7e2, 0x414140de), SIZED(0x84d73e67, 0x5dae2223),
        SIZED(0xf1809a48, 0xb00361a3), SIZED(0xa497200e, 0x96177a9c),
        SIZED(0x046d39cc, 0xb410ff61), SIZED(0xc7112cd0, 0xf20015ad),
    };
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t hash[8];
        sha256(hash, SIZED("a", "abc"), SIZED(1, 3), MESSAGE);
        for (int i = 0; i < 8; i++) {
            if (hash[i] != expected[i])
                return 2;
            sum = checksum_add(sum, hash[i]);
        }
    }
    return checksum_end(sum, EXPECTED);
}
