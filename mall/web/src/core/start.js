// start.js - brings the core up before the first screen, and ties its parts together: the only file that knows them
// all.
import { load as loadContent } from './content.js';
import { setOffset } from './format.js';
import { startLanguage } from './i18n.js';
import * as live from './live.js';
import * as outbox from './outbox.js';
import * as proof from './proof.js';
import { readProgram, wire } from './rpc.js';
import * as session from './session.js';

const RESUME_MS = 20000;
const PATIENCE_MS = 1500;

// What the ledger is: its days, its policies, its key. For useLive('program', loadProgram).
export const loadProgram = readProgram;

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function tie() {
	wire.learned = async (program) => {
		setOffset(program.offset_minutes);
		return proof.pin(program.log_key);
	};
	session.subscribe(() => {
		live.clear();
		outbox.resume();
	});
	outbox.subscribe((event) => {
		if ('result' in event || 'error' in event)
			live.touch();
	});
	addEventListener('online', catchUp);
	setInterval(catchUp, RESUME_MS);
}

// What could not be sent or fetched before.
function catchUp() {
	outbox.resume();
	loadContent();
}

// Resolves when the first screen can be drawn. Neither the ledger nor the names of things need have come by then.
export async function begin() {
	tie();
	live.start();
	loadProgram().catch(() => {});
	const soon = Promise.all([loadContent(), session.restore()]);
	await Promise.all([startLanguage(), Promise.race([soon, pause(PATIENCE_MS)])]);
}
