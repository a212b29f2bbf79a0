/* golden.h - one log, one witness and eight leaves with fixed keys, whose every byte is known.
 *
 * The leaves are those of transparency-dev/merkle's constants. The texts were made by an independent program. */
#ifndef MERIT_TESTS_GOLDEN_H
#define MERIT_TESTS_GOLDEN_H

#include <string.h>

#include "ledger/encode.h"
#include "ledger/receipt.h"
#include "ledger/tree.h"

#define GOLDEN_ORIGIN       "merit.example/ledger1"
#define GOLDEN_LOG          "merit.example/ledger1+5a9e62b9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define GOLDEN_WITNESS      "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
#define GOLDEN_BODY         "merit.example/ledger1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
#define GOLDEN_WITNESS_TIME 1700000000
#define GOLDEN_LOG_LINE                                                                                            \
	"\xe2\x80\x94 merit.example/ledger1 "                                                                          \
	"Wp5iuaC0X8/jC9u7qgQjNkl79Qa+3G0bxPpOx0e4/ohvlTmP/M2r0i3DiILY/8+TohuZzL8h3QBl07VLunpiMc9OWwc=\n"
#define GOLDEN_WITNESS_LINE                                                                                        \
	"\xe2\x80\x94 witness.example/w1 "                                                                             \
	"IDJKvgAAAABlU/EA0FPSRskA8ddH+2hxET/Fgu1b4L8k3myD66gI+vaWkgYd2hTrEGgEGaVpS9LfyZYHiBGVdM5i+fVmPq57L5xwAg==\n"
#define GOLDEN_LEAVES 8

static const struct { const char *hex; const char *root; } golden_leaves[GOLDEN_LEAVES] = { /* root: once it is added */
	{ "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ "00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ "10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ "2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ "3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ "40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ "5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ "606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

/* The key whose seed is the 32 bytes first, first + 1, ... */
static inline struct merit_secret_key golden_key(uint8_t first)
{
	uint8_t seed[MERIT_SEED_SIZE];
	struct merit_secret_key key;

	for (unsigned i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)(first + i);
	merit_secret_key_from_seed(seed, &key);
	return key;
}

static inline struct merit_secret_key golden_log_key(void)
{
	return golden_key(0x00);
}

static inline struct merit_secret_key golden_witness_key(void)
{
	return golden_key(0x20);
}

/* Leaf index's bytes, at most 16, into bytes_out; returns their number. */
static inline size_t golden_leaf(unsigned index, uint8_t bytes_out[16])
{
	const char *hex = golden_leaves[index].hex;
	size_t size = 0;

	if (!merit_hex_decode(hex, strlen(hex), bytes_out, 16, &size))
		return SIZE_MAX;
	return size;
}

/* Whether the SHA-256 of some bytes is the one given in hex. */
static inline bool sha256_is(const void *bytes, size_t size, const char *hex)
{
	uint8_t hash[MERIT_HASH_SIZE];
	char text[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];

	merit_sha256(bytes, size, hash);
	merit_hex_encode(hash, sizeof(hash), text);
	return strcmp(text, hex) == 0;
}

#endif
