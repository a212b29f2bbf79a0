// The operator's names and pictures: shown where there are any, harmless whatever they hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from './browser.mjs';

const MALL = {
	title: { en: 'Heart mall', zh: '心脏商城' },
	referral_link: 'https://platform.example/join?by={member}',
	items: {
		cup: { title: { en: 'Cup', zh: '杯子' }, about: { en: 'Holds tea.' }, picture: 'cup.svg' },
		odd: { title: '<img src=x onerror=alert(1)>', picture: '../secret.svg' }, plain: 'Plain',
	},
	events: { course: { zh: '课程' } },
	natures: { education: { en: 'Education', zh: '教育' } },
	terms: [{ en: 'One.', zh: '一。' }, 'Two.', 3],
};

async function start(answer, languages = ['en']) {
	const ledger = { fetch: async () => answer() };
	const { content, i18n } = new Browser({ ledger, languages }).open().core;
	await i18n.startLanguage();
	return { content, came: await content.load() };
}

const found = (mall) => () => new Response(JSON.stringify(mall));

test('names, descriptions and pictures are the operator\'s, in the member\'s language', async () => {
	const { content, came } = await start(found(MALL), ['zh-CN']);
	assert.equal(came, true);
	assert.equal(content.title(), '心脏商城');
	assert.equal(content.nameOf('item', 'cup'), '杯子');
	assert.equal(content.aboutOf('cup'), 'Holds tea.');
	assert.equal(content.pictureOf('cup'), '/content/pictures/cup.svg');
	assert.deepEqual(content.terms(), ['一。', 'Two.']);
});

test('what has no name is called by its id', async () => {
	const { content } = await start(found(MALL));
	assert.equal(content.nameOf('item', 'mug'), 'mug');
	assert.equal(content.nameOf('campaign', 'c1'), 'c1');
	assert.equal(content.nameOf('item', 'constructor'), 'constructor');
	assert.equal(content.nameOf('item', '__proto__'), '__proto__');
	assert.equal(content.nameOf('event', 'course'), '课程');
	assert.equal(content.nameOf('nature', 'education'), 'Education');
	assert.equal(content.nameOf('no such kind', 'x'), 'x');
	assert.equal(content.nameOf('item', 'plain'), 'Plain');
	assert.equal(content.aboutOf('plain'), null);
	assert.equal(content.pictureOf('mug'), null);
});

test('a picture is a file of the folder, whatever the content says', async () => {
	const { content } = await start(found(MALL));
	assert.equal(content.pictureOf('odd'), null);
});

test('a referral link bears the member, and goes nowhere but over https', async () => {
	const { content } = await start(found(MALL));
	assert.equal(content.referralLink('m1'), 'https://platform.example/join?by=m1');
	const { content: other } = await start(found({ referral_link: 'javascript:alert(1)' }));
	assert.equal(other.referralLink('m1'), null);
});

for (const [what, answer] of [
	['no file', () => new Response('', { status: 404 })], ['a failing host', () => new Response('', { status: 503 })],
	['a broken file', () => new Response('{')],
	['no connection', () => { throw new TypeError('Failed to fetch'); }], ['null', found(null)], ['an array', found([1])],
]) {
	test(`with ${what} the mall works by ids`, async () => {
		const { content } = await start(answer);
		assert.equal(content.nameOf('item', 'cup'), 'cup');
		assert.equal(content.title(), null);
		assert.deepEqual(content.terms(), []);
		assert.equal(content.referralLink('m1'), null);
	});
}

test('that there are no names is known only when the host says so', async () => {
	const { content, came } = await start(() => new Response('', { status: 404 }));
	assert.deepEqual([came, content.isKnown()], [true, true]);
	const { content: other } = await start(() => new Response('', { status: 503 }));
	assert.equal(other.isKnown(), false);
});

test('the names are fetched once, and again after a failure', async () => {
	let count = 0;
	const ledger = { fetch: async () => new Response(count++ === 0 ? '{' : JSON.stringify(MALL)) };
	const { content } = new Browser({ ledger }).open().core;
	const told = [];
	content.onContent(() => told.push(count));
	assert.equal(await content.load(), false);
	assert.equal(await content.load(), true);
	assert.equal(await content.load(), true);
	assert.equal(count, 2);
	assert.deepEqual(told, [2]);
});
