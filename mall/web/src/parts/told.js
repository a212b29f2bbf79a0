// told.js - what a movement of points was, in a plain sentence.
//
// Pure: rows of statement.get in, texts out. Never shows an operation's name alone.
import { nameOf } from '../core/content.js';
import { list } from './words.js';
import { t } from '../core/i18n.js';

const ACCOUNTS = ['available', 'pending', 'held', 'debt'];

// What was done: of an approved proposal the call that it carried out.
export const deedOf = (row) => row.call ?? row.op;

const sum = (lots) => Number(lots.reduce((all, lot) => all + BigInt(lot.change), 0n));

// How much each account changed, exactly: { available, pending, held, debt }; debt above 0 is owed.
export function changesOf(row) {
	const changes = ACCOUNTS.map((name) => [name, sum((row.lots ?? []).filter((lot) => lot.account === name))]);
	return { ...Object.fromEntries(changes), available: row.change };
}

// What its lots say was done to the available points.
export const availableOf = (row) => sum(row.lots.filter(({ account }) => account === 'available'));

// The changes there are, what is available first: [[change, name of the account, or null for available, account], ...].
export function namedChanges(row) {
	const { pending, held, debt } = changesOf(row);
	const others = [[pending, t('points.pending'), 'pending'], [held, t('points.held'), 'held'],
		[debt, t('points.owed'), 'debt']];
	return [[row.change, null, 'available'], ...others].filter(([n]) => n !== 0);
}

// The texts of a list, each once, as the eye needs them.
const once = (values) => [...new Set(values.filter((each) => each !== undefined && each !== null))];

// Whose points moved: names of sponsors, and of campaigns.
export const sponsorsOf = (row) => once((row.lots ?? []).map((lot) => lot.sponsor));
export const campaignsOf = (row) => once([row.campaign, ...(row.lots ?? []).map((lot) => lot.campaign)]);

// The last days of points that came in; null among them: never.
export const lastDaysOf = (row) => [...new Set((row.lots ?? [])
	.filter((lot) => lot.account === 'available' && lot.change > 0).map((lot) => lot.last_day))];

// Pieces of { title, quantity } in words.
export const itemsOf = (pieces) => list(pieces.map(({ title, quantity }) =>
	(quantity === 1 ? title : t('told.times', { name: title, quantity }))));

// Of an order: with its items where they are known, else with its name.
const ofOrder = (known, unknown) => (row, about) => (about?.pieces
	? known({ items: itemsOf(about.pieces) }) : unknown({ order: row.order ?? '' }));

// Of an award: with its event where that is known.
const ofEvent = (known, unknown) => (row, about) => {
	const event = row.event ?? about?.event;
	return event ? known({ event: nameOf('event', event) }) : unknown();
};

const approved = ofEvent((v) => t('told.approved', v), () => t('told.approved_bare'));
const rejected = ofEvent((v) => t('told.rejected', v), () => t('told.rejected_bare'));

// Rejected, the points go back to whom they came from: what was pending goes, and nothing comes for it.
export function isRejected(row) {
	const { available, pending, debt } = changesOf(row);
	return pending < 0 && available === 0 && debt === 0;
}

const TOLD = {
	'earn': ofEvent(({ event }) => event, () => t('told.earned_bare')),
	'earn.review': (row, about) => (isRejected(row) ? rejected : approved)(row, about),
	'mature': ofEvent((v) => t('told.matured', v), () => t('told.matured_bare')),
	'reverse': ofEvent((v) => t('told.reversed', v), () => t('told.reversed_bare')),
	'referral': () => t('told.referral'),
	'member.opening': () => t('told.opening'),
	'expire': () => t('told.expired'),
	'forfeit': () => t('told.forfeited'),
	'adjust.points': (row) => (row.change < 0 ? t('told.adjusted_down') : t('told.adjusted_up')),
	'adjust.debt': () => t('told.written_off'),
	'order.place': ofOrder((v) => t('told.placed', v), (v) => t('told.placed_bare', v)),
	'order.fulfil': ofOrder((v) => t('told.fulfilled', v), (v) => t('told.fulfilled_bare', v)),
	'order.cancel': ofOrder((v) => t('told.cancelled', v), (v) => t('told.cancelled_bare', v)),
	'order.lapse': ofOrder((v) => t('told.lapsed', v), (v) => t('told.lapsed_bare', v)),
	'order.refund': ofOrder((v) => t('told.refunded', v), (v) => t('told.refunded_bare', v)),
	'order.receive': ofOrder((v) => t('told.received', v), (v) => t('told.received_bare', v)),
	'order.refund_request': ofOrder((v) => t('told.asked', v), (v) => t('told.asked_bare', v)),
	'order.refund_decline': ofOrder((v) => t('told.declined', v), (v) => t('told.declined_bare', v)),
	'key.bind': () => t('told.key_bound'),
	'key.revoke': () => t('told.key_revoked'),
};

// The sentence. `about`: what about.js found out, or nothing yet. What is not known by name is told with its name.
export function titleOf(row, about) {
	const deed = deedOf(row);
	return Object.hasOwn(TOLD, deed) ? TOLD[deed](row, about) : t('told.other', { operation: deed });
}

// An entry of the log, as if it were a row: for what moved no points and so stands in no statement.
export function rowOfEntry({ seq, time, day, op, by, params = {}, result = {} }) {
	return {
		campaign: result.campaign, ...params,
		seq, time, day, op, by: by.split('/')[0], lots: [], change: 0, isOutside: true,
	};
}
