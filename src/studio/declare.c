/* What the model is told it can do.  The text is part of what a model is trained with: changing it changes its hash.
 * Members are in alphabetical order, as the model writes them. */
#include "studio/studio.h"

#define FAMILIES "brightness|warmth|hardness|harshness|punch|pluck|fatness|width|metallic|hollow|wobble|air|boom|distance"
#define GOAL "((" FAMILIES ") (up|down) (small|medium|large)|keep (" FAMILIES "))"
#define CHANGE "[a-z0-9_]+(=|\\\\+=|-=|\\\\*=)-?[0-9A-Za-z/. %:]+"

#define STRING(about) "{\"type\":\"string\",\"description\":\"" about "\"}"
#define STRING_OF(pattern, about) "{\"type\":\"string\",\"pattern\":\"^" pattern "$\",\"description\":\"" about "\"}"
#define TOOL(name, about, properties, required)                                                                          \
    "{\"type\":\"function\",\"function\":{\"name\":\"" name "\",\"description\":\"" about "\",\"parameters\":{\"type\":\"object\"," \
    "\"properties\":{" properties "},\"required\":[" required "],\"additionalProperties\":false}}}"

static const char tools[] = "["
    TOOL("list_parameters", "List parameters with their values. Use it to answer questions about the patch.",
         "\"group\":" STRING("a group (oscillator, unison, pitch, filter, amplitude, modulation, lfo, saturation, eq, compressor, chorus, phaser, comb, delay, reverb, output) "
                             "or the name of one parameter; leave it out for those of most use"), "") ","
    TOOL("set_parameters", "Set parameters to exact values or move them by exact amounts. Use it only when the user names a parameter.",
         "\"changes\":" STRING_OF(CHANGE "(; " CHANGE ")*", "for example: filter_cutoff=800 Hz; filter_resonance+=10; amp_attack*=2"), "\"changes\"") ","
    TOOL("shape", "Change how it sounds as described. Finds the parameters by rendering and measuring, and says what was reached.",
         "\"goals\":" STRING_OF(GOAL "(; " GOAL ")*", "for example: brightness down medium; width up small; keep punch") ","
         "\"like\":" STRING("a sound file to come near to, instead of goals") ","
         "\"remember\":" STRING("a word of the user that means these goals from now on"), "") ","
    TOOL("render", "Play the sound.",
         "\"notes\":" STRING("what to play, for example: C3 E3 G3") ","
         "\"seconds\":{\"type\":\"number\",\"minimum\":0.1,\"maximum\":60,\"description\":\"how long\"}", "") ","
    TOOL("compare", "Say what differs between two versions. Changes nothing.",
         "\"a\":" STRING("before (default), original, A, B, now, a step number, a name, or a sound file") ","
         "\"b\":" STRING("the same; default now"), "") ","
    TOOL("find_presets", "Search the presets; with load the best one becomes the sound.",
         "\"load\":{\"type\":\"boolean\",\"description\":\"take the best one\"},"
         "\"text\":" STRING("words to look for, for example: warm pad"), "\"text\"") ","
    TOOL("history", "Go back and forth between versions, name them, list them.",
         "\"action\":{\"type\":\"string\",\"enum\":[\"undo\",\"redo\",\"goto\",\"branch\",\"name\",\"list\"]},"
         "\"name\":" STRING("for goto: root, a step number or a name; for branch and name: the name") ","
         "\"steps\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"description\":\"how many, for undo and redo\"}", "\"action\"") ","
    TOOL("export", "Write a file.",
         "\"file\":" STRING("its name; leave it out for one of the patch's name") ","
         "\"format\":{\"type\":\"string\",\"enum\":[\"wav\",\"flac\",\"patch\",\"report\"]}", "\"format\"")
    "]";

const char *tone_studio_tools(void)
{
    return tools;
}
