/* chinese_test.c
 * Goal    the exports people download from WeChat, Alipay, JD and banks are known by their headers, wherever their
 *         columns stand, and read by the built-in mappings; merchants' bills that do not add up, or end early, are not.
 * Method  small files of our own in the published form; tests/data/chinese_bills_test.c has real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "recon/file.h"

static enum merit_status parse(const char *text, size_t size, struct merit_file *file, struct merit_file_fault *fault)
{
	struct merit_file_options options = { .offset_minutes = 480 };

	return merit_file_parse(text, size, &options, file, fault);
}

/* Reads a text that must be taken. */
static void take(const char *text, const char *format, struct merit_file *file)
{
	struct merit_file_fault fault;

	if (parse(text, strlen(text), file, &fault) != MERIT_OK)
		fail_msg("line %llu: %s", (unsigned long long)fault.line, fault.why);
	assert_string_equal(file->format, format);
}

static void assert_item(const struct merit_recon_item *item, const char *reference, const char *day, int64_t amount,
                        enum merit_item_kind kind, const char *status)
{
	char text[MERIT_DAY_TEXT_SIZE];

	assert_true(merit_text_equal(item->reference, merit_text_of(reference)));
	merit_day_format(item->day, text);
	assert_string_equal(text, day);
	assert_int_equal(item->amount, amount);
	assert_int_equal(item->kind, kind);
	assert_true(merit_text_equal(item->status, merit_text_of(status)));
}

/* ---- WeChat merchants' bills ---- */

#define TRADES_HEADER                                                                                                                                          \
	"交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行," \
	"货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"  \
	"商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n"
#define TRADES_PAID                                                                                                    \
	"`2026-10-01 09:00:00,`wx1,`1900,`0,`,`4200001,`ORD-1,`o1,`JSAPI,`SUCCESS,`OTHERS,`CNY,`100.00,`0.00,`0,`0,"   \
	"`0.00,`0.00,`,`,`tea, green,`,`0.60000,`0.60%,`100.00,`0.00,`\r\n"
#define TRADES_REFUNDED                                                                                                \
	"`2026-10-01 10:00:00,`wx1,`1900,`0,`,`4200000,`ORD-0,`o1,`JSAPI,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`5030001,"   \
	"`REF-0,`30.00,`0.00,`ORIGINAL,`PROCESSING,`tea,`,`-0.18000,`0.60%,`0.00,`30.00,`\r\n"
#define TRADES_SUMMARY                                                                                                 \
	"总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
#define TRADES_SUMS "`2,`100.00,`30.00,`0.00,`0.42000,`100.00,`30.00\r\n"

static void a_merchant_s_bill_of_trades_adds_up(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	take("\xef\xbb\xbf" TRADES_HEADER TRADES_PAID TRADES_REFUNDED TRADES_SUMMARY TRADES_SUMS, "wechat", &file);
	assert_int_equal(file.items_count, 2);
	assert_item(&file.items[0], "ORD-1", "2026-10-01", 10000, MERIT_ITEM_PAYMENT, "done");
	assert_int_equal(file.items[0].fee, 60);
	assert_item(&file.items[1], "REF-0", "2026-10-01", -3000, MERIT_ITEM_REFUND, "open");
	assert_int_equal(file.items[1].fee, -18);
	assert_true(merit_text_equal(file.items[1].group, merit_text_of("ORD-0")));
	assert_int_equal(file.controls_count, 4);
	if (!merit_file_check(&file, &fault))
		fail_msg("%s", fault.why);
	merit_file_free(&file);
}

static void a_merchant_s_bill_that_lost_a_row_does_not_add_up(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	take(TRADES_HEADER TRADES_REFUNDED TRADES_SUMMARY TRADES_SUMS, "wechat", &file);
	assert_false(merit_file_check(&file, &fault));
	assert_int_equal(fault.line, 4);
	assert_string_equal(fault.why, "count of rows: the file says 2, and has 1");
	merit_file_free(&file);
}

static void a_merchant_s_bill_without_its_summary_is_cut_off(void **state)
{
	static const char text[] = TRADES_HEADER TRADES_REFUNDED;
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &file, &fault), MERIT_BAD_FORMAT);
	assert_non_null(strstr(fault.why, "ends without stating its count of rows: is it cut off?"));
}

static void a_name_with_a_bare_comma_moves_no_amount(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	take(TRADES_HEADER TRADES_PAID TRADES_REFUNDED TRADES_SUMMARY TRADES_SUMS, "wechat", &file);
	assert_true(merit_text_equal(file.items[0].text, merit_text_of("tea, green")));
	assert_int_equal(file.items[0].fee, 60);
	assert_true(merit_file_check(&file, &fault));
	merit_file_free(&file);
}

static void a_day_without_trades_is_a_bill_too(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	take(TRADES_HEADER TRADES_SUMMARY "`0,`0.00,`0.00,`0.00,`0.00,`0.00,`0.00\r\n", "wechat", &file);
	assert_int_equal(file.items_count, 0);
	assert_int_equal(file.controls_count, 4);
	assert_true(merit_file_check(&file, &fault));
	merit_file_free(&file);
}

static void the_older_form_of_the_bill_is_read(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	take("交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
	     "货币种类,"
	     "总金额,代金券或立减优惠金额,微信退款单号,商户退款单号,退款金额,代金券或立减优惠退款金额,退款类型,"
	     "退款状态,"
	     "商品名称,商户数据包,手续费,费率\n"
	     "`2014-11-10 16:33:45,`wx2,`10000100,`0,`1000,`10016,`1415640626,`085e,`MICROPAY,`SUCCESS,`CFT,`CNY,`0.01,"
	     "`0.0,`0,`0,`0,`0,`,`,`被扫支付测试,`订单额外描述,`0,`0.60%\n"
	     "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额\n`1,`0.01,`0.0,`0.0,`0\n",
	     "wechat", &file);
	assert_item(&file.items[0], "1415640626", "2014-11-10", 1, MERIT_ITEM_PAYMENT, "done");
	assert_int_equal(file.controls_count, 4);
	assert_true(merit_file_check(&file, &fault));
	merit_file_free(&file);
}

static void a_merchant_s_bill_of_funds_adds_up(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	take("记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
	     "资金变更提交申请人,备注,业务凭证号\r\n"
	     "`2026-10-01 09:00:00,`4200001,`F1,`交易,`交易,`收入,`100.00,`1100.00,`system,`,`ORD-1\r\n"
	     "`2026-10-01 "
	     "09:00:00,`4200001,`F2,`扣除交易手续费,`扣除交易手续费,`支出,`0.60,`1099.40,`system,`,`ORD-1\r\n"
	     "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n`2,`1,`100.00,`1,`0.60\r\n",
	     "wechat", &file);
	assert_int_equal(file.items_count, 2);
	assert_item(&file.items[1], "4200001", "2026-10-01", -60, MERIT_ITEM_FEE, "");
	assert_int_equal(file.controls_count, 5);
	assert_true(merit_file_check(&file, &fault));
	merit_file_free(&file);
}

/* ---- Persons' bills ---- */

static void a_wechat_bill_with_its_columns_moved_is_known(void **state)
{
	struct merit_file file;

	(void)state;
	take("微信支付账单明细,,,\n起始时间：[2026-10-01 00:00:00] 终止时间：[2026-10-31 23:59:59],,,\n共9笔记录,,,\n"
	     "交易单号,商户单号,当前状态,金额(元),收/支,商品,交易对方,交易类型,交易时间,支付方式,备注\n"
	     "1001,/,已全额退款,¥8.50,支出,茶,某店,商户消费,2026-10-02 00:00:01,零钱,/\n"
	     "1002,/,提现已到账,¥1000.10,/,/,招商银行,零钱提现,2026-10-03 08:00:00,零钱,服务费¥0.10\n"
	     "1003,/,支付成功,¥8.50,收入,茶,某店,商户消费-退款,2026-10-03 08:00:00,零钱,/\n",
	     "wechat", &file);
	assert_int_equal(file.items_count, 3);
	assert_int_equal(file.controls_count, 0); /* What its preamble counts is no control. */
	assert_int_equal(file.last_day - file.first_day, 30);
	assert_item(&file.items[0], "1001", "2026-10-02", -850, MERIT_ITEM_PAYMENT, "refunded");
	assert_item(&file.items[1], "1002", "2026-10-03", -100010, MERIT_ITEM_PAYMENT, "done");
	assert_int_equal(file.items[1].fee, 10);
	assert_item(&file.items[2], "1003", "2026-10-03", 850, MERIT_ITEM_REFUND, "done");
	merit_file_free(&file);
}

static void a_wechat_bill_tells_what_was_paid_back(void **state)
{
	struct merit_file file;

	(void)state;
	take("微信支付账单明细,,,\n交易时间,交易类型,交易对方,商品,收/"
	     "支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
	     "2026-10-02 10:00:00,商户消费,店,\"茶, 绿\",支出,\"¥1,234.50\",零钱,已退款(￥12.00),1\t,/,/\n"
	     "2026-10-02 11:00:00,商户消费-退款,店,茶,收入,￥12.00,零钱,已全额退款,2\t,/,/\n"
	     "2026-10-02 12:00:00,微信红包-退款,/,/,收入,¥5.00,/,已全额退款,3\t,/,/\n"
	     "2026-10-02 13:00:00,转入零钱通-来自零钱,/,/,中性交易,¥7.00,零钱,支付成功,4\t,/,/\n",
	     "wechat", &file);
	assert_item(&file.items[0], "1", "2026-10-02", -123450, MERIT_ITEM_PAYMENT, "refunded");
	assert_item(&file.items[1], "2", "2026-10-02", 1200, MERIT_ITEM_REFUND, "done");
	assert_item(&file.items[2], "3", "2026-10-02", 500, MERIT_ITEM_REFUND, "done");
	assert_item(&file.items[3], "4", "2026-10-02", -700, MERIT_ITEM_PAYMENT, "done");
	merit_file_free(&file);
}

static void a_bill_that_misses_a_column_is_told_which(void **state)
{
	static const char text[] =
		"微信支付账单明细,,,\n交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,交易单号\n"
		"2026-10-02 10:00:00,商户消费,店,茶,支出,¥1.00,零钱,1\n";
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 2);
	assert_string_equal(fault.why, "the header has no column \"当前状态\"");
}

static void money_that_came_into_alipay_from_a_bank_is_in(void **state)
{
	struct merit_file file;

	(void)state;
	take("交易时间,收/支,交易对方,对方账号,商品说明,金额,收/"
	     "付款方式,交易状态,交易分类,交易订单号,商家订单号,备注,\n"
	     "2026-10-02 10:00:00 ,不计收支,a,/,充值-普通充值,49.74,余额,交易成功,其他,1,,,\n"
	     "2026-10-02 11:00:00 ,不计收支,a,/,提现-快速提现,9.74,余额,交易成功,其他,2,,,\n",
	     "alipay", &file);
	assert_int_equal(file.items[0].amount, 4974);
	assert_int_equal(file.items[1].amount, -974);
	merit_file_free(&file);
}

static const char alipay[] = "导出信息：\n共66笔记录\n----支付宝（中国）网络技术有限公司  电子客户回单----\n"
			     "交易时间 ,交易分类 ,交易对方 ,对方账号 ,商品说明 ,收/支 ,金额 ,收/付款方式 ,交易状态 "
			     ",交易订单号 ,商家订单号 ,备注 ,\n"
			     "2026-10-05 10:00:00,日用百货,店,/,茶,支出,20.00,余额,交易关闭,77\t,M1\t,,\n"
			     "2026-10-05 11:00:00,退款,店,/,退款-茶,不计收支,20.00,余额,退款成功,77_1\t,M1\t,,\n"
			     "2026-10-06 10:00:00,日用百货,店,/,茶,支出,30.00,余额,交易关闭,78\t,M2\t,,\n"
			     "2026-10-07 10:00:00,日用百货,店,/,茶,不计收支,40.00,,交易关闭,79\t,M3\t,,\n"
			     "2026-10-08 10:00:00,日用百货,店,/,茶,支出,50.00,余额,交易成功,80\t,M4\t,,\n"
			     "2026-10-09 10:00:00,退款,店,/,退款-茶,不计收支,10.00,余额,退款成功,80_1\t,M4\t,,\n";

static void an_alipay_bill_leaves_out_what_was_closed(void **state)
{
	struct merit_file file;

	(void)state;
	take(alipay, "alipay", &file);
	assert_int_equal(file.items_count, 3);
	assert_item(&file.items[0], "78", "2026-10-06", -3000, MERIT_ITEM_PAYMENT,
	            "refunded"); /* Its refund is elsewhere. */
	assert_item(&file.items[1], "80", "2026-10-08", -5000, MERIT_ITEM_PAYMENT, "done");
	assert_item(&file.items[2], "80_1", "2026-10-09", 1000, MERIT_ITEM_REFUND, "done");
	assert_int_equal(file.skips_count, 3);
	assert_int_equal(file.skips[0].line, 5);
	assert_int_equal(file.skips[1].line, 6);
	assert_int_equal(file.skips[2].line, 8);
	assert_string_equal(file.skips[1].why, "the order was closed and paid back in full, both in this file");
	assert_string_equal(file.skips[2].why, "the order was closed before it was paid: no money moved");
	merit_file_free(&file);
}

static void an_alipay_bill_is_the_same_in_gb18030(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;
	iconv_t converter = iconv_open("GB18030", "UTF-8");
	char bytes[4096], *in = (char *)(uintptr_t)alipay, *out = bytes;
	size_t in_left = strlen(alipay), out_left = sizeof(bytes);

	(void)state;
	assert_true(converter != (iconv_t)-1);
	assert_int_equal(iconv(converter, &in, &in_left, &out, &out_left), 0);
	assert_int_equal(iconv_close(converter), 0);
	assert_int_equal(parse(bytes, sizeof(bytes) - out_left, &file, &fault), MERIT_OK);
	assert_string_equal(file.format, "alipay");
	assert_int_equal(file.items_count, 3);
	assert_true(merit_text_equal(file.items[1].text, merit_text_of("店 茶")));
	merit_file_free(&file);
	const char *last = memmem(bytes, sizeof(bytes) - out_left, "2026-10-09 10:00:00,", 20);
	assert_non_null(last); /* Cut within the character behind. */
	assert_int_equal(parse(bytes, (size_t)(last + 21 - bytes), &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 10);
	assert_int_equal(fault.column, 21);
}

static void a_jd_bill_keeps_the_amount_before_the_refund(void **state)
{
	struct merit_file file;

	(void)state;
	take("\xef\xbb\xbf导出信息：\n日期区间：2026-10-01 至 2026-10-31\n\n"
	     "交易时间,商户名称,交易说明,金额,收/付款方式,交易状态,收/支,交易分类,交易订单号,商家订单号,备注\n"
	     "2026-10-02 17:16:02\t,京东,茶,131.77(已退款89.84),银行卡,交易成功,支出,食品,1\t,2\t, ,\n"
	     "2026-10-03 17:16:02\t,京东,茶,20.00(已全额退款),银行卡,交易成功,不计收支,食品,3\t,4\t, ,\n"
	     "2026-10-03 17:17:02\t,京东,退款-茶,20.00,银行卡,退款成功,不计收支,食品,3\t,4\t, ,\n"
	     "2026-10-04 17:16:02\t,京东,茶,5.00,先享后付,交易成功,不计收支,食品,5\t,6\t, ,\n"
	     "2026-10-04 17:17:02\t,京东,茶,5.00,微信-零钱,交易成功,支出,食品,7\t,8\t, ,\n"
	     "2026-10-04 17:18:02\t,京东,茶,6.00,微信-零钱,交易成功,收入,食品,9\t,10\t, ,\n",
	     "jd", &file);
	assert_int_equal(file.items_count, 4);
	assert_int_equal(file.skips_count, 2);
	assert_item(&file.items[3], "9", "2026-10-04", 600, MERIT_ITEM_PAYMENT, "done");
	assert_item(&file.items[0], "1", "2026-10-02", -13177, MERIT_ITEM_PAYMENT, "done");
	assert_item(&file.items[1], "3", "2026-10-03", -2000, MERIT_ITEM_PAYMENT, "refunded");
	assert_item(&file.items[2], "3", "2026-10-03", 2000, MERIT_ITEM_REFUND, "done");
	assert_int_equal(file.last_day - file.first_day, 30);
	merit_file_free(&file);
}

/* ---- Banks ---- */

static void a_cmb_card_s_days_are_of_the_statement_s_year(void **state)
{
	struct merit_file file;

	(void)state;
	take("招商银行信用卡对账单（个人消费卡账户 "
	     "2027年01月）\n交易日,记账日,交易摘要,人民币金额,卡号末四位,交易地金额\n"
	     ",12/29,还款,-1.23,1234,-1.23\n01/02,01/03,电影票,\"1,056.78\",1234,56.78\n",
	     "cmb", &file);
	assert_item(&file.items[0], "", "2026-12-29", 123, MERIT_ITEM_PAYMENT, "");
	assert_item(&file.items[1], "", "2027-01-02", -105678, MERIT_ITEM_PAYMENT, "");
	merit_file_free(&file);
}

static void an_icbc_file_stops_at_its_sums(void **state)
{
	struct merit_file file;

	(void)state;
	take("明细查询文件下载\n\n卡号: 1234,\"卡别名: \"\n\n"
	     "交易日期,摘要,交易场所,交易国家或地区简称,钞/汇,交易金额(收入),交易金额(支出),交易币种,记账金额(收入),"
	     "记账金额(支出),记账币种,余额,对方户名\n"
	     "2026-10-02     \t,\"工资  \t\",\" \t\",\"CHN \t\",钞 \t,\"- \t\",\"- \t\",- \t,\"1,234.56 \t\",\" "
	     "\t\",人民币 \t,"
	     "\"9.00 \t\",\"ABC \t\",\n"
	     "2026-10-03     \t,\"消费  \t\",\" \t\",\"CHN \t\",汇 \t,\"- \t\",\"- \t\",- \t,\" \t\",\"8.00 \t\",美元 "
	     "\t,"
	     "\"9.00 \t\",\"DEF \t\",\n \n人民币合计,,,,,,,,\"1,234.56 \t\",\"9,876.54 \t\",\n",
	     "icbc", &file);
	assert_int_equal(file.items_count, 2);
	assert_item(&file.items[0], "", "2026-10-02", 123456, MERIT_ITEM_PAYMENT, "");
	assert_item(&file.items[1], "", "2026-10-03", -800, MERIT_ITEM_PAYMENT, "");
	assert_string_equal(file.items[1].currency, "USD");
	merit_file_free(&file);
}

#define ICBC_ROW(text, where, in, out)                                                                                 \
	"2026-10-02 \t,\"" text " \t\",\"" where " \t\",\"CHN \t\",钞 \t,- \t,- \t,- \t,\"" in " \t\",\"" out          \
	" \t\",人民币 \t,1 \t,X \t,\n"

static void what_a_wallet_pays_out_to_a_bank_account_is_an_item(void **state)
{
	struct merit_file file;

	(void)state;
	take("交易日期,摘要,交易场所,交易国家或地区简称,钞/汇,交易金额(收入),交易金额(支出),交易币种,记账金额(收入),"
	     "记账金额(支出),记账币种,余额,对方户名\n" ICBC_ROW("消费", "财付通-店", "", "13.40")
	             ICBC_ROW("提现", "财付通-提现", "1,013.40", "-") ICBC_ROW("商户结算", "支付宝", "99.00", "")
	                     ICBC_ROW("退款", "支付宝-店", "9.00", "")
	                             ICBC_ROW("蚂蚁基金赎回到银行", "支付宝", "8.00", ""),
	     "icbc", &file);
	assert_int_equal(file.items_count, 2);
	assert_item(&file.items[0], "", "2026-10-02", 101340, MERIT_ITEM_PAYMENT, "");
	assert_item(&file.items[1], "", "2026-10-02", 9900, MERIT_ITEM_PAYMENT, "");
	assert_int_equal(file.skips_count, 3);
	assert_string_equal(file.skips[0].why,
	                    "paid through a wallet or back from one: it stands in that wallet's bill");
	merit_file_free(&file);
}

static void an_hsbc_file_puts_the_day_before_the_month(void **state)
{
	struct merit_file file;

	(void)state;
	take("Date,Description,Billing amount,Billing currency,Balance,Balance currency\n"
	     "02/03/2026,INTEREST,\"1,005.45\"\t,HKD,\"10,561.33\"\t,HKD \n",
	     "hsbchk", &file);
	assert_item(&file.items[0], "", "2026-03-02", 100545, MERIT_ITEM_PAYMENT, "");
	assert_string_equal(file.items[0].currency, "HKD");
	merit_file_free(&file);
}

static void a_format_that_was_told_says_what_it_misses(void **state)
{
	struct merit_file_options options = { .format = "jd" };
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(merit_file_parse(alipay, strlen(alipay), &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 4);
	assert_string_equal(fault.why, "the header has no column \"商户名称\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_merchant_s_bill_of_trades_adds_up),
		cmocka_unit_test(a_merchant_s_bill_that_lost_a_row_does_not_add_up),
		cmocka_unit_test(a_merchant_s_bill_without_its_summary_is_cut_off),
		cmocka_unit_test(a_name_with_a_bare_comma_moves_no_amount),
		cmocka_unit_test(a_day_without_trades_is_a_bill_too),
		cmocka_unit_test(the_older_form_of_the_bill_is_read),
		cmocka_unit_test(a_merchant_s_bill_of_funds_adds_up),
		cmocka_unit_test(a_wechat_bill_with_its_columns_moved_is_known),
		cmocka_unit_test(a_wechat_bill_tells_what_was_paid_back),
		cmocka_unit_test(a_bill_that_misses_a_column_is_told_which),
		cmocka_unit_test(money_that_came_into_alipay_from_a_bank_is_in),
		cmocka_unit_test(an_alipay_bill_leaves_out_what_was_closed),
		cmocka_unit_test(an_alipay_bill_is_the_same_in_gb18030),
		cmocka_unit_test(a_jd_bill_keeps_the_amount_before_the_refund),
		cmocka_unit_test(a_cmb_card_s_days_are_of_the_statement_s_year),
		cmocka_unit_test(an_icbc_file_stops_at_its_sums),
		cmocka_unit_test(what_a_wallet_pays_out_to_a_bank_account_is_an_item),
		cmocka_unit_test(an_hsbc_file_puts_the_day_before_the_month),
		cmocka_unit_test(a_format_that_was_told_says_what_it_misses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
