// text.js - how points, days, times and names stand in a sentence.
//
// What is not known is shown as "–", never as 0. Texts of other people are text, isolated from the direction of ours.
import { html } from '../core/view.js';
import { t } from '../core/i18n.js';
import { change, day as dayText, points, time } from '../core/format.js';
import { nameOf } from '../core/content.js';

const isUnknown = (value) => value === undefined || value === null;

// What stands in place of something not known.
function Unknown() {
	return html`<span class="unknown">
		<span aria-hidden="true">–</span><span class="unseen">${t('shop.unknown')}</span>
	</span>`;
}

// A number too long for a phone may break behind a separator, never inside its digits.
const LONG = 12;
const broken = (text) => (text.length <= LONG ? text : text.match(/[^,]+,?/g).map((group) => html`${group}<wbr />`));

// A number of points, without a unit.
export function Points({ n }) {
	return isUnknown(n) ? html`<${Unknown} />` : html`<span class="number">${broken(points(n))}</span>`;
}

// What a movement did: with its sign, and a colour that only repeats it. isDebt: it is owed, so more is no gain.
export function Change({ n, isDebt = false }) {
	if (isUnknown(n))
		return html`<${Unknown} />`;
	const look = isDebt ? 'owing' : 'gain';
	return html`<span class=${n > 0 ? `number ${look}` : 'number'}>${broken(change(n))}</span>`;
}

// A day such as 2026-01-31.
export function Day({ day }) {
	return isUnknown(day) ? html`<${Unknown} />` : html`<time dateTime=${day}>${dayText(day)}</time>`;
}

// A moment in milliseconds.
export function Time({ ms }) {
	if (isUnknown(ms))
		return html`<${Unknown} />`;
	return html`<time dateTime=${new Date(ms).toISOString()}>${time(ms)}</time>`;
}

// A text somebody else wrote: a title, a reason, a tracking number.
export function Said({ text }) {
	return isUnknown(text) ? html`<${Unknown} />` : html`<bdi class="said">${text}</bdi>`;
}

// The name people know a thing by; kind: item, sponsor, campaign, event, category, merchant, tier.
export function Name({ kind, id }) {
	return isUnknown(id) ? html`<${Unknown} />` : html`<${Said} text=${nameOf(kind, id)} />`;
}
