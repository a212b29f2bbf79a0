/* hash.h - SHA-256, and the two hashes a Merkle tree is made of.
 *
 * Holds   nothing: every call stands alone.
 * Never   allocates or fails.
 * Threads any number at once.
 * Source  FIPS 180-4; leaf and node: RFC 6962, section 2.1. */
#ifndef MERIT_LEDGER_HASH_H
#define MERIT_LEDGER_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERIT_HASH_SIZE 32

/* A struct, so that hashes copy by assignment and are not taken for any other 32 bytes, such as a key. */
struct merit_hash { uint8_t bytes[MERIT_HASH_SIZE]; };

/* SHA-256 of size bytes. data may be NULL when size is 0. */
void merit_sha256(const void *data, size_t size, uint8_t hash_out[MERIT_HASH_SIZE]);

/* SHA-256(0x00 || data): one entry as a leaf. */
struct merit_hash merit_hash_leaf(const void *data, size_t size);

/* SHA-256(0x01 || left || right). The prefixes differ so that no node can be passed off as a leaf. */
struct merit_hash merit_hash_node(const struct merit_hash *left, const struct merit_hash *right);

/* Not in constant time: hashes of the log are public. */
bool merit_hash_equal(const struct merit_hash *a, const struct merit_hash *b);

#endif
