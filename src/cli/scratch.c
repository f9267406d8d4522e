#include "cli/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

tone_status cli_scratch_path(cli_scratch *s, const char *ending, const char **out, tone_error *err)
{
    if (!*s->folder) {
        const char *tmp = getenv("TMPDIR");
        tmp = tmp && *tmp == '/' && strlen(tmp) < sizeof s->folder - 20 ? tmp : "/tmp";
        snprintf(s->folder, sizeof s->folder, "%s/tonesmith-XXXXXX", tmp); /* of this user alone: mode 0700 */
        if (!mkdtemp(s->folder)) {
            *s->folder = 0;
            return tone_fail(err, TONE_ERR_IO, 0, "%s takes no folder", tmp);
        }
    }
    char path[sizeof s->folder + 32];
    snprintf(path, sizeof path, "%s/%zu%s", s->folder, s->n + 1, ending);
    char *copy = strdup(path), **grown = realloc(s->paths, (s->n + 1) * sizeof *grown);
    if (grown)
        s->paths = grown;
    if (!copy || !grown) {
        free(copy);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    }
    *out = s->paths[s->n++] = copy;
    return TONE_OK;
}

void cli_scratch_clear(cli_scratch *s)
{
    for (size_t i = 0; i < s->n; i++) {
        (void)remove(s->paths[i]);
        free(s->paths[i]);
    }
    if (*s->folder)
        (void)rmdir(s->folder);
    free(s->paths);
    *s = (cli_scratch){0};
}
