// The texts: both languages say the same things with the same variables; every key the code asks for is there, and none
// is left over; no source holds what a page must not do.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Browser, until } from './browser.mjs';

const source = process.env.MERIT_WEB_SOURCE;
const protocol = readFileSync(`${source}/../../../doc/protocol.md`, 'utf8');
const LANGUAGES = ['en', 'zh'];
const FILES = ['common', 'status', 'shop', 'points'];

const filesIn = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((each) => (each.isDirectory()
	? filesIn(join(folder, each.name)) : join(folder, each.name)));
const codeFiles = filesIn(source).filter((name) => name.endsWith('.js') && !name.includes('/words/'));
const code = codeFiles.map((name) => ({ name, text: readFileSync(name, 'utf8') }));

// The keys with their texts, as the files have them: a key twice would be lost in an object.
function wordsOf(language, file) {
	const text = readFileSync(`${source}/words/${language}/${file}.js`, 'utf8');
	const body = text.slice(text.indexOf('= {') + 2, text.lastIndexOf('}') + 1);
	const keys = [...text.matchAll(/^\t'([\w.]+)':/gm)].map(([, key]) => key);
	return { keys, words: new Function(`return (${body});`)() };
}

const wordsIn = Object.fromEntries(LANGUAGES.map((language) => [language,
	Object.assign({}, ...FILES.map((file) => wordsOf(language, file).words))]));

function variables(text) {
	const found = [...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
	return [...new Set(found)].sort();
}

for (const file of FILES) {
	test(`the texts of ${file} are there in both languages, each once`, () => {
		const [en, zh] = LANGUAGES.map((language) => wordsOf(language, file));
		assert.deepEqual(Object.keys(zh.words).sort(), Object.keys(en.words).sort());
		for (const { keys, words } of [en, zh])
			assert.deepEqual(keys.filter((key, index) => keys.indexOf(key) !== index || !Object.hasOwn(words, key)), []);
	});
}

test('both languages use the same variables', () => {
	for (const [key, text] of Object.entries(wordsIn.en))
		assert.deepEqual(variables(wordsIn.zh[key]), variables(text), key);
});

test('a text is a text, or its plural forms', () => {
	for (const language of LANGUAGES) {
		for (const [key, text] of Object.entries(wordsIn[language])) {
			const forms = typeof text === 'string' ? { other: text } : text;
			assert.ok(forms.other?.trim(), `${language} ${key}`);
			assert.ok(Object.entries(forms).every(([form, each]) => ['one', 'other'].includes(form) && each.trim()), key);
			assert.doesNotMatch(JSON.stringify(forms), /TODO|lorem|undefined/i, key);
		}
	}
});

test('Chinese texts are Chinese, English ones English', () => {
	const latin = Object.entries(wordsIn.zh).filter(([, text]) => !/[\u3400-\u9fff]/.test(JSON.stringify(text)));
	assert.deepEqual(latin.filter(([, text]) => /[a-z]{4,}/i.test(JSON.stringify(text).replace(/\{\w+\}/g, ''))), []);
	const chinese = Object.entries(wordsIn.en).filter(([, text]) => /[\u3400-\u9fff]/.test(JSON.stringify(text)));
	assert.deepEqual(chinese.filter(([key]) => !key.includes('language') && !key.includes('chinese')), []);
});

// 'area.name' anywhere in code is a key; `area.${...}` and `area.name_${...}` stand for all that begin like this, and
// `${...}_name` for all keys in use with this behind them.
const AREA = [...new Set(Object.keys(wordsIn.en).map((key) => key.split('.')[0]))].join('|');
const named = new Map();
const begun = new Set();
const ended = new Set();
for (const { name, text } of code) {
	for (const [, key] of text.matchAll(new RegExp(`['"\`]((?:${AREA})\\.[\\w.]+)['"\`]`, 'g')))
		named.set(key, name);
	for (const [, prefix] of text.matchAll(new RegExp(`\`((?:${AREA})\\.[\\w.]*)\\$\\{`, 'g')))
		begun.add(prefix);
	for (const [, suffix] of text.matchAll(/\}(_[a-z_]+)`/g))
		ended.add(suffix);
}

test('every text that code asks for is there', () => {
	const methods = new Set([...protocol.matchAll(/^### ([a-z]+\.[a-z_]+)$/gm)].map(([, method]) => method));
	assert.deepEqual([...named].filter(([key]) => !Object.hasOwn(wordsIn.en, key) && !methods.has(key)), []);
	for (const prefix of begun)
		assert.ok(Object.keys(wordsIn.en).some((key) => key.startsWith(prefix)), prefix);
});

test('no text is left over', () => {
	const isNamed = (key) => named.has(key) || [...begun].some((prefix) => key.startsWith(prefix));
	const isUsed = (key) => isNamed(key)
		|| [...ended].some((suffix) => key.endsWith(suffix) && isNamed(key.slice(0, -suffix.length)));
	assert.deepEqual(Object.keys(wordsIn.en).filter((key) => !isUsed(key)), []);
});

test('every status a member can meet has its sentence, and any other one has a sentence too', async () => {
	const known = new Set([...protocol.matchAll(/^\| `(\w+)` \| \d+ \|/gm)].map(([, status]) => status));
	const own = ['status.other', 'status.insecure', 'status.other_member'];
	const said = Object.keys(wordsIn.en).filter((key) => key.startsWith('status.') && !own.includes(key));
	assert.deepEqual(said.filter((key) => !known.has(key.slice('status.'.length))), []);
	const { i18n } = new Browser({ languages: ['en'] }).open().core;
	await i18n.startLanguage();
	for (const status of known)
		assert.match(i18n.t(`status.${status}`), /\.$/);
	assert.equal(i18n.t('status.no_such_status'), i18n.t('status.other'));
});

test('texts speak of numbers as the language does', async () => {
	const { i18n } = new Browser({ languages: ['fr', 'zh-TW', 'en'] }).open().core;
	await i18n.startLanguage();
	assert.equal(i18n.language(), 'zh');
	assert.equal(i18n.languageTag(), 'zh-CN');
	await i18n.setLanguage('en');
	const counts = ({ one, other }) => [one, other].every((form) => form?.includes('{count}'));
	const [key, forms] = Object.entries(wordsIn.en).find(([, each]) => counts(each));
	const rest = (text) => Object.fromEntries(variables(text).map((name) => [name, 'x']));
	const fill = (text, count) => text.replaceAll('{count}', count).replaceAll(/\{\w+\}/g, 'x');
	assert.equal(i18n.t(key, { ...rest(forms), count: 1 }), fill(forms.one, '1'));
	assert.equal(i18n.t(key, { ...rest(forms), count: 0 }), fill(forms.other, '0'));
	assert.equal(i18n.t(key, { ...rest(forms), count: 12345 }), fill(forms.other, '12,345'));
	assert.equal(i18n.t(key, { ...rest(forms), count: undefined }), fill(forms.other, '–'));
});

test('the choice of a language is kept, and followed by the page', async () => {
	const browser = new Browser({ languages: ['en'] });
	const { core, document } = browser.open();
	await core.i18n.startLanguage();
	assert.equal(document.documentElement.lang, 'en');
	let told = 0;
	core.i18n.subscribe(() => told++);
	await core.i18n.setLanguage('zh');
	assert.equal(told, 1);
	assert.equal(document.documentElement.lang, 'zh-CN');
	const later = browser.open();
	await later.core.i18n.startLanguage();
	await until(() => later.core.i18n.language() === 'zh'); // At once, or when what was kept is found late.
});

test('of two choices at once the last one holds', async () => {
	const { i18n } = new Browser({ languages: ['en'] }).open().core;
	await i18n.startLanguage();
	await Promise.all([i18n.setLanguage('zh'), i18n.setLanguage('en'), i18n.setLanguage('zh')]);
	assert.equal(i18n.language(), 'zh');
	await Promise.all([i18n.setLanguage('zh'), i18n.setLanguage('en')]);
	assert.equal(i18n.language(), 'en');
});

test('a sentence can hold components', async () => {
	const { i18n } = new Browser({ languages: ['en'] }).open().core;
	await i18n.startLanguage();
	const isSimple = (text) => typeof text === 'string' && variables(text).length === 1;
	const [key, text] = Object.entries(wordsIn.en).find(([, each]) => isSimple(each));
	const [name] = variables(text);
	const component = { type: 'b' };
	assert.ok(i18n.parts(key, { [name]: component }).includes(component));
});

const FORBIDDEN = new RegExp(['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document\\.write', 'dangerouslySet',
	'\\beval\\(', 'new Function', 'localStorage', 'sessionStorage', 'document\\.cookie'].join('|'));

test('no source makes markup of text, runs text, or keeps things where it must not', () => {
	for (const { name, text } of code) {
		const lines = text.split('\n').filter((line) => !/^\s*\/\//.test(line));
		assert.deepEqual(lines.filter((line) => FORBIDDEN.test(line)), [], name);
	}
});

test('the console is told of faults alone, in three places', () => {
	const logging = code.filter(({ text }) => /\bconsole\./.test(text)).map(({ name }) => name.slice(source.length + 1));
	assert.deepEqual(logging.sort(), ['app.js', 'core/listeners.js', 'main.js']);
	assert.ok(code.every(({ text }) => !/\bconsole\.(?!error\()/.test(text)));
});
