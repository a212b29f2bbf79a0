/* sheet_html.c - see sheet.h: sheets as one page that needs nothing else and asks nobody for anything. */
#include "report/html.h"

#include <string.h>

#include "ledger/text.h"

/* Light and dark as the reader's system has it; black on white in print, on paper lying down: the tables are wide. */
static const char style[] =
	":root{color-scheme:light dark;--ink:#1c2024;--soft:#5f6870;--paper:#fff;--band:#f3f5f7;--rule:#d5dade;"
	"--bad:#b3261e;--c0:#2f6fb0;--c1:#d9822b;--c2:#3d9a50;--c3:#a24b9c;--c4:#8c6d46;--c5:#2aa5a0;--c6:#c44f57;"
	"--c7:#7d858c}\n"
	"@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#a3adb5;--paper:#15181b;--band:#1f2428;"
	"--rule:#3a4249;--bad:#ff8a80;--c0:#6aa9e9;--c1:#f0a860;--c2:#73c786;--c3:#d18ccb;--c4:#c4a57b;--c5:#63cfca;"
	"--c6:#ee8b92;--c7:#a9b1b8}}\n"
	"body{margin:2rem auto;max-width:76rem;padding:0 1rem;background:var(--paper);color:var(--ink);"
	"font:15px/1.45 system-ui,sans-serif}\n"
	"h1{font-size:1.7rem;margin:0}h2{font-size:1.25rem;margin:2.2rem 0 .6rem}\n"
	".subtitle,.unit,.notes,caption{color:var(--soft)}.subtitle{margin:.2rem 0 1rem}\n"
	".differs{color:var(--bad);font-weight:600}\n"
	".scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}\n"
	"caption{text-align:left;padding-bottom:.3rem}\n"
	"th,td{padding:.25rem .6rem;text-align:left;white-space:nowrap;font-weight:400}\n"
	"thead th{font-weight:600;border-bottom:2px solid var(--rule);vertical-align:bottom;white-space:normal}\n"
	"tbody tr:nth-child(even){background:var(--band)}\n"
	"tbody tr.total th,tbody tr.total td{font-weight:600;border-top:1px solid var(--rule);"
	"border-bottom:1px solid var(--rule)}\n"
	".n{text-align:right;font-variant-numeric:tabular-nums}\n"
	".notes{padding-left:1.1rem;max-width:60rem}\n"
	"figure{margin:1rem 0 1.6rem}figcaption{font-weight:600}.unit{font-weight:400}\n"
	"figure>svg{width:100%;max-width:900px;height:auto;font:12px system-ui,sans-serif}svg text{fill:var(--ink)}\n"
	".middle{text-anchor:middle}.end{text-anchor:end}\n"
	".grid{stroke:var(--rule)}.zero{stroke:var(--soft)}.line{fill:none!important;stroke-width:2}\n"
	".legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.3rem 0;padding:0}\n"
	".key{width:.8em;height:.8em}\n"
	".s0{fill:var(--c0);stroke:var(--c0)}.s1{fill:var(--c1);stroke:var(--c1)}.s2{fill:var(--c2);stroke:var(--c2)}"
	".s3{fill:var(--c3);stroke:var(--c3)}.s4{fill:var(--c4);stroke:var(--c4)}.s5{fill:var(--c5);stroke:var(--c5)}"
	".s6{fill:var(--c6);stroke:var(--c6)}.s7{fill:var(--c7);stroke:var(--c7)}"
	".more{fill:var(--c2);stroke:var(--c2)}.less{fill:var(--c6);stroke:var(--c6)}\n"
	"@media print{@page{size:A4 landscape;margin:12mm}:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff;"
	"--band:#fff;--rule:#999}body{margin:0;max-width:none;font-size:10pt}.scroll{overflow:visible}"
	"table{font-size:7pt}th,td{padding:.15rem .3rem}thead{display:table-header-group}figure,tr{break-inside:avoid}"
	"nav{display:none}section{break-before:page}section:first-of-type{break-before:auto}}\n";

/* What nobody sees and yet may hide or turn what stands beside it: marks of direction, characters without a width, ends
 * of lines. The joiners stay: scripts need them. */
static bool is_unseen(uint32_t point)
{
	return point == 0x061c || point == 0x180e || point == 0x200b || point == 0x200e || point == 0x200f ||
	       point == 0x2028 || point == 0x2029 || (point >= 0x2060 && point <= 0x2064) || point == 0xfeff;
}

/* One character, size bytes. */
static void character_put(struct merit_buffer *out, const char *text, size_t size)
{
	switch (*text) {
	case '&': merit_buffer_put_text(out, "&amp;"); break;
	case '<': merit_buffer_put_text(out, "&lt;"); break;
	case '>': merit_buffer_put_text(out, "&gt;"); break;
	case '"': merit_buffer_put_text(out, "&quot;"); break;
	case '\'': merit_buffer_put_text(out, "&#39;"); break;
	default: merit_buffer_put(out, text, size);
	}
}

void merit_html_put(struct merit_buffer *out, const char *text)
{
	for (size_t left = strlen(text), size; left > 0; text += size, left -= size) {
		uint32_t point;
		size = merit_text_first(text, left, &point);
		if (size > 0 && merit_text_is_printable(text, size, size) && !is_unseen(point))
			character_put(out, text, size);
		else
			merit_buffer_put_char(out, '?');
		size = size > 0 ? size : 1;
	}
}

/* ---- The table ---- */

static bool is_number(enum merit_cell_kind kind)
{
	return kind == MERIT_CELL_INTEGER || kind == MERIT_CELL_MONEY || kind == MERIT_CELL_BASIS ||
	       kind == MERIT_CELL_SEQ;
}

static void head_put(struct merit_buffer *out, const struct merit_sheet *sheet, const bool *is_idle)
{
	merit_buffer_put_text(out, "<thead><tr>");
	for (size_t i = 0; i < sheet->columns_count; i++) {
		if (is_idle[i])
			continue;
		merit_buffer_put_text(out, is_number(sheet->columns[i].kind) ? "<th scope=\"col\" class=\"n\">"
		                                                             : "<th scope=\"col\">");
		merit_html_put(out, sheet->columns[i].heading);
		merit_buffer_put_text(out, "</th>");
	}
	merit_buffer_put_text(out, "</tr></thead>\n");
}

static void cell_put(struct merit_buffer *out, const struct merit_sheet *sheet, size_t row, size_t column)
{
	struct merit_buffer text = { 0 };
	const char *element = column == 0 ? "th" : "td";

	merit_sheet_put_cell(&text, sheet, row, column, false);
	merit_buffer_put_char(&text, '\0');
	enum merit_cell_kind kind = sheet->columns[column].kind;
	merit_buffer_put_format(out, "<%s%s%s>", element, column == 0 ? " scope=\"row\"" : "",
	                        is_number(kind)           ? " class=\"n\""
	                        : kind == MERIT_CELL_TEXT ? " dir=\"auto\""
	                                                  : "");
	if (!text.bad)
		merit_html_put(out, text.data);
	merit_buffer_put_format(out, "</%s>", element);
	out->bad = out->bad || text.bad;
	merit_buffer_free(&text);
}

static void row_put(struct merit_buffer *out, const struct merit_sheet *sheet, size_t row, const bool *is_idle)
{
	merit_buffer_put_text(out, sheet->is_total[row] ? "<tr class=\"total\">" : "<tr>");
	for (size_t i = 0; i < sheet->columns_count; i++) {
		if (!is_idle[i])
			cell_put(out, sheet, row, i);
	}
	merit_buffer_put_text(out, "</tr>\n");
}

static void table_put(struct merit_buffer *out, const struct merit_sheet *sheet)
{
	bool is_idle[MERIT_SHEET_COLUMNS_MAX] = { false }, any_idle = false;

	for (size_t i = 0; i < sheet->columns_count; i++) {
		is_idle[i] = merit_sheet_column_is_idle(sheet, i);
		any_idle = any_idle || is_idle[i];
	}
	merit_buffer_put_text(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	merit_html_put(out, sheet->title);
	merit_buffer_put_text(out, "\">\n<table>\n<caption>");
	merit_html_put(out, sheet->title);
	merit_buffer_put_text(out, any_idle && sheet->rows_count > 0 ? "; columns of nothing but 0 are left out" : "");
	merit_buffer_put_text(out, "</caption>\n");
	head_put(out, sheet, is_idle);
	merit_buffer_put_text(out, "<tbody>\n");
	for (size_t i = 0; i < sheet->rows_count; i++)
		row_put(out, sheet, i, is_idle);
	merit_buffer_put_text(out, "</tbody>\n</table>\n</div>\n");
}

/* ---- The page ---- */

static void notes_put(struct merit_buffer *out, const struct merit_sheet *sheet)
{
	if (sheet->notes_count == 0)
		return;
	merit_buffer_put_text(out, "<ul class=\"notes\">\n");
	for (size_t i = 0; i < sheet->notes_count; i++) {
		merit_buffer_put_text(out, "<li>");
		merit_html_put(out, sheet->notes[i]);
		merit_buffer_put_text(out, "</li>\n");
	}
	merit_buffer_put_text(out, "</ul>\n");
}

static void section_put(struct merit_buffer *out, const struct merit_sheet *sheet, bool has_heading)
{
	merit_buffer_put_format(out, "<section id=\"%s\">\n", sheet->name);
	if (has_heading) {
		merit_buffer_put_text(out, "<h2>");
		merit_html_put(out, sheet->title);
		merit_buffer_put_text(out, "</h2>\n");
	}
	if (sheet->differs)
		merit_buffer_put_text(out, "<p class=\"differs\">Something here does not agree: see below.</p>\n");
	for (size_t i = 0; i < sheet->charts_count; i++)
		merit_chart_put_html(out, &sheet->charts[i]);
	if (sheet->rows_count > 0)
		table_put(out, sheet);
	else
		merit_buffer_put_text(out, "<p>Nothing to report.</p>\n");
	notes_put(out, sheet);
	merit_buffer_put_text(out, "</section>\n");
}

static void contents_put(struct merit_buffer *out, const struct merit_sheet *const *sheets, size_t count)
{
	merit_buffer_put_text(out, "<nav aria-label=\"Contents\"><ul>\n");
	for (size_t i = 0; i < count; i++) {
		merit_buffer_put_format(out, "<li><a href=\"#%s\">", sheets[i]->name);
		merit_html_put(out, sheets[i]->title);
		merit_buffer_put_text(out, "</a></li>\n");
	}
	merit_buffer_put_text(out, "</ul></nav>\n");
}

void merit_sheets_put_html(struct merit_buffer *out, const char *title, const char *subtitle,
                           const struct merit_sheet *const *sheets, size_t count)
{
	merit_buffer_put_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	                           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	                           "<meta http-equiv=\"Content-Security-Policy\" "
	                           "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
	merit_html_put(out, title);
	merit_buffer_put_text(out, "</title>\n<style>\n");
	merit_buffer_put_text(out, style);
	merit_buffer_put_text(out, "</style>\n</head>\n<body>\n<header>\n<h1>");
	merit_html_put(out, title);
	merit_buffer_put_text(out, "</h1>\n<p class=\"subtitle\">");
	merit_html_put(out, subtitle);
	merit_buffer_put_text(out, "</p>\n</header>\n");
	if (count > 1)
		contents_put(out, sheets, count);
	merit_buffer_put_text(out, "<main>\n");
	for (size_t i = 0; i < count; i++)
		section_put(out, sheets[i], count > 1);
	merit_buffer_put_text(out, "</main>\n</body>\n</html>\n");
}
