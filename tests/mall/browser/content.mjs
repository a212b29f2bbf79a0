// content.mjs - the words and pictures of the tests' mall, in both languages, some of them hostile.

/** Text that would run, were it ever taken for HTML; the page must show it as it is. */
export const XSS = '"><img src=x onerror=alert(1)><script>alert(2)</script>\'{{7*7}}';

const square = (colour, more = '') => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 450">
<rect width="600" height="450" fill="${colour}"/><circle cx="300" cy="225" r="120" fill="#fff"/>${more}</svg>`;

export const pictures = {
	'textbook.svg': square('#35637c'),
	'mug.svg': square('#8a4b2a'),
	'coffee.svg': square('#4d6b3c'),
	// A picture that carries a script, as a careless merchant might send it.
	'hostile.svg': square('#777777', '<script>parent.alert(3)</script>'),
};

const item = (en, zh, more) => ({ title: { en, zh }, ...more });

export const content = {
	title: { en: 'Example Mall', zh: '示例商城' },
	referral_link: 'https://mall.example/join?by={member}',
	items: {
		textbook: item('Clinical cardiology, 4th edition', '临床心脏病学（第四版）', { picture: 'textbook.svg',
			about: { en: 'The standard work, 1,200 pages.', zh: '标准著作，1200 页。' } }),
		mug: item('Coffee mug', '马克杯', { picture: 'mug.svg' }),
		coffee: item('Coffee voucher', '咖啡券', { picture: 'coffee.svg' }),
		topup: item('Phone top-up', '手机话费充值'),
		stethoscope: item('Stethoscope', '听诊器'),
		soldout: item('Sold-out pen', '已售罄的笔'),
		limited: item('One for each', '每人一件'),
		medicine: item('A medicine that points may not buy', '积分不能兑换的药品'),
		palace: item('The dearest thing there can be', '最贵的东西'),
		hostile: { title: `Named ${XSS}`, about: `About ${XSS}`, picture: 'hostile.svg' },
	},
	sponsors: {
		northwind: { en: 'Northwind Pharma', zh: '北风制药' }, lakeside: { en: 'Lakeside Diagnostics', zh: '湖畔诊断' },
		titan: `Titan ${XSS}`,
	},
	campaigns: {
		'heart-health': { en: 'Heart health', zh: '心脏健康' }, 'sugar-watch': { en: 'Sugar watch', zh: '血糖管理' },
		titanic: `Titanic ${XSS}`,
	},
	events: {
		hypertension: { en: 'Course: hypertension', zh: '课程：高血压' }, arrhythmia: { en: 'Course: arrhythmia', zh: '课程：心律失常' },
		diabetes: { en: 'Course: diabetes', zh: '课程：糖尿病' }, survey: { en: 'Survey', zh: '问卷' },
		article: { en: 'Article', zh: '文章' }, webinar: { en: 'Webinar', zh: '网络研讨会' }, checkin: { en: 'Check-in', zh: '签到' },
		grant: { en: 'Grant', zh: '奖励' },
	},
	categories: {
		books: { en: 'Books', zh: '图书' }, home: { en: 'Home', zh: '家居' }, vouchers: { en: 'Vouchers', zh: '卡券' },
		devices: { en: 'Devices', zh: '器械' }, other: { en: 'Other', zh: '其他' },
	},
	merchants: { bookshop: { en: 'The Bookshop', zh: '书店' }, cafe: { en: 'The Café', zh: '咖啡馆' } },
	tiers: { silver: { en: 'Silver', zh: '银级' }, gold: { en: 'Gold', zh: '金级' } },
	terms: [
		{ en: 'Points are a thank-you for learning. They are not money.', zh: '积分是对学习的感谢，不是货币。' },
		`Terms ${XSS}`,
	],
};
