/* mall.c - see mall.h. */
#include "tests/support/mall.h"

#include "ledger/envelope.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- The mall ---- */

void mall_write(struct mall *m, const char *name, const char *text)
{
	char path[192];

	(void)snprintf(path, sizeof(path), "%s/%s", m->directory, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static void make_folder(struct mall *m, const char *name)
{
	char path[192];

	(void)snprintf(path, sizeof(path), "%s/%s", m->directory, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void make_files(struct mall *m)
{
	(void)snprintf(m->directory, sizeof(m->directory), "/tmp/merit-mall-XXXXXX");
	assert_non_null(mkdtemp(m->directory));
	(void)snprintf(m->web, sizeof(m->web), "%s/web", m->directory);
	(void)snprintf(m->content, sizeof(m->content), "%s/content", m->directory);
	make_folder(m, "web");
	make_folder(m, "web/assets");
	make_folder(m, "content");
	make_folder(m, "content/pictures");
	mall_write(m, "secret.txt", "secret");
	mall_write(m, "web/index.html", "<!doctype html><title>mall</title>");
	mall_write(m, "web/assets/app-1.js", "the script itself");
	mall_write(m, "web/assets/app-1.js.br", "br of it");
	mall_write(m, "web/assets/app-1.js.gz", "gz of it");
	mall_write(m, "content/mall.json", "{}");
	mall_write(m, "content/pictures/cup.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
}

struct mall *mall_new(void)
{
	struct mall *m = calloc(1, sizeof(*m));
	void *state = NULL;

	assert_non_null(m);
	serving_make(&state);
	m->ledger = state;
	merit_server_start(m->ledger->server);
	(void)snprintf(m->ledger_url, sizeof(m->ledger_url), "%s", merit_server_url(m->ledger->server, 0));
	make_files(m);
	merit_front_options_default(&m->options);
	m->listen[0] = "127.0.0.1:0";
	m->options.listen = m->listen;
	m->options.listen_count = 1;
	m->options.ledger_url = m->ledger_url;
	m->options.web = m->web;
	m->options.content = m->content;
	m->options.head_ms = m->options.request_ms = m->options.idle_ms = 10 * MALL_WAIT_MS;
	m->options.rate = (struct merit_rate){ MERIT_RATE_MAX, MERIT_RATE_MAX };
	return m;
}

void mall_open(struct mall *m)
{
	assert_int_equal(merit_front_open(&m->options, &m->front), MERIT_OK);
	assert_int_equal(merit_front_start(m->front), MERIT_OK);
}

void mall_close(struct mall *m)
{
	if (m->front != NULL)
		merit_front_stop(m->front);
	merit_front_free(m->front);
	m->front = NULL;
}

void mall_free(struct mall *m)
{
	char command[96];
	void *state = m->ledger;

	mall_close(m);
	(void)serving_drop(&state);
	(void)snprintf(command, sizeof(command), "rm -r %s", m->directory);
	assert_int_equal(system(command), 0);
	merit_buffer_free(&m->reply.body);
	free(m);
}

void mall_stop_ledger(struct mall *m)
{
	serving_close(m->ledger);
}

void mall_start_ledger(struct mall *m)
{
	m->ledger->urls[0] = m->ledger_url;
	serving_open(m->ledger);
	merit_server_start(m->ledger->server);
}

/* ---- Bytes ---- */

int mall_connect_from(struct mall *m, const char *address)
{
	struct timeval patience = { .tv_sec = MALL_WAIT_MS / 1000 };
	struct sockaddr_in from = { .sin_family = AF_INET }, to = { .sin_family = AF_INET };
	const char *port = strrchr(merit_front_name(m->front, 0), ':') + 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, address, &from.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	to.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	assert_int_equal(inet_pton(AF_INET, "127.0.0.1", &to.sin_addr), 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	return fd;
}

int mall_connect(struct mall *m)
{
	return mall_connect_from(m, "127.0.0.1");
}

void mall_send(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size > 0) {
		ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
		if (sent <= 0)
			return; /* Refused before it was all there: what was said to it tells. */
		at += sent;
		size -= (size_t)sent;
	}
}

void mall_say(int fd, const char *text)
{
	mall_send(fd, text, strlen(text));
}

/* The next byte; -1 at the end of the stream. */
static int hear_byte(int fd)
{
	unsigned char byte = 0;

	ssize_t got = recv(fd, &byte, 1, 0);
	if (got < 0)
		assert_int_equal(errno, ECONNRESET); /* Not: nothing within MALL_WAIT_MS. */
	return got == 1 ? byte : -1;
}

static void hear_head(struct mall_reply *reply, int fd)
{
	size_t size = 0;
	int byte = 0;

	while (!reply->is_closed && (size < 4 || memcmp(reply->head + size - 4, "\r\n\r\n", 4) != 0)) {
		byte = hear_byte(fd);
		reply->is_closed = byte < 0;
		assert_true(size + 1 < sizeof(reply->head));
		if (byte >= 0)
			reply->head[size++] = (char)byte;
	}
	reply->head[size] = '\0';
}

void mall_hear_head(struct mall *m, int fd)
{
	struct mall_reply *reply = &m->reply;

	merit_buffer_clear(&reply->body);
	reply->is_closed = false;
	reply->code = 0;
	hear_head(reply, fd);
	if (!reply->is_closed)
		assert_int_equal(sscanf(reply->head, "HTTP/1.1 %d ", &reply->code), 1);
	if (reply->code == 100)
		mall_hear_head(m, fd);
}

void mall_hear(struct mall *m, int fd)
{
	struct mall_reply *reply = &m->reply;

	mall_hear_head(m, fd);
	const char *length = mall_field(m, "Content-Length");
	size_t left = length == NULL ? 0 : strtoul(length, NULL, 10);
	while (left > 0 && !reply->is_closed) {
		int byte = hear_byte(fd);
		reply->is_closed = byte < 0;
		if (byte >= 0)
			merit_buffer_put_char(&reply->body, (char)byte);
		left--;
	}
}

bool mall_is_ended(int fd)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	char bytes[4096];

	while (poll(&polled, 1, MALL_WAIT_MS) == 1)
		if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
			return true;
	return false;
}

void mall_ask(struct mall *m, const char *request)
{
	int fd = mall_connect(m);

	mall_say(fd, request);
	mall_hear(m, fd);
	(void)close(fd);
}

void mall_call(struct mall *m, const char *fields, const char *json)
{
	struct merit_buffer request = { 0 };
	int fd = mall_connect(m);

	merit_buffer_put_text(&request, "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\n");
	merit_buffer_put_format(&request, "%sContent-Length: %zu\r\n\r\n%s", fields, strlen(json), json);
	assert_false(request.bad);
	mall_send(fd, request.data, request.size);
	mall_hear(m, fd);
	(void)close(fd);
	merit_buffer_free(&request);
}

void mall_call_signed(struct mall *m, const char *kid, uint8_t key, const char *json, const char *lines)
{
	struct merit_secret_key secret = serving_key(key);
	struct merit_buffer message = { 0 }, field = { 0 };

	assert_int_equal(merit_envelope_make(&message, &secret, kid, SERVING_ORIGIN, time(NULL), json, strlen(json)),
	                 MERIT_OK);
	merit_buffer_put(&message, lines, strlen(lines) + 1);
	assert_false(message.bad);
	char *feed = strchr(message.data, '\n');
	merit_buffer_put_format(&field, "Merit-Signature: %.*s\r\n%c", (int)(feed - message.data), message.data, '\0');
	assert_false(field.bad);
	mall_call(m, field.data, feed + 1);
	merit_buffer_free(&message);
	merit_buffer_free(&field);
}

/* ---- Answers ---- */

const char *mall_field(struct mall *m, const char *name)
{
	static char value[8192];
	size_t name_size = strlen(name);

	for (const char *line = strstr(m->reply.head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, name_size) != 0 || line[name_size] != ':')
			continue;
		const char *start = line + name_size + 1 + strspn(line + name_size + 1, " ");
		(void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(start, "\r"), start);
		return value;
	}
	return NULL;
}

const char *mall_body(struct mall *m)
{
	merit_buffer_put_char(&m->reply.body, '\0');
	assert_false(m->reply.body.bad);
	m->reply.body.size--;
	return m->reply.body.data;
}
