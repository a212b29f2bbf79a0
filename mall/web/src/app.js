// app.js - which screen a path shows, who may see it, and what stands there when a screen breaks.
//
// Screens but the first, and the one a link leads to, are loaded when they are asked for. Never shows an exception's
// own text.
import { html, useEffect, useErrorBoundary, useFollowed, useState } from './core/view.js';
import { isKnown, onContent } from './core/content.js';
import { t, useLanguage } from './core/i18n.js';
import { href, useRoute } from './core/router.js';
import { Button } from './parts/form.js';
import { Page } from './parts/page.js';
import { useProgram } from './parts/program.js';
import { useSession } from './parts/session.js';
import { Shell } from './parts/shell.js';
import { Notice, Skeleton } from './parts/state.js';
import Catalogue from './views/catalogue.js';
import SignIn from './views/signin.js';

const WARM_UP_MS = 2000;

const lazy = (load, isOpen = false) => ({ load, isOpen });

// A path's words, '*' for any; isOpen: guests may see it.
const ROUTES = [
	['', { view: Catalogue, isOpen: true }],
	['items/*', lazy(() => import('./views/item.js'), true)],
	['items/*/redeem', lazy(() => import('./views/redeem.js'))],
	['orders', lazy(() => import('./views/orders.js'))],
	['orders/*', lazy(() => import('./views/order.js'))],
	['points', lazy(() => import('./views/points.js'))],
	['points/*', lazy(() => import('./views/movement.js'))],
	['expiring', lazy(() => import('./views/expiring.js'))],
	['earn', lazy(() => import('./views/earn.js'))],
	['referral', lazy(() => import('./views/referral.js'))],
	['tier', lazy(() => import('./views/tier.js'))],
	['rules', lazy(() => import('./views/rules.js'))],
	['disclosure', lazy(() => import('./views/disclosure.js'))],
	['devices', lazy(() => import('./views/devices.js'))],
	['me', lazy(() => import('./views/me.js'))],
];
// Comes with the first: a link's token is in memory alone, and would be gone with a page loaded anew for this code.
const SIGN_IN = { view: SignIn, isOpen: true };

const isMatch = (pattern, path) => pattern.length === path.length
	&& pattern.every((word, index) => word === '*' || word === path[index]);

// The route of a path: undefined where there is none.
function routeOf(path) {
	if (path[0] === 'in')
		return SIGN_IN;
	return ROUTES.find(([pattern]) => isMatch(pattern === '' ? [] : pattern.split('/'), path))?.[1];
}

function NotFound() {
	return html`<${Page} title=${t('shop.no_page')}>
		<p>${t('shop.no_page_what')}</p>
		<div class="actions"><${Button} href=${href('/')}>${t('shop.to_mall')}<//></div>
	<//>`;
}

// Either the screen threw, or its code did not come.
function Broken({ isMissing, retry }) {
	return html`<${Page} title=${t(isMissing ? 'shop.not_here' : 'shop.broken')}>
		<${Notice} tone=${isMissing ? 'warn' : 'bad'}>
			<p>${t(isMissing ? 'shop.not_here_what' : 'shop.broken_what')}</p>
			<${Button} onClick=${retry}>${t('shop.try_again')}<//>
		<//>
	<//>`;
}

async function loadView(route) {
	route.view ??= (await route.load()).default;
}

// Fetches the other screens' code while nothing else is to be done: they open at once, also without a connection.
export function warmUp() {
	const whenIdle = globalThis.requestIdleCallback ?? ((fn) => setTimeout(fn, WARM_UP_MS));
	whenIdle(() => ROUTES.forEach(([, route]) => loadView(route).catch(() => {})));
}

// The code of a route's screen: [whether it is here, whether it could not be had, try again].
function useView(route) {
	const [, redraw] = useState(0);
	const [isMissing, setMissing] = useState(false);
	const fetchView = () => {
		setMissing(false);
		loadView(route).then(() => redraw((n) => n + 1), () => setMissing(true));
	};
	const { view } = route;
	useEffect(() => {
		if (!view) // Another may have fetched it since: then it is drawn at once.
			fetchView();
		window.addEventListener('online', fetchView);
		return () => window.removeEventListener('online', fetchView);
	}, [route]);
	return [view, isMissing, fetchView];
}

// After a new release the old code is gone for good: then only the page anew has it.
const refetchWith = (fetchView) => () => (navigator.onLine ? location.reload() : fetchView());

function Screen({ route, path, query }) {
	const [View, isMissing, fetchView] = useView(route);
	const refetch = refetchWith(fetchView);
	const [error, reset] = useErrorBoundary((thrown) => console.error(thrown));
	if (error)
		return html`<${Broken} retry=${reset} />`;
	if (View)
		return html`<${View} path=${path} query=${query} />`;
	return isMissing ? html`<${Broken} isMissing=${true} retry=${refetch} />` : html`<${Skeleton} rows=${4} />`;
}

// Draws everything anew when the names of things arrive late.
function useNames() {
	useFollowed(isKnown, onContent);
}

export function App() {
	useLanguage();
	useNames();
	useProgram(); // Its days begin at its own midnight: every day on every screen follows.
	const session = useSession();
	const { path, query } = useRoute();
	const asked = routeOf(path);
	const route = asked && !asked.isOpen && !session ? SIGN_IN : asked;
	return html`<${Shell}>
		${route ? html`<${Screen} key=${path.join('/')} route=${route} path=${path} query=${query} />`
		: html`<${NotFound} />`}
	<//>`;
}
