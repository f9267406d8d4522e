#include "cli/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_DEFAULT = 512 };

static bool read_budget(const char *text, uint32_t *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    *out = (uint32_t)n;
    return *text >= '0' && *text <= '9' && !*end && (n == 70 || n == 140 || n == 280 || n == 560 || n == 1120);
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

int cli_media_open(cli_media *m, const cli_engine *e, const char *command)
{
    static const char *const names[] = {"pillow", "torch", "none"};
    tone_error err = {0};
    tone_media_options o = {.projector = m->projector, .n_threads = (uint32_t)e->threads, .exact = e->exact, .low_priority = e->low_priority};
    if (m->budgets.n == 1 && !read_budget(m->budgets.items[0], &o.budget))
        return cli_misuse(command, "--budget is 70, 140, 280, 560 or 1120, not '%s'", m->budgets.items[0]);
    int how = 0;
    while (m->resize && how < 3 && strcmp(m->resize, names[how]) != 0)
        how++;
    if (how == 3)
        return cli_misuse(command, "--resize is pillow, torch or none, not '%s'", m->resize);
    o.resize = (tone_resize)how;
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
