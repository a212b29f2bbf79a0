/* reconcile_commit.c - see reconcile.h: a run and its breaks become entries.
 *
 * Ids follow from the run's name, so that a run that was cut short is gone on with by the same command. The commit's
 * own id follows from all it says: what was refused may be right later, with other entries behind it.
 * Never  sends what a bank wrote about a payment: of a row its reference, amount and day. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/reconcile.h"
#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/json.h"
#include "ledger/json_pull.h"

#define RATE_OF 10000

/* ---- What is there already ---- */

static bool hash_read(const char *hex, struct merit_hash *hash_out)
{
	size_t size;

	return hex != NULL && merit_hex_decode(hex, strlen(hex), hash_out->bytes, sizeof(hash_out->bytes), &size) &&
	       size == sizeof(hash_out->bytes);
}

static int32_t day_of(const cJSON *row, const char *name)
{
	const char *text = merit_show_text(row, name);
	int32_t day = MERIT_DAY_NONE;

	return text != NULL && merit_day_parse(text, strlen(text), &day) ? day : MERIT_DAY_NONE;
}

/* What the run was made of besides the files. */
static void made_of_take(struct merit_reconcile *reconcile, const cJSON *run)
{
	const char *supersedes = merit_show_text(run, "supersedes");

	reconcile->size = (uint64_t)merit_show_integer(run, "size");
	reconcile->first_day = day_of(run, "from");
	reconcile->last_day = day_of(run, "to");
	snprintf(reconcile->supersedes, sizeof(reconcile->supersedes), "%s", supersedes == NULL ? "" : supersedes);
}

static void run_take(struct merit_reconcile *reconcile, const cJSON *row)
{
	reconcile->is_begun = hash_read(merit_show_text(row, "report"), &reconcile->begun_report);
	reconcile->seq = merit_show_integer(row, "seq");
	reconcile->recorded = merit_show_integer(row, "recorded");
	reconcile->resolved = merit_show_integer(row, "resolved");
	made_of_take(reconcile, row);
}

static bool is_word(const cJSON *row, const char *name, const char *word)
{
	const char *text = merit_show_text(row, name);

	return text != NULL && strcmp(text, word) == 0;
}

/* Looks for a proposal of the run's name. One of this file is of the entries that were there then. */
static enum merit_exit proposal_find(struct merit_reconcile *reconcile)
{
	const struct merit_verb_value values[] = { { "from", reconcile->commit }, { "limit", "1" }, { NULL, NULL } };
	struct merit_hash file;
	enum merit_exit end = merit_verb_ask_in(reconcile->session, "proposal.list", values, &reconcile->answer);

	if (end != MERIT_EXIT_DONE)
		return end;
	const cJSON *rows = merit_json_member(reconcile->answer.result, "rows"),
		    *row = rows == NULL ? NULL : rows->child;
	const cJSON *params = merit_json_member(row, "params");
	if (!is_word(row, "proposal", reconcile->commit)) { /* but the next one behind it, or none */
		merit_answer_free(&reconcile->answer);
		return MERIT_EXIT_DONE;
	}
	reconcile->proposal = row;
	if (is_word(row, "state", "open") && is_word(row, "method", "recon.commit") &&
	    hash_read(merit_show_text(params, "file"), &file) && merit_hash_equal(&file, &reconcile->files[0].hash))
		made_of_take(reconcile, params);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_reconcile_find(struct merit_reconcile *reconcile)
{
	const struct merit_verb_value values[] = { { "from", reconcile->commit }, { "limit", "1" }, { NULL, NULL } };
	struct merit_answer answer;
	bool is_superseded = false;

	enum merit_exit end = merit_verb_ask_in(reconcile->session, "recon.list", values, &answer);
	if (end != MERIT_EXIT_DONE)
		return end;
	const cJSON *rows = merit_json_member(answer.result, "rows"), *row = rows == NULL ? NULL : rows->child;
	if (is_word(row, "run", reconcile->commit)) { /* and not the next one behind it */
		is_superseded = is_word(row, "state", "superseded");
		run_take(reconcile, row);
	}
	merit_answer_free(&answer);
	if (is_superseded) {
		merit_complain("run %s was superseded; give this one a name of its own", reconcile->commit);
		return MERIT_EXIT_USAGE;
	}
	if (!reconcile->is_begun) {
		end = proposal_find(reconcile);
		if (end != MERIT_EXIT_DONE)
			return end;
	}
	if (reconcile->size > reconcile->reading.journal->size) {
		merit_complain("run %s is newer than the entries of %s", reconcile->commit,
		               reconcile->reading.dir == NULL ? "the service" : reconcile->reading.dir);
		return MERIT_EXIT_USAGE;
	}
	return MERIT_EXIT_DONE;
}

/* ---- The calls' params ---- */

static void put_name(struct merit_buffer *out, const char *name, struct merit_text text)
{
	merit_buffer_put_key(out, name);
	merit_buffer_put_json(out, text.data, text.size);
}

static void put_day(struct merit_buffer *out, const char *name, int32_t day)
{
	char text[MERIT_DAY_TEXT_SIZE];

	merit_day_format(day, text);
	merit_buffer_put_text_member(out, name, text);
}

static void put_hash(struct merit_buffer *out, const char *name, const struct merit_hash *hash)
{
	merit_buffer_put_key(out, name);
	merit_buffer_put_char(out, '"');
	merit_buffer_put_hex(out, hash->bytes, MERIT_HASH_SIZE);
	merit_buffer_put_char(out, '"');
}

static void put_classes(struct merit_buffer *out, const struct merit_recon_run *run)
{
	bool is_first = true;

	for (int i = 0; i < MERIT_CLASS_COUNT; i++) {
		const struct merit_class_sum sum = merit_recon_class_sum(run, (enum merit_class)i);
		if (sum.count == 0)
			continue;
		merit_buffer_put_text(out, is_first ? ",\"classes\":[" : ",");
		is_first = false;
		merit_buffer_put_char(out, '{');
		merit_buffer_put_text_member(out, "class", merit_class_word((enum merit_class)i));
		merit_buffer_put_integer_member(out, "count", (int64_t)sum.count);
		merit_buffer_put_integer_member(out, "theirs", sum.theirs);
		merit_buffer_put_integer_member(out, "ours", sum.ours);
		merit_buffer_put_char(out, '}');
	}
	if (!is_first)
		merit_buffer_put_char(out, ']');
}

static const char *name_of(const struct merit_reconcile *reconcile)
{
	return reconcile->commit != NULL ? reconcile->commit : reconcile->check;
}

/* All but the id, and the braces. */
void merit_reconcile_put_run(struct merit_buffer *out, const struct merit_reconcile *reconcile)
{
	const struct merit_recon_run *run = &reconcile->run;

	merit_buffer_put_text_member(out, "run", name_of(reconcile));
	put_name(out, "source", run->history.source.name);
	put_day(out, "from", run->window.first_day);
	put_day(out, "to", run->window.last_day);
	merit_buffer_put_integer_member(out, "size", (int64_t)run->size);
	put_hash(out, "file", &reconcile->files[0].hash);
	if (reconcile->files_count > 1)
		put_hash(out, "second_file", &reconcile->files[1].hash);
	if (reconcile->has_mapping)
		put_hash(out, "mapping", &reconcile->mapping);
	put_hash(out, "rules", &reconcile->rules.hash);
	put_hash(out, "report", &reconcile->report);
	merit_buffer_put_integer_member(out, "theirs", (int64_t)run->theirs_count);
	merit_buffer_put_integer_member(out, "ours", (int64_t)run->ours_count);
	put_classes(out, run);
	merit_buffer_put_integer_member(out, "breaks", (int64_t)run->breaks_count);
	merit_buffer_put_integer_member(out, "carried", (int64_t)run->carried_count);
	merit_buffer_put_integer_member(out, "cleared", (int64_t)run->cleared_count);
	if (reconcile->supersedes[0] != '\0')
		merit_buffer_put_text_member(out, "supersedes", reconcile->supersedes);
}

/* RUN and a letter or nothing, then what follows from what is said. */
static void put_id(struct merit_buffer *out, const char *run, const char *letter, const struct merit_buffer *said)
{
	uint8_t hash[MERIT_HASH_SIZE];

	merit_sha256(said->data, said->size, hash);
	merit_buffer_put_format(out, "\"id\":\"%s.%s", run, letter);
	merit_buffer_put_hex(out, hash, 8);
	merit_buffer_put_text(out, "\",");
}

void merit_reconcile_put_break(struct merit_buffer *out, const struct merit_reconcile *reconcile, size_t place)
{
	const struct merit_recon_break *made = &reconcile->run.breaks[place];
	const char *side = made->has_theirs && made->has_ours ? "both" : made->has_theirs ? "theirs" : "ours";
	bool is_readable = made->class_ != MERIT_CLASS_UNREADABLE;

	merit_buffer_put_format(out, "{\"id\":\"%s.b%04zu\"", name_of(reconcile), place + 1);
	merit_buffer_put_text_member(out, "run", name_of(reconcile));
	merit_buffer_put_text_member(out, "break", made->name);
	merit_buffer_put_text_member(out, "class", merit_class_word(made->class_));
	merit_buffer_put_text_member(out, "side", side);
	put_day(out, "first_day", made->first_day);
	if (reconcile->run.history.source.currency[0] != '\0')
		merit_buffer_put_text_member(out, "currency", reconcile->run.history.source.currency);
	if (made->has_theirs && is_readable)
		merit_buffer_put_integer_member(out, "theirs", made->theirs);
	if (made->has_ours)
		merit_buffer_put_integer_member(out, "ours", made->ours);
	if (made->reference[0] != '\0')
		merit_buffer_put_text_member(out, "reference", made->reference);
	merit_buffer_put_integer_member(out, "leg", made->leg);
	if (made->line > 0)
		merit_buffer_put_integer_member(out, "line", (int64_t)made->line);
	if (made->entry >= 0)
		merit_buffer_put_integer_member(out, "entry", made->entry);
	put_hash(out, "item", &made->item);
	merit_buffer_put_char(out, '}');
}

void merit_reconcile_put_cleared(struct merit_buffer *out, const struct merit_reconcile *reconcile, size_t place)
{
	merit_buffer_put_format(out, "{\"id\":\"%s.r%04zu\"", name_of(reconcile), place + 1);
	put_name(out, "break", reconcile->run.cleared[place]->name);
	merit_buffer_put_text_member(out, "reason", "matched");
	merit_buffer_put_text_member(out, "run", name_of(reconcile));
	merit_buffer_put_char(out, '}');
}

/* ---- Calling ---- */

static enum merit_exit call(struct merit_reconcile *reconcile, const char *method, struct merit_buffer *params,
                            int64_t *seq_out)
{
	struct merit_answer answer;

	merit_buffer_need(params);
	enum merit_exit end = merit_session_call(reconcile->session, method, merit_buffer_text(params), &answer);
	if (end == MERIT_EXIT_DONE) {
		*seq_out = merit_show_integer(answer.result, "seq");
		merit_answer_free(&answer);
	}
	return end;
}

/* Whether two parties must agree: as recon.commit decides it. What is carried says nothing of this file. */
static bool is_above_rate(const struct merit_recon_run *run)
{
	__int128 theirs = run->theirs_count > 0 ? run->theirs_count : 1;

	return run->history.source.break_rate >= 0 &&
	       (__int128)run->breaks_count * RATE_OF > run->history.source.break_rate * theirs;
}

/* The values of parameters in JSON. */
static bool values_of(const struct merit_buffer *json, const struct merit_operation *operation,
                      struct merit_arena *arena, struct merit_value *values)
{
	struct merit_json_pull pull = merit_json_pull_begin(json->data, json->size, arena);
	struct merit_text id = { NULL, 0 };
	const char *field;

	return merit_values_pull(&pull, operation->params, operation->params_count, &id, values, &field) == MERIT_OK;
}

/* Whether the proposal is of this very run. */
static bool is_proposal_of(const struct merit_reconcile *reconcile, const cJSON *proposal)
{
	const struct merit_operation *operation = merit_operation_numbered(MERIT_OP_RECON_COMMIT);
	struct merit_value theirs[MERIT_PARAMETERS_MAX] = { 0 }, ours[MERIT_PARAMETERS_MAX] = { 0 };
	struct merit_buffer said = { 0 }, params = { 0 };
	struct merit_arena arena = { 0 };

	merit_buffer_put_char(&params, '{');
	merit_reconcile_put_run(&params, reconcile);
	merit_buffer_put_char(&params, '}');
	merit_buffer_need(&params);
	if (merit_json_member(proposal, "params") != NULL)
		merit_json_put(&said, merit_json_member(proposal, "params"));
	merit_buffer_need(&said);
	bool is_same = is_word(proposal, "method", operation->name) && values_of(&said, operation, &arena, theirs) &&
	               values_of(&params, operation, &arena, ours) &&
	               merit_values_compare(operation->params, operation->params_count, theirs, ours) ==
	                       operation->params_count;
	merit_arena_free(&arena);
	merit_buffer_free(&said);
	merit_buffer_free(&params);
	return is_same;
}

/* A proposal has the run's name already: the run waits for another party, or needs another name. */
static enum merit_exit proposed_already(struct merit_reconcile *reconcile)
{
	const cJSON *ended = merit_json_member(reconcile->proposal, "ended");
	const char *reason = merit_show_text(ended, "reason"), *by = merit_show_text(ended, "by");

	if (is_word(reconcile->proposal, "state", "open") && is_proposal_of(reconcile, reconcile->proposal)) {
		reconcile->is_proposed = true;
		return MERIT_EXIT_REFUSED;
	}
	if (is_word(reconcile->proposal, "state", "rejected"))
		merit_complain("a proposal %s was rejected by %s: %s; give the run another name", reconcile->commit,
		               by == NULL ? "" : by, reason == NULL ? "without a reason" : reason);
	else
		merit_complain("a proposal %s of something else is there: see merit proposal show %s, and give the run "
		               "another name",
		               reconcile->commit, reconcile->commit);
	return MERIT_EXIT_USAGE;
}

static enum merit_exit propose(struct merit_reconcile *reconcile)
{
	const char *reason = merit_argument(reconcile->arguments, "reason", NULL);
	struct merit_buffer said = { 0 }, params = { 0 };

	if (reconcile->proposal != NULL)
		return proposed_already(reconcile);
	if (reason == NULL) {
		merit_complain(
			"%zu new breaks in %llu rows are more than the source's break rate allows: is it the right "
			"file? If it is, add --reason TEXT to propose the run to another finance party",
			reconcile->run.breaks_count, (unsigned long long)reconcile->run.theirs_count);
		return MERIT_EXIT_REFUSED;
	}
	merit_buffer_put_text_member(&said, "proposal", reconcile->commit);
	merit_buffer_put_text(&said, ",\"call\":{\"method\":\"recon.commit\",\"params\":{");
	merit_reconcile_put_run(&said, reconcile);
	merit_buffer_put_text(&said, "}}");
	merit_buffer_put_text_member(&said, "reason", reason);
	merit_buffer_put_char(&params, '{');
	put_id(&params, reconcile->commit, "p", &said);
	merit_buffer_put(&params, said.data, said.size);
	merit_buffer_put_char(&params, '}');
	enum merit_exit end = call(reconcile, "proposal.create", &params, &reconcile->seq);
	merit_buffer_free(&said);
	merit_buffer_free(&params);
	reconcile->is_proposed = end == MERIT_EXIT_DONE;
	return end == MERIT_EXIT_DONE ? MERIT_EXIT_REFUSED : end;
}

static enum merit_exit commit(struct merit_reconcile *reconcile)
{
	struct merit_buffer said = { 0 }, params = { 0 };

	merit_reconcile_put_run(&said, reconcile);
	merit_buffer_put_char(&params, '{');
	put_id(&params, reconcile->commit, "", &said);
	merit_buffer_put(&params, said.data, said.size);
	merit_buffer_put_char(&params, '}');
	enum merit_exit end = call(reconcile, "recon.commit", &params, &reconcile->seq);
	merit_buffer_free(&said);
	merit_buffer_free(&params);
	return end;
}

/* Each of count from done on, one call at a time: the order is that of the run. */
static enum merit_exit follow(struct merit_reconcile *reconcile, const char *method, int64_t done, size_t count,
                              void (*put)(struct merit_buffer *, const struct merit_reconcile *, size_t))
{
	struct merit_buffer params = { 0 };
	enum merit_exit end = MERIT_EXIT_DONE;
	int64_t seq;

	for (size_t i = (size_t)done; i < count && end == MERIT_EXIT_DONE; i++) {
		merit_buffer_clear(&params);
		put(&params, reconcile, i);
		end = call(reconcile, method, &params, &seq);
	}
	merit_buffer_free(&params);
	return end;
}

enum merit_exit merit_reconcile_commit(struct merit_reconcile *reconcile)
{
	const struct merit_recon_run *run = &reconcile->run;
	enum merit_exit end = MERIT_EXIT_DONE;

	if (reconcile->is_begun && !merit_hash_equal(&reconcile->report, &reconcile->begun_report)) {
		merit_complain("run %s is there already and came to something else: of another file, mapping or rules",
		               reconcile->commit);
		return MERIT_EXIT_USAGE;
	}
	if (!reconcile->is_begun)
		end = is_above_rate(run) ? propose(reconcile) : commit(reconcile);
	if (end == MERIT_EXIT_DONE)
		end = follow(reconcile, "recon.break", reconcile->recorded, run->breaks_count,
		             merit_reconcile_put_break);
	if (end == MERIT_EXIT_DONE)
		end = follow(reconcile, "break.resolve", reconcile->resolved, run->cleared_count,
		             merit_reconcile_put_cleared);
	reconcile->is_committed = end == MERIT_EXIT_DONE;
	return end;
}
