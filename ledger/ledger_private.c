/* ledger_private.c - private bytes: gathered with the group's entries, in the vault before the log has them, read from
 * either.
 *
 * The log comes second, so that no entry stands without its bytes: a kill between the two commits leaves rows nobody
 * names, which are harmless. Erasures go the same way: what was to be erased is gone, and the call that said so is made
 * again. A code that was added under another salt is refused here, before it is decided: only the vault can tell, and
 * what it tells is never in the log. Never touches the vault while opening: what old entries kept or erased is as the
 * vault has it. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "ledger/ledger_inner.h"
#include "ledger/private.h"

#define ROOM_STEP_SIZE ((uint64_t)1024 * 1024) /* asked for ahead, so that room is not measured for every entry */

enum change_kind { CHANGE_KEEP, CHANGE_ERASE, CHANGE_MARK };

/* One change of the vault in pending.changes; size bytes stand behind it. Changes whose subjects begin alike are chained
 * from the newest, so that one is found without a look at all of them. */
struct change {
	struct merit_hash subject; /* a commitment; of MARK, a mark */
	uint32_t size;             /* KEEP: of salt and private bytes; MARK: of the commitment it stands beside */
	enum change_kind kind;
	size_t previous; /* 1 + where the one before it in its chain begins; 0: it is the first */
};

/* ---- The vault ---- */

enum merit_status merit_ledger_vault_make(const char *directory, const uint8_t *key, size_t map_size)
{
	struct merit_vault_options options = { .map_size = map_size };

	memcpy(options.key, key, sizeof(options.key));
	enum merit_status status = merit_vault_create(directory, &options);
	sodium_memzero(&options, sizeof(options));
	return status;
}

/* Where there is none it is made: the ledger may be older than its key, or its private rows lost. */
enum merit_status merit_ledger_vault_open(struct merit_ledger *ledger, const struct merit_ledger_options *given)
{
	struct merit_vault_options options = { .map_size = given->map_size };

	if (given->private_key == NULL)
		return MERIT_OK;
	memcpy(options.key, given->private_key, sizeof(options.key));
	enum merit_status status = merit_vault_open(given->directory, &options, &ledger->vault);
	if (status == MERIT_NOT_FOUND) {
		status = merit_ledger_vault_make(given->directory, given->private_key, given->map_size);
		if (status == MERIT_OK)
			status = merit_vault_open(given->directory, &options, &ledger->vault);
	}
	sodium_memzero(&options, sizeof(options));
	if (status == MERIT_OK)
		ledger->model.private_erased = merit_pending_erase;
	return status;
}

/* ---- The changes of the group at hand ---- */

static size_t size_of(const struct merit_call *call)
{
	size_t size = 0;

	for (uint32_t i = 0; i < call->privates_count; i++) /* each may bring a mark */
		size += 2 * sizeof(struct change) + MERIT_HASH_SIZE + MERIT_PRIVATE_SALT_SIZE +
		        call->privates[i].bytes.size;
	return size;
}

static size_t *chain_of(const struct merit_pending *pending, const struct merit_hash *subject)
{
	return &pending->change_chains[(subject->bytes[0] << 8 | subject->bytes[1]) % MERIT_CHANGE_CHAINS];
}

static void change_put(struct merit_pending *pending, enum change_kind kind, const struct merit_hash *subject,
                       const void *bytes, size_t size)
{
	size_t *chain = chain_of(pending, subject);
	struct change change = { *subject, (uint32_t)size, kind, *chain };

	size_t at = pending->changes.size;

	merit_buffer_put(&pending->changes, &change, sizeof(change));
	if (size > 0)
		merit_buffer_put(&pending->changes, bytes, size);
	if (!pending->changes.bad) /* Without memory commit will say so. */
		*chain = at + 1;
}

static struct change change_at(const struct merit_pending *pending, size_t at, const char **bytes_out)
{
	struct change change;

	assert(at <= pending->changes.size && pending->changes.size - at >= sizeof(change));
	memcpy(&change, pending->changes.data + at, sizeof(change));
	*bytes_out = pending->changes.data + at + sizeof(change);
	return change;
}

static bool pending_find(const struct merit_pending *pending, const struct merit_hash *subject,
                         struct change *change_out, const char **bytes_out)
{
	for (size_t next = *chain_of(pending, subject); next != 0; next = change_out->previous) {
		*change_out = change_at(pending, next - 1, bytes_out);
		if (merit_hash_equal(&change_out->subject, subject))
			return true;
	}
	return false;
}

/* The last change of a commitment or mark in the group at hand, or else in the one sealed before it; false when there is
 * none. */
static bool change_find(const struct merit_ledger *ledger, const struct merit_hash *subject, struct change *change_out,
                        const char **bytes_out)
{
	return pending_find(&ledger->pending, subject, change_out, bytes_out) ||
	       pending_find(&ledger->sealed, subject, change_out, bytes_out);
}

/* ---- One code, one salt ---- */

/* Whether the call adds a code; then the mark of its item and text. */
static bool code_mark(const struct merit_ledger *ledger, const struct merit_call *call, struct merit_hash *mark_out)
{
	if (call->operation != merit_operation_numbered(MERIT_OP_CODE_ADD))
		return false;
	struct merit_text item = call->values[CODE_ADD_ITEM].text, code = call->privates[0].bytes;
	merit_vault_mark(ledger->vault, item.data, item.size, code.data, code.size, mark_out->bytes);
	return true;
}

/* The commitment a mark stands beside, as things stand in this group; NOT_FOUND, CORRUPT or IO_FAILED. */
static enum merit_status marked_find(struct merit_ledger *ledger, const struct merit_hash *mark,
                                     struct merit_hash *commitment_out)
{
	struct change change;
	const char *bytes;

	if (!change_find(ledger, mark, &change, &bytes))
		return merit_vault_get_marked(ledger->vault, mark->bytes, commitment_out->bytes);
	memcpy(commitment_out->bytes, bytes, sizeof(commitment_out->bytes));
	return MERIT_OK;
}

/* Whether the code was added under another salt and has not been erased since. A mark that a kill left behind stands
 * beside a commitment that the ledger does not know. */
static enum merit_status code_check(struct merit_ledger *ledger, const struct merit_call *call)
{
	struct merit_hash mark, marked;
	struct change change;
	const char *bytes;

	if (!code_mark(ledger, call, &mark))
		return MERIT_OK;
	enum merit_status status = marked_find(ledger, &mark, &marked);
	if (status != MERIT_OK)
		return status == MERIT_NOT_FOUND ? MERIT_OK : status;
	if (merit_hash_equal(&marked, &call->privates[0].commitment)) /* The very same: decide knows. */
		return MERIT_OK;
	if (change_find(ledger, &marked, &change, &bytes) && change.kind == CHANGE_ERASE)
		return MERIT_OK;
	struct merit_text commitment = { (const char *)marked.bytes, sizeof(marked.bytes) };
	return merit_model_code(&ledger->model, commitment) == NULL ? MERIT_OK : MERIT_CODE_REPEATED;
}

/* ---- Gathering ---- */

static enum merit_status room_for(struct merit_ledger *ledger, size_t size)
{
	struct merit_pending *pending = &ledger->pending;
	uint64_t needed = pending->changes.size + size;

	if (needed > pending->changes_allowed_size) {
		uint64_t wanted = ledger->sealed.changes.size + needed + ROOM_STEP_SIZE;
		enum merit_status status = merit_vault_has_room(ledger->vault, wanted, wanted / MERIT_HASH_SIZE);
		if (status != MERIT_OK)
			return status;
		pending->changes_allowed_size = needed + ROOM_STEP_SIZE;
	}
	if (pending->changes.bad) /* An erasure found no memory: commit says so. */
		return MERIT_NO_MEMORY;
	if (merit_buffer_reserve(&pending->changes, size))
		return MERIT_OK;
	pending->changes.bad = false; /* Nothing of it was put. */
	return MERIT_NO_MEMORY;
}

enum merit_status merit_pending_private_room(struct merit_ledger *ledger, const struct merit_call *call)
{
	if (call->privates_count == 0)
		return MERIT_OK;
	if (ledger->vault == NULL)
		return MERIT_PRIVATE_CLOSED;
	enum merit_status status = code_check(ledger, call);
	return status == MERIT_OK ? room_for(ledger, size_of(call)) : status;
}

void merit_pending_private(struct merit_ledger *ledger, const struct merit_call *call)
{
	struct merit_hash mark;

	for (uint32_t i = 0; i < call->privates_count; i++) {
		const struct merit_private *private = &call->privates[i];
		change_put(&ledger->pending, CHANGE_KEEP, &private->commitment, private->salt,
		           MERIT_PRIVATE_SALT_SIZE + private->bytes.size);
	}
	if (call->privates_count > 0 && code_mark(ledger, call, &mark))
		change_put(&ledger->pending, CHANGE_MARK, &mark, call->privates[0].commitment.bytes, MERIT_HASH_SIZE);
}

void merit_pending_erase(void *context, const uint8_t *commitment)
{
	struct merit_ledger *ledger = context;
	struct merit_hash subject;

	memcpy(subject.bytes, commitment, sizeof(subject.bytes));
	change_put(&ledger->pending, CHANGE_ERASE, &subject, NULL, 0);
}

/* ---- Reading ---- */

enum merit_status merit_ledger_private(struct merit_ledger *ledger, const struct merit_hash *commitment,
                                       struct merit_buffer *bytes)
{
	unsigned char salt[MERIT_VAULT_SALT_SIZE];
	struct change change;
	const char *joined;

	if (ledger->vault == NULL)
		return MERIT_PRIVATE_CLOSED;
	if (!change_find(ledger, commitment, &change, &joined))
		return merit_vault_get(ledger->vault, commitment->bytes, salt, bytes);
	if (change.kind == CHANGE_ERASE)
		return MERIT_NOT_FOUND;
	merit_buffer_put(bytes, joined + sizeof(salt), change.size - sizeof(salt));
	return bytes->bad ? MERIT_NO_MEMORY : MERIT_OK;
}

/* ---- Commit ---- */

static enum merit_status change_apply(struct merit_vault *vault, const struct change *change, const char *bytes)
{
	const unsigned char *subject = change->subject.bytes, *data = (const unsigned char *)bytes;

	if (change->kind == CHANGE_MARK)
		return merit_vault_put_mark(vault, subject, data);
	if (change->kind == CHANGE_KEEP)
		return merit_vault_put(vault, subject, data, data + MERIT_PRIVATE_SALT_SIZE,
		                       change->size - MERIT_PRIVATE_SALT_SIZE);
	enum merit_status status = merit_vault_erase(vault, subject);
	return status == MERIT_NOT_FOUND ? MERIT_OK : status; /* Never kept, or erased before. */
}

static enum merit_status changes_apply(struct merit_ledger *ledger)
{
	const struct merit_pending *pending = &ledger->sealed;
	enum merit_status status = MERIT_OK;

	for (size_t at = 0; status == MERIT_OK && at < pending->changes.size;) {
		const char *bytes;
		struct change change = change_at(pending, at, &bytes);
		status = change_apply(ledger->vault, &change, bytes);
		at += sizeof(change) + change.size;
	}
	return status;
}

enum merit_status merit_pending_private_commit(struct merit_ledger *ledger)
{
	const struct merit_buffer *changes = &ledger->sealed.changes;

	if (changes->bad)
		return MERIT_NO_MEMORY;
	if (changes->size == 0)
		return MERIT_OK;
	enum merit_status status = changes_apply(ledger);
	return status == MERIT_OK ? merit_vault_commit(ledger->vault) : status;
}

/* Every chain as it was before the changes behind size. */
static void chains_cut(struct merit_pending *pending, size_t size)
{
	const char *bytes;

	for (size_t i = 0; i < MERIT_CHANGE_CHAINS; i++) {
		while (pending->change_chains[i] > size)
			pending->change_chains[i] = change_at(pending, pending->change_chains[i] - 1, &bytes).previous;
	}
}

/* The same, wiped: private bytes stand there in clear. */
static void changes_cut(struct merit_pending *pending, size_t size)
{
	struct merit_buffer *changes = &pending->changes;

	assert(size <= changes->size);
	if (size == changes->size)
		return;
	chains_cut(pending, size);
	sodium_memzero(changes->data + size, changes->size - size);
	changes->size = size;
}

void merit_pending_private_cut(struct merit_ledger *ledger, size_t size)
{
	changes_cut(&ledger->pending, size);
}

void merit_pending_private_forget(struct merit_pending *pending)
{
	changes_cut(pending, 0);
	merit_buffer_clear(&pending->changes);
}
