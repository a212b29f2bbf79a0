// item-filter.js - what of the catalogue is shown, and in which order. Pure: rows in, rows out.
//
// The filter lives in the address, so that "back" finds it again.
const plain = (text) => text.normalize('NFKC').toLowerCase();

const number = (text) => /^\d{1,16}$/.test(text ?? '') ? Number(text) : undefined;

// The filter an address asks for; what it does not say, or says wrongly, is not filtered by.
export function filterOf(query) {
	return {
		text: query.q ?? '', category: query.category ?? '', least: number(query.min), most: number(query.max),
		isAffordable: query.afford === '1', isInStock: query.stock === '1', sort: query.sort ?? '',
	};
}

// The address's query of a filter; what is at rest is left out.
export function queryOf(filter) {
	const query = {
		q: filter.text, category: filter.category, min: filter.least?.toString(), max: filter.most?.toString(),
		afford: filter.isAffordable && '1', stock: filter.isInStock && '1', sort: filter.sort,
	};
	return Object.fromEntries(Object.entries(query).filter(([, value]) => value));
}

// How many conditions a filter has, its words and its order aside.
export const countOf = (filter) => [filter.category, filter.least !== undefined, filter.most !== undefined,
	filter.isAffordable, filter.isInStock].filter(Boolean).length;

function isShown(row, filter, words) {
	return row.offered
		&& words.every((word) => row.words.includes(word))
		&& (!filter.category || row.category === filter.category)
		&& (filter.least === undefined || row.points >= filter.least)
		&& (filter.most === undefined || row.points <= filter.most)
		&& (!filter.isAffordable || row.for_member?.status === 'accepted')
		&& (!filter.isInStock || row.stock > 0);
}

const ORDERS = {
	'': (a, b) => (b.stock > 0) - (a.stock > 0),
	cheap: (a, b) => a.points - b.points,
	dear: (a, b) => b.points - a.points,
	stock: (a, b) => b.stock - a.stock,
};

// textOf(row): all a person may search for. Without an order of one's own, what is sold out stands last.
export function filterRows(rows, filter, textOf) {
	const words = plain(filter.text).split(/\s+/).filter(Boolean);
	return rows.map((row) => ({ ...row, words: plain(textOf(row)) }))
		.filter((row) => isShown(row, filter, words))
		.sort(ORDERS[Object.hasOwn(ORDERS, filter.sort) ? filter.sort : '']);
}

// The categories there are, once each, in the order of the catalogue.
export const categoriesOf = (rows) => [
	...new Set(rows.filter((row) => row.offered && row.category).map((row) => row.category)),
];
