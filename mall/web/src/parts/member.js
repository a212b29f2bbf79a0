// member.js - the signed-in member as the ledger knows it: read once for all parts of the screen, kept fresh.
import { read } from '../core/rpc.js';
import { useLive } from '../core/live.js';
import { useSession } from './session.js';

// member.get of the signed-in member, live; of a guest nothing is asked for.
export function useMember() {
	const session = useSession();
	const member = session?.member;
	return useLive(`member/${member ?? ''}`, async () => member && read('member.get', { member }));
}
