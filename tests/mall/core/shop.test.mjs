// What the shop works out by itself: filters, sums, states of orders, lists of addresses.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const part = (name) => import(pathToFileURL(join(process.env.MERIT_WEB_SOURCE, 'parts', name)));
const { categoriesOf, countOf, filterOf, filterRows, queryOf } = await part('item-filter.js');
const { deadHeld, expiringSoon, joinLots, totalOf } = await part('amounts.js');
const { actionsOf, GROUPS, pointsOf, stateOf } = await part('order-state.js');
const { defaultOf, faultsOf, recipientText, withEntry, withoutEntry } = await part('addresses.js');

const MOST = Number.MAX_SAFE_INTEGER;

const rows = [
	{ item: 'mug', title: 'Coffee mug', category: 'home', points: 60, stock: 5 },
	{ item: 'pen', title: 'A pen', category: 'home', points: 10, stock: 0 },
	{ item: 'book', title: 'Ｃａｒｄｉｏｌｏｇｙ', category: 'books', points: 180, stock: 9 },
	{ item: 'old', title: 'An old mug', category: 'past', points: 1, stock: 1, offered: false },
].map((row) => ({ offered: true, for_member: { status: row.item === 'mug' ? 'accepted' : 'short_stock' }, ...row }));
const found = (query) => filterRows(rows, filterOf(query), (row) => row.title).map((row) => row.item);

for (const [name, query, expected] of [
	['nothing asked: what is sold out stands last', {}, ['mug', 'book', 'pen']],
	['every word must be there, in any order and case', { q: 'MUG  coffee' }, ['mug']],
	['wide letters are letters', { q: 'cardiology' }, ['book']],
	['a category', { category: 'home' }, ['mug', 'pen']],
	['points from, that number included', { min: '60' }, ['mug', 'book']],
	['points to, that number included', { max: '60' }, ['mug', 'pen']],
	['what is no number is no condition', { min: 'x', max: '-1' }, ['mug', 'book', 'pen']],
	['only what an order of one piece would be accepted for', { afford: '1' }, ['mug']],
	['only what is in stock', { stock: '1' }, ['mug', 'book']],
	['fewest points first', { sort: 'cheap' }, ['pen', 'mug', 'book']],
	['most points first', { sort: 'dear' }, ['book', 'mug', 'pen']],
	['most in stock first', { sort: 'stock' }, ['book', 'mug', 'pen']],
	['an order that does not exist', { sort: 'constructor' }, ['mug', 'book', 'pen']],
])
	test(`the catalogue is filtered: ${name}`, () => assert.deepEqual(found(query), expected));

test('a filter survives the address, and what is at rest leaves none', () => {
	const query = { q: 'mug', category: 'home', min: '0', max: `${MOST}`, afford: '1', stock: '1', sort: 'cheap' };
	assert.deepEqual(queryOf(filterOf(query)), query);
	assert.equal(countOf(filterOf(query)), 5);
	assert.deepEqual(queryOf(filterOf({})), {});
});

test('categories are those of items on offer, once each', () => {
	assert.deepEqual(categoriesOf(rows), ['home', 'books']);
});

test('an order comes to an exact sum, or to none beyond what the ledger holds', () => {
	assert.equal(totalOf(MOST, 1), MOST);
	assert.equal(totalOf(9007199254740, 1000), 9007199254740000);
	assert.equal(totalOf(MOST, 2), null);
});

test('lots of several lines are joined by campaign and last day', () => {
	const lots = [
		{ line: 0, campaign: 'c1', last_day: '2027-01-31', points: 10 },
		{ line: 1, campaign: 'c1', last_day: '2027-01-31', points: 5 },
		{ line: 1, campaign: 'c1', last_day: null, points: 7 },
		{ line: 1, campaign: 'c2', last_day: null, points: 0 },
	];
	assert.deepEqual(joinLots(lots, (lot) => lot.points).map((lot) => [lot.last_day, lot.points]),
		[['2027-01-31', 15], [null, 7]]);
});

test('what expires soon is what is available within 60 days, the last of them included', () => {
	const lots = (...days) => ({ lots: days.map((last_day) => ({ last_day, available: 10 })) });
	assert.equal(expiringSoon(lots(null, '2026-03-03'), '2026-01-01'), null);
	assert.deepEqual(expiringSoon(lots('2026-03-02', '2026-01-31', '2026-03-03'), '2026-01-01'),
		{ points: 20, first: '2026-01-31', last: '2026-03-02' });
	assert.equal(expiringSoon({ lots: [{ last_day: '2026-01-31', available: 0, held: 5 }] }, '2026-01-01'), null);
});

test('held points are dead from the day after their last day', () => {
	const lots = [['2026-01-30', 5], ['2026-01-31', 7], [null, 9]].map(([last_day, held]) => ({ last_day, held }));
	assert.equal(deadHeld(lots, '2026-01-31'), 5);
	assert.equal(deadHeld(lots, '2026-02-01'), 12);
});

const NOTHING = { held: 0, fulfilled: 0, received: 0, requested: 0, refunded: 0, cancelled: 0 };
const line = (more) => ({ points: 30, quantity: 3, ...NOTHING, ...more });
const order = (...lines) => ({ deadline: 1, lines: lines.map(line) });

for (const [state, can, group, ...lines] of [
	['preparing', ['cancel'], 'open', { held: 3 }],
	['preparing', ['cancel'], 'open', { held: 2, cancelled: 1 }],
	['partly_sent', ['receive', 'cancel', 'refund'], 'open', { held: 1, fulfilled: 2 }],
	['partly_sent', ['receive', 'cancel', 'refund'], 'open', { held: 3 }, { fulfilled: 3 }],
	['sent', ['receive', 'refund'], 'open', { fulfilled: 3 }],
	['sent', ['receive', 'refund'], 'open', { fulfilled: 3, received: 2 }],
	['received', ['refund'], 'received', { fulfilled: 3, received: 3 }],
	['received', ['refund'], 'received', { fulfilled: 2, received: 2, cancelled: 1 }],
	['refund_asked', [], 'open', { fulfilled: 3, received: 3, requested: 3 }],
	['refund_asked', ['refund'], 'open', { fulfilled: 3, received: 3, requested: 1 }],
	['partly_refunded', ['refund'], 'returned', { fulfilled: 2, received: 2, refunded: 1 }],
	['refunded', [], 'returned', { refunded: 3 }],
	['refunded', [], 'returned', { refunded: 1, cancelled: 2 }],
	['cancelled', [], 'returned', { cancelled: 3 }],
])
	test(`an order of ${JSON.stringify(lines)} is ${state}`, () => {
		const it = order(...lines);
		assert.equal(stateOf(it).name, state);
		assert.deepEqual(Object.keys(actionsOf(it)).filter((action) => actionsOf(it)[action]), can);
		assert.deepEqual(Object.keys(GROUPS).filter((name) => GROUPS[name](it)), ['all', group]);
		assert.equal(pointsOf(it), 90 * lines.length);
	});

test('an order of codes has its own state, as nothing of it was ever held', () => {
	const codes = { lines: [line({ fulfilled: 3, received: 3 })] };
	assert.equal(stateOf(codes).name, 'code_given');
	assert.ok(GROUPS.received(codes));
	assert.equal(stateOf({ lines: [line({ refunded: 3 })] }).name, 'refunded');
});

const home = {
	kind: 'address', name: ' Li Lei ', phone: '138 0000 0000', region: 'Suzhou', street: '12 Renmin Road\nRoom 3',
};

test('a merchant reads plain lines, and of an account the account alone', () => {
	assert.equal(recipientText(home), 'Li Lei\n138 0000 0000\nSuzhou\n12 Renmin Road\nRoom 3');
	assert.equal(recipientText({ ...home, postcode: '215000' }).split('\n').at(-1), '215000');
	assert.equal(recipientText({ kind: 'account', account: ' 13800000000 ', name: 'x' }), '13800000000');
});

for (const [name, change, faults] of [
	['a whole address', {}, {}],
	['no name', { name: ' ' }, { name: 'shop.fault_missing' }],
	['no phone', { phone: undefined }, { phone: 'shop.fault_missing' }],
	['a phone of letters', { phone: 'call me' }, { phone: 'shop.fault_phone' }],
	['a phone from abroad', { phone: '+49 (89) 1234-567' }, {}],
	['more than the ledger takes', { street: '路'.repeat(700) }, { street: 'shop.fault_long' }],
	['no account', { kind: 'account' }, { account: 'shop.fault_missing' }],
])
	test(`an address is checked: ${name}`, () => assert.deepEqual(faultsOf({ ...home, ...change }), faults));

test('one entry of each kind is the default, whatever is added, changed and removed', () => {
	const add = (list, id, more) => withEntry(list, { id, kind: 'address', ...more });
	let list = add([], 'a1');
	list = add(list, 'a2');
	assert.equal(defaultOf(list, 'address').id, 'a1');
	list = add(list, 'a3', { isDefault: true });
	list = add(list, 'p1', { kind: 'account' });
	assert.deepEqual(list.filter((each) => each.isDefault).map((each) => each.id), ['a3', 'p1']);
	list = add(list, 'a2', { name: 'changed' });
	assert.deepEqual(list.map((each) => each.id), ['a1', 'a2', 'a3', 'p1']);
	list = withoutEntry(list, 'a3');
	assert.equal(defaultOf(list, 'address').id, 'a1');
	assert.equal(defaultOf(withoutEntry(list, 'p1'), 'account'), undefined);
});
