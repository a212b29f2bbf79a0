// state.js - what a screen shows while it has nothing to show: loading, empty, failed.
//
// Never prints an exception's own text: a person is told what happened and what to do.
import { html, useEffect } from '../core/view.js';
import { t } from '../core/i18n.js';
import { touch } from '../core/live.js';
import { Refused, Unreachable } from '../core/rpc.js';
import { Button } from './form.js';
import { Icon } from './icon.js';
import { say } from './say.js';

// Grey bars where rows will be.
export function Skeleton({ rows = 3 }) {
	return html`<div class="skeleton">
		<span class="unseen">${t('shop.loading')}</span>
		${Array.from({ length: rows }, () => html`<div class="bar" aria-hidden="true"></div>`)}
	</div>`;
}

// Nothing is there, and that is no fault.
export function Empty({ text, children }) {
	return html`<div class="empty"><${Icon} name="box" /><p>${text}</p>${children}</div>`;
}

// The sentence for a failure of any kind.
export function sentenceOf(error) {
	if (error instanceof Refused)
		return t(`status.${error.status}`);
	if (!(error instanceof Unreachable))
		return t('status.other');
	return t(navigator.onLine === false ? 'shop.needs_connection' : 'shop.unreachable');
}

// Something could not be read.
export function Failed({ error, retry }) {
	const text = sentenceOf(error);
	useEffect(() => say(text), [text]);
	return html`<div class="notice bad">
		<${Icon} name="warn" />
		<div><p>${text}</p>${retry && html`<${Button} onClick=${retry}>${t('shop.try_again')}<//>`}</div>
	</div>`;
}

// A message that stays on the screen. tone: good, warn, bad or plain.
export function Notice({ tone = 'plain', icon, children }) {
	const picture = icon ?? { good: 'check', warn: 'warn', bad: 'warn' }[tone];
	return html`<div class=${`notice ${tone}`}>
		${picture && html`<${Icon} name=${picture} />`}<div>${children}</div>
	</div>`;
}

// What useLive gave, in each of its states; children: a function of the value.
export function Loaded({ live, rows, children }) {
	if (live.value !== undefined)
		return children(live.value);
	if (live.error)
		return html`<${Failed} error=${live.error} retry=${touch} />`; // Asks for what else failed, too.
	return html`<${Skeleton} rows=${rows} />`;
}
