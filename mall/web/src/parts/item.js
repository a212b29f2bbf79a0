// item.js - what an item is called, what it costs, and whether this member can have it now, in words.
//
// The ledger decides (for_member of item.get and item.list); nothing here decides again.
import { html } from '../core/view.js';
import { nameOf, pictureOf } from '../core/content.js';
import { points } from '../core/format.js';
import { has, t } from '../core/i18n.js';
import { Badge } from './badge.js';
import { Icon } from './icon.js';

const NEARLY_GONE = 5;

// The mall's name of an item, else the title in the ledger, else its name there.
export function titleOf(row) {
	const name = nameOf('item', row.item);
	return name === row.item ? row.title ?? row.item : name;
}

// Decorative: the title always stands beside it.
export function Picture({ item }) {
	const url = pictureOf(item);
	return html`<div class="picture">
		${url ? html`<img src=${url} alt="" loading="lazy" decoding="async" width="600" height="450" />`
		: html`<${Icon} name="box" />`}
	</div>`;
}

// What is left, in words.
export function Stock({ row }) {
	if (row.stock <= 0)
		return html`<${Badge} tone="bad">${t('shop.sold_out')}<//>`;
	if (row.stock <= NEARLY_GONE)
		return html`<${Badge} tone="warn">${t('shop.only_left', { count: row.stock })}<//>`;
	return html`<span class="muted small">${t('shop.stock_left', { count: row.stock })}</span>`;
}

const PERIODS = ['day', 'month', 'year', 'lifetime'];

// The periods in which a member may have so many of the item, the shortest first.
export const limitsOf = (row) => PERIODS.filter((period) => row[`limit_${period}`]);

// Which limit it is and when it begins anew; of several nobody says which was reached.
function againText(row) {
	const [period, ...others] = limitsOf(row);
	return others.length === 0 && t(`shop.again_${period}`, { count: row[`limit_${period}`] });
}

// Why the member cannot have one now; null when they can, or when nobody is signed in.
export function whyNot(row) {
	if (!row.offered)
		return t('shop.why_item_closed');
	const mine = row.for_member;
	if (!mine || mine.status === 'accepted')
		return null;
	const missing = Math.max(0, row.points - mine.eligible);
	if (mine.status === 'short_points')
		return t('shop.why_short_points', { count: missing, missing });
	const again = mine.status === 'limit_reached' && againText(row);
	const key = `shop.why_${mine.status}`;
	return [t(has(key) ? key : 'shop.why_other'), again].filter(Boolean).join(' · ');
}

// "300 of your 500 points can buy this", where that is not all of them.
export function eligibleText(row, available) {
	const { eligible, status } = row.for_member ?? {};
	const isKnown = eligible !== undefined && available !== undefined;
	if (!isKnown || status === 'item_barred' || available === 0 || eligible === available)
		return null;
	return t('shop.eligible_of', { eligible: points(eligible), available: points(available) });
}

// The price of a piece.
export function Price({ n }) {
	return html`<span class="price number">${t('shop.price', { count: n, points: points(n) })}</span>`;
}
