// outcomes.js - what became of orders sent from this device: those under way, and why one was refused.
//
// The ledger keeps refusals as well, but under their entry, not under the order's name: so the reason is kept here, for
// a member who left the screen before the answer came.
import { useEffect, useFollowed, useState } from '../core/view.js';
import { subscribe, waiting } from '../core/outbox.js';
import { Refused } from '../core/rpc.js';
import { current } from '../core/session.js';
import * as store from '../core/store.js';

const nameOf = (order) => `refused/${order}`;

// From the start of the page on: keeps the reason of each refused order of the member who is signed in.
export function followOutcomes() {
	return subscribe(({ method, params, error }) => {
		const isMine = params.member !== undefined && params.member === current()?.member;
		if (method === 'order.place' && isMine && error instanceof Refused) {
			const { status, why } = error;
			store.put(nameOf(params.order), { status, why, lines: params.lines }).catch(() => {});
		}
	});
}

// What waits for an answer, as the outbox tells it.
export const useWaiting = () => useFollowed(waiting, subscribe);

// Orders that wait for an answer: the parameters of each order.place under way.
export const useSending = () => useWaiting().filter((each) => each.method === 'order.place').map((each) => each.params);

// Why the order was refused: { status, why, lines }; null where it was not, undefined until that is known.
export function useRefusal(order) {
	const [refusal, setRefusal] = useState();
	useEffect(() => {
		store.get(nameOf(order)).then((kept) => setRefusal(kept ?? null), () => setRefusal(null));
	}, [order]);
	return refusal;
}
