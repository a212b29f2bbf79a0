/* vault.h - what must be deletable: names, addresses, voucher codes. The LMDB environment DIR/private, encrypted.
 *
 * A signed call carries only a commitment, SHA-256(salt || bytes); salt and bytes stand here under that commitment and
 * nowhere else. It must never hold what the ledger needs to be rebuilt or verified: a missing row is a normal thing.
 *
 * At rest   XChaCha20-Poly1305 (libsodium) under a key derived from the caller's; the row's commitment is authenticated
 *           with it, so rows cannot be exchanged. The nonce is a keyed BLAKE2b of the commitment: two rows have the
 *           same one only if their commitments are the same, which makes them the same row. Lengths are not hidden.
 * Twins     a mark, a keyed BLAKE2b of a text, stands beside the commitment of the one row that has this text, so that
 *           the same text under another salt is known for what it is. It goes with the row.
 * Erase     removes the row for every reader, at once and for good. It does not clean the medium: the file keeps the
 *           old ciphertext in a free page until LMDB uses that again or merit_vault_compact has run, a disk keeps
 *           blocks of deleted files, and backups keep what they copied. Against who holds the key and an old copy only
 *           the copy's end helps: so let backups of private/ expire. A part of the map is kept free for erasures.
 * Order     a group's puts are committed here before the log's commit. A log that then fails leaves rows nobody names;
 *           they are harmless and can be erased.
 * Threads   put, erase, commit, abort: one thread at a time, and from first put or erase to commit or abort the same
 *           one. get: any thread. The caller holds DIR/lock (merit_store_open) for read-write.
 * Process   one open vault per directory and process; not carried across fork(). sodium_init() was called. */
#ifndef MERIT_LEDGER_VAULT_H
#define MERIT_LEDGER_VAULT_H

#include "ledger/buffer.h"
#include "ledger/status.h"
#include "ledger/store_env.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERIT_VAULT_KEY_SIZE          32
#define MERIT_VAULT_COMMITMENT_SIZE   32
#define MERIT_VAULT_SALT_SIZE         32
#define MERIT_VAULT_MARK_SIZE         32
#define MERIT_VAULT_MAP_SIZE_DEFAULT  (16ULL * 1024 * 1024 * 1024) /* address space, not disk */
#define MERIT_VAULT_DISK_RESERVE_SIZE (64ULL * 1024 * 1024)        /* of the disk, kept free */

struct merit_vault; /* Opaque. */

/* All zeros and NULL but for the key are the defaults above. */
struct merit_vault_options {
	unsigned char key[MERIT_VAULT_KEY_SIZE]; /* secret; copied, and wiped at close */
	uint64_t map_size;                       /* bytes */
	uint64_t disk_reserve_size;              /* bytes */
	bool read_only;                          /* beside a running writer, from another process */
	struct merit_fault *fault;               /* tests only: counts create, open and writes */
};

/* Makes an empty DIR/private for this key. Returns EXISTS, STORE_FULL, NO_MEMORY or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_vault_create(const char *dir, const struct merit_vault_options *options);

/* Returns NOT_FOUND, WRONG_KEY, CORRUPT, NO_MEMORY or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_vault_open(const char *dir, const struct merit_vault_options *options,
                                                  struct merit_vault **vault_out);

/* Drops what was not committed. NULL does nothing. */
void merit_vault_close(struct merit_vault *vault);

/* Whether row_count rows with together size bytes fit the map and the disk, and leave the room in the map that erasures
 * need: a full vault can still be erased from. Any thread. Returns STORE_FULL, STORE_FAILED or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_vault_has_room(struct merit_vault *vault, uint64_t size, uint64_t row_count);

/* commitment and salt are MERIT_VAULT_COMMITMENT_SIZE and MERIT_VAULT_SALT_SIZE bytes in all that follows. */

/* Keeps bytes under their commitment, once committed. What is there already stays as it is.
 * Returns  PRIVATE_MISMATCH when commitment is not SHA-256(salt || bytes): nothing changed; NO_MEMORY the same;
 *          STORE_FAILED, after which every later write answers the same */
MERIT_MUST_USE enum merit_status merit_vault_put(struct merit_vault *vault, const unsigned char *commitment,
                                                 const unsigned char *salt, const void *bytes, size_t size);

/* The mark of size bytes that stand for something only together with what they are of, such as an item's name: the same
 * for the same two, and without the vault's key not to be told from noise. Any thread. */
void merit_vault_mark(const struct merit_vault *vault, const void *of, size_t of_size, const void *bytes, size_t size,
                      unsigned char mark_out[MERIT_VAULT_MARK_SIZE]);

/* Keeps a mark beside a commitment, once committed, in place of what either stood beside. Returns STORE_FAILED. */
MERIT_MUST_USE enum merit_status merit_vault_put_mark(struct merit_vault *vault, const unsigned char *mark,
                                                      const unsigned char *commitment);

/* The commitment that a mark stands beside, as committed. Returns NOT_FOUND, CORRUPT or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_vault_get_marked(struct merit_vault *vault, const unsigned char *mark,
                                                        unsigned char *commitment_out);

/* Removes the row and its mark, once committed; see Erase above. Returns NOT_FOUND or STORE_FAILED. */
MERIT_MUST_USE enum merit_status merit_vault_erase(struct merit_vault *vault, const unsigned char *commitment);

/* Makes puts and erasures since the last commit durable, if there are any. Returns STORE_FAILED; never tried again. */
MERIT_MUST_USE enum merit_status merit_vault_commit(struct merit_vault *vault);

/* Forgets them. */
void merit_vault_abort(struct merit_vault *vault);

/* The committed bytes, put behind what bytes_out holds, and their salt.
 * Returns  NOT_FOUND (never kept, or erased), CORRUPT (they do not decrypt), NO_MEMORY or IO_FAILED */
MERIT_MUST_USE enum merit_status merit_vault_get(struct merit_vault *vault, const unsigned char *commitment,
                                                 unsigned char *salt_out, struct merit_buffer *bytes_out);

/* What made the vault fail, for one line in the service's log; NULL while it has not. */
const char *merit_vault_failure(struct merit_vault *vault);

/* See merit_env_drop_dead_readers. Any thread. */
void merit_vault_drop_dead_readers(struct merit_vault *vault);

/* Copies the vault, still encrypted, beside its writer, to TARGET_DIR/private. See merit_env_copy. Any thread. */
MERIT_MUST_USE enum merit_status merit_vault_backup(struct merit_vault *vault, const char *target_dir,
                                                    bool *compact_out);

/* Rewrites DIR/private with its live rows only, so that the file holds nothing of what was erased. Nobody may have it
 * open, in any process; no key is needed. Returns NOT_FOUND, CORRUPT, STORE_FULL, NO_MEMORY or IO_FAILED; the vault is
 * then as it was. */
MERIT_MUST_USE enum merit_status merit_vault_compact(const char *dir);

#endif
