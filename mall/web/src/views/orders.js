// orders.js - the member's orders, newest first, those still being sent above them.
import { html } from '../core/view.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { go, href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { Badge } from '../parts/badge.js';
import { useKept } from '../parts/entry.js';
import { Button, More, Select } from '../parts/form.js';
import { Picture } from '../parts/item.js';
import { GROUPS, pointsOf, stateOf } from '../parts/order-state.js';
import { useSending } from '../parts/outcomes.js';
import { Page } from '../parts/page.js';
import { pointsText } from '../parts/paying.js';
import { useSession } from '../parts/session.js';
import { Empty, Loaded } from '../parts/state.js';
import { Said, Time } from '../parts/text.js';
import { summaryOf, useTitles } from '../parts/titles.js';

const PAGE_ROWS = 1000;
const SHOWN_AT_ONCE = 20;

// All of them: the ledger lists the oldest first, members look for the newest.
async function readOrders(member) {
	const rows = [];
	let from;
	do {
		const page = await read('order.list', { member, ...(from && { from }), limit: PAGE_ROWS });
		rows.push(...page.rows);
		from = page.next;
	} while (from);
	return rows.reverse();
}

function OrderRow({ order, titleOf, state, when }) {
	return html`<li><a href=${href(`/orders/${order.order}`)}>
		<${Picture} item=${order.lines[0].item} />
		<span class="order-what">
			<strong><${Said} text=${summaryOf(order.lines, titleOf)} /></strong>
			<span class="small muted pieces"><span>${when}</span><span>${pointsText(pointsOf(order))}</span></span>
			<span><${Badge} tone=${state.tone}>${t(`shop.state_${state.name}`)}<//></span>
		</span>
	</a></li>`;
}

function OrderRows({ rows }) {
	const [shown, setShown] = useKept('shown', SHOWN_AT_ONCE);
	const page = rows.slice(0, shown);
	const titleOf = useTitles(page.flatMap((order) => order.lines.map((line) => line.item)));
	return html`<ul class="rows orders">
			${page.map((order) => html`<${OrderRow} key=${order.order} order=${order} titleOf=${titleOf}
				state=${stateOf(order)} when=${html`<${Time} ms=${order.placed} />`} />`)}
		</ul>
		<${More} next=${rows.length > shown ? shown : null} onMore=${() => setShown(shown + SHOWN_AT_ONCE)} />`;
}

// Those without an answer yet, whatever the ledger can be asked.
function SendingRows({ orders }) {
	const titleOf = useTitles(orders.flatMap((order) => order.lines.map((line) => line.item)));
	return html`<ul class="rows orders">
		${orders.map((order) => html`<${OrderRow} key=${order.order} order=${order} titleOf=${titleOf}
			state=${{ name: 'sending', tone: 'warn' }} when=${t('shop.now')} />`)}
	</ul>`;
}

function Orders({ rows, group, isSending }) {
	const found = rows.filter(GROUPS[group]);
	if (rows.length === 0)
		return isSending ? null : html`<${Empty} text=${t('shop.no_orders')}>
			<${Button} kind="primary" href=${href('/')}>${t('shop.to_mall')}<//><//>`;
	return html`<${Select} label=${t('shop.show_orders')} value=${group}
			options=${Object.keys(GROUPS).map((value) => ({ value, text: t(`shop.group_${value}`) }))}
			onChange=${(state) => go('/orders', { replace: true, query: state === 'all' ? {} : { state } })} />
		${found.length > 0 ? html`<${OrderRows} key=${group} rows=${found} />`
		: html`<${Empty} text=${t('shop.no_orders_so')} />`}`;
}

export default function OrdersPage({ query }) {
	const { member } = useSession();
	const live = useLive(`orders/${member}`, () => readOrders(member));
	const known = new Set(live.value?.map((row) => row.order));
	const sending = useSending().filter((order) => !known.has(order.order));
	const group = Object.hasOwn(GROUPS, query.state ?? '') ? query.state : 'all';
	return html`<${Page} title=${t('shop.orders')}>
		${sending.length > 0 && html`<${SendingRows} orders=${sending} />`}
		<${Loaded} live=${live} rows=${4}>${(rows) => html`
			<${Orders} rows=${rows} group=${group} isSending=${sending.length > 0} />`}<//>
	<//>`;
}
