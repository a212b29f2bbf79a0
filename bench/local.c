/* local.c - see local.h. */
#include "bench/local.h"

#include <string.h>

void bench_local_sign(struct bench_local *local, const char *kid, const char *json, size_t size)
{
	struct merit_secret_key key = bench_key(kid);
	int64_t now_s = bench_wall_ms() / 1000;

	merit_buffer_clear(&local->message);
	bench_check(merit_envelope_make(&local->message, &key, kid, BENCH_ORIGIN, now_s, json, size), "sign");
}

void bench_local_read(struct bench_local *local, struct merit_request *request_out)
{
	struct merit_text bytes = { local->message.data, local->message.size };

	merit_arena_reset(&local->arena);
	bench_check(merit_envelope_read(bytes.data, bytes.size, &local->arena, &request_out->envelope), "envelope");
	request_out->bytes = bytes;
	bench_check(merit_request_read(request_out, &local->arena), "request");
}

void bench_local_begin(struct bench_local *local, const struct merit_request *request)
{
	bench_check(merit_ledger_begin(local->ledger, bench_wall_ms(), local->message.size, request->calls_count),
	            "begin");
}

void bench_local_send(void *context, const char *kid, const char *json, size_t size)
{
	struct bench_local *local = context;
	struct merit_request request = { 0 };

	bench_local_sign(local, kid, json, size);
	bench_local_read(local, &request);
	merit_buffer_clear(&local->reply);
	bench_local_begin(local, &request);
	bench_check(merit_ledger_execute(local->ledger, &request, &local->reply), "execute");
	bench_check(merit_ledger_commit(local->ledger), "commit");
	bench_expect_accepted(local->reply.data, local->reply.size, (uint32_t)request.calls_count);
}

void bench_local_open(struct bench_local *local, const char *parent, uint32_t members_count, size_t map_size)
{
	struct merit_ledger_options options = { .log_key = &local->log_key,
		                                .system_key = &local->system_key,
		                                .map_size = map_size };

	memset(local, 0, sizeof(*local));
	bench_world_create(&local->world, parent, 0);
	local->log_key = bench_key("log");
	local->system_key = bench_key("system");
	options.directory = local->world.directory;
	bench_check(merit_ledger_open(&options, &local->ledger), "open");
	bench_world_populate(members_count, bench_local_send, local);
}

void bench_local_close(struct bench_local *local)
{
	merit_ledger_close(local->ledger);
	bench_world_remove(&local->world);
	merit_buffer_free(&local->message);
	merit_buffer_free(&local->reply);
	merit_arena_free(&local->arena);
}
