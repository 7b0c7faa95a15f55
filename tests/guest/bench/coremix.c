/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: the kinds of work that small-core benchmarks like CoreMark mix: a
 * linked list (search, reverse, merge sort), a matrix of 16-bit numbers, a
 * state machine over text, and a CRC of everything. The code is our own.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0xc8414eaf48717016u, 0x8189022a7fce439fu)
#define ROUNDS   SIZED(1400, 5)
#define NODES    160
#define N        20 /* of the matrices */

/* ---- CRC-16/CCITT, bit by bit ------------------------------------------ */
static uint16_t crc_add(uint16_t crc, uint32_t value)
{
    for (int bit = 0; bit < 32; bit++) {
        uint32_t carry = (crc >> 15 ^ value) & 1;
        crc = (uint16_t)(crc << 1);
        if (carry)
            crc ^= 0x1021;
        value >>= 1;
    }
    return crc;
}

/* ---- list --------------------------------------------------------------- */
struct node {
    struct node *next;
    int16_t key, value;
};

static struct node nodes[NODES];

static struct node *list_build(uint32_t seed)
{
    struct node *first = 0;
    for (int i = 0; i < NODES; i++) {
        seed = seed * 1103515245u + 12345u;
        /* Not in the order of memory: 37 and 160 have no common factor. */
        struct node *n = &nodes[i * 37 % NODES];
        n->key = (int16_t)(seed >> 16);
        n->value = (int16_t)i;
        n->next = first;
        first = n;
    }
    return first;
}

static struct node *list_reverse(struct node *from)
{
    struct node *to = 0;
    while (from) {
        struct node *next = from->next;
        from->next = to;
        to = from;
        from = next;
    }
    return to;
}

static const struct node *list_find(const struct node *n, int16_t value)
{
    while (n && n->value != value)
        n = n->next;
    return n;
}

typedef int order(const struct node *a, const struct node *b);

static int by_key(const struct node *a, const struct node *b)
{
    return a->key - b->key;
}

static int by_value(const struct node *a, const struct node *b)
{
    return a->value - b->value;
}

static struct node *list_merge(struct node *a, struct node *b, order *compare)
{
    struct node *first, **end = &first;
    while (a && b) {
        struct node **smaller = compare(a, b) <= 0 ? &a : &b;
        *end = *smaller;
        end = &(*smaller)->next;
        *smaller = *end;
    }
    *end = a ? a : b;
    return first;
}

static struct node *list_sort(struct node *list, int length, order *compare)
{
    if (length == 1) {
        list->next = 0;
        return list;
    }
    struct node *half = list;
    for (int i = 0; i < length / 2; i++)
        half = half->next;
    struct node *b = list_sort(half, length - length / 2, compare);
    return list_merge(list_sort(list, length / 2, compare), b, compare);
}

static uint16_t list_work(uint32_t round)
{
    struct node *list = list_build(round + 1);
    uint16_t crc = 0;
    for (int i = 0; i < 12; i++) {
        const struct node *found = list_find(list, (int16_t)(i * 13));
        crc = crc_add(crc, (uint16_t)(found ? found->key : 0));
        list = list_reverse(list);
    }
    list = list_sort(list, NODES, by_key);
    for (const struct node *n = list; n->next; n = n->next)
        if (n->key > n->next->key)
            return 0;
    crc = crc_add(crc, (uint16_t)list->value);
    list = list_sort(list, NODES, by_value);
    return crc_add(crc, (uint16_t)list->key);
}

/* ---- matrix --------------------------------------------------------------
 */
static int16_t a[N][N], b[N][N];
static int32_t c[N][N];

static uint16_t matrix_work(uint32_t round)
{
    uint16_t crc = 0;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            a[i][k] = (int16_t)(i * k + (int)round);
            b[i][k] = (int16_t)(i - k * 3);
        }
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            int32_t sum = 0;
            for (int j = 0; j < N; j++)
                sum += a[i][j] * b[j][k];
            c[i][k] = sum;
        }
    int32_t total = 0, last = 0;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            total += c[i][k] > last ? 10 : c[i][k] >> 4 & 7;
            last = c[i][k];
            a[i][k] = (int16_t)(a[i][k] + total);
        }
    crc = crc_add(crc, (uint32_t)total);
    return crc_add(crc, (uint32_t)c[N / 2][N / 3]);
}

/* ---- state machine: what kind of number is each word? ------------------- */
enum state { START, SIGN, INTEGER, POINT, FRACTION, E, E_SIGN, POWER, INVALID };
#define STATES 9

static int is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static enum state next_state(enum state s, char letter)
{
    switch (s) {
    case START:
        if (letter == '+' || letter == '-')
            return SIGN;
        /* fall through */
    case SIGN:
        return is_digit(letter) ? INTEGER : letter == '.' ? POINT : INVALID;
    case INTEGER:
        if (letter == '.')
            return FRACTION;
        if (letter == 'e')
            return E;
        return is_digit(letter) ? INTEGER : INVALID;
    case POINT:
        return is_digit(letter) ? FRACTION : INVALID;
    case FRACTION:
        if (letter == 'e')
            return E;
        return is_digit(letter) ? FRACTION : INVALID;
    case E:
        if (letter == '+' || letter == '-')
            return E_SIGN;
        /* fall through */
    case E_SIGN:
    case POWER:
        return is_digit(letter) ? POWER : INVALID;
    default:
        return INVALID;
    }
}

static uint16_t state_work(uint32_t round)
{
    static const char words[] =
        "512 -1.5e3 .25 +7 12a 0.875 6e-2 ..1 -110 3e 98765 +.5e+10 1.2.3 "
        "T0 -874 35.5e2 e5 400000 -.1 9e9 +-3 2.718281828 314159e-5 0 x";
    uint32_t ended[STATES] = { 0 }, steps[STATES] = { 0 };
    enum state s = START;
    uint16_t crc = 0;
    for (int i = 0; words[i]; i++) {
        /* Now and then a letter is spoilt, so that the ways differ. */
        char letter = words[i];
        if (letter != ' ' && ((uint32_t)i + round) % 23 == 0)
            letter = ',';
        if (letter == ' ') {
            ended[s]++;
            s = START;
        } else {
            s = next_state(s, letter);
            steps[s]++;
        }
    }
    for (int i = 0; i < STATES; i++)
        crc = crc_add(crc, ended[i] << 16 | steps[i]);
    return crc;
}

int main(void)
{
    uint64_t sum = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint16_t crc = crc_add(0xffff, list_work(round));
        for (int i = 0; i < 3; i++)
            crc = crc_add(crc, matrix_work(round + (uint32_t)i));
        for (uint32_t i = 0; i < 8; i++)
            crc = crc_add(crc, state_work(round * 8 + i));
        sum = checksum_add(sum, crc);
    }
    return checksum_end(sum, EXPECTED);
}
