#include "cli/speech.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "format/json_tree.h"
#include "model/hearing.h"
#include "tonesmith/conversation.h"
#include "tonesmith/gen.h"
#include "tonesmith/respond.h"

/* ---- one part */

typedef struct work {
    const cli_speech *s;
    cli_engine *e;
    const tone_hearing *ears;
    tone_token_list question; /* ends of a turn included; one placeholder of audio */
    size_t hole;              /* where that stands */
    tone_token_list ids;
    uint8_t *kinds;
    size_t kinds_room;
    tone_buf answer;
} work;

static tone_status put(work *w, tone_token id, tone_input_kind kind, tone_error *err)
{
    if (w->ids.n == w->kinds_room) {
        size_t room = w->kinds_room ? 2 * w->kinds_room : 1024;
        uint8_t *grown = realloc(w->kinds, room);
        if (!grown)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a prompt");
        w->kinds = grown;
        w->kinds_room = room;
    }
    w->kinds[w->ids.n] = (uint8_t)kind;
    return tone_token_list_push(&w->ids, id, err);
}

/* The question with n soft tokens in the hole. */
static tone_status fill_prompt(work *w, size_t n, tone_error *err)
{
    const tone_media_ids *m = &tone_model_info(w->e->model)->media;
    tone_status st = TONE_OK;
    w->ids.n = 0;
    for (size_t i = 0; i < w->question.n && !st; i++) {
        if (i != w->hole) {
            st = put(w, w->question.ids[i], TONE_INPUT_TEXT, err);
            continue;
        }
        st = put(w, m->audio_begin, TONE_INPUT_TEXT, err);
        for (size_t k = 0; k < n && !st; k++)
            st = put(w, m->audio, TONE_INPUT_AUDIO, err);
        if (!st)
            st = put(w, m->audio_end, TONE_INPUT_TEXT, err);
    }
    return st;
}

static bool take_token(void *arg, const tone_gen_token *t)
{
    work *w = arg;
    tone_buf_append(&w->answer, t->text, t->n);
    return !w->answer.failed;
}

static uint64_t tokens_for(const cli_speech *s, size_t n_samples)
{
    /* fast speech has five words a second, words of rare scripts some tokens each */
    return (32 + 16 * (uint64_t)(n_samples / TONE_HEARING_RATE_HZ + 1)) * (s->to ? 2 : 1);
}

static tone_status ask(work *w, const tone_soft *soft, size_t n_samples, cli_speech_part *p, tone_error *err)
{
    tone_gen_options o = tone_gen_defaults();
    tone_gen_result result;
    o.sampling.temperature = 0;
    o.max_tokens = tokens_for(w->s, n_samples);
    tone_status st = fill_prompt(w, soft->n, err);
    if (st)
        return st;
    const tone_input input = {.ids = w->ids.ids, .kinds = w->kinds, .soft = soft->rows, .n = w->ids.n};
    tone_buf_reset(&w->answer);
    st = tone_gen_run(w->e->session, &input, &o, take_token, w, &result, err);
    if (st)
        return st;
    if (w->answer.failed)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for what was said");
    if (result.end == TONE_END_CANCELLED)
        return tone_fail(err, TONE_ERR_CANCELLED, 0, "cancelled");
    if (result.end != TONE_END_STOP_TOKEN && result.end != TONE_END_STOP_STRING)
        p->end = tone_end_text(result.end);
    if (!cli_speech_split(p, tone_buf_text(&w->answer), w->answer.n, w->s->to))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for what was said");
    return TONE_OK;
}

static tone_status do_part(work *w, const float *x, const tone_hearing_span *span, cli_speech_part *p, tone_error *err)
{
    p->from_s = (double)span->first / TONE_HEARING_RATE_HZ;
    p->to_s = (double)(span->first + span->n) / TONE_HEARING_RATE_HZ;
    /* A model asked to write down silence makes something up. */
    p->silent = tone_hearing_peak(x + span->first, span->n) < TONE_HEARING_FAINT;
    if (p->silent) {
        p->text = strdup("");
        return p->text ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for what was said");
    }
    tone_hearing_options o = tone_hearing_defaults();
    o.n_threads = (uint32_t)w->e->threads;
    o.exact = w->e->exact;
    o.low_priority = w->e->low_priority;
    tone_soft soft;
    tone_status st = tone_hearing_encode(&soft, w->ears, x + span->first, span->n, &o, err);
    if (!st)
        st = ask(w, &soft, span->n, p, err);
    tone_soft_clear(&soft);
    return st;
}

/* ---- all parts */

static tone_status make_question(work *w, tone_error *err)
{
    const tone_model *m = w->e->model;
    tone_conversation *c = NULL;
    tone_prompt *p = NULL;
    tone_buf message = {0};
    char *text = cli_speech_instruction(w->s);
    if (text) {
        tone_buf_puts(&message, "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":");
        tone_json_write_string(&message, text, strlen(text));
        tone_buf_puts(&message, "},{\"type\":\"audio\"}]}");
    }
    tone_status st = !text || message.failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a prompt") : TONE_OK;
    free(text);
    if (!st)
        st = tone_conversation_open(&c, tone_model_tokenizer(m), tone_model_chat_family(m), err);
    if (!st)
        st = tone_conversation_add(c, message.data, message.n, err);
    if (!st)
        st = tone_conversation_prompt(c, &p, err);
    if (!st)
        st = tone_prompt_encode(p, tone_model_tokenizer(m), &w->question, err);
    tone_prompt_free(p);
    tone_conversation_close(c);
    tone_buf_clear(&message);
    const tone_token audio = tone_model_info(m)->media.audio;
    while (!st && w->hole < w->question.n && w->question.ids[w->hole] != audio)
        w->hole++;
    if (!st && w->hole == w->question.n)
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "the prompt of this model has no place for a sound");
    return st;
}

static int run_parts(work *w, const float *samples, const tone_hearing_span *spans, size_t n)
{
    size_t longest = 0;
    for (size_t i = 0; i < n; i++)
        longest = spans[i].n > longest ? spans[i].n : longest;
    size_t room = w->question.n + tone_hearing_count(longest) + 2 + (size_t)tokens_for(w->s, longest);
    int rc = cli_engine_start(w->e, w->s->command, room);
    for (size_t i = 0; i < n && !rc; i++) {
        cli_speech_part part = {0};
        tone_error err = {0};
        if (do_part(w, samples, &spans[i], &part, &err)) {
            cli_speech_part_clear(&part);
            return cli_error(w->s->command, &err);
        }
        if (part.end)
            fprintf(stderr, "tonesmith %s: note: the text from %.1f to %.1f s was ended by %s\n", w->s->command, part.from_s, part.to_s,
                    part.end);
        if (part.silent)
            fprintf(stderr, "tonesmith %s: note: from %.1f to %.1f s there is silence\n", w->s->command, part.from_s, part.to_s);
        else if (!part.text[0])
            fprintf(stderr, "tonesmith %s: note: the model wrote nothing about %.1f to %.1f s\n", w->s->command, part.from_s, part.to_s);
        else if (w->s->to && !part.translation)
            fprintf(stderr, "tonesmith %s: note: the model gave no translation from %.1f to %.1f s\n", w->s->command, part.from_s,
                    part.to_s);
        if (!w->s->take(w->s->arg, &part))
            rc = 1;
    }
    return rc;
}

int cli_speech_run(const cli_speech *s, cli_engine *e, const tone_hearing *ears, const float *samples, size_t n)
{
    work w = {.s = s, .e = e, .ears = ears};
    tone_hearing_span *spans = NULL;
    size_t n_spans = 0;
    tone_error err = {0};
    tone_status st = n < TONE_HEARING_MIN_SAMPLES ? tone_hearing_check_part(samples, n, &err) : make_question(&w, &err);
    if (!st)
        st = tone_hearing_cut(&spans, &n_spans, samples, n, s->part_samples, &err);
    int rc = st ? cli_error(s->command, &err) : run_parts(&w, samples, spans, n_spans);
    free(spans);
    free(w.kinds);
    tone_token_list_clear(&w.question);
    tone_token_list_clear(&w.ids);
    tone_buf_clear(&w.answer);
    return rc;
}
