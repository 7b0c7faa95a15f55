/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Half of ping-pong: sends the ball (a number) to pong, waits until it comes
 * back one larger, and sends it again. By semaphore the ball lies still in a
 * shared segment and only the turn changes; by message the kernel copies it.
 *
 * main(struct pingpong *, 0): returns the ball, 2 x rounds, or an -ERR_*.
 */
#include "os/user/opalite.h"
#include "os/user/programs/pingpong.h"

static int64_t play_by_semaphore(struct pingpong *game)
{
    for (uint64_t i = 0; i < game->rounds; i++) {
        int64_t error;

        game->ball++;
        error = sys_semaphore_post(game->to_pong);
        if (error < 0)
            return error;
        error = sys_semaphore_wait(game->to_ping);
        if (error < 0)
            return error;
    }
    return (int64_t) * (volatile uint64_t *)&game->ball;
}

static int64_t play_by_message(struct pingpong *game)
{
    uint64_t ball = 0;

    for (uint64_t i = 0; i < game->rounds; i++) {
        int64_t error;

        ball++;
        error = sys_port_send(game->to_pong, (uint64_t)&ball, sizeof ball);
        if (error < 0)
            return error;
        error = sys_port_receive(game->to_ping, (uint64_t)&ball, sizeof ball);
        if (error < 0)
            return error;
    }
    return (int64_t)ball;
}

int64_t main(uint64_t game_at, uint64_t unused)
{
    struct pingpong *game = (struct pingpong *)game_at;
    uint64_t marker = game->mark;
    int64_t result;

    (void)unused;
    if (marker)
        mark(marker);
    if (game->kind == BY_MESSAGE)
        result = play_by_message(game);
    else
        result = play_by_semaphore(game);
    if (marker)
        mark(marker + 1);
    return result;
}
