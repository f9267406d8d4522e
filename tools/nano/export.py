#!/usr/bin/env python3
"""Turn a training folder into a GGUF file and a Hugging Face folder.

    export.py RUN OUT.gguf [--type q8_0|f32] [--folder HF] [--tools HASH] [--hear hear.npy]

--tools: the hash of the tool declarations that the model was trained with (`tonesmith call --tools-hash` prints it); a studio with
the same hash leaves the declarations out of the prompt.  Needs the package gguf.
"""
import argparse
import json
import pathlib

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as T

from data import CONTROL
from model import Config, Gemma

TOP = {"embed_tokens.weight": "token_embd.weight", "norm.weight": "output_norm.weight", "embed_tokens_per_layer.weight": "per_layer_token_embd.weight",
       "per_layer_model_projection.weight": "per_layer_model_proj.weight", "per_layer_projection_norm.weight": "per_layer_proj_norm.weight"}
LAYER = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
         "post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "post_feedforward_layernorm": "post_ffw_norm",
         "per_layer_input_gate": "inp_gate", "per_layer_projection": "proj", "post_per_layer_input_norm": "post_norm"}
# Those that a reader shows as text; the others are CONTROL (as in the published files).
USER_DEFINED = {"<|tool_call>", "<tool_call|>", "<|tool_response>", "<tool_response|>", '<|"|>', "<|channel>", "<channel|>"}


def gguf_name(name):
    if name in TOP:
        return TOP[name]
    _, i, leaf = name.split(".", 2)
    if leaf == "layer_scalar":
        return f"blk.{i}.layer_output_scale.weight"
    return f"blk.{i}.{LAYER[leaf.removesuffix('.weight')]}.weight"


def metadata(w, c, name, kind, tools):
    a = "gemma4"
    kinds = [not c.full(i) for i in range(c.layers)]
    w.add_type("model")
    w.add_name(name)
    w.add_license("apache-2.0")
    w.add_file_type({"f32": 0, "q8_0": 7}[kind])
    w.add_quantization_version(2)
    w.add_uint32(f"{a}.block_count", c.layers)
    w.add_uint32(f"{a}.context_length", c.context)
    w.add_uint32(f"{a}.embedding_length", c.d)
    w.add_uint32(f"{a}.embedding_length_per_layer_input", c.ple)
    w.add_array(f"{a}.feed_forward_length", [c.mlp * (2 if i >= c.own() else 1) for i in range(c.layers)])
    w.add_uint32(f"{a}.attention.head_count", c.heads)
    w.add_uint32(f"{a}.attention.head_count_kv", 1)
    for side in ("key", "value"):
        w.add_uint32(f"{a}.attention.{side}_length", c.full_dim)
        w.add_uint32(f"{a}.attention.{side}_length_swa", c.head_dim)
    w.add_float32(f"{a}.attention.layer_norm_rms_epsilon", c.eps)
    w.add_uint32(f"{a}.attention.sliding_window", c.window)
    w.add_array(f"{a}.attention.sliding_window_pattern", kinds)
    w.add_uint32(f"{a}.attention.shared_kv_layers", c.shared)
    w.add_float32(f"{a}.rope.freq_base", 1e6)
    w.add_float32(f"{a}.rope.freq_base_swa", 1e4)
    w.add_uint32(f"{a}.rope.dimension_count", c.full_dim)
    w.add_uint32(f"{a}.rope.dimension_count_swa", c.head_dim)
    w.add_float32(f"{a}.final_logit_softcapping", c.softcap)
    if tools:
        w.add_string("tonesmith.tools", tools)


def tokenizer(w, path):
    t = json.loads(path.read_text())
    pieces = [p for p, _ in sorted(t["model"]["vocab"].items(), key=lambda kv: kv[1])]
    kinds = []
    for p in pieces:
        kind = gguf.TokenType.NORMAL
        if p in CONTROL:
            kind = gguf.TokenType.UNKNOWN if p == "<unk>" else gguf.TokenType.USER_DEFINED if p in USER_DEFINED else gguf.TokenType.CONTROL
        elif len(p) == 6 and p.startswith("<0x"):
            kind = gguf.TokenType.BYTE
        kinds.append(int(kind))
    merges = [m if isinstance(m, str) else " ".join(m) for m in t["model"]["merges"]]
    w.add_tokenizer_model("gemma4")
    w.add_token_list(pieces)
    w.add_token_scores([-1000.0] * len(pieces))
    w.add_token_types(kinds)
    w.add_token_merges(merges)
    w.add_bos_token_id(pieces.index("<bos>"))
    w.add_eos_token_id(pieces.index("<turn|>"))
    w.add_unk_token_id(pieces.index("<unk>"))
    w.add_pad_token_id(pieces.index("<pad>"))
    w.add_mask_token_id(pieces.index("<mask>"))
    w.add_add_bos_token(True)
    w.add_add_space_prefix(False)
    template = pathlib.Path(__file__).with_name("chat_template.jinja")
    w.add_chat_template(template.read_text())


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("run", type=pathlib.Path)
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--type", choices=("q8_0", "f32"), default="q8_0")
    ap.add_argument("--folder", type=pathlib.Path)
    ap.add_argument("--tools", default="")
    ap.add_argument("--hear", type=pathlib.Path)
    args = ap.parse_args()
    raw = json.loads((args.run / "config.json").read_text())
    c = Config(**raw.pop("own"))
    model = Gemma(c)
    model.load_state_dict(torch.load(args.run / "checkpoint.pt", weights_only=True)["model"])
    state = {k: v.detach().float().numpy() for k, v in model.state_dict().items()}
    hear = state.pop("hear.weight", None)  # becomes a part of the audio tower's projector: ears/export.py
    if args.hear:
        np.save(args.hear, hear)

    w = gguf.GGUFWriter(str(args.out), "gemma4")
    metadata(w, c, "tonesmith nano", args.type, args.tools)
    tokenizer(w, args.run / "tokenizer.json")
    factors = np.full(c.full_dim // 2, 1e30, np.float32)
    factors[:int(0.25 * c.full_dim // 2)] = 1.0
    w.add_tensor("rope_freqs.weight", factors)
    for name, x in state.items():
        short = gguf_name(name)
        if args.type == "f32" or x.ndim == 1:
            w.add_tensor(short, x)
        else:
            w.add_tensor(short, gguf.quants.quantize(x, T.Q8_0), raw_dtype=T.Q8_0)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    if args.folder:
        from safetensors.numpy import save_file
        args.folder.mkdir(parents=True, exist_ok=True)
        save_file({f"model.{k}": v for k, v in state.items()}, str(args.folder / "model.safetensors"))
        (args.folder / "config.json").write_text(json.dumps(raw, indent=1))
        (args.folder / "tokenizer.json").write_text((args.run / "tokenizer.json").read_text())


if __name__ == "__main__":
    main()
