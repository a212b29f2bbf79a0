// titles.js - titles of items that the operator's content does not name: asked of the ledger, a few at a time.
import { nameOf } from '../core/content.js';
import { points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { readAll } from '../core/rpc.js';

const AT_ONCE = 16;

async function readTitles(items) {
	const found = await readAll(items.map((item) => ({ method: 'item.get', params: { item } })));
	return Object.fromEntries(found.filter((row) => row.title).map((row) => [row.item, row.title]));
}

// A function from an item's id to what people call it.
export function useTitles(items) {
	const unnamed = [...new Set(items)].filter((item) => nameOf('item', item) === item).slice(0, AT_ONCE).sort();
	const titles = useLive(`titles/${unnamed.join('/')}`, () => readTitles(unnamed), { poll: false }).value;
	return (item) => titles?.[item] ?? nameOf('item', item);
}

// What an order is about: "Clinical cardiology × 2 and 1 more".
export function summaryOf(lines, titleOf) {
	const [first] = lines;
	const title = first.quantity > 1 ? `${titleOf(first.item)} × ${points(first.quantity)}` : titleOf(first.item);
	return lines.length > 1 ? t('shop.and_more', { title, count: lines.length - 1 }) : title;
}
