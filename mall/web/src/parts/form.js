// form.js - controls: buttons, fields, dialogs, "more". Each has a label, a state and room for a thumb.
import { html, useEffect, useId, useRef, useState } from '../core/view.js';
import { t } from '../core/i18n.js';
import { Icon } from './icon.js';

// A button, or with href a link that looks like one. kind: primary, plain, danger, quiet.
// While busy it keeps the focus and takes no clicks.
export function Button({ kind = 'plain', busy, href, onClick, type = 'button', disabled = false, children, ...more }) {
	const look = `button ${kind}`;
	if (href)
		return html`<a class=${look} href=${href} ...${more}>${children}</a>`;
	const click = (event) => (busy ? event.preventDefault() : onClick?.(event));
	const isBusy = busy || undefined;
	return html`<button class=${look} type=${type} disabled=${disabled} aria-disabled=${isBusy} aria-busy=${isBusy}
		onClick=${click} ...${more}>
		${busy && html`<span class="spinner" aria-hidden="true"></span>`}${children}
	</button>`;
}

const describedBy = (...ids) => ids.filter(Boolean).join(' ') || undefined;

// A line of text, or with rows several. onInput is given the text.
export function Field({ label, value = '', onInput, hint, error, rows, type = 'text', ...more }) {
	const id = useId();
	const hintId = hint && `${id}-hint`;
	const errorId = error && `${id}-error`;
	const control = {
		id, value, 'aria-invalid': error ? 'true' : undefined, 'aria-describedby': describedBy(hintId, errorId),
		onInput: (event) => onInput(event.currentTarget.value), ...more,
	};
	return html`<div class="field">
		<label for=${id}>${label}</label>
		${rows ? html`<textarea rows=${rows} ...${control}></textarea>` : html`<input type=${type} ...${control} />`}
		${hint && html`<p class="hint" id=${hintId}>${hint}</p>`}
		${error && html`<p class="error" id=${errorId}>${error}</p>`}
	</div>`;
}

// One of several. options: [{ value, text }]; onChange is given the value.
export function Select({ label, value, options, onChange, hint }) {
	const id = useId();
	return html`<div class="field">
		<label for=${id}>${label}</label>
		<select id=${id} value=${value} aria-describedby=${hint && `${id}-hint`}
			onChange=${(event) => onChange(event.currentTarget.value)}>
			${options.map((each) => html`<option key=${each.value} value=${each.value}
				selected=${each.value === value}>${each.text}</option>`)}
		</select>
		${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
	</div>`;
}

// Yes or no. onChange is given which.
export function Check({ label, checked, onChange }) {
	return html`<label class="check">
		<input type="checkbox" checked=${checked} onChange=${(event) => onChange(event.currentTarget.checked)} />
		<span>${label}</span>
	</label>`;
}

// One of several, all in sight. options: [{ value, text, more }].
export function Choice({ legend, name, value, options, onChange }) {
	return html`<fieldset class="choice">
		<legend>${legend}</legend>
		${options.map((each) => html`<label class="check" key=${each.value}>
			<input type="radio" name=${name} value=${each.value} checked=${each.value === value}
				onChange=${() => onChange(each.value)} />
			<span>${each.text}${each.more && html`<span class="hint">${each.more}</span>`}</span>
		</label>`)}
	</fieldset>`;
}

// The whole number a person typed, in digits of any width, or null.
function numberOf(text) {
	const plain = text.normalize('NFKC').trim();
	return /^\d{1,16}$/.test(plain) ? Number(plain) : null;
}

// What is typed stays as it is typed until the field is left; the number it means is told at once.
function useTyping(value, onChange) {
	const [text, setText] = useState(null);
	return {
		value: text ?? `${value ?? ''}`,
		onInput: (event) => {
			setText(event.currentTarget.value);
			onChange(numberOf(event.currentTarget.value));
		},
		onBlur: () => setText(null),
	};
}

// A number, with a step down and up for thumbs, from min to max. What is typed may lie beyond, and null is no number:
// onChange is given it all the same, and the caller's `error` says what is wrong.
export function Stepper({ label, value, min = 1, max = Number.MAX_SAFE_INTEGER, onChange, hint, error }) {
	const id = useId();
	const hintId = hint && `${id}-hint`;
	const errorId = error && `${id}-error`;
	const isLeast = value !== null && value <= min;
	const step = (by) => onChange(Math.min(max, Math.max(min, (value ?? min) + by)));
	const typing = useTyping(value, onChange);
	return html`<div class="field">
		<label for=${id}>${label}</label>
		<div class="stepper">
			<${Button} aria-label=${t('shop.fewer')} disabled=${isLeast} onClick=${() => step(-1)}>
				<${Icon} name="minus" /><//>
			<input id=${id} type="text" inputmode="numeric" autocomplete="off" ...${typing}
				aria-describedby=${describedBy(hintId, errorId)} aria-invalid=${error ? 'true' : undefined} />
			<${Button} aria-label=${t('shop.one_more')} disabled=${value >= max} onClick=${() => step(1)}>
				<${Icon} name="plus" /><//>
		</div>
		${hint && html`<p class="hint" id=${hintId}>${hint}</p>`}
		${error && html`<p class="error" id=${errorId}>${error}</p>`}
	</div>`;
}

// A field for a whole number; onChange is given it, or null for anything else.
export function NumberField({ value, onChange, ...more }) {
	const { value: text, onInput, onBlur } = useTyping(value, onChange);
	return html`<${Field} inputmode="numeric" autocomplete="off" value=${text} onBlur=${onBlur}
		onInput=${(typed) => onInput({ currentTarget: { value: typed } })} ...${more} />`;
}

// The browser's own dialog: keeps the focus inside, closes by Escape, gives the focus back.
export function Dialog({ open, onClose, title, children }) {
	const dialog = useRef(null);
	const id = useId();
	useEffect(() => {
		if (open && !dialog.current.open)
			dialog.current.showModal();
		else if (!open && dialog.current.open)
			dialog.current.close();
	}, [open]);
	return html`<dialog ref=${dialog} aria-labelledby=${id} onClose=${onClose}>
		${open && html`<div class="dialog-head">
			<h2 id=${id} tabindex="-1" autofocus>${title}</h2>
			<${Button} kind="quiet" aria-label=${t('shop.close')} onClick=${onClose}><${Icon} name="close" /><//>
		</div>
		<div class="dialog-body">${children}</div>`}
	</dialog>`;
}

// Asks for the next page, as long as there is one.
export function More({ next, onMore, busy }) {
	if (next === null || next === undefined)
		return null;
	return html`<div class="more"><${Button} busy=${busy} onClick=${onMore}>${t('shop.show_more')}<//></div>`;
}
