// shopper.mjs - what a member does in the mall, step by step, as a person would: by what stands on the buttons.
import { check, until } from './harness.mjs';

export const ADDRESS = {
	name: '李雷 Li Lei', phone: '138 0000 0000', region: '江苏省苏州市姑苏区', street: '人民路 12 号\n示例医院心内科',
	postcode: '215000',
};

/** Signs in by a fresh link, and is at the path. */
export async function signIn(visitor, world, member, to = '/') {
	await visitor.follows(world.link(member, { to: to === '/' ? '' : to }));
	await until('the balance of a member', async () => (await balance(visitor)) !== null);
	await visitor.settled();
}

/** What the header says is available, as it stands there: "1,234", or "–". Null for guests. */
export function balance(visitor) {
	return visitor.page.evaluate(() => document.querySelector('.balance .main dd')?.innerText.trim() ?? null);
}

export const hasBalance = (visitor, text, wait_ms) =>
	until(`a balance of ${text}`, async () => await balance(visitor) === text, wait_ms);

/** From an item's page to where the quantity is chosen. */
export async function begin(visitor, item) {
	await visitor.go(`/items/${item}`);
	await visitor.link('shop.redeem').click();
	await until('how many', () => visitor.page.getByLabel(visitor.t('shop.quantity')).isVisible());
	await visitor.settled();
}

export async function addAddress(visitor, address = ADDRESS) {
	await visitor.button('shop.add_address').click();
	const dialog = visitor.page.getByRole('dialog');
	for (const [field, text] of Object.entries(address)) {
		const name = visitor.t(`shop.field_${field}`);
		const label = field === 'postcode' ? visitor.t('shop.optional', { label: name }) : name;
		await dialog.getByLabel(label, { exact: true }).fill(text);
	}
	await dialog.getByRole('button', { name: visitor.t('shop.save') }).click();
	await until('the address is chosen', () => visitor.page.getByRole('radio').first().isChecked());
}

/** On to the review; gives the button that confirms. */
export async function review(visitor) {
	await visitor.button('shop.review').click();
	await until('the review', async () => (await visitor.text()).includes(visitor.t('shop.balance_after')));
	await visitor.settled();
	return confirmer(visitor);
}

export const confirmer = (visitor) => visitor.page.locator('.confirm button').first();

/** The name of the order whose page this is. */
export async function orderOf(visitor, wait_ms) {
	return until('the page of an order', () => /#\/orders\/([^?/]+)/.exec(visitor.page.url())?.[1], wait_ms);
}

/** Everything from the item to the page of its order; gives the order's name. */
export async function redeem(visitor, item, { address } = {}) {
	await begin(visitor, item);
	if (address)
		await addAddress(visitor, address);
	await (await review(visitor)).click();
	const order = await orderOf(visitor);
	await visitor.settled();
	return order;
}

/** Answers the question a button opens: presses the button of its dialog. */
export async function answer(visitor, key, { reason } = {}) {
	await visitor.button(`shop.${key}`).click();
	const dialog = visitor.page.getByRole('dialog');
	if (reason !== undefined)
		await dialog.locator('textarea').fill(reason);
	await dialog.getByRole('button', { name: visitor.t(`shop.${key}_yes`), exact: true }).click();
	await until('the dialog closes', async () => await dialog.count() === 0 || !await dialog.isVisible());
	await visitor.settled();
}

/** How many orders a member has, in the ledger itself. */
export async function ordersOf(world, member) {
	return (await world.ledger.read(world.academy, 'order.list', { member })).rows;
}

/** Lets calls of a method through only as `how` does with their routes; all others pass. Gives what ends it. */
export async function onCall(visitor, method, how) {
	const handle = (route) =>
		(route.request().postData() ?? '').includes(`"${method}"`) ? how(route) : route.fallback();
	await visitor.context.route('**/rpc', handle);
	return () => visitor.context.unroute('**/rpc', handle);
}

/** Presses Tab until the element has the focus, as somebody without a mouse would. */
export async function tabTo(visitor, locator, presses = 80) {
	for (let press = 0; press < presses; press++) {
		if (await locator.evaluate((element) => element === document.activeElement).catch(() => false))
			return;
		await visitor.page.keyboard.press('Tab');
	}
	check('the keyboard reaches it', false, locator.toString());
}
