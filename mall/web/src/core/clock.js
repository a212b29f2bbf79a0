// clock.js - the time as the ledger's host has it: this device's clock, put right once a reply shows that it is wrong.
let skewMs = 0;

// Milliseconds since 1970-01-01T00:00Z.
export const now = () => Date.now() + skewMs;

// Takes the time from a reply's Date header. It is cut to the second: half of one is added.
export function setClock(date) {
	const time = Date.parse(date);
	if (!Number.isFinite(time))
		return false;
	skewMs = time + 500 - Date.now();
	return true;
}
