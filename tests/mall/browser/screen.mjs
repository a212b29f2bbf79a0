// screen.mjs - one screen in one state and one language: both sizes, light and dark, and text twice as large.
//
// It is judged by axe-core, must not scroll sideways, and is kept as a picture for people to look at.
import { join } from 'node:path';
import { check, pictures, test } from './harness.mjs';
import { signIn } from './shopper.mjs';
import { SIZES } from './visitor.mjs';

/** The language of all screens of this run. */
export const language = process.argv[2] ?? 'en';
export const DOCTOR = 'd-4c81';
// The rules of axe-core that a darker look of the same screen may break.
const RULES = { light: undefined, dark: ['color-contrast', 'link-in-text-block'] };

// Small enough to be a phone's, as large as some need their text.
async function judgeLarge(v, file, faults) {
	await v.page.setViewportSize(SIZES.phone);
	await v.page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
	const wide = await v.overflow();
	if (wide > 0)
		faults.push(`text at 200 %: ${wide} pixels wider than the phone`);
	await v.picture(`${file}-large.png`);
	await v.page.evaluate(() => { document.documentElement.style.fontSize = ''; });
}

async function judge(v, name) {
	const faults = [];
	const file = join(pictures, language, name);
	for (const [size, viewport] of Object.entries(SIZES)) {
		await v.page.setViewportSize(viewport);
		for (const colorScheme of ['dark', 'light']) {
			await v.page.emulateMedia({ colorScheme });
			faults.push(...(await v.faults(RULES[colorScheme])).map((fault) => `${size} ${colorScheme}: ${fault}`));
			if (colorScheme === 'light' || size === 'phone')
				await v.picture(`${file}-${size}${colorScheme === 'dark' ? '-dark' : ''}.png`);
		}
		const wide = await v.overflow();
		if (wide > 0)
			faults.push(`${size}: ${wide} pixels wider than the window`);
	}
	await judgeLarge(v, file, faults);
	check('nothing is wrong', faults.length === 0, ...new Set(faults));
}

// A browser that is signed in as the member, or a guest's: one for all screens that leave it as it was.
async function visitorOf(who, { world, open, keep, visit }) {
	if (typeof who !== 'function')
		return keep(who ?? 'guest', async () => {
			const v = await visit({ language });
			if (who)
				await signIn(v, world, who);
			return v;
		});
	const v = await open({ language });
	await signIn(v, world, await who(world));
	return v;
}

/**
 * A screen: its name and where it is. `who`: whose it is, null for a guest's, a function for a member of its own.
 * `act`: what is done there before it is looked at.
 */
export function screen(name, path, { who = DOCTOR, act = async () => {} } = {}) {
	test(`screen ${name} (${language})`, async (around) => {
		const v = await visitorOf(who, around);
		await v.page.goto('about:blank'); // Without what another screen left behind: a dialog, a filter.
		await v.go(typeof path === 'string' ? path : await path(around.world));
		await act(v, around.world);
		await v.settled();
		await judge(v, name);
	});
}

/** Presses a button, as `act` of a screen. */
export const press = (key, vars) => (v) => v.button(key, vars).first().click();
