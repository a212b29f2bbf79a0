/* query_event.c - what happened to an order or a settlement: the chain of entries about it. */
#include "ledger/query_inner.h"

size_t merit_events_find(struct merit_model *model, uint64_t first, uint64_t last_event,
                         uint64_t seqs_out[MERIT_EVENTS_MAX], bool *more_out)
{
	uint64_t next = last_event; /* seq + 1 */
	size_t count = 0;

	while (next != 0 && count < MERIT_EVENTS_MAX) {
		struct merit_text key = merit_model_pair_key(model, first, next - 1);
		const uint64_t *previous = merit_model_get(model, MERIT_TABLE_EVENT, key, NULL);
		seqs_out[count++] = next - 1;
		next = previous == NULL ? 0 : *previous;
	}
	*more_out = next != 0;
	return count;
}

enum merit_status merit_event_read(struct merit_model *model, uint64_t seq, struct merit_arena *arena,
                                   struct merit_entry *event_out)
{
	enum merit_status status = merit_model_entry(model, seq, arena, event_out);

	if (status == MERIT_OK)
		merit_entry_unwrap(event_out);
	return status == MERIT_NOT_FOUND ? MERIT_CORRUPT : status;
}

void merit_put_event(struct merit_buffer *out, const struct merit_entry *event)
{
	merit_put_integer(out, "seq", (int64_t)event->seq);
	merit_put_integer(out, "time", event->time_ms);
	merit_put_day(out, "day", event->day);
	merit_put_text(out, "op", (struct merit_text){ event->operation->name, event->operation->name_size });
	merit_buffer_put_key(out, "by");
	merit_buffer_put_format(out, "\"%.*s/%.*s\"", (int)event->party.size, event->party.data, (int)event->key.size,
	                        event->key.data);
}

void merit_put_event_told(struct merit_buffer *out, const struct merit_entry *event)
{
	const struct merit_operation *operation = event->operation;

	for (size_t i = 0; i < operation->params_count; i++) {
		enum merit_type type = operation->params[i].type;
		if (event->values[i].present && (type == MERIT_TYPE_TEXT || type == MERIT_TYPE_REFERENCE))
			merit_put_text(out, operation->params[i].name, event->values[i].text);
		if (event->values[i].present && type == MERIT_TYPE_MINOR)
			merit_put_integer(out, operation->params[i].name, event->values[i].integer);
	}
}
