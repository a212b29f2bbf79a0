// merkle.js - the tree of RFC 6962 and its two proofs. Pure; hashes are arrays of 32 bytes, sizes integers.
import { concat, equal, sha256 } from './bytes.js';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (leaf) => sha256(concat(LEAF, leaf));

const nodeHash = (left, right) => sha256(concat(NODE, left, right));

const isOdd = (n) => n % 2 === 1;
const half = (n) => Math.floor(n / 2);
const isPowerOfTwo = (n) => n === 1 || (n > 1 && !isOdd(n) && isPowerOfTwo(n / 2));

// The root that a leaf's hash, its index, the size and the hashes of a proof lead to; null when they do not fit.
export async function rootOf(hash, index, size, proof) {
	if (!(index < size))
		return null;
	let [place, last, root] = [index, size - 1, hash];
	for (const each of proof) {
		if (last === 0)
			return null;
		if (isOdd(place) || place === last) {
			root = await nodeHash(each, root);
			while (place !== 0 && !isOdd(place))
				[place, last] = [half(place), half(last)];
		} else {
			root = await nodeHash(root, each);
		}
		[place, last] = [half(place), half(last)];
	}
	return last === 0 ? root : null;
}

// Whether a tree of newSize with newRoot holds the tree of oldSize with oldRoot as its beginning.
export async function isConsistent(oldSize, oldRoot, newSize, newRoot, proof) {
	if (oldSize > newSize)
		return false;
	if (oldSize === newSize)
		return proof.length === 0 && equal(oldRoot, newRoot);
	if (oldSize === 0)
		return proof.length === 0;
	const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
	if (!first)
		return false;
	let [place, last] = [oldSize - 1, newSize - 1];
	while (isOdd(place))
		[place, last] = [half(place), half(last)];
	let [older, newer] = [first, first];
	for (const each of rest) {
		if (last === 0)
			return false;
		if (isOdd(place) || place === last) {
			older = await nodeHash(each, older);
			newer = await nodeHash(each, newer);
			while (place !== 0 && !isOdd(place))
				[place, last] = [half(place), half(last)];
		} else {
			newer = await nodeHash(newer, each);
		}
		[place, last] = [half(place), half(last)];
	}
	return last === 0 && equal(older, oldRoot) && equal(newer, newRoot);
}
