/* service.c - see service.h. */
#include "tests/support/service.h"

#include "ledger/envelope.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS_MAX (2 * SERVICE_OPTIONS_MAX + 8)

void service_nap_ms(long ms)
{
	struct timespec nap = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	(void)nanosleep(&nap, NULL);
}

/* ---- Programs ---- */

static bool program_find(const char *name, char path_out[512])
{
	const char *folder = getenv("MERIT_BIN_DIR");

	if (folder == NULL)
		return false;
	(void)snprintf(path_out, 512, "%s/%s", folder, name);
	return access(path_out, X_OK) == 0;
}

/* Runs words, its output appended to log_path where that is not NULL. It dies with the test. */
static pid_t program_run(char *const *words, const char *log_path)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (log_path != NULL && (freopen(log_path, "a", stderr) == NULL || dup2(STDERR_FILENO, STDOUT_FILENO) < 0))
		_exit(126);
	(void)execvp(words[0], words);
	_exit(127);
}

static int program_end(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) != pid)
		assert_int_equal(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int service_merit(const char *const *words)
{
	char path[512];
	const char *all[WORDS_MAX] = { path };
	size_t count = 1;

	if (!program_find("merit", path)) {
		print_message("MERIT_BIN_DIR holds no merit: this is not tested\n");
		skip();
	}
	for (; *words != NULL; words++) {
		assert_true(count + 1 < WORDS_MAX);
		all[count++] = *words;
	}
	(void)fflush(NULL);
	return program_end(program_run((char *const *)all, NULL));
}

/* ---- The ledger ---- */

static void born_now(struct merit_ledger_birth *birth)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	birth->time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	birth->late_days = MERIT_DAYS_MAX;
	birth->hold_minutes = MERIT_HOLD_MINUTES_MAX; /* Nothing falls due while a test runs. */
}

#define need(call) assert_int_equal(call, MERIT_OK)

static void world_make(struct fixture *f)
{
	static const char *const parties[][2] = {
		{ "ops", "operator" }, { "fin", "finance" }, { "svc", "service" }, { "aud", "auditor" }
	};
	char member[16];

	for (size_t i = 0; i < sizeof(parties) / sizeof(parties[0]); i++)
		fixture_party(f, parties[i][0], parties[i][1]);
	need(fixture_call(f, "ops", "sponsor.create", "'sponsor':'acme'"));
	fixture_credit(f, "acme", "GBP");
	need(fixture_call(
		f, "ops", "campaign.create",
		"'campaign':'c1','sponsor':'acme','starts':'2000-01-01','ends':'2199-12-31','currency':'GBP',"
		"'value_minor':1,'value_points':1,'contract':'sponsor','months':0,'round':'none','from':'occurred'"));
	need(fixture_call(f, "ops", "campaign.rule",
	                  "'campaign':'c1','event':'gift','maximum':1000,'evidence':'none'"));
	need(fixture_call(f, "fin", "campaign.fund", "'campaign':'c1','points':%" PRId64, SERVICE_BUDGET));
	for (int i = 0; i < SERVICE_MEMBERS; i++) {
		(void)snprintf(member, sizeof(member), "m%d", i);
		fixture_member(f, member);
	}
	need(fixture_call(f, "ops", "merchant.create", "'merchant':'shop'"));
	fixture_key_add(f, "shop", "k1");
	need(fixture_call(
		f, "ops", "item.create",
		"'item':'cup','merchant':'shop','class':'goods','points':30,'currency':'GBP','price_minor':25,"
		"'stock':%d",
		SERVICE_STOCK));
}

static void key_save(const struct fixture *f, const char *name)
{
	struct merit_secret_key key = fixture_key(name);
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/keys/%s.pem", f->directory, name);
	assert_int_equal(merit_secret_key_write(path, &key), MERIT_OK);
}

static void private_key_save(const struct fixture *f)
{
	uint8_t key[MERIT_PLAIN_KEY_SIZE];
	char path[128];

	fixture_private_key(key);
	(void)snprintf(path, sizeof(path), "%s/keys/private.key", f->directory);
	assert_int_equal(merit_plain_key_write(path, key), MERIT_OK);
}

static struct service *make(bool has_world)
{
	char path[512];

	if (!program_find("meritd", path)) {
		print_message("MERIT_BIN_DIR holds no meritd: this is not tested\n");
		skip();
	}
	struct service *s = calloc(1, sizeof(*s));
	assert_non_null(s);
	s->fixture = fixture_new_with(born_now);
	if (has_world)
		world_make(s->fixture);
	(void)snprintf(path, sizeof(path), "%s/keys", s->fixture->directory);
	assert_int_equal(mkdir(path, 0700), 0);
	key_save(s->fixture, "log");
	key_save(s->fixture, "system");
	private_key_save(s->fixture);
	fixture_close(s->fixture);
	s->patience_ms = SERVICE_WAIT_MS;
	(void)snprintf(s->url, sizeof(s->url), "tcp://127.0.0.1:0");
	(void)snprintf(s->log_path, sizeof(s->log_path), "%s/meritd.log", s->fixture->root);
	return s;
}

struct service *service_new(void)
{
	return make(true);
}

struct service *service_new_bare(void)
{
	return make(false);
}

void service_free(struct service *s)
{
	if (s == NULL)
		return;
	if (s->pid != 0)
		(void)service_end(s, SIGKILL);
	while (s->clients_count > 0)
		service_close(s, s->clients[0]);
	fixture_free(s->fixture);
	merit_buffer_free(&s->reply);
	free(s);
}

/* ---- meritd ---- */

static void log_show(const struct service *s)
{
	char line[512];

	FILE *file = fopen(s->log_path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		print_message("meritd: %s", line);
	if (file != NULL)
		(void)fclose(file);
}

/* Whether the last start has written a whole line with text in it. */
static bool log_has(const struct service *s, const char *text, char *line, int line_size)
{
	bool found = false;

	FILE *file = fopen(s->log_path, "r");
	if (file == NULL)
		return false;
	assert_int_equal(fseek(file, s->log_start, SEEK_SET), 0);
	while (!found && fgets(line, line_size, file) != NULL)
		found = strstr(line, text) != NULL && strchr(line, '\n') != NULL;
	(void)fclose(file);
	return found;
}

static bool has_ended(struct service *s)
{
	siginfo_t about = { .si_pid = 0 };

	return waitid(P_PID, (id_t)s->pid, &about, WEXITED | WNOHANG | WNOWAIT) == 0 && about.si_pid != 0;
}

static bool said(struct service *s, const char *text, char *line, int line_size)
{
	for (int waited_ms = 0; waited_ms < SERVICE_WAIT_MS; waited_ms += 5) {
		bool ended = has_ended(s); /* Before the look, so that its last words are not missed. */
		if (log_has(s, text, line, line_size))
			return true;
		if (ended)
			return false;
		service_nap_ms(5);
	}
	log_show(s);
	fail_msg("meritd did not say \"%s\" in time", text);
	return false;
}

bool service_said(struct service *s, const char *text)
{
	char line[512];

	return said(s, text, line, sizeof(line));
}

void service_begin(struct service *s)
{
	char path[512];
	const char *words[WORDS_MAX];
	size_t count = 0;
	struct stat about;

	assert_true(s->pid == 0 && program_find("meritd", path));
	for (size_t i = 0; s->before[i] != NULL; i++)
		words[count++] = s->before[i];
	words[count++] = path;
	words[count++] = "--data";
	words[count++] = s->fixture->directory;
	words[count++] = "--listen";
	words[count++] = s->url;
	for (size_t i = 0; s->options[i] != NULL; i++)
		words[count++] = s->options[i];
	words[count] = NULL;
	s->log_start = stat(s->log_path, &about) == 0 ? (long)about.st_size : 0;
	s->pid = program_run((char *const *)words, s->log_path);
}

void service_start(struct service *s)
{
	char line[512];

	service_begin(s);
	if (!said(s, "event=ready listen=", line, sizeof(line))) {
		log_show(s);
		fail_msg("meritd ended before it was ready");
	}
	assert_int_equal(sscanf(strstr(line, "listen="), "listen=%63s", s->url), 1);
}

int service_end(struct service *s, int signal_number)
{
	if (signal_number != 0)
		(void)kill(s->pid, signal_number); /* It may be gone already: its exit code tells. */
	int code = program_end(s->pid);
	s->pid = 0;
	return code;
}

/* ---- Calls ---- */

struct merit_client *service_client(struct service *s, const char *kid, unsigned in_flight)
{
	struct merit_client *client = NULL;
	uint8_t seed[MERIT_SEED_SIZE];
	struct merit_client_options options = { .url = s->url,
		                                .origin = FIXTURE_ORIGIN,
		                                .kid = kid,
		                                .deadline_ms = s->patience_ms,
		                                .in_flight = in_flight };

	merit_sha256(kid == NULL ? "" : kid, kid == NULL ? 0 : strlen(kid), seed); /* As fixture_key makes them. */
	options.seed = kid == NULL ? NULL : seed;
	assert_true(s->clients_count < SERVICE_CLIENTS_MAX);
	assert_int_equal(merit_client_open(&options, &client), MERIT_OK);
	s->clients[s->clients_count++] = client;
	return client;
}

void service_close(struct service *s, struct merit_client *client)
{
	size_t index = 0;

	while (s->clients[index] != client)
		index++;
	s->clients[index] = s->clients[--s->clients_count];
	merit_client_close(client);
}

static enum merit_status keep(struct service *s, enum merit_status status, const struct merit_client_reply *reply)
{
	merit_buffer_clear(&s->reply);
	if (status == MERIT_OK)
		merit_buffer_put(&s->reply, reply->json, reply->json_size);
	merit_buffer_put_char(&s->reply, '\0');
	assert_false(s->reply.bad);
	if (status != MERIT_OK)
		return status;
	for (const char *at = s->reply.data; (at = strstr(at, "\"status\":\"")) != NULL;) {
		char word[64] = "";
		at += strlen("\"status\":\"");
		(void)sscanf(at, "%63[^\"]", word);
		assert_true(merit_status_from_word(word, &status));
		if (status != MERIT_OK)
			return status;
	}
	return MERIT_OK;
}

enum merit_status service_send(struct service *s, struct merit_client *client, const char *json)
{
	struct merit_client_reply reply = { 0 };

	return keep(s, merit_client_call(client, json, strlen(json), &reply), &reply);
}

enum merit_status service_wait(struct service *s, struct merit_client *client)
{
	struct merit_client_reply reply = { 0 };

	return keep(s, merit_client_wait(client, &reply), &reply);
}

enum merit_status service_call(struct service *s, struct merit_client *client, const char *method, const char *format,
                               ...)
{
	struct merit_buffer json = { 0 };
	char *params;
	va_list arguments;

	va_start(arguments, format);
	assert_true(vasprintf(&params, format, arguments) >= 0);
	va_end(arguments);
	for (char *byte = params; *byte != '\0'; byte++)
		*byte = *byte == '\'' ? '"' : *byte;
	merit_buffer_put_format(&json, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{", method);
	merit_buffer_put_text(&json, params);
	merit_buffer_put_text(&json, "}}");
	merit_buffer_put_char(&json, '\0');
	assert_false(json.bad);
	enum merit_status status = service_send(s, client, json.data);
	merit_buffer_free(&json);
	free(params);
	return status;
}

int64_t service_integer(const struct service *s, const char *name)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = strstr(s->reply.data, key);
	if (at == NULL)
		fail_msg("no %s in %s", key, s->reply.data);
	return strtoll(at + strlen(key), NULL, 10);
}

int64_t service_entries(struct service *s)
{
	struct merit_client *client = service_client(s, NULL, 1);

	assert_int_equal(service_call(s, client, "health.get", "%s", ""), MERIT_OK);
	service_close(s, client);
	return service_integer(s, "entries");
}

/* ---- Messages no client would send ---- */

enum merit_status service_exchange(struct service *s, const void *bytes, size_t size)
{
	nng_socket socket;
	char *answer = NULL, word[64] = "";
	size_t answer_size = 0;
	enum merit_status status = MERIT_OK;

	assert_int_equal(nng_req0_open(&socket), 0);
	assert_int_equal(nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, SERVICE_WAIT_MS), 0);
	assert_int_equal(nng_dial(socket, s->url, NULL, 0), 0);
	assert_int_equal(nng_send(socket, (void *)bytes, size, 0), 0);
	assert_int_equal(nng_recv(socket, &answer, &answer_size, NNG_FLAG_ALLOC), 0);
	const char *json = memchr(answer, '\n', answer_size);
	assert_non_null(json);
	merit_buffer_clear(&s->reply);
	merit_buffer_put(&s->reply, json + 1, answer_size - (size_t)(json + 1 - answer));
	merit_buffer_put_char(&s->reply, '\0');
	nng_free(answer, answer_size);
	(void)nng_close(socket);
	const char *at = strstr(s->reply.data, "\"status\":\"");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "\"status\":\"%63[^\"]", word), 1);
	assert_true(merit_status_from_word(word, &status));
	return status;
}

enum merit_status service_exchange_json(struct service *s, const char *kid, const char *key, const char *origin,
                                        int64_t age_s, const char *json)
{
	struct merit_buffer message = { 0 };
	struct merit_secret_key secret = fixture_key(key);

	assert_int_equal(merit_envelope_make(&message, kid == NULL ? NULL : &secret, kid, origin,
	                                     (int64_t)time(NULL) - age_s, json, strlen(json)),
	                 MERIT_OK);
	enum merit_status status = service_exchange(s, message.data, message.size);
	merit_buffer_free(&message);
	return status;
}

/* ---- Points ---- */

enum merit_status service_earn(struct service *s, struct merit_client *client, int number)
{
	return service_call(s, client, "earn",
	                    "'id':'e%d','member':'m1','campaign':'c1','event':'gift','reference':'r%d',"
	                    "'occurred':1700000000000,'points':100",
	                    number, number);
}

int64_t service_points(struct service *s, const char *member)
{
	struct merit_client *client = service_client(s, "fin/k1", 1);

	assert_int_equal(service_call(s, client, "balance.get", "'account':'member/%s'", member), MERIT_OK);
	service_close(s, client);
	return service_integer(s, "points");
}
