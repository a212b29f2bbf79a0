// bytes.js - bytes and their spellings: UTF-8, base64, hex, hashes, randomness.
//
// Pure but for randomBytes. Decoders refuse what they would not print again: one value has one spelling.
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// What a decoder throws: the text is not in the form it should have.
export class BadBytes extends Error {}

export const utf8 = (text) => encoder.encode(text);

// The text of UTF-8 bytes; throws BadBytes when they are not UTF-8.
export function text(bytes) {
	try {
		return decoder.decode(bytes);
	} catch {
		throw new BadBytes('not UTF-8');
	}
}

export function toBase64(bytes) {
	let binary = '';
	for (const byte of bytes)
		binary += String.fromCharCode(byte);
	return btoa(binary);
}

// Standard base64 with its padding, in its one canonical spelling.
export function fromBase64(base64) {
	let binary;
	try {
		binary = atob(base64);
	} catch {
		throw new BadBytes('not base64');
	}
	if (btoa(binary) !== base64)
		throw new BadBytes('not base64');
	return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export const toBase64Url = (bytes) =>
	toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export function fromBase64Url(base64url) {
	if (!/^[A-Za-z0-9_-]*$/.test(base64url))
		throw new BadBytes('not base64url');
	const padding = '='.repeat((4 - base64url.length % 4) % 4);
	return fromBase64(base64url.replaceAll('-', '+').replaceAll('_', '/') + padding);
}

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function fromHex(hex) {
	if (!/^([0-9a-f]{2})*$/.test(hex))
		throw new BadBytes('not hex');
	return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

// One array of all the bytes, in order.
export function concat(...arrays) {
	const whole = new Uint8Array(arrays.reduce((size, each) => size + each.length, 0));
	let offset = 0;
	for (const each of arrays) {
		whole.set(each, offset);
		offset += each.length;
	}
	return whole;
}

export const equal = (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index]);

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export const randomBytes = (size) => crypto.getRandomValues(new Uint8Array(size));
