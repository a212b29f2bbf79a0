// content.js - names, descriptions and pictures the operator publishes beside the ledger (/content/mall.json).
//
// They are texts of others: shown as text, never as markup. What has no name is shown by its id; without the file the
// mall works all the same.
import { language } from './i18n.js';
import { makeListeners } from './listeners.js';

const KINDS = {
	item: 'items', sponsor: 'sponsors', campaign: 'campaigns', event: 'events', category: 'categories',
	merchant: 'merchants', tier: 'tiers', product: 'products', nature: 'natures', form: 'forms', income: 'incomes',
};

let content = {};
let known = false;
let loading = null;
const listeners = makeListeners();

// Calls fn when the names have come; gives the function that ends this.
export const onContent = listeners.subscribe;

// Whether it is known what the file says: false until it came, or until it is certain that there is none.
export const isKnown = () => known;

// Fetches the file, once; a failure leaves the mall without it, until load is called again. Gives isKnown().
export function load() {
	loading ??= fetchContent().then((came) => {
		loading = came ? loading : null;
		return came;
	});
	return loading;
}

async function fetchContent() {
	try {
		const response = await fetch('/content/mall.json', { credentials: 'omit' });
		if (!response.ok && response.status !== 404)
			return false;
		const found = response.ok ? await response.json() : {};
		content = found !== null && typeof found === 'object' ? found : {};
		known = true;
		listeners.tell();
		return true;
	} catch {
		return false;
	}
}

// A text, or texts by language, in the member's language, or in any there is.
function inLanguage(value) {
	if (value === null || typeof value !== 'object')
		return typeof value === 'string' ? value : null;
	const found = value[language()] ?? Object.values(value)[0];
	return typeof found === 'string' ? found : null;
}

const own = (object, name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);

const entry = (kind, id) => own(content[KINDS[kind]], id);

// The name of a thing; kind is one of those above.
export function nameOf(kind, id) {
	const found = entry(kind, id);
	return inLanguage(found?.title ?? found?.name ?? found) ?? id;
}

// What the operator says about a thing, or null.
export const aboutOf = (id, kind = 'item') => inLanguage(entry(kind, id)?.about);

// The address of an item's picture, or null.
export function pictureOf(item) {
	const name = entry('item', item)?.picture;
	return typeof name === 'string' && /^[\w-]+\.(svg|png|jpg|webp)$/.test(name) ? `/content/pictures/${name}` : null;
}

// The link a member shares, or null where the platform has none.
export function referralLink(member) {
	const link = inLanguage(content.referral_link);
	return link?.startsWith('https://') ? link.replaceAll('{member}', encodeURIComponent(member)) : null;
}

// The mall's name, or null.
export const title = () => inLanguage(content.title);

// The program's terms, paragraph by paragraph.
export function terms() {
	const found = content.terms;
	const list = Array.isArray(found) ? found : found?.[language()] ?? Object.values(found ?? {})[0];
	return (Array.isArray(list) ? list : []).map(inLanguage).filter((each) => each !== null);
}
