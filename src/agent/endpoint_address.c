#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/endpoint.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"

enum { KEY_FILE_MAX = 64 << 10, KEY_MAX = 4096 };

static const char suffix[] = "/chat/completions";

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0;
}

static char *part(CURLU *u, CURLUPart what)
{
    char *text = NULL, *copy = NULL;
    if (!curl_url_get(u, what, &text, what == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0))
        copy = strdup(text);
    curl_free(text);
    return copy;
}

/* The address with another path. */
static char *with_path(CURLU *u, const char *root, const char *end)
{
    tone_buf path = {0};
    tone_buf_printf(&path, "%s%s", root, end);
    char *url = !path.failed && !curl_url_set(u, CURLUPART_PATH, tone_buf_text(&path), 0) ? part(u, CURLUPART_URL) : NULL;
    tone_buf_clear(&path);
    return url;
}

/* Cut /chat/completions and slashes off the end of a path; nothing left means /v1. */
static char *root_path(const char *path)
{
    size_t n = strlen(path), m = sizeof suffix - 1;
    while (n && path[n - 1] == '/')
        n--;
    if (n >= m && memcmp(path + n - m, suffix, m) == 0)
        n -= m;
    while (n && path[n - 1] == '/')
        n--;
    return n ? strndup(path, n) : strdup("/v1");
}

static tone_status take_parts(tone_endpoint_address *out, CURLU *u, tone_error *err)
{
    char *scheme = part(u, CURLUPART_SCHEME), *host = part(u, CURLUPART_HOST), *port = part(u, CURLUPART_PORT), *path = part(u, CURLUPART_PATH);
    char *root = path ? root_path(path) : NULL, *user = part(u, CURLUPART_USER);
    tone_status st = TONE_OK;
    tone_buf where = {0};
    if (user) {
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "the address holds a user's name or a password: give a key by a variable or a file instead");
    } else if (scheme && strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "an endpoint's address begins with http:// or https://, not with %.20s://", scheme);
    } else if (scheme && host && port && root) {
        out->secure = strcmp(scheme, "https") == 0;
        out->local = is_loopback(host);
        tone_buf_printf(&where, "%s://%s", scheme, host);
        if (strcmp(port, out->secure ? "443" : "80") != 0)
            tone_buf_printf(&where, ":%s", port);
        out->where = tone_buf_take(&where);
        out->url = with_path(u, root, suffix);
        out->root = with_path(u, root, "");
    }
    if (!st && (!out->where || !out->url || !out->root))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an address");
    tone_buf_clear(&where);
    free(scheme);
    free(host);
    free(port);
    free(path);
    free(root);
    free(user);
    return st;
}

tone_status tone_endpoint_address_read(tone_endpoint_address *out, const char *url, tone_error *err)
{
    *out = (tone_endpoint_address){0};
    CURLU *u = curl_url();
    if (!u)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an address");
    tone_status st;
    CURLUcode code = strstr(url, "://") ? curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) : CURLUE_MALFORMED_INPUT;
    if (code)
        /* What may hold a password is not repeated. */
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "%.100s is no address; one looks like http://127.0.0.1:8080/v1", strchr(url, '@') ? "this" : url);
    else
        st = take_parts(out, u, err);
    curl_url_cleanup(u);
    if (st)
        tone_endpoint_address_clear(out);
    return st;
}

void tone_endpoint_address_clear(tone_endpoint_address *a)
{
    free(a->url);
    free(a->root);
    free(a->where);
    *a = (tone_endpoint_address){0};
}

/* The key as a header line: visible ASCII only, so that it cannot begin another header. */
static tone_status key_line(char **out, const char *key, size_t n, const char *from, tone_error *err)
{
    if (!n)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the key in %.200s is empty", from);
    if (n > KEY_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the key in %.200s is too long to be one", from);
    for (size_t i = 0; i < n; i++)
        if (key[i] <= ' ' || key[i] > '~')
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the key in %.200s has a character that no key has (number %zu)", from, i + 1);
    static const char name[] = "Authorization: Bearer ";
    *out = malloc(sizeof name + n);
    if (!*out)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a key");
    memcpy(*out, name, sizeof name - 1);
    memcpy(*out + sizeof name - 1, key, n);
    (*out)[sizeof name - 1 + n] = 0;
    return TONE_OK;
}

static tone_status key_of_file(char **out, const char *path, tone_error *err)
{
    char *text;
    size_t n;
    tone_status st = tone_file_read(&text, &n, path, KEY_FILE_MAX, err);
    if (st)
        return st;
    size_t end = strcspn(text, "\r\n");
    while (end && (text[end - 1] == ' ' || text[end - 1] == '\t'))
        end--;
    st = key_line(out, text, end, path, err);
    explicit_bzero(text, n);
    free(text);
    return st;
}

tone_status tone_endpoint_key(char **out, const tone_endpoint_options *opt, const tone_endpoint_address *address, tone_error *err)
{
    *out = NULL;
    if (!opt->key_env && !opt->key_file)
        return TONE_OK;
    if (opt->key_env && opt->key_file)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the key is to come from a variable and from a file: name one of them");
    if (!address->secure && !address->local && !opt->plain_key)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s has no https: a key sent there could be read on its way", address->where);
    if (opt->key_file)
        return key_of_file(out, opt->key_file, err);
    const char *key = getenv(opt->key_env);
    if (!key)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "the environment variable %.100s, which should hold the key, is not set", opt->key_env);
    return key_line(out, key, strlen(key), opt->key_env, err);
}
