// addresses.js - the list of places this member's orders may go: addresses and accounts. Pure: a list in, a list out.
//
// An entry is { id, kind, isDefault, ... }: of kind "address" with name, phone, region, street and postcode, of kind
// "account" with account. At most one of a kind is the default, and one is where there are any.
const SIZE_MAX = 2048; // bytes of a recipient that the ledger takes

// What a merchant reads.
export function recipientText(entry) {
	const { name, phone, region, street, postcode, account } = entry;
	const lines = entry.kind === 'account' ? [account] : [name, phone, region, street, postcode];
	return lines.map((line) => (line ?? '').trim()).filter(Boolean).join('\n');
}

// The names of what is missing or wrong: { field: key of the text }. Empty: all is well.
export function faultsOf(entry) {
	const need = entry.kind === 'account' ? ['account'] : ['name', 'phone', 'region', 'street'];
	const missing = need.filter((field) => !entry[field]?.trim());
	const faults = Object.fromEntries(missing.map((field) => [field, 'shop.fault_missing']));
	if (entry.phone?.trim() && !/^[+\d][\d\s()-]{4,24}$/.test(entry.phone.trim()))
		faults.phone = 'shop.fault_phone';
	if (new TextEncoder().encode(recipientText(entry)).length > SIZE_MAX)
		faults[need.at(-1)] = 'shop.fault_long';
	return faults;
}

// The list with an entry added or changed; the first of its kind, and one marked so, is the default.
export function withEntry(list, entry) {
	const others = list.filter((each) => each.id !== entry.id);
	const isRival = (each) => each.kind === entry.kind && each.isDefault;
	const isDefault = entry.isDefault || !others.some(isRival);
	const demoted = others.map((each) => (isDefault && isRival(each) ? { ...each, isDefault: false } : each));
	const place = list.findIndex((each) => each.id === entry.id);
	const at = place < 0 ? demoted.length : place;
	return [...demoted.slice(0, at), { ...entry, isDefault }, ...demoted.slice(at)];
}

// The list without an entry; the next of its kind becomes the default.
export function withoutEntry(list, id) {
	const gone = list.find((each) => each.id === id);
	const left = list.filter((each) => each.id !== id);
	const heir = gone?.isDefault && left.find((each) => each.kind === gone.kind);
	return left.map((each) => (each === heir ? { ...each, isDefault: true } : each));
}

// The one to begin with, or undefined.
export const defaultOf = (list, kind) => list.find((each) => each.kind === kind && each.isDefault)
	?? list.find((each) => each.kind === kind);
