#include "cli/cma.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

enum { N_MAX = 48, POPULATION_MAX = TONE_SHAPE_BATCH };

typedef struct cma {
    size_t n, lambda, mu;
    double weight[POPULATION_MAX], mu_eff, c_sigma, d_sigma, c_c, c_1, c_mu, chi;
    double mean[N_MAX], sigma, p_sigma[N_MAX], p_c[N_MAX];
    double c[N_MAX][N_MAX], b[N_MAX][N_MAX], d[N_MAX]; /* C = B diag(d^2) B' */
} cma;

static double gauss(tone_random *r)
{
    double u = tone_random_unit(r), v = tone_random_unit(r);
    return sqrt(-2 * log(1 - u)) * cos(2 * 3.14159265358979323846 * v);
}

static void init(cma *s, size_t n, const double *start)
{
    memset(s, 0, sizeof *s);
    s->n = n;
    s->lambda = 4 + (size_t)floor(3 * log((double)n));
    s->mu = s->lambda / 2;
    double sum = 0, squares = 0, dn = (double)n;
    for (size_t i = 0; i < s->mu; i++)
        sum += s->weight[i] = log(((double)s->lambda + 1) / 2) - log((double)i + 1);
    for (size_t i = 0; i < s->mu; i++) {
        s->weight[i] /= sum;
        squares += s->weight[i] * s->weight[i];
    }
    s->mu_eff = 1 / squares;
    s->c_sigma = (s->mu_eff + 2) / (dn + s->mu_eff + 5);
    s->d_sigma = 1 + 2 * fmax(0, sqrt((s->mu_eff - 1) / (dn + 1)) - 1) + s->c_sigma;
    s->c_c = (4 + s->mu_eff / dn) / (dn + 4 + 2 * s->mu_eff / dn);
    s->c_1 = 2 / ((dn + 1.3) * (dn + 1.3) + s->mu_eff);
    s->c_mu = fmin(1 - s->c_1, 2 * (s->mu_eff - 2 + 1 / s->mu_eff) / ((dn + 2) * (dn + 2) + s->mu_eff));
    s->chi = sqrt(dn) * (1 - 1 / (4 * dn) + 1 / (21 * dn * dn));
    s->sigma = 0.25;
    memcpy(s->mean, start, n * sizeof *start);
    for (size_t i = 0; i < n; i++)
        s->c[i][i] = s->b[i][i] = s->d[i] = 1;
}

/* Jacobi's method: C = B diag(d^2) B'. */
static void decompose(cma *s)
{
    double a[N_MAX][N_MAX];
    memcpy(a, s->c, sizeof a);
    memset(s->b, 0, sizeof s->b);
    for (size_t i = 0; i < s->n; i++)
        s->b[i][i] = 1;
    for (int sweep = 0; sweep < 12; sweep++)
        for (size_t p = 0; p < s->n; p++)
            for (size_t q = p + 1; q < s->n; q++) {
                if (fabs(a[p][q]) < 1e-14)
                    continue;
                double theta = 0.5 * atan2(2 * a[p][q], a[q][q] - a[p][p]), co = cos(theta), si = sin(theta);
                for (size_t k = 0; k < s->n; k++) {
                    double x = a[k][p], y = a[k][q];
                    a[k][p] = co * x - si * y;
                    a[k][q] = si * x + co * y;
                }
                for (size_t k = 0; k < s->n; k++) {
                    double x = a[p][k], y = a[q][k];
                    a[p][k] = co * x - si * y;
                    a[q][k] = si * x + co * y;
                    x = s->b[k][p];
                    y = s->b[k][q];
                    s->b[k][p] = co * x - si * y;
                    s->b[k][q] = si * x + co * y;
                }
            }
    for (size_t i = 0; i < s->n; i++)
        s->d[i] = sqrt(fmax(a[i][i], 1e-20));
}

/* y[k] = B d z, z standard normal. */
static void draw(const cma *s, tone_random *r, double *y)
{
    double z[N_MAX];
    for (size_t i = 0; i < s->n; i++)
        z[i] = s->d[i] * gauss(r);
    for (size_t i = 0; i < s->n; i++) {
        y[i] = 0;
        for (size_t k = 0; k < s->n; k++)
            y[i] += s->b[i][k] * z[k];
    }
}

/* One generation's update from its steps y, sorted best first by `order`. */
static void update(cma *s, double (*y)[N_MAX], const size_t *order, size_t generation)
{
    double step[N_MAX] = {0}, white[N_MAX] = {0}, length = 0, dn = (double)s->n;
    for (size_t i = 0; i < s->mu; i++)
        for (size_t k = 0; k < s->n; k++)
            step[k] += s->weight[i] * y[order[i]][k];
    for (size_t i = 0; i < s->n; i++) { /* B d^-1 B' step */
        double along = 0;
        for (size_t k = 0; k < s->n; k++)
            along += s->b[k][i] * step[k];
        for (size_t k = 0; k < s->n; k++)
            white[k] += s->b[k][i] * along / s->d[i];
    }
    for (size_t k = 0; k < s->n; k++) {
        s->mean[k] += s->sigma * step[k];
        s->p_sigma[k] = (1 - s->c_sigma) * s->p_sigma[k] + sqrt(s->c_sigma * (2 - s->c_sigma) * s->mu_eff) * white[k];
        length += s->p_sigma[k] * s->p_sigma[k];
    }
    length = sqrt(length);
    bool h = length / sqrt(1 - pow(1 - s->c_sigma, 2 * (double)(generation + 1))) < (1.4 + 2 / (dn + 1)) * s->chi;
    for (size_t k = 0; k < s->n; k++)
        s->p_c[k] = (1 - s->c_c) * s->p_c[k] + (h ? sqrt(s->c_c * (2 - s->c_c) * s->mu_eff) * step[k] : 0);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->n; k++) {
            double rank_mu = 0;
            for (size_t m = 0; m < s->mu; m++)
                rank_mu += s->weight[m] * y[order[m]][i] * y[order[m]][k];
            s->c[i][k] = (1 - s->c_1 - s->c_mu) * s->c[i][k] + s->c_1 * (s->p_c[i] * s->p_c[k] + (h ? 0 : s->c_c * (2 - s->c_c) * s->c[i][k])) + s->c_mu * rank_mu;
        }
    s->sigma *= exp(s->c_sigma / s->d_sigma * (length / s->chi - 1));
}

tone_status cli_cma(tone_like *l, uint64_t seed, double *trace, size_t n_trace, tone_error *err)
{
    static const size_t stride = N_MAX;
    cma *s = malloc(sizeof *s);
    double x[POPULATION_MAX][N_MAX] = {{0}}, y[POPULATION_MAX][N_MAX], f[POPULATION_MAX], best = INFINITY;
    tone_random r;
    tone_random_seed(&r, seed);
    if (!s)
        return TONE_ERR_NO_MEMORY;
    init(s, tone_like_knobs(l), tone_like_start(l));
    memcpy(x[0], s->mean, sizeof x[0]);
    tone_status st = tone_like_try(l, f, x[0], stride, 1, err);
    best = f[0];
    size_t used = 1;
    for (size_t i = 0; i < n_trace; i++)
        trace[i] = best;
    for (size_t generation = 0; !st && used + s->lambda <= n_trace; generation++) {
        decompose(s);
        for (size_t i = 0; i < s->lambda; i++) {
            draw(s, &r, y[i]);
            for (size_t k = 0; k < s->n; k++) {
                x[i][k] = fmin(fmax(s->mean[k] + s->sigma * y[i][k], 0), 1);
                y[i][k] = (x[i][k] - s->mean[k]) / s->sigma; /* what was tried, ends of the knobs included */
            }
        }
        st = tone_like_try(l, f, x[0], stride, s->lambda, err);
        size_t order[POPULATION_MAX] = {0};
        for (size_t i = 0; i < s->lambda; i++) {
            size_t at = i;
            for (; at > 0 && f[order[at - 1]] > f[i]; at--)
                order[at] = order[at - 1];
            order[at] = i;
        }
        best = fmin(best, f[order[0]]);
        used += s->lambda;
        for (size_t i = used; i < n_trace; i++)
            trace[i] = best;
        update(s, y, order, generation);
    }
    free(s);
    return st;
}
