// listeners.js - who wants to be told of something. A listener that throws harms neither the others nor who tells.
export function makeListeners() {
	const all = new Set();
	return {
		// Calls fn from now on; gives the function that ends this.
		subscribe(fn) {
			all.add(fn);
			return () => all.delete(fn);
		},

		tell(...news) {
			for (const fn of [...all]) {
				try {
					fn(...news);
				} catch (error) {
					console.error(error); // As any other fault of a screen.
				}
			}
		},
	};
}
