/* connections_test.c
 * Goal    connections are bounded in all and by address; an address is what one customer of a network has.
 * Method  addresses made up. */
#include "rpc/connections.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct merit_peer peer_of(const char *text)
{
	nng_sockaddr address = { 0 };

	if (strchr(text, ':') != NULL) {
		address.s_in6.sa_family = NNG_AF_INET6;
		assert_int_equal(inet_pton(AF_INET6, text, address.s_in6.sa_addr), 1);
	} else {
		address.s_in.sa_family = NNG_AF_INET;
		assert_int_equal(inet_pton(AF_INET, text, &address.s_in.sa_addr), 1);
	}
	return merit_peer_of(&address);
}

static void an_address_is_a_customers(void **state)
{
	static const struct {
		const char *name, *a, *b;
		bool same, local;
	} rows[] = {
		{ "one address", "192.0.2.1", "192.0.2.1", true, false },
		{ "the next one", "192.0.2.1", "192.0.2.2", false, false },
		{ "one network", "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true, false },
		{ "the next network", "2001:db8:0:1::1", "2001:db8:0:2::1", false, false },
		{ "IPv4 inside IPv6", "192.0.2.1", "::ffff:192.0.2.1", true, false },
		{ "this machine", "127.0.0.1", "::ffff:127.0.0.1", true, true },
		{ "this machine by IPv6", "::1", "::1", true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_peer a = peer_of(rows[i].a), b = peer_of(rows[i].b);
		print_message("           %s\n", rows[i].name);
		assert_int_equal(a.size == b.size && memcmp(a.address, b.address, a.size) == 0, rows[i].same);
		assert_int_equal(a.is_local, rows[i].local);
	}
}

static void connections_are_bounded_in_all_and_by_address(void **state)
{
	struct merit_connections connections;
	struct merit_peer a = peer_of("192.0.2.1"), b = peer_of("192.0.2.2");

	(void)state;
	assert_int_equal(merit_connections_init(&connections, 3, 2), MERIT_OK);
	assert_true(merit_connections_add(&connections, 1, a));
	assert_true(merit_connections_add(&connections, 2, a));
	assert_false(merit_connections_add(&connections, 3, a));
	assert_true(merit_connections_add(&connections, 4, b));
	assert_false(merit_connections_add(&connections, 5, b)); /* The fourth in all. */
	merit_connections_remove(&connections, 3); /* Refused: it takes nothing away. */
	assert_int_equal(merit_connections_count(&connections), 3);
	merit_connections_remove(&connections, 1);
	assert_true(merit_connections_add(&connections, 6, a));
	merit_connections_free(&connections);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_a_customers),
		cmocka_unit_test(connections_are_bounded_in_all_and_by_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
