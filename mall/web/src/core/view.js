// view.js - the view library, in one place: Preact with htm's templates in place of a compiler.
import { h, render } from 'preact';
import { useEffect, useErrorBoundary, useId, useReducer, useRef, useState } from 'preact/hooks';
import htm from 'htm';

export const html = htm.bind(h);

// The value of read(), whose changes subscribe(fn) tells, for a component: it is drawn again when told, and when the
// value became another between being drawn and listening, which is a while on a busy phone. A value that is made anew
// by each read() draws it twice. Give all that read and subscribe depend on.
export function useFollowed(read, subscribe, dependencies = []) {
	const [, redraw] = useReducer((count) => count + 1, 0);
	const drawn = read();
	useEffect(() => {
		const end = subscribe(redraw);
		if (!Object.is(read(), drawn))
			redraw();
		return end;
	}, dependencies);
	return drawn;
}

export { render, useEffect, useErrorBoundary, useId, useReducer, useRef, useState };
