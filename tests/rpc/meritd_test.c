/* meritd_test.c
 * Goal    the program: one per ledger, exit codes, and a SIGTERM that loses nothing that was answered.
 * Method  meritd from MERIT_BIN_DIR as a child; its log tells where it listens. */
#include "tests/support/serving.h"

#include "rpc/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct child {
	pid_t pid;
	FILE *log;
	char url[64];
};

static void save_key(struct serving *f, const char *name, const struct merit_secret_key *key)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/keys", f->directory);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/keys/%s", f->directory, name);
	assert_int_equal(merit_secret_key_write(path, key), MERIT_OK);
}

/* Starts meritd on the fixture's ledger with its log in child->log. */
static void spawn_at(struct serving *f, struct child *child, const char *url)
{
	char path[512];
	int ends[2];

	(void)snprintf(path, sizeof(path), "%s/meritd", getenv("MERIT_BIN_DIR"));
	assert_int_equal(pipe(ends), 0);
	child->pid = fork();
	assert_true(child->pid >= 0);
	if (child->pid == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		(void)execl(path, path, "--data", f->directory, "--listen", url, (char *)NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	child->log = fdopen(ends[0], "r");
	assert_non_null(child->log);
}

static void spawn(struct serving *f, struct child *child)
{
	spawn_at(f, child, "tcp://127.0.0.1:0");
}

/* Reads the log up to a line that holds event; false when it ends before. */
static bool read_log(struct child *child, const char *event, char *line, size_t line_size)
{
	while (fgets(line, (int)line_size, child->log) != NULL)
		if (strstr(line, event) != NULL)
			return true;
	return false;
}

static void wait_until_ready(struct child *child)
{
	char line[512];

	assert_true(read_log(child, "event=ready listen=", line, sizeof(line)));
	assert_int_equal(sscanf(strstr(line, "listen="), "listen=%63s", child->url), 1);
}

static int exit_code(struct child *child)
{
	int status = 0;

	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	(void)fclose(child->log);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void save_keys_or_skip(struct serving *f)
{
	char path[128];

	if (getenv("MERIT_BIN_DIR") == NULL) {
		print_message("MERIT_BIN_DIR is not set: meritd is not tested\n");
		skip();
	}
	save_key(f, "log.pem", &f->log_key);
	save_key(f, "system.pem", &f->system_key);
	(void)snprintf(path, sizeof(path), "%s/keys/private.key", f->directory);
	assert_int_equal(merit_plain_key_write(path, f->private_key), MERIT_OK);
}

static void a_second_meritd_is_refused(void **state)
{
	struct serving *f = *state;
	struct child first, second;
	char line[512];

	save_keys_or_skip(f);
	spawn(f, &first);
	wait_until_ready(&first);
	spawn(f, &second);
	assert_true(read_log(&second, "status=in_use", line, sizeof(line)));
	assert_int_equal(exit_code(&second), 1);
	assert_int_equal(kill(first.pid, SIGTERM), 0);
	assert_int_equal(exit_code(&first), 0);
}

static void sigterm_loses_nothing_that_was_answered(void **state)
{
	struct serving *f = *state;
	struct child child;
	char json[160], name[16], status[64];
	uint64_t accepted = 0;

	save_keys_or_skip(f);
	spawn(f, &child);
	wait_until_ready(&child);
	struct merit_client *admin = serving_client_at(child.url, "root/k1", ADMIN_KEY, SERVING_IN_FLIGHT);
	for (int i = 0; i < SERVING_IN_FLIGHT; i++) {
		(void)snprintf(name, sizeof(name), "m%d", i);
		serving_submit(admin, serving_member_create(json, name, name));
	}
	assert_member(serving_wait(admin), "status", "accepted");
	accepted++;
	assert_int_equal(kill(child.pid, SIGTERM), 0);
	for (int i = 1; i < SERVING_IN_FLIGHT; i++) {
		struct merit_client_reply reply;
		if (merit_client_wait(admin, &reply) != MERIT_OK)
			break; /* Sent too late to be answered, and so were those behind it. */
		serving_member_of(reply, "status", status, sizeof(status));
		accepted += strcmp(status, "accepted") == 0;
	}
	assert_int_equal(exit_code(&child), 0);
	merit_client_close(admin);
	serving_open_ledger(f, 0);
	assert_true(merit_ledger_size(f->ledger) >= 1 + accepted);
}

static void an_address_without_a_port_is_wrong_usage(void **state)
{
	struct serving *f = *state;
	struct child child;

	save_keys_or_skip(f);
	spawn_at(f, &child, "tcp://127.0.0.1");
	assert_int_equal(exit_code(&child), 2);
}

static void sighup_drains_as_sigterm_does(void **state)
{
	struct serving *f = *state;
	struct child child;

	save_keys_or_skip(f);
	spawn(f, &child);
	wait_until_ready(&child);
	assert_int_equal(kill(child.pid, SIGHUP), 0);
	assert_int_equal(exit_code(&child), 0);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, serving_make_ledger, serving_drop)
	const struct CMUnitTest tests[] = {
		ROW(a_second_meritd_is_refused),
		ROW(an_address_without_a_port_is_wrong_usage),
		ROW(sighup_drains_as_sigterm_does),
		ROW(sigterm_loses_nothing_that_was_answered),
	};

	merit_log_set_level(MERIT_LOG_ERROR);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
