// session.js - who is signed in on this device: the member, the key's name, and how that begins and ends.
//
// The one-time token is never stored, logged or shown. When a session ends everything of the member's goes from the
// device, the key first.
import { fromBase64Url, text } from './bytes.js';
import * as keys from './keys.js';
import { makeListeners } from './listeners.js';
import { newId } from './names.js';
import { ledgerOrigin, read, Refused, signLine, Unreachable, wire, write } from './rpc.js';
import * as store from './store.js';

const NAME = 'session';
const BINDING = 'binding';
const TRIES = 4;
// The ledger knows no such live key: it was revoked, or never bound.
const GONE = ['revoked_key', 'unknown_key', 'key_unknown'];

let signedIn = null;
let ending = null;
let leaving = null;
let restoring = null;
const listeners = makeListeners();
const tabs = globalThis.BroadcastChannel ? new BroadcastChannel('merit-session') : null;

// { member, key, software } or null.
export const current = () => signedIn;

// Why there is none: null, 'signed_out', 'revoked_key' or 'unknown_key'.
export const ended = () => ending;

// Calls fn(current()) after each change; gives the function that ends this.
export const { subscribe } = listeners;

function become(kept, reason = null) {
	wire.signer = kept && { member: kept.member, key: kept.key, record: kept.record };
	signedIn = kept && { member: kept.member, key: kept.key, software: keys.isSoftware(kept.record) };
	ending = kept ? null : reason;
	listeners.tell(signedIn);
}

// From the first line on nothing more is kept for the member, whatever is still under way. Done once at a time.
function leave(reason) {
	wire.signer = null;
	leaving ??= store.forget().then(() => {
		leaving = null;
		become(null, reason);
		tabs?.postMessage(reason);
	});
	return leaving;
}

// What a token says, or null. The ledger alone decides whether it is good.
function tokenClaims(token) {
	try {
		const claims = JSON.parse(text(fromBase64Url(token.split('.')[1])));
		return typeof claims.member === 'string' && typeof claims.aud === 'string' ? claims : null;
	} catch {
		return null;
	}
}

// A word for the keys screen, such as "android-chrome".
export function deviceName(agent = globalThis.navigator?.userAgent ?? '') {
	const first = (pairs) => pairs.find(([pattern]) => pattern.test(agent))?.[1] ?? 'other';
	const system = first([[/Android/, 'android'], [/iPhone|iPad/, 'ios'], [/Windows/, 'windows'],
		[/Mac OS X/, 'mac'], [/Linux|X11/, 'linux']]);
	const program = first([[/MicroMessenger/, 'wechat'], [/DingTalk/, 'dingtalk'], [/Edg/, 'edge'],
		[/Firefox|FxiOS/, 'firefox'], [/Chrome|CriOS/, 'chrome'], [/Safari/, 'safari']]);
	return `${system}-${program}`;
}

async function isAlive() {
	try {
		await read('key.list', { party: wire.signer.member });
		return true;
	} catch (error) {
		if (GONE.includes(error.status))
			return false;
		throw error;
	}
}

async function bind(token, record) {
	const params = { id: newId(), token, device: deviceName(), ...(keys.isSoftware(record) && { software: true }) };
	const jwk = { kty: 'OKP', crv: 'Ed25519', x: keys.publicOf(record) };
	const aud = await ledgerOrigin();
	const makeLine = (json) => signLine(json, record, { jwk }, aud);
	for (let left = TRIES; ; left--) {
		try {
			return await write('key.bind', params, { makeLine });
		} catch (error) {
			if (!(error instanceof Unreachable) || left === 1)
				throw error;
			await new Promise((resolve) => { setTimeout(resolve, 1000); });
		}
	}
}

// Uses the platform's one-time token. Gives current(); throws Refused or Unreachable. A device that is signed in as
// this member already keeps its key, and the token stays unused. Where another member is signed in, who must be asked
// first, it is Refused as 'other_member' (data.member: whose link it is) unless mayReplace.
export async function signIn(token, { mayReplace = false } = {}) {
	const claims = tokenClaims(token);
	if (!claims)
		throw new Refused({ status: 'bad_token' });
	if (globalThis.isSecureContext === false)
		throw new Refused({ status: 'insecure' });
	if (claims.aud !== await ledgerOrigin())
		throw new Refused({ status: 'wrong_audience' });
	if (!signedIn)
		await restore();
	if (!signedIn && (await store.get(BINDING))?.member === claims.member)
		throw new Unreachable('binding'); // A key may be bound already, and must not be lost: the ledger is asked first.
	if (signedIn?.member === claims.member && await isAlive())
		return signedIn;
	if (signedIn && signedIn.member !== claims.member && !mayReplace)
		throw new Refused({ status: 'other_member', member: claims.member });
	await leaving; // Where the old key was found ended just now.
	const record = await keys.makeKey();
	const key = await keys.thumbprint(keys.publicOf(record));
	const kept = { member: claims.member, key, record };
	await store.put(BINDING, kept);
	await bind(token, record);
	await takeOver(kept);
	return signedIn;
}

// The new key is bound: whoever was signed in before leaves this device.
async function takeOver(kept) {
	if (wire.signer)
		await revoke().catch(() => {});
	wire.signer = null;
	await store.put(NAME, kept);
	await store.forget({ but: [NAME] });
	globalThis.navigator?.storage?.persist?.().catch(() => {});
	become(kept);
	tabs?.postMessage('signed_in');
}

const revoke = () => write('key.revoke', { id: newId(), party: wire.signer.member, key: wire.signer.key });

// Ends this device's key and forgets everything of the member. Gives whether the ledger confirmed it: without a
// connection the secret is deleted all the same, and the key stands in the list until another device revokes it.
export async function signOut() {
	const isRevoked = wire.signer !== null
		&& await revoke().then(() => true, (error) => GONE.includes(error.status));
	await leave('signed_out');
	return isRevoked;
}

// At the start of the page: takes up the session this device kept. A page that was closed while its key was being
// bound asks the ledger whether it was.
export function restore() {
	restoring ??= takeUp().finally(() => { restoring = null; });
	return restoring;
}

async function takeUp() {
	const kept = await store.get(NAME);
	if (kept) {
		become(kept);
		return signedIn;
	}
	const binding = await store.get(BINDING);
	if (!binding) {
		await store.forget({ unless: [NAME, BINDING] }); // What another tab put too late.
		return null;
	}
	wire.signer = binding;
	const isBound = await isAlive().catch(() => null);
	if (wire.signer === binding)
		wire.signer = null;
	if (isBound)
		await takeOver(binding);
	else if (isBound === false)
		await store.remove(BINDING);
	return signedIn;
}

wire.keyEnded = (who, reason) => {
	if (who && signedIn && who.key === signedIn.key)
		leave(reason);
};

// Another tab signed in or out: this one follows.
tabs?.addEventListener('message', async ({ data }) => {
	const kept = await store.get(NAME);
	if (kept?.key !== signedIn?.key)
		become(kept ?? null, data);
});
