/* format_camt.c - camt.053 bank statements: the XML, read with expat, as leaves by their path.
 *
 * Takes    camt.053.001 of any version, in its own namespace or within an envelope.
 * Refuses  camt.052 and other messages by name, XML that is not well-formed or breaks off, and any document type
 *          declaration: it could declare entities, and no statement has one.
 * Never    loads anything a file names.
 * Source   expat 2.5 reference; Namespaces in XML 1.0 */
#include <assert.h>
#include <expat.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/text.h"
#include "recon/bank.h"
#include "recon/camt.h"
#include "recon/list.h"

#define DEPTH_MAX       64   /* elements within each other */
#define PATH_SIZE_MAX   1024 /* bytes */
#define REMITTANCE_SIZE 1024 /* bytes, behind which further lines of it are left out */
#define NAME_SEPARATOR  '|'  /* between namespace and name: in neither */

/* In the order of strcmp; from Document's child on. */
static const struct camt_path {
	const char *path;
	enum merit_camt_leaf leaf;
} paths[] = {
	{ "BkToCstmrStmt/GrpHdr/CtrlSum", CAMT_FILE_SUM },
	{ "BkToCstmrStmt/GrpHdr/NbOfTxs", CAMT_FILE_COUNT },
	{ "BkToCstmrStmt/Stmt/Acct/Id/IBAN", CAMT_ACCOUNT },
	{ "BkToCstmrStmt/Stmt/Acct/Id/Othr/Id", CAMT_ACCOUNT },
	{ "BkToCstmrStmt/Stmt/Bal/Amt", CAMT_BALANCE_AMOUNT },
	{ "BkToCstmrStmt/Stmt/Bal/CdtDbtInd", CAMT_BALANCE_SIDE },
	{ "BkToCstmrStmt/Stmt/Bal/Dt/Dt", CAMT_BALANCE_DAY },
	{ "BkToCstmrStmt/Stmt/Bal/Dt/DtTm", CAMT_BALANCE_DAY },
	{ "BkToCstmrStmt/Stmt/Bal/Tp/CdOrPrtry/Cd", CAMT_BALANCE_CODE },
	{ "BkToCstmrStmt/Stmt/FrToDt/FrDtTm", CAMT_FROM_TIME },
	{ "BkToCstmrStmt/Stmt/FrToDt/ToDtTm", CAMT_TO_TIME },
	{ "BkToCstmrStmt/Stmt/Id", CAMT_STATEMENT },
	{ "BkToCstmrStmt/Stmt/Ntry/AcctSvcrRef", CAMT_ENTRY_BANK_REFERENCE },
	{ "BkToCstmrStmt/Stmt/Ntry/AddtlNtryInf", CAMT_ENTRY_TEXT },
	{ "BkToCstmrStmt/Stmt/Ntry/Amt", CAMT_ENTRY_AMOUNT },
	{ "BkToCstmrStmt/Stmt/Ntry/BkTxCd/Domn/Fmly/SubFmlyCd", CAMT_ENTRY_FAMILY },
	{ "BkToCstmrStmt/Stmt/Ntry/BookgDt/Dt", CAMT_ENTRY_BOOKED_DAY },
	{ "BkToCstmrStmt/Stmt/Ntry/BookgDt/DtTm", CAMT_ENTRY_BOOKED_TIME },
	{ "BkToCstmrStmt/Stmt/Ntry/CdtDbtInd", CAMT_ENTRY_SIDE },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/Btch/PmtInfId", CAMT_ENTRY_BATCH },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/AddtlTxInf", CAMT_DETAILS_TEXT },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Amt", CAMT_DETAILS_AMOUNT },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/AmtDtls/InstdAmt/Amt", CAMT_INSTRUCTED_AMOUNT },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt", CAMT_TRANSACTION_AMOUNT },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/CdtDbtInd", CAMT_DETAILS_SIDE },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Refs/AcctSvcrRef", CAMT_DETAILS_BANK_REFERENCE },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Refs/EndToEndId", CAMT_END_TO_END },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Refs/InstrId", CAMT_INSTRUCTION },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Refs/PmtInfId", CAMT_PAYMENT },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Refs/TxId", CAMT_TRANSACTION },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref", CAMT_CREDITOR_REFERENCE },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Ustrd", CAMT_REMITTANCE },
	{ "BkToCstmrStmt/Stmt/Ntry/NtryRef", CAMT_ENTRY_REFERENCE },
	{ "BkToCstmrStmt/Stmt/Ntry/RvslInd", CAMT_ENTRY_REVERSAL },
	{ "BkToCstmrStmt/Stmt/Ntry/Sts", CAMT_ENTRY_STATUS },
	{ "BkToCstmrStmt/Stmt/Ntry/Sts/Cd", CAMT_ENTRY_STATUS },
	{ "BkToCstmrStmt/Stmt/Ntry/Sts/Prtry", CAMT_ENTRY_STATUS },
	{ "BkToCstmrStmt/Stmt/Ntry/ValDt/Dt", CAMT_ENTRY_VALUE_DAY },
	{ "BkToCstmrStmt/Stmt/Ntry/ValDt/DtTm", CAMT_ENTRY_VALUE_TIME },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlCdtNtries/NbOfNtries", CAMT_CREDITS_COUNT },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlCdtNtries/Sum", CAMT_CREDITS_SUM },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlDbtNtries/NbOfNtries", CAMT_DEBITS_COUNT },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlDbtNtries/Sum", CAMT_DEBITS_SUM },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlNtries/CdtDbtInd", CAMT_NET_SIDE },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlNtries/NbOfNtries", CAMT_ALL_COUNT },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlNtries/Sum", CAMT_ALL_SUM },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlNtries/TtlNetNtry/Amt", CAMT_NET_AMOUNT },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlNtries/TtlNetNtry/CdtDbtInd", CAMT_NET_SIDE },
	{ "BkToCstmrStmt/Stmt/TxsSummry/TtlNtries/TtlNetNtryAmt", CAMT_NET_AMOUNT },
};
#define PATHS_COUNT (sizeof(paths) / sizeof(paths[0]))

struct walker {
	struct merit_camt_reader reader;
	XML_Parser parser;
	char path[PATH_SIZE_MAX]; /* below Document, names parted by '/' */
	size_t path_size;
	unsigned depth;            /* open elements */
	unsigned document_depth;   /* of Document; 0: not begun */
	bool was_document;         /* it began once */
	enum merit_camt_leaf leaf; /* of the element whose text is being read */
	char currency[4];          /* its attribute */
	size_t leaf_offset;
	uint64_t leaf_line;
	size_t text_size; /* bytes of text since the last tag */
	struct merit_buffer text;
};

/* ---- Places and faults ---- */

static size_t here(const struct walker *walker)
{
	XML_Index index = XML_GetCurrentByteIndex(walker->parser);

	return index < 0 ? 0 : (size_t)index;
}

static void refuse_here(struct walker *walker, const char *why)
{
	merit_camt_refuse(&walker->reader, here(walker), "%s", why);
}

/* Ends the walk once something was refused. Handlers may still be called and do nothing. */
static bool is_over(struct walker *walker)
{
	if (walker->reader.status == MERIT_OK)
		return false;
	(void)XML_StopParser(walker->parser, XML_FALSE);
	return true;
}

/* ---- Which document ---- */

/* The message a namespace names: "camt.053" of urn:iso:std:iso:20022:tech:xsd:camt.053.001.02, or of other schemas that
 * end like this; "" when it names none. */
static void message_of(const char *name, char message_out[static 9])
{
	const char *end = strrchr(name, NAME_SEPARATOR);
	const char *last = NULL;

	message_out[0] = '\0';
	for (const char *at = name; end != NULL && end - at >= 8; at++) {
		bool fits = at[4] == '.' && strspn(at, "abcdefghijklmnopqrstuvwxyz") == 4 &&
		            strspn(at + 5, "0123456789") == 3;
		if (fits && (at == name || at[-1] == ':' || at[-1] == '/'))
			last = at;
	}
	if (last != NULL)
		snprintf(message_out, 9, "%.8s", last);
}

static void on_document(struct walker *walker, const char *name)
{
	char message[9], why[sizeof(walker->reader.fault->why)];

	message_of(name, message);
	if (strcmp(message, "camt.053") == 0) {
		walker->document_depth = walker->depth;
		walker->was_document = true;
		walker->path_size = 0;
		return;
	}
	if (strcmp(message, "camt.052") == 0)
		snprintf(why, sizeof(why), "camt.052, an account report within the day: ask for camt.053");
	else if (message[0] != '\0')
		snprintf(why, sizeof(why), "%s, which is no bank statement: ask for camt.053", message);
	else
		snprintf(why, sizeof(why), "no camt.053: the Document's namespace does not say so");
	refuse_here(walker, why);
}

/* ---- Elements ---- */

static int path_order(const void *key, const void *row)
{
	return strcmp(key, ((const struct camt_path *)row)->path);
}

static enum merit_camt_leaf leaf_at(const char *path)
{
	const struct camt_path *found = bsearch(path, paths, PATHS_COUNT, sizeof(paths[0]), path_order);

	return found != NULL ? found->leaf : CAMT_NONE;
}

static bool path_is(const struct walker *walker, const char *path)
{
	return strcmp(walker->path, path) == 0;
}

static bool path_push(struct walker *walker, const char *name)
{
	size_t size = strlen(name), slash = walker->path_size > 0;

	if (walker->path_size + slash + size + 1 > sizeof(walker->path))
		return false;
	if (slash)
		walker->path[walker->path_size] = '/';
	memcpy(walker->path + walker->path_size + slash, name, size + 1);
	walker->path_size += slash + size;
	return true;
}

static void path_pop(struct walker *walker)
{
	while (walker->path_size > 0 && walker->path[walker->path_size - 1] != '/')
		walker->path_size--;
	walker->path_size -= walker->path_size > 0; /* The slash. */
	walker->path[walker->path_size] = '\0';
}

static void begin_details(struct walker *walker)
{
	struct merit_camt_reader *reader = &walker->reader;

	struct merit_camt_details *added = merit_recon_list_add(&reader->details, &reader->details_count,
	                                                        &reader->details_capacity, sizeof(*added));

	if (added == NULL) {
		merit_camt_fail(reader, MERIT_NO_MEMORY);
		return;
	}
	added->line = XML_GetCurrentLineNumber(walker->parser);
}

/* What an element begins besides its text. */
static void begin_part(struct walker *walker)
{
	struct merit_camt_reader *reader = &walker->reader;

	if (path_is(walker, "BkToCstmrStmt/Stmt/Ntry") || path_is(walker, "BkToCstmrStmt/Stmt/Bal")) {
		reader->part_line = XML_GetCurrentLineNumber(walker->parser);
		reader->part_offset = here(walker);
	} else if (path_is(walker, "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls")) {
		begin_details(walker);
	}
}

static void set_currency(struct walker *walker, const char **attributes)
{
	memset(walker->currency, 0, sizeof(walker->currency));
	for (size_t i = 0; attributes[i] != NULL; i += 2) {
		if (strcmp(attributes[i], "Ccy") == 0 &&
		    merit_text_is_currency(attributes[i + 1], strlen(attributes[i + 1])))
			memcpy(walker->currency, attributes[i + 1], 3);
	}
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
	struct walker *walker = context;
	const char *separator = strrchr(name, NAME_SEPARATOR);
	const char *local = separator != NULL ? separator + 1 : name;

	if (is_over(walker))
		return;
	walker->leaf = CAMT_NONE;
	walker->text_size = 0;
	if (++walker->depth > DEPTH_MAX) {
		refuse_here(walker, "elements nested deeper than any statement has them");
	} else if (walker->document_depth == 0) {
		if (strcmp(local, "Document") == 0)
			on_document(walker, name);
	} else if (!path_push(walker, local)) {
		refuse_here(walker, "an element with a name longer than any statement has");
	} else {
		begin_part(walker);
		walker->leaf = leaf_at(walker->path);
		walker->leaf_offset = here(walker);
		walker->leaf_line = XML_GetCurrentLineNumber(walker->parser);
		set_currency(walker, attributes);
		merit_buffer_clear(&walker->text);
	}
	(void)is_over(walker);
}

static void XMLCALL on_text(void *context, const char *text, int size)
{
	struct walker *walker = context;

	if (is_over(walker))
		return;
	walker->text_size += (size_t)size;
	if (walker->text_size > MERIT_BANK_TEXT_SIZE_MAX)
		refuse_here(walker, "an element with more than 64 KiB of text: no statement has such");
	else if (walker->leaf != CAMT_NONE)
		merit_buffer_put(&walker->text, text, (size_t)size);
	(void)is_over(walker);
}

static struct merit_camt_value *value_of(struct merit_camt_reader *reader, enum merit_camt_leaf leaf)
{
	if (leaf < CAMT_DETAILS)
		return &reader->values[leaf];
	assert(reader->details_count > 0);
	return &reader->details[reader->details_count - 1].values[leaf - CAMT_DETAILS];
}

/* Adds to a text that comes in several elements. */
static struct merit_text joined(struct walker *walker, struct merit_text first, struct merit_text more)
{
	struct merit_arena *arena = &walker->reader.arena;
	char *text = merit_arena_allocate(arena, first.size + more.size + 1);

	if (text == NULL) {
		merit_camt_fail(&walker->reader, MERIT_NO_MEMORY);
		return first;
	}
	memcpy(text, first.data, first.size);
	text[first.size] = ' ';
	memcpy(text + first.size + 1, more.data, more.size);
	return (struct merit_text){ text, first.size + 1 + more.size };
}

/* The element's text becomes its leaf's value. Of several the first counts, but a remittance's lines are one text. */
static void keep_leaf(struct walker *walker)
{
	struct merit_camt_value *value = value_of(&walker->reader, walker->leaf);
	struct merit_text text = merit_bank_trim((struct merit_text){ walker->text.data, walker->text.size });
	bool is_said = walker->leaf >= CAMT_FILE_COUNT && walker->leaf < CAMT_DETAILS;
	bool goes_on = walker->leaf == CAMT_REMITTANCE && value->text.size > 0;

	if (walker->text.bad)
		merit_camt_fail(&walker->reader, MERIT_NO_MEMORY);
	if (walker->text.bad || text.size == 0 || (value->text.size > 0 && !goes_on))
		return;
	if (goes_on) {
		if (value->text.size <= REMITTANCE_SIZE) /* Each more is a copy of all before. */
			value->text = joined(walker, value->text, text);
		return;
	}
	value->text.data =
		merit_arena_copy(is_said ? &walker->reader.said : &walker->reader.arena, text.data, text.size);
	if (value->text.data == NULL) {
		merit_camt_fail(&walker->reader, MERIT_NO_MEMORY);
		return;
	}
	value->text.size = text.size;
	value->offset = walker->leaf_offset;
	value->line = walker->leaf_line;
	memcpy(value->currency, walker->currency, sizeof(value->currency));
}

/* What an element ends besides its text. */
static void end_part(struct walker *walker)
{
	if (path_is(walker, "BkToCstmrStmt/Stmt/Ntry"))
		merit_camt_entry_end(&walker->reader);
	else if (path_is(walker, "BkToCstmrStmt/Stmt/Bal"))
		merit_camt_balance_end(&walker->reader);
	else if (path_is(walker, "BkToCstmrStmt/Stmt/FrToDt"))
		merit_camt_period_end(&walker->reader);
	else if (path_is(walker, "BkToCstmrStmt/Stmt"))
		merit_camt_statement_end(&walker->reader);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct walker *walker = context;

	(void)name;
	if (is_over(walker))
		return;
	walker->text_size = 0;
	if (walker->document_depth != 0 && walker->depth > walker->document_depth) {
		if (walker->leaf != CAMT_NONE)
			keep_leaf(walker);
		end_part(walker);
		path_pop(walker);
	} else if (walker->depth == walker->document_depth) {
		merit_camt_file_end(&walker->reader);
		walker->document_depth = 0;
	}
	walker->leaf = CAMT_NONE;
	walker->depth--;
	(void)is_over(walker);
}

static void XMLCALL on_doctype(void *context, const char *name, const char *system_id, const char *public_id,
                               int has_subset)
{
	struct walker *walker = context;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	refuse_here(walker, "a document type declaration: no statement has one, and it could declare entities");
	(void)is_over(walker);
}

/* ---- The file ---- */

/* Whether expat stopped at a byte that is no ASCII: it calls one that is not of the encoding an invalid token. */
static bool stopped_at_encoding(const struct walker *walker, size_t size, enum XML_Error error)
{
	size_t at = here(walker);

	return error == XML_ERROR_INVALID_TOKEN && at < size && (unsigned char)walker->reader.bytes[at] >= 0x80;
}

static enum merit_status refuse_xml(struct walker *walker, size_t size)
{
	enum XML_Error error = XML_GetErrorCode(walker->parser);
	bool breaks_off = error == XML_ERROR_NO_ELEMENTS || error == XML_ERROR_UNCLOSED_TOKEN ||
	                  error == XML_ERROR_PARTIAL_CHAR || error == XML_ERROR_UNCLOSED_CDATA_SECTION;

	if (error == XML_ERROR_NO_MEMORY)
		return MERIT_NO_MEMORY;
	if (error == XML_ERROR_UNKNOWN_ENCODING)
		return merit_bank_refuse(walker->reader.bytes, here(walker), walker->reader.fault,
		                         "XML in an encoding merit does not read: ask for UTF-8");
	if (stopped_at_encoding(walker, size, error))
		return merit_bank_refuse(walker->reader.bytes, here(walker), walker->reader.fault,
		                         "bytes that are not of the XML's encoding, which is UTF-8 if it names none");
	if (breaks_off)
		return merit_bank_refuse(walker->reader.bytes, here(walker), walker->reader.fault,
		                         "the XML breaks off: is the file cut off?");
	return merit_bank_refuse(walker->reader.bytes, here(walker), walker->reader.fault, "the XML is broken here: %s",
	                         XML_ErrorString(error));
}

static enum merit_status walk(struct walker *walker, size_t size)
{
	struct merit_camt_reader *reader = &walker->reader;

	XML_SetUserData(walker->parser, walker);
	XML_SetElementHandler(walker->parser, on_start, on_end);
	XML_SetCharacterDataHandler(walker->parser, on_text);
	XML_SetStartDoctypeDeclHandler(walker->parser, on_doctype);
	enum XML_Status parsed = XML_Parse(walker->parser, reader->bytes, (int)size, XML_TRUE);
	if (reader->status != MERIT_OK)
		return reader->status;
	if (parsed != XML_STATUS_OK)
		return refuse_xml(walker, size);
	if (!walker->was_document)
		return merit_file_refuse(reader->fault, 1, 0, "this XML is no camt.053: it has no Document");
	return MERIT_OK;
}

static enum merit_status parse(const char *bytes, size_t size, const struct merit_file_options *options,
                               struct merit_file *file, struct merit_file_fault *fault)
{
	struct walker walker = {
		.reader = { .bytes = bytes, .options = options, .file = file, .fault = fault },
		.parser = XML_ParserCreateNS(NULL, NAME_SEPARATOR),
	};

	if (walker.parser == NULL)
		return MERIT_NO_MEMORY;
	if (size > INT_MAX) {
		XML_ParserFree(walker.parser);
		return merit_file_refuse(fault, 0, 0, "the file is over 2 GiB; ask the bank for it in parts");
	}
	enum merit_status status = walk(&walker, size);
	XML_ParserFree(walker.parser);
	merit_buffer_free(&walker.text);
	merit_arena_free(&walker.reader.arena);
	merit_arena_free(&walker.reader.said);
	free(walker.reader.details);
	return status;
}

/* Any XML: what it is instead of camt.053 the parsing says. */
static unsigned looks(const char *bytes, size_t size)
{
	size_t at = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	if (size >= 4 && (memcmp(bytes, "\xff\xfe<\0", 4) == 0 || memcmp(bytes, "\xfe\xff\0<", 4) == 0))
		return MERIT_FILE_LIKENESS_MAX; /* UTF-16 */
	while (at < size && strchr(" \t\r\n", bytes[at]) != NULL && bytes[at] != '\0')
		at++;
	return at < size && bytes[at] == '<' ? MERIT_FILE_LIKENESS_MAX : 0;
}

const struct merit_file_format merit_format_camt053 = {
	.name = "camt.053",
	.about = "bank statements in XML, ISO 20022 camt.053",
	.looks = looks,
	.parse = parse,
};
