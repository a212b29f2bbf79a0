/* query_party.c - reads of parties, keys, sponsors, merchants, campaigns and proposals. */
#include <string.h>

#include "ledger/encode.h"
#include "ledger/query_inner.h"

static bool reads_all(const struct merit_caller *caller)
{
	return (MERIT_MAY_READ_ALL & (1u << caller->role)) != 0;
}

static bool is_own(const struct merit_caller *caller, struct merit_text name)
{
	return merit_text_equal(caller->party, name);
}

/* ---- party.get, party.list, key.list ---- */

static void put_party(struct merit_list *list, struct merit_text name, const void *row)
{
	const struct merit_party *party = row;

	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	merit_put_text(list->out, "party", name);
	merit_put_text(list->out, "role", merit_text_of(merit_role_word((enum merit_role)party->role)));
	merit_put_integer(list->out, "live_keys", party->live_keys);
	merit_put_integer(list->out, "created", (int64_t)party->seq);
	merit_buffer_put_char(list->out, '}');
}

enum merit_status merit_query_party(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .out = out };
	const struct merit_party *party = merit_model_party(&ledger->model, values[0].text);

	if (party == NULL)
		return MERIT_PARTY_UNKNOWN;
	put_party(&list, values[0].text, party);
	return MERIT_OK;
}

enum merit_status merit_query_parties(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_party };

	return merit_put_list(&list, MERIT_TABLE_PARTY);
}

/* A party's keys while they are listed. */
struct keys {
	struct merit_text party;
	struct merit_buffer *out;
};

static bool key_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	const struct keys *keys = context;
	const struct merit_key *row = value;
	const char *name = key;

	(void)size;
	if (key_size <= keys->party.size || memcmp(name, keys->party.data, keys->party.size) != 0 ||
	    name[keys->party.size] != '/')
		return false;
	merit_buffer_put_comma(keys->out);
	merit_buffer_put_char(keys->out, '{');
	merit_put_text(keys->out, "key",
	               (struct merit_text){ name + keys->party.size + 1, key_size - keys->party.size - 1 });
	merit_buffer_put_key(keys->out, "public");
	merit_buffer_put_char(keys->out, '"');
	merit_base64url_put(keys->out, row->public_key.bytes, sizeof(row->public_key.bytes));
	merit_buffer_put_char(keys->out, '"');
	merit_put_integer(keys->out, "added", (int64_t)row->added - 1);
	merit_buffer_put_key(keys->out, "revoked");
	if (row->revoked == 0)
		merit_buffer_put_text(keys->out, "null");
	else
		merit_buffer_put_integer(keys->out, (int64_t)row->revoked - 1);
	merit_buffer_put_char(keys->out, '}');
	return true;
}

enum merit_status merit_query_keys(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_text party = values[0].text;
	struct keys keys = { party, out };

	if (!reads_all(caller) && !is_own(caller, party))
		return MERIT_NOT_PERMITTED;
	if (merit_model_party(&ledger->model, party) == NULL)
		return MERIT_PARTY_UNKNOWN;
	struct merit_text from = merit_model_key_of(&ledger->model, party, MERIT_TEXT(""));
	merit_buffer_put_text(out, "{\"keys\":[");
	merit_state_scan(ledger->model.state, MERIT_TABLE_KEY, from.data, from.size, key_visit, &keys);
	merit_buffer_put_text(out, "]}");
	return MERIT_OK;
}

/* ---- sponsor.get, merchant.get ---- */

enum merit_status merit_query_sponsor(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_sponsor *sponsor = merit_model_sponsor(&ledger->model, values[0].text);

	if (!reads_all(caller) && !is_own(caller, values[0].text))
		return MERIT_NOT_PERMITTED;
	if (sponsor == NULL)
		return MERIT_SPONSOR_UNKNOWN;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "sponsor", values[0].text);
	merit_put_integer(out, "granted", -sponsor->holder.balance[MERIT_POINTS]);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

enum merit_status merit_query_merchant(struct merit_ledger *ledger, const struct merit_caller *caller,
                                       const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_merchant *merchant = merit_model_merchant(&ledger->model, values[0].text);

	if (!reads_all(caller) && !is_own(caller, values[0].text))
		return MERIT_NOT_PERMITTED;
	if (merchant == NULL)
		return MERIT_MERCHANT_UNKNOWN;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "merchant", values[0].text);
	merit_put_integer(out, "redeemed", merchant->holder.balance[MERIT_POINTS]);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

/* ---- campaign.get, campaign.list ---- */

static void put_campaign_fields(struct merit_buffer *out, struct merit_text name, const struct merit_campaign *campaign)
{
	merit_put_text(out, "campaign", name);
	merit_put_text(out, "sponsor", merit_name_text(&campaign->sponsor));
	merit_put_day(out, "starts", campaign->starts);
	merit_put_day(out, "ends", campaign->ends);
	merit_put_text(out, "currency", (struct merit_text){ campaign->currency, sizeof(campaign->currency) });
	merit_put_integer(out, "value_minor", campaign->value_minor);
	merit_put_integer(out, "value_points", campaign->value_points);
	merit_put_word(out, "contract", MERIT_TYPE_CONTRACT, campaign->contract);
	merit_put_integer(out, "months", campaign->months);
	merit_put_word(out, "round", MERIT_TYPE_ROUND, campaign->round);
	merit_put_word(out, "from", MERIT_TYPE_FROM, campaign->from);
	merit_put_flag(out, "closed", campaign->closed != 0);
	merit_put_integer(out, "budget", campaign->holder.balance[MERIT_BUDGET]);
	merit_put_integer(out, "expired", campaign->holder.balance[MERIT_EXPIRED]);
}

static void put_campaign(struct merit_list *list, struct merit_text name, const void *row)
{
	const struct merit_campaign *campaign = row;

	if (!reads_all(list->caller) && !is_own(list->caller, merit_name_text(&campaign->sponsor)))
		return;
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_campaign_fields(list->out, name, campaign);
	merit_buffer_put_char(list->out, '}');
}

struct rules {
	struct merit_text prefix; /* the campaign's number, as rule keys begin */
	struct merit_buffer *out;
};

static bool rule_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	const struct rules *rules = context;
	const struct merit_rule *rule = value;

	(void)size;
	if (memcmp(key, rules->prefix.data, rules->prefix.size) != 0)
		return false;
	merit_buffer_put_comma(rules->out);
	merit_buffer_put_char(rules->out, '{');
	merit_put_text(rules->out, "event",
	               (struct merit_text){ (const char *)key + rules->prefix.size, key_size - rules->prefix.size });
	merit_put_integer(rules->out, "version", rule->version);
	if (rule->points != 0)
		merit_put_integer(rules->out, "points", rule->points);
	else
		merit_put_integer(rules->out, "maximum", rule->maximum);
	merit_put_word(rules->out, "evidence", MERIT_TYPE_EVIDENCE, rule->evidence);
	merit_buffer_put_char(rules->out, '}');
	return true;
}

enum merit_status merit_query_campaign(struct merit_ledger *ledger, const struct merit_caller *caller,
                                       const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_campaign *campaign = merit_model_campaign(&ledger->model, values[0].text);

	if (campaign == NULL)
		return MERIT_CAMPAIGN_UNKNOWN;
	if (!reads_all(caller) && !is_own(caller, merit_name_text(&campaign->sponsor)))
		return MERIT_NOT_PERMITTED;
	merit_buffer_put_char(out, '{');
	put_campaign_fields(out, values[0].text, campaign);
	merit_buffer_put_text(out, ",\"rules\":[");
	struct merit_text prefix = merit_model_rule_key(&ledger->model, campaign->holder.number, MERIT_TEXT(""));
	struct rules rules = { prefix, out };
	merit_state_scan(ledger->model.state, MERIT_TABLE_RULE, prefix.data, prefix.size, rule_visit, &rules);
	merit_buffer_put_char(out, ']');
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

enum merit_status merit_query_campaigns(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = {
		.ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_campaign
	};

	return merit_put_list(&list, MERIT_TABLE_CAMPAIGN);
}

/* ---- proposal.get, proposal.list ---- */

static void put_proposal(struct merit_list *list, struct merit_text name, const void *row)
{
	static const char *const states[] = { "open", "approved", "rejected" };
	const struct merit_proposal *proposal = row;
	struct merit_model *model = &list->ledger->model;
	struct merit_entry entry;
	size_t size = 0;

	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	merit_put_text(list->out, "proposal", name);
	merit_put_text(list->out, "party", merit_name_text(&proposal->party));
	merit_put_text(list->out, "state", merit_text_of(states[proposal->state]));
	merit_put_integer(list->out, "created", (int64_t)proposal->seq);
	const void *leaf = model->leaf(model->context, proposal->seq, &size);
	if (leaf != NULL && merit_entry_read(leaf, size, &model->scratch, &entry) == MERIT_OK) {
		merit_put_text(list->out, "method", merit_text_of(entry.values[PROPOSAL_CALL].call->name));
		merit_buffer_put_key(list->out, "params");
		merit_values_put(list->out, entry.values[PROPOSAL_CALL].call->params,
		                 entry.values[PROPOSAL_CALL].call->params_count, entry.values[PROPOSAL_CALL].cells);
		merit_put_text(list->out, "reason", entry.values[PROPOSAL_REASON].text);
	}
	merit_buffer_put_char(list->out, '}');
}

enum merit_status merit_query_proposal(struct merit_ledger *ledger, const struct merit_caller *caller,
                                       const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .out = out };
	const struct merit_proposal *proposal = merit_model_proposal(&ledger->model, values[0].text);

	if (proposal == NULL)
		return MERIT_PROPOSAL_UNKNOWN;
	put_proposal(&list, values[0].text, proposal);
	return MERIT_OK;
}

enum merit_status merit_query_proposals(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = {
		.ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_proposal
	};

	return merit_put_list(&list, MERIT_TABLE_PROPOSAL);
}
