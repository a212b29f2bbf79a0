// rules.js - what a campaign's rule says, in words: what it pays, asks for, what is left, whether it pays now.
//
// Pure: a rule of member.campaigns in, texts out.
import { multiplier, points } from '../core/format.js';
import { t } from '../core/i18n.js';

const ONCE = 10000n;

// Rounded down once, as the ledger does it.
const times = (n, basis) => Number(BigInt(n) * BigInt(basis ?? ONCE) / ONCE);

// The points an award brings this member: fixed, or up to a maximum.
export function ruleAmount({ points: fixed, maximum, multiplier: basis }) {
	const n = times(fixed ?? maximum, basis);
	const vars = { count: n, points: points(n) };
	return fixed !== undefined ? t('earn.fixed', vars) : t('earn.up_to', vars);
}

// What it asks for, and when it pays.
export function ruleNotes(rule) {
	return [
		rule.multiplier !== undefined && t('earn.multiplied', { times: multiplier(rule.multiplier) }),
		rule.minimum !== undefined && t('earn.minimum', { count: rule.minimum }),
		rule.evidence !== 'none' && t('earn.evidence'),
		rule.review && t('earn.review_first'),
		rule.delay_days > 0 && t('earn.delay', { count: rule.delay_days }),
		rule.clip && t('earn.clip'),
	].filter(Boolean);
}

const pointsLeft = {
	day: (vars) => t('earn.day_points', vars), month: (vars) => t('earn.month_points', vars),
	year: (vars) => t('earn.year_points', vars), lifetime: (vars) => t('earn.lifetime_points', vars),
};

const awardsLeft = {
	day: (vars) => t('earn.day_awards', vars), month: (vars) => t('earn.month_awards', vars),
	year: (vars) => t('earn.year_awards', vars), lifetime: (vars) => t('earn.lifetime_awards', vars),
};

// "Today: 1 of 3 times left"; both where points and awards are limited.
export function limitText({ period, points: most, points_left: left, awards, awards_left: awardsRest }) {
	return [
		most !== undefined && pointsLeft[period]?.({ left: points(left), most: points(most) }),
		awards !== undefined && awardsLeft[period]?.({ left: points(awardsRest), most: points(awards) }),
	].filter(Boolean).join(' · ');
}

// What is left of what all members together may have; nothing where there is no such limit.
export const sharedText = ({ shared }) => (shared === undefined ? null
	: t('earn.shared', { left: points(shared.awards_left), most: points(shared.awards) }));

const isUsedUp = (limit) => limit.points_left === 0 || limit.awards_left === 0;

// Nothing is left of it, ever.
export const isDone = (rule) => rule.limits.some((limit) => limit.period === 'lifetime' && isUsedUp(limit));

const usedUp = {
	day: () => t('earn.used_day'), month: () => t('earn.used_month'), year: () => t('earn.used_year'),
	lifetime: () => t('earn.finished'),
};

const REASONS = {
	outside_window: () => t('earn.not_yet'), short_budget: () => t('earn.short_budget'),
	cap_reached: () => t('earn.reached'), quota_reached: () => t('earn.reached'),
	sponsor_cap_reached: () => t('earn.sponsor_cap'),
};

// Why something does not pay now; statuses without words of their own are "not at the moment".
export const reasonOf = (status) => (Object.hasOwn(REASONS, status) ? REASONS[status]() : t('earn.not_now'));

// What holds for the whole account is said once, above every screen, and not with each rule.
export const isOfAccount = (status) => ['member_frozen', 'member_closed'].includes(status);

// Whether it pays now, and if not, why: { tone, text }; null where that is not the rule's own matter.
export function ruleState(rule) {
	if (isOfAccount(rule.status))
		return null;
	if (rule.status === 'accepted')
		return { tone: 'accent', text: t('earn.open') };
	const longest = ['lifetime', 'year', 'month', 'day'].find((period) =>
		rule.limits.some((limit) => limit.period === period && isUsedUp(limit)));
	if (longest && ['cap_reached', 'quota_reached'].includes(rule.status))
		return { tone: longest === 'lifetime' ? 'good' : 'plain', text: usedUp[longest]() };
	return { tone: 'warn', text: reasonOf(rule.status) };
}
