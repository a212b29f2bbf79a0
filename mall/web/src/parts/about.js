// about.js - what movements were about that their rows only name: an order's items, the award a review speaks of.
//
// Asks for each once, up to 16 a message, and keeps what never changes. A row whose answer has not come, or was
// refused, is told without it.
import { readAll, Refused } from '../core/rpc.js';
import { subscribe } from '../core/session.js';
import { useEffect, useState } from '../core/view.js';
import { piecesAt } from './figures.js';
import { useTitles } from './titles.js';

const CALLS_MAX = 16;
const RETRY_MS = 10000;

// 'order/o1' or 'award/17' to what order.get and award.get said; null: refused for good.
const known = new Map();

// Another member's orders are not for this one, nor are answers that come late.
let era = 0;

subscribe(() => {
	era += 1;
	known.clear();
});

function callOf(row) {
	if (row.order !== undefined)
		return { name: `order/${row.order}`, method: 'order.get', params: { order: row.order } };
	if (row.event === undefined && row.entry !== undefined)
		return { name: `award/${row.entry}`, method: 'award.get', params: { entry: row.entry } };
	return null;
}

const foundOf = (row) => known.get(callOf(row)?.name);

// An order that was read before this row came to be does not know of it yet.
function isMissing(row) {
	const found = foundOf(row);
	return callOf(row) !== null && (found === undefined || (row.order !== undefined && found?.seq < row.seq));
}

// "Not yours to see" is an answer for good; anything else is asked for again.
const isFinal = (answer) => !(answer instanceof Refused)
	|| ['order_unknown', 'entry_unknown', 'not_found', 'not_permitted'].includes(answer.status);

async function ask(calls) {
	const asked = era;
	for (let at = 0; at < calls.length; at += CALLS_MAX) {
		const part = calls.slice(at, at + CALLS_MAX);
		const answers = await readAll(part.map(({ method, params }) => ({ method, params })));
		if (era !== asked)
			return;
		part.forEach(({ name }, index) => isFinal(answers[index])
			&& known.set(name, answers[index] instanceof Refused ? null : answers[index]));
		if (!answers.every(isFinal))
			throw answers.find((each) => !isFinal(each));
	}
}

const piecesOf = (row) => (foundOf(row)?.lines ? piecesAt(foundOf(row), row.seq) : []);

// Gives (row) => { pieces } of an order, each with a title, or the award; undefined while unknown. Draws anew as more
// is known.
export function useAbout(rows) {
	const [asked, setAsked] = useState(0);
	const titleOf = useTitles(rows.flatMap(piecesOf).map(({ item }) => item));
	const missing = [...new Map(rows.filter(isMissing).map(callOf).map((call) => [call.name, call])).values()];
	useEffect(() => {
		if (missing.length === 0)
			return undefined;
		let timer = 0;
		const again = () => setAsked((count) => count + 1);
		ask(missing).then(again, () => { timer = setTimeout(again, RETRY_MS); });
		return () => clearTimeout(timer);
	}, [asked, missing.map(({ name }) => name).join()]);
	return (row) => {
		const pieces = piecesOf(row).map((piece) => ({ ...piece, title: titleOf(piece.item) }));
		return pieces.length > 0 ? { pieces } : foundOf(row) ?? undefined;
	};
}
