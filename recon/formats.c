/* formats.c - the exports that people download, each as mappings: texts of the form of recon/mapping.h.
 *
 * Told apart by the names in their headers, after decoding; where a format has several mappings the one is used whose
 * header is there, or most of it. Exports differ in the order of their columns, so nothing goes by position.
 * Totals   in the preambles of consumers' exports are no controls: the platforms themselves say there that they count
 *          in another way than the rows do. Merchants' bills of WeChat end in sums and counts that must agree.
 * Left out rows of which no money moved; and in a bank's file what was paid through a wallet or came back from one, or
 *          repaid the own card: it stands in the wallet's or the card's own bill, where its parties are named. What a
 *          wallet pays out to a bank account is an item.
 * Neutral  rows (不计收支, /) say neither in nor out: a word of theirs tells what came back; the others are out.
 * Source   WeChat merchants' bills: pay.weixin.qq.com/docs/merchant/products/bill-download */
#include <string.h>

#include "recon/csv_inner.h"

/* ---- WeChat ---- */

static const char wechat_consumer[] =
	"{\"encoding\":[\"UTF-8\",\"GB18030\"],\"quotes\":\"loose\",\"blank\":[\"/\"],"
	"\"header\":[\"交易时间\",\"交易类型\",\"交易对方\",\"收/支\",\"金额(元)\",\"当前状态\",\"交易单号\"],"
	"\"currency\":\"CNY\",\"reference\":\"交易单号\",\"group\":\"商户单号\",\"text\":[\"交易对方\",\"商品\"],"
	"\"day\":\"交易时间\",\"thousands\":\",\","
	"\"amount\":{\"column\":\"金额(元)\",\"like\":[\"¥{amount}\",\"￥{amount}\",\"{amount}\"]},"
	"\"fee\":{\"column\":\"备注\",\"like\":[\"{any}服务费¥{amount}\",\"{any}服务费￥{amount}\"]},"
	"\"direction\":[{\"column\":\"收/支\",\"in\":[\"收入\"],\"out\":[\"支出\"]},"
	"{\"column\":\"交易类型\",\"in\":[\"零钱通转出-到零钱*\"],\"out\":[\"转入零钱通-来自零钱*\"]},"
	"{\"column\":\"交易类型\",\"in\":[\"转入零钱通*\",\"零钱充值*\",\"*退款*\",\"*退还*\",\"*赎回*\"],\"out\":[\"*\"]}],"
	"\"kind\":{\"column\":\"交易类型\",\"refund\":[\"*退款*\"],\"payment\":[\"*\"]},"
	"\"status\":[{\"column\":\"交易类型\",\"done\":[\"*退款*\"]},{\"column\":\"当前状态\","
	"\"refunded\":[\"已全额退款\",\"已退款*\",\"对方已退还\"],"
	"\"done\":[\"*成功\",\"*完成\",\"*已到账\",\"已存入零钱\",\"已转账\",\"*已收钱\",\"已收款\"],\"\":[\"*\"]}],"
	"\"covers\":\"起始时间：[{first} {any}终止时间：[{last} {any}\"}";

/* Every value has a back-tick in front. Refunds stand in columns of their own. The two forms differ in the names of the
 * money columns. */
static const char wechat_trades[] =
	"{\"encoding\":[\"UTF-8\",\"GB18030\"],\"quotes\":\"loose\",\"lead\":\"`\",\"blank\":[\"0\"],"
	"\"header\":[\"交易时间\",\"公众账号ID\",\"商户号\",\"微信订单号\",\"商户订单号\",\"交易状态\",\"货币种类\"],"
	"\"empty\":true,\"stop\":[\"总交易单数\"],\"zeros\":true,"
	"\"currency\":\"CNY\",\"reference\":[\"商户退款单号\",\"商户订单号\"],\"group\":\"商户订单号\","
	"\"text\":\"商品名称\",\"day\":\"交易时间\","
	"\"credit\":[\"应结订单金额\",\"总金额\"],\"debit\":\"退款金额\",\"fee\":\"手续费\","
	"\"kind\":{\"column\":\"交易状态\",\"payment\":[\"SUCCESS\"],\"refund\":[\"REFUND\",\"REVOKED\"]},"
	"\"status\":[{\"column\":\"退款状态\",\"done\":[\"SUCCESS\"],\"open\":[\"PROCESSING\",\"CHANGE\"],"
	"\"failed\":[\"FAIL\"]},{\"column\":\"交易状态\",\"done\":[\"SUCCESS\"],\"\":[\"*\"]}],"
	"\"totals\":[{\"header\":[\"总交易单数\"],\"column\":\"总交易单数\",\"count\":\"rows\",\"required\":true},"
	"{\"header\":[\"应结订单总金额\"],\"column\":\"应结订单总金额\",\"sum\":\"in\"},"
	"{\"header\":[\"总交易额\"],\"column\":\"总交易额\",\"sum\":\"in\"},"
	"{\"header\":[\"退款总金额\"],\"column\":\"退款总金额\",\"sum\":\"out\"},"
	"{\"header\":[\"总退款金额\"],\"column\":\"总退款金额\",\"sum\":\"out\"},"
	"{\"header\":[\"手续费总金额\"],\"column\":\"手续费总金额\",\"sum\":\"fees\"}]}";

static const char wechat_funds[] =
	"{\"encoding\":[\"UTF-8\",\"GB18030\"],\"quotes\":\"loose\",\"lead\":\"`\","
	"\"header\":[\"记账时间\",\"微信支付业务单号\",\"资金流水单号\",\"收支类型\",\"收支金额(元)\",\"账户结余(元)\"],"
	"\"empty\":true,\"stop\":[\"资金流水总笔数\"],"
	"\"currency\":\"CNY\",\"reference\":\"微信支付业务单号\",\"group\":\"业务凭证号\",\"text\":[\"业务名称\",\"备注\"],"
	"\"day\":\"记账时间\",\"amount\":\"收支金额(元)\","
	"\"direction\":{\"column\":\"收支类型\",\"in\":[\"收入\"],\"out\":[\"支出\"]},"
	"\"kind\":{\"column\":\"业务类型\",\"refund\":[\"退款\"],\"fee\":[\"扣除交易手续费\"],\"payment\":[\"*\"]},"
	"\"totals\":[{\"header\":[\"资金流水总笔数\"],\"column\":\"资金流水总笔数\",\"count\":\"rows\",\"required\":true},"
	"{\"header\":[\"收入笔数\"],\"column\":\"收入笔数\",\"count\":\"in\"},"
	"{\"header\":[\"收入金额\"],\"column\":\"收入金额\",\"sum\":\"in\"},"
	"{\"header\":[\"支出笔数\"],\"column\":\"支出笔数\",\"count\":\"out\"},"
	"{\"header\":[\"支出金额\"],\"column\":\"支出金额\",\"sum\":\"out\"}]}";

/* ---- Alipay and JD ---- */

static const char alipay_consumer[] =
	"{\"encoding\":[\"UTF-8\",\"GB18030\"],\"quotes\":\"loose\",\"blank\":[\"/\"],"
	"\"header\":[\"交易时间\",\"交易分类\",\"交易对方\",\"收/支\",\"金额\",\"交易状态\",\"交易订单号\",\"商家订单号\","
	"\"对方账号\"],"
	"\"currency\":\"CNY\",\"reference\":\"交易订单号\",\"group\":\"商家订单号\",\"text\":[\"交易对方\",\"商品说明\"],"
	"\"day\":\"交易时间\",\"amount\":\"金额\",\"thousands\":\",\","
	"\"direction\":[{\"column\":\"收/支\",\"in\":[\"收入\"],\"out\":[\"支出\"]},"
	"{\"column\":\"交易状态\",\"in\":[\"退款成功\"]},"
	"{\"column\":\"商品说明\",\"in\":[\"*卖出*\",\"*赎回*\",\"*收益发放*\",\"*退款*\",\"充值*\"],\"out\":[\"*\"]}],"
	"\"kind\":[{\"column\":\"交易状态\",\"refund\":[\"退款成功\"]},{\"column\":\"交易分类\",\"refund\":[\"退款\"],"
	"\"payment\":[\"*\"]}],"
	"\"status\":{\"column\":\"交易状态\",\"done\":[\"*成功\"],\"refunded\":[\"交易关闭\"],\"open\":[\"等待*\"],"
	"\"\":[\"*\"]},"
	"\"skip\":[{\"all\":[{\"column\":\"交易状态\",\"is\":[\"交易关闭\"]},{\"column\":\"收/支\","
	"\"is\":[\"不计收支\",\"/\",\"其他\",\"\"]}],\"why\":\"the order was closed before it was paid: no money moved\"},"
	"{\"column\":\"交易状态\",\"is\":[\"等待付款\",\"*失败\"],\"why\":\"it is not paid: no money moved\"}],"
	"\"undone\":{\"column\":\"交易状态\",\"is\":[\"交易关闭\"],"
	"\"why\":\"the order was closed and paid back in full, both in this file\"},"
	"\"covers\":\"起始时间：[{first} {any}终止时间：[{last} {any}\"}";

static const char jd_consumer[] =
	"{\"encoding\":[\"UTF-8\",\"GB18030\"],\"quotes\":\"loose\","
	"\"header\":[\"交易时间\",\"商户名称\",\"交易说明\",\"金额\",\"收/付款方式\",\"交易状态\",\"收/支\",\"交易订单号\"],"
	"\"currency\":\"CNY\",\"reference\":\"交易订单号\",\"group\":\"商家订单号\",\"text\":[\"商户名称\",\"交易说明\"],"
	"\"day\":\"交易时间\",\"thousands\":\",\","
	"\"amount\":{\"column\":\"金额\",\"like\":[\"{amount}\",\"{amount}({any}\",\"{amount}（{any}\"]},"
	"\"direction\":[{\"column\":\"收/支\",\"in\":[\"收入\"],\"out\":[\"支出\"]},"
	"{\"column\":\"交易状态\",\"in\":[\"退款成功\"],\"out\":[\"*\"]}],"
	"\"kind\":{\"column\":\"交易状态\",\"refund\":[\"退款成功\"],\"payment\":[\"*\"]},"
	"\"status\":[{\"column\":\"金额\",\"refunded\":[\"*已全额退款*\"]},{\"column\":\"交易状态\",\"done\":[\"*成功\"],"
	"\"open\":[\"等待*\"],\"\":[\"*\"]}],"
	"\"skip\":[{\"column\":\"收/付款方式\",\"is\":[\"先享后付\"],"
	"\"why\":\"to be paid later: no money moved yet\"},"
	"{\"all\":[{\"column\":\"收/付款方式\",\"is\":[\"微信*\",\"支付宝*\"]},"
	"{\"column\":\"收/支\",\"is\":[\"支出\",\"不计收支\"]}],"
	"\"why\":\"paid through another wallet or back to it: it stands in that wallet's bill\"},"
	"{\"column\":\"交易状态\",\"is\":[\"等待付款\",\"*失败\",\"交易关闭\"],\"why\":\"it is not paid: no money moved\"}],"
	"\"covers\":\"日期区间：{first} 至 {last}\"}";

/* ---- Banks ---- */

#define WALLETS "\"is\":[\"财付通*\",\"支付宝*\"]"
#define THROUGH_A_WALLET "\"why\":\"paid through a wallet or back from one: it stands in that wallet's bill\"}"
#define REPAYS_A_CARD "\"why\":\"repays the own card: it stands in that card's bill\"}"

static const char cmb_debit[] =
	"{\"encoding\":[\"UTF-8\",\"GB18030\"],\"quotes\":\"loose\","
	"\"header\":[\"记账日期\",\"货币\",\"交易金额\",\"联机余额\"],"
	"\"currency\":{\"column\":\"货币\",\"CNY\":[\"人民币\",\"CNY\"],\"HKD\":[\"港币\",\"HKD\"],\"USD\":[\"美元\",\"USD\"]},"
	"\"text\":[\"交易摘要\",\"对手信息\",\"客户摘要\"],\"day\":\"记账日期\",\"amount\":\"交易金额\",\"thousands\":\",\"}";

/* Days have no year; repayments have no day of their own; what was spent is above zero. */
static const char cmb_credit[] =
	"{\"encoding\":[\"UTF-8\",\"GB18030\"],\"quotes\":\"loose\","
	"\"header\":[\"交易日\",\"记账日\",\"交易摘要\",\"人民币金额\"],\"currency\":\"CNY\","
	"\"text\":\"交易摘要\",\"day\":[\"交易日\",\"记账日\"],\"day_format\":\"MM/DD\","
	"\"year\":\"{any}{year}年{month}月{any}\","
	"\"amount\":\"人民币金额\",\"thousands\":\",\",\"invert\":true,"
	"\"skip\":[{\"column\":\"交易摘要\"," WALLETS "," THROUGH_A_WALLET "]}";

#define ICBC_MONEY                                                                                                     \
	"\"encoding\":[\"UTF-8\",\"GB18030\"],\"quotes\":\"loose\",\"blank\":[\"-\"],"                                 \
	"\"stop\":[\"*合计*\"],\"day\":\"交易日期\",\"thousands\":\",\","                                               \
	"\"credit\":\"记账金额(收入)\",\"debit\":\"记账金额(支出)\","                                                    \
	"\"currency\":{\"column\":\"记账币种\",\"CNY\":[\"人民币\"],\"USD\":[\"美元\"],\"HKD\":[\"港币\"],"             \
	"\"EUR\":[\"欧元\"],\"JPY\":[\"日元\"],\"GBP\":[\"英镑\"]},"                                                    \
	"\"text\":[\"摘要\",\"交易场所\",\"对方户名\"],"

#define ICBC_WALLETS                                                                                                   \
	"{\"all\":[{\"column\":\"交易场所\"," WALLETS "},{\"column\":\"记账金额(收入)\",\"is\":[\"\",\"-\"]}]," THROUGH_A_WALLET    \
	",{\"all\":[{\"column\":\"交易场所\"," WALLETS "},{\"column\":\"摘要\",\"is\":[\"*退款*\",\"*赎回*\"]}]," THROUGH_A_WALLET

static const char icbc_debit[] =
	"{" ICBC_MONEY
	"\"header\":[\"交易日期\",\"摘要\",\"交易场所\",\"钞/汇\",\"记账金额(收入)\",\"记账金额(支出)\",\"记账币种\"],"
	"\"skip\":[" ICBC_WALLETS ",{\"column\":\"摘要\",\"is\":[\"自动还款\"]," REPAYS_A_CARD "]}";

static const char icbc_credit[] =
	"{" ICBC_MONEY
	"\"header\":[\"交易日期\",\"记账日期\",\"摘要\",\"交易场所\",\"记账金额(收入)\",\"记账金额(支出)\",\"记账币种\"],"
	"\"skip\":[" ICBC_WALLETS "]}";

static const char hsbchk_debit[] =
	"{\"quotes\":\"loose\",\"header\":[\"Date\",\"Description\",\"Billing amount\",\"Billing currency\","
	"\"Balance\",\"Balance currency\"],"
	"\"currency\":{\"column\":\"Billing currency\"},\"text\":\"Description\",\"day\":\"Date\","
	"\"day_format\":\"DD/MM/YYYY\",\"amount\":\"Billing amount\",\"thousands\":\",\"}";

static const char hsbchk_credit[] =
	"{\"quotes\":\"loose\",\"header\":[\"Transaction date\",\"Post date\",\"Description\",\"Billing amount\","
	"\"Billing currency\",\"Transaction status\",\"Credit / Debit\"],"
	"\"currency\":{\"column\":\"Billing currency\"},\"text\":\"Description\",\"day\":\"Transaction date\","
	"\"day_format\":\"DD/MM/YYYY\",\"amount\":\"Billing amount\",\"thousands\":\",\","
	"\"kind\":{\"column\":\"Description\",\"refund\":[\"RETURN:*\"],\"payment\":[\"*\"]},"
	"\"status\":{\"column\":\"Transaction status\",\"done\":[\"POSTED\"],\"open\":[\"PENDING\"],\"\":[\"*\"]}}";

/* ---- Formats ---- */

static const char *const wechat_texts[] = { wechat_consumer, wechat_trades, wechat_funds, NULL };
static const char *const alipay_texts[] = { alipay_consumer, NULL };
static const char *const cmb_texts[] = { cmb_debit, cmb_credit, NULL };
static const char *const icbc_texts[] = { icbc_debit, icbc_credit, NULL };
static const char *const hsbchk_texts[] = { hsbchk_debit, hsbchk_credit, NULL };
static const char *const jd_texts[] = { jd_consumer, NULL };

/* The first of the mappings whose header the bytes have, or have most of; it is the caller's to free. */
static enum merit_status choose(const char *const *texts, const char *bytes, size_t size,
				struct merit_mapping_file **mapping_out, unsigned *likeness_out,
				struct merit_file_fault *fault)
{
	struct merit_mapping_file *best = NULL;
	unsigned most = 0;

	for (; *texts != NULL && most < MERIT_FILE_LIKENESS_MAX; texts++) {
		struct merit_mapping_file *mapping;
		enum merit_status status = merit_mapping_file_parse(*texts, strlen(*texts), &mapping, fault);
		if (status != MERIT_OK) {
			merit_mapping_file_free(best);
			return status;
		}
		unsigned likeness = merit_csv_likeness(mapping, bytes, size);
		bool is_better = best == NULL || likeness > most;
		merit_mapping_file_free(is_better ? best : mapping);
		best = is_better ? mapping : best;
		most = is_better ? likeness : most;
	}
	*mapping_out = best;
	*likeness_out = most;
	return MERIT_OK;
}

static unsigned looks(const char *const *texts, const char *bytes, size_t size)
{
	struct merit_mapping_file *mapping;
	struct merit_file_fault fault;
	unsigned likeness;

	if (choose(texts, bytes, size, &mapping, &likeness, &fault) != MERIT_OK)
		return 0;
	merit_mapping_file_free(mapping);
	return likeness;
}

static enum merit_status parse(const char *const *texts, const char *bytes, size_t size,
			       const struct merit_file_options *options, struct merit_file *file,
			       struct merit_file_fault *fault)
{
	struct merit_mapping_file *mapping;
	unsigned likeness;
	enum merit_status status = choose(texts, bytes, size, &mapping, &likeness, fault);

	if (status != MERIT_OK)
		return status;
	status = merit_csv_parse(mapping, bytes, size, options, file, fault);
	merit_mapping_file_free(mapping);
	return status;
}

#define FORMAT(word, about_text)                                                                                       \
	static unsigned word##_looks(const char *bytes, size_t size)                                                   \
	{                                                                                                              \
		return looks(word##_texts, bytes, size);                                                               \
	}                                                                                                              \
	static enum merit_status word##_parse(const char *bytes, size_t size,                                          \
					      const struct merit_file_options *options, struct merit_file *file,       \
					      struct merit_file_fault *fault)                                          \
	{                                                                                                              \
		return parse(word##_texts, bytes, size, options, file, fault);                                         \
	}                                                                                                              \
	const struct merit_file_format merit_format_##word = {                                                         \
		.name = #word, .about = about_text, .looks = word##_looks, .parse = word##_parse,                      \
	};

FORMAT(wechat, "WeChat Pay: a person's bill (微信支付账单明细), a merchant's bill of trades or of funds")
FORMAT(alipay, "Alipay: a person's bill (支付宝交易明细)")
FORMAT(cmb, "China Merchants Bank: debit and credit cards")
FORMAT(icbc, "Industrial and Commercial Bank of China: debit and credit cards")
FORMAT(hsbchk, "HSBC Hong Kong: accounts and credit cards")
FORMAT(jd, "JD.com: a person's bill")
