/* How well `shape` does: random patches, every word, both ways. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/args.h"
#include "cli/cma.h"
#include "cli/commands.h"
#include "sound/shape_like.h"
#include "studio/random_patch.h"
#include "tonesmith/sound/shape.h"

enum { MAX_FAMILIES = 64 };

/* Tally of one family and direction. */
typedef struct tally {
    int n, right, reached, held, refused;
    int renders[512];
    double seconds[512];
} tally;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_int(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int by_double(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return d > 0 ? 1 : d < 0 ? -1 : 0;
}

static tone_status try_one(tally *t, const tone_shape_request *r, tone_error *err)
{
    tone_shape_result *s;
    double began = now_s();
    tone_status st = tone_shape(&s, r, err);
    if (st)
        return st;
    int i = t->n++;
    if (i < 512) {
        t->renders[i] = (int)s->n_renders;
        t->seconds[i] = now_s() - began;
    }
    double along = s->goal[0].verdict.score * r->goals.goal[0].direction;
    t->refused += s->n_moves == 0 && s->goal[0].why[0];
    t->right += along > 0.5;
    t->reached += s->goal[0].reached;
    t->held += s->goal[0].verdict.n_broken == 0;
    tone_shape_free(s);
    return TONE_OK;
}

static void print_row(const char *name, const char *way, tally *t, bool json)
{
    int n = t->n < 512 ? t->n : 512, moved = t->n - t->refused;
    if (t->n == 0)
        return;
    qsort(t->renders, (size_t)n, sizeof *t->renders, by_int);
    qsort(t->seconds, (size_t)n, sizeof *t->seconds, by_double);
    double right = moved ? 100.0 * t->right / moved : 100;
    if (json)
        printf("{\"family\":\"%s\",\"way\":\"%s\",\"n\":%d,\"refused\":%d,\"right\":%.1f,\"reached\":%.1f,\"held\":%.1f,\"renders\":%d,\"seconds\":%.3f}\n", name, way, t->n, t->refused, right,
               100.0 * t->reached / t->n, 100.0 * t->held / t->n, t->renders[n / 2], t->seconds[n / 2]);
    else
        printf("%-12s %-5s %5d %8d %8.1f %9.1f %8.1f %8d %9.2f\n", name, way, t->n, t->refused, right, 100.0 * t->reached / t->n, 100.0 * t->held / t->n, t->renders[n / 2], t->seconds[n / 2]);
    fflush(stdout);
}

static void add(tally *all, const tally *t)
{
    for (int i = 0; i < t->n && i < 512; i++)
        if (all->n + i < 512) {
            all->renders[all->n + i] = t->renders[i];
            all->seconds[all->n + i] = t->seconds[i];
        }
    all->n += t->n;
    all->right += t->right;
    all->reached += t->reached;
    all->held += t->held;
    all->refused += t->refused;
}

enum { LIKE_RENDERS = 301 };

/* `like` on hidden patches beside a plain CMA-ES with as many renders. */
static tone_status eval_like(long n, uint64_t seed, long threads, const tone_words *words, tone_error *err)
{
    static const int marks[] = {1, 50, 100, 150, 200, 300};
    enum { MARKS = sizeof marks / sizeof *marks };
    static double ours[MARKS][512], theirs[MARKS][512], trace[2][LIKE_RENDERS];
    tone_random r;
    tone_random_seed(&r, seed);
    tone_status st = TONE_OK;
    int done = 0, wins = 0;
    printf("%-8s %10s %10s %10s\n", "hidden", "start dB", "shape dB", "CMA-ES dB");
    for (long i = 0; !st && i < n && done < 512; i++) {
        tone_patch hidden, start;
        tone_notes notes = {0};
        tone_sound target = {0};
        tone_render_options o = tone_render_defaults();
        o.tail_s = 2;
        st = tone_random_patch(&hidden, &r, err);
        tone_patch_defaults(&start);
        if (!st)
            st = tone_notes_parse(&notes, "C3@0:0.7 G3@0.7:0.5", err);
        if (!st)
            st = tone_render(&target, &hidden, &notes, &o, err);
        tone_shape_request q = tone_shape_defaults();
        q.patch = &start;
        q.notes = &notes;
        q.words = words;
        q.like = &target;
        q.max_renders = LIKE_RENDERS - 1;
        q.n_threads = (uint32_t)threads;
        q.seed = seed + (uint64_t)i;
        tone_shape_result *result = calloc(1, sizeof *result);
        tone_like *l = NULL;
        if (!st && result)
            st = tone_shape_toward_traced(result, &q, trace[0], LIKE_RENDERS, err);
        if (!st)
            st = tone_like_open(&l, &q, err);
        if (!st)
            st = cli_cma(l, q.seed, trace[1], LIKE_RENDERS, err);
        if (!st) {
            for (int m = 0; m < MARKS; m++) {
                ours[m][done] = trace[0][marks[m]];
                theirs[m][done] = trace[1][marks[m]];
            }
            wins += trace[0][LIKE_RENDERS - 1] < trace[1][LIKE_RENDERS - 1];
            printf("%-8ld %10.2f %10.2f %10.2f\n", i + 1, trace[0][0], trace[0][LIKE_RENDERS - 1], trace[1][LIKE_RENDERS - 1]);
            fflush(stdout);
            done++;
        }
        tone_like_close(l);
        free(result);
        tone_sound_clear(&target);
        tone_notes_clear(&notes);
    }
    if (done)
        printf("\n%-8s %10s %10s   (medians of %d; shape is nearer in %d)\n", "renders", "shape dB", "CMA-ES dB", done, wins);
    for (int m = 0; m < MARKS && done; m++) {
        qsort(ours[m], (size_t)done, sizeof(double), by_double);
        qsort(theirs[m], (size_t)done, sizeof(double), by_double);
        printf("%-8d %10.2f %10.2f\n", marks[m], ours[m][done / 2], theirs[m][done / 2]);
    }
    return st;
}

int cli_eval_shape(int argc, char **argv)
{
    long n = 10, seed = 0, threads = 0;
    bool json = false, like = false;
    const char *only = NULL;
    static const cli_spec spec = {"eval-shape", "tonesmith eval-shape [options]",
        "Try `shape` on random patches with every word in both directions and print how often the measured direction was right (of "
        "those that moved), the wished degree was reached, the guards held, and the medians of renders and seconds.",
        "refused: nothing was moved and the reason given."};
    const cli_option options[] = {
        {'n', "patches", CLI_INT, &n, "N", "random patches for each word and direction (default 10)", 1, 100000},
        {0, "seed", CLI_INT, &seed, "N", "of the random patches (default: the clock)", 0, 0},
        {'t', "threads", CLI_INT, &threads, "N", "threads (default: the cores there are)", 1, 64},
        {0, "word", CLI_TEXT, &only, "FAMILY", "only this family", 0, 0},
        {0, "like", CLI_FLAG, &like, NULL, "instead: come near to N hidden random patches, beside a plain CMA-ES", 0, 0},
        {0, "json", CLI_FLAG, &json, NULL, "a line of JSON for each row", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    tone_error err;
    tone_words *words;
    if (tone_words_open(&words, NULL, 0, &err))
        return cli_error("eval-shape", &err);
    if (seed == 0)
        seed = (long)time(NULL);
    if (like) {
        printf("seed %ld\n", seed);
        tone_status done = eval_like(n, (uint64_t)seed, threads, words, &err);
        tone_words_free(words);
        return done ? cli_error("eval-shape", &err) : cli_finish("eval-shape", 0);
    }
    tone_random r;
    tone_random_seed(&r, (uint64_t)seed);
    if (!json)
        printf("seed %ld\n%-12s %-5s %5s %8s %8s %9s %8s %8s %9s\n", seed, "family", "way", "n", "refused", "right %", "reached %", "held %", "renders", "seconds");
    static tally all;
    tone_status st = TONE_OK;
    for (size_t f = 0; !st && f < tone_words_count(words) && f < MAX_FAMILIES; f++)
        for (int way = 1; !st && way >= -1; way -= 2) {
            static tally t;
            memset(&t, 0, sizeof t);
            const char *name = tone_words_at(words, f)->name;
            if (only && strcmp(only, name) != 0)
                continue;
            for (long i = 0; !st && i < n; i++) {
                tone_patch p;
                tone_notes notes = {0};
                st = tone_random_patch(&p, &r, &err);
                if (!st)
                    st = tone_notes_parse(&notes, p.notes[0] ? p.notes : tone_notes_default_text(), &err);
                tone_shape_request q = tone_shape_defaults();
                q.patch = &p;
                q.notes = &notes;
                q.words = words;
                q.goals = (tone_goals){.goal = {{f, way, TONE_DEGREE_MEDIUM}}, .n = 1};
                q.n_threads = (uint32_t)threads;
                if (!st)
                    st = try_one(&t, &q, &err);
                if (st == TONE_ERR_ARGUMENT) /* a silent patch: another one */
                    st = TONE_OK;
                tone_notes_clear(&notes);
            }
            print_row(name, way > 0 ? "up" : "down", &t, json);
            add(&all, &t);
        }
    print_row("all", "", &all, json);
    tone_words_free(words);
    return st ? cli_error("eval-shape", &err) : cli_finish("eval-shape", 0);
}
