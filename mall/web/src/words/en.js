// en.js - all texts of the mall in English. Keys are "area.name"; zh.js has the same ones.
import { common } from './en/common.js';
import { points } from './en/points.js';
import { shop } from './en/shop.js';
import { status } from './en/status.js';

export default { ...common, ...status, ...shop, ...points };
