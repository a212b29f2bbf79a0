// live.js - values of the ledger that screens show, shared by name and kept fresh while somebody looks at them.
//
// A value that could not be refreshed stays, marked stale; one that never came is an error, never a zero. Nothing is
// asked for while the page is hidden.
import { useFollowed } from './view.js';

const POLL_MS = 20000;
const FRESH_MS = 500;

const cache = new Map();
const tabs = globalThis.BroadcastChannel ? new BroadcastChannel('merit-live') : null;

const isVisible = () => globalThis.document?.visibilityState !== 'hidden';

function entryOf(name) {
	if (!cache.has(name)) {
		cache.set(name, {
			value: undefined, error: null, at: 0, isStale: false, running: null, isAskedAgain: false, round: 0,
			told: 0, watchers: new Set(),
		});
	}
	return cache.get(name);
}

function tell(entry) {
	entry.told += 1;
	entry.watchers.forEach((watcher) => watcher.changed());
}

const newest = (entry) => [...entry.watchers].at(-1);

// Loads the entry's value anew; one load at a time, and once more where it was asked for again meanwhile. What comes
// of a load begun before a clear() is not taken any more.
function refresh(entry) {
	if (entry.running) {
		entry.isAskedAgain = true;
		return entry.running;
	}
	const load = newest(entry)?.load;
	if (!load)
		return Promise.resolve();
	const { round } = entry;
	const take = (change) => round === entry.round && Object.assign(entry, change);
	entry.isAskedAgain = false;
	entry.running = Promise.resolve().then(load).then(
		(value) => take({ value, error: null, isStale: false, at: Date.now() }),
		(error) => take({ error, isStale: entry.value !== undefined }),
	).then(() => {
		entry.running = null;
		tell(entry);
		return entry.isAskedAgain ? refresh(entry) : undefined;
	});
	return entry.running;
}

const watched = () => [...cache.values()].filter((entry) => entry.watchers.size > 0);

const refreshAll = (isDue) => Promise.all(watched().filter(isDue).map(refresh));

// What a member did, or saw happen, may have changed anything: all that is looked at is asked for again, the rest
// forgotten; in the other tabs too.
export function touch() {
	tabs?.postMessage('touched');
	return freshen();
}

tabs?.addEventListener('message', () => freshen());

function freshen() {
	for (const [name, entry] of cache) {
		if (entry.watchers.size === 0)
			cache.delete(name);
	}
	return isVisible() ? refreshAll(() => true) : Promise.resolve(); // Hidden: once it is shown again.
}

// Another member, or none: nothing known so far holds.
export function clear() {
	for (const [name, entry] of cache) {
		Object.assign(entry, { value: undefined, error: null, isStale: false, at: 0, round: entry.round + 1 });
		if (entry.watchers.size === 0)
			cache.delete(name);
		tell(entry);
		setTimeout(() => refresh(entry)); // Once the screens are drawn anew: what they ask for may be another thing now.
	}
}

const isPolled = (entry) => [...entry.watchers].some((watcher) => watcher.poll);

// One round of the poll: what is looked at, while the page is visible. Called by the timer.
export const poll = () => (isVisible() ? refreshAll(isPolled) : Promise.resolve());

const comeBack = () => isVisible() && refreshAll((entry) => Date.now() - entry.at > FRESH_MS);

// Starts the timer and listens to the browser; gives the function that ends this.
export function start() {
	const timer = setInterval(poll, POLL_MS);
	globalThis.addEventListener('online', comeBack);
	document.addEventListener('visibilitychange', comeBack);
	return () => {
		clearInterval(timer);
		globalThis.removeEventListener('online', comeBack);
		document.removeEventListener('visibilitychange', comeBack);
	};
}

// Begins to watch a name: changed() is called whenever its state is another. Gives the function that ends this.
export function watch(name, load, { poll: isPolledToo = true, changed }) {
	const entry = entryOf(name);
	const watcher = { load, poll: isPolledToo, changed };
	entry.watchers.add(watcher);
	if (!entry.running && (entry.value === undefined || entry.isStale || Date.now() - entry.at > FRESH_MS))
		refresh(entry);
	return () => entry.watchers.delete(watcher);
}

// How the value of a name stands.
export function stateOf(name) {
	const entry = cache.get(name);
	return {
		value: entry?.value,
		error: entry?.error ?? null,
		isLoading: !entry || (entry.value === undefined && !entry.error),
		isStale: entry?.isStale ?? false,
		reload: () => refresh(entryOf(name)),
	};
}

// The value of a name for a component: { value, error, isLoading, isStale, reload }. `load` is an async function; the
// name must tell everything it depends on. poll: false asks only once and after acts.
export function useLive(name, load, { poll: isPolledToo = true } = {}) {
	useFollowed(() => cache.get(name)?.told ?? 0,
		(changed) => watch(name, load, { poll: isPolledToo, changed }), [name, isPolledToo]);
	return stateOf(name);
}
