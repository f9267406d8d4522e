/* cli/machine.h - what this machine is, for `doctor`. */
#ifndef TONE_CLI_MACHINE_H
#define TONE_CLI_MACHINE_H

#include "tonesmith/base.h"

typedef struct cli_machine {
    char processor[96];   /* as the system calls it      */
    const char *features[24]; /* instruction sets that matter here; n_features of them */
    int n_features;
    int n_cores;          /* of the machine, as threads  */
    int n_usable;         /* that this process may run on */
    double quota;         /* of a control group, in cores; 0: none */
} cli_machine;

void cli_machine_describe(cli_machine *m);

/* A library and the version that is running, or NULL when this program was built without it. */
typedef struct cli_library {
    const char *name;
    char version[32];
    bool found;
} cli_library;

enum { CLI_LIBRARIES_MAX = 24 };
int cli_machine_libraries(cli_library out[CLI_LIBRARIES_MAX]);

#endif
