/* command_order.c - orders: list, show, ship, and what is private about them. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/parameter.h"
#include "cli/rows.h"
#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/currency.h"

/* ---- order list ---- */

/* 2 x mug, 1 x card */
static void items_put(struct merit_buffer *out, const cJSON *order)
{
	const cJSON *lines = merit_json_member(order, "lines");

	for (const cJSON *line = lines == NULL ? NULL : lines->child; line != NULL; line = line->next)
		merit_buffer_put_format(out, "%s%lld x %s", line == lines->child ? "" : ", ",
		                        (long long)merit_show_integer(line, "quantity"), merit_show_text(line, "item"));
}

/* What all lines together have of a member. */
static void sum_put(struct merit_buffer *out, const cJSON *order, const char *name)
{
	const cJSON *lines = merit_json_member(order, "lines");
	int64_t sum = 0;

	for (const cJSON *line = lines == NULL ? NULL : lines->child; line != NULL; line = line->next)
		sum += merit_show_integer(line, name);
	merit_buffer_put_integer(out, sum);
}

static void held_put(struct merit_buffer *out, const cJSON *order)
{
	sum_put(out, order, "held");
}

static void requested_put(struct merit_buffer *out, const cJSON *order)
{
	sum_put(out, order, "requested");
}

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("order", "order", TEXT),
	MERIT_VIEW("member", "member", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("placed", "placed", TIME),
	MERIT_VIEW("deadline", "deadline", TIME),
	MERIT_VIEW_MADE(">to_ship", held_put),
	MERIT_VIEW_MADE(">to_refund", requested_put),
	MERIT_VIEW_MADE("items", items_put),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_order_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "order.list", NULL, list_columns, NULL,
		                                     "There are no such orders." };

	return merit_verb_list(arguments, &list, 1);
}

/* ---- order show ---- */

static void recipient_put(struct merit_buffer *out, const cJSON *order)
{
	const cJSON *recipient = merit_json_member(order, "recipient");

	if (cJSON_IsTrue(recipient))
		merit_buffer_put_text(out, "kept; merit order recipient shows it to those it is for");
	else if (cJSON_IsString(recipient))
		merit_buffer_put_text(out, recipient->valuestring);
}

static void codes_put(struct merit_buffer *out, const cJSON *order)
{
	int64_t count = merit_show_integer(order, "codes");

	if (count > 0)
		merit_put_thousands(out, count);
}

static void last_day_put(struct merit_buffer *out, const cJSON *lot)
{
	const char *day = merit_show_text(lot, "last_day");

	merit_buffer_put_text(out, day == NULL ? "never" : day);
}

/* Lines as --line takes them: 0=2 1=1. */
static void event_lines_put(struct merit_buffer *out, const cJSON *event)
{
	const cJSON *lines = merit_json_member(event, "lines");

	for (const cJSON *line = lines == NULL ? NULL : lines->child; line != NULL; line = line->next)
		merit_buffer_put_format(out, "%s%lld=%lld", line == lines->child ? "" : " ",
		                        (long long)merit_show_integer(line, "line"),
		                        (long long)merit_show_integer(line, "quantity"));
}

static const struct merit_view_column line_columns[] = {
	MERIT_VIEW(">line", "line", NUMBER),
	MERIT_VIEW("item", "item", TEXT),
	MERIT_VIEW("merchant", "merchant", TEXT),
	MERIT_VIEW(">version", "version", NUMBER),
	MERIT_VIEW(">points", "points", COUNT),
	MERIT_VIEW(">quantity", "quantity", COUNT),
	MERIT_VIEW(">held", "held", COUNT),
	MERIT_VIEW(">fulfilled", "fulfilled", COUNT),
	MERIT_VIEW(">received", "received", COUNT),
	MERIT_VIEW(">requested", "requested", COUNT),
	MERIT_VIEW(">refunded", "refunded", COUNT),
	MERIT_VIEW(">cancelled", "cancelled", COUNT),
	MERIT_VIEW_END,
};

static const struct merit_view_column lot_columns[] = {
	MERIT_VIEW(">line", "line", NUMBER),        MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW_MADE("last_day", last_day_put),  MERIT_VIEW(">held", "held", COUNT),
	MERIT_VIEW(">captured", "captured", COUNT), MERIT_VIEW_END,
};

static const struct merit_view_column event_columns[] = {
	MERIT_VIEW("time", "time", TIME),
	MERIT_VIEW("operation", "op", TEXT),
	MERIT_VIEW("by", "by", TEXT),
	MERIT_VIEW_MADE("lines", event_lines_put),
	MERIT_VIEW("carrier", "carrier", TEXT),
	MERIT_VIEW("tracking", "tracking", TEXT),
	MERIT_VIEW("reason", "reason", TEXT),
	MERIT_VIEW(">entry", "seq", NUMBER),
	MERIT_VIEW_END,
};

static void order_tables(const cJSON *order, int32_t offset_minutes)
{
	merit_view_table(stdout, "lines", merit_json_member(order, "lines"), line_columns, NULL, offset_minutes);
	merit_view_table(stdout, "points", merit_json_member(order, "lots"), lot_columns, NULL, offset_minutes);
	merit_view_table(stdout, "what happened", merit_json_member(order, "events"), event_columns, NULL,
	                 offset_minutes);
	if (cJSON_IsTrue(merit_json_member(order, "more")))
		puts("What happened before is left out; the member's statement has it.");
}

static const struct merit_view_column order_lines[] = {
	MERIT_VIEW("order", "order", TEXT),       MERIT_VIEW("member", "member", TEXT),
	MERIT_VIEW("state", "state", TEXT),       MERIT_VIEW("placed", "placed", TIME),
	MERIT_VIEW("deadline", "deadline", TIME), MERIT_VIEW("shipped", "shipped", TIME),
	MERIT_VIEW_MADE("codes", codes_put),      MERIT_VIEW_MADE("recipient", recipient_put),
	MERIT_VIEW("entry", "entry", NUMBER),     MERIT_VIEW_END,
};

static enum merit_exit order_print(struct merit_session *session, const cJSON *order)
{
	int32_t offset_minutes = merit_session_display_offset(session);

	merit_view_lines(stdout, order, order_lines, offset_minutes);
	order_tables(order, offset_minutes);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_order_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "order", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "order.get", values, order_print);
}

/* ---- What is private: for those it is for ---- */

/* An address may have lines of its own. */
static enum merit_exit recipient_print(struct merit_session *session, const cJSON *result)
{
	const char *text = merit_show_text(result, "recipient");
	struct merit_buffer line = { 0 };

	(void)session;
	if (text == NULL)
		text = "The recipient is erased.";
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		merit_buffer_clear(&line);
		merit_buffer_put(&line, text, size);
		merit_print_plain(stdout, merit_buffer_text(&line));
		putchar('\n');
		text += size + (text[size] != '\0');
	}
	merit_buffer_free(&line);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_order_recipient(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "order", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "order.recipient", values, recipient_print);
}

static void code_put(struct merit_buffer *out, const cJSON *row)
{
	const char *code = merit_show_text(row, "code");

	merit_buffer_put_text(out, code == NULL ? "(erased)" : code);
}

static const struct merit_view_column code_columns[] = {
	MERIT_VIEW(">line", "line", NUMBER),
	MERIT_VIEW("item", "item", TEXT),
	MERIT_VIEW_MADE("code", code_put),
	MERIT_VIEW_END,
};

static enum merit_exit codes_print(struct merit_session *session, const cJSON *result)
{
	merit_view_table(stdout, NULL, merit_json_member(result, "codes"), code_columns, "The order has no codes.",
	                 merit_session_display_offset(session));
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_order_code(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "order", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "order.code", values, codes_print);
}

/* ---- order ship ORDER ---- */

/* --line N=Q, all of them, as the parameter's JSON; empty when there are none. False with the reason printed. */
static bool lines_put(const struct merit_arguments *arguments, struct merit_buffer *out)
{
	const char *text;

	for (size_t i = 0; (text = merit_argument_at(arguments, "line", i)) != NULL; i++) {
		char line_text[8];
		size_t size = strcspn(text, "=");
		int64_t line, quantity;
		snprintf(line_text, sizeof(line_text), "%.*s", (int)size, text);
		if (text[size] != '=' || !merit_integer_parse(line_text, &line) ||
		    !merit_integer_parse(text + size + 1, &quantity)) {
			merit_complain("--line %s: write --line LINE=QUANTITY, such as 0=2; lines count from 0", text);
			return false;
		}
		merit_buffer_put_format(out, "%s{\"line\":%lld,\"quantity\":%lld}", i == 0 ? "[" : ",", (long long)line,
		                        (long long)quantity);
	}
	if (out->size > 0)
		merit_buffer_put_char(out, ']');
	return true;
}

static enum merit_exit ship_one(const struct merit_arguments *arguments)
{
	struct merit_buffer lines = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (lines_put(arguments, &lines)) {
		const struct merit_verb_value values[] = {
			{ "order", arguments->operands[0] },
			{ "lines", lines.size == 0 ? NULL : merit_buffer_text(&lines) },
			{ NULL, NULL },
		};
		end = merit_verb_write(arguments, "order.fulfil", values);
	}
	merit_buffer_free(&lines);
	return end;
}

/* ---- order ship --file ---- */

#define LINES_TEMPLATE "lines=[{{\"line\":{line},\"quantity\":{quantity}}}]"

/* Whether the rows name a line each; false in *is_good_out, with the reason printed, where only some of them do: a row
 * without one would ship all that its order still holds. What cannot be read is left to the import to say. */
static bool rows_name_lines(struct merit_rows *rows, bool *is_good_out)
{
	uint64_t with_count = 0, without_count = 0;
	enum merit_status status;

	while ((status = merit_rows_next(rows)) == MERIT_OK) {
		const char *line = merit_rows_field(rows, "line", strlen("line"));
		const char *quantity = merit_rows_field(rows, "quantity", strlen("quantity"));
		bool is_with = (line != NULL && *line != '\0') || (quantity != NULL && *quantity != '\0');
		with_count += is_with;
		without_count += !is_with;
		if (with_count > 0 && without_count > 0)
			break;
	}
	*is_good_out = with_count == 0 || without_count == 0;
	if (!*is_good_out)
		merit_complain("%s, line %llu: some rows name line and quantity and some do not; ship whole orders "
		               "from a file of their own",
		               rows->path, (unsigned long long)rows->line);
	return with_count > 0;
}

static const char *map_of(const struct merit_rows *rows, const char *column, const char *map)
{
	return merit_rows_has_column(rows, column, strlen(column)) ? map : NULL;
}

/* The import of rows that were looked at: their columns are mapped here where lines are made of two of them. */
static enum merit_exit rows_ship(const struct merit_arguments *arguments, struct merit_rows *rows)
{
	const char *carrier = merit_argument(arguments, "carrier", NULL);
	struct merit_buffer carrier_set = { 0 };
	bool is_good = true, has_lines = rows->format == MERIT_ROWS_CSV && rows_name_lines(rows, &is_good);
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (carrier != NULL)
		merit_buffer_put_format(&carrier_set, "carrier=%s", carrier);
	const struct merit_verb_value options[] = {
		{ "map", has_lines ? LINES_TEMPLATE : NULL },
		{ "map", has_lines ? "order=order" : NULL },
		{ "map", has_lines ? map_of(rows, "carrier", "carrier=carrier") : NULL },
		{ "map", has_lines ? map_of(rows, "tracking", "tracking=tracking") : NULL },
		{ "set", carrier == NULL ? NULL : merit_buffer_text(&carrier_set) },
		{ NULL, NULL },
	};
	if (is_good)
		end = merit_verb_import(arguments, "order.fulfil", merit_argument(arguments, "file", NULL), options);
	merit_buffer_free(&carrier_set);
	return end;
}

static enum merit_exit ship_file(const struct merit_arguments *arguments, const char *path)
{
	const char *delimiter = merit_argument(arguments, "delimiter", ",");
	struct merit_rows rows = { 0 };

	if (strcmp(path, "-") == 0) {
		merit_complain("--file takes the name of a file: it is read twice");
		return MERIT_EXIT_USAGE;
	}
	enum merit_status status =
		merit_rows_open(&rows, path, NULL, strcmp(delimiter, "tab") == 0 ? '\t' : *delimiter);
	enum merit_exit end = MERIT_EXIT_USAGE;
	if (status == MERIT_OK)
		end = rows_ship(arguments, &rows);
	else if (status == MERIT_BAD_FORMAT)
		merit_complain("%s, line %llu: %s", path, (unsigned long long)rows.fault_line, rows.fault);
	else
		merit_complain_status(path, status);
	merit_rows_close(&rows);
	return end;
}

enum merit_exit merit_command_order_ship(const struct merit_arguments *arguments)
{
	const char *path = merit_argument(arguments, "file", NULL);
	bool has_order = arguments->operands_count == 1;

	if (has_order == (path != NULL)) {
		merit_complain("order ship takes an order or --file CSV");
		return MERIT_EXIT_USAGE;
	}
	if (path != NULL && (merit_argument_flag(arguments, "line") || merit_argument_flag(arguments, "tracking"))) {
		merit_complain("with --file, lines and tracking stand in the file's columns");
		return MERIT_EXIT_USAGE;
	}
	return path == NULL ? ship_one(arguments) : ship_file(arguments, path);
}
