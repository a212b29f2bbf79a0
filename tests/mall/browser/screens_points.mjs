// screens_points.mjs - every screen of points, earning and trust, in every state: see screen.mjs.
// Usage: node screens_points.mjs en|zh
import { run } from './run.mjs';
import { DOCTOR, press, screen } from './screen.mjs';
import { receiptWith, tamper } from './tamper.mjs';

// The newest entry of an operation in the doctor's statement.
const movement = (op) => async (world) => {
	const { rows } = await world.ledger.read(world.academy, 'statement.get', { member: DOCTOR, limit: 200 });
	return `/points/${rows.find((row) => row.op === op).seq}`;
};

screen('points', '/points');
screen('points-none', '/points', { who: 'd-none' });
for (const op of ['earn', 'earn.review', 'reverse', 'expire', 'referral', 'member.opening', 'order.place', 'order.refund'])
	screen(`movement-${op}`, movement(op));
screen('movement-proven', movement('order.place'), { act: async (v) => {
	await v.button('proof.check').click();
	await v.seesWord('proof.proven');
	await v.page.locator('details').evaluateAll((all) => all.forEach((each) => { each.open = true; }));
} });
screen('movement-not-proven', '/points', { who: (world) => world.member(300), act: async (v) => {
	await tamper(v, 'proof.get', receiptWith('the entry'));
	await v.page.locator('a[href^="#/points/"]').first().click();
	await v.settled();
	await v.button('proof.check').click();
	await v.seesWord('proof.failed');
} });
screen('expiring', '/expiring');
screen('expiring-none', '/expiring', { who: 'd-none' });
screen('earn', '/earn');
screen('earn-frozen', '/earn', { who: 'd-0e5a' });
screen('referral', '/referral');
screen('referral-none', '/referral', { who: 'd-none' });
screen('tier', '/tier');
screen('tier-none', '/tier', { who: 'd-none' });
screen('rules', '/rules');
screen('disclosure', '/disclosure');
screen('disclosure-none', '/disclosure', { who: 'd-none' });
screen('devices', '/devices');
screen('devices-sign-out', '/devices', { act: press('devices.sign_out') });
screen('me', '/me');

await run();
