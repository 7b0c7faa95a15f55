/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other half of ping.c: waits for the ball, adds one, sends it back.
 *
 * main(struct pingpong *, 0): returns the rounds played, or an -ERR_*.
 */
#include "os/user/opalite.h"
#include "os/user/programs/pingpong.h"

static int64_t return_by_semaphore(struct pingpong *game)
{
    int64_t error = sys_semaphore_wait(game->to_pong);

    if (error < 0)
        return error;
    game->ball++;
    return sys_semaphore_post(game->to_ping);
}

static int64_t return_by_message(struct pingpong *game)
{
    uint64_t ball;
    int64_t error =
        sys_port_receive(game->to_pong, (uint64_t)&ball, sizeof ball);

    if (error < 0)
        return error;
    ball++;
    return sys_port_send(game->to_ping, (uint64_t)&ball, sizeof ball);
}

int64_t main(uint64_t game_at, uint64_t unused)
{
    struct pingpong *game = (struct pingpong *)game_at;
    uint64_t rounds = game->rounds;

    (void)unused;
    for (uint64_t i = 0; i < rounds; i++) {
        int64_t error = game->kind == BY_MESSAGE ? return_by_message(game)
                                                 : return_by_semaphore(game);
        if (error < 0)
            return error;
    }
    return (int64_t)rounds;
}
