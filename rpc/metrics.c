/* metrics.c - see metrics.h. */
#include "rpc/metrics.h"

#include <inttypes.h>

static const struct {
	const char *name, *type, *help;
} rows[] = {
#define X(constant, name, type, help) { name, #type, help },
	MERIT_METRIC_MAP(X)
#undef X
};

/* Relaxed throughout: a number is read for itself, never to learn what else has happened. */
void merit_metrics_add(struct merit_metrics *metrics, enum merit_metric metric, uint64_t amount)
{
	atomic_fetch_add_explicit(&metrics->values[metric], amount, memory_order_relaxed);
}

void merit_metrics_set(struct merit_metrics *metrics, enum merit_metric metric, uint64_t value)
{
	atomic_store_explicit(&metrics->values[metric], value, memory_order_relaxed);
}

uint64_t merit_metrics_value(const struct merit_metrics *metrics, enum merit_metric metric)
{
	return atomic_load_explicit(&metrics->values[metric], memory_order_relaxed);
}

void merit_metrics_put(struct merit_buffer *out, const char *name, const char *type, const char *help, uint64_t value)
{
	merit_buffer_put_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
	merit_buffer_put_format(out, "%s %" PRIu64 "\n", name, value);
}

void merit_metrics_print(const struct merit_metrics *metrics, struct merit_buffer *out)
{
	for (unsigned i = 0; i < MERIT_METRIC_COUNT; i++)
		merit_metrics_put(out, rows[i].name, rows[i].type, rows[i].help, merit_metrics_value(metrics, i));
}
