/* export_json.c - a line of JSON an entry, members always there and always in this order; for programs.
 *
 *   {"seq":17,"time":1767225600000,"day":"2026-01-01","belongs_to":null,"id":"i1","op":"earn","by":"svc/k1",
 *    "postings":[{"account":"campaign/c1","unit":"points","campaign":"c1","last_day":null,"line":null,
 *    "amount":-100},...]}
 *
 * Amounts are integers: points, or minor units of the currency that unit names. Sealed postings are among them. */
#include "report/export_inner.h"

static void text_put(struct merit_buffer *out, const char *name, struct merit_text text)
{
	merit_buffer_put_key(out, name);
	if (text.size == 0)
		merit_buffer_put_text(out, "null");
	else
		merit_buffer_put_json(out, text.data, text.size);
}

static void day_put(struct merit_buffer *out, const char *name, int32_t day)
{
	merit_buffer_put_key(out, name);
	if (day == MERIT_DAY_NONE) {
		merit_buffer_put_text(out, "null");
		return;
	}
	merit_buffer_put_char(out, '"');
	if (day == MERIT_DAY_NEVER)
		merit_buffer_put_text(out, "never");
	else
		merit_export_put_day(out, day);
	merit_buffer_put_char(out, '"');
}

static void posting_put(struct merit_buffer *out, const struct merit_posting *posting)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_buffer_put_key(out, "account");
	merit_buffer_put_char(out, '"');
	merit_account_put(out, posting->account, posting->holder);
	merit_buffer_put_char(out, '"');
	text_put(out, "unit", merit_posting_is_money(posting) ? posting->currency : MERIT_TEXT("points"));
	text_put(out, "campaign", posting->campaign);
	day_put(out, "last_day", posting->day);
	if (posting->line >= 0)
		merit_buffer_put_integer_member(out, "line", posting->line);
	else
		text_put(out, "line", (struct merit_text){ "", 0 });
	merit_buffer_put_integer_member(out, "amount", posting->amount);
	merit_buffer_put_char(out, '}');
}

static void json_put(struct merit_export_job *job, const struct merit_entry *entry)
{
	struct merit_buffer *out = &job->text;

	merit_buffer_put_char(out, '{');
	merit_buffer_put_integer_member(out, "seq", (int64_t)entry->seq);
	merit_buffer_put_integer_member(out, "time", entry->time_ms);
	day_put(out, "day", entry->day);
	day_put(out, "belongs_to", entry->has_belongs_to ? entry->belongs_to : MERIT_DAY_NONE);
	text_put(out, "id", entry->id);
	text_put(out, "op", merit_text_of(entry->operation->name));
	merit_buffer_put_key(out, "by");
	merit_buffer_put_char(out, '"');
	merit_export_put_by(out, entry);
	merit_buffer_put_char(out, '"');
	merit_buffer_put_key(out, "postings");
	merit_buffer_put_char(out, '[');
	for (size_t i = 0; i < entry->postings_count; i++)
		posting_put(out, &entry->postings[i]);
	merit_buffer_put_text(out, "]}\n");
}

const struct merit_export_kind merit_export_json = {
	.word = "json",
	.put = json_put,
};
