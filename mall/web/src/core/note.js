// note.js - signed notes, checkpoints and receipts as C2SP writes them (doc/format.md, sections 5 and 6). Parses
// strictly and checks signatures; knows no network. What is not in the form throws BadBytes.
import { BadBytes, concat, equal, fromBase64, sha256, text, utf8 } from './bytes.js';
import { isSignedBy } from './keys.js';

const ED25519 = 1;
const HASH_SIZE = 32;
const KEY_ID_SIZE = 4;
const PROOF_MAX = 64;

const must = (isSo, what) => {
	if (!isSo)
		throw new BadBytes(what);
};

// A verifier key, "name+hash+base64": { name, id, key }.
export async function parseKey(vkey) {
	const found = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
	must(found, 'not a verifier key');
	const bytes = fromBase64(found[3]);
	must(bytes.length === 1 + HASH_SIZE && bytes[0] === ED25519, 'not an Ed25519 verifier key');
	const id = (await sha256(concat(utf8(`${found[1]}\n`), bytes))).slice(0, KEY_ID_SIZE);
	must(id.every((byte, index) => byte === parseInt(found[2].slice(2 * index, 2 * index + 2), 16)), 'a wrong key id');
	return { name: found[1], id, key: bytes.slice(1) };
}

function parseSignature(line) {
	const found = /^\u2014 ([^ +]+) (.+)$/.exec(line);
	must(found, 'not a signature line');
	return { name: found[1], bytes: fromBase64(found[2]) };
}

function parseSize(line) {
	must(/^(0|[1-9][0-9]{0,15})$/.test(line) && Number.isSafeInteger(Number(line)), 'not a size');
	return Number(line);
}

export function parseHash(line) {
	must(typeof line === 'string', 'not a text');
	const hash = fromBase64(line);
	must(hash.length === HASH_SIZE, 'not a hash');
	return hash;
}

// A checkpoint: { note, body, origin, size, root, signatures }. Its signature is not checked yet.
export function parseCheckpoint(note) {
	must(typeof note === 'string', 'not a text');
	const split = note.lastIndexOf('\n\n');
	must(split >= 0 && note.endsWith('\n'), 'not a signed note');
	const body = note.slice(0, split + 1);
	const [origin, size, root] = body.split('\n');
	must(origin && size && root, 'not a checkpoint');
	const signatures = note.slice(split + 2, -1).split('\n').map(parseSignature);
	return { note, body, origin, size: parseSize(size), root: parseHash(root), signatures };
}

// Whether the log's key signed the checkpoint, under its own name.
export async function isSigned(checkpoint, vkey) {
	const { name, id, key } = await parseKey(vkey);
	if (checkpoint.origin !== name)
		return false;
	const mine = checkpoint.signatures.filter((each) => each.name === name && equal(each.bytes.slice(0, KEY_ID_SIZE), id));
	for (const { bytes } of mine) {
		if (!await isSignedBy(key, bytes.slice(KEY_ID_SIZE), utf8(checkpoint.body)))
			return false;
	}
	return mine.length > 0;
}

// A receipt (tlog-proof): { leaf: bytes, entry: the leaf's JSON, index, hashes, checkpoint }.
export function parseReceipt(receipt) {
	must(typeof receipt === 'string', 'not a text');
	const split = receipt.indexOf('\n\n');
	must(split >= 0, 'not a receipt');
	const [format, extra, index, ...hashes] = receipt.slice(0, split).split('\n');
	must(format === 'c2sp.org/tlog-proof@v1', 'not a receipt');
	must(extra?.startsWith('extra ') && index?.startsWith('index '), 'not a receipt of an entry');
	must(hashes.length <= PROOF_MAX, 'too many hashes');
	const leaf = fromBase64(extra.slice('extra '.length));
	return {
		leaf, entry: parseEntry(leaf), index: parseSize(index.slice('index '.length)), hashes: hashes.map(parseHash),
		checkpoint: parseCheckpoint(receipt.slice(split + 2)),
	};
}

function parseEntry(leaf) {
	let entry = null;
	try {
		entry = JSON.parse(text(leaf));
	} catch {
		// Told below.
	}
	must(entry !== null && typeof entry === 'object', 'the leaf is not an entry');
	return entry;
}
