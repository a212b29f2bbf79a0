// sheet.js - rows as CSV for a spreadsheet: RFC 4180, and nothing in it that a spreadsheet would take for a formula.
const isFormula = /^[=+\-@\t\r]/;
const isNumber = /^-?\d+(\.\d+)?$/;

function cell(value) {
	const text = value === undefined || value === null ? '' : `${value}`;
	const safe = isFormula.test(text) && !isNumber.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// Headings, then rows; each line ends in CR LF. A byte order mark first, without which spreadsheets spoil Chinese.
export const csvOf = (headings, rows) => ['\ufeff',
	...[headings, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`)].join('');

// Minor units as a plain decimal number, exactly: 123456 with 2 digits is 1234.56.
export function decimal(minor, digits) {
	const amount = BigInt(minor);
	const text = `${amount < 0n ? -amount : amount}`.padStart(digits + 1, '0');
	const whole = text.slice(0, text.length - digits);
	return `${amount < 0n ? '-' : ''}${whole}${digits > 0 ? `.${text.slice(-digits)}` : ''}`;
}
