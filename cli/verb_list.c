/* verb_list.c - the lists of verb.h: a page of them, and whole ones. */
#include <assert.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/parameter.h"
#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/limits.h"

#define LIST_ROWS_DEFAULT 50
#define PAGE_ROWS         "1000" /* of a list that is wanted whole: the most an answer holds */
#define VALUES_MAX        8      /* of a method that is read whole, those of its pages too */

bool merit_verb_csv(const struct merit_arguments *arguments, bool *is_csv_out)
{
	*is_csv_out = merit_argument_flag(arguments, "csv");
	if (*is_csv_out && merit_argument_flag(arguments, "json")) {
		merit_complain("--csv and --json are two forms; give one");
		return false;
	}
	return true;
}

/* ---- Whole lists ---- */

/* values with where a page begins and how much of it is wanted behind them. */
static void page_values(const struct merit_verb_value *values, const char *from, const char *limit,
                        struct merit_verb_value page_out[VALUES_MAX])
{
	size_t count = 0;

	for (; values->name != NULL; values++) {
		assert(count < VALUES_MAX - 3);
		page_out[count++] = *values;
	}
	page_out[count++] = (struct merit_verb_value){ "limit", limit };
	if (from != NULL)
		page_out[count++] = (struct merit_verb_value){ "from", from };
	page_out[count] = (struct merit_verb_value){ NULL, NULL };
}

enum merit_exit merit_verb_each_page(struct merit_session *session, const char *method,
                                     const struct merit_verb_value *values, merit_verb_take_fn *take, void *context)
{
	struct merit_verb_value page[VALUES_MAX];
	struct merit_buffer from = { 0 };
	enum merit_exit end = MERIT_EXIT_DONE;
	bool has_next = true;

	while (end == MERIT_EXIT_DONE && has_next) {
		struct merit_answer answer;
		page_values(values, from.size == 0 ? NULL : merit_buffer_text(&from), PAGE_ROWS, page);
		end = merit_verb_ask_in(session, method, page, &answer);
		if (end != MERIT_EXIT_DONE)
			break;
		const cJSON *next = merit_json_member(answer.result, "next");
		has_next = next != NULL && !cJSON_IsNull(next);
		merit_buffer_clear(&from);
		if (has_next)
			merit_show_scalar_put(&from, next);
		take(context, merit_json_member(answer.tree, "result"));
		merit_answer_free(&answer);
	}
	merit_buffer_free(&from);
	return end;
}

/* ---- Pages ---- */

struct listing {
	const struct merit_arguments *arguments;
	const struct merit_verb_list *list;
	bool is_csv, is_json;
	int64_t limit;            /* rows wanted of each list */
	int64_t left;             /* of this one still wanted */
	struct merit_buffer from; /* where its next page begins; empty: where --from says */
};

/* A method that answers with all it has takes no limit. */
static bool has_pages(const char *method_name)
{
	struct merit_method method;

	return merit_method_find(method_name, &method) &&
	       merit_method_parameter(&method, "limit", strlen("limit")) != NULL;
}

static enum merit_exit page_ask(struct merit_session *session, struct listing *listing, struct merit_answer *answer_out)
{
	const char *method = listing->list->method;
	int64_t limit = listing->left < MERIT_PAGE_ROWS_MAX ? listing->left : MERIT_PAGE_ROWS_MAX;
	static const struct merit_verb_value none[] = { { NULL, NULL } };
	struct merit_verb_value page[VALUES_MAX];
	struct merit_buffer limit_text = { 0 }, params = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	merit_buffer_put_integer(&limit_text, limit);
	page_values(none, listing->from.size == 0 ? NULL : merit_buffer_text(&listing->from),
	            merit_buffer_text(&limit_text), page);
	if (merit_verb_params_put(listing->arguments, method, has_pages(method) ? page : none, &params))
		end = merit_session_call(session, method, merit_buffer_text(&params), answer_out);
	merit_buffer_free(&limit_text);
	merit_buffer_free(&params);
	return end;
}

static void more_print(const struct listing *listing, const cJSON *next)
{
	struct merit_buffer text = { 0 };

	merit_show_scalar_put(&text, next);
	fprintf(listing->is_csv ? stderr : stdout, "more rows: the same with --from %s\n", merit_buffer_text(&text));
	merit_buffer_free(&text);
}

/* Prints a page and takes where the next one begins; left is 0 when none is wanted. A table is one page. */
static void page_print(struct merit_session *session, struct listing *listing, const cJSON *result)
{
	const struct merit_verb_list *list = listing->list;
	const cJSON *rows = merit_json_member(result, "rows"), *next = merit_json_member(result, "next");
	int32_t offset_minutes = merit_session_display_offset(session);
	bool has_next = next != NULL && !cJSON_IsNull(next);

	if (listing->is_csv)
		merit_view_csv(stdout, rows, list->csv == NULL ? list->columns : list->csv, offset_minutes);
	else
		merit_view_table(stdout, NULL, rows, list->columns, list->none, offset_minutes);
	listing->left = has_next && listing->is_csv ? listing->left - cJSON_GetArraySize(rows) : 0;
	if (has_next && listing->left <= 0)
		more_print(listing, next);
	merit_buffer_clear(&listing->from);
	if (has_next)
		merit_show_scalar_put(&listing->from, next);
}

/* One page of JSON as it came; of several lists it is a member under its title. */
static void page_print_json(const struct listing *listing, const cJSON *result)
{
	struct merit_buffer text = { 0 };

	if (listing->list->title != NULL)
		merit_buffer_put_format(&text, "\"%s\":", listing->list->title);
	merit_json_put(&text, result);
	fputs(merit_buffer_text(&text), stdout);
	merit_buffer_free(&text);
}

static enum merit_exit list_print(struct merit_session *session, struct listing *listing)
{
	enum merit_exit end = MERIT_EXIT_DONE;

	listing->left = listing->limit;
	merit_buffer_clear(&listing->from);
	while (end == MERIT_EXIT_DONE && listing->left > 0) {
		struct merit_answer answer;
		end = page_ask(session, listing, &answer);
		if (end != MERIT_EXIT_DONE)
			break;
		if (listing->is_json) {
			page_print_json(listing, answer.result);
			listing->left = 0;
		} else {
			page_print(session, listing, answer.result);
		}
		merit_answer_free(&answer);
	}
	return end;
}

/* Headings, lists, and around JSON what makes one value of several. */
static enum merit_exit lists_print(struct merit_session *session, struct listing *listing,
                                   const struct merit_verb_list *lists, size_t lists_count)
{
	enum merit_exit end = MERIT_EXIT_DONE;
	bool is_object = listing->is_json && lists_count > 1;

	if (listing->is_csv)
		merit_view_csv_headings(stdout, lists->csv == NULL ? lists->columns : lists->csv);
	for (size_t i = 0; end == MERIT_EXIT_DONE && i < lists_count; i++) {
		listing->list = &lists[i];
		if (is_object)
			putchar(i == 0 ? '{' : ',');
		else if (lists[i].title != NULL && !listing->is_csv)
			printf("%s%s:\n", i == 0 ? "" : "\n", lists[i].title);
		end = list_print(session, listing);
	}
	if (is_object)
		putchar('}');
	if (listing->is_json)
		putchar('\n');
	return end;
}

enum merit_exit merit_verb_list(const struct merit_arguments *arguments, const struct merit_verb_list *lists,
                                size_t lists_count)
{
	struct listing listing = { .arguments = arguments };
	struct merit_session session;

	listing.is_json = merit_argument_flag(arguments, "json");
	if (!merit_verb_csv(arguments, &listing.is_csv))
		return MERIT_EXIT_USAGE;
	if (!merit_argument_integer(arguments, "limit", 1, listing.is_csv ? MERIT_AMOUNT_MAX : MERIT_PAGE_ROWS_MAX,
	                            listing.is_csv ? MERIT_AMOUNT_MAX : LIST_ROWS_DEFAULT, &listing.limit))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_session_open(arguments, 1, &session);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = lists_print(&session, &listing, lists, lists_count);
	merit_buffer_free(&listing.from);
	merit_session_close(&session);
	return end;
}
