// qr.js - a text as a QR code, drawn as one path. The encoder is fetched only when a code is shown.
import { html, useEffect, useState } from '../core/view.js';

const QUIET = 4; // Modules of white around it, as ISO/IEC 18004 asks for.

// The dark modules as a path: each run of a row is one rectangle.
function pathOf(code) {
	const count = code.getModuleCount();
	const runs = [];
	for (let row = 0; row < count; row++) {
		for (let column = 0, start = -1; column <= count; column++) {
			const isDark = column < count && code.isDark(row, column);
			if (isDark && start < 0)
				start = column;
			if (!isDark && start >= 0) {
				runs.push(`M${start + QUIET} ${row + QUIET}h${column - start}v1h${start - column}z`);
				start = -1;
			}
		}
	}
	return { path: runs.join(''), size: count + 2 * QUIET };
}

async function drawn(text) {
	const { default: qrcode } = await import('qrcode-generator');
	const code = qrcode(0, 'M');
	code.addData(text);
	code.make();
	return pathOf(code);
}

// Nothing while it is being made, or where the text is too long for a code: the text stands beside it anyway.
export function QrCode({ text, label }) {
	const [code, setCode] = useState(null);
	useEffect(() => {
		let isWanted = true;
		drawn(text).then((made) => isWanted && setCode(made), () => {});
		return () => { isWanted = false; };
	}, [text]);
	return code && html`<svg class="qr" role="img" aria-label=${label} viewBox=${`0 0 ${code.size} ${code.size}`}
		shape-rendering="crispEdges">
		<rect width=${code.size} height=${code.size} fill="#fff" /><path d=${code.path} fill="#000" />
	</svg>`;
}
