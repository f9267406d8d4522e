#!/usr/bin/env python3
"""Random small models of odd shapes: the engine in float32 against tests/golden/text/reference.py, an independent program.

    check_random_models.py PROGRAM GOLDEN [N] [SEED]

Widths that are no multiple of anything, windows of one token, any number of sharing layers, both ways of writing the geometry of
full layers, experts, Gemma 3 old and new.  A prompt longer than two windows goes through in random batches.  Random models of
such widths amplify rounding more than the golden ones; half of them must be within 1e-11, and all within 1e-8, which is below
what any mistake costs there.
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
count = int(sys.argv[3]) if len(sys.argv) > 3 else 24
seed = int(sys.argv[4]) if len(sys.argv) > 4 else int(os.environ.get("TONE_SEED", random.randrange(1 << 30)))
sys.path.insert(0, str(golden / "text"))
import reference  # noqa: E402


def write_safetensors(path, tensors, kind):
    header, data = {}, b""
    for name, x in tensors.items():
        if kind == "BF16":
            raw = (x.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
        else:
            raw = x.astype({"F32": "<f4", "F16": "<f2"}[kind]).tobytes()
        header[name] = {"dtype": kind, "shape": list(x.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


def make_config(r):
    family = r.choice(["e2b", "e4b", "a4b", "d31b", "u12b", "gemma3"])
    layers = r.randint(2, 8)
    kv = r.choice([1, 2, 3])
    heads = kv * r.choice([1, 2, 4])
    c = {"hidden_size": r.choice([24, 33, 40, 64, 100]), "intermediate_size": r.choice([5, 16, 48, 70]), "num_hidden_layers": layers,
         "num_attention_heads": heads, "num_key_value_heads": kv, "head_dim": r.choice([6, 16, 24, 32]),
         "sliding_window": r.choice([1, 2, 5, 8, 13]), "vocab_size": r.choice([37, 100, 256]), "rms_norm_eps": r.choice([1e-6, 1e-5]),
         "max_position_embeddings": 4096}
    if family == "gemma3":
        c |= {"model_type": "gemma3_text", "query_pre_attn_scalar": r.choice([8, 24, 256]), "final_logit_softcapping": None}
        if r.random() < 0.5:
            c |= {"sliding_window_pattern": r.choice([2, 3, 6]), "rope_theta": 1000000, "rope_local_base_freq": 10000,
                  "rope_scaling": r.choice([None, {"rope_type": "linear", "factor": 8.0}])}
        else:
            c |= {"layer_types": [r.choice(["sliding_attention", "full_attention"]) for _ in range(layers)],
                  "rope_parameters": {"sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
                                      "full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 1e6}}}
        return family, c
    types = [r.choice(["sliding_attention", "sliding_attention", "full_attention"]) for _ in range(layers)]
    types[-1] = "full_attention"
    k_eq_v = family in ("a4b", "d31b", "u12b")
    c |= {"model_type": "gemma4_unified_text" if family == "u12b" else "gemma4_text", "layer_types": types, "attention_k_eq_v": k_eq_v,
          "final_logit_softcapping": r.choice([30.0, 5.0, None]), "use_bidirectional_attention": "vision" if k_eq_v else None}
    if r.random() < 0.7:
        c["rope_parameters"] = {"sliding_attention": {"rope_type": "default", "rope_theta": r.choice([1e4, 100.0])},
                                "full_attention": {"rope_type": "proportional", "rope_theta": r.choice([1e6, 1e3]),
                                                   "partial_rotary_factor": r.choice([0.25, 0.5, 1.0])}}
    global_dim, global_kv = r.choice([16, 20, 64]), r.choice([n for n in (1, 2, 3, 6) if heads % n == 0])
    if r.random() < 0.5:
        over = {"head_dim": global_dim}
        if k_eq_v:
            over["num_key_value_heads"] = global_kv
        c["per_layer_config"] = {str(i): over for i in range(layers) if types[i] == "full_attention"}
    else:
        c |= {"global_head_dim": global_dim, "num_global_key_value_heads": r.choice([None, global_kv]) if k_eq_v else None}
    if family != "u12b":
        c["hidden_size_per_layer_input"] = r.choice([4, 7, 32]) if family in ("e2b", "e4b") else r.choice([0, None])
    if family == "a4b":
        c |= {"enable_moe_block": True, "num_experts": r.choice([2, 5, 9]), "moe_intermediate_size": r.choice([3, 16, 33])}
        c["top_k_experts"] = r.randint(1, c["num_experts"])
    if family in ("e2b", "e4b"):
        shared = [n for n in range(layers) if all(t in types[:layers - n] for t in types[layers - n:])]
        c |= {"num_kv_shared_layers": r.choice(shared), "use_double_wide_mlp": family == "e2b"}
    return family, c


def make_tensors(c, family, g, prefix):
    """Names and shapes as spec/text-model.md 3A.3 lists them."""
    d, out = c["hidden_size"], {}

    def matrix(name, *shape):
        out[prefix + name] = g.standard_normal(shape).astype(np.float32) / np.sqrt(shape[-1])

    def vector(name, n, centre):
        out[prefix + name] = (centre + 0.3 * g.standard_normal(n)).astype(np.float32)

    centre = 0.0 if family == "gemma3" else 1.0
    matrix("embed_tokens.weight", c["vocab_size"], d)
    vector("norm.weight", d, centre)
    p, layers = c.get("hidden_size_per_layer_input") or 0, c["num_hidden_layers"]
    if p:
        matrix("embed_tokens_per_layer.weight", c["vocab_size"], layers * p)
        matrix("per_layer_model_projection.weight", layers * p, d)
        vector("per_layer_projection_norm.weight", p, centre)
    for i, layer in enumerate(make_layers(c)):
        at, hd, kv, heads = f"layers.{i}.", layer.head_dim, layer.kv_heads, c["num_attention_heads"]
        own = layer.source == i
        for name in ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"):
            vector(at + name + ".weight", d, centre)
        matrix(at + "self_attn.q_proj.weight", heads * hd, d)
        matrix(at + "self_attn.o_proj.weight", d, heads * hd)
        vector(at + "self_attn.q_norm.weight", hd, centre)
        if own:
            matrix(at + "self_attn.k_proj.weight", kv * hd, d)
            vector(at + "self_attn.k_norm.weight", hd, centre)
            if not (c.get("attention_k_eq_v") and layer.full):
                matrix(at + "self_attn.v_proj.weight", kv * hd, d)
        f = c["intermediate_size"] * (2 if c.get("use_double_wide_mlp") and not own else 1)
        matrix(at + "mlp.gate_proj.weight", f, d)
        matrix(at + "mlp.up_proj.weight", f, d)
        matrix(at + "mlp.down_proj.weight", d, f)
        if family != "gemma3":
            vector(at + "layer_scalar", 1, 1.0)
        if p:
            matrix(at + "per_layer_input_gate.weight", p, d)
            matrix(at + "per_layer_projection.weight", d, p)
            vector(at + "post_per_layer_input_norm.weight", d, centre)
        if c.get("enable_moe_block"):
            n, w = c["num_experts"], c["moe_intermediate_size"]
            matrix(at + "router.proj.weight", n, d)
            out[prefix + at + "router.proj.weight"] *= 3 * np.sqrt(d)  # choices well apart
            vector(at + "router.scale", d, 1.0)
            vector(at + "router.per_expert_scale", n, 1.0)
            matrix(at + "experts.gate_up_proj", n, 2 * w, d)
            matrix(at + "experts.down_proj", n, d, w)
            for name in ("pre_feedforward_layernorm_2", "post_feedforward_layernorm_1", "post_feedforward_layernorm_2"):
                vector(at + name + ".weight", d, centre)
    return out


def make_layers(c):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "config.json").write_text(json.dumps(c))
        return reference.Config(folder).layers


def run(*args):
    r = subprocess.run([program, *map(str, args)], capture_output=True, text=True, timeout=120)
    if r.returncode:
        raise RuntimeError(r.stderr.strip())


def main():
    print(f"seed {seed} (TONE_SEED sets it)")
    r, g, failures, errors, fast_errors = random.Random(seed), np.random.default_rng(seed), 0, [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            family, c = make_config(r)
            prefix = r.choice(["model.", "model.language_model.", "language_model.model.", ""])
            kind = r.choice(["BF16", "F32", "F16"])
            top = c if r.random() < 0.5 else {"model_type": c["model_type"].replace("_text", ""), "text_config": c}
            pathlib.Path(folder, "config.json").write_text(json.dumps(top))
            write_safetensors(pathlib.Path(folder, "model.safetensors"), make_tensors(c, family, g, prefix), kind)
            ids = [r.randrange(c["vocab_size"]) for _ in range(r.randint(1, 40))]
            what = f"{number}: {family} {kind} prefix '{prefix}' {len(ids)} ids {json.dumps(c)}"
            try:
                want = reference.Model(folder).run(ids)["logits"]
                out = pathlib.Path(folder, "l.safetensors")
                run("logits", "-m", folder, "--ids", ",".join(map(str, ids)), "--exact", "--out", out, "--batch", r.randint(1, 45), "--threads", r.randint(1, 3))
                error = reference.nmse(reference.read_safetensors(out)["logits"], want)
                run("logits", "-m", folder, "--ids", ",".join(map(str, ids)), "--out", out)
                fast = reference.nmse(reference.read_safetensors(out)["logits"], want)
            except (RuntimeError, subprocess.TimeoutExpired) as e:
                print(f"failed: {what}: {e}")
                failures += 1
                continue
            errors.append(error)
            fast_errors.append(fast)
            if not error <= 1e-8:
                print(f"failed: {what}: exact {error:.1e}, fast {fast:.1e}")
                failures += 1
    middle = float(np.median(errors)) if errors else 1.0
    fast = float(np.median(fast_errors)) if fast_errors else 1.0
    print(f"{count} models, {failures} failed; exact NMSE {middle:.1e} in the middle, {max(errors, default=1.0):.1e} at worst; fast {fast:.1e} in the middle")
    sys.exit(1 if failures or middle > 1e-11 or fast > 3e-3 else 0)


if __name__ == "__main__":
    main()
