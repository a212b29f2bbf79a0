// paying.js - which points an order takes, whose they are, and what a refund would do, in words.
import { html } from '../core/view.js';
import { points } from '../core/format.js';
import { t } from '../core/i18n.js';
import { Day, Name, Points } from './text.js';

// lots: [{ campaign, sponsor, last_day, points }].
export function Lots({ lots }) {
	return html`<ul class="lots">
		${lots.map((lot) => html`<li class="row" key=${`${lot.campaign} ${lot.last_day}`}>
			<span><${Name} kind="sponsor" id=${lot.sponsor} /> · <${Name} kind="campaign" id=${lot.campaign} />
				<span class="small muted block">${lot.last_day === null ? t('shop.never_expires')
				: html`${t('shop.last_day')} <${Day} day=${lot.last_day} />`}</span>
			</span>
			<strong><${Points} n=${lot.points} /></strong>
		</li>`)}
	</ul>`;
}

// What happens to points of a refund. policy: restore, grace, forfeit.
export function refundText({ policy, grace_days: days }) {
	return t(`shop.refund_${policy}`, { count: days });
}

// "1,200 points".
export const pointsText = (n) => t('shop.price', { count: n, points: points(n) });
