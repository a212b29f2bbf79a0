/* recon_mapping_fuzz.c
 * Goal    whatever the bytes, reading them as a mapping stays in its bounds; what is taken reads a file, or refuses it.
 * Method  the input is the mapping; the file is always the same. */
#include <stdint.h>
#include <string.h>

#include "recon/mapping.h"
#include "tests/fuzz/csv_items.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char file[] = "Bill of 2026-10-01 to 2026-10-31, 3 rows, 5.00 CNY\n"
			   "no,day,time,amount,in,out,fee,ccy,kind,state,note,left\n"
			   "A,2026-10-01,10:00,5.00,5.00,,0.05,CNY,sale,done,fee 0.05,5.00\n"
			   "A_1,2026-10-02,10:00,-5.00,,5.00,,CNY,back,closed,-,0.00\n"
			   "B,2026-10-03,23:00,\"1,005.00\",5.00,0.00,,RMB,sale,new,,5.00\n"
			   "Sum,,,5.00,,,,,,,,\nrows,sum\n3,5.00\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_mapping_file *mapping;
	struct merit_file_fault fault;

	if (merit_mapping_file_parse((const char *)data, size, &mapping, &fault) != MERIT_OK)
		return 0;
	struct merit_file_options options = { .mapping = mapping, .offset_minutes = -300 };
	csv_try(file, sizeof(file) - 1, &options);
	merit_mapping_file_free(mapping);
	return 0;
}
