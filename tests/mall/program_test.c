/* program_test.c
 * Goal    the program: options, signals, https, numbers on a listener of their own; and a log that tells nothing of
 *         what was asked.
 * Method  merit-mall from MERIT_BIN_DIR as a child, in front of a meritd in this process; openssl makes a certificate,
 *         and is the browser that comes by https. */
#include "tests/support/mall.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS_MAX 24

struct program {
	struct mall *m; /* never opened: its meritd and its folders */
	pid_t pid;
	FILE *log;
	char said[32768]; /* the log so far */
	int port, metrics_port;
};

static int make(void **state)
{
	struct program *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->m = mall_new();
	*state = p;
	return 0;
}

/* Starts merit-mall with these words behind its own; NULL ends them. */
static void spawn(struct program *p, const char *const *words)
{
	char path[512];
	const char *all[WORDS_MAX] = {
		path, "--listen", "127.0.0.1:0", "--ledger", p->m->ledger_url, "--web", p->m->web
	};
	size_t count = 7;
	int ends[2];

	(void)snprintf(path, sizeof(path), "%s/merit-mall", getenv("MERIT_BIN_DIR"));
	for (; *words != NULL; words++) {
		assert_true(count < WORDS_MAX - 1);
		all[count++] = *words;
	}
	assert_int_equal(pipe(ends), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		(void)execv(path, (char *const *)(uintptr_t)all);
		_exit(127);
	}
	(void)close(ends[1]);
	if (p->log != NULL)
		(void)fclose(p->log);
	p->log = fdopen(ends[0], "r");
	assert_non_null(p->log);
	p->said[0] = '\0';
}

/* Reads the log up to a line with text in it: that line, or NULL when it ends before. */
static const char *read_log(struct program *p, const char *text)
{
	static char line[4096];

	while (fgets(line, sizeof(line), p->log) != NULL) {
		size_t size = strlen(p->said);
		(void)snprintf(p->said + size, sizeof(p->said) - size, "%s", line);
		if (strstr(line, text) != NULL)
			return line;
	}
	return NULL;
}

static int port_in(const char *line)
{
	int port = 0;

	assert_non_null(line);
	assert_int_equal(sscanf(strstr(line, "listen="), "listen=127.0.0.1:%d", &port), 1);
	return port;
}

static void start(struct program *p, const char *const *words)
{
	spawn(p, words);
	p->port = port_in(read_log(p, "event=ready "));
}

/* The exit code after a signal, 0 for none; the log is read to its end. */
static int finish(struct program *p, int signal_number)
{
	int status = 0;

	if (signal_number != 0)
		assert_int_equal(kill(p->pid, signal_number), 0);
	(void)read_log(p, "no line has this");
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	p->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int drop(void **state)
{
	struct program *p = *state;

	if (p->pid != 0)
		(void)finish(p, SIGKILL);
	if (p->log != NULL)
		(void)fclose(p->log);
	mall_free(p->m);
	free(p);
	return 0;
}

static int connect_to(int port)
{
	struct timeval patience = { .tv_sec = MALL_WAIT_MS / 1000 };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	return fd;
}

static void ask(struct program *p, int port, const char *request)
{
	int fd = connect_to(port);

	mall_say(fd, request);
	mall_hear(p->m, fd);
	(void)close(fd);
}

static void wrong_usage_is_told_apart_from_failure(void **state)
{
	static const struct {
		const char *words[4];
		int code;
	} rows[] = {
		{ { "--help" }, 0 },
		{ { "--version" }, 0 },
		{ { "--nonsense" }, 2 },
		{ { "word" }, 2 },
		{ { "--rate", "5" }, 2 },
		{ { "--rate", "0/5" }, 2 },
		{ { "--relays", "0" }, 2 },
		{ { "--body-max", "5G" }, 2 },
		{ { "--body-max", "5M" }, 2 },
		{ { "--ledger", "tls+tcp://127.0.0.1:7420" }, 2 },
		{ { "--ledger", "tcp://127.0.0.1" }, 2 },
		{ { "--origin", "mall.example" }, 2 },
		{ { "--origin", "https://mall.example/" }, 2 },
		{ { "--trusted-proxy", "proxy.example" }, 2 },
		{ { "--tls-cert", "cert.pem" }, 2 },
		{ { "--log", "loud" }, 2 },
		{ { "--listen", "127.0.0.1" }, 1 },
		{ { "--listen", "203.0.113.1:80" }, 1 }, /* None of this machine's. */
		{ { "--web", "/nowhere" }, 1 },
		{ { "--tls-cert", "/nowhere", "--tls-key" }, 2 },
		{ { "--metrics", "nonsense" }, 1 },
		{ { "--metrics", "0.0.0.0:0" }, 1 },
	};
	struct program *p = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("           %s %s\n", rows[i].words[0], rows[i].words[1] == NULL ? "" : rows[i].words[1]);
		spawn(p, rows[i].words);
		assert_int_equal(finish(p, 0), rows[i].code);
	}
}

static void it_serves_until_sigterm(void **state)
{
	struct program *p = *state;
	const char *words[] = { "--content", p->m->content, NULL };

	start(p, words);
	ask(p, p->port, "GET /content/mall.json HTTP/1.1\r\nHost: mall\r\n\r\n");
	assert_int_equal(p->m->reply.code, 200);
	int idle = connect_to(p->port);
	assert_int_equal(finish(p, SIGTERM), 0);
	assert_non_null(strstr(p->said, "event=stopped"));
	assert_true(mall_is_ended(idle));
	(void)close(idle);
}

static void sighup_reads_the_folders_again(void **state)
{
	static const char *const words[] = { NULL };
	struct program *p = *state;

	start(p, words);
	ask(p, p->port, "GET /new.html HTTP/1.1\r\nHost: mall\r\n\r\n");
	assert_int_equal(p->m->reply.code, 404);
	mall_write(p->m, "web/new.html", "new");
	assert_int_equal(kill(p->pid, SIGHUP), 0);
	assert_non_null(strstr(read_log(p, "event=reload"), "status=accepted"));
	ask(p, p->port, "GET /new.html HTTP/1.1\r\nHost: mall\r\n\r\n");
	assert_int_equal(p->m->reply.code, 200);
	assert_int_equal(finish(p, SIGTERM), 0);
}

static void numbers_are_on_a_listener_of_their_own(void **state)
{
	static const char *const words[] = { "--metrics", "127.0.0.1:0", NULL };
	struct program *p = *state;

	spawn(p, words);
	p->metrics_port = port_in(read_log(p, "event=metrics "));
	p->port = port_in(read_log(p, "event=ready "));
	ask(p, p->port, "GET /metrics HTTP/1.1\r\nHost: mall\r\n\r\n");
	assert_int_equal(p->m->reply.code, 404);
	ask(p, p->metrics_port, "GET /metrics HTTP/1.1\r\nHost: mall\r\n\r\n");
	assert_int_equal(p->m->reply.code, 200);
	assert_non_null(strstr(mall_body(p->m), "merit_mall_requests_total 1\n"));
	assert_non_null(strstr(mall_body(p->m), "merit_mall_refused_total 1\n"));
	assert_non_null(strstr(mall_body(p->m), "\nmerit_entries 1\n")); /* meritd's. */
	ask(p, p->metrics_port, "GET / HTTP/1.1\r\nHost: mall\r\n\r\n");
	assert_int_equal(p->m->reply.code, 404);
	mall_stop_ledger(p->m);
	ask(p, p->metrics_port, "GET /metrics HTTP/1.1\r\nHost: mall\r\n\r\n");
	assert_int_equal(p->m->reply.code, 200);
	assert_null(strstr(mall_body(p->m), "\nmerit_entries "));
	assert_int_equal(finish(p, SIGTERM), 0);
}

static void the_log_tells_nothing_of_what_was_asked(void **state)
{
	static const char *const words[] = { "--log", "debug", NULL };
	struct program *p = *state;

	start(p, words);
	ask(p, p->port, "GET /?token=SECRET1 HTTP/1.1\r\nHost: mall\r\nCookie: SECRET2\r\nReferer: SECRET3\r\n\r\n");
	ask(p, p->port, "GET /SECRET4?SECRET5 HTTP/1.1\r\nHost: mall\r\n\r\n");
	ask(p, p->port,
	    "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\n"
	    "Merit-Signature: SECRET6\r\nContent-Length: 7\r\n\r\nSECRET7");
	ask(p, p->port,
	    "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: SECRET8\r\n"
	    "Content-Length: 7\r\n\r\nSECRET9");
	ask(p, p->port, "GET / SECRET0 HTTP/1.1\r\nHost: mall\r\n\r\n");
	ask(p, p->port, "GET / HTTP/1.1\r\nHost: mall\r\nContent-Length: SECRET\r\n\r\n");
	assert_int_equal(finish(p, SIGTERM), 0);
	assert_non_null(strstr(p->said, "event=refused"));
	assert_null(strstr(p->said, "SECRET"));
}

/* What openssl hears to a request by https. */
static void ask_openssl(struct program *p, const char *options, char *text_out, size_t text_size)
{
	char command[768];

	(void)snprintf(command, sizeof(command),
	               "printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' | "
	               "openssl s_client -quiet -ign_eof -verify_return_error -CAfile '%s/cert.pem' %s "
	               "-connect 127.0.0.1:%d 2>'%s/openssl.log'",
	               p->m->directory, options, p->port, p->m->directory);
	FILE *pipe = popen(command, "r");
	assert_non_null(pipe);
	size_t size = fread(text_out, 1, text_size - 1, pipe);
	text_out[size] = '\0';
	(void)pclose(pipe);
}

static void with_a_certificate_it_serves_https(void **state)
{
	struct program *p = *state;
	char command[512], certificate[128], key[128], text[8192];

	(void)snprintf(certificate, sizeof(certificate), "%s/cert.pem", p->m->directory);
	(void)snprintf(key, sizeof(key), "%s/key.pem", p->m->directory);
	(void)snprintf(command, sizeof(command),
	               "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
	               "-subj /CN=localhost -out '%s' -keyout '%s' 2>/dev/null",
	               certificate, key);
	assert_int_equal(system(command), 0);
	const char *words[] = { "--tls-cert", certificate, "--tls-key", key, NULL };
	start(p, words);
	ask_openssl(p, "-tls1_3", text, sizeof(text));
	assert_non_null(strstr(text, "HTTP/1.1 "));
	assert_non_null(strstr(text, "Strict-Transport-Security: max-age="));
	ask_openssl(p, "-tls1_2", text, sizeof(text));
	assert_non_null(strstr(text, "HTTP/1.1 "));
	ask_openssl(p, "-tls1_1 -cipher DEFAULT@SECLEVEL=0", text, sizeof(text));
	assert_null(strstr(text, "HTTP/1.1 "));
	ask(p, p->port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); /* Not by http. */
	assert_true(p->m->reply.is_closed);
	int silent = connect_to(p->port);
	ask_openssl(p, "", text, sizeof(text));
	assert_non_null(strstr(text, "HTTP/1.1 "));
	(void)close(silent);
	assert_int_equal(finish(p, SIGTERM), 0);
	const char *swapped[] = { "--tls-cert", key, "--tls-key", certificate, NULL };
	spawn(p, swapped);
	assert_int_equal(finish(p, 0), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		TEST(wrong_usage_is_told_apart_from_failure),  TEST(it_serves_until_sigterm),
		TEST(sighup_reads_the_folders_again),          TEST(numbers_are_on_a_listener_of_their_own),
		TEST(the_log_tells_nothing_of_what_was_asked), TEST(with_a_certificate_it_serves_https),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
