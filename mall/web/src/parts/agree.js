// agree.js - whether what the screen says of a movement is what its proven entry says.
//
// A proof holds for the bytes of an entry; this binds the row beside it to those bytes: what it was, what it was about,
// and every lot that moved. Sums are exact (BigInt). Balances behind an entry stand in no entry and are not compared.
const ACCOUNTS = new Map([['', 'available'], ['/pending', 'pending'], ['/held', 'held'], ['/debt', 'debt']]);
const ABOUT = ['campaign', 'event', 'reference', 'order', 'reason', 'entry', 'last_day'];

// Adds changes up: [[name, n], ...] to sorted [name, sum], those of 0 left out.
function summed(changes) {
	const sums = new Map();
	changes.forEach(([name, n]) => sums.set(name, (sums.get(name) ?? 0n) + n));
	return [...sums].filter(([, sum]) => sum !== 0n).map(([name, sum]) => `${name} ${sum}`).sort();
}

const nameOf = (account, campaign, lastDay) => JSON.stringify([account, campaign, lastDay === 'never' ? null : lastDay]);

// What the entry does to the member's accounts. A debt is booked below zero and shown above.
function booked(entry, member) {
	const own = (entry.postings ?? []).map(([name, unit, lots]) => ({
		account: unit === 'points' && name.startsWith(`member/${member}`)
			? ACCOUNTS.get(name.slice(`member/${member}`.length)) : undefined,
		lots,
	})).filter(({ account }) => account !== undefined);
	return own.flatMap(({ account, lots }) => lots.map(([campaign, lastDay, amount]) =>
		[nameOf(account, campaign, lastDay), account === 'debt' ? -BigInt(amount) : BigInt(amount)]));
}

const shown = (row) => row.lots.map((lot) => [nameOf(lot.account, lot.campaign, lot.last_day), BigInt(lot.change)]);

const isEqual = (a, b) => a.length === b.length && a.every((each, index) => each === b[index]);

// What an entry was about: of an approval, what the call was about that it carried out.
function aboutOf({ op, params, result }) {
	if (op !== 'proposal.approve')
		return { ...result, ...params };
	return { call: result.done.method, ...result.done.result, ...result.done.params };
}

function isSame(row, entry, member) {
	const about = aboutOf(entry);
	const own = row.lots.filter(({ account }) => account === 'available');
	return ['seq', 'time', 'day', 'op'].every((name) => row[name] === entry[name])
		&& row.by === entry.by.split('/')[0]
		&& row.call === about.call
		&& ABOUT.every((name) => row[name] === undefined || row[name] === (about[name] === 'never' ? null : about[name]))
		&& own.reduce((sum, { change }) => sum + BigInt(change), 0n) === BigInt(row.change)
		&& isEqual(summed(shown(row)), summed(booked(entry, member)));
}

// True when both say the same. What cannot be read as a row or an entry agrees with nothing.
export function agrees(row, entry, member) {
	try {
		return isSame(row, entry, member);
	} catch {
		return false;
	}
}
