/* recon_csv_fuzz.c
 * Goal    whatever the bytes, reading them as CSV by a mapping, or as one of the exports people download, stays in its
 *         bounds and ends with items of this file's lines or with one fault.
 * Method  the first byte chooses a mapping that uses much of what there is, or the built-in formats; the rest is the
 *         file. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "recon/mapping.h"
#include "tests/fuzz/csv_items.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VALUES "\"reference\":[\"no\",\"other\"],\"day\":\"day\",\"amount\":\"amount\",\"text\":[\"no\",\"day\"],"

static const char *const mappings[] = {
	"{" VALUES "\"currency\":\"CNY\",\"thousands\":\",\",\"balance\":{\"column\":\"amount\",\"newest\":\"last\"}}",
	"{" VALUES
	"\"currency\":{\"column\":\"ccy\",\"CNY\":[\"RMB*\"]},\"quotes\":\"loose\",\"header\":[\"no\",\"day\"],"
	"\"decimal\":\",\",\"separator\":\";\",\"unreadable\":\"list\"}",
	"{" VALUES "\"currency\":\"CNY\",\"encoding\":[\"UTF-8\",\"GB18030\",\"UTF-16\"],\"header\":[\"no\"],"
	"\"lead\":\"`\",\"stop\":[\"Sum\"],\"zeros\":true,\"totals\":[{\"like\":\"{any}: {count} rows, {amount} CNY\","
	"\"count\":\"rows\",\"sum\":\"net\"},{\"row\":[\"Sum\"],\"column\":\"amount\",\"sum\":\"in\"},"
	"{\"header\":[\"rows\"],\"column\":\"rows\",\"count\":\"items\"}],\"covers\":\"{first} to {last}\"}",
	"{" VALUES
	"\"currency\":\"JPY\",\"header\":[\"no\"],\"day_format\":\"M/D\",\"year\":\"{any}{year}-{month}{any}\","
	"\"kind\":{\"column\":\"state\",\"refund\":[\"back\"],\"payment\":[\"*\"]},\"status\":{\"column\":\"state\","
	"\"done\":[\"*ed\"],\"\":[\"*\"]},\"undone\":{\"column\":\"state\",\"is\":[\"closed\"],\"why\":\"closed\"},"
	"\"skip\":[{\"column\":\"state\",\"is\":[\"\",\"new\"],\"why\":\"no money moved\"}]}",
};
#define MAPPINGS_COUNT (sizeof(mappings) / sizeof(mappings[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_file_options options = { .offset_minutes = 480 };
	struct merit_mapping_file *mapping = NULL;
	struct merit_file_fault fault;

	if (size == 0)
		return 0;
	if (data[0] % (MAPPINGS_COUNT + 1) < MAPPINGS_COUNT) {
		const char *text = mappings[data[0] % (MAPPINGS_COUNT + 1)];
		enum merit_status status = merit_mapping_file_parse(text, strlen(text), &mapping, &fault);
		assert(status == MERIT_OK);
		options.mapping = mapping;
	}
	csv_try(data + 1, size - 1, &options);
	merit_mapping_file_free(mapping);
	return 0;
}
