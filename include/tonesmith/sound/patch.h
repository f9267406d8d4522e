/* tonesmith/sound/patch.h - a sound as plain data: 88 numbers in real units, a name and tags.  Module: sound.
 *
 * A tone_patch owns nothing and may be copied and compared freely; every function here may be called from any thread
 * [any].  Values inside a patch are always finite and within the range of their parameter: whoever sets a value learns
 * whether it was clamped.
 *
 *     tone_patch p;
 *     tone_patch_defaults(&p);
 *     tone_change c;
 *     if (tone_patch_set(&p, "cutoff", 30000, &c, &err)) …     // an unknown name: the sentence lists the nearest
 *     if (c.clamped) …                                          // c.after is 20000
 */
#ifndef TONESMITH_SOUND_PATCH_H
#define TONESMITH_SOUND_PATCH_H

#include "tonesmith/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tone_param {
#define TONE_PARAM(number, ID, name, GROUP, unit, min, max, def, CURVE, core, choices, help, words) TONE_P_##ID = number,
#include "tonesmith/sound/params.h"
    TONE_N_PARAMS = 88
} tone_param;

typedef enum tone_curve {
    TONE_CURVE_LINEAR, /* equal steps of the knob are equal differences              */
    TONE_CURVE_LOG,    /* … equal ratios                                              */
    TONE_CURVE_CUBE,   /* value = min + (max - min)·knob³: fine near the lower end    */
    TONE_CURVE_COUNT,  /* whole numbers                                               */
    TONE_CURVE_CHOICE  /* whole numbers that have names                               */
} tone_curve;

typedef enum tone_group {
    TONE_GROUP_OSCILLATOR,
    TONE_GROUP_UNISON,
    TONE_GROUP_PITCH,
    TONE_GROUP_FILTER,
    TONE_GROUP_AMPLITUDE,
    TONE_GROUP_MODULATION,
    TONE_GROUP_LFO,
    TONE_GROUP_SATURATION,
    TONE_GROUP_EQ,
    TONE_GROUP_COMPRESSOR,
    TONE_GROUP_CHORUS,
    TONE_GROUP_PHASER,
    TONE_GROUP_COMB,
    TONE_GROUP_DELAY,
    TONE_GROUP_REVERB,
    TONE_GROUP_OUTPUT,
    TONE_N_GROUPS
} tone_group;

typedef struct tone_param_info {
    tone_param id;
    const char *name; /* "filter_cutoff" */
    tone_group group;
    const char *unit; /* "Hz", "ms", "dB", "cents", "semitones", "octaves", "ratio", "%", …; "" for a choice */
    float min, max, def;
    tone_curve curve;
    bool core;           /* one of those to try first */
    const char *choices; /* "sine|triangle|saw|square": names of 0, 1, …; NULL unless a choice */
    const char *help;    /* one line: what it does to the sound */
    const char *words;   /* "cutoff|filter cutoff|brightness knob": other names, split by '|' */
} tone_param_info;

/* The facts of one parameter; `id` is below TONE_N_PARAMS. */
TONE_API const tone_param_info *tone_param_get(tone_param id);
/* By exact name, or by one of its words; case, spaces, '-' and '_' make no difference.  NULL when there is none. */
TONE_API const tone_param_info *tone_param_find(const char *name);
/* The same; an unknown name is TONE_ERR_NOT_FOUND with the nearest names in the sentence. */
TONE_API TONE_NODISCARD tone_status tone_param_require(const tone_param_info **out, const char *name, tone_error *err);
/* "filter", …; NULL past the last. */
TONE_API const char *tone_group_name(tone_group g);

/* The knob position 0…1 of a value (clamped) and back.  Values of counts and choices are rounded. */
TONE_API double tone_param_to_knob(tone_param id, double value);
TONE_API double tone_param_from_knob(tone_param id, double knob);

/* "1.2 kHz", "-6 dB", "saw": the value as people write it.  Returns out. */
TONE_API const char *tone_param_print(char out[32], tone_param id, double value);
/* Read what tone_param_print() writes, and plain numbers, "1200", "1.2k", "35%", "0.5 s" for ms, the name of a choice.
 * The value is not clamped.  Another unit than the parameter's own is an error. */
TONE_API TONE_NODISCARD tone_status tone_param_parse(double *value, tone_param id, const char *text, tone_error *err);

enum {
    TONE_PATCH_VERSION = 1,
    TONE_PATCH_NAME_MAX = 64,
    TONE_PATCH_TAGS_MAX = 12,
    TONE_PATCH_TAG_MAX = 24,
    TONE_PATCH_ABOUT_MAX = 256,
    TONE_PATCH_NOTES_MAX = 1024
};

/* Strings are UTF-8 without control characters and terminated; bytes after the end are 0. */
typedef struct tone_patch {
    float values[TONE_N_PARAMS];
    uint32_t n_tags;
    char name[TONE_PATCH_NAME_MAX];
    char tags[TONE_PATCH_TAGS_MAX][TONE_PATCH_TAG_MAX];
    char about[TONE_PATCH_ABOUT_MAX]; /* one line for people */
    char notes[TONE_PATCH_NOTES_MAX]; /* what to play to hear it, as tone_notes_parse() reads it; "" for the default */
} tone_patch;

/* What one change did. */
typedef struct tone_change {
    tone_param param;
    float before, after;
    double asked;
    bool clamped; /* `after` is not what was asked: the range ended, or a choice was rounded */
} tone_change;

/* Every parameter at its default, called "init". */
TONE_API void tone_patch_defaults(tone_patch *p);
/* Set one value, clamped to its range.  `out` may be NULL.  A value that is no number is TONE_ERR_ARGUMENT, and the patch
 * is as it was. */
TONE_API TONE_NODISCARD tone_status tone_patch_set(tone_patch *p, const char *name, double value, tone_change *out,
                                                   tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_patch_set_id(tone_patch *p, tone_param id, double value, tone_change *out,
                                                      tone_error *err);
/* "filter_cutoff=1.2 kHz", and "filter_cutoff+=200", "level-=3", "filter_cutoff*=2" for relative moves. */
TONE_API TONE_NODISCARD tone_status tone_patch_set_text(tone_patch *p, const char *assignment, tone_change *out,
                                                        tone_error *err);
/* "filter_cutoff 800 Hz → 1.2 kHz", with "(asked for 30 kHz)" when clamped. */
TONE_API const char *tone_change_print(char out[128], const tone_change *c);

/* Sentences about what was accepted but not as written: clamps, values that were missing. */
enum { TONE_REPORT_LINES = 16 };
typedef struct tone_report {
    size_t n; /* all of them; only the first TONE_REPORT_LINES have text */
    char lines[TONE_REPORT_LINES][200];
} tone_report;

/* Read a patch from JSON of at most 1 MiB:
 *
 *     {"tonesmith_patch": 1, "name": "…", "tags": ["bass", …], "about": "…", "notes": "C2@0:1", "params": {"level": -12, …}}
 *
 * An unknown key or parameter, a wrong type or a newer version is an error.  A value out of range is clamped and a missing
 * parameter takes its default: both are told in `report` (may be NULL).  On failure *p is as it was. */
TONE_API TONE_NODISCARD tone_status tone_patch_read(tone_patch *p, const char *json, size_t n, tone_report *report,
                                                    tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_patch_read_file(tone_patch *p, const char *path, tone_report *report,
                                                         tone_error *err);
/* JSON of the whole patch, every parameter in the order of params.h; *out is the caller's (free).  Reading it back gives
 * an equal patch. */
TONE_API TONE_NODISCARD tone_status tone_patch_write(char **out, const tone_patch *p, tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_patch_write_file(const tone_patch *p, const char *path, tone_error *err);

/* The factory presets are part of the library. */
TONE_API size_t tone_preset_count(void);
/* Preset i in the order of the list; i is below tone_preset_count(). */
TONE_API TONE_NODISCARD tone_status tone_preset_get(tone_patch *p, size_t i, tone_error *err);
/* By name, in any case; an unknown name is TONE_ERR_NOT_FOUND with the nearest names in the sentence. */
TONE_API TONE_NODISCARD tone_status tone_preset_find(tone_patch *p, const char *name, tone_error *err);
/* Presets that match the words of `text` in name, tags or description, best first: indices in out[0..room).  Returns how
 * many match; an empty text matches all. */
TONE_API size_t tone_preset_search(size_t *out, size_t room, const char *text);

#ifdef __cplusplus
}
#endif
#endif
