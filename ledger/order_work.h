/* order_work.h - what the operations on a placed order share: which lines and pieces are meant, what happens to them,
 * and what follows in the order's row, its items, its clock and its events.
 *
 * Decide reads the work, posts, and ends in merit_order_decide. Evolve is merit_order_evolve, from the results and
 * postings alone. Both tell what happens to a line by the same merit_order_line_fn. */
#ifndef MERIT_LEDGER_ORDER_WORK_H
#define MERIT_LEDGER_ORDER_WORK_H

#include "ledger/model.h"

/* What merit_order_head.erased says. Whoever erases codes erases the recipient too. */
#define MERIT_ERASED_RECIPIENT 1
#define MERIT_ERASED_CODES     2

/* Whether where the order went counts as erased at now_ms: from its day on, whether or not the system has come to it. */
bool merit_order_recipient_is_erased(const struct merit_model *model, const struct merit_order *order, int64_t now_ms);

/* An order at work: which lines, and how many pieces of each. */
struct merit_order_work {
	struct merit_text name, member;        /* member is a copy in scratch */
	struct merit_order order;              /* a copy in scratch */
	struct merit_member holder;            /* refund: the member's row, with the lots this entry brings */
	int64_t pieces[MERIT_ORDER_LINES_MAX]; /* by line; 0 = not touched */
};

/* How many pieces of a line an operation can mean. */
typedef int64_t merit_pieces_fn(const struct merit_order_line *line);

int64_t merit_pieces_held(const struct merit_order_line *line);
int64_t merit_pieces_fulfilled(const struct merit_order_line *line);

/* Checks the lines named and fills work with the pieces meant, in order of precedence: false when the entry has become
 * a refusal, or has no memory.
 *
 * lines   of type LINES; absent, all that can be meant of every line
 * over    the status for more pieces than can be meant */
MERIT_MUST_USE bool merit_order_work_read(struct merit_model *model, struct merit_entry *entry, struct merit_text name,
                                          const struct merit_value *lines, struct merit_order_work *work,
                                          merit_pieces_fn *can, enum merit_status over);

/* The same for an operation that takes no lines: all that can be meant. */
MERIT_MUST_USE bool merit_order_work_read_all(struct merit_model *model, struct merit_entry *entry,
                                              struct merit_text name, struct merit_order_work *work,
                                              merit_pieces_fn *can);

/* Visits the lines with pieces, in line order. */
void merit_order_work_each(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work,
                           void (*visit)(struct merit_model *, struct merit_entry *, struct merit_order_work *,
                                         uint32_t line));

/* What happens to so many pieces of a line. */
typedef void merit_order_line_fn(struct merit_model *model, struct merit_order_line *line, int64_t pieces);

/* The end of a decide, behind all postings of points: the money of pieces that become fulfilled, or are no longer; the
 * order as it will be; and the results. */
void merit_order_decide(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work,
                        merit_order_line_fn *change);

struct merit_order_change {
	merit_order_line_fn *line;
	int stock, reserved; /* what a piece adds to its item's */
	bool is_undone;      /* a piece no longer counts against the member's limit of the item */
};

/* The whole of an evolve. */
void merit_order_evolve(struct merit_model *model, const struct merit_entry *entry, struct merit_text name,
                        const struct merit_order_change *change);

/* Keeps the order's row as it is behind the entry, which becomes the last of its events, and sets its clock: it lapses
 * while something is held, is received while something shipped is on its way, and forgets its recipient once it is
 * over.
 *
 * shipped_before_ms   head.shipped_ms as it was before the entry */
void merit_order_keep(struct merit_model *model, const struct merit_entry *entry, struct merit_text name,
                      struct merit_order *order, int64_t shipped_before_ms);

/* Counts pieces of a line for the limits of its item, or below 0 gives them back, in the periods in which the order was
 * placed. */
void merit_order_count(struct merit_model *model, const struct merit_order *order, const struct merit_order_line *line,
                       int64_t pieces);

/* "open" or "ended", as a result. */
struct merit_value merit_order_state(bool is_over);

/* When the order's recipient is to be erased; the order is over. */
int64_t merit_order_erase_ms(const struct merit_model *model, const struct merit_order *order);

/* Whether the line is of class code, or service. */
bool merit_line_is_code(struct merit_model *model, const struct merit_order_line *line);
bool merit_line_is_service(struct merit_model *model, const struct merit_order_line *line);

#endif
