// format.js - numbers, money, days and times as the member's language writes them. What is not known is "–".
//
// Points are integers up to 2^53-1 and stay exact; money never passes through a fraction. Days are the program's: where
// it has its midnight is set once by setOffset.
import { now } from './clock.js';
import { languageTag, t } from './i18n.js';

const UNKNOWN = '–';

const MINUTE_MS = 60000;

let offsetMinutes = 0;

// Minutes east of UTC of the program's days (program.get offset_minutes).
export function setOffset(minutes) {
	offsetMinutes = minutes;
}

const made = new Map();

// Intl's formatters are dear to make: each is made once a language.
function formatter(Kind, options) {
	const name = `${Kind.name} ${languageTag()} ${JSON.stringify(options)}`;
	if (!made.has(name))
		made.set(name, new Kind(languageTag(), options));
	return made.get(name);
}

const isInteger = (value) => Number.isSafeInteger(value) || typeof value === 'bigint';

// 12,345. Below zero with a minus sign.
export const points = (n) => (isInteger(n) ? formatter(Intl.NumberFormat, {}).format(n).replace('-', '−') : UNKNOWN);

// +100, −30, 0.
export const change = (n) => (n > 0 ? `+${points(n)}` : points(n));

// A share of ten thousand: 15000 is ×1.5.
export const multiplier = (basis) => (isInteger(basis)
	? `×${formatter(Intl.NumberFormat, { maximumFractionDigits: 4 }).format(basis / 10000)}` : UNKNOWN);

// Minor units of a currency: 123456 of CNY is CN¥1,234.56. Exact: whole units and fraction are printed apart.
export function money(minor, currency) {
	if (!isInteger(minor))
		return UNKNOWN;
	const format = formatter(Intl.NumberFormat, { style: 'currency', currency });
	const digits = format.resolvedOptions().maximumFractionDigits;
	const size = 10n ** BigInt(digits);
	const amount = BigInt(minor) < 0n ? -BigInt(minor) : BigInt(minor);
	const fraction = `${amount % size}`.padStart(digits, '0');
	const printed = format.formatToParts(amount / size)
		.map((part) => (part.type === 'fraction' ? fraction : part.value)).join('');
	return minor < 0 ? `−${printed}` : printed;
}

const dayTime = (day) => Date.parse(`${day}T00:00:00Z`);

function inUtc(ms, options) {
	return formatter(Intl.DateTimeFormat, { timeZone: 'UTC', ...options }).format(ms);
}

// A day of the ledger, "2026-01-31"; "never" says so.
export function day(text) {
	if (text === 'never')
		return t('common.never');
	return Number.isNaN(dayTime(text)) ? UNKNOWN : inUtc(dayTime(text), { dateStyle: 'medium' });
}

// Without the year.
export const dayShort = (text) => (Number.isNaN(dayTime(text))
	? UNKNOWN : inUtc(dayTime(text), { month: 'short', day: 'numeric' }));

// A month, "2026-01".
export const month = (text) => (Number.isNaN(dayTime(`${text}-01`))
	? UNKNOWN : inUtc(dayTime(`${text}-01`), { year: 'numeric', month: 'long' }));

// A moment, in the program's time.
export const time = (ms) => (Number.isSafeInteger(ms)
	? inUtc(ms + offsetMinutes * MINUTE_MS, { dateStyle: 'medium', timeStyle: 'short' }) : UNKNOWN);

// The day of the program at a moment.
export const dayOf = (ms) => new Date(ms + offsetMinutes * MINUTE_MS).toISOString().slice(0, 10);

export const today = () => dayOf(now());
