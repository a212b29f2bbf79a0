// order-state.js - where an order stands, worked out from its lines. Pure.
//
// Of a line's pieces each is held, fulfilled, refunded or cancelled; of the fulfilled some are received, and for some
// a refund was asked.
const sum = (lines, name) => lines.reduce((total, line) => total + line[name], 0);

// { held, fulfilled, received, requested, refunded, cancelled } of all lines together.
function countsOf({ lines }) {
	const names = ['quantity', 'held', 'fulfilled', 'received', 'requested', 'refunded', 'cancelled'];
	return Object.fromEntries(names.map((name) => [name, sum(lines, name)]));
}

// The first that holds is the state. Without a deadline nothing was ever held: an order of codes, all handed over.
const STATES = [
	['refund_asked', 'warn', (n) => n.requested > 0],
	['partly_sent', 'accent', (n) => n.held > 0 && n.fulfilled + n.refunded > 0],
	['preparing', 'accent', (n) => n.held > 0],
	['sent', 'accent', (n) => n.fulfilled > n.received],
	['partly_refunded', 'plain', (n) => n.refunded > 0 && n.fulfilled > 0],
	['refunded', 'plain', (n) => n.refunded > 0],
	['code_given', 'good', (n, order) => n.fulfilled > 0 && order.deadline === undefined],
	['received', 'good', (n) => n.fulfilled > 0],
	['cancelled', 'plain', () => true],
];

// { name, tone } of an order of order.get or order.list.
export function stateOf(order) {
	const counts = countsOf(order);
	const [name, tone] = STATES.find(([, , holds]) => holds(counts, order));
	return { name, tone };
}

// What a member can do with it now.
export function actionsOf(order) {
	const counts = countsOf(order);
	return {
		receive: counts.fulfilled > counts.received,
		cancel: counts.held > 0,
		refund: counts.fulfilled > counts.requested,
	};
}

// The groups a list of orders is filtered by.
export const GROUPS = {
	all: () => true,
	open: (order) => ['preparing', 'partly_sent', 'sent', 'refund_asked'].includes(stateOf(order).name),
	received: (order) => ['received', 'code_given'].includes(stateOf(order).name),
	returned: (order) => ['cancelled', 'refunded', 'partly_refunded'].includes(stateOf(order).name),
};

// What the order cost, all its pieces; an order's sum always fits.
export const pointsOf = ({ lines }) => lines.reduce((total, line) => total + line.points * line.quantity, 0);
