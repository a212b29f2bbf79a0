// names.js - new names: ids of operations (ULID: rising, so the ledger keeps them fast) and names of orders.
import { randomBytes } from './bytes.js';
import { now } from './clock.js';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const random = (count) => Array.from(randomBytes(count), (byte) => CROCKFORD[byte % 32]).join('');

function timePart(ms) {
	let rest = ms;
	let digits = '';
	for (let place = 0; place < 10; place++) {
		digits = CROCKFORD[rest % 32] + digits;
		rest = Math.floor(rest / 32);
	}
	return digits;
}

// An operation's id: 48 bits of time, 80 of randomness.
export const newId = () => timePart(now()) + random(16);

// A name nobody guesses or uses again: the prefix and 60 random bits.
export const newName = (prefix) => prefix + random(12).toLowerCase();
