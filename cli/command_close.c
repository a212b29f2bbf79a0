/* command_close.c - merit close: a month is closed once nothing of it is missing, bound to its reports; and the reports of
 * a closed month made again, to be compared with what was closed.
 *
 * Complete   what is missing the service knows, but for runs that something was booked behind: those the entries tell.
 * Made here  the reports come from the entries alone, over the service or from its data directory; the service is told
 *            their hashes and totals, and never makes one itself.
 * Bound      the root of those entries is computed from what was read, and is that of a checkpoint of the service's. */
#include <stdio.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/books_show.h"
#include "cli/missing.h"
#include "cli/show.h"
#include "cli/journal_service.h"
#include "cli/verb.h"
#include "ledger/calendar.h"
#include "ledger/checkpoint.h"
#include "ledger/encode.h"
#include "ledger/proof.h"
#include "recon/stale.h"

/* One command. */
struct closing {
	const struct merit_arguments *arguments;
	const char *month; /* "2026-10" */
	int32_t first_day;
	struct merit_session session; /* of the service that closes it; not to check */
	struct merit_reading reading;
	struct merit_books books;
};

/* ---- Books ---- */

/* Makes the books of the month from the entries before size. */
static enum merit_exit books_make(struct closing *closing, uint64_t size)
{
	const char *fault = NULL;
	enum merit_status status = merit_books_make(closing->reading.journal, closing->first_day, size,
	                                            merit_reading_progress(), &closing->books, &fault);

	if (status != MERIT_BAD_PARAMS)
		return merit_reading_end(&closing->reading, status);
	merit_complain("%s: %s", closing->month, fault);
	return MERIT_EXIT_USAGE;
}

/* The directory to write to; NULL where none was asked for. */
static const char *directory_of(const struct closing *closing)
{
	return merit_argument(closing->arguments, "out", NULL);
}

/* Writes the books under names that are not theirs yet: what cannot be written is known before anything is closed. */
static enum merit_exit books_draft(const struct closing *closing)
{
	const char *directory = directory_of(closing);

	return directory == NULL ? MERIT_EXIT_DONE
	                         : merit_books_draft(&closing->books, directory, closing->month,
	                                             closing->reading.journal->origin);
}

static enum merit_exit books_publish(const struct closing *closing)
{
	const char *directory = directory_of(closing);

	return directory == NULL ? MERIT_EXIT_DONE : merit_books_publish(&closing->books, directory, closing->month);
}

/* ---- Is it the month's turn? ---- */

/* Why the month cannot be closed whatever its books say; OK when it can. rows are those of period.list, in order up to
 * the month that is not over yet. *next_out is the month to close next, NULL where none is over. */
static enum merit_status turn_of(const cJSON *rows, const char *month, const char **next_out)
{
	*next_out = NULL;
	for (const cJSON *row = rows == NULL ? NULL : rows->child; row != NULL; row = row->next) {
		const char *period = merit_show_text(row, "period"), *state = merit_show_text(row, "state");
		if (period == NULL || state == NULL)
			return MERIT_BAD_REPLY;
		bool is_closed = strcmp(state, "closed") == 0, is_over = row->next != NULL;
		if (!is_closed && is_over && *next_out == NULL)
			*next_out = period;
		if (strcmp(period, month) != 0)
			continue;
		if (is_closed || !is_over)
			return is_closed ? MERIT_PERIOD_CLOSED : MERIT_PERIOD_NOT_OVER;
		return *next_out == period ? MERIT_OK : MERIT_PERIOD_ORDER;
	}
	return MERIT_PERIOD_NOT_OVER;
}

static void turn_tell(const char *month, const char *first, const char *next, enum merit_status status)
{
	if (first != NULL && strcmp(month, first) < 0)
		merit_complain("%s is before the ledger's first month, %s", month, first);
	else
		merit_complain_status(month, status);
	if (next != NULL && status != MERIT_PERIOD_CLOSED)
		merit_complain("the month to close next is %s", next);
}

/* The service decides; it is asked early, so that nobody waits for reports in vain. */
static enum merit_exit turn_check(struct closing *closing)
{
	static const struct merit_verb_value none[] = { { NULL, NULL } };
	struct merit_answer answer;
	const char *next;
	enum merit_exit end = merit_verb_ask_in(&closing->session, "period.list", none, &answer);

	if (end != MERIT_EXIT_DONE)
		return end;
	const cJSON *rows = merit_json_member(answer.result, "rows");
	enum merit_status status = turn_of(rows, closing->month, &next);
	if (status != MERIT_OK) {
		turn_tell(closing->month, rows == NULL ? NULL : merit_show_text(rows->child, "period"), next, status);
		end = MERIT_EXIT_REFUSED;
	}
	merit_answer_free(&answer);
	return end;
}

/* ---- Is the directory the service's? ---- */

static bool hash_read(const cJSON *node, struct merit_hash *hash_out)
{
	const char *text;
	size_t size, hash_size;

	return merit_json_text(node, &text, &size) &&
	       merit_base64_decode(text, size, hash_out->bytes, sizeof(hash_out->bytes), &hash_size) &&
	       hash_size == sizeof(hash_out->bytes);
}

static bool checkpoint_read(const cJSON *result, struct merit_checkpoint *checkpoint_out)
{
	const char *text;
	size_t size;

	return merit_json_text(merit_json_member(result, "checkpoint"), &text, &size) &&
	       merit_checkpoint_read((struct merit_slice){ text, size }, checkpoint_out) == MERIT_OK;
}

/* Whether the answer of proof.get proves that the service's log begins with all that the source has. */
static bool is_extended(const struct merit_journal *source, const cJSON *result)
{
	const cJSON *list = merit_json_member(result, "hashes");
	struct merit_hash hashes[MERIT_PROOF_HASHES_MAX];
	struct merit_checkpoint head;
	size_t count = 0;

	for (const cJSON *node = list == NULL ? NULL : list->child; node != NULL; node = node->next) {
		if (count == MERIT_PROOF_HASHES_MAX || !hash_read(node, &hashes[count++]))
			return false;
	}
	return checkpoint_read(result, &head) && strcmp(head.origin, source->origin) == 0 &&
	       merit_proof_extends(source->size, &source->root, head.size, &head.root, hashes, count);
}

/* The same ledger: the service's log goes on where that of --data ends. */
static enum merit_exit same_check(struct closing *closing)
{
	struct merit_buffer size = { 0 };
	struct merit_answer answer;

	if (closing->reading.dir == NULL)
		return MERIT_EXIT_DONE;
	merit_buffer_put_integer(&size, (int64_t)closing->reading.journal->size);
	const struct merit_verb_value values[] = { { "from_size", merit_buffer_text(&size) }, { NULL, NULL } };
	enum merit_exit end = merit_verb_ask_in(&closing->session, "proof.get", values, &answer);
	merit_buffer_free(&size);
	if (end != MERIT_EXIT_DONE)
		return end;
	if (!is_extended(closing->reading.journal, answer.result)) {
		merit_complain("%s is not the ledger of the service at %s", closing->reading.dir,
		               closing->session.settings.url);
		end = MERIT_EXIT_REFUSED;
	}
	merit_answer_free(&answer);
	return end;
}

/* What was read is what the newest checkpoint covers. */
static enum merit_exit root_check(const struct closing *closing)
{
	bool is_covered = merit_hash_equal(&closing->books.root, &closing->reading.journal->root);

	return merit_reading_end(&closing->reading, is_covered ? MERIT_OK : MERIT_PROOF_FAILED);
}

/* ---- Closing ---- */

static void closed_print(const struct closing *closing, int64_t seq)
{
	struct merit_buffer text = { 0 };

	merit_buffer_put_hex(&text, closing->books.root.bytes, sizeof(closing->books.root.bytes));
	printf("%s is closed by entry %lld, bound to the checkpoint of %llu entries with the root\n%s\n\n",
	       closing->month, (long long)seq, (unsigned long long)closing->books.size, merit_buffer_text(&text));
	merit_books_print(&closing->books);
	merit_buffer_free(&text);
}

/* {"period":..,"entry":..,"size":..,"root":..,"totals":[..],"reports":[..]} and what follows them. */
static void json_print(const struct closing *closing, int64_t seq, const char *behind)
{
	struct merit_buffer text = { 0 };

	merit_books_put_params(&text, &closing->books);
	printf("{\"period\":\"%s\",\"entry\":%lld,%s%s}\n", closing->month, (long long)seq, merit_buffer_text(&text),
	       behind);
	merit_buffer_free(&text);
}

static enum merit_exit close_call(struct closing *closing)
{
	struct merit_session *session = &closing->session;
	char id[MERIT_CLIENT_ID_SIZE + 1];
	struct merit_buffer params = { 0 };
	struct merit_answer answer;

	merit_client_id(session->client, id);
	merit_buffer_put_format(&params, "{\"id\":\"%s\",\"period\":\"%s\",", id, closing->month);
	merit_books_put_params(&params, &closing->books);
	merit_buffer_put_char(&params, '}');
	enum merit_exit end = merit_session_call(session, "period.close", merit_buffer_text(&params), &answer);
	merit_buffer_free(&params);
	if (!session->is_answered)
		merit_complain("whether %s is closed is not known: see merit period list, and close again if it is not",
		               closing->month);
	if (end != MERIT_EXIT_DONE)
		return end;
	int64_t seq = merit_show_integer(answer.result, "seq");
	if (session->is_json)
		json_print(closing, seq, "");
	else
		closed_print(closing, seq);
	merit_answer_free(&answer);
	return MERIT_EXIT_DONE;
}

/* Closes, the books being drafted. */
static enum merit_exit close_drafted(struct closing *closing)
{
	enum merit_exit end = close_call(closing);

	if (end != MERIT_EXIT_DONE) {
		if (directory_of(closing) != NULL)
			merit_books_discard(&closing->books, directory_of(closing), closing->month);
		return end;
	}
	end = books_publish(closing);
	if (end != MERIT_EXIT_DONE)
		merit_complain("%s is closed all the same: merit close %s --check --out %s writes its books",
		               closing->month, closing->month, directory_of(closing));
	return end;
}

static enum merit_exit close_made(struct closing *closing)
{
	enum merit_exit end = root_check(closing);

	if (end != MERIT_EXIT_DONE)
		return end;
	end = books_draft(closing);
	if (end == MERIT_EXIT_DONE)
		return close_drafted(closing);
	merit_complain("nothing was closed");
	return end;
}

/* Prints what is missing, and is not DONE when something is. */
static enum merit_exit missing_print(struct closing *closing)
{
	struct merit_stale_list stale;
	enum merit_status status = merit_stale_find(closing->reading.journal, closing->first_day,
	                                            merit_day_span_last(closing->first_day, MERIT_SPAN_MONTH),
	                                            merit_reading_progress(), &stale);

	if (status != MERIT_OK)
		return merit_reading_end(&closing->reading, status);
	enum merit_exit end = merit_missing_print(&closing->session, closing->month, &stale);
	merit_stale_free(&stale);
	return end;
}

static enum merit_exit close_from(struct closing *closing)
{
	enum merit_exit end = same_check(closing);

	if (end == MERIT_EXIT_DONE)
		end = missing_print(closing);
	if (end == MERIT_EXIT_DONE)
		end = books_make(closing, closing->reading.journal->size);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = close_made(closing);
	merit_books_free(&closing->books);
	return end;
}

static enum merit_exit close_month(struct closing *closing)
{
	enum merit_exit end = turn_check(closing);

	if (end == MERIT_EXIT_DONE)
		end = merit_reading_open(closing->arguments, &closing->reading);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = close_from(closing);
	merit_reading_close(&closing->reading);
	return end;
}

/* ---- Checking ---- */

static void same_print(const struct closing *closing, const struct merit_entry *entry)
{
	printf("%s is as it was closed by %.*s in entry %llu: made again from %llu entries\n\n", closing->month,
	       (int)entry->party.size, entry->party.data, (unsigned long long)entry->seq,
	       (unsigned long long)closing->books.size);
	merit_books_print(&closing->books);
}

static enum merit_exit compare(struct closing *closing, const struct merit_entry *entry)
{
	struct merit_buffer why = { 0 }, behind = { 0 };
	bool is_same = merit_books_agree(&closing->books, entry, &why);

	if (merit_argument_flag(closing->arguments, "json")) {
		merit_buffer_put_format(&behind, ",\"same\":%s,\"difference\":", is_same ? "true" : "false");
		if (is_same)
			merit_buffer_put_text(&behind, "null");
		else
			merit_buffer_put_json(&behind, why.data, why.size);
		json_print(closing, (int64_t)entry->seq, merit_buffer_text(&behind));
	} else if (is_same) {
		same_print(closing, entry);
	}
	if (!is_same)
		merit_complain("%s is not what entry %llu closed: %s", closing->month, (unsigned long long)entry->seq,
		               merit_buffer_text(&why));
	merit_buffer_free(&why);
	merit_buffer_free(&behind);
	return is_same ? MERIT_EXIT_DONE : MERIT_EXIT_REFUSED;
}

/* What differs is written, too, for people to look at. */
static enum merit_exit check_entry(struct closing *closing, const struct merit_entry *entry)
{
	enum merit_exit end = books_make(closing, (uint64_t)entry->values[CLOSE_SIZE].integer);

	if (end != MERIT_EXIT_DONE)
		return end;
	end = compare(closing, entry);
	enum merit_exit written = books_draft(closing);
	if (written == MERIT_EXIT_DONE)
		written = books_publish(closing);
	merit_books_free(&closing->books);
	return end == MERIT_EXIT_DONE ? written : end;
}

static enum merit_exit check_from(struct closing *closing)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;
	enum merit_status status = merit_books_find(closing->reading.journal, closing->first_day, &arena, &entry);
	enum merit_exit end = MERIT_EXIT_REFUSED;

	if (status == MERIT_OK)
		end = check_entry(closing, &entry);
	else if (status == MERIT_NOT_FOUND)
		merit_complain("%s is not closed; there is nothing to compare with", closing->month);
	else
		end = merit_reading_end(&closing->reading, status);
	merit_arena_free(&arena);
	return end;
}

static enum merit_exit check_month(struct closing *closing)
{
	enum merit_exit end = merit_reading_open(closing->arguments, &closing->reading);

	if (end != MERIT_EXIT_DONE)
		return end;
	end = check_from(closing);
	merit_reading_close(&closing->reading);
	return end;
}

enum merit_exit merit_command_close(const struct merit_arguments *arguments)
{
	struct closing closing = { .arguments = arguments, .month = arguments->operands[0] };

	if (!merit_month_parse(closing.month, strlen(closing.month), &closing.first_day)) {
		merit_complain("\"%s\" is no month; write 2026-10", closing.month);
		return MERIT_EXIT_USAGE;
	}
	if (merit_argument_flag(arguments, "check"))
		return check_month(&closing);
	enum merit_exit end = merit_session_open(arguments, 1, &closing.session);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = close_month(&closing);
	merit_session_close(&closing.session);
	return end;
}
