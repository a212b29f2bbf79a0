/* query_campaign.c - reads of campaigns: what they promise, pay and hold. What a version of a rule or of referral terms
 * says is printed from the entry that set it. */
#include <string.h>

#include "ledger/eligibility.h"
#include "ledger/query_inner.h"

static bool may_see(const struct merit_caller *caller, const struct merit_campaign *campaign)
{
	return (MERIT_MAY_READ_ALL & (1u << caller->role)) != 0 ||
	       merit_text_equal(caller->party, merit_name_text(&campaign->sponsor));
}

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

/* ---- Versions of rules and of terms ---- */

/* The call that set a version: the entry's own, or what the proposal it approves was for. */
static void put_call(struct merit_buffer *out, const struct merit_entry *entry)
{
	const struct merit_value *done = &entry->results[APPROVE_DONE];

	if (entry->operation->number == MERIT_OP_PROPOSAL_APPROVE)
		merit_values_put(out, done->call->params, done->call->params_count, done->cells);
	else
		merit_values_put(out, entry->operation->params, entry->operation->params_count, entry->values);
}

/* {parameters,"version":n,"entry":n,"set":ms}. Uses scratch up. Returns CORRUPT or NO_MEMORY. */
static enum merit_status put_version(struct merit_model *model, struct merit_buffer *out, uint64_t seq, int64_t version)
{
	struct merit_entry entry;
	enum merit_status status = merit_model_entry(model, seq, &model->scratch, &entry);

	if (status != MERIT_OK)
		return status == MERIT_NO_MEMORY ? MERIT_NO_MEMORY : MERIT_CORRUPT;
	merit_buffer_put_comma(out);
	put_call(out, &entry);
	if (out->size > 0)
		out->size--; /* the object goes on */
	merit_put_integer(out, "version", version);
	merit_put_integer(out, "entry", (int64_t)seq);
	merit_put_integer(out, "set", entry.time_ms);
	merit_buffer_put_char(out, '}');
	merit_arena_reset(&model->scratch);
	return MERIT_OK;
}

/* ---- rule.get ---- */

enum merit_status merit_query_rule(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_model *model = &ledger->model;
	const struct merit_campaign *campaign = merit_model_campaign(model, values[RULE_GET_CAMPAIGN].text);

	if (campaign == NULL)
		return MERIT_CAMPAIGN_UNKNOWN;
	if (!may_see(caller, campaign))
		return MERIT_NOT_PERMITTED;
	struct merit_text key = merit_model_rule_key(model, campaign->holder.number, values[RULE_GET_EVENT].text);
	const struct merit_rule *rule = merit_model_get(model, MERIT_TABLE_RULE, key, NULL);
	if (rule == NULL)
		return MERIT_NO_RULE;
	int64_t version = values[RULE_GET_VERSION].present ? values[RULE_GET_VERSION].integer : rule->version;
	key = merit_model_numbered_key(model, key, (uint64_t)version);
	const uint64_t *seq = merit_model_get(model, MERIT_TABLE_RULE_VERSION, key, NULL);
	return seq == NULL ? MERIT_NOT_FOUND : put_version(model, out, *seq, version);
}

/* ---- campaign.get ---- */

/* A campaign's rules, or its rows of eligibility, while they are listed. */
struct rows {
	struct merit_model *model;
	char prefix[4]; /* the campaign's number, as keys begin with it */
	struct merit_buffer *out;
	enum merit_status status;
};

static bool rule_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct rows *rows = context;
	const struct merit_rule *rule = value;

	(void)key_size;
	(void)size;
	if (memcmp(key, rows->prefix, sizeof(rows->prefix)) != 0)
		return false;
	rows->status = put_version(rows->model, rows->out, rule->seq, rule->version);
	return rows->status == MERIT_OK;
}

static bool eligibility_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct rows *rows = context;
	const struct merit_eligibility *row = value;

	(void)key_size;
	(void)size;
	if (memcmp(key, rows->prefix, sizeof(rows->prefix)) != 0)
		return false;
	merit_buffer_put_comma(rows->out);
	merit_buffer_put_char(rows->out, '{');
	merit_put_word(rows->out, "class", MERIT_TYPE_CLASS, ((const char *)key)[sizeof(rows->prefix)]);
	merit_put_flag(rows->out, "allowed", row->allowed != 0);
	if (row->tag.size > 0)
		merit_put_text(rows->out, "tag", merit_name_text(&row->tag));
	if (row->tier.size > 0)
		merit_put_text(rows->out, "tier", merit_name_text(&row->tier));
	merit_buffer_put_char(rows->out, '}');
	return true;
}

/* What it pays, what for, and what its points may buy where that was ever set. */
static enum merit_status put_promises(struct merit_model *model, struct merit_buffer *out, uint32_t campaign)
{
	struct rows rows = { .model = model, .out = out, .status = MERIT_OK };
	const struct merit_terms *terms = merit_model_terms(model, campaign);

	memcpy(rows.prefix, merit_model_id_key(model, campaign, MERIT_TEXT("")).data, sizeof(rows.prefix));
	merit_buffer_put_text(out, ",\"rules\":[");
	merit_state_scan(model->state, MERIT_TABLE_RULE, rows.prefix, sizeof(rows.prefix), rule_visit, &rows);
	merit_buffer_put_text(out, "],\"eligibility\":[");
	merit_state_scan(model->state, MERIT_TABLE_ELIGIBILITY, rows.prefix, sizeof(rows.prefix), eligibility_visit,
	                 &rows);
	merit_buffer_put_char(out, ']');
	if (rows.status != MERIT_OK || terms == NULL)
		return rows.status;
	merit_buffer_put_key(out, "referral");
	return put_version(model, out, terms->seq, terms->version);
}

enum merit_status merit_query_campaign(struct merit_ledger *ledger, const struct merit_caller *caller,
                                       const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_campaign *campaign = merit_model_campaign(&ledger->model, values[0].text);

	if (campaign == NULL)
		return MERIT_CAMPAIGN_UNKNOWN;
	if (!may_see(caller, campaign))
		return MERIT_NOT_PERMITTED;
	merit_buffer_put_char(out, '{');
	put_campaign_fields(out, values[0].text, campaign);
	enum merit_status status = put_promises(&ledger->model, out, campaign->holder.number);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return status;
}

/* ---- campaign.list ---- */

static void put_campaign(struct merit_list *list, struct merit_text name, const void *row)
{
	const struct merit_campaign *campaign = row;

	if (!may_see(list->caller, campaign))
		return;
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_campaign_fields(list->out, name, campaign);
	merit_buffer_put_char(list->out, '}');
}

enum merit_status merit_query_campaigns(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = {
		.ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_campaign
	};

	return merit_put_list(&list, MERIT_TABLE_CAMPAIGN);
}
