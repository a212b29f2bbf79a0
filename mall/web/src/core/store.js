// store.js - what this device keeps: one table of IndexedDB, name to value.
//
// Names under "app/" belong to the device (language, the ledger's key); all others to the member, and go when the
// session ends. Where IndexedDB is not to be had (private windows) things are kept in memory, and isLasting says so.
// Nothing is ever put into localStorage, cookies or the address.
const DATABASE = 'merit';
const TABLE = 'things';
const PATIENCE_MS = 3000;

const memory = new Map();
let opening = null;

const done = (request) => new Promise((resolve, reject) => {
	request.onsuccess = () => resolve(request.result);
	request.onerror = () => reject(request.error);
});

// Some browsers never say that their store is broken.
const tooLate = () => new Promise((_, reject) => { setTimeout(() => reject(new Error('no answer')), PATIENCE_MS); });

function open() {
	const request = indexedDB.open(DATABASE, 1);
	request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
	return Promise.race([done(request), tooLate()]).then((database) => {
		database.onversionchange = () => database.close();
		database.onclose = () => { opening = null; };
		return database;
	});
}

async function attempt(mode, work) {
	opening ??= open();
	const transaction = (await opening).transaction(TABLE, mode);
	const ended = new Promise((resolve, reject) => {
		transaction.oncomplete = resolve;
		transaction.onabort = () => reject(transaction.error);
	});
	const [value] = await Promise.all([work(transaction.objectStore(TABLE)), ended]);
	return { value };
}

// Runs the work on the table, once more on a new connection when the browser closed it; null where there is none.
async function onTable(mode, work) {
	for (let left = 2; left > 0; left--) {
		try {
			return await attempt(mode, work);
		} catch {
			opening = null;
		}
	}
	return null;
}

// False where something that was put lives only as long as the page.
export const isLasting = () => memory.size === 0;

// The value of a name, or undefined. Resolves only when it was read.
export async function get(name) {
	if (memory.has(name))
		return memory.get(name);
	return (await onTable('readonly', (table) => done(table.get(name))))?.value;
}

// Resolves when the value is kept: behind it a closed page loses nothing. Gives whether it will outlive the page.
export async function put(name, value) {
	const isKept = await onTable('readwrite', (table) => done(table.put(value, name))) !== null;
	if (isKept)
		memory.delete(name);
	else
		memory.set(name, value);
	return isKept;
}

export async function remove(name) {
	memory.delete(name);
	await onTable('readwrite', (table) => done(table.delete(name)));
}

// All whose names begin with the prefix, by name: [{ name, value }].
export async function all(prefix) {
	const kept = await onTable('readonly', async (table) => {
		const range = prefix ? IDBKeyRange.bound(prefix, `${prefix}\uffff`) : undefined;
		const [names, values] = await Promise.all([done(table.getAllKeys(range)), done(table.getAll(range))]);
		return names.map((name, index) => [name, values[index]]);
	});
	const found = new Map([...(kept?.value ?? []), ...[...memory].filter(([name]) => name.startsWith(prefix))]);
	return [...found].map(([name, value]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

// Changes a value by what it is now, undefined where there is none, with no other tab in between.
export async function update(name, change) {
	const isKept = await onTable('readwrite', async (table) => done(table.put(change(await done(table.get(name))), name)));
	if (!isKept)
		memory.set(name, change(memory.get(name)));
}

// Removes all that is the member's, everything but what begins with "app/" and these, at once. Nothing where one of
// `unless` is there.
export async function forget({ but = [], unless = [] } = {}) {
	const isTheirs = (name) => !name.startsWith('app/') && !but.includes(name);
	if (!unless.some((name) => memory.has(name)))
		[...memory.keys()].filter(isTheirs).forEach((name) => memory.delete(name));
	await onTable('readwrite', async (table) => {
		const names = await done(table.getAllKeys());
		if (!unless.some((name) => names.includes(name)))
			await Promise.all(names.filter(isTheirs).map((name) => done(table.delete(name))));
	});
}
