/* sound/plugin_quarantine.h - the list of plug-ins that misbehaved. */
#ifndef TONE_SOUND_PLUGIN_QUARANTINE_H
#define TONE_SOUND_PLUGIN_QUARANTINE_H

#include "tonesmith/sound/plugin.h"

/* Put `uri` on the list.  Where the list cannot be kept the sentence says so. */
TONE_NODISCARD tone_status tone_quarantine_add(const char *uri, const char *why, tone_error *err);
/* TONE_ERR_ARGUMENT with the reason when `uri` is on the list. */
TONE_NODISCARD tone_status tone_quarantine_check(const char *uri, tone_error *err);

#endif
