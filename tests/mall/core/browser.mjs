// browser.mjs - as much of a browser as the core needs, for node: IndexedDB, Web Locks, BroadcastChannel, a document
// that can be hidden, timers that run a hundred times as fast.
//
// Holds no expectations. What the pages of one browser share is in the Browser; a page runs the bundle of the core with
// a window of its own, and once it is closed nothing it waited for ever happens.
import { webcrypto } from 'node:crypto';
import { types } from 'node:util';
import { readFileSync } from 'node:fs';

const SPEED = 100;
const NEVER = new Promise(() => {});

// Lets what was begun go on for so many milliseconds of the page's time.
export const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms / SPEED); });

// Waits until the condition holds, and fails where it has not for very long.
export async function until(condition) {
	for (let left = 20000; !await condition(); left--) {
		if (left === 0)
			throw new Error(`in vain: ${condition}`);
		await new Promise((resolve) => { setTimeout(resolve, 1); });
	}
}

const answer = (work) => {
	const request = {};
	queueMicrotask(() => {
		try {
			request.result = work();
			request.onsuccess?.();
		} catch (error) {
			request.error = error;
			request.onerror?.();
		}
	});
	return request;
};

// One table of one database. Values are copied in and out, as a browser does.
class FakeDatabase {
	constructor(rows, copy) {
		Object.assign(this, { rows, copy });
	}

	transaction() {
		const transaction = { objectStore: () => this.table() };
		setTimeout(() => transaction.oncomplete?.());
		return transaction;
	}

	table() {
		const inRange = (range) => [...this.rows.keys()].sort().filter((name) => !range
			|| (name >= range.low && name <= range.high));
		return {
			get: (name) => answer(() => structuredClone(this.rows.get(name))),
			put: (value, name) => answer(() => this.rows.set(name, this.copy(value))),
			delete: (name) => answer(() => this.rows.delete(name)),
			getAllKeys: (range) => answer(() => inRange(range)),
			getAll: (range) => answer(() => inRange(range).map((name) => structuredClone(this.rows.get(name)))),
		};
	}
}

class FakeLocks {
	held = new Set();

	// The lock manager as one page sees it.
	of(page) {
		return { request: (name, options, work) => this.request(page, name, options, work) };
	}

	async request(page, name, { ifAvailable, signal }, work) {
		if (page.isClosed)
			return NEVER;
		if (ifAvailable && this.held.has(name))
			return work(null);
		while (this.held.has(name)) {
			signal?.throwIfAborted();
			await new Promise((resolve) => { setTimeout(resolve, 1); });
		}
		this.held.add(name);
		page.locks.add(name);
		try {
			return await work({ name });
		} finally {
			this.release(page, name);
		}
	}

	release(page, name) {
		if (page.locks.delete(name))
			this.held.delete(name);
	}
}

// The WebCrypto of a phone's web view that does not know Ed25519.
const oldCrypto = {
	getRandomValues: (array) => webcrypto.getRandomValues(array),
	subtle: {
		digest: (...args) => webcrypto.subtle.digest(...args),
		generateKey: async () => { throw new DOMException('unknown algorithm', 'NotSupportedError'); },
	},
};

// The tab's entries; each move away from one is told as a browser tells it.
class FakeHistory {
	constructor(page, hash) {
		Object.assign(this, { page, entries: [{ state: null, hash }], at: 0 });
	}

	get state() {
		return this.entries[this.at].state;
	}

	replaceState(state, _, hash = this.entries[this.at].hash) {
		this.entries[this.at] = { state: structuredClone(state), hash };
		this.page.location.hash = hash;
	}

	pushState(state, _, hash) {
		this.entries.splice(++this.at, Infinity, null);
		this.replaceState(state, _, hash);
	}

	// What a click on a link does.
	follow(hash) {
		this.pushState(null, '', hash);
		this.tell();
	}

	go(steps) {
		this.at += steps;
		this.page.location.hash = this.entries[this.at].hash;
		this.tell();
	}

	back() {
		this.go(-1);
	}

	tell() {
		this.page.window.dispatchEvent(new Event('popstate'));
		this.page.window.dispatchEvent(new Event('hashchange'));
	}
}

// One tab. `core` holds the modules of the core, by name.
class Page {
	locks = new Set();
	timers = new Set();
	isClosed = false;

	constructor(browser, hash) {
		this.browser = browser;
		this.document = Object.assign(new EventTarget(), { visibilityState: 'visible', documentElement: {} });
		this.location = { hash };
		this.history = new FakeHistory(this, hash);
		this.window = this.makeWindow();
		const run = new Function(...Object.keys(this.window), 'globalThis', `${browser.code}; return core;`);
		this.core = run(...Object.values(this.window), this.window);
	}

	makeWindow() {
		const { browser } = this;
		const target = new EventTarget();
		return {
			fetch: (...args) => this.fetch(...args),
			setTimeout: (work, ms = 0) => this.setTimer(work, ms),
			clearTimeout: (timer) => clearTimeout(timer),
			setInterval: (work, ms) => this.setRepeating(work, ms),
			clearInterval: (repeating) => { if (repeating) repeating.isOver = true; },
			crypto: browser.crypto,
			indexedDB: browser.hasIndexedDb ? { open: () => this.openDatabase() } : undefined,
			IDBKeyRange: { bound: (low, high) => ({ low, high }) },
			navigator: {
				locks: browser.hasLocks ? browser.locks.of(this) : undefined,
				languages: browser.languages, userAgent: 'Android Chrome',
			},
			BroadcastChannel: this.makeChannel(),
			document: this.document,
			location: this.location,
			history: this.history,
			addEventListener: (...args) => target.addEventListener(...args),
			removeEventListener: (...args) => target.removeEventListener(...args),
			dispatchEvent: (event) => target.dispatchEvent(event),
			isSecureContext: browser.isSecure,
			// What a page has and the core must not use; what older browsers do not have.
			localStorage: undefined, sessionStorage: undefined, eval: undefined, AbortSignal: undefined,
		};
	}

	async fetch(...args) {
		const response = this.isClosed ? NEVER : await this.browser.ledger.fetch(...args).catch((error) => error);
		if (this.isClosed)
			return NEVER;
		if (response instanceof Error)
			throw response;
		return response;
	}

	openDatabase() {
		return this.browser.isStoreStuck ? {} : answer(() => new FakeDatabase(this.browser.rows, this.browser.copy));
	}

	setTimer(work, ms) {
		const timer = setTimeout(() => this.isClosed || work(), ms / SPEED);
		this.timers.add(timer);
		return timer;
	}

	setRepeating(work, ms) {
		const repeating = { isOver: false };
		const again = () => {
			if (!repeating.isOver) {
				work();
				this.setTimer(again, ms).unref();
			}
		};
		this.setTimer(again, ms).unref();
		return repeating;
	}

	makeChannel() {
		const { channels } = this.browser;
		const page = this;
		return class extends EventTarget {
			constructor(name) {
				super();
				Object.assign(this, { name, page });
				channels.add(this);
			}

			postMessage(data) {
				for (const each of channels) {
					if (each !== this && each.name === this.name && !each.page.isClosed)
						queueMicrotask(() => each.dispatchEvent(Object.assign(new Event('message'), { data })));
				}
			}
		};
	}

	// From now on no timer of the page ever fires.
	stopTimers() {
		this.setTimer = () => ({ unref: () => {} });
	}

	show(isVisible) {
		this.document.visibilityState = isVisible ? 'visible' : 'hidden';
		this.document.dispatchEvent(new Event('visibilitychange'));
	}

	close() {
		this.isClosed = true;
		this.timers.forEach(clearTimeout);
		[...this.locks].forEach((name) => this.browser.locks.release(this, name));
	}
}

export class Browser {
	code = readFileSync(process.env.MERIT_WEB_CORE, 'utf8');
	rows = new Map();
	locks = new FakeLocks();
	channels = new Set();
	pages = [];
	isStoreStuck = false;

	constructor({ ledger = null, hasIndexedDb = true, hasLocks = true, hasEd25519 = true, isSecure = true,
		hasKeyCopies = true, languages = ['en'] } = {}) {
		Object.assign(this, { ledger, hasIndexedDb, hasLocks, isSecure, hasKeyCopies, languages });
		this.crypto = hasEd25519 ? webcrypto : oldCrypto;
	}

	// What the database makes of a value.
	copy = (value) => {
		if (!this.hasKeyCopies && types.isCryptoKey(value))
			throw new DOMException('could not be cloned', 'DataCloneError');
		return structuredClone(value);
	};

	// A new tab, at this place.
	open(hash = '') {
		const page = new Page(this, hash);
		this.pages.push(page);
		return page;
	}

	// All that is kept, as text: what must not be found in it is looked for here.
	keptText() {
		const show = (key, value) => (ArrayBuffer.isView(value) ? Buffer.from(value.buffer).toString('hex') : value);
		return JSON.stringify([...this.rows], show);
	}
}
