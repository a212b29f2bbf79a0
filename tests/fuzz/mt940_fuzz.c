/* mt940_fuzz.c - any bytes into the reader of MT940.
 * Holds   it never reads outside its input; what it takes has items of sound amounts, days and texts; what it refuses
 *         has a reason, and nothing of it is kept. */
#include "tests/fuzz/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	statement_try("mt940", data, size);
	return 0;
}
