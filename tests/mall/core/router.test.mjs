// Addresses within the page, and the sign-in link that must not stay in one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from './browser.mjs';
import { token } from './ledger.mjs';

const { router } = new Browser().open().core;

for (const [hash, path, query] of [
	['', [], {}], ['#', [], {}], ['#/', [], {}], ['#/items/textbook', ['items', 'textbook'], {}],
	['#/items?category=books&from=%E5%A5%BD', ['items'], { category: 'books', from: '好' }],
	['#/orders/a%2Fb', ['orders', 'a/b'], {}], ['#/orders/%zz', ['orders', '%zz'], {}], ['#//x', ['x'], {}],
]) {
	test(`"${hash}" is the route ${JSON.stringify(path)}`, () => {
		assert.deepEqual(router.parse(hash), { path, query });
	});
}

test('an address says what its path and query are', () => {
	assert.equal(router.href('/items/textbook'), '#/items/textbook');
	assert.equal(router.href('/', { category: 'books', search: '', from: undefined }), '#/?category=books');
});

for (const [rest, to] of [['', '/'], ['/', '/'], ['/orders/o1', '/orders/o1']]) {
	test(`a sign-in link${rest} leaves the address before anything else runs, and is given once`, () => {
		const secret = token('m1');
		const page = new Browser().open(`#/in/${secret}${rest}`);
		assert.equal(page.location.hash, '#/in');
		assert.equal(page.core.router.hasLink(), true);
		assert.deepEqual(page.core.router.takeLink(), { token: secret, to });
		assert.equal(page.core.router.takeLink(), null);
		assert.equal(page.core.router.hasLink(), false);
	});
}

test('a link pasted into an open page is taken too', () => {
	const page = new Browser().open('#/points');
	page.history.follow(`#/in/${token('m1')}`);
	assert.equal(page.location.hash, '#/in');
	assert.equal(page.core.router.takeLink().to, '/');
});

test('a link to go on to leads nowhere but into the mall', () => {
	const secret = token('m1');
	assert.equal(router.parseLink(`#/in/${secret}//evil.example/x`).to, '//evil.example/x');
	assert.equal(router.href('//evil.example/x'), '#//evil.example/x');
	assert.equal(router.parseLink('#/in'), null);
	assert.equal(router.parseLink('#/in/'), null);
});

for (const [behind, to] of [
	['?x=1', '/'], ['&from=singlemessage', '/'], ['/orders/o1&from=singlemessage', '/orders/o1'],
	['/?from=message', '/?from=message'],
]) {
	test(`what a chat program hangs behind a link, "${behind}", keeps no token in the address`, () => {
		const secret = token('m1');
		const page = new Browser().open(`#/in/${secret}${behind}`);
		assert.equal(page.location.hash, '#/in');
		assert.deepEqual(page.core.router.takeLink(), { token: secret, to });
	});
}

test('whatever comes as a link leaves the address', () => {
	const page = new Browser().open('#/in/garbage');
	assert.equal(page.location.hash, '#/in');
	assert.equal(page.core.router.takeLink().token, 'garbage');
});

test('going to a path is a new entry of the history; replacing keeps the entry and what it bears', () => {
	const page = new Browser().open('#/');
	const { router: { go } } = page.core;
	go('/items', { query: { sort: 'cheap' } });
	assert.equal(page.location.hash, '#/items?sort=cheap');
	assert.equal(page.history.entries.length, 2);
	page.history.replaceState({ key: 'k' }, '');
	go('/items', { replace: true });
	assert.equal(page.history.entries.length, 2);
	assert.deepEqual(page.history.state, { key: 'k' });
	go('/orders');
	assert.equal(page.history.state, null);
	page.history.back();
	assert.deepEqual(page.history.state, { key: 'k' });
});
