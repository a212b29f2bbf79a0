// redeem.js - redeeming an item: how many and where to, then what it comes to, then one confirmation.
import { html, useEffect, useState } from '../core/view.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { go, href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { AddressBook } from '../parts/address-book.js';
import { useAddresses } from '../parts/address-store.js';
import { defaultOf, recipientText } from '../parts/addresses.js';
import { totalOf } from '../parts/amounts.js';
import { Button, Stepper } from '../parts/form.js';
import { Picture, Price, Stock, titleOf, whyNot } from '../parts/item.js';
import { useMember } from '../parts/member.js';
import { useOffer } from '../parts/offer.js';
import { Page } from '../parts/page.js';
import { Outcome, Review } from '../parts/review.js';
import { useSession } from '../parts/session.js';
import { Loaded, Notice, Skeleton } from '../parts/state.js';
import { Points, Said } from '../parts/text.js';

const PIECES_MAX = 1000000;
const CODES_MAX = 100;

// How many pieces the member's points pay for, and the most that one order may ask for otherwise.
const affordedOf = (row) => Math.floor(row.for_member.eligible / row.points);
const offeredOf = (row) => Math.min(row.stock, row.for_member.left ?? PIECES_MAX,
	row.class === 'code' ? CODES_MAX : PIECES_MAX);

// What is wrong with a quantity, or null.
function quantityFault(row, quantity) {
	if (quantity === null || quantity < 1)
		return t('shop.fault_none');
	if (quantity > offeredOf(row))
		return t('shop.at_most', { count: offeredOf(row) });
	return quantity > affordedOf(row) ? t('shop.affords', { count: affordedOf(row) }) : null;
}

const needsRecipient = (row) => row.delivery !== 'none' && row.delivery !== undefined;

function Choose({ row, choice, set, book, review }) {
	const [list, change] = book;
	const [fault, setFault] = useState(null);
	const chosen = list?.find((each) => each.id === choice.recipient);
	const reason = whyNot(row);
	if (reason)
		return html`<${Notice} tone="warn"><p>${reason}</p><//>
			<div class="actions"><${Button} href=${href('/orders')}>${t('shop.to_orders')}<//>
				<${Button} href=${href('/')}>${t('shop.to_mall')}<//></div>`;
	const wrong = quantityFault(row, choice.quantity);
	const next = (event) => {
		event.preventDefault();
		if (wrong)
			return event.currentTarget.querySelector('[aria-invalid]').focus();
		if (needsRecipient(row) && !chosen)
			return setFault(t(`shop.choose_${row.delivery}`));
		return review(chosen && recipientText(chosen));
	};
	return html`<form class="form" onSubmit=${next}>
		<${Stepper} label=${t('shop.quantity')} value=${choice.quantity} error=${wrong}
			max=${Math.min(offeredOf(row), affordedOf(row))} onChange=${(quantity) => set({ ...choice, quantity })}
			hint=${row.for_member?.left !== undefined && t('shop.limit_left', { count: row.for_member.left })} />
		${needsRecipient(row) && (list === null ? html`<${Skeleton} rows=${1} />`
		: html`<${AddressBook} kind=${row.delivery} list=${list} change=${change} chosen=${choice.recipient}
				choose=${(recipient) => set({ ...choice, recipient })} />`)}
		${fault && !chosen && html`<${Notice} tone="bad"><p role="alert">${fault}</p><//>`}
		<p class="row total"><span>${t('shop.total')}</span>
			<strong><${Points} n=${wrong ? null : totalOf(row.points, choice.quantity)} /></strong></p>
		<${Button} kind="primary" type="submit">${t('shop.review')}<//>
	</form>`;
}

function Flow({ row, member, available, reload, isReview, path }) {
	const book = useAddresses(member);
	const [choice, set] = useState({ quantity: 1, recipient: undefined });
	const { offer, refused, isBusy, review, confirm } = useOffer(row, member, reload);
	const recipient = choice.recipient ?? defaultOf(book[0] ?? [], row.delivery)?.id;
	useEffect(() => { // Opened anew at the review: there is nothing to review yet.
		if (isReview && !offer)
			go(path, { replace: true });
	}, []);
	const next = (text) => {
		review(choice.quantity, text);
		go(path, { replace: true, query: { step: 'review' } }); // Back leads to the item, also from the placed order.
	};
	if (!isReview || !offer)
		return html`<${Choose} row=${row} choice=${{ ...choice, recipient }} set=${set} book=${book} review=${next} />`;
	return html`<${Outcome} refused=${refused} row=${row} />
		<${Review} row=${row} offer=${offer} member=${member} available=${available} confirm=${confirm}
			isBusy=${isBusy} isRefused=${refused !== null} change=${() => go(path, { replace: true })} />`;
}

export default function Redeem({ path, query }) {
	const item = path[1];
	const here = `/items/${item}/redeem`;
	const isReview = query.step === 'review';
	const { member } = useSession();
	const available = useMember().value?.available;
	const live = useLive(`redeem/${item}/${member}`, () => read('item.get', { item, member }));
	return html`<${Page} title=${t(isReview ? 'shop.review_title' : 'shop.redeem_title')} back=${`/items/${item}`}>
		<${Loaded} live=${live} rows=${3}>${(row) => html`
			<div class="redeem-item"><${Picture} item=${item} /><div>
				<h2><${Said} text=${titleOf(row)} /></h2>
				<p class="row"><${Price} n=${row.points} /><${Stock} row=${row} /></p>
			</div></div>
			<${Flow} row=${row} member=${member} available=${available} reload=${live.reload}
				isReview=${isReview} path=${here} />`}<//>
	<//>`;
}
