#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The number behind "Name:" in /proc/meminfo, which counts in kB. */
static uint64_t meminfo(const char *name)
{
    FILE *f = fopen("/proc/meminfo", "re");
    char line[128];
    uint64_t kb, found = UINT64_MAX;
    size_t n = strlen(name);
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, name, n) == 0 && line[n] == ':' && sscanf(line + n + 1, "%" SCNu64, &kb) == 1)
            found = kb * 1024;
    if (f)
        fclose(f);
    return found;
}

/* "max" and a file that is not there are no limit. */
static uint64_t group_number(const char *path)
{
    FILE *f = fopen(path, "re");
    uint64_t n = UINT64_MAX;
    if (f) {
        if (fscanf(f, "%" SCNu64, &n) != 1)
            n = UINT64_MAX;
        fclose(f);
    }
    return n;
}

static uint64_t group_limit(void)
{
    uint64_t n = group_number("/sys/fs/cgroup/memory.max"); /* version 2 */
    return n != UINT64_MAX ? n : group_number("/sys/fs/cgroup/memory/memory.limit_in_bytes");
}

/* What the group uses, less the file pages that the system would give up first. */
static uint64_t group_used(void)
{
    uint64_t used = group_number("/sys/fs/cgroup/memory.current"), cached = 0;
    if (used == UINT64_MAX)
        used = group_number("/sys/fs/cgroup/memory/memory.usage_in_bytes");
    FILE *f = fopen("/sys/fs/cgroup/memory.stat", "re");
    if (!f)
        f = fopen("/sys/fs/cgroup/memory/memory.stat", "re");
    char line[128];
    while (f && fgets(line, sizeof line, f)) {
        uint64_t n;
        if (sscanf(line, "inactive_file %" SCNu64, &n) == 1 || sscanf(line, "active_file %" SCNu64, &n) == 1)
            cached += n;
    }
    if (f)
        fclose(f);
    return used == UINT64_MAX ? 0 : used > cached ? used - cached : 0;
}

uint64_t tone_memory_total(void)
{
    uint64_t all = meminfo("MemTotal"), limit = group_limit();
    return all < limit ? all : limit;
}

uint64_t tone_memory_available(void)
{
    uint64_t available = meminfo("MemAvailable"), limit = group_limit(), used = group_used();
    uint64_t left = limit == UINT64_MAX ? limit : limit > used ? limit - used : 0;
    return available < left ? available : left;
}
