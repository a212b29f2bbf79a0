/* catalog.h - what entries say about campaigns, rules and parties: names for other entries' numbers.
 *
 * It takes every entry of a log in order and keeps what reports look up: whose campaign it is, what its points are worth,
 * which rule version has which nature, form and class of income. Nothing is decided here. */
#ifndef MERIT_REPORT_CATALOG_H
#define MERIT_REPORT_CATALOG_H

#include "ledger/entry.h"

struct merit_catalog_campaign {
	struct merit_text name, sponsor;
	struct merit_text currency;
	int64_t value_minor, value_points;
	int32_t starts, ends, months;
	bool is_breakage; /* contract */
	bool is_closed;   /* as of the last entry taken */
	uint32_t number;  /* from 0, in the order of creation */
};

struct merit_catalog_rule {
	struct merit_text nature, form, income; /* empty where the rule names none */
};

struct merit_catalog_party {
	struct merit_text name;
	enum merit_role role;
	bool is_platform; /* of a sponsor */
};

struct merit_catalog;

MERIT_MUST_USE enum merit_status merit_catalog_open(struct merit_catalog **catalog_out);
void merit_catalog_close(struct merit_catalog *catalog);
MERIT_MUST_USE enum merit_status merit_catalog_take(struct merit_catalog *catalog, const struct merit_entry *entry);

/* NULL when there is none. Pointers stay until the catalog closes. */
const struct merit_catalog_campaign *merit_catalog_campaign(const struct merit_catalog *catalog, struct merit_text name);
const struct merit_catalog_campaign *merit_catalog_campaign_at(const struct merit_catalog *catalog, size_t number);
const struct merit_catalog_party *merit_catalog_party(const struct merit_catalog *catalog, struct merit_text name);
const struct merit_catalog_rule *merit_catalog_rule(const struct merit_catalog *catalog, struct merit_text campaign,
						    struct merit_text event, int64_t version);

/* What points of a campaign are worth: minor units, half to even (doc/protocol.md, section 10). */
int64_t merit_catalog_worth(const struct merit_catalog_campaign *campaign, int64_t points);

#endif
