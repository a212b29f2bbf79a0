/* fields.c - see fields.h. */
#include "mall/fields.h"

#include "ledger/limits.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>
#include <strings.h>

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* The byte that %XX stands for; -1 when it is none, or one that must not come in disguise. */
static int decoded(const char *escape)
{
	int high = hex_value(escape[1]);
	int low = high < 0 ? -1 : hex_value(escape[2]);

	if (low < 0)
		return -1;
	int byte = high * 16 + low;
	return byte <= ' ' || byte == 0x7f || byte == '/' || byte == '\\' || byte == '%' ? -1 : byte;
}

bool merit_fields_path(const char *target, char path_out[MERIT_PATH_SIZE_MAX + 1])
{
	size_t size = 0;

	if (*target != '/')
		return false;
	while (*target != '\0' && *target != '?') {
		int byte = *target == '%' ? decoded(target) : (unsigned char)*target;
		if (byte <= ' ' || byte == 0x7f || byte == '\\' || byte == '#' || size == MERIT_PATH_SIZE_MAX)
			return false;
		target += *target == '%' ? 3 : 1;
		path_out[size++] = (char)byte;
	}
	path_out[size] = '\0';
	return true;
}

static bool is_letter_or_digit(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool merit_fields_is_host(const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < size; i++)
		if (!is_letter_or_digit(text[i]) && strchr("-._:[]", text[i]) == NULL)
			return false;
	return size > 0 && size <= MERIT_PATH_SIZE_MAX;
}

bool merit_fields_is_origin(const char *origin, const char *scheme, const char *host)
{
	size_t scheme_size = strlen(scheme);

	return strncasecmp(origin, scheme, scheme_size) == 0 && strncmp(origin + scheme_size, "://", 3) == 0 &&
	       strcasecmp(origin + scheme_size + 3, host) == 0;
}

static const char *skip_space(const char *text)
{
	return text + strspn(text, " \t");
}

bool merit_fields_is_json(const char *content_type)
{
	static const char json[] = "application/json", utf8[] = "charset=utf-8", quoted[] = "charset=\"utf-8\"";

	if (content_type == NULL || strncasecmp(content_type, json, sizeof(json) - 1) != 0)
		return false;
	const char *rest = skip_space(content_type + sizeof(json) - 1);
	if (*rest == '\0')
		return true;
	if (*rest != ';')
		return false;
	rest = skip_space(rest + 1);
	return strcasecmp(rest, utf8) == 0 || strcasecmp(rest, quoted) == 0;
}

bool merit_fields_is_envelope(const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < size; i++)
		if (!is_letter_or_digit(text[i]) && strchr("-_.", text[i]) == NULL)
			return false;
	return size <= MERIT_ENVELOPE_SIZE_MAX;
}

/* The next element of a list with commas, without the space around it. False behind the last. */
static bool next_element(const char **at, struct merit_text *element_out)
{
	const char *start = *at + strspn(*at, " \t,");
	size_t size = strcspn(start, ",");

	*at = start + size;
	while (size > 0 && (start[size - 1] == ' ' || start[size - 1] == '\t'))
		size--;
	*element_out = (struct merit_text){ start, size };
	return size > 0;
}

/* Whether the parameters behind a coding say q=0: then it is not wanted. */
static bool is_unwanted(struct merit_text parameters)
{
	const char *at = memchr(parameters.data, '=', parameters.size);

	if (at == NULL)
		return false;
	for (at++; at < parameters.data + parameters.size; at++)
		if (*at != '0' && *at != '.' && *at != ' ' && *at != '\t')
			return false;
	return true;
}

bool merit_fields_accepts(const char *accept_encoding, const char *coding)
{
	struct merit_text element;

	while (accept_encoding != NULL && next_element(&accept_encoding, &element)) {
		size_t name_size = 0;
		while (name_size < element.size && memchr("; \t", element.data[name_size], 3) == NULL)
			name_size++;
		if (name_size == strlen(coding) && strncasecmp(element.data, coding, name_size) == 0)
			return !is_unwanted((struct merit_text){ element.data + name_size, element.size - name_size });
	}
	return false;
}

bool merit_fields_names_tag(const char *if_none_match, const char *tag)
{
	struct merit_text element;

	while (if_none_match != NULL && next_element(&if_none_match, &element)) {
		if (merit_text_equal(element, MERIT_TEXT("*")))
			return true;
		if (element.size > 2 && element.data[0] == 'W' && element.data[1] == '/')
			element = (struct merit_text){ element.data + 2, element.size - 2 };
		if (merit_text_equal(element, merit_text_of(tag)))
			return true;
	}
	return false;
}

bool merit_fields_address(struct merit_text text, char address_out[MERIT_ADDRESS_SIZE], struct merit_peer *peer_out)
{
	struct in6_addr in6;
	struct in_addr in;

	if (text.size >= MERIT_ADDRESS_SIZE || !merit_peer_read(text, peer_out))
		return false;
	memcpy(address_out, text.data, text.size);
	address_out[text.size] = '\0';
	if (inet_pton(AF_INET, address_out, &in) == 1)
		return true; /* An IPv4 address has one text. */
	int rc = inet_pton(AF_INET6, address_out, &in6);
	assert(rc == 1);
	bool is_mapped = IN6_IS_ADDR_V4MAPPED(&in6);
	const char *written = inet_ntop(is_mapped ? AF_INET : AF_INET6, in6.s6_addr + (is_mapped ? 12 : 0), address_out,
	                                MERIT_ADDRESS_SIZE);
	assert(written != NULL);
	return true;
}

bool merit_fields_last_hop(const char *forwarded_for, char address_out[MERIT_ADDRESS_SIZE], struct merit_peer *peer_out)
{
	struct merit_text element, last = { 0 };

	while (forwarded_for != NULL && next_element(&forwarded_for, &element))
		last = element;
	return last.size > 0 && merit_fields_address(last, address_out, peer_out);
}
