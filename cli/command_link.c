/* command_link.c - merit link: a one-time link that signs a member in to the mall.
 *
 * The token is made here with the profile's key; no service is asked.
 * Never  prints the token but on standard output: whoever reads it is the member, until it is used or too old. */
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/settings.h"
#include "ledger/encode.h"
#include "ledger/envelope.h"
#include "ledger/limits.h"
#include "ledger/text.h"

#define JTI_RANDOM_SIZE 16

struct link {
	const char *member;
	const char *mall; /* NULL: the token alone */
	size_t mall_size; /* without a '/' at its end */
	const char *to;   /* the screen to go on to, "" or from its '/' */
	int64_t expires_s;
};

/* What stands in a URL as it is, so that a chat program takes all of the link, and nothing ends its fragment. */
static bool is_url_text(const char *text)
{
	static const char characters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%:/[]@!$&*+,;=?";

	return text[strspn(text, characters)] == '\0';
}

static bool mall_read(const struct merit_arguments *arguments, struct link *link)
{
	link->mall = merit_argument(arguments, "mall", NULL);
	link->to = merit_argument(arguments, "to", "");
	if (link->mall == NULL) {
		if (link->to[0] == '\0')
			return true;
		merit_complain("--to goes with --mall; without it only the token is printed");
		return false;
	}
	const char *host = strncmp(link->mall, "https://", 8) == 0  ? link->mall + 8
	                   : strncmp(link->mall, "http://", 7) == 0 ? link->mall + 7
	                                                            : "";
	if (host[0] == '\0' || host[0] == '/' || strchr(host, '?') != NULL || !is_url_text(host)) {
		merit_complain("--mall takes a URL such as https://mall.example, not \"%s\"", link->mall);
		return false;
	}
	if (link->to[0] != '\0' && (link->to[0] != '/' || !is_url_text(link->to))) {
		merit_complain("--to takes the path of a screen such as /orders/o1, not \"%s\"", link->to);
		return false;
	}
	link->mall_size = strlen(link->mall);
	while (link->mall[link->mall_size - 1] == '/')
		link->mall_size--;
	return true;
}

static bool link_read(const struct merit_arguments *arguments, struct link *link)
{
	int64_t seconds;

	link->member = arguments->operands[0];
	if (!merit_text_is_id(link->member, strlen(link->member), MERIT_NAME_SIZE_MAX)) {
		merit_complain("\"%s\" is no member's name", link->member);
		return false;
	}
	if (!merit_argument_integer(arguments, "seconds", 1, MERIT_TOKEN_LIFE_S, MERIT_TOKEN_LIFE_S, &seconds))
		return false;
	link->expires_s = (int64_t)time(NULL) + seconds;
	return mall_read(arguments, link);
}

/* The key that signs. False, with the reason printed, where the settings do not say which, or it cannot be read. */
static bool signer_read(const struct merit_settings *settings, struct merit_secret_key *key_out)
{
	const char *as = settings->as, *origin = settings->origin;

	if (settings->key == NULL || as == NULL || !merit_text_is_kid(as, strlen(as), MERIT_NAME_SIZE_MAX) ||
	    origin == NULL || !merit_text_is_origin(origin, strlen(origin), MERIT_ORIGIN_SIZE_MAX)) {
		merit_complain("a link is signed: name the ledger with --origin, who signs with --as PARTY/KEY, and "
		               "the file of that key with --key, or a --profile that does");
		return false;
	}
	enum merit_status status = merit_secret_key_read(settings->key, key_out);
	if (status != MERIT_OK)
		merit_complain_status(settings->key, status);
	return status == MERIT_OK;
}

/* The token's name must never come again: 128 random bits do not. */
static void token_make(const struct link *link, const struct merit_settings *settings,
                       const struct merit_secret_key *key, struct merit_buffer *out)
{
	uint8_t bytes[JTI_RANDOM_SIZE];
	char jti[MERIT_BASE64URL_SIZE(JTI_RANDOM_SIZE) + 1];

	randombytes_buf(bytes, sizeof(bytes));
	merit_base64url_encode(bytes, sizeof(bytes), jti);
	enum merit_status status =
		merit_token_make(out, key, settings->as, link->member, settings->origin, jti, link->expires_s);
	merit_need(status == MERIT_OK ? out : NULL); /* NO_MEMORY is all it can say. */
}

static void link_print(const struct link *link, struct merit_buffer *token, bool is_json)
{
	struct merit_buffer url = { 0 };

	if (link->mall != NULL)
		merit_buffer_put_format(&url, "%.*s/#/in/", (int)link->mall_size, link->mall);
	merit_buffer_put(&url, token->data, token->size);
	merit_buffer_put_text(&url, link->to);
	merit_buffer_need(&url);
	if (!is_json) {
		printf("%s\n", merit_buffer_text(&url));
	} else {
		printf("{\"member\":\"%s\",\"expires\":%lld,\"token\":\"%s\"", link->member,
		       (long long)link->expires_s * 1000, merit_buffer_text(token));
		if (link->mall != NULL)
			printf(",\"link\":\"%s\"", merit_buffer_text(&url)); /* Nothing in it needs an escape. */
		printf("}\n");
	}
	merit_buffer_free(&url);
}

enum merit_exit merit_command_link(const struct merit_arguments *arguments)
{
	struct merit_settings settings = { 0 };
	struct merit_buffer token = { 0 };
	struct merit_secret_key key = { 0 };
	struct link link = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (link_read(arguments, &link) && merit_settings_read(arguments, &settings) && signer_read(&settings, &key)) {
		token_make(&link, &settings, &key, &token);
		link_print(&link, &token, merit_argument_flag(arguments, "json"));
		end = MERIT_EXIT_DONE;
	}
	merit_secret_key_wipe(&key);
	merit_buffer_free(&token);
	merit_settings_free(&settings);
	return end;
}
