/* bulk_test.c
 * Goal    the answer to a bulk says of every row, in their order, what became of it, in the form doc/protocol.md gives.
 * Method  entries made by hand are printed as outcomes; the answers are compared whole. What rows do to a ledger is
 *         tested where bulks are executed. */
#include "ledger/bulk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/json.h"

#define BEFORE "{\"jsonrpc\":\"2.0\",\"result\":{\"outcomes\":["

static struct merit_entry entry_of(uint64_t seq, enum merit_status status)
{
	return (struct merit_entry){ .seq = seq, .status = status };
}

/* The answer is these bytes, and strict JSON. */
static void check_answer(struct merit_buffer *reply, const char *want)
{
	cJSON *root = NULL;

	assert_false(reply->bad);
	merit_buffer_put_char(reply, '\0');
	assert_string_equal(reply->data, want);
	assert_int_equal(merit_json_read(want, strlen(want), &root), MERIT_OK);
	merit_json_free(root);
	merit_buffer_free(reply);
}

static void every_kind_of_outcome_has_its_form(void **state)
{
	struct merit_buffer reply = { 0 };
	struct merit_entry accepted = entry_of(17, MERIT_OK), refused = entry_of(19, MERIT_ALREADY_EARNED);
	struct merit_bulk bulk;

	(void)state;
	merit_entry_why(&refused, "rule", 1);
	merit_entry_why(&refused, "seq", 3);
	merit_bulk_begin(&bulk, &reply);
	merit_bulk_outcome(&bulk, &reply, &accepted);
	accepted.seq++;
	merit_bulk_outcome(&bulk, &reply, &accepted);
	merit_bulk_outcome(&bulk, &reply, &refused);
	merit_bulk_fault(&bulk, &reply, MERIT_ID_CONFLICT, "points");
	merit_bulk_fault(&bulk, &reply, MERIT_NOT_PERMITTED, NULL);
	merit_bulk_end(&bulk, &reply, MERIT_TEXT("\"b-1\""));
	check_answer(&reply, BEFORE "17,18,{\"status\":\"already_earned\",\"seq\":19,\"why\":{\"rule\":1,\"seq\":3}},"
	                            "{\"status\":\"id_conflict\",\"field\":\"points\"},{\"status\":\"not_permitted\"}],"
	                            "\"accepted\":2,\"refused\":1,\"failed\":2},\"id\":\"b-1\"}");
}

static void a_row_that_is_not_the_first_follows_a_comma(void **state)
{
	struct merit_entry accepted = entry_of(0, MERIT_OK);

	(void)state;
	for (int first = 0; first < 2; first++) {
		struct merit_buffer reply = { 0 };
		struct merit_bulk bulk;
		merit_bulk_begin(&bulk, &reply);
		if (first == 0)
			merit_bulk_fault(&bulk, &reply, MERIT_NOT_PERMITTED, NULL);
		merit_bulk_outcome(&bulk, &reply, &accepted);
		if (first == 1)
			merit_bulk_fault(&bulk, &reply, MERIT_NOT_PERMITTED, NULL);
		merit_bulk_end(&bulk, &reply, MERIT_TEXT("1"));
		check_answer(&reply, first == 0
		                             ? BEFORE "{\"status\":\"not_permitted\"},0],\"accepted\":1,\"refused\":0,"
		                                      "\"failed\":1},\"id\":1}"
		                             : BEFORE "0,{\"status\":\"not_permitted\"}],\"accepted\":1,\"refused\":0,"
		                                      "\"failed\":1},\"id\":1}");
	}
}

static void a_refusal_without_reasons_has_no_why(void **state)
{
	struct merit_buffer reply = { 0 };
	struct merit_entry refused = entry_of(MERIT_AMOUNT_MAX, MERIT_ALREADY_EARNED);
	struct merit_bulk bulk;

	(void)state;
	merit_bulk_begin(&bulk, &reply);
	merit_bulk_outcome(&bulk, &reply, &refused);
	merit_bulk_end(&bulk, &reply, MERIT_TEXT(""));
	check_answer(&reply,
	             BEFORE "{\"status\":\"already_earned\",\"seq\":9007199254740991}],\"accepted\":0,\"refused\":1,"
	                    "\"failed\":0},\"id\":null}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_outcome_has_its_form),
		cmocka_unit_test(a_row_that_is_not_the_first_follows_a_comma),
		cmocka_unit_test(a_refusal_without_reasons_has_no_why),
	};

	return cmocka_run_group_tests_name("bulk", tests, NULL, NULL);
}
