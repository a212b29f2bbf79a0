/* mall.h - the world of the tests of private data: a ledger with a vault, orders with recipients, and codes. */
#ifndef MERIT_TESTS_LEDGER_MALL_H
#define MERIT_TESTS_LEDGER_MALL_H

#include "ledger/private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/encode.h"
#include "tests/support/fixture.h"

#define ADDRESS "Zhang San, 13800138000\nNanjing Road 1, Shanghai"
#define CODE    "GIFT-7Q4M-K2XD-99ZT"

/* A commitment and its line, with a NUL behind it. */
struct made {
	char commitment[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];
	struct merit_buffer line;
};

static inline struct made line_make(char salt, const char *bytes, size_t size)
{
	char whole_salt[MERIT_PRIVATE_SALT_SIZE];
	struct merit_hash commitment;
	struct made made = { .line = { 0 } };

	memset(whole_salt, salt, sizeof(whole_salt));
	assert_true(merit_private_put(&made.line, whole_salt, bytes, size, &commitment));
	merit_hex_encode(commitment.bytes, sizeof(commitment.bytes), made.commitment);
	merit_buffer_put_char(&made.line, '\0');
	return made;
}

/* The fixture's world with points for m1, a second member, a second merchant, and an item of codes. */
static inline struct fixture *mall_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	assert_int_equal(fixture_earn(f, "m1", "r1"), MERIT_OK);
	fixture_member(f, "m2");
	fixture_key_add(f, "m2", "k1");
	assert_int_equal(fixture_call(f, "ops", "merchant.create", "'merchant':'other'"), MERIT_OK);
	fixture_key_add(f, "other", "k1");
	assert_int_equal(fixture_call(f, "ops", "item.create",
	                              "'item':'voucher','merchant':'shop','class':'code','points':20,'currency':'CNY',"
	                              "'price_minor':15"),
	                 MERIT_OK);
	return f;
}

static inline enum merit_status place(struct fixture *f, const char *id, const char *order, const char *recipient, int points)
{
	return fixture_call_id(f, "m1", id, "order.place",
	                       "'order':'%s','member':'m1','lines':"
	                       "[{'item':'cup','version':1,'points':%d,'quantity':1}],"
	                       "'recipient':'%s'",
	                       order, points, fixture_private(f, recipient));
}

static inline enum merit_status code_add(struct fixture *f, const char *code)
{
	return fixture_call(f, "shop", "code.add", "'item':'voucher','code':'%s'", fixture_private(f, code));
}

static inline enum merit_status place_code(struct fixture *f, const char *order)
{
	return fixture_call(f, "m1", "order.place",
	                    "'order':'%s','member':'m1','lines':"
	                    "[{'item':'voucher','version':1,'points':20,'quantity':1}]",
	                    order);
}

static inline enum merit_status ask(struct fixture *f, const char *kid, const char *method, const char *order)
{
	return fixture_query(f, kid, method, "'order':'%s'", order);
}

/* Whether the last answer holds the text, as JSON escapes it. */
static inline bool answered(const struct fixture *f, const char *text)
{
	struct merit_buffer json = { 0 };

	merit_buffer_put_json(&json, text, strlen(text));
	merit_buffer_put_char(&json, '\0');
	bool found = strstr(f->reply.data, json.data) != NULL;
	merit_buffer_free(&json);
	return found;
}

static inline bool is_erased(const struct fixture *f)
{
	return strstr(f->reply.data, "\"erased\":true") != NULL;
}

/* Whether the vault itself holds the text, whoever may read it. */
static inline bool is_kept(struct fixture *f, const char *text)
{
	const char *hex = fixture_private(f, text);
	struct merit_buffer bytes = { 0 };
	struct merit_hash commitment;
	size_t size;

	merit_buffer_clear(&f->private_lines);
	assert_true(merit_hex_decode(hex, strlen(hex), commitment.bytes, sizeof(commitment.bytes), &size));
	enum merit_status status = merit_ledger_private(f->ledger, &commitment, &bytes);
	assert_true(status == MERIT_OK || status == MERIT_NOT_FOUND);
	if (status == MERIT_OK)
		assert_memory_equal(bytes.data, text, strlen(text));
	merit_buffer_free(&bytes);
	return status == MERIT_OK;
}

/* Two operators erase an order's codes. */
static inline void codes_erase(struct fixture *f, const char *order)
{
	fixture_party(f, "ops2", "operator");
	assert_int_equal(fixture_call(f, "ops", "proposal.create",
	                              "'proposal':'%s','reason':'r','call':{'method':'order.erase','params':"
	                              "{'order':'%s','codes':true,'reason':'a slip'}}",
	                              order, order),
	                 MERIT_OK);
	assert_int_equal(fixture_call(f, "ops2", "proposal.approve", "'proposal':'%s'", order), MERIT_OK);
}

#endif
