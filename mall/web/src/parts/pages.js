// pages.js - a list that grows at its newest end and is read backwards page by page: what is kept of it.
//
// Pure. What is in the past does not change, so pages are merged by key.

// Nothing read yet. How the reading of the next page stands is kept with it, for history.js.
export const noPages = () => ({ rows: new Map(), next: undefined, first: null, unasked: 0, isMore: false, error: null });

const add = (kept, page, keyOf) => page.rows.forEach((row) => kept.rows.set(keyOf(row), row));

// Takes the newest page, as often as it comes. A gap between it and what is kept, when more was added than a page
// holds, throws the kept away.
export function takeFirst(kept, page, keyOf) {
	if (kept.first === page)
		return;
	kept.first = page;
	const isJoined = page.next === null || page.rows.length === 0
		|| page.rows.some((row) => kept.rows.has(keyOf(row)));
	const isGap = kept.rows.size > 0 && !isJoined;
	if (isGap)
		kept.rows.clear();
	if (kept.next === undefined || isGap || page.next === null)
		kept.next = page.next;
	add(kept, page, keyOf);
}

// Takes the page behind the last one.
export function takeNext(kept, page, keyOf) {
	add(kept, page, keyOf);
	kept.next = page.next;
}

// The rows, newest first.
export const rowsOf = (kept) => [...kept.rows.values()].sort((a, b) => b.seq - a.seq);
