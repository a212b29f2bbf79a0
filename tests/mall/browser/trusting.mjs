// trusting.mjs - what a browser must not believe, run or show: tampered answers, hostile texts, other members' data.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { XSS } from './content.mjs';
import { check, same, test, until } from './harness.mjs';
import { run } from './run.mjs';
import { addAddress, begin, hasBalance, onCall, orderOf, ordersOf, redeem, review, signIn } from './shopper.mjs';
import { bin } from './servers.mjs';
import { RECEIPTS, consistencyBroken, receiptWith, tamper } from './tamper.mjs';

// Signed in, at the page of the member's only movement.
async function atMovement(world, open, options = {}) {
	const member = await world.member(300);
	const v = await open(options);
	await signIn(v, world, member, '/points');
	await v.settled();
	await v.page.locator('a[href^="#/points/"]').first().click();
	await until('the movement', () => /#\/points\/\d+$/.test(v.page.url()));
	await v.settled();
	return v;
}

const alarmed = (v) => until('the alarm', async () =>
	(await v.page.locator('.banners').innerText()).includes(v.t('shop.alarm')));

for (const fault of Object.keys(RECEIPTS)) {
	test(`a receipt fails visibly when it is another in ${fault}`, async ({ world, open }) => {
		const v = await atMovement(world, open, { language: 'zh' });
		await tamper(v, 'proof.get', receiptWith(fault));
		await v.button('proof.check').click();
		await v.seesWord('proof.failed');
		check('a step is marked as wrong', await v.page.locator('.step.bad').count() > 0);
		same('nothing says it is proven', (await v.text()).includes(v.t('proof.proven')), false);
	});
}

test('a log that is not the one this browser knows fails visibly', async ({ world, open }) => {
	const v = await atMovement(world, open);
	await v.button('proof.check').click(); // From here on the browser has a checkpoint to compare with.
	await v.seesWord('proof.proven');
	await world.grant('d-none', 1);
	await tamper(v, 'proof.get', consistencyBroken);
	await v.button('proof.again').click();
	await v.seesWord('proof.failed');
});

test('a figure that is not the entry\'s is not proven', async ({ world, open }) => {
	const member = await world.member(300);
	const v = await open({});
	const oneMore = (row) => ({ ...row, change: row.change + 1 });
	await tamper(v, 'statement.get', (result) => ({ ...result, rows: result.rows.map(oneMore) }));
	await signIn(v, world, member, '/points');
	await v.sees('301');
	await v.page.locator('a[href^="#/points/"]').first().click();
	await v.settled();
	await v.button('proof.check').click();
	await v.seesWord('proof.failed');
});

test('a checkpoint signed by another key raises the alarm', async ({ world, open }) => {
	const v = await open({});
	await signIn(v, world, await world.member(50));
	await tamper(v, 'member.get', () => null, (head) => head.replace(/.{12}=\n$/, 'AAAAAAAAAAAA=\n'));
	await world.grant('d-none', 1);
	await v.go('/orders');
	await v.page.reload();
	await alarmed(v);
});

test('a log that shrank raises the alarm', async ({ world, open }) => {
	const v = await open({});
	const early = await world.ledger.read(null, 'checkpoint.get');
	await world.grant('d-none', 1);
	await signIn(v, world, await world.member(50));
	await v.go('/orders');
	await tamper(v, 'member.get', () => null, () => early.checkpoint);
	await v.page.reload();
	await alarmed(v);
});

test('a log that forked raises the alarm', async ({ world, open }) => {
	const v = await open({});
	await signIn(v, world, await world.member(50));
	await tamper(v, 'proof.get', consistencyBroken);
	await world.grant('d-none', 1);
	await v.go('/orders');
	await v.page.reload();
	await alarmed(v);
});

test('another log key than the one pinned raises the alarm', async ({ world, open }) => {
	const v = await open({});
	await signIn(v, world, await world.member(50));
	await tamper(v, 'program.get', (result) => ({ ...result,
		log_key: result.log_key.replace(/[^+]*$/, 'AZsfhHkc/HZjBFhU04netcqVRJ2HXydqg4QLBgqznPxx') }));
	await v.page.reload();
	await alarmed(v);
});

test('a downloaded receipt is one that merit verify accepts', async ({ world, open }) => {
	const v = await atMovement(world, open, { size: 'desktop' });
	await v.button('proof.check').click();
	await v.seesWord('proof.proven');
	const [download] = await Promise.all([v.page.waitForEvent('download'), v.button('proof.download').click()]);
	check('its name', /^entry-\d+\.tlog-proof$/.test(download.suggestedFilename()), download.suggestedFilename());
	const path = join(world.servers.folder, download.suggestedFilename());
	await download.saveAs(path);
	const { log_key } = await world.ledger.read(null, 'program.get');
	execFileSync(join(bin, 'merit'), ['verify', path, '--log-key', log_key], { stdio: 'pipe' }); // Throws where it fails.
});

// What a mall may answer that is no answer: the page must neither lose the order nor believe that it was placed.
for (const reply of ['{}', '[{}]', 'null', '[null]', '', '<html>', '{"error":{}}',
	'{"jsonrpc":"2.0","result":null,"id":1}', '{"jsonrpc":"2.0","error":{"code":-32000,"message":"x"},"id":1}',
	'{"jsonrpc":"2.0","result":{"status":"accepted"},"id":1}',
	'{"jsonrpc":"2.0","result":{"status":"accepted","id":"another","seq":1},"id":1}']) {
	test(`an answer like ${reply || 'nothing'} is none: the order is sent again`, async ({ world, keep, visit }) => {
		const v = await keep('buyer', async () => {
			const buyer = await visit({});
			buyer.member = await world.member(2000);
			await signIn(buyer, world, buyer.member);
			return buyer;
		});
		const before = (await ordersOf(world, v.member)).length;
		await begin(v, 'mug');
		const confirm = await review(v);
		let count = 0;
		const pass = await onCall(v, 'order.place', (route) => ++count > 1 ? route.fallback()
			: route.fulfill({ status: 200, contentType: 'application/json', body: reply }));
		await confirm.click();
		const order = await orderOf(v);
		await v.seesWord('shop.state_preparing');
		await pass();
		check('it was sent again', count >= 2, count);
		const placed = await ordersOf(world, v.member);
		same('one order more, of this name', [placed.length, placed.at(-1).order], [before + 1, order]);
	});
}

// Every text that a member, a merchant, an operator or the mall's own content can set.
test('hostile texts are shown as they are, everywhere', async ({ world, open }) => {
	const text = XSS.slice(0, 60);
	const member = await world.member(1000);
	const v = await open({ size: 'desktop' });
	await signIn(v, world, member);
	await v.sees(XSS); // The catalogue: the content's name of an item.
	await v.page.getByRole('searchbox').fill('"><img src=x onerror=alert(9)>');
	await v.settled();
	await v.go('/items/hostile');
	await v.sees(`About ${XSS}`);
	await begin(v, 'hostile');
	await addAddress(v, { name: XSS, phone: '13800000000', region: XSS, street: `${XSS}\n${XSS}` });
	await (await review(v)).click();
	const order = await orderOf(v);
	await v.button('shop.show_recipient').click();
	await v.sees(XSS);
	await world.ledger.write(world.bookshop, 'order.fulfil', { order, carrier: text, tracking: 'javascript:alert-4' });
	await world.ledger.write(world.academy, 'order.refund_request', { order, reason: text });
	await world.ledger.write(world.desk, 'order.refund', { order, reason: `${text} 2` });
	await v.page.reload();
	await v.sees(text);
	await v.sees(`${text} 2`);
	const earned = await world.earn(member, 'heart-health', 'arrhythmia', 'X-1', -1, { product: text, nature: text });
	await world.ledger.write(world.desk, 'reverse', { entry: earned.seq, reason: text });
	await world.grant(member, 10, { campaign: 'titanic' });
	for (const path of ['/points', `/points/${earned.seq}`, '/disclosure', '/rules', '/orders', '/earn', '/expiring']) {
		await v.go(path);
		await v.sees('onerror=');
	}
	// An item that the content does not name shows the merchant's own title.
	await world.ledger.write(world.desk, ...world.item('hostile-title', 5, { title: text, category: 'onerror' }));
	await v.go('/items/hostile-title');
	await v.sees(text);
	const hostile = encodeURIComponent(XSS);
	for (const path of [...['items/', 'orders/', 'points/', 'in/', ''].map((place) => `/${place}${hostile}`), '/in/a.b.c',
		'/%', '/items/%E0%A4%A'])
		await v.go(path);
	same('nothing ran', await v.page.evaluate(() => document.querySelectorAll('main script, main [onerror]').length), 0);
});

test('the content policy stops a script in the page, and says so', async ({ world, open }) => {
	const v = await open({});
	await v.go('/');
	await v.page.evaluate(() => {
		const attempt = (fn) => { try { fn(); } catch { /* That it throws is one way of stopping it. */ } };
		const make = (name) => document.body.appendChild(document.createElement(name));
		attempt(() => {
			const button = make('button');
			button.setAttribute('onclick', 'globalThis.meritRan = 1');
			button.click();
		});
		attempt(() => { make('script').textContent = 'globalThis.meritRan = 2'; });
		attempt(() => { make('script').append('globalThis.meritRan = 3'); });
		attempt(() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="globalThis.meritRan = 4">'));
		attempt(() => { make('script').src = 'data:text/javascript,globalThis.meritRan = 5'; });
		attempt(() => { make('img').src = 'https://elsewhere.example/pixel.png'; });
		attempt(() => { make('iframe').src = 'https://elsewhere.example/'; });
		attempt(() => setTimeout('globalThis.meritRan = 6', 0));
	});
	await until('the browser says so', async () => v.watched().length >= 5);
	same('nothing ran', await v.page.evaluate(() => globalThis.meritRan), undefined);
	v.forgive();
});

test('a picture that carries a script is shown, and its script does not run', async ({ open }) => {
	const v = await open({});
	await v.page.goto(`${v.site}/content/pictures/hostile.svg`);
	await until('the browser says so', async () => v.watched().length >= 1);
	check('no dialog', !v.forgive().some((each) => each.startsWith('dialog')));
});

test('a member\'s key reads nothing of another member\'s', async ({ world, open }) => {
	const mine = await world.member(100);
	const theirs = await world.member(100);
	await world.order(`o-${theirs}`, theirs, [['mug', 60]]);
	const v = await open({});
	await signIn(v, world, mine);
	for (const path of [`/orders/o-${theirs}`, '/points/0', '/points/1']) {
		await v.go(path);
		check(`${path} shows nothing of theirs`, !(await v.text()).includes(theirs), await v.text());
	}
	const signer = await world.bind(mine);
	const calls = [
		...['member.get', 'balance.get', 'statement.get', 'order.list', 'member.disclosure', 'member.campaigns',
			'award.list'].map((method) => [method, { member: theirs }]),
		...['order.get', 'order.recipient', 'order.code'].map((method) => [method, { order: `o-${theirs}` }]),
		['key.list', { party: theirs }], ['referral.list', { referrer: theirs }],
	];
	for (const [method, params] of calls) {
		const outcome = await world.ledger.read(signer, method, params).then((result) => result, (error) => error);
		const isHidden = outcome instanceof Error || !JSON.stringify(outcome).includes(theirs);
		check(`${method} of another member`, isHidden, outcome);
	}
});

test('nothing secret is in what the mall answers, stores or logs', async ({ world, open }) => {
	const member = await world.member(300);
	const v = await open({});
	const bodies = [];
	v.page.on('response', async (response) => bodies.push(await response.text().catch(() => '')));
	const token = world.academy.token(world.ledger.origin, member);
	await v.follows(world.link(member, { token }));
	await hasBalance(v, '300');
	const address = { name: 'Secret Name', phone: '13800000000', region: 'Secretshire', street: 'Secret Road' };
	await redeem(v, 'textbook', { address });
	const secrets = [token, token.split('.')[2], 'Secret Road', 'Secretshire'];
	const logs = [world.servers.mall.said(), world.servers.meritd.said()].join('\n');
	secrets.forEach((secret) => check('no secret in a log', !logs.includes(secret), secret.slice(0, 20)));
	check('no token comes back', !bodies.join('\n').includes(token));
	const kept = await v.stored();
	check('nothing but the database', kept.startsWith('[{},{},""]'), kept.slice(0, 100));
	check('the token is not kept', !kept.includes(token.split('.')[2]));
	check('the key cannot be taken out', !kept.includes('EXTRACTABLE'));
});

await run();
