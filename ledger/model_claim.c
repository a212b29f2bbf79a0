/* model_claim.c - see model.h: what may be used once. State keeps a hash of each and the entry that used it, so what
 * seems used is looked up there: one time in thousands the entry used something else. Whether it used this must follow
 * from the log alone, or two services with other hash keys would decide differently. */
#include <assert.h>

#include "ledger/award.h"

/* What is looked for, and the walk over the entries that may have used it. */
struct search {
	enum merit_claim claim;
	struct merit_text key;
	struct merit_claim_walk walk;
};

/* The next entry that may have used it. NOT_FOUND when there is none; else why it cannot be read: NO_MEMORY or
 * CORRUPT. */
static enum merit_status candidate_next(struct merit_model *model, struct search *search, struct merit_entry *entry_out)
{
	uint64_t seq;

	if (!merit_state_claimed(model->state, (uint8_t)search->claim, search->key.data, search->key.size,
	                         &search->walk, &seq))
		return MERIT_NOT_FOUND;
	enum merit_status status = merit_model_entry(model, seq, &model->scratch, entry_out);
	return status == MERIT_NOT_FOUND ? MERIT_CORRUPT : status;
}

static void claim(struct merit_model *model, enum merit_claim claim, struct merit_text key, uint64_t seq)
{
	merit_state_claim(model->state, (uint8_t)claim, key.data, key.size, seq);
}

static void unclaim(struct merit_model *model, enum merit_claim claim, struct merit_text key, uint64_t seq)
{
	merit_state_unclaim(model->state, (uint8_t)claim, key.data, key.size, seq);
}

static void expect(struct merit_model *model, enum merit_claim claim, struct merit_text key)
{
	merit_state_expect_claim(model->state, (uint8_t)claim, key.data, key.size);
}

/* ---- Ids ---- */

enum merit_status merit_model_original(struct merit_model *model, struct merit_text party, uint32_t number,
                                       struct merit_text id, struct merit_entry *original_out)
{
	struct search search = { .claim = MERIT_CLAIM_ID, .key = merit_model_id_key(model, number, id) };
	enum merit_status status;

	do
		status = candidate_next(model, &search, original_out);
	while (status == MERIT_OK &&
	       !(merit_text_equal(original_out->id, id) && merit_text_equal(original_out->party, party)));
	return status;
}

void merit_model_use_id(struct merit_model *model, uint32_t number, const struct merit_entry *entry)
{
	claim(model, MERIT_CLAIM_ID, merit_model_id_key(model, number, entry->id), entry->seq);
}

void merit_model_expect_id(struct merit_model *model, uint32_t number, struct merit_text id)
{
	expect(model, MERIT_CLAIM_ID, merit_model_id_key(model, number, id));
}

/* Whether what the entry used is used still: only an accepted one uses anything but its id, and a rejected award's is
 * free again. */
static bool is_in_use(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_award *award = entry->status == MERIT_OK ? merit_model_award(model, entry->seq) : NULL;

	return entry->status == MERIT_OK && (award == NULL || award->state != MERIT_AWARD_REJECTED);
}

/* ---- References ---- */

static struct merit_text reference_key(struct merit_model *model, const struct merit_reference *reference)
{
	return merit_model_reference_key(model, reference->campaign_number, reference->event, reference->member,
	                                 reference->reference);
}

static bool is_by_earn(const struct merit_entry *entry, const struct merit_reference *reference)
{
	const struct merit_value *values = entry->values;

	return entry->operation->number == MERIT_OP_EARN &&
	       merit_text_equal(values[EARN_REFERENCE].text, reference->reference) &&
	       merit_text_equal(values[EARN_MEMBER].text, reference->member) &&
	       merit_text_equal(values[EARN_EVENT].text, reference->event) &&
	       merit_text_equal(values[EARN_CAMPAIGN].text, reference->campaign);
}

/* No event has an empty name: of an opening balance it is. */
static bool is_by_opening(const struct merit_entry *entry, const struct merit_reference *reference)
{
	const struct merit_value *values = entry->values;

	return entry->operation->number == MERIT_OP_MEMBER_OPENING && reference->event.size == 0 &&
	       merit_text_equal(values[OPENING_REFERENCE].text, reference->reference) &&
	       merit_text_equal(values[OPENING_MEMBER].text, reference->member) &&
	       merit_text_equal(values[OPENING_CAMPAIGN].text, reference->campaign);
}

enum merit_status merit_model_reference(struct merit_model *model, const struct merit_reference *reference,
                                        uint64_t *seq_out)
{
	struct search search = { .claim = MERIT_CLAIM_REFERENCE, .key = reference_key(model, reference) };
	struct merit_entry entry;
	enum merit_status status;

	while ((status = candidate_next(model, &search, &entry)) == MERIT_OK) {
		merit_entry_unwrap(&entry); /* An opening balance may have been proposed. */
		if ((!is_by_earn(&entry, reference) && !is_by_opening(&entry, reference)) || !is_in_use(model, &entry))
			continue;
		*seq_out = entry.seq;
		break;
	}
	return status;
}

void merit_model_use_reference(struct merit_model *model, const struct merit_reference *reference, uint64_t seq)
{
	claim(model, MERIT_CLAIM_REFERENCE, reference_key(model, reference), seq);
}

void merit_model_free_reference(struct merit_model *model, const struct merit_reference *reference, uint64_t seq)
{
	unclaim(model, MERIT_CLAIM_REFERENCE, reference_key(model, reference), seq);
}

void merit_model_expect_reference(struct merit_model *model, const struct merit_reference *reference)
{
	expect(model, MERIT_CLAIM_REFERENCE, reference_key(model, reference));
}

/* ---- Evidence ---- */

enum merit_status merit_model_evidence(struct merit_model *model, struct merit_text hash,
                                       struct merit_evidence *evidence_out)
{
	struct search search = { .claim = MERIT_CLAIM_EVIDENCE, .key = hash };
	struct merit_entry entry;
	enum merit_status status;

	while ((status = candidate_next(model, &search, &entry)) == MERIT_OK) {
		if (entry.operation->number != MERIT_OP_EARN ||
		    !merit_text_equal(entry.values[EARN_EVIDENCE].text, hash))
			continue;
		const struct merit_evidence *row = merit_model_get(model, MERIT_TABLE_EVIDENCE, hash, NULL);
		if (row == NULL && !is_in_use(model, &entry))
			continue;
		*evidence_out = row != NULL ? *row : (struct merit_evidence){ .seq = entry.seq, .uses = 1 };
		break;
	}
	return status;
}

static void evidence_set(struct merit_model *model, struct merit_text hash, const struct merit_evidence *evidence)
{
	*(struct merit_evidence *)merit_model_edit(model, MERIT_TABLE_EVIDENCE, hash, sizeof(*evidence)) = *evidence;
}

/* Most evidence is brought once: then its claim says all there is to say, and what is not claimed has no row. */
enum merit_status merit_model_use_evidence(struct merit_model *model, struct merit_text hash, uint64_t seq)
{
	struct merit_evidence evidence;
	enum merit_status status = merit_model_evidence(model, hash, &evidence);

	if (status == MERIT_NOT_FOUND)
		claim(model, MERIT_CLAIM_EVIDENCE, hash, seq);
	if (status != MERIT_OK)
		return status == MERIT_NOT_FOUND ? MERIT_OK : status;
	evidence.uses++;
	evidence_set(model, hash, &evidence);
	return MERIT_OK;
}

void merit_model_free_evidence(struct merit_model *model, struct merit_text hash, uint64_t seq)
{
	const struct merit_evidence *row = merit_model_get(model, MERIT_TABLE_EVIDENCE, hash, NULL);
	struct merit_evidence left = row == NULL ? (struct merit_evidence){ .seq = seq, .uses = 1 } : *row;

	assert(left.uses > 0);
	left.uses--;
	if (left.uses == 0)
		unclaim(model, MERIT_CLAIM_EVIDENCE, hash, left.seq);
	if (left.uses > 0)
		evidence_set(model, hash, &left);
	else if (row != NULL)
		merit_state_delete(model->state, MERIT_TABLE_EVIDENCE, hash.data, hash.size);
}

void merit_model_expect_evidence(struct merit_model *model, struct merit_text hash)
{
	expect(model, MERIT_CLAIM_EVIDENCE, hash);
}
