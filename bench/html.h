/* html.h - results as a page: plots, and every number of theirs in a table.
 *
 * The page is whole in itself: no script, nothing fetched. It is read in light and dark. */
#ifndef MERIT_BENCH_HTML_H
#define MERIT_BENCH_HTML_H

#include "bench/run.h"

/* Fails the bench when the file cannot be written. */
void bench_html_write(const char *path, const struct bench_machine *machine, const struct bench_run *runs,
                      size_t count);

#endif
