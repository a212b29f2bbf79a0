// movement.js - one movement: what happened, which points, who did it, what it belongs to, and its proof.
//
// An entry that moved none of the member's points stands in no statement; what the member caused is shown all the
// same.
import { useAbout } from '../parts/about.js';
import { Facts } from '../parts/facts.js';
import { AccountChange, LotChanges } from '../parts/lots.js';
import { Page } from '../parts/page.js';
import { Proof } from '../parts/proof.js';
import { useSession } from '../parts/session.js';
import { Empty, Loaded } from '../parts/state.js';
import { campaignsOf, changesOf, deedOf, namedChanges, rowOfEntry, sponsorsOf, titleOf } from '../parts/told.js';
import { Change, Day, Name, Points, Said, Time } from '../parts/text.js';
import { nameOf } from '../core/content.js';
import { day as dayText, multiplier, points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { href } from '../core/router.js';
import { read, readAll, Refused } from '../core/rpc.js';
import { html } from '../core/view.js';

// "Not yours to see" is an answer; any other refusal says nothing about the movement.
function valueOf(answer) {
	if (!(answer instanceof Refused))
		return answer;
	if (['not_found', 'entry_unknown', 'not_permitted'].includes(answer.status))
		return null;
	throw answer;
}

// The row of the statement, the whole entry and, of an award, what it was for; null where it is not the member's.
async function load(member, seq) {
	if (seq === null)
		return { row: null, entry: null, award: null };
	const [page, found, award] = await readAll([
		{ method: 'statement.get', params: { member, before: seq + 1, limit: 1 } },
		{ method: 'entry.get', params: { seq } },
		{ method: 'award.get', params: { entry: seq } },
	]);
	const entry = valueOf(found)?.entry ?? null;
	const row = valueOf(page)?.rows.find((each) => each.seq === seq) ?? (entry && rowOfEntry(entry));
	return { row, entry, award: valueOf(award) };
}

// Who caused it: the member, the ledger by itself, a merchant that has a name, or else somebody of the platform.
function who(by, member) {
	if (by === member)
		return t('movement.by_you');
	if (by === 'system')
		return t('movement.by_system');
	const merchant = nameOf('merchant', by);
	return merchant === by ? t('movement.by_platform', { party: by }) : merchant;
}

const stateOf = (award) => ({
	available: t('movement.award_available'), review: t('movement.award_review'),
	maturing: t('movement.award_maturing'), rejected: t('movement.award_rejected'),
	reversed: t('movement.award_reversed'),
})[award.state] ?? award.state;

const link = (path, text) => html`<a class="touch" href=${href(path)}>${text}</a>`;

function awardFacts(award) {
	if (!award)
		return [];
	const state = stateOf(award);
	return [
		[t('movement.state'), award.reversed !== undefined ? link(`/points/${award.reversed}`, state) : state],
		award.matures !== undefined && award.state !== 'available'
			&& [t('movement.matures'), html`<${Time} ms=${award.matures} />`],
		award.product !== undefined && [t('movement.product'), html`<${Name} kind="product" id=${award.product} />`],
		award.multiplier !== undefined && [t('movement.multiplier'), multiplier(award.multiplier)],
		award.asked !== undefined && [t('movement.asked'), html`<${Points} n=${award.asked} />`],
	];
}

// Of a referral's reward: who is the other one.
function referralFacts(entry, member) {
	if (entry?.op !== 'referral')
		return [];
	const { referrer } = entry.result;
	return [referrer === member ? [t('movement.referee'), html`<${Said} text=${entry.params.referee} />`]
		: [t('movement.referrer'), html`<${Said} text=${referrer} />`]];
}

const nameFacts = (label, kind, ids) => ids.length === 1 && [label, html`<${Name} kind=${kind} id=${ids[0]} />`];

function FactsOf({ row, entry, award, member }) {
	return html`<${Facts} rows=${[
		[t('movement.time'), html`<${Time} ms=${row.time} />`],
		[t('movement.day'), html`<${Day} day=${row.day} />`],
		entry?.belongs_to && [t('movement.belongs_to'), dayText(entry.belongs_to)],
		row.reason && [t('movement.reason'), html`<${Said} text=${row.reason} />`],
		nameFacts(t('movement.campaign'), 'campaign', campaignsOf(row)),
		nameFacts(t('movement.sponsor'), 'sponsor', sponsorsOf(row)),
		row.reference && [t('movement.reference'), html`<${Said} text=${row.reference} />`],
		...awardFacts(award),
		...referralFacts(entry, member),
		row.order && [t('movement.order'), link(`/orders/${row.order}`, row.order)],
		row.entry !== undefined && [t('movement.original'),
			link(`/points/${row.entry}`, t('movement.number', { seq: `${row.entry}` }))],
		[t('movement.by'), who(row.by, member)],
		[t('movement.entry'), html`<span class="number">${row.seq}</span>`],
	]} />`;
}

function Balances({ row }) {
	const { available, pending, held, debt } = changesOf(row);
	const accounts = [[t('points.available'), available, row.available], [t('points.pending'), pending, row.pending],
		[t('points.held'), held, row.held, 'held'], [t('points.owed'), debt, row.debt, 'debt']];
	return html`<div class="scroll close" role="region" aria-label=${t('movement.accounts')} tabindex="0">
		<table class="table"><caption class="unseen">${t('movement.accounts')}</caption>
		<thead><tr><th scope="col">${t('movement.account')}</th><th scope="col" class="end">${t('movement.change')}</th>
			<th scope="col" class="end">${t('movement.after')}</th></tr></thead>
		<tbody>${accounts.filter(([, change], index) => index === 0 || change !== 0)
			.map(([name, change, after, account]) => html`<tr><th scope="row">${name}</th>
				<td class="end"><${AccountChange} account=${account} n=${change} /></td>
				<td class="end"><${Points} n=${after} /></td></tr>`)}</tbody>
	</table></div>`;
}

// Of what went past the member's points into a debt, or paid one down: the whole, and in words where it went.
function splitOf(row) {
	const { available, pending, debt } = changesOf(row);
	if (debt === 0 || pending !== 0 || deedOf(row) === 'adjust.debt')
		return null;
	const whole = available - debt;
	const text = debt > 0 ? t('movement.split_taken', { taken: points(-available), owed: points(debt) })
		: t('movement.split_paid', { got: points(available), paid: points(-debt) });
	return { whole, text };
}

// What it came to: of what is available, or else with the account's name.
function Amount({ row }) {
	const split = splitOf(row);
	if (split)
		return html`<p class="big"><${Change} n=${split.whole} /></p><p>${split.text}</p>`;
	const [first] = namedChanges(row);
	return first && html`<p class="big"><${AccountChange} account=${first[2]} n=${first[0]} />
		${first[1] && html` <span class="small muted">${first[1]}</span>`}</p>`;
}

function Moved({ row }) {
	if (row.isOutside)
		return html`<p class="muted">${t('movement.nothing_moved')}</p>`;
	return html`
		<section class="section"><h2>${t('movement.accounts')}</h2><${Balances} row=${row} /></section>
		${row.lots?.length > 0 && html`<section class="section close"><h2>${t('lots.title')}</h2>
			<${LotChanges} lots=${row.lots} /></section>`}`;
}

function Content({ value, member }) {
	const { row, entry, award } = value;
	return html`
		<div class="card close">
			<${Amount} row=${row} />
			<${FactsOf} row=${row} entry=${entry} award=${award} member=${member} />
		</div>
		<${Moved} row=${row} />
		<section class="section"><h2>${t('movement.proof')}</h2>
			<p class="muted">${entry ? t('movement.proof_what') : t('movement.proof_none')}</p>
			${entry && html`<${Proof} row=${row} entry=${entry} kind="primary" />`}
		</section>
		${entry && html`<details class="technical"><summary>${t('movement.raw', { operation: deedOf(row) })}</summary>
			<pre tabindex="0"><code>${JSON.stringify(entry, null, 2)}</code></pre></details>`}`;
}

export default function MovementView({ path }) {
	const { member } = useSession();
	const seq = /^\d{1,16}$/.test(path[1]) ? Number(path[1]) : null;
	const live = useLive(`movement/${member}/${seq}`, () => load(member, seq), { poll: false });
	const row = live.value?.row;
	const about = useAbout(row ? [row] : []);
	const title = row ? titleOf(row, about(row) ?? live.value.award) : t('movement.title');

	return html`<${Page} title=${title} back="/points">
		<${Loaded} live=${live} rows=${4}>${(value) => (value.row ? html`<${Content} value=${value} member=${member} />`
			: html`<${Empty} text=${t('movement.none')} />`)}<//>
	<//>`;
}
