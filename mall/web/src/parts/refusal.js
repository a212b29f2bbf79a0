// refusal.js - why an order could not be placed, with its numbers, and what to do about it.
import { html } from '../core/view.js';
import { t } from '../core/i18n.js';
import { pointsText } from './paying.js';

// The sentences that say more than the status alone would; the numbers come from the refusal's `why`.
const TEXTS = {
	short_points: ({ need, eligible }) => t('shop.refused_short_points', { need: pointsText(need), eligible }),
	short_stock: ({ stock }) => (stock > 0 ? t('shop.refused_short_stock', { count: stock }) : null),
	limit_reached: ({ left }) => (left > 0 ? t('shop.refused_limit_reached', { count: left }) : null),
};

// status and why of a refusal, or of a quote.
export const refusalText = ({ status, why = {} }) => TEXTS[status]?.(why) ?? t(`status.${status}`);

export function Refusal({ refusal }) {
	return html`<p><strong>${t('shop.not_placed')}</strong></p>
		<p>${refusalText(refusal)}</p>
		<p>${t('shop.nothing_taken')}</p>`;
}
