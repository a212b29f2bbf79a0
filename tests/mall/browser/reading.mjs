// reading.mjs - finding one's way: the catalogue's filters, the ledger of points back to its beginning, files, copies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, same, test, until } from './harness.mjs';
import { run } from './run.mjs';
import { hasBalance, signIn } from './shopper.mjs';

const PAGES_MAX = 20;

// Asks for the next page until there is none.
async function readAll(v) {
	const more = v.button('shop.show_more');
	for (let page = 0; await more.count() > 0; page++) {
		check('the pages end', page < PAGES_MAX);
		await more.click();
		await v.settled();
	}
}

const movements = (v) => v.page.locator('main a[href^="#/points/"]');

async function saved(world, v, button) {
	const [download] = await Promise.all([v.page.waitForEvent('download'), button.click()]);
	const path = join(world.servers.folder, download.suggestedFilename());
	await download.saveAs(path);
	return { name: download.suggestedFilename(), text: readFileSync(path, 'utf8') };
}

test('search, category, points and what one can afford narrow the catalogue', async ({ world, open }) => {
	const v = await open({ size: 'desktop' });
	await signIn(v, world, await world.member(100));
	const names = async () => v.page.locator('li.item h2').allInnerTexts();
	const all = await names();
	check('all are there', all.length >= 10, all);
	await v.page.getByRole('searchbox').fill('CARDIO');
	await until('one is found', async () => (await names()).length === 1);
	await v.page.getByRole('searchbox').fill('');
	await v.button('shop.filters').click();
	await v.page.getByLabel(v.t('shop.category')).selectOption('home');
	const home = ['Coffee mug', 'One for each', 'Sold-out pen'];
	await until('the category', async () => (await names()).sort().join() === home.join());
	await v.page.getByLabel(v.t('shop.in_stock')).check();
	await until('what is in stock', async () => !(await names()).includes('Sold-out pen'));
	await v.page.getByLabel(v.t('shop.category')).selectOption('');
	await v.page.getByLabel(v.t('shop.afford')).check();
	await until('what one can afford', async () => {
		const found = await names();
		return found.includes('Coffee mug')
			&& !found.some((each) => each === 'Stethoscope' || each.startsWith('A medicine'));
	});
	await v.page.getByLabel(v.t('shop.points_to')).fill('45');
	await until('the range', async () => !(await names()).includes('Coffee mug'));
	await v.page.reload();
	await v.settled();
	const kept = await names();
	check('a reload keeps it', !kept.includes('Coffee mug') && kept.includes('Coffee voucher'), kept);
	await v.page.getByLabel(v.t('shop.points_to')).fill('1');
	await v.seesWord('shop.none_found');
	await v.button('shop.clear_filters').click();
	await until('all again', async () => (await names()).length === all.length);
});

test('the ledger of points pages back to its first movement, its balance adds up', async ({ world, open }) => {
	const member = await world.member();
	for (let count = 0; count < 130; count++)
		await world.grant(member, count + 1);
	const v = await open({ size: 'desktop' });
	await signIn(v, world, member, '/points');
	const sum = (130 * 131) / 2;
	await hasBalance(v, sum.toLocaleString('en'));
	await v.settled();
	check('not all at once', await movements(v).count() < 130);
	await readAll(v);
	same('movements', await movements(v).count(), 130);
	const text = await v.text();
	for (const each of ['+130', '+1', v.t('points.left'), sum.toLocaleString('en')])
		check(`the ledger shows ${each}`, text.includes(each));
});

// How far the page is scrolled, once that has not changed for a while.
async function scrolled(v) {
	let last = -1;
	return until('a page that scrolls no more', async () => {
		const before = last;
		last = await v.page.evaluate(() => new Promise((resolve) => {
			setTimeout(() => requestAnimationFrame(() => resolve(scrollY)), 300);
		}));
		return last === before && { y: last };
	}).then(({ y }) => y);
}

// Scrolls to a link as a person does, follows it, and goes back by the browser: gives the scroll before and after.
async function thereAndBack(v, link) {
	await link.scrollIntoViewIfNeeded();
	await v.page.mouse.wheel(0, 60);
	const before = await scrolled(v);
	check('it is scrolled', before > 200, before);
	await link.click();
	await v.settled();
	await v.page.goBack();
	await v.settled();
	return { before, after: await until('scrolled again', () => v.page.evaluate(() => scrollY)) };
}

test('back leads to where one was: scrolled as far, with as many pages', async ({ world, open }) => {
	const member = await world.member();
	for (let count = 0; count < 70; count++)
		await world.grant(member, count + 1);
	const v = await open({});
	await signIn(v, world, member);
	const mall = await thereAndBack(v, v.page.locator('li.item a').nth(8));
	check('the catalogue', Math.abs(mall.after - mall.before) < 50, mall);
	await v.go('/points');
	await readAll(v);
	same('all movements', await movements(v).count(), 70);
	const points = await thereAndBack(v, movements(v).nth(55));
	check('the ledger', Math.abs(points.after - points.before) < 50, points);
	same('all movements still', await movements(v).count(), 70);
});

test('the page\'s own way back keeps search and filters', async ({ world, open }) => {
	const v = await open({});
	await signIn(v, world, await world.member(100));
	await v.page.getByRole('searchbox').fill('mug');
	await until('one is found', async () => await v.page.locator('li.item').count() === 1);
	await v.page.locator('li.item a').click();
	await until('the item', () => v.link('shop.back').isVisible());
	await v.settled();
	await v.link('shop.back').click();
	await until('one is found still', async () => await v.page.locator('li.item').count() === 1);
	same('the word is there', await v.page.getByRole('searchbox').inputValue(), 'mug');
});

test('the ledger of points is filtered by what happened and by whose points', async ({ world, open }) => {
	const member = await world.member(300);
	await world.earn(member, 'sugar-watch', 'diabetes', 'D-1', -2);
	await world.order(`o-${member}`, member, [['mug', 60]]);
	const v = await open({});
	await signIn(v, world, member, '/points');
	await until('three movements', async () => await movements(v).count() === 3);
	await v.page.getByLabel(v.t('points.kind'), { exact: true }).selectOption({ label: v.t('points.kind_place') });
	await until('the order alone', async () => await movements(v).count() === 1);
	await v.sees('−60');
	await v.page.getByLabel(v.t('points.kind'), { exact: true }).selectOption({ label: v.t('points.all') });
	await until('all again', async () => await movements(v).count() === 3);
	await v.page.getByLabel(v.t('points.sponsor'), { exact: true }).selectOption({ label: 'Northwind Pharma' });
	await until('one sponsor\'s', async () => !(await v.text()).includes('+150') && (await v.text()).includes('+300'));
});

test('what is reported about a member is a file for a spreadsheet, without formulas', async ({ world, open }) => {
	const member = await world.member(300);
	await world.earn(member, 'sugar-watch', 'diabetes', 'D-1', -2, { product: '=HYPERLINK("x"),"y"' });
	const v = await open({});
	await signIn(v, world, member, '/disclosure');
	await v.settled();
	const { name, text } = await saved(world, v, v.button('disclosure.download'));
	same('its name', name, `disclosure-${member}.csv`);
	same('its lines', text.trim().split('\r\n').length, 3);
	check('both sponsors', text.includes('Northwind Pharma') && text.includes('Lakeside Diagnostics'), text);
	check('the value, exactly', text.includes('300.00') && text.includes('150.00'), text);
	check('no formula', !/(^|,)"?=/m.test(text), text);
});

test('an invitation is copied, and leads where the platform says', async ({ world, open }) => {
	const member = await world.member(10);
	const v = await open({});
	await signIn(v, world, member, '/referral');
	await v.settled();
	await v.button('referral.copy_link').click();
	const link = `https://mall.example/join?by=${member}`;
	await until('the clipboard', async () => await v.page.evaluate(() => navigator.clipboard.readText()) === link);
	await until('a QR code', () => v.page.getByRole('img', { name: v.t('referral.qr') }).isVisible());
});

await run();
