// words.js - lists of names as the language writes them.
import { languageTag } from '../core/i18n.js';

// "A, B and C".
export const list = (texts) => new Intl.ListFormat(languageTag(), { type: 'conjunction' }).format(texts);
