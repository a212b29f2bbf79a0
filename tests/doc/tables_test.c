/* tables_test.c
 * Goal    the tables of the documents are those of the code: methods, types, roles, statuses, limits, metrics, state.
 * Method  each table is printed from the code as Markdown, and the document must hold it word for word. What each write
 *         is refused with is in no table: there the words must be statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/model.h"
#include "ledger/query.h"
#include "ledger/reply.h"
#include "ledger/store.h"
#include "mall/metrics.h"
#include "rpc/metrics.h"
#include "tests/support/document.h"

static void put(struct merit_buffer *out, const char *text)
{
	merit_buffer_put_text(out, text);
}

/* Text in a cell: a bar would end it. */
static void put_cell(struct merit_buffer *out, const char *text)
{
	for (; *text != '\0'; text++)
		put(out, *text == '|' ? "\\|" : (char[2]){ *text, '\0' });
}

/* The document holds what out says; out is empty afterwards. */
static bool holds(const struct document *document, struct merit_buffer *out)
{
	bool found = document_holds(document, out);

	merit_buffer_clear(out);
	return found;
}

/* ---- Methods ---- */

static void put_roles(struct merit_buffer *out, unsigned may)
{
	const char *between = "";

	for (unsigned role = 0; role < MERIT_ROLE_COUNT; role++) {
		if ((may & 1u << role) == 0)
			continue;
		put(out, between);
		put(out, merit_role_word((enum merit_role)role));
		between = ", ";
	}
}

static void put_parameters(struct merit_buffer *out, const char *heading, const struct merit_parameter *parameters,
                           size_t count)
{
	if (count == 0)
		return;
	merit_buffer_put_format(out, "\n| %s | type | | what it is |\n|---|---|---|---|\n", heading);
	for (size_t i = 0; i < count; i++) {
		merit_buffer_put_format(out, "| `%s` | %s | %s | ", parameters[i].name,
		                        merit_type_row(parameters[i].type)->name,
		                        parameters[i].required ? "always" : "");
		put_cell(out, parameters[i].about);
		put(out, " |\n");
	}
}

static void put_operation(struct merit_buffer *out, const struct merit_operation *operation)
{
	merit_buffer_put_format(out, "### %s\n\nWrite: ", operation->name);
	put(out, operation->about);
	put(out, ". By ");
	put_roles(out, operation->may);
	put(out, operation->proposable ? "; may be proposed.\n" : ".\n");
	put_parameters(out, "parameter", operation->params, operation->params_count);
	put_parameters(out, "result", operation->results, operation->results_count);
}

static void put_query(struct merit_buffer *out, const struct merit_query *query)
{
	merit_buffer_put_format(out, "### %s\n\nRead: ", query->name);
	put(out, query->about);
	put(out, ". By ");
	if (query->is_public)
		put(out, "anybody, signed or not");
	else
		put_roles(out, query->may);
	put(out, ".\n");
	put_parameters(out, "parameter", query->params, query->params_count);
}

static void the_protocol_lists_every_method(void **state)
{
	struct document document = document_open("doc/protocol.md");
	const struct merit_operation *operation;
	const struct merit_query *query;
	struct merit_buffer out = { 0 };
	unsigned missing = 0, count = 0;

	(void)state;
	for (size_t i = 0; (operation = merit_operation_at(i)) != NULL; i++) {
		if ((operation->may & ~MERIT_MAY(SYSTEM)) == 0)
			continue; /* Nobody outside can call it; doc/format.md has it. */
		put_operation(&out, operation);
		missing += !holds(&document, &out);
		count++;
	}
	for (size_t i = 0; (query = merit_query_at(i)) != NULL; i++) {
		put_query(&out, query);
		missing += !holds(&document, &out);
		count++;
	}
	assert_int_equal(missing, 0);
	for (const char *at = document.text; (at = strstr(at, "\n### ")) != NULL; at += 5) {
		bool is_method = at[5] >= 'a' && at[5] <= 'z';
		bool is_bracket = strncmp(at + 5, "atomic\n", 7) == 0 || strncmp(at + 5, "bulk\n", 5) == 0;
		count -= is_method && !is_bracket; /* those are in no table */
	}
	assert_int_equal(count, 0); /* and no other */
	merit_buffer_free(&out);
	document_close(&document);
}

/* Whether every word in backquotes, from at to the end of its paragraph, is the status of a refusal. */
static bool names_statuses_only(const char *at)
{
	const char *end = strstr(at, "\n\n");
	enum merit_status status;
	char word[64];

	assert_non_null(end);
	while ((at = strchr(at, '`')) != NULL && at < end) {
		size_t size = strcspn(at + 1, "`");
		assert_true(size < sizeof(word));
		memcpy(word, at + 1, size);
		word[size] = '\0';
		if (!merit_status_from_word(word, &status) || status < MERIT_STATUS_FIRST_REFUSAL) {
			print_message("%s is no refusal\n", word);
			return false;
		}
		at += size + 2;
	}
	return true;
}

/* Which ones is for people to say: no table has it. */
static void every_write_names_its_refusals(void **state)
{
	struct document document = document_open("doc/protocol.md");
	const struct merit_operation *operation;
	char heading[80];
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; (operation = merit_operation_at(i)) != NULL; i++) {
		if ((operation->may & ~MERIT_MAY(SYSTEM)) == 0)
			continue;
		snprintf(heading, sizeof(heading), "\n### %s\n", operation->name);
		const char *at = strstr(document.text, heading);
		assert_non_null(at);
		const char *next = strstr(at + 5, "\n### "), *refused = strstr(at, "Refused:");
		if (refused == NULL || refused > next || !names_statuses_only(refused)) {
			print_message("doc/protocol.md: the refusals of %s\n", operation->name);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	document_close(&document);
}

/* What only the system writes stands where entries are explained. */
static void the_format_lists_what_the_system_writes(void **state)
{
	struct document document = document_open("doc/format.md");
	const struct merit_operation *operation;
	struct merit_buffer out = { 0 };
	unsigned missing = 0;

	(void)state;
	for (size_t i = 0; (operation = merit_operation_at(i)) != NULL; i++) {
		if ((operation->may & ~MERIT_MAY(SYSTEM)) != 0)
			continue;
		merit_buffer_put_format(&out, "### %s\n", operation->name);
		put_parameters(&out, "parameter", operation->params, operation->params_count);
		put_parameters(&out, "result", operation->results, operation->results_count);
		missing += !holds(&document, &out);
	}
	assert_int_equal(missing, 0);
	merit_buffer_free(&out);
	document_close(&document);
}

/* ---- Types, roles, statuses ---- */

static void put_words(struct merit_buffer *out, const char *words)
{
	for (; *words != '\0'; words++)
		put(out, *words == '|' ? "`, `" : (char[2]){ *words, '\0' });
}

static void the_protocol_lists_every_type(void **state)
{
	struct document document = document_open("doc/protocol.md");
	struct merit_buffer out = { 0 };

	(void)state;
	put(&out, "| type | JSON | what it is |\n|---|---|---|\n");
	for (int type = 0; type < MERIT_TYPE_COUNT; type++) {
		const struct merit_type_row *row = merit_type_row((enum merit_type)type);
		merit_buffer_put_format(&out, "| %s | ", row->name);
		switch (row->kind) {
		case MERIT_KIND_INTEGER:
			merit_buffer_put_format(&out, "integer %lld to %lld", (long long)row->min, (long long)row->max);
			break;
		case MERIT_KIND_FLAG: put(&out, "true or false"); break;
		case MERIT_KIND_LIST:
			merit_buffer_put_format(&out, "array of %lld to %lld objects", (long long)row->min,
			                        (long long)row->max);
			break;
		case MERIT_KIND_CALL: put(&out, "object"); break;
		case MERIT_KIND_CALLS:
			merit_buffer_put_format(&out, "array of %lld to %lld objects", (long long)row->min,
			                        (long long)row->max);
			break;
		default: put(&out, "string"); break;
		}
		put(&out, " | ");
		put_cell(&out, row->about);
		if (row->words != NULL) {
			put(&out, ": `");
			put_words(&out, row->words);
			put(&out, "`");
		}
		put(&out, " |\n");
	}
	assert_true(holds(&document, &out));
	merit_buffer_free(&out);
	document_close(&document);
}

static void the_protocol_lists_every_role(void **state)
{
	struct document document = document_open("doc/protocol.md");
	struct merit_buffer out = { 0 };

	(void)state;
	put(&out, "| role | who |\n|---|---|\n");
#define X(name, number, word, about) merit_buffer_put_format(&out, "| %s | %s |\n", word, about);
	MERIT_ROLE_MAP(X)
#undef X
	assert_true(holds(&document, &out));
	merit_buffer_free(&out);
	document_close(&document);
}

static void the_protocol_lists_every_status_in_order_of_precedence(void **state)
{
	struct document document = document_open("doc/protocol.md");
	struct merit_buffer out = { 0 };
	enum merit_status status;

	(void)state;
	put(&out, "| status | number | code | what happened, what to do |\n|---|---|---|---|\n");
	for (unsigned i = 0; merit_status_at(i, &status); i++) {
		merit_buffer_put_format(&out, "| `%s` | %d | ", merit_status_word(status), (int)status);
		if (status == MERIT_OK)
			put(&out, "- | ");
		else
			merit_buffer_put_format(&out, "%d | ", merit_reply_code(status));
		put_cell(&out, merit_status_text(status));
		put(&out, " |\n");
	}
	put(&out, "\n"); /* and no row more */
	assert_true(holds(&document, &out));
	merit_buffer_free(&out);
	document_close(&document);
}

/* ---- Limits ---- */

static const struct {
	const char *what;
	long long limit;
} limits[] = {
	{ "an amount, of points or of minor units", MERIT_AMOUNT_MAX },
	{ "minor units an account in money is brought to by calls, either side of zero", MERIT_MONEY_MAX },
	{ "minor units all points ever funded in a currency were worth", MERIT_WORTH_MAX },
	{ "bytes of an operation's id", MERIT_ID_SIZE_MAX },
	{ "bytes of a name", MERIT_NAME_SIZE_MAX },
	{ "bytes of a reference", MERIT_REFERENCE_SIZE_MAX },
	{ "bytes of a text", MERIT_TEXT_SIZE_MAX },
	{ "bytes of an origin", MERIT_ORIGIN_SIZE_MAX },
	{ "bytes of a message, its first line included", MERIT_MESSAGE_SIZE_MAX },
	{ "bytes of a reply", MERIT_REPLY_SIZE_MAX },
	{ "bytes of the answers to a message of reads", MERIT_ANSWER_SIZE_MAX },
	{ "bytes of a message's first line", MERIT_ENVELOPE_SIZE_MAX },
	{ "bytes of a sign-in token", MERIT_TOKEN_SIZE_MAX },
	{ "bytes of a message that no known key has signed", MERIT_STRANGER_SIZE_MAX },
	{ "calls in a message", MERIT_CALLS_MAX },
	{ "calls in a message unsigned, or signed by a member", MERIT_MEMBER_CALLS_MAX },
	{ "arrays and objects one inside the other", MERIT_JSON_DEPTH_MAX },
	{ "seconds between iat and the ledger's clock", MERIT_IAT_WINDOW_S },
	{ "seconds a sign-in token lives", MERIT_TOKEN_LIFE_S },
	{ "bytes of an entry's leaf, and of its sealed line", MERIT_ENTRY_SIZE_MAX },
	{ "lots of a member", MERIT_MEMBER_LOTS_MAX },
	{ "lots and debts of a member", MERIT_MEMBER_ROWS_MAX },
	{ "lines of an order", MERIT_ORDER_LINES_MAX },
	{ "pieces of an order's line", MERIT_LINE_QUANTITY_MAX },
	{ "codes handed over in an order", MERIT_ORDER_CODES_MAX },
	{ "private bytes behind a commitment", MERIT_PRIVATE_SIZE_MAX },
	{ "tags of a member", MERIT_MEMBER_TAGS_MAX },
	{ "tiers of a program", MERIT_TIERS_MAX },
	{ "multipliers of a rule", MERIT_MULTIPLIERS_MAX },
	{ "live keys of a party", MERIT_PARTY_KEYS_MAX },
	{ "keys a party ever adds", MERIT_PARTY_KEYS_EVER_MAX },
	{ "sources of files", MERIT_SOURCES_MAX },
	{ "days a run covers", MERIT_RUN_DAYS_MAX },
	{ "new breaks of a run, and breaks it clears", MERIT_RUN_BREAKS_MAX },
	{ "totals of a closing", MERIT_CLOSE_TOTALS_MAX },
	{ "reports of a closing", MERIT_CLOSE_REPORTS_MAX },
	{ "rows of a page", MERIT_PAGE_ROWS_MAX },
	{ "entries of a member since the moment it is asked for", MERIT_PAST_ENTRIES_MAX },
	{ "milliseconds feed.read waits", MERIT_FEED_WAIT_MS_MAX },
	{ "calls of feed.read of one party that wait at once", MERIT_FEED_PARTY_WAITERS_MAX },
};

static void the_protocol_lists_the_limits_a_client_can_meet(void **state)
{
	struct document document = document_open("doc/protocol.md");
	struct merit_buffer out = { 0 };

	(void)state;
	put(&out, "| at most | limit |\n|---|---|\n");
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		merit_buffer_put_format(&out, "| %s | %lld |\n", limits[i].what, limits[i].limit);
	assert_true(holds(&document, &out));
	merit_buffer_free(&out);
	document_close(&document);
}

/* ---- Metrics, state ---- */

static void the_operations_list_every_metric(void **state)
{
	struct document document = document_open("doc/operations.md");
	struct merit_buffer out = { 0 };

	(void)state;
	put(&out, "| metric | kind | what it counts |\n|---|---|---|\n");
#define X(constant, name, type, help) merit_buffer_put_format(&out, "| `%s` | %s | %s |\n", name, #type, help);
	MERIT_METRIC_MAP(X)
#undef X
	assert_true(holds(&document, &out));
	merit_buffer_free(&out);
	document_close(&document);
}

static void the_operations_list_every_metric_of_the_mall(void **state)
{
	struct document document = document_open("doc/operations.md");
	struct merit_buffer out = { 0 };

	(void)state;
	put(&out, "| metric of `merit-mall` | kind | what it counts |\n|---|---|---|\n");
#define X(constant, name, type, help) merit_buffer_put_format(&out, "| `%s` | %s | %s |\n", name, #type, help);
	MERIT_TALLY_MAP(X)
#undef X
	assert_true(holds(&document, &out));
	merit_buffer_free(&out);
	document_close(&document);
}

static void the_format_lists_every_table_of_state(void **state)
{
	struct document document = document_open("doc/format.md");
	struct merit_buffer out = { 0 };

	(void)state;
	put(&out, "| table | letter | row |\n|---|---|---|\n");
#define X(name, letter, about) merit_buffer_put_format(&out, "| %s | `%c` | %s |\n", #name, letter, about);
	MERIT_TABLE_MAP(X)
#undef X
	assert_true(holds(&document, &out));
	merit_buffer_put_format(&out, "| state rows | %d | ", MERIT_STATE_VERSION);
	assert_true(holds(&document, &out));
	merit_buffer_put_format(&out, "| directory | %d | ", MERIT_STORE_FORMAT);
	assert_true(holds(&document, &out));
	merit_buffer_put_format(&out, "| `meta` | `format` | `%d` | ", MERIT_STORE_FORMAT);
	assert_true(holds(&document, &out));
	merit_buffer_free(&out);
	document_close(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_protocol_lists_every_method),
		cmocka_unit_test(every_write_names_its_refusals),
		cmocka_unit_test(the_format_lists_what_the_system_writes),
		cmocka_unit_test(the_protocol_lists_every_type),
		cmocka_unit_test(the_protocol_lists_every_role),
		cmocka_unit_test(the_protocol_lists_every_status_in_order_of_precedence),
		cmocka_unit_test(the_protocol_lists_the_limits_a_client_can_meet),
		cmocka_unit_test(the_operations_list_every_metric),
		cmocka_unit_test(the_operations_list_every_metric_of_the_mall),
		cmocka_unit_test(the_format_lists_every_table_of_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
