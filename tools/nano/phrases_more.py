"""Utterances that are no change by description (exact.py has the exact values): history, questions, rendering, presets, and what to leave alone.

Every function takes the Grammar and gives an Utterance.
"""
from aside import OTHER, REFUSE, other, refuse
from exact import called, exact, light, spell, weighted_param
from phrases import FAMILIES, Utterance, goals_text


UNDO = ["undo", "undo that", "take that back", "go back", "go back one step", "revert that", "revert", "no, undo", "that was worse, undo it", "I liked it better before", "back to the previous version", "step back", "cancel that", "oops, undo", "never mind, take it back", "put it back",
        "the last change was bad, take it back", "return to how it was before", "undo the last change", "roll that back", "no no no, back", "it was better before", "ctrl z", "please undo", "can you undo that", "scratch that", "forget that change", "I didn't like that, back please", "mach das rückgängig", "annule ça",
        "deshazlo", "annulla", "zurück", "restore the last version", "back up one step", "nope, revert", "don't like it, undo", "that's not it, go back", "ugh, undo", "worse. back.", "reverse the last step", "what you just did, undo it", "dial that back to where we were",
    "undo it", "undo please", "can we undo", "go back a step", "one step back", "back one", "back please", "take it back please", "that made it worse", "that's worse",
    "worse, go back", "it was nicer before", "I preferred it before", "I prefer the last one", "I liked the previous one more", "the previous one was better",
    "previous version please", "restore the previous version", "bring back the previous sound", "give me back the old sound", "undo my last request",
    "undo your last move", "get rid of that change", "remove that change", "drop that change", "I take that back", "I take it back", "nah, undo", "nope, go back",
    "nope, undo that", "no thanks, undo", "yuck, undo", "terrible, undo", "I hate it, go back", "bad idea, back", "that was a mistake, undo", "mistake, go back",
    "wrong, undo it", "hmm, back to what it was", "make it like before", "as it was before please", "how it was before please", "like it was a minute ago",
    "unchange it", "revert to the previous", "revert please", "rewind", "rewind one step", "un-do", "undoo that", "undo taht", "please go back", "let's go back",
    "let's undo that", "ctrl-z", "cmd z", "command z", "rückgängig machen", "mach's rückgängig", "eins zurück", "das war vorher besser", "reviens en arrière",
    "défais ça", "c'était mieux avant", "vuelve atrás", "era mejor antes", "torna indietro", "era meglio prima"]
UNDO_N = ["undo the last {n} changes", "go back {n} steps", "undo {n} steps", "take back the last {n} steps", "{n} steps back", "revert the last {n} changes", "undo {n} times", "back {n} steps please",
    "{n} steps back please", "undo the last {n}", "undo the last {n} steps", "take back {n} changes", "{n} undos", "go {n} steps back", "roll back {n} steps",
    "rewind {n} steps", "revert {n} steps", "take {n} steps back", "go back by {n}", "the last {n} changes were bad, undo them", "{n} Schritte zurück"]
REDO = ["redo", "redo that", "do it again after all", "bring that change back", "no wait, redo it", "put the change back", "go forward again", "step forward", "I changed my mind, redo", "undo the undo", "actually it was better with it, redo", "forward one step", "restore what I just undid", "reapply that", "redo please",
        "bring back what you just removed", "hmm, go forward again", "rehaz", "refais-le", "wiederherstellen",
    "redo it", "redo it please", "can we redo that", "re-do", "redo the last thing", "redo the change", "bring it back after all", "put it back in after all",
    "go forward", "forward", "one step forward", "forward again", "forward please", "actually redo it", "actually I liked that, redo",
    "I liked it with the change, redo", "it was better with that", "restore the change", "restore that change", "reapply the change", "apply it again",
    "apply that change again", "let's have that change again", "undo your undo", "undo that undo", "take back the undo", "revert the undo", "cancel the undo",
    "no, I want the change back", "I want that change back", "give me the change back", "return the change", "redo what I undid", "repeat what was undone", "ctrl y",
    "ctrl shift z", "noch einmal vorwärts", "wiederhole die Änderung", "rétablis", "vuelve a hacerlo", "rifallo", "ripristina"]
ROOT = ["go back to the original", "back to the start", "back to the beginning", "start over", "reset everything", "go to the root", "original sound please", "return to the first version", "take me back to where we began", "forget all changes", "I want the original patch back", "reset the patch", "from scratch",
        "back to square one", "undo everything", "throw all of this away and start again", "drop every change", "restore the original", "zurück zum Anfang", "reviens au début", "go to the very first step", "the initial version please", "as it was in the beginning", "revert all the changes",
    "back to the original please", "original please", "go to the original", "the original sound", "the original please", "return to the original",
    "revert to the original", "reset", "reset it", "reset please", "full reset", "reset to the start", "reset the sound", "reset to the beginning", "start again",
    "start fresh", "start from scratch", "from the top", "back to zero", "back to the very beginning", "back to the very first version", "first version please",
    "go to the first version", "the first one please", "go to the first step", "where we started please", "back to where we started", "back to how it started",
    "how it was when I opened it", "like when I loaded it", "as it was at the start", "undo all", "undo all changes", "undo all of it", "undo the whole lot",
    "revert everything", "revert all", "clear all changes", "discard all changes", "discard everything", "scrap it all and go back to the start", "scrap everything",
    "throw out all the changes", "lose all my changes", "remove all changes", "the untouched preset please", "the untouched version", "give me the untouched sound",
    "alles zurücksetzen", "das Original bitte", "tout annuler", "l'original s'il te plaît", "vuelve al original", "torna all'originale"]
GOTO = ["go to step {n}", "jump to step {n}", "back to step {n}", "show me step {n} again", "load step {n}", "take me to step {n}", "return to step {n}", "step {n} please", "I liked step {n}, go there",
    "go back to step {n}", "step {n}", "switch to step {n}", "open step {n}", "restore step {n}", "version {n} please", "go to version {n}", "back to version {n}",
    "number {n} was best, go there", "I want step {n} back", "bring back step {n}", "jump back to step {n}", "revert to step {n}", "let's go to step {n}",
    "give me step {n}", "geh zu Schritt {n}"]
GOTO_NAME = ["go to {n}", "go back to {n}", "load {n} again", "jump to the version called {n}", "bring back {n}", "return to {n}", "switch to {n}",
    "go to the version called {n}", "open the version {n}", "load the version named {n}", "back to {n} please", "jump to {n}", "restore {n}",
    "return to the version named {n}", "I want the version called {n} back", "take me to {n}"]
NAME = ["call this {n}", "name this version {n}", "remember this as {n}", "label this {n}", "save this state as {n}", "bookmark this as {n}", "let's call this one {n}", "mark this version as {n}",
    "name it {n}", "name this {n}", "call it {n}", "call this version {n}", "tag this as {n}", "mark this as {n}", "bookmark this: {n}", "remember this version as {n}",
    "keep this one as {n}", "this one is called {n}", "label it {n}", "give this the name {n}", "label this step {n}", "this is the one I call {n}"]
BRANCH = ["start a branch called {n}", "branch off as {n}", "make a new branch {n}", "new branch: {n}", "let's try something else on a branch called {n}", "fork this as {n}",
    "create a branch called {n}", "create branch {n}", "branch {n}", "make a branch named {n}", "fork to {n}", "new branch called {n}", "start a new branch {n}",
    "open a branch {n}", "let's branch as {n}", "branch here and call it {n}", "branch off and call it {n}"]
LIST = ["show me the history", "list the steps", "what have we done so far", "what did we try", "show all versions", "list all the changes so far", "give me the list of steps", "what are the steps", "show the tree", "history please",
    "show history", "show me all the steps", "what steps did we make", "list the history", "history", "list all versions", "which versions are there",
    "what versions do I have", "show me every step", "show me the undo tree", "what's in the history", "list the changes", "show me what we did step by step",
    "zeig mir den Verlauf", "montre l'historique", "muestra el historial"]
LABELS = ["keeper", "good one", "wild", "verse", "chorus", "take two", "dark version", "for mixing", "final", "idea", "safe", "experiment", "bright one", "monday", "the fat one", "alt", "v2", "best so far", "intro", "bridge"]


def history(g):
    rng = g.rng
    which = rng.choices(["undo", "n", "redo", "root", "goto", "gotoname", "name", "branch", "list"], [30, 8, 14, 20, 8, 5, 7, 4, 5])[0]
    n = rng.randint(2, 9)
    label = rng.choice(LABELS)
    if which == "undo":
        return Utterance(g.dress(g.pick(UNDO)), "history", call=("history", {"action": "undo"}), expect="undo")
    if which == "n":
        said = rng.choice([str(n), spell(n)])
        return Utterance(light(g, g.pick(UNDO_N).format(n=said)), "history", call=("history", {"action": "undo", "steps": n}), expect="undo")
    if which == "redo":
        return Utterance(g.dress(g.pick(REDO)), "history", call=("history", {"action": "redo"}), expect="redo")
    if which == "root":
        return Utterance(g.dress(g.pick(ROOT)), "history", call=("history", {"action": "goto", "name": "root"}), expect="goto root")
    if which == "goto":
        n = rng.randint(1, 40)
        return Utterance(light(g, g.pick(GOTO).format(n=n)), "history", call=("history", {"action": "goto", "name": str(n)}), expect=f"goto {n}")
    if which == "gotoname":
        return Utterance(light(g, g.pick(GOTO_NAME).format(n=label)), "history", call=("history", {"action": "goto", "name": label}), expect=f"goto {label}")
    if which == "list":
        return Utterance(g.dress(g.pick(LIST)), "history", call=("history", {"action": "list"}), expect="list")
    return Utterance(light(g, g.pick(NAME if which == "name" else BRANCH).format(n=label)), "history", call=("history", {"action": which, "name": label}), expect=which)


ASK_PARAM = ["what's the {p}", "what is the {p}", "what's the {p} at", "how high is the {p}", "what is the {p} set to", "tell me the {p}", "where is the {p} right now", "what value does the {p} have", "how much {p} is there", "{p}?", "what does the {p} do", "what does {p} mean", "explain the {p}", "current {p}?",
             "could you tell me what the {p} is", "which {p} do we have", "what {p} are we using", "how is the {p} set", "show me the {p}", "read me the {p}",
    "{p} value?", "value of the {p}?", "what's {p} right now", "tell me what the {p} is set to", "how much {p} do we have", "how much {p} is on it",
    "how long is the {p}", "how fast is the {p}", "is the {p} on", "is there any {p}", "what range does the {p} have", "what is the range of the {p}",
    "how high can the {p} go", "what is {p} for", "what's the point of the {p}", "give me the {p} value", "read out the {p}", "check the {p}", "check the {p} value",
    "show {p}", "print the {p}", "wie hoch ist {p}", "was macht {p}", "quelle est la valeur de {p}", "cuánto es {p}", "where's the {p} at", "where does the {p} stand"]
ASK_GROUP = ["show me the {g} settings", "what are the {g} parameters", "list the {g} parameters", "how is the {g} set up", "what can I change in the {g}", "what's going on in the {g} section", "give me all {g} values", "tell me about the {g}", "which knobs does the {g} have",
    "show me the {g}", "show the {g} parameters", "list the {g} settings", "list the {g}", "what are the {g} settings", "how's the {g} configured", "how is the {g} set",
    "what does the {g} section look like", "what's in the {g}", "what's in the {g} section", "print the {g} values", "tell me the {g} settings",
    "what are the {g} values", "parameters of the {g}", "give me the {g} settings", "which {g} parameters are there", "show me what the {g} does"]
ASK_ALL = ["what parameters are there", "list all parameters", "what can I change", "show me everything you can change", "which knobs do I have", "what are my options", "show me the patch", "what's in this patch", "list the settings",
    "list parameters", "show all parameters", "show parameters", "show me all the parameters", "what knobs are there", "which controls are there",
    "what controls do I have", "what can I tweak", "what can be changed", "what are the settings", "show the settings", "show me the settings",
    "show me the current settings", "print the patch", "dump the parameters on screen", "what's this patch made of", "how is this patch built", "how is this sound made",
    "tell me about the patch", "describe the patch", "zeig mir alle Parameter", "was kann ich ändern"]
ASK_CHANGE = ["what did you change", "what changed", "what's different now", "what did you just do", "what have you done", "what was the last change", "tell me what you did", "how is it different from before", "explain the last change", "what did that do", "so what changed exactly", "what moved", "which parameters did you move",
              "was hast du geändert", "qu'est-ce que tu as changé", "qué has cambiado", "cosa hai cambiato", "compare with before", "compare it with the previous one", "before and after please", "did it get darker", "is it brighter than before", "how much darker did it get", "how much wider is it now", "is the punch still there",
    "what did you do", "what did you do there", "what was changed", "what has changed", "what have you changed", "what exactly did you change", "what exactly changed",
    "tell me what changed", "tell me what you changed", "show me what changed", "show me the difference", "what's the difference", "what is the difference to before",
    "what's new", "what was that", "what happened", "what just happened", "what did that change", "how did it change", "how much did it change",
    "compare with the last version", "compare to the previous version", "compare before and after", "before vs after", "before/after", "A/B please",
    "a b comparison please", "what moved in the spectrum", "did it work", "did that work", "did anything change", "did it get brighter", "did it get warmer",
    "did it get wider", "did it get louder", "is it darker now", "is it darker than before", "is it wider than before", "is it warmer now", "how much brighter is it",
    "how much darker is it now", "how much louder did it get", "did you keep the punch", "is the width the same as before", "did the bass change",
    "and what did you do exactly", "which knobs did you turn", "which knobs did you move", "was hat sich geändert", "was hast du gemacht", "qu'est-ce qui a changé",
    "qué cambió", "cosa è cambiato"]
ASK_ORIGINAL = ["how far are we from the original", "compare with the original", "what's different from the original", "what changed since the start", "how does it compare to where we began", "everything that changed so far", "difference to the first version", "compare this to the preset I began with", "sum up all changes",
    "how is it different from the original", "how does it differ from the original", "how different is it from the original", "compare it to the original",
    "compare to the original", "original versus now", "what changed since the beginning", "what changed since we started", "what have we changed in total",
    "all changes since the start", "difference to the original", "difference from the start", "how far have we come", "how far did we get from the start",
    "sum up what changed since the original", "compare with the first version", "compare it with the untouched preset", "compared to the start, what's different",
    "now against the original", "Vergleich mit dem Original"]
ASK_SOUND = ["how loud is it", "how bright is it", "how wide is it", "how fast is the attack", "what's the loudness", "what is the centroid", "how does it measure", "give me the measurements", "what do your ears say", "how many LUFS", "is it loud", "analyse the sound", "what are the numbers", "how wide is the stereo image right now", "describe the sound in numbers",
             "tell me how it sounds", "what does it sound like", "is it mono or stereo", "is it too loud", "what's the brightness right now",
    "how loud is this", "how loud is the sound", "how loud is it right now", "what's the level in LUFS", "loudness?", "LUFS?", "what's the centroid",
    "what's the spectral centroid", "centroid?", "how bright is this sound", "how bright is it right now", "how dark is it", "how wide is this",
    "how wide is it right now", "what's the width", "how mono is it", "is it wide", "is it bright", "is it dark", "is it stereo", "how quick is the attack",
    "how slow is the attack", "how long does the attack take in this sound", "give me the numbers", "the numbers please", "numbers please", "show me the measurements",
    "show measurements", "measure it", "measure the sound", "measure this", "analyze it", "analyse it", "analyze the sound", "analyze this sound", "describe the sound",
    "describe it in numbers", "what do you measure", "what do you hear", "what are the stats", "stats please", "sound stats", "wie laut ist es", "wie hell ist es",
    "à quel point c'est fort", "qué tan fuerte suena", "quanto è forte"]


def question(g):
    rng = g.rng
    which = rng.choices(["param", "group", "all", "change", "original", "sound"], [30, 10, 6, 26, 10, 18])[0]
    if which == "param":
        p = weighted_param(g)
        return Utterance(g.dress(g.pick(ASK_PARAM).format(p=called(rng, p))), "question", call=("list_parameters", {"group": p["name"]}))
    if which == "group":
        group = rng.choice(g.params)["group"]
        return Utterance(g.dress(g.pick(ASK_GROUP).format(g=group)), "question", call=("list_parameters", {"group": group}))
    if which == "all":
        return Utterance(g.dress(g.pick(ASK_ALL)), "question", call=("list_parameters", {}))
    if which == "change":
        return Utterance(g.dress(g.pick(ASK_CHANGE)), "question", call=("compare", {"a": "before"}))
    if which == "original":
        return Utterance(g.dress(g.pick(ASK_ORIGINAL)), "question", call=("compare", {"a": "original"}))
    return Utterance(g.dress(g.pick(ASK_SOUND)), "question", call=("say", {"what": "sound"}))


PLAY = ["play it", "let me hear it", "play", "render it", "render", "can I hear that", "play it again", "let's hear it", "play the sound", "sound check", "bounce it", "make some noise", "preview it", "listen", "play that for me", "spiel es ab", "joue-le", "tócalo", "suonalo", "I want to hear it", "give me a render", "play me the result",
    "play it please", "play this", "play the patch", "play the result", "play what we have", "play me the sound", "play that again", "play it once more",
    "can you play it", "could you play it", "please play it", "hit play", "press play", "let me listen", "let me listen to it", "I want to listen",
    "I'd like to hear it", "I'd like to hear that", "let me hear the result", "let me hear what we have", "let me hear", "let's listen", "let's hear what we've got",
    "listen to it", "audition it", "audition the sound", "render it please", "render the sound", "render this", "render now", "make a render", "do a render", "sound it",
    "sound please", "hear it", "give me a listen", "test it", "test the sound", "test tone of this patch", "spiel es", "spiel mal", "lass hören", "fais-moi écouter",
    "joue-le s'il te plaît", "tócalo por favor", "déjame oírlo", "fammelo sentire", "suonalo per favore"]
PLAY_NOTES = ["play {n}", "render {n}", "play the notes {n}", "let me hear {n}", "can you play {n}", "try {n}", "play it on {n}", "render it with {n}", "hit {n} for me"]
PLAY_LONG = ["play it for {s} seconds", "render {s} seconds", "give me {s} seconds of it", "bounce {s} seconds", "let it play for {s} seconds", "render it {s} seconds long"]
CHORDS = {"C major": "C3 E3 G3", "A minor": "A2 C3 E3", "D minor": "D3 F3 A3", "F major": "F2 A2 C3", "G major": "G2 B2 D3", "E minor": "E2 G2 B2"}


def render(g):
    rng = g.rng
    which = rng.choices(["plain", "notes", "chord", "long"], [50, 25, 12, 13])[0]
    if which == "notes":
        notes = " ".join(rng.choice("CDEFGAB") + rng.choice(["", "", "", "#"]) + str(rng.randint(1, 5)) for _ in range(rng.randint(1, 4)))
        notes = notes.replace("E#", "E").replace("B#", "B")
        return Utterance(light(g, g.pick(PLAY_NOTES).format(n=notes)), "render", call=("render", {"notes": notes}))
    if which == "chord":
        chord = rng.choice(list(CHORDS))
        return Utterance(light(g, g.pick(["play a {n} chord", "let me hear {n}", "render a {n} chord", "a {n} chord please", "try it on a {n} chord"]).format(n=chord)), "render", call=("render", {"notes": CHORDS[chord]}))
    if which == "long":
        s = rng.choice([1, 2, 3, 4, 5, 6, 8, 10])
        return Utterance(light(g, g.pick(PLAY_LONG).format(s=rng.choice([str(s), spell(s)]))), "render", call=("render", {"seconds": s}))
    return Utterance(g.dress(g.pick(PLAY)), "render", call=("render", {}))


EXPORT = ["export it as {f}", "save it as {f}", "export a {f}", "write a {f} file", "give me a {f}", "export {f}", "save this as a {f} file", "bounce to {f}", "I need a {f}", "can I have it as {f}", "store it as {f}", "{f} export please", "download as {f}", "exportiere als {f}", "exporte en {f}", "dump it to {f}",
    "export as {f}", "export to {f}", "export it to {f}", "save as {f}", "save to {f}", "save it as {f} please", "save a {f}", "save a {f} of this", "write it as {f}",
    "write a {f}", "write this to {f}", "make a {f}", "make me a {f}", "make a {f} file", "render to a {f} file", "render it to {f} file", "bounce it as {f}",
    "bounce a {f}", "print it to {f}", "send me a {f}", "I want a {f} file", "I want it as {f}", "I'd like a {f} file", "get me a {f}", "{f} file please",
    "{f} please, to disk", "{f} please", "as {f} please", "output a {f}", "create a {f}", "speichere als {f}", "sauve en {f}", "guarda en {f}", "salva in {f}"]
EXPORT_PLAIN = ["export it", "save it", "export", "save this", "bounce it to disk", "write it to a file", "save the sound", "I want to keep this, export it", "export please", "store this on disk",
    "export this", "export the sound", "export it please", "export audio", "export the audio", "save the audio", "save it to disk", "save it please",
    "save it to a file", "save the result", "bounce it to a file", "bounce the audio", "render to file", "render it to disk", "render it to a file",
    "write the audio to disk", "write to disk", "I want a file of this", "give me a file", "give me the file", "give me an audio file", "I need the file",
    "put it in a file", "exportieren bitte", "speichere es", "exporte-le", "expórtalo", "esportalo"]
REPORT = ["write a report", "give me a report", "export a report of the session", "make a report", "document what we did", "report please", "a summary with pictures please",
    "report", "a report please", "a report", "write the report", "write me a report", "I need a report", "I'd like a report", "make me a report", "export the report",
    "export a report", "create a report", "save a report", "generate a report", "produce a report", "session report", "session report please",
    "a written summary to disk", "a document about what we did", "make documentation of the session", "Bericht bitte", "un rapport s'il te plaît",
    "un informe por favor"]
PATCH = ["save the patch", "export the patch", "save it as a patch", "give me the patch file", "store the preset", "save this preset", "export the settings", "export the json",
    "save patch", "save this patch", "save my patch", "export patch", "export this patch", "export my patch", "write the patch", "write the patch file",
    "store the patch", "store this patch", "give me the patch", "a patch file please", "I want the patch as a file", "save the patch to disk", "save the preset",
    "save it as a preset", "save this as a preset", "export the preset", "export as preset", "store it as a preset", "make a preset of this", "make a preset file",
    "save the parameters to a file", "save the settings", "save the settings to a file", "Patch speichern", "guarda el patch"]
FILES = ["bright lead", "my bass", "final", "take_3", "dark_pad", "session1", "test", "warmkeys", "chorus-lead", "idea 7"]


def export(g):
    rng = g.rng
    which = rng.choices(["format", "plain", "report", "patch", "file"], [36, 18, 14, 16, 16])[0]
    if which == "format":
        form = rng.choice(["wav", "flac"])
        said = rng.choice({"wav": ["wav", "WAV", "wave"], "flac": ["flac", "FLAC"]}[form])
        return Utterance(light(g, g.pick(EXPORT).format(f=said)), "export", call=("export", {"format": form}))
    if which == "report":
        return Utterance(g.dress(g.pick(REPORT)), "export", call=("export", {"format": "report"}))
    if which == "patch":
        return Utterance(g.dress(g.pick(PATCH)), "export", call=("export", {"format": "patch"}))
    if which == "file":
        form, name = rng.choice(["wav", "flac"]), rng.choice(FILES)
        return Utterance(light(g, rng.choice(["export it as {n}.{f}", "save to {n}.{f}", "write {n}.{f}", "bounce this to {n}.{f}"]).format(n=name, f=form)), "export", call=("export", {"format": form, "file": f"{name}.{form}"}))
    return Utterance(g.dress(g.pick(EXPORT_PLAIN)), "export", call=("export", {"format": "wav"}))


KINDS = ["bass", "lead", "pad", "pluck", "keys", "bell", "drum", "texture", "strings", "organ", "brass", "kick", "snare", "piano", "choir", "flute", "drone", "arp"]
MOODS = ["warm", "dark", "bright", "soft", "hard", "dirty", "clean", "wide", "deep", "fat", "airy", "metallic", "hollow", "gentle", "aggressive", "vintage", "glassy", "slow", "short", "evolving", "analog", "digital", "cinematic", "funky", "dreamy", "sub", "wobbly", "plucky", "punchy"]
FIND = ["find me {a} {t}", "do you have {a} {t}", "show me {t} presets", "any {t} presets", "search for {t}", "look for {a} {t}", "list {t} sounds", "which {t} presets are there", "find {t}", "what {t} sounds do you have", "got any {t}", "is there {a} {t}", "search presets: {t}", "presets for {t}",
    "find {a} {t}", "find a good {t}", "show me {t} sounds", "show me some {t} sounds", "are there any {t} presets", "are there {t} presets", "have you got {a} {t}",
    "what {t} presets do you have", "which {t} sounds do you have", "list all {t} presets", "list the {t} presets", "list {t} presets", "presets with {t}",
    "presets tagged {t}", "anything like {a} {t}", "anything {t} in the presets", "search the presets for {t}", "search for {a} {t}", "search {t}",
    "look up {t} presets", "browse {t} presets", "which presets are {t}", "I'm looking for {a} {t} preset", "suche {t} Presets", "cherche {a} {t}", "busca {t}",
    "cerca {t}"]
LOAD = ["load {a} {t}", "give me {a} {t}", "start with {a} {t}", "use {a} {t}", "switch to {a} {t}", "open {a} {t} preset", "I want {a} {t}", "let's begin with {a} {t}", "pick {a} {t} for me", "change to {a} {t}", "put on {a} {t}",
    "load up {a} {t}", "load some {t}", "load me {a} {t}", "load the best {t}", "load {a} {t} preset", "load {a} {t} sound", "start from {a} {t}",
    "start off with {a} {t}", "begin with {a} {t}", "take {a} {t}", "take {a} {t} preset", "use {a} {t} preset", "use {a} {t} sound", "switch over to {a} {t}",
    "swap it for {a} {t}", "replace it with {a} {t}", "I want to start with {a} {t}", "let's start with {a} {t}", "let's use {a} {t}", "get me {a} {t} preset",
    "pull up {a} {t}", "bring up {a} {t}", "choose {a} {t} for me", "open {a} {t}", "lade {t}"]
LOAD_NAME = ["load {n}", "load the preset {n}", "open {n}", "use the preset {n}", "switch to {n}", "give me {n}", "let's take {n}",
    "load preset {n}", "load up {n}", "open the preset {n}", "open preset {n}", "use {n}", "pick {n}", "take {n}", "start with {n}", "start from {n}",
    "switch to the preset {n}", "change to {n}", "select {n}", "pull up {n}", "bring up {n}", "I want the preset {n}", "put on {n}"]


def find(g):
    rng = g.rng
    text = rng.choice(KINDS) if rng.random() < 0.35 else f"{rng.choice(MOODS)} {rng.choice(KINDS)}"
    a = "an" if text[0] in "aeiou" else "a"
    which = rng.choices(["find", "load", "name"], [50, 35, 15 if g.names else 0])[0]
    if which == "name":
        name = rng.choice(g.names)
        return Utterance(light(g, g.pick(LOAD_NAME).format(n=name)), "find", call=("find_presets", {"text": name, "load": True}))
    if which == "load":
        return Utterance(g.dress(g.pick(LOAD).format(a=a, t=text)).replace("\n", " "), "find", call=("find_presets", {"text": text, "load": True}))
    return Utterance(light(g, g.pick(FIND).format(a=a, t=text)), "find", call=("find_presets", {"text": text}))


MEANS = ["no, {w} means {g}", "by {w} I mean {g}", "when I say {w} I mean {g}", "for me {w} is {g}", "{w} means {g}", "no no, {w} for me means {g}", "I use {w} for {g}", "remember: {w} means {g}", "that's not what I mean by {w}, I mean {g}", "to me {w} means {g}",
    "remember that {w} means {g}", "remember, {w} means {g}", "from now on {w} means {g}", "by {w} I meant {g}", "when I say {w} I want {g}", "if I say {w} I mean {g}",
    "{w} is {g} for me", "{w} to me is {g}", "{w} should mean {g}", "{w} = {g}", "no, by {w} I mean {g}", "no! {w} means {g}", "note that {w} means {g}",
    "keep in mind that {w} means {g}", "learn this: {w} means {g}", "to us {w} means {g}", "what I call {w} is {g}", "{w}, as I use it, is {g}",
    "the word {w} means {g}", "mit {w} meine ich {g}"]


def word(g):
    rng = g.rng
    family, way = rng.choice(list(FAMILIES)), rng.choice(["up", "down"])
    said = rng.choice(FAMILIES[family][way]["adj"])
    target, way2 = rng.choice([f for f in FAMILIES if f != family]), rng.choice(["up", "down"])
    noun = rng.choice(FAMILIES[target][way2]["more" if rng.random() < 0.5 else "less"])
    phrase = f"more {noun}" if noun in FAMILIES[target][way2]["more"] else f"less {noun}"
    said = rng.choice(said)
    return Utterance(light(g, g.pick(MEANS).format(w=said, g=phrase)), "word", call=("shape", {"goals": goals_text([(target, way2, "medium")]), "remember": said}))


AGAIN = {"medium": ["more", "again", "even more", "more of that", "keep going", "go further", "further", "one more time", "again please", "do that again", "continue", "push it further", "same again", "not enough", "that's not enough", "yes, more", "it needs more of that", "more please", "encore", "noch mehr", "más", "ancora", "again please, same direction", "same direction, further", "same thing again", "the same again", "once more", "one more", "repeat that", "repeat", "do it again", "more in that direction", "more of the same", "further in that direction", "still not enough", "it's still not enough", "not there yet", "keep it coming", "go on", "carry on", "go ahead, more", "even further", "a step further", "yes, again", "yes, further", "good, more", "nice, more", "right direction, more", "right direction, keep going", "that's the right way, more", "nochmal", "weiter so", "encore plus", "plus loin encore", "otra vez", "ancora di più"],
         "small": ["a bit more", "a little more", "slightly more", "a touch more", "just a bit more", "a tad more", "almost, a bit more", "nearly there, a little more", "a hair more", "noch ein bisschen", "encore un peu", "un poco más", "ancora un po'", "a bit further", "a little further", "a little bit more", "just a little more", "a smidge more", "only slightly more", "one more notch", "a notch more", "another notch", "almost there, a touch more", "nearly, a bit more", "close, a bit more", "good, a little more", "half as much again", "a hint more", "ein klein wenig mehr", "un petit peu plus", "un poquito más"],
         "large": ["a lot more", "much more", "way more", "far more of that", "I can hardly hear the difference, much more", "way further", "much much more", "loads more", "tons more", "double that", "twice that", "three times that", "ten times more of that", "go wild with it", "a whole lot more", "considerably more", "massively more", "way more of that", "that's nothing, much more", "I barely hear it, a lot more", "don't be shy, more", "viel mehr", "beaucoup plus", "mucho más", "molto di più"]}
REVERSE = {"small": ["not that much", "too much", "that's too much", "a bit less of that", "slightly less", "a little less", "too far", "you overdid it", "tone that down", "back off a bit", "went too far", "half of that", "easy, not so much", "dial it back a bit", "less of that", "ease off", "ok but not so extreme", "weniger", "un peu moins", "un poco menos", "un po' meno", "that's a bit much", "a bit too much", "that was too much", "it's too much now", "now it's too much", "now it's too far", "that's too far", "you went too far", "you've gone too far", "too far, come back a bit", "come back a bit", "come back a little", "not so much", "not quite so much", "not as much as that", "less", "a bit less", "a touch less", "a tad less", "less please", "half that", "only half of that", "half as much", "halve that", "reduce that a bit", "take half of it back", "take a bit of that back", "tone it down a bit", "tone it down a little", "ease it back a bit", "easy", "easy there", "whoa, too much", "whoa, less", "woah, easy", "less extreme", "more subtle please", "more subtly", "subtler please", "zu viel", "das ist zu viel", "nicht so viel", "c'est trop", "pas autant", "demasiado", "es demasiado", "troppo", "è troppo"],
           "medium": ["the other way", "the opposite please", "no, the opposite direction", "other direction", "wrong direction", "no, I meant the reverse", "the contrary", "that's the wrong way round", "opposite", "no, the other way", "the other way please", "the other way around", "no no, the other way round", "other way", "opposite direction", "in the opposite direction", "the opposite", "do the opposite", "I wanted the opposite", "I meant the opposite", "I asked for the opposite", "exactly the opposite of what I want", "the reverse", "the reverse please", "reverse direction", "wrong way", "that's the wrong way", "that's the wrong direction", "you went the wrong way", "you turned it the wrong way", "no, wrong direction", "backwards", "you got it backwards", "you've got it backwards", "turn it the other way", "go the other way", "andersrum", "andersherum bitte", "das Gegenteil", "dans l'autre sens", "le contraire", "al revés", "lo contrario", "al contrario", "il contrario"]}


def again(g, last):
    """A turn that leans on the last one, whose goals are `last`."""
    rng = g.rng
    goals = [x for x in last if x[0] != "keep"]
    if rng.random() < 0.6:
        degree = rng.choice(["small", "medium", "medium", "large"])
        return Utterance(g.dress(g.pick(AGAIN[degree])), "again", [(f, w, degree) for f, w, _ in goals])
    degree = rng.choice(["small", "small", "medium"])
    flip = {"up": "down", "down": "up"}
    return Utterance(g.dress(g.pick(REVERSE[degree])), "again", [(f, flip[w], degree) for f, w, _ in goals])
