/* chart.c - see html.h: charts as inline SVG, in integers.
 *
 * Every bar and point says its number in words (a title), and where there are few labels it is also written at it, so
 * that nothing hangs on telling colours apart. Colours are classes of the page's style. */
#include "report/html.h"

#include <string.h>

#include "ledger/currency.h"

enum {
	WIDTH = 900,
	HEIGHT = 340, /* of the whole picture */
	LEFT = 110,
	RIGHT = 14,
	TOP = 22,
	BOTTOM = 44, /* around the plot */
	PLOT_WIDTH = WIDTH - LEFT - RIGHT,
	PLOT_HEIGHT = HEIGHT - TOP - BOTTOM,
	LABELS_SHOWN_MAX = 13, /* more do not fit beside one another */
	TICKS = 5,
	BAR_WIDTH_MAX = 96,
};

/* A chart on its way, with the range of its axis. */
struct plot {
	struct merit_buffer *out;
	const struct merit_chart *chart;
	int64_t low, high; /* low < high, 0 between them */
	int64_t step;      /* from tick to tick */
};

static int64_t number_at(const struct merit_chart *chart, size_t label, size_t series)
{
	return chart->numbers[label * chart->series_count + series];
}

static int64_t clamp(__int128 value)
{
	return value > INT64_MAX / 4 ? INT64_MAX / 4 : value < INT64_MIN / 4 ? INT64_MIN / 4 : (int64_t)value;
}

/* ---- The axis ---- */

static void range_add(struct plot *plot, __int128 value)
{
	int64_t clamped = clamp(value);

	plot->low = clamped < plot->low ? clamped : plot->low;
	plot->high = clamped > plot->high ? clamped : plot->high;
}

static void range_of_bars(struct plot *plot, size_t label)
{
	__int128 up = 0, down = 0;

	for (size_t i = 0; i < plot->chart->series_count; i++) {
		int64_t number = number_at(plot->chart, label, i);
		up += number > 0 ? number : 0;
		down += number < 0 ? number : 0;
	}
	range_add(plot, up);
	range_add(plot, down);
}

static void range_find(struct plot *plot)
{
	const struct merit_chart *chart = plot->chart;
	__int128 running = 0;

	for (size_t i = 0; i < chart->labels_count; i++) {
		running = i + 1 < chart->labels_count ? running + number_at(chart, i, 0) : number_at(chart, i, 0);
		if (chart->kind == MERIT_CHART_BARS)
			range_of_bars(plot, i);
		else if (chart->kind == MERIT_CHART_BRIDGE)
			range_add(plot, running);
		for (size_t j = 0; j < chart->series_count && chart->kind == MERIT_CHART_LINES; j++)
			range_add(plot, number_at(chart, i, j));
	}
}

/* 1, 2 or 5 and noughts: the first that covers the range in TICKS steps. */
static int64_t step_of(int64_t range)
{
	int64_t step = 1;

	for (unsigned i = 0; range / step > TICKS; i++)
		step = i % 3 == 1 ? step / 2 * 5 : step * 2;
	return step;
}

static void axis_find(struct plot *plot)
{
	range_find(plot);
	plot->step = step_of(plot->high - plot->low);
	plot->high = (plot->high + plot->step - 1) / plot->step * plot->step;
	plot->low = -((-plot->low + plot->step - 1) / plot->step * plot->step);
	if (plot->low == plot->high)
		plot->high = plot->step;
}

static int y_of(const struct plot *plot, __int128 value)
{
	return TOP + (int)((__int128)(plot->high - clamp(value)) * PLOT_HEIGHT / (plot->high - plot->low));
}

static int x_of(const struct plot *plot, size_t label)
{
	return LEFT + (int)(label * PLOT_WIDTH / plot->chart->labels_count);
}

static int x_middle(const struct plot *plot, size_t label)
{
	return (x_of(plot, label) + x_of(plot, label + 1)) / 2;
}

static void number_put(struct merit_buffer *out, const struct merit_chart *chart, int64_t number)
{
	if (strcmp(chart->unit, "points") == 0)
		merit_put_thousands(out, number);
	else
		merit_money_put(out, number, chart->unit, false);
}

static void axis_put(const struct plot *plot)
{
	for (int64_t tick = plot->low; tick <= plot->high; tick += plot->step) {
		int y = y_of(plot, tick);
		merit_buffer_put_format(plot->out, "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
		                        tick == 0 ? "zero" : "grid", LEFT, y, WIDTH - RIGHT, y);
		merit_buffer_put_format(plot->out, "<text class=\"end\" x=\"%d\" y=\"%d\">", LEFT - 8, y + 4);
		number_put(plot->out, plot->chart, tick);
		merit_buffer_put_text(plot->out, "</text>\n");
	}
}

static void labels_put(const struct plot *plot)
{
	size_t count = plot->chart->labels_count, every = (count + LABELS_SHOWN_MAX - 1) / LABELS_SHOWN_MAX;

	for (size_t i = 0; i < count; i += every) {
		merit_buffer_put_format(plot->out, "<text class=\"middle\" x=\"%d\" y=\"%d\">", x_middle(plot, i),
		                        HEIGHT - BOTTOM + 20);
		merit_html_put(plot->out, plot->chart->labels[i].data);
		merit_buffer_put_text(plot->out, "</text>\n");
	}
}

/* ---- What stands in it ---- */

static void title_put(const struct plot *plot, size_t label, size_t series)
{
	const struct merit_chart *chart = plot->chart;

	merit_buffer_put_text(plot->out, "<title>");
	merit_html_put(plot->out, chart->labels[label].data);
	if (chart->series_count > 1) {
		merit_buffer_put_text(plot->out, ", ");
		merit_html_put(plot->out, chart->series[series]);
	}
	merit_buffer_put_text(plot->out, ": ");
	number_put(plot->out, chart, number_at(chart, label, series));
	merit_buffer_put_text(plot->out, "</title>");
}

/* A bar from one value to another, at least a line high. */
static void bar_put(const struct plot *plot, size_t label, size_t series, __int128 from, __int128 to, const char *class)
{
	int room = x_of(plot, label + 1) - x_of(plot, label), width = room - 2 * (room / 6);
	int y_from = y_of(plot, from), y_to = y_of(plot, to);
	int top = y_from < y_to ? y_from : y_to, height = y_from < y_to ? y_to - y_from : y_from - y_to;

	width = width > BAR_WIDTH_MAX ? BAR_WIDTH_MAX : width > 0 ? width : 1;
	merit_buffer_put_format(plot->out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">", class,
	                        x_middle(plot, label) - width / 2, top, width, height > 0 ? height : 1);
	title_put(plot, label, series);
	merit_buffer_put_text(plot->out, "</rect>\n");
}

/* A number written over the highest point of its label, where all of them fit. */
static void value_put(const struct plot *plot, size_t label, __int128 top, int64_t number)
{
	if (plot->chart->labels_count > LABELS_SHOWN_MAX)
		return;
	merit_buffer_put_format(plot->out, "<text class=\"middle\" x=\"%d\" y=\"%d\">", x_middle(plot, label),
	                        y_of(plot, top) - 5);
	number_put(plot->out, plot->chart, number);
	merit_buffer_put_text(plot->out, "</text>\n");
}

static void series_class(char class_out[4], size_t series)
{
	class_out[0] = 's';
	class_out[1] = (char)('0' + series);
	class_out[2] = '\0';
}

static void bars_put(const struct plot *plot, size_t label)
{
	__int128 up = 0, down = 0;
	char class[4];

	for (size_t i = 0; i < plot->chart->series_count; i++) {
		int64_t number = number_at(plot->chart, label, i);
		__int128 *end = number < 0 ? &down : &up;
		series_class(class, i);
		if (number != 0)
			bar_put(plot, label, i, *end, *end + number, class);
		*end += number;
	}
	value_put(plot, label, up, clamp(up + down));
}

static void bridge_put(const struct plot *plot)
{
	size_t count = plot->chart->labels_count;
	__int128 running = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t number = number_at(plot->chart, i, 0);
		bool is_end = i == 0 || i + 1 == count;
		__int128 from = is_end ? 0 : running;
		running = from + number;
		bar_put(plot, i, 0, from, running, is_end ? "s0" : number < 0 ? "less" : "more");
		value_put(plot, i, from > running ? from : running, number);
	}
}

static void line_put(const struct plot *plot, size_t series)
{
	size_t count = plot->chart->labels_count;
	char class[4];

	series_class(class, series);
	merit_buffer_put_format(plot->out, "<polyline class=\"line %s\" points=\"", class);
	for (size_t i = 0; i < count; i++)
		merit_buffer_put_format(plot->out, "%s%d,%d", i > 0 ? " " : "", x_middle(plot, i),
		                        y_of(plot, number_at(plot->chart, i, series)));
	merit_buffer_put_text(plot->out, "\"/>\n");
	for (size_t i = 0; i < count; i++) {
		merit_buffer_put_format(plot->out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"3\">", class,
		                        x_middle(plot, i), y_of(plot, number_at(plot->chart, i, series)));
		title_put(plot, i, series);
		merit_buffer_put_text(plot->out, "</circle>\n");
	}
	if (plot->chart->series_count > 1 || count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		value_put(plot, i, number_at(plot->chart, i, 0), number_at(plot->chart, i, 0));
}

static void content_put(const struct plot *plot)
{
	if (plot->chart->kind == MERIT_CHART_BRIDGE)
		bridge_put(plot);
	for (size_t i = 0; i < plot->chart->labels_count && plot->chart->kind == MERIT_CHART_BARS; i++)
		bars_put(plot, i);
	for (size_t i = 0; i < plot->chart->series_count && plot->chart->kind == MERIT_CHART_LINES; i++)
		line_put(plot, i);
}

/* ---- The figure ---- */

static void legend_put(struct merit_buffer *out, const struct merit_chart *chart)
{
	if (chart->series_count < 2)
		return;
	merit_buffer_put_text(out, "<ul class=\"legend\">");
	for (size_t i = 0; i < chart->series_count; i++) {
		char class[4];
		series_class(class, i);
		merit_buffer_put_format(out,
		                        "<li><svg class=\"key\" aria-hidden=\"true\" viewBox=\"0 0 10 10\">"
		                        "<rect class=\"%s\" width=\"10\" height=\"10\"/></svg> ",
		                        class);
		merit_html_put(out, chart->series[i]);
		merit_buffer_put_text(out, "</li>");
	}
	merit_buffer_put_text(out, "</ul>\n");
}

void merit_chart_put_html(struct merit_buffer *out, const struct merit_chart *chart)
{
	struct plot plot = { .out = out, .chart = chart };

	if (chart->labels_count == 0)
		return;
	axis_find(&plot);
	merit_buffer_put_text(out, "<figure>\n<figcaption>");
	merit_html_put(out, chart->title);
	merit_buffer_put_text(out, " <span class=\"unit\">");
	merit_html_put(out, chart->unit);
	merit_buffer_put_text(out, "</span></figcaption>\n");
	legend_put(out, chart);
	merit_buffer_put_format(out, "<svg role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"", WIDTH, HEIGHT);
	merit_html_put(out, chart->title);
	merit_buffer_put_text(out, "\">\n");
	axis_put(&plot);
	labels_put(&plot);
	content_put(&plot);
	merit_buffer_put_text(out, "</svg>\n</figure>\n");
}
