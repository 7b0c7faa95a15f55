/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message server: sends back what it receives, until a port is gone.
 *
 * main(in, out): ports; returns the number of messages echoed.
 */
#include "os/user/opalite.h"

int64_t main(uint64_t in, uint64_t out)
{
    uint8_t message[256];
    int64_t served = 0;

    for (;;) {
        int64_t bytes = sys_port_receive(in, (uint64_t)message, sizeof message);

        if (bytes < 0)
            return served;
        if (sys_port_send(out, (uint64_t)message, (uint64_t)bytes) < 0)
            return served;
        served++;
    }
}
