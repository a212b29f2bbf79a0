// page.js - the frame of every screen: one h1, which takes the focus when a person comes to it, and the window's title.
import { html, useEffect, useRef } from '../core/view.js';
import { href, useRoute } from '../core/router.js';
import { title as mallTitle } from '../core/content.js';
import { t } from '../core/i18n.js';
import { cameFrom, restoreScroll, tellOrigin } from './entry.js';
import { Icon } from './icon.js';

let arrivedAt = null; // The path whose h1 had the focus last; null until the first screen, which takes none.

// Brings the focus to the heading when the path, or the step of a way, has changed; the page to where it was left.
function useArrival(heading, path, step) {
	const place = [path, step].join('?');
	useEffect(() => {
		if (arrivedAt?.place === place)
			return;
		if (arrivedAt) {
			tellOrigin(arrivedAt.path);
			heading.current.focus({ preventScroll: true });
		}
		restoreScroll();
		arrivedAt = { path, place };
	}, [place]);
}

// Up to a path: back in the history where that leads there, so that what was chosen there is found again.
function Back({ path }) {
	const click = (event) => {
		if (cameFrom() !== path || event.metaKey || event.ctrlKey || event.shiftKey)
			return;
		event.preventDefault();
		history.back();
	};
	return html`<a class="back" href=${href(path)} onClick=${click}><${Icon} name="back" />${t('shop.back')}</a>`;
}

// title: text; lead: what stands under it; back: the path to go up to; actions: what stands beside the title.
export function Page({ title, lead, back, actions, children }) {
	const heading = useRef(null);
	const { path, query } = useRoute();
	useArrival(heading, `/${path.join('/')}`, query.step);
	const whole = [title, mallTitle()].filter(Boolean).join(' · ');
	useEffect(() => { document.title = whole; }, [whole]);
	return html`<div class="page">
		${back !== undefined && html`<${Back} path=${back} />`}
		<div class="page-head">
			<h1 ref=${heading} tabindex="-1"><bdi class="said">${title}</bdi></h1>
			${actions && html`<div class="actions">${actions}</div>`}
		</div>
		${lead && html`<p class="lead">${lead}</p>`}
		${children}
	</div>`;
}
