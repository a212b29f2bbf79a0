// session.js - the session as something a screen can follow.
import { useFollowed } from '../core/view.js';
import { current, subscribe } from '../core/session.js';

// { member, key, software }, or null for a guest.
export const useSession = () => useFollowed(current, subscribe);
