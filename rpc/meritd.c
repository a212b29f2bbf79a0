/* meritd.c - the service's command line: options, keys, signals, and the order things begin and end in. */
#include "rpc/daemon.h"
#include "rpc/log.h"
#include "rpc/notify.h"
#include "rpc/server.h"

#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LISTEN_MAX  16
#define TICK_MS     100
#define URL_DEFAULT "tcp://127.0.0.1:7420"

static const char usage[] =
	"usage: meritd --data DIR [option]...\n"
	"Serves the ledger in DIR (made by merit init) until SIGTERM.\n"
	"\n"
	"  --data DIR           data directory; its keys are log.pem, system.pem and private.key in DIR/keys\n"
	"  --listen URL         tcp://ADDRESS:PORT or tls+tcp://ADDRESS:PORT; may be given up to 16 times\n"
	"                       (default tcp://127.0.0.1:7420; port 0 takes a free one, named in the log)\n"
	"  --tls-cert FILE      certificate chain in PEM, for tls+tcp\n"
	"  --tls-key FILE       its key in PEM\n"
	"  --map-size BYTES     address space the log may grow to, with K, M, G or T (default 64G)\n"
	"  --state-rows COUNT   changed rows kept in memory before they are written back\n"
	"  --rate ROLE=N/BURST  calls a second and at once for each party of a role, or each address for role public;\n"
	"                       may be repeated (defaults: service 1000000/1000000, member 20/60, public 1000/2000,\n"
	"                       others 1000/10000)\n"
	"  --address-connections COUNT\n"
	"                       connections of one address, or of one IPv6 network of 64 bits (default 256)\n"
	"  --workers COUNT      threads that check signatures (default: one a core, at least 2)\n"
	"  --rebuild            derive the state from the log again\n"
	"  --log LEVEL          error, warning, info or debug (default info)\n"
	"  --help, --version\n"
	"\n"
	"Exit codes: 0 stopped by a signal, everything written; 1 failed, the log says why; 2 wrong usage.\n";

struct arguments {
	struct merit_server_options server;
	struct merit_ledger_options ledger;
	const char *urls[LISTEN_MAX];
};

/* ROLE=N/BURST */
static bool read_rate(const char *text, struct merit_server_options *options)
{
	struct merit_rate *target = NULL;
	const char *equals = strchr(text, '=');

	if (equals == NULL)
		return false;
	struct merit_text name = { text, (size_t)(equals - text) };
	if (merit_text_equal(name, MERIT_TEXT("public")))
		target = &options->public_rate;
	for (int role = 0; role < MERIT_ROLE_COUNT; role++)
		if (merit_text_equal(name, merit_text_of(merit_role_word((enum merit_role)role))))
			target = &options->rates[role];
	return target != NULL && merit_daemon_read_rate(equals + 1, target);
}

/* False for one too many, or without its port. What else is wrong with it shows when it is listened on. */
static bool add_url(struct arguments *arguments, const char *url)
{
	bool is_tcp = strncmp(url, "tcp://", 6) == 0 || strncmp(url, "tls+tcp://", 10) == 0;

	if (arguments->server.urls_count == LISTEN_MAX || (is_tcp && !merit_server_url_has_port(url)))
		return false;
	arguments->urls[arguments->server.urls_count++] = url;
	return true;
}

enum option_number {
	DATA = MERIT_DAEMON_OPTION,
	LISTEN,
	TLS_CERT,
	TLS_KEY,
	MAP_SIZE,
	STATE_ROWS,
	RATE,
	ADDRESS_CONNECTIONS,
	WORKERS,
	REBUILD,
	LOG
};

static const struct option options[] = {
	{ "data", required_argument, NULL, DATA },
	{ "listen", required_argument, NULL, LISTEN },
	{ "tls-cert", required_argument, NULL, TLS_CERT },
	{ "tls-key", required_argument, NULL, TLS_KEY },
	{ "map-size", required_argument, NULL, MAP_SIZE },
	{ "state-rows", required_argument, NULL, STATE_ROWS },
	{ "rate", required_argument, NULL, RATE },
	{ "address-connections", required_argument, NULL, ADDRESS_CONNECTIONS },
	{ "workers", required_argument, NULL, WORKERS },
	{ "rebuild", no_argument, NULL, REBUILD },
	{ "log", required_argument, NULL, LOG },
	{ "help", no_argument, NULL, MERIT_DAEMON_HELP },
	{ "version", no_argument, NULL, MERIT_DAEMON_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* Takes one option with a value. False when the value is none of its. */
static bool take_option(void *context, int option, const char *value)
{
	struct arguments *arguments = context;

	switch (option) {
	case DATA: arguments->ledger.directory = arguments->server.directory = value; return true;
	case LISTEN: return add_url(arguments, value);
	case TLS_CERT: arguments->server.tls_certificate_path = value; return true;
	case TLS_KEY: arguments->server.tls_key_path = value; return true;
	case MAP_SIZE: return merit_daemon_read_size(value, INT64_MAX, &arguments->ledger.map_size);
	case STATE_ROWS: return merit_daemon_read_count(value, SIZE_MAX / 2, &arguments->ledger.state_rows_max);
	case RATE: return read_rate(value, &arguments->server);
	case ADDRESS_CONNECTIONS: return merit_daemon_read_count(value, 65536, &arguments->server.address_connections_max);
	case WORKERS: return merit_daemon_read_count(value, 256, &arguments->server.workers_count);
	case REBUILD: arguments->ledger.rebuild = true; return true;
	case LOG: return merit_daemon_read_level(value);
	default: return false;
	}
}

/* Fills arguments. False when the program is done: *code_out is its exit code. */
static bool read_arguments(int argc, char **argv, struct arguments *arguments, int *code_out)
{
	static const struct merit_daemon_command command = { "meritd", usage, options, take_option };

	merit_server_options_default(&arguments->server);
	if (!merit_daemon_read_options(&command, argc, argv, arguments, code_out))
		return false;
	if (arguments->ledger.directory == NULL) {
		(void)fputs("meritd: --data DIR is missing; see meritd --help\n", stderr);
		*code_out = MERIT_DAEMON_EXIT_USAGE;
		return false;
	}
	if (arguments->server.urls_count == 0)
		(void)add_url(arguments, URL_DEFAULT);
	arguments->server.urls = arguments->urls;
	return true;
}

static void log_failure(const char *doing, const char *what, enum merit_status status)
{
	merit_log(MERIT_LOG_ERROR, doing, MERIT_LOG_TEXT("what", what),
	          MERIT_LOG_TEXT("status", merit_status_word(status)),
	          MERIT_LOG_TEXT("about", merit_status_text(status)));
}

/* The ledger's keys, kept out of swap where the system allows it. */
struct keys {
	struct merit_secret_key log, system;
	uint8_t private[MERIT_PLAIN_KEY_SIZE];
};

static bool path_in(const char *directory, const char *name, char path_out[PATH_MAX])
{
	int size = snprintf(path_out, PATH_MAX, "%s/%s", directory, name);

	return size > 0 && size < PATH_MAX;
}

static bool read_key(const char *directory, const char *name, struct merit_secret_key *key_out)
{
	char path[PATH_MAX];

	enum merit_status status =
		path_in(directory, name, path) ? merit_secret_key_read(path, key_out) : MERIT_NOT_FOUND;
	if (status != MERIT_OK)
		log_failure("key", path, status);
	return status == MERIT_OK;
}

/* The key of private data. A ledger without that data may go without the key, and takes no such data then; one that has
 * some may not, since it could not erase it. */
static bool read_private_key(const char *directory, struct keys *keys, const uint8_t **key_out)
{
	char path[PATH_MAX], data_path[PATH_MAX];

	enum merit_status status = MERIT_NOT_FOUND;
	if (path_in(directory, "keys/private.key", path))
		status = merit_plain_key_read(path, keys->private);
	*key_out = status == MERIT_OK ? keys->private : NULL;
	if (status == MERIT_OK)
		return true;
	if (status == MERIT_NOT_FOUND && path_in(directory, "private", data_path) && access(data_path, F_OK) != 0) {
		merit_log(MERIT_LOG_WARNING, "no private data", MERIT_LOG_TEXT("missing", path),
		          MERIT_LOG_TEXT("about", "recipients and codes are refused with private_closed"));
		return true;
	}
	log_failure("key", path, status);
	return false;
}

/* The signals that end the service, blocked in every thread, so that main takes them when it likes. Not SIGHUP where
 * it was to be ignored, as under nohup: a blocked signal would be taken all the same. */
static sigset_t block_signals(void)
{
	struct sigaction hangup;
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
		(void)sigaddset(&set, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	return set;
}

/* Ticks until a signal comes; from then on another one ends the process at once. */
static void wait_for_signal(struct merit_server *server, const sigset_t *set)
{
	static const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
	struct sigaction action = { .sa_handler = merit_daemon_exit_at_once };

	while (sigtimedwait(set, NULL, &tick) < 0)
		merit_server_tick(server);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	if (sigismember(set, SIGHUP) == 1)
		(void)sigaction(SIGHUP, &action, NULL);
	(void)pthread_sigmask(SIG_UNBLOCK, set, NULL);
}

static struct merit_server *open_server(const struct merit_server_options *server_options)
{
	struct merit_server *server = NULL;
	const char *bad_url = "";

	enum merit_status status = merit_server_open(server_options, &server, &bad_url);
	if (status == MERIT_BAD_FORMAT) {
		merit_log(MERIT_LOG_ERROR, "listen", MERIT_LOG_TEXT("url", bad_url),
		          MERIT_LOG_TEXT("about",
		                         "offered are tcp://ADDRESS:PORT and, with --tls-cert and --tls-key, "
		                         "tls+tcp://ADDRESS:PORT; not ipc, whose listener any local client can "
		                         "end for good in nng 1.5.2"));
		return NULL;
	}
	if (status != MERIT_OK) {
		if (status != MERIT_IO_FAILED) /* whose reason is in the log */
			log_failure("listen", bad_url, status);
		return NULL;
	}
	for (size_t i = 0; i < server_options->urls_count; i++)
		merit_log(MERIT_LOG_INFO, "listening", MERIT_LOG_TEXT("listen", merit_server_url(server, i)));
	return server;
}

/* From a running server to the end of the process. */
__attribute__((noreturn)) static void serve(struct merit_server *server, struct merit_ledger *ledger,
                                            const sigset_t *set)
{
	uint64_t entries = merit_ledger_size(ledger); /* From start to stop the ledger is its own thread's. */

	merit_server_start(server);
	merit_log(MERIT_LOG_INFO, "ready", MERIT_LOG_TEXT("listen", merit_server_url(server, 0)),
	          MERIT_LOG_NUMBER("entries", entries), MERIT_LOG_TEXT("version", MERIT_VERSION));
	merit_notify("READY=1", MERIT_NOTIFY_WAIT);
	wait_for_signal(server, set);
	merit_log(MERIT_LOG_INFO, "stopping");
	merit_notify("STOPPING=1", MERIT_NOTIFY_WAIT);
	merit_server_stop(server);
	entries = merit_ledger_size(ledger);
	merit_ledger_close(ledger);
	merit_log(MERIT_LOG_INFO, "stopped", MERIT_LOG_NUMBER("entries", entries));
	_exit(0); /* Not merit_server_free: closing listeners can hang in nng 1.5.2. Everything is on the disk. */
}

int main(int argc, char **argv)
{
	static struct keys keys;
	struct arguments arguments = { .server = { .urls_count = 0 } };
	struct merit_ledger *ledger = NULL;
	int code = 0;

	if (!read_arguments(argc, argv, &arguments, &code))
		return code;
	merit_daemon_harden();
	if (sodium_init() < 0)
		return 1;
	(void)sodium_mlock(&keys, sizeof(keys));
	const char *directory = arguments.ledger.directory;
	if (!read_key(directory, "keys/log.pem", &keys.log) || !read_key(directory, "keys/system.pem", &keys.system) ||
	    !read_private_key(directory, &keys, &arguments.ledger.private_key))
		return 1;
	(void)signal(SIGPIPE, SIG_IGN);
	arguments.ledger.log_key = &keys.log;
	arguments.ledger.system_key = &keys.system;
	enum merit_status status = merit_ledger_open(&arguments.ledger, &ledger);
	if (status != MERIT_OK) {
		log_failure("open", directory, status);
		return 1;
	}
	/* Not before: opening may take long, has nothing to drain, and ends by a signal as by SIGKILL. */
	sigset_t set = block_signals();
	arguments.server.ledger = ledger;
	struct merit_server *server = open_server(&arguments.server);
	if (server == NULL)
		_exit(1);
	serve(server, ledger, &set);
}
