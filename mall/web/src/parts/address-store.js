// address-store.js - the member's addresses on this device, and nowhere else. Signing out erases them with the rest.
import { useEffect, useState } from '../core/view.js';
import * as store from '../core/store.js';

const nameOf = (member) => `addresses/${member}`;

// [list or null while it is read, change(list)].
export function useAddresses(member) {
	const [list, setList] = useState(null);
	useEffect(() => {
		let isHere = true;
		store.get(nameOf(member)).then((kept) => isHere && setList(kept ?? []), () => isHere && setList([]));
		return () => { isHere = false; };
	}, [member]);
	const change = (next) => {
		setList(next);
		return store.put(nameOf(member), next);
	};
	return [list, change];
}
