// banners.js - what concerns every screen: no connection, figures of before, operations under way, alarms, freezing.
import { html, useEffect, useFollowed, useRef, useState } from '../core/view.js';
import { t } from '../core/i18n.js';
import { subscribe as onOutbox, waiting } from '../core/outbox.js';
import { alarm, subscribe as onProof } from '../core/proof.js';
import { href } from '../core/router.js';
import { say } from './say.js';
import { Notice, sentenceOf } from './state.js';

const PATIENCE_MS = 1500; // An operation answered sooner needs no banner.

function onConnection(fn) {
	window.addEventListener('online', fn);
	window.addEventListener('offline', fn);
	return () => {
		window.removeEventListener('online', fn);
		window.removeEventListener('offline', fn);
	};
}

const useIsOnline = () => useFollowed(() => navigator.onLine !== false, onConnection);

// How many operations have waited for an answer longer than people have patience.
function useSlow() {
	const count = useFollowed(() => waiting().length, onOutbox);
	const [isSlow, setSlow] = useState(false);
	useEffect(() => {
		setSlow(false);
		if (count === 0)
			return undefined;
		const timer = setTimeout(() => setSlow(true), PATIENCE_MS);
		return () => clearTimeout(timer);
	}, [count > 0]);
	return isSlow ? count : 0;
}

const STATES = { frozen: 'shop.frozen', closed: 'shop.closed' };

// With the reason, where the ledger answers but does not take operations now.
function sendingText(count) {
	const status = waiting().find((each) => each.status)?.status;
	return [t('shop.sending_count', { count }), status && t(`status.${status}`)].filter(Boolean).join(' ');
}

// What is to be told: [{ key, tone, text, more }], the gravest first.
function noticesOf({ raised, isOnline, slow, live }) {
	const state = STATES[live.value?.state];
	const asBefore = live.value ? ` ${t('shop.as_before')}` : '';
	return [
		raised && { key: 'alarm', tone: 'bad', text: `${t('shop.alarm')} ${t('shop.alarm_what')}`, link: '/points' },
		!isOnline && { key: 'offline', tone: 'warn', text: t('shop.offline') },
		isOnline && live.error && { key: 'failed', tone: 'warn', text: sentenceOf(live.error) + asBefore },
		slow > 0 && { key: 'sending', icon: 'wait', text: sendingText(slow) },
		state && { key: 'state', tone: 'warn', text: t(state) },
	].filter(Boolean);
}

// Says each notice once, when it appears.
function useVoice(notices) {
	const said = useRef([]);
	const keys = notices.map((notice) => notice.key);
	useEffect(() => {
		notices.filter((notice) => !said.current.includes(notice.key)).forEach((notice) => say(notice.text));
		said.current = keys;
	}, [keys.join()]);
}

// live: the member's, as useMember gave it.
export function Banners({ live }) {
	const isOnline = useIsOnline();
	const slow = useSlow();
	const raised = useFollowed(alarm, onProof);
	const notices = noticesOf({ raised, isOnline, slow, live });
	useVoice(notices);
	return notices.length > 0 && html`<section class="banners" aria-label=${t('shop.notices')}>
		${notices.map(({ key, text, link, ...look }) => html`<${Notice} key=${key} ...${look}>
			<p>${text}</p>${link && html`<p><a href=${href(link)}>${t('shop.alarm_where')}</a></p>`}<//>`)}
	</section>`;
}
