/* tonesmith/agent.h - a conversation that calls tools: whoever answers, and the loop around it.
 * Module: agent
 *
 * Two objects.  A tone_backend answers one request: our engine with a model file, or an OpenAI-compatible endpoint that
 * the user named.  A tone_agent holds the conversation: it asks the backend, checks the arguments of the calls that come
 * back, has them made by the caller, hands the results over and goes on until there is an answer or a limit is reached.
 *
 *     tone_backend *b;
 *     if (tone_backend_open_engine(&b, "gemma-4-E2B-it-Q4_0.gguf", NULL, &err)) …
 *     tone_agent_options o = tone_agent_defaults();
 *     o.backend = b;
 *     o.tools = declarations;              // JSON: [{"type":"function","function":{"name":…,"parameters":{…}}},…]
 *     o.call = make_call;                  // makes a call, gives its result
 *     o.state = tell_state;                // what the model is told before each turn
 *     o.event = show;                      // text as it comes, calls, results, warnings
 *     tone_agent *a;
 *     if (tone_agent_open(&a, &o, &err)) …
 *     tone_turn turn;
 *     if (tone_agent_turn(a, "make it darker", &turn, &err)) …
 *     printf("%s\n", turn.answer);
 *     tone_turn_clear(&turn);
 *     tone_agent_close(a);
 *     tone_backend_close(b);
 */
#ifndef TONESMITH_AGENT_H
#define TONESMITH_AGENT_H

#include "tonesmith/chat.h"
#include "tonesmith/constrain.h"
#include "tonesmith/media.h"
#include "tonesmith/sampling.h"
#include "tonesmith/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- who answers ------------------------------------------------------------------------------------------------- */

/* One thread at a time; only tone_backend_cancel() may be called from anywhere. */
typedef struct tone_backend tone_backend;

typedef enum tone_backend_kind {
    TONE_BACKEND_ENGINE,   /* a model file, in this process         */
    TONE_BACKEND_ENDPOINT, /* another program, over HTTP            */
    TONE_BACKEND_OTHER     /* brought by the program that uses this */
} tone_backend_kind;

typedef struct tone_backend_facts {
    tone_backend_kind kind;
    const char *name;  /* of the model */
    const char *where; /* the file, or the endpoint's address (without credentials) */
    const char *tools; /* tone_tools_hash() of the tools that the model was trained with; "" when there are none such */
    uint32_t context;  /* tokens, 0 when not known */
} tone_backend_facts;

/* What is asked. */
typedef struct tone_ask {
    const char *messages; /* JSON array in OpenAI's form; the content of a tool's message is a string */
    const char *tools;    /* JSON array of declarations; NULL: none */
    tone_tool_choice choice;
    uint32_t max_tokens;  /* of the answer; 0: as many as fit, or as the endpoint likes */
    double max_seconds;   /* 0: no limit */
    tone_sampling_options sampling;
    bool default_sampling; /* an endpoint is asked for no particular sampling: it knows its model */
    bool thinking;
} tone_ask;

typedef struct tone_answer_call {
    char *id, *name, *arguments; /* arguments: JSON text as the model wrote it, perhaps broken */
    bool repaired;               /* its text had to be mended */
} tone_answer_call;

typedef struct tone_answer {
    char *content;   /* "" when there is none */
    char *reasoning; /* NULL when there is none */
    tone_answer_call *calls;
    size_t n_calls;
    tone_finish finish;
    uint64_t n_prompt, n_reused, n_generated; /* tokens; 0 where an endpoint does not say */
    double seconds;
} tone_answer;

/* The hash that tells one set of tools from another: 16 hexadecimal digits, FNV-1a of the text. */
TONE_API void tone_tools_hash(const char *tools, char out[17]);

/* Our engine with the model at `path`.  A file may name the tools that its model was trained with (metadata
 * `tonesmith.tools`): when exactly those are asked for they stay out of the prompt, and sampling is greedy.  Calls are
 * constrained to the declarations, so they are always valid.  `opt` may be NULL. */
TONE_API TONE_NODISCARD tone_status tone_backend_open_engine(tone_backend **out, const char *path,
                                                             const tone_session_options *opt, tone_error *err);

typedef struct tone_endpoint_options {
    const char *url;      /* "http://127.0.0.1:8080" means its /v1/chat/completions, ".../v1" too; or the whole address */
    const char *model;    /* NULL: the endpoint's only or first one                                                     */
    const char *key_env;  /* the key stands in this environment variable; NULL: no key from there                       */
    const char *key_file; /* or is the first line of this file; NULL: none                                              */
    const char *trained_tools; /* tone_tools_hash() of the tools that its model was trained with; NULL: none            */
    bool plain_key;       /* send the key to another machine even without https                                         */
    uint32_t retries;     /* after a failure before the answer began                                                    */
    double retry_s;       /* before the first of them; each pause is twice the one before                               */
    double connect_s, idle_s, total_s; /* time-outs: to connect, without a word, for the whole answer; 0: none           */
    uint64_t max_bytes;   /* of one answer; 0: no limit                                                                 */
} tone_endpoint_options;

/* No key; 3 retries, the first after 0.5 s; 10 s to connect, 300 s without a word, no limit in all; 64 MiB. */
TONE_API tone_endpoint_options tone_endpoint_defaults(void);
/* No connection is made before the first answer, unless `model` is NULL.  TONE_ERR_UNSUPPORTED in a build without libcurl.
 * The key is in no error and no other text. */
TONE_API TONE_NODISCARD tone_status tone_backend_open_endpoint(tone_backend **out, const tone_endpoint_options *opt,
                                                               tone_error *err);
TONE_API bool tone_backend_has_endpoints(void);
TONE_API void tone_backend_close(tone_backend *b);

/* Borrowed, for as long as `b` lives. */
TONE_API const tone_backend_facts *tone_backend_info(const tone_backend *b);

/* The eyes and ears of a model file: the backend's, which uses them while it answers.  NULL for an endpoint: files are shown to a
 * model in this process only. */
TONE_API tone_media *tone_backend_media(tone_backend *b);

/* Answer.  The sink (may be NULL) is called in this thread as words and calls appear.  On success *out is the caller's:
 * tone_answer_clear(); on failure it is empty.  TONE_ERR_CANCELLED, TONE_ERR_LIMIT (time), TONE_ERR_CONTEXT_FULL (the messages
 * do not fit), TONE_ERR_IO (an endpoint failed; the text says how). */
TONE_API TONE_NODISCARD tone_status tone_backend_answer(tone_backend *b, const tone_ask *ask, tone_reply_sink *sink,
                                                        void *user, tone_answer *out, tone_error *err);
TONE_API void tone_answer_clear(tone_answer *a);

/* From any thread or signal handler: the running answer, or else the next, fails with TONE_ERR_CANCELLED. */
TONE_API void tone_backend_cancel(tone_backend *b);

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

typedef enum tone_agent_event_kind {
    TONE_AGENT_REASONING, /* `text`: more of a thought                                                      */
    TONE_AGENT_TEXT,      /* `text`: more of what is said to the user                                       */
    TONE_AGENT_CALL,      /* a call is about to be made: `name`, `arguments`                                */
    TONE_AGENT_RESULT,    /* what came of it: `name`, `text` (JSON), `made`, `changed`                      */
    TONE_AGENT_WARNING,   /* `text`: a line for the user: a number nobody measured, a loop, a limit reached */
    TONE_AGENT_HEARD      /* `text`: the words of a spoken turn, before anything is done about them         */
} tone_agent_event_kind;

typedef struct tone_agent_event {
    tone_agent_event_kind kind;
    const char *text; /* UTF-8, borrowed during the call, not terminated for REASONING and TEXT */
    size_t n;
    const char *name, *arguments; /* arguments: JSON text of an object */
    uint32_t step;                /* calls of this turn, from 1 */
    bool made, changed;           /* the caller's function was called; it says that something changed */
} tone_agent_event;

typedef void tone_agent_event_fn(void *arg, const tone_agent_event *event);

/* Make a call.  `arguments` is the text of a JSON object that satisfies the declaration.  *result is the text of a JSON
 * object from malloc(); the agent frees it.  What the model can repair is TONE_OK with a result {"error":"…"}; any other
 * status ends the turn with it. */
typedef tone_status tone_agent_call_fn(void *arg, const char *name, const char *arguments, char **result, bool *changed,
                                       tone_error *err);

/* Lines that tell the model how things stand, before each turn; *lines from malloc(). */
typedef tone_status tone_agent_state_fn(void *arg, char **lines, tone_error *err);

typedef struct tone_agent_options {
    tone_backend *backend; /* must outlive the agent */
    const char *tools;     /* JSON array of declarations; copied */
    tone_agent_call_fn *call;
    tone_agent_state_fn *state; /* NULL: nothing to tell */
    void *arg;                  /* of both */
    tone_agent_event_fn *event; /* NULL: nobody looks */
    void *event_arg;
    const char *instructions; /* for models that were not trained with these tools; NULL: the studio's page; copied */
    uint32_t max_steps;       /* calls in a turn; then the model must answer */
    uint64_t max_tokens;      /* generated in a turn */
    double max_seconds;       /* for a turn; 0: no limit */
    tone_sampling_options sampling;
    bool default_sampling;
    bool thinking;
} tone_agent_options;

/* 8 steps, 4096 tokens, 300 s, default sampling, no thoughts. */
TONE_API tone_agent_options tone_agent_defaults(void);

typedef enum tone_turn_end {
    TONE_TURN_ANSWERED,
    TONE_TURN_STEPS,     /* max_steps calls were made; the answer, if any, came after that */
    TONE_TURN_REPEATED,  /* the model insisted on a call that it had made                  */
    TONE_TURN_TOKENS,
    TONE_TURN_TIME,
    TONE_TURN_CANCELLED
} tone_turn_end;

/* "answered", "steps", "repeated", "tokens", "time", "cancelled" */
TONE_API const char *tone_turn_end_text(tone_turn_end end);

typedef struct tone_turn {
    tone_turn_end end;
    char *answer;          /* what was said to the user at last; "" when nothing was */
    char *heard;           /* the words of a spoken turn, where the model writes them down; else NULL */
    uint32_t n_calls;      /* made */
    uint32_t n_refused;    /* not made: arguments that break the declaration, repetitions, unknown tools */
    uint32_t n_changes;    /* calls that changed something */
    uint32_t n_unmeasured; /* numbers in the answer that stand in no result; of a model that was trained with the tools, clauses too */
    uint64_t n_prompt, n_reused, n_generated;
    double seconds;
    /* Since the turn began; 0 where it did not come to that. */
    double seen_s;   /* eyes and ears had taken in every file             */
    double first_s;  /* the model's first word or call                    */
    double call_s;   /* the first call was about to be made               */
    double change_s; /* the first call that changed something was made    */
} tone_turn;

/* One thread at a time; only tone_agent_cancel() may be called from anywhere.  TONE_ERR_FORMAT: `tools` are no declarations. */
typedef struct tone_agent tone_agent;
TONE_API TONE_NODISCARD tone_status tone_agent_open(tone_agent **out, const tone_agent_options *opt, tone_error *err);
TONE_API void tone_agent_close(tone_agent *a);

/* The user says something: everything until the answer.  *out is always filled: tone_turn_clear().  Reaching a limit and
 * being cancelled are ends like others, TONE_OK; what was changed until then stays changed.  After a failure the turn is
 * no part of the conversation. */
TONE_API TONE_NODISCARD tone_status tone_agent_turn(tone_agent *a, const char *words, tone_turn *out, tone_error *err);
TONE_API void tone_turn_clear(tone_turn *t);
/* The same with files that are shown and played to the model before the words; the words may be "" when a sound says them.  The
 * files must be as they are while the agent lives.  TONE_ERR_UNSUPPORTED for an endpoint.
 * A model that was trained with the tools may begin its answer to such a sound with a line of what it heard: that line is told as
 * TONE_AGENT_HEARD and is no part of the answer. */
TONE_API TONE_NODISCARD tone_status tone_agent_turn_media(tone_agent *a, const tone_medium *media, size_t n, const char *words,
                                                          tone_turn *out, tone_error *err);

/* From any thread or signal handler: the running turn, or else the next, ends as cancelled. */
TONE_API void tone_agent_cancel(tone_agent *a);

/* The model was trained with these tools, so each turn stands alone: it gets the state and the words, nothing else. */
TONE_API bool tone_agent_is_stateless(const tone_agent *a);
/* Begin a new conversation. */
TONE_API void tone_agent_forget(tone_agent *a);
/* The conversation as the model gets it: a JSON array, the caller's (free); NULL when memory ran out. */
TONE_API char *tone_agent_messages(const tone_agent *a);

#ifdef __cplusplus
}
#endif
#endif
