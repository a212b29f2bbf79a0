// referral.js - bringing in colleagues: the member's code, link and QR, what it pays, and how each invitation stands.
import { dayAfter } from '../parts/amounts.js';
import { Badge } from '../parts/badge.js';
import { useCampaigns } from '../parts/campaigns.js';
import { Copy } from '../parts/copy.js';
import { Button, More } from '../parts/form.js';
import { Page } from '../parts/page.js';
import { QrCode } from '../parts/qr.js';
import { isOfAccount, limitText, reasonOf } from '../parts/rules.js';
import { useSession } from '../parts/session.js';
import { Empty, Loaded } from '../parts/state.js';
import { Name, Said, Time } from '../parts/text.js';
import { load, nameOf, referralLink } from '../core/content.js';
import { day as dayText, dayOf, points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { href } from '../core/router.js';
import { read, Refused } from '../core/rpc.js';
import { html, useState } from '../core/view.js';

const PAGE_ROWS = 50;

async function share(link) {
	try {
		await navigator.share({ text: t('referral.invitation'), url: link });
	} catch {
		// The member thought better of it: nothing to say.
	}
}

function Invitation({ member }) {
	const hasCome = useLive('content', load).value; // What did not come is asked for again.
	const link = referralLink(member);
	return html`<section class="card">
		<h2>${t('referral.yours')}</h2>
		<p>${t('referral.code')}</p>
		<p class="copyable"><code>${member}</code></p>
		<div class="actions"><${Copy} text=${member} label=${t('referral.copy_code')} /></div>
		${link ? html`
			<p>${t('referral.link')}</p>
			<p class="copyable small"><code>${link}</code></p>
			<div class="actions">
				<${Copy} text=${link} label=${t('referral.copy_link')} kind="primary" />
				${navigator.share && html`<${Button} onClick=${() => share(link)}>${t('referral.share')}<//>`}
			</div>
			<div class="qr-frame"><${QrCode} text=${link} label=${t('referral.qr')} /></div>
			<p class="small muted">${t('referral.qr_what')}</p>`
			: html`<p class="muted">${hasCome ? t('referral.no_link') : t('referral.link_unknown')}</p>`}
	</section>`;
}

function Terms({ campaign }) {
	const terms = campaign.referral;
	const vars = { event: nameOf('event', terms.event) };
	const amount = (n) => ({ count: n, points: points(n) });
	const notes = [
		terms.referrer_points > 0 && t('referral.you_get', amount(terms.referrer_points)),
		terms.referee_points > 0 && t('referral.they_get', amount(terms.referee_points)),
		terms.window_days > 0 ? t('referral.within', { count: terms.window_days, ...vars }) : t('referral.after', vars),
		...terms.limits.map(limitText),
	].filter(Boolean);
	return html`<li class="stack">
		<h3><${Name} kind="campaign" id=${campaign.campaign} /></h3>
		<p class="small muted"><${Name} kind="sponsor" id=${campaign.sponsor} /></p>
		<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>
		${terms.status !== 'accepted' && !isOfAccount(terms.status) && html`<${Badge} tone="warn">${reasonOf(terms.status)}<//>`}
	</li>`;
}

const STATES = {
	paid: () => ({ tone: 'good', text: t('referral.paid') }),
	flagged: () => ({ tone: 'warn', text: t('referral.flagged') }),
	rejected: () => ({ tone: 'bad', text: t('referral.rejected') }),
	recorded: () => ({ tone: 'accent', text: t('referral.recorded') }),
};

const stateOf = (row) => (STATES[row.state] ?? (() => ({ tone: 'plain', text: row.state })))();

// windows: days to qualify in, by campaign; of campaigns that are over nothing is known.
function stepOf(row, windows) {
	const days = windows.get(row.campaign);
	if (row.state === 'recorded')
		return days ? t('referral.waits_until', { day: dayText(dayAfter(dayOf(row.occurred), days)) }) : t('referral.waits_for_them');
	return { flagged: t('referral.why_flagged'), rejected: t('referral.why_rejected') }[row.state];
}

const Reward = ({ seq }) => html`<a class="touch" href=${href(`/points/${seq}`)}>${t('referral.see_reward')}</a>`;

function Invited({ row, windows }) {
	const { tone, text } = stateOf(row);
	const step = stepOf(row, windows);
	return html`<li class="stack">
		<div class="row"><strong><${Said} text=${row.referee} /></strong><${Badge} tone=${tone}>${text}<//></div>
		<p class="small muted"><${Name} kind="campaign" id=${row.campaign} /> · <${Time} ms=${row.occurred} /></p>
		${step && html`<p class="small">${step}</p>`}
		${row.paid_by !== undefined && html`<p><${Reward} seq=${row.paid_by} /></p>`}
	</li>`;
}

// All pages: a member's own invitations are few.
async function allInvited(member) {
	const rows = [];
	let from;
	do {
		const more = from === undefined ? {} : { from };
		const page = await read('referral.list', { referrer: member, limit: PAGE_ROWS, ...more });
		rows.push(...page.rows);
		from = page.next ?? undefined;
	} while (from !== undefined);
	return rows.reverse();
}

// Who brought the member in: null when nobody did.
const loadReferrer = (member) => read('referral.get', { referee: member }).catch((error) => {
	if (error instanceof Refused && error.status === 'referral_unknown')
		return null;
	throw error;
});

function BroughtBy({ member }) {
	const live = useLive(`referrer/${member}`, () => loadReferrer(member), { poll: false });
	return live.value && html`<p class="muted">${t('referral.brought_by', { referrer: live.value.referrer })}
		${live.value.paid_by !== undefined && html` · <${Reward} seq=${live.value.paid_by} />`}</p>`;
}

function Campaigns({ live }) {
	return html`<${Loaded} live=${live} rows=${2}>${(campaigns) => {
		const paying = campaigns.filter((each) => each.referral);
		return paying.length === 0 ? html`<p class="muted">${t('referral.none_pays')}</p>`
			: html`<ul class="rows">${paying.map((each) => html`<${Terms} key=${each.campaign} campaign=${each} />`)}</ul>`;
	}}<//>`;
}

const SHOWN = 20;

function List({ rows, windows }) {
	const [shown, setShown] = useState(SHOWN);
	if (rows.length === 0)
		return html`<${Empty} text=${t('referral.none')} />`;
	return html`
		<ul class="rows">${rows.slice(0, shown).map((row) => html`<${Invited}
			key=${row.referee} row=${row} windows=${windows} />`)}</ul>
		<${More} next=${rows.length > shown ? shown : null} onMore=${() => setShown(shown + SHOWN)} />`;
}

export default function ReferralView() {
	const { member } = useSession();
	const campaigns = useCampaigns();
	const windows = new Map((campaigns.value ?? []).map((each) => [each.campaign, each.referral?.window_days]));
	const invited = useLive(`referrals/${member}`, () => allInvited(member), { poll: false });
	return html`<${Page} title=${t('referral.title')} lead=${t('referral.lead')} back="/earn">
		<${Invitation} member=${member} />
		<section class="section"><h2>${t('referral.what')}</h2><${Campaigns} live=${campaigns} /></section>
		<section class="section"><h2>${t('referral.invited')}</h2>
			<${Loaded} live=${invited} rows=${2}>${(rows) => html`<${List} rows=${rows} windows=${windows} />`}<//></section>
		<${BroughtBy} member=${member} />
	<//>`;
}
