// expiring.js - which points die when, and which died: both are said plainly.
import { dayAfter } from '../parts/amounts.js';
import { Badge } from '../parts/badge.js';
import { lotsByMonth, sumOf } from '../parts/figures.js';
import { Pages, useHistory } from '../parts/history.js';
import { Lot } from '../parts/lots.js';
import { useMember } from '../parts/member.js';
import { Page } from '../parts/page.js';
import { useSession } from '../parts/session.js';
import { Empty, Loaded, Notice } from '../parts/state.js';
import { campaignsOf } from '../parts/told.js';
import { Change, Day, Said } from '../parts/text.js';
import { nameOf } from '../core/content.js';
import { month, points, today } from '../core/format.js';
import { t } from '../core/i18n.js';
import { href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { html } from '../core/view.js';

const SOON_DAYS = 60;
const PAGE_ROWS = 50;

const pointsText = (n) => t('expiring.points', { count: Number(n), points: points(n) });

function Month({ name, lots, end }) {
	const total = sumOf(lots.map((lot) => lot.available));
	const isSoon = total > 0n && lots[0].last_day !== null && lots[0].last_day <= end;
	return html`<section class="section">
		<div class="row">
			<h3>${name ? month(name) : t('lots.never')}
				${isSoon && html` <${Badge} tone="warn">${t('expiring.soon')}<//>`}</h3>
			${total > 0n && html`<strong class="number">${pointsText(total)}</strong>`}
		</div>
		<ul class="rows">${lots.map((lot) => html`<li><${Lot} lot=${lot} /></li>`)}</ul>
	</section>`;
}

function Pending({ member }) {
	const waiting = sumOf(member.lots.map((lot) => lot.pending));
	return waiting > 0n && html`<p class="muted">
		${t('expiring.pending', { count: Number(waiting), points: points(waiting) })}</p>`;
}

function Coming({ member }) {
	const months = lotsByMonth(member.lots);
	const end = dayAfter(today(), SOON_DAYS);
	return html`
		${months.length === 0 ? html`<${Empty} text=${t('expiring.nothing')} />`
			: html`<p class="muted">${t('expiring.when')}</p>`}
		${months.map(([name, lots]) => html`<${Month} key=${name} name=${name} lots=${lots} end=${end} />`)}
		<${Pending} member=${member} />
		${member.lots.some((lot) => lot.held > 0) && html`<${Notice}><p>${t('expiring.held')}</p><//>`}`;
}

const expired = (member) => (before) => read('statement.get', {
	member, op: 'expire', limit: PAGE_ROWS, ...(before && { before }),
});

// A sum of which not all was read says "at least".
const sumText = (rows, isWhole) => {
	const lost = points(-sumOf(rows.map((row) => row.change)));
	return isWhole ? lost : t('expiring.at_least', { points: lost });
};

function Sums({ history: { rows, next } }) {
	const year = today().slice(0, 4);
	const isYearWhole = next === null || rows.some((row) => row.day < year);
	return html`<dl class="figures">
		<div><dt>${t('expiring.this_year')}</dt>
			<dd class="number">${sumText(rows.filter((row) => row.day.startsWith(year)), isYearWhole)}</dd></div>
		<div><dt>${t('expiring.ever')}</dt><dd class="number">${sumText(rows, next === null)}</dd></div>
	</dl>`;
}

function Expired({ member }) {
	const history = useHistory(`expired/${member}`, expired(member));
	const names = (row) => campaignsOf(row).map((id) => nameOf('campaign', id)).join(' · ');
	return html`<${Pages} history=${history} empty=${html`<p class="muted">${t('expiring.none_expired')}</p>`}>
		<${Sums} history=${history} />
		<ul class="rows">${history.rows.map((row) => html`<li key=${row.seq}><a href=${href(`/points/${row.seq}`)}>
			<span class="grow"><${Said} text=${names(row)} />
				<span class="small muted block"><${Day} day=${row.last_day ?? row.day} /></span></span>
			<${Change} n=${row.change} /></a></li>`)}</ul>
	<//>`;
}

export default function ExpiringView() {
	const { member } = useSession();
	return html`<${Page} title=${t('expiring.title')} lead=${t('expiring.lead')} back="/points">
		<section class="section"><h2>${t('expiring.coming')}</h2>
			<${Loaded} live=${useMember()} rows=${3}>${(value) => html`<${Coming} member=${value} />`}<//></section>
		<section class="section"><h2>${t('expiring.gone')}</h2><${Expired} member=${member} /></section>
	<//>`;
}
