// common.js - words that several screens share, in Chinese.
export const common = {
	'common.never': '长期有效',
};
