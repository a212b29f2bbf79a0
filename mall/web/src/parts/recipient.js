// recipient.js - the private text where an order went, shown when the member asks for it.
import { html, useState } from '../core/view.js';
import { t } from '../core/i18n.js';
import { read } from '../core/rpc.js';
import { useFocusWhen } from './focus.js';
import { Button } from './form.js';
import { Failed } from './state.js';
import { Said } from './text.js';

// order: as order.get gives it.
export function Recipient({ order }) {
	const [shown, setShown] = useState(null);
	const [error, setError] = useState(null);
	const [isBusy, setBusy] = useState(false);
	const text = useFocusWhen(shown !== null);
	const show = async () => {
		setBusy(true);
		setError(null);
		await read('order.recipient', { order: order.order }).then(setShown, setError);
		setBusy(false);
	};
	if (order.recipient === 'erased' || shown?.erased)
		return html`<p class="muted" ref=${text} tabindex="-1">${t('shop.recipient_erased')}</p>`;
	if (shown)
		return html`<p ref=${text} tabindex="-1"><${Said} text=${shown.recipient} /></p>`;
	return html`${error && html`<${Failed} error=${error} />`}
		<div><${Button} busy=${isBusy} onClick=${show}>${t('shop.show_recipient')}<//></div>`;
}
