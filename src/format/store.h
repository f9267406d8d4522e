/* format/store.h - which models are on this machine, where other programs put them: read in place, never copied.
 *
 *     char *path;
 *     if (tone_store_resolve(&path, "gemma4:e2b", &err))     // a path stays as it is; a name is looked up
 *         …
 *     free(path);
 *
 * Looked at: the project's own folders, $TONESMITH_MODELS, Ollama's manifests, LM Studio, the Hugging Face cache and
 * llama.cpp's cache.  A GGUF file is one model (a split set too), a folder with config.json and safetensors is one.
 * Files named mmproj* belong to the model beside them and are not listed.  Looking opens manifests only; what a model
 * is, tone_store_inspect() tells.  Links are followed, loops of them are not; depth and counts are bounded. */
#ifndef TONE_FORMAT_STORE_H
#define TONE_FORMAT_STORE_H

#include "tonesmith/base.h"

typedef enum tone_store_kind {
    TONE_STORE_OWN,     /* $XDG_DATA_HOME/tonesmith/models and the folder that was installed with the program */
    TONE_STORE_FOLDERS, /* $TONESMITH_MODELS, with ':' between several                                        */
    TONE_STORE_OLLAMA,
    TONE_STORE_LM_STUDIO,
    TONE_STORE_HUGGING_FACE,
    TONE_STORE_LLAMA_CPP,
    TONE_STORE_KINDS
} tone_store_kind;

/* "ollama", "lm-studio", …; never NULL. */
const char *tone_store_kind_name(tone_store_kind kind);

/* Folders to look into, several with ':' between them; "" for none. */
typedef struct tone_store_places {
    char *roots[TONE_STORE_KINDS]; /* owned */
} tone_store_places;

/* What the environment says (HOME, XDG_*, OLLAMA_MODELS, HF_HUB_CACHE, HF_HOME, LLAMA_CACHE, TONESMITH_MODELS). */
TONE_NODISCARD tone_status tone_store_places_init(tone_store_places *out, tone_error *err);
void tone_store_places_clear(tone_store_places *p);

typedef struct tone_store_model {
    char *name; /* "gemma4:e2b" (Ollama), "publisher/repository/file" without .gguf, "organisation/name" (a folder) */
    char *path; /* the file, the first part of a set, or the folder */
    tone_store_kind store;
    bool is_folder;
    uint64_t n_bytes; /* of weights: all parts, all safetensors */
} tone_store_model;

typedef struct tone_store tone_store;

/* Look everywhere.  Folders that are not there are no error; what could not be read is told by tone_store_note(). */
TONE_NODISCARD tone_status tone_store_scan(tone_store **out, const tone_store_places *places, tone_error *err);
void tone_store_free(tone_store *s);

/* In the order of the stores, and by name within each. */
size_t tone_store_n(const tone_store *s);
const tone_store_model *tone_store_at(const tone_store *s, size_t i);

/* One line about something that was skipped. */
size_t tone_store_n_notes(const tone_store *s);
const char *tone_store_note(const tone_store *s, size_t i);

/* The model that `name` means: its whole name, its last part ("gemma-4-E2B-it-Q4_0"), the name of a repository that holds
 * one model, or "repository:Q4_0"; upper and lower case only matter where both exist.  *out is borrowed from `s`.
 * TONE_ERR_NOT_FOUND with the nearest names, or TONE_ERR_ARGUMENT with the candidates when it could mean several. */
TONE_NODISCARD tone_status tone_store_find(const tone_store_model **out, const tone_store *s, const char *name,
                                           tone_error *err);

/* A path that exists is returned as it is, anything else is looked up.  *path is the caller's (free). */
TONE_NODISCARD tone_status tone_store_resolve(char **path, const char *text, tone_error *err);

typedef struct tone_store_about {
    char architecture[32]; /* "gemma4"; "?" when the file does not say        */
    char type[16];         /* of most bytes of its layers: "Q4_0", "BF16"     */
    uint64_t n_tensors;
    uint64_t n_bytes;        /* of all tensors                                */
    uint64_t n_lookup_bytes; /* of those, tables of which a token touches one row: they need not be in memory */
} tone_store_about;

/* Read the model's directory of tensors.  Fails for a damaged or incomplete one, with the reason. */
TONE_NODISCARD tone_status tone_store_inspect(tone_store_about *out, const tone_store_model *m, tone_error *err);

#endif
