/* model/model.h - what is behind a tone_model. */
#ifndef TONE_MODEL_MODEL_H
#define TONE_MODEL_MODEL_H

#include "model/plan.h"
#include "tonesmith/model.h"

struct tone_model {
    tone_weights weights;
    tone_plan plan;
    tone_tokenizer *tokenizer; /* NULL when there is none */
    tone_model_facts facts;
    char name[128], tools[64];
    bool instructed;
};

#endif
