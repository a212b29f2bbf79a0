// icon.js - the few pictures of the controls: strokes on a grid of 24, in the colour of their text.
//
// Never the only carrier of a meaning: a text stands beside each, or the control has a label.
import { html } from '../core/view.js';

const STROKES = {
	mall: ['M4 9h16l-1 11H5z', 'M8 9V7a4 4 0 0 1 8 0v2'],
	orders: ['M4 8l8-4 8 4v8l-8 4-8-4z', 'M4 8l8 4 8-4', 'M12 12v8'],
	points: ['M5 6h14', 'M5 12h14', 'M5 18h9'],
	earn: ['M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.7-5 2.7 1.1-5.5L4 9.7 9.6 9z'],
	me: ['M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z', 'M4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5'],
	back: ['M14 6l-6 6 6 6'],
	next: ['M10 6l6 6-6 6'],
	close: ['M6 6l12 12', 'M18 6L6 18'],
	check: ['M5 12.5l4.5 4.5L19 7.5'],
	cross: ['M7 7l10 10', 'M17 7L7 17'],
	wait: ['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z', 'M12 8v4.5l3 2'],
	warn: ['M12 4l9 16H3z', 'M12 10v4.5', 'M12 17v.5'],
	copy: ['M9 9h11v11H9z', 'M15 9V4H4v11h5'],
	minus: ['M6 12h12'],
	plus: ['M6 12h12', 'M12 6v12'],
	box: ['M4 8h16v11H4z', 'M4 8l2-4h12l2 4', 'M10 12h4'],
	shield: ['M12 3.5l7 2.5v5c0 4.5-3 8-7 9.5-4-1.5-7-5-7-9.5V6z', 'M8.5 12l2.5 2.5 4.5-5'],
	down: ['M12 4v11', 'M7 11l5 5 5-5', 'M5 20h14'],
};

// A picture by name; unknown names draw nothing.
export function Icon({ name }) {
	return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
		${(STROKES[name] ?? []).map((stroke) => html`<path d=${stroke} />`)}
	</svg>`;
}
