/* An OpenAI-compatible endpoint over HTTP, by libcurl.
 *
 * One easy handle is driven by curl's multi interface, so that the thread that waits wakes every tenth of a second and
 * looks whether it is to stop or has waited too long.  What failed before a word of the answer came is tried again. */
#include <curl/curl.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/backend.h"
#include "agent/endpoint.h"
#include "agent/stream.h"
#include "base/fail.h"

enum { ERROR_BODY_MAX = 64 << 10, MODELS_MAX = 4 << 20, HEADER_BYTES_MAX = 64 << 10, WAIT_MS = 100, RETRY_AFTER_MAX_S = 60 };

typedef struct endpoint {
    tone_backend base;
    tone_endpoint_options o; /* its texts are not kept */
    char *model, *url, *root, *where, *authorization; /* authorization: the header line, NULL without a key */
    char tools[17];                                   /* hash of the tools that the model knows, "" for none */
    bool local;
    CURL *easy;
    CURLM *multi;
} endpoint;

/* One attempt. */
typedef struct exchange {
    endpoint *e;
    tone_stream *stream; /* NULL: the body is collected */
    tone_buf body;       /* of an error, or of a document */
    size_t body_max;
    uint64_t n_bytes, n_header_bytes;
    double last_byte;    /* when something came */
    tone_status st;      /* of reading the stream */
    tone_error *err;
    char why[CURL_ERROR_SIZE];
    long status;
    double retry_after;  /* seconds, 0: not said */
} exchange;

bool tone_backend_has_endpoints(void)
{
    return true;
}

/* ---- one exchange */

static size_t on_bytes(char *bytes, size_t one, size_t n, void *arg)
{
    exchange *x = arg;
    (void)one;
    x->last_byte = tone_agent_now_s();
    x->n_bytes += n;
    if (!x->status)
        curl_easy_getinfo(x->e->easy, CURLINFO_RESPONSE_CODE, &x->status);
    if (x->status == 200 && x->e->o.max_bytes && x->n_bytes > x->e->o.max_bytes) {
        x->st = tone_fail(x->err, TONE_ERR_IO, 0, "the endpoint sends more than %llu bytes", (unsigned long long)x->e->o.max_bytes);
        return 0;
    }
    if (x->status == 200 && x->stream) {
        x->st = tone_stream_bytes(x->stream, bytes, n, x->err);
        return x->st ? 0 : n;
    }
    if (n <= x->body_max - x->body.n) {
        tone_buf_append(&x->body, bytes, n);
        return n;
    }
    if (x->status == 200)
        x->st = tone_fail(x->err, TONE_ERR_IO, 0, "the endpoint's answer is too long");
    return 0; /* the rest of a long error page is not needed */
}

static size_t on_header(char *line, size_t one, size_t n, void *arg)
{
    exchange *x = arg;
    (void)line;
    (void)one;
    x->last_byte = tone_agent_now_s();
    x->n_header_bytes += n;
    if (x->n_header_bytes <= HEADER_BYTES_MAX)
        return n;
    x->st = tone_fail(x->err, TONE_ERR_FORMAT, 0, "the endpoint sends headers without end");
    return 0;
}

/* Limits that libcurl does not know.  `until` 0: none. */
static tone_status watch(const exchange *x, double start, double until)
{
    const tone_endpoint_options *o = &x->e->o;
    double now = tone_agent_now_s();
    if (atomic_load(&x->e->base.cancelled))
        return tone_fail(x->err, TONE_ERR_CANCELLED, 0, "cancelled");
    if (until > 0 && now > until)
        return tone_fail(x->err, TONE_ERR_LIMIT, 0, "the time for an answer is over");
    if (o->total_s > 0 && now - start > o->total_s)
        return tone_fail(x->err, TONE_ERR_IO, 0, "the endpoint's answer takes longer than %g s", o->total_s);
    if (o->idle_s > 0 && now - x->last_byte > o->idle_s)
        return tone_fail(x->err, TONE_ERR_IO, 0, "the endpoint sent nothing for %g s", o->idle_s);
    return TONE_OK;
}

/* Send what the easy handle is set up for and read until the end.  CURLE_OK or curl's reason; x->st has ours. */
static CURLcode drive(exchange *x, double start, double until)
{
    endpoint *e = x->e;
    CURLcode code = CURLE_FAILED_INIT;
    bool running = curl_multi_add_handle(e->multi, e->easy) == CURLM_OK;
    const bool added = running;
    while (running) {
        int n = 0, left;
        CURLMcode mc = curl_multi_perform(e->multi, &n);
        for (CURLMsg *m; (m = curl_multi_info_read(e->multi, &left));)
            if (m->msg == CURLMSG_DONE)
                code = m->data.result;
        running = n && !mc;
        if (running && !(x->st = watch(x, start, until)))
            curl_multi_poll(e->multi, NULL, 0, WAIT_MS, NULL);
        running = running && !x->st;
    }
    if (!x->status)
        curl_easy_getinfo(e->easy, CURLINFO_RESPONSE_CODE, &x->status);
    curl_off_t after = 0;
    curl_easy_getinfo(e->easy, CURLINFO_RETRY_AFTER, &after);
    x->retry_after = after > 0 ? (double)after : 0;
    if (added)
        curl_multi_remove_handle(e->multi, e->easy);
    return code;
}

/* What every request has. */
static void set_up(endpoint *e, exchange *x, const char *url, struct curl_slist *headers)
{
    CURL *c = e->easy;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(c, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); /* the key is for this address and no other */
    if (e->local)
        curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)ceil(e->o.connect_s * 1000));
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, x->why);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, NULL);
}

static bool add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

/* Wait for `s` seconds; false when the wait was given up, and *st says why. */
static bool pause_for(exchange *x, double s, double start, double until, tone_status *st)
{
    const double end = tone_agent_now_s() + s;
    for (double left = s; left > 0; left = end - tone_agent_now_s()) {
        x->last_byte = tone_agent_now_s(); /* nothing is expected now */
        *st = watch(x, start, until);
        if (*st)
            return false;
        curl_multi_poll(x->e->multi, NULL, 0, left < 0.1 ? (int)(left * 1000) + 1 : WAIT_MS, NULL);
    }
    return true;
}

/* Whether another attempt makes sense: nobody was there, or they are busy or broken for the moment. */
static bool is_passing(CURLcode code, const exchange *x)
{
    if (x->st == TONE_ERR_IO && !x->status)
        return false; /* our own time-outs */
    if (code == CURLE_OK || code == CURLE_WRITE_ERROR)
        return x->status == 408 || x->status == 429 || x->status >= 500 || (x->status == 200 && x->st == TONE_ERR_IO);
    return code == CURLE_COULDNT_CONNECT || code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR ||
           code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE || code == CURLE_OPERATION_TIMEDOUT;
}

/* Word what went wrong in an exchange; TONE_OK when nothing did. */
static tone_status judge(exchange *x, CURLcode code)
{
    const char *where = x->e->where;
    if (x->st)
        return x->st; /* already worded */
    if (x->status >= 300 && x->status < 400)
        return tone_fail(x->err, TONE_ERR_IO, 0, "%s answers %ld: it has moved; give its new address", where, x->status);
    if (x->status && x->status != 200)
        return tone_stream_error(tone_buf_text(&x->body), x->body.n, x->status, x->err);
    if (code == CURLE_OK)
        return TONE_OK;
    if (x->stream && x->stream->emitted)
        return tone_fail(x->err, TONE_ERR_IO, 0, "%s cut the answer off after %zu bytes of text", where, x->stream->content.n);
    return tone_fail(x->err, TONE_ERR_IO, 0, "%s: %s", where, *x->why ? x->why : curl_easy_strerror(code));
}

/* Seconds before attempt n + 1: what the endpoint asks for, or 1, 2, 4, 8, … times the first pause, give or take a fifth so
 * that many clients do not come back together. */
static double next_pause(const endpoint *e, const exchange *x, uint32_t n)
{
    if (x->retry_after > 0)
        return x->retry_after;
    double now = tone_agent_now_s() * 1e6, jitter = now - floor(now);
    return fmin(e->o.retry_s * ldexp(1, (int)(n < 10 ? n : 10)), RETRY_AFTER_MAX_S) * (0.8 + 0.4 * jitter);
}

/* POST `request`, or GET when it is NULL; the answer goes to `out` (and the sink) or, for a GET, to `body`. */
static tone_status request_once(endpoint *e, const char *url, const char *request, exchange *x, double start, double until, bool *again)
{
    struct curl_slist *headers = NULL;
    bool ok = add_header(&headers, request ? "Accept: text/event-stream, application/json" : "Accept: application/json") &&
              (!e->authorization || add_header(&headers, e->authorization)) &&
              (!request || (add_header(&headers, "Content-Type: application/json") && add_header(&headers, "Expect:")));
    *again = false;
    if (!ok) {
        curl_slist_free_all(headers);
        return tone_fail(x->err, TONE_ERR_NO_MEMORY, 0, "no memory for a request");
    }
    set_up(e, x, url, headers);
    if (request) {
        curl_easy_setopt(e->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request));
        curl_easy_setopt(e->easy, CURLOPT_POSTFIELDS, request);
    }
    x->last_byte = tone_agent_now_s();
    CURLcode code = drive(x, start, until);
    curl_slist_free_all(headers);
    tone_status st = judge(x, code);
    *again = st && st != TONE_ERR_CANCELLED && st != TONE_ERR_LIMIT && is_passing(code, x) && !(x->stream && x->stream->emitted);
    return st;
}

static tone_status exchange_with(endpoint *e, const char *url, const char *request, double until, tone_reply_sink *sink, void *user,
                                 tone_answer *out, tone_buf *body, tone_error *err)
{
    const double start = tone_agent_now_s();
    tone_status st = TONE_OK;
    for (uint32_t n = 0;; n++) {
        tone_stream stream;
        tone_stream_open(&stream, sink, user);
        exchange x = {.e = e, .stream = request ? &stream : NULL, .body_max = request ? ERROR_BODY_MAX : MODELS_MAX, .err = err};
        bool again = false;
        st = request_once(e, url, request, &x, start, until, &again);
        if (!st && request) {
            st = tone_stream_finish(&stream, out, err);
            again = st == TONE_ERR_IO && !stream.emitted;
        }
        if (!st && body) {
            *body = x.body;
            x.body = (tone_buf){0};
        }
        double wait = again && n < e->o.retries ? next_pause(e, &x, n) : 0;
        if (x.retry_after > RETRY_AFTER_MAX_S && again)
            st = tone_fail(err, TONE_ERR_IO, 0, "%s asks to come back in %.0f s", e->where, x.retry_after);
        again = wait > 0 && wait <= RETRY_AFTER_MAX_S + 20 && x.retry_after <= RETRY_AFTER_MAX_S && pause_for(&x, wait, start, until, &st);
        tone_stream_clear(&stream);
        tone_buf_clear(&x.body);
        if (!again)
            return st;
        tone_answer_clear(out);
    }
}

/* ---- the request */

/* An endpoint that knows no thoughts need not read any. */
static json_t *messages_without_thoughts(const char *text, tone_error *err)
{
    json_error_t why;
    json_t *list = json_loads(text, 0, &why), *m;
    size_t i;
    if (!json_is_array(list)) {
        json_decref(list);
        (void)!tone_fail(err, TONE_ERR_FORMAT, 0, "the messages are no JSON list: %s", why.text);
        return NULL;
    }
    json_array_foreach(list, i, m)
        json_object_del(m, "reasoning_content");
    return list;
}

static bool set_sampling(json_t *q, const endpoint *e, const tone_ask *ask)
{
    const tone_sampling_options *s = &ask->sampling;
    bool ok = true;
    if (tone_backend_knows_tools(&e->base, ask->tools))
        return !json_object_set_new(q, "temperature", json_integer(0));
    if (ask->default_sampling)
        return true;
    ok = !json_object_set_new(q, "temperature", json_real(s->temperature)) && !json_object_set_new(q, "top_p", json_real(s->top_p)) &&
         !json_object_set_new(q, "seed", json_integer((json_int_t)(s->seed & 0x7FFFFFFF)));
    if (s->frequency_penalty != 0)
        ok = ok && !json_object_set_new(q, "frequency_penalty", json_real(s->frequency_penalty));
    if (s->presence_penalty != 0)
        ok = ok && !json_object_set_new(q, "presence_penalty", json_real(s->presence_penalty));
    return ok;
}

static tone_status build_request(char **out, const endpoint *e, const tone_ask *ask, tone_error *err)
{
    json_t *messages = messages_without_thoughts(ask->messages, err);
    *out = NULL;
    if (!messages)
        return TONE_ERR_FORMAT;
    json_t *q = json_pack("{s:o,s:s,s:b,s:{s:b}}", "messages", messages, "model", e->model, "stream", 1, "stream_options", "include_usage", 1);
    json_t *tools = ask->tools ? json_loads(ask->tools, 0, NULL) : NULL;
    bool ok = q && set_sampling(q, e, ask);
    if (ok && tools) {
        ok = !json_object_set(q, "tools", tools);
        if (ask->choice != TONE_TOOL_AUTO)
            ok = ok && !json_object_set_new(q, "tool_choice", json_string(ask->choice == TONE_TOOL_NONE ? "none" : "required"));
    }
    if (ok && ask->max_tokens)
        ok = !json_object_set_new(q, "max_tokens", json_integer((json_int_t)ask->max_tokens));
    if (ok && ask->thinking)
        ok = !json_object_set_new(q, "chat_template_kwargs", json_pack("{s:b}", "enable_thinking", 1));
    *out = ok ? json_dumps(q, JSON_COMPACT) : NULL;
    json_decref(tools);
    json_decref(q);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a request");
}

static tone_status answer(tone_backend *b, const tone_ask *ask, tone_reply_sink *sink, void *user, tone_answer *out, tone_error *err)
{
    endpoint *e = (endpoint *)b;
    char *request;
    tone_status st = build_request(&request, e, ask, err);
    if (st)
        return st;
    double until = ask->max_seconds > 0 ? tone_agent_now_s() + ask->max_seconds : 0;
    st = exchange_with(e, e->url, request, until, sink, user, out, NULL, err);
    free(request);
    return st;
}

/* ---- opening */

static tone_status find_model(endpoint *e, tone_error *err)
{
    tone_buf body = {0}, url = {0};
    tone_answer none = {0};
    tone_buf_printf(&url, "%s/models", e->root);
    tone_status st = url.failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an address")
                                : exchange_with(e, tone_buf_text(&url), NULL, 0, NULL, NULL, &none, &body, err);
    if (!st) {
        json_t *v = json_loadb(tone_buf_text(&body), body.n, 0, NULL);
        const json_t *first = json_array_get(json_object_get(v, "data"), 0);
        const char *id = json_string_value(json_object_get(first, "id"));
        json_int_t context = json_integer_value(json_object_get(first, "max_model_len")); /* vLLM */
        if (!id || !*id)
            st = tone_fail(err, TONE_ERR_FORMAT, 0, "%s names no model; name one", e->where);
        else if (!(e->model = strdup(id)))
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a name");
        e->base.facts.context = context > 0 && context < UINT32_MAX ? (uint32_t)context : 0;
        json_decref(v);
    }
    tone_buf_clear(&body);
    tone_buf_clear(&url);
    return st;
}

static void close_endpoint(tone_backend *b)
{
    endpoint *e = (endpoint *)b;
    curl_easy_cleanup(e->easy);
    curl_multi_cleanup(e->multi);
    tone_endpoint_address_clear(&(tone_endpoint_address){.url = e->url, .root = e->root, .where = e->where});
    if (e->authorization)
        explicit_bzero(e->authorization, strlen(e->authorization));
    free(e->authorization);
    free(e->model);
    free(e);
    curl_global_cleanup();
}

tone_status tone_backend_open_endpoint(tone_backend **out, const tone_endpoint_options *opt, tone_error *err)
{
    static const tone_backend_functions functions = {answer, NULL, close_endpoint};
    *out = NULL;
    endpoint *e = calloc(1, sizeof *e);
    if (!e || curl_global_init(CURL_GLOBAL_DEFAULT)) {
        free(e);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an endpoint");
    }
    e->base.functions = &functions;
    e->o = *opt;
    tone_endpoint_address address = {0};
    tone_status st = tone_endpoint_address_read(&address, opt->url, err);
    e->url = address.url;
    e->root = address.root;
    e->where = address.where;
    e->local = address.local;
    if (!st)
        st = tone_endpoint_key(&e->authorization, opt, &address, err);
    if (!st && (!(e->easy = curl_easy_init()) || !(e->multi = curl_multi_init())))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a connection");
    if (!st && opt->model && !(e->model = strdup(opt->model)))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a name");
    if (!st && !opt->model)
        st = find_model(e, err);
    if (st) {
        close_endpoint(&e->base);
        return st;
    }
    e->base.facts.kind = TONE_BACKEND_ENDPOINT;
    e->base.facts.name = e->model;
    e->base.facts.where = e->where;
    if (opt->trained_tools)
        snprintf(e->tools, sizeof e->tools, "%s", opt->trained_tools);
    e->base.facts.tools = e->tools;
    *out = &e->base;
    return TONE_OK;
}
