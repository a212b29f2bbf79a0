/* answer.c - see answer.h. */
#include "mall/answer.h"

#include "ledger/reply.h"

#include <string.h>

static const struct {
	unsigned code;
	enum merit_status status;
	const char *text;
} rows[] = {
#define X(name, code, status, text) { code, MERIT_##status, text },
	MERIT_ANSWER_MAP(X)
#undef X
};

/* The page loads from where it came and nowhere else, and no text in it can become a script: no inline ones, no eval,
 * no markup from strings. */
static const char page_policy[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
	"font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
	"require-trusted-types-for 'script'";

/* An SVG may hold scripts and links; shown in <img> they are dead, opened by its address they would not be. */
static const char picture_policy[] =
	"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

static const char data_policy[] = "default-src 'none'; frame-ancestors 'none'";

static const char features[] =
	"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
	"microphone=(), midi=(), payment=(), usb=()";

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
	return MHD_add_response_header(response, name, value) == MHD_YES;
}

bool merit_answer_guard(struct MHD_Response *response, enum merit_answer_kind kind, bool is_secure)
{
	const char *policy = kind == MERIT_ANSWER_PAGE      ? page_policy
	                     : kind == MERIT_ANSWER_PICTURE ? picture_policy
	                                                    : data_policy;

	bool added = add(response, "Content-Security-Policy", policy) &&
	             add(response, "X-Content-Type-Options", "nosniff") &&
	             add(response, "Referrer-Policy", "no-referrer") &&
	             add(response, "Cross-Origin-Resource-Policy", "same-origin");
	if (kind == MERIT_ANSWER_PAGE)
		added = added && add(response, "Permissions-Policy", features) &&
		        add(response, "Cross-Origin-Opener-Policy", "same-origin") &&
		        add(response, "X-Frame-Options", "DENY");
	if (is_secure)
		added = added && add(response, "Strict-Transport-Security", "max-age=31536000");
	return added;
}

unsigned merit_answer_code(enum merit_answer answer)
{
	return rows[answer].code;
}

/* A short answer with this content. NULL without memory. */
static struct MHD_Response *make(const char *type, const struct merit_buffer *body, bool is_secure)
{
	struct MHD_Response *response =
		body->bad ? NULL : MHD_create_response_from_buffer(body->size, body->data, MHD_RESPMEM_MUST_COPY);

	if (response == NULL)
		return NULL;
	if (add(response, "Content-Type", type) && add(response, "Cache-Control", "no-store") &&
	    merit_answer_guard(response, MERIT_ANSWER_PAGE, is_secure))
		return response;
	MHD_destroy_response(response);
	return NULL;
}

static struct MHD_Response *make_call(enum merit_answer answer, bool is_secure)
{
	struct merit_buffer body = { 0 };
	const char *text = rows[answer].text;
	enum merit_status status = rows[answer].status;

	merit_buffer_put_format(&body,
	                        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":%d,\"message\":", merit_reply_code(status));
	merit_buffer_put_json(&body, text, strlen(text));
	merit_buffer_put_format(&body, ",\"data\":{\"status\":\"%s\",\"number\":%d}},\"id\":null}",
	                        merit_status_word(status), (int)status);
	struct MHD_Response *response = make("application/json", &body, is_secure);
	merit_buffer_free(&body);
	return response;
}

static struct MHD_Response *make_page(unsigned code, const char *text, bool is_secure)
{
	struct merit_buffer body = { 0 };

	merit_buffer_put_format(&body, "%u %s\n", code, text);
	struct MHD_Response *response = make("text/plain; charset=utf-8", &body, is_secure);
	merit_buffer_free(&body);
	return response;
}

/* What a client should know beside the code. */
static bool add_advice(struct MHD_Response *response, enum merit_answer answer)
{
	switch (answer) {
	case MERIT_ANSWER_METHOD: return add(response, "Allow", "GET, HEAD");
	case MERIT_ANSWER_RATE_LIMITED:
	case MERIT_ANSWER_NO_MEMORY:
	case MERIT_ANSWER_BUSY:
	case MERIT_ANSWER_STOPPING: return add(response, "Retry-After", "1");
	default: return true;
	}
}

static bool make_row(struct merit_answers *answers, enum merit_answer answer, bool is_secure)
{
	struct MHD_Response *call = make_call(answer, is_secure);
	struct MHD_Response *page = make_page(rows[answer].code, rows[answer].text, is_secure);

	answers->calls[answer] = call;
	answers->pages[answer] = page;
	if (call == NULL || page == NULL || !add_advice(page, answer))
		return false;
	return answer == MERIT_ANSWER_METHOD ? add(call, "Allow", "POST") : add_advice(call, answer);
}

enum merit_status merit_answers_make(struct merit_answers *answers, bool is_secure)
{
	bool made = true;

	*answers = (struct merit_answers){ 0 };
	for (int i = 0; i < MERIT_ANSWER_COUNT; i++)
		made = made && make_row(answers, (enum merit_answer)i, is_secure);
	answers->healthy = make_page(200, "the ledger is connected", is_secure);
	answers->unhealthy = make_page(503, "the ledger is not connected", is_secure);
	return made && answers->healthy != NULL && answers->unhealthy != NULL ? MERIT_OK : MERIT_NO_MEMORY;
}

static void destroy(struct MHD_Response *response)
{
	if (response != NULL)
		MHD_destroy_response(response);
}

void merit_answers_free(struct merit_answers *answers)
{
	for (int i = 0; i < MERIT_ANSWER_COUNT; i++) {
		destroy(answers->calls[i]);
		destroy(answers->pages[i]);
	}
	destroy(answers->healthy);
	destroy(answers->unhealthy);
}
