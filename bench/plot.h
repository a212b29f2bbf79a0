/* plot.h - plots as inline SVG, for html.c: bars, spans on a scale of tenfolds, a line. Coordinates are integers.
 *
 * Colours are the page's classes (see html.c), so that one drawing serves light and dark. */
#ifndef MERIT_BENCH_PLOT_H
#define MERIT_BENCH_PLOT_H

#include <stddef.h>
#include <stdint.h>

#include "ledger/buffer.h"

#define BENCH_PLOT_LABEL_SIZE 192
#define BENCH_PLOT_MARKS      4

/* A row: its label, and one value (bars) or some in ascending order (spans). */
struct bench_plot_row {
	char label[BENCH_PLOT_LABEL_SIZE];
	uint64_t values[BENCH_PLOT_MARKS];
};

/* One horizontal bar a row, its value behind it. */
void bench_plot_bars(struct merit_buffer *out, const struct bench_plot_row *rows, size_t count);

/* One line a row from its first value to its last with a mark at each; nanoseconds, each step of the scale tenfold. */
void bench_plot_spans(struct merit_buffer *out, const struct bench_plot_row *rows, size_t count);

struct bench_plot_point {
	uint64_t x, y;
};

/* A line through points with rising x, from zero up. */
void bench_plot_line(struct merit_buffer *out, const struct bench_plot_point *points, size_t count, const char *x_unit,
                     const char *y_unit);

#endif
