// Values that screens share: fresh while they are looked at, kept when they cannot be refreshed, never a zero.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, sleep, until } from './browser.mjs';

const POLL_MS = 20000;

// A value that counts how often it was asked for; `fails` makes the next loads fail.
function source() {
	const it = { count: 0, fails: 0, changes: 0 };
	it.load = async () => {
		it.count++;
		if (it.fails > 0) {
			it.fails--;
			throw new Error('no connection');
		}
		return it.count;
	};
	it.changed = () => it.changes++;
	return it;
}

function start() {
	const page = new Browser().open();
	const { live } = page.core;
	const it = source();
	const look = (name = 'a', options = {}) => live.watch(name, it.load, { changed: it.changed, ...options });
	const loaded = () => until(() => !live.stateOf('a').isLoading);
	return { page, live, it, look, loaded };
}

test('a value is unknown until it came', async () => {
	const { live, look, loaded } = start();
	const { reload, ...state } = live.stateOf('a');
	assert.deepEqual(state, { value: undefined, error: null, isLoading: true, isStale: false });
	assert.ok(reload);
	look();
	await loaded();
	assert.equal(live.stateOf('a').value, 1);
	assert.equal(live.stateOf('a').isLoading, false);
});

test('two components that look at one name ask once', async () => {
	const { live, it, look, loaded } = start();
	look();
	look();
	await loaded();
	assert.equal(it.count, 1);
	assert.equal(it.changes, 2);
	assert.equal(live.stateOf('a').value, 1);
});

test('a value that never came is an error, and reload asks again', async () => {
	const { live, it, look, loaded } = start();
	it.fails = 1;
	look();
	await loaded();
	const { value, error, isStale, reload } = live.stateOf('a');
	assert.equal(value, undefined);
	assert.equal(error.message, 'no connection');
	assert.equal(isStale, false);
	await reload();
	assert.equal(live.stateOf('a').value, 2);
	assert.equal(live.stateOf('a').error, null);
});

test('a value that cannot be refreshed stays, stale', async () => {
	const { live, it, look, loaded } = start();
	look();
	await loaded();
	it.fails = 1;
	await live.touch();
	const state = live.stateOf('a');
	assert.equal(state.value, 1);
	assert.equal(state.isStale, true);
	assert.ok(state.error);
	await live.touch();
	assert.equal(live.stateOf('a').isStale, false);
	assert.equal(live.stateOf('a').value, 3);
});

test('what is looked at is polled while the page is visible, and not while it is hidden', async () => {
	const { page, live, it, look, loaded } = start();
	const stop = live.start();
	look();
	await loaded();
	await until(() => it.count >= 3);
	page.show(false);
	const { count } = it;
	await sleep(5 * POLL_MS);
	assert.equal(it.count, count);
	page.show(true);
	await until(() => it.count > count);
	stop();
	await sleep(3 * POLL_MS);
	const after = it.count;
	await sleep(3 * POLL_MS);
	assert.equal(it.count, after);
});

test('what nobody looks at any more, or asked not to be polled, is left alone', async () => {
	const { live, it, look, loaded } = start();
	look('a', { poll: false });
	await loaded();
	const leave = look('b');
	await until(() => it.count === 2);
	leave();
	await live.poll();
	assert.equal(it.count, 2);
});

test('the connection coming back refreshes what is looked at', async () => {
	const { page, live, it, look, loaded } = start();
	live.start();
	it.fails = 1;
	look();
	await loaded();
	page.window.dispatchEvent(new Event('online'));
	await until(() => live.stateOf('a').value !== undefined);
});

test('after an act all that is looked at is asked for again, what is under way once more', async () => {
	const { live, it, look } = start();
	look();
	await live.touch();
	assert.equal(it.count, 2);
	assert.equal(live.stateOf('a').value, 2);
});

test('an act while the page is hidden asks for nothing until it is shown', async () => {
	const { page, live, it, look, loaded } = start();
	live.start();
	look();
	await loaded();
	page.show(false);
	await live.touch();
	assert.equal(it.count, 1);
	await sleep(100000);
	page.show(true);
	await until(() => it.count > 1);
});

test('after an act nothing of before is shown of what was not looked at', async () => {
	const { live, look, loaded } = start();
	look()();
	await loaded();
	await live.touch();
	assert.equal(live.stateOf('a').value, undefined);
});

test('another member sees nothing of the one before, not even what comes late', async () => {
	const { live } = start();
	let answer;
	live.watch('a', () => new Promise((resolve) => { answer = resolve; }), { changed: () => {} });
	await until(() => answer);
	const first = answer;
	live.clear();
	first('of the first member');
	await until(() => answer !== first);
	assert.equal(live.stateOf('a').value, undefined);
	answer('of the second');
	await until(() => live.stateOf('a').value === 'of the second');
});
