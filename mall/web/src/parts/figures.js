// figures.js - what the screens of points work out by themselves: sums, groups, where a member stands.
//
// Pure, and exact: points may come near 2^53, so sums are BigInt.

export const sumOf = (numbers) => numbers.reduce((sum, each) => sum + BigInt(each), 0n);

// Rows by what nameOf gives, in the order in which the names first come: [[name, rows], ...].
export function grouped(rows, nameOf) {
	const groups = new Map();
	rows.forEach((row) => groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]));
	return [...groups];
}

// Lots that hold something by the month of their last day, the next one first; those that never die last, under ''.
export function lotsByMonth(lots) {
	const live = lots.filter((lot) => lot.available > 0 || lot.held > 0)
		.sort((a, b) => (a.last_day ?? '9').localeCompare(b.last_day ?? '9'));
	return grouped(live, (lot) => lot.last_day?.slice(0, 7) ?? '');
}

// Rows of a disclosure by year, sponsor and currency, newest year first: { year, sponsor, currency, points, minor }.
export function disclosed(rows) {
	const groups = grouped(rows, (row) => `${row.day.slice(0, 4)}/${row.currency}/${row.sponsor}`);
	return groups.map(([, each]) => ({
		year: each[0].day.slice(0, 4), sponsor: each[0].sponsor, currency: each[0].currency,
		points: sumOf(each.map((row) => row.points)), minor: sumOf(each.map((row) => row.value_minor)),
	})).sort((a, b) => b.year.localeCompare(a.year) || a.sponsor.localeCompare(b.sponsor)
		|| a.currency.localeCompare(b.currency));
}

// How often each event paid, among these rows: { "campaign/event": times }.
export function timesOf(rows) {
	const groups = grouped(rows, ({ campaign, event }) => `${campaign}/${event}`);
	return new Map(groups.map(([name, each]) => [name, each.length]));
}

// Where a member stands among the tiers, lowest first: { sorted, own, next, isGiven }. A tier that the points do not
// reach was given by an operator.
export function standing(tiers, { tier, tier_points: earned }) {
	const sorted = [...tiers].sort((a, b) => a.points - b.points);
	const own = sorted.find((each) => each.tier === tier) ?? null;
	const next = sorted.find((each) => each.points > earned && each.points > (own?.points ?? -1)) ?? null;
	return { sorted, own, next, isGiven: own !== null && own.points > earned };
}

// What of an order an entry was about, [{ item, quantity }]: its own pieces where the order's events tell them, else all.
export function piecesAt({ lines, events }, seq) {
	const named = events.find((event) => event.seq === seq)?.lines ?? [];
	if (named.length === 0)
		return lines.map(({ item, quantity }) => ({ item, quantity }));
	const items = new Map(lines.map(({ line, item }) => [line, item]));
	return named.map(({ line, quantity }) => ({ item: items.get(line) ?? '', quantity }));
}
