#!/usr/bin/env python3
"""Turn a training folder of the ears into an mmproj GGUF file, as llama.cpp's converter would name it.

    export.py RUN HEAR.npy OUT.gguf [--type q8_0|f16|f32]

HEAR.npy (what ../export.py --hear writes, d x 48) is how the language model reads likelihoods of sounds; the tower's linear head
makes these likelihoods.  Both are linear, so that their product is the projector.  Needs the package gguf.
"""
import argparse
import json
import pathlib

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as T

from tower import Config, Tower

TOP = {"subsample_conv_projection.layer0.conv": "a.conv1d.0", "subsample_conv_projection.layer0.norm": "a.conv1d.0.norm",
       "subsample_conv_projection.layer1.conv": "a.conv1d.1", "subsample_conv_projection.layer1.norm": "a.conv1d.1.norm",
       "subsample_conv_projection.input_proj_linear": "a.input_projection", "output_proj": "a.pre_encode.out"}
# The norms of the light convolution have changed places in these files.
LAYER = {"feed_forward1.pre_layer_norm": "ffn_norm", "feed_forward1.ffw_layer_1.linear": "ffn_up", "feed_forward1.ffw_layer_2.linear": "ffn_down",
         "feed_forward1.post_layer_norm": "ffn_post_norm", "feed_forward2.pre_layer_norm": "ffn_norm_1", "feed_forward2.ffw_layer_1.linear": "ffn_up_1",
         "feed_forward2.ffw_layer_2.linear": "ffn_down_1", "feed_forward2.post_layer_norm": "ffn_post_norm_1", "norm_pre_attn": "attn_pre_norm",
         "norm_post_attn": "attn_post_norm", "self_attn.q_proj.linear": "attn_q", "self_attn.k_proj.linear": "attn_k", "self_attn.v_proj.linear": "attn_v",
         "self_attn.post.linear": "attn_out", "self_attn.relative_k_proj": "attn_k_rel", "lconv1d.pre_layer_norm": "conv_norm",
         "lconv1d.conv_norm": "norm_conv", "lconv1d.linear_start.linear": "conv_pw1", "lconv1d.linear_end.linear": "conv_pw2",
         "lconv1d.depthwise_conv1d": "conv_dw", "norm_out": "ln2"}
HEADS = "head.", "linear_head.", "middle_head."  # training's own


def gguf_name(name):
    stem, _, leaf = name.rpartition(".")
    if stem in TOP:
        return f"{TOP[stem]}.{leaf}"
    _, i, rest = name.split(".", 2)
    if rest == "self_attn.per_dim_scale":
        return f"a.blk.{i}.per_dim_scale.weight"
    return f"a.blk.{i}.{LAYER[rest.rpartition('.')[0]]}.{leaf}"


def load(run):
    """(config, tower) of a training folder."""
    c = Config(**json.loads((run / "config.json").read_text()))
    tower = Tower(c)
    tower.load_state_dict(torch.load(run / "checkpoint.pt", weights_only=True)["tower"])
    return c, tower.eval()


def write(out, c, tower, hear, kind):
    """hear (d, sounds)"""
    state = {k: v.detach().float() for k, v in tower.state_dict().items()}
    projector = hear.astype(np.float64) @ state["linear_head.weight"].double().numpy()
    w = gguf.GGUFWriter(str(out), "clip")
    w.add_type("mmproj")
    w.add_name("tonesmith nano ears")
    w.add_license("apache-2.0")
    w.add_file_type({"f32": 0, "f16": 1, "q8_0": 7}[kind])
    w.add_quantization_version(2)
    w.add_bool("clip.has_audio_encoder", True)
    w.add_string("clip.audio.projector_type", "gemma4a")
    for key, value in (("projection_dim", len(hear)), ("embedding_length", c.d), ("feed_forward_length", c.ffn), ("block_count", c.layers),
                       ("attention.head_count", c.heads), ("num_mel_bins", 128)):
        w.add_uint32(f"clip.audio.{key}", value)
    w.add_float32("clip.audio.attention.layer_norm_epsilon", c.eps)
    w.add_tensor("mm.a.input_projection.weight", projector.astype(np.float32))
    for name, x in state.items():
        if name.startswith(HEADS):
            continue
        short = gguf_name(name)
        if name.endswith("per_dim_scale"):
            x = torch.nn.functional.softplus(x)
        if name.endswith("depthwise_conv1d.weight"):
            x = x[:, 0]
        x = np.ascontiguousarray(x.numpy())
        if kind == "f32" or x.ndim != 2 or short.endswith(("input_projection.weight", "conv_dw.weight")):
            w.add_tensor(short, x)
        else:
            to = T.Q8_0 if kind == "q8_0" else T.F16
            w.add_tensor(short, gguf.quants.quantize(x, to), raw_dtype=to)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("run", type=pathlib.Path)
    ap.add_argument("hear", type=pathlib.Path)
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--type", choices=("q8_0", "f16", "f32"), default="q8_0")
    args = ap.parse_args()
    c, tower = load(args.run)
    hear = np.load(args.hear)
    if hear.ndim != 2 or hear.shape[1] != c.sounds:
        raise SystemExit(f"{args.hear} is of the shape {hear.shape}, not (d, {c.sounds})")
    write(args.out, c, tower, hear, args.type)


if __name__ == "__main__":
    main()
