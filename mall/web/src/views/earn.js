// earn.js - ways to earn: what each campaign pays, what is done of it, what is left, and what waits for whom.
//
// What the ledger does not say is not made up: a limit it does not print is none.
import { useAbout } from '../parts/about.js';
import { Badge } from '../parts/badge.js';
import { useCampaigns } from '../parts/campaigns.js';
import { timesOf } from '../parts/figures.js';
import { Button } from '../parts/form.js';
import { Pages, useHistory } from '../parts/history.js';
import { Page } from '../parts/page.js';
import { isDone, limitText, ruleAmount, ruleNotes, ruleState, sharedText } from '../parts/rules.js';
import { useSession } from '../parts/session.js';
import { Empty, Loaded } from '../parts/state.js';
import { isRejected, namedChanges, titleOf } from '../parts/told.js';
import { Change, Day, Name, Points, Said, Time } from '../parts/text.js';
import { aboutOf, nameOf } from '../core/content.js';
import { day, dayOf, money } from '../core/format.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { html } from '../core/view.js';

const AWARDS_MAX = 100;
const PAGE_ROWS = 50;

// done: what useDone gives.
function Times({ done, campaign, rule }) {
	const name = `${campaign.campaign}/${rule.event}`;
	const count = done.times.get(name) ?? 0;
	const waiting = done.waiting.get(name) ?? 0;
	return html`
		${count > 0 && html`<${Badge} tone="good">
			${done.isWhole ? t('earn.done_times', { count }) : t('earn.done_at_least', { count })}<//>`}
		${waiting > 0 && html`<${Badge} tone="warn">${t('earn.waiting_times', { count: waiting })}<//>`}`;
}

function Rule({ rule, campaign, done }) {
	const state = ruleState(rule);
	const about = aboutOf(rule.event, 'event');
	const notes = [...ruleNotes(rule), ...rule.limits.map(limitText), sharedText(rule)].filter(Boolean);
	return html`<li class="stack">
		<div class="row"><h3><${Name} kind="event" id=${rule.event} /></h3>
			<strong class="number">${ruleAmount(rule)}</strong></div>
		${about && html`<p><${Said} text=${about} /></p>`}
		<div class="badges">${state && html`<${Badge} tone=${state.tone}>${state.text}<//>`}
			<${Times} done=${done} campaign=${campaign} rule=${rule} /></div>
		${notes.length > 0 && html`<ul class="notes small muted">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
	</li>`;
}

function SponsorCap({ cap }) {
	return cap !== undefined && html`<p class="small muted">${t('earn.sponsor_left', {
		left: money(cap.left_minor, cap.currency), most: money(cap.minor, cap.currency),
	})}</p>`;
}

function Campaign({ campaign, done }) {
	const rules = [...campaign.rules].sort((a, b) => isDone(a) - isDone(b));
	return html`<section class="section">
		<div><h2><${Name} kind="campaign" id=${campaign.campaign} /></h2>
			<p class="muted">${t('earn.by', { sponsor: nameOf('sponsor', campaign.sponsor), day: day(campaign.ends) })}</p>
			<${SponsorCap} cap=${campaign.sponsor_cap} /></div>
		${rules.length > 0 && html`<ul class="rows">${rules.map((rule) => html`<${Rule}
			key=${rule.event} rule=${rule} campaign=${campaign} done=${done} />`)}</ul>`}
		${campaign.referral && html`<p><a class="touch" href=${href('/referral')}>${t('earn.referral')}</a></p>`}
	</section>`;
}

// A campaign may stand for points of before, and pay for nothing.
const pays = ({ rules, referral }) => rules.length > 0 || referral !== undefined;

function Campaigns({ campaigns, done }) {
	if (campaigns.length === 0)
		return html`<${Empty} text=${t('earn.none')} />`;
	return campaigns.map((each) => html`<${Campaign} key=${each.campaign} campaign=${each} done=${done} />`);
}

const To = ({ seq, children }) => html`<a class="touch" href=${href(`/points/${seq}`)}>${children}</a>`;

function Award({ award }) {
	const isReview = award.state === 'review';
	return html`<li class="stack">
		<div class="row"><${To} seq=${award.entry}><${Name} kind="event" id=${award.event} /><//>
			<strong class="number"><${Points} n=${award.points} /></strong></div>
		<p class="small muted">${award.product && html`<${Name} kind="product" id=${award.product} /> · `}
			<${Name} kind="campaign" id=${award.campaign} /></p>
		<div class="badges"><${Badge} tone="warn">${isReview ? t('earn.under_review') : t('earn.maturing')}<//></div>
		<p class="small">${isReview ? t('earn.why_review')
			: t('earn.why_maturing', { day: day(dayOf(award.matures)) })}</p>
	</li>`;
}

function Waiting({ live }) {
	return html`<${Loaded} live=${live} rows=${1}>${({ rows }) => rows.length > 0 && html`<section class="section">
		<h2>${t('earn.waiting')}</h2>
		<ul class="rows">${rows.map((award) => html`<${Award} key=${award.entry} award=${award} />`)}</ul>
	</section>`}<//>`;
}

const statement = (member, op) => (before) => read('statement.get', {
	member, op, limit: PAGE_ROWS, ...(before && { before }),
});

// The first thing a row changed: of an award that waits, what is pending.
const firstOf = (row) => namedChanges(row)[0]?.[0] ?? 0;

// What reviewers said lately, with their reasons.
function Reviewed({ rows }) {
	const about = useAbout(rows);
	return rows.length > 0 && html`<section class="section"><h2>${t('earn.reviewed')}</h2>
		<ul class="rows">${rows.map((row) => html`<li key=${row.seq} class="stack">
			<div class="row"><${To} seq=${row.seq}><${Said} text=${titleOf(row, about(row))} /><//>
				<${Change} n=${firstOf(row)} /></div>
			${row.reason && html`<p><${Said} text=${row.reason} /></p>`}
			<p class="small muted"><${Time} ms=${row.time} /></p></li>`)}</ul></section>`;
}

function Done({ history, rows }) {
	const empty = html`<p class="muted">${t('earn.nothing_done')}</p>`;
	return html`<${Pages} history=${history} empty=${empty}>
		${rows.length === 0 ? empty : html`<ul class="rows">${rows.map((row) => html`<li key=${row.seq}>
			<a href=${href(`/points/${row.seq}`)}>
				<span class="grow"><${Said} text=${titleOf(row)} />
					<span class="small muted block">${row.reference && html`<${Said} text=${row.reference} /> · `}
						<${Day} day=${row.day} /></span></span>
				<${Change} n=${firstOf(row)} /></a></li>`)}</ul>`}
	<//>`;
}

// The earns that count: not those that wait, were turned down or taken back. As far as all of these were read.
function useDone(member, waiting) {
	const histories = ['earn', 'earn.review', 'reverse'].map((op) =>
		useHistory(`earned/${member}/${op}`, statement(member, op)));
	const [earned, reviewed, reversed] = histories;
	const gone = [...waiting, ...reviewed.rows.filter(isRejected), ...reversed.rows].map(({ entry }) => entry);
	const rows = earned.rows.filter(({ seq }) => !gone.includes(seq));
	const isWhole = histories.every(({ next }) => next === null);
	return { rows, times: timesOf(rows), waiting: timesOf(waiting), isWhole, earned, reviewed };
}

export default function EarnView() {
	const { member } = useSession();
	const awards = useLive(`awards/${member}`, () => read('award.list', { member, limit: AWARDS_MAX }));
	const done = useDone(member, awards.value?.rows ?? []);
	const invite = html`<${Button} href=${href('/referral')}>${t('referral.title')}<//>`;
	return html`<${Page} title=${t('earn.title')} lead=${t('earn.lead')} actions=${invite}>
		<${Waiting} live=${awards} />
		<${Loaded} live=${useCampaigns()} rows=${4}>${(all) =>
			html`<${Campaigns} campaigns=${all.filter(pays)} done=${done} />`}<//>
		<${Reviewed} rows=${done.reviewed.rows} />
		<section class="section"><h2>${t('earn.done')}</h2><${Done} history=${done.earned} rows=${done.rows} /></section>
	<//>`;
}
