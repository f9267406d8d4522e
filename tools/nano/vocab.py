"""The vocabulary: Gemma 4's control tokens, 256 bytes, and BPE pieces learnt from the dialogues.

Spaces are U+2581 as in Gemma.  Digits and punctuation stay single; no piece crosses the start of a word, so that merging
by rank over a whole text gives what was trained on words.
"""
import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from data import CONTROL

N_PIECES = 3400  # besides control tokens and bytes


def train(texts, n_pieces=N_PIECES):
    """A tokenizers.Tokenizer whose ids are those of the model file."""
    t = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    t.normalizer = normalizers.Replace(" ", "\u2581")
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"\n|\d|[^\w\s\u2581]|\u2581?[^\W\d_]+|\u2581|_"), "isolated")])
    specials = CONTROL + [f"<0x{b:02X}>" for b in range(256)]
    ascii_alphabet = [chr(c) for c in range(33, 127)] + ["\n", "\u2581"] + list("äöüÄÖÜßàâçéèêëîïôùûñáíóúìò¿¡…→−–’")
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=n_pieces + len(specials), special_tokens=specials, initial_alphabet=ascii_alphabet,
                                                     limit_alphabet=400, min_frequency=6, show_progress=False))
    return finish(t)


def finish(t):
    """The same vocabulary as it encodes: no word split, bytes as ordinary pieces."""
    raw = json.loads(t.to_str())
    raw["pre_tokenizer"] = None
    raw["added_tokens"] = [{"id": i, "content": c, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for i, c in enumerate(CONTROL)]
    t = Tokenizer.from_str(json.dumps(raw))
    t.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    return t
