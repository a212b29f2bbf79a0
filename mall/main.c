/* main.c - merit-mall's command line: options, signals, and the order things begin and end in. */
#include "mall/front.h"
#include "mall/fields.h"
#include "mall/metrics.h"
#include "ledger/limits.h"
#include "rpc/daemon.h"
#include "rpc/log.h"
#include "rpc/notify.h"
#include "rpc/server.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTEN_MAX     16
#define LISTEN_DEFAULT "127.0.0.1:8080"
#define BODY_SIZE_MAX  ((size_t)MERIT_MESSAGE_SIZE_MAX + 64 * 1024) /* what meritd takes, and its lines */

static const char usage[] =
	"usage: merit-mall [option]...\n"
	"Serves the mall's pages and pictures, and hands browsers' calls on to meritd, until SIGTERM.\n"
	"SIGHUP reads --web and --content again.\n"
	"\n"
	"  --listen ADDR:PORT   where browsers come, [ADDR]:PORT for IPv6; may be given up to 16 times\n"
	"                       (default 127.0.0.1:8080; port 0 takes a free one, named in the log)\n"
	"  --ledger URL         tcp://ADDRESS:PORT of the meritd on this machine (default tcp://127.0.0.1:7420)\n"
	"  --web DIR            the mall's pages, as built (default " MERIT_WEB_DIR ")\n"
	"  --content DIR        mall.json and pictures/ of this program's mall\n"
	"  --origin URL         scheme://host[:port] the pages come from; other hosts are refused. May be repeated\n"
	"                       (default: whatever host the browser names, if the page came from there too)\n"
	"  --tls-cert FILE      certificate chain in PEM: serves https\n"
	"  --tls-key FILE       its key in PEM\n"
	"  --trusted-proxy ADDRESS\n"
	"                       a proxy of ours, whose X-Forwarded-For and X-Forwarded-Proto are believed; repeatable\n"
	"  --metrics ADDR:PORT  GET /metrics for Prometheus, meritd's too; on a loopback address (default: none)\n"
	"  --rate N/BURST       requests a second and at once for each address (default 200/2000)\n"
	"  --connections COUNT  in all; the one that is silent longest gives way to a new one (default 4096)\n"
	"  --address-connections COUNT\n"
	"                       the same for one address, or one IPv6 network of 64 bits (default 512)\n"
	"  --relays COUNT       calls meritd works on at once; busy beyond (default 1024)\n"
	"  --body-max BYTES     of a call, with K or M; up to 4160K (default 256K)\n"
	"  --threads COUNT      that serve connections (default: one a core, at least 2)\n"
	"  --log LEVEL          error, warning, info or debug (default info)\n"
	"  --help, --version\n"
	"\n"
	"Exit codes: 0 stopped by a signal; 1 failed, the log says why; 2 wrong usage.\n";

struct arguments {
	struct merit_front_options front;
	const char *listen[LISTEN_MAX];
	const char *origins[MERIT_FRONT_ORIGINS_MAX];
	const char *proxies[MERIT_FRONT_PROXIES_MAX];
	char proxy_names[MERIT_FRONT_PROXIES_MAX][MERIT_ADDRESS_SIZE]; /* what they point to */
	const char *metrics;
};

static bool add_to(const char **list, size_t *count, size_t count_max, const char *value)
{
	if (*count == count_max)
		return false;
	list[(*count)++] = value;
	return true;
}

/* What stands in a browser's Origin: no path behind the host, not even a slash. */
static bool add_origin(struct arguments *arguments, const char *origin)
{
	const char *authority = strstr(origin, "://");

	if (authority == NULL || !merit_fields_is_host(authority + 3) ||
	    (strncmp(origin, "http://", 7) != 0 && strncmp(origin, "https://", 8) != 0))
		return false;
	return add_to(arguments->origins, &arguments->front.origins_count, MERIT_FRONT_ORIGINS_MAX, origin);
}

static bool add_proxy(struct arguments *arguments, const char *address)
{
	size_t *count = &arguments->front.proxies_count;
	struct merit_peer peer;

	return *count < MERIT_FRONT_PROXIES_MAX &&
	       merit_fields_address(merit_text_of(address), arguments->proxy_names[*count], &peer) &&
	       add_to(arguments->proxies, count, MERIT_FRONT_PROXIES_MAX, arguments->proxy_names[*count]);
}

/* Of the meritd on this machine: it believes no other relay. */
static bool take_ledger(struct arguments *arguments, const char *url)
{
	arguments->front.ledger_url = url;
	return strncmp(url, "tcp://", 6) == 0 && merit_server_url_has_port(url);
}

enum option_number {
	LISTEN = MERIT_DAEMON_OPTION,
	LEDGER,
	WEB,
	CONTENT,
	ORIGIN,
	TLS_CERT,
	TLS_KEY,
	TRUSTED_PROXY,
	METRICS,
	RATE,
	CONNECTIONS,
	ADDRESS_CONNECTIONS,
	RELAYS,
	BODY_MAX,
	THREADS,
	LOG
};

static const struct option options[] = {
	{ "listen", required_argument, NULL, LISTEN },
	{ "ledger", required_argument, NULL, LEDGER },
	{ "web", required_argument, NULL, WEB },
	{ "content", required_argument, NULL, CONTENT },
	{ "origin", required_argument, NULL, ORIGIN },
	{ "tls-cert", required_argument, NULL, TLS_CERT },
	{ "tls-key", required_argument, NULL, TLS_KEY },
	{ "trusted-proxy", required_argument, NULL, TRUSTED_PROXY },
	{ "metrics", required_argument, NULL, METRICS },
	{ "rate", required_argument, NULL, RATE },
	{ "connections", required_argument, NULL, CONNECTIONS },
	{ "address-connections", required_argument, NULL, ADDRESS_CONNECTIONS },
	{ "relays", required_argument, NULL, RELAYS },
	{ "body-max", required_argument, NULL, BODY_MAX },
	{ "threads", required_argument, NULL, THREADS },
	{ "log", required_argument, NULL, LOG },
	{ "help", no_argument, NULL, MERIT_DAEMON_HELP },
	{ "version", no_argument, NULL, MERIT_DAEMON_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* Takes one option with a value. False when the value is none of its. */
static bool take_option(void *context, int option, const char *value)
{
	struct arguments *arguments = context;
	struct merit_front_options *front = &arguments->front;

	switch (option) {
	case LISTEN: return add_to(arguments->listen, &front->listen_count, LISTEN_MAX, value);
	case LEDGER: return take_ledger(arguments, value);
	case WEB: front->web = value; return true;
	case CONTENT: front->content = value; return true;
	case ORIGIN: return add_origin(arguments, value);
	case TLS_CERT: front->certificate_path = value; return true;
	case TLS_KEY: front->key_path = value; return true;
	case TRUSTED_PROXY: return add_proxy(arguments, value);
	case METRICS: arguments->metrics = value; return true;
	case RATE: return merit_daemon_read_rate(value, &front->rate);
	case CONNECTIONS: return merit_daemon_read_count(value, 65536, &front->connections_max);
	case ADDRESS_CONNECTIONS: return merit_daemon_read_count(value, 65536, &front->address_connections_max);
	case RELAYS: return merit_daemon_read_count(value, 8192, &front->relays_max);
	case BODY_MAX: return merit_daemon_read_size(value, BODY_SIZE_MAX, &front->body_max);
	case THREADS: return merit_daemon_read_count(value, 256, &front->threads_count);
	case LOG: return merit_daemon_read_level(value);
	default: return false;
	}
}

/* What was not said, and what does not go together. False when the program is done. */
static bool complete(struct arguments *arguments)
{
	struct merit_front_options *front = &arguments->front;

	if ((front->certificate_path == NULL) != (front->key_path == NULL)) {
		(void)fputs("merit-mall: --tls-cert and --tls-key go together; see merit-mall --help\n", stderr);
		return false;
	}
	if (front->web == NULL && access(MERIT_WEB_DIR, R_OK) == 0)
		front->web = MERIT_WEB_DIR;
	if (front->listen_count == 0)
		arguments->listen[front->listen_count++] = LISTEN_DEFAULT;
	front->listen = arguments->listen;
	front->origins = arguments->origins;
	front->proxies = arguments->proxies;
	return true;
}

/* Fills arguments. False when the program is done: *code_out is its exit code. */
static bool read_arguments(int argc, char **argv, struct arguments *arguments, int *code_out)
{
	static const struct merit_daemon_command command = { "merit-mall", usage, options, take_option };

	merit_front_options_default(&arguments->front);
	if (!merit_daemon_read_options(&command, argc, argv, arguments, code_out))
		return false;
	*code_out = MERIT_DAEMON_EXIT_USAGE;
	return complete(arguments);
}

/* Blocked in every thread, so that main takes them when it likes. */
static sigset_t block_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	return set;
}

static void reload(struct merit_front *front)
{
	enum merit_status status = merit_front_reload(front);

	merit_log(status == MERIT_OK ? MERIT_LOG_INFO : MERIT_LOG_WARNING, "reload",
	          MERIT_LOG_TEXT("status", merit_status_word(status)));
}

/* Until a signal ends the service; from then on another one ends the process at once. */
static void wait_for_signal(struct merit_front *front, const sigset_t *set)
{
	struct sigaction action = { .sa_handler = merit_daemon_exit_at_once };
	int number = 0;

	while (sigwait(set, &number) != 0 || number == SIGHUP)
		if (number == SIGHUP)
			reload(front);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)pthread_sigmask(SIG_UNBLOCK, set, NULL);
}

static enum merit_status listen_for_metrics(const struct arguments *arguments, struct merit_front *front,
                                            struct merit_metrics_listener **listener_out)
{
	if (arguments->metrics == NULL)
		return MERIT_OK;
	enum merit_status status = merit_metrics_listen(arguments->metrics, arguments->front.ledger_url,
	                                                merit_front_print, front, listener_out);
	if (status == MERIT_OK)
		merit_log(MERIT_LOG_INFO, "metrics", MERIT_LOG_TEXT("listen", merit_metrics_name(*listener_out)));
	else
		merit_log(MERIT_LOG_ERROR, "metrics", MERIT_LOG_TEXT("listen", arguments->metrics),
		          MERIT_LOG_TEXT("status", merit_status_word(status)));
	return status;
}

static void say_ready(const struct merit_front *front)
{
	for (size_t i = 0; merit_front_name(front, i) != NULL; i++)
		merit_log(MERIT_LOG_INFO, "listening", MERIT_LOG_TEXT("listen", merit_front_name(front, i)));
	merit_log(MERIT_LOG_INFO, "ready", MERIT_LOG_TEXT("listen", merit_front_name(front, 0)),
	          MERIT_LOG_TEXT("version", MERIT_VERSION));
	merit_notify("READY=1", MERIT_NOTIFY_WAIT);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .metrics = NULL };
	struct merit_metrics_listener *metrics = NULL;
	struct merit_front *front = NULL;
	int code = 0;

	if (!read_arguments(argc, argv, &arguments, &code))
		return code;
	merit_daemon_harden();
	(void)signal(SIGPIPE, SIG_IGN);
	sigset_t set = block_signals(); /* Before any thread, which would take them. */
	if (sodium_init() < 0)
		return 1;
	enum merit_status status = merit_front_open(&arguments.front, &front);
	if (status == MERIT_OK)
		status = listen_for_metrics(&arguments, front, &metrics);
	if (status == MERIT_OK)
		status = merit_front_start(front);
	if (status != MERIT_OK) {
		merit_log(MERIT_LOG_ERROR, "open", MERIT_LOG_TEXT("status", merit_status_word(status)),
		          MERIT_LOG_TEXT("about", merit_status_text(status)));
		_exit(1);
	}
	say_ready(front);
	wait_for_signal(front, &set);
	merit_log(MERIT_LOG_INFO, "stopping");
	merit_notify("STOPPING=1", MERIT_NOTIFY_WAIT);
	merit_front_stop(front);
	merit_log(MERIT_LOG_INFO, "stopped");
	_exit(0); /* Not merit_front_free: closing sockets can hang in nng 1.5.2, and there is nothing to save. */
}
