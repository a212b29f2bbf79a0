// sessions.mjs - coming in, staying in, going out; guests; no connection; and people who use no mouse, eyes or motion.
import { Signer } from './ledger.mjs';
import { check, same, test, until } from './harness.mjs';
import { run } from './run.mjs';
import { ORIGIN } from './servers.mjs';
import { balance, begin, hasBalance, onCall, orderOf, ordersOf, redeem, review, signIn } from './shopper.mjs';
import { SIZES } from './visitor.mjs';

const banner = (v, key) => until(`a banner ${key}`, async () =>
	(await v.page.locator('.banners').innerText()).includes(v.t(key)));

test('a link leads on to the screen it names, and leaves no trace of its token', async ({ world, open }) => {
	const v = await open({ language: 'zh' });
	await signIn(v, world, 'd-4c81', '/orders/o-shipped');
	await v.sees('SF0002');
	check('the address', v.page.url().endsWith('/#/orders/o-shipped'), v.page.url());
	await v.page.goBack().catch(() => {});
	check('the history', !v.page.url().includes('eyJ'), v.page.url());
});

test('an expired link is refused in words', async ({ world, open }) => {
	const v = await open({});
	await v.follows(world.link('d-none', { seconds: -1 }));
	await v.seesWord('signin.expired_what');
	same('still a guest', await balance(v), null);
});

test('a link works once', async ({ world, open }) => {
	const member = await world.member(20);
	const link = world.link(member);
	const first = await open({});
	await first.follows(link);
	await hasBalance(first, '20');
	const second = await open({ language: 'zh' });
	await second.follows(link);
	await second.seesWord('signin.used_what');
	same('still a guest', await balance(second), null);
	same('keys', (await world.ledger.read(world.academy, 'key.list', { party: member })).keys.length, 1);
});

test('a link for another ledger, a forged one and none at all are refused in words', async ({ world, open }) => {
	const v = await open({});
	await v.follows(world.link('d-none', { token: world.academy.token('other.example/ledger', 'd-none') }));
	await v.seesWord('status.wrong_audience');
	await v.follows(world.link('d-none', { token: Signer.fresh('academy/k1').token(ORIGIN, 'd-none') }));
	await v.seesWord('signin.expired_what');
	await v.follows(`${v.site}/#/in/not.a.token`);
	await v.seesWord('signin.expired_what');
	same('still a guest', await balance(v), null);
});

test('what a chat program hangs on a link does no harm, and the token leaves the address', async ({ world, open }) => {
	for (const more of ['?from=chat', '&from=singlemessage', '/?x=1', '/orders?x=1']) {
		const member = await world.member(20);
		const v = await open({});
		await v.follows(world.link(member) + more);
		await hasBalance(v, '20');
		check('no token in the address', !v.page.url().includes('eyJ'), v.page.url());
		const state = await v.page.evaluate(() => JSON.stringify(history.state) ?? '');
		check('nor in the history', !state.includes('eyJ'), state);
	}
	const v = await open({});
	await v.page.goto(`${v.site}/#/in/eyJhbGciOiJ9.half`);
	await v.settled();
	check('half a link leaves as well', !v.page.url().includes('eyJ'), v.page.url());
});

test('another member\'s link asks before it takes over, and can be declined', async ({ world, open }) => {
	const [mine, theirs] = [await world.member(111), await world.member(222)];
	const v = await open({});
	await signIn(v, world, mine);
	await v.follows(world.link(theirs));
	await v.seesWord('signin.switch_ask');
	await v.sees(theirs);
	await hasBalance(v, '111');
	await v.link('signin.stay', { member: mine }).click();
	await v.settled();
	await v.page.reload();
	await hasBalance(v, '111');
	same('no key was made', (await world.ledger.read(world.academy, 'key.list', { party: theirs })).keys.length, 0);

	await v.follows(world.link(theirs));
	const heard = await v.listen();
	await v.button('signin.switch', { other: theirs }).click();
	await hasBalance(v, '222');
	await until('whose account it is', async () => (await heard()).some((each) => each.includes(theirs)));
	const { keys } = await world.ledger.read(world.academy, 'key.list', { party: mine });
	check('the first one is signed out', keys.every((key) => key.revoked), keys);
});

test('who signs out while an order has no answer is warned, and leaves nothing behind', async ({ world, open }) => {
	const member = await world.member(300);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'mug');
	const confirm = await review(v);
	await onCall(v, 'order.place', (route) => route.abort('connectionreset'));
	await confirm.click();
	await orderOf(v);
	await v.seesWord('shop.sending');
	await v.go('/devices');
	await v.button('devices.sign_out').click();
	const dialog = v.page.getByRole('dialog');
	await until('the warning', async () => (await dialog.innerText()).includes(v.t('signin.under_way', { count: 1 })));
	await dialog.getByRole('button', { name: v.t('devices.sign_out'), exact: true }).click();
	await until('a guest again', async () => await balance(v) === null);
	await new Promise((resolve) => setTimeout(resolve, 1500));
	check('nothing of the member is kept', !(await v.stored()).includes(member), await v.stored());
	same('nothing was ordered', (await ordersOf(world, member)).length, 0);
});

// Follows a link within the page that is open.
const followsHere = (v, link) => v.page.evaluate((hash) => { location.hash = hash; }, new URL(link).hash);

test('a link followed without a connection is tried again', async ({ world, open }) => {
	const member = await world.member(20);
	const v = await open({});
	await v.go('/');
	await v.warm();
	await v.context.setOffline(true);
	await followsHere(v, world.link(member));
	await v.seesWord('signin.lost');
	await v.context.setOffline(false);
	await v.button('signin.again').click();
	await hasBalance(v, '20');
});

// From now on no code comes but what the page itself names, and the words.
async function holdScreens(v) {
	const page = await (await fetch(v.site)).text();
	await v.context.route('**/assets/*.js', (route) => {
		const { pathname } = new URL(route.request().url());
		const isFirst = page.includes(pathname) || /\/(en|zh)-/.test(pathname);
		return isFirst ? route.fallback() : route.abort('connectionreset');
	});
}

// A connection that is gone, and one that says it is there and brings nothing.
const LOSSES = {
	'no connection': {
		lose: (v) => v.context.setOffline(true),
		regain: (v) => v.context.setOffline(false),
	},
	'a connection that brings nothing': {
		lose: (v) => v.context.route('**/rpc', (route) => route.abort('connectionreset')),
		regain: (v) => v.context.unroute('**/rpc'),
	},
};

for (const [loss, { lose, regain }] of Object.entries(LOSSES)) {
	test(`with ${loss} and no other screen's code a link is kept for another try`, async ({ world, open }) => {
		const member = await world.member(20);
		const v = await open({ language: 'zh' });
		await holdScreens(v);
		await v.page.goto(`${v.site}/#/`);
		await v.seesWord('shop.guest_lead');
		await lose(v);
		await followsHere(v, world.link(member));
		await v.seesWord('signin.lost');
		await v.seesWord('signin.lost_what');
		check('no token in the address', !v.page.url().includes('eyJ'), v.page.url());
		await regain(v);
		await v.button('signin.again').click();
		await hasBalance(v, '20');
		check('nor behind it', !v.page.url().includes('eyJ'), v.page.url());
	});
}

// Whatever waits for a frame waits a second longer.
function withLateFrames() {
	const real = globalThis.setTimeout;
	globalThis.setTimeout = (fn, wait, ...rest) => real(fn, wait < 100 ? wait + 1000 : wait, ...rest);
	globalThis.requestAnimationFrame = (fn) => real(() => fn(performance.now()), 1000);
}

test('a screen whose code comes between its drawing and its first frame is shown', async ({ world, open }) => {
	const v = await open({ scripts: [withLateFrames] });
	let release;
	const asked = new Promise((resolve) => { release = resolve; });
	await v.context.route('**/item-*.js', async (route) => {
		await asked;
		await route.continue();
	});
	await v.page.goto(`${v.site}/#/`);
	await v.seesWord('shop.guest_lead');
	await new Promise((resolve) => setTimeout(resolve, 3000)); // What else draws the screen anew has been.
	await v.page.evaluate(() => { location.hash = '#/items/textbook'; });
	release();
	await v.seesWord('shop.guest_redeem');
});

test('several devices: one ends another, which is told', async ({ world, open }) => {
	const member = await world.member(20);
	const phone = await open({ size: 'phone' });
	const desktop = await open({ size: 'desktop', language: 'zh' });
	await signIn(phone, world, member);
	await signIn(desktop, world, member, '/devices');
	await desktop.settled();
	same('two keys', await desktop.page.locator('.rows > li').count(), 2);
	await desktop.button('devices.end').click();
	await desktop.page.getByRole('dialog').getByRole('button', { name: desktop.t('devices.end'), exact: true }).click();
	await until('one key is left', async () => await desktop.page.locator('main > .page > .rows > li').count() === 1);
	await phone.go('/orders');
	await phone.seesWord('signin.revoked');
	same('a guest again', await balance(phone), null);
	const { keys } = await world.ledger.read(world.academy, 'key.list', { party: member });
	same('the ledger has ended it', keys.filter((key) => key.revoked).length, 1);
});

test('signing out ends the key and forgets the member', async ({ world, open }) => {
	const member = await world.member(20);
	const v = await open({});
	await signIn(v, world, member, '/devices');
	await v.settled();
	await v.button('devices.sign_out').click();
	await v.page.getByRole('dialog').getByRole('button', { name: v.t('devices.sign_out'), exact: true }).click();
	await until('a guest again', async () => await balance(v) === null);
	const { keys } = await world.ledger.read(world.academy, 'key.list', { party: member });
	check('the ledger has ended it', keys.every((key) => key.revoked), keys);
	await v.page.reload();
	await v.settled();
	same('still a guest', await balance(v), null);
	await signIn(v, world, member);
	await hasBalance(v, '20');
});

test('a new link replaces lost storage', async ({ world, open }) => {
	const member = await world.member(120);
	const v = await open({});
	await signIn(v, world, member);
	await redeem(v, 'mug');
	await v.page.evaluate(async () => {
		for (const { name } of await indexedDB.databases())
			indexedDB.deleteDatabase(name);
	});
	await v.page.goto('about:blank');
	await v.go('/orders');
	same('a guest', await balance(v), null);
	await signIn(v, world, member, '/orders');
	await hasBalance(v, '60');
	await v.sees('Coffee mug');
});

test('a guest looks around, and is told kindly where the rest is', async ({ open }) => {
	const v = await open({});
	await v.go('/');
	await v.sees('Clinical cardiology');
	same('no balance', await balance(v), null);
	await v.go('/items/textbook');
	await v.seesWord('shop.guest_redeem');
	same('no way to redeem', await v.link('shop.redeem').count(), 0);
	for (const path of ['/items/textbook/redeem', '/orders', '/points', '/earn', '/me', '/devices', '/referral']) {
		await v.go(path);
		await v.seesWord('signin.title');
	}
});

test('without a connection the last known stays, and an order is sent when it is back', async ({ world, open }) => {
	const member = await world.member(200);
	const v = await open({});
	await signIn(v, world, member);
	await begin(v, 'mug');
	const confirm = await review(v);
	await v.warm();
	await v.context.setOffline(true);
	await banner(v, 'shop.offline');
	same('what was known', await balance(v), '200');
	await confirm.click();
	const order = await orderOf(v);
	await v.seesWord('shop.sending');
	same('nothing in the ledger', (await ordersOf(world, member)).length, 0);
	await v.context.setOffline(false);
	await v.seesWord('shop.state_preparing');
	await hasBalance(v, '140');
	same('one order', (await ordersOf(world, member)).map((each) => each.order), [order]);
});

test('what is not known is "–", never 0', async ({ world, open }) => {
	const member = await world.member(200);
	const v = await open({});
	await signIn(v, world, member);
	await hasBalance(v, '200');
	await v.context.route('**/rpc', (route) => route.abort('connectionreset'));
	await v.page.reload();
	await until('a dash', async () => (await balance(v))?.startsWith('–'));
	await v.page.evaluate(() => { location.hash = '#/points'; });
	await v.seesWord('shop.try_again');
	check('no zero', !/(^|\s)0(\s|$)/.test(await v.text()), await v.text());
	await v.context.unroute('**/rpc');
	await v.button('shop.try_again').first().click();
	await v.sees('200');
	await hasBalance(v, '200');
});

test('points that arrive while one looks are shown and announced', async ({ world, open }) => {
	const member = await world.member(200);
	const v = await open({});
	await signIn(v, world, member);
	const heard = await v.listen();
	await world.grant(member, 55);
	await hasBalance(v, '255', 60000); // By the poll.
	await until('the new balance is announced', async () => (await heard()).some((each) => each.includes('255')));
});

test('a cap that is reached is said where one earns', async ({ world, open }) => {
	const member = await world.member();
	await world.earn(member, 'heart-health', 'survey', 'S-1', 0, { points: 50 });
	const last = await world.earn(member, 'heart-health', 'survey', 'S-2', 0, { points: 50 });
	same('the cap clipped it', last.result.paid, 10);
	await world.earn(member, 'sugar-watch', 'checkin', 'C-1', 0);
	const v = await open({});
	await signIn(v, world, member, '/earn');
	await v.sees(v.t('earn.day_points', { left: '0', most: '60' }));
	await v.seesWord('earn.used_day');
});

test('the language is the browser\'s, then the member\'s own choice', async ({ world, open }) => {
	const v = await open({ language: 'zh' });
	await signIn(v, world, 'd-4c81');
	same('lang', await v.page.evaluate(() => document.documentElement.lang), 'zh-CN');
	await v.page.getByRole('button', { name: 'English' }).click();
	await until('English', async () => (await v.heading()) === 'Mall');
	await until('the choice is kept', async () => (await v.stored()).includes('"en"'));
	await v.page.reload();
	await v.settled();
	same('kept', await v.page.evaluate(() => document.documentElement.lang), 'en');
});

test('the focus goes to the heading of each new screen, and the title says where one is', async ({ world, open }) => {
	const v = await open({ size: 'desktop' });
	await signIn(v, world, 'd-4c81');
	for (const [key, path] of [['orders', '/orders'], ['points', '/points'], ['earn', '/earn'], ['me', '/me']]) {
		await v.page.getByRole('navigation').getByRole('link', { name: v.t(`shop.place_${key}`), exact: true }).click();
		await until(path, () => v.page.url().endsWith(path));
		await v.settled();
		same(`one heading at ${path}`, await v.page.locator('h1').count(), 1);
		await until(`the focus at ${path}`, () => v.page.evaluate(() => document.activeElement.tagName === 'H1'));
		await until(`the title at ${path}`, async () => (await v.page.title()).startsWith(await v.heading()));
	}
});

test('nothing moves for those who asked for that', async ({ world, open }) => {
	const v = await open({ motion: 'reduce' });
	await signIn(v, world, 'd-4c81');
	for (const path of ['/', '/items/textbook', '/orders/o-held', '/points']) {
		await v.go(path);
		const moving = await v.page.evaluate(() => [...document.querySelectorAll('*')].filter((element) => {
			const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
			const longest = Math.max(...transitionDuration.split(',').map(Number.parseFloat));
			return (animationName !== 'none' && Number.parseFloat(animationDuration) > 0.01) || longest > 0.01;
		}).map((element) => element.className || element.tagName));
		same(`what moves at ${path}`, moving, []);
	}
});

test('what is touched is large enough for a thumb', async ({ world, open }) => {
	const v = await open({});
	await signIn(v, world, 'd-4c81');
	for (const path of ['/', '/items/mug', '/items/mug/redeem', '/orders', '/orders/o-shipped', '/points', '/earn',
		'/referral', '/devices', '/me', '/expiring', '/disclosure']) {
		await v.go(path);
		const small = await v.page.evaluate(() => [...document.querySelectorAll('button, select, input, summary, a[href]')]
			.filter((element) => element.checkVisibility() && !element.closest('.unseen, .skip'))
			.map((element) => [element.closest('label') ?? element, element])
			.map(([target, element]) => [target.getBoundingClientRect(), element])
			// Links within a sentence are as high as its lines.
			.filter(([box, element]) => box.height < 43.5 && !(element.tagName === 'A' && element.closest('p, dd, td, li')))
			.map(([box, element]) => `${element.tagName} ${element.textContent.slice(0, 30)} ${box.height}`));
		same(`too small at ${path}`, small, []);
	}
	same('the window', v.page.viewportSize(), SIZES.phone);
});

await run();
