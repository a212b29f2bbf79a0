/* query_referral.c - who brought whom in, and what came of it. */
#include <string.h>

#include "ledger/query_inner.h"
#include "ledger/referral.h"

#define LIMIT_DEFAULT 100

static void put_referral(struct merit_ledger *ledger, struct merit_buffer *out, struct merit_text referee,
                         const struct merit_referral *referral)
{
	merit_put_text(out, "referee", referee);
	merit_put_text(out, "referrer", merit_name_text(&referral->referrer));
	merit_put_text(out, "campaign", merit_model_campaign_name(&ledger->model, referral->campaign));
	merit_put_word(out, "state", MERIT_TYPE_REFERRAL_STATE, referral->state);
	merit_put_flag(out, "qualified", referral->qualified != 0);
	merit_put_integer(out, "occurred", referral->occurred_ms);
	merit_put_integer(out, "entry", (int64_t)referral->seq - 1);
	if (referral->paid != 0)
		merit_put_integer(out, "paid_by", (int64_t)referral->paid - 1);
}

/* ---- referral.get ---- */

static bool may_see(const struct merit_caller *caller, struct merit_text referee, const struct merit_referral *referral)
{
	return caller->role != MERIT_ROLE_MEMBER || merit_text_equal(caller->party, referee) ||
	       merit_text_equal(caller->party, merit_name_text(&referral->referrer));
}

enum merit_status merit_query_referral(struct merit_ledger *ledger, const struct merit_caller *caller,
                                       const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_text referee = values[0].text;
	const struct merit_referral *referral = merit_model_referral(&ledger->model, referee);

	if (referral == NULL || referral->referrer.size == 0 || !may_see(caller, referee, referral))
		return MERIT_REFERRAL_UNKNOWN;
	merit_buffer_put_char(out, '{');
	put_referral(ledger, out, referee, referral);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

/* ---- referral.list ---- */

/* A walk over referees by the seq of their records: of those that wait for a reviewer, or of one referrer's. */
struct referrals {
	struct merit_ledger *ledger;
	struct merit_buffer *out;
	const char *prefix; /* the referrer's number, as keys begin with it */
	size_t prefix_size, left;
	bool has_next;
};

static bool referral_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct referrals *list = context;
	struct merit_text referee = { value, size };

	(void)key_size;
	if (memcmp(key, list->prefix, list->prefix_size) != 0)
		return false;
	if (list->left == 0) {
		merit_buffer_put_char(list->out, ']');
		merit_put_integer(list->out, "next",
		                  (int64_t)merit_model_key_number((const char *)key + list->prefix_size));
		list->has_next = true;
		return false;
	}
	list->left--;
	merit_arena_reset(&list->ledger->model.scratch);
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_referral(list->ledger, list->out, referee, merit_model_referral(&list->ledger->model, referee));
	merit_buffer_put_char(list->out, '}');
	return true;
}

static enum merit_status put_referrals(struct referrals *list, enum merit_table table, const char *from, size_t size)
{
	struct merit_state *state = list->ledger->model.state;

	merit_buffer_put_text(list->out, "{\"rows\":[");
	merit_state_scan(state, (uint8_t)table, from, size, referral_visit, list);
	merit_buffer_put_text(list->out, list->has_next ? "}" : "],\"next\":null}");
	return merit_state_failure(state);
}

enum merit_status merit_query_referrals(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_value *limit = &values[REFERRALS_LIMIT], *referrer = &values[REFERRALS_REFERRER];
	uint64_t seq = values[REFERRALS_FROM].present ? (uint64_t)values[REFERRALS_FROM].integer : 0;
	struct referrals list = { ledger, out, "", 0, limit->present ? (size_t)limit->integer : LIMIT_DEFAULT, false };
	bool is_member = caller->role == MERIT_ROLE_MEMBER;
	struct merit_text name = referrer->present || !is_member ? referrer->text : caller->party;
	char from[16];
	int slot;

	if (is_member && !merit_text_equal(name, caller->party))
		return MERIT_NOT_PERMITTED;
	if (name.size == 0) {
		memcpy(from, merit_model_number_key(&ledger->model, seq).data, 8);
		return put_referrals(&list, MERIT_TABLE_FLAGGED, from, 8);
	}
	const struct merit_holder *holder = merit_model_holder(&ledger->model, MERIT_ACCOUNT_MEMBER, name, &slot);
	if (holder == NULL)
		return MERIT_MEMBER_UNKNOWN;
	memcpy(from, merit_model_pair_key(&ledger->model, holder->number, seq).data, sizeof(from));
	list.prefix = from;
	list.prefix_size = 8;
	return put_referrals(&list, MERIT_TABLE_REFERRED, from, sizeof(from));
}
