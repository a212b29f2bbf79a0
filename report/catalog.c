/* catalog.c - see catalog.h. */
#include "report/catalog.h"

#include <stdlib.h>

#include "report/index.h"

struct merit_catalog {
	struct merit_arena arena;
	struct merit_index campaigns, rules, parties;
};

enum merit_status merit_catalog_open(struct merit_catalog **catalog_out)
{
	struct merit_catalog *catalog = calloc(1, sizeof(*catalog));

	if (catalog == NULL)
		return MERIT_NO_MEMORY;
	*catalog_out = catalog;
	return MERIT_OK;
}

void merit_catalog_close(struct merit_catalog *catalog)
{
	if (catalog == NULL)
		return;
	merit_index_free(&catalog->campaigns);
	merit_index_free(&catalog->rules);
	merit_index_free(&catalog->parties);
	merit_arena_free(&catalog->arena);
	free(catalog);
}

/* ---- Taking ---- */

static bool party_take(struct merit_catalog *catalog, struct merit_text name, enum merit_role role, bool is_platform)
{
	struct merit_catalog_party *party = merit_index_get(&catalog->parties, &catalog->arena, name, sizeof(*party));

	if (party == NULL || !merit_text_keep(&catalog->arena, name, &party->name))
		return false;
	party->role = role;
	party->is_platform = is_platform;
	return true;
}

static bool campaign_take(struct merit_catalog *catalog, const struct merit_value *values)
{
	struct merit_text name = values[CAMPAIGN_CAMPAIGN].text;
	size_t number = catalog->campaigns.count;
	struct merit_catalog_campaign *campaign =
		merit_index_get(&catalog->campaigns, &catalog->arena, name, sizeof(*campaign));

	if (campaign == NULL)
		return false;
	campaign->number = (uint32_t)number;
	campaign->value_minor = values[CAMPAIGN_VALUE_MINOR].integer;
	campaign->value_points = values[CAMPAIGN_VALUE_POINTS].integer;
	campaign->starts = (int32_t)values[CAMPAIGN_STARTS].integer;
	campaign->ends = (int32_t)values[CAMPAIGN_ENDS].integer;
	campaign->months = (int32_t)values[CAMPAIGN_MONTHS].integer;
	campaign->is_breakage = merit_text_equal(values[CAMPAIGN_CONTRACT].text, MERIT_TEXT("breakage"));
	return merit_text_keep(&catalog->arena, name, &campaign->name) &&
	       merit_text_keep(&catalog->arena, values[CAMPAIGN_SPONSOR].text, &campaign->sponsor) &&
	       merit_text_keep(&catalog->arena, values[CAMPAIGN_CURRENCY].text, &campaign->currency);
}

static struct merit_index_key rule_key(struct merit_text campaign, struct merit_text event, int64_t version)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_text(&key, campaign);
	merit_index_key_text(&key, event);
	merit_index_key_number(&key, version);
	return key;
}

static bool rule_take(struct merit_catalog *catalog, const struct merit_value *values, int64_t version)
{
	struct merit_index_key key = rule_key(values[RULE_CAMPAIGN].text, values[RULE_EVENT].text, version);
	struct merit_catalog_rule *rule =
		merit_index_get(&catalog->rules, &catalog->arena, merit_index_key_whole(&key), sizeof(*rule));

	return rule != NULL && merit_text_keep(&catalog->arena, values[RULE_NATURE].text, &rule->nature) &&
	       merit_text_keep(&catalog->arena, values[RULE_FORM].text, &rule->form) &&
	       merit_text_keep(&catalog->arena, values[RULE_INCOME].text, &rule->income);
}

static void close_take(struct merit_catalog *catalog, struct merit_text name)
{
	struct merit_catalog_campaign *campaign = merit_index_find(&catalog->campaigns, name);

	if (campaign != NULL)
		campaign->is_closed = true;
}

static bool operation_take(struct merit_catalog *catalog, enum merit_operation_number number,
                           const struct merit_value *values, const struct merit_value *results)
{
	switch (number) {
	case MERIT_OP_PROGRAM_CREATE: return party_take(catalog, values[PROGRAM_ADMIN].text, MERIT_ROLE_ADMIN, false);
	case MERIT_OP_PARTY_CREATE:
		return party_take(catalog, values[PARTY_PARTY].text, (enum merit_role)values[PARTY_ROLE].integer,
		                  false);
	case MERIT_OP_SPONSOR_CREATE:
		return party_take(catalog, values[SPONSOR_SPONSOR].text, MERIT_ROLE_SPONSOR,
		                  values[SPONSOR_PLATFORM].integer != 0);
	case MERIT_OP_MERCHANT_CREATE:
		return party_take(catalog, values[MERCHANT_MERCHANT].text, MERIT_ROLE_MERCHANT, false);
	case MERIT_OP_MEMBER_CREATE: return party_take(catalog, values[MEMBER_MEMBER].text, MERIT_ROLE_MEMBER, false);
	case MERIT_OP_CAMPAIGN_CREATE: return campaign_take(catalog, values);
	case MERIT_OP_CAMPAIGN_RULE: return rule_take(catalog, values, results[RESULT_VERSION].integer);
	case MERIT_OP_CAMPAIGN_CLOSE: close_take(catalog, values[CLOSE_CAMPAIGN].text); return true;
	default: return true;
	}
}

enum merit_status merit_catalog_take(struct merit_catalog *catalog, const struct merit_entry *entry)
{
	const struct merit_operation *done = merit_entry_done(entry);
	const struct merit_value *values = entry->values, *results = entry->results;

	if (entry->status != MERIT_OK)
		return MERIT_OK;
	if (done != entry->operation) {
		values = entry->results[APPROVE_DONE].cells;
		results = entry->results[APPROVE_DONE].results;
	}
	return operation_take(catalog, done->number, values, results) ? MERIT_OK : MERIT_NO_MEMORY;
}

/* ---- Asking ---- */

const struct merit_catalog_campaign *merit_catalog_campaign(const struct merit_catalog *catalog, struct merit_text name)
{
	return merit_index_find(&catalog->campaigns, name);
}

const struct merit_catalog_campaign *merit_catalog_campaign_at(const struct merit_catalog *catalog, size_t number)
{
	return number < catalog->campaigns.count ? merit_index_at(&catalog->campaigns, number) : NULL;
}

const struct merit_catalog_party *merit_catalog_party(const struct merit_catalog *catalog, struct merit_text name)
{
	return merit_index_find(&catalog->parties, name);
}

const struct merit_catalog_rule *merit_catalog_rule(const struct merit_catalog *catalog, struct merit_text campaign,
                                                    struct merit_text event, int64_t version)
{
	struct merit_index_key key = rule_key(campaign, event, version);

	return merit_index_find(&catalog->rules, merit_index_key_whole(&key));
}

int64_t merit_catalog_worth(const struct merit_catalog_campaign *campaign, int64_t points)
{
	__int128 product = (__int128)(points < 0 ? -points : points) * campaign->value_minor;
	__int128 whole = product / campaign->value_points, part = product % campaign->value_points;

	if (2 * part > campaign->value_points || (2 * part == campaign->value_points && whole % 2 != 0))
		whole++;
	whole = whole > INT64_MAX ? INT64_MAX : whole;
	return points < 0 ? -(int64_t)whole : (int64_t)whole;
}
