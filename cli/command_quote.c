/* command_quote.c - merit quote: which of a member's points an order would take, without placing it. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/parameter.h"
#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/limits.h"

/* ---- What is asked ---- */

/* ITEM or ITEM=QUANTITY. False with the reason printed. */
static bool item_read(const char *text, char item_out[MERIT_NAME_SIZE_MAX + 1], int64_t *quantity_out)
{
	size_t size = strcspn(text, "=");

	*quantity_out = 1;
	if (size > MERIT_NAME_SIZE_MAX || (text[size] == '=' && !merit_integer_parse(text + size + 1, quantity_out))) {
		merit_complain("\"%s\": write ITEM or ITEM=QUANTITY, such as mug=2", text);
		return false;
	}
	snprintf(item_out, MERIT_NAME_SIZE_MAX + 1, "%.*s", (int)size, text);
	return true;
}

/* Puts a line of order.place: the item as it is on offer now. */
static enum merit_exit line_put(struct merit_session *session, const char *text, struct merit_buffer *out)
{
	char item[MERIT_NAME_SIZE_MAX + 1];
	const struct merit_verb_value values[] = { { "item", item }, { NULL, NULL } };
	struct merit_answer answer;
	int64_t quantity;

	if (!item_read(text, item, &quantity))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_verb_ask_in(session, "item.get", values, &answer);
	if (end != MERIT_EXIT_DONE)
		return end;
	merit_buffer_put_text(out, out->size == 0 ? "[" : ",");
	merit_buffer_put_text(out, "{\"item\":");
	merit_buffer_put_json(out, item, strlen(item));
	merit_buffer_put_format(out, ",\"version\":%lld,\"points\":%lld,\"quantity\":%lld}",
	                        (long long)merit_show_integer(answer.result, "version"),
	                        (long long)merit_show_integer(answer.result, "points"), (long long)quantity);
	merit_answer_free(&answer);
	return MERIT_EXIT_DONE;
}

/* ---- What is shown ---- */

static void last_day_put(struct merit_buffer *out, const cJSON *lot)
{
	const char *day = merit_show_text(lot, "last_day");

	merit_buffer_put_text(out, day == NULL ? "never" : day);
}

static const struct merit_view_column lot_columns[] = {
	MERIT_VIEW("item", "item", TEXT),
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW_MADE("last_day", last_day_put),
	MERIT_VIEW(">points", "points", COUNT),
	MERIT_VIEW_END,
};

/* Gives every lot the item of its line. */
static int64_t lots_name(const struct merit_arguments *command, cJSON *lots)
{
	int64_t sum = 0;

	for (cJSON *lot = lots == NULL ? NULL : lots->child; lot != NULL; lot = lot->next) {
		size_t place = (size_t)merit_show_integer(lot, "line") + 1;
		if (place < command->operands_count)
			merit_need(cJSON_AddStringToObject(lot, "item", command->operands[place]));
		sum += merit_show_integer(lot, "points");
	}
	return sum;
}

static void refund_put(struct merit_buffer *out, const cJSON *refund)
{
	const char *policy = merit_show_text(refund, "policy");

	if (policy == NULL)
		return;
	if (strcmp(policy, "grace") == 0)
		merit_buffer_put_format(out, "live on for %lld days from the refund",
		                        (long long)merit_show_integer(refund, "grace_days"));
	else
		merit_buffer_put_text(out, strcmp(policy, "restore") == 0
		                                   ? "live on as long as new ones of their campaign"
		                                   : "are lost");
}

static void points_line(struct merit_table *table, const char *name, int64_t points)
{
	merit_table_text(table, name);
	merit_table_integer(table, points);
}

/* What the member has before and behind it, and what a refund after the points' last day would bring back. */
static void sums_print(const cJSON *quote, int64_t available, int64_t price)
{
	struct merit_table table = { 0 };
	struct merit_buffer refund = { 0 };

	merit_table_column(&table, "name");
	merit_table_column(&table, "value");
	points_line(&table, "available", available);
	points_line(&table, "it takes", price);
	points_line(&table, "left behind it", available - price);
	refund_put(&refund, merit_json_member(quote, "refund"));
	merit_table_text(&table, "points refunded behind their last day");
	merit_table_text(&table, merit_buffer_text(&refund));
	putchar('\n');
	merit_table_print(&table, stdout, true);
	merit_table_free(&table);
	merit_buffer_free(&refund);
}

/* It could not be placed now: as order.place would be refused. */
static enum merit_exit refusal_print(const cJSON *quote)
{
	const char *word = merit_show_text(quote, "status");
	struct merit_buffer why = { 0 };
	enum merit_status status;

	merit_reasons_put(&why, merit_json_member(quote, "why"));
	bool is_known = word != NULL && merit_status_from_word(word, &status);
	merit_complain("the order would be refused: %s: %s%s%s%s", word == NULL ? "?" : word,
	               is_known ? merit_status_text(status) : "see doc/protocol.md", why.size == 0 ? "" : " (",
	               merit_buffer_text(&why), why.size == 0 ? "" : ")");
	merit_buffer_free(&why);
	return MERIT_EXIT_REFUSED;
}

static bool is_accepted(const cJSON *quote)
{
	const char *word = merit_show_text(quote, "status");
	enum merit_status status;

	return word != NULL && merit_status_from_word(word, &status) && status == MERIT_OK;
}

static enum merit_exit quote_print(struct merit_session *session, const cJSON *quote)
{
	const struct merit_verb_value values[] = { { "member", session->command->operands[0] }, { NULL, NULL } };
	cJSON *lots = merit_json_member(quote, "lots");
	struct merit_answer answer;

	if (session->is_json)
		merit_json_print(stdout, quote);
	if (!is_accepted(quote))
		return refusal_print(quote);
	if (session->is_json)
		return MERIT_EXIT_DONE;
	int64_t price = lots_name(session->command, lots);
	merit_view_table(stdout, NULL, lots, lot_columns, "It takes no points.", 0);
	enum merit_exit end = merit_verb_ask_in(session, "balance.get", values, &answer);
	if (end != MERIT_EXIT_DONE)
		return end;
	sums_print(quote, merit_show_integer(answer.result, "available"), price);
	merit_answer_free(&answer);
	return MERIT_EXIT_DONE;
}

static enum merit_exit quote_ask(struct merit_session *session, struct merit_buffer *lines)
{
	const struct merit_arguments *command = session->command;
	enum merit_exit end = MERIT_EXIT_DONE;
	struct merit_answer answer;

	for (size_t i = 1; end == MERIT_EXIT_DONE && i < command->operands_count; i++)
		end = line_put(session, command->operands[i], lines);
	if (end != MERIT_EXIT_DONE)
		return end;
	merit_buffer_put_char(lines, ']');
	const struct merit_verb_value values[] = {
		{ "member", command->operands[0] },
		{ "lines", merit_buffer_text(lines) },
		{ NULL, NULL },
	};
	end = merit_verb_ask_in(session, "order.quote", values, &answer);
	if (end == MERIT_EXIT_DONE) {
		end = quote_print(session, answer.result);
		merit_answer_free(&answer);
	}
	return end;
}

enum merit_exit merit_command_quote(const struct merit_arguments *arguments)
{
	struct merit_buffer lines = { 0 };
	struct merit_session session;
	enum merit_exit end = merit_session_open(arguments, 1, &session);

	if (end != MERIT_EXIT_DONE)
		return end;
	end = quote_ask(&session, &lines);
	merit_buffer_free(&lines);
	merit_session_close(&session);
	return end;
}
