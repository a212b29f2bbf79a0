/* flow.h - what an entry did to members' points, lot by lot: how much of the liability came and went, and by what.
 *
 * Liability  what members have available and what orders hold: member/M and member/M/held. Moves between the two of
 *            one lot are no flow.
 * By what    from the operation, and of orders from the accounts on the other side: redeemed/X, expired/C.
 * Signs      what comes is above zero, what goes below: a lot's points behind an entry are those before it plus its
 *            flows. */
#ifndef MERIT_REPORT_FLOW_H
#define MERIT_REPORT_FLOW_H

#include "ledger/entry.h"

enum merit_flow_kind {
	MERIT_FLOW_ISSUED,      /* earned or given for a referral, available at once */
	MERIT_FLOW_MATURED,     /* was pending */
	MERIT_FLOW_BROUGHT_IN,  /* from before this ledger */
	MERIT_FLOW_REFUNDED,    /* from redeemed/X back into its lot */
	MERIT_FLOW_RESTORED,    /* from redeemed/X into another lot, its own being dead or the member having too many */
	MERIT_FLOW_REDEEMED,    /* to redeemed/X */
	MERIT_FLOW_EXPIRED,     /* to expired/C, or through it to the sponsor; also forfeit, and released too late */
	MERIT_FLOW_CLAWED_BACK, /* of an earn that was reversed */
	MERIT_FLOW_ADJUSTED,    /* both ways */
	MERIT_FLOW_COUNT
};

/* "issued" and so on: columns of reports. */
const char *merit_flow_name(enum merit_flow_kind kind);
const char *merit_flow_heading(enum merit_flow_kind kind);

struct merit_flow {
	struct merit_text campaign; /* borrowed from the entry */
	int32_t day;                /* the lot's last day, NEVER; NONE: pending and debts, which are in no lot */
	int32_t line;               /* of an order, or -1 */
	int64_t by[MERIT_FLOW_COUNT];
	int64_t available, held, pending, debt; /* what each account moved by */
	int64_t redeemed; /* to redeemed/X; below zero from there */
	int64_t dead;     /* to expired/C, whether or not it went on to the sponsor; from redeemed/X too, policy forfeit */
	int64_t breakage; /* of these, what stayed there */
};

/* Start from { 0 }; of no use between entries but for its memory. */
struct merit_flows {
	struct merit_flow *rows; /* a campaign, last day and line each */
	size_t count, capacity;
};

/* Makes them the flows of an accepted, unwrapped entry. Returns NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_flows_read(struct merit_flows *flows, const struct merit_entry *entry);
void merit_flows_free(struct merit_flows *flows);

#endif
