// common.js - words that several screens share, in English.
export const common = {
	'common.never': 'No expiry',
};
