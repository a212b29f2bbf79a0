// Messages as doc/protocol.md has them, and what is done about a wrong clock, a busy ledger and a lost reply.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, until } from './browser.mjs';
import { Ledger, ORIGIN, token } from './ledger.mjs';

function start() {
	const ledger = new Ledger();
	return { ledger, ...new Browser({ ledger }).open().core };
}

async function signedIn() {
	const page = start();
	await page.session.signIn(token('m1'));
	page.before = page.ledger.messages.length;
	return page;
}

const headerOf = ({ line }) => JSON.parse(Buffer.from(line.split('..')[0], 'base64url'));

for (const [method, params] of [
	['program.get'], ['checkpoint.get'], ['item.list', { limit: 20 }], ['item.get', { item: 'cup' }],
	['proof.get', { from_size: 1 }],
]) {
	test(`${method} ${JSON.stringify(params ?? {})} is read without a signature`, async () => {
		const { ledger, rpc, session, before } = await signedIn();
		await rpc.read(method, params);
		assert.ok(session.current());
		assert.equal(ledger.messages[before].line, undefined);
	});
}

test('what is the member\'s is signed, with exactly the header of the protocol', async () => {
	const { ledger, rpc, session, before } = await signedIn();
	await rpc.read('item.list', { member: 'm1' });
	const header = headerOf(ledger.messages[before]);
	assert.deepEqual(Object.keys(header).sort(), ['alg', 'aud', 'b64', 'crit', 'iat', 'kid']);
	assert.equal(header.kid, `m1/${session.current().key}`);
	assert.equal(header.aud, ORIGIN);
	assert.equal(header.b64, false);
	assert.deepEqual(header.crit, ['b64']);
});

test('a guest\'s private read is refused without a message', async () => {
	const { ledger, rpc } = start();
	await assert.rejects(rpc.read('member.get', { member: 'm1' }), { status: 'not_signed' });
	assert.equal(ledger.messages.length, 0);
});

test('several reads are one message, each with its outcome', async () => {
	const { ledger, rpc, before } = await signedIn();
	const [item, proof] = await rpc.readAll([{ method: 'item.get', params: { item: 'cup' } },
		{ method: 'proof.get', params: { from_size: 1000 } }]);
	assert.equal(ledger.messages.length, before + 1);
	assert.equal(item.params.item, 'cup');
	assert.ok(proof instanceof rpc.Refused);
	assert.equal(proof.status, 'not_found');
	assert.deepEqual(await rpc.readAll([]), []);
	await assert.rejects(rpc.readAll(Array(17).fill({ method: 'program.get' })), RangeError);
});

test('an error for the whole message is each read\'s', async () => {
	const { ledger, rpc } = await signedIn();
	ledger.next('bad_params');
	const calls = ['a', 'b'].map((item) => ({ method: 'item.get', params: { item } }));
	const outcomes = await rpc.readAll(calls);
	assert.deepEqual(outcomes.map(({ status }) => status), ['bad_params', 'bad_params']);
});

for (const skewMs of [-86400000 * 400, -301000, 301000, 86400000 * 400]) {
	test(`a clock that is ${skewMs / 1000} s wrong is put right by the reply's date, once`, async () => {
		const { ledger, rpc, before, clock } = await signedIn();
		ledger.clockSkewMs = skewMs;
		await rpc.read('member.get', { member: 'm1' });
		assert.equal(ledger.messages.length, before + 2);
		assert.ok(Math.abs(clock.now() - Date.now() - skewMs) < 5000);
		await rpc.read('member.get', { member: 'm1' });
		assert.equal(ledger.messages.length, before + 3);
	});
}

test('a link signs in on a phone whose clock is wrong', async () => {
	const { ledger, session } = start();
	ledger.clockSkewMs = 3600000;
	assert.equal((await session.signIn(token('m1'))).member, 'm1');
});

test('a ledger that finds the right time stale is not asked for ever', async () => {
	const { ledger, rpc, before } = await signedIn();
	ledger.next('stale', 'stale');
	await assert.rejects(rpc.read('member.get', { member: 'm1' }), { status: 'stale' });
	assert.equal(ledger.messages.length, before + 2);
});

test('without a date in the reply the clock is left alone', async () => {
	const { ledger, rpc, before } = await signedIn();
	ledger.next(() => ({ reply: { error: { data: { status: 'stale', number: 13 } } }, headers: {} }));
	await assert.rejects(rpc.read('member.get', { member: 'm1' }), { status: 'stale' });
	assert.equal(ledger.messages.length, before + 1);
});

for (const status of ['busy', 'rate_limited', 'stopping']) {
	test(`a read that met "${status}" is tried again a few times, then told`, async () => {
		const { ledger, rpc, before } = await signedIn();
		ledger.next(status, status);
		await rpc.read('program.get');
		assert.equal(ledger.messages.length, before + 3);
		ledger.next(...Array(10).fill(status));
		await assert.rejects(rpc.read('program.get'), { status });
		assert.equal(ledger.messages.length, before + 3 + 4);
	});
}

for (const [what, fault] of [
	['a lost message', 'lost'], ['a lost reply', 'unanswered'], ['no answer from behind the mall', 'unreachable'],
	['a page of HTML', () => ({ reply: '<html>', headers: {} })],
	['null', () => ({ reply: null, headers: {} })], ['[null]', () => ({ reply: [null], headers: {} })],
	['an answer to another call', ({ reply, headers }) => ({ reply: { ...reply, id: 5 }, headers })],
	['a result that is none', ({ reply, headers }) => ({ reply: { ...reply, result: null }, headers })],
	['an error that says nothing', ({ headers }) => ({ reply: { id: 0, error: { code: 1 } }, headers })],
	['fewer answers than calls', () => ({ reply: [], headers: {} })],
]) {
	test(`${what} is unreachable to a read, and no figure`, async () => {
		const { ledger, rpc } = await signedIn();
		ledger.next(fault);
		await assert.rejects(rpc.read('program.get'), rpc.Unreachable);
	});
}

test('the origin is asked for again after it could not be had', async () => {
	const { ledger, rpc } = start();
	ledger.next('lost');
	await assert.rejects(rpc.ledgerOrigin(), rpc.Unreachable);
	assert.equal(await rpc.ledgerOrigin(), ORIGIN);
});

test('what is sent goes to this host alone, without cookies or a referrer', async () => {
	const { rpc } = start();
	const calls = [];
	const ledger = new Ledger();
	const browser = new Browser({ ledger: { fetch: (url, options) => {
		calls.push({ url, ...options });
		return ledger.fetch(url, options);
	} } });
	const page = browser.open();
	await page.core.rpc.read('program.get');
	await until(() => calls.length > 0);
	assert.equal(calls[0].url, '/rpc');
	assert.equal(calls[0].method, 'POST');
	assert.equal(calls[0].credentials, 'omit');
	assert.equal(calls[0].cache, 'no-store');
	assert.ok(rpc);
});
