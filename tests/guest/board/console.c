/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver of the virtio console, polling, in M-mode: greets, then sends back
 * in capitals what is typed, until 'q'. Failures: 1 no console, 2 an empty
 * slot is one too, 3 a buffer came back empty.
 */
#include "tests/guest/board/virtio.h"
#include "tests/guest/lib/guest.h"

enum { SLOT = 2, CONSOLE = 3, RECEIVE = 0, TRANSMIT = 1 };

static struct queue queues[2];

static void print(const char *text, uint32_t bytes)
{
    uint32_t written;
    virtio_describe(&queues[TRANSMIT], 0, text, bytes, 0);
    virtio_post(SLOT, TRANSMIT, &queues[TRANSMIT], 0);
    while (!virtio_back(&queues[TRANSMIT], &written))
        continue;
}

int main(void)
{
    static char keys[16];
    if (!virtio_start(SLOT, CONSOLE, true, queues, 2))
        return 1;
    if (virtio_start(SLOT + 1, CONSOLE, true, queues, 2))
        return 2;
    print("virtio console\n", 15);
    for (;;) {
        uint32_t n;
        virtio_describe(&queues[RECEIVE], 0, keys, sizeof keys, DESC_WRITE);
        virtio_post(SLOT, RECEIVE, &queues[RECEIVE], 0);
        while (!virtio_back(&queues[RECEIVE], &n))
            continue;
        if (n == 0)
            return 3;
        uint32_t i = 0;
        for (; i < n && keys[i] != 'q'; i++)
            if (keys[i] >= 'a' && keys[i] <= 'z')
                keys[i] = (char)(keys[i] - 'a' + 'A');
        if (i > 0)
            print(keys, i);
        if (i < n)
            return 0;
    }
}
