// tier.js - the member's level: what it is, what the next one takes, what it brings, and until when it counts.
import { useCampaigns } from '../parts/campaigns.js';
import { Badge } from '../parts/badge.js';
import { standing } from '../parts/figures.js';
import { useMember } from '../parts/member.js';
import { Page } from '../parts/page.js';
import { useProgram } from '../parts/program.js';
import { Empty, Loaded } from '../parts/state.js';
import { Name } from '../parts/text.js';
import { aboutOf, nameOf } from '../core/content.js';
import { day as dayText, multiplier, points, today } from '../core/format.js';
import { t } from '../core/i18n.js';
import { html } from '../core/view.js';

function Progress({ next, earned }) {
	const vars = { tier: nameOf('tier', next.tier), count: next.points - earned, points: points(next.points - earned) };
	return html`<div class="progress">
		<label for="tier-progress">${t('tier.to_next', vars)}</label>
		<progress id="tier-progress" max=${next.points} value=${Math.min(earned, next.points)}></progress>
		<p class="small muted number">${t('tier.of', { have: points(earned), need: points(next.points) })}</p>
	</div>`;
}

function Own({ member, tiers }) {
	const { own, next, isGiven } = standing(tiers, member);
	const end = dayText(`${today().slice(0, 4)}-12-31`);
	return html`<section class="card">
		<p class="muted">${t('tier.yours')}</p>
		<p class="big">${own ? html`<${Name} kind="tier" id=${own.tier} />` : t('tier.none_yet')}</p>
		${own && html`<p>${isGiven ? t('tier.given') : t('tier.until', { day: end })}</p>`}
		${next ? html`<${Progress} next=${next} earned=${member.tier_points} />` : own && html`<p>${t('tier.highest')}</p>`}
		<p class="small muted">${t('tier.how', { day: end })}</p>
	</section>`;
}

function All({ member, tiers }) {
	const { sorted } = standing(tiers, member);
	return html`<section class="section"><h2>${t('tier.all')}</h2>
		<ul class="rows">${sorted.map((each) => html`<li key=${each.tier}>
			<div class="row"><strong><${Name} kind="tier" id=${each.tier} /></strong>
				<span class="number">${t('tier.from', { count: each.points, points: points(each.points) })}</span></div>
			${aboutOf(each.tier, 'tier') && html`<p class="small muted">${aboutOf(each.tier, 'tier')}</p>`}
			${each.tier === member.tier && html`<${Badge} tone="good">${t('tier.now')}<//>`}
		</li>`)}</ul></section>`;
}

// Events that pay this member more than once over, now.
function Multiplied() {
	const live = useCampaigns();
	const rules = (live.value ?? [])
		.flatMap(({ campaign, rules: each }) => each.map((rule) => ({ campaign, ...rule })))
		.filter((rule) => rule.multiplier !== undefined);
	return rules.length > 0 && html`<section class="section"><h2>${t('tier.multiplied')}</h2>
		<ul class="rows">${rules.map((rule) => html`<li key=${`${rule.campaign}/${rule.event}`} class="row">
			<span><${Name} kind="event" id=${rule.event} />
				<span class="small muted block"><${Name} kind="campaign" id=${rule.campaign} /></span></span>
			<strong class="number">${multiplier(rule.multiplier)}</strong></li>`)}</ul></section>`;
}

export default function TierView() {
	const member = useMember();
	const program = useProgram();
	return html`<${Page} title=${t('tier.title')} lead=${t('tier.lead')} back="/me">
		<${Loaded} live=${program} rows=${2}>${({ tiers }) => html`<${Loaded} live=${member} rows=${2}>${(value) =>
			(tiers.length === 0 ? html`<${Empty} text=${t('tier.no_tiers')} />`
				: html`<${Own} member=${value} tiers=${tiers} /><${All} member=${value} tiers=${tiers} />`)}<//>`}<//>
		<${Multiplied} />
	<//>`;
}
