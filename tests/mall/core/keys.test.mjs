// The worked example of doc/protocol.md, section 2, and both ways to sign.
import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { Browser } from './browser.mjs';

const KEY = 'V7dK6BqtW9S7ap-wcfcElC1tiZ3naYQo2z-0f1xfAfQ';
const JSON_TEXT = '{"jsonrpc":"2.0","id":1,"method":"balance.get","params":{"member":"m1"}}';
const HEAD = 'eyJhbGciOiJFZDI1NTE5IiwiYjY0IjpmYWxzZSwiY3JpdCI6WyJiNjQiXSwia2lkIjoic3ZjL2sxIiwiYXVkIjoibWVyaXQudGVzdC9sZ'
	+ 'WRnZXIiLCJpYXQiOjE3NjcyMjU2MDB9';
const SIGNATURE = 'YMAVJHhqTXVHQdxr2r-xqetjndEvcinXvVGXa4vyjMdeSjldvKuAgFzlCnq06VoOws7PgQpGzc-pP0TAkGoZAQ';

const seed = new Uint8Array(createHash('sha256').update('svc/k1').digest());

async function nativeKey() {
	const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
	return { x: KEY, secret: await webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, false, ['sign']) };
}

for (const [what, options, makeRecord] of [
	['the browser\'s key store', {}, nativeKey],
	['a software key', { hasEd25519: false }, async (keys) => keys.softwareKey(seed)],
]) {
	test(`${what} signs the protocol's example byte by byte`, async () => {
		const { keys, rpc, clock } = new Browser(options).open().core;
		const record = await makeRecord(keys);
		assert.equal(keys.publicOf(record), KEY);
		const aud = 'merit.test/ledger';
		clock.setClock('Thu, 01 Jan 2026 00:00:00 GMT');
		assert.equal(await rpc.signLine(JSON_TEXT, record, { kid: 'svc/k1' }, aud), `${HEAD}..${SIGNATURE}`);
	});

	test(`${what} is verified, and one changed bit is noticed`, async () => {
		const { keys, bytes } = new Browser(options).open().core;
		const key = bytes.fromBase64Url(KEY);
		const signature = bytes.fromBase64Url(SIGNATURE);
		const signed = bytes.utf8(`${HEAD}.${JSON_TEXT}`);
		assert.ok(await keys.isSignedBy(key, signature, signed));
		for (const each of [key, signature, signed]) {
			each[7] ^= 1;
			assert.equal(await keys.isSignedBy(key, signature, signed), false);
			each[7] ^= 1;
		}
		assert.equal(await keys.isSignedBy(key, signature.slice(1), signed), false);
		assert.equal(await keys.isSignedBy(key.slice(1), signature, signed), false);
	});

	test(`${what}: what is made signs what is verified elsewhere`, async () => {
		const { keys, bytes } = new Browser(options).open().core;
		const record = await keys.makeKey();
		const message = bytes.utf8('积分');
		const x = bytes.fromBase64Url(record.x);
		const publicKey = await webcrypto.subtle.importKey('raw', x, 'Ed25519', false, ['verify']);
		assert.ok(await webcrypto.subtle.verify('Ed25519', publicKey, await keys.sign(record, message), message));
	});
}

test('the browser\'s secret cannot be read', async () => {
	const { keys } = new Browser().open().core;
	const record = await keys.makeKey();
	assert.equal(record.secret.extractable, false);
	assert.equal(keys.isSoftware(record), false);
	await assert.rejects(webcrypto.subtle.exportKey('pkcs8', record.secret));
});

test('where nothing is kept at all the browser\'s key is as good as any', async () => {
	const { keys, store } = new Browser({ hasIndexedDb: false }).open().core;
	assert.equal(keys.isSoftware(await keys.makeKey()), false);
	assert.equal(store.isLasting(), true);
});

for (const options of [{ hasEd25519: false }, { hasKeyCopies: false }]) {
	test(`a browser with ${JSON.stringify(options)} gets a software key`, async () => {
		const { keys } = new Browser(options).open().core;
		const record = await keys.makeKey();
		assert.equal(keys.isSoftware(record), true);
		assert.equal(record.seed.length, 32);
	});
}

test('a key is named by its thumbprint', async () => {
	const { keys } = new Browser().open().core;
	assert.equal(await keys.thumbprint('Cc54CH8lfcKG4BS11VqviC00iHJTbZsfi_bsZmo71xo'), 'RfzrAHC3srlZKyVmLww_nN');
});
