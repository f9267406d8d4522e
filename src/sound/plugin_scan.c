/* What the plug-ins of the world say of themselves, as JSON.  Nothing here runs their code. */
#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/event/event.h>
#include <lv2/midi/midi.h>
#include <lv2/options/options.h>
#include <lv2/port-groups/port-groups.h>
#include <lv2/port-props/port-props.h>
#include <lv2/presets/presets.h>
#include <lv2/state/state.h>
#include <lv2/log/log.h>
#include <lv2/units/units.h>
#include <lv2/worker/worker.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "sound/plugin_host.h"

json_t *node_text(const LilvNode *node)
{
    const char *text = node ? lilv_node_is_uri(node) ? lilv_node_as_uri(node) : lilv_node_as_string(node) : "";
    char *copy = strdup(text ? text : "");
    if (!copy)
        return json_string("");
    tone_make_printable(copy);
    json_t *s = json_string(copy);
    free(copy);
    return s ? s : json_string("");
}

const char *host_refuses(host *h, const LilvPlugin *plugin)
{
    static const char *const known[] = {
        LV2_URID__map, LV2_URID__unmap, LV2_OPTIONS__options, LV2_BUF_SIZE__boundedBlockLength, LV2_BUF_SIZE__fixedBlockLength,
        LV2_BUF_SIZE__powerOf2BlockLength, LV2_WORKER__schedule, LV2_STATE__loadDefaultState, LV2_LOG__log,
        LV2_CORE__inPlaceBroken, LV2_CORE__hardRTCapable, LV2_CORE__isLive, LV2_STATE__threadSafeRestore};
    static char why[96];
    why[0] = '\0';
    LilvNodes *required = lilv_plugin_get_required_features(plugin);
    LILV_FOREACH (nodes, i, required) {
        const char *uri = lilv_node_as_uri(lilv_nodes_get(required, i));
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known && uri && !found; k++)
            found = strcmp(uri, known[k]) == 0;
        if (!found)
            snprintf(why, sizeof why, "needs the feature %s", uri ? uri : "?");
    }
    lilv_nodes_free(required);
    (void)h;
    return why;
}

/* The nodes a scan asks for again and again. */
typedef struct words {
    LilvNode *input, *audio, *control, *atom, *midi, *integer, *toggled, *enumeration, *logarithmic, *by_rate, *group, *name, *label,
        *symbol, *unit, *preset, *freewheel, *designation;
} words;

static void words_open(words *w, LilvWorld *world)
{
    *w = (words){
        .input = lilv_new_uri(world, LV2_CORE__InputPort), .audio = lilv_new_uri(world, LV2_CORE__AudioPort),
        .control = lilv_new_uri(world, LV2_CORE__ControlPort), .atom = lilv_new_uri(world, LV2_ATOM__AtomPort),
        .midi = lilv_new_uri(world, LV2_MIDI__MidiEvent), .integer = lilv_new_uri(world, LV2_CORE__integer),
        .toggled = lilv_new_uri(world, LV2_CORE__toggled), .enumeration = lilv_new_uri(world, LV2_CORE__enumeration),
        .logarithmic = lilv_new_uri(world, LV2_PORT_PROPS__logarithmic), .by_rate = lilv_new_uri(world, LV2_CORE__sampleRate),
        .group = lilv_new_uri(world, LV2_PORT_GROUPS__group), .name = lilv_new_uri(world, LV2_CORE__name),
        .label = lilv_new_uri(world, LILV_NS_RDFS "label"), .symbol = lilv_new_uri(world, LV2_UNITS__symbol),
        .unit = lilv_new_uri(world, LV2_UNITS__unit), .preset = lilv_new_uri(world, LV2_PRESETS__Preset),
        .freewheel = lilv_new_uri(world, LV2_CORE__freeWheeling), .designation = lilv_new_uri(world, LV2_CORE__designation)};
}

static void words_close(words *w)
{
    LilvNode **all = (LilvNode **)w;
    for (size_t i = 0; i < sizeof *w / sizeof *all; i++)
        lilv_node_free(all[i]);
}

static bool is_control(const LilvPlugin *p, const LilvPort *port, const words *w)
{
    if (!lilv_port_is_a(p, port, w->control) || !lilv_port_is_a(p, port, w->input))
        return false;
    LilvNode *to = lilv_port_get(p, port, w->designation);
    bool ours = to && lilv_node_equals(to, w->freewheel); /* the host says that it is offline */
    lilv_node_free(to);
    return !ours;
}

static json_t *facts(host *h, const LilvPlugin *p, const words *w)
{
    json_int_t in = 0, out = 0, midi = 0, controls = 0;
    for (uint32_t i = 0; i < lilv_plugin_get_num_ports(p); i++) {
        const LilvPort *port = lilv_plugin_get_port_by_index(p, i);
        bool input = lilv_port_is_a(p, port, w->input);
        if (lilv_port_is_a(p, port, w->audio))
            *(input ? &in : &out) += 1;
        else if (input && lilv_port_is_a(p, port, w->atom) && lilv_port_supports_event(p, port, w->midi))
            midi++;
        else if (is_control(p, port, w))
            controls++;
    }
    LilvNode *name = lilv_plugin_get_name(p);
    json_t *o = json_pack("{s:o,s:o,s:o,s:I,s:I,s:I,s:I,s:o}", "uri", node_text(lilv_plugin_get_uri(p)), "name", node_text(name),
                          "class", node_text(lilv_plugin_class_get_label(lilv_plugin_get_class(p))), "in", in, "out", out, "midi", midi,
                          "controls", controls, "why_not", json_string(host_refuses(h, p)));
    lilv_node_free(name);
    return o;
}

json_t *host_list(host *h)
{
    json_t *list = json_array();
    words w;
    words_open(&w, h->world);
    const LilvPlugins *all = lilv_world_get_all_plugins(h->world);
    LILV_FOREACH (plugins, i, all)
        json_array_append_new(list, facts(h, lilv_plugins_get(all, i), &w));
    words_close(&w);
    return json_pack("{s:o}", "plugins", list);
}

/* "dB" of units:db; a unit of the plug-in's own brings its symbol. */
static json_t *unit_of(host *h, const LilvPlugin *p, const LilvPort *port, const words *w)
{
    static const char *const usual[][2] = {{"bar", "bars"}, {"beat", "beats"}, {"bpm", "bpm"}, {"cent", "cents"}, {"coef", ""}, {"db", "dB"},
                                           {"degree", "degrees"}, {"frame", "frames"}, {"hz", "Hz"}, {"khz", "kHz"}, {"mhz", "MHz"},
                                           {"midiNote", "note"}, {"min", "min"}, {"ms", "ms"}, {"oct", "octaves"}, {"pc", "%"}, {"s", "s"},
                                           {"semitone12TET", "semitones"}, {"m", "m"}, {"cm", "cm"}, {"mm", "mm"}};
    LilvNode *unit = lilv_port_get(p, port, w->unit);
    if (!unit)
        return json_string("");
    const char *uri = lilv_node_is_uri(unit) ? lilv_node_as_uri(unit) : "";
    json_t *text = NULL;
    if (strncmp(uri, LV2_UNITS_PREFIX, strlen(LV2_UNITS_PREFIX)) == 0)
        for (size_t i = 0; i < sizeof usual / sizeof *usual && !text; i++)
            if (strcmp(uri + strlen(LV2_UNITS_PREFIX), usual[i][0]) == 0)
                text = json_string(usual[i][1]);
    LilvNode *symbol = text ? NULL : lilv_world_get(h->world, unit, w->symbol, NULL);
    if (!text)
        text = node_text(symbol);
    lilv_node_free(symbol);
    lilv_node_free(unit);
    return text;
}

static json_t *group_of(host *h, const LilvPlugin *p, const LilvPort *port, const words *w)
{
    LilvNode *group = lilv_port_get(p, port, w->group), *name = group ? lilv_world_get(h->world, group, w->name, NULL) : NULL;
    if (group && !name)
        name = lilv_world_get(h->world, group, w->label, NULL);
    json_t *text = node_text(name);
    lilv_node_free(name);
    lilv_node_free(group);
    return text;
}

static double number(const LilvNode *node, double otherwise)
{
    if (!node || !(lilv_node_is_float(node) || lilv_node_is_int(node) || lilv_node_is_bool(node)))
        return otherwise;
    double v = lilv_node_is_bool(node) ? lilv_node_as_bool(node) : (double)lilv_node_as_float(node);
    return isfinite(v) ? v : otherwise;
}

static json_t *control_of(host *h, const LilvPlugin *p, uint32_t index, const words *w)
{
    const LilvPort *port = lilv_plugin_get_port_by_index(p, index);
    LilvNode *def, *min, *max, *name = lilv_port_get_name(p, port);
    lilv_port_get_range(p, port, &def, &min, &max);
    double by = lilv_port_has_property(p, port, w->by_rate) ? h->rate : 1;
    double low = number(min, 0) * by, high = number(max, 1) * by, start = number(def, low / by) * by;
    bool toggled = lilv_port_has_property(p, port, w->toggled);
    const char *curve = lilv_port_has_property(p, port, w->enumeration) ? "choice"
                        : toggled                                       ? "switch"
                        : lilv_port_has_property(p, port, w->integer)   ? "count"
                        : lilv_port_has_property(p, port, w->logarithmic) ? "log"
                                                                          : "linear";
    json_t *choices = json_array();
    LilvScalePoints *points = lilv_port_get_scale_points(p, port);
    LILV_FOREACH (scale_points, i, points) {
        const LilvScalePoint *s = lilv_scale_points_get(points, i);
        json_array_append_new(choices, json_pack("[f,o]", number(lilv_scale_point_get_value(s), 0), node_text(lilv_scale_point_get_label(s))));
    }
    lilv_scale_points_free(points);
    json_t *o = json_pack("{s:I,s:o,s:o,s:o,s:o,s:f,s:f,s:f,s:s,s:o}", "port", (json_int_t)index, "name", node_text(lilv_port_get_symbol(p, port)),
                          "label", node_text(name), "group", group_of(h, p, port, w), "unit", unit_of(h, p, port, w), "min", low, "max", high,
                          "default", start, "curve", curve, "choices", choices);
    lilv_node_free(name);
    lilv_node_free(def);
    lilv_node_free(min);
    lilv_node_free(max);
    return o;
}

json_t *host_describe(host *h)
{
    words w;
    words_open(&w, h->world);
    const LilvPlugin *p = h->plugin;
    json_t *controls = json_array(), *presets = json_array();
    for (uint32_t i = 0; i < lilv_plugin_get_num_ports(p); i++)
        if (is_control(p, lilv_plugin_get_port_by_index(p, i), &w))
            json_array_append_new(controls, control_of(h, p, i, &w));
    LilvNodes *related = lilv_plugin_get_related(p, w.preset);
    LILV_FOREACH (nodes, i, related) {
        const LilvNode *preset = lilv_nodes_get(related, i);
        lilv_world_load_resource(h->world, preset);
        LilvNode *label = lilv_world_get(h->world, preset, w.label, NULL);
        json_array_append_new(presets, json_pack("{s:o,s:o}", "uri", node_text(preset), "name", node_text(label)));
        lilv_node_free(label);
    }
    lilv_nodes_free(related);
    json_t *o = json_pack("{s:o,s:o,s:o}", "plugin", facts(h, p, &w), "controls", controls, "presets", presets);
    words_close(&w);
    return o;
}
