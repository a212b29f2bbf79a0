// campaigns.js - the campaigns that pay a member: all of them, read once for the screens that need them.
//
// Not polled, as it may be several pages: asked for again when the member's figures change, or the page is come back to.
import { useLive } from '../core/live.js';
import { read } from '../core/rpc.js';
import { useEffect, useRef } from '../core/view.js';
import { useMember } from './member.js';
import { useSession } from './session.js';

const PAGE_ROWS = 100;

async function all(member) {
	const rows = [];
	let from;
	do {
		const page = await read('member.campaigns', { member, limit: PAGE_ROWS, ...(from && { from }) });
		rows.push(...page.rows);
		from = page.next;
	} while (from);
	return rows;
}

const figuresOf = (member) => member && [member.available, member.pending, member.held, member.debt].join();

// Loads again when the figures are others than those it was loaded with.
function useReloaded(live) {
	const figures = figuresOf(useMember().value);
	const seen = useRef(figures);
	useEffect(() => {
		if (seen.current !== undefined && seen.current !== figures)
			live.reload();
		seen.current = figures;
	}, [figures]);
	return live;
}

// Live: the rows of member.campaigns of the signed-in member.
export function useCampaigns() {
	const session = useSession();
	return useReloaded(useLive(session && `campaigns/${session.member}`, () => all(session.member), { poll: false }));
}
