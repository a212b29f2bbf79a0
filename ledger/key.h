/* key.h - Ed25519 keys: signing, verifying, and the files they live in.
 *
 * Order   the program calls sodium_init() once before any of these.
 * Never   makes a key: randomness is the caller's, who hands in a seed. Never asks for a passphrase.
 * Memory  a secret key is the caller's to wipe, with merit_secret_key_wipe, on every way out.
 * Threads any number at once.
 * Source  Ed25519: RFC 8032, section 5.1; files: RFC 8410 (PKCS#8) in PEM; thumbprint: RFC 7638 and RFC 8037. */
#ifndef MERIT_LEDGER_KEY_H
#define MERIT_LEDGER_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "ledger/status.h"

#define MERIT_PUBLIC_KEY_SIZE 32
#define MERIT_SEED_SIZE       32
#define MERIT_PLAIN_KEY_SIZE  32
#define MERIT_SIGNATURE_SIZE  64
#define MERIT_THUMBPRINT_SIZE 43 /* characters of base64url, without a NUL */

struct merit_public_key { uint8_t bytes[MERIT_PUBLIC_KEY_SIZE]; };

/* The seed, then the public key made from it: the form libsodium signs with. */
struct merit_secret_key { uint8_t bytes[MERIT_SEED_SIZE + MERIT_PUBLIC_KEY_SIZE]; };

/* The key that 32 random bytes stand for. */
void merit_secret_key_from_seed(const uint8_t seed[MERIT_SEED_SIZE], struct merit_secret_key *key_out);
void merit_secret_key_wipe(struct merit_secret_key *key);
struct merit_public_key merit_secret_key_public(const struct merit_secret_key *key);

/* size bytes (16 to 64) that follow from the key, a purpose and a number, and tell nothing of the key or each other. */
void merit_secret_key_derive(const struct merit_secret_key *key, const char *purpose, uint64_t number, void *bytes_out,
			     size_t size);

/* The same key and message always give the same signature. */
void merit_key_sign(const struct merit_secret_key *key, const void *message, size_t size,
                    uint8_t signature_out[MERIT_SIGNATURE_SIZE]);

/* Whether the signature is key's over message. Strict: S below the group order, no key or R of small order. */
MERIT_MUST_USE bool merit_key_verify(const struct merit_public_key *key, const void *message, size_t size,
                                     const uint8_t signature[MERIT_SIGNATURE_SIZE]);

/* Whether the bytes are a canonical point of the prime-order group. Any other "key" can have signatures that fit
 * messages nobody signed, so one is refused before it is stored. */
MERIT_MUST_USE bool merit_public_key_usable(const struct merit_public_key *key);

/* The key's JWK thumbprint and a NUL: SHA-256 of {"crv":"Ed25519","kty":"OKP","x":"..."} in base64url. */
void merit_public_key_thumbprint(const struct merit_public_key *key, char text_out[MERIT_THUMBPRINT_SIZE + 1]);

/* Reads what `openssl genpkey -algorithm ed25519` or merit_secret_key_write wrote.
 *
 * Returns  NOT_FOUND; KEY_EXPOSED when group or others have any right to the file; BAD_FORMAT for anything but an
 *          unencrypted Ed25519 key; IO_FAILED; NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_secret_key_read(const char *path, struct merit_secret_key *key_out);

/* Writes the key to a new file that only its owner can read, and flushes the file and its folder.
 *
 * Returns  EXISTS when there is a file already: it is left alone; NOT_FOUND without the folder; IO_FAILED; NO_MEMORY.
 *          After an error of its own the half-written file is gone */
MERIT_MUST_USE enum merit_status merit_secret_key_write(const char *path, const struct merit_secret_key *key);

/* A key that signs nothing, such as the one of the private rows (vault.h): its file is one line of base64url. Each
 * returns as its namesake above. */
MERIT_MUST_USE enum merit_status merit_plain_key_read(const char *path, uint8_t key_out[MERIT_PLAIN_KEY_SIZE]);
MERIT_MUST_USE enum merit_status merit_plain_key_write(const char *path, const uint8_t key[MERIT_PLAIN_KEY_SIZE]);

#endif
