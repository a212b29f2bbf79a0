/* notify.c - see notify.h. */
#include "rpc/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void merit_notify(const char *text, enum merit_notify_how how)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, strlen(path));
	if (path[0] == '@')
		address.sun_path[0] = '\0'; /* An abstract socket, written with @ in the environment. */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	int flags = how == MERIT_NOTIFY_WAIT ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT;
	(void)sendto(fd, text, strlen(text), flags, (struct sockaddr *)&address, size);
	(void)close(fd);
}
