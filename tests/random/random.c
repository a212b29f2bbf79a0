/* random.c - see random.h: chance, calls, time, and which step comes. */
#include "tests/random/random.h"

struct run run;

/* ---- Chance ---- */

static uint64_t chance_state;

/* splitmix64: numbers side by side lead to stories that have nothing in common. */
static uint64_t mixed(uint64_t number)
{
	number += 0x9e3779b97f4a7c15u;
	number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9u;
	number = (number ^ number >> 27) * 0x94d049bb133111ebu;
	return number ^ number >> 31;
}

void chance_seed(uint64_t number)
{
	chance_state = number;
}

uint64_t chance(uint64_t below)
{
	chance_state += 0x9e3779b97f4a7c15u;
	return mixed(chance_state) % below;
}

bool chance_one_in(uint64_t count)
{
	return chance(count) == 0;
}

int64_t chance_between(int64_t least, int64_t most)
{
	return least + (int64_t)chance((uint64_t)(most - least + 1));
}

static int member_draw(void)
{
	uint64_t count = (uint64_t)model.members_count;

	return (int)(count <= 10 || chance_one_in(6) ? chance(count) : count - 10 + chance(10));
}

int random_member(void)
{
	int member = member_draw();

	for (int i = 0; i < 4 && model_member_fault(member) != MERIT_OK; i++)
		member = member_draw();
	return chance_one_in(60) ? MEMBERS : member;
}

int64_t random_occurred_ms(void)
{
	if (chance_one_in(20))
		return model.now_ms + ((int64_t)chance(60) - 50) * DAY_MS / 2 + 1;
	int64_t occurred_ms = model.now_ms - (int64_t)chance(8) * DAY_MS - (int64_t)chance(3600000);
	return occurred_ms < FIXTURE_BIRTH_MS ? model.now_ms : occurred_ms; /* mostly in the campaigns' window */
}

int32_t random_day(void)
{
	int32_t today = model_today();

	if (chance_one_in(2))
		return NO_DAY;
	return chance_one_in(20) ? today + 1 + (int32_t)chance(3) : today - (int32_t)chance(chance_one_in(8) ? 60 : 15);
}

/* ---- Texts ---- */

const char *const random_currencies[CURRENCIES] = { "CNY", "USD" };

void random_put(char *text, size_t size, const char *format, ...)
{
	size_t at = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	assert_true(vsnprintf(text + at, size - at, format, arguments) < (int)(size - at));
	va_end(arguments);
}

void random_put_day(char *text, size_t size, const char *name, int32_t day)
{
	int month, place, year;

	if (day == NO_DAY)
		return;
	year = model_date(day, &month, &place);
	random_put(text, size, ",'%s':'%04d-%02d-%02d'", name, year, month, place);
}

/* ---- Calls ---- */

static const char *const kind_names[KINDS] = {
#define X(name, text, share, function) text,
	RANDOM_KINDS(X)
#undef X
};

const char *random_kind_name(enum kind kind)
{
	return kind_names[kind];
}

const char *random_party(enum party party)
{
	return party == SVC ? "svc" : party == OPS ? "ops" : "fin";
}

/* The same bytes again get the same answer and make no entry. */
static void call_again(struct fixture *f)
{
	char *answer = strdup(f->reply.data), *message = malloc(f->message.size + 1);
	uint64_t size = fixture_size(f);

	assert_non_null(answer);
	assert_non_null(message);
	memcpy(message, f->message.data, f->message.size);
	assert_int_equal(fixture_send_message(f, message, f->message.size), MERIT_OK);
	assert_string_equal(f->reply.data, answer);
	assert_int_equal(fixture_size(f), size);
	free(answer);
	free(message);
}

void random_of_day(int32_t day)
{
	run.day = day == NO_DAY ? model_today() : day;
}

/* Every entry is dated the day it is of, or if that was closed before it the first open one. */
static void day_equal(struct fixture *f, int32_t day, int32_t dated)
{
	struct merit_entry entry;

	fixture_entry(f, (uint64_t)fixture_integer(f, "seq"), &entry);
	if (merit_entry_true_day(&entry) != day || entry.day != dated || entry.has_belongs_to != (day != dated))
		fail_msg("%s is of day %d and dated %d, not of %d and dated %d", entry.operation->name,
		         merit_entry_true_day(&entry), entry.day, day, dated);
	run.moved += entry.has_belongs_to;
}

static bool call(struct fixture *f, enum merit_status want, const char *kid, const char *method, const char *params)
{
	int32_t day = run.day;

	run.day = NO_DAY;
	if (run.is_loud)
		print_message("at %" PRId64 " %s %s %s", f->now_ms, kid, method, params);
	enum merit_status got = fixture_call(f, kid, method, "%s", params);
	if (run.is_loud)
		print_message(": %s\n", merit_status_word(got));
	if (got != want)
		fail_msg("%s, %s by %s with %s: %s in place of %s\n%s", kind_names[run.kind], method, kid, params,
		         merit_status_word(got), merit_status_word(want), f->reply.data);
	if (got == MERIT_OK)
		day_equal(f, day == NO_DAY ? model_today() : day, day == NO_DAY ? model_today() : model_dated(day));
	if (chance_one_in(40))
		call_again(f);
	return got == MERIT_OK;
}

bool random_call(struct fixture *f, enum merit_status want, const char *kid, const char *method, const char *format,
                 ...)
{
	char params[2048];
	va_list arguments;

	va_start(arguments, format);
	assert_true(vsnprintf(params, sizeof(params), format, arguments) < (int)sizeof(params));
	va_end(arguments);
	bool is_accepted = call(f, want, kid, method, params);
	run.accepted[run.kind] += is_accepted;
	return is_accepted;
}

bool random_agree(struct fixture *f, enum merit_status want, const char *by, const char *other, const char *method,
                  const char *format, ...)
{
	static unsigned proposals; /* names need only differ */
	int32_t day = run.day;
	char params[1024], proposal[2048];
	va_list arguments;

	va_start(arguments, format);
	assert_true(vsnprintf(params, sizeof(params), format, arguments) < (int)sizeof(params));
	va_end(arguments);
	run.day = NO_DAY;
	(void)snprintf(proposal, sizeof(proposal), "'proposal':'q%u','call':{'method':'%s','params':{%s}},'reason':'x'",
	               ++proposals, method, params);
	call(f, MERIT_OK, by, "proposal.create", proposal);
	run.day = day;
	(void)snprintf(proposal, sizeof(proposal), "'proposal':'q%u'", proposals);
	bool is_accepted = call(f, want, other, "proposal.approve", proposal);
	run.accepted[run.kind] += is_accepted;
	return is_accepted;
}

/* ---- Steps ---- */

/* Mostly many things happen in an hour, so that orders are worked on before they lapse; now and then weeks pass, or a
 * year; and a clock may be set back, which the ledger must not follow. */
static int64_t jump_ms(void)
{
	uint64_t size = chance(1000);

	if (size < 20)
		return -(int64_t)chance(3 * DAY_MS);
	if (size < 955)
		return (int64_t)chance(60000);
	if (size < 985)
		return (int64_t)chance(3 * 3600000);
	if (size < 996)
		return (int64_t)chance(36 * 3600000);
	return (int64_t)chance(size < 999 ? 50 : 400) * DAY_MS;
}

static enum kind kind_draw(void)
{
	static const unsigned shares[KINDS] = {
#define X(name, text, share, function) share,
		RANDOM_KINDS(X)
#undef X
	};
	uint64_t sum = 0, at;

	for (int i = 0; i < KINDS; i++)
		sum += shares[i];
	at = chance(sum);
	for (int i = 0;; i++) {
		if (at < shares[i])
			return (enum kind)i;
		at -= shares[i];
	}
}

/* What expired of campaigns whose points are worth fractions. What one entry posts of it depends on those before: so
 * they must be written in the model's order, and at once. */
static int64_t uneven_breakage(void)
{
	int64_t sum = 0;

	for (int i = 0; i < CAMPAIGNS; i++)
		sum += model.campaigns[i].value_points > 1 ? model.campaigns[i].expired : 0;
	return sum;
}

void random_wait(struct fixture *f, int64_t wait_ms)
{
	int64_t breakage = uneven_breakage();

	f->now_ms = model.now_ms + wait_ms;
	model_settle(f->now_ms);
	if (uneven_breakage() != breakage)
		fixture_tick(f);
}

void random_step(struct fixture *f, uint64_t number)
{
	static void (*const functions[KINDS])(struct fixture *) = {
#define X(name, text, share, function) function,
		RANDOM_KINDS(X)
#undef X
	};

	unsigned calls = f->ids;

	chance_seed(number);
	random_wait(f, jump_ms());
	run.day = NO_DAY;
	run.kind = kind_draw();
	functions[run.kind](f);
	model_settle(f->now_ms); /* What follows at once. */
	if (f->ids == calls)
		fixture_tick(f);                        /* What was due is written, call or none. */
	model.now_ms = merit_ledger_time_ms(f->ledger); /* Where nothing was written a clock may go back unseen. */
}
