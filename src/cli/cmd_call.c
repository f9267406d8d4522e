/* One call of a tool, as a model would make it: for scripts and editors. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/project.h"
#include "tonesmith/agent.h"

int cli_call(int argc, char **argv)
{
    cli_project p = {0};
    bool tools = false, hash = false;
    static const cli_spec spec = {"call", "tonesmith call [options] TOOL [ARGUMENTS]",
        "Make one call on the project: what a model would do. ARGUMENTS is a JSON object. The result is a JSON object; one with an "
        "error gives exit status 1.",
        "Example:\n  tonesmith call shape '{\"goals\":\"brightness down medium; keep punch\"}'"};
    const cli_option options[] = {
        CLI_PROJECT_OPTIONS(p),
        {0, "folder", CLI_TEXT, &p.folder, "DIR", "where exports go (default: here)", 0, 0},
        {0, "tools", CLI_FLAG, &tools, NULL, "print the declarations of the tools and exit", 0, 0},
        {0, "tools-hash", CLI_FLAG, &hash, NULL, "print what tells this set of tools from others, and exit", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (tools) {
        puts(tone_studio_tools());
        return cli_finish("call", 0);
    }
    if (hash) {
        char digits[17];
        tone_tools_hash(tone_studio_tools(), digits);
        puts(digits);
        return cli_finish("call", 0);
    }
    if (argc < 1 || argc > 2)
        return cli_misuse("call", "give a tool and its arguments");
    rc = cli_project_open(&p, "call");
    if (rc == 0)
        rc = cli_project_call(&p, "call", argv[0], argc == 2 ? argv[1] : "{}", true);
    cli_project_close(&p);
    return rc;
}
