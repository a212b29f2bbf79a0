// harness.mjs - runs tests one after the other and counts them in the words script/test reads.
//
// A test that fails says why and leaves a picture of each page it had open; the others still run.
// MERIT_ONLY, a part of names, runs those tests alone.
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

export const pictures = process.env.MERIT_SCREENSHOTS ?? 'screenshots';
const WAIT_MS = 30000;
const tests = [];
const kept = new Map();

/**
 * Adds a test. `fn` is given { world, open, keep }: the program; open(options), a visitor of its own; keep(name, make),
 * one that later tests find again by that name, made by the first.
 */
export function test(name, fn) {
	tests.push({ name, fn });
}

export function check(what, isTrue, ...more) {
	if (!isTrue)
		throw new Error([what, ...more.map((each) => JSON.stringify(each))].join(': '));
}

export function same(what, got, wanted) {
	check(what, isDeepStrictEqual(got, wanted), { got, wanted });
}

/** Calls `look` until it gives something true, and gives that. Errors count as not yet. */
export async function until(what, look, wait_ms = WAIT_MS) {
	let last;
	for (const end = Date.now() + wait_ms; ;) {
		try {
			const found = await look();
			if (found)
				return found;
			last = found;
		} catch (error) {
			last = error;
		}
		if (Date.now() > end)
			throw new Error(`never came: ${what} (${last instanceof Error ? last.message : JSON.stringify(last)})`);
		await new Promise((resolve) => setTimeout(resolve, 40));
	}
}

async function runOne({ name, fn }, { world, visit }) {
	const visitors = [];
	const use = (visitor) => {
		visitors.push(visitor);
		return visitor;
	};
	const open = async (options) => use(await visit(options));
	const keep = async (as, make) => {
		if (!kept.has(as))
			kept.set(as, await make());
		return use(kept.get(as));
	};
	try {
		await fn({ world, open, keep, visit });
		for (const visitor of visitors)
			visitor.checkQuiet();
		return null;
	} catch (error) {
		const file = join(pictures, 'failed', name.replace(/[^a-z0-9]+/gi, '-'));
		for (const [index, visitor] of visitors.entries())
			await visitor.picture(`${file}-${index + 1}.png`).catch(() => {});
		return [error.stack, ...visitors.flatMap((visitor) => visitor.said())].join('\n');
	} finally {
		for (const visitor of visitors.filter((each) => ![...kept.values()].includes(each)))
			await visitor.close().catch(() => {});
	}
}

async function report({ name, fn }, around) {
	const begun = Date.now();
	const fault = await runOne({ name, fn }, around);
	console.log(`${fault ? 'not ok' : 'ok'} ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
	if (fault)
		console.log(fault.replace(/^/gm, '    '));
	return fault === null;
}

/** Runs every test against { world, visit }, and `last` behind them; gives how many failed. */
export async function runAll(around, last) {
	const chosen = [...tests.filter(({ name }) => name.includes(process.env.MERIT_ONLY ?? '')), last];
	let failed = 0;
	for (const each of chosen)
		failed += await report(each, around) ? 0 : 1;
	console.log(`[  PASSED  ] ${chosen.length - failed} test(s).`);
	if (failed > 0)
		console.log(`[  FAILED  ] ${failed} test(s).`);
	return failed;
}
