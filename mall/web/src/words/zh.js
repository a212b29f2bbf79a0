// zh.js - all texts of the mall in Chinese. Keys are "area.name"; en.js has the same ones.
import { common } from './zh/common.js';
import { points } from './zh/points.js';
import { shop } from './zh/shop.js';
import { status } from './zh/status.js';

export default { ...common, ...status, ...shop, ...points };
