// history.js - a list read backwards page by page, for a screen: its newest page is kept fresh, the others stay.
import { useLive } from '../core/live.js';
import { subscribe } from '../core/session.js';
import { html, useEffect, useReducer } from '../core/view.js';
import { More } from './form.js';
import { noPages, rowsOf, takeFirst, takeNext } from './pages.js';
import { Failed, Skeleton } from './state.js';

const PAGES_UNASKED = 4; // A filter may look at a whole page of the past and find nothing: go on so often by itself.
const ROWS_WANTED = 5;

const bySeq = (row) => row.seq;

// What was read stays while the member does, so that coming back to a list finds it as it was left.
const lists = new Map();

subscribe(() => lists.clear());

function listOf(name) {
	if (!lists.has(name))
		lists.set(name, noPages());
	return lists.get(name);
}

// `load(before)` gives { rows, next }; rows have a seq. Gives { rows, next, more, isMore, live, error }: `next` is null
// at the beginning of the past and undefined while nothing came; `live` is the newest page's.
export function useHistory(name, load, keyOf = bySeq) {
	const live = useLive(name, () => load());
	const [, redraw] = useReducer((count) => count + 1, 0);
	const kept = listOf(name);
	if (live.value)
		takeFirst(kept, live.value, keyOf);

	const more = async () => {
		Object.assign(kept, { isMore: true, error: null });
		redraw();
		try {
			takeNext(kept, await load(kept.next), keyOf);
		} catch (error) {
			kept.error = error;
		}
		kept.isMore = false;
		redraw();
	};
	const isShort = typeof kept.next === 'number' && kept.rows.size < ROWS_WANTED && kept.unasked < PAGES_UNASKED;
	useEffect(() => {
		if (isShort && !kept.isMore && !kept.error) {
			kept.unasked += 1;
			more();
		}
	}, [name, isShort, kept.isMore]);
	return { rows: rowsOf(kept), next: kept.next, more, isMore: kept.isMore, live, error: kept.error };
}

// What a history shows in each of its states, and the way further back. empty: what stands there when there is
// nothing; children: the rows.
export function Pages({ history, skeleton = 2, empty, children }) {
	const { live, rows, next, error } = history;
	if (live.value === undefined && rows.length === 0) {
		return live.error ? html`<${Failed} error=${live.error} retry=${live.reload} />`
			: html`<${Skeleton} rows=${skeleton} />`;
	}
	return html`
		${rows.length === 0 && next === null ? empty : children}
		${error && html`<${Failed} error=${error} retry=${history.more} />`}
		<${More} next=${next} onMore=${history.more} busy=${history.isMore} />`;
}
