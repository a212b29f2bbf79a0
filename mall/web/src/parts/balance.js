// balance.js - the balance at the head of every screen, and the voice that says when it changed.
//
// A figure not known is "–". Zeros of pending, held and owed are left out: they would only be in the way.
import { html, useEffect, useRef } from '../core/view.js';
import { t } from '../core/i18n.js';
import { dayShort, today } from '../core/format.js';
import { href } from '../core/router.js';
import { expiringSoon } from './amounts.js';
import { say } from './say.js';
import { Points } from './text.js';

function balanceText({ available, held, pending, debt }) {
	const text = t('shop.balance_now', { available, held, pending });
	return debt > 0 ? `${text} ${t('shop.owed_now', { count: debt, debt })}` : text;
}

// Says the new balance once it differs from the one shown before.
function useAnnouncement(member) {
	const before = useRef(null);
	useEffect(() => {
		if (!member)
			return;
		const now = [member.available, member.pending, member.held, member.debt].join(' ');
		if (before.current !== null && before.current !== now)
			say(balanceText(member));
		before.current = now;
	}, [member]);
}

function Expiring({ soon }) {
	const isOneDay = soon.first === soon.last;
	return html`<div>
		<dt>${t('shop.expiring_soon')}</dt>
		<dd><a href=${href('/expiring')}><${Points} n=${soon.points} />${' · '}
			${t(isOneDay ? 'shop.on_day' : 'shop.from_day', { day: dayShort(soon.first) })}</a></dd>
	</div>`;
}

const Figure = ({ label, n, look }) => html`<div class=${look}><dt>${label}</dt><dd><${Points} n=${n} /></dd></div>`;

const Owed = ({ n }) => html`<div class="owed">
	<dt>${t('shop.owed')}</dt><dd><a href=${href('/points')}><${Points} n=${n} /></a></dd>
</div>`;

// live: what useMember gave.
export function Balance({ live }) {
	const member = live.value;
	useAnnouncement(member);
	const soon = member && expiringSoon(member, today());
	return html`<section class="balance-area" aria-label=${t('shop.balance')}>
		<dl class="balance">
			<${Figure} look="main" label=${t('shop.available')} n=${member?.available} />
			${(!member || member.pending > 0) && html`<${Figure} label=${t('shop.pending')} n=${member?.pending} />`}
			${(!member || member.held > 0) && html`<${Figure} label=${t('shop.held')} n=${member?.held} />`}
			${soon && html`<${Expiring} soon=${soon} />`}
			${member?.debt > 0 && html`<${Owed} n=${member.debt} />`}
		</dl>
	</section>`;
}
