/* examples_test.c
 * Goal    the examples of doc/protocol.md are what a ledger answers, and its message is what its words say.
 * Method  all examples run in their order against a new ledger, one second apart, with the keys the document names, the
 *         private lines it shows and the days it goes on to; each answer must be the document's, byte for byte. What is
 *         wrong is printed with what should stand there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/private.h"
#include "tests/support/document.h"
#include "tests/support/fixture.h"

#define SECOND_MS 1000

/* How an example is introduced, up to the key's name and its closing backquote. Where that key was bound by key.bind,
 * the name it was made from follows. */
static const char by_key[] = "Signed by `", by_jwk[] = "Signed by the key it brings, that of `",
		  unsigned_[] = "Unsigned:", by_service[] = "From a running service, ", bound_key[] = "`, the key of `";

/* A line that begins like this and goes on with a day sets the clock to where that day begins. */
static const char clock_set[] = "From here on it is ";

struct example {
	const char *at;  /* its introduction */
	char kid[80];    /* "" = unsigned */
	char key[80];    /* what the key is made from: the kid, but for one bound under another name */
	bool is_jwk;     /* the key's own jwk in place of kid */
	bool is_service; /* answered by meritd itself, with what is not the same twice */
	struct merit_buffer request, reply;
	struct merit_buffer private_lines; /* as they go behind the JSON; empty when there are none */
	int64_t now_ms;                    /* the clock of the next one, where the document set it last */
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The text from at up to the next backquote in the line, into name. Returns that backquote. */
static const char *name_read(const char *at, char name[static 80])
{
	size_t size = strcspn(at, "`\n");

	assert_true(at[size] == '`' && size < 80);
	memcpy(name, at, size);
	name[size] = '\0';
	return at + size;
}

/* Reads the introduction in the line at. False when it is none. */
static bool introduction_read(const char *at, struct example *example)
{
	example->is_service = begins(at, by_service);
	if (example->is_service)
		at += strlen(by_service);
	example->is_jwk = begins(at, by_jwk);
	const char *start = example->is_jwk ? by_jwk : begins(at, by_key) ? by_key : NULL;
	example->kid[0] = '\0';
	if (start == NULL)
		return begins(at, unsigned_) || (example->is_service && begins(at, "unsigned:"));
	at = name_read(at + strlen(start), example->kid);
	memcpy(example->key, example->kid, sizeof(example->key));
	if (begins(at, bound_key))
		name_read(at + strlen(bound_key), example->key);
	return true;
}

static void clock_read(const char *at, int64_t *now_ms)
{
	int32_t day;

	if (!begins(at, clock_set))
		return;
	assert_true(merit_day_parse(at + strlen(clock_set), MERIT_DAY_TEXT_SIZE - 1, &day));
	*now_ms = day * FIXTURE_DAY_MS;
}

/* The private lines that stand as text between a request and its reply, one a line. */
static void private_lines_read(const char *from, const char *reply, struct merit_buffer *out)
{
	static const char fence[] = "\n```text\n";
	const char *start = strstr(from, fence);

	merit_buffer_clear(out);
	if (start == NULL || start > reply)
		return;
	start += strlen(fence);
	const char *end = strstr(start, "\n```\n");
	assert_true(end != NULL && end < reply);
	merit_buffer_put(out, start, (size_t)(end - start));
}

/* The next example behind at; returns where it ends, NULL when there is none. */
static const char *example_next(const char *at, struct example *example)
{
	while ((at = strchr(at, '\n')) != NULL) {
		at++;
		clock_read(at, &example->now_ms);
		if (!introduction_read(at, example))
			continue;
		example->at = at;
		const char *end = document_block(at, "json", &example->request);
		const char *reply = end == NULL ? NULL : strstr(end, "\n```json\n");
		assert_non_null(reply);
		private_lines_read(end - 1, reply, &example->private_lines);
		end = document_block(reply, "json", &example->reply);
		assert_non_null(end);
		return end - 1;
	}
	return NULL;
}

static void example_send(struct fixture *f, struct example *example)
{
	struct merit_secret_key key = fixture_key(example->key);
	bool is_signed = example->kid[0] != '\0';

	merit_buffer_clear(&f->message);
	assert_int_equal(merit_envelope_make(&f->message, is_signed ? &key : NULL,
	                                     is_signed && !example->is_jwk ? example->kid : NULL, FIXTURE_ORIGIN,
	                                     f->now_ms / 1000, example->request.data, example->request.size),
	                 MERIT_OK);
	if (example->private_lines.size > 0) {
		merit_buffer_put_char(&f->message, '\n');
		merit_buffer_put(&f->message, example->private_lines.data, example->private_lines.size);
	}
	(void)!fixture_send_message(f, f->message.data, f->message.size);
}

/* Whether the service would take the message, by its shape alone; says so when not. */
static bool example_is_well_formed(struct fixture *f, const struct example *example, unsigned line)
{
	struct merit_request request = { .envelope.json = { example->request.data, example->request.size } };

	merit_arena_reset(&f->arena);
	request.bytes = request.envelope.json;
	enum merit_status status = merit_request_read(&request, &f->arena);
	if (status != MERIT_OK)
		print_message("doc/protocol.md:%u: %s\n", line, merit_status_word(status));
	return status == MERIT_OK;
}

static void every_example_is_what_a_ledger_answers(void **state)
{
	struct document document = document_open("doc/protocol.md");
	struct fixture *f = fixture_new();
	struct example example = { .now_ms = FIXTURE_BIRTH_MS };
	unsigned count = 0, wrong = 0;

	(void)state;
	for (const char *at = document.text; (at = example_next(at, &example)) != NULL;) {
		count++;
		f->now_ms = example.now_ms += SECOND_MS;
		unsigned line = document_line(&document, example.at);
		if (example.is_service) {
			wrong += !example_is_well_formed(f, &example, line);
			continue;
		}
		example_send(f, &example);
		if (strcmp(f->reply.data, example.reply.data) == 0)
			continue;
		wrong++;
		/* Not print_message, which cuts long texts. */
		printf("doc/protocol.md:%u: the answer is\n%s\n", line, f->reply.data);
		fflush(stdout);
	}
	assert_int_equal(wrong, 0);
	assert_true(count > 120);
	merit_buffer_free(&example.request);
	merit_buffer_free(&example.reply);
	merit_buffer_free(&example.private_lines);
	fixture_free(f);
	document_close(&document);
}

/* ---- The message ---- */

static void block_is(const struct document *document, const char *heading, const char *language, const void *want,
                     size_t size)
{
	struct merit_buffer block = { 0 };

	document_block_below(document, heading, language, &block);
	if (block.size != size || memcmp(block.data, want, size) != 0)
		fail_msg("%s, \"%s\": should be\n%.*s", document->path, heading, (int)size, (const char *)want);
	merit_buffer_free(&block);
}

/* OpenSSL's Ed25519 in place of the one merit uses. */
static bool openssl_verifies(const struct merit_public_key *key, const void *bytes, size_t size,
                             const uint8_t *signature)
{
	EVP_PKEY *public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, sizeof(key->bytes));
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	assert_true(public_key != NULL && context != NULL);
	assert_int_equal(EVP_DigestVerifyInit(context, NULL, NULL, NULL, public_key), 1);
	int rc = EVP_DigestVerify(context, signature, MERIT_SIGNATURE_SIZE, bytes, size);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(public_key);
	return rc == 1;
}

static void the_message_of_the_document_is_signed_as_it_says(void **state)
{
	struct document document = document_open("doc/protocol.md");
	struct merit_secret_key secret = fixture_key("svc/k1");
	struct merit_public_key key = merit_secret_key_public(&secret);
	struct merit_buffer json = { 0 }, message = { 0 }, input = { 0 }, text = { 0 };
	struct merit_arena arena = { 0 };
	struct merit_envelope envelope;

	(void)state;
	document_block_below(&document, "**The JSON**", "json", &json);
	assert_int_equal(merit_envelope_make(&message, &secret, "svc/k1", FIXTURE_ORIGIN, FIXTURE_BIRTH_MS / 1000,
	                                     json.data, json.size),
	                 MERIT_OK);
	assert_int_equal(merit_envelope_read(message.data, message.size, &arena, &envelope), MERIT_OK);
	assert_int_equal(merit_envelope_verify(&envelope, &key), MERIT_OK);

	merit_buffer_put_hex(&text, secret.bytes, MERIT_SEED_SIZE);
	block_is(&document, "**The seed**", "text", text.data, text.size);
	merit_buffer_clear(&text);
	merit_base64url_put(&text, key.bytes, sizeof(key.bytes));
	block_is(&document, "**The public key**", "text", text.data, text.size);
	block_is(&document, "**The first line**", "text", message.data,
	         (size_t)(envelope.json.data - message.data - 1));
	merit_buffer_put(&input, envelope.header.data, envelope.header.size);
	merit_buffer_put_char(&input, '.');
	merit_buffer_put(&input, json.data, json.size);
	block_is(&document, "**What is signed**", "text", input.data, input.size);
	assert_true(openssl_verifies(&key, input.data, input.size, envelope.signature));
	input.data[0] ^= 1;
	assert_false(openssl_verifies(&key, input.data, input.size, envelope.signature));

	merit_buffer_free(&json);
	merit_buffer_free(&message);
	merit_buffer_free(&input);
	merit_buffer_free(&text);
	merit_arena_free(&arena);
	document_close(&document);
}

static void the_token_of_the_document_is_signed_as_it_says(void **state)
{
	struct document document = document_open("doc/protocol.md");
	struct merit_secret_key secret = fixture_key("svc/k1");
	struct merit_buffer token = { 0 };

	(void)state;
	assert_int_equal(
		merit_token_make(&token, &secret, "svc/k1", "m1", FIXTURE_ORIGIN, "t1", FIXTURE_BIRTH_MS / 1000 + 300),
		MERIT_OK);
	block_is(&document, "**The token**", "text", token.data, token.size);
	merit_buffer_free(&token);
	document_close(&document);
}

static void the_private_line_of_the_document_is_made_as_it_says(void **state)
{
	struct document document = document_open("doc/protocol.md");
	struct merit_buffer bytes = { 0 }, line = { 0 }, text = { 0 };
	uint8_t salt[MERIT_PRIVATE_SALT_SIZE];
	struct merit_hash commitment;

	(void)state;
	document_block_below(&document, "**The private bytes**", "text", &bytes);
	merit_sha256(bytes.data, bytes.size, salt);
	assert_true(merit_private_put(&line, salt, bytes.data, bytes.size, &commitment));
	block_is(&document, "**The private line**", "text", line.data, line.size);
	merit_buffer_put_hex(&text, salt, sizeof(salt));
	block_is(&document, "**Its salt**", "text", text.data, text.size);
	merit_buffer_clear(&text);
	merit_buffer_put_hex(&text, commitment.bytes, sizeof(commitment.bytes));
	block_is(&document, "**Its commitment**", "text", text.data, text.size);
	merit_buffer_free(&bytes);
	merit_buffer_free(&line);
	merit_buffer_free(&text);
	document_close(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_example_is_what_a_ledger_answers),
		cmocka_unit_test(the_message_of_the_document_is_signed_as_it_says),
		cmocka_unit_test(the_token_of_the_document_is_signed_as_it_says),
		cmocka_unit_test(the_private_line_of_the_document_is_made_as_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
