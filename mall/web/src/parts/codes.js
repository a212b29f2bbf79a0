// codes.js - the voucher codes of an order, shown and copied when the member asks for them.
import { html, useState } from '../core/view.js';
import { t } from '../core/i18n.js';
import { read } from '../core/rpc.js';
import { Copy } from './copy.js';
import { useFocusWhen } from './focus.js';
import { Button } from './form.js';
import { say } from './say.js';
import { Failed } from './state.js';
import { Said } from './text.js';

function Code({ row, titleOf }) {
	return html`<li>
		<p class="small muted"><${Said} text=${titleOf(row.item)} /></p>
		${row.erased ? html`<p class="muted">${t('shop.code_erased')}</p>`
		: html`<p class="actions"><bdi class="code">${row.code}</bdi>
			<${Copy} text=${row.code} label=${t('shop.copy_code')} /></p>`}
	</li>`;
}

// order: the order's name; count: how many codes it was given.
export function Codes({ order, count, titleOf }) {
	const [codes, setCodes] = useState(null);
	const [error, setError] = useState(null);
	const [isBusy, setBusy] = useState(false);
	const list = useFocusWhen(codes !== null);
	const show = async () => {
		setBusy(true);
		setError(null);
		await read('order.code', { order }).then((found) => {
			setCodes(found.codes);
			say(t('shop.codes_shown', { count: found.codes.length }));
		}, setError);
		setBusy(false);
	};
	return html`<section class="card">
		<h2>${t('shop.codes', { count })}</h2>
		${codes ? html`<ul class="codes" ref=${list} tabindex="-1">
				${codes.map((row, index) => html`<${Code} key=${index} row=${row} titleOf=${titleOf} />`)}</ul>
			<div><${Button} kind="quiet" onClick=${() => setCodes(null)}>${t('shop.hide_codes', { count })}<//></div>`
		: html`<p class="muted">${t('shop.codes_what')}</p>
			<div><${Button} kind="primary" busy=${isBusy} onClick=${show}>${t('shop.show_codes', { count })}<//></div>`}
		${error && html`<${Failed} error=${error} retry=${show} />`}
	</section>`;
}
