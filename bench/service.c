/* service.c - see service.h. */
#include "bench/service.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rpc/client.h"

#define READY_WAIT_MS 600000 /* a ledger of millions of entries whose state was lost takes its time */
#define READY_STEP_MS 2
#define IDLE_WAIT_MS  300000
#define IDLE_STEP_MS  100
#define IDLE_CPU_NS   5000000 /* in a step: a twentieth of a core; timers take less */

/* In the child: becomes the service. */
__attribute__((noreturn)) static void become(const char *program, const char *log_path, char *const *arguments)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* A bench that fails leaves no service behind. */
	int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (log >= 0 && dup2(log, STDERR_FILENO) >= 0)
		(void)execv(program, arguments);
	_exit(127);
}

/* Finds the line that says ready behind the log's first skipped bytes, and the url on it. */
static bool read_url(const char *log_path, long skipped, char *url_out, size_t size)
{
	char line[1024];
	bool found = false;
	FILE *log = fopen(log_path, "re");

	if (log != NULL && fseek(log, skipped, SEEK_SET) != 0)
		bench_fail("%s cannot be read", log_path);
	while (log != NULL && !found && fgets(line, sizeof(line), log) != NULL) {
		const char *url = strstr(line, " listen=");
		found = strstr(line, " event=ready ") != NULL && url != NULL;
		if (found)
			(void)snprintf(url_out, size, "%.*s", (int)strcspn(url + 8, " \n"), url + 8);
	}
	if (log != NULL)
		(void)fclose(log);
	return found;
}

static void wait_until_ready(struct bench_service *service, const char *program, const char *log_path, long skipped)
{
	static const struct timespec step = { .tv_nsec = READY_STEP_MS * 1000000L };

	for (int waited_ms = 0; waited_ms < READY_WAIT_MS; waited_ms += READY_STEP_MS) {
		if (read_url(log_path, skipped, service->url, sizeof(service->url)))
			return;
		if (waitpid(service->process, NULL, WNOHANG) != 0)
			bench_fail("%s did not start; see %s", program, log_path);
		(void)nanosleep(&step, NULL);
	}
	bench_fail("%s is not ready after %d ms; see %s", program, READY_WAIT_MS, log_path);
}

void bench_service_start(struct bench_service *service, const char *program, const struct bench_world *world,
			 char *const *arguments)
{
	char log_path[PATH_MAX], directory[PATH_MAX / 2], url[] = "tcp://127.0.0.1:0",
							  rate[] = "operator=1000000/1000000";
	char *all[BENCH_ARGUMENTS_MAX + 8] = { (char *)program, (char *)"--data", directory, (char *)"--listen", url,
		                               (char *)"--rate", rate };
	struct stat log;

	(void)snprintf(directory, sizeof(directory), "%s", world->directory);
	(void)snprintf(log_path, sizeof(log_path), "%s/meritd.log", world->root);
	for (size_t i = 0; arguments[i] != NULL; i++) {
		if (i == BENCH_ARGUMENTS_MAX)
			bench_fail("at most %d arguments for the service", BENCH_ARGUMENTS_MAX);
		all[7 + i] = arguments[i];
	}
	long skipped = stat(log_path, &log) == 0 ? (long)log.st_size : 0; /* of a service before this one */
	service->process = fork();
	if (service->process < 0)
		bench_fail("fork: %s", strerror(errno));
	if (service->process == 0)
		become(program, log_path, all);
	bench_child_begins(service->process);
	wait_until_ready(service, program, log_path, skipped);
}

void bench_service_stop(struct bench_service *service)
{
	int status = 0;

	if (kill(service->process, SIGTERM) != 0 || waitpid(service->process, &status, 0) != service->process)
		bench_fail("the service cannot be stopped: %s", strerror(errno));
	bench_child_ended(service->process);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_fail("the service ended with wait status %#x", (unsigned)status);
}

void bench_service_kill(struct bench_service *service)
{
	if (kill(service->process, SIGKILL) != 0 || waitpid(service->process, NULL, 0) != service->process)
		bench_fail("the service cannot be killed: %s", strerror(errno));
	bench_child_ended(service->process);
}

void bench_service_settle(const struct bench_service *service)
{
	static const struct timespec step = { .tv_nsec = IDLE_STEP_MS * 1000000L };
	uint64_t before_ns = bench_process_cpu_ns(service->process), spent_ns;

	for (int waited_ms = 0; waited_ms < IDLE_WAIT_MS; waited_ms += IDLE_STEP_MS) {
		(void)nanosleep(&step, NULL);
		uint64_t now_ns = bench_process_cpu_ns(service->process);
		spent_ns = now_ns - before_ns;
		before_ns = now_ns;
		if (spent_ns <= IDLE_CPU_NS)
			return;
	}
	bench_fail("the service is still busy %d s after its load", IDLE_WAIT_MS / 1000);
}

/* ---- Setting up ---- */

/* A client whose key is kid's; seed holds it. */
static struct merit_client *client_open(const struct bench_service *service, const char *kid,
                                        uint8_t seed[MERIT_SEED_SIZE])
{
	struct merit_client_options options = { .url = service->url, .origin = BENCH_ORIGIN, .kid = kid, .seed = seed };
	struct merit_client *client = NULL;

	bench_seed(kid, seed);
	bench_check(merit_client_open(&options, &client), "client");
	return client;
}

/* Whoever sends, one client at a time: setting up changes the signer a few times only. */
static void send_by_client(void *context, const char *kid, const char *json, size_t size)
{
	uint8_t seed[MERIT_SEED_SIZE];
	struct merit_client *client = client_open(context, kid, seed);
	struct merit_client_reply reply;
	uint32_t calls_count = 0;

	for (const char *at = json; (at = memmem(at, (size_t)(json + size - at), "\"jsonrpc\"", 9)) != NULL; at += 9)
		calls_count++;
	bench_check(merit_client_call(client, json, size, &reply), "setting up");
	bench_expect_accepted(reply.json, reply.json_size, calls_count);
	merit_client_close(client);
}

void bench_service_populate(const struct bench_service *service, uint32_t members_count)
{
	bench_world_populate(members_count, send_by_client, (void *)service);
}

uint64_t bench_service_counter(const struct bench_service *service, const char *name)
{
	static const char call[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"metrics.get\"}";
	uint8_t seed[MERIT_SEED_SIZE];
	struct merit_client *client = client_open(service, BENCH_SERVICE, seed);
	struct merit_client_reply reply;
	char line[64];
	unsigned long long value = 0;

	bench_check(merit_client_call(client, call, sizeof(call) - 1, &reply), "reading counters");
	/* A line of Prometheus' text within a JSON text, where a line's end is written as an escape. */
	int size = snprintf(line, sizeof(line), "\\u000a%s ", name);
	const char *found = memmem(reply.json, reply.json_size, line, (size_t)size);
	if (found == NULL || sscanf(found + size, "%20llu", &value) != 1)
		bench_fail("the service has no counter %s", name);
	merit_client_close(client);
	return value;
}
