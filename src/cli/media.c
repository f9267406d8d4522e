#include "cli/media.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/patches.h"
#include "tonesmith/hearing.h"

enum { BATCH_DEFAULT = 512 };

static bool read_budget(const char *text, uint32_t *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    *out = (uint32_t)n;
    return *text >= '0' && *text <= '9' && !*end && n <= UINT32_MAX && tone_budget_known(*out);
}

static int set_budgets(cli_media *m, const char *command)
{
    if (m->budgets.n > 1 && m->budgets.n != m->images.n)
        return cli_misuse(command, "--budget given %d times for %d pictures: once for all, or once each", m->budgets.n, m->images.n);
    uint32_t each[CLI_LIST_MAX];
    for (int i = 0; i < m->budgets.n; i++)
        if (!read_budget(m->budgets.items[i], &each[i]))
            return cli_misuse(command, "--budget is 70, 140, 280, 560 or 1120, not '%s'", m->budgets.items[i]);
    int image = 0;
    for (size_t i = 0; i < m->n && m->budgets.n; i++)
        if (m->items[i].kind == TONE_INPUT_IMAGE)
            m->items[i].budget = each[m->budgets.n > 1 ? image++ : 0];
    return 0;
}

int cli_media_order(cli_media *m, const char *command)
{
    int image = 0, sound = 0;
    m->n = 0;
    while (image < m->images.n || sound < m->sounds.n) {
        bool picture = sound == m->sounds.n || (image < m->images.n && m->images.at[image] < m->sounds.at[sound]);
        m->items[m->n++] = picture ? (tone_medium){.kind = TONE_INPUT_IMAGE, .path = m->images.items[image++]}
                                   : (tone_medium){.kind = TONE_INPUT_AUDIO, .path = m->sounds.items[sound++]};
    }
    return set_budgets(m, command);
}

int cli_resize_named(tone_resize *out, const char *name, const char *command)
{
    static const char *const names[] = {"pillow", "torch", "none"}; /* as tone_resize */
    for (int i = 0; name && i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (tone_resize)i;
            return 0;
        }
    return name ? cli_misuse(command, "--resize is pillow, torch or none, not '%s'", name) : 0;
}

int cli_media_open(cli_media *m, const cli_engine *e, const char *command)
{
    tone_error err = {0};
    tone_media_options o = {.projector = m->projector, .n_threads = (uint32_t)e->threads, .exact = e->exact, .low_priority = e->low_priority,
        .progress = m->progress};
    if (m->budgets.n > 1 && !m->n)
        return cli_misuse(command, "--budget given %d times", m->budgets.n);
    if (m->budgets.n == 1 && !read_budget(m->budgets.items[0], &o.budget))
        return cli_misuse(command, "--budget is 70, 140, 280, 560 or 1120, not '%s'", m->budgets.items[0]);
    int rc = cli_resize_named(&o.resize, m->resize, command);
    if (rc)
        return rc;
    return tone_media_open(&m->media, e->model, e->path, &o, &err) ? cli_error(command, &err) : 0;
}

void cli_media_close(cli_media *m)
{
    tone_media_close(m->media);
    m->media = NULL;
}

int cli_media_fill(cli_media *m, tone_media_prompt *out, const tone_token_list *ids, const char *command)
{
    tone_error err = {0};
    return tone_media_fill(m->media, out, ids->ids, ids->n, m->items, m->n, &err) ? cli_error(command, &err) : 0;
}

void cli_media_fit(cli_engine *e, size_t longest)
{
    if (!e->batch && longest > BATCH_DEFAULT && tone_model_info(e->model)->sees_pictures_whole)
        e->batch = (long)longest;
}

void cli_media_remark(char *out, size_t room, const tone_medium *medium, const tone_medium_facts *facts)
{
    *out = 0;
    if (medium->kind != TONE_INPUT_AUDIO)
        return;
    if (facts->peak < TONE_HEARING_FAINT)
        snprintf(out, room, "%s: there is hardly anything to hear (peak %.0f dB of full scale)", medium->path,
                 facts->peak > 0 ? 20 * log10((double)facts->peak) : -200.0);
    else if (facts->n_parts > 1)
        snprintf(out, room, "%s: %.1f s are heard in %zu parts, cut at pauses", medium->path, facts->seconds, facts->n_parts);
}

int cli_media_take(cli_media *m, const char *command)
{
    for (size_t i = 0; i < m->n; i++) {
        tone_error err = {0};
        tone_medium_facts facts;
        char line[512];
        if (tone_media_take(m->media, &m->items[i], &facts, &err))
            return cli_error(command, &err);
        cli_media_remark(line, sizeof line, &m->items[i], &facts);
        if (*line)
            fprintf(stderr, "tonesmith %s: %s\n", command, line);
    }
    return 0;
}

tone_status cli_attach(cli_attached *a, tone_media *m, tone_input_kind kind, const char *path, uint32_t budget, tone_medium_facts *facts,
                       tone_error *err)
{
    *facts = (tone_medium_facts){0};
    if (a->n == CLI_LIST_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "a message takes %d pictures and sounds", CLI_LIST_MAX);
    const tone_medium medium = {.kind = kind, .path = path, .budget = budget};
    char hash[17];
    tone_status st = tone_media_take(m, &medium, facts, err);
    if (!st)
        st = tone_media_hash(hash, path, err);
    if (st)
        return st;
    char *whole = realpath(path, NULL), *kept = strdup(hash); /* a saved conversation may be loaded from elsewhere */
    if (!whole || !kept) {
        free(whole);
        free(kept);
        return tone_fail(err, TONE_ERR_IO, 0, "%s: no path leads there", path);
    }
    a->parts[a->n++] = (tone_part){.kind = kind == TONE_INPUT_AUDIO ? TONE_PART_AUDIO : TONE_PART_IMAGE, .text = whole, .hash = kept, .budget = budget};
    return TONE_OK;
}

void cli_attached_clear(cli_attached *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free((char *)a->parts[i].text);
        free((char *)a->parts[i].hash);
    }
    a->n = 0;
}

uint32_t cli_media_budget(const cli_media *m)
{
    uint32_t budget = 0;
    return m->budgets.n == 1 && read_budget(m->budgets.items[0], &budget) ? budget : 0;
}
