// order.js - one order: where it stands, what can be done, its codes, where it goes, whose points pay, what happened.
//
// Also the page of an order whose answer has not come yet: it says so, and settles by itself.
import { html, useEffect, useRef, useState } from '../core/view.js';
import { points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { href } from '../core/router.js';
import { read, Refused } from '../core/rpc.js';
import { joinLots } from '../parts/amounts.js';
import { Badge } from '../parts/badge.js';
import { Codes } from '../parts/codes.js';
import { Facts } from '../parts/facts.js';
import { Button } from '../parts/form.js';
import { Picture } from '../parts/item.js';
import { OrderActions } from '../parts/order-actions.js';
import { pointsOf, stateOf } from '../parts/order-state.js';
import { useRefusal, useSending } from '../parts/outcomes.js';
import { Page } from '../parts/page.js';
import { Lots, pointsText, refundText } from '../parts/paying.js';
import { useProgram } from '../parts/program.js';
import { Recipient } from '../parts/recipient.js';
import { Refusal } from '../parts/refusal.js';
import { say } from '../parts/say.js';
import { Empty, Loaded, Notice, Skeleton } from '../parts/state.js';
import { Points, Said, Time } from '../parts/text.js';
import { Timeline } from '../parts/timeline.js';
import { summaryOf, useTitles } from '../parts/titles.js';

// The order, or null where there is none of this name.
async function readOrder(order) {
	try {
		return await read('order.get', { order });
	} catch (error) {
		if (error instanceof Refused && ['order_unknown', 'not_found', 'bad_params'].includes(error.status))
			return null;
		throw error;
	}
}

function Line({ line, titleOf }) {
	const parts = ['held', 'fulfilled', 'refunded', 'cancelled']
		.filter((name) => line[name] > 0 && line[name] < line.quantity)
		.map((name) => t(`shop.pieces_${name}`, { count: line[name] }));
	return html`<li class="order-line">
		<${Picture} item=${line.item} />
		<span class="order-what">
			<a href=${href(`/items/${line.item}`)}><${Said} text=${titleOf(line.item)} /></a>
			<span class="small muted">${points(line.quantity)} × ${pointsText(line.points)}</span>
			${parts.length > 0 && html`<span class="small">${parts.join(' · ')}</span>`}
		</span>
		<strong><${Points} n=${line.points * line.quantity} /></strong>
	</li>`;
}

const lotPoints = (lot) => lot.held + lot.captured;

function Summary({ order }) {
	return html`<${Facts} rows=${[
		[t('shop.order_name'), html`<bdi class="mono">${order.order}</bdi>`],
		[t('shop.placed_at'), html`<${Time} ms=${order.placed} />`],
		[t('shop.total'), html`<${Points} n=${pointsOf(order)} />`],
		order.lines.some((line) => line.held > 0) && [t('shop.deadline'), html`<${Time} ms=${order.deadline} />`],
	]} />`;
}

function Placed({ order }) {
	return html`<${Notice} tone="good"><p><strong>${t('shop.placed')}</strong></p>
		<p>${t(order.codes > 0 ? 'shop.placed_code' : 'shop.placed_held')}</p><//>`;
}

function Order({ order, titleOf, isNew }) {
	const program = useProgram().value;
	const state = stateOf(order);
	const lots = joinLots(order.lots ?? [], lotPoints);
	const refund = program && refundText({ policy: program.refund_policy, grace_days: program.grace_days });
	return html`${isNew && order.events.length === 1 && html`<${Placed} order=${order} />`}
		<p><${Badge} tone=${state.tone}>${t(`shop.state_${state.name}`)}<//>${' '}
			<span class="muted">${t(`shop.means_${state.name}`)}</span></p>
		<${OrderActions} order=${order} titleOf=${titleOf} refund=${refund} />
		${order.codes > 0 && html`<${Codes} order=${order.order} count=${order.codes} titleOf=${titleOf} />`}
		<div class="order-page">
			<section class="card"><h2>${t('shop.ordered')}</h2>
				<ul>${order.lines.map((line) => html`
					<${Line} key=${line.line} line=${line} titleOf=${titleOf} />`)}</ul>
				<${Summary} order=${order} />
			</section>
			<section class="card"><h2>${t('shop.timeline')}</h2><${Timeline} order=${order} /></section>
			${order.recipient && html`<section class="card"><h2>${t('shop.goes_to')}</h2>
				<${Recipient} order=${order} /></section>`}
			${lots.length > 0 && html`<section class="card"><h2>${t('shop.paid_by')}</h2><${Lots} lots=${lots} />
				${refund && html`<p class="small muted">${refund}</p>`}</section>`}
		</div>`;
}

function Sending({ params, titleOf }) {
	return html`<${Notice} icon="wait"><p><strong>${t('shop.sending')}</strong></p><p>${t('shop.sending_what')}</p><//>
		<section class="card"><h2>${t('shop.ordered')}</h2>
			<ul>${params.lines.map((line) => html`<li class="row" key=${line.item}>
				<span><${Said} text=${titleOf(line.item)} /> × ${points(line.quantity)}</span>
				<strong><${Points} n=${line.points * line.quantity} /></strong></li>`)}</ul>
		</section>`;
}

// No order of this name in the ledger: it was refused, or never was.
function Absent({ order }) {
	const refusal = useRefusal(order);
	if (refusal === undefined)
		return html`<${Skeleton} rows=${2} />`;
	if (refusal === null)
		return html`<${Empty} text=${t('shop.no_order')}>
			<${Button} href=${href('/orders')}>${t('shop.to_orders')}<//><//>`;
	return html`<${Notice} tone="bad"><${Refusal} refusal=${refusal} /><//>
		<div class="actions"><${Button} href=${href(`/items/${refusal.lines[0].item}`)}>${t('shop.to_item')}<//></div>`;
}

// Once it is no longer under way, what became of it is read and said. True until it is read.
function useSettling(isSending, live) {
	const wasSending = useRef(false);
	const [isSettling, setSettling] = useState(false);
	useEffect(() => {
		if (wasSending.current && !isSending) {
			setSettling(true);
			live.reload().finally(() => setSettling(false));
			say(t('shop.settled'));
		}
		wasSending.current = isSending;
	}, [isSending]);
	return isSettling;
}

export default function OrderPage({ path, query }) {
	const name = path[1];
	const live = useLive(`order/${name}`, () => readOrder(name));
	const sending = useSending().find((each) => each.order === name);
	const isSettling = useSettling(sending !== undefined, live);
	const order = live.value;
	const lines = (order ?? sending)?.lines ?? [];
	const titleOf = useTitles(lines.map((line) => line.item));
	const title = lines.length > 0 ? t('shop.order_of', { title: summaryOf(lines, titleOf) }) : t('shop.order');
	return html`<${Page} title=${title} back="/orders">
		${sending && !order ? html`<${Sending} params=${sending} titleOf=${titleOf} />`
		: isSettling && !order ? html`<${Skeleton} rows=${2} />`
		: html`<${Loaded} live=${live} rows=${3}>${(found) => found
			? html`<${Order} order=${found} titleOf=${titleOf} isNew=${query.placed === '1'} />`
			: html`<${Absent} order=${name} />`}<//>`}
	<//>`;
}
