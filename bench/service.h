/* service.h - the real meritd, as a child of the bench: started on a free loopback port, stopped, spoken to. */
#ifndef MERIT_BENCH_SERVICE_H
#define MERIT_BENCH_SERVICE_H

#include "bench/world.h"

#define BENCH_ARGUMENTS_MAX 32

struct bench_service {
	pid_t process;
	char url[64];
};

/* Starts program on the world's directory with further arguments (NULL-terminated; may be none) and waits until it is
 * ready. Operators may call as often as services. Its log is in the scratch directory. */
void bench_service_start(struct bench_service *service, const char *program, const struct bench_world *world,
			 char *const *arguments);

/* Ends it as systemd would, and waits until everything is written back. */
void bench_service_stop(struct bench_service *service);

/* Ends it at once, by SIGKILL. */
void bench_service_kill(struct bench_service *service);

/* Waits until it does nothing any more: state may still be written back behind a load, which would slow controls. */
void bench_service_settle(const struct bench_service *service);

/* One of its counters, such as merit_write_backs_total. */
uint64_t bench_service_counter(const struct bench_service *service, const char *name);

/* Sends what bench_world_populate asks for. */
void bench_service_populate(const struct bench_service *service, uint32_t members_count);

#endif
