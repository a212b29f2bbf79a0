/* template.c - see template.h. */
#include "cli/template.h"

#include <string.h>

#include "cli/output.h"

/* ---- Filters ---- */

static void letters_put(struct merit_buffer *out, const char *text, char first, char last, int change)
{
	for (; *text != '\0'; text++)
		merit_buffer_put_char(out, *text >= first && *text <= last ? (char)(*text + change) : *text);
}

static void trimmed_put(struct merit_buffer *out, const char *text)
{
	text += strspn(text, " \t\r\n");
	size_t size = strlen(text);
	while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
		size--;
	merit_buffer_put(out, text, size);
}

/* A decimal such as -12.50 as an integer of its 10^digits_count-th parts. False where digits would be lost. */
static bool decimal_put(struct merit_buffer *out, const char *text, size_t digits_count)
{
	const char *whole = text + (*text == '-' || *text == '+');
	size_t whole_size = strspn(whole, "0123456789");
	const char *part = whole + whole_size;
	size_t part_size = 0;

	if (*part == '.')
		part_size = strspn(++part, "0123456789");
	if (whole_size == 0 || part[part_size] != '\0' || (part > whole + whole_size && part_size == 0))
		return false;
	for (size_t i = digits_count; i < part_size; i++) {
		if (part[i] != '0')
			return false;
	}
	if (*text == '-')
		merit_buffer_put_char(out, '-');
	merit_buffer_put(out, whole, whole_size);
	for (size_t i = 0; i < digits_count; i++)
		merit_buffer_put_char(out, i < part_size ? part[i] : '0');
	return true;
}

bool merit_filter_put(struct merit_buffer *out, enum merit_filter filter, const char *text)
{
	switch (filter) {
	case MERIT_FILTER_LOWER: letters_put(out, text, 'A', 'Z', 'a' - 'A'); return true;
	case MERIT_FILTER_UPPER: letters_put(out, text, 'a', 'z', 'A' - 'a'); return true;
	case MERIT_FILTER_TRIM: trimmed_put(out, text); return true;
	case MERIT_FILTER_INTEGER: return decimal_put(out, text, 0);
	case MERIT_FILTER_MINOR: return decimal_put(out, text, 2);
	case MERIT_FILTER_COUNT: break;
	}
	return false;
}

/* ---- Reading ---- */

static bool filter_find(const char *name, size_t size, enum merit_filter *filter_out)
{
#define X(constant, text, about)                                                                                       \
	if (strlen(text) == size && memcmp(text, name, size) == 0) {                                                   \
		*filter_out = MERIT_FILTER_##constant;                                                                 \
		return true;                                                                                           \
	}
	MERIT_FILTER_MAP(X)
#undef X
	return false;
}

/* What stands between braces: a column and its filters. */
static bool column_parse(const char *text, size_t size, struct merit_template_piece *piece, const char **why_out)
{
	size_t at = strcspn(text, "|}");

	*piece = (struct merit_template_piece){ .text = text, .size = at, .is_column = true };
	if (at == 0) {
		*why_out = "{} names no column";
		return false;
	}
	while (at < size) {
		const char *name = text + ++at;
		size_t name_size = strcspn(name, "|}");
		if (piece->filters_count == MERIT_TEMPLATE_FILTERS_MAX ||
		    !filter_find(name, name_size, &piece->filters[piece->filters_count])) {
			*why_out = "a filter is one of lower, upper, trim, integer, minor";
			return false;
		}
		piece->filters_count++;
		at += name_size;
	}
	return true;
}

/* The piece that text begins with; how much of text it takes in *used_out. */
static bool piece_parse(const char *text, struct merit_template_piece *piece, size_t *used_out, const char **why_out)
{
	if ((text[0] == '{' || text[0] == '}') && text[1] == text[0]) {
		*piece = (struct merit_template_piece){ .text = text, .size = 1 };
		*used_out = 2;
		return true;
	}
	if (text[0] == '{') {
		size_t size = strcspn(text + 1, "}");
		if (text[1 + size] == '\0') {
			*why_out = "a { without its }; write {{ for the brace itself";
			return false;
		}
		*used_out = size + 2;
		return column_parse(text + 1, size, piece, why_out);
	}
	if (text[0] == '}') {
		*why_out = "a } without its {; write }} for the brace itself";
		return false;
	}
	*used_out = strcspn(text, "{}");
	*piece = (struct merit_template_piece){ .text = text, .size = *used_out };
	return true;
}

bool merit_template_parse(const char *text, struct merit_template *template_out, const char **why_out)
{
	template_out->pieces_count = 0;
	while (*text != '\0') {
		size_t used;
		if (template_out->pieces_count == MERIT_TEMPLATE_PIECES_MAX) {
			*why_out = "more than 16 pieces";
			return false;
		}
		if (!piece_parse(text, &template_out->pieces[template_out->pieces_count], &used, why_out))
			return false;
		template_out->pieces_count++;
		text += used;
	}
	return true;
}

struct merit_template merit_template_of_column(const char *name)
{
	return (struct merit_template){ 1, { { .text = name, .size = strlen(name), .is_column = true } } };
}

bool merit_template_is_number(const struct merit_template_piece *piece)
{
	return piece->size == 1 && piece->text[0] == '#';
}

/* ---- Filling in ---- */

static bool column_put(struct merit_buffer *out, const struct merit_template_piece *piece, struct merit_rows *rows,
                       const char **why_out)
{
	const char *field = merit_rows_field(rows, piece->text, piece->size);
	struct merit_buffer texts[2] = { { 0 }, { 0 } };
	bool is_good = true;

	if (merit_template_is_number(piece)) {
		merit_buffer_put_integer(out, (int64_t)rows->number);
		return true;
	}
	if (field == NULL) {
		*why_out = "the row has no such column";
		return false;
	}
	for (size_t i = 0; is_good && i < piece->filters_count; i++) {
		struct merit_buffer *text = &texts[i % 2];
		merit_buffer_clear(text);
		is_good = merit_filter_put(text, piece->filters[i], field);
		field = merit_buffer_text(text);
	}
	if (is_good)
		merit_buffer_put_text(out, field);
	else
		*why_out = "a filter cannot take this value";
	merit_buffer_free(&texts[0]);
	merit_buffer_free(&texts[1]);
	return is_good;
}

bool merit_template_put(struct merit_buffer *out, const struct merit_template *template, struct merit_rows *rows,
                        const char **why_out, const char **column_out, size_t *column_size_out)
{
	for (size_t i = 0; i < template->pieces_count; i++) {
		const struct merit_template_piece *piece = &template->pieces[i];
		if (!piece->is_column) {
			merit_buffer_put(out, piece->text, piece->size);
		} else if (!column_put(out, piece, rows, why_out)) {
			*column_out = piece->text;
			*column_size_out = piece->size;
			return false;
		}
	}
	return true;
}
