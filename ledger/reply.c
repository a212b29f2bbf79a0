/* reply.c - see reply.h. */
#include "ledger/reply.h"

#include <string.h>

int merit_reply_code(enum merit_status status)
{
	switch ((int)status) {
	case MERIT_BAD_JSON:
	case MERIT_DUPLICATE_KEY:
	case MERIT_NOT_INTEGER:
	case MERIT_NUMBER_RANGE:
	case MERIT_NUL_IN_TEXT:
	case MERIT_TOO_DEEP: return -32700;
	case MERIT_BAD_REQUEST: return -32600;
	case MERIT_UNKNOWN_METHOD: return -32601;
	case MERIT_BAD_PARAMS: return -32602;
	default: return (int)status < MERIT_STATUS_FIRST_REFUSAL ? -32000 - (int)status : (int)status;
	}
}

static void put_correlation(struct merit_buffer *out, struct merit_text correlation)
{
	merit_buffer_put_text(out, ",\"id\":");
	if (correlation.size == 0)
		merit_buffer_put_text(out, "null");
	else
		merit_buffer_put(out, correlation.data, correlation.size);
	merit_buffer_put_char(out, '}');
}

void merit_reply_error_begin(struct merit_buffer *out, enum merit_status status)
{
	const char *text = merit_status_text(status);

	merit_buffer_put_text(out, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":");
	merit_buffer_put_integer(out, merit_reply_code(status));
	merit_buffer_put_text(out, ",\"message\":");
	merit_buffer_put_json(out, text, strlen(text));
	merit_buffer_put_text(out, ",\"data\":");
}

void merit_reply_error(struct merit_buffer *out, enum merit_status status, const struct merit_reply_fault *fault)
{
	merit_reply_error_begin(out, status);
	merit_buffer_put_text(out, "{\"status\":\"");
	merit_buffer_put_text(out, merit_status_word(status));
	merit_buffer_put_text(out, "\",\"number\":");
	merit_buffer_put_integer(out, (int)status);
	if (fault->has_call) {
		merit_buffer_put_text(out, ",\"call\":");
		merit_buffer_put_integer(out, (int64_t)fault->call_index);
	}
	if (fault->field != NULL) {
		merit_buffer_put_text(out, ",\"field\":");
		merit_buffer_put_json(out, fault->field, strlen(fault->field));
	}
	merit_buffer_put_text(out, "}}");
	put_correlation(out, fault->correlation);
}

void merit_reply_result_begin(struct merit_buffer *out)
{
	merit_buffer_put_text(out, "{\"jsonrpc\":\"2.0\",\"result\":");
}

void merit_reply_result_end(struct merit_buffer *out, struct merit_text correlation)
{
	put_correlation(out, correlation);
}
