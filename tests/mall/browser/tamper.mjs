// tamper.mjs - stands between a browser and the mall, and changes what comes back, as a dishonest or broken mall might.
const text = (base64) => Buffer.from(base64, 'base64').toString();
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/**
 * Changes the answers of one method. `change` is given each result and gives another, or null for "as it is"; the
 * header is changed by `changeHead`, which is given the checkpoint as text. Gives the function that ends it.
 */
export async function tamper(visitor, method, change, changeHead = (head) => head) {
	const handle = async (route) => {
		const asked = JSON.parse((route.request().postData() ?? '{}').split('\n')[0]);
		const methodOf = new Map([asked].flat().map((call) => [call.id, call.method]));
		if (![...methodOf.values()].includes(method))
			return route.fallback();
		const response = await route.fetch();
		const body = await response.json();
		[body].flat().forEach((answer) => {
			if (answer.result && methodOf.get(answer.id) === method)
				answer.result = change(answer.result) ?? answer.result;
		});
		const headers = response.headers();
		const head = headers['merit-checkpoint'];
		if (head) {
			const changed = changeHead(Buffer.from(head, 'base64url').toString());
			headers['merit-checkpoint'] = Buffer.from(changed).toString('base64url');
		}
		delete headers['content-length'];
		delete headers['content-encoding'];
		return route.fulfill({ status: response.status(), headers, body: JSON.stringify(body) });
	};
	await visitor.context.route('**/rpc', handle);
	return () => visitor.context.unroute('**/rpc', handle);
}

// One character of base64 another one that decodes as well.
const other = (line) => `${line[0] === 'A' ? 'B' : 'A'}${line.slice(1)}`;

// Behind the empty line stands the checkpoint: origin, size, root.
const checkpointAt = (lines) => lines.indexOf('') + 1;

/** What may be wrong with a receipt (doc/format.md, section 6), each alone. */
export const RECEIPTS = {
	'the entry': (lines) => {
		const leaf = JSON.parse(text(lines[1].slice('extra '.length)));
		lines[1] = `extra ${base64(JSON.stringify({ ...leaf, time: leaf.time + 1 }))}`;
	},
	'a hash of the path': (lines) => { lines[3] = other(lines[3]); },
	'the index': (lines) => { lines[2] = `index ${Number(lines[2].split(' ')[1]) - 1}`; },
	'the root': (lines) => { lines[checkpointAt(lines) + 2] = other(lines[checkpointAt(lines) + 2]); },
	'the size': (lines) => { lines[checkpointAt(lines) + 1] = '2'; },
	'the signature': (lines) => {
		const at = lines.findIndex((line) => line.startsWith('— '));
		lines[at] = lines[at].replace(/.{12}=$/, 'AAAAAAAAAAAA=');
	},
	'its form': (lines) => { lines[0] = 'c2sp.org/tlog-proof@v9'; },
};

/** The change of a receipt by its name, as `tamper` takes it for proof.get. */
export function receiptWith(fault) {
	return (result) => {
		if (!result.receipt)
			return null;
		const lines = result.receipt.split('\n');
		RECEIPTS[fault](lines);
		return { ...result, receipt: lines.join('\n') };
	};
}

/** A consistency proof that leads elsewhere. */
export const consistencyBroken = (result) => result.hashes
	? { ...result, hashes: result.hashes.length > 0 ? result.hashes.map(other) : [base64(Buffer.alloc(32, 7))] } : null;
