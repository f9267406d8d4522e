"""Utterances that are no change by description (exact.py has the exact values): history, questions, rendering, presets, and what to leave alone.

Every function takes the Grammar and gives an Utterance.
"""
from aside import OTHER, REFUSE, other, refuse
from exact import called, exact, light, spell, weighted_param
from phrases import FAMILIES, Utterance, goals_text


UNDO = [
    "undo", "undo that", "take that back", "go back", "go back one step", "revert that", "revert", "no, undo", "that was worse, undo it", "I liked it better before",
    "back to the previous version", "step back", "cancel that", "undo this", "undo that please", "go back please", "take it back", "no, go back", "not good, undo",
    "the last one was better", "back to before", "previous", "the previous one", "oops, undo", "never mind, take it back", "put it back",
    "the last change was bad, take it back", "return to how it was before", "undo the last change", "roll that back", "no no no, back", "it was better before", "ctrl z",
    "please undo", "can you undo that", "scratch that", "forget that change", "I didn't like that, back please", "mach das rückgängig", "annule ça", "deshazlo", "annulla",
    "zurück", "restore the last version", "back up one step", "nope, revert", "don't like it, undo", "that's not it, go back", "ugh, undo", "worse. back.",
    "reverse the last step", "what you just did, undo it", "dial that back to where we were", "undo it", "undo please", "can we undo", "go back a step", "one step back",
    "back one", "back please", "take it back please", "that made it worse", "that's worse", "worse, go back", "it was nicer before", "I preferred it before",
    "I prefer the last one", "I liked the previous one more", "the previous one was better", "previous version please", "restore the previous version",
    "bring back the previous sound", "give me back the old sound", "undo my last request", "undo your last move", "get rid of that change", "remove that change",
    "drop that change", "I take that back", "I take it back", "nah, undo", "nope, go back", "nope, undo that", "no thanks, undo", "yuck, undo", "terrible, undo",
    "I hate it, go back", "bad idea, back", "that was a mistake, undo", "mistake, go back", "wrong, undo it", "hmm, back to what it was", "make it like before",
    "as it was before please", "how it was before please", "like it was a minute ago", "unchange it", "revert to the previous", "revert please", "rewind",
    "rewind one step", "un-do", "undoo that", "undo taht", "please go back", "let's go back", "let's undo that", "ctrl-z", "cmd z", "command z", "rückgängig machen",
    "mach's rückgängig", "eins zurück", "das war vorher besser", "reviens en arrière", "défais ça", "c'était mieux avant", "vuelve atrás", "era mejor antes",
    "torna indietro", "era meglio prima", "can you undo it", "can you undo", "could you undo that", "could you take that back", "can you go back", "can we go back",
    "can we go back one", "can you revert that", "can you take it back", "I want to undo", "I want to undo that", "I want to go back", "I'd like to undo that",
    "I'd like to go back a step", "let's go back one", "let's take that back", "let's revert", "let's revert that", "just undo it", "just go back", "no, take it back",
    "no, revert", "no, that was better before", "no, I liked the other one", "that was better before", "that was nicer before", "it sounded better before",
    "sounded better before", "it was fine before", "it was good before", "that wasn't good, undo", "that's no good, go back", "that's not better, undo",
    "not what I wanted, undo", "that's not what I wanted, go back", "didn't help, undo", "that didn't help, take it back", "that ruined it, undo",
    "you ruined it, go back", "you made it worse", "it got worse", "it's worse now", "it's worse now, undo", "worse", "much worse", "worse than before",
    "I liked the last one better", "I like the previous one better", "I like the old one better", "the old one was better", "the one before was better",
    "the version before was better", "the one before please", "last version please", "the last version please", "the version before", "return to the previous version",
    "return to the last version", "go to the previous version", "switch back", "switch it back", "switch back please", "change it back", "change that back",
    "turn it back to how it was", "set it back", "set it back to how it was", "put it back how it was", "put it back the way it was", "make it like it was",
    "make it how it was", "make it the way it was before", "same as before please", "like before please", "back to how it was", "back to what we had",
    "back to what it was", "what we had before please", "I want what we had before", "I want the previous sound", "I want it back how it was", "give me the previous one",
    "give me back what I had", "reverse that", "reverse it", "unmake that", "unmake it", "withdraw that", "cancel it", "cancel the last change", "cancel my last request",
    "remove the last change", "remove what you did", "drop the last change", "delete the last change", "throw away the last change", "discard the last change",
    "discard that", "reject that", "rejected", "I don't want that change", "I don't want this change", "I didn't want that", "I didn't mean that, undo",
    "I made a mistake, undo", "oops", "oops, back", "whoops, undo", "ouch, undo", "eww, undo", "ew, go back", "bleh, undo", "nah, go back", "nah, back", "hmm no, undo",
    "hmm, undo", "hm, go back", "ok undo", "ok go back", "and back", "and undo", "back up", "back one please", "back a step", "step back please", "one back",
    "one back please", "one step back please", "mach zurück", "bitte rückgängig", "nimm das zurück", "vorher war es besser", "annule", "annuler", "retour en arrière",
    "deshacer", "anula eso", "annulla per favore", "torna indietro per favore"]
UNDO_N = [
    "undo the last {n} changes", "go back {n} steps", "undo {n} steps", "take back the last {n} steps", "{n} steps back", "revert the last {n} changes", "undo {n} times",
    "back {n} steps please", "{n} steps back please", "undo the last {n}", "undo the last {n} steps", "take back {n} changes", "{n} undos", "go {n} steps back",
    "roll back {n} steps", "rewind {n} steps", "revert {n} steps", "take {n} steps back", "go back by {n}", "the last {n} changes were bad, undo them",
    "{n} Schritte zurück", "undo the last {n} things", "undo my last {n} changes", "undo my last {n} requests", "go {n} back", "{n} back", "{n} back please", "back {n}",
    "back up {n} steps", "step back {n} times", "step back {n}", "can you go back {n} steps", "can you undo the last {n} changes", "can we go back {n} steps",
    "I want to go back {n} steps", "let's go back {n} steps", "let's undo {n} steps", "take the last {n} changes back", "drop the last {n} changes",
    "cancel the last {n} changes", "remove the last {n} changes", "discard the last {n} steps", "return {n} steps", "go back {n} times", "go back {n} changes",
    "go back {n} versions", "{n} versions back", "undo x{n}", "please undo {n} steps", "please go back {n} steps", "reverse the last {n} changes",
    "how it was {n} steps ago", "like it was {n} changes ago"]
REDO = [
    "redo", "redo that", "do it again after all", "bring that change back", "no wait, redo it", "put the change back", "go forward again", "redo please", "redo this",
    "bring it back", "put it back in", "do it again after all please", "step forward", "I changed my mind, redo", "undo the undo", "actually it was better with it, redo",
    "forward one step", "restore what I just undid", "reapply that", "bring back what you just removed", "hmm, go forward again", "rehaz", "refais-le", "wiederherstellen",
    "redo it", "redo it please", "can we redo that", "re-do", "redo the last thing", "redo the change", "bring it back after all", "put it back in after all",
    "go forward", "forward", "one step forward", "forward again", "forward please", "actually redo it", "actually I liked that, redo", "I liked it with the change, redo",
    "it was better with that", "restore the change", "restore that change", "reapply the change", "apply it again", "apply that change again",
    "let's have that change again", "undo your undo", "undo that undo", "take back the undo", "revert the undo", "cancel the undo", "no, I want the change back",
    "I want that change back", "give me the change back", "return the change", "redo what I undid", "repeat what was undone", "ctrl y", "ctrl shift z",
    "noch einmal vorwärts", "wiederhole die Änderung", "rétablis", "vuelve a hacerlo", "rifallo", "ripristina", "can you redo it", "could you redo that", "can we redo",
    "please redo that", "please redo", "let's redo it", "let's redo that", "I want to redo", "I'd like to redo that", "redo the last change", "redo my last change",
    "redo the last step", "redo what you undid", "redo the undone change", "undo was wrong, redo", "no, don't undo", "don't undo after all",
    "I shouldn't have undone that", "I didn't want to undo", "I want to undo the undo", "take the undo back", "take that undo back", "reverse the undo",
    "cancel that undo", "put it back again please", "put it in again", "put that back in", "put the last change back", "put the last change back in",
    "bring the change back", "bring that back", "bring that back please", "bring back the change", "bring back the last change", "bring back that change",
    "get that change back", "I liked that change, bring it back", "I liked it with that change", "I liked the change after all", "I did like the change",
    "it was better after the change", "it was better with it", "it was better with the change", "the change was good after all", "the change was better, bring it back",
    "actually, redo", "actually, bring it back", "actually keep the change", "hmm, actually the change was good, redo", "ok redo", "ok, redo it", "no wait, redo",
    "wait, redo", "go one forward", "go a step forward", "go forward one", "go forward one step", "step forward please", "next step again", "move forward again",
    "forwards", "forwards again", "one forward", "reapply", "reapply it", "reapply the last change", "apply the change again", "restore it after the undo",
    "return to the undone version", "recover the change", "recover what was undone", "wieder vorwärts", "wiederholen", "mach die Änderung wieder rein", "refaire",
    "rétablir", "rehacer", "ripeti la modifica"]
ROOT = [
    "go back to the original", "back to the start", "back to the beginning", "start over", "reset everything", "go to the root", "original sound please",
    "return to the first version", "take me back to where we began", "start over please", "back to the start please", "undo everything please", "go back to the start",
    "the original", "reset all", "go back to the beginning", "forget all changes", "I want the original patch back", "reset the patch", "from scratch",
    "back to square one", "undo everything", "throw all of this away and start again", "drop every change", "restore the original", "zurück zum Anfang",
    "reviens au début", "go to the very first step", "the initial version please", "as it was in the beginning", "revert all the changes", "back to the original please",
    "original please", "go to the original", "the original sound", "the original please", "return to the original", "revert to the original", "reset", "reset it",
    "reset please", "full reset", "reset to the start", "reset the sound", "reset to the beginning", "start again", "start fresh", "start from scratch", "from the top",
    "back to zero", "back to the very beginning", "back to the very first version", "first version please", "go to the first version", "the first one please",
    "go to the first step", "where we started please", "back to where we started", "back to how it started", "how it was when I opened it", "like when I loaded it",
    "as it was at the start", "undo all", "undo all changes", "undo all of it", "undo the whole lot", "revert everything", "revert all", "clear all changes",
    "discard all changes", "discard everything", "scrap it all and go back to the start", "scrap everything", "throw out all the changes", "lose all my changes",
    "remove all changes", "the untouched preset please", "the untouched version", "give me the untouched sound", "alles zurücksetzen", "das Original bitte",
    "tout annuler", "l'original s'il te plaît", "vuelve al original", "torna all'originale", "can you reset it", "can you reset the sound", "can we start over",
    "can we start again", "can we go back to the start", "can we go back to the original", "could you reset everything", "could we start from scratch",
    "I want to start over", "I want to start again", "I want the original", "I want the original back", "I want the original sound", "I want the first version",
    "I'd like to start over", "I'd like the original back", "let's start over", "let's start again", "let's start from the beginning", "let's start from scratch",
    "let's go back to the start", "let's go back to the original", "let's go back to the beginning", "let's reset", "let's reset it", "please reset", "please reset it",
    "please start over", "please go back to the original", "bring back the original", "bring the original back", "give me the original", "give me the original back",
    "give me the first version", "load the original", "load the original sound", "restore the original sound", "restore everything", "restore it to the original",
    "restore the first version", "return to the start", "return to the beginning", "return to the first step", "return to the first one", "return to where we started",
    "take it back to the start", "take it back to the beginning", "take it all back", "take everything back", "take all of it back", "take all changes back",
    "take back everything", "take back all changes", "all the way back", "all the way back please", "all the way to the start", "go all the way back",
    "go right back to the start", "right back to the beginning", "go to the start", "go to the beginning", "go to the original version", "to the start",
    "to the beginning please", "to the root", "root", "root please", "to the original", "step zero", "go to zero", "reset all changes", "reset all of it",
    "reset everything please", "reset the whole thing", "reset to default", "reset to how it was", "hard reset", "complete reset", "total reset", "wipe the changes",
    "wipe all changes", "wipe all my changes", "forget everything we did", "forget all of it and start over", "forget it all, start again", "cancel everything",
    "cancel all changes", "remove everything we did", "delete all changes", "delete all my changes", "throw everything away", "throw it all away",
    "throw away all changes", "get rid of all changes", "drop everything", "drop all changes", "discard it all", "undo the whole thing", "undo all the changes",
    "undo all my changes", "undo all that", "undo all steps", "revert to the first version", "revert to the start", "revert all of it", "revert it all",
    "revert to how it was at first", "how it was originally", "as it was originally", "like it was originally", "like it was in the beginning", "like at the start",
    "like at the beginning", "as at the beginning", "the sound I had at first", "the sound I started with", "the patch I started with", "the preset I started with",
    "the sound from the beginning", "the first sound", "the first sound please", "the very first version please", "the starting point please",
    "back to the starting point", "back to where it all began", "back to the first one", "back to the first step", "back to the first version please",
    "back to the first sound", "back to the initial sound", "back to the root", "back to the untouched sound", "back to default", "ganz zurück", "von vorne",
    "fang von vorne an", "alles rückgängig", "recommence", "depuis le début", "retour au début", "desde el principio", "empieza de nuevo", "ricomincia", "dall'inizio"]
GOTO = [
    "go to step {n}", "jump to step {n}", "back to step {n}", "show me step {n} again", "load step {n}", "take me to step {n}", "return to step {n}", "step {n} please",
    "I liked step {n}, go there", "go back to step {n}", "step {n}", "switch to step {n}", "open step {n}", "restore step {n}", "version {n} please", "go to version {n}",
    "back to version {n}", "number {n} was best, go there", "I want step {n} back", "bring back step {n}", "jump back to step {n}", "revert to step {n}",
    "let's go to step {n}", "give me step {n}", "geh zu Schritt {n}", "go to number {n}", "go to {n}", "number {n}", "number {n} please", "take number {n}",
    "take step {n}", "use step {n}", "pick step {n}", "choose step {n}", "can you go to step {n}", "can you go back to step {n}", "can we go to step {n}",
    "could we go back to step {n}", "I want step {n}", "I want to go to step {n}", "I'd like step {n}", "I'd like step {n} back", "I preferred step {n}",
    "I prefer step {n}", "step {n} was better", "step {n} was the best", "step {n} again", "step {n} again please", "let's use step {n}", "let's hear step {n} again",
    "let's jump to step {n}", "let's return to step {n}", "please go to step {n}", "please load step {n}", "move to step {n}", "reload step {n}", "retrieve step {n}",
    "get me step {n}", "get step {n} back", "give me step {n} back", "back to number {n}", "back to {n}", "version {n}", "load version {n}", "return to version {n}",
    "switch to version {n}", "go to history step {n}", "jump to {n}", "zurück zu Schritt {n}", "va à l'étape {n}", "ve al paso {n}", "vai al passo {n}"]
GOTO_NAME = [
    "go to {n}", "go back to {n}", "load {n} again", "jump to the version called {n}", "bring back {n}", "return to {n}", "switch to {n}", "go to the version called {n}",
    "open the version {n}", "load the version named {n}", "back to {n} please", "jump to {n}", "restore {n}", "return to the version named {n}",
    "I want the version called {n} back", "take me to {n}", "go to the one called {n}", "go back to the one called {n}", "go back to the version called {n}",
    "load the version called {n}", "load the one called {n}", "load the step called {n}", "can you go to {n}", "can we go back to {n}", "I want {n} back",
    "I want to go back to {n}", "let's go back to {n}", "let's return to {n}", "bring {n} back", "get {n} back", "give me {n} back", "take me back to {n}",
    "use the version called {n}", "the version called {n} please", "the version named {n} please", "the one I called {n}", "the one I named {n}", "switch back to {n}",
    "back to the one called {n}", "restore the version called {n}", "return to the one called {n}"]
NAME = [
    "call this {n}", "name this version {n}", "remember this as {n}", "label this {n}", "save this state as {n}", "bookmark this as {n}", "let's call this one {n}",
    "mark this version as {n}", "name it {n}", "name this {n}", "call it {n}", "call this version {n}", "tag this as {n}", "mark this as {n}", "bookmark this: {n}",
    "remember this version as {n}", "keep this one as {n}", "this one is called {n}", "label it {n}", "give this the name {n}", "label this step {n}",
    "this is the one I call {n}", "name that {n}", "call that {n}", "please call this {n}", "please name this {n}", "can you call this {n}", "can you name this {n}",
    "could you name this version {n}", "let's call it {n}", "let's call this {n}", "let's name it {n}", "let's name this {n}", "I want to call this {n}",
    "I'd like to call this {n}", "I'll call this {n}", "I call this {n}", "I name this {n}", "the name is {n}", "this is {n}, remember it", "this version is {n}",
    "this shall be called {n}", "this should be called {n}", "give it the name {n}", "give this version the name {n}", "name the current step {n}", "name this step {n}",
    "name this state {n}", "label this version {n}", "label that {n}", "label this as {n}", "tag this {n}", "tag it {n}", "tag it as {n}", "mark it as {n}", "mark it {n}",
    "mark this {n}", "bookmark it as {n}", "bookmark {n}", "remember this under the name {n}", "remember it as {n}", "remember this step as {n}",
    "remember this one as {n}", "keep this in mind as {n}", "note this version as {n}", "nenn das {n}", "appelle ça {n}", "llámalo {n}", "chiamalo {n}"]
BRANCH = [
    "start a branch called {n}", "branch off as {n}", "make a new branch {n}", "new branch: {n}", "let's try something else on a branch called {n}", "fork this as {n}",
    "create a branch called {n}", "create branch {n}", "branch {n}", "make a branch named {n}", "fork to {n}", "new branch called {n}", "start a new branch {n}",
    "open a branch {n}", "let's branch as {n}", "branch here and call it {n}", "branch off and call it {n}", "new branch {n}", "branch: {n}", "branch as {n}",
    "branch to {n}", "fork {n}", "fork it as {n}", "fork it and call it {n}", "fork here as {n}", "make a branch {n}", "make a branch called {n}",
    "make a new branch called {n}", "make a fork called {n}", "create a new branch called {n}", "create a new branch {n}", "create a fork named {n}",
    "open a branch called {n}", "open a new branch {n}", "open a new branch called {n}", "start a branch {n}", "start a branch named {n}", "start branch {n}",
    "start a new branch called {n}", "begin a branch called {n}", "can we branch off as {n}", "can you make a branch called {n}", "could you start a branch called {n}",
    "I want a branch called {n}", "I want a new branch {n}", "I'd like a branch called {n}", "let's branch off as {n}", "let's make a branch called {n}",
    "let's start a branch called {n}", "let's fork this as {n}", "let's open a branch {n}", "split off a branch called {n}", "split here as {n}",
    "try it on a branch called {n}", "try this on a new branch {n}", "on a new branch called {n}", "neuer Zweig {n}"]
LIST = [
    "show me the history", "list the steps", "what have we done so far", "show me the steps", "show the history", "list steps", "what have we done", "what did we try",
    "show all versions", "list all the changes so far", "give me the list of steps", "what are the steps", "show the tree", "history please", "show history",
    "show me all the steps", "what steps did we make", "list the history", "history", "list all versions", "which versions are there", "what versions do I have",
    "show me every step", "show me the undo tree", "what's in the history", "list the changes", "show me what we did step by step", "zeig mir den Verlauf",
    "montre l'historique", "muestra el historial", "can you show me the history", "can you list the steps", "can I see the history", "can I see the steps",
    "can I see all versions", "could you show me the steps", "could you list all changes", "let me see the history", "let me see the steps", "I want to see the history",
    "I want to see the steps", "I'd like to see the history", "give me the history", "give me a list of the changes", "give me a list of versions", "print the history",
    "print the steps", "display the history", "display all steps", "show steps", "show the steps", "show versions", "show all the versions", "show me all versions",
    "show me the versions", "show me the list of versions", "show me the branches", "list branches", "list the branches", "list all branches", "which branches are there",
    "what branches do we have", "which steps are there", "which steps did we take", "which steps have we taken", "what steps have we taken", "what are all the steps",
    "what are the versions", "what did we do so far", "what did we do until now", "what did I do so far", "what have I done so far", "what have we tried so far",
    "what have we tried", "what did we try so far", "how many steps are there", "how many steps did we make", "how many versions do I have",
    "how many changes have we made", "where are we in the history", "at which step are we", "which step is this", "what step am I at", "step list", "step list please",
    "version list", "the list of steps please", "the history please", "the whole history", "the full history please", "the undo list", "the undo history please",
    "history list", "Verlauf", "zeig alle Schritte", "liste des étapes", "lista de pasos", "lista dei passi", "cronologia"]
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


ASK_PARAM = [
    "what's the {p}", "what is the {p}", "what's the {p} at", "how high is the {p}", "what is the {p} set to", "what is {p}", "what's the {p} now", "what is the {p} now",
    "what's the current {p}", "how much {p}", "show me {p}", "tell me the {p}", "where is the {p} right now", "what value does the {p} have", "how much {p} is there",
    "{p}?", "what does the {p} do", "what does {p} mean", "explain the {p}", "current {p}?", "could you tell me what the {p} is", "which {p} do we have",
    "what {p} are we using", "how is the {p} set", "show me the {p}", "read me the {p}", "{p} value?", "value of the {p}?", "what's {p} right now",
    "tell me what the {p} is set to", "how much {p} do we have", "how much {p} is on it", "how long is the {p}", "how fast is the {p}", "is the {p} on",
    "is there any {p}", "what range does the {p} have", "what is the range of the {p}", "how high can the {p} go", "what is {p} for", "what's the point of the {p}",
    "give me the {p} value", "read out the {p}", "check the {p}", "check the {p} value", "show {p}", "print the {p}", "wie hoch ist {p}", "was macht {p}",
    "quelle est la valeur de {p}", "cuánto es {p}", "where's the {p} at", "where does the {p} stand", "what is {p} at", "what's {p} at", "what's {p} set to",
    "what is {p} set to", "what is the value of {p}", "what's the value of the {p}", "what value is the {p} at", "what value is {p}", "what's our {p}", "what is my {p}",
    "what's the {p} like now", "what is the {p} doing", "what does {p} do", "what does {p} control", "what does the {p} control", "what does the {p} mean",
    "what exactly is the {p}", "what exactly does {p} do", "what's {p}", "what's a good range for the {p}", "what's the maximum {p}", "what's the highest {p}",
    "what's the lowest {p}", "what is the minimum of the {p}", "how low can the {p} go", "how far does the {p} go", "how is {p} set", "how's the {p} set",
    "how high is {p}", "how low is the {p}", "how much {p} have we got", "how much {p} is there now", "how much {p} is in there", "is there {p} on it",
    "is there {p} on this", "is the {p} up", "is {p} on", "is {p} off", "is the {p} at zero", "is any {p} used", "do we have {p}", "do we have any {p}", "do we use {p}",
    "does it have {p}", "does this patch use {p}", "can you tell me the {p}", "can you show me the {p}", "can you explain the {p}", "can you explain {p}",
    "could you explain what {p} does", "could you show me the {p}", "I want to know the {p}", "I'd like to know the {p}", "tell me about the {p}", "tell me about {p}",
    "tell me what {p} does", "tell me what the {p} does", "explain {p}", "explain what {p} does", "describe the {p}", "describe what {p} does",
    "remind me what the {p} is", "remind me what {p} does", "read {p}", "look up the {p}", "display the {p}", "the {p}?", "the current {p}", "and the {p}?",
    "and what's the {p}", "was ist {p}", "wie hoch ist der {p}", "c'est quoi {p}", "à combien est {p}", "qué es {p}", "a cuánto está {p}", "cos'è {p}", "quanto è {p}"]
ASK_GROUP = [
    "show me the {g} settings", "what are the {g} parameters", "list the {g} parameters", "how is the {g} set up", "what can I change in the {g}",
    "what's going on in the {g} section", "give me all {g} values", "tell me about the {g}", "which knobs does the {g} have", "show me the {g}", "show the {g} parameters",
    "list the {g} settings", "list the {g}", "what are the {g} settings", "how's the {g} configured", "how is the {g} set", "what does the {g} section look like",
    "what's in the {g}", "what's in the {g} section", "print the {g} values", "tell me the {g} settings", "what are the {g} values", "parameters of the {g}",
    "give me the {g} settings", "which {g} parameters are there", "show me what the {g} does", "show {g}", "show me {g} parameters", "show me the {g} parameters",
    "show me all {g} parameters", "show me all {g} settings", "show me the {g} section", "show me the {g} values", "show me the {g} knobs",
    "show me everything about the {g}", "list {g} parameters", "list {g} settings", "list all {g} parameters", "list all the {g} settings", "list the {g} knobs",
    "list everything in the {g} section", "can you list the {g} parameters", "can you show me the {g} settings", "could you list the {g} settings",
    "I want to see the {g} settings", "I'd like to see the {g} parameters", "let me see the {g} settings", "let me see the {g}", "what is the {g} doing",
    "what's the {g} doing", "what's the {g} set to", "what are all the {g} settings", "what are the current {g} settings", "what parameters does the {g} have",
    "what knobs does the {g} have", "what settings does the {g} have", "what can the {g} do", "what does the {g} have", "which parameters are in the {g} section",
    "which {g} settings are there", "which {g} knobs are there", "which {g} settings can I change", "how does the {g} look", "how do the {g} settings look",
    "how is the {g} configured", "{g} parameters", "{g} settings", "{g} settings please", "{g} section please", "{g} values please", "{g} overview",
    "current {g} settings", "explain the {g} settings", "explain the {g} section", "print the {g} settings", "read me the {g} settings", "display the {g} settings"]
ASK_ALL = [
    "what parameters are there", "list all parameters", "what can I change", "show me all parameters", "show me the parameters", "list all settings",
    "what can I change here", "show me everything you can change", "which knobs do I have", "what are my options", "show me the patch", "what's in this patch",
    "list the settings", "list parameters", "show all parameters", "show parameters", "show me all the parameters", "what knobs are there", "which controls are there",
    "what controls do I have", "what can I tweak", "what can be changed", "what are the settings", "show the settings", "show me the settings",
    "show me the current settings", "print the patch", "dump the parameters on screen", "what's this patch made of", "how is this patch built", "how is this sound made",
    "tell me about the patch", "describe the patch", "zeig mir alle Parameter", "was kann ich ändern", "can you list all parameters", "can you show me all parameters",
    "can you show me the patch", "could you list the parameters", "could you show me the settings", "I want to see all parameters", "I want to see the settings",
    "I'd like to see the patch", "let me see the patch", "let me see the parameters", "let me see all settings", "give me all parameters", "give me the parameters",
    "give me all values", "give me all the settings", "give me a list of parameters", "print all parameters", "print the parameters", "print the settings",
    "display all parameters", "display the patch", "show the parameters", "show everything", "show all settings", "show all knobs", "show me all knobs",
    "show me all settings", "show me all values", "show me all the controls", "show me the controls", "show me the values", "show me the whole patch",
    "list every parameter", "list all knobs", "list the knobs", "list the parameters", "list all values", "what are the parameters", "what are all the parameters",
    "what are the current settings", "what are the values", "what parameters do you have", "what parameters do I have", "what parameters does it have",
    "what parameters can I change", "what parameters can I set", "what settings are there", "what settings can I change", "what knobs can I turn", "what can I set",
    "what can I adjust", "what can I control", "what can I edit", "what can I modify", "what is there to change", "what is there to tweak", "what's in the patch",
    "what does the patch look like", "what does this patch consist of", "what is the patch doing", "which parameters are there", "which parameters can I change",
    "which parameters do you have", "which settings are there", "which knobs are there", "which knobs can I turn", "how is the patch set up", "how is it set up",
    "how is it programmed", "how is this programmed", "how is this patch made", "parameters", "parameters please", "parameter list", "parameter list please",
    "all parameters", "all parameters please", "all settings please", "the settings please", "the whole patch please", "settings", "tous les paramètres",
    "todos los parámetros", "tutti i parametri", "welche Parameter gibt es"]
ASK_CHANGE = [
    "what did you change", "what changed", "what's different now", "what did you just do", "what have you done", "what was the last change", "tell me what you did",
    "how is it different from before", "explain the last change", "what did you change just then", "what has changed now", "show me the changes", "what's changed",
    "compare before and after please", "what did that do", "so what changed exactly", "what moved", "which parameters did you move", "was hast du geändert",
    "qu'est-ce que tu as changé", "qué has cambiado", "cosa hai cambiato", "compare with before", "compare it with the previous one", "before and after please",
    "did it get darker", "is it brighter than before", "how much darker did it get", "how much wider is it now", "is the punch still there", "what did you do",
    "what did you do there", "what was changed", "what has changed", "what have you changed", "what exactly did you change", "what exactly changed",
    "tell me what changed", "tell me what you changed", "show me what changed", "show me the difference", "what's the difference", "what is the difference to before",
    "what's new", "what was that", "what happened", "what just happened", "what did that change", "how did it change", "how much did it change",
    "compare with the last version", "compare to the previous version", "compare before and after", "before vs after", "before/after", "A/B please",
    "a b comparison please", "what moved in the spectrum", "did it work", "did that work", "did anything change", "did it get brighter", "did it get warmer",
    "did it get wider", "did it get louder", "is it darker now", "is it darker than before", "is it wider than before", "is it warmer now", "how much brighter is it",
    "how much darker is it now", "how much louder did it get", "did you keep the punch", "is the width the same as before", "did the bass change",
    "and what did you do exactly", "which knobs did you turn", "which knobs did you move", "was hat sich geändert", "was hast du gemacht", "qu'est-ce qui a changé",
    "qué cambió", "cosa è cambiato", "can you tell me what you changed", "can you tell me what changed", "can you show me what changed", "can you compare it with before",
    "can you compare before and after", "could you tell me what you did", "could you show me the difference", "I want to know what changed",
    "I'd like to know what you changed", "I'd like to see the difference", "let me see what changed", "let me see the difference", "tell me the difference",
    "tell me what's different", "tell me what is different now", "tell me what you just did", "show me what you did", "show me what you changed",
    "show me the last change", "show the difference", "show the changes", "explain what you did", "explain what you changed", "explain what changed",
    "describe what changed", "describe the change", "describe the last change", "what exactly did you do", "what exactly happened", "what is different",
    "what is different now", "what is different from before", "what's different from before", "what's different to before", "what's the difference now",
    "what's the difference to before", "what is the change", "what was the change", "what was different", "what did the last change do", "what did the last step do",
    "what did that do to the sound", "what did it do", "what did it change", "what effect did that have", "what did you adjust", "what did you tweak", "what did you turn",
    "what did you alter", "what did you modify", "what did you move", "what have you done there", "what have you done to it", "what have you done to the sound",
    "what have you just changed", "what parameters changed", "what parameters did you change", "what knobs did you turn", "which parameters changed",
    "which parameters did you change", "which knobs changed", "which settings changed", "which values changed", "how has it changed", "how has the sound changed",
    "how did the sound change", "how did that change the sound", "how is it different", "how is it different now", "how is this different", "how is that different",
    "how does it differ from before", "how does it compare to before", "how does that compare", "how much did that change", "how big was the change",
    "how big is the difference", "is there a difference", "is it different now", "is anything different", "has anything changed", "has it changed", "did it change",
    "did it change anything", "did you change anything", "did you do anything", "did you do something", "did something change", "did it get softer", "did it get harder",
    "did it get punchier", "did it get harsher", "did it get wider than before", "did it really get darker", "did it really change", "did that make it darker",
    "did that make it brighter", "did that make it louder", "did that make it punchier", "did that make it warmer", "did that help", "did the width change",
    "did the attack change", "did the punch survive", "did the brightness change", "is it warmer than before", "is it punchier now", "is it punchier than before",
    "is it louder than before", "is it softer now", "is it wider now", "is it brighter now", "is it better than before", "how much warmer is it",
    "how much wider did it get", "how much brighter did it get", "how much louder is it", "compare", "compare it", "compare them", "compare the two", "compare both",
    "compare please", "compare that", "compare this with before", "compare this to before", "compare it to before", "compare with the previous one",
    "compare with the previous version", "compare with the last one", "compare to the last step", "compare old and new", "old versus new", "new versus old",
    "before versus after", "before and after", "diff", "diff please", "show me the diff", "the difference please", "the changes please", "A/B", "a/b test", "AB compare",
    "change summary please", "summary of the last change", "was ist anders", "was ist jetzt anders", "qu'est-ce qui est différent", "compare avec avant",
    "qué es diferente", "compara con antes", "confronta con prima"]
ASK_ORIGINAL = [
    "how far are we from the original", "compare with the original", "what's different from the original", "what changed since the start",
    "how does it compare to where we began", "everything that changed so far", "difference to the first version", "compare this to the preset I began with",
    "sum up all changes", "how is it different from the original", "how does it differ from the original", "how different is it from the original",
    "compare it to the original", "compare to the original", "original versus now", "what changed since the beginning", "what changed since we started",
    "what have we changed in total", "all changes since the start", "difference to the original", "difference from the start", "how far have we come",
    "how far did we get from the start", "sum up what changed since the original", "compare with the first version", "compare it with the untouched preset",
    "compared to the start, what's different", "now against the original", "Vergleich mit dem Original", "compare with the start", "compare it with the start",
    "compare with the beginning", "compare this with the original", "compare this to the original", "compare to the original please",
    "can you compare it with the original", "can you compare it to the original sound", "could you compare this with the original",
    "how does this compare to the original", "how does it compare with the original", "how does it compare to the start", "how is it different from the start",
    "how is it different from the beginning", "how is this different from the original", "how different is it from the first version",
    "how different is it now from the start", "how far is it from the original", "how far away from the original are we", "how far have we moved from the original",
    "how much have we changed since the start", "how much has changed since the beginning", "how much did it change since the original",
    "what has changed since the start", "what has changed since the original", "what has changed since the beginning", "what's changed since the start",
    "what's changed from the original", "what's different from the start", "what's different from the first version", "what's different compared to the original",
    "what is different from the original", "what is the difference to the original", "what's the difference to the original", "what's the difference from the original",
    "what's the difference between this and the original", "what changed from the original", "what changed compared to the original", "what changed overall",
    "what changed in total", "what changed altogether", "what changes have we made since the start", "what did we change since the start",
    "what did we change since the original", "what did you change since the start", "what have we changed since the start", "what have we changed overall",
    "what have we changed altogether", "show me the difference to the original", "show me what changed since the start", "show me everything that changed since the start",
    "tell me what changed since the start", "tell me the difference to the original", "the total change please", "total difference", "overall difference",
    "overall change", "all the changes since the beginning", "all changes in total", "difference between the original and now", "difference to the start",
    "original vs now", "original vs this", "now versus the original", "now vs the original", "this against the original", "this versus the original",
    "against the original", "versus the start", "diff to the original", "diff against the original", "is it far from the original",
    "is it very different from the original", "is it brighter than the original", "is it darker than the original", "is it louder than the original",
    "is it wider than the original", "compare avec l'original", "compara con el original", "confronta con l'originale", "vergleiche mit dem Original"]
ASK_SOUND = [
    "how loud is it", "how bright is it", "how wide is it", "how fast is the attack", "what's the loudness", "what is the centroid", "how does it measure",
    "give me the measurements", "what's the loudness now", "how loud is it now", "how bright is it now", "how does it sound", "what do your ears say", "how many LUFS",
    "is it loud", "analyse the sound", "what are the numbers", "how wide is the stereo image right now", "describe the sound in numbers", "tell me how it sounds",
    "what does it sound like", "is it mono or stereo", "is it too loud", "what's the brightness right now", "how loud is this", "how loud is the sound",
    "how loud is it right now", "what's the level in LUFS", "loudness?", "LUFS?", "what's the centroid", "what's the spectral centroid", "centroid?",
    "how bright is this sound", "how bright is it right now", "how dark is it", "how wide is this", "how wide is it right now", "what's the width", "how mono is it",
    "is it wide", "is it bright", "is it dark", "is it stereo", "how quick is the attack", "how slow is the attack", "how long does the attack take in this sound",
    "give me the numbers", "the numbers please", "numbers please", "show me the measurements", "show measurements", "measure it", "measure the sound", "measure this",
    "analyze it", "analyse it", "analyze the sound", "analyze this sound", "describe the sound", "describe it in numbers", "what do you measure", "what do you hear",
    "what are the stats", "stats please", "sound stats", "wie laut ist es", "wie hell ist es", "à quel point c'est fort", "qué tan fuerte suena", "quanto è forte",
    "how wide is it now", "how wide is the sound", "how bright is the sound", "how dark is this", "how dark is it right now", "how dark is the sound", "how quiet is it",
    "how soft is the attack", "how fast is the attack right now", "how long is the attack in ms", "how hard is the attack", "how much stereo is there",
    "how much width is there", "how stereo is it", "how mono is this", "how is the sound", "how does this sound", "how does the sound measure", "how does it measure now",
    "how does it measure up", "how many decibels", "how many LUFS is it", "how many LUFS do we have", "how many Hz is the centroid", "what's the loudness right now",
    "what's the loudness of this", "what is the loudness", "what is the loudness in LUFS", "what's the brightness", "what is the brightness",
    "what is the brightness in Hz", "what is the width", "what's the width right now", "what is the stereo width right now in dB", "what's the spectrum like",
    "what is the spectral centroid right now", "where is the centroid", "where's the centroid", "what's the attack of the sound like", "what do you hear right now",
    "what do you hear in it", "what can you hear", "what do you measure right now", "what are your measurements", "what are the measurements",
    "what are the current measurements", "what are the values of the sound", "what do the measurements say", "what do the numbers say", "what do the meters say",
    "what does the meter say", "what does it measure", "what does the analysis say", "what does it sound like right now", "what does this sound like",
    "what kind of sound is it", "what kind of sound is this", "can you measure it", "can you measure the sound", "can you analyse it", "can you analyze the sound",
    "can you describe the sound", "can you tell me how loud it is", "can you tell me how bright it is", "could you measure it", "could you analyse the sound",
    "tell me how loud it is", "tell me how bright it is", "tell me how wide it is", "tell me the loudness", "tell me the measurements", "tell me the numbers",
    "tell me about the sound", "tell me what you hear", "give me the loudness", "give me the centroid", "give me the sound in numbers", "give me an analysis",
    "give me the analysis", "give me a measurement", "give me the stats", "show me the analysis", "show me the numbers", "show me the loudness",
    "show me the measurements again", "do a measurement", "do an analysis", "run an analysis", "run the analysis", "make a measurement", "take a measurement",
    "measure it please", "measure it again", "measure the loudness", "measure the brightness", "measure the width", "measure again", "analyse", "analyse it please",
    "analyse this sound", "analysis please", "the analysis please", "the measurements please", "measurements", "measurements please", "loudness", "loudness please",
    "brightness in Hz please", "is this loud", "is this bright", "is this wide", "is it quiet", "is it narrow", "is it mono", "is it very loud", "is it very bright",
    "is it clipping", "is the sound stereo", "is the attack fast", "is the attack slow", "is the sound dark or bright", "is it dark or bright", "is it wide or narrow",
    "miss mal", "wie breit ist es", "wie klingt es", "analysiere den Klang", "c'est à quel niveau", "mesure le son", "mide el sonido", "cómo suena", "misura il suono",
    "come suona"]


ASK_QUALITY = [  # {a}: an adjective, {n}: a noun; asked for what it is, not for what it should be
    "is it {a}", "is this {a}", "is the sound {a}", "is this sound {a}", "how {a} is it", "how {a} is this", "how {a} is the sound", "how {a} does it sound", "does it sound {a}", "does this sound {a}",
    "does it sound {a} to you", "would you call it {a}", "would you call this {a}", "would you say it is {a}", "would you say it's {a}", "do you think it is {a}", "do you find it {a}", "is it {a} or not",
    "tell me if it is {a}", "tell me whether it's {a}", "how {a} would you say it is", "how much {n} is there", "how much {n} does it have", "how much {n} is in it",
    "how much {n} is in this sound", "how much {n} do we have", "does it have any {n}", "does it have {n}", "does this have any {n} in it", "does the sound have any {n}", "do you hear any {n}", "can you hear any {n}",
    "can you hear {n} in this", "do you hear {n} in it", "is there {n} in it", "is there {n} in this sound", "tell me how much {n} there is", "tell me how {a} it is", "can you tell me how {a} it is",
    "can you tell me how much {n} it has", "what about its {n}", "what does it measure for {n}", "how do you measure {n}", "what makes it {a}", "what makes it sound {a}"]


def question(g):
    rng = g.rng
    which = rng.choices(["param", "group", "all", "change", "original", "sound", "quality"], [28, 10, 6, 24, 10, 14, 12])[0]
    if which == "quality":
        words = rng.choice(list(FAMILIES.values()))[rng.choice(["up", "down"])]
        text = g.pick(ASK_QUALITY).format(a=rng.choice(words["adj"][:16])[0], n=rng.choice(words["more"][:12]))
        return Utterance(g.dress(text), "question", call=("say", {"what": "sound"}))
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


PLAY = [
    "play it", "let me hear it", "play", "render it", "render", "can I hear that", "play it again", "let's hear it", "play the sound", "sound check", "bounce it",
    "make some noise", "preview it", "listen", "play that for me", "spiel es ab", "joue-le", "tócalo", "suonalo", "I want to hear it", "give me a render",
    "play me the result", "play it please", "play this", "play the patch", "play the result", "play what we have", "play me the sound", "play that again",
    "play it once more", "can you play it", "could you play it", "please play it", "hit play", "press play", "let me listen", "let me listen to it", "I want to listen",
    "I'd like to hear it", "I'd like to hear that", "let me hear the result", "let me hear what we have", "let me hear", "let's listen", "let's hear what we've got",
    "listen to it", "audition it", "audition the sound", "render it please", "render the sound", "render this", "render now", "make a render", "do a render", "sound it",
    "sound please", "hear it", "give me a listen", "test it", "test the sound", "test tone of this patch", "spiel es", "spiel mal", "lass hören", "fais-moi écouter",
    "joue-le s'il te plaît", "tócalo por favor", "déjame oírlo", "fammelo sentire", "suonalo per favore", "play now", "play it now", "play it back", "play it back please",
    "play that", "play that please", "play me this", "play me that", "play me this sound", "play it to me", "play this sound", "play this for me", "play this again",
    "play the sound again", "play the sound please", "play the current sound", "play the current version", "play once more", "play again", "play again please",
    "play a note", "play a note please", "play some notes", "play something with it", "play a sample", "play an example", "can you play this", "can you play that",
    "can you play the sound", "can you play it again", "can you play it for me", "can you render it", "can I hear it", "can I hear it again", "can I hear it please",
    "can I hear this", "can I hear the sound", "can I hear the result", "can I listen", "can I listen to it", "can we hear it", "can we listen to it",
    "could you play that", "could you play that again", "could you render it", "could I hear it", "could I hear that", "may I hear it", "let me hear it please",
    "let me hear it again", "let me hear it now", "let me hear that", "let me hear this", "let me hear the sound", "let me hear how it sounds", "let me have a listen",
    "let's hear it please", "let's hear that", "let's hear this", "let's hear the sound", "let's hear it again", "let's hear what it sounds like", "let's listen to it",
    "let's have a listen", "let's play it", "I want to hear that", "I want to hear this", "I want to hear it again", "I want to hear the sound",
    "I want to hear the result", "I want to listen to it", "I'd like to listen", "I'd like to hear the result", "I need to hear it", "please play", "please play that",
    "please play this", "please play the sound", "please let me hear it", "please render it", "go ahead and play it", "now play it", "now play", "ok play it", "ok play",
    "and play", "and now play it", "just play it", "hear it again", "hear it please", "listen please", "listen again", "listen to this", "preview", "preview please",
    "preview the sound", "preview this", "audition", "audition this", "playback", "playback please", "start playback", "sound it out", "sound on", "demo it",
    "demo the sound", "demo please", "a render please", "a quick render", "a quick render please", "quick render", "quick listen", "render that", "render that please",
    "render it now", "render it again", "render again", "render the patch", "render the result", "render the current sound", "re-render", "rerender it", "bitte abspielen",
    "abspielen", "spiel's ab", "spiel es nochmal", "joue", "joue le son", "écoute", "toca", "tócalo otra vez", "suona", "suona di nuovo"]
PLAY_NOTES = [
    "play {n}", "render {n}", "play the notes {n}", "let me hear {n}", "can you play {n}", "try {n}", "play it on {n}", "render it with {n}", "hit {n} for me",
    "play {n} please", "play {n} for me", "play me {n}", "play the note {n}", "play it with {n}", "play it with the notes {n}", "play it at {n}", "play it in {n}",
    "play this on {n}", "play the sound on {n}", "can you play it on {n}", "can you play the notes {n}", "can you render {n}", "can I hear {n}", "can I hear it on {n}",
    "could you play {n}", "could you play it on {n}", "could I hear {n}", "let me hear it on {n}", "let me hear it at {n}", "let me hear the notes {n}", "let's hear {n}",
    "let's hear it on {n}", "let's try {n}", "I want to hear {n}", "I want to hear it on {n}", "I'd like to hear {n}", "please play {n}", "please render {n}",
    "render the notes {n}", "render it on {n}", "render it at {n}", "render the sound on {n}", "render notes {n}", "try it on {n}", "try it with {n}", "try the notes {n}",
    "use the notes {n} and play", "hit {n}", "strike {n}", "sound {n}", "preview {n}", "preview it on {n}", "audition {n}", "notes {n}", "with the notes {n} please",
    "and now {n}", "now play {n}", "how does {n} sound", "how does it sound on {n}", "how does it sound at {n}", "what does {n} sound like",
    "what does it sound like on {n}", "spiel {n}", "joue {n}", "toca {n}", "suona {n}"]
PLAY_LONG = [
    "play it for {s} seconds", "render {s} seconds", "give me {s} seconds of it", "bounce {s} seconds", "let it play for {s} seconds", "render it {s} seconds long",
    "play {s} seconds", "play {s} seconds please", "play {s} seconds of it", "play {s} s", "play it {s} seconds", "play it {s} seconds long", "play it for {s} s",
    "play me {s} seconds", "play the sound for {s} seconds", "play a {s} second note", "play for {s} seconds", "can you play it for {s} seconds",
    "can you play {s} seconds", "can you render {s} seconds", "can I hear {s} seconds", "can I have {s} seconds of it", "could you play it for {s} seconds",
    "could you render {s} seconds", "let me hear {s} seconds", "let me hear it for {s} seconds", "let me hear {s} seconds of it", "let's hear {s} seconds",
    "I want {s} seconds of it", "I want to hear {s} seconds", "I need {s} seconds", "please play {s} seconds", "please render {s} seconds", "render {s} s",
    "render {s} seconds please", "render {s} seconds of it", "render {s} seconds of this", "render it for {s} seconds", "render for {s} seconds",
    "render this for {s} seconds", "make a render of {s} seconds", "make it a {s} second render", "do a {s} second render", "a {s} second render",
    "a {s} second render please", "a render of {s} seconds", "{s} seconds please", "{s} seconds of it", "{s} seconds of sound", "hold it for {s} seconds",
    "hold the note for {s} seconds", "bounce {s} seconds of it", "sustain a note for {s} seconds", "preview {s} seconds", "spiel es {s} Sekunden", "joue {s} secondes",
    "toca {s} segundos", "suona {s} secondi"]
PLAY_CHORD = ["play a {n} chord", "let me hear {n}", "render a {n} chord", "a {n} chord please", "try it on a {n} chord", "play {n}", "play me a {n} chord", "play the chord {n}", "play a chord of {n}", "can you play a {n} chord", "can I hear a {n} chord", "could you play a {n} chord", "let me hear a {n} chord",
              "let's hear a {n} chord", "let's hear it on {n}", "I want to hear a {n} chord", "I'd like to hear a {n} chord", "please play a {n} chord", "try a {n} chord", "try {n}", "hit a {n} chord", "render {n}", "render it with a {n} chord", "render it on a {n} chord", "how does a {n} chord sound", "how does it sound as a {n} chord", "a {n} chord",
              "chord of {n} please", "with a {n} chord please", "play it as a {n} chord", "play it on a {n} chord", "play this as {n}", "preview it with a {n} chord", "strum a {n} chord"]
CHORDS = {"C major": "C3 E3 G3", "A minor": "A2 C3 E3", "D minor": "D3 F3 A3", "F major": "F2 A2 C3", "G major": "G2 B2 D3", "E minor": "E2 G2 B2", "D major": "D3 F#3 A3", "E major": "E2 G#2 B2", "A major": "A2 C#3 E3", "C minor": "C3 Eb3 G3", "G minor": "G2 Bb2 D3"}


def render(g):
    rng = g.rng
    which = rng.choices(["plain", "notes", "chord", "long"], [50, 25, 12, 13])[0]
    if which == "notes":
        notes = " ".join(rng.choice("CDEFGAB") + rng.choice(["", "", "", "#"]) + str(rng.randint(1, 5)) for _ in range(rng.randint(1, 4)))
        notes = notes.replace("E#", "E").replace("B#", "B")
        return Utterance(light(g, g.pick(PLAY_NOTES).format(n=notes)), "render", call=("render", {"notes": notes}))
    if which == "chord":
        chord = rng.choice(list(CHORDS))
        return Utterance(light(g, g.pick(PLAY_CHORD).format(n=chord)), "render", call=("render", {"notes": CHORDS[chord]}))
    if which == "long":
        s = rng.choice([1, 2, 3, 4, 5, 6, 8, 10])
        return Utterance(light(g, g.pick(PLAY_LONG).format(s=rng.choice([str(s), spell(s)]))), "render", call=("render", {"seconds": s}))
    return Utterance(g.dress(g.pick(PLAY)), "render", call=("render", {}))


EXPORT = [
    "export it as {f}", "save it as {f}", "export a {f}", "write a {f} file", "give me a {f}", "export {f}", "save this as a {f} file", "bounce to {f}", "I need a {f}",
    "can I have it as {f}", "store it as {f}", "{f} export please", "download as {f}", "exportiere als {f}", "exporte en {f}", "dump it to {f}", "export as {f}",
    "export to {f}", "export it to {f}", "save as {f}", "save to {f}", "save it as {f} please", "save a {f}", "save a {f} of this", "write it as {f}", "write a {f}",
    "write this to {f}", "make a {f}", "make me a {f}", "make a {f} file", "render to a {f} file", "render it to {f} file", "bounce it as {f}", "bounce a {f}",
    "print it to {f}", "send me a {f}", "I want a {f} file", "I want it as {f}", "I'd like a {f} file", "get me a {f}", "{f} file please", "{f} please, to disk",
    "{f} please", "as {f} please", "output a {f}", "create a {f}", "speichere als {f}", "sauve en {f}", "guarda en {f}", "salva in {f}", "can you export it as {f}",
    "can you export a {f}", "can you save it as {f}", "can you save this as {f}", "can you give me a {f}", "can you make a {f}", "could you export it as {f}",
    "could you save it as a {f}", "could I have a {f}", "can I get a {f}", "can I get it as {f}", "can I have a {f}", "I need it as {f}", "I need a {f} file",
    "I need a {f} of this", "I want a {f}", "I want a {f} of this", "I'd like a {f}", "I'd like it as {f}", "let's export a {f}", "let's save it as {f}",
    "please export a {f}", "please export it as {f}", "please save it as {f}", "export this as {f}", "export this as a {f} file", "export it as a {f}",
    "export it as {f} please", "export the sound as {f}", "export a {f} file", "export a {f} please", "export in {f}", "export to a {f} file", "save this as {f}",
    "save this as a {f}", "save it as a {f}", "save it as a {f} file", "save it to {f}", "save the sound as {f}", "save a {f} file", "save in {f} format", "write {f}",
    "write it to {f}", "write it to a {f} file", "write out a {f}", "make {f}", "create a {f} file", "produce a {f}", "render a {f}", "render a {f} file",
    "bounce a {f} file", "bounce it to {f}", "bounce this as {f}", "download it as {f}", "download a {f}", "give me a {f} file", "give me the {f}", "give me it as {f}",
    "store as {f}", "in {f} please", "in {f} format please", "a {f} please", "a {f} file please", "{f} export", "{f} file", "{f} format please", "als {f} bitte",
    "en {f} s'il te plaît"]
EXPORT_PLAIN = [
    "export it", "save it", "export", "save this", "bounce it to disk", "write it to a file", "save the sound", "I want to keep this, export it", "export please",
    "store this on disk", "export this", "export the sound", "export it please", "export audio", "export the audio", "save the audio", "save it to disk", "save it please",
    "save it to a file", "save the result", "bounce it to a file", "bounce the audio", "render to file", "render it to disk", "render it to a file",
    "write the audio to disk", "write to disk", "I want a file of this", "give me a file", "give me the file", "give me an audio file", "I need the file",
    "put it in a file", "exportieren bitte", "speichere es", "exporte-le", "expórtalo", "esportalo", "can you export it", "can you export this", "can you save it",
    "can you save this", "could you export it", "could you save the sound", "can I save it", "can I save this", "can I export this", "can I have the file",
    "can I have it as a file", "can I download it", "I want to export", "I want to export it", "I want to save it", "I want to save this", "I want to save the sound",
    "I want it as a file", "I want the audio file", "I'd like to export it", "I'd like to save this", "I'd like a file", "I need a file", "I need it as a file",
    "I need an audio file", "let's export", "let's export it", "let's save it", "let's save this", "let's bounce it", "please export", "please export it",
    "please export this", "please save", "please save it", "please save this", "please save the sound", "save", "save please", "save now", "save the file",
    "save this sound", "save this as a file", "save it as a file", "save it as audio", "save it on my computer", "save the audio file", "save the render",
    "save this to a file", "save this to disk", "save that", "save the current sound", "export now", "export that", "export this please", "export this sound",
    "export the file", "export the result", "export the render", "export to disk", "export to a file", "export it to a file", "export it to disk", "export it as audio",
    "export as audio", "export an audio file", "write it out", "write it to disk", "write the file", "write a file", "write the sound to a file", "write an audio file",
    "make a file", "make a file of it", "make an audio file", "make me an audio file", "create a file", "create an audio file", "produce a file", "download",
    "download it", "download please", "bounce to disk", "bounce it down", "bounce this", "bounce the sound", "print it to disk", "print to file",
    "dump it to a file", "output it to a file", "store it", "store it please", "store the sound", "store it in a file", "store this sound", "keep it as a file",
    "as a file please", "file please", "to disk please", "exportiere es", "speichern bitte", "exporter", "enregistre-le", "guarda el sonido", "guárdalo", "salvalo",
    "esporta"]
REPORT = [
    "write a report", "give me a report", "export a report of the session", "make a report", "document what we did", "report please", "a summary with pictures please",
    "report", "a report please", "a report", "write the report", "write me a report", "I need a report", "I'd like a report", "make me a report", "export the report",
    "export a report", "create a report", "save a report", "generate a report", "produce a report", "session report", "session report please", "a written summary to disk",
    "a document about what we did", "make documentation of the session", "Bericht bitte", "un rapport s'il te plaît", "un informe por favor", "can you write a report",
    "can you make a report", "can you give me a report", "could you write a report", "could I have a report", "can I have a report", "can I get a report",
    "I want a report", "I want a report of the session", "I'd like a report of the session", "I need a report of this session", "let's make a report",
    "please write a report", "please make a report", "please export a report", "export report", "export it as a report", "export the session report", "save the report",
    "save report", "save a report of the session", "save it as a report", "write report", "write a report please", "write a report of the session",
    "write a session report", "write up the session", "write up what we did", "make a report of the session", "make a report please", "make me a report of the session",
    "make a session report", "make a document of the session", "make a summary document", "create the report", "create a report of this session",
    "create a session report", "generate the report", "generate a session report", "generate documentation", "produce the report", "print a report", "print the report",
    "give me the report", "give me a session report", "give me a report of the session", "give me a report with pictures", "the report please",
    "the session report please", "a report of the session", "a report of the session please", "a full report please", "full report", "full report please",
    "document the session", "document this session", "document everything we did", "document it all", "documentation please", "Bericht", "schreib einen Bericht",
    "erstelle einen Bericht", "fais un rapport", "haz un informe", "fai un rapporto"]
PATCH = [
    "save the patch", "export the patch", "save it as a patch", "give me the patch file", "store the preset", "save this preset", "export the settings", "export the json",
    "save patch", "save this patch", "save my patch", "export patch", "export this patch", "export my patch", "write the patch", "write the patch file", "store the patch",
    "store this patch", "give me the patch", "a patch file please", "I want the patch as a file", "save the patch to disk", "save the preset", "save it as a preset",
    "save this as a preset", "export the preset", "export as preset", "store it as a preset", "make a preset of this", "make a preset file",
    "save the parameters to a file", "save the settings", "save the settings to a file", "Patch speichern", "guarda el patch", "can you save the patch",
    "can you export the patch", "can you save the preset", "can you save it as a preset", "could you save the patch", "could you save this as a preset",
    "can I have the patch", "can I save the patch", "can I save this preset", "can I get the patch file", "I want to save the patch", "I want to save the preset",
    "I want to save this patch", "I want to save it as a preset", "I want the patch", "I want a patch file", "I want a preset of this", "I'd like to save the patch",
    "I'd like the patch file", "I need the patch", "I need the patch file", "I need the preset file", "let's save the patch", "let's save this preset",
    "let's make a preset of this", "please save the patch", "please export the patch", "please save the preset", "please save this as a preset", "save the patch please",
    "save the patch file", "save the patch to a file", "save patch please", "save patch file", "save as patch", "save as a patch", "save as preset", "save as a preset",
    "save it as patch", "save it as preset", "save it as a preset please", "save it as a patch file", "save this as patch", "save this as a patch",
    "save this as a preset please", "save this as a new preset", "save a preset", "save preset", "save my preset", "save the preset to disk", "save the settings please",
    "save the settings as a preset", "save the parameters", "save all settings", "save all parameters to a file", "save the synth settings", "export as a patch",
    "export as patch", "export it as a patch", "export it as a preset", "export it as patch", "export it as preset", "export the patch file", "export the patch please",
    "export the patch to disk", "export a patch", "export a patch file", "export a preset", "export a preset file", "export preset", "export this preset",
    "export my preset", "export the parameters", "export the preset file", "export json", "export as json", "export the synth settings", "write a patch",
    "write a patch file", "write the preset", "write a preset file", "write the patch to disk", "write the patch to a file", "write the settings to a file", "store patch",
    "store the patch please", "store the settings", "store as a preset", "store this as a preset", "store it as a patch", "store this preset", "make a patch file",
    "make a preset", "make a preset out of this", "make this a preset", "make it a preset", "turn this into a preset", "create a preset", "create a preset from this",
    "create a preset file", "create a patch file", "download the patch", "download the preset", "give me the preset", "give me the preset file", "give me a patch file",
    "give me the json", "the patch file please", "the preset file please", "the patch please", "keep this as a preset", "dump the patch to a file", "Patch exportieren",
    "als Preset speichern", "speichere den Patch", "enregistre le patch", "guarda el preset", "salva la patch", "salva il preset"]
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
FIND = [
    "find me {a} {t}", "do you have {a} {t}", "show me {t} presets", "any {t} presets", "search for {t}", "look for {a} {t}", "list {t} sounds",
    "which {t} presets are there", "find {t}", "what {t} sounds do you have", "got any {t}", "is there {a} {t}", "search presets: {t}", "presets for {t}", "find {a} {t}",
    "find a good {t}", "show me {t} sounds", "show me some {t} sounds", "are there any {t} presets", "are there {t} presets", "have you got {a} {t}",
    "what {t} presets do you have", "which {t} sounds do you have", "list all {t} presets", "list the {t} presets", "list {t} presets", "presets with {t}",
    "presets tagged {t}", "anything like {a} {t}", "anything {t} in the presets", "search the presets for {t}", "search for {a} {t}", "search {t}", "look up {t} presets",
    "browse {t} presets", "which presets are {t}", "I'm looking for {a} {t} preset", "suche {t} Presets", "cherche {a} {t}", "busca {t}", "cerca {t}",
    "find me {a} {t} please", "find {t} presets", "find {t} sounds", "find some {t} presets", "find me some {t} presets", "find me some {t} sounds", "find {a} {t} preset",
    "find presets with {t}", "can you find {a} {t}", "can you find me {a} {t}", "can you find {t} presets", "can you search for {t}", "can you show me {t} presets",
    "can you list {t} presets", "could you find {a} {t}", "could you look for {a} {t}", "could you show me {t} presets", "I'm looking for {t} presets",
    "I want to see {t} presets", "I'd like to see the {t} presets", "I need to find {a} {t}", "let me see {t} presets", "let me see the {t} presets",
    "let me see your {t} sounds", "let's look for {a} {t}", "let's find {a} {t}", "let's see the {t} presets", "please find {a} {t}", "please search for {t}",
    "please show {t} presets", "show {t} presets", "show {t} sounds", "show all {t} presets", "show me all {t} presets", "show me all {t} sounds", "show me every {t}",
    "show me some {t} presets", "show me the {t} presets", "show me what {t} presets you have", "show me your {t} presets", "do you have {t} presets",
    "do you have {t} sounds", "do you have any {t} presets", "do you have any {t} sounds", "do you have anything like {a} {t}", "do you know {a} {t} preset",
    "have you any {t} presets", "have you got any {t} presets", "have you got any {t} sounds", "have you got {t} sounds", "got {a} {t}", "got some {t} presets",
    "is there any {t} preset", "is there {a} {t} preset", "is there {a} {t} in the presets", "are there {t} sounds", "are there any {t} sounds", "any {t}",
    "any {t} sounds", "any {t} sounds around", "any presets like {a} {t}", "which {t} presets do you have", "which {t} presets have you got", "which {t} sounds are there",
    "which presets sound like {a} {t}", "which presets have {t}", "what {t} presets are there", "what {t} sounds are there", "what {t} presets have you got",
    "what presets are {t}", "what do you have for {t}", "what have you got in {t}", "list {t}", "list me the {t} presets", "list all {t} sounds", "list some {t} presets",
    "look for {t}", "look for {t} presets", "look for {t} sounds", "look up {a} {t}", "search {a} {t}", "search for {a} {t} preset", "search for {t} presets",
    "search for {t} sounds", "search the library for {a} {t}", "search in the presets for {t}", "search {t} presets", "browse {t} sounds", "browse the {t} presets",
    "browse for {a} {t}", "how many {t} presets are there", "{t} presets", "{t} presets please", "{t} sounds please", "preset search: {t}",
    "presets that sound like {a} {t}", "presets matching {t}", "suche {t}", "gibt es {t} Presets", "tu as des presets {t}", "tienes presets {t}", "hai preset {t}"]
LOAD = [
    "load {a} {t}", "give me {a} {t}", "start with {a} {t}", "use {a} {t}", "switch to {a} {t}", "open {a} {t} preset", "I want {a} {t}", "let's begin with {a} {t}",
    "pick {a} {t} for me", "change to {a} {t}", "put on {a} {t}", "load up {a} {t}", "load some {t}", "load me {a} {t}", "load the best {t}", "load {a} {t} preset",
    "load {a} {t} sound", "start from {a} {t}", "start off with {a} {t}", "begin with {a} {t}", "take {a} {t}", "take {a} {t} preset", "use {a} {t} preset",
    "use {a} {t} sound", "switch over to {a} {t}", "swap it for {a} {t}", "replace it with {a} {t}", "I want to start with {a} {t}", "let's start with {a} {t}",
    "let's use {a} {t}", "get me {a} {t} preset", "pull up {a} {t}", "bring up {a} {t}", "choose {a} {t} for me", "open {a} {t}", "lade {t}", "load {a} {t} please",
    "load me {a} {t}", "load a nice {t}", "load a good {t}", "load any {t}", "load any {t} preset", "load one {t}", "load a different {t}", "load another {t}",
    "load another {t} preset", "load up some {t}", "can you load {a} {t}", "can you load {a} {t} preset", "can you give me {a} {t}", "can you open {a} {t}",
    "can you switch to {a} {t}", "could you load {a} {t}", "could you give me {a} {t}", "could you pick {a} {t}", "can I have {a} {t}", "can I have {a} {t} preset",
    "can I start with {a} {t}", "can we start with {a} {t}", "can we use {a} {t}", "could I have {a} {t}", "could we start from {a} {t}", "may I have {a} {t}",
    "I want {a} {t} preset", "I want {a} {t} to start with", "I want to use {a} {t}", "I want to start from {a} {t}", "I want to load {a} {t}", "I need {a} {t}",
    "I need {a} {t} preset", "I need {a} {t} for this", "I'd like {a} {t}", "I'd like {a} {t} preset", "I'd like to start with {a} {t}", "I'd like to load {a} {t}",
    "let me have {a} {t}", "let me have {a} {t} preset", "let's have {a} {t}", "let's take {a} {t}", "let's load {a} {t}", "let's open {a} {t}", "let's pick {a} {t}",
    "let's start from {a} {t}", "let's switch to {a} {t}", "let's go with {a} {t}", "let's try {a} {t} preset", "please load {a} {t}", "please load {a} {t} preset",
    "please give me {a} {t}", "please open {a} {t}", "give me a nice {t}", "give me some {t}", "give me {a} {t} please", "give me {a} {t} preset",
    "give me {a} {t} to start with", "give me another {t} preset", "get me {a} {t}", "get me a good {t}", "get {a} {t} preset", "start with {a} {t} preset",
    "start with some {t}", "begin from {a} {t}", "begin with {a} {t} preset", "use some {t}", "use a different {t} preset", "try {a} {t} preset", "try another {t} preset",
    "switch to {a} {t} preset", "switch to another {t} preset", "change to {a} {t} preset", "change the preset to {a} {t}", "change it to {a} {t} preset",
    "choose {a} {t}", "choose {a} {t} preset", "select {a} {t}", "select {a} {t} preset", "pick {a} {t}", "pick {a} {t} preset", "pick some {t}", "pick a nice {t} for me",
    "open some {t}", "open {a} {t} sound", "put {a} {t} on", "bring me {a} {t}", "fetch {a} {t}", "fetch me {a} {t} preset", "find and load {a} {t}", "{a} {t} preset please",
    "{a} {t} to start with please", "lade {a} {t}", "lade einen {t}", "charge {a} {t}", "carga {a} {t}", "carica {a} {t}"]
LOAD_NAME = [
    "load {n}", "load the preset {n}", "open {n}", "use the preset {n}", "switch to {n}", "give me {n}", "let's take {n}", "load preset {n}", "load up {n}",
    "open the preset {n}", "open preset {n}", "use {n}", "pick {n}", "take {n}", "start with {n}", "start from {n}", "switch to the preset {n}", "change to {n}",
    "select {n}", "pull up {n}", "bring up {n}", "I want the preset {n}", "put on {n}", "load {n} please", "load the patch {n}", "load the preset called {n}",
    "load the preset named {n}", "load the sound {n}", "load the one called {n} from the presets", "load my preset {n}", "can you load {n}", "can you load the preset {n}",
    "can you open {n}", "could you load {n}", "could you open the preset {n}", "I want {n}", "I want to use {n}", "I want to load {n}", "I'd like {n}",
    "I'd like to load the preset {n}", "I need the preset {n}", "let's load {n}", "let's use {n}", "let's use the preset {n}", "let's try the preset {n}",
    "let's open {n}", "let's start with {n}", "let's start from {n}", "please load {n}", "please open {n}", "please use the preset {n}", "open up {n}",
    "open the patch {n}", "use the patch {n}", "use the preset called {n}", "use preset {n}", "switch over to {n}", "switch to preset {n}", "switch to the patch {n}",
    "change to preset {n}", "change to the preset {n}", "change the preset to {n}", "choose {n}", "choose the preset {n}", "select the preset {n}", "select preset {n}",
    "pick the preset {n}", "pick preset {n}", "take the preset {n}", "take preset {n}", "begin with {n}", "begin with the preset {n}", "start with the preset {n}",
    "start from the preset {n}", "get me {n}", "get me the preset {n}", "give me the preset {n}", "bring up the preset {n}", "pull up the preset {n}", "preset {n}",
    "preset {n} please", "the preset {n} please", "lade {n}", "lade das Preset {n}", "charge {n}", "carga {n}", "carica {n}"]


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
