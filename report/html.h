/* html.h - pieces of a page: escaped text, and a chart as inline SVG. */
#ifndef MERIT_REPORT_HTML_H
#define MERIT_REPORT_HTML_H

#include "report/sheet.h"

/* Appends text so that it is only ever text: in an element, or in an attribute between quotes. What is not printable,
 * has no width or marks a direction is '?'. */
void merit_html_put(struct merit_buffer *out, const char *text);

/* Appends a chart as a figure: its title, what its colours mean, the picture with its numbers as words inside. Nothing
 * for a chart without labels. */
void merit_chart_put_html(struct merit_buffer *out, const struct merit_chart *chart);

#endif
