// Numbers, money and days in both languages, exact to 2^53-1.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from './browser.mjs';

const MAX = Number.MAX_SAFE_INTEGER;

async function inLanguage(language) {
	const { format, i18n, clock } = new Browser({ languages: [language] }).open().core;
	await i18n.startLanguage();
	return { ...format, clock };
}

const en = await inLanguage('en');
const zh = await inLanguage('zh');

for (const [language, format] of [['en', en], ['zh', zh]]) {
	test(`points are exact in ${language}, and what is not known is no number`, () => {
		assert.equal(format.points(0), '0');
		assert.equal(format.points(1), '1');
		assert.equal(format.points(12345), '12,345');
		assert.equal(format.points(MAX), '9,007,199,254,740,991');
		assert.equal(format.points(-MAX), '−9,007,199,254,740,991');
		assert.equal(format.points(2n * BigInt(MAX)), '18,014,398,509,481,982');
		for (const unknown of [undefined, null, NaN, 1.5, '7', 2 ** 53])
			assert.equal(format.points(unknown), '–');
	});

	test(`a change says its direction in ${language}`, () => {
		assert.equal(format.change(100), '+100');
		assert.equal(format.change(-30), '−30');
		assert.equal(format.change(0), '0');
		assert.equal(format.change(MAX), '+9,007,199,254,740,991');
		assert.equal(format.change(undefined), '–');
	});

	test(`a multiplier is as many times in ${language}`, () => {
		assert.equal(format.multiplier(10000), '×1');
		assert.equal(format.multiplier(15000), '×1.5');
		assert.equal(format.multiplier(12345), '×1.2345');
		assert.equal(format.multiplier(undefined), '–');
	});

	test(`what is no day is unknown in ${language}`, () => {
		for (const unknown of [undefined, null, '', '2026-13-01']) {
			assert.equal(format.day(unknown), '–');
			assert.equal(format.dayShort(unknown), '–');
		}
		assert.equal(format.month('2026-13'), '–');
		assert.equal(format.time(undefined), '–');
		assert.equal(format.time(null), '–');
	});
}

test('money is exact to the last minor unit', () => {
	assert.equal(en.money(0, 'CNY'), 'CN¥0.00');
	assert.equal(en.money(1, 'CNY'), 'CN¥0.01');
	assert.equal(en.money(123456, 'GBP'), '£1,234.56');
	assert.equal(en.money(-5, 'GBP'), '−£0.05');
	assert.equal(en.money(MAX, 'CNY'), 'CN¥90,071,992,547,409.91');
	assert.equal(en.money(MAX - 1, 'CNY'), 'CN¥90,071,992,547,409.90');
	assert.equal(en.money(1234, 'JPY'), '¥1,234');
	assert.equal(en.money(1234, 'KWD').replace(/\s/, ' '), 'KWD 1.234');
	assert.equal(zh.money(123456, 'CNY'), '¥1,234.56');
	assert.equal(zh.money(-MAX, 'CNY'), '−¥90,071,992,547,409.91');
	assert.equal(en.money(undefined, 'CNY'), '–');
});

test('days and months are the language\'s', () => {
	assert.equal(en.day('2026-01-31'), 'Jan 31, 2026');
	assert.equal(zh.day('2026-01-31'), '2026年1月31日');
	assert.equal(en.dayShort('2026-01-31'), 'Jan 31');
	assert.equal(zh.dayShort('2026-01-31'), '1月31日');
	assert.equal(en.month('2026-01'), 'January 2026');
	assert.equal(zh.month('2026-01'), '2026年1月');
	assert.equal(en.day('never'), 'No expiry');
	assert.equal(zh.day('never'), '长期有效');
});

test('times and today are the program\'s, wherever the phone is', () => {
	const at = Date.UTC(2026, 0, 31, 16, 30);
	en.setOffset(0);
	assert.equal(en.time(at).replace(/\s/g, ' '), 'Jan 31, 2026, 4:30 PM');
	assert.equal(en.dayOf(at), '2026-01-31');
	en.setOffset(480);
	zh.setOffset(480);
	assert.equal(en.dayOf(at), '2026-02-01');
	assert.equal(zh.time(at), '2026年2月1日 00:30');
	en.clock.setClock('Sat, 31 Jan 2026 16:30:00 GMT');
	assert.equal(en.today(), '2026-02-01');
});

test('English dates are those of the member\'s country, and the words stay English', async () => {
	const gb = await inLanguage('en-GB');
	assert.equal(gb.day('2026-01-31'), '31 Jan 2026');
	assert.equal((await inLanguage('zh-TW')).day('2026-01-31'), '2026年1月31日');
	assert.equal((await inLanguage('en_US')).day('2026-01-31'), 'Jan 31, 2026');
});
