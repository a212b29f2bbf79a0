// main.js - where the mall begins: first what holds without a screen, then the screen.
import { begin } from './core/start.js';
import { html, render } from './core/view.js';
import { App, warmUp } from './app.js';
import { followScrolling } from './parts/entry.js';
import { followOutcomes } from './parts/outcomes.js';

async function main() {
	followOutcomes();
	followScrolling();
	await begin();
	render(html`<${App} />`, document.getElementById('app'));
	warmUp();
}

main().catch((error) => {
	console.error(error);
	document.getElementById('failed').hidden = false;
});
