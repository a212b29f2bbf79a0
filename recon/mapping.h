/* mapping.h - a mapping file: how the columns of a CSV become items. JSON, read strictly: an unknown member is a fault.
 *
 *   {"format":"csv","header":["order_no","amount"],"currency":"CNY","reference":"order_no","day":"shipped_at",
 *    "amount":"amount","kind":{"column":"type","payment":["sale"],"refund":["return"]},
 *    "skip":[{"column":"state","is":["closed"],"why":"was never paid"}]}
 *
 * A COLUMN is a column's name, or a list of names: then, row by row, the first that the file has and that is not blank;
 * one of them must be there. WORDS is a list of words of theirs; a * at a word's beginning or end stands for anything.
 * A PATTERN is a text with places in braces, such as "共{count}笔记录": recon/pattern.h.
 *
 * The file
 *   format      "csv"; may be left out
 *   encoding    "UTF-8" (the default), "GB18030", "GBK", "BIG5", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1",
 *               "ISO-8859-15", "WINDOWS-1252", or a list: the first in which every byte is valid. A mark of the order
 *               of bytes is passed over
 *   separator   one character; "," when left out
 *   quotes      "strict" (RFC 4180, the default) or "loose": blanks around quotes, and quotes inside bare fields
 *   strip       characters that may stand around every value; blanks and tabs when left out
 *   lead        "`", "'" or "=": what every value of a row begins with. It is taken off, and a bare comma that is not in
 *               front of another is part of the value
 *   blank       WORDS that stand for nothing, such as ["-","/"]; an empty field always does
 *   header      names that the header has. The header is the first row that has them all: what stands above is
 *               preamble. Left out, it is the first row that is not blank. Never found by position
 *   stop        WORDS: the first row whose first field is one ends the rows; what follows is looked at for totals only
 *   empty       true: a file without a row is none too few. Else it is a fault
 *   unreadable  "refuse" (the default): a row that cannot be read is a fault of the file. "list": it becomes an item of
 *               that kind, with the reason as its text
 * What a row is
 *   unit        "money" (the default) or "points"
 *   currency    of money: a code; or {"column":COLUMN} with codes in it; or that with words for codes:
 *               {"column":"币种","CNY":["人民币"]}
 *   reference, group   COLUMN
 *   text        COLUMN, or a list: all that are not blank, with a blank between
 *   day         COLUMN. A time may follow the day, with or without a zone
 *   day_format  YYYY-MM-DD (the default), DD/MM/YYYY, YYYYMMDD, MM/DD and the like: YYYY, MM or M, DD or D, each once,
 *               with anything between
 *   time        COLUMN of the time of day, where it is not behind the day
 *   offset      minutes east of UTC of the file's times, where they do not say so; the program's when left out. Days
 *               are converted to the program's, of rows with a time
 *   year        PATTERN with {year} and {month} for a line of the preamble, where day_format has no year: a month
 *               behind that one is of the year before
 *   amount      COLUMN with signed amounts, or {"column":COLUMN,"like":[PATTERN...]} with {amount} in each pattern
 *   credit, debit  instead: what came in, and what went out, each as amount; one of them may be 0 or blank. The item's
 *               amount is credit less debit
 *   direction   {"column":COLUMN,"in":WORDS,"out":WORDS}, or a list of those: amounts have no sign, the first that
 *               knows the row's word gives it. An amount below 0 is taken where the direction is out
 *   invert      true: above zero is out
 *   fee         as amount: what was kept back from it. Where no pattern fits there is none. Below 0 only in a row
 *               whose amount is
 *   decimal, thousands   "." and "" when left out; "," and "." and "'" and " " are known
 *   zeros       true: zeros behind the digits that the currency has are none too many
 *   kind        {"column":COLUMN,"payment":WORDS,"refund":WORDS,"fee":WORDS}, or a list of those, as direction; payment
 *               when left out
 *   status      {"column":COLUMN,"done":WORDS,...}, or a list of those: any words of ours; "" leaves it untold
 *   Words that no rule of direction, kind, status or currency knows are a fault of the row.
 *   skip        [{"column":COLUMN,"is":WORDS,"why":"..."}...]: such rows are no items; or {"all":[{"column","is"}...],
 *               "why"}: where all of these hold
 *   undone      as one of skip: such rows are items, unless a refund of the same amount whose reference begins with
 *               theirs is in the file: then both are no items
 * What the file says of itself: each is a control. A total that cannot be trusted is better left out
 *   totals      [{"like":PATTERN,"count":WHAT,"sum":WHAT}...]: a line outside the rows, without separators at its end;
 *               {"row":WORDS,"column":"name","sum":WHAT}: the row outside the rows that begins so, under the header;
 *               {"header":["name"...],"column":"name","count":WHAT}: the row under a header of its own behind stop.
 *               WHAT is rows (skipped ones too), items, in, out, net, payments, refunds, fees; "required":true where a
 *               file without it is cut off. Sums need a currency that is fixed, or points
 *   balance     {"column":COLUMN,"newest":"first" or "last"}: the balance behind each row; first and last of them and
 *               the amounts between must agree
 *   covers      PATTERN with {first} and {last} for a line of the preamble: the days the file covers
 *
 * Built-in mappings of Chinese exports are texts of the same form in recon/formats.c: one mechanism.
 * Never   runs anything, nor reads another file. */
#ifndef MERIT_RECON_MAPPING_H
#define MERIT_RECON_MAPPING_H

#include "recon/file.h"

#define MERIT_MAPPING_SIZE_MAX (64 * 1024) /* bytes of a mapping file */

struct merit_mapping_file; /* Opaque: whoever reads CSV knows its inside (recon/mapping_inner.h). */

/* Reads a mapping. Returns BAD_FORMAT with the fault set, or NO_MEMORY. The text may go afterwards. */
MERIT_MUST_USE enum merit_status merit_mapping_file_parse(const char *text, size_t size,
                                                          struct merit_mapping_file **mapping_out,
                                                          struct merit_file_fault *fault_out);
void merit_mapping_file_free(struct merit_mapping_file *mapping); /* NULL does nothing */

#endif
