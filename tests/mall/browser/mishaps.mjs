// mishaps.mjs - what may come between a member and an order: taps, lost connections, other people, other prices.
// Whatever it is, there is one order or none, and the page says which.
import { check, same, test, until } from './harness.mjs';
import { run } from './run.mjs';
import { begin, confirmer, hasBalance, onCall, orderOf, ordersOf, review, signIn } from './shopper.mjs';

test('a double tap makes one order', async ({ world, open }) => {
	const member = await world.member(500);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'mug');
	const confirm = await review(v);
	await confirm.evaluate((button) => { for (let tap = 0; tap < 5; tap++) button.click(); });
	await orderOf(v);
	await hasBalance(v, '440');
	same('orders', (await ordersOf(world, member)).length, 1);
});

test('a connection lost between send and reply makes one order, and the page finds out', async ({ world, open }) => {
	const member = await world.member(500);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'mug');
	const confirm = await review(v);
	let lost = 0;
	const sent = [];
	await onCall(v, 'order.place', async (route) => {
		sent.push(JSON.parse(route.request().postData().split('\n')[0]).params);
		if (++lost > 2)
			return route.fallback();
		await route.fetch(); // The ledger has it; the answer is lost.
		return route.abort('connectionreset');
	});
	await confirm.click();
	const order = await orderOf(v);
	await v.seesWord('shop.state_preparing');
	await hasBalance(v, '440');
	check('it was sent again', sent.length >= 3, sent.length);
	check('with the same id and order', sent.every((each) => each.id === sent[0].id && each.order === order), sent);
	same('orders', (await ordersOf(world, member)).length, 1);
});

test('an order sent before the page was closed is settled by the page opened next', async ({ world, open }) => {
	const member = await world.member(500);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'mug');
	const confirm = await review(v);
	await onCall(v, 'order.place', (route) => route.abort('connectionreset'));
	await confirm.click();
	const order = await orderOf(v);
	await v.seesWord('shop.sending');
	same('orders', (await ordersOf(world, member)).length, 0);
	await v.page.close();
	await v.context.unroute('**/rpc');
	v.page = await v.context.newPage();
	v.follow(v.page);
	await v.go(`/orders/${order}`);
	await v.seesWord('shop.state_preparing');
	await hasBalance(v, '440');
	same('orders', (await ordersOf(world, member)).map((each) => each.order), [order]);
});

// Either the page of an order, or that there is none.
const hasAnswer = async (v) => /#\/orders\//.test(v.page.url())
	|| (await v.text()).includes(v.t('shop.nothing_taken'));

test('of two members at the last piece one gets it and the other is told', async ({ world, open }) => {
	await world.ledger.write(world.desk, ...world.item('last', 50, { title: 'The last one', stock: 1 }));
	const members = [await world.member(200), await world.member(200)];
	const both = [await open({}), await open({ size: 'desktop', language: 'zh' })];
	for (const [index, v] of both.entries()) {
		await signIn(v, world, members[index]);
		await begin(v, 'last');
		await review(v);
	}
	await Promise.all(both.map((v) => confirmer(v).click()));
	await until('both have an answer', async () => (await Promise.all(both.map(hasAnswer))).every(Boolean));
	const orders = await Promise.all(members.map((member) => ordersOf(world, member)));
	same('orders of both', orders.flat().length, 1);
	const loser = both[orders.findIndex((each) => each.length === 0)];
	await loser.seesWord('shop.nothing_taken');
	await hasBalance(loser, '200');
});

test('of two tabs at the last piece one gets it', async ({ world, open }) => {
	await world.ledger.write(world.desk, ...world.item('last-tab', 50, { title: 'The last one', stock: 1 }));
	const member = await world.member(200);
	const v = await open({ size: 'desktop' });
	await signIn(v, world, member);
	await begin(v, 'last-tab');
	await review(v);
	const tab = Object.assign(Object.create(Object.getPrototypeOf(v)), v);
	tab.page = await v.context.newPage();
	v.follow(tab.page);
	await tab.page.goto(`${v.site}/#/items/last-tab/redeem`);
	await until('the second tab', () => tab.page.locator('form.form button[type="submit"]').isVisible());
	await tab.page.locator('form.form button[type="submit"]').click();
	await until('its review', () => confirmer(tab).isVisible());
	await Promise.all([confirmer(v).click(), confirmer(tab).click()]);
	await until('both have an answer', async () => (await Promise.all([v, tab].map(hasAnswer))).every(Boolean));
	same('orders', (await ordersOf(world, member)).length, 1);
	await hasBalance(v, '150');
});

test('a price that changed meanwhile is shown and confirmed anew', async ({ world, open }) => {
	await world.ledger.write(world.desk, ...world.item('moody', 50, { title: 'Changes its price' }));
	const member = await world.member(200);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'moody');
	const confirm = await review(v);
	await world.ledger.write(world.desk, 'item.update', { item: 'moody', points: 70 });
	await confirm.click();
	await v.seesWord('shop.price_changed');
	same('nothing was ordered', (await ordersOf(world, member)).length, 0);
	await until('the new price is on the button', async () =>
		(await confirmer(v).innerText()).trim() === v.t('shop.confirm', { points: '70' }));
	await confirmer(v).click();
	await orderOf(v);
	await hasBalance(v, '130');
});

test('a ledger restarted in between is waited for', async ({ world, open }) => {
	const member = await world.member(500);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'mug');
	const confirm = await review(v);
	await world.servers.meritd.stop();
	await confirm.click();
	await new Promise((resolve) => setTimeout(resolve, 1000));
	await world.servers.restartLedger();
	await orderOf(v, 60000);
	await v.seesWord('shop.state_preparing');
	await hasBalance(v, '440');
	same('orders', (await ordersOf(world, member)).length, 1);
});

test('a member frozen between review and confirmation is told so', async ({ world, open }) => {
	const member = await world.member(300);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'mug');
	const confirm = await review(v);
	await world.ledger.write(world.desk, 'member.freeze', { member, reason: 'under review' });
	await confirm.click();
	await v.seesWord('status.member_frozen');
	await v.seesWord('shop.nothing_taken');
});

await run();
