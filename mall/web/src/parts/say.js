// say.js - the one live region of the page: what a person who does not see the screen is told.
//
// Holds the last sentences only. It must never carry what the screen does not show as well.
import { html, useEffect, useState } from '../core/view.js';

const PAUSE_MS = 150; // What is said within it is said together; and the same sentence, said twice, is a change twice.
const KEEP_MS = 10000;

let listener = () => {};
let sentences = new Map(); // By topic: of each the last one is said.
let timer;

function speak() {
	listener([...sentences.values()].join(' '));
	sentences = new Map();
	timer = setTimeout(() => listener(''), KEEP_MS);
}

// Says the text to assistive technology once the present work is done. Of a topic, the last one counts.
export function say(text, topic = text) {
	clearTimeout(timer);
	listener('');
	sentences.set(topic, text);
	timer = setTimeout(speak, PAUSE_MS);
}

// The region itself; the shell has one.
export function LiveRegion() {
	const [text, setText] = useState('');
	useEffect(() => {
		listener = setText;
		return () => { listener = () => {}; };
	}, []);
	return html`<div class="unseen" role="status" aria-live="polite">${text}</div>`;
}
