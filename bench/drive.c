/* drive.c - see drive.h. Slots are driven by nng's callbacks, so hundreds in flight need no threads here. */
#include "bench/drive.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/envelope.h"

#define ANSWER_WAIT_MS 60000
#define BUSY_PAUSE_MS  5
#define REPLY_SIZE_MAX ((size_t)64 * 1024 * 1024)

/* The messages, one behind the other; without their envelopes where the clock covers signing. */
struct messages {
	struct merit_buffer bytes;
	size_t *ends;
	size_t count;
};

struct drive {
	const struct bench_shape *shape;
	struct merit_secret_key key;
	struct messages messages;
	uint64_t *latencies_ns;  /* by message */
	atomic_size_t next;      /* message to send */
	atomic_uint_fast64_t busy_count;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t slots_running;
};

enum slot_doing { SLOT_SENDING, SLOT_RECEIVING, SLOT_PAUSING };

struct slot {
	struct drive *drive;
	nng_ctx context;
	nng_aio *aio;
	enum slot_doing doing;
	size_t message;             /* index of the one in flight */
	uint64_t sent_ns;
	struct merit_buffer signed_; /* where it is signed, when the clock covers that */
};

static void check_nng(int rc, const char *doing)
{
	if (rc != 0)
		bench_fail("%s: %s", doing, nng_strerror(rc));
}

/* ---- Messages ---- */

static void sign(const struct drive *drive, struct merit_buffer *out, const char *json, size_t size)
{
	int64_t now_s = bench_wall_ms() / 1000;

	bench_check(merit_envelope_make(out, &drive->key, BENCH_SERVICE, BENCH_ORIGIN, now_s, json, size), "sign");
	if (out->bad)
		bench_fail("no memory for messages");
}

static void make_messages(struct drive *drive)
{
	const struct bench_shape *shape = drive->shape;
	struct messages *messages = &drive->messages;
	struct merit_buffer json = { 0 };

	messages->count = shape->entries / shape->batch;
	messages->ends = bench_allocate(messages->count, sizeof(*messages->ends));
	for (size_t i = 0; i < messages->count; i++) {
		merit_buffer_clear(&json);
		bench_earns_put(&json, (uint64_t)i * shape->batch, shape->batch, shape->members);
		if (shape->sign_inside)
			merit_buffer_put(&messages->bytes, json.data, json.size);
		else
			sign(drive, &messages->bytes, json.data, json.size);
		messages->ends[i] = messages->bytes.size;
	}
	if (json.bad || messages->bytes.bad)
		bench_fail("no memory for messages");
	merit_buffer_free(&json);
}

static const char *message_at(const struct messages *messages, size_t index, size_t *size_out)
{
	size_t start = index == 0 ? 0 : messages->ends[index - 1];

	*size_out = messages->ends[index] - start;
	return messages->bytes.data + start;
}

/* ---- Slots ---- */

/* Sends the slot's message; not for the first time when the service was busy. */
static void slot_send(struct slot *slot)
{
	struct drive *drive = slot->drive;
	size_t size;
	const char *bytes = message_at(&drive->messages, slot->message, &size);
	nng_msg *message;

	if (drive->shape->sign_inside) {
		merit_buffer_clear(&slot->signed_);
		sign(drive, &slot->signed_, bytes, size);
		bytes = slot->signed_.data;
		size = slot->signed_.size;
	}
	check_nng(nng_msg_alloc(&message, size), "send");
	memcpy(nng_msg_body(message), bytes, size);
	slot->doing = SLOT_SENDING;
	nng_aio_set_msg(slot->aio, message);
	nng_ctx_send(slot->context, slot->aio);
}

/* Goes on with the next message, or ends when there is none. */
static void slot_next(struct slot *slot)
{
	struct drive *drive = slot->drive;

	slot->message = atomic_fetch_add(&drive->next, 1);
	if (slot->message < drive->messages.count) {
		slot->sent_ns = bench_clock_ns();
		slot_send(slot);
		return;
	}
	pthread_mutex_lock(&drive->mutex);
	drive->slots_running--;
	pthread_cond_signal(&drive->changed);
	pthread_mutex_unlock(&drive->mutex);
}

static bool is_busy(const char *json, size_t size)
{
	static const char busy[] = "\"status\":\"busy\"";

	return size < 1024 && memmem(json, size, busy, sizeof(busy) - 1) != NULL;
}

static void slot_answered(struct slot *slot)
{
	struct drive *drive = slot->drive;
	nng_msg *reply = nng_aio_get_msg(slot->aio);
	const char *line = nng_msg_body(reply), *end = line + nng_msg_len(reply);

	drive->latencies_ns[slot->message] = bench_clock_ns() - slot->sent_ns;
	const char *feed = memchr(line, '\n', (size_t)(end - line)); /* behind the checkpoint, which is nothing to us */
	const char *json = feed == NULL ? end : feed + 1;
	size_t size = (size_t)(end - json);
	bool busy = is_busy(json, size);
	if (!busy)
		bench_expect_accepted(json, size, drive->shape->batch);
	nng_aio_set_msg(slot->aio, NULL);
	nng_msg_free(reply);
	if (!busy) {
		slot_next(slot);
		return;
	}
	atomic_fetch_add(&drive->busy_count, 1);
	slot->doing = SLOT_PAUSING;
	nng_sleep_aio(BUSY_PAUSE_MS, slot->aio);
}

static void slot_event(void *argument)
{
	struct slot *slot = argument;

	check_nng(nng_aio_result(slot->aio), "the service's answer");
	switch (slot->doing) {
	case SLOT_SENDING:
		slot->doing = SLOT_RECEIVING;
		nng_ctx_recv(slot->context, slot->aio);
		break;
	case SLOT_RECEIVING:
		slot_answered(slot);
		break;
	case SLOT_PAUSING:
		nng_aio_set_timeout(slot->aio, ANSWER_WAIT_MS); /* A sleep changes it. */
		slot_send(slot);
		break;
	}
}

static void slot_open(struct slot *slot, struct drive *drive, nng_socket socket)
{
	slot->drive = drive;
	check_nng(nng_ctx_open(&slot->context, socket), "context");
	check_nng(nng_aio_alloc(&slot->aio, slot_event, slot), "aio");
	nng_aio_set_timeout(slot->aio, ANSWER_WAIT_MS);
}

static void slot_close(struct slot *slot)
{
	nng_aio_stop(slot->aio);
	nng_aio_free(slot->aio);
	(void)nng_ctx_close(slot->context);
	merit_buffer_free(&slot->signed_);
}

/* ---- The run ---- */

/* One socket is one connection, made when this returns. nng may not send again by itself: that would be hidden time. */
static nng_socket connect_to(const char *url)
{
	nng_socket socket;

	check_nng(nng_req0_open(&socket), "socket");
	check_nng(nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE), "socket");
	check_nng(nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, REPLY_SIZE_MAX), "socket");
	check_nng(nng_dial(socket, url, NULL, 0), url);
	return socket;
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The smallest latency that percent of the messages did not exceed. */
static uint64_t percentile(const uint64_t *sorted, size_t count, unsigned percent)
{
	size_t rank = (count * percent + 99) / 100;

	return sorted[rank == 0 ? 0 : rank - 1];
}

static void run_slots(struct drive *drive, struct slot *slots, size_t count)
{
	drive->slots_running = count;
	for (size_t i = 0; i < count; i++)
		slot_next(&slots[i]);
	pthread_mutex_lock(&drive->mutex);
	while (drive->slots_running > 0)
		pthread_cond_wait(&drive->changed, &drive->mutex);
	pthread_mutex_unlock(&drive->mutex);
}

static void summarize(struct drive *drive, struct bench_timing *timing)
{
	size_t count = drive->messages.count;
	uint64_t *sorted = drive->latencies_ns;

	qsort(sorted, count, sizeof(*sorted), compare);
	timing->p50_ns = percentile(sorted, count, 50);
	timing->p90_ns = percentile(sorted, count, 90);
	timing->p99_ns = percentile(sorted, count, 99);
	timing->max_ns = sorted[count - 1];
	timing->busy_count = atomic_load(&drive->busy_count);
	timing->message_size = drive->messages.bytes.size / count;
}

void bench_drive(const struct bench_shape *shape, const char *url, pid_t service, struct bench_timing *timing_out)
{
	size_t slots_count = (size_t)shape->connections * shape->in_flight;
	nng_socket *sockets = bench_allocate(shape->connections, sizeof(*sockets));
	struct slot *slots = bench_allocate(slots_count, sizeof(*slots));
	struct drive drive = { .shape = shape, .key = bench_key(BENCH_SERVICE), .mutex = PTHREAD_MUTEX_INITIALIZER,
			       .changed = PTHREAD_COND_INITIALIZER };

	make_messages(&drive);
	drive.latencies_ns = bench_allocate(drive.messages.count, sizeof(*drive.latencies_ns));
	for (size_t i = 0; i < shape->connections; i++)
		sockets[i] = connect_to(url);
	for (size_t i = 0; i < slots_count; i++)
		slot_open(&slots[i], &drive, sockets[i % shape->connections]);
	uint64_t start_ns = bench_clock_ns(), own_ns = bench_own_cpu_ns(), service_ns = bench_process_cpu_ns(service);
	run_slots(&drive, slots, slots_count);
	timing_out->wall_ns = bench_clock_ns() - start_ns;
	timing_out->own_cpu_ns = bench_own_cpu_ns() - own_ns;
	timing_out->service_cpu_ns = bench_process_cpu_ns(service) - service_ns;
	summarize(&drive, timing_out);
	for (size_t i = 0; i < slots_count; i++)
		slot_close(&slots[i]);
	for (size_t i = 0; i < shape->connections; i++)
		(void)nng_close(sockets[i]);
	free(sockets);
	free(slots);
	free(drive.latencies_ns);
	free(drive.messages.ends);
	merit_buffer_free(&drive.messages.bytes);
}
