// keys.js - the member's signing key, and Ed25519 in general.
//
// The browser's own key store where it knows Ed25519 and keeps such keys: the secret cannot be read by any script.
// Elsewhere a software key: a seed that this page keeps in IndexedDB and signs with by @noble/ed25519, fetched only
// then. Secrets never leave this file but into store.js, as part of the record.
import { randomBytes, sha256, toBase64Url, toHex, utf8 } from './bytes.js';
import * as store from './store.js';

const ALGORITHM = { name: 'Ed25519' };
const NAME_SIZE = 22;
const SIGNATURE_SIZE = 64;

let native = null;

// Whether WebCrypto knows Ed25519 here; asked once.
function hasNative() {
	native ??= crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']).then(() => true, () => false);
	return native;
}

// Some browsers make such a key but cannot keep it, though they keep bytes: they lose it with the page, or cannot use
// what they read again. Where nothing at all is kept the key is as good as any.
async function canKeep(secret) {
	const name = `probe/${toHex(randomBytes(8))}`;
	try {
		if (!await store.put(name, secret))
			return !await store.put(name, utf8(name));
		return (await crypto.subtle.sign(ALGORITHM, await store.get(name), utf8(name))).byteLength === SIGNATURE_SIZE;
	} catch {
		return false;
	} finally {
		await store.remove(name);
	}
}

const noble = () => import('@noble/ed25519');

// A new key: { x: the public key in base64url, secret: a CryptoKey that cannot be read } or { x, seed: bytes }.
export async function makeKey() {
	if (await hasNative()) {
		const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
		const bytes = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
		if (await canKeep(pair.privateKey))
			return { x: toBase64Url(bytes), secret: pair.privateKey };
	}
	return softwareKey(randomBytes(32));
}

// The software key of a seed.
export async function softwareKey(seed) {
	const { getPublicKeyAsync } = await noble();
	return { x: toBase64Url(await getPublicKeyAsync(seed)), seed };
}

// The 64 bytes of the signature.
export async function sign(record, bytes) {
	if (record.secret)
		return new Uint8Array(await crypto.subtle.sign(ALGORITHM, record.secret, bytes));
	const { signAsync } = await noble();
	return signAsync(bytes, record.seed);
}

// Whether the signature over the bytes is of this public key (32 bytes).
export async function isSignedBy(publicKey, signature, bytes) {
	if (publicKey.length !== 32 || signature.length !== SIGNATURE_SIZE)
		return false;
	if (await hasNative()) {
		const key = await crypto.subtle.importKey('raw', publicKey, ALGORITHM, false, ['verify']);
		return crypto.subtle.verify(ALGORITHM, key, signature, bytes);
	}
	const { verifyAsync } = await noble();
	return verifyAsync(signature, bytes, publicKey, { zip215: false }).catch(() => false);
}

export const publicOf = (record) => record.x;

// Whether the key's secret is kept by this page and not by the browser's key store.
export const isSoftware = (record) => !record.secret;

// The name the ledger gives the key: the first 22 characters of its JWK thumbprint (RFC 7638).
export async function thumbprint(x) {
	const hash = await sha256(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`));
	return toBase64Url(hash).slice(0, NAME_SIZE);
}
