/* command_init.c - merit init, key new, key show: what is made before a service runs. Nothing here talks to one.
 *
 * Never  overwrites a key or a ledger, prints a secret, or leaves one readable by others. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/parameter.h"
#include "ledger/encode.h"
#include "ledger/key.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/text.h"

#define ADMIN_KEY_NAME "k1"

/* The keys a new ledger has, in the order they are made. */
enum { KEY_LOG, KEY_SYSTEM, KEY_ADMIN, KEYS_COUNT };
static const char *const key_files[KEYS_COUNT] = { "log.pem", "system.pem", "admin.pem" };
#define PRIVATE_KEY_FILE "private.key"

struct nursery {
	const char *directory;
	char keys[PATH_MAX]; /* DIR/keys */
	bool has_directory;  /* made here, so taken away again on failure */
	struct merit_secret_key secret[KEYS_COUNT];
	uint8_t private_key[MERIT_PLAIN_KEY_SIZE]; /* of private data */
	struct merit_verifier log;                 /* the log key as notes know it */
};

/* ---- Keys ---- */

static bool random_fill(uint8_t *bytes, size_t size)
{
	if (getrandom(bytes, size, 0) == (ssize_t)size)
		return true;
	merit_complain("the system gives no randomness: %s", strerror(errno));
	return false;
}

static bool key_make(const char *path, struct merit_secret_key *key_out)
{
	uint8_t seed[MERIT_SEED_SIZE];

	if (!random_fill(seed, sizeof(seed)))
		return false;
	merit_secret_key_from_seed(seed, key_out);
	sodium_memzero(seed, sizeof(seed));
	enum merit_status status = merit_secret_key_write(path, key_out);
	if (status == MERIT_OK)
		return true;
	merit_secret_key_wipe(key_out);
	merit_complain_status(path, status);
	return false;
}

static void key_print(const struct merit_public_key *key, const char *path, bool is_json)
{
	char text[MERIT_BASE64URL_SIZE(MERIT_PUBLIC_KEY_SIZE) + 1];
	char thumbprint[MERIT_THUMBPRINT_SIZE + 1];

	merit_base64url_encode(key->bytes, sizeof(key->bytes), text);
	merit_public_key_thumbprint(key, thumbprint);
	if (is_json)
		printf("{\"public\":\"%s\",\"thumbprint\":\"%s\"}\n", text, thumbprint);
	else
		printf("file        %s\npublic      %s\nthumbprint  %s\n", path, text, thumbprint);
}

enum merit_exit merit_command_key_new(const struct merit_arguments *arguments)
{
	const char *path = arguments->operands[0];
	struct merit_secret_key key;

	if (!key_make(path, &key))
		return MERIT_EXIT_USAGE;
	struct merit_public_key public_key = merit_secret_key_public(&key);
	merit_secret_key_wipe(&key);
	key_print(&public_key, path, merit_argument_flag(arguments, "json"));
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_key_show(const struct merit_arguments *arguments)
{
	const char *path = arguments->operands[0];
	struct merit_secret_key key;

	enum merit_status status = merit_secret_key_read(path, &key);
	if (status != MERIT_OK) {
		merit_complain_status(path, status);
		return MERIT_EXIT_USAGE;
	}
	struct merit_public_key public_key = merit_secret_key_public(&key);
	merit_secret_key_wipe(&key);
	key_print(&public_key, path, merit_argument_flag(arguments, "json"));
	return MERIT_EXIT_DONE;
}

/* ---- A new ledger ---- */

static bool birth_read(const struct merit_arguments *arguments, struct merit_ledger_birth *birth)
{
	const char *offset = merit_argument(arguments, "offset", "Z");
	int32_t offset_minutes = 0;
	int64_t grace, hold, receive, late, erase;
	struct timespec now;

	birth->origin = merit_argument(arguments, "origin", NULL);
	if (birth->origin == NULL ||
	    !merit_text_is_origin(birth->origin, strlen(birth->origin), MERIT_ORIGIN_SIZE_MAX)) {
		merit_complain("init needs --origin NAME, a URL without its scheme, such as merit.example/ledger1; it "
		               "is for ever");
		return false;
	}
	birth->admin = merit_argument(arguments, "admin", "admin");
	birth->admin_key_name = ADMIN_KEY_NAME;
	birth->refund_policy = merit_argument(arguments, "refund-policy", "restore");
	if (!merit_text_is_id(birth->admin, strlen(birth->admin), MERIT_NAME_SIZE_MAX)) {
		merit_complain("--admin takes 1-32 of [A-Za-z0-9._:-], not \"%s\"", birth->admin);
		return false;
	}
	if (!merit_offset_parse(offset, &offset_minutes)) {
		merit_complain("--offset is where days begin and end, such as +08:00; not \"%s\"", offset);
		return false;
	}
	if (!merit_argument_integer(arguments, "grace-days", 0, MERIT_DAYS_MAX, 30, &grace) ||
	    !merit_argument_integer(arguments, "hold-minutes", 1, MERIT_HOLD_MINUTES_MAX, 14 * 24 * 60, &hold) ||
	    !merit_argument_integer(arguments, "receive-days", 0, MERIT_DAYS_MAX, 10, &receive) ||
	    !merit_argument_integer(arguments, "late-days", 0, MERIT_DAYS_MAX, 90, &late) ||
	    !merit_argument_integer(arguments, "erase-days", 0, MERIT_DAYS_MAX, 180, &erase))
		return false;
	birth->offset_minutes = (int)offset_minutes;
	birth->grace_days = (int)grace;
	birth->hold_minutes = (int)hold;
	birth->receive_days = (int)receive;
	birth->late_days = (int)late;
	birth->erase_days = (int)erase;
	clock_gettime(CLOCK_REALTIME, &now);
	birth->time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	return true;
}

/* DIR, which must be new or empty, and DIR/keys. */
static bool folders_make(struct nursery *nursery)
{
	if (mkdir(nursery->directory, 0700) == 0) {
		nursery->has_directory = true;
	} else if (errno != EEXIST) {
		merit_complain("cannot make %s: %s", nursery->directory, strerror(errno));
		return false;
	}
	int size = snprintf(nursery->keys, sizeof(nursery->keys), "%s/keys", nursery->directory);
	if (size < 0 || (size_t)size >= sizeof(nursery->keys) - sizeof("/admin.profile")) {
		merit_complain("the path %s is too long", nursery->directory);
		return false;
	}
	if (mkdir(nursery->keys, 0700) == 0)
		return true;
	if (errno == EEXIST)
		merit_complain("%s holds a ledger's keys already and is left alone; choose another folder",
		               nursery->directory);
	else
		merit_complain("cannot make %s: %s", nursery->keys, strerror(errno));
	return false;
}

static void path_in_keys(const struct nursery *nursery, const char *name, char path_out[PATH_MAX])
{
	snprintf(path_out, PATH_MAX, "%.*s/%s", PATH_MAX - 32, nursery->keys, name);
}

static bool keys_make(struct nursery *nursery)
{
	char path[PATH_MAX];

	for (int i = 0; i < KEYS_COUNT; i++) {
		path_in_keys(nursery, key_files[i], path);
		if (!key_make(path, &nursery->secret[i]))
			return false;
	}
	path_in_keys(nursery, PRIVATE_KEY_FILE, path);
	if (!random_fill(nursery->private_key, sizeof(nursery->private_key)))
		return false;
	enum merit_status status = merit_plain_key_write(path, nursery->private_key);
	if (status != MERIT_OK)
		merit_complain_status(path, status);
	return status == MERIT_OK;
}

/* So that the admin need name nothing but this file: see settings.h. */
static bool profile_write(const struct nursery *nursery, const struct merit_ledger_birth *birth)
{
	struct merit_buffer vkey = { 0 };
	char path[PATH_MAX];

	path_in_keys(nursery, "admin.profile", path);
	FILE *file = fopen(path, "wxe");
	if (file == NULL) {
		merit_complain("cannot write %s: %s", path, strerror(errno));
		return false;
	}
	merit_verifier_put(&vkey, &nursery->log);
	fprintf(file, "# How %s reaches the ledger: merit --profile FILE, or MERIT_PROFILE=FILE.\n", birth->admin);
	fprintf(file, "origin = %s\nas = %s/%s\nkey = %s\nlog-key = %s\n", birth->origin, birth->admin, ADMIN_KEY_NAME,
	        key_files[KEY_ADMIN], merit_buffer_text(&vkey));
	merit_buffer_free(&vkey);
	if (fclose(file) == 0)
		return true;
	merit_complain("cannot write %s: %s", path, strerror(errno));
	return false;
}

/* After a failure: what was made here goes again, so that the same command can be repeated. */
static void nursery_undo(const struct nursery *nursery)
{
	char path[PATH_MAX];

	for (int i = 0; i < KEYS_COUNT; i++) {
		path_in_keys(nursery, key_files[i], path);
		(void)unlink(path);
	}
	path_in_keys(nursery, PRIVATE_KEY_FILE, path);
	(void)unlink(path);
	(void)rmdir(nursery->keys);
	if (nursery->has_directory)
		(void)rmdir(nursery->directory); /* Stays when something else is in it. */
}

static void print_next(const struct nursery *nursery, const struct merit_ledger_birth *birth)
{
	char absolute[PATH_MAX];
	const char *directory = realpath(nursery->directory, absolute);
	struct merit_buffer vkey = { 0 };

	directory = directory == NULL ? nursery->directory : directory; /* What is printed works from every folder. */
	merit_verifier_put(&vkey, &nursery->log);
	printf("Made the ledger %s in %s.\n\n", birth->origin, directory);
	printf("  %s/keys/log.pem     signs checkpoints; meritd needs it\n", directory);
	printf("  %s/keys/system.pem  signs what happens by the clock; meritd needs it\n", directory);
	printf("  %s/keys/private.key opens recipients and codes; meritd needs it\n", directory);
	printf("  %s/keys/admin.pem   is %s's; move it to that person's machine, with admin.profile\n\n", directory,
	       birth->admin);
	printf("The ledger's public key, which everyone who checks a receipt needs:\n\n  %s\n\n",
	       merit_buffer_text(&vkey));
	printf("Next: keep copies of the keys elsewhere (backups do not hold them), then\n\n");
	printf("  meritd --data %s\n", directory);
	printf("  export MERIT_PROFILE=%s/keys/admin.profile\n", directory);
	printf("  merit key new lms.pem\n");
	printf("  merit call party.create party=lms role=service key=k1 public=...\n");
	merit_buffer_free(&vkey);
}

static bool name_is(const struct dirent *entry, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (strcmp(entry->d_name, *names) == 0)
			return true;
	}
	return false;
}

/* Whether DIR is new or empty; a disk of its own has a lost+found. */
static bool is_free(const char *directory)
{
	static const char *const none[] = { ".", "..", "lost+found", NULL };
	static const char *const own[] = { "log", "keys", "private", NULL };
	const struct dirent *entry;
	const char *found = NULL;

	DIR *folder = opendir(directory);
	if (folder == NULL)
		return true; /* New, or mkdir says what is wrong with it. */
	while (found == NULL && (entry = readdir(folder)) != NULL) {
		if (!name_is(entry, none))
			found = name_is(entry, own) ? "a ledger or its keys" : "other files";
	}
	(void)closedir(folder);
	if (found != NULL)
		merit_complain("%s holds %s already and is left alone; choose a new or empty folder", directory, found);
	return found == NULL;
}

static enum merit_exit ledger_make(struct nursery *nursery, struct merit_ledger_birth *birth)
{
	birth->log_key = &nursery->secret[KEY_LOG];
	birth->system_key = &nursery->secret[KEY_SYSTEM];
	birth->admin_key = &nursery->secret[KEY_ADMIN];
	birth->private_key = nursery->private_key;
	struct merit_public_key log_key = merit_secret_key_public(birth->log_key);
	enum merit_status status = merit_verifier_make(birth->origin, MERIT_NOTE_ED25519, &log_key, &nursery->log);
	if (status == MERIT_OK)
		status = merit_ledger_create(nursery->directory, birth);
	if (status == MERIT_OK)
		return MERIT_EXIT_DONE;
	merit_complain_status(nursery->directory, status);
	return MERIT_EXIT_USAGE;
}

enum merit_exit merit_command_init(const struct merit_arguments *arguments)
{
	struct merit_ledger_birth birth = { 0 };
	struct nursery nursery = { .directory = arguments->operands[0] };

	if (!birth_read(arguments, &birth) || !is_free(nursery.directory) || !folders_make(&nursery)) {
		if (nursery.has_directory)
			(void)rmdir(nursery.directory);
		return MERIT_EXIT_USAGE;
	}
	enum merit_exit end = keys_make(&nursery) ? ledger_make(&nursery, &birth) : MERIT_EXIT_USAGE;
	if (end != MERIT_EXIT_DONE)
		nursery_undo(&nursery);
	else if (!profile_write(&nursery, &birth))
		end = MERIT_EXIT_USAGE; /* The ledger stands; the profile can be written by hand. */
	else
		print_next(&nursery, &birth);
	for (int i = 0; i < KEYS_COUNT; i++)
		merit_secret_key_wipe(&nursery.secret[i]);
	sodium_memzero(nursery.private_key, sizeof(nursery.private_key));
	return end;
}
