// focus.js - where the focus goes when what had it is gone, so that keyboards and readers do not begin anew.
import { useEffect, useRef } from '../core/view.js';

// To the heading of the screen.
export const focusHeading = () => document.querySelector('h1')?.focus();

// A ref for an element (with tabindex -1) that takes the focus when the condition comes true.
export function useFocusWhen(condition) {
	const element = useRef(null);
	useEffect(() => {
		if (condition)
			element.current?.focus();
	}, [condition]);
	return element;
}
