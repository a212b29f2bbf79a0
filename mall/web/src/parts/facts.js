// facts.js - labels and what they stand for, as a description list.
import { html } from '../core/view.js';

// rows: [[label, value], ...]; rows that are false or absent are left out.
export function Facts({ rows }) {
	return html`<dl class="facts">
		${rows.filter(Boolean).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
	</dl>`;
}
