/* note.h - C2SP signed notes: a text, and the lines of those who sign it.
 *
 * Form    text that ends in a newline, an empty line, then for each signature: em dash, space, name, space, base64 of
 *         the key's 4-byte id and the signature.
 * Never   gives out a text as signed before merit_note_verify said so: parsing alone proves nothing.
 * Memory  a parsed note points into the caller's bytes, which must outlive it.
 * Threads any number at once.
 * Source  C2SP signed-note v1.0.0; cosignatures: C2SP tlog-cosignature v1.0.1, the Ed25519 kind. */
#ifndef MERIT_LEDGER_NOTE_H
#define MERIT_LEDGER_NOTE_H

#include "ledger/buffer.h"
#include "ledger/key.h"
#include "ledger/limits.h"
#include "ledger/lines.h"

#define MERIT_KEY_ID_SIZE 4

/* What a signature of this type covers. Numbers are part of the format; 0x06, ML-DSA-44, may follow. */
enum merit_note_type {
	MERIT_NOTE_ED25519 = 0x01,     /* the text */
	MERIT_NOTE_COSIGNATURE = 0x04, /* a time and the text: a witness saw this checkpoint follow from earlier ones */
};

/* A public key as notes know it: its name and type are part of its identity. */
struct merit_verifier {
	char name[MERIT_ORIGIN_SIZE_MAX + 1];
	enum merit_note_type type;
	uint8_t id[MERIT_KEY_ID_SIZE];
	struct merit_public_key key;
};

/* One signature line. */
struct merit_note_signature {
	struct merit_slice name;
	struct merit_slice blob; /* base64 of the id and what follows it */
	uint8_t id[MERIT_KEY_ID_SIZE];
};

struct merit_note {
	struct merit_slice text; /* what is signed, with its last newline */
	unsigned signature_count;
	struct merit_note_signature signatures[MERIT_NOTE_SIGNATURES_MAX];
};

/* A verifier of a key and its name of 1 to MERIT_ORIGIN_SIZE_MAX bytes: UTF-8 without spaces, controls or '+'.
 * Returns BAD_FORMAT for another name, PUBLIC_KEY_WEAK for a key that merit_public_key_usable refuses. */
MERIT_MUST_USE enum merit_status merit_verifier_make(const char *name, enum merit_note_type type,
                                                     const struct merit_public_key *key,
                                                     struct merit_verifier *verifier_out);

/* Reads a verifier's text, <name>+<id in hex>+<base64 of type and key>, up to its NUL.
 * Returns BAD_FORMAT also for types this build does not know and an id that is not the key's; PUBLIC_KEY_WEAK. */
MERIT_MUST_USE enum merit_status merit_verifier_parse(const char *text, struct merit_verifier *verifier_out);

/* Appends that text. */
void merit_verifier_put(struct merit_buffer *buffer, const struct merit_verifier *verifier);

/* Takes a note apart.
 * Returns BAD_FORMAT; TOO_LARGE over MERIT_NOTE_SIZE_MAX bytes or MERIT_NOTE_SIGNATURES_MAX signatures */
MERIT_MUST_USE enum merit_status merit_note_parse(const char *note, size_t size, struct merit_note *note_out);

/* Whether verifier's key signed the note. Lines of other keys are passed over, as the format asks: whoever trusts
 * several keys asks for each, and refuses the note when any answer is BAD_SIGNATURE.
 *
 * time_s_out  when a witness signed, in Unix seconds, or 0 for another type; may be NULL
 * Returns     BAD_SIGNATURE when any line of this key is wrong; SIGNER_MISSING when it has none; NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_note_verify(const struct merit_note *note, const struct merit_verifier *verifier,
                                                   uint64_t *time_s_out);

/* Appends the line with which key signs text. verifier is key's public side, of type MERIT_NOTE_ED25519. A whole note
 * is text, a newline, and such lines. text must not lie in buffer, which may move. */
void merit_note_put_signature(struct merit_buffer *buffer, const struct merit_verifier *verifier,
                              const struct merit_secret_key *key, struct merit_slice text);

/* The same for a witness: verifier is of type MERIT_NOTE_COSIGNATURE, time_s in Unix seconds and below 2^63. */
void merit_note_put_cosignature(struct merit_buffer *buffer, const struct merit_verifier *verifier,
                                const struct merit_secret_key *key, struct merit_slice text, uint64_t time_s);

#endif
