/* drive.c - see drive.h. One thread and epoll: the load must be cheap, since it runs on the cores that are measured. */
#include "bench/drive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench/wire.h"
#include "ledger/envelope.h"

#define BUSY_PAUSE_NS  5000000
#define TICK_NS        100000000
#define SILENCE_NS     60000000000 /* without any answer: the service hangs */
#define EVENTS_MAX     64
#define SIZE_ABOUT     300 /* of an operation in a message */

/* Frames one behind the other. */
struct frames {
	struct merit_buffer bytes;
	struct frame {
		size_t end;
		struct bench_message message;
	} *list;
	size_t count, capacity;
};

/* One message under way, or none. */
struct slot {
	struct flow *flow;
	struct line *line;
	struct frames made;              /* its chain, where messages are made inside */
	struct frames *from;             /* that, or the stream's */
	size_t at, end;                  /* the chain: the frame under way, and behind the last */
	uint64_t since_ns;               /* its latency counts from here */
	uint64_t pause_until_ns;         /* the service was busy; 0: not pausing */
	struct slot *next_idle;
};

/* One connection. */
struct line {
	struct bench_wire wire;
	struct flow *flow;
	bool is_blocked; /* waits to be written to */
};

/* One stream while it is driven. */
struct flow {
	struct bench_stream *stream;
	struct bench_work work;
	struct merit_secret_key key;
	struct merit_buffer json;
	struct frames prepared;
	size_t next;                     /* of those */
	struct line *lines;
	struct slot *slots, *idle;
	size_t slots_count, active_count, pausing_count;
	uint64_t asked;                  /* operations of chains begun */
};

struct run {
	struct bench_drive *drive;
	struct flow *flows;
	int epoll;
	uint64_t start_ns, tick_ns, answer_ns; /* the next tick; the last answer */
	bool is_over;
};

/* ---- Messages ---- */

static void make_frame(struct flow *flow, struct frames *frames)
{
	struct bench_message message;
	const char *kid = bench_work_kid(&flow->stream->load);

	merit_buffer_clear(&flow->json);
	bench_work_next(&flow->work, &flow->json, &message);
	size_t start = bench_frame_open(&frames->bytes);
	bench_check(merit_envelope_make(&frames->bytes, &flow->key, kid, BENCH_ORIGIN, bench_wall_ms() / 1000,
	                                flow->json.data, flow->json.size), "sign");
	bench_frame_close(&frames->bytes, start);
	if (frames->count == frames->capacity) {
		frames->capacity = frames->capacity * 2 + 16;
		frames->list = realloc(frames->list, frames->capacity * sizeof(*frames->list));
		if (frames->list == NULL)
			bench_fail("no memory for messages");
	}
	frames->list[frames->count++] = (struct frame){ frames->bytes.size, message };
}

static void make_prepared(struct flow *flow)
{
	uint64_t asked = 0;

	if (!merit_buffer_reserve(&flow->prepared.bytes, flow->stream->operations * SIZE_ABOUT))
		bench_fail("no memory for messages");
	while (asked < flow->stream->operations || bench_work_in_chain(&flow->work)) {
		make_frame(flow, &flow->prepared);
		asked += flow->prepared.list[flow->prepared.count - 1].message.operations;
	}
}

/* The next chain into the slot; false when there is none. */
static bool take_chain(struct slot *slot)
{
	struct flow *flow = slot->flow;

	if (!flow->stream->made_inside) {
		struct frames *prepared = &flow->prepared;
		slot->from = prepared;
		slot->at = slot->end = flow->next;
		if (slot->at == prepared->count)
			return false;
		do
			slot->end++;
		while (slot->end < prepared->count && prepared->list[slot->end].message.follows);
		flow->next = slot->end;
		return true;
	}
	if (flow->stream->operations > 0 && flow->asked >= flow->stream->operations)
		return false;
	merit_buffer_clear(&slot->made.bytes);
	slot->made.count = 0;
	do
		make_frame(flow, &slot->made);
	while (bench_work_in_chain(&flow->work));
	slot->from = &slot->made;
	slot->at = 0;
	slot->end = slot->made.count;
	return true;
}

/* ---- Sending ---- */

static void watch(const struct run *run, struct line *line, bool is_blocked, int how)
{
	struct epoll_event event = { .events = EPOLLIN | (is_blocked ? EPOLLOUT : 0u), .data.ptr = line };

	line->is_blocked = is_blocked;
	if (epoll_ctl(run->epoll, how, line->wire.socket, &event) != 0)
		bench_fail("epoll: %s", strerror(errno));
}

static void slot_send(const struct run *run, struct slot *slot)
{
	const struct frames *from = slot->from;
	size_t start = slot->at == 0 ? 0 : from->list[slot->at - 1].end;
	uint32_t number = (uint32_t)(slot - slot->flow->slots);
	bool is_sent = bench_wire_send(&slot->line->wire, from->bytes.data + start, from->list[slot->at].end - start,
	                               number);

	if (is_sent == slot->line->is_blocked)
		watch(run, slot->line, !is_sent, EPOLL_CTL_MOD);
}

/* When the flow's next chain should leave; 0: at once. */
static uint64_t due_ns(const struct run *run, const struct flow *flow)
{
	uint64_t rate = flow->stream->rate;

	if (rate == 0)
		return 0;
	return run->start_ns + flow->asked / rate * 1000000000 + flow->asked % rate * 1000000000 / rate;
}

/* Starts chains on idle slots as far as it is time. */
static void flow_start(const struct run *run, struct flow *flow)
{
	while (flow->idle != NULL && !run->is_over) {
		uint64_t due = due_ns(run, flow);
		if (due > 0 && due > bench_clock_ns())
			return;
		struct slot *slot = flow->idle;
		if (!take_chain(slot))
			return;
		for (size_t i = slot->at; i < slot->end; i++)
			flow->asked += slot->from->list[i].message.operations;
		flow->idle = slot->next_idle;
		flow->active_count++;
		slot->since_ns = due == 0 ? bench_clock_ns() : due; /* Behind making the chain: that is no wait. */
		slot_send(run, slot);
	}
}

static void send_paused(const struct run *run, struct flow *flow)
{
	uint64_t now_ns = bench_clock_ns();

	for (size_t i = 0; i < flow->slots_count && flow->pausing_count > 0; i++) {
		struct slot *slot = &flow->slots[i];
		if (slot->pause_until_ns == 0 || slot->pause_until_ns > now_ns)
			continue;
		slot->pause_until_ns = 0;
		flow->pausing_count--;
		slot_send(run, slot);
	}
}

/* ---- Answers ---- */

static bool is_busy(struct merit_text json)
{
	static const char busy[] = "\"status\":\"busy\"";

	return json.size < 1024 && memmem(json.data, json.size, busy, sizeof(busy) - 1) != NULL;
}

static void count(struct flow *flow, const struct slot *slot, uint64_t now_ns)
{
	struct bench_outcome *outcome = &flow->stream->outcome;
	const struct frame *frame = &slot->from->list[slot->at];

	outcome->operations[frame->message.kind] += frame->message.operations;
	outcome->messages_count++;
	outcome->messages_size += frame->end - (slot->at == 0 ? 0 : frame[-1].end);
	bench_latency_note(&outcome->latencies[frame->message.kind], now_ns - slot->since_ns);
}

static void slot_answered(struct run *run, struct slot *slot, struct merit_text answer)
{
	struct flow *flow = slot->flow;
	uint64_t now_ns = bench_clock_ns();
	const char *feed = memchr(answer.data, '\n', answer.size); /* behind the checkpoint, which is nothing to us */
	size_t skipped = feed == NULL ? answer.size : (size_t)(feed + 1 - answer.data);
	struct merit_text json = { answer.data + skipped, answer.size - skipped };

	run->answer_ns = now_ns;
	if (is_busy(json)) {
		flow->stream->outcome.busy_count++;
		flow->pausing_count++;
		slot->pause_until_ns = now_ns + BUSY_PAUSE_NS;
		return;
	}
	bench_work_judge(&slot->from->list[slot->at].message, json.data, json.size);
	count(flow, slot, now_ns);
	if (++slot->at < slot->end) {
		slot->since_ns = now_ns;
		slot_send(run, slot);
		return;
	}
	slot->next_idle = flow->idle;
	flow->idle = slot;
	flow->active_count--;
	flow->stream->outcome.wall_ns = now_ns - run->start_ns;
}

static void line_event(struct run *run, struct line *line, uint32_t events)
{
	uint32_t number;
	struct merit_text answer;
	bool more = (events & ~(uint32_t)EPOLLOUT) != 0;

	if ((events & EPOLLOUT) != 0 && bench_wire_flush(&line->wire))
		watch(run, line, false, EPOLL_CTL_MOD);
	while (more) {
		more = bench_wire_receive(&line->wire);
		while (bench_wire_next(&line->wire, &number, &answer)) {
			if (number >= line->flow->slots_count)
				bench_fail("an answer to what was not asked");
			slot_answered(run, &line->flow->slots[number], answer);
		}
	}
}

/* ---- The run ---- */

static void flow_open(struct run *run, struct flow *flow, struct bench_stream *stream)
{
	flow->stream = stream;
	stream->made_inside |= stream->operations == 0;
	memset(&stream->outcome, 0, sizeof(stream->outcome));
	flow->key = bench_key(bench_work_kid(&stream->load));
	bench_work_start(&flow->work, &stream->load);
	if (!stream->made_inside)
		make_prepared(flow);
	flow->slots_count = (size_t)stream->connections * stream->in_flight;
	flow->lines = bench_allocate(stream->connections, sizeof(*flow->lines));
	flow->slots = bench_allocate(flow->slots_count, sizeof(*flow->slots));
	for (size_t i = 0; i < stream->connections; i++) {
		flow->lines[i].flow = flow;
		bench_wire_open(&flow->lines[i].wire, run->drive->url, stream->in_flight);
		watch(run, &flow->lines[i], false, EPOLL_CTL_ADD);
	}
	for (size_t i = flow->slots_count; i-- > 0;) {
		flow->slots[i].flow = flow;
		flow->slots[i].line = &flow->lines[i % stream->connections];
		flow->slots[i].next_idle = flow->idle;
		flow->idle = &flow->slots[i];
	}
}

static void frames_free(struct frames *frames)
{
	merit_buffer_free(&frames->bytes);
	free(frames->list);
}

static void flow_close(struct flow *flow)
{
	for (size_t i = 0; i < flow->stream->connections; i++)
		bench_wire_close(&flow->lines[i].wire);
	for (size_t i = 0; i < flow->slots_count; i++)
		frames_free(&flow->slots[i].made);
	frames_free(&flow->prepared);
	merit_buffer_free(&flow->json);
	free(flow->lines);
	free(flow->slots);
}

/* Whether the stream has asked for all it should. */
static bool is_through(const struct flow *flow)
{
	return flow->stream->operations > 0 && flow->asked >= flow->stream->operations;
}

/* Looks at the clock: whether it is over, for whatever reason. */
static void look(struct run *run)
{
	const struct bench_drive *drive = run->drive;
	uint64_t now_ns = bench_clock_ns();
	size_t endless = 0, through = 0;

	if (now_ns - run->answer_ns > SILENCE_NS)
		bench_fail("no answer for a minute");
	for (size_t i = 0; i < drive->streams_count; i++) {
		endless += drive->streams[i].operations == 0;
		through += is_through(&run->flows[i]);
	}
	if (through + endless == drive->streams_count && through > 0)
		run->is_over = true;
	if (drive->seconds > 0 && now_ns - run->start_ns >= (uint64_t)drive->seconds * 1000000000)
		run->is_over = true;
	if (drive->tick == NULL || now_ns < run->tick_ns)
		return;
	run->tick_ns = now_ns + TICK_NS;
	if (!drive->tick(drive->context))
		run->is_over = true;
}

/* How long nothing has to be done by itself. */
static struct timespec wait_time(const struct run *run)
{
	uint64_t now_ns = bench_clock_ns(), wait_ns = TICK_NS;

	for (size_t i = 0; i < run->drive->streams_count; i++) {
		const struct flow *flow = &run->flows[i];
		uint64_t due = due_ns(run, flow);
		if (flow->pausing_count > 0 && wait_ns > BUSY_PAUSE_NS)
			wait_ns = BUSY_PAUSE_NS;
		if (due == 0 || flow->idle == NULL || run->is_over || is_through(flow))
			continue;
		uint64_t left_ns = due > now_ns ? due - now_ns : 0;
		wait_ns = left_ns < wait_ns ? left_ns : wait_ns;
	}
	return (struct timespec){ .tv_nsec = (long)wait_ns };
}

static size_t active_count(const struct run *run)
{
	size_t active = 0;

	for (size_t i = 0; i < run->drive->streams_count; i++)
		active += run->flows[i].active_count;
	return active;
}

static void run_all(struct run *run)
{
	struct epoll_event events[EVENTS_MAX];

	do {
		for (size_t i = 0; i < run->drive->streams_count; i++) {
			send_paused(run, &run->flows[i]);
			flow_start(run, &run->flows[i]);
		}
		struct timespec wait = wait_time(run);
		int ready = epoll_pwait2(run->epoll, events, EVENTS_MAX, &wait, NULL);
		if (ready < 0 && errno != EINTR)
			bench_fail("epoll: %s", strerror(errno));
		for (int i = 0; i < ready; i++)
			line_event(run, events[i].data.ptr, events[i].events);
		look(run);
	} while (!run->is_over || active_count(run) > 0);
}

void bench_drive(struct bench_drive *drive)
{
	struct run run = { .drive = drive, .epoll = epoll_create1(EPOLL_CLOEXEC) };

	if (run.epoll < 0)
		bench_fail("epoll: %s", strerror(errno));
	run.flows = bench_allocate(drive->streams_count, sizeof(*run.flows));
	for (size_t i = 0; i < drive->streams_count; i++)
		flow_open(&run, &run.flows[i], &drive->streams[i]);
	uint64_t own_ns = bench_own_cpu_ns(), service_ns = bench_process_cpu_ns(drive->service);
	uint64_t written_size = bench_process_written_size(drive->service);
	run.start_ns = run.answer_ns = bench_clock_ns();
	run_all(&run);
	drive->wall_ns = bench_clock_ns() - run.start_ns;
	drive->own_cpu_ns = bench_own_cpu_ns() - own_ns;
	drive->service_cpu_ns = bench_process_cpu_ns(drive->service) - service_ns;
	drive->service_written_size = bench_process_written_size(drive->service) - written_size;
	for (size_t i = 0; i < drive->streams_count; i++)
		flow_close(&run.flows[i]);
	free(run.flows);
	(void)close(run.epoll);
}

uint64_t bench_outcome_operations(const struct bench_outcome *outcome)
{
	uint64_t sum = 0;

	for (size_t kind = 0; kind < BENCH_WORKLOAD_COUNT; kind++)
		sum += outcome->operations[kind];
	return sum;
}

void bench_outcome_latencies(const struct bench_outcome *outcome, struct bench_latencies *sum_out)
{
	memset(sum_out, 0, sizeof(*sum_out));
	for (size_t kind = 0; kind < BENCH_WORKLOAD_COUNT; kind++)
		bench_latency_add(sum_out, &outcome->latencies[kind]);
}
