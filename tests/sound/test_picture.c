/* Pictures: every kind at every size, what is where, the PNG reads back, terminals; and what is refused. */
#include <png.h>

#include "check.h"
#include "signals.h"
#include "sound/canvas.h"
#include "sound/picture_parts.h"
#include "tonesmith/sound/picture.h"

static tone_analyzer *ears;

static tone_image *draw(const tone_clip *clips, size_t n, tone_picture_kind kind, uint32_t width, uint32_t height)
{
    static const char *const names[] = {"first.wav", "a name that is far too long for any picture of a sensible size \xE2\x82\xAC \x01.wav", "c", ""};
    tone_picture_options opt = {.kind = kind, .width = width, .height = height};
    tone_image *image;
    tone_error err = {0};
    CHECK_CASE(tone_picture_draw(&image, ears, clips, names, n, &opt, &err) == TONE_OK, "%s %u: %s", tone_picture_name(kind), (unsigned)width, err.text);
    return image;
}

static unsigned long colour_at(const tone_image *image, uint32_t x, uint32_t y)
{
    const uint8_t *p = image->rgb + 3 * ((size_t)y * image->width + x);
    return (unsigned long)p[0] << 16 | (unsigned long)p[1] << 8 | p[2];
}

static void test_every_kind(void)
{
    tone_clip clips[4] = {make_clip(1, 1, 48000), make_clip(0.3, 2, 44100), make_clip(2, 1, 48000), make_clip(0.0005, 1, 48000)};
    add_sine(&clips[0], -1, 440, 0.5, 0);
    add_sine(&clips[1], 0, 1000, 0.5, 0);
    samples(&clips[3])[0] = 1;
    static const uint32_t widths[] = {160, 280, 800, 1601};
    for (int kind = 0; kind < TONE_N_PICTURES; kind++)
        for (int w = 0; w < 4; w++)
            for (size_t n = 1; n <= 4; n++) {
                if ((kind == TONE_PICTURE_AB && n != 2) || (w == 3 && n > 2))
                    continue;
                tone_image *image = draw(clips, n, (tone_picture_kind)kind, widths[w], 0);
                if (!image)
                    continue;
                CHECK(image->width == widths[w] && image->height >= 60);
                unsigned long inked = 0;
                for (uint32_t y = 0; y < image->height; y++)
                    for (uint32_t x = 0; x < image->width; x++)
                        inked += colour_at(image, x, y) != 0xFFFFFF;
                CHECK_CASE(inked > image->width * 4ul, "%s of %zu at %u: %lu pixels", tone_picture_name((tone_picture_kind)kind), n, (unsigned)widths[w], inked);
                tone_image_free(image);
            }
    for (int i = 0; i < 4; i++)
        free_clip(&clips[i]);
}

/* The brightest row of the spectrogram of a sine lies at its frequency, in both scales; the picture of a click is a
 * bright column where it happened. */
static void test_places(void)
{
    static const double hz[] = {60, 220, 600, 1000, 3000, 9000};
    enum { W = 40, H = 300 };
    static float grid[W * H];
    for (int i = 0; i < 6; i++)
        for (int scale = SCALE_LOG; scale <= SCALE_MEL; scale++) {
            tone_clip c = make_clip(1, 1, 48000);
            add_sine(&c, -1, hz[i], 0.5, 0);
            double *x = malloc(c.n_frames * sizeof *x);
            for (size_t k = 0; k < c.n_frames; k++)
                x[k] = (double)c.frames[k];
            tone_hearing h = {.a = ears, .n = c.n_frames, .channels = 1, .x = {x, NULL}};
            CHECK(picture_grid(grid, &h, W, H, 1, (hz_scale)scale, NULL) == TONE_OK);
            int best = 0;
            for (int y = 0; y < H; y++)
                best = grid[20 * H + y] > grid[20 * H + best] ? y : best;
            double want = picture_hz_place((hz_scale)scale, hz[i]) * H;
            CHECK_CASE(fabs(best + 0.5 - want) <= 2.5, "%g Hz in row %d, not %.1f", hz[i], best, want);
            CHECK_CASE(fabs((double)grid[20 * H + best] + 6.02) < 1.5, "%g Hz: %g dB", hz[i], (double)grid[20 * H + best]);
            free(x);
            free_clip(&c);
        }
    tone_clip c = make_clip(1, 1, 48000);
    samples(&c)[24600] = 1;
    double *x = malloc(c.n_frames * sizeof *x);
    for (size_t k = 0; k < c.n_frames; k++)
        x[k] = (double)c.frames[k];
    tone_hearing h = {.a = ears, .n = c.n_frames, .channels = 1, .x = {x, NULL}};
    CHECK(picture_grid(grid, &h, W, H, 1, SCALE_LOG, NULL) == TONE_OK);
    int best = 0;
    for (int k = 0; k < W; k++)
        best = grid[k * H + 250] > grid[best * H + 250] ? k : best;
    CHECK_CASE(best == 20, "the click is in column %d", best);
    free(x);
    free_clip(&c);
}

/* Lightness of the colour map rises all the way. */
static void test_colours(void)
{
    double before = -1;
    for (int i = 0; i <= 64; i++) {
        rgb c = canvas_heat(i / 64.0);
        double light = 0.2126 * pow((c >> 16 & 255) / 255.0, 2.2) + 0.7152 * pow((c >> 8 & 255) / 255.0, 2.2) + 0.0722 * pow((c & 255) / 255.0, 2.2);
        CHECK_CASE(light > before, "step %d", i);
        before = light;
    }
    CHECK(canvas_heat(-1) == canvas_heat(0) && canvas_heat(NAN) == canvas_heat(0) && canvas_heat(7) == canvas_heat(1));
}

static void test_png(void)
{
    tone_clip c = make_clip(0.2, 1, 48000);
    add_sine(&c, -1, 440, 0.5, 0);
    tone_image *image = draw(&c, 1, TONE_PICTURE_WAVEFORM, 280, 0);
    uint8_t *bytes;
    size_t n;
    if (image && CHECK(tone_image_png(&bytes, &n, image, NULL) == TONE_OK)) {
        png_image back;
        memset(&back, 0, sizeof back);
        back.version = PNG_IMAGE_VERSION;
        CHECK(png_image_begin_read_from_memory(&back, bytes, n));
        back.format = PNG_FORMAT_RGB;
        uint8_t *pixels = malloc(PNG_IMAGE_SIZE(back));
        CHECK(back.width == image->width && back.height == image->height && png_image_finish_read(&back, NULL, pixels, 0, NULL));
        CHECK(memcmp(pixels, image->rgb, (size_t)image->width * image->height * 3) == 0);
        free(pixels);
        free(bytes);
    }
    tone_error err;
    CHECK(image && tone_image_write_png(image, "/nonexistent/x.png", &err) != TONE_OK && strstr(err.text, "/nonexistent"));
    tone_image_free(image);
    free_clip(&c);
}

static unsigned long count(const char *text, const char *part)
{
    unsigned long n = 0;
    for (const char *t = text; (t = strstr(t, part)); t++)
        n++;
    return n;
}

static void test_terminals(void)
{
    tone_clip c = make_clip(0.5, 1, 48000);
    add_sine(&c, -1, 1000, 0.5, 0);
    char *text = NULL;
    CHECK(tone_picture_text(&text, ears, &c, "a\x1b[31m\xC2\x9B", TONE_TERMINAL_PLAIN, 60, 12, NULL) == TONE_OK);
    CHECK(count(text, "\n") == 14 && count(text, "\x1b") == 0 && count(text, "\x9B") == 0 && strstr(text, "a?[31m") && strstr(text, "0.5 s"));
    const char *line = strstr(text, " 1k "); /* the row of the sine is the dark one */
    CHECK(line && count(line, "@") >= 40 && line[30] == '@');
    free(text);
    CHECK(tone_picture_text(&text, ears, &c, "a", TONE_TERMINAL_COLOURS, 60, 12, NULL) == TONE_OK);
    CHECK(count(text, "\xE2\x96\x80") == 54 * 12 && count(text, "\x1b[0m") == 12 && count(text, "\x1b[38;5;") >= 12 && count(text, "\x1b[38;2;") == 0);
    free(text);
    CHECK(tone_picture_text(&text, ears, &c, "a", TONE_TERMINAL_TRUE_COLOUR, 60, 12, NULL) == TONE_OK && count(text, "\x1b[38;2;") >= 12);
    free(text);
    CHECK(tone_picture_text(&text, ears, &c, "a", TONE_TERMINAL_SIXEL, 40, 10, NULL) == TONE_OK);
    CHECK(strncmp(text, "\x1bP0;1q\"1;1;320;160#0;", 21) == 0 && count(text, "-") == (160 + 5) / 6 && strcmp(text + strlen(text) - 3, "\x1b\\\n") == 0);
    free(text);
    CHECK(tone_picture_text(&text, ears, &c, "a", TONE_TERMINAL_KITTY, 40, 10, NULL) == TONE_OK);
    CHECK(strncmp(text, "\x1b_Ga=T,f=100,m=", 15) == 0 && strstr(text, ";iVBORw0KGgo") && count(text, "m=0;") == 1);
    free(text);
    tone_error err;
    CHECK(tone_picture_text(&text, ears, &c, "a", TONE_TERMINAL_PLAIN, 5, 12, &err) == TONE_ERR_ARGUMENT && text == NULL);
    samples(&c)[5] = NAN;
    CHECK(tone_picture_text(&text, ears, &c, "a", TONE_TERMINAL_PLAIN, 60, 12, &err) == TONE_ERR_ARGUMENT && strstr(err.text, "frame 5"));
    free_clip(&c);
}

static void test_refused(void)
{
    tone_clip c[2] = {make_clip(0.2, 1, 48000), make_clip(0.2, 1, 48000)};
    static const char *const names[5] = {"", "", "", "", ""};
    static const struct {
        tone_picture_options opt;
        size_t n;
        const char *says;
    } cases[] = {
        {{TONE_PICTURE_AB, 800, 0}, 1, "2 sounds, not 1"},     {{TONE_PICTURE_MEL, 800, 0}, 0, "1 to 4 sounds, not 0"},
        {{TONE_PICTURE_MEL, 100, 0}, 1, "100 x"},              {{TONE_PICTURE_MEL, 5000, 0}, 1, "5000 x"},
        {{TONE_PICTURE_MEL, 800, 10}, 1, "800 x 10"},          {{(tone_picture_kind)17, 800, 0}, 1, "no picture of kind 17"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_image *image;
        tone_error err = {0};
        CHECK_CASE(tone_picture_draw(&image, ears, c, names, cases[i].n, &cases[i].opt, &err) == TONE_ERR_ARGUMENT && image == NULL && strstr(err.text, cases[i].says), "%zu: %s", i, err.text);
    }
    CHECK(tone_picture_name((tone_picture_kind)17) == NULL);
    tone_image_free(NULL);
    free_clip(&c[0]);
    free_clip(&c[1]);
}

int main(void)
{
    if (!CHECK(tone_analyzer_new(&ears, NULL) == TONE_OK))
        return check_done();
    test_every_kind();
    test_places();
    test_colours();
    test_png();
    test_terminals();
    test_refused();
    tone_analyzer_free(ears);
    return check_done();
}
