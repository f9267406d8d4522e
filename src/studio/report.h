/* studio/report.h - a session as one HTML file that needs nothing else: steps, numbers, pictures. */
#ifndef TONE_STUDIO_REPORT_H
#define TONE_STUDIO_REPORT_H

#include "studio/studio.h"

/* Write the report of the project to `path`, as a whole or not at all.  Pictures of the original and of now are inside
 * the file.  Texts from outside are escaped. */
TONE_NODISCARD tone_status tone_studio_report(tone_studio *s, const char *path, tone_error *err);

#endif
