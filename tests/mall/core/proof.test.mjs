// Golden vectors of C2SP and RFC 6962, the worked example of doc/format.md, all small trees, and tampering.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Browser, until } from './browser.mjs';
import { consistencyProof, inclusionProof, leafHash, Ledger, LogKey, treeHash } from './ledger.mjs';

const { bytes, keys, merkle, note } = new Browser().open().core;

const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
	.map(bytes.fromHex);
const ROOTS = {
	3: 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
	4: 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
	6: '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
	8: '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
};
const INCLUSION_5_8 = ['bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
	'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', ROOTS[4]];
const CONSISTENCY_8 = {
	3: ['0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7',
		'07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7',
		'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
		'6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'],
	4: ['6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'],
	6: ['0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
		'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', ROOTS[4]],
};
const VKEY = 'merit.example/ledger1+5a9e62b9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4';
const CHECKPOINT = 'merit.example/ledger1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n'
	+ '\u2014 merit.example/ledger1 Wp5iuaC0X8/jC9u7qgQjNkl79Qa+3G0bxPpOx0e4/ohvlTmP/M2r0i3DiILY/8+TohuZzL8h3QBl'
	+ '07VLunpiMc9OWwc=\n';
const WITNESS = '\u2014 witness.example/w1 IDJKvgAAAABlU/EA0FPSRskA8ddH+2hxET/Fgu1b4L8k3myD66gI+vaWkgYd2hTrEGgEG'
	+ 'aVpS9LfyZYHiBGVdM5i+fVmPq57L5xwAg==\n';

const hex = async (promise) => {
	const found = await promise;
	return found && bytes.toHex(found);
};

const numbers = (count, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const hashesOf = (count) => numbers(count).map((each) => leafHash(Buffer.from(`leaf ${each}`)));
const plain = (list) => list.map((each) => new Uint8Array(each));

test('the known inclusion proof leads to the known root', async () => {
	const hash = await merkle.leafHash(LEAVES[5]);
	assert.equal(bytes.toHex(hash), '4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658');
	assert.equal(await hex(merkle.rootOf(hash, 5, 8, INCLUSION_5_8.map(bytes.fromHex))), ROOTS[8]);
});

test('the known consistency proofs hold', async () => {
	for (const [size, proof] of Object.entries(CONSISTENCY_8)) {
		const roots = [ROOTS[size], ROOTS[8]].map(bytes.fromHex);
		assert.ok(await merkle.isConsistent(Number(size), roots[0], 8, roots[1], proof.map(bytes.fromHex)), `from ${size}`);
	}
});

test('every leaf of every small tree is proven, and by no shorter or longer proof', async () => {
	for (const size of numbers(33, 1)) {
		const hashes = hashesOf(size);
		const root = treeHash(hashes).toString('hex');
		for (const index of numbers(size)) {
			const proof = plain(inclusionProof(index, hashes));
			assert.equal(await hex(merkle.rootOf(hashes[index], index, size, proof)), root, `${index} of ${size}`);
			if (size > 1)
				assert.equal(await merkle.rootOf(hashes[index], index, size, proof.slice(0, -1)), null);
			assert.equal(await merkle.rootOf(hashes[index], index, size, [...proof, hashes[0]]), null);
		}
		assert.equal(await merkle.rootOf(hashes[0], size, size, []), null);
	}
});

test('every small tree goes on from every smaller one, and by no other proof', async () => {
	const all = hashesOf(33);
	for (const newer of numbers(33, 1)) {
		for (const older of numbers(newer, 1)) {
			const hashes = all.slice(0, newer);
			const roots = [treeHash(all.slice(0, older)), treeHash(hashes)];
			const proof = plain(consistencyProof(older, hashes));
			const holds = (with_) => merkle.isConsistent(older, roots[0], newer, roots[1], with_);
			assert.ok(await holds(proof), `${older} to ${newer}`);
			assert.ok(!await holds([...proof, all[0]]), `longer, ${older} to ${newer}`);
			if (proof.length > 0) {
				assert.ok(!await holds(proof.slice(0, -1)), `shorter, ${older} to ${newer}`);
				proof[proof.length - 1] = bytes.fromHex(ROOTS[8]);
				assert.ok(!await holds(proof), `another hash, ${older} to ${newer}`);
			}
		}
	}
});

test('a proof for one size is none for another', async () => {
	const hashes = plain(hashesOf(2));
	const root = treeHash(hashes);
	assert.equal(await hex(merkle.rootOf(hashes[0], 0, 2, [hashes[1]])), root.toString('hex'));
	assert.equal(await merkle.rootOf(hashes[0], 0, 3, [hashes[1]]), null);
	assert.ok(await merkle.isConsistent(1, hashes[0], 2, root, [hashes[1]]));
	assert.ok(!await merkle.isConsistent(1, hashes[0], 3, root, [hashes[1]]));
});

test('a tree does not shrink, and does not change at one size', async () => {
	const [a, b] = plain(hashesOf(2));
	assert.ok(!await merkle.isConsistent(3, a, 2, a, []));
	assert.ok(await merkle.isConsistent(3, a, 3, a, []));
	assert.ok(!await merkle.isConsistent(3, a, 3, b, []));
	assert.ok(!await merkle.isConsistent(3, a, 3, a, [a]));
});

test('the example of C2SP signed notes bears its signature', async () => {
	const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
	const signed = 'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=';
	const { name, id, key } = await note.parseKey(vkey);
	const signature = bytes.fromBase64(signed);
	assert.equal(name, 'example.com/foo');
	assert.deepEqual(id, signature.slice(0, 4));
	assert.ok(await keys.isSignedBy(key, signature.slice(4), bytes.utf8('This is an example message.\n')));
});

test('the golden checkpoint is signed, with a witness beside it too', async () => {
	const checkpoint = note.parseCheckpoint(CHECKPOINT);
	assert.equal(checkpoint.size, 8);
	assert.equal(bytes.toHex(checkpoint.root), ROOTS[8]);
	assert.ok(await note.isSigned(checkpoint, VKEY));
	assert.ok(await note.isSigned(note.parseCheckpoint(CHECKPOINT + WITNESS), VKEY));
});

test('a checkpoint signed by another key, or by nobody known, is not signed', async () => {
	const other = new LogKey('merit.example/ledger1');
	assert.ok(!await note.isSigned(note.parseCheckpoint(CHECKPOINT), other.vkey));
	const foreign = other.note(8, Buffer.from(ROOTS[8], 'hex'), 'merit.example/ledger2');
	assert.ok(!await note.isSigned(note.parseCheckpoint(foreign), other.vkey));
	const body = CHECKPOINT.split('\n\n')[0];
	assert.ok(!await note.isSigned(note.parseCheckpoint(`${body}\n\n${WITNESS}`), VKEY));
});

// A checkpoint is bytes: change any one, and it is malformed or unsigned.
test('one changed byte anywhere in a checkpoint is noticed', async () => {
	const all = bytes.utf8(CHECKPOINT);
	for (const index of numbers(all.length)) {
		const changed = all.slice();
		changed[index] ^= 1;
		let isGood = false;
		try {
			isGood = await note.isSigned(note.parseCheckpoint(bytes.text(changed)), VKEY);
		} catch (error) {
			assert.ok(error instanceof bytes.BadBytes, `byte ${index}: ${error}`);
		}
		assert.ok(!isGood, `byte ${index}`);
	}
});

for (const [what, vkey] of [
	['no key', ''], ['another id', VKEY.replace('5a9e62b9', '5a9e62b8')],
	['another name', VKEY.replace('ledger1', 'ledger2')],
	['a short key', `${VKEY.slice(0, -4)}`], ['another type', VKEY.replace('+AQOh', '+BAOh')],
]) {
	test(`a verifier key with ${what} is refused`, async () => {
		await assert.rejects(note.parseKey(vkey), bytes.BadBytes);
	});
}

const receiptOf = (leaf, index, hashes, checkpoint) => ['c2sp.org/tlog-proof@v1', `extra ${bytes.toBase64(leaf)}`,
	`index ${index}`, ...hashes.map((each) => bytes.toBase64(bytes.fromHex(each))), '', checkpoint].join('\n');

for (const [what, change] of [
	['the first line', (all) => all.replace('@v1', '@v2')], ['the leaf', (all) => all.replace(/extra.*\n/, '')],
	['the index', (all) => all.replace('index 5\n', '')], ['a plain index', (all) => all.replace('index 5', 'index 05')],
	['a hash that is one', (all) => all.replace('\n\n', '\nQUJD\n\n')], ['the checkpoint', (all) => all.split('\n\n')[0]],
	['a leaf that is an entry', (all) => all.replace(/extra.*\n/, 'extra QUJD\n')],
]) {
	test(`a receipt without ${what} is no receipt`, () => {
		const leaf = bytes.utf8('{"seq":5}');
		const whole = receiptOf(leaf, 5, INCLUSION_5_8, CHECKPOINT);
		assert.equal(note.parseReceipt(whole).index, 5);
		assert.throws(() => note.parseReceipt(change(whole)), bytes.BadBytes);
	});
}

// What verify() does, over a receipt and a key.
async function isProven(receipt, vkey, seq) {
	try {
		const { leaf, entry, index, hashes, checkpoint } = note.parseReceipt(receipt);
		const root = await merkle.rootOf(await merkle.leafHash(leaf), index, checkpoint.size, hashes);
		return entry.seq === seq && index === seq && root !== null && bytes.equal(root, checkpoint.root)
			&& await note.isSigned(checkpoint, vkey);
	} catch (error) {
		assert.ok(error instanceof bytes.BadBytes, `${error}`);
		return false;
	}
}

const realReceipts = process.env.MERIT_RECEIPTS;

for (const seq of [0, 17, 40]) {
	test(`a receipt that merit made of entry ${seq} holds, and with one byte changed it does not`, { skip: !realReceipts },
		async () => {
			const vkey = readFileSync(`${realReceipts}/key`, 'utf8').trim();
			const receipt = readFileSync(`${realReceipts}/${seq}.tlog-proof`);
			assert.ok(await isProven(receipt.toString(), vkey, seq));
			for (const index of numbers(receipt.length)) {
				const changed = Buffer.from(receipt);
				changed[index] ^= 1;
				assert.ok(!await isProven(changed.toString(), vkey, seq), `byte ${index} of ${receipt}`);
			}
		});
}

// A page that has pinned the ledger's key and proven its head.
async function page(ledger, browser = new Browser()) {
	browser.ledger = ledger;
	const core = { ...browser.open().core, alarms: [], browser };
	core.proof.subscribe((alarm) => core.alarms.push(alarm.kind));
	await core.proof.load();
	await core.proof.pin((await core.rpc.read('program.get')).log_key);
	await core.rpc.read('checkpoint.get').catch(() => {});
	await core.proof.check();
	core.rpc.wire.signer = await signer(core, ledger);
	await core.rpc.ledgerOrigin();
	return core;
}

async function signer({ keys }, ledger) {
	const record = await keys.makeKey();
	ledger.keys.set('m1/k', record.x);
	return { member: 'm1', key: 'k', record };
}

const failed = ({ steps }) => steps.filter(({ ok }) => !ok).map(({ name }) => name);

test('an entry is verified in all its steps', async () => {
	const ledger = new Ledger(20);
	const { proof } = await page(ledger);
	ledger.append({ op: 'earn', id: 'i20' });
	const found = await proof.verify(7);
	assert.deepEqual(found.steps.map(({ name }) => name), ['receipt', 'leaf', 'inclusion', 'signature', 'consistency']);
	assert.ok(found.ok);
	assert.equal(found.entry.seq, 7);
	assert.equal(found.checkpoint.size, 21);
	assert.match(found.receipt, /^c2sp\.org\/tlog-proof@v1\n/);
});

const inReceipt = (change) => ({ reply }) => {
	const [first] = [reply].flat();
	first.result.receipt = change(first.result.receipt);
};

const forgedLeafBytes = Buffer.from('{"seq":7,"op":"earn","id":"i7"}');
const forgedLeaf = forgedLeafBytes.toString('base64');

for (const [what, forge, steps] of [
	['another leaf', inReceipt((all) => all.replace(/extra .*/, `extra ${forgedLeaf}`)), ['inclusion']],
	['another index', inReceipt((all) => all.replace('index 7', 'index 6')), ['leaf', 'inclusion']],
	['a missing hash', inReceipt((all) => all.replace(/\n[^\n]*\n\n/, '\n\n')), ['inclusion']],
	['another signature', inReceipt((all) => all.replace(/.{12}\n$/, (end) => `AAAA${end.slice(4)}`)), ['signature']],
	['a text', inReceipt(() => 'nothing'), ['receipt']],
	['nothing', inReceipt(() => undefined), ['receipt']],
	['no consistency', ({ reply }) => { reply[1].result.hashes = []; }, ['consistency']],
	['another consistency', ({ reply: [, { result }] }) => { result.hashes[0] = result.hashes.at(-1); }, ['consistency']],
	['consistency that is no hash', ({ reply }) => { reply[1].result.hashes[0] = 'x'; }, ['consistency']],
	['consistency that is no list', ({ reply }) => { reply[1].result.hashes = 7; }, ['consistency']],
	['a refusal of consistency', ({ reply }) => { reply[1] = { id: 1, error: { data: { status: 'not_found' } } }; },
		['consistency']],
]) {
	test(`a receipt answered with ${what} fails visibly`, async () => {
		const ledger = new Ledger(20);
		const { proof } = await page(ledger);
		ledger.append({ op: 'earn', id: 'i20' });
		ledger.next(forge);
		const found = await proof.verify(7);
		assert.equal(found.ok, false);
		assert.deepEqual(failed(found), steps);
	});
}

test('a receipt of another history that the log signed fails, though the log proves its own', async () => {
	const ledger = new Ledger(20);
	const { proof } = await page(ledger);
	const other = new Ledger(25);
	Object.assign(other, { logKey: ledger.logKey });
	other.leaves[7] = forgedLeafBytes;
	ledger.append({ op: 'earn', id: 'i20' });
	ledger.next(({ reply }) => { reply[0] = { id: 0, ...other.proof({ seq: 7 }) }; });
	const found = await proof.verify(7);
	assert.equal(found.entry.op, 'earn');
	assert.deepEqual(failed(found), ['consistency']);
});

test('a ledger that only grows raises no alarm, and its newest head is kept', async () => {
	const ledger = new Ledger(3);
	const browser = new Browser();
	const { proof, rpc, alarms } = await page(ledger, browser);
	for (const id of numbers(40)) {
		ledger.append({ op: 'earn', id: `i${id}` });
		await rpc.read('program.get');
	}
	await proof.check();
	assert.deepEqual(alarms, []);
	await proof.check();
	assert.equal(proof.newest().size, 43);
	const later = await page(ledger, browser);
	assert.equal(later.proof.newest().size, 43);
	assert.deepEqual(later.alarms, []);
});

test('a tab that knows less does not make the others forget', async () => {
	const ledger = new Ledger(3);
	const browser = new Browser();
	const slow = await page(ledger, browser);
	const fast = await page(ledger, browser);
	ledger.append({ op: 'earn', id: 'x' });
	await slow.rpc.read('program.get');
	const before = ledger.leaves.length;
	for (const id of ['y', 'z'])
		ledger.append({ op: 'earn', id });
	await fast.rpc.read('program.get');
	await fast.proof.check();
	ledger.leaves.length = before;
	await slow.proof.check();
	assert.equal(slow.proof.newest().size, 4);
	assert.match(browser.rows.get('app/head'), /\n6\n/);
});

test('answers that overtake each other raise no alarm', async () => {
	const ledger = new Ledger(3);
	const { proof, rpc, alarms, browser } = await page(ledger);
	let release = null;
	browser.ledger = {
		fetch: async (...args) => {
			const response = await ledger.fetch(...args);
			await new Promise((resolve) => { release = resolve; });
			return response;
		},
	};
	const slow = rpc.read('program.get');
	await until(() => release);
	browser.ledger = ledger;
	ledger.append({ op: 'earn', id: 'x' });
	await rpc.read('program.get');
	release();
	await slow;
	await proof.check();
	assert.deepEqual(alarms, []);
	assert.equal(proof.newest().size, 4);
});

const header = (text) => ({ headers }) => { headers['Merit-Checkpoint'] = Buffer.from(text).toString('base64url'); };

for (const [what, kind, forge] of [
	['a smaller checkpoint', 'smaller', (ledger) => header(ledger.logKey.note(5, treeHash(ledger.hashes().slice(0, 5))))],
	['another root at the same size', 'fork', (ledger) => header(ledger.logKey.note(20, leafHash('x')))],
	['a larger checkpoint of another log', 'fork', (ledger) => header(ledger.logKey.note(25, leafHash('x')))],
	['a checkpoint of another key', 'signature', (ledger) => header(new LogKey().note(25, treeHash(ledger.hashes())))],
	['something else', 'form', () => header('nothing')],
	['no checkpoint', 'form', () => ({ headers }) => { delete headers['Merit-Checkpoint']; }],
]) {
	test(`a reply that bears ${what} raises the alarm "${kind}"`, async () => {
		const ledger = new Ledger(20);
		const { proof, rpc, alarms } = await page(ledger);
		ledger.next(forge(ledger));
		await rpc.read('program.get');
		numbers(10, 20).forEach((id) => ledger.append({ op: 'earn', id: `i${id}` }));
		await proof.check();
		assert.deepEqual(alarms, [kind]);
		assert.equal(proof.newest().size, 20);
	});
}

test('a ledger that leads each checkpoint on to another head raises the alarm "fork"', async () => {
	const ledger = new Ledger(20);
	const { proof, rpc, alarms } = await page(ledger);
	const other = new Ledger(25);
	Object.assign(other, { logKey: ledger.logKey });
	other.leaves[3] = Buffer.from('{"seq":3}');
	ledger.next(header(other.checkpoint()));
	await rpc.read('program.get');
	numbers(10, 20).forEach((id) => ledger.append({ op: 'earn', id: `i${id}` }));
	numbers(5, 25).forEach((id) => other.append({ op: 'earn', id: `i${id}` }));
	ledger.next(({ reply }) => { reply[1] = { id: 1, ...other.proof({ from_size: 25 }) }; });
	await proof.check();
	assert.deepEqual(alarms, ['fork']);
	assert.equal(proof.newest().size, 20);
});

test('a ledger that has no proof for a size it signed raises the alarm "smaller"', async () => {
	const ledger = new Ledger(20);
	const { proof, rpc, alarms } = await page(ledger);
	ledger.next(header(ledger.logKey.note(25, leafHash('x'))));
	await rpc.read('program.get');
	await proof.check();
	assert.deepEqual(alarms, ['smaller']);
	assert.equal(proof.newest().size, 20);
});

// Stops the clock for a test; what it gives lets so many milliseconds pass.
function holdClock(context) {
	let now = Date.now();
	context.mock.method(Date, 'now', () => now);
	return (ms) => {
		now += ms;
	};
}

for (const fault of ['read_only', 'not_permitted', 'unreachable', 'lost']) {
	test(`a ledger that answers all but proofs ("${fault}") is told of once it lasts, and not before`, async (context) => {
		const ledger = new Ledger(20);
		const { proof, rpc, alarms, browser } = await page(ledger);
		browser.pages[0].stopTimers();
		const pass = holdClock(context);
		for (let minutes = 0; minutes < 20 && alarms.length === 0; minutes++) {
			ledger.append({ op: 'earn', id: `i${minutes}` });
			await rpc.read('program.get');
			ledger.next(fault);
			await proof.check();
			pass(60000);
		}
		assert.deepEqual(alarms, ['unproven']);
		assert.ok(ledger.leaves.length >= 24);
	});
}

test('a proof that comes late is no alarm', async (context) => {
	const ledger = new Ledger(20);
	const { proof, rpc, alarms, browser } = await page(ledger);
	browser.pages[0].stopTimers();
	const pass = holdClock(context);
	for (const minutes of numbers(20)) {
		ledger.append({ op: 'earn', id: `i${minutes}` });
		await rpc.read('program.get');
		if (minutes % 4 !== 3)
			ledger.next('not_permitted');
		await proof.check();
		pass(60000);
	}
	assert.deepEqual(alarms, []);
});

test('a ledger that was rewritten is noticed by a page opened later', async () => {
	const browser = new Browser();
	const ledger = new Ledger(20);
	await page(ledger, browser);
	ledger.leaves[3] = Buffer.from('{"seq":3}');
	ledger.append({ op: 'earn', id: 'i20' });
	const { proof, alarms } = await page(ledger, browser);
	await proof.check();
	assert.deepEqual(alarms, ['fork']);
});

test('another key of the ledger is an alarm, for ever', async () => {
	const browser = new Browser();
	await page(new Ledger(3), browser);
	const { alarms, proof } = await page(new Ledger(3), browser);
	assert.equal(alarms[0], 'key');
	assert.equal(proof.alarm().kind, 'key');
});

test('the worked example of the receipt is one', async () => {
	const format = readFileSync(`${process.env.MERIT_WEB_SOURCE}/../../../doc/format.md`, 'utf8');
	const [, receipt] = /```text\n(c2sp\.org\/tlog-proof@v1\n[^`]*)```/.exec(format);
	const [vkey] = /merit\.test\/ledger\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/.exec(format);
	assert.ok(await isProven(receipt, vkey, 10));
	assert.equal(createHash('sha256').update(note.parseReceipt(receipt).leaf).digest('hex').length, 64);
});
