// servers.mjs - meritd and merit-mall of the tests: started on free loopback ports, each in a folder that is removed.
// Ends only processes it started.
import { spawn, execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync }
	from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const bin = process.env.MERIT_BIN_DIR;
const web = join(bin, '..', 'web');
export const ORIGIN = 'mall.example/test';

/** A port nobody listens on now. */
export function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

/** libfaketime, which puts a program's clock back; null where it is not installed. */
export function fakeTimeLibrary() {
	const places = readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`);
	return places.find(existsSync) ?? null;
}

// The environment of a program whose clock is so many days back.
function clockBack(days) {
	return days === 0 ? process.env : {
		...process.env, FAKETIME: `-${days}d`, DONT_FAKE_MONOTONIC: '1', LD_PRELOAD: fakeTimeLibrary(),
		ASAN_OPTIONS: 'verify_asan_link_order=0:detect_leaks=0',
	};
}

/** One program in the background, ready when its log says event=ready. `faults`: each end that was not a good one. */
class Service {
	constructor(program, options, log) {
		Object.assign(this, { program, options, log, child: null, faults: [] });
		process.once('exit', () => this.child?.kill('SIGKILL')); // It has ended before, unless the tests broke off.
	}

	async start(env = process.env) {
		writeFileSync(this.log, '');
		this.child = spawn(join(bin, this.program), this.options, { stdio: ['ignore', 'pipe', 'pipe'], env });
		const keep = (bytes) => appendFileSync(this.log, bytes);
		this.child.stdout.on('data', keep);
		this.child.stderr.on('data', keep);
		this.child.on('exit', (code, signal) => {
			if (code !== 0)
				this.faults.push(`${this.program} ended with ${code ?? signal}: ${this.said().slice(-3000)}`);
		});
		for (let tries = 0; !/event=ready/.test(this.said()); tries++) {
			if (this.child.exitCode !== null || tries > 600)
				throw new Error(`${this.program} is not ready: ${this.said().slice(-2000)}`);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		return this;
	}

	said() {
		return readFileSync(this.log, 'utf8');
	}

	stop(signal = 'SIGTERM') {
		if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null)
			return Promise.resolve();
		return new Promise((resolve) => {
			this.child.once('exit', resolve);
			this.child.kill(signal);
		});
	}
}

/** A new ledger, and a merit-mall in front of it with this content. The ledger waits for restartLedger. */
export async function startServers({ content = {}, pictures = {}, offset = '+08:00' } = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'merit-mall-'));
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
	const data = join(folder, 'data');
	const back = fakeTimeLibrary() ? 45 : 0;
	execFileSync(join(bin, 'merit'), ['init', data, '--origin', ORIGIN, '--offset', offset, '--late-days', '36525'],
		{ stdio: ['ignore', 'ignore', 'inherit'], env: clockBack(back) });
	const files = join(folder, 'content');
	mkdirSync(join(files, 'pictures'), { recursive: true });
	writeFileSync(join(files, 'mall.json'), JSON.stringify(content));
	Object.entries(pictures).forEach(([name, bytes]) => writeFileSync(join(files, 'pictures', name), bytes));
	const url = `tcp://127.0.0.1:${await freePort()}`;
	const meritd = new Service('meritd', ['--data', data, '--listen', url], join(folder, 'meritd.log'));
	const port = await freePort();
	const mall = new Service('merit-mall', ['--listen', `127.0.0.1:${port}`, '--ledger', url, '--web', web,
		'--content', files], join(folder, 'merit-mall.log'));
	const servers = {
		folder, data, files, url, meritd, mall, site: `http://127.0.0.1:${port}`,
		async restartLedger(days = 0) {
			await meritd.stop();
			await meritd.start(clockBack(days));
		},
		async stop() {
			await mall.stop();
			await meritd.stop();
			return [...mall.faults, ...meritd.faults];
		},
	};
	await mall.start();
	return servers;
}
