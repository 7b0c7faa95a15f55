/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb/socket.h. */
#include "sim/gdb/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool fail(struct gdb_socket *s, const char *where, struct err *err)
{
    err_set(err, EXIT_HOST_RESOURCE, "--gdb: cannot listen at %s: %m", where);
    s->path[0] = 0;
    gdb_socket_close(s);
    return false;
}

static bool open_unix(struct gdb_socket *s, const char *path, struct err *err)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = strlen(path);
    if (!length || length >= sizeof address.sun_path)
        return err_set(err, EXIT_USAGE,
                       "--gdb unix:%s: expected a path of 1 to %zu bytes", path,
                       sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, length + 1);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listener < 0 ||
        bind(s->listener, (struct sockaddr *)&address, sizeof address) != 0)
        return fail(s, path, err);
    memcpy(s->path, path, length + 1);
    if (listen(s->listener, 1) != 0)
        return fail(s, path, err);
    fprintf(stderr, "opalite: waiting for gdb: target remote %s\n", path);
    return true;
}

static bool open_port(struct gdb_socket *s, uint16_t port, struct err *err)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct sockaddr *name = (struct sockaddr *)&address;
    socklen_t bytes = sizeof address;
    int on = 1;
    char where[32];
    snprintf(where, sizeof where, "127.0.0.1:%d", port);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listener < 0 ||
        setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
        bind(s->listener, name, bytes) || listen(s->listener, 1) ||
        getsockname(s->listener, name, &bytes))
        return fail(s, where, err);
    fprintf(stderr, "opalite: waiting for gdb: target remote localhost:%d\n",
            ntohs(address.sin_port));
    return true;
}

bool gdb_socket_open(struct gdb_socket *s, const char *where, struct err *err)
{
    *s = (struct gdb_socket){ .listener = -1, .link = -1 };
    unsigned long port = GDB_PORT;
    if (where && strncmp(where, "unix:", 5) == 0)
        return open_unix(s, where + 5, err);
    if (where) {
        char *end;
        port = strtoul(where, &end, 10);
        if (*where < '0' || *where > '9' || *end || port > UINT16_MAX)
            return err_set(err, EXIT_USAGE,
                           "--gdb %s: expected a port, 0 to 65535, or "
                           "unix:PATH",
                           where);
    }
    return open_port(s, (uint16_t)port, err);
}

static void stop_listening(struct gdb_socket *s)
{
    if (s->listener >= 0)
        close(s->listener);
    s->listener = -1;
    if (s->path[0])
        unlink(s->path);
    s->path[0] = 0;
}

void gdb_socket_close(struct gdb_socket *s)
{
    stop_listening(s);
    if (s->link >= 0)
        close(s->link);
    s->link = -1;
}

static bool readable(int file, int milliseconds)
{
    struct pollfd wait = { .fd = file, .events = POLLIN };
    return poll(&wait, 1, milliseconds) > 0;
}

bool gdb_socket_accept(struct gdb_socket *s, int milliseconds)
{
    int on = 1;
    if (s->listener < 0 || !readable(s->listener, milliseconds))
        return false;
    s->link = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
    if (s->link < 0)
        return false;
    /* Answers are small and waited for; a Unix socket knows no such option. */
    (void)setsockopt(s->link, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    stop_listening(s);
    return true;
}

int gdb_socket_read(struct gdb_socket *s, void *to, size_t room,
                    int milliseconds)
{
    if (!readable(s->link, milliseconds))
        return 0; /* nothing, or a signal: the caller looks */
    ssize_t n = recv(s->link, to, room, 0);
    return n > 0 ? (int)n : n < 0 && errno == EINTR ? 0 : -1;
}

bool gdb_socket_write(struct gdb_socket *s, const void *bytes, size_t n)
{
    const char *from = bytes;
    while (n) {
        ssize_t sent = send(s->link, from, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        from += sent;
        n -= (size_t)sent;
    }
    return true;
}
