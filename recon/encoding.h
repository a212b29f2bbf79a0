/* encoding.h - bytes of a file as UTF-8.
 *
 * Never   replaces what it cannot read: bytes that are not of the encoding are a fault with their line and column.
 * Source  iconv of the C library; UTF-8 is checked here (ledger/text.h) and not copied */
#ifndef MERIT_RECON_ENCODING_H
#define MERIT_RECON_ENCODING_H

#include "recon/file.h"

/* Its own spelling of an encoding merit reads (UTF-8, GB18030, GBK, BIG5, UTF-16, UTF-16LE, UTF-16BE, ISO-8859-1,
 * ISO-8859-15, WINDOWS-1252), whose name may come in small letters. NULL for others. */
const char *merit_encoding_find(const char *name);

bool merit_encoding_is_utf8(const char *bytes, size_t size);

/* The UTF-8 of size bytes without a byte order mark.
 *
 * encoding  from merit_encoding_find
 * is_head   only the beginning matters: the text ends in front of the first bytes that are not of the encoding
 * buffer    holds the text where it had to be made; the text borrows from it or from bytes
 * Returns   BAD_FORMAT with the fault set, or NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_encoding_decode(const char *encoding, const char *bytes, size_t size,
                                                       bool is_head, struct merit_buffer *buffer,
                                                       struct merit_text *text_out, struct merit_file_fault *fault);

/* Bytes that a part of the decoded text takes in the file; its own size where that cannot be told. */
size_t merit_encoding_size(const char *encoding, struct merit_text part);

#endif
