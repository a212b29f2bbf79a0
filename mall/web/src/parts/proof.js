// proof.js - a movement checked on the spot, by this browser: each step with its outcome, and the receipt to keep.
//
// A proof that fails is never shown in passing: it stays, it is loud, and it says whom to tell.
import { t } from '../core/i18n.js';
import { logKey, verify } from '../core/proof.js';
import { Refused } from '../core/rpc.js';
import { html, useState } from '../core/view.js';
import { agrees } from './agree.js';
import { Copy } from './copy.js';
import { Button } from './form.js';
import { Icon } from './icon.js';
import { keep } from './keep.js';
import { say } from './say.js';
import { useSession } from './session.js';
import { Failed, Notice } from './state.js';

const fileOf = (seq) => `entry-${seq}.tlog-proof`;

const stepName = (name) => ({
	receipt: t('proof.receipt'), leaf: t('proof.leaf'), inclusion: t('proof.inclusion'),
	signature: t('proof.signature'), consistency: t('proof.consistency'), shown: t('proof.shown'),
})[name] ?? name;

// The proof, and one step more: that this screen shows what was proven; `entry` where it shows that whole.
async function check(row, entry, member) {
	const proven = await verify(row.seq);
	if (!proven.entry)
		return proven;
	const isShown = agrees(row, proven.entry, member)
		&& (entry === undefined || JSON.stringify(entry) === JSON.stringify(proven.entry));
	return { ...proven, ok: proven.ok && isShown, steps: [...proven.steps, { name: 'shown', ok: isShown }] };
}

function Step({ step }) {
	return html`<li class=${step.ok ? 'step good' : 'step bad'}>
		<${Icon} name=${step.ok ? 'check' : 'cross'} />
		<span><span class="unseen">${step.ok ? t('proof.holds') : t('proof.fails')} </span>${stepName(step.name)}</span>
	</li>`;
}

function Technical({ result, seq }) {
	const { checkpoint, receipt, steps, leaf } = result;
	const details = steps.filter((step) => step.detail).map((step) => `${step.name}: ${step.detail}`);
	const command = `merit verify ${fileOf(seq)} --log-key '${logKey()}'`;
	return html`<details class="technical">
		<summary>${t('proof.details')}</summary>
		<dl class="deep">
			${leaf && html`<dt>${t('proof.entry')}</dt><dd><code>${leaf}</code></dd>`}
			${checkpoint && html`<dt>${t('proof.log')}</dt><dd><code>${checkpoint.origin}</code></dd>
				<dt>${t('proof.size')}</dt><dd><code>${checkpoint.size}</code></dd>
				<dt>${t('proof.root')}</dt><dd><code>${checkpoint.root}</code></dd>`}
			<dt>${t('proof.key')}</dt><dd><code>${logKey()}</code></dd>
			${details.length > 0 && html`<dt>${t('proof.steps')}</dt>`}
			${details.map((each) => html`<dd><code>${each}</code></dd>`)}
			${receipt && html`<dt>${t('proof.command')}</dt><dd><code>${command}</code></dd>`}
		</dl>
		${receipt && html`<${Copy} text=${command} label=${t('proof.copy_command')} kind="quiet" />`}
	</details>`;
}

function Verdict({ result }) {
	if (result.ok)
		return html`<p class="verdict good"><${Icon} name="shield" /><strong>${t('proof.proven')}</strong></p>`;
	return html`<div class="notice bad" role="alert"><${Icon} name="warn" />
		<div><strong>${t('proof.failed')}</strong><p>${t('proof.what_to_do')}</p></div></div>`;
}

function Outcome({ result, row }) {
	return html`<div class="proof">
		<${Verdict} result=${result} />
		<ol class="steps">${result.steps.map((step) => html`<${Step} step=${step} />`)}</ol>
		<div class="actions">
			${result.receipt && html`<${Button} onClick=${() => keep(fileOf(row.seq), 'text/plain', result.receipt)}>
				<${Icon} name="down" />${t('proof.download')}<//>
				<${Copy} text=${result.receipt} label=${t('proof.copy')} kind="quiet" />`}
		</div>
		<${Technical} result=${result} seq=${row.seq} />
	</div>`;
}

// Nothing to check: not given to this member, or not to be had at the moment.
function NoProof({ error, retry }) {
	if (error instanceof Refused && error.status === 'not_found')
		return html`<${Notice}><p>${t('proof.not_given')}</p><//>`;
	return html`<${Failed} error=${error} retry=${retry} />`;
}

// The button, and behind it what came of it. row: one of a statement's; entry: where the screen shows that, too.
export function Proof({ row, entry, kind = 'plain' }) {
	const session = useSession();
	const [state, setState] = useState({});
	const onClick = async () => {
		setState({ isBusy: true });
		try {
			const result = await check(row, entry, session.member);
			setState({ result });
			if (result.ok)
				say(t('proof.proven'));
		} catch (error) {
			setState({ error });
		}
	};
	return html`<div class="proof-area">
		<${Button} kind=${kind} busy=${state.isBusy} onClick=${onClick}><${Icon} name="shield" />
			${state.result ? t('proof.again') : t('proof.check')}<//>
		${state.error && html`<${NoProof} error=${state.error} retry=${onClick} />`}
		${state.result && html`<${Outcome} result=${state.result} row=${row} />`}
	</div>`;
}
