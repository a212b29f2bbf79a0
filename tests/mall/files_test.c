/* files_test.c
 * Goal    files are served as they are, in the smallest form a browser takes, and again only when they changed; nothing
 *         outside the folders can be had, however it is asked for.
 * Method  folders made by the test, requests as bytes. */
#include "tests/support/mall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A socket of nng 1.5.2 that is closed while it connects leaves memory behind; the program never closes its own. That
 * our code leaves none of nng's shows in calls_test. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libnng\n";
}

static int make_mall(void **state)
{
	*state = mall_new();
	return 0;
}

static int free_mall(void **state)
{
	mall_free(*state);
	return 0;
}

/* GET path with more lines of the head. */
static void get(struct mall *m, const char *path, const char *fields)
{
	char request[1024];

	int size = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: mall\r\n%s\r\n", path, fields);
	assert_true(size > 0 && size < (int)sizeof(request));
	mall_ask(m, request);
}

static void files_are_found_by_their_paths(void **state)
{
	static const struct {
		const char *path;
		int code;
		const char *type, *body;
	} rows[] = {
		{ "/", 200, "text/html; charset=utf-8", "<!doctype html><title>mall</title>" },
		{ "/index.html", 200, "text/html; charset=utf-8", "<!doctype html><title>mall</title>" },
		{ "/?from=chat", 200, "text/html; charset=utf-8", "<!doctype html><title>mall</title>" },
		{ "/assets/app-1.js", 200, "text/javascript; charset=utf-8", "the script itself" },
		{ "/assets/app%2D1.js", 200, "text/javascript; charset=utf-8", "the script itself" },
		{ "/content/mall.json", 200, "application/json", "{}" },
		{ "/content/pictures/cup.svg", 200, "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>" },
		{ "/assets/app-1.js.br", 404, "text/plain; charset=utf-8", NULL },
		{ "/assets", 404, "text/plain; charset=utf-8", NULL },
		{ "/assets/", 404, "text/plain; charset=utf-8", NULL },
		{ "//", 404, "text/plain; charset=utf-8", NULL },
		{ "/Index.html", 404, "text/plain; charset=utf-8", NULL },
		{ "/content/", 404, "text/plain; charset=utf-8", NULL },
		{ "/mall.json", 404, "text/plain; charset=utf-8", NULL },
	};
	struct mall *m = *state;

	mall_open(m);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("           %s\n", rows[i].path);
		get(m, rows[i].path, "");
		assert_int_equal(m->reply.code, rows[i].code);
		assert_string_equal(mall_field(m, "Content-Type"), rows[i].type);
		if (rows[i].body != NULL)
			assert_string_equal(mall_body(m), rows[i].body);
	}
}

static void nothing_outside_the_folders_can_be_had(void **state)
{
	static const char *const paths[] = {
		"/../secret.txt",
		"/assets/../../secret.txt",
		"/assets/../index.html", /* not even what could be had otherwise */
		"/./index.html",
		"/..//..//etc/passwd",
		"/%2e%2e/secret.txt",
		"/.%2e/secret.txt",
		"/%2e%2e%2fsecret.txt",
		"/..%2fsecret.txt",
		"/..%5csecret.txt",
		"/..\\secret.txt",
		"/%252e%252e/secret.txt",
		"/%c0%ae%c0%ae/secret.txt",
		"/assets%2fapp-1.js",
		"/index.html%00.png",
		"/index.html%20",
		"/content/../../../etc/passwd",
		"/etc/passwd",
		"file:///etc/passwd",
		"http://mall/../secret.txt",
		"/link-out.txt",
		"/folder-out/secret.txt",
		"/.hidden.txt",
		"/.git/config.txt",
		"/odd name.txt",
		"/odd%20name.txt",
		"/program.bin",
	};
	struct mall *m = *state;
	char from[128], to[128];

	(void)snprintf(from, sizeof(from), "%s/secret.txt", m->directory);
	(void)snprintf(to, sizeof(to), "%s/link-out.txt", m->web);
	assert_int_equal(symlink(from, to), 0);
	(void)snprintf(to, sizeof(to), "%s/folder-out", m->web);
	assert_int_equal(symlink(m->directory, to), 0);
	mall_write(m, "web/.hidden.txt", "secret");
	mall_write(m, "web/odd name.txt", "secret");
	mall_write(m, "web/program.bin", "secret");
	(void)snprintf(to, sizeof(to), "%s/.git", m->web);
	assert_int_equal(mkdir(to, 0700), 0);
	mall_write(m, "web/.git/config.txt", "secret");
	mall_open(m);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		print_message("           %s\n", paths[i]);
		get(m, paths[i], "");
		assert_true(m->reply.code == 404 || m->reply.code == 400 || m->reply.is_closed);
		assert_null(strstr(mall_body(m), "secret"));
	}
}

static void a_link_inside_its_folder_is_followed(void **state)
{
	struct mall *m = *state;
	char to[128];

	(void)snprintf(to, sizeof(to), "%s/start.html", m->web);
	assert_int_equal(symlink("index.html", to), 0);
	mall_open(m);
	get(m, "/start.html", "");
	assert_int_equal(m->reply.code, 200);
}

static void the_smallest_form_a_browser_takes_is_sent(void **state)
{
	static const struct {
		const char *fields, *coding, *body;
	} rows[] = {
		{ "", NULL, "the script itself" },
		{ "Accept-Encoding: gzip, deflate, br\r\n", "br", "br of it" },
		{ "Accept-Encoding: gzip\r\n", "gzip", "gz of it" },
		{ "Accept-Encoding: br;q=0, gzip\r\n", "gzip", "gz of it" },
		{ "Accept-Encoding: identity\r\n", NULL, "the script itself" },
	};
	struct mall *m = *state;

	mall_open(m);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		get(m, "/assets/app-1.js", rows[i].fields);
		assert_int_equal(m->reply.code, 200);
		assert_string_equal(mall_body(m), rows[i].body);
		assert_string_equal(mall_field(m, "Vary"), "Accept-Encoding");
		const char *coding = mall_field(m, "Content-Encoding");
		assert_true(rows[i].coding == NULL ? coding == NULL : strcmp(coding, rows[i].coding) == 0);
	}
}

static void what_has_not_changed_is_not_sent_again(void **state)
{
	struct mall *m = *state;
	char fields[128], tag[64];

	mall_open(m);
	get(m, "/", "");
	assert_string_equal(mall_field(m, "Cache-Control"), "no-cache");
	(void)snprintf(tag, sizeof(tag), "%s", mall_field(m, "ETag"));
	(void)snprintf(fields, sizeof(fields), "If-None-Match: \"other\", %s\r\n", tag);
	get(m, "/", fields);
	assert_int_equal(m->reply.code, 304);
	assert_string_equal(mall_field(m, "ETag"), tag);
	assert_int_equal(m->reply.body.size, 0);
	mall_write(m, "web/index.html", "changed");
	assert_int_equal(merit_front_reload(m->front), MERIT_OK);
	get(m, "/", fields);
	assert_int_equal(m->reply.code, 200);
	assert_string_equal(mall_body(m), "changed");
	get(m, "/assets/app-1.js", "");
	assert_string_equal(mall_field(m, "Cache-Control"), "public, max-age=31536000, immutable");
}

static void each_form_has_a_tag_of_its_own(void **state)
{
	struct mall *m = *state;
	char fields[160];

	mall_open(m);
	get(m, "/assets/app-1.js", "");
	(void)snprintf(fields, sizeof(fields), "Accept-Encoding: br\r\nIf-None-Match: %s\r\n", mall_field(m, "ETag"));
	get(m, "/assets/app-1.js", fields);
	assert_int_equal(m->reply.code, 200);
	assert_string_equal(mall_body(m), "br of it");
}

static void head_is_get_without_its_body(void **state)
{
	struct mall *m = *state;

	mall_open(m);
	int fd = mall_connect(m);
	mall_say(fd, "HEAD /assets/app-1.js HTTP/1.1\r\nHost: mall\r\n\r\n");
	mall_hear_head(m, fd);
	assert_int_equal(m->reply.code, 200);
	assert_string_equal(mall_field(m, "Content-Length"), "17");
	mall_say(fd, "HEAD /nothing HTTP/1.1\r\nHost: mall\r\n\r\n");
	mall_hear_head(m, fd);
	assert_int_equal(m->reply.code, 404);
	mall_say(fd, "GET / HTTP/1.1\r\nHost: mall\r\n\r\n"); /* No byte of a body was between. */
	mall_hear(m, fd);
	assert_int_equal(m->reply.code, 200);
	(void)close(fd);
}

static void a_page_says_what_it_may_do(void **state)
{
	static const char policy[] =
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
		"connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
		"frame-ancestors 'none'; require-trusted-types-for 'script'";
	struct mall *m = *state;

	mall_open(m);
	get(m, "/", "");
	assert_string_equal(mall_field(m, "Content-Security-Policy"), policy);
	assert_string_equal(mall_field(m, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(mall_field(m, "Referrer-Policy"), "no-referrer");
	assert_string_equal(mall_field(m, "Cross-Origin-Opener-Policy"), "same-origin");
	assert_string_equal(mall_field(m, "Cross-Origin-Resource-Policy"), "same-origin");
	assert_non_null(strstr(mall_field(m, "Permissions-Policy"), "geolocation=()"));
	assert_null(mall_field(m, "Strict-Transport-Security"));
	get(m, "/content/pictures/cup.svg", "");
	assert_non_null(strstr(mall_field(m, "Content-Security-Policy"), "default-src 'none'"));
	assert_non_null(strstr(mall_field(m, "Content-Security-Policy"), "sandbox"));
	assert_null(strstr(mall_field(m, "Content-Security-Policy"), "script-src"));
}

static void folders_that_cannot_be_read_change_nothing(void **state)
{
	struct mall *m = *state;
	char away[96];

	mall_open(m);
	(void)snprintf(away, sizeof(away), "%s/away", m->directory);
	assert_int_equal(rename(m->web, away), 0);
	assert_int_equal(merit_front_reload(m->front), MERIT_IO_FAILED);
	get(m, "/", "");
	assert_int_equal(m->reply.code, 200);
	mall_close(m);
	assert_int_equal(merit_front_open(&m->options, &m->front), MERIT_IO_FAILED);
	m->front = NULL;
}

static void without_folders_calls_are_taken_all_the_same(void **state)
{
	struct mall *m = *state;

	m->options.web = m->options.content = NULL;
	mall_open(m);
	get(m, "/", "");
	assert_int_equal(m->reply.code, 404);
	mall_call(m, "", MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 200);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_mall, free_mall)
	const struct CMUnitTest tests[] = {
		TEST(files_are_found_by_their_paths),
		TEST(nothing_outside_the_folders_can_be_had),
		TEST(a_link_inside_its_folder_is_followed),
		TEST(the_smallest_form_a_browser_takes_is_sent),
		TEST(what_has_not_changed_is_not_sent_again),
		TEST(each_form_has_a_tag_of_its_own),
		TEST(head_is_get_without_its_body),
		TEST(a_page_says_what_it_may_do),
		TEST(folders_that_cannot_be_read_change_nothing),
		TEST(without_folders_calls_are_taken_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
