/* plot.c - see plot.h. */
#include "bench/plot.h"

#include <inttypes.h>

#include "bench/bench.h"

#define WIDTH       960
#define LABEL_WIDTH 320
#define VALUE_WIDTH 100
#define ROW_HEIGHT  24
#define FIELD_WIDTH (WIDTH - LABEL_WIDTH - VALUE_WIDTH)
#define SPAN_MIN_NS 10000 /* the scale's left end */
#define TENFOLDS    7     /* up to 100 s */
#define LINE_HEIGHT 260
#define LINE_LEFT   90
#define LINE_BOTTOM 40

static void svg_open(struct merit_buffer *out, uint64_t height)
{
	merit_buffer_put_format(out, "<svg viewBox=\"0 0 %d %" PRIu64 "\" role=\"img\">\n", WIDTH, height);
}

static void svg_close(struct merit_buffer *out)
{
	merit_buffer_put_text(out, "</svg>\n");
}

static void put_text(struct merit_buffer *out, uint64_t x, uint64_t y, const char *anchor, const char *text)
{
	merit_buffer_put_format(out, "<text x=\"%" PRIu64 "\" y=\"%" PRIu64 "\" text-anchor=\"%s\">%s</text>\n", x, y,
	                        anchor, text);
}

static void put_number(struct merit_buffer *out, uint64_t x, uint64_t y, const char *anchor, uint64_t number)
{
	merit_buffer_put_format(out,
	                        "<text x=\"%" PRIu64 "\" y=\"%" PRIu64 "\" text-anchor=\"%s\">%" PRIu64 "</text>\n", x,
	                        y, anchor, number);
}

void bench_plot_bars(struct merit_buffer *out, const struct bench_plot_row *rows, size_t count)
{
	uint64_t largest = 1;

	for (size_t i = 0; i < count; i++)
		largest = rows[i].values[0] > largest ? rows[i].values[0] : largest;
	svg_open(out, count * ROW_HEIGHT);
	for (size_t i = 0; i < count; i++) {
		uint64_t y = i * ROW_HEIGHT, width = rows[i].values[0] * FIELD_WIDTH / largest;
		put_text(out, LABEL_WIDTH - 8, y + 16, "end", rows[i].label);
		merit_buffer_put_format(
			out, "<rect class=\"bar\" x=\"%d\" y=\"%" PRIu64 "\" width=\"%" PRIu64 "\" height=\"%d\"/>\n",
			LABEL_WIDTH, y + 4, width, ROW_HEIGHT - 8);
		put_number(out, LABEL_WIDTH + width + 6, y + 16, "start", rows[i].values[0]);
	}
	svg_close(out);
}

/* Where a time stands on the scale: within a tenfold in equal steps of the value, which is near enough to be read. */
static uint64_t span_x(uint64_t value_ns)
{
	uint64_t low = SPAN_MIN_NS, x = LABEL_WIDTH;
	const uint64_t width = FIELD_WIDTH / TENFOLDS;

	for (int i = 0; i < TENFOLDS; i++, low *= 10, x += width) {
		if (value_ns < low)
			return x;
		if (value_ns < low * 10)
			return x + (value_ns - low) * width / (low * 9);
	}
	return x;
}

static void put_scale(struct merit_buffer *out, uint64_t height)
{
	static const char *const marks[TENFOLDS + 1] = { "10 us",  "100 us", "1 ms", "10 ms",
		                                         "100 ms", "1 s",    "10 s", "100 s" };

	for (uint64_t i = 0; i <= TENFOLDS; i++) {
		uint64_t x = LABEL_WIDTH + i * (FIELD_WIDTH / TENFOLDS);
		merit_buffer_put_format(out,
		                        "<line class=\"grid\" x1=\"%" PRIu64 "\" x2=\"%" PRIu64
		                        "\" y1=\"20\" y2=\"%" PRIu64 "\"/>\n",
		                        x, x, height);
		put_text(out, x, 14, "middle", marks[i]);
	}
}

void bench_plot_spans(struct merit_buffer *out, const struct bench_plot_row *rows, size_t count)
{
	uint64_t height = (count + 1) * ROW_HEIGHT;

	svg_open(out, height);
	put_scale(out, height);
	for (size_t i = 0; i < count; i++) {
		const uint64_t *values = rows[i].values;
		uint64_t y = (i + 1) * ROW_HEIGHT + ROW_HEIGHT / 2;
		put_text(out, LABEL_WIDTH - 8, y + 4, "end", rows[i].label);
		merit_buffer_put_format(out,
		                        "<line class=\"span\" x1=\"%" PRIu64 "\" x2=\"%" PRIu64 "\" y1=\"%" PRIu64
		                        "\" y2=\"%" PRIu64 "\"/>\n",
		                        span_x(values[0]), span_x(values[BENCH_PLOT_MARKS - 1]), y, y);
		for (size_t j = 0; j < BENCH_PLOT_MARKS; j++)
			merit_buffer_put_format(
				out, "<circle class=\"mark%zu\" cx=\"%" PRIu64 "\" cy=\"%" PRIu64 "\" r=\"5\"/>\n", j,
				span_x(values[j]), y);
	}
	svg_close(out);
}

static void put_axes(struct merit_buffer *out, uint64_t x_max, uint64_t y_max, const char *x_unit, const char *y_unit)
{
	uint64_t bottom = LINE_HEIGHT - LINE_BOTTOM;

	merit_buffer_put_format(out, "<polyline class=\"grid\" points=\"%d,10 %d,%" PRIu64 " %d,%" PRIu64 "\"/>\n",
	                        LINE_LEFT, LINE_LEFT, bottom, WIDTH - 10, bottom);
	put_number(out, LINE_LEFT - 8, 18, "end", y_max);
	put_text(out, LINE_LEFT - 8, 36, "end", y_unit);
	put_number(out, LINE_LEFT - 8, bottom, "end", 0);
	put_number(out, WIDTH - 10, bottom + 18, "end", x_max);
	put_text(out, (LINE_LEFT + WIDTH) / 2, bottom + 18, "middle", x_unit);
}

void bench_plot_line(struct merit_buffer *out, const struct bench_plot_point *points, size_t count, const char *x_unit,
                     const char *y_unit)
{
	uint64_t x_max = 1, y_max = 1, bottom = LINE_HEIGHT - LINE_BOTTOM;

	for (size_t i = 0; i < count; i++) {
		x_max = points[i].x > x_max ? points[i].x : x_max;
		y_max = points[i].y > y_max ? points[i].y : y_max;
	}
	svg_open(out, LINE_HEIGHT);
	put_axes(out, x_max, y_max, x_unit, y_unit);
	merit_buffer_put_text(out, "<polyline class=\"line\" points=\"");
	for (size_t i = 0; i < count; i++)
		merit_buffer_put_format(out, "%" PRIu64 ",%" PRIu64 " ",
		                        LINE_LEFT + points[i].x * (WIDTH - LINE_LEFT - 10) / x_max,
		                        bottom - points[i].y * (bottom - 10) / y_max);
	merit_buffer_put_text(out, "\"/>\n");
	svg_close(out);
}
