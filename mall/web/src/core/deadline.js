// deadline.js - a signal that aborts after a while, for browsers that have no AbortSignal.timeout yet.
//
// Call clear() once what it was for is done.
export function makeDeadline(ms) {
	const controller = new AbortController();
	const timer = setTimeout(() => controller.abort(), ms);
	return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
