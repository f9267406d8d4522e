"""A small Gemma 4 text decoder in PyTorch: per-layer embeddings, shared K/V, sliding and full attention.

The maths is that of docs/ARCHITECTURE.md's engine and of tests/golden/text/reference.py; tools/nano/check.py compares
the three.  Names of parameters are those of the published checkpoints, so that `state_dict` is a checkpoint.
"""
import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

import fused


@dataclass
class Config:
    vocab: int = 4096
    d: int = 192            # hidden size
    layers: int = 8
    period: int = 4         # every period-th layer is full, the others slide
    shared: int = 4         # last layers that own no K/V
    heads: int = 3          # query heads; one K/V head
    head_dim: int = 64      # sliding
    full_dim: int = 128     # full
    window: int = 128
    mlp: int = 448          # twice as wide in layers that share K/V
    ple: int = 32           # width of the per-layer embeddings
    softcap: float = 30.0
    eps: float = 1e-6
    context: int = 4096
    sounds: int = 0         # width of the rows that ears give (heard.py); 0: it is deaf

    def full(self, i):
        return (i + 1) % self.period == 0

    def own(self):
        return self.layers - self.shared

    def source(self, i):
        """The layer whose keys and values layer i reads."""
        own = self.own()
        return i if i < own else max(j for j in range(own) if self.full(j) == self.full(i))

    def sight(self, full):
        """How many tokens a token sees, itself included."""
        return self.context if full else self.window

    def hugging_face(self):
        kinds = ["full_attention" if self.full(i) else "sliding_attention" for i in range(self.layers)]
        return {
            "architectures": ["Gemma4ForCausalLM"], "model_type": "gemma4_text", "dtype": "float32",
            "vocab_size": self.vocab, "vocab_size_per_layer_input": self.vocab, "hidden_size": self.d,
            "num_hidden_layers": self.layers, "num_attention_heads": self.heads, "num_key_value_heads": 1,
            "num_global_key_value_heads": None, "attention_k_eq_v": False, "head_dim": self.head_dim,
            "global_head_dim": self.full_dim, "layer_types": kinds, "sliding_window": self.window,
            "intermediate_size": self.mlp, "use_double_wide_mlp": True, "num_kv_shared_layers": self.shared,
            "hidden_size_per_layer_input": self.ple, "final_logit_softcapping": self.softcap,
            "rms_norm_eps": self.eps, "max_position_embeddings": self.context, "enable_moe_block": False,
            "tie_word_embeddings": True, "hidden_activation": "gelu_pytorch_tanh", "use_bidirectional_attention": None,
            "rope_parameters": {
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
                "full_attention": {"rope_type": "proportional", "rope_theta": 1000000.0, "partial_rotary_factor": 0.25}},
            "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}

    def dict(self):
        return asdict(self)


class Norm(nn.Module):
    def __init__(self, n, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))
        self.eps = eps

    def forward(self, x):
        return OPS.norm(x, self.weight, self.eps)


class Plain:
    """The operations between the products, as they are meant."""

    @staticmethod
    def norm(x, w, eps):
        return F.rms_norm(x.float(), (x.shape[-1],), None if w is None else w.float(), eps).to(x.dtype)

    @staticmethod
    def join(a, h, w, scale, following, eps):
        """y = (a + norm(h, w)) scale, and what reads it: norm(y, following), or y itself when there is none."""
        y = a + Plain.norm(h, w, eps)
        if scale is not None:
            y = y * scale
        return y, y if following is None else Plain.norm(y, following, eps)

    @staticmethod
    def turn(x, w, cos, sin, eps):
        """x (B, T, heads, hd) → (B, heads, T, hd), normed: dimension i turns with i + hd/2; cos and sin (B, T, hd/2)."""
        a, b = Plain.norm(x, w, eps).float().transpose(1, 2).chunk(2, -1)
        cos, sin = cos[:, None], sin[:, None]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)

    @staticmethod
    def sight(positions, segments, window):
        """What attention() wants to know of who sees whom: earlier or same, same dialogue, within the window."""
        distance = positions[:, :, None] - positions[:, None, :]
        return ((distance >= 0) & (distance < window) & (segments[:, :, None] == segments[:, None, :]))[:, None]

    @staticmethod
    def attention(q, k, v, sight, window):
        """q (B, heads, T, hd); k, v (B, 1, T, hd) → (B, T, heads hd)"""
        heads = q.shape[1]
        o = F.scaled_dot_product_attention(q, k.expand(-1, heads, -1, -1), v.expand(-1, heads, -1, -1), attn_mask=sight, scale=1.0)
        return o.transpose(1, 2).flatten(2)

    @staticmethod
    def gate(a, b):
        return F.gelu(a, approximate="tanh") * b

    @staticmethod
    def loss(z, targets, weight, cap):
        z = cap * torch.tanh(z.float() / cap)
        return (F.cross_entropy(z, targets, reduction="none") * weight).sum() / weight.sum()


class Fused:
    """The same in one pass each, twice as fast; under bfloat16 autocast only."""

    @staticmethod
    def norm(x, w, eps):
        return fused.Norm.apply(x, w, eps)

    @staticmethod
    def join(a, h, w, scale, following, eps):
        return fused.Join.apply(a, h.to(torch.bfloat16), w, scale, following, eps)

    @staticmethod
    def turn(x, w, cos, sin, eps):
        return fused.Turn.apply(x, w, cos, sin, eps)

    @staticmethod
    def sight(positions, segments, window):
        """Positions rise by one within a dialogue, so that its borders say it all."""
        return segments

    @staticmethod
    def attention(q, k, v, sight, window):
        return fused.Attention.apply(q, k, v, sight, window)

    @staticmethod
    def gate(a, b):
        return fused.Gate.apply(a, b.to(a.dtype))

    @staticmethod
    def loss(z, targets, weight, cap):
        return fused.Loss.apply(z.to(torch.bfloat16), targets, weight, cap)


OPS = Plain


def use(ops):
    global OPS
    OPS = ops


class Attention(nn.Module):
    def __init__(self, c, i):
        super().__init__()
        self.c, self.i = c, i
        self.hd = c.full_dim if c.full(i) else c.head_dim
        self.q_proj = nn.Linear(c.d, c.heads * self.hd, bias=False)
        self.o_proj = nn.Linear(c.heads * self.hd, c.d, bias=False)
        self.q_norm = Norm(self.hd, c.eps)
        if c.source(i) == i:
            self.k_proj = nn.Linear(c.d, self.hd, bias=False)
            self.v_proj = nn.Linear(c.d, self.hd, bias=False)
            self.k_norm = Norm(self.hd, c.eps)

    def forward(self, h, kv, sight, rope):
        c, (b, t, _) = self.c, h.shape
        cos, sin = rope[c.full(self.i)]
        q = OPS.turn(self.q_proj(h).view(b, t, c.heads, self.hd), self.q_norm.weight, cos, sin, c.eps)
        if c.source(self.i) == self.i:
            k = OPS.turn(self.k_proj(h).view(b, t, 1, self.hd), self.k_norm.weight, cos, sin, c.eps)
            v = OPS.norm(self.v_proj(h).view(b, t, 1, self.hd), None, c.eps).transpose(1, 2)
            kv[self.i] = k, v
        k, v = kv[c.source(self.i)]
        return self.o_proj(OPS.attention(q, k, v, sight[c.full(self.i)], c.sight(c.full(self.i))))


class Mlp(nn.Module):
    def __init__(self, c, i):
        super().__init__()
        n = c.mlp * (2 if i >= c.own() else 1)
        self.gate_proj = nn.Linear(c.d, n, bias=False)
        self.up_proj = nn.Linear(c.d, n, bias=False)
        self.down_proj = nn.Linear(n, c.d, bias=False)

    def forward(self, x):
        return self.down_proj(OPS.gate(self.gate_proj(x), self.up_proj(x)))


class Layer(nn.Module):
    def __init__(self, c, i):
        super().__init__()
        self.self_attn, self.mlp = Attention(c, i), Mlp(c, i)
        for name in ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm",
                     "post_feedforward_layernorm", "post_per_layer_input_norm"):
            setattr(self, name, Norm(c.d, c.eps))
        self.per_layer_input_gate = nn.Linear(c.d, c.ple, bias=False)
        self.per_layer_projection = nn.Linear(c.ple, c.d, bias=False)
        self.layer_scalar = nn.Parameter(torch.ones(1))

    def forward(self, x, h, ple, kv, sight, rope, following):
        """x and its input norm h → the next layer's, whose input norm is `following`."""
        def join(a, h, norm, scale, following):
            return OPS.join(a, h, norm.weight, scale, None if following is None else following.weight, norm.eps)

        x, h = join(x, self.self_attn(h, kv, sight, rope), self.post_attention_layernorm, None, self.pre_feedforward_layernorm)
        x, h = join(x, self.mlp(h), self.post_feedforward_layernorm, None, None)
        g = OPS.gate(self.per_layer_input_gate(h), ple)
        return join(x, self.per_layer_projection(g), self.post_per_layer_input_norm, self.layer_scalar, following)


class Gemma(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.embed_tokens = nn.Embedding(c.vocab, c.d)
        self.embed_tokens_per_layer = nn.Embedding(c.vocab, c.layers * c.ple)
        if c.sounds:
            self.hear = nn.Linear(c.sounds, c.d, bias=False)  # goes into the projector of the audio tower, not into this model's file
        self.per_layer_model_projection = nn.Linear(c.d, c.layers * c.ple, bias=False)
        self.per_layer_projection_norm = Norm(c.ple, c.eps)
        self.layers = nn.ModuleList(Layer(c, i) for i in range(c.layers))
        self.norm = Norm(c.d, c.eps)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=p.shape[1] ** -0.5 if "embed" not in name else 0.5 * c.d ** -0.5)
        # The branches begin small: each adds a little to the residual, whose norm is near 0.5 sqrt(d) / sqrt(d).
        for layer in self.layers:
            for norm in (layer.post_attention_layernorm, layer.post_feedforward_layernorm, layer.post_per_layer_input_norm):
                nn.init.constant_(norm.weight, 0.2)

    def rope(self, positions):
        """positions (B, T) → {full: (cos, sin)}, each (B, T, hd/2)."""
        out = {}
        for full, hd, theta in ((False, self.c.head_dim, 1e4), (True, self.c.full_dim, 1e6)):
            speed = theta ** (-2.0 * torch.arange(hd // 2, dtype=torch.float64) / hd)
            if full:
                speed[int(0.25 * hd // 2):] = 0.0
            angle = torch.arange(int(positions.max()) + 1)[:, None] * speed
            out[full] = angle.cos().float()[positions], angle.sin().float()[positions]
        return out

    def forward(self, ids, positions, segments, targets=None, weight=None, sound=None):
        """ids, positions, segments (B, T).  Without targets: logits (B, T, V); with them: mean loss over `weight`.
        sound: (where, rows): flat indices into B T, whose ids are 0, and what is heard there."""
        c = self.c
        x = self.embed_tokens(ids) * math.sqrt(c.d)
        if sound is not None:
            with torch.autocast("cpu", enabled=False):
                x = x.reshape(-1, c.d).index_copy(0, sound[0], self.hear(sound[1]).to(x.dtype)).view(x.shape)
        ple = self.embed_tokens_per_layer(ids).view(*ids.shape, c.layers, c.ple) * math.sqrt(c.ple)
        context = self.per_layer_model_projection(x).view(*ids.shape, c.layers, c.ple) * c.d ** -0.5
        ple = (self.per_layer_projection_norm(context) + ple) * 2 ** -0.5
        kv, rope = {}, self.rope(positions)
        sight = {full: OPS.sight(positions, segments, c.sight(full)) for full in (False, True)}
        ple = ple.permute(2, 0, 1, 3).contiguous().unbind()
        norms = [layer.input_layernorm for layer in self.layers] + [self.norm]
        h = norms[0](x)
        for i, layer in enumerate(self.layers):
            x, h = layer(x, h, ple[i], kv, sight, rope, norms[i + 1])
        if targets is not None:
            # The head is the costliest product: only where there is a loss.  Filled up, since every new shape is a new kernel to make and keep.
            keep = torch.nonzero(weight.view(-1)).squeeze(1)
            keep = F.pad(keep, (0, -len(keep) % 128))
            unused = torch.arange(len(keep)) >= (weight > 0).sum()
            h, targets, weight = h.view(-1, c.d)[keep], targets.view(-1)[keep], weight.view(-1)[keep].masked_fill(unused, 0.0)
        logits = h @ self.embed_tokens.weight.to(h.dtype).T
        if targets is None:
            return c.softcap * torch.tanh(logits.float() / c.softcap)
        return OPS.loss(logits, targets, weight, c.softcap)
