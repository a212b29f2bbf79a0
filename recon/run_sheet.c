/* run_sheet.c - see run.h: a run as sheets. */
#include <string.h>

#include "ledger/entry.h"
#include "recon/run.h"
#include "report/age.h"

#define CSV_LINES 4096 /* of a sheet on the way to CSV */

/* ---- Words ---- */

const char *merit_recon_cash_word(const struct merit_declaration *declaration, int64_t difference)
{
	bool is_bank = declaration->subject == MERIT_SUBJECT_SETTLEMENTS ||
	               declaration->subject == MERIT_SUBJECT_DEPOSITS || declaration->subject == MERIT_SUBJECT_CASH;

	if (difference == 0)
		return "";
	return (difference > 0) == (is_bank || !declaration->is_out) ? "长款" : "短款";
}

static const char *state_word(const struct merit_recon_line *line)
{
	switch (line->state) {
	case MERIT_LINE_HALF: return "half";
	case MERIT_LINE_NEW: return "new";
	case MERIT_LINE_CARRIED: return line->past->is_explained ? "explained" : "open";
	case MERIT_LINE_CLEARED: return "cleared";
	default: return "clean";
	}
}

/* By the days from the first day to the cut-off. */
static size_t age_of(const struct merit_recon_run *run, const struct merit_recon_line *line)
{
	return merit_age_of((int64_t)run->window.last_day - line->first_day);
}

static bool is_open(const struct merit_recon_line *line)
{
	return line->state == MERIT_LINE_NEW || line->state == MERIT_LINE_CARRIED;
}

static const char *currency_of(const struct merit_recon_run *run)
{
	return run->history.source.currency[0] == '\0' ? "points" : run->history.source.currency;
}

/* ---- Lines ---- */

static void put_if(struct merit_sheet *sheet, bool is_there, int64_t value)
{
	if (is_there)
		merit_sheet_integer(sheet, value);
	else
		merit_sheet_empty(sheet);
}

static void line_columns(struct merit_sheet *sheet)
{
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "class", "class");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "cash", "cash");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "reference", "reference");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "their_day", "their day");
	merit_sheet_column(sheet, MERIT_CELL_SEQ, "line", "line");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "theirs", "theirs");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "our_day", "our day");
	merit_sheet_column(sheet, MERIT_CELL_SEQ, "entry", "entry");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "ours", "ours");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "difference", "difference");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "their_items", "their items");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "our_items", "our items");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "leg", "leg");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "pass", "pass");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "first_day", "first day");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "age", "age");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "state", "state");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "break", "break");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "text", "text");
}

static struct merit_text reference_of(const struct merit_recon_line *line)
{
	if (line->theirs != NULL && line->theirs->reference.size > 0)
		return line->theirs->reference;
	if (line->ours != NULL)
		return line->ours->reference;
	return line->past != NULL ? line->past->reference : MERIT_TEXT("");
}

/* One side: its day, where it stands, its amount. */
static void put_side(struct merit_sheet *sheet, const struct merit_recon_item *item, bool is_there, int64_t amount,
                     uint64_t past)
{
	bool is_unreadable = item != NULL && item->kind == MERIT_ITEM_UNREADABLE;

	put_if(sheet, item != NULL && !is_unreadable, item == NULL ? 0 : item->day);
	put_if(sheet, item != NULL || is_there, item != NULL ? (int64_t)item->line : (int64_t)past);
	put_if(sheet, is_there && !is_unreadable, amount);
}

static void put_name(const struct merit_recon_run *run, const struct merit_recon_line *line, struct merit_sheet *sheet)
{
	if (line->past != NULL)
		merit_sheet_text(sheet, line->past->name);
	else
		merit_sheet_word(sheet, line->break_index < 0 ? "" : run->breaks[line->break_index].name);
}

static void put_pass(const struct merit_recon_run *run, const struct merit_recon_line *line, struct merit_sheet *sheet)
{
	struct merit_buffer text = { 0 };
	int32_t pass = line->finding == NULL ? -1 : line->finding->pass;

	merit_buffer_put_text(&text, pass < 0 ? "" : run->rules->passes[pass].name);
	if (line->is_suggested)
		merit_buffer_put_text(&text, pass < 0 ? "suggested" : " (suggested)");
	sheet->bad |= text.bad;
	merit_sheet_text(sheet, (struct merit_text){ text.data, text.bad ? 0 : text.size });
	merit_buffer_free(&text);
}

static void put_line(const struct merit_recon_run *run, const struct merit_recon_line *line, struct merit_sheet *sheet)
{
	const struct merit_past_break *past = line->past;

	merit_sheet_word(sheet, merit_class_word(line->class_));
	merit_sheet_word(sheet, is_open(line) ? merit_recon_cash_word(&run->history.source, line->difference) : "");
	merit_sheet_text(sheet, reference_of(line));
	put_side(sheet, line->theirs, line->has_theirs, line->theirs_sum, past == NULL ? 0 : past->line);
	put_side(sheet, line->ours, line->has_ours, line->ours_sum, past == NULL ? 0 : past->entry);
	merit_sheet_integer(sheet, line->difference);
	merit_sheet_word(sheet, currency_of(run));
	put_if(sheet, line->finding != NULL, line->finding == NULL ? 0 : (int64_t)line->finding->theirs_count);
	put_if(sheet, line->finding != NULL, line->finding == NULL ? 0 : (int64_t)line->finding->ours_count);
	merit_sheet_integer(sheet, line->leg);
	put_pass(run, line, sheet);
	merit_sheet_integer(sheet, line->first_day);
	merit_sheet_word(sheet, is_open(line) ? merit_age_word(age_of(run, line)) : "");
	merit_sheet_word(sheet, state_word(line));
	put_name(run, line, sheet);
	merit_sheet_text(sheet, line->theirs == NULL ? MERIT_TEXT("") : line->theirs->text);
}

static void lines_begin(const struct merit_recon_run *run, struct merit_sheet *sheet)
{
	merit_sheet_begin(sheet, "reconciliation-run", "Reconciliation", run->offset_minutes);
	line_columns(sheet);
}

void merit_recon_put_lines(const struct merit_recon_run *run, bool only_differences, struct merit_sheet *sheet)
{
	lines_begin(run, sheet);
	for (size_t i = 0; i < run->lines_count; i++) {
		if (!only_differences || is_open(&run->lines[i]) || run->lines[i].state == MERIT_LINE_CLEARED)
			put_line(run, &run->lines[i], sheet);
	}
	sheet->differs = !merit_recon_is_clean(run);
}

/* The CSV of some lines without its headings. */
static void rows_put(struct merit_buffer *out, const struct merit_recon_run *run, size_t from, size_t before)
{
	struct merit_sheet sheet;
	struct merit_buffer csv = { 0 };

	lines_begin(run, &sheet);
	for (size_t i = from; i < before; i++)
		put_line(run, &run->lines[i], &sheet);
	merit_sheet_put_csv(&csv, &sheet);
	out->bad |= csv.bad || sheet.bad;
	const char *headings_end = csv.bad ? NULL : memchr(csv.data, '\n', csv.size);
	if (headings_end != NULL)
		merit_buffer_put(out, headings_end + 1, csv.size - (size_t)(headings_end + 1 - csv.data));
	merit_buffer_free(&csv);
	merit_sheet_free(&sheet);
}

/* A sheet of a million lines would take as much memory as all the rest: they go through small ones. */
void merit_recon_put_csv(struct merit_buffer *out, const struct merit_recon_run *run)
{
	struct merit_sheet headings;

	lines_begin(run, &headings);
	merit_sheet_put_csv(out, &headings);
	out->bad |= headings.bad;
	merit_sheet_free(&headings);
	for (size_t i = 0; i < run->lines_count; i += CSV_LINES) {
		size_t left = run->lines_count - i;
		rows_put(out, run, i, i + (left < CSV_LINES ? left : CSV_LINES));
	}
}

/* ---- Sums ---- */

void merit_recon_put_classes(const struct merit_recon_run *run, struct merit_sheet *sheet)
{
	merit_sheet_begin(sheet, "reconciliation-classes", "By class", run->offset_minutes);
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "leg", "leg");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "class", "class");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "count", "count");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "theirs", "theirs");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "ours", "ours");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "difference", "difference");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	for (int i = 0; i < MERIT_RECON_LEGS_MAX * MERIT_CLASS_COUNT; i++) {
		int leg = i / MERIT_CLASS_COUNT, class_ = i % MERIT_CLASS_COUNT;
		const struct merit_class_sum *sum = &run->classes[leg][class_];
		if (sum->count == 0)
			continue;
		merit_sheet_integer(sheet, leg + 1);
		merit_sheet_word(sheet, merit_class_word((enum merit_class)class_));
		merit_sheet_integer(sheet, (int64_t)sum->count);
		merit_sheet_integer(sheet, sum->theirs);
		merit_sheet_integer(sheet, sum->ours);
		merit_sheet_integer(sheet, sum->theirs - sum->ours);
		merit_sheet_word(sheet, currency_of(run));
	}
}

/* What is open of one leg, by age. Longs and shorts apart: together they could come to nothing. */
struct ageing {
	int64_t counts[MERIT_AGES_COUNT], more[MERIT_AGES_COUNT], less[MERIT_AGES_COUNT], count;
};

static struct ageing ageing_of(const struct merit_recon_run *run, int leg)
{
	struct ageing ageing = { 0 };

	for (size_t i = 0; i < run->lines_count; i++) {
		const struct merit_recon_line *line = &run->lines[i];
		size_t age = age_of(run, line);
		if (!is_open(line) || line->leg != leg + 1)
			continue;
		ageing.count++;
		ageing.counts[age]++;
		*(line->difference > 0 ? &ageing.more[age] : &ageing.less[age]) += line->difference;
	}
	return ageing;
}

static void ages_put(const struct merit_recon_run *run, int leg, const struct ageing *ageing, struct merit_sheet *sheet)
{
	for (size_t i = 0; i < MERIT_AGES_COUNT; i++) {
		merit_sheet_integer(sheet, leg + 1);
		merit_sheet_word(sheet, merit_age_word(i));
		merit_sheet_integer(sheet, ageing->counts[i]);
		merit_sheet_integer(sheet, ageing->more[i]);
		merit_sheet_integer(sheet, ageing->less[i]);
		merit_sheet_word(sheet, currency_of(run));
	}
}

static void ages_chart(const struct ageing legs[MERIT_RECON_LEGS_MAX], struct merit_sheet *sheet)
{
	struct merit_chart *chart = merit_sheet_chart(sheet, MERIT_CHART_BARS, "Open breaks by age in days", "points");

	if (chart == NULL)
		return;
	merit_chart_series(chart, "breaks");
	for (size_t i = 0; i < MERIT_AGES_COUNT; i++) {
		int64_t count = legs[0].counts[i] + legs[1].counts[i];
		merit_chart_label(sheet, chart, merit_text_of(merit_age_word(i)), &count);
	}
}

void merit_recon_put_ageing(const struct merit_recon_run *run, struct merit_sheet *sheet)
{
	struct ageing legs[MERIT_RECON_LEGS_MAX] = { ageing_of(run, 0), ageing_of(run, 1) };

	merit_sheet_begin(sheet, "reconciliation-ageing", "Open, by age", run->offset_minutes);
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "leg", "leg");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "age", "days");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "count", "count");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "theirs_more", "theirs is more");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "theirs_less", "theirs is less");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	if (!merit_recon_is_clean(run))
		ages_chart(legs, sheet);
	for (int leg = 0; leg < MERIT_RECON_LEGS_MAX; leg++) {
		if (leg < run->legs_count || legs[leg].count > 0)
			ages_put(run, leg, &legs[leg], sheet);
	}
}

/* ---- A bank's statement beside the account ---- */

static void balance_row(const struct merit_recon_run *run, const char *what, int64_t opening, int64_t closing,
                        struct merit_sheet *sheet)
{
	merit_sheet_word(sheet, what);
	put_if(sheet, run->balance.has_opening, opening);
	merit_sheet_integer(sheet, closing);
	merit_sheet_word(sheet, currency_of(run));
}

void merit_recon_put_balance(const struct merit_recon_run *run, struct merit_sheet *sheet)
{
	const struct merit_balance_side *opening = &run->balance.opening, *closing = &run->balance.closing;

	merit_sheet_begin(sheet, "reconciliation-balance", "Bank reconciliation", run->offset_minutes);
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "what", "what");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "opening", "opening");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "closing", "closing");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	if (!run->balance.is_there)
		return;
	balance_row(run, "cash in the ledger", opening->ledger, closing->ledger, sheet);
	balance_row(run, "open breaks", opening->breaks, closing->breaks, sheet);
	balance_row(run, "the file's balance", opening->file, closing->file, sheet);
	balance_row(run, "unexplained", merit_balance_unexplained(opening), merit_balance_unexplained(closing), sheet);
	merit_sheet_total(sheet);
	sheet->differs = merit_balance_unexplained(closing) != 0;
}

/* ---- Controls ---- */

/* Whose balance a control is, of which as many like it came before; NULL: it is none. */
static const struct merit_file_balance *balance_of(const struct merit_file *file, size_t before)
{
	for (size_t i = 0; i < file->balances_count; i++) {
		const struct merit_file_balance *balance = &file->balances[i];
		if ((balance->has_opening || balance->has_closing) && before-- == 0)
			return balance;
	}
	return NULL;
}

static void control_row(struct merit_sheet *sheet, const char *name, const struct merit_file *file,
                        const struct merit_file_balance *balance, const char *what)
{
	merit_sheet_word(sheet, name);
	merit_sheet_word(sheet, file->format);
	merit_sheet_text(sheet, balance == NULL ? MERIT_TEXT("") : balance->account);
	merit_sheet_text(sheet, balance == NULL ? MERIT_TEXT("") : balance->number);
	merit_sheet_word(sheet, what);
	put_if(sheet, balance != NULL && balance->has_opening, balance == NULL ? 0 : balance->opening);
}

static const char *control_unit(const struct merit_file_control *control)
{
	if (control->kind == MERIT_CONTROL_COUNT)
		return "";
	return control->currency[0] == '\0' ? "points" : control->currency;
}

static void controls_put(struct merit_sheet *sheet, const char *name, const struct merit_file *file)
{
	size_t balances = 0;

	for (size_t i = 0; i < file->controls_count; i++) {
		const struct merit_file_control *control = &file->controls[i];
		bool is_balance = control->kind == MERIT_CONTROL_CLOSING || control->kind == MERIT_CONTROL_UNCLOSED ||
		                  control->kind == MERIT_CONTROL_UNOPENED;
		control_row(sheet, name, file, is_balance ? balance_of(file, balances++) : NULL, control->what);
		merit_sheet_integer(sheet, control->stated);
		put_if(sheet, control->kind != MERIT_CONTROL_UNOPENED, control->computed);
		merit_sheet_word(sheet, control_unit(control));
	}
	if (file->controls_count > 0)
		return;
	control_row(sheet, name, file, file->balances_count == 0 ? NULL : &file->balances[0], "no control totals");
	merit_sheet_empty(sheet);
	merit_sheet_empty(sheet);
	merit_sheet_word(sheet, "");
}

void merit_recon_put_controls(const struct merit_file *const *files, const char *const *names, size_t count,
                              int32_t offset_minutes, struct merit_sheet *sheet)
{
	merit_sheet_begin(sheet, "reconciliation-controls", "What the files say of themselves", offset_minutes);
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "file", "file");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "format", "format");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "account", "account");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "statement", "statement");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "what", "what");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "opening", "opening");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "stated", "stated");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "computed", "computed");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	for (size_t leg = 0; leg < count; leg++)
		controls_put(sheet, names[leg], files[leg]);
}
