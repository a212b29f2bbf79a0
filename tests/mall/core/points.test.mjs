// What the screens of points tell and work out: sentences, sums, pages, and that a row is bound to its proven entry.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';

const part = (name) => import(pathToFileURL(join(process.env.MERIT_WEB_SOURCE, 'parts', name)));
const { agrees } = await part('agree.js');
const { disclosed, lotsByMonth, piecesAt, standing, sumOf, timesOf } = await part('figures.js');
const { noPages, rowsOf, takeFirst, takeNext } = await part('pages.js');
const { csvOf, decimal } = await part('sheet.js');

const MOST = Number.MAX_SAFE_INTEGER;

async function speak(language) {
	const { core } = new Browser({ languages: [language] }).open();
	await core.i18n.startLanguage();
	return core;
}

const { told, rules } = await speak('en');
const chinese = await speak('zh');

// ---- What a movement was ----

const lot = (account, change, more) => ({ account, campaign: 'heart', sponsor: 'northwind', last_day: null, change, ...more });
const cups = { pieces: [{ title: 'Cup', quantity: 2 }, { title: 'Book', quantity: 1 }] };

for (const [name, row, about, expected] of [
	['an earn by its event', { op: 'earn', event: 'course', change: 100 }, undefined, 'course'],
	['an order by its items', { op: 'order.place', order: 'o1', change: -90 }, cups, 'Redeemed: Cup × 2 and Book'],
	['an order of which nothing else is known by its name', { op: 'order.place', order: 'o1', change: -90 }, undefined,
		'Redeemed: order o1'],
	['what a review let through', { op: 'earn.review', entry: 4, change: 80, lots: [lot('pending', -80), lot('available', 80)] },
		{ event: 'article' }, 'Approved after review: article'],
	['what a review let through and a debt took whole',
		{ op: 'earn.review', entry: 4, change: 0, lots: [lot('pending', -80), lot('debt', -80)] }, { event: 'article' },
		'Approved after review: article'],
	['what a review turned down', { op: 'earn.review', entry: 4, change: 0, lots: [lot('pending', -80)] },
		{ event: 'article' }, 'Not approved after review: article'],
	['what was taken back', { op: 'reverse', entry: 4, change: -80 }, { event: 'article' }, 'Points taken back for “article”'],
	['an approved proposal by what it carried out', { op: 'proposal.approve', call: 'adjust.points', change: -5 }, undefined,
		'Correction: points taken back'],
	['a kind of later days with its name, in a sentence', { op: 'points.donate', change: -5 }, undefined,
		'Another kind of movement: points.donate'],
	['a name that every object has is no kind', { op: 'constructor', change: 1 }, undefined,
		'Another kind of movement: constructor'],
])
	test(`a movement is told: ${name}`, () => assert.equal(told.titleOf(row, about), expected));

test('every kind of movement is told in Chinese too', () => {
	assert.equal(chinese.told.titleOf({ op: 'order.place', order: 'o1', change: -90 }, cups), '兑换：Cup × 2和Book');
	assert.equal(chinese.told.titleOf({ op: 'expire', change: -5 }), '积分过期');
});

test('changes of accounts are exact, whatever the order of their lots', () => {
	const row = { change: -1, lots: [lot('held', MOST), lot('held', 1), lot('held', -MOST), lot('debt', 3)] };
	assert.deepEqual(told.changesOf(row), { available: -1, pending: 0, held: 1, debt: 3 });
});

// ---- A row is bound to its entry ----

const entry = {
	seq: 17, time: 5, day: '2026-01-01', op: 'order.place', by: 'shop/k1', params: { order: 'o1', member: 'm1' },
	result: { state: 'open' },
	postings: [['member/m1', 'points', [['c1', '2027-01-31', -60, 0], ['c2', 'never', -20, 1]]],
		['member/m1', 'points', [['c2', 'never', -10, 2]]],
		['member/m1/held', 'points', [['c1', '2027-01-31', 60, 0], ['c2', 'never', 30, 1]]]],
};
const moved = (account, campaign, lastDay, change) => ({ account, campaign, sponsor: 's', last_day: lastDay, change });
const lots = [moved('available', 'c1', '2027-01-31', -60), moved('available', 'c2', null, -30),
	moved('held', 'c1', '2027-01-31', 60), moved('held', 'c2', null, 30)];
const row = { seq: 17, time: 5, day: '2026-01-01', op: 'order.place', by: 'shop', order: 'o1', change: -90, lots };

for (const [name, change] of [
	['another number', { seq: 18 }], ['another time', { time: 6 }], ['another day', { day: '2026-01-02' }],
	['another kind', { op: 'earn' }], ['somebody else as who did it', { by: 'm1' }], ['another order', { order: 'o2' }], ['an event that is not there', { event: 'course' }],
	['a call nobody proposed', { call: 'earn' }], ['another change', { change: -89 }],
	['fewer lots', { lots: lots.slice(0, 3) }], ['a lot that never was', { lots: [...lots, moved('debt', 'c1', null, 1)] }],
	['another campaign', { lots: [moved('available', 'c3', '2027-01-31', -60), ...lots.slice(1)] }],
	['another last day', { lots: [moved('available', 'c1', '2028-01-31', -60), ...lots.slice(1)] }],
	['no lots at all', { lots: undefined }],
])
	test(`a row that shows ${name} does not agree with its entry`, () => {
		assert.equal(agrees({ ...row, ...change }, entry, 'm1'), false);
	});

test('a row agrees with its own entry, and with nobody else\'s', () => {
	assert.equal(agrees(row, entry, 'm1'), true);
	assert.equal(agrees(row, entry, 'm2'), false);
	assert.equal(agrees(row, entry, 'm'), false);
});

test('a row of an approval agrees with the call that was carried out', () => {
	const call = { method: 'adjust.points', params: { member: 'm1', campaign: 'c1', points: 5, reason: 'lost' }, result: {} };
	const approval = { ...entry, op: 'proposal.approve', params: { proposal: 'q1' }, result: { done: call },
		postings: [['member/m1', 'points', [['c1', 'never', 5]]]] };
	const told = { ...row, op: 'proposal.approve', proposal: 'q1', call: 'adjust.points', order: undefined, campaign: 'c1',
		reason: 'lost', change: 5, lots: [moved('available', 'c1', null, 5)] };
	assert.equal(agrees(told, approval, 'm1'), true);
	assert.equal(agrees({ ...told, reason: 'found' }, approval, 'm1'), false);
});

test('an entry that moved nothing of the member\'s agrees with a row without lots', () => {
	const asked = { ...entry, op: 'order.refund_request', params: { order: 'o1', reason: 'torn' }, postings: undefined };
	const told = { ...row, op: 'order.refund_request', reason: 'torn', change: 0, lots: [] };
	assert.equal(agrees(told, asked, 'm1'), true);
	assert.equal(agrees(told, { ...asked, postings: entry.postings }, 'm1'), false);
});

for (const [name, postings] of [
	['no list', 7], ['no accounts', [null]], ['no lots', [['member/m1', 'points', 'all']]],
	['a fraction', [['member/m1', 'points', [['c1', null, 0.5]]]]],
])
	test(`an entry whose postings are ${name} agrees with nothing`, () => {
		assert.equal(agrees(row, { ...entry, postings }, 'm1'), false);
	});

test('a debt is owed above zero and booked below', () => {
	const taken = { ...entry, op: 'reverse', params: { entry: 4, reason: 'wrong' },
		postings: [['member/m1/debt', 'points', [['c1', null, -40]]]] };
	const told = { ...row, op: 'reverse', order: undefined, entry: 4, reason: 'wrong', change: 0,
		lots: [moved('debt', 'c1', null, 40)] };
	assert.equal(agrees(told, taken, 'm1'), true);
});

// ---- Pages ----

const bySeq = (each) => each.seq;
const page = (seqs, next) => ({ rows: seqs.map((seq) => ({ seq })), next });
const seqsOf = (kept) => rowsOf(kept).map(bySeq);

test('pages are merged, newest first, and the newest page can come again', () => {
	const kept = noPages();
	takeFirst(kept, page([9, 8], 8), bySeq);
	takeNext(kept, page([7, 5], null), bySeq);
	takeFirst(kept, page([11, 9], 9), bySeq);
	assert.deepEqual(seqsOf(kept), [11, 9, 8, 7, 5]);
	assert.equal(kept.next, null);
});

test('a gap before the newest page throws away what is behind it', () => {
	const kept = noPages();
	takeFirst(kept, page([9, 8], 8), bySeq);
	takeFirst(kept, page([20, 19], 19), bySeq);
	assert.deepEqual(seqsOf(kept), [20, 19]);
	assert.equal(kept.next, 19);
});

test('a newest page that goes back to the beginning leaves nothing to ask for', () => {
	const kept = noPages();
	takeFirst(kept, page([9, 8], 8), bySeq);
	takeFirst(kept, page([9, 8, 7], null), bySeq);
	assert.deepEqual([seqsOf(kept), kept.next], [[9, 8, 7], null]);
});

test('a page that found nothing and goes on keeps the place', () => {
	const kept = noPages();
	takeFirst(kept, page([], 400), bySeq);
	takeNext(kept, page([], 200), bySeq);
	takeFirst(kept, page([], 410), bySeq);
	assert.equal(kept.next, 200);
	takeNext(kept, page([3], null), bySeq);
	takeFirst(kept, page([], 420), bySeq);
	assert.deepEqual([seqsOf(kept), kept.next], [[3], null]);
});

// ---- Figures ----

test('sums are exact beyond what a number holds', () => {
	assert.equal(sumOf([MOST, MOST, -1]), 18014398509481981n);
});

test('lots stand by the month of their last day, the lasting ones last, the empty ones nowhere', () => {
	const lots = [{ last_day: null, available: 1, held: 0 }, { last_day: '2027-03-31', available: 0, held: 2 },
		{ last_day: '2027-01-31', available: 3, held: 0 }, { last_day: '2027-01-15', available: 4, held: 0 },
		{ last_day: null, available: 0, held: 0, pending: 5 }];
	assert.deepEqual(lotsByMonth(lots).map(([name, each]) => [name, each.map(({ available }) => available)]),
		[['2027-01', [4, 3]], ['2027-03', [0]], ['', [1]]]);
});

test('an entry is about the pieces that its order says, and about all where it says nothing', () => {
	const order = {
		lines: [{ line: 0, item: 'cup', quantity: 2 }, { line: 1, item: 'book', quantity: 1 }],
		events: [{ seq: 5, lines: [{ line: 0, quantity: 1 }] }, { seq: 6 }],
	};
	assert.deepEqual(piecesAt(order, 5), [{ item: 'cup', quantity: 1 }]);
	for (const seq of [6, 7])
		assert.deepEqual(piecesAt(order, seq), [{ item: 'cup', quantity: 2 }, { item: 'book', quantity: 1 }]);
});

test('a disclosure is summed by year, sponsor and currency', () => {
	const one = (day, sponsor, currency, points) => ({ day, sponsor, currency, points, value_minor: points * 2 });
	const sums = disclosed([one('2026-02-01', 'b', 'CNY', 5), one('2025-12-31', 'a', 'CNY', 7), one('2026-01-01', 'b', 'CNY', -2),
		one('2026-01-01', 'b', 'EUR', 1)]);
	assert.deepEqual(sums.map(({ year, sponsor, currency, points, minor }) => [year, sponsor, currency, points, minor]),
		[['2026', 'b', 'CNY', 3n, 6n], ['2026', 'b', 'EUR', 1n, 2n], ['2025', 'a', 'CNY', 7n, 14n]]);
});

test('what is done is counted by campaign and event', () => {
	const times = timesOf([{ campaign: 'c', event: 'e' }, { campaign: 'c', event: 'e' }, { campaign: 'd', event: 'e' }]);
	assert.deepEqual([...times], [['c/e', 2], ['d/e', 1]]);
});

const tiers = [{ tier: 'gold', points: 1000 }, { tier: 'silver', points: 300 }];
for (const [name, member, own, next, isGiven] of [
	['none reached', { tier: null, tier_points: 299 }, undefined, 'silver', false],
	['the first, just', { tier: 'silver', tier_points: 300 }, 'silver', 'gold', false],
	['the highest', { tier: 'gold', tier_points: 1000 }, 'gold', undefined, false],
	['one that was given', { tier: 'gold', tier_points: 10 }, 'gold', undefined, true],
	['one given below what is reached already', { tier: 'silver', tier_points: 2000 }, 'silver', undefined, false],
])
	test(`a member stands among the tiers: ${name}`, () => {
		const found = standing(tiers, member);
		assert.deepEqual([found.own?.tier, found.next?.tier, found.isGiven], [own, next, isGiven]);
	});

// ---- Rules ----

const rule = (more) => ({ event: 'course', points: 80, evidence: 'none', limits: [], status: 'accepted', ...more });

test('a rule says what it pays this member, rounded down once', () => {
	assert.equal(rules.ruleAmount(rule({ points: 33, multiplier: 12500 })), '41 points');
	assert.equal(rules.ruleAmount(rule({ points: undefined, maximum: 1 })), 'up to 1 point');
	assert.equal(rules.ruleAmount(rule({ points: MOST })), '9,007,199,254,740,991 points');
});

test('a limit says what is left, and a limit that is not there says nothing', () => {
	assert.equal(rules.limitText({ period: 'month', points: 400, points_left: 300, awards: 2, awards_left: 0 }),
		'This month: 300 of 400 points left · This month: 0 of 2 times left');
	assert.equal(rules.limitText({ period: 'fortnight', points: 1, points_left: 1 }), '');
});

for (const [name, more, expected] of [
	['open', {}, 'Open'],
	['used up for today', { status: 'quota_reached', limits: [{ period: 'day', awards: 1, awards_left: 0 }] }, 'Done for today'],
	['used up for good is finished', { status: 'cap_reached', limits: [{ period: 'day', points: 1, points_left: 0 },
		{ period: 'lifetime', points: 1, points_left: 0 }] }, 'Finished'],
	['a limit that is not the member\'s', { status: 'quota_reached' }, 'Limit reached'],
	['without budget', { status: 'short_budget' }, 'The campaign’s budget is used up'],
	['for a reason of later days', { status: 'moon_full' }, 'Not at the moment'],
])
	test(`a rule tells whether it pays now: ${name}`, () => assert.equal(rules.ruleState(rule(more)).text, expected));

// ---- CSV ----

test('a sheet is RFC 4180, and none of its cells is a formula', () => {
	assert.equal(csvOf(['a', 'b'], [['x,"y"', -5], ['=1+1', undefined], ['-2', '@cmd'], ['two\nlines', '+1']]),
		'\ufeffa,b\r\n"x,""y""",-5\r\n\'=1+1,\r\n-2,\'@cmd\r\n"two\nlines",\'+1\r\n');
});

test('minor units become decimals without a fraction on the way', () => {
	assert.deepEqual([[5, 2], [-5, 2], [123456, 2], [7, 0], [MOST, 2], [1, 3]].map((each) => decimal(...each)),
		['0.05', '-0.05', '1234.56', '7', '90071992547409.91', '0.001']);
});
