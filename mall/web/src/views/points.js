// points.js - every movement of the member's points: what it was, whose points, when they die, what was left; checked
// on the spot. Filters live in the address, so that a page can be shared, kept and gone back to.
import { useAbout } from '../parts/about.js';
import { grouped } from '../parts/figures.js';
import { Button, Select } from '../parts/form.js';
import { Pages, useHistory } from '../parts/history.js';
import { AccountChange, expiryOf } from '../parts/lots.js';
import { useMember } from '../parts/member.js';
import { Page } from '../parts/page.js';
import { Proof } from '../parts/proof.js';
import { useSession } from '../parts/session.js';
import { Empty, Notice } from '../parts/state.js';
import { availableOf, campaignsOf, lastDaysOf, namedChanges, sponsorsOf, titleOf } from '../parts/told.js';
import { Change, Points, Said, Time } from '../parts/text.js';
import { nameOf } from '../core/content.js';
import { change as changeText, day as dayText, dayOf, month, points, time } from '../core/format.js';
import { t } from '../core/i18n.js';
import { go, href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { html } from '../core/view.js';

const PAGE_ROWS = 30;

const kinds = () => [
	{ value: '', text: t('points.all') },
	{ value: 'earn', text: t('points.kind_earn') },
	{ value: 'mature', text: t('points.kind_mature') },
	{ value: 'earn.review', text: t('points.kind_review') },
	{ value: 'referral', text: t('points.kind_referral') },
	{ value: 'order.place', text: t('points.kind_place') },
	{ value: 'order.fulfil', text: t('points.kind_fulfil') },
	{ value: 'order.cancel', text: t('points.kind_cancel') },
	{ value: 'order.lapse', text: t('points.kind_lapse') },
	{ value: 'order.refund', text: t('points.kind_refund') },
	{ value: 'expire', text: t('points.kind_expire') },
	{ value: 'reverse', text: t('points.kind_reverse') },
	{ value: 'adjust.points', text: t('points.kind_adjust') },
	{ value: 'adjust.debt', text: t('points.kind_debt') },
	{ value: 'member.opening', text: t('points.kind_opening') },
];

const statement = (member, op) => (before) => read('statement.get', {
	member, limit: PAGE_ROWS, ...(op && { op }), ...(before && { before }),
});

// "Heart health · Northwind Pharma · valid until 31 Jan 2027".
function Origin({ row }) {
	const names = [...campaignsOf(row).map((id) => nameOf('campaign', id)),
		...sponsorsOf(row).map((id) => nameOf('sponsor', id)), expiryOf(lastDaysOf(row))].filter(Boolean);
	return names.length > 0 && html`<p class="small muted"><${Said} text=${names.join(' · ')} /></p>`;
}

// The first of the changes, which is the one that matters; one that is not of what is available says so.
function Amount({ change: [n, name, account] }) {
	if (name === null)
		return html`<span class="movement-change"><${Change} n=${n} /></span>`;
	return html`<span class="movement-aside small muted">${name} <${AccountChange} account=${account} n=${n} /></span>`;
}

// When it counts, and when it was recorded where that is another day.
function when(row) {
	if (dayOf(row.time) === row.day)
		return html`<${Time} ms=${row.time} />`;
	return t('points.dated', { day: dayText(row.day), time: time(row.time) });
}

// What of the change was of the sponsor looked for, where others' points moved too.
function shareOf(row, sponsor) {
	if (sponsor === '' || sponsorsOf(row).length < 2)
		return null;
	const part = { ...row, lots: row.lots.filter((lot) => lot.sponsor === sponsor) };
	return t('points.share', { sponsor: nameOf('sponsor', sponsor), change: changeText(availableOf(part)) });
}

function Movement({ row, about, sponsor }) {
	const [first, ...others] = namedChanges(row);
	const share = shareOf(row, sponsor);
	return html`<li class="movement stack">
		<div class="row">
			<a class="movement-title" href=${href(`/points/${row.seq}`)}><${Said} text=${titleOf(row, about)} /></a>
			${first && html`<${Amount} change=${first} />`}
		</div>
		<${Origin} row=${row} />
		${row.reason && html`<p class="small"><${Said} text=${row.reason} /></p>`}
		${share !== null && html`<p class="small">${share}</p>`}
		<p class="small muted">${when(row)}</p>
		<div class="movement-foot">
			<p class="small muted">${t('points.left')} <${Points} n=${row.available} />
				${others.map(([n, name, account]) => html` · ${name} <${AccountChange} account=${account} n=${n} />`)}</p>
			<${Proof} row=${row} kind="quiet" />
		</div>
	</li>`;
}

function Movements({ history, rows, sponsor }) {
	const about = useAbout(rows);
	return html`<${Pages} history=${history} skeleton=${5} empty=${html`<${Empty} text=${t('points.none')} />`}>
		${rows.length === 0 && html`<p class="muted">
			${history.next === null ? t('points.none') : t('points.none_yet')}</p>`}
		${grouped(rows, (row) => dayOf(row.time).slice(0, 7)).map(([name, each]) => html`<section class="section" key=${name}>
			<h2>${month(name)}</h2>
			<ol class="rows">${each.map((row) =>
				html`<${Movement} key=${row.seq} row=${row} about=${about(row)} sponsor=${sponsor} />`)}</ol>
		</section>`)}
	<//>`;
}

// What the member owes, to whom, and how that ends.
function Debts({ debts }) {
	return debts.length > 0 && html`<${Notice} tone="warn"><p><strong>${t('points.owing')}</strong></p>
		${debts.map(({ campaign, sponsor, owed }) => html`<p>${t('points.owing_what', {
			points: points(owed), campaign: nameOf('campaign', campaign), sponsor: nameOf('sponsor', sponsor),
		})}</p>`)}
		<p><a class="touch" href=${href('/points', { op: 'reverse' })}>${t('points.owing_where')}</a></p><//>`;
}

// The sponsors whose points the member has or had, as far as it is read.
function sponsorOptions(rows, member, chosen) {
	const lots = [...(member?.lots ?? []).map((lot) => lot.sponsor), ...rows.flatMap(sponsorsOf), chosen];
	const ids = [...new Set(lots)].filter(Boolean).sort();
	const options = ids.map((id) => ({ value: id, text: nameOf('sponsor', id) }));
	return [{ value: '', text: t('points.any_sponsor') }, ...options];
}

export default function PointsView({ query }) {
	const { member } = useSession();
	const account = useMember();
	const op = kinds().some(({ value }) => value === query.op) ? query.op : '';
	const history = useHistory(`statement/${member}/${op}`, statement(member, op));
	const sponsor = query.sponsor ?? '';
	const rows = history.rows.filter((row) => sponsor === '' || sponsorsOf(row).includes(sponsor));
	const choose = (change) => go('/points', { replace: true, query: { op, sponsor, ...change } });
	const expiring = html`<${Button} href=${href('/expiring')}>${t('expiring.title')}<//>`;

	return html`<${Page} title=${t('points.title')} lead=${t('points.lead')} actions=${expiring}>
		<${Debts} debts=${account.value?.debts ?? []} />
		<div class="narrow">
			<${Select} label=${t('points.kind')} value=${op} options=${kinds()}
				onChange=${(value) => choose({ op: value })} />
			<${Select} label=${t('points.sponsor')} value=${sponsor}
				options=${sponsorOptions(history.rows, account.value, sponsor)}
				onChange=${(value) => choose({ sponsor: value })} />
		</div>
		<${Movements} history=${history} rows=${rows} sponsor=${sponsor} />
	<//>`;
}
