// The core as one: what happens by itself when a page opens, comes back to the network, acts, or changes hands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, until } from './browser.mjs';
import { Ledger, LogKey, token } from './ledger.mjs';

const ORDER = { order: 'o1', member: 'm1', lines: [] };

async function begun(options) {
	const ledger = new Ledger();
	const browser = new Browser({ ledger, ...options });
	const page = browser.open();
	await page.core.start.begin();
	return { ledger, browser, page, ...page.core };
}

test('a page opens while neither ledger nor content answers', async () => {
	const { core } = new Browser({ ledger: { fetch: () => new Promise(() => {}) } }).open();
	await core.start.begin();
	assert.equal(core.session.current(), null);
	assert.match(core.i18n.t('status.busy'), /busy/);
});

test('a page opens while its store does not', async () => {
	const browser = new Browser({ ledger: new Ledger(), languages: ['zh'] });
	browser.isStoreStuck = true;
	const { core } = browser.open();
	await core.start.begin();
	assert.equal(core.i18n.language(), 'zh');
});

test('the ledger\'s key is pinned, and its days set, once it answers', async () => {
	const ledger = new Ledger();
	const browser = new Browser({ ledger });
	ledger.next('lost');
	const { core } = browser.open();
	await core.start.begin();
	await core.start.loadProgram().catch(() => {});
	await core.start.loadProgram();
	assert.equal(core.proof.logKey(), ledger.logKey.vkey);
	assert.equal(core.format.dayOf(Date.UTC(2026, 0, 31, 20)), '2026-02-01');
	assert.equal(browser.rows.get('app/log'), ledger.logKey.vkey);
});

test('all who ask what the ledger is at once share one message', async () => {
	const { ledger, rpc, start } = await begun();
	await start.loadProgram();
	const before = ledger.messages.length;
	await Promise.all([start.loadProgram(), rpc.ledgerOrigin(), start.loadProgram()]);
	assert.equal(ledger.messages.length, before + 1);
});

test('what a closed page left behind is sent when the next one opens', async () => {
	const { ledger, browser, page, session, outbox } = await begun();
	await session.signIn(token('m1'));
	ledger.next('unanswered');
	outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => outbox.waiting()[0]?.isUnsure);
	page.close();
	const { core } = browser.open();
	const settled = new Promise((resolve) => { core.outbox.subscribe((event) => event.result && resolve(event)); });
	await core.start.begin();
	assert.equal((await settled).params.order, 'o1');
	assert.equal(ledger.done('order.place').length, 1);
});

test('the network coming back sends what waits', async () => {
	const { ledger, page, session, outbox } = await begun();
	await session.signIn(token('m1'));
	page.stopTimers();
	ledger.next('lost');
	const promise = outbox.act('order.place', ORDER, { intent: 'a' });
	const heldUp = new Promise((resolve) => { outbox.subscribe(({ isUnsure }) => isUnsure && resolve()); });
	await heldUp;
	page.window.dispatchEvent(new Event('online'));
	assert.equal((await promise).status, 'accepted');
});

test('with another key than the pinned one nothing is signed for another ledger', async () => {
	const { browser, ledger, session, start } = await begun();
	await session.signIn(token('m1'));
	await start.loadProgram();
	const { logKey } = ledger;
	ledger.logKey = new LogKey('evil.test/ledger');
	const { core } = browser.open();
	await core.start.begin();
	assert.equal(await core.rpc.ledgerOrigin(), logKey.name);
	assert.equal(core.proof.alarm().kind, 'key');
});

test('an act in one tab refreshes what the other one shows', async () => {
	const { browser, session, outbox } = await begun();
	await session.signIn(token('m1'));
	const { core } = browser.open();
	await core.start.begin();
	let count = 0;
	core.live.watch('a', async () => ++count, { poll: false, changed: () => {} });
	await until(() => core.live.stateOf('a').value === 1);
	await outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => core.live.stateOf('a').value === 2);
});

test('after an act, accepted or refused, what is looked at is asked for again', async () => {
	const { ledger, session, outbox, live } = await begun();
	await session.signIn(token('m1'));
	let count = 0;
	live.watch('a', async () => ++count, { poll: false, changed: () => {} });
	await until(() => live.stateOf('a').value === 1);
	await outbox.act('order.place', ORDER, { intent: 'a' });
	await until(() => live.stateOf('a').value === 2);
	ledger.refuse = () => 'short_stock';
	await assert.rejects(outbox.act('order.place', ORDER, { intent: 'a' }), { status: 'short_stock' });
	await until(() => live.stateOf('a').value === 3);
});

test('nothing that was known of a member is shown once the session ended', async () => {
	const { session, live } = await begun();
	await session.signIn(token('m1'));
	live.watch('a', async () => session.current()?.member ?? 'nobody', { changed: () => {} });
	await until(() => live.stateOf('a').value === 'm1');
	await session.signOut();
	assert.notEqual(live.stateOf('a').value, 'm1');
	await until(() => live.stateOf('a').value === 'nobody');
});
