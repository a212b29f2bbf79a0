/* command_files.c - what is done to files without a service: verify, backup, restore, dump, clock confirm. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/settings.h"
#include "cli/show.h"
#include "ledger/backup.h"
#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/json.h"
#include "ledger/ledger.h"
#include "ledger/receipt.h"
#include "ledger/store.h"
#include "ledger/verify.h"
#include "rpc/clock.h"
#include "ledger/currency.h"

#define CONFIRM_WAIT_MS 5000 /* meritd looks every second */

static enum merit_exit exit_of_file(const char *path, enum merit_status status)
{
	if (status == MERIT_OK)
		return MERIT_EXIT_DONE;
	merit_complain_status(path, status);
	switch (status) {
	case MERIT_CORRUPT:
	case MERIT_PROOF_FAILED:
	case MERIT_BAD_SIGNATURE:
	case MERIT_SIGNER_MISSING: return MERIT_EXIT_REFUSED;
	default: return MERIT_EXIT_USAGE;
	}
}

/* A whole file of at most size_max bytes. False, with the reason printed. */
static bool file_read(const char *path, size_t size_max, struct merit_buffer *out)
{
	char bytes[4096];
	size_t size;

	FILE *file = fopen(path, "re");
	if (file == NULL) {
		merit_complain("cannot read %s: %s", path, strerror(errno));
		return false;
	}
	while ((size = fread(bytes, 1, sizeof(bytes), file)) > 0 && out->size <= size_max)
		merit_buffer_put(out, bytes, size);
	bool is_good = ferror(file) == 0 && out->size <= size_max;
	fclose(file);
	merit_buffer_need(out);
	if (!is_good)
		merit_complain("%s cannot be read, or is too large to be what it should", path);
	return is_good;
}

/* ---- verify ---- */

static void verify_progress(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	fprintf(stderr, "\r%llu of %llu entries\033[K%s", (unsigned long long)done, (unsigned long long)total,
	        done == total ? "\n" : "");
}

static const char *proven(bool is_proven)
{
	return is_proven ? "proven" : "not proven";
}

static void verify_print(const struct merit_verify_report *report, bool is_json)
{
	struct merit_buffer text = { 0 };

	if (is_json) {
		merit_buffer_put_format(&text,
		                        "{\"entries\":%llu,\"requests\":%llu,\"checkpoints\":%llu,\"root\":\"%s\","
		                        "\"structure\":%s,\"authorship\":%s,\"arithmetic\":%s,\"rules\":%s,\"fault\":",
		                        (unsigned long long)report->entries, (unsigned long long)report->requests,
		                        (unsigned long long)report->checkpoints, report->root_hex,
		                        report->structure ? "true" : "false", report->authorship ? "true" : "false",
		                        report->arithmetic ? "true" : "false", report->rules ? "true" : "false");
		if (report->fault[0] == '\0')
			merit_buffer_put_text(&text, "null");
		else
			merit_buffer_put_json(&text, report->fault, strlen(report->fault));
		printf("%s}\n", merit_buffer_text(&text));
	} else {
		merit_put_thousands(&text, (int64_t)report->entries);
		printf("entries      %s\nroot         %s\n", merit_buffer_text(&text), report->root_hex);
		printf("structure    %s\nauthorship   %s\n", proven(report->structure), proven(report->authorship));
		printf("arithmetic   %s\nrules        %s\n", proven(report->arithmetic), proven(report->rules));
	}
	merit_buffer_free(&text);
}

static bool birth_key_put(const void *leaf, size_t size, struct merit_buffer *out)
{
	uint8_t bytes[MERIT_PUBLIC_KEY_SIZE];
	struct merit_public_key key;
	struct merit_verifier log;
	size_t key_size = 0;
	cJSON *entry;

	if (merit_json_read(leaf, size, &entry) != MERIT_OK)
		return false;
	const cJSON *params = merit_json_member(entry, "params");
	const char *origin = merit_show_text(params, "origin"), *text = merit_show_text(params, "log_key");
	bool is_read = origin != NULL && text != NULL &&
	               merit_base64url_decode(text, strlen(text), bytes, sizeof(bytes), &key_size) &&
	               key_size == sizeof(bytes);
	if (is_read) {
		memcpy(key.bytes, bytes, sizeof(bytes));
		is_read = merit_verifier_make(origin, MERIT_NOTE_ED25519, &key, &log) == MERIT_OK;
	}
	if (is_read)
		merit_verifier_put(out, &log);
	merit_json_free(entry);
	return is_read;
}

/* The key a log names as its own, in its first entry, as --log-key takes it. False where it cannot be read. */
static bool own_key_put(const char *directory, struct merit_buffer *out)
{
	struct merit_store_options options = { 0 };
	struct merit_store_reader *reader = NULL;
	struct merit_store *store;
	const void *leaf;
	size_t size;
	bool is_read = false;

	if (merit_store_open(directory, MERIT_STORE_READ_ONLY, &options, &store, NULL) != MERIT_OK)
		return false;
	if (merit_store_reader_open(store, &reader) == MERIT_OK && merit_store_reader_begin(reader) == MERIT_OK) {
		is_read = merit_store_read_entry(reader, 0, &leaf, &size) == MERIT_OK && birth_key_put(leaf, size, out);
		merit_store_reader_end(reader);
	}
	merit_store_reader_close(reader);
	merit_store_close(store);
	return is_read;
}

/* What the proof stands on: without a key that came another way, it is one the log vouches for itself. */
static void trust_print(const char *directory)
{
	struct merit_buffer vkey = { 0 };

	if (own_key_put(directory, &vkey))
		printf("\nproven under the key in its own first entry:\n  %s\n"
		       "Give --log-key with the key you were given, to prove that it is that ledger.\n",
		       merit_buffer_text(&vkey));
	merit_buffer_free(&vkey);
}

static enum merit_exit verify_directory(const char *path, const struct merit_verifier *log, bool is_json)
{
	struct merit_verify_report report = { 0 };
	struct merit_verify_options options = {
		.directory = path,
		.log_key = log == NULL ? NULL : &log->key,
		.progress = isatty(STDERR_FILENO) == 1 ? verify_progress : NULL,
	};

	enum merit_status status = merit_verify(&options, &report);
	if (status != MERIT_OK && status != MERIT_CORRUPT)
		return exit_of_file(path, status);
	verify_print(&report, is_json);
	if (status == MERIT_OK && log == NULL && !is_json)
		trust_print(path);
	if (status == MERIT_OK)
		return MERIT_EXIT_DONE;
	merit_complain("%s: %s; keep it as it is, and compare with a backup", path, report.fault);
	return MERIT_EXIT_REFUSED;
}

static void leaf_print(const struct merit_buffer *leaf, bool is_json)
{
	cJSON *entry;

	if (is_json || merit_json_read(leaf->data, leaf->size, &entry) != MERIT_OK) {
		printf("%.*s\n", (int)leaf->size, leaf->data);
		return;
	}
	merit_show(stdout, entry, 0);
	merit_json_free(entry);
}

static enum merit_exit verify_receipt(const char *path, const struct merit_verifier *log, bool is_json)
{
	struct merit_buffer text = { 0 }, leaf = { 0 };
	struct merit_checkpoint checkpoint;
	uint64_t index = 0;
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (log == NULL) {
		merit_complain(
			"a receipt is checked against the ledger's key: add --log-key VKEY (merit init printed it)");
		return MERIT_EXIT_USAGE;
	}
	if (file_read(path, MERIT_RECEIPT_SIZE_MAX, &text)) {
		end = exit_of_file(path, merit_receipt_verify(text.data, text.size, log, &leaf, &index, &checkpoint));
		if (end == MERIT_EXIT_DONE) {
			leaf_print(&leaf, is_json);
			if (!is_json)
				printf("\nproven: entry %llu of %s, in its log of %llu entries\n",
				       (unsigned long long)index, checkpoint.origin,
				       (unsigned long long)checkpoint.size);
		}
	}
	merit_buffer_free(&text);
	merit_buffer_free(&leaf);
	return end;
}

enum merit_exit merit_command_verify(const struct merit_arguments *arguments)
{
	const char *path = arguments->operands[0];
	bool is_json = merit_argument_flag(arguments, "json");
	struct merit_settings settings;
	struct merit_verifier log;
	struct stat about;
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (!merit_settings_read(arguments, &settings)) {
		merit_settings_free(&settings);
		return end;
	}
	bool has_log = settings.log_key != NULL;
	enum merit_status status = has_log ? merit_verifier_parse(settings.log_key, &log) : MERIT_OK;
	merit_settings_free(&settings);
	if (status != MERIT_OK)
		merit_complain_status("--log-key", status);
	else if (stat(path, &about) != 0)
		merit_complain("cannot read %s: %s", path, strerror(errno));
	else if (S_ISDIR(about.st_mode))
		end = verify_directory(path, has_log ? &log : NULL, is_json);
	else
		end = verify_receipt(path, has_log ? &log : NULL, is_json);
	return end;
}

/* ---- backup and restore ---- */

enum merit_exit merit_command_backup(const struct merit_arguments *arguments)
{
	const char *directory = arguments->operands[0], *target = arguments->operands[1];
	enum merit_status status = merit_backup(directory, target);
	enum merit_exit end = exit_of_file(status == MERIT_EXISTS ? target : directory, status);

	if (end == MERIT_EXIT_DONE)
		printf("%s is a backup of %s, without its keys. Next: merit verify %s\n", target, directory, target);
	return end;
}

static enum merit_exit restore_confirm(const char *directory, const char *path)
{
	struct merit_buffer note = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (path == NULL) {
		merit_complain("restore --confirm needs --checkpoint FILE, the newest checkpoint anybody kept");
		return end;
	}
	if (file_read(path, MERIT_NOTE_SIZE_MAX, &note)) {
		enum merit_status status = merit_restore_confirm(directory, note.data, note.size);
		end = exit_of_file(directory, status);
		if (status == MERIT_PROOF_FAILED)
			merit_complain("the backup is older than this checkpoint, or of another history: what came "
			               "between is lost here. Restore a newer backup");
	}
	merit_buffer_free(&note);
	if (end == MERIT_EXIT_DONE)
		printf("%s may write again. Next: start meritd --data %s, or restart it where it runs\n", directory,
		       directory);
	return end;
}

enum merit_exit merit_command_restore(const struct merit_arguments *arguments)
{
	const char *confirm = merit_argument(arguments, "confirm", NULL);

	if (confirm != NULL && arguments->operands_count == 0)
		return restore_confirm(confirm, merit_argument(arguments, "checkpoint", NULL));
	if (confirm != NULL || arguments->operands_count != 2) {
		merit_complain("write restore BACKUP DIR, or restore --confirm DIR --checkpoint FILE");
		return MERIT_EXIT_USAGE;
	}
	const char *backup = arguments->operands[0], *directory = arguments->operands[1];
	enum merit_status status = merit_restore(backup, directory);
	enum merit_exit end = exit_of_file(status == MERIT_EXISTS ? directory : backup, status);
	if (end != MERIT_EXIT_DONE)
		return end;
	printf("%s holds the ledger of %s and can be read. Next:\n", directory, backup);
	printf("  put the ledger's keys into %s/keys\n", directory);
	printf("  merit restore --confirm %s --checkpoint FILE   with the newest checkpoint anybody kept, so that it "
	       "may write\n",
	       directory);
	return end;
}

/* ---- dump ---- */

static bool dump_row(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	struct merit_buffer *line = context;

	merit_buffer_clear(line);
	merit_buffer_put_format(line, "{\"table\":%u,\"key\":\"", table);
	merit_buffer_put_hex(line, key, key_size);
	merit_buffer_put_text(line, "\",\"value\":\"");
	merit_buffer_put_hex(line, value, size);
	merit_buffer_put_text(line, "\"}\n");
	merit_buffer_need(line);
	return fwrite(line->data, 1, line->size, stdout) == line->size;
}

enum merit_exit merit_command_dump(const struct merit_arguments *arguments)
{
	const char *directory = arguments->operands[0];
	struct merit_ledger_options options = { .directory = directory };
	struct merit_buffer line = { 0 };
	struct merit_ledger *ledger;

	enum merit_exit end = exit_of_file(directory, merit_ledger_open(&options, &ledger));
	if (end != MERIT_EXIT_DONE)
		return end;
	merit_ledger_dump(ledger, dump_row, &line);
	merit_ledger_close(ledger);
	merit_buffer_free(&line);
	return MERIT_EXIT_DONE;
}

/* ---- clock confirm ---- */

/* Written beside and renamed: the service never reads half of it. */
static bool confirmation_write(const char *directory, int64_t wall_ms)
{
	char draft[PATH_MAX], path[PATH_MAX];

	int size = snprintf(draft, sizeof(draft), "%s/" MERIT_CLOCK_CONFIRM_FILE ".draft", directory);
	if (size < 0 || (size_t)size >= sizeof(draft))
		return false;
	(void)snprintf(path, sizeof(path), "%.*s", size - (int)strlen(".draft"), draft);
	FILE *file = fopen(draft, "we");
	if (file == NULL)
		return false;
	bool is_whole = fprintf(file, "%lld\n", (long long)wall_ms) > 0;
	/* meritd runs as somebody else, as a rule: it must be able to read what root wrote. */
	is_whole = fchmod(fileno(file), 0644) == 0 && is_whole;
	is_whole = fclose(file) == 0 && is_whole;
	return is_whole && rename(draft, path) == 0;
}

static bool is_ledger(const char *directory)
{
	char path[PATH_MAX];
	struct stat about;

	int size = snprintf(path, sizeof(path), "%s/log", directory);
	if (size > 0 && (size_t)size < sizeof(path) && stat(path, &about) == 0 && S_ISDIR(about.st_mode))
		return true;
	merit_complain("%s holds no ledger; name the folder meritd has as --data", directory);
	return false;
}

/* Waits until meritd has taken the confirmation. Where it does not, it is withdrawn: it must not count later. */
static bool confirmation_is_taken(const char *directory)
{
	char path[PATH_MAX];
	const struct timespec pause = { .tv_nsec = 100 * 1000000 };

	(void)snprintf(path, sizeof(path), "%s/" MERIT_CLOCK_CONFIRM_FILE, directory);
	for (int i = 0; i < CONFIRM_WAIT_MS / 100; i++) {
		nanosleep(&pause, NULL);
		if (access(path, F_OK) != 0)
			return true;
	}
	return unlink(path) != 0;
}

enum merit_exit merit_command_clock_confirm(const struct merit_arguments *arguments)
{
	const char *directory = arguments->operands[0];
	char text[MERIT_TIME_TEXT_SIZE];
	struct timespec now;

	if (!is_ledger(directory))
		return MERIT_EXIT_USAGE;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t wall_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (!confirmation_write(directory, wall_ms)) {
		merit_complain("cannot write %s/" MERIT_CLOCK_CONFIRM_FILE ": %s", directory, strerror(errno));
		return MERIT_EXIT_USAGE;
	}
	merit_time_format(wall_ms, 0, text);
	if (!confirmation_is_taken(directory)) {
		merit_complain("not taken: no meritd runs on %s, or it does not doubt its clock (merit call health.get "
		               "says writes accepted). Nothing was changed",
		               directory);
		return MERIT_EXIT_UNREACHABLE;
	}
	printf("meritd was told that %s is the time, and took it; merit call health.get says whether it writes again. "
	       "Times in the log can never fall: was it right?\n",
	       text);
	return MERIT_EXIT_DONE;
}
