/* listen.c - see listen.h. */
#include "mall/listen.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS     250
#define BREATH_MS   20 /* when there is no descriptor left */
#define BACKLOG     1024
#define AT_ONCE_MAX 64 /* connections of one listener before the next one has its turn */

/* Cuts ADDRESS:PORT in two. False where one of them is missing. */
static bool split(const char *name, char host_out[MERIT_LISTEN_NAME_MAX], const char **port_out)
{
	const char *colon = strrchr(name, ':');
	size_t size = colon == NULL ? 0 : (size_t)(colon - name);

	if (size == 0 || size >= MERIT_LISTEN_NAME_MAX || colon[1] == '\0' ||
	    colon[1 + strspn(colon + 1, "0123456789")] != '\0')
		return false;
	bool is_quoted = name[0] == '[' && colon[-1] == ']';
	if (!is_quoted && memchr(name, ':', size) != NULL)
		return false; /* IPv6 without its brackets. */
	if (is_quoted) {
		name++;
		size -= 2;
	}
	memcpy(host_out, name, size);
	host_out[size] = '\0';
	*port_out = colon + 1;
	return true;
}

/* The real name of what fd listens on. */
static void name_of(int fd, char name_out[MERIT_LISTEN_NAME_MAX])
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);
	char host[64] = "", port[8] = "";

	(void)getsockname(fd, (struct sockaddr *)&address, &size);
	(void)getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port, sizeof(port),
	                  NI_NUMERICHOST | NI_NUMERICSERV);
	bool is_ipv6 = address.ss_family == AF_INET6;
	(void)snprintf(name_out, MERIT_LISTEN_NAME_MAX, is_ipv6 ? "[%s]:%s" : "%s:%s", host, port);
}

static int open_at(const struct addrinfo *info)
{
	int on = 1;
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int reason = errno;
	(void)close(fd);
	errno = reason;
	return -1;
}

enum merit_status merit_listen_open(struct merit_listener *listener, const char *name)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	char host[MERIT_LISTEN_NAME_MAX];
	const char *port = NULL;
	struct addrinfo *info = NULL;

	if (listener->count == MERIT_LISTEN_MAX || !split(name, host, &port) ||
	    getaddrinfo(host, port, &hints, &info) != 0)
		return MERIT_BAD_FORMAT;
	int fd = open_at(info);
	freeaddrinfo(info);
	if (fd < 0)
		return MERIT_IO_FAILED;
	name_of(fd, listener->names[listener->count]);
	listener->fds[listener->count++] = fd;
	return MERIT_OK;
}

static int64_t uptime_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void breathe(void)
{
	static const struct timespec breath = { .tv_nsec = BREATH_MS * 1000000L };

	(void)nanosleep(&breath, NULL);
}

/* Takes in what waits at one listener. */
static void accept_from(struct merit_listener *listener, int listen_fd)
{
	for (int i = 0; i < AT_ONCE_MAX; i++) {
		struct sockaddr_storage address;
		socklen_t size = sizeof(address);
		int fd = accept4(listen_fd, (struct sockaddr *)&address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0) {
			listener->accepted(listener->argument, fd, (struct sockaddr *)&address, size);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			breathe(); /* It stays readable: without a pause this thread would spin. */
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

static void *run(void *argument)
{
	struct merit_listener *listener = argument;
	struct pollfd polled[MERIT_LISTEN_MAX + 1];
	int64_t tick_ms = 0;

	for (size_t i = 0; i < listener->count; i++)
		polled[i] = (struct pollfd){ .fd = listener->fds[i], .events = POLLIN };
	polled[listener->count] = (struct pollfd){ .fd = listener->stop_fd, .events = POLLIN };
	do {
		(void)poll(polled, listener->count + 1, TICK_MS);
		for (size_t i = 0; i < listener->count; i++)
			if (polled[i].revents != 0)
				accept_from(listener, listener->fds[i]);
		int64_t now_ms = uptime_ms();
		if (now_ms - tick_ms >= TICK_MS) {
			tick_ms = now_ms;
			listener->tick(listener->argument);
		}
	} while (polled[listener->count].revents == 0);
	return NULL;
}

enum merit_status merit_listen_start(struct merit_listener *listener)
{
	listener->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (listener->stop_fd < 0)
		return MERIT_IO_FAILED;
	if (pthread_create(&listener->thread, NULL, run, listener) != 0) {
		(void)close(listener->stop_fd);
		return MERIT_NO_MEMORY;
	}
	listener->is_started = true;
	return MERIT_OK;
}

void merit_listen_stop(struct merit_listener *listener)
{
	if (listener->is_started) {
		int rc = eventfd_write(listener->stop_fd, 1);
		assert(rc == 0);
		(void)pthread_join(listener->thread, NULL);
		(void)close(listener->stop_fd);
		listener->is_started = false;
	}
	while (listener->count > 0)
		(void)close(listener->fds[--listener->count]);
}
