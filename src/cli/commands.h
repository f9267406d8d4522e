/* cli/commands.h - the commands of commands.inc, one function each. */
#ifndef TONE_CLI_COMMANDS_H
#define TONE_CLI_COMMANDS_H

#define COMMAND(name, help) int cli_##name(int argc, char **argv);
#include "cli/commands.inc"
#undef COMMAND

#endif
