/* fields_test.c
 * Goal    what clients write into request lines and fields is read strictly.
 * Method  one row a text, and what it comes to. */
#include "mall/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/limits.h"

static void a_path_is_decoded_and_hides_nothing(void **state)
{
	static const struct {
		const char *target, *want; /* NULL: none */
	} rows[] = {
		{ "/", "/" },
		{ "/assets/app.js", "/assets/app.js" },
		{ "/assets/app.js?v=1", "/assets/app.js" },
		{ "/?x", "/" },
		{ "/a%2dB", "/a-B" },
		{ "/a%2DB", "/a-B" },
		{ "/p%3Aq", "/p:q" },
		{ "/%E7%A7%AF", "/\xe7\xa7\xaf" },
		{ "/../etc/passwd", "/../etc/passwd" }, /* No harm: nothing is called so. */
		{ "/%2e%2e/etc/passwd", "/../etc/passwd" },
		{ "", NULL },
		{ "*", NULL },
		{ "assets", NULL },
		{ "http://mall/", NULL },
		{ "/a%2fb", NULL },
		{ "/a%2Fb", NULL },
		{ "/a%5cb", NULL },
		{ "/a\\b", NULL },
		{ "/a%00b", NULL },
		{ "/a%0ab", NULL },
		{ "/a%20b", NULL },
		{ "/a b", NULL },
		{ "/a%252e", NULL },
		{ "/a%7f", NULL },
		{ "/a%", NULL },
		{ "/a%4", NULL },
		{ "/a%4g", NULL },
		{ "/a%-1", NULL },
		{ "/a#b", NULL },
		{ "/a\x01", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[MERIT_PATH_SIZE_MAX + 1];
		print_message("           %s\n", rows[i].target);
		bool is_path = merit_fields_path(rows[i].target, path);
		assert_int_equal(is_path, rows[i].want != NULL);
		if (is_path)
			assert_string_equal(path, rows[i].want);
	}
}

static void a_path_ends_at_its_limit(void **state)
{
	char target[MERIT_PATH_SIZE_MAX + 2] = "/", path[MERIT_PATH_SIZE_MAX + 1];

	(void)state;
	memset(target + 1, 'a', MERIT_PATH_SIZE_MAX - 1);
	assert_true(merit_fields_path(target, path));
	assert_int_equal(strlen(path), MERIT_PATH_SIZE_MAX);
	target[MERIT_PATH_SIZE_MAX] = 'a';
	assert_false(merit_fields_path(target, path));
}

static void a_host_is_a_name_or_an_address_with_a_port(void **state)
{
	(void)state;
	assert_true(merit_fields_is_host("mall.example"));
	assert_true(merit_fields_is_host("127.0.0.1:8080"));
	assert_true(merit_fields_is_host("[::1]:8080"));
	assert_false(merit_fields_is_host(""));
	assert_false(merit_fields_is_host("mall/evil"));
	assert_false(merit_fields_is_host("mall, other"));
	assert_false(merit_fields_is_host("user@mall"));
}

static void an_origin_is_its_scheme_and_host(void **state)
{
	(void)state;
	assert_true(merit_fields_is_origin("https://mall.example", "https", "mall.example"));
	assert_true(merit_fields_is_origin("https://Mall.example:8443", "https", "mall.example:8443"));
	assert_false(merit_fields_is_origin("http://mall.example", "https", "mall.example"));
	assert_false(merit_fields_is_origin("https://mall.example", "http", "mall.example"));
	assert_false(merit_fields_is_origin("https://mall.example.evil", "https", "mall.example"));
	assert_false(merit_fields_is_origin("https://mall.example/", "https", "mall.example"));
	assert_false(merit_fields_is_origin("null", "https", "mall.example"));
	assert_false(merit_fields_is_origin("", "https", "mall.example"));
}

static void json_is_the_only_type(void **state)
{
	(void)state;
	assert_true(merit_fields_is_json("application/json"));
	assert_true(merit_fields_is_json("Application/JSON; charset=UTF-8"));
	assert_true(merit_fields_is_json("application/json;charset=\"utf-8\""));
	assert_false(merit_fields_is_json(NULL));
	assert_false(merit_fields_is_json("text/plain"));
	assert_false(merit_fields_is_json("application/jsonp"));
	assert_false(merit_fields_is_json("application/json; charset=gbk"));
	assert_false(merit_fields_is_json("application/json; boundary=x"));
}

static void an_envelope_is_base64url_and_dots(void **state)
{
	char line[MERIT_ENVELOPE_SIZE_MAX + 2];

	(void)state;
	assert_true(merit_fields_is_envelope(""));
	assert_true(merit_fields_is_envelope("eyJh-_..AAAA"));
	assert_false(merit_fields_is_envelope("@127.0.0.1"));
	assert_false(merit_fields_is_envelope("a b"));
	assert_false(merit_fields_is_envelope("a="));
	memset(line, 'a', sizeof(line));
	line[MERIT_ENVELOPE_SIZE_MAX] = '\0';
	assert_true(merit_fields_is_envelope(line));
	line[MERIT_ENVELOPE_SIZE_MAX] = 'a';
	line[MERIT_ENVELOPE_SIZE_MAX + 1] = '\0';
	assert_false(merit_fields_is_envelope(line));
}

static void a_coding_is_taken_by_its_name(void **state)
{
	static const struct {
		const char *field;
		bool br, gzip;
	} rows[] = {
		{ NULL, false, false },
		{ "", false, false },
		{ "gzip", false, true },
		{ "gzip, deflate, br", true, true },
		{ "br;q=1.0, gzip;q=0.5", true, true },
		{ "br;q=0, gzip", false, true },
		{ "br; q=0.000,gzip", false, true },
		{ "br;q=0.001", true, false },
		{ "BR", true, false },
		{ "brotli", false, false },
		{ "*", false, false },
		{ "identity", false, false },
		{ ",,gzip,,", false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("           %s\n", rows[i].field == NULL ? "absent" : rows[i].field);
		assert_int_equal(merit_fields_accepts(rows[i].field, "br"), rows[i].br);
		assert_int_equal(merit_fields_accepts(rows[i].field, "gzip"), rows[i].gzip);
	}
}

static void a_tag_is_found_in_its_list(void **state)
{
	(void)state;
	assert_true(merit_fields_names_tag("\"a\"", "\"a\""));
	assert_true(merit_fields_names_tag("\"b\", W/\"a\"", "\"a\""));
	assert_true(merit_fields_names_tag("*", "\"a\""));
	assert_false(merit_fields_names_tag(NULL, "\"a\""));
	assert_false(merit_fields_names_tag("", "\"a\""));
	assert_false(merit_fields_names_tag("\"aa\"", "\"a\""));
	assert_false(merit_fields_names_tag("a", "\"a\""));
}

static void the_last_hop_is_what_our_proxy_saw(void **state)
{
	static const struct {
		const char *field, *want;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "203.0.113.9, 192.0.2.7", "192.0.2.7" },
		{ "unknown, 2001:db8::7 ", "2001:db8::7" },
		{ "192.0.2.7,", "192.0.2.7" },
		{ "2001:DB8:0:0::7", "2001:db8::7" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ NULL, NULL },
		{ "", NULL },
		{ "unknown", NULL },
		{ "192.0.2.7:443", NULL },
		{ "[2001:db8::7]", NULL },
		{ "192.0.2.7, evil", NULL },
		{ "192.0.2.7\n@10.0.0.1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char address[MERIT_ADDRESS_SIZE];
		struct merit_peer peer;
		print_message("           %s\n", rows[i].field == NULL ? "absent" : rows[i].field);
		bool is_there = merit_fields_last_hop(rows[i].field, address, &peer);
		assert_int_equal(is_there, rows[i].want != NULL);
		if (is_there)
			assert_string_equal(address, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_decoded_and_hides_nothing),
		cmocka_unit_test(a_path_ends_at_its_limit),
		cmocka_unit_test(a_host_is_a_name_or_an_address_with_a_port),
		cmocka_unit_test(an_origin_is_its_scheme_and_host),
		cmocka_unit_test(json_is_the_only_type),
		cmocka_unit_test(an_envelope_is_base64url_and_dots),
		cmocka_unit_test(a_coding_is_taken_by_its_name),
		cmocka_unit_test(a_tag_is_found_in_its_list),
		cmocka_unit_test(the_last_hop_is_what_our_proxy_saw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
