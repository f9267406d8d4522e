/* Ears: sharpness from a small model of Zwicker's specific loudness.  A sample of 1.0 is 1 Pa, that is 94 dB SPL, so
 * a sound at -23 LUFS plays at about 71 dB SPL; the level is set to that first. */
#include "signal/stats.h"
#include "sound/hearing.h"

static const double full_scale_spl = 94;

void hear_sharpness(tone_hearing *h)
{
    const tone_analyzer *a = h->a;
    double lufs = h->m->value[TONE_METRIC_INTEGRATED_LUFS], window = 0;
    double gain = isnan(lufs) ? 1 : pow(10, (-23 - lufs) / 10);
    for (int i = 0; i < HEAR_N; i++)
        window += a->hann[i] * a->hann[i];
    /* mean square per cell of a tenth of a Bark: |X|^2 is two-sided, hence the 2 */
    double cell[BARK_CELLS] = {0}, excitation[BARK_CELLS] = {0};
    for (size_t b = 0; b < HEAR_BINS; b++)
        cell[a->bark.cell[b]] += h->mean_power[b] * gain * 2 / (HEAR_N * window);

    /* Spread over the basilar membrane: 27 dB/Bark towards low, 24 + 230 Hz/f - 0.2 L towards high (Terhardt 1979), L
     * the level of the critical band around.  Per cell that is a constant factor, so powers need no exponentials. */
    const double low_step = pow(10, -0.27);
    for (int s = 0; s < BARK_CELLS; s++) {
        double critical = 0, power = pow(10, full_scale_spl / 10) * fmax(cell[s], 1e-30);
        for (int k = s - 5; k <= s + 4; k++)
            critical += k >= 0 && k < BARK_CELLS ? cell[k] : 0;
        double slope = 24 + 230 / a->bark.hz[s] - 0.2 * (tone_db(critical) + full_scale_spl);
        double high_step = pow(10, -0.01 * fmin(fmax(slope, 5), 27)), fall = power;
        for (int t = s; t < BARK_CELLS; t++, fall *= high_step)
            excitation[t] += fall;
        fall = power * low_step;
        for (int t = s - 1; t >= 0; t--, fall *= low_step)
            excitation[t] += fall;
    }

    /* N' = 0.08 Etq^0.23 ((0.5 + 0.5 E / Etq)^0.23 - 1); sharpness = k sum N' g z / sum N'. */
    double sum = 0, moment = 0;
    for (int z = 0; z < BARK_CELLS; z++) {
        double quiet = a->bark.quiet[z];
        double n = fmax(0.08 * pow(quiet, 0.23) * (pow(0.5 + 0.5 * excitation[z] / quiet, 0.23) - 1), 0);
        sum += n;
        moment += n * a->bark.weight[z];
    }
    /* 0.11 in the books; 0.1104 makes noise of 920 to 1080 Hz at 60 dB SPL 1.00 acum with the model above */
    if (sum > 0)
        h->m->value[TONE_METRIC_SHARPNESS] = 0.1104 * moment / sum;
}
