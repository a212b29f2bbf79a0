// keep.js - a text given to the member as a file to keep.
//
// Web views of chat programs do nothing with a link to a file made in the page, silently: on phones the file is handed
// to the system's own "share" where there is one.
const KEPT_MS = 60000; // Long enough for a browser that asks where to put it.

function save(name, type, text) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	Object.assign(document.createElement('a'), { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

// Shares the file on a phone that can, else saves it.
export async function keep(name, type, text) {
	const files = [new File([text], name, { type })];
	if (!matchMedia('(pointer: coarse)').matches || !navigator.canShare?.({ files }))
		return save(name, type, text);
	try {
		await navigator.share({ files });
	} catch (error) {
		if (error.name !== 'AbortError') // The member thought better of it.
			save(name, type, text);
	}
	return undefined;
}
