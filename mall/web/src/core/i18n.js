// i18n.js - the texts, in the member's language. No text stands in code; no text is fetched from elsewhere.
import { makeListeners } from './listeners.js';
import * as store from './store.js';
import { useFollowed } from './view.js';

export const LANGUAGES = ['en', 'zh'];

// What the texts are written in.
const TAGS = { en: 'en', zh: 'zh-CN' };
const NAME = 'app/language';
const PATIENCE_MS = 1000;
const loaders = { en: () => import('../words/en.js'), zh: () => import('../words/zh.js') };

let chosen = 'en';
let words = {};
let lastCall = 0;
const listeners = makeListeners();

export const language = () => chosen;

const theirs = () => globalThis.navigator?.languages ?? [];

const baseOf = (tag) => tag.toLowerCase().split('-')[0];

// The language for Intl. English is that of the member's country, where the browser says so: dates differ.
export const languageTag = () => (chosen === 'en' && theirs().find((tag) => /^en-[A-Z]{2}$/.test(tag))) || TAGS[chosen];

// The first of the member's languages that there are texts of.
const preferred = () => theirs().map(baseOf).find((each) => LANGUAGES.includes(each)) ?? 'en';

// Of several calls the last one holds, whichever words come first.
async function become(next) {
	const number = ++lastCall;
	const loaded = (await loaders[next]()).default;
	if (number !== lastCall)
		return;
	words = loaded;
	chosen = next;
	if (globalThis.document)
		document.documentElement.lang = TAGS[chosen];
	listeners.tell();
}

// At the start of the page, before anything is shown. The likely words are fetched while the choice is looked up; a
// choice that takes too long to be found is followed when it comes.
export async function startLanguage() {
	loaders[preferred()]().catch(() => {});
	const choice = store.get(NAME).then((kept) => (LANGUAGES.includes(kept) ? kept : null));
	const patience = new Promise((resolve) => { setTimeout(() => resolve(null), PATIENCE_MS); });
	const found = await Promise.race([choice, patience]);
	await become(found ?? preferred());
	const call = lastCall;
	choice.then((late) => (late && !found && call === lastCall ? become(late) : null)).catch(() => {});
}

// The member's choice, kept on this device. Rejects where its words cannot be fetched: the language stays as it was.
export async function setLanguage(next) {
	await become(next);
	await store.put(NAME, next);
}

// Calls fn after each change of language; gives the function that ends this.
export const { subscribe } = listeners;

// The language, for components: they are drawn again when it changes.
export const useLanguage = () => useFollowed(language, subscribe);

const show = (value) => (typeof value === 'number' || typeof value === 'bigint'
	? new Intl.NumberFormat(languageTag()).format(value) : value ?? '–');

// A key that is not there, such as that of a status not known yet, says what its area says of all others.
function pattern(key, vars) {
	const found = words[key] ?? words[`${key.split('.')[0]}.other`];
	if (found === undefined || typeof found === 'string')
		return found ?? key;
	return found[new Intl.PluralRules(languageTag()).select(vars.count ?? 0)] ?? found.other;
}

// The text in pieces, for sentences that hold components: {name} becomes vars.name, numbers are written as the
// language does.
export const parts = (key, vars = {}) => pattern(key, vars).split(/\{(\w+)\}/)
	.map((piece, index) => (index % 2 ? show(vars[piece]) : piece)).filter((piece) => piece !== '');

// The text of a key. A key with plural forms takes vars.count.
export const t = (key, vars) => parts(key, vars).join('');

// Whether there is a text.
export const has = (key) => words[key] !== undefined;
