// visitor.mjs - one person's browser: a fresh profile of a size, a language and a look, and what went wrong in it.
//
// Everything a page must never do is watched from its first line on: a broken content policy, a dialog, an error that
// nobody caught. checkQuiet() says so at the end of each test.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, until } from './harness.mjs';

const CHROMIUM = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const SIZES = { phone: { width: 360, height: 780 }, desktop: { width: 1280, height: 800 } };

const packages = process.env.MERIT_TEST_PACKAGES;
const sources = join(process.env.MERIT_SOURCE_DIR, 'mall/web/src');
const words = join(sources, 'words');
const FIRST = ['catalogue', 'signin']; // The screens whose code the page brings along.
const screens = readdirSync(join(sources, 'views')).map((name) => basename(name, '.js'))
	.filter((name) => !FIRST.includes(name));
const axe = readFileSync(join(packages, 'axe-core/axe.min.js'), 'utf8');
const { chromium } = await import(pathToFileURL(join(packages, 'playwright-core/index.mjs')));
const texts = Object.fromEntries(await Promise.all(['en', 'zh'].map(async (language) =>
	[language, (await import(pathToFileURL(join(words, `${language}.js`)))).default])));

/** The words of the mall by key, with the variables given filled in; `count` chooses the plural, none is many. */
export function wordsOf(language) {
	const plurals = new Intl.PluralRules(language);
	return (key, vars = {}) => {
		const found = texts[language][key];
		check(`a text ${key}`, found !== undefined);
		const form = typeof found === 'string' ? found : found[plurals.select(vars.count ?? 0)] ?? found.other;
		return form.replace(/\{(\w+)\}/g, (whole, name) => vars[name] ?? whole);
	};
}

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM });

// Runs before any script of the page.
function watch() {
	document.addEventListener('securitypolicyviolation', (event) => {
		globalThis.meritBroken(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
	});
}

/** An init script for browsers without Ed25519 in WebCrypto, as older phones' web views are. */
export function withoutEd25519() {
	for (const name of ['generateKey', 'importKey', 'sign', 'verify']) {
		const real = crypto.subtle[name].bind(crypto.subtle);
		crypto.subtle[name] = (...all) => all.some((each) => each === 'Ed25519' || each?.name === 'Ed25519')
			? Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')) : real(...all);
	}
}

class Visitor {
	#watched = [];
	#errors = [];
	#under = new Set();

	constructor(context, page, language, site) {
		Object.assign(this, { context, page, language, site, t: wordsOf(language) });
		this.follow(page);
	}

	/** Watches one more page of this browser. */
	follow(page) {
		page.on('dialog', (dialog) => {
			this.#watched.push(`dialog ${dialog.message()}`);
			dialog.dismiss().catch(() => {});
		});
		page.on('pageerror', (error) => this.#errors.push(`error ${error.stack}`));
		page.on('console', (message) => {
			if (/Content Security Policy|Trusted ?Type|Blocked script/i.test(message.text()))
				this.#watched.push(`console ${message.text()}`);
			else if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text()))
				this.#errors.push(`console ${message.text()}`);
		});
		const done = (request) => this.#under.delete(request);
		page.on('request', (request) => {
			if (request.isNavigationRequest()) // What the page before had under way is not always said to have ended.
				this.#under.clear();
			this.#under.add(request);
		});
		page.on('requestfinished', done);
		page.on('requestfailed', done);
		page.on('close', () => this.#under.clear());
	}

	/** Called by the page itself for each rule of the content policy it broke. */
	broke(text) {
		this.#watched.push(`policy ${text}`);
	}

	/** What the page did that it must not, so far. */
	watched() {
		return [...this.#watched];
	}

	/** The test itself breaks a rule on purpose: what was watched so far is given, and forgotten. */
	forgive() {
		this.#errors = [];
		return this.#watched.splice(0);
	}

	/** Nothing went wrong since it was asked last. */
	checkQuiet() {
		const errors = this.#errors;
		const watched = this.forgive();
		check('no content policy broken, no dialog', watched.length === 0, watched);
		check('no error nobody caught', errors.length === 0, errors);
	}

	/** For who reads why a test failed. */
	said() {
		const under = [...this.#under].map((request) =>
			`under way: ${request.method()} ${request.url()} ${(request.postData() ?? '').slice(0, 200)}`);
		return [...this.#watched, ...this.#errors, ...under, `at ${this.page.url().replace(/(#\/in\/).*/, '$1...')}`];
	}

	/** Goes to a path of the mall, such as /orders, and waits until it stands still. */
	async go(path = '/') {
		await this.page.goto(`${this.site}/#${path}`);
		await this.settled();
	}

	/** Follows a sign-in link. */
	async follows(link) {
		await this.page.goto(link);
		await this.settled();
	}

	/**
	 * Nothing is being loaded: there is a heading, no grey bars, and nothing is under way. It is looked at twice, with a
	 * frame in between: what a screen does once it is drawn, such as asking for its rows, has been done by then.
	 */
	async settled() {
		await until('a page that stands still', async () => this.#under.size === 0
			&& await this.page.evaluate(async () => {
				const isStill = () => document.querySelector('h1') !== null
					&& document.querySelector('.skeleton, [aria-busy="true"]') === null;
				if (!isStill())
					return false;
				await new Promise((resolve) => {
					requestAnimationFrame(resolve);
					setTimeout(resolve, 1000); // A page that is not in front may get no frame.
				});
				await new Promise((resolve) => setTimeout(resolve, 60));
				return isStill();
			})
			&& this.#under.size === 0);
	}

	/**
	 * The page has fetched the code of every screen, as it does when nothing else is to be done: earlier, a screen opened
	 * without a connection says that it is not here yet.
	 */
	async warm() {
		await until('the code of every screen', () => this.page.evaluate(async (names) => {
			const fetched = performance.getEntriesByType('resource').map(({ name }) => name);
			const files = names.map((name) => fetched.find((each) => each.includes(`/assets/${name}-`)));
			if (!files.every(Boolean))
				return false;
			await Promise.all(files.map((file) => import(file))); // With what each of them needs.
			return true;
		}, screens));
		await this.settled();
	}

	button(key, vars) {
		return this.page.getByRole('button', { name: this.t(key, vars), exact: true });
	}

	link(key, vars) {
		return this.page.getByRole('link', { name: this.t(key, vars), exact: true });
	}

	heading() {
		return this.page.locator('h1').innerText();
	}

	/** All a person sees of the screen itself. */
	text() {
		return this.page.locator('main').innerText();
	}

	sees(what, wait_ms) {
		return until(`the screen says ${what}`, async () => (await this.text()).includes(what), wait_ms);
	}

	seesWord(key, vars) {
		return this.sees(this.t(key, vars));
	}

	/** What the live region said, from now on. */
	async listen() {
		await this.page.evaluate(() => {
			globalThis.meritHeard = [];
			const region = document.querySelector('[aria-live]');
			new MutationObserver(() => globalThis.meritHeard.push(region.textContent))
				.observe(region, { childList: true, characterData: true, subtree: true });
		});
		return () => this.page.evaluate(() => globalThis.meritHeard);
	}

	/** The whole screen, as on a device so high that nothing needs scrolling. */
	async picture(path) {
		mkdirSync(dirname(path), { recursive: true });
		const { width, height } = this.page.viewportSize();
		const whole = await this.page.evaluate(() => document.scrollingElement.scrollHeight);
		await this.page.setViewportSize({ width, height: Math.max(height, Math.min(whole, 8000)) });
		await this.page.screenshot({ path });
		await this.page.setViewportSize({ width, height });
	}

	/** What axe-core finds wrong on the screen as it is, by all its rules or these: one line each. */
	async faults(rules) {
		if (!await this.page.evaluate(() => Boolean(globalThis.axe)))
			await this.page.evaluate(axe);
		const found = await this.page.evaluate((runOnly) =>
			globalThis.axe.run(document, { resultTypes: ['violations'], ...(runOnly && { runOnly }) }), rules);
		return found.violations.flatMap(({ id, nodes }) =>
			nodes.map((node) => `${id} ${node.target.join(' ')}: ${node.any[0]?.message ?? node.failureSummary}`));
	}

	/** All that the device keeps, as text; a private key that can be taken out is EXTRACTABLE in it. */
	stored() {
		return this.page.evaluate(async () => {
			const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
			const isExtractable = (value) => value instanceof CryptoKey ? value.type === 'private' && value.extractable
				: typeof value === 'object' && value !== null && Object.values(value).some(isExtractable);
			const texts = [JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])];
			for (const { name } of await indexedDB.databases()) {
				const database = await done(indexedDB.open(name));
				for (const store of database.objectStoreNames) {
					const open = () => database.transaction(store).objectStore(store);
					const all = await done(open().getAll());
					texts.push(JSON.stringify([all, await done(open().getAllKeys())]));
					if (all.some(isExtractable))
						texts.push('EXTRACTABLE');
				}
				database.close();
			}
			return texts.join('\n');
		});
	}

	/** How many pixels the page is wider than the window. */
	overflow() {
		return this.page.evaluate(() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth);
	}

	async close() {
		await this.context.unrouteAll({ behavior: 'ignoreErrors' }); // One of them may wait for an answer still.
		await this.context.close();
	}
}

/** A browser as nobody has used it. `scripts` run before the page's own. */
export async function visit(browser, site, { size = 'phone', language = 'en', theme = 'light', motion = 'no-preference',
	scripts = [] } = {}) {
	const context = await browser.newContext({
		viewport: SIZES[size], locale: language === 'zh' ? 'zh-CN' : 'en-GB', colorScheme: theme, reducedMotion: motion,
		timezoneId: 'Asia/Shanghai', hasTouch: size === 'phone',
	});
	await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site });
	for (const script of [watch, ...scripts])
		await context.addInitScript(script);
	const visitor = new Visitor(context, await context.newPage(), language, site);
	await context.exposeBinding('meritBroken', (from, text) => visitor.broke(text));
	return visitor;
}
