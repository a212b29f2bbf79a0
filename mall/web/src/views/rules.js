// rules.js - the terms of the program: the operator's words, the ledger's settings in plain words, sponsors and their
// campaigns, what points buy, privacy, and how anybody checks all this.
import { useCampaigns } from '../parts/campaigns.js';
import { Copy } from '../parts/copy.js';
import { Page } from '../parts/page.js';
import { useProgram } from '../parts/program.js';
import { Loaded } from '../parts/state.js';
import { Day, Name, Said } from '../parts/text.js';
import { list } from '../parts/words.js';
import { aboutOf, terms } from '../core/content.js';
import { t } from '../core/i18n.js';
import { href } from '../core/router.js';
import { html } from '../core/view.js';

const refundPolicy = ({ refund_policy: policy, grace_days: days }) => ({
	restore: t('rules.restore'), grace: t('rules.grace', { count: days }), forfeit: t('rules.forfeit'),
})[policy] ?? policy;

const DAY_MINUTES = 1440;
const DAYS_MAX = 36525; // The ledger's "any".

function holdText(minutes) {
	if (minutes % DAY_MINUTES === 0)
		return t('rules.hold_days', { count: minutes / DAY_MINUTES });
	if (minutes % 60 === 0)
		return t('rules.hold_hours', { count: minutes / 60 });
	return t('rules.hold_minutes', { count: minutes });
}

const settings = (program) => [
	holdText(program.hold_minutes),
	t('rules.receive', { count: program.receive_days }),
	program.late_days < DAYS_MAX && t('rules.late', { count: program.late_days }),
	t('rules.erase', { count: program.erase_days }),
].filter(Boolean);

const className = (name) => ({
	goods: t('rules.goods'), code: t('rules.codes'), service: t('rules.services'), cash: t('rules.cash'),
	medicine: t('rules.medicine'),
})[name] ?? name;

const roundText = (round) => ({
	month: t('rules.round_month'), quarter: t('rules.round_quarter'), year: t('rules.round_year'),
})[round];

// How long points of a campaign live.
function lifeOf({ months, round, from }) {
	if (months === 0)
		return t('rules.never_expire');
	const since = from === 'available' ? t('rules.live_available', { count: months })
		: t('rules.live_occurred', { count: months });
	return t('rules.life', { since, end: roundText(round) ?? '' });
}

function Campaign({ campaign }) {
	const about = aboutOf(campaign.campaign, 'campaign');
	return html`<li class="stack">
		<h4><${Name} kind="campaign" id=${campaign.campaign} /></h4>
		${about && html`<p><${Said} text=${about} /></p>`}
		<ul class="notes small">
			<li><${Day} day=${campaign.starts} /> – <${Day} day=${campaign.ends} /></li>
			<li>${lifeOf(campaign)}</li>
			<li>${campaign.buys.length > 0 ? t('rules.buys', { classes: list(campaign.buys.map(className)) })
				: t('rules.buys_nothing')}</li>
		</ul>
	</li>`;
}

function Sponsors({ campaigns }) {
	const sponsors = [...new Set(campaigns.map(({ sponsor }) => sponsor))];
	if (sponsors.length === 0)
		return html`<p class="muted">${t('rules.no_campaigns')}</p>`;
	return sponsors.map((sponsor) => html`<div key=${sponsor} class="section">
		<h3><${Name} kind="sponsor" id=${sponsor} /></h3>
		${aboutOf(sponsor, 'sponsor') && html`<p class="muted"><${Said} text=${aboutOf(sponsor, 'sponsor')} /></p>`}
		<ul class="rows">${campaigns.filter((each) => each.sponsor === sponsor)
			.map((each) => html`<${Campaign} key=${each.campaign} campaign=${each} />`)}</ul>
	</div>`);
}

const Section = ({ title, children }) => html`<section class="section"><h2>${title}</h2>${children}</section>`;

const Notes = ({ texts }) => html`<ul class="notes">${texts.map((each) => html`<li>${each}</li>`)}</ul>`;

function Terms() {
	const paragraphs = terms();
	return paragraphs.length > 0 && html`<${Section} title=${t('rules.terms')}>
		${paragraphs.map((each) => html`<p><${Said} text=${each} /></p>`)}<//>`;
}

// What the ledger itself was set to.
function Settings({ program }) {
	return html`
		<${Section} title=${t('rules.refunds')}>
			<p>${t('rules.cancel_first')}</p>
			<p>${t('rules.refund_first')} ${refundPolicy(program)}</p><//>
		<${Section} title=${t('rules.orders')}><${Notes} texts=${settings(program)} /><//>`;
}

function Checking({ program }) {
	return html`<${Section} title=${t('rules.check')}>
		<p>${t('rules.check_what')}</p>
		<p class="copyable small"><code>${program.log_key}</code></p>
		<div class="actions"><${Copy} text=${program.log_key} label=${t('rules.copy_key')} /></div>
	<//>`;
}

export default function RulesView() {
	const program = useProgram();
	const privacy = [t('rules.privacy_log'), t('rules.privacy_address'), t('rules.privacy_device'),
		t('rules.privacy_erase')];
	return html`<${Page} title=${t('rules.title')} lead=${t('rules.lead')} back="/me">
		<${Terms} />
		<${Loaded} live=${program} rows=${2}>${(value) => html`<${Settings} program=${value} />`}<//>
		<${Section} title=${t('rules.sponsors')}>
			<p class="muted">${t('rules.sponsors_what')}</p>
			<${Loaded} live=${useCampaigns()} rows=${2}>${(rows) => html`<${Sponsors} campaigns=${rows} />`}<//><//>
		<${Section} title=${t('rules.taking_back')}><p>${t('rules.taking_back_what')}</p><//>
		<${Section} title=${t('rules.privacy')}><${Notes} texts=${privacy} />
			<p><a class="touch" href=${href('/disclosure')}>${t('disclosure.title')}</a></p><//>
		${program.value && html`<${Checking} program=${program.value} />`}
	<//>`;
}
