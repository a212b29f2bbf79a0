// What may happen between a tap and its answer, over a network that loses things.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Browser, sleep, until } from './browser.mjs';
import { Ledger, token } from './ledger.mjs';

const ORDER = { order: 'o1', member: 'm1', lines: [{ item: 'cup', version: 1, points: 30, quantity: 1 }] };

// A page whose member is signed in; the ledger's faults meet only what comes after.
async function signedIn(options) {
	const ledger = new Ledger();
	const browser = new Browser({ ledger, ...options });
	const page = browser.open();
	await page.core.session.signIn(token('m1'));
	return { ledger, browser, page, ...page.core };
}

// Another tab of the same browser, with its session taken up.
async function openAgain(browser) {
	const page = browser.open();
	await page.core.session.restore();
	await page.core.rpc.ledgerOrigin();
	return { page, ...page.core };
}

const keptOperations = (browser) => [...browser.rows.keys()].filter((name) => name.startsWith('outbox/'));

test('an act gives its outcome, and nothing is kept of it', async () => {
	const { ledger, browser, outbox } = await signedIn();
	const outcome = await outbox.act('order.place', ORDER, { intent: 'a' });
	assert.equal(outcome.status, 'accepted');
	assert.equal(outcome.params.order, 'o1');
	assert.equal(ledger.done('order.place').length, 1);
	assert.deepEqual(keptOperations(browser), []);
	assert.deepEqual(outbox.waiting(), []);
});

test('an operation is kept, with its id, before it is first sent', async () => {
	const { ledger, browser, outbox } = await signedIn();
	let kept = null;
	ledger.next(() => { kept = keptOperations(browser); });
	await outbox.act('order.place', ORDER, { intent: 'a' });
	assert.deepEqual(kept, [`outbox/${ledger.done('order.place')[0].params.id}`]);
});

test('a double tap is one order', async () => {
	const { ledger, outbox } = await signedIn();
	const taps = [1, 2, 3].map(() => outbox.act('order.place', ORDER, { intent: 'a' }));
	const outcomes = await Promise.all(taps);
	assert.equal(new Set(outcomes.map(({ seq }) => seq)).size, 1);
	assert.equal(ledger.done('order.place').length, 1);
});

test('two intents are two operations', async () => {
	const { ledger, outbox } = await signedIn();
	await Promise.all(['a', 'b'].map((intent) => outbox.act('order.place', { ...ORDER, order: intent }, { intent })));
	assert.equal(ledger.done('order.place').length, 2);
});

test('the same intent, once it is settled, is a new operation', async () => {
	const { ledger, outbox } = await signedIn();
	await outbox.act('order.receive', { order: 'o1' }, { intent: 'a' });
	await outbox.act('order.receive', { order: 'o1' }, { intent: 'a' });
	assert.equal(ledger.done('order.receive').length, 2);
});

for (const fault of ['lost', 'unanswered', 'busy', 'rate_limited', 'stopping', 'unreachable', 'bad_reply']) {
	test(`one order comes of a message that met "${fault}", and of two, and of five`, async () => {
		for (const times of [1, 2, 5]) {
			const { ledger, outbox, browser } = await signedIn();
			ledger.next(...Array(times).fill(fault));
			const outcome = await outbox.act('order.place', ORDER, { intent: 'a' });
			assert.equal(outcome.status, 'accepted');
			assert.equal(ledger.done('order.place').length, 1);
			assert.deepEqual(keptOperations(browser), []);
		}
	});
}

test('an answer that is no JSON, as of a proxy, is a lost one', async () => {
	const { ledger, outbox } = await signedIn();
	ledger.next(() => ({ reply: '<html>502 Bad Gateway</html>', headers: {} }));
	assert.equal((await outbox.act('order.place', ORDER, { intent: 'a' })).status, 'accepted');
	assert.equal(ledger.done('order.place').length, 1);
});

test('what is sent again is the same bytes, signed anew', async () => {
	const { ledger, outbox } = await signedIn();
	const before = ledger.messages.length;
	ledger.next('unanswered', 'lost');
	await outbox.act('order.place', ORDER, { intent: 'a', privates: { recipient: 'Li Lei, Suzhou' } });
	const sent = ledger.messages.slice(before);
	assert.equal(sent.length, 3);
	assert.equal(new Set(sent.map(({ body }) => body)).size, 1);
});

test('private lines follow the JSON, and their commitment is what it says', async () => {
	const { ledger, outbox } = await signedIn();
	await outbox.act('order.place', ORDER, { intent: 'a', privates: { recipient: '李雷, 苏州' } });
	const [{ params, privates }] = ledger.done('order.place');
	const bytes = Buffer.from(privates[0], 'base64url');
	assert.equal(params.recipient, createHash('sha256').update(bytes).digest('hex'));
	assert.equal(bytes.subarray(32).toString(), '李雷, 苏州');
	await outbox.act('order.place', { ...ORDER, order: 'o2' }, { intent: 'b', privates: { recipient: '李雷, 苏州' } });
	const [, second] = ledger.done('order.place');
	assert.notEqual(second.params.recipient, params.recipient);
});

test('a refusal is an outcome: told once, with its numbers, and over', async () => {
	const { ledger, browser, outbox, rpc } = await signedIn();
	ledger.refuse = (method) => (method === 'order.place' ? 'short_stock' : null);
	const events = [];
	outbox.subscribe((event) => events.push(event));
	await assert.rejects(outbox.act('order.place', ORDER, { intent: 'a' }), (error) => {
		assert.ok(error instanceof rpc.Refused);
		assert.equal(error.status, 'short_stock');
		assert.equal(error.number, 174);
		return true;
	});
	assert.deepEqual(keptOperations(browser), []);
	assert.equal(events.at(-1).error.status, 'short_stock');
	assert.equal(events.at(-1).params.order, 'o1');
});

for (const status of ['not_permitted', 'bad_params', 'private_mismatch', 'read_only', 'store_full']) {
	test(`a first message answered "${status}" is over, and no order later`, async () => {
		const { ledger, browser, outbox } = await signedIn();
		ledger.next(status);
		await assert.rejects(outbox.act('order.place', ORDER, { intent: 'a' }), { status });
		assert.deepEqual(keptOperations(browser), []);
		await sleep(60000);
		assert.equal(ledger.done('order.place').length, 0);
	});
}

test('whether it was done is found out even when the ledger only reads for a while', async () => {
	const { ledger, outbox } = await signedIn();
	ledger.next('unanswered', 'read_only', 'store_full');
	assert.equal((await outbox.act('order.place', ORDER, { intent: 'a' })).status, 'accepted');
	assert.equal(ledger.done('order.place').length, 1);
});

test('why the ledger does not take it yet is told while the operation waits', async () => {
	const { ledger, outbox } = await signedIn();
	ledger.next('unanswered', 'read_only');
	const promise = outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => outbox.waiting()[0]?.status === 'read_only');
	await promise;
});

test('while there is no answer the operation is under way, and tells so', async () => {
	const { ledger, outbox } = await signedIn();
	const events = [];
	outbox.subscribe((event) => events.push(event));
	ledger.next('unanswered');
	const promise = outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => outbox.waiting()[0]?.isUnsure);
	const [waiting] = outbox.waiting();
	assert.equal(waiting.method, 'order.place');
	assert.equal(waiting.intent, 'a');
	assert.equal(waiting.params.order, 'o1');
	await promise;
	const told = events.map((event) => [event.isUnsure, 'result' in event]);
	assert.deepEqual(told, [[false, false], [true, false], [true, true]]);
});

test('a page closed between send and reply leaves its order to the next one', async () => {
	for (const fault of ['unanswered', 'lost']) {
		const { ledger, browser, page, outbox } = await signedIn();
		ledger.next(fault);
		outbox.act('order.place', ORDER, { intent: 'a', privates: { recipient: 'Li Lei' } });
		await until(() => outbox.waiting()[0]?.isUnsure);
		page.close();
		const next = await openAgain(browser);
		const events = [];
		next.outbox.subscribe((event) => events.push(event));
		await next.outbox.resume();
		assert.equal(ledger.done('order.place').length, 1);
		assert.equal(events.at(-1).result.status, 'accepted');
		assert.equal(events.at(-1).intent, 'a');
		assert.deepEqual(keptOperations(browser), []);
	}
});

test('a page closed before it could send leaves its order to the next one', async () => {
	const { ledger, browser, page, outbox } = await signedIn();
	outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => keptOperations(browser).length === 1);
	page.close();
	await (await openAgain(browser)).outbox.resume();
	assert.equal(ledger.done('order.place').length, 1);
});

test('the same intent in a page opened later joins the operation that waits', async () => {
	const { ledger, browser, page, outbox } = await signedIn();
	ledger.next('unanswered');
	outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => outbox.waiting()[0]?.isUnsure);
	page.close();
	const next = await openAgain(browser);
	const outcome = await next.outbox.act('order.place', { ...ORDER, order: 'o2' }, { intent: 'a' });
	assert.equal(outcome.params.order, 'o1');
	assert.equal(ledger.done('order.place').length, 1);
});

for (const hasLocks of [true, false]) {
	test(`two tabs make one order of one intent, ${hasLocks ? 'with' : 'without'} Web Locks`, async () => {
		const { ledger, browser, outbox } = await signedIn({ hasLocks });
		const other = await openAgain(browser);
		ledger.next('unanswered', 'lost');
		const first = outbox.act('order.place', ORDER, { intent: 'a' });
		await until(() => outbox.waiting()[0]?.isUnsure);
		const second = other.outbox.act('order.place', { ...ORDER, order: 'o2' }, { intent: 'a' });
		const outcomes = await Promise.all([first, second, other.outbox.resume()]);
		assert.equal(outcomes[0].seq, outcomes[1].seq);
		assert.equal(ledger.done('order.place').length, 1);
		assert.deepEqual(keptOperations(browser), []);
	});
}

test('another tab leaves alone what this one is sending', async () => {
	const { ledger, browser, outbox } = await signedIn();
	const other = await openAgain(browser);
	const before = ledger.messages.length;
	ledger.next('unanswered');
	const promise = outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => outbox.waiting()[0]?.isUnsure);
	await other.outbox.resume();
	assert.deepEqual(other.outbox.waiting(), []);
	await promise;
	assert.equal(ledger.messages.length - before, 2);
});

test('resume sends at once what waits for its next attempt', async () => {
	const { ledger, outbox, page } = await signedIn();
	page.stopTimers();
	ledger.next('lost');
	const promise = outbox.act('order.place', ORDER, { intent: 'a' });
	await new Promise((resolve) => { outbox.subscribe(({ isUnsure }) => isUnsure && resolve()); });
	await outbox.resume();
	await promise;
	assert.equal(ledger.done('order.place').length, 1);
});

test('without IndexedDB an order is placed all the same, and the page says that nothing lasts', async () => {
	const { ledger, outbox, store } = await signedIn({ hasIndexedDb: false });
	assert.equal(store.isLasting(), false);
	ledger.next('unanswered');
	await outbox.act('order.place', ORDER, { intent: 'a' });
	assert.equal(ledger.done('order.place').length, 1);
});

test('a fault of the page itself does not end what may have been done', async () => {
	const { ledger, browser, page, outbox } = await signedIn({ hasEd25519: false });
	ledger.next('unanswered');
	const promise = outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => outbox.waiting()[0]?.isUnsure);
	const { seed } = page.core.rpc.wire.signer.record;
	page.core.rpc.wire.signer.record.seed = 'no seed';
	await outbox.resume();
	await sleep(3000);
	assert.equal(keptOperations(browser).length, 1);
	page.core.rpc.wire.signer.record.seed = seed;
	assert.equal((await promise).status, 'accepted');
});

test('a listener that throws does not decide what an order came to', async (context) => {
	const { outbox } = await signedIn();
	const told = [];
	const faults = context.mock.method(console, 'error', () => {});
	outbox.subscribe((event) => {
		if ('result' in event)
			throw new Error('a fault of the screen');
	});
	outbox.subscribe((event) => told.push('result' in event));
	assert.equal((await outbox.act('order.place', ORDER, { intent: 'a' })).status, 'accepted');
	assert.deepEqual(told, [false, true]);
	assert.equal(faults.mock.callCount(), 1);
});

test('who is not signed in acts on nothing', async () => {
	const ledger = new Ledger();
	const { outbox } = new Browser({ ledger }).open().core;
	await assert.rejects(outbox.act('order.place', ORDER, { intent: 'a' }), { status: 'not_signed' });
	assert.equal(ledger.messages.length, 0);
});

// A reply that says nothing of the order, though the order was placed.
const mangled = (change) => (sent) => { sent.reply = change(sent.reply); };

for (const [what, change] of [
	['{}', () => ({})], ['null', () => null], ['[null]', () => [null]], ['[{}]', () => [{}]], ['7', () => 7],
	['{"result":null}', (reply) => ({ ...reply, result: null })], ['no id', ({ id, ...reply }) => reply],
	['another call\'s id', (reply) => ({ ...reply, id: 9 })],
	['another operation\'s id', (reply) => ({ ...reply, result: { ...reply.result, id: 'x' } })],
	['no status', (reply) => ({ ...reply, result: { id: reply.result.id } })],
	['an error without a status', (reply) => ({ id: reply.id, error: { code: -32000, message: 'no' } })],
	['another operation\'s refusal', ({ id }) => ({ id, error: { data: { status: 'short_stock', number: 173, id: 'x' } } })],
]) {
	test(`an answer with ${what} settles nothing: the operation is asked for again`, async () => {
		const { ledger, outbox, browser } = await signedIn();
		ledger.next(mangled(change));
		const outcome = await outbox.act('order.place', ORDER, { intent: 'a' });
		assert.equal(outcome.status, 'accepted');
		assert.equal(outcome.id, ledger.done('order.place')[0].params.id);
		assert.equal(ledger.done('order.place').length, 1);
		assert.deepEqual(keptOperations(browser), []);
	});
}

test('an order under way when its member leaves is told to nobody who comes after', async () => {
	const { ledger, session, outbox } = await signedIn();
	ledger.next('lost');
	const ended = assert.rejects(outbox.act('order.place', ORDER, { intent: 'a' }), { status: 'not_signed' });
	await until(() => outbox.waiting()[0]?.isUnsure);
	const told = [];
	outbox.subscribe((event) => told.push('result' in event || 'error' in event));
	await session.signOut();
	await outbox.resume();
	await ended;
	assert.ok(told.length > 0 && told.every((isOutcome) => !isOutcome));
	assert.deepEqual(outbox.waiting(), []);
});

test('an order under way when the session ends is not sent for the next member', async () => {
	const { ledger, browser, session, outbox } = await signedIn();
	ledger.next('lost');
	const promise = outbox.act('order.place', ORDER, { intent: 'a', privates: { recipient: 'Li Lei' } });
	await until(() => outbox.waiting()[0]?.isUnsure);
	const told = assert.rejects(promise, { status: 'not_signed' });
	await session.signOut();
	await session.signIn(token('m2'));
	await outbox.resume();
	await told;
	assert.equal(ledger.done('order.place').length, 0);
	assert.deepEqual(keptOperations(browser), []);
});
