// timeline.js - what happened to an order, oldest first; each step leads to its entry, where it can be verified.
import { html } from '../core/view.js';
import { nameOf } from '../core/content.js';
import { has, t } from '../core/i18n.js';
import { href } from '../core/router.js';
import { Copy } from './copy.js';
import { Said, Time } from './text.js';

const countOf = (event) => (event.lines ?? []).reduce((sum, line) => sum + line.quantity, 0);

// Who did it: the member, the ledger by itself, a merchant of the order, or else somebody of the platform.
function byWhom(by, order) {
	const party = by.split('/')[0];
	if (party === order.member)
		return t('shop.by_you');
	if (party === 'system')
		return t('shop.by_itself');
	return order.lines.some((line) => line.merchant === party)
		? t('shop.by_party', { party: nameOf('merchant', party) }) : t('shop.by_platform');
}

// Operations a newer ledger may have are named as they are.
const what = (event) => {
	const key = `shop.event_${event.op.replace('.', '_')}`;
	return has(key) ? t(key, { count: countOf(event) }) : t('shop.event_unknown', { op: event.op });
};

function Tracking({ event }) {
	return html`${event.carrier && html`<p class="small">${t('shop.carrier')} <${Said} text=${event.carrier} /></p>`}
		${event.tracking && html`<p class="small tracking">
			<span>${t('shop.tracking')} <bdi class="mono">${event.tracking}</bdi></span>
			<${Copy} kind="quiet" text=${event.tracking} label=${t('shop.copy_tracking')} /></p>`}`;
}

// order: as order.get gives it.
export function Timeline({ order }) {
	return html`<ol class="timeline">
		${order.more && html`<li><p class="muted">${t('shop.older_events')}</p></li>`}
		${order.events.map((event) => html`<li key=${event.seq}>
			<p><strong>${what(event)}</strong></p>
			<p class="small muted"><${Time} ms=${event.time} /> · ${byWhom(event.by, order)}</p>
			${event.reason && html`<p class="small"><${Said} text=${event.reason} /></p>`}
			${(event.carrier || event.tracking) && html`<${Tracking} event=${event} />`}
			<p class="small"><a class="proof-link" href=${href(`/points/${event.seq}`)}>
				${t('shop.proof_of', { seq: `${event.seq}` })}</a></p>
		</li>`)}
	</ol>`;
}
