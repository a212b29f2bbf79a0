/* command_read.c - what people ask of the log: entry, tail, receipt, checkpoint. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/session.h"
#include "cli/show.h"
#include "ledger/receipt.h"

#define TAIL_ROWS_DEFAULT 10
#define TAIL_WAIT_MS      20000

/* Opens a session, calls, and gives both out; what is left to do on another exit is nothing. */
static enum merit_exit ask(const struct merit_arguments *arguments, const char *method, struct merit_buffer *params,
                           struct merit_session *session_out, struct merit_answer *answer_out)
{
	enum merit_exit end = merit_session_open(arguments, 1, session_out);

	if (end == MERIT_EXIT_DONE) {
		end = merit_session_call(session_out, method, merit_buffer_text(params), answer_out);
		if (end != MERIT_EXIT_DONE)
			merit_session_close(session_out);
	}
	merit_buffer_free(params);
	return end;
}

/* The same about the entry that the first operand names. */
static enum merit_exit ask_of_entry(const struct merit_arguments *arguments, const char *method,
                                    struct merit_session *session, struct merit_answer *answer, int64_t *seq_out)
{
	struct merit_buffer params = { 0 };

	if (!merit_operand_seq(arguments, 0, seq_out))
		return MERIT_EXIT_USAGE;
	merit_buffer_put_format(&params, "{\"seq\":%lld}", (long long)*seq_out);
	return ask(arguments, method, &params, session, answer);
}

static void ask_end(struct merit_session *session, struct merit_answer *answer)
{
	merit_answer_free(answer);
	merit_session_close(session);
}

/* ---- Entries ---- */

enum merit_exit merit_command_entry(const struct merit_arguments *arguments)
{
	struct merit_session session;
	struct merit_answer answer;
	int64_t seq;

	enum merit_exit end = ask_of_entry(arguments, "entry.get", &session, &answer, &seq);
	if (end != MERIT_EXIT_DONE)
		return end;
	const cJSON *entry = merit_json_member(answer.result, "entry");
	const cJSON *money = merit_json_member(merit_json_member(answer.result, "sealed"), "postings");
	if (session.is_json)
		merit_json_print(stdout, entry);
	else
		merit_show(stdout, entry, merit_session_display_offset(&session));
	if (!session.is_json && money != NULL)
		merit_show_postings(stdout, "money", money);
	ask_end(&session, &answer);
	return end;
}

/* An entry's parameters in one line: member=M1 points=60. */
static void params_cell(struct merit_table *table, const cJSON *entry, int32_t offset_minutes)
{
	const cJSON *params = merit_json_member(entry, "params");
	struct merit_buffer text = { 0 };

	for (const cJSON *member = params == NULL ? NULL : params->child; member != NULL; member = member->next) {
		merit_buffer_put_format(&text, "%s%s=", text.size == 0 ? "" : " ", member->string);
		merit_show_member_put(&text, member, offset_minutes);
	}
	merit_table_text(table, merit_buffer_text(&text));
	merit_buffer_free(&text);
}

static void tail_row_put(struct merit_table *table, const cJSON *entry, int32_t offset_minutes)
{
	struct merit_buffer seq = { 0 };

	merit_buffer_put_integer(&seq, merit_show_integer(entry, "seq"));
	merit_table_text(table, merit_buffer_text(&seq));
	merit_buffer_free(&seq);
	merit_table_time(table, merit_show_integer(entry, "time"), offset_minutes);
	merit_table_text(table, merit_show_text(entry, "status"));
	merit_table_text(table, merit_show_text(entry, "op"));
	merit_table_text(table, merit_show_text(entry, "by"));
	merit_table_text(table, merit_show_text(entry, "id"));
	params_cell(table, entry, offset_minutes);
}

static size_t tail_show(struct merit_session *session, const cJSON *entries, bool is_first)
{
	static const char *const headings[] = { ">seq", "time", "status", "operation", "by", "id", "says" };
	struct merit_table table = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		merit_table_column(&table, headings[i]);
	for (const cJSON *entry = entries == NULL ? NULL : entries->child; entry != NULL; entry = entry->next) {
		count++;
		if (session->is_json)
			merit_json_print(stdout, entry);
		else
			tail_row_put(&table, entry, merit_session_display_offset(session));
	}
	if (count > 0 && !session->is_json)
		merit_table_print(&table, stdout, !is_first);
	merit_table_free(&table);
	fflush(stdout);
	return count;
}

/* Asks for the next page; the service waits up to wait_ms for one. */
static enum merit_exit tail_ask(struct merit_session *session, int64_t from, int64_t wait_ms,
                                struct merit_answer *answer_out)
{
	struct merit_buffer params = { 0 };

	merit_buffer_put_format(&params, "{\"from_seq\":%lld,\"wait_ms\":%lld,\"rows\":%d}", (long long)from,
	                        (long long)wait_ms, MERIT_PAGE_ROWS_MAX);
	enum merit_exit end = merit_session_call(session, "feed.read", merit_buffer_text(&params), answer_out);
	merit_buffer_free(&params);
	return end;
}

/* Reads page after page to the end. */
static enum merit_exit tail_read(struct merit_session *session, int64_t from)
{
	enum merit_exit end = MERIT_EXIT_DONE;
	bool is_first = true;
	size_t count = 1;

	while (end == MERIT_EXIT_DONE && count > 0) {
		struct merit_answer answer;
		end = tail_ask(session, from, 0, &answer);
		if (end != MERIT_EXIT_DONE)
			break;
		count = tail_show(session, merit_json_member(answer.result, "entries"), is_first);
		from += (int64_t)count;
		is_first = false;
		merit_answer_free(&answer);
	}
	return end;
}

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Reads until interrupted. A restart of the service is waited for; where it answers at once that there is nothing, as
 * when too many wait already, it is not asked again at once. */
static enum merit_exit tail_follow(struct merit_session *session, int64_t from)
{
	int64_t wait_ms = session->deadline_ms / 2 < TAIL_WAIT_MS ? session->deadline_ms / 2 : TAIL_WAIT_MS;
	enum merit_exit end = MERIT_EXIT_DONE;
	bool is_first = true;

	while (end == MERIT_EXIT_DONE || end == MERIT_EXIT_UNREACHABLE) {
		struct merit_answer answer;
		time_t asked_s = now_s();
		size_t count = 0;
		end = tail_ask(session, from, wait_ms, &answer);
		if (end == MERIT_EXIT_DONE) {
			count = tail_show(session, merit_json_member(answer.result, "entries"), is_first);
			from += (int64_t)count;
			is_first = is_first && count == 0;
			merit_answer_free(&answer);
		}
		if (count == 0 && now_s() - asked_s < wait_ms / 1000)
			sleep(1);
	}
	return end;
}

enum merit_exit merit_command_tail(const struct merit_arguments *arguments)
{
	struct merit_session session;
	struct merit_answer answer;
	int64_t from;

	if (!merit_argument_integer(arguments, "from", 0, MERIT_AMOUNT_MAX, -1, &from))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_session_open(arguments, 1, &session);
	if (end != MERIT_EXIT_DONE)
		return end;
	if (from < 0) {
		end = merit_session_call(&session, "checkpoint.get", "{}", &answer);
		if (end == MERIT_EXIT_DONE) {
			from = merit_show_integer(answer.result, "size") - TAIL_ROWS_DEFAULT;
			from = from < 0 ? 0 : from;
			merit_answer_free(&answer);
		}
	}
	if (end == MERIT_EXIT_DONE)
		end = merit_argument_flag(arguments, "follow") ? tail_follow(&session, from)
		                                               : tail_read(&session, from);
	merit_session_close(&session);
	return end;
}

/* ---- Proofs ---- */

/* Writes text to --output, or to standard output. */
static enum merit_exit text_write(const struct merit_arguments *arguments, const char *text)
{
	const char *path = merit_argument(arguments, "output", NULL);

	if (path == NULL) {
		fputs(text, stdout);
		return MERIT_EXIT_DONE;
	}
	FILE *file = fopen(path, "we");
	bool is_whole = file != NULL && fputs(text, file) >= 0;
	is_whole = file != NULL && fclose(file) == 0 && is_whole;
	if (!is_whole)
		merit_complain("cannot write %s: %s", path, strerror(errno));
	return is_whole ? MERIT_EXIT_DONE : MERIT_EXIT_USAGE;
}

/* Where the ledger's key is known, a receipt that does not prove its entry is not handed out. */
static enum merit_exit receipt_check(const struct merit_session *session, const char *text, int64_t seq)
{
	struct merit_checkpoint checkpoint;
	struct merit_buffer leaf = { 0 };
	struct merit_verifier log;
	uint64_t index;

	if (session->settings.log_key == NULL)
		return MERIT_EXIT_DONE;
	enum merit_status status = merit_verifier_parse(session->settings.log_key, &log);
	if (status == MERIT_OK)
		status = merit_receipt_verify(text, strlen(text), &log, &leaf, &index, &checkpoint);
	if (status == MERIT_OK && index != (uint64_t)seq)
		status = MERIT_PROOF_FAILED;
	merit_buffer_free(&leaf);
	if (status == MERIT_OK)
		return MERIT_EXIT_DONE;
	merit_complain_status("the receipt the service gave", status);
	return MERIT_EXIT_REFUSED;
}

enum merit_exit merit_command_receipt(const struct merit_arguments *arguments)
{
	struct merit_session session;
	struct merit_answer answer;
	int64_t seq;

	enum merit_exit end = ask_of_entry(arguments, "proof.get", &session, &answer, &seq);
	if (end != MERIT_EXIT_DONE)
		return end;
	const char *text = merit_show_text(answer.result, "receipt");
	if (text == NULL) {
		merit_complain_status("proof.get", MERIT_BAD_REPLY);
		end = MERIT_EXIT_REFUSED;
	} else {
		end = receipt_check(&session, text, seq);
		if (end == MERIT_EXIT_DONE)
			end = text_write(arguments, text);
	}
	ask_end(&session, &answer);
	return end;
}

enum merit_exit merit_command_checkpoint(const struct merit_arguments *arguments)
{
	struct merit_buffer params = { 0 };
	struct merit_session session;
	struct merit_answer answer;

	merit_buffer_put_text(&params, "{}");
	enum merit_exit end = ask(arguments, "checkpoint.get", &params, &session, &answer);
	if (end != MERIT_EXIT_DONE)
		return end;
	const char *text = merit_show_text(answer.result, "checkpoint");
	if (session.is_json)
		merit_json_print(stdout, answer.result);
	else
		end = text_write(arguments, text == NULL ? "" : text);
	ask_end(&session, &answer);
	return end;
}
