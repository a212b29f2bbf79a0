// copy.js - a button that puts a text on the clipboard, and says so.
import { t } from '../core/i18n.js';
import { html, useEffect, useState } from '../core/view.js';
import { Button } from './form.js';
import { Icon } from './icon.js';
import { say } from './say.js';

const SHOWN_MS = 2500;

// False where the browser keeps its clipboard to itself.
async function copied(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return false;
	}
}

// text: what is copied; label: the button's words.
export function Copy({ text, label, kind = 'plain' }) {
	const [state, setState] = useState('idle');
	useEffect(() => {
		const timer = state === 'idle' ? 0 : setTimeout(() => setState('idle'), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [state]);
	const onClick = async () => {
		const isDone = await copied(text);
		setState(isDone ? 'done' : 'failed');
		say(isDone ? t('points.copied') : t('points.not_copied'));
	};
	const words = { idle: label, done: t('points.copied'), failed: t('points.not_copied') };
	return html`<${Button} kind=${kind} onClick=${onClick}>
		<${Icon} name=${state === 'done' ? 'check' : 'copy'} />${words[state]}
	<//>`;
}
