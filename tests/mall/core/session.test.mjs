// How a session begins and ends, and what a device must not keep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, sleep, until } from './browser.mjs';
import { Ledger, token } from './ledger.mjs';

function start(options) {
	const ledger = new Ledger();
	const browser = new Browser({ ledger, ...options });
	return { ledger, browser, ...browser.open().core };
}

const binds = (ledger) => ledger.done('key.bind');

for (const hasEd25519 of [true, false]) {
	const which = hasEd25519 ? 'the browser\'s' : 'a software';

	test(`a link signs in with ${which} key, and reads are signed with it`, async () => {
		const { ledger, session, rpc } = start({ hasEd25519 });
		const { member, key, software } = await session.signIn(token('m1'));
		assert.equal(member, 'm1');
		assert.match(key, /^[A-Za-z0-9_-]{22}$/);
		assert.equal(software, !hasEd25519);
		assert.deepEqual(session.current(), { member, key, software });
		const [{ params }] = binds(ledger);
		assert.equal(params.software, hasEd25519 ? undefined : true);
		assert.equal(params.device, 'android-chrome');
		assert.deepEqual(await rpc.read('member.get', { member }), { method: 'member.get', params: { member } });
	});
}

for (const hasIndexedDb of [true, false]) {
	test(`neither token nor secret is ${hasIndexedDb ? 'kept or shown' : 'shown'}`, async () => {
		const said = [];
		const { console: { ...before } } = globalThis;
		for (const name of ['log', 'warn', 'error', 'info', 'debug'])
			console[name] = (...args) => said.push(args.join(' '));
		try {
			const { ledger, browser, session } = start({ hasIndexedDb });
			const secret = token('m1');
			ledger.next(null, 'lost', 'unanswered');
			await session.signIn(secret);
			assert.ok(!browser.keptText().includes(secret));
			await session.signOut();
			ledger.next('token_used');
			const tells = (error) => `${error}${error.stack}${JSON.stringify(error)}`.includes(secret);
			await assert.rejects(session.signIn(secret), (error) => !tells(error));
			assert.ok(!browser.keptText().includes(secret));
		} finally {
			Object.assign(console, before);
		}
		assert.deepEqual(said, []);
	});
}

test('the session is there when the page is opened again', async () => {
	const { browser, session } = start();
	const before = await session.signIn(token('m1'));
	const { session: later } = browser.open().core;
	assert.equal(later.current(), null);
	assert.deepEqual(await later.restore(), before);
});

for (const [what, bad, status] of [
	['no token', 'x', 'bad_token'], ['a token without a member', token(undefined), 'bad_token'],
	['a token for another ledger', token('m1', { aud: 'other.test/ledger' }), 'wrong_audience'],
]) {
	test(`${what} is refused before a key is made`, async () => {
		const { ledger, browser, session } = start();
		await assert.rejects(session.signIn(bad), { status });
		assert.equal(session.current(), null);
		assert.equal(binds(ledger).length, 0);
		assert.deepEqual([...browser.rows.keys()], []);
	});
}

test('without a secure connection nobody signs in', async () => {
	const { session } = start({ isSecure: false });
	await assert.rejects(session.signIn(token('m1')), { status: 'insecure' });
});

for (const status of ['bad_token', 'token_used']) {
	test(`a link that the ledger answers "${status}" signs nobody in`, async () => {
		const { ledger, browser, session } = start();
		ledger.next(null, status);
		await assert.rejects(session.signIn(token('m1')), { status });
		assert.equal(session.current(), null);
		assert.equal((await browser.open().core.session.restore()), null);
	});
}

for (const faults of [['lost'], ['unanswered'], ['unanswered', 'lost', 'busy']]) {
	test(`one key is bound over a connection that met ${faults.join(', ')}`, async () => {
		const { ledger, session } = start();
		ledger.next(null, ...faults);
		await session.signIn(token('m1'));
		assert.equal(session.current().member, 'm1');
		assert.equal(binds(ledger).length, 1);
	});
}

test('a page closed while its key was being bound finds it bound, without the token', async () => {
	const { ledger, browser, session } = start();
	ledger.next(null, 'unanswered', ...Array(100).fill('lost'));
	session.signIn(token('m1')).catch(() => {});
	await until(() => binds(ledger).length === 1);
	browser.pages[0].close();
	ledger.faults.length = 0;
	const { session: later } = browser.open().core;
	assert.equal((await later.restore()).member, 'm1');
	assert.deepEqual([...browser.rows.keys()].filter((name) => !name.startsWith('app/')), ['session']);
});

test('the same link followed again after a lost reply signs in by the key it bound', async () => {
	const { ledger, session } = start();
	const link = token('m1');
	ledger.next(null, ...Array(4).fill('unanswered'));
	await assert.rejects(session.signIn(link), { name: 'Unreachable' });
	assert.equal((await session.signIn(link)).member, 'm1');
	assert.equal(binds(ledger).length, 1);
});

test('a new link for the member who is signed in uses up no key', async () => {
	const { ledger, session } = start();
	const before = await session.signIn(token('m1'));
	assert.deepEqual(await session.signIn(token('m1')), before);
	assert.equal(binds(ledger).length, 1);
});

test('a link for another member changes nothing before the one who is signed in agreed', async () => {
	const { ledger, browser, session, store } = start();
	const before = await session.signIn(token('m1'));
	await store.put('address/1', 'Li Lei, Suzhou');
	const kept = browser.keptText();
	const asks = ({ status, data }) => status === 'other_member' && data.member === 'm2';
	await assert.rejects(session.signIn(token('m2')), asks);
	assert.deepEqual(session.current(), before);
	assert.equal(browser.keptText(), kept);
	assert.equal(binds(ledger).length, 1);
	assert.ok(ledger.keys.get(`m1/${before.key}`));
});

test('a link for another member, once agreed to, ends the first one\'s session and clears the device', async () => {
	const { ledger, browser, session, store } = start();
	const { key } = await session.signIn(token('m1'));
	await store.put('address/1', 'Li Lei, Suzhou');
	await store.put('app/language', 'zh');
	assert.equal((await session.signIn(token('m2'), { mayReplace: true })).member, 'm2');
	assert.equal(ledger.keys.get(`m1/${key}`), null);
	assert.deepEqual([...browser.rows.keys()].sort(), ['app/language', 'session']);
});

test('signing out revokes the key and forgets all but what is the device\'s', async () => {
	const { ledger, browser, session, store } = start();
	const { key } = await session.signIn(token('m1'));
	await store.put('address/1', 'Li Lei, Suzhou');
	await store.put('app/language', 'zh');
	assert.equal(await session.signOut(), true);
	assert.equal(ledger.keys.get(`m1/${key}`), null);
	assert.equal(session.current(), null);
	assert.equal(session.ended(), 'signed_out');
	assert.deepEqual([...browser.rows.keys()], ['app/language']);
});

test('signing out without a connection forgets all the same, and says that the key stands', async () => {
	const { ledger, browser, session } = start();
	await session.signIn(token('m1'));
	ledger.next('lost');
	assert.equal(await session.signOut(), false);
	assert.deepEqual([...browser.rows.keys()], []);
});

for (const [value, status] of [[null, 'revoked_key'], [undefined, 'unknown_key']]) {
	test(`a key that the ledger calls "${status}" ends the session, and says why`, async () => {
		const { ledger, browser, session, rpc } = start();
		const { key } = await session.signIn(token('m1'));
		const told = [];
		session.subscribe((now) => told.push(now));
		ledger.keys.set(`m1/${key}`, value);
		await assert.rejects(rpc.read('member.get', { member: 'm1' }), { status });
		await until(() => session.current() === null);
		assert.equal(session.ended(), status);
		assert.deepEqual(told, [null]);
		assert.deepEqual([...browser.rows.keys()], []);
	});
}

test('tried again while there is no connection, a link makes no second key', async () => {
	const { ledger, session } = start();
	const link = token('m1');
	ledger.next(null, ...Array(4).fill('unanswered'), 'lost');
	await assert.rejects(session.signIn(link), { name: 'Unreachable' });
	await assert.rejects(session.signIn(link), { name: 'Unreachable' });
	assert.equal((await session.signIn(link)).member, 'm1');
	assert.equal(binds(ledger).length, 1);
});

test('a link that never reached the ledger is used when it is tried again', async () => {
	const { ledger, session } = start();
	const link = token('m1');
	ledger.next(null, ...Array(4).fill('lost'));
	await assert.rejects(session.signIn(link), { name: 'Unreachable' });
	assert.equal((await session.signIn(link)).member, 'm1');
	assert.equal(binds(ledger).length, 1);
});

test('what another tab put after the member left is swept when a page opens', async () => {
	const { browser, session, store } = start();
	await session.signIn(token('m1'));
	await session.signOut();
	await store.put('address/1', 'Li Lei, Suzhou');
	await store.put('app/language', 'zh');
	await browser.open().core.session.restore();
	assert.deepEqual([...browser.rows.keys()], ['app/language']);
});

test('a page opened while another one signs in sweeps nothing', async () => {
	const { browser, session, store } = start();
	await session.signIn(token('m1'));
	await store.put('address/1', 'Li Lei, Suzhou');
	await browser.open().core.session.restore();
	assert.ok(browser.rows.has('address/1'));
});

test('signing out where another tab did is no fault', async () => {
	const { browser, session } = start();
	const { session: other } = browser.open().core;
	await session.signIn(token('m1'));
	await until(() => other.current());
	await session.signOut();
	await until(() => other.current() === null);
	assert.equal(await other.signOut(), false);
});

test('a page opened by a link while its key was being bound signs in, whichever comes first', async () => {
	const { ledger, browser, session } = start();
	const link = token('m1');
	ledger.next(null, ...Array(4).fill('unanswered'));
	await assert.rejects(session.signIn(link), { name: 'Unreachable' });
	browser.pages[0].close();
	const { core } = browser.open();
	const [restored, signed] = await Promise.all([core.session.restore(), core.session.signIn(link)]);
	assert.equal(restored.key, signed.key);
	assert.equal(binds(ledger).length, 1);
	assert.ok(await core.rpc.read('member.get', { member: 'm1' }));
});

test('a key made right after another one was found ended is not swept away with it', async () => {
	const { ledger, browser, session, rpc } = start();
	for (let round = 0; round < 5; round++) {
		const { key } = await session.signIn(token('m1'));
		ledger.keys.set(`m1/${key}`, null);
		rpc.read('member.get', { member: 'm1' }).catch(() => {});
		const now = await session.signIn(token('m1'));
		assert.notEqual(now.key, key);
		await sleep(1000);
		assert.deepEqual(session.current(), now);
		assert.equal(browser.rows.get('session').key, now.key);
		ledger.keys.set(`m1/${now.key}`, null);
		await rpc.read('member.get', { member: 'm1' }).catch(() => {});
		await until(() => session.current() === null);
	}
});

test('a new link signs in again after the key was revoked elsewhere', async () => {
	const { ledger, session } = start();
	const { key } = await session.signIn(token('m1'));
	ledger.keys.set(`m1/${key}`, null);
	const now = await session.signIn(token('m1'));
	assert.notEqual(now.key, key);
	assert.equal(session.ended(), null);
});

test('signing in and out in one tab is seen in the other', async () => {
	const { browser, session } = start();
	const { session: other } = browser.open().core;
	await session.signIn(token('m1'));
	await until(() => other.current()?.member === 'm1');
	await session.signOut();
	await until(() => other.current() === null);
	assert.equal(other.ended(), 'signed_out');
});

test('a device is named by its system and browser', () => {
	const { session } = new Browser().open().core;
	for (const [agent, name] of [
		['Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/127.0 Mobile Safari/537.36', 'android-chrome'],
		['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Safari/604.1', 'ios-safari'],
		['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 MicroMessenger/8.0', 'ios-wechat'],
		['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/127.0 Safari/537.36 Edg/127.0', 'windows-edge'],
		['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0', 'mac-firefox'],
		['', 'other-other'],
	])
		assert.equal(session.deviceName(agent), name);
	assert.match(session.deviceName('<script>'), /^[A-Za-z0-9._:-]{1,32}$/);
});

test('nothing is asked of the ledger before somebody wants something', async () => {
	const { ledger, session } = start();
	await session.restore();
	await sleep(1000);
	assert.equal(ledger.messages.length, 0);
});
