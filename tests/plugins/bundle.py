#!/usr/bin/env python3
"""An LV2 bundle around a plug-in of hostile.c: manifest.ttl and plugin.ttl in FOLDER, beside its library.

    bundle.py NAME LIBRARY FOLDER STAMP
"""
import pathlib
import shutil
import sys

name, library, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
prefix = """@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix atom: <http://lv2plug.in/ns/ext/atom#> .
@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix midi: <http://lv2plug.in/ns/ext/midi#> .
@prefix pg: <http://lv2plug.in/ns/ext/port-groups#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix units: <http://lv2plug.in/ns/extensions/units#> .
@prefix urid: <http://lv2plug.in/ns/ext/urid#> .
"""
uri = f"<urn:tonesmith:test:{name}>"
bundle = folder / f"{name}.lv2"
shutil.rmtree(bundle, ignore_errors=True)
bundle.mkdir(parents=True)
shutil.copy(library, bundle / "plugin.so")
(bundle / "manifest.ttl").write_text(prefix + f"""{uri} a lv2:Plugin ; lv2:binary <plugin.so> ; rdfs:seeAlso <plugin.ttl> .
<urn:tonesmith:test:{name}:half> a pset:Preset ; lv2:appliesTo {uri} ; rdfs:seeAlso <plugin.ttl> .
""")
# A name with an escape sequence: hosts must not hand it to a terminal.
(bundle / "plugin.ttl").write_text(prefix + f"""<urn:tonesmith:test:{name}:main> a pg:Group ; lv2:symbol "main" ; lv2:name "Main" .
{uri} a lv2:Plugin, {'lv2:InstrumentPlugin' if name == 'sine' else 'lv2:AmplifierPlugin'} ;
  doap:name "Test\\u001B[31m {name}" ; lv2:requiredFeature urid:map ;
  lv2:port [ a lv2:InputPort, lv2:ControlPort ; lv2:index 0 ; lv2:symbol "gain" ; lv2:name "Gain" ; pg:group <urn:tonesmith:test:{name}:main> ;
      lv2:default 1.0 ; lv2:minimum 0.0 ; lv2:maximum 2.0 ; units:unit units:coef ],
    [ a lv2:InputPort, lv2:AudioPort ; lv2:index 1 ; lv2:symbol "in" ; lv2:name "In" ],
    [ a lv2:OutputPort, lv2:AudioPort ; lv2:index 2 ; lv2:symbol "out" ; lv2:name "Out" ],
    [ a lv2:InputPort, atom:AtomPort ; lv2:index 3 ; lv2:symbol "events" ; lv2:name "Events" ; atom:bufferType atom:Sequence ; atom:supports midi:MidiEvent ],
    [ a lv2:OutputPort, lv2:ControlPort ; lv2:index 4 ; lv2:symbol "latency" ; lv2:name "Latency" ; lv2:designation lv2:latency ; lv2:portProperty lv2:reportsLatency, lv2:integer ] .
<urn:tonesmith:test:{name}:half> a pset:Preset ; lv2:appliesTo {uri} ; rdfs:label "Half" ; lv2:port [ lv2:symbol "gain" ; pset:value 0.5 ] .
""")
pathlib.Path(sys.argv[4]).write_text("")
