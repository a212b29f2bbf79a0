// order-actions.js - what a member does with an order: confirm it came, cancel, ask for a refund. Each asks once more.
//
// While an answer is under way the same question is the same operation, however often it is asked.
import { html, useState } from '../core/view.js';
import { today } from '../core/format.js';
import { t } from '../core/i18n.js';
import { act } from '../core/outbox.js';
import { Refused } from '../core/rpc.js';
import { deadHeld } from './amounts.js';
import { focusHeading } from './focus.js';
import { Button, Dialog, Field, Stepper } from './form.js';
import { actionsOf } from './order-state.js';
import { useWaiting } from './outcomes.js';
import { settledSoon, useIsHere } from './patience.js';
import { refusalText } from './refusal.js';
import { say } from './say.js';
import { Notice, sentenceOf } from './state.js';
import { Said } from './text.js';

const REASON_BYTES_MAX = 200;

// What each asks: how many pieces of a line it may be about, whether a reason is needed.
const KINDS = {
	receive: { method: 'order.receive', tone: 'primary' },
	cancel: { method: 'order.cancel', tone: 'danger', most: (line) => line.held, hasReason: true },
	refund: {
		method: 'order.refund_request', tone: 'primary', most: (line) => line.fulfilled - line.requested,
		hasReason: true, needsReason: true,
	},
};

const intentOf = (kind, order) => `${kind}/${order.order}`;

const sizeOf = (text) => new TextEncoder().encode(text).length;

// The lines to name: none where it is all of them.
function linesOf(lines, most, counts) {
	const asked = lines.map((line) => ({ line: line.line, quantity: counts[line.line] ?? most(line) }));
	const isAll = lines.every((line, index) => asked[index].quantity === most(line));
	return isAll ? undefined : asked.filter((each) => each.quantity > 0);
}

function Pieces({ lines, most, counts, setCounts, titleOf }) {
	return lines.map((line) => html`<${Stepper} key=${line.line} min=${0} max=${most(line)}
		label=${html`<${Said} text=${titleOf(line.item)} />`} hint=${t('shop.of_pieces', { count: most(line) })}
		value=${counts[line.line] ?? most(line)}
		onChange=${(count) => setCounts({ ...counts, [line.line]: Math.min(count ?? 0, most(line)) })} />`);
}

// What cancelling brings back only to expire.
function Dead({ order }) {
	const dead = deadHeld(order.lots ?? [], today());
	return dead > 0 && html`<${Notice} tone="warn"><p>${t('shop.cancel_dead', { count: dead, points: dead })}</p><//>`;
}

const reasonLabel = (isNeeded) => (isNeeded ? t('shop.reason') : t('shop.optional', { label: t('shop.reason') }));

function Question({ kind, order, titleOf, refund, close }) {
	const { method, tone, most, hasReason, needsReason } = KINDS[kind];
	const isHere = useIsHere();
	const [counts, setCounts] = useState({});
	const [reason, setReason] = useState('');
	const [fault, setFault] = useState(null);
	const [error, setError] = useState(null);
	const [isBusy, setBusy] = useState(false);
	const lines = most ? order.lines.filter((line) => most(line) > 0) : [];
	const hasChoice = lines.length > 1 || (lines.length === 1 && most(lines[0]) > 1);
	const end = (outcome) => {
		const isOver = outcome === true || outcome === undefined;
		if (isOver)
			say(t(outcome ? `shop.${kind}_done` : 'shop.sending_on'));
		if (!isHere.current)
			return;
		if (isOver) {
			close();
			focusHeading(); // The button that asked may be gone.
			return;
		}
		setError(outcome instanceof Refused ? refusalText(outcome) : sentenceOf(outcome));
		setBusy(false);
	};
	const submit = async (event) => {
		event.preventDefault();
		const text = reason.trim().replace(/\s+/g, ' ');
		const asked = hasChoice ? linesOf(lines, most, counts) : undefined;
		if (needsReason && !text)
			return setFault(t('shop.fault_missing'));
		if (sizeOf(text) > REASON_BYTES_MAX)
			return setFault(t('shop.fault_long'));
		if (asked?.length === 0)
			return setError(t('shop.fault_none'));
		setBusy(true);
		const params = { order: order.order, ...(asked && { lines: asked }), ...(text && { reason: text }) };
		return end(await settledSoon(act(method, params, { intent: intentOf(kind, order) })));
	};
	return html`<form class="form" novalidate onSubmit=${submit}>
		<p>${t(`shop.${kind}_what`)}</p>
		${kind === 'refund' && refund && html`<p class="muted">${refund}</p>`}
		${kind === 'cancel' && html`<${Dead} order=${order} />`}
		${hasChoice && html`<${Pieces} lines=${lines} most=${most} counts=${counts} setCounts=${setCounts}
			titleOf=${titleOf} />`}
		${hasReason && html`<${Field} rows=${2} label=${reasonLabel(needsReason)} value=${reason}
			onInput=${setReason} error=${fault} hint=${t('shop.reason_hint')} />`}
		${error && html`<${Notice} tone="bad"><p role="alert">${error}</p><//>`}
		<div class="actions">
			<${Button} kind=${tone} type="submit" busy=${isBusy}>${t(`shop.${kind}_yes`)}<//>
			<${Button} onClick=${close}>${t('shop.not_now')}<//>
		</div>
	</form>`;
}

// order: as order.get gives it; titleOf: an item's title; refund: what a refund does, in words.
export function OrderActions({ order, titleOf, refund }) {
	const [kind, setKind] = useState(null);
	const can = actionsOf(order);
	const waiting = useWaiting().map((each) => each.intent);
	const offered = Object.keys(KINDS).filter((each) => can[each]);
	const isOpen = kind !== null && can[kind]; // What was done elsewhere meanwhile is not asked any more.
	const close = () => setKind(null);
	return html`<div class="actions" hidden=${offered.length === 0}>
			${offered.map((each) => html`<${Button} key=${each} kind=${each === 'receive' ? 'primary' : 'plain'}
				busy=${waiting.includes(intentOf(each, order))}
				onClick=${() => setKind(each)}>${t(`shop.${each}`)}<//>`)}
		</div>
		<${Dialog} open=${isOpen} onClose=${close} title=${kind ? t(`shop.${kind}`) : ''}>
			${isOpen && html`<${Question} key=${kind} kind=${kind} order=${order} titleOf=${titleOf} refund=${refund}
				close=${close} />`}
		<//>`;
}
