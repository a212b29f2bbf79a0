// catalogue.js - the mall: everything on offer, searched, filtered and sorted on the device.
import { html, useEffect, useState } from '../core/view.js';
import { aboutOf, nameOf } from '../core/content.js';
import { t } from '../core/i18n.js';
import { useLive } from '../core/live.js';
import { go, href } from '../core/router.js';
import { read } from '../core/rpc.js';
import { useKept } from '../parts/entry.js';
import { Button, Check, Field, More, NumberField, Select } from '../parts/form.js';
import { Icon } from '../parts/icon.js';
import { eligibleText, Picture, Price, Stock, titleOf, whyNot } from '../parts/item.js';
import { categoriesOf, countOf, filterOf, filterRows, queryOf } from '../parts/item-filter.js';
import { useMember } from '../parts/member.js';
import { Page } from '../parts/page.js';
import { say } from '../parts/say.js';
import { useSession } from '../parts/session.js';
import { Empty, Loaded } from '../parts/state.js';
import { Said } from '../parts/text.js';

const PAGE_ROWS = 1000;
const SHOWN_AT_ONCE = 60;

// All items, for the member if somebody is signed in.
async function readItems(member) {
	const rows = [];
	let from;
	do {
		const page = await read('item.list', { ...(from && { from }), ...(member && { member }), limit: PAGE_ROWS });
		rows.push(...page.rows);
		from = page.next;
	} while (from);
	return rows;
}

const textOf = (row) => [row.item, row.title ?? '', titleOf(row), aboutOf(row.item) ?? '',
	row.category ? nameOf('category', row.category) : '', nameOf('merchant', row.merchant)].join(' ');

function ItemCard({ row, available }) {
	const reason = whyNot(row);
	const eligible = eligibleText(row, available);
	return html`<li class="item">
		<a href=${href(`/items/${row.item}`)}>
			<${Picture} item=${row.item} />
			<h2><${Said} text=${titleOf(row)} /></h2>
		</a>
		<p class="row"><${Price} n=${row.points} /><${Stock} row=${row} /></p>
		${eligible && html`<p class="small muted">${eligible}</p>`}
		${reason && row.stock > 0 && html`<p class="small reason">${reason}</p>`}
	</li>`;
}

const SORTS = ['', 'cheap', 'dear', 'stock'];

function Filters({ filter, rows, isMember, set }) {
	const [isOpen, setOpen] = useState(countOf(filter) > 0);
	const count = countOf(filter);
	const categories = categoriesOf(rows);
	return html`<div class="filters">
		<div class="filters-head">
			<${Field} label=${t('shop.search')} type="search" value=${filter.text} onInput=${(text) => set({ text })}
				autocomplete="off" enterkeyhint="search" />
			<${Button} aria-expanded=${isOpen} aria-controls="filters" onClick=${() => setOpen(!isOpen)}>
				${count ? t('shop.filters_count', { count }) : t('shop.filters')}<//>
		</div>
		<div class="filters-more" id="filters" hidden=${!isOpen}>
			${categories.length > 0 && html`<${Select} label=${t('shop.category')} value=${filter.category}
				onChange=${(category) => set({ category })} options=${[{ value: '', text: t('shop.all_categories') },
					...categories.map((id) => ({ value: id, text: nameOf('category', id) }))]} />`}
			<${Select} label=${t('shop.sort')} value=${filter.sort} onChange=${(sort) => set({ sort })}
				options=${SORTS.map((value) => ({ value, text: t(`shop.sort_${value || 'usual'}`) }))} />
			<${NumberField} label=${t('shop.points_from')} value=${filter.least}
				onChange=${(least) => set({ least: least ?? undefined })} />
			<${NumberField} label=${t('shop.points_to')} value=${filter.most}
				onChange=${(most) => set({ most: most ?? undefined })} />
			${isMember && html`<${Check} label=${t('shop.afford')} checked=${filter.isAffordable}
				onChange=${(isAffordable) => set({ isAffordable })} />`}
			<${Check} label=${t('shop.in_stock')} checked=${filter.isInStock}
				onChange=${(isInStock) => set({ isInStock })} />
		</div>
	</div>`;
}

function Grid({ rows, available }) {
	const [shown, setShown] = useKept('shown', SHOWN_AT_ONCE);
	return html`<ul class="items">
			${rows.slice(0, shown).map((row) => html`
				<${ItemCard} key=${row.item} row=${row} available=${available} />`)}
		</ul>
		<${More} next=${rows.length > shown ? shown : null} onMore=${() => setShown(shown + SHOWN_AT_ONCE)} />`;
}

// Why nothing is shown: nothing is on offer, the conditions exclude each other, or nothing fits them.
function whyNone(rows, { least, most }) {
	if (!rows.some((row) => row.offered))
		return 'shop.no_items';
	return least > most ? 'shop.least_over_most' : 'shop.none_found';
}

function Found({ rows, filter, available, clear }) {
	const found = filterRows(rows, filter, textOf);
	const text = t('shop.found', { count: found.length });
	useEffect(() => say(text, 'found'), [text]);
	return html`<p class="muted small">${text}</p>
		${found.length > 0 ? html`<${Grid} rows=${found} available=${available} />`
		: html`<${Empty} text=${t(whyNone(rows, filter))}>
			${rows.length > 0 && html`<${Button} onClick=${clear}>${t('shop.clear_filters')}<//>`}<//>`}`;
}

export default function Catalogue({ query }) {
	const session = useSession();
	const member = useMember().value;
	const items = useLive(`items/${session?.member ?? ''}`, () => readItems(session?.member));
	const filter = filterOf(query);
	const show = (next) => go('/', { replace: true, query: queryOf(next) });
	return html`<${Page} title=${t('shop.mall')} lead=${session ? undefined : t('shop.guest_lead')}>
		<${Loaded} live=${items} rows=${4}>${(rows) => html`
			<${Filters} filter=${filter} rows=${rows} isMember=${session !== null}
				set=${(part) => show({ ...filter, ...part })} />
			<${Found} rows=${rows} filter=${filter} available=${member?.available}
				clear=${() => show(filterOf({}))} />`}<//>
	<//>`;
}
