// badge.js - a word or two about the state of something. The word says it; the colour only repeats it.
import { html } from '../core/view.js';

// tone: good, warn, bad, accent, or plain when absent.
export function Badge({ tone = 'plain', children }) {
	return html`<span class=${`badge ${tone}`}>${children}</span>`;
}
