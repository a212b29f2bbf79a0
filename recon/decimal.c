/* decimal.c - decimal texts as minor units; see merit_decimal_parse in file.h.
 *
 * Never   uses a float, a locale or a guess: what a text could mean besides is a reason to refuse it. */
#include "recon/file.h"

#define GROUP_SIZE 3 /* digits between thousands separators */

struct decimal {
	const char *text;
	size_t size, at;
	char mark, thousands; /* 0: there is none */
	unsigned digits;
	int64_t minor;
	const char *why; /* of the first fault */
};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool fail(struct decimal *decimal, const char *why)
{
	decimal->why = why;
	return false;
}

static bool add_digit(struct decimal *decimal, char digit)
{
	decimal->minor = decimal->minor * 10 + (digit - '0'); /* Below 2^53 before, so far from 2^63 after. */
	return decimal->minor <= MERIT_AMOUNT_MAX || fail(decimal, "the amount is beyond 2^53-1 minor units");
}

/* Why a byte cannot stand where it does. */
static const char *why_not(const struct decimal *decimal, char byte)
{
	if (byte == decimal->mark && byte != '\0')
		return "the amount has two decimal marks";
	if (byte == decimal->thousands && byte != '\0')
		return "the separators of thousands do not stand between groups of three digits";
	if (byte == '.')
		return "the amount has a point, which is not its decimal mark";
	if (byte == ',')
		return "the amount has a comma, which is not its decimal mark";
	return "the amount holds something that is no digit";
}

/* Digits in front of the mark. The first group has one to three when others follow, all others three. */
static bool read_whole(struct decimal *decimal)
{
	size_t group_size = 0, groups_count = 1;

	for (; decimal->at < decimal->size; decimal->at++) {
		char byte = decimal->text[decimal->at];
		if (is_digit(byte)) {
			group_size++;
			if (!add_digit(decimal, byte))
				return false;
		} else if (byte == decimal->thousands && byte != '\0') {
			if (group_size == 0 || group_size > GROUP_SIZE || (groups_count > 1 && group_size < GROUP_SIZE))
				return fail(decimal, why_not(decimal, byte));
			group_size = 0;
			groups_count++;
		} else {
			break;
		}
	}
	if (groups_count > 1 && group_size != GROUP_SIZE)
		return fail(decimal, why_not(decimal, decimal->thousands));
	if (group_size == 0) {
		bool is_strange = decimal->at < decimal->size && decimal->text[decimal->at] != decimal->mark;
		return fail(decimal, is_strange ? why_not(decimal, decimal->text[decimal->at])
		                                : "the amount has no digit in front of its decimal mark");
	}
	return true;
}

/* Why a digit that the currency does not have cannot stand; another mark behind it says more: 20.000,00. */
static const char *why_too_many(const struct decimal *decimal)
{
	for (size_t at = decimal->at; at < decimal->size; at++) {
		if (!is_digit(decimal->text[at]))
			return why_not(decimal, decimal->text[at]);
	}
	return "the amount has more digits behind its decimal mark than its currency has";
}

/* The mark, where there is one, and the digits behind it; then zeros for those left out. */
static bool read_part(struct decimal *decimal)
{
	unsigned count = 0;

	if (decimal->at < decimal->size && decimal->mark != '\0' && decimal->text[decimal->at] == decimal->mark) {
		decimal->at++;
		for (; decimal->at < decimal->size && is_digit(decimal->text[decimal->at]); decimal->at++) {
			if (count++ == decimal->digits)
				return fail(decimal, why_too_many(decimal));
			if (!add_digit(decimal, decimal->text[decimal->at]))
				return false;
		}
	}
	if (decimal->at < decimal->size)
		return fail(decimal, why_not(decimal, decimal->text[decimal->at]));
	for (; count < decimal->digits; count++) {
		if (!add_digit(decimal, '0'))
			return false;
	}
	return true;
}

bool merit_decimal_parse(const char *text, size_t size, char mark, char thousands, unsigned digits, int64_t *minor_out,
                         const char **why_out)
{
	struct decimal decimal = { .text = text, .size = size, .mark = mark, .thousands = thousands, .digits = digits };
	bool is_below = size > 0 && text[0] == '-';

	decimal.at = size > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
	if (decimal.at == size) {
		*why_out = "the amount is empty";
		return false;
	}
	if (!read_whole(&decimal) || !read_part(&decimal)) {
		*why_out = decimal.why;
		return false;
	}
	*minor_out = is_below ? -decimal.minor : decimal.minor;
	return true;
}
