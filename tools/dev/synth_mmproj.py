#!/usr/bin/env python3
"""A GGUF file of eyes in a published shape with random weights, for measuring speed and for trying that the shape loads.

    synth_mmproj.py FILE.gguf [--tower small|large] [--type bf16|f16|f32] [--text-width N]

small: E2B and E4B (clipped linears); large: 26B-A4B and 31B (standardised).  Needs numpy and gguf.
"""
import argparse
import gguf
import numpy as np

SHAPES = {"small": dict(d=768, ffn=3072, layers=16, heads=12, text=1536), "large": dict(d=1152, ffn=4304, layers=27, heads=16, text=5376)}
TYPES = {"bf16": gguf.GGMLQuantizationType.BF16, "f16": gguf.GGMLQuantizationType.F16, "f32": gguf.GGMLQuantizationType.F32}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file")
    p.add_argument("--tower", choices=SHAPES, default="small")
    p.add_argument("--type", choices=TYPES, default="bf16")
    p.add_argument("--text-width", type=int)
    a = p.parse_args()
    s, kind = SHAPES[a.tower], TYPES[a.type]
    d, ffn, text, r = s["d"], s["ffn"], a.text_width or s["text"], np.random.default_rng(1)

    g = gguf.GGUFWriter(a.file, "clip")
    g.add_type("mmproj")
    g.add_name(f"synthetic {a.tower} eyes")
    g.add_file_type(gguf.LlamaFileType.MOSTLY_BF16 if a.type == "bf16" else gguf.LlamaFileType.MOSTLY_F16)
    g.add_bool("clip.has_vision_encoder", True)
    g.add_string("clip.vision.projector_type", "gemma4v")
    for key, value in dict(image_size=224, patch_size=16, embedding_length=d, feed_forward_length=ffn, block_count=s["layers"],
                           projection_dim=text).items():
        g.add_uint32("clip.vision." + key, value)
    g.add_uint32("clip.vision.attention.head_count", s["heads"])
    g.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-6)
    g.add_array("clip.vision.image_mean", [0.0] * 3)
    g.add_array("clip.vision.image_std", [1.0] * 3)

    def plain(name, shape, low, high):
        g.add_tensor(name, r.uniform(low, high, shape).astype(np.float32))

    def matrix(name, rows, cols):
        w = (r.standard_normal((rows, cols), np.float32) * np.float32(cols ** -0.5))
        g.add_tensor(name + ".weight", gguf.quants.quantize(w, kind), raw_dtype=kind)
        if a.tower == "small" and name.startswith("v.blk"):
            for end, bound in (("input_min", -20), ("input_max", 20), ("output_min", -30), ("output_max", 30)):
                g.add_tensor(f"{name}.{end}", np.array([bound], np.float32))

    g.add_tensor("v.patch_embd.weight", (r.standard_normal((d, 3, 16, 16), np.float32) * np.float32(768 ** -0.5)))
    plain("v.position_embd.weight", (2, 10240, d), -0.1, 0.1)
    for i in range(s["layers"]):
        b = f"v.blk.{i}."
        for name in ("ln1", "attn_post_norm", "ln2", "ffn_post_norm"):
            plain(f"{b}{name}.weight", d, 0.8, 1.2)
        for name in ("attn_q_norm", "attn_k_norm"):
            plain(f"{b}{name}.weight", d // s["heads"], 0.3, 0.5)
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            matrix(b + name, d, d)
        matrix(b + "ffn_gate", ffn, d)
        matrix(b + "ffn_up", ffn, d)
        matrix(b + "ffn_down", d, ffn)
    if a.tower == "large":
        plain("v.std_bias", d, -1, 1)
        plain("v.std_scale", d, 0.02, 0.05)
    matrix("mm.input_projection", text, d)
    g.write_header_to_file()
    g.write_kv_data_to_file()
    g.write_tensors_to_file()
    g.close()


if __name__ == "__main__":
    main()
