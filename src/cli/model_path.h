/* cli/model_path.h - what follows -m: a path, or the name of a model that another program has fetched. */
#ifndef TONE_CLI_MODEL_PATH_H
#define TONE_CLI_MODEL_PATH_H

/* *path is the caller's (free), NULL on failure.  0, or an exit status after a line on stderr. */
int cli_model_path(const char *command, const char *text, char **path);

#endif
