// redeeming.mjs - the whole way from a link to what arrived, and what a member may or may not have on it.
import { check, same, test, until } from './harness.mjs';
import { run } from './run.mjs';
import { ADDRESS, answer, begin, confirmer, hasBalance, orderOf, redeem, review, signIn, tabTo }
	from './shopper.mjs';
import { withoutEd25519 } from './visitor.mjs';
import { FORTUNE } from './world.mjs';

for (const [size, language] of [['phone', 'zh'], ['desktop', 'en'], ['phone', 'en'], ['desktop', 'zh']]) {
	test(`from link to redeemed, shipped, received and verified (${size}, ${language})`, async ({ world, open }) => {
		const member = await world.member(500);
		const v = await open({ size, language });
		await signIn(v, world, member);
		await hasBalance(v, '500');
		check('the token is out of the address', !v.page.url().includes('eyJ'), v.page.url());
		const order = await redeem(v, 'textbook', { address: ADDRESS });
		await v.seesWord('shop.placed');
		await v.seesWord('shop.state_preparing');
		await hasBalance(v, '320');
		const { recipient } = await world.ledger.read(world.bookshop, 'order.recipient', { order });
		check('the merchant reads where to', recipient.includes('李雷') && recipient.includes('人民路 12 号'), recipient);

		await world.ledger.write(world.bookshop, 'order.fulfil', { order, carrier: '顺丰 SF', tracking: 'SF12345' });
		await v.go('/orders');
		await v.page.reload();
		await v.seesWord('shop.state_sent');
		await v.page.locator('.rows a').first().click();
		await v.sees('SF12345');
		await v.sees('顺丰 SF');
		await v.settled();
		await answer(v, 'receive');
		await v.seesWord('shop.state_received');

		await v.page.locator('.proof-link').first().click();
		await v.settled();
		await v.button('proof.check').click();
		await v.seesWord('proof.proven');
		same('steps that fail', await v.page.locator('.step.bad').count(), 0);
		check('each step is shown', await v.page.locator('.step.good').count() >= 5);
	});
}

test('what the review says is what happens', async ({ world, open }) => {
	const member = await world.member(400);
	await world.earn(member, 'sugar-watch', 'diabetes', 'SW-1', -2);
	const v = await open({ size: 'desktop' });
	await signIn(v, world, member);
	await begin(v, 'mug');
	await v.button('shop.one_more').click();
	const confirm = await review(v);
	const text = await v.text();
	for (const each of ['550', '120', '430', 'Lakeside Diagnostics'])
		check(`the review says ${each}`, text.includes(each), text);
	same('the button says the price', (await confirm.innerText()).trim(), v.t('shop.confirm', { points: '120' }));
	await confirm.click();
	const order = await orderOf(v);
	await hasBalance(v, '430');
	const placed = await world.ledger.read(world.academy, 'order.get', { order });
	same('the points that expire first went', placed.lots.map((lot) => [lot.campaign, lot.held]), [['sugar-watch', 120]]);
});

test('a code is handed over at once, shown when asked for, and copied', async ({ world, open }) => {
	const member = await world.member(100);
	const v = await open({});
	await signIn(v, world, member);
	await redeem(v, 'coffee');
	await v.seesWord('shop.placed_code');
	check('the code is not on the screen yet', !(await v.text()).includes('CAFE-'));
	await v.button('shop.show_codes', { count: 1 }).click();
	await v.sees('CAFE-');
	const code = /CAFE-[0-9A-F]{8}/.exec(await v.text())[0];
	await v.page.getByRole('button', { name: v.t('shop.copy_code') }).click();
	same('the clipboard', await until('a copy', () => v.page.evaluate(() => navigator.clipboard.readText())), code);
});

test('an account is asked for where an account is credited', async ({ world, open }) => {
	const member = await world.member(1000);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'topup');
	await v.button('shop.review').click();
	await v.seesWord('shop.choose_account');
	await v.button('shop.add_account').click();
	const dialog = v.page.getByRole('dialog');
	await dialog.getByRole('button', { name: v.t('shop.save') }).click();
	await until('what is missing is said', async () => (await dialog.innerText()).includes(v.t('shop.fault_missing')));
	await dialog.getByLabel(v.t('shop.field_account'), { exact: true }).fill('138 0013 8000');
	await dialog.getByRole('button', { name: v.t('shop.save') }).click();
	await (await review(v)).click();
	const order = await orderOf(v);
	const { recipient } = await until('the recipient', () => world.ledger.read(world.cafe, 'order.recipient', { order }));
	same('the merchant reads the account', recipient, '138 0013 8000');
});

test('an address is readable by its owner and the merchant alone', async ({ world, open }) => {
	const member = await world.member(400);
	const v = await open({});
	await signIn(v, world, member);
	const order = await redeem(v, 'textbook', { address: ADDRESS });
	await v.button('shop.show_recipient').click();
	await v.sees('李雷');
	for (const who of ['desk', 'academy', 'finance', 'audit', 'cafe']) {
		const status = await world.ledger.read(world[who], 'order.recipient', { order })
			.then(() => 'accepted', (error) => error.status);
		check(`${who} may not read it`, ['not_permitted', 'not_found', 'order_unknown'].includes(status), status);
	}
	const other = await open({});
	await signIn(other, world, await world.member(10));
	await other.go(`/orders/${order}`);
	await other.seesWord('shop.no_order');
});

test('what is not sent yet is cancelled, what came is asked to be refunded', async ({ world, open }) => {
	const member = await world.member(500);
	const v = await open({ size: 'desktop' });
	await signIn(v, world, member);
	await redeem(v, 'mug');
	await hasBalance(v, '440');
	await answer(v, 'cancel', { reason: 'changed my mind' });
	await v.seesWord('shop.state_cancelled');
	await v.sees('changed my mind');
	await hasBalance(v, '500');
	const order = await redeem(v, 'mug');
	await world.ledger.write(world.bookshop, 'order.fulfil', { order });
	await v.page.reload();
	await v.settled();
	await answer(v, 'refund', { reason: 'the handle is broken' });
	await v.seesWord('shop.state_refund_asked');
	await world.ledger.write(world.bookshop, 'order.refund_decline', { order, reason: 'the picture shows a handle' });
	await v.page.reload();
	await v.sees('the picture shows a handle');
	await world.ledger.write(world.desk, 'order.refund', { order, reason: 'as a courtesy' });
	await v.page.reload();
	await v.seesWord('shop.state_refunded');
	await hasBalance(v, '500');
});

test('only what can be had can be redeemed, and the page says why not', async ({ world, open }) => {
	const member = await world.member(100);
	const v = await open({});
	await signIn(v, world, member);
	for (const [item, key, vars] of [
		['soldout', 'shop.why_short_stock'],
		['medicine', 'shop.why_item_barred'],
		['stethoscope', 'shop.why_short_points', { missing: '800' }],
	]) {
		await v.go(`/items/${item}`);
		await v.seesWord(key, vars);
		same(`no way to redeem ${item}`, await v.link('shop.redeem').count(), 0);
	}
	await redeem(v, 'limited');
	await v.go('/items/limited');
	await v.seesWord('shop.why_limit_reached');
	same('no way to redeem a second one', await v.link('shop.redeem').count(), 0);
});

test('more pieces than points or stock reach are refused where they are typed', async ({ world, open }) => {
	const v = await open({});
	await signIn(v, world, await world.member(150));
	await begin(v, 'mug');
	const field = v.page.getByLabel(v.t('shop.quantity'));
	for (const typed of ['3', '99', '0', '', '-1', '1.5', '9007199254740993']) {
		await field.fill(typed);
		await field.blur();
		await v.button('shop.review').click();
		await v.settled();
		const isReview = await confirmer(v).count() > 0;
		check(`"${typed}" is not reviewed as something else`, !isReview, await v.text());
		check(`"${typed}" is marked`, await v.page.locator('[aria-invalid="true"]').count() > 0, await v.text());
	}
	await field.fill('2');
	await review(v);
	check('two are affordable', (await v.text()).includes('30'), await v.text());
});

test('a frozen member is told, sees everything, and cannot order', async ({ world, open }) => {
	const v = await open({});
	await signIn(v, world, 'd-0e5a');
	await hasBalance(v, '500');
	await until('the banner', async () => (await v.page.locator('.banners').innerText()).includes(v.t('shop.frozen')));
	await v.go('/items/mug');
	await v.seesWord('shop.why_member_frozen');
	same('no way to redeem', await v.link('shop.redeem').count(), 0);
});

test('a member without a mouse redeems by keyboard alone', async ({ world, open }) => {
	const member = await world.member(300);
	const v = await open({ size: 'desktop' });
	await signIn(v, world, member);
	await tabTo(v, v.page.locator('a[href="#/items/textbook"]').first());
	await v.page.keyboard.press('Enter');
	await until('the item', async () => (await v.heading()).includes('Clinical'));
	await v.settled();
	await until('the focus is on the heading', () => v.page.evaluate(() => document.activeElement.tagName === 'H1'));
	await tabTo(v, v.link('shop.redeem'));
	await v.page.keyboard.press('Enter');
	await until('how many', () => v.page.getByLabel(v.t('shop.quantity')).isVisible());
	await v.settled();
	await tabTo(v, v.button('shop.add_address'));
	await v.page.keyboard.press('Enter');
	const dialog = v.page.getByRole('dialog');
	const address = { name: 'Li Lei', phone: '13800000000', region: 'Suzhou', street: 'Renmin Road 12' };
	for (const [field, text] of Object.entries(address)) {
		await tabTo(v, dialog.getByLabel(v.t(`shop.field_${field}`), { exact: true }));
		await v.page.keyboard.type(text);
	}
	await tabTo(v, dialog.getByRole('button', { name: v.t('shop.save') }));
	await v.page.keyboard.press('Enter');
	await until('the address is chosen', () => v.page.getByRole('radio').first().isChecked());
	await tabTo(v, v.button('shop.review'));
	await v.page.keyboard.press('Enter');
	await until('the review', () => confirmer(v).isVisible());
	await v.settled();
	await tabTo(v, confirmer(v));
	check('the focus can be seen', await confirmer(v).evaluate((button) => {
		const { outlineStyle, outlineWidth } = getComputedStyle(button);
		return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
	}));
	const heard = await v.listen();
	await v.page.keyboard.press('Enter');
	await orderOf(v);
	await hasBalance(v, '120');
	await until('the new balance is announced', async () => (await heard()).some((each) => each.includes('120')));
});

test('points up to 2^53 - 1 are shown and moved exactly', async ({ world, open }) => {
	const member = await world.member();
	await world.grant(member, FORTUNE, { campaign: 'titanic' });
	const grouped = (n) => n.toLocaleString('en-GB');
	const v = await open({ size: 'phone' });
	await signIn(v, world, member, '/items/palace');
	await hasBalance(v, grouped(FORTUNE));
	await v.sees(grouped(Number.MAX_SAFE_INTEGER));
	await v.seesWord('shop.why_short_points', { missing: grouped(Number.MAX_SAFE_INTEGER - FORTUNE) });
	check('it fits a phone', await v.overflow() <= 0);
	await redeem(v, 'mug');
	await hasBalance(v, grouped(FORTUNE - 60));
	await v.go('/points');
	await v.sees(grouped(FORTUNE));
	check('it fits a phone', await v.overflow() <= 0);
});

test('without Ed25519 in the browser a software key signs, and the devices say so', async ({ world, open }) => {
	const member = await world.member(300);
	const v = await open({ scripts: [withoutEd25519] });
	await signIn(v, world, member);
	await redeem(v, 'mug');
	await hasBalance(v, '240');
	await v.go('/devices');
	await v.seesWord('devices.software');
	const { keys } = await world.ledger.read(world.academy, 'key.list', { party: member });
	same('the ledger knows', keys.map((key) => key.software), [true]);
	await v.page.reload();
	await v.settled();
	await hasBalance(v, '240');
	await v.go('/points');
	await v.page.locator('a[href^="#/points/"]').first().click();
	await v.settled();
	await v.button('proof.check').click();
	await v.seesWord('proof.proven');
});

await run();
