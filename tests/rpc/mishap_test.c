/* mishap_test.c
 * Goal    whatever happens to disk, clock and directory: a clear status, nothing posted, nothing lost, reads go on, and
 *         writes again as soon as the cause is gone.
 * Method  the real meritd; after each case the books are looked at.
 * Needs   for a full disk: root, who may mount; for the clock: faketime. Without them these cases are skipped. */
#include "ledger/store_env.h"
#include "tests/support/service.h"

#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- No room ---- */

/* A batch of 500 earns of 1 point each; ids after number. */
static enum merit_status send_batch(struct service *s, struct merit_client *client, int number)
{
	struct merit_buffer json = { 0 };

	for (int i = 0; i < 500; i++)
		merit_buffer_put_format(
			&json,
			"%c{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"earn\",\"params\":{\"id\":\"b%d-%d\","
			"\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"b%d-%d\","
			"\"occurred\":1700000000000,\"points\":1}}",
			i == 0 ? '[' : ',', i, number, i, number, i);
	merit_buffer_put_char(&json, ']');
	merit_buffer_put_char(&json, '\0');
	assert_false(json.bad);
	enum merit_status status = service_send(s, client, json.data);
	merit_buffer_free(&json);
	return status;
}

/* Sends batches until one is refused: how many were accepted. */
static int fill(struct service *s, struct merit_client *client)
{
	enum merit_status status;
	int number = 0;

	while ((status = send_batch(s, client, number)) == MERIT_OK) {
		number++;
		assert_true(number < 1000);
	}
	assert_int_equal(status, MERIT_STORE_FULL);
	return number;
}

static void a_full_map_refuses_writes_until_it_is_larger(void **state)
{
	struct service *s = *state;

	s->options[0] = "--map-size";
	s->options[1] = "8M";
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	int64_t before = service_entries(s);
	int full = fill(s, svc);
	assert_true(full > 0);
	assert_int_equal(send_batch(s, svc, full), MERIT_STORE_FULL);
	assert_int_equal(service_points(s, "m1"), 500 * full); /* Reads go on. */
	assert_int_equal(service_entries(s), before + 500 * full);
	assert_int_equal(service_end(s, SIGTERM), 0);
	service_start(s); /* As full as before, and ready all the same. */
	assert_int_equal(send_batch(s, svc, full), MERIT_STORE_FULL);
	assert_int_equal(service_end(s, SIGKILL), -SIGKILL);
	s->options[1] = "64M";
	service_start(s);
	assert_int_equal(send_batch(s, svc, full), MERIT_OK);
	assert_int_equal(service_points(s, "m1"), 500 * (full + 1));
	service_close(s, svc);
}

/* Moves the ledger onto a disk of its own. */
static void disk_mount(struct service *s, const char *size)
{
	struct fixture *f = s->fixture;
	char options[64], command[400], mounted[72];

	(void)snprintf(mounted, sizeof(mounted), "%s/d", f->root);
	(void)snprintf(options, sizeof(options), "size=%s", size);
	assert_int_equal(mkdir(mounted, 0700), 0);
	if (geteuid() != 0 || mount("merit", mounted, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) {
		print_message("a disk cannot be mounted here: a full one is not tested\n");
		skip();
	}
	(void)snprintf(command, sizeof(command), "mv '%s' '%s/data'", f->directory, mounted);
	assert_int_equal(system(command), 0);
	(void)snprintf(f->directory, sizeof(f->directory), "%s/data", mounted);
}

static int disk_teardown(void **state)
{
	struct service *s = *state;
	char mounted[72];

	if (s->pid != 0)
		(void)service_end(s, SIGKILL);
	(void)snprintf(mounted, sizeof(mounted), "%s/d", s->fixture->root);
	(void)umount2(mounted, MNT_DETACH);
	service_free(s);
	return 0;
}

/* Writes a file until the disk has no byte left. */
static void disk_fill(struct service *s, char path[96])
{
	static char block[65536];

	(void)snprintf(path, 96, "%s/d/filler", s->fixture->root);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		continue;
	(void)close(fd);
}

static void a_full_disk_refuses_writes_until_there_is_room(void **state)
{
	struct service *s = *state;
	char filler[96];
	int waited_ms = 0;

	disk_mount(s, "256m");
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(send_batch(s, svc, 0), MERIT_OK);
	int64_t entries = service_entries(s);
	disk_fill(s, filler);
	assert_int_equal(send_batch(s, svc, 1), MERIT_STORE_FULL);
	assert_int_equal(service_earn(s, svc, 1), MERIT_STORE_FULL);
	assert_int_equal(service_points(s, "m1"), 500);
	assert_int_equal(service_entries(s), entries);
	assert_int_equal(service_end(s, SIGKILL), -SIGKILL);
	s->options[0] = "--state-rows"; /* Ready also without room for the state it has to catch up with. */
	s->options[1] = "50";
	service_start(s);
	assert_int_equal(service_earn(s, svc, 1), MERIT_STORE_FULL);
	assert_int_equal(service_points(s, "m1"), 500);
	assert_int_equal(unlink(filler), 0);
	while (service_earn(s, svc, 1) == MERIT_STORE_FULL && waited_ms < SERVICE_WAIT_MS) {
		service_nap_ms(50); /* Room is looked for about once a second. */
		waited_ms += 50;
	}
	assert_int_equal(service_earn(s, svc, 1), MERIT_OK);
	assert_int_equal(send_batch(s, svc, 1), MERIT_OK);
	assert_int_equal(service_points(s, "m1"), 1100);
	service_close(s, svc);
	assert_int_equal(service_end(s, SIGTERM), 0);
	assert_int_equal(service_merit((const char *[]){ "verify", s->fixture->directory, NULL }), 0);
}

/* ---- The clock ---- */

/* Lets meritd's wall clock, but no other, follow a file that says by how much it is wrong. */
static void clock_hook(struct service *s, char path[96])
{
	static char preload[256], file[128];
	glob_t found;

	if (glob("/usr/lib/*/faketime/libfaketimeMT.so.1", 0, NULL, &found) != 0) {
		print_message("faketime is not installed: a wrong clock is not tested with meritd itself\n");
		skip();
	}
#ifdef __SANITIZE_THREAD__ /* faketime's own pthread_cond_wait hides from it that locks are let go. */
	print_message(
		"the thread sanitizer does not go with faketime: a wrong clock is not tested with meritd itself\n");
	globfree(&found);
	skip();
#endif
	(void)snprintf(path, 96, "%s/clock", s->fixture->root);
	(void)snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", found.gl_pathv[0]);
	(void)snprintf(file, sizeof(file), "FAKETIME_TIMESTAMP_FILE=%s", path);
	globfree(&found);
	const char *const before[] = { "env",
		                       preload,
		                       file,
		                       "FAKETIME_NO_CACHE=1",
		                       "DONT_FAKE_MONOTONIC=1",
		                       "ASAN_OPTIONS=verify_asan_link_order=0",
		                       NULL };
	memcpy(s->before, before, sizeof(before));
}

static void clock_set(const char *path, const char *offset)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fprintf(file, "%s\n", offset) > 0);
	assert_int_equal(fclose(file), 0);
}

static const char gift[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{\"id\":\"clock\",\"member\":"
                           "\"m1\",\"campaign\":\"c1\","
			   "\"event\":\"gift\",\"reference\":\"clock\",\"occurred\":1700000000000,\"points\":10}}";

/* A signature must be as wrong as the clock, or it is stale before it is looked at by anybody else. */
static enum merit_status earn_at(struct service *s, int64_t offset_s)
{
	return service_exchange_json(s, "svc/k1", "svc/k1", FIXTURE_ORIGIN, -offset_s, gift);
}

static void a_clock_set_back_or_far_ahead_stops_writes_until_confirmed(void **state)
{
	struct service *s = *state;
	char path[96];

	clock_hook(s, path);
	clock_set(path, "+0");
	service_start(s);
	int64_t entries = service_entries(s);
	clock_set(path, "-3600"); /* While it runs. */
	assert_int_equal(earn_at(s, -3600), MERIT_CLOCK_UNSURE);
	clock_set(path, "+40000000");
	assert_int_equal(earn_at(s, 40000000), MERIT_CLOCK_UNSURE);
	assert_int_equal(service_entries(s), entries);
	assert_int_equal(service_end(s, SIGTERM), 0);
	clock_set(path, "-3600"); /* At its start, before the last entry; */
	service_start(s);
	assert_int_equal(earn_at(s, -3600), MERIT_CLOCK_UNSURE);
	assert_int_equal(service_end(s, SIGTERM), 0);
	clock_set(path, "+40000000"); /* or more than 400 days behind it. */
	service_start(s);
	assert_int_equal(earn_at(s, 40000000), MERIT_CLOCK_UNSURE);
	assert_int_equal(service_entries(s), entries);
	clock_set(path, "+0"); /* Right again, but a person has to say so. */
	assert_int_equal(earn_at(s, 0), MERIT_CLOCK_UNSURE);
	assert_int_equal(service_merit((const char *[]){ "clock", "confirm", s->fixture->directory, NULL }), 0);
	assert_true(service_said(s, "clock confirmed"));
	assert_int_equal(earn_at(s, 0), MERIT_OK);
	assert_int_equal(service_entries(s), entries + 1);
	assert_int_equal(service_points(s, "m1"), 10);
}

/* ---- The directory ---- */

static void a_second_meritd_is_refused_and_harms_nothing(void **state)
{
	struct service *s = *state, second;

	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(service_earn(s, svc, 1), MERIT_OK);
	second = *s;
	second.pid = 0;
	(void)snprintf(second.url, sizeof(second.url), "tcp://127.0.0.1:0");
	service_begin(&second);
	assert_true(service_said(&second, "status=in_use"));
	assert_int_equal(service_end(&second, 0), 1);
	assert_int_equal(service_earn(s, svc, 2), MERIT_OK);
	assert_int_equal(service_points(s, "m1"), 200);
	service_close(s, svc);
}

/* Writes the format's number as another merit would have. */
static void format_set(struct service *s, int number)
{
	char path[128], format[16];
	int size = snprintf(format, sizeof(format), "%d", number);
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi meta;
	MDB_val key = { 6, (void *)"format" }, value = { (size_t)size, format };

	(void)snprintf(path, sizeof(path), "%s/log", s->fixture->directory);
	assert_int_equal(merit_env_open(path, MERIT_STORE_MAP_SIZE_DEFAULT, 0, NULL, &env), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "meta", 0, &meta), 0);
	assert_int_equal(mdb_put(txn, meta, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void another_format_is_refused_with_a_way_forward(void **state)
{
	struct service *s = *state;

	format_set(s, MERIT_STORE_FORMAT + 1);
	service_begin(s);
	assert_true(service_said(s, "status=format_version"));
	assert_true(service_said(s, "use the merit that wrote it"));
	assert_int_equal(service_end(s, 0), 1);
	format_set(s, MERIT_STORE_FORMAT); /* Nothing was touched. */
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(service_earn(s, svc, 1), MERIT_OK);
	service_close(s, svc);
}

/* Keeps the newest checkpoint, as an answer carries it. */
static void checkpoint_keep(struct service *s, const char *path)
{
	static const char json[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"checkpoint.get\",\"params\":{}}";
	struct merit_client *client = service_client(s, NULL, 1);
	struct merit_client_reply reply;

	assert_int_equal(merit_client_call(client, json, strlen(json), &reply), MERIT_OK);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(reply.checkpoint, 1, reply.checkpoint_size, file), reply.checkpoint_size);
	assert_int_equal(fclose(file), 0);
	service_close(s, client);
}

/* Goes on with a copy of the ledger restored from backup under name; the keys are brought along by hand. */
static void move_to_restored(struct service *s, const char *backup, const char *name)
{
	struct fixture *f = s->fixture;
	char directory[80], command[400];

	(void)snprintf(directory, sizeof(directory), "%.60s/%.16s", f->root, name);
	assert_int_equal(service_merit((const char *[]){ "restore", backup, directory, NULL }), 0);
	(void)snprintf(command, sizeof(command), "cp -rp '%s/keys' '%s/keys'", f->directory, directory);
	assert_int_equal(system(command), 0);
	memcpy(f->directory, directory, sizeof(directory));
}

static void a_restored_backup_writes_only_when_nothing_is_lost(void **state)
{
	struct service *s = *state;
	char early[96], late[96], newest[96];

	(void)snprintf(early, sizeof(early), "%s/early", s->fixture->root);
	(void)snprintf(late, sizeof(late), "%s/late", s->fixture->root);
	(void)snprintf(newest, sizeof(newest), "%s/newest.checkpoint", s->fixture->root);
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(service_earn(s, svc, 1), MERIT_OK);
	assert_int_equal(service_merit((const char *[]){ "backup", s->fixture->directory, early, NULL }), 0);
	assert_int_equal(service_earn(s, svc, 2), MERIT_OK);
	assert_int_equal(service_merit((const char *[]){ "backup", s->fixture->directory, late, NULL }), 0);
	assert_int_equal(service_merit((const char *[]){ "verify", late, NULL }), 0);
	checkpoint_keep(s, newest);
	assert_int_equal(service_end(s, SIGTERM), 0);

	move_to_restored(s, early, "r1"); /* An entry behind. */
	service_start(s);
	assert_int_equal(service_earn(s, svc, 2), MERIT_READ_ONLY);
	assert_int_equal(service_points(s, "m1"), 100);
	assert_int_equal(service_end(s, SIGTERM), 0);
	assert_int_equal(service_merit((const char *[]){ "restore", "--confirm", s->fixture->directory, "--checkpoint",
	                                                 newest, NULL }),
	                 1);
	service_start(s);
	assert_int_equal(service_earn(s, svc, 2), MERIT_READ_ONLY);
	assert_int_equal(service_end(s, SIGTERM), 0);

	move_to_restored(s, late, "r2");
	service_start(s);
	assert_int_equal(service_earn(s, svc, 3), MERIT_READ_ONLY);
	assert_int_equal(service_end(s, SIGTERM), 0);
	assert_int_equal(service_merit((const char *[]){ "restore", "--confirm", s->fixture->directory, "--checkpoint",
	                                                 newest, NULL }),
	                 0);
	service_start(s);
	assert_int_equal(service_earn(s, svc, 2), MERIT_OK); /* The one it knows. */
	assert_int_equal(service_points(s, "m1"), 200);
	assert_int_equal(service_earn(s, svc, 3), MERIT_OK);
	assert_int_equal(service_points(s, "m1"), 300);
	service_close(s, svc);
}

static int setup(void **state)
{
	*state = service_new();
	return 0;
}

static int teardown(void **state)
{
	service_free(*state);
	return 0;
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(a_full_map_refuses_writes_until_it_is_larger),
		cmocka_unit_test_setup_teardown(a_full_disk_refuses_writes_until_there_is_room, setup, disk_teardown),
		ROW(a_clock_set_back_or_far_ahead_stops_writes_until_confirmed),
		ROW(a_second_meritd_is_refused_and_harms_nothing),
		ROW(another_format_is_refused_with_a_way_forward),
		ROW(a_restored_backup_writes_only_when_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
