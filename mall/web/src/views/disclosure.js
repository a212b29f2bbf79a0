// disclosure.js - what sponsors must report about the member: every row, sums by year and sponsor, and a CSV made here.
//
// The figures are the ledger's; sums are exact.
import { disclosed, grouped } from '../parts/figures.js';
import { Button } from '../parts/form.js';
import { Pages, useHistory } from '../parts/history.js';
import { keep } from '../parts/keep.js';
import { Page } from '../parts/page.js';
import { csvOf, decimal } from '../parts/sheet.js';
import { useSession } from '../parts/session.js';
import { Empty, Failed, Notice } from '../parts/state.js';
import { Change, Day, Name, Said } from '../parts/text.js';
import { nameOf } from '../core/content.js';
import { money, points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { html, useState } from '../core/view.js';

const PAGE_ROWS = 100;

const pageOf = (member, before) => read('member.disclosure', { member, limit: PAGE_ROWS, ...(before && { before }) });

const keyOf = (row) => `${row.seq}/${row.campaign}/${row.points}`;

const digitsOf = (currency) =>
	new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;

function sheetOf(rows) {
	const headings = [t('disclosure.day'), t('disclosure.entry'), t('disclosure.sponsor'), t('disclosure.campaign'),
		t('disclosure.what'), t('disclosure.reference'), t('disclosure.product'), t('disclosure.nature'),
		t('disclosure.form'), t('disclosure.income'), t('disclosure.points'), t('disclosure.currency'),
		t('disclosure.value')];
	return csvOf(headings, rows.map((row) => [row.day, row.seq, nameOf('sponsor', row.sponsor),
		nameOf('campaign', row.campaign), whatOf(row), row.reference, row.product, row.nature, row.form, row.income,
		row.points, row.currency, decimal(row.value_minor, digitsOf(row.currency))]));
}

// What it was for, in words.
const WHAT = {
	'earn': () => t('disclosure.award'), 'earn.review': () => t('disclosure.award'), 'mature': () => t('disclosure.award'),
	'referral': () => t('told.referral'), 'reverse': () => t('disclosure.reversed'),
	'adjust.points': () => t('disclosure.adjusted'), 'adjust.debt': () => t('told.written_off'),
};

function whatOf(row) {
	const kind = Object.hasOwn(WHAT, row.op) ? WHAT[row.op]() : t('told.other', { operation: row.op });
	if (row.event === undefined)
		return kind;
	return row.op === 'reverse' ? t('told.reversed', { event: nameOf('event', row.event) }) : nameOf('event', row.event);
}

// What a row tells of an award besides: the ledger's words, by the operator's names for them.
const ABOUT = ['product', 'nature', 'form', 'income'];

function Row({ row }) {
	const about = ABOUT.filter((kind) => row[kind] !== undefined).map((kind) => nameOf(kind, row[kind]));
	return html`<li><a href=${href(`/points/${row.seq}`)}>
		<span class="grow"><${Said} text=${whatOf(row)} />
			<span class="small muted block"><${Name} kind="sponsor" id=${row.sponsor} /> · <${Day} day=${row.day} /></span>
			${about.length > 0 && html`<span class="small block"><${Said} text=${about.join(' · ')} /></span>`}</span>
		<span class="how-much"><strong class="number">${money(row.value_minor, row.currency)}</strong>
			<span class="small block"><${Change} n=${row.points} /></span></span>
	</a></li>`;
}

const pointsText = (n) => t('expiring.points', { count: Number(n), points: points(n) });

function Sums({ rows }) {
	const years = grouped(disclosed(rows), (sum) => sum.year);
	return years.map(([year, sums]) => html`<div class="section" key=${year}><h3>${year}</h3>
		<ul class="rows">${sums.map((sum) => html`<li class="row">
			<${Name} kind="sponsor" id=${sum.sponsor} />
			<span class="how-much"><strong class="number">${money(sum.minor, sum.currency)}</strong>
				<span class="small muted block">${pointsText(sum.points)}</span></span>
		</li>`)}</ul></div>`);
}

// All there is, from the newest on; a file never holds half of it.
async function all(member) {
	const rows = [];
	let before;
	do {
		const page = await pageOf(member, before);
		rows.push(...page.rows);
		before = page.next;
	} while (before !== null);
	return rows;
}

function Download({ member }) {
	const [state, setState] = useState({});
	const onClick = async () => {
		setState({ isBusy: true });
		try {
			await keep(`disclosure-${member}.csv`, 'text/csv', sheetOf(await all(member)));
			setState({});
		} catch (error) {
			setState({ error });
		}
	};
	return html`<${Button} busy=${state.isBusy} onClick=${onClick}>${t('disclosure.download')}<//>
		${state.error && html`<${Failed} error=${state.error} retry=${onClick} />`}`;
}

function Reported({ history, member }) {
	return html`<${Pages} history=${history} skeleton=${4} empty=${html`<${Empty} text=${t('disclosure.none')} />`}>
		<section class="section"><h2>${t('disclosure.sums')}</h2>
			${history.next !== null && html`<p class="muted">${t('disclosure.so_far')}</p>`}
			<${Sums} rows=${history.rows} />
			<div class="actions"><${Download} member=${member} /></div></section>
		<section class="section"><h2>${t('disclosure.rows')}</h2>
			<ul class="rows">${history.rows.map((row) => html`<${Row} key=${keyOf(row)} row=${row} />`)}</ul></section>
	<//>`;
}

export default function DisclosureView() {
	const { member } = useSession();
	const history = useHistory(`disclosure/${member}`, (before) => pageOf(member, before), keyOf);
	return html`<${Page} title=${t('disclosure.title')} lead=${t('disclosure.lead')} back="/me">
		<${Notice}><p>${t('disclosure.why')}</p><//>
		<${Reported} history=${history} member=${member} />
	<//>`;
}
