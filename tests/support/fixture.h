/* fixture.h - a ledger for tests: a scratch directory, a clock the test sets, keys that follow from their names.
 *
 * Calls are signed, read and executed as the service does it: envelope, shape, signature, then one group a message.
 * What cannot go wrong in a test's preparation ends the test when it does. Texts of parameters are formats with ' in
 * place of ", so that JSON reads as JSON:
 *
 *   struct fixture *f = fixture_new();
 *   fixture_world(f);
 *   assert_int_equal(fixture_earn(f, "m1", "r1"), MERIT_OK);
 *   assert_int_equal(fixture_call(f, "ops", "campaign.fund", "'campaign':'c1','points':%d", 0), MERIT_ZERO_AMOUNT);
 *   assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"), 100);
 *   fixture_free(f); */
#ifndef MERIT_TESTS_SUPPORT_FIXTURE_H
#define MERIT_TESTS_SUPPORT_FIXTURE_H

#include "ledger/ledger_inner.h"

#define FIXTURE_ORIGIN   "merit.test/ledger"
#define FIXTURE_BIRTH_MS 1767225600000LL /* 2026-01-01T00:00Z; the program's days are those of UTC */
#define FIXTURE_DAY_MS   86400000LL

struct fixture {
	char root[64];           /* the scratch directory; tests may make more in it */
	char directory[80];      /* the ledger's, inside it */
	struct merit_ledger *ledger;
	int64_t now_ms;          /* the wall clock of the next message */
	int64_t step_ms;         /* what every message moves it on by; 0 unless a test sets it */
	size_t state_rows_max;   /* for the next fixture_open; 0 = the default */
	struct merit_buffer reply; /* the last answer, with a NUL behind it */
	struct merit_buffer message; /* the last message, as it was sent */
	struct merit_buffer private_lines; /* what goes behind the next message's JSON */
	struct merit_arena arena;
	bool in_group;           /* the test begins and commits: messages join the group at hand */
	unsigned ids;            /* operation ids given out: "i1", "i2" and so on */
};

/* A new ledger with the admin root/k1, open. Birth and clock are FIXTURE_BIRTH_MS. */
struct fixture *fixture_new(void);
/* The same with other settings: what change makes of the birth's defaults (policy restore, 30 days for everything). */
struct fixture *fixture_new_with(void (*change)(struct merit_ledger_birth *birth));
void fixture_free(struct fixture *f); /* and removes the directory */

/* Closes the ledger, and opens it as it was left. */
void fixture_close(struct fixture *f);
void fixture_open(struct fixture *f);

/* Writes state/ back up to the last entry. */
void fixture_flush(struct fixture *f);

/* The secret key that belongs to a kid such as "ops/k1", and its public key in base64url. */
struct merit_secret_key fixture_key(const char *kid);
const char *fixture_public(const char *kid); /* valid until the fourth next call */

/* The key of private data. */
void fixture_private_key(uint8_t key_out[MERIT_PLAIN_KEY_SIZE]);

/* Puts a line of private text behind the next message's JSON, and returns its commitment in hex, valid until the fourth
 * next call. The salt follows from the text. A message without any line is let through without checking for them. */
const char *fixture_private(struct fixture *f, const char *text);

/* Signs json by kid's key and lets it through as the service would, in a group of its own. A party alone means its key
 * k1; NULL means unsigned. The answer is f->reply; returned is the status of a message that was not taken, else OK. */
enum merit_status fixture_send(struct fixture *f, const char *kid, const char *json);

/* The same for bytes that are a message already. */
enum merit_status fixture_send_message(struct fixture *f, const char *message, size_t size);

/* One write with the next id, or one read: the status of its outcome. */
enum merit_status fixture_call(struct fixture *f, const char *kid, const char *method, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
enum merit_status fixture_call_id(struct fixture *f, const char *kid, const char *id, const char *method,
				  const char *format, ...) __attribute__((format(printf, 5, 6)));
enum merit_status fixture_query(struct fixture *f, const char *kid, const char *method, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Writes what is due by the clock: an empty group. */
void fixture_tick(struct fixture *f);
void fixture_advance(struct fixture *f, int64_t ms); /* moves the clock and ticks */

/* The status in the last answer: of its first call that was not accepted, else OK. */
enum merit_status fixture_status(const struct fixture *f);

/* The integer or text behind the first "name": in the last answer. Ends the test when there is none. */
int64_t fixture_integer(const struct fixture *f, const char *name);
const char *fixture_text(struct fixture *f, const char *name);

/* Whether the last answer holds this text somewhere, its ' standing for ". */
bool fixture_holds(const struct fixture *f, const char *text);

/* A balance as it is now; 0 for who is not known. */
int64_t fixture_balance(struct fixture *f, enum merit_account account, const char *holder);

/* The same in money; holder is "" for an account that is one, such as cash. */
int64_t fixture_money(struct fixture *f, enum merit_account account, const char *holder, const char *currency);

/* The entry at seq, read from the log; valid until the next call of the fixture. */
void fixture_entry(struct fixture *f, uint64_t seq, struct merit_entry *entry_out);
uint64_t fixture_size(const struct fixture *f);

/* ---- Worlds ---- */

void fixture_party(struct fixture *f, const char *party, const char *role); /* with its key k1 */

/* As much credit as there may be, by fin: the sponsor may fund what it likes. */
void fixture_credit(struct fixture *f, const char *sponsor, const char *currency);

/* An operator ops, a finance party fin, a service svc, an auditor aud; sponsor acme with credit in CNY and USD, campaign c1
 * of 2026 whose points live 12 months, event course for 100 points and event gift for up to 1000, a budget of 100000;
 * member m1 with its key k1; merchant shop with its key k1, item cup of 30 points, 10 in stock. */
void fixture_world(struct fixture *f);
void fixture_member(struct fixture *f, const char *member);
void fixture_key_add(struct fixture *f, const char *party, const char *key);

/* Binds the key of device, a kid's text, to the member by a token of svc's with this jti. */
enum merit_status fixture_bind(struct fixture *f, const char *member, const char *device, const char *jti);
/* The same with more parameters: text such as ",'software':true". */
enum merit_status fixture_bind_with(struct fixture *f, const char *member, const char *device, const char *jti,
				    const char *more);

/* svc pays the member 100 points for a course, or points as a gift, now. */
enum merit_status fixture_earn(struct fixture *f, const char *member, const char *reference);
enum merit_status fixture_gift(struct fixture *f, const char *member, const char *reference, int64_t points);

/* svc orders quantity cups. */
enum merit_status fixture_order(struct fixture *f, const char *order, const char *member, int quantity);

/* The parameters of period.close for a month, "2026-01", by reports of the first so many entries: root, totals and hashes
 * say nothing. Valid until the fourth next call. */
const char *fixture_closing(const char *period, uint64_t size);

/* fin closes a month: what is due by the clock is written, settlements are opened and issued for whoever waits
 * for one, and reports made of all entries. */
enum merit_status fixture_close_month(struct fixture *f, const char *period);

#endif
