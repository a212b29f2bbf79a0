// me.js - the way to everything about the member: level, expiring points, rules, what is reported, devices, language.
import { Button } from '../parts/form.js';
import { Icon } from '../parts/icon.js';
import { useMember } from '../parts/member.js';
import { Page } from '../parts/page.js';
import { useSession } from '../parts/session.js';
import { nameOf } from '../core/content.js';
import { language, LANGUAGES, setLanguage, t } from '../core/i18n.js';
import { href } from '../core/router.js';
import { html } from '../core/view.js';

const places = () => [
	{ path: '/tier', text: t('tier.title'), what: t('me.tier') },
	{ path: '/expiring', text: t('expiring.title'), what: t('me.expiring') },
	{ path: '/referral', text: t('referral.title'), what: t('me.referral') },
	{ path: '/rules', text: t('rules.title'), what: t('me.rules') },
	{ path: '/disclosure', text: t('disclosure.title'), what: t('me.disclosure') },
	{ path: '/devices', text: t('devices.title'), what: t('me.devices') },
];

const NAMES = { en: 'English', zh: '中文' };

function Language() {
	return html`<section class="section"><h2 id="language">${t('me.language')}</h2>
		<div class="actions" role="group" aria-labelledby="language">${LANGUAGES.map((each) => html`<${Button}
			key=${each} lang=${each} kind=${each === language() ? 'primary' : 'plain'}
			aria-pressed=${each === language() ? 'true' : 'false'}
			onClick=${() => setLanguage(each)}>${NAMES[each]}<//>`)}</div>
	</section>`;
}

export default function MeView() {
	const { member } = useSession();
	const tier = useMember().value?.tier;
	const lead = tier ? t('me.lead_tier', { member, tier: nameOf('tier', tier) }) : t('me.lead', { member });
	return html`<${Page} title=${t('me.title')} lead=${lead}>
		<ul class="rows">${places().map(({ path, text, what }) => html`<li key=${path}><a href=${href(path)}>
			<span class="grow"><strong>${text}</strong><span class="small muted block">${what}</span></span>
			<${Icon} name="next" /></a></li>`)}</ul>
		<${Language} />
	<//>`;
}
