// world.mjs - the program the browser tests shop in: who pays, what can be had, and a doctor with a history.
//
// The history is made 40 days ago, by a clock that is put back (libfaketime), so that points have expired and months have
// passed; where that library is absent it is all of today. Each flow then makes a member of its own: none depends on
// another, but for what the mall has in stock.
import { randomBytes } from 'node:crypto';
import { Ledger, Refused, Signer, bodyOf, commit } from './ledger.mjs';
import { ORIGIN, fakeTimeLibrary, startServers } from './servers.mjs';
import { XSS, content, pictures } from './content.mjs';

export const MOST = Number.MAX_SAFE_INTEGER;
/** All points of a ledger together are no more than that, so the richest has a little less. */
export const FORTUNE = MOST - 1900000;
const DAY_MS = 86400000;
const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const BACK_DAYS = 40;

const dayOf = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 10);

export class World {
	#members = 0;

	constructor(servers) {
		this.servers = servers;
		this.back_ms = 0;
		this.ledger = new Ledger(servers.url, ORIGIN, () => this.now());
		this.admin = Signer.fromFile('admin/k1', `${servers.data}/keys/admin.pem`);
		Object.assign(this, Object.fromEntries(['desk', 'academy', 'finance', 'audit', 'bookshop', 'cafe']
			.map((party) => [party, Signer.fresh(`${party}/k1`)])));
	}

	now() {
		return Date.now() - this.back_ms;
	}

	/** A day relative to the day the clock shows. */
	day(days = 0) {
		return dayOf(this.now() + days * DAY_MS);
	}

	at(days) {
		return this.now() + days * DAY_MS;
	}

	/** meritd by a clock so many days back. */
	async turnClock(days) {
		await this.servers.restartLedger(days);
		this.back_ms = days * DAY_MS;
	}

	async #parties() {
		const roles = { desk: 'operator', academy: 'service', finance: 'finance', audit: 'auditor' };
		await this.ledger.writes(this.admin, Object.entries(roles).map(([party, role]) =>
			['party.create', { party, role, key: 'k1', public: this[party].public }]));
		await this.ledger.writes(this.desk, ['bookshop', 'cafe'].map((merchant) => ['merchant.create', { merchant }]));
		await this.ledger.writes(this.admin, ['bookshop', 'cafe'].map((party) =>
			['key.add', { party, key: 'k1', public: this[party].public }]));
	}

	async #campaigns() {
		const create = (name, sponsor, more) => ['campaign.create', {
			campaign: name, sponsor, starts: this.day(-300), ends: this.day(400), currency: 'CNY', value_minor: 100,
			value_points: 1, contract: 'sponsor', months: 12, round: 'month', from: 'occurred', ...more,
		}];
		const rule = (name, event, more) => ['campaign.rule', { campaign: name, event, evidence: 'none', ...more }];
		await this.ledger.writes(this.desk, [
			['program.tier', { tier: 'silver', points: 300 }],
			['program.tier', { tier: 'gold', points: 2000 }],
			['sponsor.create', { sponsor: 'northwind' }],
			['sponsor.create', { sponsor: 'lakeside' }],
			['sponsor.create', { sponsor: 'titan' }],
			create('heart-health', 'northwind'),
			create('sugar-watch', 'lakeside', { months: 3 }),
			// So cheap a point that as many as a number can hold are paid for.
			create('titanic', 'titan', { value_minor: 1, value_points: 1000000, months: 0, round: 'none' }),
			rule('heart-health', 'hypertension', { points: 120, nature: 'education', form: 'points' }),
			rule('heart-health', 'arrhythmia', { points: 200 }),
			rule('heart-health', 'grant', { maximum: 1000000 }),
			rule('heart-health', 'survey', { maximum: 50, cap_day: 60, clip: true }),
			rule('heart-health', 'article', { points: 80, review: true, cap_month: 400,
				multipliers: [{ tag: 'cardiology', basis_points: 15000 }, { tier: 'gold', basis_points: 12500 }] }),
			rule('heart-health', 'webinar', { points: 60, delay_days: 7, quota_month: 2 }),
			rule('sugar-watch', 'diabetes', { points: 150 }),
			rule('sugar-watch', 'checkin', { points: 5, quota_day: 1 }),
			rule('titanic', 'grant', { maximum: MOST }),
			['campaign.referral', { campaign: 'heart-health', event: 'hypertension', referrer_points: 50,
				referee_points: 20, window_days: 30, cap_month: 500, flag_day: 1 }],
			['campaign.eligibility', { campaign: 'heart-health', class: 'service', allowed: true, tier: 'silver' }],
			['campaign.eligibility', { campaign: 'sugar-watch', class: 'code', allowed: false }],
		]);
		const deposits = [['northwind', 200000000], ['lakeside', 50000000], ['titan', 1000000000000]];
		await this.ledger.writes(this.finance, deposits.map(([sponsor, amount_minor], index) =>
			['sponsor.deposit', { sponsor, currency: 'CNY', amount_minor, bank_reference: `B-${index}` }]));
		const budgets = [['heart-health', 1500000], ['sugar-watch', 400000], ['titanic', FORTUNE]];
		await this.ledger.writes(this.finance, budgets.map(([campaign, points]) =>
			['campaign.fund', { campaign, points, reference: `PO-${campaign}` }]));
	}

	/** An item of the bookshop, unless told otherwise. */
	item(name, points, more = {}) {
		return ['item.create', {
			item: name, merchant: 'bookshop', class: 'goods', points, currency: 'CNY', price_minor: points * 90,
			...(more.class === 'code' ? {} : { stock: 50 }), ...more,
		}];
	}

	async #items() {
		await this.ledger.writes(this.desk, [
			this.item('textbook', 180, { title: 'Clinical cardiology, 4th edition', delivery: 'address', limit_year: 3,
				category: 'books' }),
			this.item('mug', 60, { title: 'Coffee mug', category: 'home' }),
			this.item('coffee', 40, { class: 'code', merchant: 'cafe', title: 'Coffee voucher', category: 'vouchers' }),
			this.item('topup', 100, { class: 'service', merchant: 'cafe', title: 'Phone top-up', delivery: 'account',
				category: 'vouchers' }),
			this.item('stethoscope', 900, { title: 'Stethoscope', delivery: 'address', category: 'devices' }),
			this.item('soldout', 70, { title: 'Sold out pen', stock: 0, category: 'home' }),
			this.item('limited', 30, { title: 'One for each', limit_lifetime: 1, category: 'home' }),
			this.item('medicine', 20, { class: 'medicine', title: 'A medicine that points may not buy', price_minor: 100,
				category: 'other' }),
			this.item('palace', MOST, { title: 'The dearest thing there can be', price_minor: 1000000, category: 'other' }),
			this.item('hostile', 10, { title: `Title ${XSS}`, delivery: 'address', category: 'other' }),
			this.item('long', 25, { title: `${LONG} 🩺❤️‍🩹 ‏كتاب القلب‎`, category: 'other' }),
		]);
		await this.codes('coffee', 12);
	}

	codes(item, count) {
		return this.ledger.writes(this.cafe, Array.from({ length: count }, () => {
			const { commitment, line } = commit(`CAFE-${randomBytes(4).toString('hex').toUpperCase()}`);
			return ['code.add', { item, code: commitment }, line];
		}));
	}

	/** Points by the event that pays as many as one likes. */
	grant(member, points, { campaign = 'heart-health', days = -1 } = {}) {
		return this.ledger.write(this.academy, 'earn', {
			member, campaign, event: 'grant', reference: `G-${randomBytes(6).toString('hex')}`, occurred: this.at(days),
			points,
		});
	}

	/** A member of its own for a test, with so many points. */
	async member(points = 0, more = {}) {
		const member = `t-${++this.#members}${randomBytes(2).toString('hex')}`;
		await this.ledger.write(this.academy, 'member.create', { member });
		if (points > 0)
			await this.grant(member, points, more);
		return member;
	}

	earn(member, campaign, event, reference, days, more = {}) {
		return this.ledger.write(this.academy, 'earn',
			{ member, campaign, event, reference, occurred: this.at(days), ...more });
	}

	order(order, member, lines, recipient) {
		const sealed = recipient && commit(recipient);
		return this.ledger.write(this.academy, 'order.place', {
			order, member, ...(sealed ? { recipient: sealed.commitment } : {}),
			lines: lines.map(([item, points, quantity = 1]) => ({ item, version: 1, points, quantity })),
		}, ...(sealed ? [sealed.line] : []));
	}

	/** What the doctor did by the day the clock was put back to. */
	async #past(who) {
		await this.ledger.writes(this.academy, [who, 'd-19fe', 'd-a07b', 'd-5d22', 'd-0e5a', 'd-none']
			.map((member) => ['member.create', { member }]));
		await this.ledger.write(this.desk, 'member.opening', { member: who, campaign: 'sugar-watch', points: 30,
			reference: 'OLD-2', last_day: this.day(BACK_DAYS + 12) });
		await this.earn(who, 'heart-health', 'hypertension', 'HC-1', -20);
		await this.earn(who, 'heart-health', 'arrhythmia', 'HC-2', -19);
		await this.grant(who, 2000, { days: -15 });
		await this.order('o-received', who, [['textbook', 180]], recipient);
		await this.ledger.write(this.bookshop, 'order.fulfil', { order: 'o-received', carrier: '顺丰 SF', tracking: 'SF0001' });
		await this.ledger.write(this.academy, 'order.receive', { order: 'o-received' });
		await this.order('o-refunded', who, [['mug', 60, 2]]);
		await this.ledger.write(this.bookshop, 'order.fulfil', { order: 'o-refunded' });
		await this.ledger.write(this.desk, 'order.refund', { order: 'o-refunded', lines: [{ line: 0, quantity: 1 }],
			reason: 'one was chipped' });
		await this.ledger.write(this.desk, 'member.opening', { member: who, campaign: 'sugar-watch', points: 45,
			reference: 'OLD-1', last_day: this.day(3) });
		const reviews = [['A-7', 'approve', 'read it; original'], ['A-8', 'reject', 'the same as A-7']];
		for (const [reference, decision, reason] of reviews) {
			const { seq } = await this.earn(who, 'heart-health', 'article', reference, -2);
			await this.ledger.write(this.desk, 'earn.review', { entry: seq, decision, reason });
		}
	}

	/** And what since, up to today. */
	async #recent(who) {
		await this.earn(who, 'sugar-watch', 'diabetes', 'SW-1', -6, { product: 'Glucoban' });
		await this.earn(who, 'heart-health', 'survey', 'S-1', -1, { points: 50 });
		await this.earn(who, 'sugar-watch', 'checkin', 'C-1', 0);
		await this.earn(who, 'heart-health', 'article', 'A-1', -2);
		await this.earn(who, 'heart-health', 'webinar', 'W-1', -1);
		const taken = await this.earn(who, 'heart-health', 'arrhythmia', 'HC-9', -3);
		await this.ledger.write(this.desk, 'reverse', { entry: taken.seq, reason: 'the course was taken by somebody else' });
		await this.ledger.writes(this.academy, ['d-19fe', 'd-a07b'].map((referee, index) => ['referral.record', {
			referrer: who, referee, campaign: 'heart-health', occurred: this.at(-5 + index),
		}]));
		await this.earn('d-19fe', 'heart-health', 'hypertension', 'HC-3', -2);
		await this.order('o-held', who, [['textbook', 180], ['mug', 60]], recipient);
		await this.order('o-shipped', who, [['mug', 60]]);
		await this.ledger.write(this.bookshop, 'order.fulfil', { order: 'o-shipped', carrier: '顺丰 SF', tracking: 'SF0002' });
		await this.order('o-code', who, [['coffee', 40]]);
		await this.order('o-cancelled', who, [['mug', 60]]);
		await this.ledger.write(this.academy, 'order.cancel', { order: 'o-cancelled', reason: 'changed my mind' });
		await this.order('o-asked', who, [['long', 25, 2]]);
		await this.ledger.write(this.bookshop, 'order.fulfil', { order: 'o-asked' });
		await this.ledger.write(this.academy, 'order.refund_request', { order: 'o-asked', reason: 'pages are missing' });
		await this.ledger.write(this.desk, 'member.opening', { member: who, campaign: 'sugar-watch', points: 260,
			reference: 'OLD-3', last_day: this.day(20) });
		await this.grant('d-0e5a', 500);
		await this.ledger.write(this.desk, 'member.freeze', { member: 'd-0e5a', reason: 'two accounts of one person' });
	}

	async make() {
		const back = fakeTimeLibrary() ? BACK_DAYS : 0;
		await this.turnClock(back);
		await this.#parties();
		await this.#campaigns();
		await this.#items();
		await this.#past('d-4c81');
		await this.turnClock(0);
		await this.#recent('d-4c81');
		return this;
	}

	/** The one-time link that signs a browser in as the member. */
	link(member, { to = '', seconds, token = this.academy.token(ORIGIN, member, { seconds }) } = {}) {
		return `${this.servers.site}/#/in/${token}${to}`;
	}

	/** Uses a sign-in token up, with a key of its own; gives who signs with that. */
	async bind(member, token = this.academy.token(ORIGIN, member)) {
		const signer = Signer.fresh('');
		const params = { id: `b-${randomBytes(6).toString('hex')}`, token };
		const json = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'key.bind', params });
		const line = signer.line(ORIGIN, json, this.now(), { jwk: signer.jwk() });
		const { error } = bodyOf(await this.ledger.exchange(`${line}\n${json}`));
		if (error)
			throw new Refused('key.bind', error);
		return new Signer(`${member}/${signer.thumbprint()}`, signer.key);
	}

	/** Ends the servers; gives how that went wrong, if it did. */
	stop() {
		this.ledger.close();
		return this.servers.stop();
	}
}

const recipient = '王芳 (Dr. Wang Fang), 010-5550-0101\n北京市示例区示例路 1 号 示例医院心内科';

/** Servers and the program in them, ready to be visited. */
export async function makeWorld(options) {
	const servers = await startServers({ content, pictures, ...options });
	try {
		return await new World(servers).make();
	} catch (error) {
		await servers.stop();
		throw error;
	}
}
