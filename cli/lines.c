/* lines.c - see lines.h. */
#include "cli/lines.h"

#include <string.h>

#include "cli/output.h"
#include "cli/show.h"
#include "ledger/encode.h"

/* Ends the batch that lines were added to; the next begins with zeros. */
static void batch_end(struct merit_lines *lines)
{
	if (lines->due_day[0] != '\0')
		merit_buffer_put(&lines->hashes, lines->batch_hash, sizeof(lines->batch_hash));
	memset(lines->batch_hash, 0, sizeof(lines->batch_hash));
	lines->due_day[0] = '\0';
}

static void hash_add(struct merit_lines *lines, int64_t seq, int64_t place, int64_t amount)
{
	struct merit_buffer text = { 0 };

	merit_buffer_put(&text, lines->batch_hash, sizeof(lines->batch_hash));
	merit_buffer_put_format(&text, "%lld,%lld,%lld\n", (long long)seq, (long long)place, (long long)amount);
	merit_buffer_need(&text);
	merit_sha256(text.data, text.size, lines->batch_hash);
	merit_buffer_free(&text);
}

void merit_lines_add(struct merit_lines *lines, const cJSON *row)
{
	const char *due_day = merit_show_text(row, "due_day");
	int64_t amount_minor = merit_show_integer(row, "amount_minor");

	if (due_day == NULL)
		due_day = "?";
	if (strcmp(due_day, lines->due_day) != 0)
		batch_end(lines);
	snprintf(lines->due_day, sizeof(lines->due_day), "%s", due_day);
	hash_add(lines, merit_show_integer(row, "seq"), merit_show_integer(row, "place"),
	         lines->is_merchant ? -amount_minor : amount_minor);
	lines->count++;
	lines->sum_minor += amount_minor;
}

bool merit_lines_agree(struct merit_lines *lines, const cJSON *head)
{
	const char *told = merit_show_text(head, "hash");
	char text[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];
	uint8_t hash[MERIT_HASH_SIZE];

	batch_end(lines);
	merit_buffer_need(&lines->hashes);
	merit_sha256(lines->hashes.data, lines->hashes.size, hash);
	merit_hex_encode(hash, sizeof(hash), text);
	return lines->count == merit_show_integer(head, "lines") &&
	       lines->sum_minor == merit_show_integer(head, "sum_minor") && told != NULL && strcmp(told, text) == 0;
}

void merit_lines_free(struct merit_lines *lines)
{
	merit_buffer_free(&lines->hashes);
}
