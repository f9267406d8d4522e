#!/usr/bin/env python3
"""Random small audio towers of odd shapes, from a WAV file to the soft tokens: the engine in float32, stage by stage, against
tests/golden/audio/reference.py, an independent program in float64; and the default way against that.  Towers of such widths amplify
rounding more than the golden ones; half of them must be within 1e-11 (default: 2e-3), and all within 1e-9 (5e-2), which is below
what any mistake costs there.

    check_random_ears.py PROGRAM GOLDEN [N] [SEED]
"""
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: no numpy")
    sys.exit(77)

program, golden = sys.argv[1], pathlib.Path(sys.argv[2])
count = int(sys.argv[3]) if len(sys.argv) > 3 else 12
seed = int(sys.argv[4]) if len(sys.argv) > 4 else int(os.environ.get("TONE_SEED", random.randrange(1 << 30)))
sys.path.insert(0, str(golden / "audio"))
import reference  # noqa: E402

SUB = "model.audio_tower.subsample_conv_projection."


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, x in tensors.items():
        raw = x.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(x.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    data = path.read_bytes()
    (n,) = struct.unpack_from("<Q", data)
    kinds = {"F32": "<f4", "I32": "<i4", "I64": "<i8"}
    return {k: np.frombuffer(data[8 + n + t["data_offsets"][0]:8 + n + t["data_offsets"][1]], kinds[t["dtype"]]).reshape(t["shape"])
            for k, t in json.loads(data[8:8 + n]).items() if k != "__metadata__"}


def write_wav(path, x):
    data = np.clip(np.rint(x * 32768), -32768, 32767).astype("<i2").tobytes()
    path.write_bytes(b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) +
                     b"data" + struct.pack("<I", len(data)) + data)


def make_tower(r):
    """-> weights, config, width of the text model"""
    heads, size = int(r.integers(1, 6)), 2 * int(r.integers(2, 20))
    c = dict(model_type="gemma4_audio", hidden_size=heads * size, num_attention_heads=heads, num_hidden_layers=int(r.integers(1, 4)),
             subsampling_conv_channels=[int(r.choice([128, r.integers(1, 40)])), int(r.integers(1, 12))],
             output_proj_dims=int(r.integers(3, 70)), conv_kernel_size=int(r.integers(1, 8)), attention_chunk_size=12,
             attention_context_left=int(r.integers(2, 20)), attention_context_right=0, attention_logit_cap=float(r.choice([50, 5])),
             gradient_clipping=float(r.choice([1e10, 0.9])), hidden_act="silu", residual_weight=0.5, rms_norm_eps=1e-6,
             use_clipped_linears=bool(r.random() < 0.7))
    d, text, w = c["hidden_size"], int(r.integers(3, 100)), {}

    def matrix(name, *shape, scale=None):
        w[name] = (r.standard_normal(shape) * (scale or shape[-1] ** -0.5)).astype(np.float32)

    def norm(name, n):
        w[name] = (1 + 0.2 * r.standard_normal(n)).astype(np.float32)

    def linear(name, n_out, n_in):
        matrix(name + ".linear.weight", n_out, n_in)
        low, high = sorted(r.uniform(0.5, 3, 2))
        if c["use_clipped_linears"]:
            for bound, v in (("input_min", -high), ("input_max", low), ("output_min", -low), ("output_max", high)):
                w[f"{name}.{bound}"] = np.array(v, np.float32)

    c0, c1 = c["subsampling_conv_channels"]
    matrix(SUB + "layer0.conv.weight", c0, 1, 3, 3, scale=0.4)
    matrix(SUB + "layer1.conv.weight", c1, c0, 3, 3, scale=0.2)
    norm(SUB + "layer0.norm.weight", c0)
    norm(SUB + "layer1.norm.weight", c1)
    matrix(SUB + "input_proj_linear.weight", d, 32 * c1)
    for i in range(c["num_hidden_layers"]):
        at = f"model.audio_tower.layers.{i}."
        for half in ("feed_forward1", "feed_forward2"):
            norm(f"{at}{half}.pre_layer_norm.weight", d)
            norm(f"{at}{half}.post_layer_norm.weight", d)
            linear(f"{at}{half}.ffw_layer_1", 4 * d, d)
            linear(f"{at}{half}.ffw_layer_2", d, 4 * d)
        for name in ("norm_pre_attn", "norm_post_attn", "norm_out", "lconv1d.pre_layer_norm", "lconv1d.conv_norm"):
            norm(f"{at}{name}.weight", d)
        for name in ("q_proj", "k_proj", "v_proj", "post"):
            linear(f"{at}self_attn.{name}", d, d)
        matrix(at + "self_attn.relative_k_proj.weight", d, d)
        w[at + "self_attn.per_dim_scale"] = r.standard_normal(size).astype(np.float32)
        linear(at + "lconv1d.linear_start", 2 * d, d)
        linear(at + "lconv1d.linear_end", d, d)
        matrix(at + "lconv1d.depthwise_conv1d.weight", d, 1, c["conv_kernel_size"], scale=0.5)
    matrix("model.audio_tower.output_proj.weight", c["output_proj_dims"], d)
    w["model.audio_tower.output_proj.bias"] = (0.3 * r.standard_normal(c["output_proj_dims"])).astype(np.float32)
    matrix("model.embed_audio.embedding_projection.weight", text, c["output_proj_dims"])
    return w, c, text


def make_sound(r):
    n = int(r.integers(161, 24000))
    t = np.arange(n) / 16000
    x = r.uniform(0, 0.5) * np.sin(2 * np.pi * r.uniform(80, 4000) * t ** r.uniform(1, 1.6)) + 10 ** r.uniform(-4, -1) * r.standard_normal(n)
    return x * (np.sin(2 * np.pi * r.uniform(0.3, 3) * t) > r.uniform(-1.2, 0.2))


def nmse(got, want):
    return float(((got - want) ** 2).sum() / max((want ** 2).sum(), 1e-300))


def run(folder, *args):
    out = folder / "o.safetensors"
    r = subprocess.run([program, "encode", "-m", folder, "--audio", folder / "s.wav", "-o", out, *args], capture_output=True, text=True, timeout=120)
    if r.returncode:
        print(r.stderr)
        sys.exit(1)
    return read_safetensors(out)


def try_one(folder, r):
    """-> worst stage, its name, distance of the default way"""
    w, c, text = make_tower(r)
    write_safetensors(folder / "model.safetensors", w)
    (folder / "config.json").write_text(json.dumps(dict(model_type="gemma4", audio_config=c, text_config=dict(hidden_size=text))))
    write_wav(folder / "s.wav", make_sound(r))
    got = run(folder, "--exact", "--stages")
    want = reference.Audio({k[len("model."):]: v for k, v in w.items()}, c).run(got["features"])
    if any(got[k].shape != v.shape for k, v in want.items()):
        print("wrong shapes:", {k: (got[k].shape, v.shape) for k, v in want.items()})
        sys.exit(1)
    worst = max(want, key=lambda k: nmse(got[k], want[k]))
    return nmse(got[worst], want[worst]), worst, nmse(run(folder)["soft_tokens"], want["soft_tokens"])


print("seed", seed)
exact, default = [], []
with tempfile.TemporaryDirectory() as name:
    for i in range(count):
        e, stage, fast = try_one(pathlib.Path(name), np.random.default_rng([seed, i]))
        exact.append(e)
        default.append(fast)
        print(f"{i}: {stage} {e:.1e}, default {fast:.1e}")
middle = [float(np.median(x)) for x in (exact, default)]
failed = [what for what, wrong in (("exact", middle[0] > 1e-11 or max(exact) > 1e-9), ("default", middle[1] > 2e-3 or max(default) > 5e-2)) if wrong]
print(f"{count} towers, middle {middle[0]:.1e} and {middle[1]:.1e}, worst {max(exact):.1e} and {max(default):.1e}, failed: {failed}")
sys.exit(1 if failed else 0)
