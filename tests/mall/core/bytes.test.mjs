// Bytes and their spellings, and the names made of random ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from './browser.mjs';

const { bytes, names } = new Browser().open().core;
const sample = Uint8Array.from({ length: 256 }, (_, index) => index);

for (const [name, to, from] of [['hex', bytes.toHex, bytes.fromHex], ['base64', bytes.toBase64, bytes.fromBase64],
	['base64url', bytes.toBase64Url, bytes.fromBase64Url]]) {
	test(`${name} gives back every byte at every length`, () => {
		for (let size = 0; size <= sample.length; size++)
			assert.deepEqual(from(to(sample.slice(0, size))), sample.slice(0, size));
	});
}

for (const [what, decode, spelling] of [
	['odd hex', bytes.fromHex, 'abc'], ['capital hex', bytes.fromHex, 'AB'],
	['base64 without padding', bytes.fromBase64, 'QQ'], ['base64 with spaces', bytes.fromBase64, 'QQ= ='],
	['base64 with bits to spare', bytes.fromBase64, 'QR=='], ['base64url with padding', bytes.fromBase64Url, 'QQ=='],
	['base64url of base64', bytes.fromBase64Url, 'a+/b'], ['base64url with bits to spare', bytes.fromBase64Url, 'QR'],
]) {
	test(`${what} is no spelling of bytes`, () => {
		assert.throws(() => decode(spelling), bytes.BadBytes);
	});
}

test('bytes that are not UTF-8 are no text', () => {
	assert.throws(() => bytes.text(Uint8Array.of(0xc0, 0x80)), bytes.BadBytes);
	assert.equal(bytes.text(bytes.utf8('积分 ☤')), '积分 ☤');
});

test('arrays are equal by all their bytes', () => {
	assert.ok(bytes.equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
	assert.ok(!bytes.equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
	assert.ok(!bytes.equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)));
	assert.deepEqual(bytes.concat(Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)), Uint8Array.of(1, 2, 3));
});

test('ids are ULIDs, and rise', async () => {
	const first = names.newId();
	assert.match(first, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
	await new Promise((resolve) => { setTimeout(resolve, 300); });
	assert.ok(names.newId() > first);
});

test('names of orders are names of the ledger, and differ', () => {
	const made = new Set(Array.from({ length: 1000 }, () => names.newName('o')));
	assert.equal(made.size, 1000);
	for (const name of made)
		assert.match(name, /^o[0-9a-z]{12}$/);
});
