"""The sounds of texts (tools/nano/ears/phones.py): that the phrases of the corpus have some (one in eight; with --all, each), and a few by name.

Skipped without espeak-ng."""
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/nano/ears"))
from phones import NONE, PHONES, phones_of, sound  # noqa: E402

SKIPPED = 77
NAMED = {"darker": "d A r k 3", "punch": "p V n tS", "the voice": "D @ v OI s", "two hertz": "t u h 3 t s", "near": "n i r", "little": "l I t @ l"}


def words():
    """The words and phrases of the corpus that are English letters."""
    found = set()
    for path in sorted((ROOT / "tools/nano/words").glob("*.txt")):
        for line in path.read_text().splitlines():
            found.update(t.strip().lower() for t in re.split(r"[|;\t]", line) if re.fullmatch(r"[a-z' ]{2,60}", t.strip().lower()))
    return sorted(found)


def main():
    assert PHONES[0] == NONE and len(PHONES) <= 48 and len(set(PHONES)) == len(PHONES)
    assert [PHONES[i] for i in sound("'o@")] == ["O", "r"] and sound("_:") == []
    try:
        sound("never seen")
        raise SystemExit("an unknown sound is taken for a known one")
    except KeyError:
        pass
    if not shutil.which("espeak-ng"):
        print("espeak-ng is not there")
        return SKIPPED
    for (text, want), got in zip(NAMED.items(), phones_of(list(NAMED))):
        assert want == " ".join(PHONES[i] for i in got), (text, want, [PHONES[i] for i in got])
    texts = words()[::1 if "--all" in sys.argv else 8]
    said = phones_of(texts)
    silent = [t for t, p in zip(texts, said) if not p]
    assert len(texts) > 1000 and not silent, (len(texts), silent)
    assert {i for p in said for i in p} == set(range(1, len(PHONES))), "some sounds never come"
    print(f"{len(texts)} phrases have sounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
