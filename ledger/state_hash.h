/* state_hash.h - SipHash, written out so that it is compiled into its callers. For state only.
 *
 * Rows and claims are found by SipHash-1-3: keyed, so that nobody can choose names that collide without the key, and
 * studied for just this use (it is what the hash tables of Rust, Ruby and Python stand on). Over a name of 30 bytes
 * it runs 7 rounds where libsodium's SipHash-2-4 runs 12, behind a call. Source: Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF", 2012. */
#ifndef MERIT_LEDGER_STATE_HASH_H
#define MERIT_LEDGER_STATE_HASH_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct siphash {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t siphash_rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void siphash_rounds(struct siphash *s, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = siphash_rotate(s->v1, 13) ^ s->v0;
		s->v3 = siphash_rotate(s->v3, 16) ^ s->v2;
		s->v0 = siphash_rotate(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = siphash_rotate(s->v1, 17) ^ s->v2;
		s->v3 = siphash_rotate(s->v3, 21) ^ s->v0;
		s->v2 = siphash_rotate(s->v2, 32);
	}
}

static inline uint64_t siphash_word(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return le64toh(word);
}

/* The last 0 to 7 bytes and, on top, the size. Where there are 8 bytes they are taken from the last 8, in one load. */
static inline uint64_t siphash_tail(const unsigned char *bytes, size_t count, size_t size)
{
	uint64_t word = (uint64_t)size << 56;

	if (count > 0 && size >= 8)
		return word | siphash_word(bytes + count - 8) >> (64 - 8 * count);
	for (size_t i = 0; i < count; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

static inline void siphash_add(struct siphash *s, unsigned rounds, uint64_t word)
{
	s->v3 ^= word;
	siphash_rounds(s, rounds);
	s->v0 ^= word;
}

/* SipHash-c-d of size bytes; 1 and 3 rounds for state, 2 and 4 for the test against libsodium. */
static inline uint64_t siphash(unsigned word_rounds, unsigned end_rounds, const unsigned char key[16], const void *data,
                               size_t size)
{
	const unsigned char *bytes = data;
	uint64_t k0 = siphash_word(key), k1 = siphash_word(key + 8);
	struct siphash s = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
		             k1 ^ 0x7465646279746573 };

	size_t left = size;
	for (; left >= 8; left -= 8, bytes += 8)
		siphash_add(&s, word_rounds, siphash_word(bytes));
	siphash_add(&s, word_rounds, siphash_tail(bytes, left, size));
	s.v2 ^= 0xff;
	siphash_rounds(&s, end_rounds);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

#endif
