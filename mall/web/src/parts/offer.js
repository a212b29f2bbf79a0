// offer.js - the order a member is about to place: what is signed is what was shown.
//
// The order has its name before it is sent, so that taps and lost connections make one order. Only a refusal by the
// ledger ends that name; whatever else happens, the order's own page finds out what became of it.
import { useEffect, useRef, useState } from '../core/view.js';
import { t } from '../core/i18n.js';
import { act, newName } from '../core/outbox.js';
import { go } from '../core/router.js';
import { Refused } from '../core/rpc.js';
import { settledSoon, useIsHere } from './patience.js';
import { say } from './say.js';

const offerOf = (row, quantity, recipient) => ({
	line: { item: row.item, version: row.version, points: row.points, quantity },
	recipient, order: newName('o'),
});

function place(member, { line, order, recipient }) {
	return act('order.place', { order, member, lines: [line] },
		{ intent: `place/${order}`, privates: recipient ? { recipient } : {} });
}

// The order that is about to be placed: { offer, refused, isBusy, review(quantity, recipient), confirm() }.
export function useOffer(row, member, reload) {
	const [offer, setOffer] = useState(null);
	const [refused, setRefused] = useState(null); // { error, line }
	const [isBusy, setBusy] = useState(false);
	const isHere = useIsHere();
	const isSending = useRef(false); // At once, where isBusy waits for the next drawing.
	useEffect(() => { // The new price is here: ask again, for that.
		if (offer && refused?.error.status === 'price_changed' && row.version !== offer.line.version)
			setOffer(offerOf(row, offer.line.quantity, offer.recipient));
	}, [row.version, refused]);
	const end = (outcome) => {
		if (outcome === true)
			say(t('shop.placed'));
		if (outcome instanceof Refused)
			say(t('shop.not_placed'));
		if (!isHere.current) // The member went elsewhere; the banner and the orders tell the rest.
			return;
		if (!(outcome instanceof Refused)) { // Only a refusal is sure to have placed nothing.
			go(`/orders/${offer.order}`, { replace: true, query: { placed: '1' } });
			return;
		}
		setRefused({ error: outcome, line: offer.line });
		setOffer({ ...offer, order: newName('o') });
		reload();
	};
	const confirm = async () => {
		if (isSending.current)
			return;
		isSending.current = true;
		setBusy(true);
		const outcome = await settledSoon(place(member, offer));
		isSending.current = false;
		setBusy(false);
		end(outcome);
	};
	const review = (quantity, recipient) => {
		setRefused(null);
		setOffer(offerOf(row, quantity, recipient));
	};
	return { offer, refused, isBusy, review, confirm };
}
