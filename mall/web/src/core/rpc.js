// rpc.js - calls to the ledger: builds, signs and sends a message of doc/protocol.md, and reads the reply.
//
// Reads are for everybody here; writes go through outbox.js alone, which keeps their ids. This file knows neither
// session nor proof: both are told of what comes by `wire`. A token or secret never gets into an error or a log.
import { toBase64Url, utf8 } from './bytes.js';
import { now, setClock } from './clock.js';
import { makeDeadline } from './deadline.js';
import { sign } from './keys.js';

const CALLS_MAX = 16;
const TIMEOUT_MS = 20000;
const WAITS_MS = [300, 900, 2500];
const PASSING = ['rate_limited', 'busy', 'stopping'];
const LOGGED = 100;
const LOST = ['unreachable', 'bad_reply'];

// The ledger's answer was an error or a refusal. `status` is the word to compare, `why` the numbers behind it.
export class Refused extends Error {
	constructor(data = {}) {
		super(data.status);
		this.name = 'Refused';
		this.data = data;
		this.status = data.status ?? 'bad_reply';
		this.number = data.number;
		this.why = data.why;
		this.field = data.field;
	}
}

// No answer: whether the ledger took the message is not known.
export class Unreachable extends Error {
	constructor(reason) {
		super(reason);
		this.name = 'Unreachable';
	}
}

// Who signs, { member, key, record }, or null; what is told of replies. Set by session.js, proof.js and start.js.
export const wire = {
	signer: null,
	learned: async (program) => program.log_key,
	pinned: async () => null,
	keyEnded: () => {},
	floor: () => 0,
	noticed: () => {},
};

const isPublic = ({ method, params }) => ['program.get', 'checkpoint.get'].includes(method)
	|| (method === 'proof.get' && params?.from_size !== undefined)
	|| (['item.get', 'item.list'].includes(method) && params?.member === undefined);

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms * (0.75 + Math.random() / 2)); });

// The first line of a message: a detached JWS over the JSON. `who` is { kid } or { jwk }.
export async function signLine(json, record, who, aud) {
	const header = { alg: 'Ed25519', b64: false, crit: ['b64'], ...who, aud, iat: Math.floor(now() / 1000) };
	const head = toBase64Url(utf8(JSON.stringify(header)));
	return `${head}..${toBase64Url(await sign(record, utf8(`${head}.${json}`)))}`;
}

// Whether the ledger looked at the calls: then a checkpoint belongs to the reply.
const isAnswer = (reply) => Array.isArray(reply) || reply?.result !== undefined;

const statusOf = (error) => (typeof error?.data?.status === 'string' ? error.data.status : null);

// What an error that refuses the whole message says, or null.
const wholeError = (reply) => (statusOf(reply?.error) ? reply.error.data : null);

// The reply's text and headers. What the network, or what stands between, does to it is Unreachable.
async function post(body, line) {
	const headers = { 'Content-Type': 'application/json', ...(line && { 'Merit-Signature': line }) };
	const deadline = makeDeadline(TIMEOUT_MS);
	try {
		const response = await fetch('/rpc', {
			method: 'POST', headers, body, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
			signal: deadline.signal,
		});
		return { text: await response.text(), headers: response.headers };
	} catch (error) {
		throw new Unreachable(error.name);
	} finally {
		deadline.clear();
	}
}

function parseReply(text) {
	try {
		return JSON.parse(text);
	} catch {
		throw new Unreachable('bad_reply');
	}
}

async function exchange(body, line) {
	const floor = wire.floor();
	const { text, headers } = await post(body, line);
	const reply = parseReply(text);
	const checkpoint = headers.get('Merit-Checkpoint');
	if (checkpoint || isAnswer(reply))
		wire.noticed(checkpoint ?? '', floor);
	return { reply, date: headers.get('Date') };
}

// Sends a message and gives its reply (parsed). `makeLine` signs it anew each time; null: not signed.
// A wrong clock is put right, once. What passes by itself is tried again a few times; then it is Refused.
async function deliver(body, makeLine) {
	const signer = wire.signer;
	let isClockRight = false;
	for (let attempt = 0; ; ) {
		const { reply, date } = await exchange(body, makeLine && await makeLine());
		const status = wholeError(reply)?.status;
		if (LOST.includes(status))
			throw new Unreachable(status);
		if (status === 'stale' && makeLine && !isClockRight && setClock(date)) {
			isClockRight = true;
		} else if (PASSING.includes(status) && attempt < WAITS_MS.length) {
			await pause(WAITS_MS[attempt++]);
		} else {
			if (makeLine && ['revoked_key', 'unknown_key'].includes(status))
				wire.keyEnded(signer, status);
			return reply;
		}
	}
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

// The outcome of the call with this id; null where the row is none.
function outcomeOf(row, id) {
	if (!isObject(row) || row.id !== id)
		return null;
	if (statusOf(row.error))
		return new Refused(row.error.data);
	return isObject(row.result) && row.error === undefined ? row.result : null;
}

// The outcomes of all calls, in order. What cannot be read is no answer: Unreachable.
function outcomesOf(reply, ids) {
	const whole = wholeError(reply);
	if (whole)
		return ids.map(() => new Refused(whole));
	const rows = Array.isArray(reply) ? reply : [reply];
	const outcomes = ids.map((id, index) => outcomeOf(rows[index], id));
	if (rows.length !== ids.length || outcomes.includes(null))
		throw new Unreachable('bad_reply');
	return outcomes;
}

let asking = null;
let origin = null;

const nameOf = (vkey) => vkey?.split('+')[0] ?? null;

// What the ledger is (program.get), asked for once by all who want it at the same time.
export function readProgram() {
	asking ??= read('program.get').then(async (program) => {
		origin = nameOf(await wire.learned(program));
		return program;
	}).finally(() => { asking = null; });
	return asking;
}

// The ledger's origin, without which nothing is signed: the name of its key as it was pinned.
export async function ledgerOrigin() {
	origin ??= nameOf(await wire.pinned());
	if (!origin)
		await readProgram();
	return origin;
}

async function lineBySigner(json) {
	if (!wire.signer)
		throw new Refused({ status: 'not_signed' });
	const { member, key, record } = wire.signer;
	return signLine(json, record, { kid: `${member}/${key}` }, await ledgerOrigin());
}

// Several reads in one message, at most 16: [{ method, params }] gives [result | Refused], in order.
export async function readAll(calls) {
	if (calls.length > CALLS_MAX)
		throw new RangeError(`${calls.length} calls in a message`);
	if (calls.length === 0)
		return [];
	const rows = calls.map(({ method, params }, index) => ({ jsonrpc: '2.0', id: index, method, params }));
	const json = JSON.stringify(rows.length === 1 ? rows[0] : rows);
	const isSigned = !calls.every(isPublic);
	if (isSigned && !wire.signer)
		return calls.map(() => new Refused({ status: 'not_signed' }));
	const reply = await deliver(json, isSigned && (() => lineBySigner(json)));
	return outcomesOf(reply, rows.map(({ id }) => id));
}

// One read: its result, or throws Refused or Unreachable.
export async function read(method, params) {
	const [outcome] = await readAll([{ method, params }]);
	if (outcome instanceof Refused)
		throw outcome;
	return outcome;
}

// For outbox.js and session.js alone: one write with its id in params. `privates` are the lines behind the JSON.
export async function write(method, params, { privates = [], makeLine = lineBySigner } = {}) {
	const json = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
	const reply = await deliver([json, ...privates].join('\n'), () => makeLine(json));
	const [outcome] = outcomesOf(reply, [1]);
	const isRefused = outcome instanceof Refused;
	if (isRefused ? isOfAnother(outcome, params) : outcome.status !== 'accepted' || outcome.id !== params.id)
		throw new Unreachable('bad_reply');
	if (isRefused)
		throw outcome;
	return outcome;
}

// A refusal that is in the log bears the id it is final for.
const isOfAnother = ({ number, data }, { id }) => number >= LOGGED && data.id !== id;
