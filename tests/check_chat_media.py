#!/usr/bin/env python3
"""Pictures and sounds in `run` and `chat`: given on the line and while a conversation runs, saved, gone, changed, silent.

    check_chat_media.py PROGRAM TINY_MODEL GOLDEN
"""
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

from checks import check, done
from media_files import write_wav

program, tiny, golden = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])


def run(model, *options, text="what?"):
    return subprocess.run([program, "run", "-m", model, "--temp", "0", "-n", "6", "--json", *map(str, options), text], capture_output=True, text=True,
                          timeout=60)


def chat(model, lines, *options):
    return subprocess.run([program, "chat", "-m", model, "--temp", "0", "-n", "6", "--budget", "70", *map(str, options)],
                          input="\n".join(map(str, lines)) + "\n", capture_output=True, text=True, timeout=60)


def check_run(model, picture, other, sound, silence, alone):
    ids = []
    for media in ([], ["--image", picture], ["--image", other], ["--audio", sound], ["--image", picture, "--audio", sound, "--image", other],
                  ["--audio", sound, "--image", picture, "--image", other]):
        r = run(model, *media, "--budget", "70")
        check(r.returncode == 0, f"{media}: {r.stderr}")
        ids.append(json.loads(r.stdout)["ids"] if r.returncode == 0 else None)
    check(all(a != b for i, a in enumerate(ids) for b in ids[:i]), f"what is shown, and in which order, matters: {ids}")
    r = run(model, "--audio", silence)
    check(r.returncode == 0 and "hardly anything to hear" in r.stderr, f"silence is said: {r.stderr}")
    for code, words, model_, options in [
            (1, ["no eyes", "mmproj-alone.gguf"], alone, ["--image", picture]), (1, ["no ears", "mmproj-alone.gguf"], alone, ["--audio", sound]),
            (1, ["none.png"], model, ["--image", "none.png"]), (1, [sound.name], model, ["--image", sound]), (1, [picture.name], model, ["--audio", picture]),
            (2, ["--image", "--raw"], model, ["--raw", "--image", picture]), (2, ["--budget"], model, ["--image", picture, "--budget", "100"]),
            (1, ["context"], model, ["--image", picture, "-c", "32"])]:
        r = run(model_, *options)
        check(r.returncode == code and all(w in r.stderr for w in words) and r.stderr.count("\n") == 1 and not r.stdout, f"{options}: {r}")


def check_chat(work, model, picture, sound, alone):
    saved, copy = work / "saved.json", work / "copy.wav"
    shutil.copy(sound, copy)
    r = chat(model, [f"/image {picture}", f"/listen {copy}", "one", "two", f"/save {saved}"])
    check(r.returncode == 0, f"a picture and a sound in a conversation: {r}")
    messages = json.loads(saved.read_text())["messages"]
    parts = messages[0]["content"]
    check([p["type"] for p in parts] == ["image", "audio", "text"] and parts[0]["path"] == str(picture.resolve()) and parts[0]["budget"] == 70 and
          len(parts[1]["hash"]) == 16 and parts[2]["text"] == "one" and messages[2]["content"] == "two", f"saved with path and content: {messages}")
    plain = chat(model, ["one", f"/save {work / 'plain.json'}"])
    check(json.loads((work / "plain.json").read_text())["messages"][1] != messages[1], f"the model sees them: {plain}")
    r = chat(model, [f"/save {work / 'again.json'}", "/regenerate", f"/save {work / 'same.json'}"], "--load", saved)
    check(r.returncode == 0 and (work / "again.json").read_text() == saved.read_text(), f"loaded as it was saved: {r}")
    write_wav(copy, [0.3] * 9000, 22050)
    r = chat(model, ["three"], "--load", saved)
    check(r.returncode == 1 and r.stderr.count("copy.wav has changed") == 2, f"a file that changed is said when loading and when asked: {r.stderr}")
    copy.unlink()
    r = chat(model, ["/back", "/back", "fresh"], "--load", saved)
    check(r.returncode == 0 and "copy.wav" in r.stderr, f"a file that is gone is said, and the conversation can go back: {r.stderr}")
    for line, word in [("/image", "/image FILE"), ("/image none.png", "none.png"), (f"/listen {picture}", picture.name), (f"/image {sound}", sound.name)]:
        r = chat(model, [line])
        check(r.returncode == 1 and word in r.stderr and r.stderr.count("\n") == 1, f"{line} costs a sentence: {r.stderr}")
    r = chat(alone, [f"/listen {sound}"])
    check(r.returncode == 1 and "no ears" in r.stderr and "mmproj-alone.gguf" in r.stderr, f"a model without ears: {r.stderr}")
    saved.write_text('{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x/"}},{"type":"text","text":"y"}]}]}')
    r = chat(model, ["/regenerate"], "--load", saved)
    check(r.returncode == 1 and "only files" in r.stderr, f"an address is not fetched: {r.stderr}")


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    model, alone = work / "sees" / "tiny.gguf", work / "blind" / "alone.gguf"
    model.parent.mkdir()
    alone.parent.mkdir()
    shutil.copy(tiny, model)
    shutil.copy(tiny, alone)
    shutil.copy(golden / "multimodal" / "mmproj-small.gguf", model.parent / "mmproj-tiny.gguf")
    picture, other, sound, silence = golden / "vision" / "images" / "37x512.png", golden / "vision" / "images" / "20x20.png", work / "a.wav", work / "s.wav"
    write_wav(sound, [0.4 * math.sin(i / 9) for i in range(22050)], 22050)
    write_wav(silence, [0.0] * 22050, 22050)
    check_run(model, picture, other, sound, silence, alone)
    check_chat(work, model, picture, sound, alone)
done()
