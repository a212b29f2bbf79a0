// router.js - where the member is: "#/items/textbook?from=list". Knows paths, no screens.
//
// A sign-in link's token is taken out of the address the moment this file runs, before anything else can see or keep
// it: neither history, bookmarks nor screenshots have it. It is in memory until it is used, once.
import { makeListeners } from './listeners.js';
import { useFollowed } from './view.js';

let link = null;
let told = null;
const listeners = makeListeners();

// The route of a hash.
export function parse(hash) {
	const [where, search = ''] = hash.replace(/^#\/?/, '').split('?');
	const path = where.split('/').filter(Boolean).map(decode);
	return { path, query: Object.fromEntries(new URLSearchParams(search)) };
}

function decode(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

// "#/in/TOKEN/orders/o1" gives { token, to: '/orders/o1' }; no link gives null. What chat programs hang behind a link,
// such as "&from=message", belongs to neither.
export function parseLink(hash) {
	const found = /^#\/in\/([^/?&]+)(\/[^&]*)?/.exec(hash);
	return found ? { token: found[1], to: found[2] ?? '/' } : null;
}

// Takes a link out of the address; gives whether there was one.
function strip() {
	const found = parseLink(location.hash);
	if (!found)
		return false;
	link = found;
	history.replaceState(history.state, '', '#/in');
	return true;
}

// The link the member came by, once: { token, to } or null.
export function takeLink() {
	const taken = link;
	link = null;
	return taken;
}

// Whether a link waits to be used.
export const hasLink = () => link !== null;

// One navigation is told of by up to two events.
function changed() {
	if (!strip() && location.hash === told)
		return;
	told = location.hash;
	listeners.tell();
}

if (globalThis.location && globalThis.history) {
	strip();
	told = location.hash;
	addEventListener('hashchange', changed);
	addEventListener('popstate', changed);
}

// '/items/textbook' and { from: 'list' } as an address within this page.
export function href(path, query) {
	const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
	return given.length === 0 ? `#${path}` : `#${path}?${new URLSearchParams(given)}`;
}

// Goes to a path; `replace` leaves no trace of the present one in the history, and its state to the new one.
export function go(path, { replace = false, query } = {}) {
	if (replace)
		history.replaceState(history.state, '', href(path, query));
	else
		history.pushState(null, '', href(path, query));
	changed();
}

export const route = () => parse(location.hash);

// The present route, for components.
export function useRoute() {
	useFollowed(() => location.hash, listeners.subscribe);
	return route();
}
