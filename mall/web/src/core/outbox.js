// outbox.js - the member's own writes: each is kept on this device before it is first sent, and sent with the same id
// until an answer comes, whatever becomes of the connection or the page. So nothing is lost, and nothing done twice.
//
// A kept operation is { id, method, params, privates, intent, member, at, isUnsure }. `isUnsure`: an earlier message
// may have reached the ledger. An outcome, accepted or refused, removes it. Two tabs do not send one operation at once
// where the browser has Web Locks; without them they may, and the ledger gives both the same outcome.
import { concat, randomBytes, sha256, toBase64Url, toHex, utf8 } from './bytes.js';
import { now } from './clock.js';
import { makeDeadline } from './deadline.js';
import { makeListeners } from './listeners.js';
import { newId } from './names.js';
import { Refused, Unreachable, wire, write } from './rpc.js';
import * as store from './store.js';

export { newId, newName } from './names.js';

const PREFIX = 'outbox/';
const SALT_SIZE = 32;
const LOCK_MS = 3000;
const WAITS_MS = [1000, 2000, 4000, 8000, 15000];
// Refused, but by the service's state: it takes the same operation later.
const PASSING = ['rate_limited', 'busy', 'stopping'];
// Nothing says that the operation is wrong, only that it was not looked at.
const UNDECIDED = [...PASSING, 'read_only', 'clock_unsure', 'store_full', 'store_failed', 'no_memory',
	'private_closed', 'stale', 'unknown_key', 'revoked_key', 'bad_signature', 'not_signed'];

// Under way in this page: intent to { operation, promise, wake }.
const running = new Map();
const listeners = makeListeners();

// Calls fn(event) whenever an operation begins, is held up or settles, also one that a closed page left behind. The
// event is what waiting() says of it, with `result` or `error` where it settled. What came of an operation of a member
// who left meanwhile is not told. Gives the function that ends this.
export const { subscribe } = listeners;

const shown = ({ id, method, params, intent, at, isUnsure, status }) => ({
	id, method, params, intent, at, isUnsure, status,
});

const tell = (operation, outcome) => listeners.tell({ ...shown(operation), ...outcome });

// What is under way: [{ id, method, params, intent, at, isUnsure, status }], oldest first. `status`, where there is
// one, is why the ledger does not take it yet.
export const waiting = () => [...running.values()].map(({ operation }) => shown(operation)).sort((a, b) => a.at - b.at);

// { name: text } becomes parameters of commitments, and the lines that go behind the JSON.
async function commit(privates) {
	const params = {};
	const lines = [];
	for (const [name, content] of Object.entries(privates)) {
		const bytes = concat(randomBytes(SALT_SIZE), utf8(content));
		params[name] = toHex(await sha256(bytes));
		lines.push(toBase64Url(bytes));
	}
	return { params, lines };
}

async function makeOperation(method, params, intent, privates) {
	const committed = await commit(privates);
	const id = newId();
	return {
		id, method, params: { id, ...params, ...committed.params }, privates: committed.lines, intent,
		member: wire.signer.member, at: now(), isUnsure: false,
	};
}

const nameOf = (operation) => PREFIX + operation.id;

const isOfSigner = (operation) => wire.signer?.member === operation.member;

// The ledger may have it. Nothing is kept of a member who left this device meanwhile.
async function keepUnsure(operation) {
	operation.isUnsure = true;
	if (isOfSigner(operation))
		await store.put(nameOf(operation), operation);
}

// One attempt: { result } or { error } when it settled, {} when it must be sent again.
async function attempt(operation) {
	if (!isOfSigner(operation))
		return { error: new Refused({ status: 'not_signed' }) };
	try {
		return { result: await write(operation.method, operation.params, { privates: operation.privates }) };
	} catch (error) {
		operation.status = undefined;
		if (error instanceof Unreachable) {
			await keepUnsure(operation);
			return {};
		}
		if (!(error instanceof Refused))
			return operation.isUnsure ? {} : { error }; // A fault of this page: nothing was sent by this attempt.
		operation.status = error.status;
		return PASSING.includes(error.status) || (operation.isUnsure && UNDECIDED.includes(error.status)) ? {} : { error };
	}
}

function waitFor(entry, ms) {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		entry.wake = () => {
			clearTimeout(timer);
			resolve();
		};
	});
}

async function sendUntilSettled(entry) {
	for (let count = 0; ; count++) {
		const outcome = await attempt(entry.operation);
		if ('result' in outcome || 'error' in outcome)
			return outcome;
		tell(entry.operation);
		await waitFor(entry, WAITS_MS[Math.min(count, WAITS_MS.length - 1)]);
	}
}

// Runs work(true) while no other tab sends this operation. Where one does: work(false) if isPolite; else it is waited
// for, but not long, for a tab that sleeps holds on to its locks.
async function alone(operation, isPolite, work) {
	if (!globalThis.navigator?.locks)
		return work(true);
	const deadline = makeDeadline(LOCK_MS);
	let hasBegun = false;
	const begin = (lock) => {
		hasBegun = true;
		deadline.clear();
		return work(lock !== null);
	};
	const options = isPolite ? { ifAvailable: true } : { signal: deadline.signal };
	try {
		return await navigator.locks.request(nameOf(operation), options, begin);
	} catch (error) {
		if (hasBegun)
			throw error;
		return work(!isPolite);
	}
}

async function settle(entry) {
	const { operation } = entry;
	const outcome = await sendUntilSettled(entry);
	await store.remove(nameOf(operation));
	running.delete(operation.intent);
	tell(operation, isOfSigner(operation) ? outcome : {});
	if (outcome.error)
		throw outcome.error;
	return { ...outcome.result, params: operation.params };
}

// Puts the operation among those under way; `send` begins to send it.
function run(operation, send) {
	const entry = { operation, wake: () => {}, promise: null };
	running.set(operation.intent, entry);
	entry.promise = send(entry);
	tell(operation);
	return entry.promise;
}

async function keptWith(intent) {
	const kept = await store.all(PREFIX);
	return kept.map(({ value }) => value).find((each) => each.intent === intent && isOfSigner(each));
}

const beginning = new Map();

async function begin(method, params, { intent, privates = {} }) {
	if (!wire.signer)
		throw new Refused({ status: 'not_signed' });
	const operation = await keptWith(intent) ?? await makeOperation(method, params, intent, privates);
	if (running.has(intent))
		return running.get(intent).promise;
	await store.put(nameOf(operation), operation);
	return run(operation, (entry) => alone(operation, false, () => settle(entry)));
}

// Writes: resolves with the outcome (its `params` beside it), rejects with Refused. `intent` names what the member
// wants to do once: the same intent while it is under way gives the same promise, also from a page opened later. A
// lost connection does not end the promise; `privates` is { parameter: text }.
export function act(method, params, { intent, privates } = {}) {
	const name = intent ?? newId();
	if (!beginning.has(name)) {
		const promise = begin(method, params, { intent: name, privates }).finally(() => beginning.delete(name));
		beginning.set(name, promise);
	}
	return beginning.get(name);
}

async function takeUp(operation) {
	if (running.has(operation.intent) || beginning.has(operation.intent))
		return;
	await alone(operation, true, async (isMine) => {
		if (!isMine || running.has(operation.intent) || !await store.get(nameOf(operation)))
			return;
		operation.isUnsure = true;
		await run(operation, settle).catch(() => {});
	});
}

// Sends what is waiting now, and takes up what a closed page left behind.
export async function resume() {
	[...running.values()].forEach((entry) => entry.wake());
	const member = wire.signer?.member;
	const kept = (await store.all(PREFIX)).map(({ value }) => value).filter((each) => each.member === member);
	await Promise.all(kept.map(takeUp));
}
