/* bulk.c - see bulk.h. */
#include "ledger/bulk.h"

#include <string.h>

#include "ledger/ledger_inner.h"

static void comma(const struct merit_bulk *bulk, struct merit_buffer *reply)
{
	if (bulk->accepted_count + bulk->refused_count + bulk->failed_count > 0)
		merit_buffer_put_char(reply, ',');
}

static void count(struct merit_bulk *bulk, const struct merit_entry *entry)
{
	if (entry->status == MERIT_OK)
		bulk->accepted_count++;
	else
		bulk->refused_count++;
}

/* {"status":"..." */
static void status_put(struct merit_buffer *reply, enum merit_status status)
{
	merit_buffer_put_text(reply, "{\"status\":\"");
	merit_buffer_put_text(reply, merit_status_word(status));
	merit_buffer_put_char(reply, '"');
}

void merit_bulk_begin(struct merit_bulk *bulk, struct merit_buffer *reply)
{
	*bulk = (struct merit_bulk){ 0 };
	merit_reply_result_begin(reply);
	merit_buffer_put_text(reply, "{\"outcomes\":[");
}

void merit_bulk_outcome(struct merit_bulk *bulk, struct merit_buffer *reply, const struct merit_entry *entry)
{
	comma(bulk, reply);
	count(bulk, entry);
	if (entry->status == MERIT_OK) {
		merit_buffer_put_integer(reply, (int64_t)entry->seq);
		return;
	}
	status_put(reply, entry->status);
	merit_buffer_put_text(reply, ",\"seq\":");
	merit_buffer_put_integer(reply, (int64_t)entry->seq);
	merit_entry_put_why(reply, entry);
	merit_buffer_put_char(reply, '}');
}

void merit_bulk_detail(struct merit_bulk *bulk, struct merit_ledger *ledger, struct merit_buffer *reply,
                       const struct merit_entry *entry, struct merit_text caller, enum merit_role role)
{
	comma(bulk, reply);
	count(bulk, entry);
	merit_reply_outcome(ledger, reply, entry, caller, role);
}

void merit_bulk_fault(struct merit_bulk *bulk, struct merit_buffer *reply, enum merit_status status, const char *field)
{
	comma(bulk, reply);
	bulk->failed_count++;
	status_put(reply, status);
	if (field != NULL) {
		merit_buffer_put_text(reply, ",\"field\":");
		merit_buffer_put_json(reply, field, strlen(field));
	}
	merit_buffer_put_char(reply, '}');
}

void merit_bulk_end(struct merit_bulk *bulk, struct merit_buffer *reply, struct merit_text correlation)
{
	merit_buffer_put_text(reply, "],\"accepted\":");
	merit_buffer_put_integer(reply, bulk->accepted_count);
	merit_buffer_put_text(reply, ",\"refused\":");
	merit_buffer_put_integer(reply, bulk->refused_count);
	merit_buffer_put_text(reply, ",\"failed\":");
	merit_buffer_put_integer(reply, bulk->failed_count);
	merit_buffer_put_char(reply, '}');
	merit_reply_result_end(reply, correlation);
}
