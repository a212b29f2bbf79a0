// lots.js - points by whose they are and when they die: of a movement, and of what a member has.
import { change, day as dayText, points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { html } from '../core/view.js';
import { Change, Name } from './text.js';

const accountName = (account) => ({
	available: t('points.available'), pending: t('points.pending'), held: t('points.held'), debt: t('points.owed'),
})[account] ?? account;

// A change of an account: holding points is neither gain nor loss, and owing more is no gain, whatever its sign.
export function AccountChange({ account, n }) {
	if (account === 'held')
		return html`<span class="number">${change(n)}</span>`;
	return html`<${Change} n=${n} isDebt=${account === 'debt'} />`;
}

// Whose points: the campaign, and under it the sponsor.
const Whose = ({ lot }) => html`<span><${Name} kind="campaign" id=${lot.campaign} />
	${lot.sponsor && html`<span class="small muted block"><${Name} kind="sponsor" id=${lot.sponsor} /></span>`}</span>`;

// Until when such points live. Points that wait have no last day yet; debts have none.
function lastDayOf({ account, last_day: lastDay }) {
	if (account === 'debt')
		return null;
	if (account === 'pending')
		return t('lots.not_yet');
	return lastDay === null ? t('lots.never') : t('lots.expires', { day: dayText(lastDay) });
}

// What a movement did to each of the member's lots.
export function LotChanges({ lots }) {
	return html`<ul class="rows">${lots.map((lot) => html`<li class="row">
		<${Whose} lot=${lot} />
		<span class="end">${accountName(lot.account)}${' '}
			<strong><${AccountChange} account=${lot.account} n=${lot.change} /></strong>
			<span class="small muted block">${lastDayOf(lot)}</span></span>
	</li>`)}</ul>`;
}

// "valid until Jan 31, 2027", of the days at which points that came in die; nothing when none came in.
export function expiryOf(days) {
	if (days.length === 0)
		return null;
	if (days.length > 1)
		return t('lots.expire_first', { day: dayText([...days].filter(Boolean).sort()[0]) });
	return days[0] === null ? t('lots.never') : t('lots.expires', { day: dayText(days[0]) });
}

// One of the member's lots: whose, until when, how many.
export function Lot({ lot }) {
	const held = lot.held > 0 && t('lots.held', { held: lot.held });
	return html`<div class="row">
		<${Whose} lot=${lot} />
		<span class="end"><span class="number">${lot.available > 0 || !held ? points(lot.available) : held}</span>
			${lot.last_day && html`<time class="small muted block" dateTime=${lot.last_day}>
				${t('lots.expires', { day: dayText(lot.last_day) })}</time>`}
			${lot.available > 0 && held && html`<span class="small muted block">+ ${held}</span>`}</span>
	</div>`;
}
