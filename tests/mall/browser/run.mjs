// run.mjs - makes the world and the browser, runs the tests that were added, and ends with their outcome.
import { runAll, same } from './harness.mjs';
import { launch, visit } from './visitor.mjs';
import { makeWorld } from './world.mjs';

export async function run() {
	const world = await makeWorld();
	const browser = await launch();
	const last = {
		name: 'the servers end without a fault',
		fn: async () => same('faults', await world.stop(), []),
	};
	try {
		const failed = await runAll({ world, visit: (options) => visit(browser, world.servers.site, options) }, last);
		process.exitCode = failed > 0 ? 1 : 0;
	} finally {
		await browser.close();
	}
}
