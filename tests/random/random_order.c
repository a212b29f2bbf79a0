/* random_order.c - see random.h: items, codes, orders and their lines. */
#include "tests/random/random.h"

/* ---- order.place ---- */

static struct place place_draw(void)
{
	struct place place = { .order = { .member = random_member(),
		                          .lines_count = chance_one_in(2) ? 1 : 1 + (int)chance(LINES) } };

	/* Who has nothing can buy nothing: mostly somebody else then. */
	for (int i = 0; i < 5 && place.order.member < MEMBERS && model_available(place.order.member) == 0; i++)
		place.order.member = random_member();
	for (int i = 0; i < place.order.lines_count; i++) {
		struct line *line = &place.order.lines[i];
		line->item = (int)chance(chance_one_in(3) ? ITEMS : 5);
		for (int try = 0; try < 4 && !model.items[line->item].is_offered; try++)
			line->item = (int)chance(ITEMS);
		line->points = model.items[line->item].points + (chance_one_in(60) ? 1 : 0);
		line->quantity = chance_one_in(40) ? (int64_t)chance(2) - 1 : 1 + (int64_t)chance(2);
		place.version[i] = model.items[line->item].version + (chance_one_in(60) ? 1 : 0);
		place.has_recipient = place.has_recipient || model.items[line->item].wants_recipient;
	}
	place.has_recipient = place.has_recipient != chance_one_in(12);
	place.is_named_again = model.orders_count > 0 && chance_one_in(40);
	return place;
}

static bool has_part(const struct order *order, const struct part *part)
{
	for (int i = 0; i < order->parts_count; i++) {
		const struct part *other = &order->parts[i];
		if (other->line == part->line && other->campaign == part->campaign && other->held == part->held)
			return true;
	}
	return false;
}

/* What it would come to, asked for before: the same lots, wherever it goes. */
static void quote_equal(struct fixture *f, const struct place *place, const char *lines)
{
	struct place quoted = *place;
	int count = 0;

	quoted.is_named_again = false;
	quoted.has_recipient = true;
	enum merit_status want = model_place_wanted(&quoted);
	assert_int_equal(
		fixture_query(f, "svc", "order.quote", "'member':'m%d','lines':[%s]", place->order.member, lines),
		want);
	const char *at = strstr(f->reply.data, "\"lots\":[");
	for (; at != NULL && (at = strstr(at, "{\"line\":")) != NULL; at++, count++) {
		struct part part = { 0 };
		const char *points = strstr(at, "\"points\":");
		assert_int_equal(sscanf(at, "{\"line\":%d,\"campaign\":\"c%d\"", &part.line, &part.campaign), 2);
		assert_non_null(points);
		part.held = strtoll(points + strlen("\"points\":"), NULL, 10);
		assert_true(has_part(&quoted.order, &part));
	}
	random_equal("number", "quoted lots", count, want == MERIT_OK ? quoted.order.parts_count : 0);
}

/* What each item is to the member, as its catalogue tells it. */
static void catalogue_equal(struct fixture *f, int member)
{
	char want[160], left[40];

	if (member >= model.members_count)
		return;
	(void)fixture_query(f, "svc", "item.list", "'member':'m%d'", member); /* the first status is the first item's */
	const char *at = f->reply.data;
	for (int i = 0; i < ITEMS; i++) {
		int64_t eligible, pieces;
		enum merit_status status = model_one_piece(member, i, &eligible, &pieces);
		(void)snprintf(left, sizeof(left), pieces < 0 ? "" : "\"left\":%" PRId64 ",", pieces);
		(void)snprintf(want, sizeof(want),
		               "\"for_member\":{\"member\":\"m%d\",\"eligible\":%" PRId64 ",%s\"status\":\"%s\"}", member,
		               eligible, left, merit_status_word(status));
		at = strstr(at + 1, "\"for_member\":"); /* items stand by name, and there are fewer than ten */
		assert_non_null(at);
		if (strncmp(at, want, strlen(want)) != 0)
			fail_msg("item i%d: not %s but %.120s", i, want, at);
	}
}

void random_place(struct fixture *f)
{
	struct place place = place_draw();
	int name = place.is_named_again ? (int)chance((uint64_t)model.orders_count) : model.orders_count;
	char lines[512] = "", recipient[96] = "";

	for (int i = 0; i < place.order.lines_count; i++) {
		const struct line *line = &place.order.lines[i];
		(void)snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines),
		               "%s{'item':'i%d','version':%d,'points':%" PRId64 ",'quantity':%" PRId64 "}",
		               i > 0 ? "," : "", line->item, place.version[i], line->points, line->quantity);
	}
	if (chance_one_in(3)) {
		quote_equal(f, &place, lines);
		catalogue_equal(f, place.order.member);
	}
	if (place.has_recipient)
		(void)snprintf(recipient, sizeof(recipient), ",'recipient':'%064x'", (unsigned)name + 1);
	random_call(f, model_place(&place), "svc", "order.place", "'order':'o%d','member':'m%d','lines':[%s]%s", name,
	            place.order.member, lines, recipient);
}

/* ---- Lines of an order ---- */

/* Named lines as text, and what they ask; or all lines. Returns the outcome. */
static enum merit_status lines_ask(const struct order *order, enum verb verb, int64_t pieces[LINES], char *text,
                                   size_t size)
{
	static const enum merit_status over[] = { [FULFIL] = MERIT_OVER_HELD,
		                                  [CANCEL] = MERIT_OVER_HELD,
		                                  [REFUND] = MERIT_OVER_FULFILLED,
		                                  [REQUEST] = MERIT_OVER_FULFILLED,
		                                  [DECLINE] = MERIT_OVER_REQUESTED };
	int count = (int)chance(4), line[3];
	int64_t quantity[3];
	bool any = false, is_zero = false, is_negative = false, is_unknown = false, is_over = false;

	text[0] = '\0';
	for (int i = 0; i < order->lines_count && count == 0; i++) {
		pieces[i] = model_line_can(&order->lines[i], verb);
		any = any || pieces[i] > 0;
	}
	if (count == 0)
		return any ? MERIT_OK : MERIT_NOTHING_TO_DO;
	for (int i = 0; i < count; i++) {
		line[i] = chance_one_in(25) ? (int)chance(LINES + 1) : (int)chance((uint64_t)order->lines_count);
		int64_t can = line[i] < order->lines_count ? model_line_can(&order->lines[line[i]], verb) : 1;
		quantity[i] =
			chance_one_in(15) ? (int64_t)chance(3) - 1 : 1 + (int64_t)chance((uint64_t)can + (can == 0));
		(void)snprintf(text + strlen(text), size - strlen(text), "%s{'line':%d,'quantity':%" PRId64 "}",
		               i > 0 ? "," : ",'lines':[", line[i], quantity[i]);
		is_zero = is_zero || quantity[i] == 0;
		is_negative = is_negative || quantity[i] < 0;
		is_unknown = is_unknown || line[i] >= order->lines_count;
		is_over = is_over || quantity[i] > can;
	}
	(void)snprintf(text + strlen(text), size - strlen(text), "]");
	if (is_zero || is_negative)
		return is_zero ? MERIT_ZERO_AMOUNT : MERIT_NEGATIVE_AMOUNT;
	if (is_unknown || is_over)
		return is_unknown ? MERIT_LINE_UNKNOWN : over[verb];
	for (int i = 0; i < count; i++) {
		if (pieces[line[i]] != 0)
			return MERIT_LINE_TWICE;
		pieces[line[i]] = quantity[i];
	}
	return MERIT_OK;
}

/* An order, rather a late one with pieces the verb can work on; NULL when there is none. */
static struct order *order_pick(enum verb verb)
{
	uint64_t count = (uint64_t)model.orders_count;
	struct order *found = NULL;

	for (int i = 0; i < 20 && count > 0; i++) {
		struct order *order = &model.orders[count - 1 - chance(chance_one_in(3) || count < 30 ? count : 30)];
		if (order->lines_count == 0)
			continue;
		found = order;
		for (int line = 0; line < order->lines_count; line++) {
			if (model_line_can(&order->lines[line], verb) > 0)
				return order;
		}
	}
	return found;
}

static void lines_random(struct fixture *f, enum verb verb)
{
	static const char *const methods[] = { [FULFIL] = "order.fulfil",
		                               [CANCEL] = "order.cancel",
		                               [REFUND] = "order.refund",
		                               [REQUEST] = "order.refund_request",
		                               [DECLINE] = "order.refund_decline" };
	struct order *order = order_pick(verb);
	int64_t pieces[LINES] = { 0 };
	bool restock = verb == REFUND && chance_one_in(2),
	     has_reason = verb == REQUEST || verb == REFUND || verb == DECLINE;
	char text[256];

	if (order == NULL)
		return;
	enum merit_status want = lines_ask(order, verb, pieces, text, sizeof(text));
	if (random_call(f, want, verb == REFUND || verb == DECLINE ? "ops" : "svc", methods[verb],
	                "'order':'o%d'%s%s%s", (int)(order - model.orders), text, has_reason ? ",'reason':'x'" : "",
	                restock ? ",'restock':true" : ""))
		model_lines(order, verb, pieces, restock);
}

void random_fulfil(struct fixture *f)
{
	lines_random(f, FULFIL);
}

void random_refund(struct fixture *f)
{
	lines_random(f, REFUND);
}

void random_request(struct fixture *f)
{
	lines_random(f, REQUEST);
}

void random_decline(struct fixture *f)
{
	lines_random(f, DECLINE);
}

/* Now and then an order that is not known: it can never come then. */
void random_cancel(struct fixture *f)
{
	if (!chance_one_in(30)) {
		lines_random(f, CANCEL);
		return;
	}
	random_call(f, MERIT_OK, "svc", "order.cancel", "'order':'o%d'", model.orders_count);
	model.orders[model.orders_count++].lines_count = 0;
}

void random_receive(struct fixture *f)
{
	struct order *order = order_pick(RECEIVE);
	int64_t pieces[LINES] = { 0 };
	enum merit_status want = MERIT_NOTHING_TO_DO;

	for (int i = 0; order != NULL && i < order->lines_count; i++) {
		pieces[i] = model_line_can(&order->lines[i], RECEIVE);
		want = pieces[i] > 0 ? MERIT_OK : want;
	}
	if (order != NULL && random_call(f, want, "svc", "order.receive", "'order':'o%d'", (int)(order - model.orders)))
		model_lines(order, RECEIVE, pieces, false);
}

/* ---- Items ---- */

static void item_stock(struct fixture *f, int item)
{
	struct item *row = &model.items[item];
	int64_t change = (int64_t)chance(40) - 10;
	enum merit_status want = change == 0               ? MERIT_ZERO_AMOUNT
	                         : row->stock + change < 0 ? MERIT_SHORT_STOCK
	                         : row->class_ == CODE     ? MERIT_STOCK_IS_CODES
	                                                   : MERIT_OK;

	if (random_call(f, want, "svc", "item.stock", "'item':'i%d','quantity':%" PRId64, item, change))
		row->stock += change;
}

void random_item(struct fixture *f)
{
	static const char *const limits[PERIODS] = { "limit_day", "limit_month", "limit_year", "limit_lifetime" };
	int item = (int)chance(ITEMS);
	struct item *row = &model.items[item];
	enum period period = (enum period)chance(PERIODS);
	int64_t limit = chance_one_in(2) ? 0 : 2 + (int64_t)chance(12);
	bool is_offered = !chance_one_in(8), wants_recipient = chance_one_in(3);

	if (chance_one_in(2)) {
		item_stock(f, item);
		return;
	}
	row->version++;
	row->points = 1 + (int64_t)chance(80);
	row->price = chance_one_in(8) ? 0 : (int64_t)chance(100);
	row->is_offered = is_offered;
	row->wants_recipient = wants_recipient;
	row->limits[period] = limit;
	row->counted |= limit != 0 ? 1u << period : 0;
	random_call(f, MERIT_OK, "ops", "item.update",
	            "'item':'i%d','points':%" PRId64 ",'price_minor':%" PRId64
	            ",'offered':%s,'delivery':'%s','%s':%" PRId64,
	            item, row->points, row->price, is_offered ? "true" : "false", wants_recipient ? "address" : "none",
	            limits[period], limit);
}

/* ---- Codes ---- */

static void code_withdraw(struct fixture *f, int item)
{
	int code = (int)chance((uint64_t)model.codes_count + 1);
	bool is_there = code < model.codes_count && model.codes[code].item == item && !model.codes[code].is_given;
	enum merit_status want = is_there ? MERIT_OK : MERIT_CODE_UNKNOWN;

	if (!random_call(f, want, "svc", "code.withdraw", "'item':'i%d','code':'%064x'", item,
	                 0xc0de0000u + (unsigned)code))
		return;
	model.codes[code].is_given = true;
	model.items[item].stock--;
}

void random_codes(struct fixture *f)
{
	int item = chance_one_in(20) ? (int)chance(ITEMS) : chance_one_in(3) ? 7 : 4;
	int code = model.codes_count > 0 && chance_one_in(20) ? (int)chance((uint64_t)model.codes_count)
	                                                      : model.codes_count;
	enum merit_status want = model.items[item].class_ != CODE ? MERIT_ITEM_UNKNOWN
	                         : code < model.codes_count       ? MERIT_CODE_EXISTS
	                                                          : MERIT_OK;

	if (chance_one_in(6)) {
		code_withdraw(f, item);
		return;
	}
	if (code == CODES ||
	    !random_call(f, want, "svc", "code.add", "'item':'i%d','code':'%064x'", item, 0xc0de0000u + (unsigned)code))
		return;
	model.codes[model.codes_count++] = (struct code){ item, false };
	model.items[item].stock++;
}
