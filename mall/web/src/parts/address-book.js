// address-book.js - choosing where an order goes: the entries of this device, and the form that adds and changes one.
import { html, useState } from '../core/view.js';
import { t } from '../core/i18n.js';
import { newName } from '../core/outbox.js';
import { faultsOf, recipientText, withEntry, withoutEntry } from './addresses.js';
import { Button, Check, Choice, Dialog, Field } from './form.js';
import { Said } from './text.js';

const FIELDS = {
	address: [
		{ name: 'name', autocomplete: 'name' },
		{ name: 'phone', type: 'tel', autocomplete: 'tel' },
		{ name: 'region', autocomplete: 'address-level1', hint: 'shop.field_region_hint' },
		{ name: 'street', autocomplete: 'street-address', rows: 2 },
		{ name: 'postcode', autocomplete: 'postal-code', inputmode: 'numeric', isOptional: true },
	],
	account: [{ name: 'account', autocomplete: 'tel', hint: 'shop.field_account_hint' }],
};

function labelOf(name, isOptional) {
	const label = t(`shop.field_${name}`);
	return isOptional ? t('shop.optional', { label }) : label;
}

function Entry({ entry, save, remove }) {
	const [draft, setDraft] = useState(entry);
	const [faults, setFaults] = useState({});
	const submit = (event) => {
		event.preventDefault();
		const found = faultsOf(draft);
		setFaults(found);
		const first = Object.keys(found)[0];
		if (first)
			event.currentTarget.elements.namedItem(first)?.focus();
		else
			save(draft);
	};
	return html`<form class="form" novalidate onSubmit=${submit}>
		${FIELDS[entry.kind].map(({ name, hint, isOptional, ...more }) => html`
			<${Field} key=${name} name=${name} label=${labelOf(name, isOptional)} hint=${hint && t(hint)}
				error=${faults[name] && t(faults[name])} aria-required=${isOptional ? undefined : 'true'} ...${more}
				value=${draft[name] ?? ''} onInput=${(text) => setDraft({ ...draft, [name]: text })} />`)}
		<${Check} label=${t('shop.is_default')} checked=${Boolean(draft.isDefault)}
			onChange=${(isDefault) => setDraft({ ...draft, isDefault })} />
		<p class="hint">${t('shop.kept_here')}</p>
		<div class="actions">
			<${Button} kind="primary" type="submit">${t('shop.save')}<//>
			${entry.id && html`<${Button} kind="danger" onClick=${remove}>${t('shop.remove')}<//>`}
		</div>
	</form>`;
}

const optionOf = (entry) => ({ value: entry.id, text: html`<${Said} text=${recipientText(entry)} />` });

// kind: address or account. list, change: of useAddresses. chosen: an entry's id; choose(id).
export function AddressBook({ kind, list, change, chosen, choose }) {
	const [edited, setEdited] = useState(null);
	const mine = list.filter((each) => each.kind === kind);
	const current = mine.find((each) => each.id === chosen);
	const close = () => setEdited(null);
	const save = (entry) => {
		const id = entry.id ?? newName('a');
		change(withEntry(list, { ...entry, id }));
		choose(id);
		close();
	};
	const remove = () => {
		change(withoutEntry(list, edited.id));
		choose(undefined);
		close();
	};
	return html`<div class="section">
		${mine.length > 0 && html`<${Choice} legend=${t(`shop.where_${kind}`)} name="recipient" value=${chosen}
			onChange=${choose} options=${mine.map(optionOf)} />`}
		${mine.length === 0 && html`<h2>${t(`shop.where_${kind}`)}</h2><p class="muted">${t(`shop.no_${kind}`)}</p>`}
		<div class="actions">
			<${Button} onClick=${() => setEdited({ kind })}>${t(`shop.add_${kind}`)}<//>
			${current && html`<${Button} kind="quiet" onClick=${() => setEdited(current)}>
				${t(`shop.edit_${kind}`)}<//>`}
		</div>
		<${Dialog} open=${edited !== null} onClose=${close}
			title=${t(edited?.id ? `shop.edit_${kind}` : `shop.add_${kind}`)}>
			${edited && html`<${Entry} key=${edited.id ?? 'new'} entry=${edited} save=${save} remove=${remove} />`}
		<//>
	</div>`;
}
