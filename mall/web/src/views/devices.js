// devices.js - the keys that may act for the member: which device each is on, since when; ending one, signing out.
import { Badge } from '../parts/badge.js';
import { Button, Dialog } from '../parts/form.js';
import { Page } from '../parts/page.js';
import { say } from '../parts/say.js';
import { useSession } from '../parts/session.js';
import { Failed, Loaded, Notice } from '../parts/state.js';
import { Said } from '../parts/text.js';
import { time } from '../core/format.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { act, waiting } from '../core/outbox.js';
import { go, href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { signOut } from '../core/session.js';
import { isLasting } from '../core/store.js';
import { html, useRef, useState } from '../core/view.js';

const SYSTEMS = new Map([['android', 'Android'], ['ios', 'iOS'], ['windows', 'Windows'], ['mac', 'macOS'],
	['linux', 'Linux']]);
const PROGRAMS = new Map([['edge', 'Edge'], ['firefox', 'Firefox'], ['chrome', 'Chrome'], ['safari', 'Safari']]);

function programText(program) {
	const ours = { wechat: t('devices.wechat'), dingtalk: t('devices.dingtalk') };
	return Object.hasOwn(ours, program) ? ours[program] : PROGRAMS.get(program) ?? t('devices.browser');
}

// "android-chrome" in words: "Chrome on Android". Other names stand as they are.
function deviceText(device) {
	if (device === undefined || device === null)
		return t('devices.unnamed');
	const [system, program = ''] = device.split('-');
	if (system === 'other' && program === 'other')
		return t('devices.unnamed');
	if (system !== 'other' && !SYSTEMS.has(system))
		return device;
	return t('devices.on', { program: programText(program), system: SYSTEMS.get(system) ?? t('devices.a_device') });
}

const isLive = (row) => row.revoked === null || row.revoked === undefined;
const endText = (isThis) => (isThis ? t('devices.sign_out') : t('devices.end'));

function Key({ row, isThis, onEnd }) {
	const isEnded = !isLive(row);
	return html`<li class="stack">
		<div class="row"><strong><${Said} text=${deviceText(row.device)} /></strong>
			<span class="badges">${isThis && html`<${Badge} tone="good">${t('devices.this')}<//>`}
				${row.software && html`<${Badge} tone="warn">${t('devices.software')}<//>`}
				${isEnded && html`<${Badge}>${t('devices.ended')}<//>`}</span></div>
		<p class="small muted">${t('devices.since', { time: time(row.added), end: row.key.slice(-4) })}</p>
		${!isEnded && html`<div class="actions"><${Button} kind="danger" onClick=${onEnd}>${endText(isThis)}<//></div>`}
	</li>`;
}

// Ends another device's key at the ledger; ends this one's, and forgets it here.
async function end(member, row, isThis) {
	if (isThis) {
		const isConfirmed = await signOut();
		go(isConfirmed ? '/' : '/in', { replace: true, query: isConfirmed ? {} : { unconfirmed: '1' } });
	} else {
		await act('key.revoke', { party: member, key: row.key }, { intent: `revoke/${row.key}` });
		say(t('devices.ended_now', { device: deviceText(row.device) }));
	}
}

// Asks before a key is ended; row: that key, or null while nothing is asked.
function Question({ row, session, onClose }) {
	const [state, setState] = useState({});
	const isThis = row?.key === session.key;
	const count = waiting().length;
	const asked = useRef(null); // Without a connection an answer may come when the question is another one.
	asked.current = row?.key;
	const close = () => {
		setState({});
		onClose();
	};
	const onClick = async () => {
		const { key } = row;
		setState({ isBusy: true });
		try {
			await end(session.member, row, isThis);
			if (asked.current === key)
				close();
		} catch (error) {
			if (asked.current === key)
				setState({ error });
		}
	};
	const title = isThis ? t('devices.sign_out_ask') : t('devices.end_ask');
	return html`<${Dialog} open=${row !== null} onClose=${close} title=${title}>
		<p><strong><${Said} text=${deviceText(row?.device)} /></strong></p>
		<p>${isThis ? t('devices.sign_out_what') : t('devices.end_what')}</p>
		${isThis && count > 0 && html`<${Notice} tone="warn"><p>${t('signin.under_way', { count })}</p><//>`}
		${state.error && html`<${Failed} error=${state.error} />`}
		<div class="actions">
			<${Button} kind="danger" busy=${state.isBusy} onClick=${onClick}>${endText(isThis)}<//>
			<${Button} onClick=${close}>${t('devices.keep')}<//>
		</div>
	<//>`;
}

// This device first, then the newest.
const sorted = (keys, own) => [...keys].sort((a, b) => (b.key === own) - (a.key === own) || b.added - a.added);

function Keys({ keys, session }) {
	const [asked, setAsked] = useState(null);
	const rows = sorted(keys, session.key);
	const ended = rows.filter((row) => !isLive(row));
	const show = (row) => html`<${Key} key=${row.key} row=${row} isThis=${row.key === session.key}
		onEnd=${() => setAsked(row)} />`;
	return html`
		<ul class="rows">${rows.filter(isLive).map(show)}</ul>
		${ended.length > 0 && html`<details class="technical">
			<summary>${t('devices.ended_list', { count: ended.length })}</summary>
			<ul class="rows">${ended.map(show)}</ul></details>`}
		<${Question} row=${asked} session=${session} onClose=${() => setAsked(null)} />`;
}

export default function DevicesView() {
	const session = useSession();
	const live = useLive(`keys/${session.member}`, () => read('key.list', { party: session.member }));
	return html`<${Page} title=${t('devices.title')} lead=${t('devices.lead')} back="/me">
		${session.software && html`<${Notice} tone="warn"><p><strong>${t('devices.software')}</strong></p>
			<p>${t('devices.software_what')}</p><//>`}
		${!isLasting() && html`<${Notice} tone="warn"><p>${t('devices.passing')}</p><//>`}
		<${Loaded} live=${live} rows=${2}>${({ keys }) => html`<${Keys} keys=${keys} session=${session} />`}<//>
		<p class="muted">${t('devices.more')} <a class="touch" href=${href('/rules')}>${t('rules.title')}</a></p>
	<//>`;
}
