// item.js - one item: what it is, what it costs, whose points would pay, and why not if not.
import { html } from '../core/view.js';
import { aboutOf, nameOf } from '../core/content.js';
import { t } from '../core/i18n.js';
import { stateOf, useLive } from '../core/live.js';
import { href } from '../core/router.js';
import { read, readAll, Refused } from '../core/rpc.js';
import { joinLots } from '../parts/amounts.js';
import { Facts } from '../parts/facts.js';
import { Button } from '../parts/form.js';
import { eligibleText, limitsOf, Picture, Price, Stock, titleOf, whyNot } from '../parts/item.js';
import { useMember } from '../parts/member.js';
import { Page } from '../parts/page.js';
import { Lots, refundText } from '../parts/paying.js';
import { useProgram } from '../parts/program.js';
import { useSession } from '../parts/session.js';
import { Empty, Loaded, Notice } from '../parts/state.js';
import { Name, Said } from '../parts/text.js';

const onePiece = (row) => [{ item: row.item, version: row.version, points: row.points, quantity: 1 }];

// The item, and for a member which points one piece would take. An item that is not there is null.
async function readItem(item, member) {
	try {
		const row = await read('item.get', { item, ...(member && { member }) });
		if (!member)
			return { row, quote: null };
		const [quote] = await readAll([{ method: 'order.quote', params: { member, lines: onePiece(row) } }]);
		return { row, quote: quote instanceof Error ? null : quote };
	} catch (error) {
		if (error instanceof Refused && ['item_unknown', 'not_found', 'bad_params'].includes(error.status))
			return { row: null };
		throw error;
	}
}

// As the catalogue has it, if that was read: there at once, and without a connection.
function asListed(item, member) {
	const row = stateOf(`items/${member ?? ''}`).value?.find((each) => each.item === item);
	return row && { row, quote: null };
}

// How many pieces a member may have, in each period that has a limit.
function limitText(row) {
	const limits = limitsOf(row)
		.map((period) => t(`shop.limit_${period}`, { count: row[`limit_${period}`] }));
	const left = row.for_member?.left;
	if (left !== undefined)
		limits.push(t('shop.limit_left', { count: left }));
	return limits.join(' · ');
}

const holdText = (row, program) => t(row.class === 'service' ? 'shop.hold_for_use' : 'shop.hold_for',
	{ time: lengthOf(program.hold_minutes) });

// How it comes; of goods that need no address the ledger does not say.
function deliveryOf(row) {
	if (row.class === 'code')
		return 'code';
	return row.class === 'goods' && row.delivery === 'none' ? null : row.delivery;
}

function Details({ row, program }) {
	const limit = limitText(row);
	const delivery = deliveryOf(row);
	return html`<${Facts} rows=${[
		row.category && [t('shop.category'), html`<${Name} kind="category" id=${row.category} />`],
		[t('shop.kind'), t(`shop.class_${row.class}`)],
		[t('shop.merchant'), html`<${Name} kind="merchant" id=${row.merchant} />`],
		delivery && [t('shop.delivery'), t(`shop.delivery_${delivery}`)],
		limit && [t('shop.limits'), limit],
		program && row.class !== 'code' && [t('shop.held_until_sent'), holdText(row, program)],
	]} />`;
}

// Minutes in the largest unit that says them exactly.
function lengthOf(minutes) {
	if (minutes % 1440 === 0)
		return t('shop.days', { count: minutes / 1440 });
	return minutes % 60 === 0 ? t('shop.hours', { count: minutes / 60 }) : t('shop.minutes', { count: minutes });
}

// The button, or why there is none.
function Redeem({ row, session, debt }) {
	const reason = whyNot(row);
	if (!session)
		return html`<${Notice}><p>${t('shop.guest_redeem')}</p><//>`;
	if (reason)
		return html`<${Notice} tone="warn"><p>${reason}</p>
			${debt > 0 && row.for_member?.status === 'short_points'
				&& html`<p>${t('shop.debt_first', { count: debt, debt })}</p>`}<//>`;
	return html`<${Button} kind="primary" href=${href(`/items/${row.item}/redeem`)}>${t('shop.redeem')}<//>`;
}

function Paying({ quote }) {
	const lots = joinLots(quote.lots, (lot) => lot.points);
	return html`<section class="card">
		<h2>${t('shop.which_points')}</h2>
		<p class="muted">${t('shop.which_points_one')}</p>
		<${Lots} lots=${lots} />
		<p class="small muted">${refundText(quote.refund)}</p>
	</section>`;
}

function Item({ row, quote, session, points, program }) {
	const eligible = eligibleText(row, points?.available);
	return html`<article class="item-page">
		<${Picture} item=${row.item} />
		<div class="section">
			<p class="row"><${Price} n=${row.points} /><${Stock} row=${row} /></p>
			${eligible && html`<p class="muted">${eligible}</p>`}
			<${Redeem} row=${row} session=${session} debt=${points?.debt ?? 0} />
			${aboutOf(row.item) && html`<p><${Said} text=${aboutOf(row.item)} /></p>`}
			<${Details} row=${row} program=${program} />
			${quote?.lots?.length > 0 && html`<${Paying} quote=${quote} />`}
		</div>
	</article>`;
}

// Until the item is read, the name the mall has for it; never the address.
function titleIn(found, item) {
	if (found)
		return found.row ? titleOf(found.row) : t('shop.no_item');
	const name = nameOf('item', item);
	return name === item ? t('shop.item') : name;
}

export default function ItemPage({ path }) {
	const item = path[1];
	const session = useSession();
	const points = useMember().value;
	const program = useProgram().value;
	const member = session?.member;
	const live = useLive(`item/${item}/${member ?? ''}`, () => readItem(item, member));
	const found = live.value ?? asListed(item, member);
	const title = titleIn(found, item);
	return html`<${Page} title=${title} back="/">
		<${Loaded} live=${{ ...live, value: found }} rows=${3}>${({ row, quote }) => row
			? html`<${Item} row=${row} quote=${quote} session=${session} points=${points}
				program=${program} />`
			: html`<${Empty} text=${t('shop.no_item_what')}>
				<${Button} href=${href('/')}>${t('shop.to_mall')}<//><//>`}<//>
	<//>`;
}
