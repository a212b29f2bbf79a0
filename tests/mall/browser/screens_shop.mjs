// screens_shop.mjs - every screen of the shop and of coming in, in every state: see screen.mjs.
// Usage: node screens_shop.mjs en|zh
import { until } from './harness.mjs';
import { run } from './run.mjs';
import { language, press, screen } from './screen.mjs';
import { addAddress, begin, redeem, review } from './shopper.mjs';

screen('guest-mall', '/', { who: null });
screen('guest-item', '/items/textbook', { who: null });
screen('guest-asks-for-more', '/orders', { who: null });
screen('link-used', async (world) => {
	const token = world.academy.token(world.ledger.origin, 'd-none');
	await world.bind('d-none', token);
	return `/in/${token}`;
}, { who: null });
screen('link-expired', (world) => `/in/${world.academy.token(world.ledger.origin, 'd-none', { seconds: -10 })}`,
	{ who: null });
screen('link-of-another', (world) => `/in/${world.academy.token(world.ledger.origin, 'd-none')}`);
screen('no-such-page', '/nothing/here');
screen('no-such-item', '/items/nothing');

screen('mall', '/');
screen('mall-filters', '/', { act: press('shop.filters') });
screen('mall-search', '/', { act: async (v) => {
	await v.page.getByRole('searchbox').fill('cardio');
	await until('fewer items', async () => await v.page.locator('li.item').count() < 3);
} });
screen('mall-nothing-found', '/', { act: (v) => v.page.getByRole('searchbox').fill('no such thing') });
screen('mall-frozen', '/', { who: 'd-0e5a' });
screen('mall-without-points', '/', { who: 'd-none' });
screen('item', '/items/textbook');
screen('item-code', '/items/coffee');
screen('item-sold-out', '/items/soldout');
screen('item-barred', '/items/medicine');
screen('item-dear', '/items/palace');
screen('item-hostile', '/items/hostile');
screen('item-long', '/items/long');

screen('redeem', '/items/mug/redeem');
screen('redeem-address-missing', '/items/textbook/redeem');
screen('redeem-address-form', '/items/textbook/redeem', { act: press('shop.add_address') });
screen('redeem-address-faults', '/items/textbook/redeem', { act: async (v) => {
	await v.button('shop.add_address').click();
	await v.page.getByRole('dialog').getByRole('button', { name: v.t('shop.save') }).click();
} });
screen('redeem-review', '/items/textbook/redeem', { act: async (v) => {
	await addAddress(v);
	await review(v);
} });
screen('redeem-price-changed', '/items/mug', {
	who: (world) => world.member(500),
	act: async (v, world) => {
		const item = `moody-${language}`;
		await world.ledger.write(world.desk, ...world.item(item, 50, { title: 'Changes its price' }));
		await begin(v, item);
		const confirm = await review(v);
		await world.ledger.write(world.desk, 'item.update', { item, points: 70 });
		await confirm.click();
		await v.seesWord('shop.price_changed');
	},
});
screen('redeemed', '/', { who: (world) => world.member(500), act: (v) => redeem(v, 'mug') });
screen('redeemed-code', '/', { who: (world) => world.member(500), act: async (v) => {
	await redeem(v, 'coffee');
	await v.button('shop.show_codes', { count: 1 }).click();
	await v.sees('CAFE-');
} });

screen('orders', '/orders');
screen('orders-none', '/orders', { who: 'd-none' });
for (const state of ['held', 'shipped', 'received', 'code', 'cancelled', 'asked', 'refunded'])
	screen(`order-${state}`, `/orders/o-${state}`);
screen('order-cancel', '/orders/o-held', { act: press('shop.cancel') });
screen('order-receive', '/orders/o-shipped', { act: press('shop.receive') });
screen('order-refund', '/orders/o-received', { act: press('shop.refund') });
screen('order-recipient', '/orders/o-held', { act: async (v) => {
	await v.button('shop.show_recipient').click();
	await v.sees('010-5550-0101');
} });
screen('order-unknown', '/orders/o-nobody');

screen('offline', '/orders', { who: (world) => world.member(300), act: async (v) => {
	await v.context.setOffline(true);
	await until('the banner', async () => (await v.page.locator('.banners').innerText()).includes(v.t('shop.offline')));
} });

await run();
