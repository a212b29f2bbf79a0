// ledger.mjs - speaks to meritd as the platform does: SP messages over TCP, signed by a party (doc/protocol.md, 1-3).
// The tests' other end of every story: who pays, ships and changes prices. It never goes through merit-mall.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const GREETING = Buffer.from('0053500000300000', 'hex');
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

/** An error that meritd answered: `status` is the word of doc/protocol.md, section 14. */
export class Refused extends Error {
	constructor(method, error) {
		const { status = error.message, why, ...more } = error.data ?? {};
		super(`${method}: ${status} ${JSON.stringify(why ?? more)}`);
		this.status = error.data?.status;
		this.data = error.data;
	}
}

/** What a reply of meritd says, without its checkpoint. */
export const bodyOf = (reply) => JSON.parse(reply.slice(reply.indexOf('\n') + 1));

/** Who signs: a name such as desk/k1, and its secret key. */
export class Signer {
	constructor(kid, key) {
		this.kid = kid;
		this.key = key;
		this.public = createPublicKey(key).export({ format: 'jwk' }).x;
	}

	static fresh(kid) {
		return new Signer(kid, generateKeyPairSync('ed25519').privateKey);
	}

	static fromFile(kid, path) {
		return new Signer(kid, createPrivateKey(readFileSync(path)));
	}

	jwk() {
		return { kty: 'OKP', crv: 'Ed25519', x: this.public };
	}

	/** The name the ledger gives a member's key (RFC 7638, its first 22 characters). */
	thumbprint() {
		const jwk = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x: this.public });
		return createHash('sha256').update(jwk).digest('base64url').slice(0, 22);
	}

	/** The first line of a message. `by`: who signs, { kid } or { jwk }. */
	line(origin, json, now, by = { kid: this.kid }) {
		const header = base64url(JSON.stringify({
			alg: 'Ed25519', b64: false, crit: ['b64'], ...by, aud: origin, iat: Math.floor(now / 1000),
		}));
		return `${header}..${base64url(sign(null, Buffer.from(`${header}.${json}`), this.key))}`;
	}

	/** A one-time sign-in token for a member (doc/protocol.md, section 3). */
	token(origin, member, { seconds = 290, jti = randomBytes(12).toString('hex') } = {}) {
		const header = base64url(JSON.stringify({ alg: 'Ed25519', kid: this.kid }));
		const payload = base64url(JSON.stringify({
			member, aud: origin, jti, exp: Math.floor(Date.now() / 1000) + seconds,
		}));
		return `${header}.${payload}.${base64url(sign(null, Buffer.from(`${header}.${payload}`), this.key))}`;
	}
}

/** Private bytes as a call carries them: the commitment for the JSON, the line to follow it. */
export function commit(text) {
	const bytes = Buffer.concat([randomBytes(32), Buffer.from(text)]);
	return { commitment: createHash('sha256').update(bytes).digest('hex'), line: base64url(bytes) };
}

/** One connection to meritd. Several messages may be under way at once. */
export class Ledger {
	#socket = null;
	#buffer = Buffer.alloc(0);
	#greeted = false;
	#waiting = new Map();
	#next = 1;
	#ids = 0;
	#run = randomBytes(5).toString('hex');

	constructor(url, origin, now = Date.now) {
		this.url = new URL(url.replace('tcp:', 'http:'));
		this.origin = origin;
		this.now = now;
	}

	#open() {
		this.#greeted = false;
		this.#buffer = Buffer.alloc(0);
		this.#socket = connect({ host: this.url.hostname, port: Number(this.url.port), noDelay: true });
		this.#socket.unref();
		this.#socket.write(GREETING);
		this.#socket.on('data', (bytes) => this.#take(bytes));
		this.#socket.on('error', (error) => this.#drop(error));
		this.#socket.on('close', () => this.#drop(new Error('meritd closed the connection')));
	}

	#drop(error) {
		this.#socket?.destroy();
		this.#socket = null;
		this.#waiting.forEach(({ reject }) => reject(error));
		this.#waiting.clear();
	}

	#take(bytes) {
		this.#buffer = Buffer.concat([this.#buffer, bytes]);
		if (!this.#greeted && this.#buffer.length >= GREETING.length) {
			this.#greeted = true;
			this.#buffer = this.#buffer.subarray(GREETING.length);
		}
		while (this.#greeted && this.#buffer.length >= 8) {
			const end = 8 + Number(this.#buffer.readBigUInt64BE(0));
			if (this.#buffer.length < end)
				return;
			const number = this.#buffer.readUInt32BE(8);
			this.#waiting.get(number)?.resolve(this.#buffer.subarray(12, end).toString());
			this.#waiting.delete(number);
			this.#buffer = this.#buffer.subarray(end);
		}
	}

	/** Sends a message as it is, and answers with the reply as it is: checkpoint line, LF, JSON. */
	exchange(message) {
		if (!this.#socket)
			this.#open();
		const body = Buffer.from(message);
		const head = Buffer.alloc(12);
		const number = (0x80000000 | this.#next++) >>> 0;
		head.writeBigUInt64BE(BigInt(body.length + 4), 0);
		head.writeUInt32BE(number, 8);
		return new Promise((resolve, reject) => {
			// Referenced, so that node stays while an answer is due.
			const timer = setTimeout(() => reject(new Error('meritd does not answer')), 30000);
			const settled = (end) => (value) => { clearTimeout(timer); end(value); };
			this.#waiting.set(number, { resolve: settled(resolve), reject: settled(reject) });
			this.#socket.write(Buffer.concat([head, body]));
		});
	}

	async #send(signer, calls, lines) {
		const json = JSON.stringify(calls);
		const message = [signer ? signer.line(this.origin, json, this.now()) : '', json, ...lines].join('\n');
		return bodyOf(await this.exchange(message));
	}

	/** A read; its result, or Refused. */
	async read(signer, method, params = {}) {
		const answer = await this.#send(signer, { jsonrpc: '2.0', id: 1, method, params }, []);
		if (answer.error)
			throw new Refused(method, answer.error);
		return answer.result;
	}

	/** Writes [method, params, private lines...] in one message; their results, or Refused for the first refused. */
	async writes(signer, calls) {
		const answers = await this.#send(signer, calls.map(([method, params], index) => ({
			jsonrpc: '2.0', id: index, method, params: { id: `${this.#run}-${++this.#ids}`, ...params },
		})), calls.flatMap(([, , ...lines]) => lines));
		// One malformed call refuses the message whole.
		const each = Array.isArray(answers) ? answers : [answers];
		each.forEach((answer, index) => {
			if (answer.error)
				throw new Refused(calls[answer.error.data?.call ?? index][0], answer.error);
		});
		return each.map((answer) => answer.result);
	}

	async write(signer, method, params, ...lines) {
		return (await this.writes(signer, [[method, params, ...lines]]))[0];
	}

	close() {
		this.#drop(new Error('closed'));
	}
}
