// session.js - the session as something a screen can follow.
import { useEffect, useState } from '../core/view.js';
import { current, subscribe } from '../core/session.js';

// { member, key, software }, or null for a guest.
export function useSession() {
	const [session, setSession] = useState(current);
	useEffect(() => {
		setSession(current());
		return subscribe(() => setSession(current()));
	}, []);
	return session;
}
