// shell.js - what stands around every screen: title, language, balance, banners, navigation, the live region.
import { html, useEffect, useErrorBoundary, useRef } from '../core/view.js';
import { language, setLanguage, t } from '../core/i18n.js';
import { title } from '../core/content.js';
import { href, useRoute } from '../core/router.js';
import { Balance } from './balance.js';
import { Banners } from './banners.js';
import { Button } from './form.js';
import { Icon } from './icon.js';
import { useMember } from './member.js';
import { LiveRegion, say } from './say.js';
import { useSession } from './session.js';
import { Notice } from './state.js';
import { Said } from './text.js';

// Each place: the first words of the paths that lie in it.
const PLACES = [
	{ name: 'mall', path: '/', words: [undefined, 'items'] },
	{ name: 'orders', path: '/orders', words: ['orders'] },
	{ name: 'points', path: '/points', words: ['points', 'expiring'] },
	{ name: 'earn', path: '/earn', words: ['earn', 'referral'] },
	{ name: 'me', path: '/me', words: ['me', 'tier', 'rules', 'disclosure', 'devices'] },
];

// Skips to the content without touching the address, which is the route.
function skip(event) {
	event.preventDefault();
	document.getElementById('content').focus();
}

function Language() {
	const other = language() === 'zh' ? 'en' : 'zh';
	const name = other === 'zh' ? '中文' : 'English';
	const change = () => setLanguage(other).catch(() => say(t('shop.needs_connection')));
	return html`<${Button} kind="quiet" lang=${other} onClick=${change}>${name}<//>`;
}

const BAR_SHARE_MAX = 0.2; // Of the window; a bar that needs more, as with large text, stands at the end of the page.

// Tells the styles how much of the window's end the bar takes, so that nothing hides behind it.
function useBarSize() {
	const bar = useRef(null);
	useEffect(() => {
		const tell = () => {
			const { offsetHeight: height, classList } = bar.current;
			classList.toggle('tall', height > BAR_SHARE_MAX * window.innerHeight);
			const isFixed = getComputedStyle(bar.current).position === 'sticky';
			document.documentElement.style.setProperty('--bar-size', `${isFixed ? height : 0}px`);
		};
		const observer = new ResizeObserver(tell);
		observer.observe(bar.current);
		return () => observer.disconnect();
	}, []);
	return bar;
}

function Places({ at }) {
	const bar = useBarSize();
	return html`<nav class="places" ref=${bar} aria-label=${t('shop.places')}><ul>
		${PLACES.map((place) => html`<li key=${place.name}>
			<a href=${href(place.path)} aria-current=${place.words.includes(at) ? 'page' : undefined}>
				<${Icon} name=${place.name} />${t(`shop.place_${place.name}`)}</a>
		</li>`)}
	</ul></nav>`;
}

// What is around the screen does not take it along when it breaks, and says so.
function Contained({ children }) {
	const [error] = useErrorBoundary();
	return error ? html`<section class="banners" aria-label=${t('shop.notices')}>
		<${Notice} tone="warn"><p>${t('shop.balance_broken')}</p><//></section>` : children;
}

// Everything but the screen itself, which is its children.
export function Shell({ children }) {
	const session = useSession();
	const live = useMember();
	const { path } = useRoute();
	return html`
		<a class="skip button" href="#content" onClick=${skip}>${t('shop.skip')}</a>
		<header class="top">
			<a class="brand" href=${href('/')}><${Said} text=${title() ?? t('shop.mall')} /></a><${Language} />
		</header>
		<${Places} at=${path[0]} />
		<${Contained} key=${session?.member}>
			${session && html`<${Balance} live=${live} />`}
			<${Banners} live=${live} />
		<//>
		<main id="content" tabindex="-1">${children}</main>
		<${LiveRegion} />`;
}
