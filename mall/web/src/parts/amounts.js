// amounts.js - arithmetic of points: what an order comes to, which lots together, what dies soon. Pure, integers only.
const SOON_DAYS = 60;
const DAY_MS = 86400000;

// points × quantity, exact; null beyond what the ledger can hold.
export function totalOf(each, quantity) {
	const total = BigInt(each) * BigInt(quantity);
	return total <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(total) : null;
}

// Lots of the lines together: one row for each campaign and last day. amountOf(lot): the points of it.
export function joinLots(lots, amountOf) {
	const joined = new Map();
	for (const lot of lots) {
		const name = `${lot.campaign} ${lot.last_day}`;
		const before = joined.get(name)?.points ?? 0;
		joined.set(name, { ...lot, points: before + amountOf(lot) });
	}
	return [...joined.values()].filter((lot) => lot.points > 0);
}

// Held points past their last day: they die as soon as the hold ends, by cancelling or by time.
export function deadHeld(lots, today) {
	return lots.filter((lot) => lot.last_day !== null && lot.last_day < today).reduce((sum, lot) => sum + lot.held, 0);
}

// The day so many days after another; both YYYY-MM-DD.
export function dayAfter(day, days) {
	return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

// What of the available points dies within 60 days: { points, first, last } or null.
export function expiringSoon(member, today) {
	const end = dayAfter(today, SOON_DAYS);
	const lots = member.lots.filter((lot) => lot.available > 0 && lot.last_day !== null && lot.last_day <= end);
	if (lots.length === 0)
		return null;
	const days = lots.map((lot) => lot.last_day).sort();
	return { points: lots.reduce((sum, lot) => sum + lot.available, 0), first: days[0], last: days.at(-1) };
}
