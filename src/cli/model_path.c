#include "cli/model_path.h"

#include "cli/args.h"
#include "format/store.h"

int cli_model_path(const char *command, const char *text, char **path)
{
    tone_error err;
    return tone_store_resolve(path, text, &err) ? cli_error(command, &err) : 0;
}
