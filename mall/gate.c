/* gate.c - what a request must be to be looked at: well-formed beyond doubt, from our own pages, within its limits.
 *
 * Framing  libmicrohttpd 0.9.75 is lenient: it joins folded lines, ends lines at a bare LF, cuts values at NUL, prefers
 *          Transfer-Encoding to Content-Length, and skips spaces. A proxy in front may see another request there than
 *          we do (CWE-444). So the fields it hands over are written down again, in their one proper form: where that
 *          has not the size of what came, something was hidden, and the request is refused and its connection closed.
 *          Bodies come with Content-Length or not at all.
 * Site     browsers say where a request comes from, in Origin and Sec-Fetch-Site; other pages' calls are refused. Who
 *          is no browser says nothing, and has nothing of the member's to misuse either: a call is signed or public. */
#include "mall/front_inner.h"

#include "ledger/encode.h"

#include <string.h>
#include <strings.h>

#define DRAIN_SIZE_MAX ((uint64_t)1024 * 1024) /* bytes of a refused body that are read, so that the answer is, too */
#define GAP_MAX        64                      /* characters between a name and its value */

/* The fields we look at. Those up to ONCE may stand once at most. */
enum field {
	HOST,
	ORIGIN,
	SITE,
	TYPE,
	SIGNATURE,
	LENGTH,
	CODING,
	PROTOCOL,
	EXPECT,
	ONCE = EXPECT,
	FORWARDED,
	ACCEPT_ENCODING,
	IF_NONE_MATCH,
	FIELDS_COUNT
};

static const char *const names[FIELDS_COUNT] = {
	[HOST] = "Host",
	[ORIGIN] = "Origin",
	[SITE] = "Sec-Fetch-Site",
	[TYPE] = "Content-Type",
	[SIGNATURE] = "Merit-Signature",
	[LENGTH] = "Content-Length",
	[CODING] = "Transfer-Encoding",
	[PROTOCOL] = "X-Forwarded-Proto",
	[EXPECT] = "Expect",
	[FORWARDED] = "X-Forwarded-For",
	[ACCEPT_ENCODING] = "Accept-Encoding",
	[IF_NONE_MATCH] = "If-None-Match",
};

/* What the head of a request says. */
struct head {
	const char *values[FIELDS_COUNT]; /* NULL: absent. Of several, the last */
	size_t size;                      /* bytes of the fields, written properly */
	bool is_malformed;
};

/* Who asks: the socket's other end, or whom our proxy names. */
struct asker {
	char address[MERIT_ADDRESS_SIZE];
	struct merit_peer peer;
	const char *scheme; /* the browser's */
};

/* ---- The head ---- */

static bool is_token(const char *text, size_t size)
{
	static const char characters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";

	return size > 0 && strspn(text, characters) == size;
}

/* Without control characters but tab: a lone CR would end the line for some readers. */
static bool is_value(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return false;
	return true;
}

/* What stands between a name and its value: the colon, and spaces, of which there may be any number. libmicrohttpd
 * hands out both where they came in; where it does not, there is one space, as everybody writes. */
static size_t gap_of(const char *name, size_t name_size, const char *value)
{
	uintptr_t end = (uintptr_t)name + name_size, begin = (uintptr_t)value;

	return begin > end && begin - end <= GAP_MAX ? (size_t)(begin - end) : sizeof(": ") - 1;
}

static enum MHD_Result take_field(void *argument, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                  const char *value, size_t value_size)
{
	struct head *head = argument;

	(void)kind;
	if (value == NULL || !is_token(name, name_size) || !is_value(value, value_size)) {
		head->is_malformed = true;
		return MHD_NO;
	}
	head->size += name_size + gap_of(name, name_size, value) + value_size + sizeof("\r\n") - 1;
	for (enum field field = 0; field < FIELDS_COUNT; field++) {
		if (strcasecmp(names[field], name) != 0)
			continue;
		head->is_malformed = head->is_malformed || (field <= ONCE && head->values[field] != NULL);
		head->values[field] = value;
	}
	return MHD_YES;
}

/* Bytes of the head as it came. */
static size_t head_size(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info == NULL ? 0 : info->header_size;
}

/* Reads the head. False when it is not what RFC 9112 wants, or can be read in two ways. */
static bool read_head(const struct merit_visit *visit, const char *method, const char *version, struct head *head)
{
	size_t line_size = strlen(method) + visit->target_size + strlen(version) + sizeof("  \r\n") - 1;

	*head = (struct head){ .size = 0 };
	(void)MHD_get_connection_values_n(visit->connection, MHD_HEADER_KIND, take_field, head);
	bool has_version = strcmp(version, "HTTP/1.1") == 0 || strcmp(version, "HTTP/1.0") == 0;
	if (head->is_malformed || !has_version || !is_token(method, strlen(method)))
		return false;
	return line_size + head->size + sizeof("\r\n") - 1 == head_size(visit->connection);
}

/* ---- Who, and from where ---- */

static struct asker find_asker(const struct merit_visit *visit, const struct head *head)
{
	const struct merit_socket *socket = visit->socket;
	struct asker asker = { .peer = socket->peer };
	const char *protocol = head->values[PROTOCOL];

	asker.scheme = visit->front->options.certificate_path != NULL ? "https" : "http";
	memcpy(asker.address, socket->address, sizeof(asker.address));
	if (!socket->is_proxy)
		return asker;
	if (protocol != NULL && strcasecmp(protocol, "https") == 0)
		asker.scheme = "https";
	if (!merit_fields_last_hop(head->values[FORWARDED], asker.address, &asker.peer)) {
		memcpy(asker.address, socket->address, sizeof(asker.address));
		asker.peer = socket->peer;
	}
	return asker;
}

/* Whether Host is one of those our pages come from, where those are named. */
static bool is_our_host(const struct merit_front_options *options, const char *host)
{
	if (options->origins_count == 0)
		return true;
	for (size_t i = 0; i < options->origins_count; i++) {
		const char *authority = strstr(options->origins[i], "://");
		if (authority != NULL && host != NULL && strcasecmp(authority + 3, host) == 0)
			return true;
	}
	return false;
}

static bool is_our_origin(const struct merit_front_options *options, const struct head *head, const char *scheme)
{
	const char *origin = head->values[ORIGIN], *host = head->values[HOST];

	if (options->origins_count == 0)
		return host != NULL && merit_fields_is_origin(origin, scheme, host);
	for (size_t i = 0; i < options->origins_count; i++)
		if (strcasecmp(options->origins[i], origin) == 0)
			return true;
	return false;
}

static bool is_cross_site(const struct merit_front_options *options, const struct head *head, const char *scheme)
{
	const char *site = head->values[SITE];

	if (site != NULL && strcmp(site, "same-origin") != 0)
		return true;
	return head->values[ORIGIN] != NULL && !is_our_origin(options, head, scheme);
}

/* ---- The gate ---- */

/* Content-Length as libmicrohttpd has read it; it answers one that is no number by itself. */
static uint64_t body_size(const struct head *head)
{
	uint64_t size = 0;

	for (const char *at = head->values[LENGTH]; at != NULL && *at >= '0' && *at <= '9'; at++)
		size = size > UINT64_MAX / 16 ? UINT64_MAX / 2 : 10 * size + (uint64_t)(*at - '0');
	return size;
}

static void refuse(struct merit_visit *visit, enum merit_answer refusal)
{
	if (visit->is_refused)
		return; /* The first reason counts. */
	visit->is_refused = true;
	visit->refusal = refusal;
}

static void check_host(struct merit_visit *visit, const struct head *head, const char *version)
{
	const char *host = head->values[HOST];

	if (host == NULL ? strcmp(version, "HTTP/1.0") != 0 : !merit_fields_is_host(host))
		refuse(visit, MERIT_ANSWER_MALFORMED);
	else if (visit->route != MERIT_ROUTE_HEALTH && !is_our_host(&visit->front->options, host))
		refuse(visit, MERIT_ANSWER_MISDIRECTED);
}

static void check_rate(struct merit_visit *visit, const struct asker *asker)
{
	struct merit_front *front = visit->front;
	struct merit_text name = { asker->peer.address, asker->peer.size };

	if (merit_limiter_take(&front->limiter, 0, name, &front->options.rate, 1, merit_front_uptime_us() / 1000) !=
	    MERIT_OK)
		refuse(visit, MERIT_ANSWER_RATE_LIMITED);
}

static void check_call(struct merit_visit *visit, const struct head *head, const struct asker *asker,
                       const char *method)
{
	const struct merit_front_options *options = &visit->front->options;
	const char *signature = head->values[SIGNATURE];

	if (strcmp(method, "POST") != 0)
		refuse(visit, MERIT_ANSWER_METHOD);
	else if (is_cross_site(options, head, asker->scheme))
		refuse(visit, MERIT_ANSWER_CROSS_SITE);
	else if (!merit_fields_is_json(head->values[TYPE]))
		refuse(visit, MERIT_ANSWER_TYPE);
	else if (head->values[LENGTH] == NULL)
		refuse(visit, MERIT_ANSWER_NO_LENGTH);
	else if (body_size(head) > options->body_max)
		refuse(visit, MERIT_ANSWER_TOO_LARGE);
	else if (signature != NULL && !merit_fields_is_envelope(signature))
		refuse(visit, MERIT_ANSWER_MALFORMED);
	else if (!visit->is_refused && !merit_visit_hold(visit, body_size(head)))
		refuse(visit, MERIT_ANSWER_BUSY);
}

static void check_file(struct merit_visit *visit, const struct head *head, const char *method)
{
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		refuse(visit, MERIT_ANSWER_METHOD);
	else if (body_size(head) != 0)
		refuse(visit, MERIT_ANSWER_MALFORMED);
	visit->accept_encoding = head->values[ACCEPT_ENCODING];
	visit->if_none_match = head->values[IF_NONE_MATCH];
}

/* The lines that stand before the body: for whom we ask, and the envelope. */
static void begin_message(struct merit_visit *visit, const struct head *head, const struct asker *asker)
{
	const char *signature = head->values[SIGNATURE];

	merit_buffer_put_format(&visit->message, "@%s\n%s\n", asker->address, signature == NULL ? "" : signature);
}

static enum merit_route route_of(const char *path)
{
	if (strcmp(path, "/rpc") == 0)
		return MERIT_ROUTE_CALL;
	return strcmp(path, "/healthz") == 0 ? MERIT_ROUTE_HEALTH : MERIT_ROUTE_FILE;
}

/* Whether what was refused may be read to its end, so that the connection can go on. */
static bool is_drained(const struct merit_visit *visit, const struct head *head)
{
	return !visit->is_refused || (head->values[EXPECT] == NULL && body_size(head) <= DRAIN_SIZE_MAX);
}

bool merit_gate(struct merit_visit *visit, const char *method, const char *version)
{
	struct head head;

	visit->is_gated = true;
	visit->route = route_of(visit->has_path ? visit->path : "");
	if (head_size(visit->connection) > MERIT_FRONT_HEADER_MAX) {
		refuse(visit, MERIT_ANSWER_HEADER);
		return false;
	}
	if (!read_head(visit, method, version, &head) || (head.values[CODING] != NULL && head.values[LENGTH] != NULL)) {
		refuse(visit, MERIT_ANSWER_MALFORMED);
		return false;
	}
	if (head.values[CODING] != NULL) {
		refuse(visit, MERIT_ANSWER_NO_LENGTH);
		return false;
	}
	struct asker asker = find_asker(visit, &head);
	if (!visit->has_path)
		refuse(visit, MERIT_ANSWER_MALFORMED);
	check_host(visit, &head, version);
	check_rate(visit, &asker);
	if (visit->route == MERIT_ROUTE_CALL)
		check_call(visit, &head, &asker, method);
	else
		check_file(visit, &head, method);
	if (visit->route == MERIT_ROUTE_CALL && !visit->is_refused)
		begin_message(visit, &head, &asker);
	return is_drained(visit, &head);
}
