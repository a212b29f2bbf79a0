// What a device keeps, with IndexedDB and without.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from './browser.mjs';

for (const hasIndexedDb of [true, false]) {
	const where = hasIndexedDb ? 'IndexedDB' : 'memory alone';

	test(`what is put into ${where} is got, found by its beginning, and removed`, async () => {
		const { store } = new Browser({ hasIndexedDb }).open().core;
		assert.equal(await store.get('a'), undefined);
		for (const name of ['b/2', 'a', 'b/1', 'b', 'c/1'])
			await store.put(name, { name });
		assert.deepEqual(await store.get('b/1'), { name: 'b/1' });
		assert.deepEqual(await store.all('b/'), ['b/1', 'b/2'].map((name) => ({ name, value: { name } })));
		assert.deepEqual((await store.all('')).map(({ name }) => name), ['a', 'b', 'b/1', 'b/2', 'c/1']);
		await store.put('b/1', 'new');
		await store.remove('b/2');
		assert.deepEqual(await store.all('b/'), [{ name: 'b/1', value: 'new' }]);
		assert.equal(store.isLasting(), hasIndexedDb);
	});

	test(`${where} forgets the member and keeps what is the device's`, async () => {
		const { store } = new Browser({ hasIndexedDb }).open().core;
		for (const name of ['app/language', 'session', 'address/1', 'outbox/1'])
			await store.put(name, name);
		await store.forget();
		assert.deepEqual((await store.all('')).map(({ name }) => name), ['app/language']);
	});
}

test('what was kept for the page alone is kept for good once that works', async () => {
	const browser = new Browser();
	const { store } = browser.open().core;
	assert.equal(await store.put('a', () => {}), false);
	assert.equal(store.isLasting(), false);
	assert.equal(await store.put('a', 'new'), true);
	assert.equal(await store.get('a'), 'new');
	assert.equal(store.isLasting(), true);
	assert.equal(await browser.open().core.store.get('a'), 'new');
});

test('a store that never opens is waited for, but not for ever', async () => {
	const browser = new Browser();
	browser.isStoreStuck = true;
	const { store } = browser.open().core;
	assert.equal(await store.get('a'), undefined);
	assert.equal(await store.put('a', 1), false);
	assert.equal(await store.get('a'), 1);
});

test('what one tab puts the other gets', async () => {
	const browser = new Browser();
	await browser.open().core.store.put('a', 1);
	assert.equal(await browser.open().core.store.get('a'), 1);
});

test('what IndexedDB does not take is kept for the page, and the page says so', async () => {
	const browser = new Browser();
	const { store } = browser.open().core;
	await store.put('a', 'kept');
	await store.put('b', () => 'not to be copied');
	assert.equal((await store.get('b'))(), 'not to be copied');
	assert.equal(await store.get('a'), 'kept');
	assert.equal(store.isLasting(), false);
	assert.deepEqual((await store.all('')).map(({ name }) => name), ['a', 'b']);
});
