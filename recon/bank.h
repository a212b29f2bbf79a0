/* bank.h - what the readers of bank statements share: amounts without a sign, words that are no reference, texts for
 * people, and the controls. For readers only (camt.053, MT940).
 *
 * Places  a reader knows where it stands as an offset into the file; lines and columns are counted when they are told.
 * Never   lets a sum leave the range of amounts: what would is a fault of the file. */
#ifndef MERIT_RECON_BANK_H
#define MERIT_RECON_BANK_H

#include "recon/file.h"

#define MERIT_BANK_TEXT_SIZE_MAX (64 * 1024) /* bytes of a line, or of an element's text: no statement has such */

/* An amount of a currency, whose direction stands elsewhere: a sign is refused. Zeros behind what the currency has are
 * harmless ("1.10000" EUR) and dropped. False with a reason. */
MERIT_MUST_USE bool merit_bank_amount(struct merit_text text, char mark, const char *currency, int64_t *minor_out,
                                      const char **why_out);

/* *sum_io += amount. False, with it untouched, beyond the range of amounts. */
MERIT_MUST_USE bool merit_bank_add(int64_t *sum_io, int64_t amount);

/* Whether a text names something: not empty, and none of the words that banks put where nobody gave a reference. */
bool merit_bank_is_reference(struct merit_text text);

/* A copy in the file's arena, without blanks, tabs and line breaks around it; each of them inside is a blank, and of a
 * text for people a run of them is one. is_latin1: its bytes are ISO-8859-1 and are kept as UTF-8, those that are no
 * character of it as U+FFFD. */
struct merit_text merit_bank_keep_text(struct merit_file *file, struct merit_text text, bool is_latin1,
                                       bool *no_memory);
struct merit_text merit_bank_keep_reference(struct merit_file *file, struct merit_text text, bool is_latin1,
                                            bool *no_memory);

struct merit_text merit_bank_trim(struct merit_text text);

/* Adds a control. what is a literal; currency "" for a count. NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_bank_control(struct merit_file *file, const char *what, int64_t stated,
                                                    int64_t computed, const char *currency, uint64_t line);

/* Adds a statement's balance, and its control where it opens or closes: computed is the opening one and the lines.
 * account and number are copied. NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_bank_balance(struct merit_file *file, const struct merit_file_balance *balance,
                                                    int64_t computed, bool is_latin1);

/* The file says that it covers day. */
void merit_bank_cover(struct merit_file *file, int32_t day);

/* Refuses at the byte in place offset of the file. */
enum merit_status merit_bank_refuse(const char *bytes, size_t offset, struct merit_file_fault *fault,
                                    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
