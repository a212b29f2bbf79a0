/* key.c - see key.h. libsodium signs and verifies; libcrypto only reads and writes PEM. */
#include "ledger/key.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/encode.h"
#include "ledger/hash.h"

#define KEY_FILE_SIZE_MAX 4096 /* bytes; one key takes 119 */
#define PATH_SIZE_MAX     4096 /* bytes, with the NUL */

_Static_assert(sizeof(struct merit_secret_key) == crypto_sign_SECRETKEYBYTES, "libsodium's form");
_Static_assert(MERIT_SEED_SIZE == crypto_sign_SEEDBYTES, "libsodium's form");
_Static_assert(MERIT_THUMBPRINT_SIZE == MERIT_BASE64URL_SIZE(MERIT_HASH_SIZE), "one SHA-256 in base64url");

void merit_secret_key_from_seed(const uint8_t seed[MERIT_SEED_SIZE], struct merit_secret_key *key_out)
{
	uint8_t public_key[MERIT_PUBLIC_KEY_SIZE]; /* Also the second half of *key_out. */

	crypto_sign_seed_keypair(public_key, key_out->bytes, seed);
}

void merit_secret_key_wipe(struct merit_secret_key *key)
{
	sodium_memzero(key, sizeof(*key));
}

struct merit_public_key merit_secret_key_public(const struct merit_secret_key *key)
{
	struct merit_public_key public_key;

	memcpy(public_key.bytes, key->bytes + MERIT_SEED_SIZE, MERIT_PUBLIC_KEY_SIZE);
	return public_key;
}

void merit_secret_key_derive(const struct merit_secret_key *key, const char *purpose, uint64_t number, void *bytes_out,
			     size_t size)
{
	crypto_generichash_state state;

	if (crypto_generichash_init(&state, key->bytes, MERIT_SEED_SIZE, size) != 0 ||
	    crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1) != 0 ||
	    crypto_generichash_update(&state, (const unsigned char *)&number, sizeof(number)) != 0 ||
	    crypto_generichash_final(&state, bytes_out, size) != 0)
		abort(); /* only sizes outside its range make it fail */
	sodium_memzero(&state, sizeof(state));
}

void merit_key_sign(const struct merit_secret_key *key, const void *message, size_t size,
                    uint8_t signature_out[MERIT_SIGNATURE_SIZE])
{
	int rc = crypto_sign_detached(signature_out, NULL, message, size, key->bytes);

	assert(rc == 0);
}

bool merit_key_verify(const struct merit_public_key *key, const void *message, size_t size,
                      const uint8_t signature[MERIT_SIGNATURE_SIZE])
{
	return crypto_sign_verify_detached(signature, message, size, key->bytes) == 0;
}

bool merit_public_key_usable(const struct merit_public_key *key)
{
	return crypto_core_ed25519_is_valid_point(key->bytes) == 1;
}

void merit_public_key_thumbprint(const struct merit_public_key *key, char text_out[MERIT_THUMBPRINT_SIZE + 1])
{
	char x[MERIT_BASE64URL_SIZE(MERIT_PUBLIC_KEY_SIZE) + 1];
	char jwk[sizeof("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"\"}") + sizeof(x)];
	uint8_t hash[MERIT_HASH_SIZE];

	merit_base64url_encode(key->bytes, sizeof(key->bytes), x);
	int size = snprintf(jwk, sizeof(jwk), "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x);
	assert(size > 0 && (size_t)size < sizeof(jwk));
	merit_sha256(jwk, (size_t)size, hash);
	merit_base64url_encode(hash, sizeof(hash), text_out);
}

/* libcrypto would ask on the terminal: an encrypted key is refused instead. */
static int no_passphrase(char *text, int capacity, int writing, void *context)
{
	(void)text;
	(void)capacity;
	(void)writing;
	(void)context;
	return -1;
}

static enum merit_status parse_pem(const char *pem, size_t size, struct merit_secret_key *key_out)
{
	BIO *bio = BIO_new_mem_buf(pem, (int)size); /* Reads in place; no second copy of the secret. */
	uint8_t seed[MERIT_SEED_SIZE];
	size_t seed_size = sizeof(seed);
	enum merit_status status = MERIT_BAD_FORMAT;

	if (bio == NULL)
		return MERIT_NO_MEMORY;
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	if (pkey != NULL && EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519 &&
	    EVP_PKEY_get_raw_private_key(pkey, seed, &seed_size) == 1 && seed_size == sizeof(seed)) {
		merit_secret_key_from_seed(seed, key_out);
		status = MERIT_OK;
	}
	sodium_memzero(seed, sizeof(seed));
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	ERR_clear_error(); /* Or the reasons would pile up in this thread's queue. */
	return status;
}

/* The file's bytes, all of them, into bytes_out of KEY_FILE_SIZE_MAX. Longer is BAD_FORMAT. */
static enum merit_status read_all(int fd, char *bytes_out, size_t *size_out)
{
	size_t size = 0;

	for (;;) {
		ssize_t part = read(fd, bytes_out + size, KEY_FILE_SIZE_MAX - size);
		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return MERIT_IO_FAILED;
		if (part == 0)
			break;
		size += (size_t)part;
		if (size == KEY_FILE_SIZE_MAX)
			return MERIT_BAD_FORMAT;
	}
	*size_out = size;
	return MERIT_OK;
}

/* Asked of the open file, not of its name: the name may stand for another file a moment later. */
static enum merit_status check_file(int fd)
{
	struct stat file;

	if (fstat(fd, &file) != 0)
		return MERIT_IO_FAILED;
	if (!S_ISREG(file.st_mode))
		return MERIT_BAD_FORMAT;
	return (file.st_mode & (S_IRWXG | S_IRWXO)) == 0 ? MERIT_OK : MERIT_KEY_EXPOSED;
}

/* The text of a key file that nobody else can read. The caller wipes it. */
static enum merit_status read_file(const char *path, char text_out[KEY_FILE_SIZE_MAX], size_t *size_out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* Not held up by a pipe of that name. */
	if (fd < 0)
		return errno == ENOENT ? MERIT_NOT_FOUND : MERIT_IO_FAILED;
	enum merit_status status = check_file(fd);
	if (status == MERIT_OK)
		status = read_all(fd, text_out, size_out);
	close(fd);
	return status;
}

enum merit_status merit_secret_key_read(const char *path, struct merit_secret_key *key_out)
{
	char pem[KEY_FILE_SIZE_MAX];
	size_t size = 0;

	enum merit_status status = read_file(path, pem, &size);
	if (status == MERIT_OK)
		status = parse_pem(pem, size, key_out);
	sodium_memzero(pem, sizeof(pem));
	return status;
}

enum merit_status merit_plain_key_read(const char *path, uint8_t key_out[MERIT_PLAIN_KEY_SIZE])
{
	char text[KEY_FILE_SIZE_MAX];
	uint8_t key[MERIT_PLAIN_KEY_SIZE];
	size_t size = 0, key_size = 0;

	enum merit_status status = read_file(path, text, &size);
	if (status == MERIT_OK && size > 0 && text[size - 1] == '\n')
		size--;
	if (status == MERIT_OK &&
	    (!merit_base64url_decode(text, size, key, sizeof(key), &key_size) || key_size != sizeof(key)))
		status = MERIT_BAD_FORMAT;
	if (status == MERIT_OK)
		memcpy(key_out, key, sizeof(key));
	sodium_memzero(text, sizeof(text));
	sodium_memzero(key, sizeof(key));
	return status;
}

/* A memory BIO with the key's PEM, or NULL without memory. libcrypto wipes it when it is freed. */
static BIO *print_pem(const struct merit_secret_key *key)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->bytes, MERIT_SEED_SIZE);
	BIO *bio = BIO_new(BIO_s_mem());

	if (pkey == NULL || bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) != 1) {
		BIO_free(bio);
		bio = NULL;
		ERR_clear_error();
	}
	EVP_PKEY_free(pkey);
	return bio;
}

static bool write_all(int fd, const char *bytes, size_t size)
{
	while (size != 0) {
		ssize_t part = write(fd, bytes, size);
		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return false;
		bytes += part;
		size -= (size_t)part;
	}
	return true;
}

/* A new file's name is durable only once its folder is: the log's key must not vanish in a power cut. */
static bool flush_folder(const char *path)
{
	char folder[PATH_SIZE_MAX];
	const char *slash = strrchr(path, '/');
	size_t size = slash == NULL ? 0 : (size_t)(slash - path) + 1;

	if (size >= sizeof(folder))
		return false;
	memcpy(folder, path, size);
	folder[size] = '\0';
	int fd = open(size == 0 ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool flushed = fsync(fd) == 0;
	close(fd);
	return flushed;
}

/* A new file that only its owner can read, on the disk when this returns MERIT_OK. */
static enum merit_status write_file(const char *path, const char *text, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0)
		return errno == EEXIST ? MERIT_EXISTS : errno == ENOENT ? MERIT_NOT_FOUND : MERIT_IO_FAILED;
	bool written = write_all(fd, text, size) && fsync(fd) == 0;
	written &= close(fd) == 0;
	written = written && flush_folder(path);
	if (written)
		return MERIT_OK;
	(void)unlink(path);
	return MERIT_IO_FAILED;
}

enum merit_status merit_secret_key_write(const char *path, const struct merit_secret_key *key)
{
	BIO *bio = print_pem(key);
	char *pem = NULL;

	if (bio == NULL)
		return MERIT_NO_MEMORY;
	long size = BIO_get_mem_data(bio, &pem);
	enum merit_status status = write_file(path, pem, (size_t)size);
	BIO_free(bio);
	return status;
}

enum merit_status merit_plain_key_write(const char *path, const uint8_t key[MERIT_PLAIN_KEY_SIZE])
{
	char text[MERIT_BASE64URL_SIZE(MERIT_PLAIN_KEY_SIZE) + 1];

	merit_base64url_encode(key, MERIT_PLAIN_KEY_SIZE, text);
	text[sizeof(text) - 1] = '\n'; /* In place of the NUL. */
	enum merit_status status = write_file(path, text, sizeof(text));
	sodium_memzero(text, sizeof(text));
	return status;
}
