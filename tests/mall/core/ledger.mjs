// ledger.mjs - a ledger for the core to talk to: keeps ids and outcomes as doc/protocol.md says, signs its heads, and
// can lose what it is sent, lose what it answers, refuse or forge.
//
// It computes the tree by the definitions of RFC 6962, not by the loops that the core checks proofs with.
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

export const ORIGIN = 'merit.test/ledger';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const NODE = Buffer.of(1);

export const leafHash = (leaf) => sha256(Buffer.of(0), leaf);

const split = (count) => {
	let left = 1;
	while (left * 2 < count)
		left *= 2;
	return left;
};

// MTH of RFC 6962, section 2.1, over hashes of leaves.
export function treeHash(hashes) {
	if (hashes.length === 1)
		return hashes[0];
	const left = split(hashes.length);
	return sha256(NODE, treeHash(hashes.slice(0, left)), treeHash(hashes.slice(left)));
}

// PATH of section 2.1.1.
export function inclusionProof(index, hashes) {
	if (hashes.length === 1)
		return [];
	const left = split(hashes.length);
	return index < left
		? [...inclusionProof(index, hashes.slice(0, left)), treeHash(hashes.slice(left))]
		: [...inclusionProof(index - left, hashes.slice(left)), treeHash(hashes.slice(0, left))];
}

// PROOF of section 2.1.2.
export function consistencyProof(size, hashes, isWhole = true) {
	if (size === hashes.length)
		return isWhole ? [] : [treeHash(hashes)];
	const left = split(hashes.length);
	return size <= left
		? [...consistencyProof(size, hashes.slice(0, left), isWhole), treeHash(hashes.slice(left))]
		: [...consistencyProof(size - left, hashes.slice(left), false), treeHash(hashes.slice(0, left))];
}

const rawPublic = (key) => createPublicKey(key).export({ format: 'jwk' }).x;

export class LogKey {
	constructor(name = ORIGIN) {
		const { privateKey } = generateKeyPairSync('ed25519');
		const typed = Buffer.concat([Buffer.of(1), Buffer.from(rawPublic(privateKey), 'base64url')]);
		this.name = name;
		this.privateKey = privateKey;
		this.id = sha256(`${name}\n`, typed).subarray(0, 4);
		this.vkey = `${name}+${this.id.toString('hex')}+${typed.toString('base64')}`;
	}

	// A signed checkpoint of that many leaves, of this log or of another one.
	note(size, root, origin = this.name) {
		const body = `${origin}\n${size}\n${root.toString('base64')}\n`;
		const signature = Buffer.concat([this.id, sign(null, Buffer.from(body), this.privateKey)]);
		return `${body}\n\u2014 ${this.name} ${signature.toString('base64')}\n`;
	}
}

const failure = (status, number = 1, more = {}) => ({
	error: { code: -32000 - number, message: status, data: { status, number, ...more } },
});

export class Ledger {
	logKey = new LogKey();
	leaves = [];
	outcomes = new Map();
	keys = new Map();
	messages = [];
	faults = [];
	clockSkewMs = 0;
	refuse = () => null;

	constructor(entries = 3) {
		for (let seq = 0; seq < entries; seq++)
			this.append({ op: 'program.create', id: `i${seq}` });
	}

	append(entry) {
		const seq = this.leaves.length;
		const whole = { seq, time: 1767225600000 + seq, day: '2026-01-01', ...entry };
		this.leaves.push(Buffer.from(JSON.stringify(whole)));
		return whole;
	}

	hashes() {
		return this.leaves.map(leafHash);
	}

	checkpoint() {
		return this.logKey.note(this.leaves.length, treeHash(this.hashes()));
	}

	// The next messages meet these, in order: 'lost' never arrives, 'unanswered' is done and its reply lost, a status is
	// answered, a function makes the reply. null: nothing is wrong with it.
	next(...faults) {
		this.faults.push(...faults);
	}

	async fetch(url, { body, headers }) {
		if (url !== '/rpc')
			return new Response('not found', { status: 404 });
		const fault = this.faults.shift() ?? null;
		const message = { line: headers['Merit-Signature'], body, fault };
		this.messages.push(message);
		await null;
		if (fault === 'lost')
			throw new TypeError('Failed to fetch');
		const reply = typeof fault === 'string' && fault !== 'unanswered' ? failure(fault) : this.answer(message);
		if (fault === 'unanswered')
			throw new TypeError('Failed to fetch');
		const checkpoint = Buffer.from(this.checkpoint()).toString('base64url');
		const sent = { reply, headers: { 'Merit-Checkpoint': checkpoint, Date: this.date() } };
		return this.send(typeof fault === 'function' ? fault(sent) ?? sent : sent);
	}

	send({ reply, headers }) {
		return new Response(typeof reply === 'string' ? reply : JSON.stringify(reply), { headers });
	}

	date() {
		return new Date(Date.now() + this.clockSkewMs).toUTCString();
	}

	answer({ line, body }) {
		const [json, ...privates] = body.split('\n');
		const calls = JSON.parse(json);
		const signer = line ? this.check(line, json) : null;
		if (signer?.error)
			return signer;
		const answers = [calls].flat().map((call) => ({ jsonrpc: '2.0', id: call.id, ...this.call(call, signer, privates) }));
		return Array.isArray(calls) ? answers : answers[0];
	}

	check(line, json) {
		const [head, , signature] = line.split('.');
		const header = JSON.parse(Buffer.from(head, 'base64url'));
		if (header.aud !== ORIGIN)
			return failure('wrong_audience', 12);
		if (Math.abs(header.iat * 1000 - Date.now() - this.clockSkewMs) > 300000)
			return failure('stale', 13);
		const x = header.jwk?.x ?? this.keys.get(header.kid);
		if (!x)
			return failure(x === null ? 'revoked_key' : 'unknown_key', 14);
		const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
		const isGood = verify(null, Buffer.from(`${head}.${json}`), key, Buffer.from(signature, 'base64url'));
		return isGood ? { header, party: header.kid?.split('/')[0] } : failure('bad_signature', 16);
	}

	call({ method, params }, signer, privates) {
		if (method === 'program.get')
			return { result: { origin: ORIGIN, log_key: this.logKey.vkey, offset_minutes: 480 } };
		if (method === 'checkpoint.get')
			return { result: { checkpoint: this.checkpoint() } };
		if (method === 'proof.get')
			return this.proof(params);
		if (method.endsWith('.get') || method.endsWith('.list'))
			return signer || method.startsWith('item.') ? { result: { method, params } } : failure('not_signed', 11);
		return this.write(method, params, signer, privates);
	}

	proof({ seq, from_size: size }) {
		const hashes = this.hashes();
		const base64 = (each) => each.toString('base64');
		if ((seq ?? size) > this.leaves.length)
			return failure('not_found', 40);
		if (seq === undefined)
			return { result: { hashes: consistencyProof(size, hashes).map(base64), checkpoint: this.checkpoint() } };
		const receipt = ['c2sp.org/tlog-proof@v1', `extra ${base64(this.leaves[seq])}`, `index ${seq}`,
			...inclusionProof(seq, hashes).map(base64), '', this.checkpoint()].join('\n');
		return { result: { receipt } };
	}

	write(method, params, signer, privates) {
		const content = JSON.stringify([method, params]);
		const before = this.outcomes.get(params.id);
		if (before)
			return before.content === content ? before.outcome : failure('id_conflict', 60);
		const refusal = this.refuse(method, params);
		const entry = this.append({ op: method, id: params.id, params });
		const { id } = params;
		const outcome = refusal ? failure(refusal, 174, { id }) : { result: { status: 'accepted', seq: entry.seq, id } };
		this.outcomes.set(params.id, { content, outcome, method, params, privates });
		if (method === 'key.bind' && !refusal)
			this.bind(params, signer.header.jwk.x);
		if (method === 'key.revoke' && !refusal)
			this.keys.set(`${params.party}/${params.key}`, null);
		return outcome;
	}

	bind({ token }, x) {
		const { member } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
		const name = sha256(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).toString('base64url').slice(0, 22);
		this.keys.set(`${member}/${name}`, x);
	}

	// What was decided by this method: [{ params, privates }].
	done(method) {
		return [...this.outcomes.values()].filter((each) => each.method === method);
	}
}

// A one-time token for the member; the fake ledger does not look at its signature.
export function token(member, { aud = ORIGIN } = {}) {
	const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
	return `${part({ alg: 'Ed25519', kid: 'svc/k1' })}.${part({ member, aud, jti: 't', exp: 1 })}.c2ln`;
}
