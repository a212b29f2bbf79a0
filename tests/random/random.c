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

bool random_call(struct fixture *f, enum merit_status want, const char *kid, const char *method, const char *format,
                 ...)
{
	char params[2048];
	va_list arguments;

	va_start(arguments, format);
	assert_true(vsnprintf(params, sizeof(params), format, arguments) < (int)sizeof(params));
	va_end(arguments);
	if (run.is_loud)
		print_message("at %" PRId64 " %s %s %s", f->now_ms, kid, method, params);
	enum merit_status got = fixture_call(f, kid, method, "%s", params);
	if (run.is_loud)
		print_message(": %s\n", merit_status_word(got));
	if (got != want)
		fail_msg("%s, %s by %s with %s: %s in place of %s\n%s", kind_names[run.kind], method, kid, params,
		         merit_status_word(got), merit_status_word(want), f->reply.data);
	run.accepted[run.kind] += got == MERIT_OK;
	if (chance_one_in(40))
		call_again(f);
	return got == MERIT_OK;
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

void random_step(struct fixture *f, uint64_t number)
{
	static void (*const functions[KINDS])(struct fixture *) = {
#define X(name, text, share, function) function,
		RANDOM_KINDS(X)
#undef X
	};

	unsigned calls = f->ids;

	chance_seed(number);
	f->now_ms = model.now_ms + jump_ms();
	model_settle(f->now_ms);
	run.kind = kind_draw();
	functions[run.kind](f);
	model_settle(f->now_ms); /* What follows at once. */
	if (f->ids == calls)
		fixture_tick(f);                        /* What was due is written, call or none. */
	model.now_ms = merit_ledger_time_ms(f->ledger); /* Where nothing was written a clock may go back unseen. */
}
