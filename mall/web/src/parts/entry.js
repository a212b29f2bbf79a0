// entry.js - what belongs to one entry of the browser's history: where the member came from, how far the page was
// scrolled, how much of a list was unfolded. "Back" finds it again.
//
// Kept in memory, under a key in the entry's own state; nothing of it outlives the page.
import { useState } from '../core/view.js';
import { newId } from '../core/outbox.js';

const PATIENCE_MS = 1500; // A list that takes longer to come back begins at its top.
const STEP_MS = 50;

const kept = new Map();

// The path, and the step of a way where there is one; not what is searched and filtered for.
function placeNow() {
	const [path, search] = location.hash.split('?');
	return `${path} ${new URLSearchParams(search).get('step') ?? ''}`;
}

// What is kept of the present entry; a place that took another one's entry over begins anew.
function entry() {
	if (!history.state?.key)
		history.replaceState({ ...history.state, key: newId() }, '');
	const name = `${history.state.key} ${placeNow()}`;
	if (!kept.has(name))
		kept.set(name, {});
	return kept.get(name);
}

// The path the member came from to this entry, once that is told.
export const cameFrom = () => entry().from;

// Tells where the member came from; holds for an entry just made.
export function tellOrigin(path) {
	entry().from ??= path;
}

// A state that this entry of the history keeps, such as the number of rows shown.
export function useKept(name, initial) {
	const [value, set] = useState(() => entry()[name] ?? initial);
	return [value, (next) => {
		entry()[name] = next;
		set(next);
	}];
}

let settled = null; // The place that was scrolled to where it belongs: only from then on the scrolling is the member's.

// Follows the scrolling from the start of the page on.
export function followScrolling() {
	history.scrollRestoration = 'manual';
	addEventListener('scroll', () => {
		if (settled === placeNow())
			entry().scroll = window.scrollY;
	}, { passive: true });
}

// To where this entry was left, as soon as the page is long enough; to the top of a new one.
export function restoreScroll() {
	const here = entry();
	const goal = here.scroll ?? 0;
	const end = Date.now() + PATIENCE_MS;
	const attempt = () => {
		if (here !== entry())
			return;
		const isLongEnough = document.documentElement.scrollHeight >= goal + window.innerHeight;
		if (!isLongEnough && goal > 0 && Date.now() < end) {
			setTimeout(attempt, STEP_MS);
			return;
		}
		window.scrollTo(0, isLongEnough ? goal : 0);
		settled = placeNow();
	};
	attempt();
}
