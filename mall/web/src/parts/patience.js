// patience.js - waiting for an operation as long as people do, and knowing whether they are still there.
import { useEffect, useRef } from '../core/view.js';

const PATIENCE_MS = 1500;

// true: accepted; an error: how it ended; undefined: not known yet. The operation itself goes on.
export function settledSoon(promise) {
	const later = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });
	return Promise.race([promise.then(() => true, (error) => error), later]);
}

// A ref that says whether the component is still on the screen.
export function useIsHere() {
	const isHere = useRef(true);
	useEffect(() => {
		isHere.current = true;
		return () => { isHere.current = false; };
	}, []);
	return isHere;
}
