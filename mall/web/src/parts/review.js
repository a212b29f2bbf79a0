// review.js - the last look before an order is placed: what, where to, the balance before and after, whose points go,
// what a refund would do; and why it was refused, if it was.
import { html } from '../core/view.js';
import { points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { joinLots, totalOf } from './amounts.js';
import { Facts } from './facts.js';
import { useFocusWhen } from './focus.js';
import { Button } from './form.js';
import { titleOf } from './item.js';
import { useSending } from './outcomes.js';
import { Lots, pointsText, refundText } from './paying.js';
import { Refusal, refusalText } from './refusal.js';
import { Loaded, Notice } from './state.js';
import { Points, Said } from './text.js';

// Not known, or not to be had, is no number.
const afterOf = (available, total) => (total !== null && available >= total ? available - total : undefined);

function Balances({ available, total }) {
	return html`<${Facts} rows=${[
		[t('shop.balance_before'), html`<${Points} n=${available} />`],
		[t('shop.this_order'), html`<span class="number">${total === null ? '–' : `−${points(total)}`}</span>`],
		[t('shop.balance_after'), html`<strong><${Points} n=${afterOf(available, total)} /></strong>`],
	]} />`;
}

// The ledger's own answer to "which points would go", for exactly what is to be signed.
const useQuote = (member, line) => useLive(`quote/${member}/${Object.values(line).join('/')}`,
	() => read('order.quote', { member, lines: [line] }));

// Another order of the item that has no answer yet.
function Again({ line, order }) {
	const others = useSending().filter((each) => each.order !== order);
	const isSent = others.some((each) => each.lines.some((other) => other.item === line.item));
	return isSent && html`<${Notice} tone="warn"><p>${t('shop.sent_before')}</p>
		<p><a href=${href('/orders')}>${t('shop.to_orders')}</a></p><//>`;
}

// A quote that only says the price is another is met by the answer to the order, which asks again.
const isHopeless = (quote) => quote !== undefined && quote.status !== 'accepted' && quote.status !== 'price_changed';

// What an offer comes to, and the one confirmation.
export function Review({ row, offer, member, available, confirm, isBusy, isRefused, change }) {
	const quote = useQuote(member, offer.line);
	const total = totalOf(offer.line.points, offer.line.quantity);
	return html`<div class="form">
		<section class="card">
			<h2>${t('shop.you_order')}</h2>
			<p class="row"><span><${Said} text=${titleOf(row)} /> × ${points(offer.line.quantity)}</span>
				<strong><${Points} n=${total} /></strong></p>
			${offer.recipient && html`<h3>${t(`shop.goes_to_${row.delivery}`)}</h3>
				<p><${Said} text=${offer.recipient} /></p>`}
		</section>
		<section class="card"><h2>${t('shop.your_balance')}</h2>
			<${Balances} available=${available} total=${total} /></section>
		<${Loaded} live=${quote} rows=${1}>${(found) => html`
			${found.lots.length > 0 && html`<section class="card">
				<h2>${t('shop.which_points')}</h2>
				<${Lots} lots=${joinLots(found.lots, (lot) => lot.points)} />
			</section>`}
			<section class="card">
				<h2>${t('shop.if_refunded')}</h2>
				<p>${t(row.class === 'code' ? 'shop.cancel_code' : 'shop.cancel_before_sent')}</p>
				<p>${refundText(found.refund)}</p>
			</section>
			${isHopeless(found) && !isRefused && html`<${Notice} tone="warn"><p>${refusalText(found)}</p><//>`}`}<//>
		<${Again} line=${offer.line} order=${offer.order} />
		<div><${Button} disabled=${isBusy} onClick=${change}>${t('shop.change')}<//></div>
		${!isHopeless(quote.value) && html`<div class="confirm">
			<${Button} kind="primary" busy=${isBusy} onClick=${confirm}>
				${t('shop.confirm', { count: total, points: points(total) })}<//>
		</div>`}
	</div>`;
}

const priceText = (before, now) => t(before === now ? 'shop.same_price_what' : 'shop.price_changed_what',
	{ before: pointsText(before), now: pointsText(now) });

// What stands above the review after a refusal: { error, line } of useOffer, or null.
export function Outcome({ refused, row }) {
	const box = useFocusWhen(refused);
	if (!refused)
		return null;
	const { error, line } = refused;
	const isPrice = error.status === 'price_changed';
	return html`<div ref=${box} tabindex="-1"><${Notice} tone=${isPrice ? 'warn' : 'bad'}>
		${isPrice ? html`<p><strong>${t('shop.price_changed')}</strong></p>
			${line.version !== row.version && html`<p>${priceText(line.points, row.points)}</p>`}`
		: html`<${Refusal} refusal=${error} />`}
	<//></div>`;
}
