// proof.js - what this browser checks of the ledger by itself: receipts of entries, and that the log only grows.
//
// The log's key is pinned the first time it is seen, the newest proven checkpoint is kept; both stay on the device when
// the member leaves. Every checkpoint that any reply brings must be signed by that key, never be smaller than one known
// when the call was sent, and be part of the same log: that is asked for a little later, many at once. What does not
// fit raises an alarm, which stays.
import { BadBytes, equal, fromBase64Url, text, toBase64, toHex } from './bytes.js';
import { makeListeners } from './listeners.js';
import { isConsistent, leafHash, rootOf } from './merkle.js';
import { isSigned, parseCheckpoint, parseHash, parseReceipt } from './note.js';
import { readAll, Refused, wire } from './rpc.js';
import * as store from './store.js';

const KEY = 'app/log';
const HEAD = 'app/head';
const CHECK_AFTER_MS = 2000;
const CALLS_MAX = 16;
const PUT_OFF_MAX = 5;
const UNPROVEN_MAX_MS = 180000;
const HASHES_MAX = 64;

let pinned = null;
let head = null;
let seen = new Map();
let alarmed = null;
let timer = null;
let queue = Promise.resolve();
let putOffCount = 0;
let unprovenSince = null;
let loading = null;
const listeners = makeListeners();

// Calls fn(alarm()) when there is one; gives the function that ends this.
export const { subscribe } = listeners;

// What is wrong with this ledger: null, or { kind, detail }; kind is 'key', 'signature', 'smaller', 'fork', 'form'
// or 'unproven'.
export const alarm = () => alarmed;

// The pinned key, "origin+id+base64", or null; the newest proven checkpoint or null.
export const logKey = () => pinned;
export const newest = () => head;

function raise(kind, detail) {
	if (alarmed)
		return;
	alarmed = { kind, detail };
	listeners.tell(alarmed);
}

// Takes up what the device knows; done once.
export function load() {
	loading ??= (async () => {
		pinned = await store.get(KEY) ?? null;
		const note = await store.get(HEAD);
		head = note ? parseCheckpoint(note) : null;
	})();
	return loading;
}

// Pins the key that program.get names, the first time; another one later is an alarm. Gives the pinned one.
export async function pin(vkey) {
	await load();
	if (!pinned) {
		pinned = vkey;
		await store.put(KEY, vkey);
	} else if (pinned !== vkey) {
		raise('key', vkey);
	}
	return pinned;
}

async function moveHead(checkpoint) {
	if (head && checkpoint.size <= head.size)
		return;
	head = checkpoint;
	await store.update(HEAD, (kept) => (kept && parseCheckpoint(kept).size > checkpoint.size ? kept : checkpoint.note));
}

// The largest size known: no reply to a call sent now may be smaller.
const floor = () => Math.max(head?.size ?? 0, ...seen.keys());

async function take(header, floorThen) {
	await load();
	if (!pinned)
		return;
	const checkpoint = parseCheckpoint(text(fromBase64Url(header)));
	if (!await isSigned(checkpoint, pinned))
		return raise('signature', checkpoint.note);
	if (checkpoint.size < floorThen)
		return raise('smaller', `${checkpoint.size} < ${floorThen}`);
	const known = checkpoint.size === head?.size ? head : seen.get(checkpoint.size);
	if (known && !equal(known.root, checkpoint.root))
		return raise('fork', checkpoint.note);
	if (!head)
		return moveHead(checkpoint);
	if (!known) {
		seen.set(checkpoint.size, checkpoint);
		timer ??= setTimeout(check, seen.size >= CALLS_MAX - 1 ? 0 : CHECK_AFTER_MS);
	}
}

// Every reply's Merit-Checkpoint header, and floor() as it was when its call was sent.
export function noticed(header, floorThen) {
	queue = queue.then(() => take(header, floorThen)).catch((error) => {
		raise('form', error.message);
	});
	return queue;
}

const consistencyCall = (checkpoint) => ({ method: 'proof.get', params: { from_size: checkpoint.size } });

// Whether the answer of proof.get leads from the checkpoint to one the log signed: that one, or null.
async function continued(from, { hashes, checkpoint: note }) {
	if (!Array.isArray(hashes) || hashes.length > HASHES_MAX)
		throw new BadBytes('not a proof');
	const to = parseCheckpoint(note);
	const isGood = await isSigned(to, pinned)
		&& await isConsistent(from.size, from.root, to.size, to.root, hashes.map(parseHash));
	return isGood ? to : null;
}

// Asks the ledger to prove that all checkpoints seen are of one log that only grew. Done by itself, shortly after.
export async function check() {
	clearTimeout(timer);
	timer = null;
	await queue;
	const heads = [head, ...seen.values()].filter(Boolean).slice(0, CALLS_MAX);
	if (heads.length < 2 || alarmed)
		return;
	try {
		const answers = await readAll(heads.map(consistencyCall));
		const refused = answers.find((each) => each instanceof Refused);
		if (refused?.status === 'not_found')
			raise('smaller', heads[answers.indexOf(refused)].note);
		else if (refused)
			putOff(refused.status);
		else
			await proveAll(heads, answers);
	} catch (error) {
		if (error instanceof BadBytes)
			raise('form', error.message);
		else
			putOff(error.message);
	}
}

// No proof this time. A ledger that goes on answering everything else, and gives none for long, has something to hide.
function putOff(reason) {
	putOffCount++;
	unprovenSince ??= Date.now();
	if (putOffCount >= PUT_OFF_MAX && Date.now() - unprovenSince >= UNPROVEN_MAX_MS)
		raise('unproven', reason);
}

// All must lead to one and the same checkpoint: each to one of its own would hide a fork.
async function proveAll(heads, answers) {
	let common = null;
	for (const [index, from] of heads.entries()) {
		const to = await continued(from, answers[index]);
		common ??= to;
		if (!to || to.size !== common.size || !equal(to.root, common.root))
			return raise('fork', from.note);
	}
	putOffCount = 0;
	unprovenSince = null;
	heads.forEach(({ size }) => seen.delete(size));
	seen.delete(common.size);
	await moveHead(common);
}

const step = (name, ok, detail = '') => ({ name, ok, detail });

async function stepsOf(seq, receipt, consistency) {
	const { checkpoint, index, entry, leaf } = receipt;
	const hash = await leafHash(leaf);
	const root = await rootOf(hash, index, checkpoint.size, receipt.hashes);
	const isMine = index === seq && entry.seq === seq;
	return [
		step('receipt', true, `index ${index}`),
		step('leaf', isMine, toHex(hash)),
		step('inclusion', root !== null && equal(root, checkpoint.root), toHex(root ?? checkpoint.root)),
		step('signature', pinned !== null && await isSigned(checkpoint, pinned), pinned ?? ''),
		await consistencyStep(checkpoint, consistency),
	];
}

function nothingIfBad(error) {
	if (error instanceof BadBytes)
		return null;
	throw error;
}

// The first checkpoint this browser ever sees has nothing to be consistent with.
async function consistencyStep(checkpoint, consistency) {
	const { from, answer } = consistency;
	if (!from)
		return step('consistency', true, `${checkpoint.size}`);
	const to = answer instanceof Refused ? null : await continued(from, answer).catch(nothingIfBad);
	const isGood = to !== null && to.size === checkpoint.size && equal(to.root, checkpoint.root);
	return step('consistency', isGood, `${from.size} → ${checkpoint.size}`);
}

// Fetches the receipt of an entry and checks it, here. Whether the screen shows what the entry says is not asked here.
// { ok, steps: [{ name, ok, detail }], entry, receipt, leaf, checkpoint: { origin, size, root } }; what could not be
// read leaves entry and checkpoint null. Throws Refused or Unreachable when there is no receipt to check.
export async function verify(seq) {
	await load();
	await queue;
	const from = head;
	const calls = [{ method: 'proof.get', params: { seq } }, ...(from ? [consistencyCall(from)] : [])];
	const [found, answer] = await readAll(calls);
	if (found instanceof Refused)
		throw found;
	try {
		const receipt = parseReceipt(found.receipt);
		const steps = await stepsOf(seq, receipt, { from, answer });
		const { origin, size, root } = receipt.checkpoint;
		const checkpoint = { origin, size, root: toBase64(root) };
		const ok = steps.every((each) => each.ok);
		return { ok, steps, entry: receipt.entry, leaf: text(receipt.leaf), receipt: found.receipt, checkpoint };
	} catch (error) {
		if (!(error instanceof BadBytes))
			throw error;
		const steps = [step('receipt', false, error.message)];
		return { ok: false, steps, entry: null, leaf: null, receipt: found.receipt, checkpoint: null };
	}
}

wire.pinned = async () => {
	await load();
	return pinned;
};
wire.floor = floor;
wire.noticed = noticed;
