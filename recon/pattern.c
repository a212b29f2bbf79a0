/* pattern.c - see pattern.h. */
#include "recon/pattern.h"

#include <string.h>

struct merit_word merit_word_of(struct merit_text text)
{
	struct merit_word word = { .text = text };

	if (word.text.size > 0 && word.text.data[0] == '*') {
		word.any_before = true;
		word.text.data++;
		word.text.size--;
	}
	if (word.text.size > 0 && word.text.data[word.text.size - 1] == '*') {
		word.any_behind = true;
		word.text.size--;
	}
	return word;
}

/* memmem, for which an empty text is found at once. */
static const char *find(struct merit_text in, struct merit_text what)
{
	return what.size == 0 ? in.data : memmem(in.data, in.size, what.data, what.size);
}

bool merit_word_fits(const struct merit_word *word, struct merit_text text)
{
	size_t size = word->text.size;

	if (text.size < size || (!word->any_before && !word->any_behind && text.size != size))
		return false;
	if (size == 0)
		return true;
	if (word->any_before && word->any_behind)
		return find(text, word->text) != NULL;
	return memcmp(word->any_before ? text.data + text.size - size : text.data, word->text.data, size) == 0;
}

/* What each place is called, and the bytes that may stand there, up to so many. */
static const struct {
	const char *name;
	const char *bytes;
	size_t size_max;
} places[MERIT_PATTERN_PLACES_COUNT] = {
	[MERIT_PATTERN_AMOUNT] = { "amount", "0123456789.,'+-", 40 },
	[MERIT_PATTERN_COUNT] = { "count", "0123456789.,", 24 },
	[MERIT_PATTERN_YEAR] = { "year", "0123456789", 4 },
	[MERIT_PATTERN_MONTH] = { "month", "0123456789", 2 },
	[MERIT_PATTERN_FIRST] = { "first", "0123456789-/.", 10 },
	[MERIT_PATTERN_LAST] = { "last", "0123456789-/.", 10 },
	[MERIT_PATTERN_ANY] = { "any", "", 0 },
};

static bool place_named(struct merit_text name, enum merit_pattern_place *place_out)
{
	for (int place = 0; place < MERIT_PATTERN_PLACES_COUNT; place++) {
		if (merit_text_equal(name, merit_text_of(places[place].name))) {
			*place_out = (enum merit_pattern_place)place;
			return true;
		}
	}
	return false;
}

/* The piece at the beginning of text, and how many bytes of it that takes; 0 for a brace that opens no place. */
static size_t piece_of(struct merit_text text, struct merit_pattern_piece *piece)
{
	if (text.data[0] != '{') {
		const char *brace = memchr(text.data, '{', text.size);
		size_t size = brace == NULL ? text.size : (size_t)(brace - text.data);
		*piece = (struct merit_pattern_piece){ MERIT_PATTERN_LITERAL, { text.data, size } };
		return size;
	}
	const char *end = memchr(text.data, '}', text.size);
	if (end == NULL)
		return 0;
	struct merit_text name = { text.data + 1, (size_t)(end - text.data) - 1 };
	return place_named(name, &piece->place) ? name.size + 2 : 0;
}

bool merit_pattern_of(struct merit_text text, struct merit_pattern *pattern_out, const char **why_out)
{
	struct merit_pattern made = { .pieces_count = 0 };

	while (text.size > 0) {
		if (made.pieces_count == MERIT_PATTERN_PIECES_MAX) {
			*why_out = "more than 16 pieces";
			return false;
		}
		struct merit_pattern_piece *piece = &made.pieces[made.pieces_count++];
		size_t size = piece_of(text, piece);
		if (size == 0) {
			*why_out = "a { that begins no placeholder";
			return false;
		}
		if (piece->place < MERIT_PATTERN_ANY && made.has[piece->place]) {
			*why_out = "the same placeholder twice";
			return false;
		}
		if (piece->place != MERIT_PATTERN_LITERAL)
			made.has[piece->place] = true;
		text.data += size;
		text.size -= size;
	}
	*pattern_out = made;
	return true;
}

static bool may_stand(enum merit_pattern_place place, char byte)
{
	return byte != '\0' && strchr(places[place].bytes, byte) != NULL;
}

/* How many bytes {any} takes, the pieces behind it being next: up to the literal, or the first byte of the place. */
static size_t any_size(const struct merit_pattern_piece *next, size_t next_count, struct merit_text text)
{
	size_t size = 0;

	if (next_count == 0 || next->place == MERIT_PATTERN_ANY)
		return text.size;
	if (next->place == MERIT_PATTERN_LITERAL) {
		const char *found = find(text, next->literal);
		return found == NULL ? text.size : (size_t)(found - text.data);
	}
	while (size < text.size && !may_stand(next->place, text.data[size]))
		size++;
	return size;
}

static size_t run_size(enum merit_pattern_place place, struct merit_text text)
{
	size_t size = 0;

	while (size < text.size && size < places[place].size_max && may_stand(place, text.data[size]))
		size++;
	while (size > 0 && (text.data[size - 1] < '0' || text.data[size - 1] > '9'))
		size--; /* A number ends with a digit: the comma of "7, 5.00 CNY" is not the 7's. */
	return size;
}

bool merit_pattern_fits(const struct merit_pattern *pattern, struct merit_text text,
                        struct merit_text places_out[static MERIT_PATTERN_PLACES_COUNT])
{
	for (size_t i = 0; i < pattern->pieces_count; i++) {
		const struct merit_pattern_piece *piece = &pattern->pieces[i];
		size_t size = piece->literal.size;
		if (piece->place == MERIT_PATTERN_LITERAL) {
			if (text.size < size || memcmp(text.data, piece->literal.data, size) != 0)
				return false;
		} else if (piece->place == MERIT_PATTERN_ANY) {
			size = any_size(piece + 1, pattern->pieces_count - i - 1, text);
		} else {
			size = run_size(piece->place, text);
			if (size == 0)
				return false;
			places_out[piece->place] = (struct merit_text){ text.data, size };
		}
		text.data += size;
		text.size -= size;
	}
	return text.size == 0;
}
