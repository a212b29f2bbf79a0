// signin.js - coming in by a one-time link, and what a guest is told who wants more than to look around.
//
// The token is taken from the router once, given to the session, and never shown, kept or logged.
import { Button } from '../parts/form.js';
import { Icon } from '../parts/icon.js';
import { Page } from '../parts/page.js';
import { say } from '../parts/say.js';
import { sentenceOf, Notice } from '../parts/state.js';
import { t } from '../core/i18n.js';
import { waiting } from '../core/outbox.js';
import { go, hasLink, href, takeLink, useRoute } from '../core/router.js';
import { Refused } from '../core/rpc.js';
import { current, ended, signIn } from '../core/session.js';
import { html, useEffect, useRef, useState } from '../core/view.js';

const PASSING = ['busy', 'rate_limited', 'stopping'];

// Why a link did not work, and what to do: the commonest cases in words of their own.
function whyNot(error) {
	if (!(error instanceof Refused))
		return { title: t('signin.lost'), what: t('signin.lost_what'), canRetry: true };
	const { status } = error;
	if (status === 'token_used')
		return { title: t('signin.used'), what: t('signin.used_what') };
	if (status === 'bad_token')
		return { title: t('signin.expired'), what: t('signin.expired_what') };
	return { title: t('signin.failed'), what: sentenceOf(error), canRetry: PASSING.includes(status) };
}

// Uses the link there is; a lost connection keeps it in memory for another try.
function useLink() {
	const link = useRef(null);
	const [state, setState] = useState({ isBusy: hasLink() });
	const enter = async ({ mayReplace } = {}) => {
		setState({ isBusy: true });
		try {
			const { member } = await signIn(link.current.token, { mayReplace });
			say(t('signin.done_as', { member }));
			go(link.current.to, { replace: true });
			link.current = null;
		} catch (error) {
			setState({ isBusy: false, error });
		}
	};
	useRoute(); // A link may come while this is shown.
	useEffect(() => {
		if (hasLink()) {
			link.current = takeLink();
			enter();
		}
	});
	return { ...state, enter };
}

function Steps() {
	return html`<ol class="numbered">
		<li>${t('signin.step_open')}</li><li>${t('signin.step_find')}</li><li>${t('signin.step_back')}</li>
	</ol>`;
}

const gone = () => ({
	revoked_key: t('signin.revoked'), unknown_key: t('signin.revoked'), signed_out: t('signin.signed_out'),
})[ended()];

// What the guest should know of how the session ended.
function Ended({ isUnconfirmed }) {
	if (isUnconfirmed)
		return html`<${Notice} tone="warn"><p>${t('signin.unconfirmed')}</p><//>`;
	return gone() && html`<${Notice} tone=${ended() === 'signed_out' ? 'good' : 'warn'}><p>${gone()}</p><//>`;
}

function Guest() {
	const { query } = useRoute();
	return html`<${Page} title=${t('signin.title')} lead=${t('signin.lead')}>
		<${Ended} isUnconfirmed=${query.unconfirmed === '1'} />
		<${Steps} />
		<p class="muted">${t('signin.why')}</p>
		<div class="actions"><${Button} kind="primary" href=${href('/')}>${t('signin.browse')}<//></div>
	<//>`;
}

// The link is somebody else's than who uses this device: nothing happens before that is wanted.
function Other({ other, onGo }) {
	const names = { other, member: current()?.member };
	const count = waiting().length;
	return html`<${Page} title=${t('signin.switch_ask')}>
		<p>${t('signin.switch_what', names)}</p>
		${count > 0 && html`<${Notice} tone="warn"><p>${t('signin.under_way', { count })}</p><//>`}
		<div class="actions">
			<${Button} kind="primary" href=${href('/')}>${t('signin.stay', names)}<//>
			<${Button} kind="danger" onClick=${onGo}>${t('signin.switch', names)}<//>
		</div>
	<//>`;
}

function NotIn({ error, onRetry }) {
	const { title, what, canRetry } = whyNot(error);
	return html`<${Page} title=${title}>
		<div class="notice bad" role="alert"><${Icon} name="warn" /><p>${what}</p></div>
		<div class="actions">
			${canRetry && html`<${Button} kind="primary" onClick=${onRetry}>${t('signin.again')}<//>`}
			<${Button} href=${href('/')}>${t('signin.browse')}<//>
		</div>
	<//>`;
}

function Busy() {
	return html`<${Page} title=${t('signin.busy')}>
		<p class="busy" role="status"><span class="spinner" aria-hidden="true"></span> ${t('signin.busy_what')}</p>
	<//>`;
}

export default function SignInView() {
	const { isBusy, error, enter } = useLink();
	if (error instanceof Refused && error.status === 'other_member')
		return html`<${Other} other=${error.data.member} onGo=${() => enter({ mayReplace: true })} />`;
	if (error)
		return html`<${NotIn} error=${error} onRetry=${() => enter()} />`;
	if (isBusy)
		return html`<${Busy} />`;
	return html`<${Guest} />`;
}
