"""A small Gemma 4 audio tower in PyTorch: log-mel, two strided convolutions, conformer blocks with local causal attention.

The maths is that of src/model/hearing*.c and tests/golden/audio/reference.py; names of parameters are those of the published checkpoints.
"""
import math
import pathlib
import sys
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import fused
from front import Front

RATE, FRAME, HOP, FFT, MELS = 16000, 320, 160, 512, 128
WINDOW = 12  # soft tokens that one sees, itself included


@dataclass
class Config:
    d: int = 160         # rows of a multiple of 32, for Q8_0
    heads: int = 4
    layers: int = 6
    ffn: int = 640
    channels: int = 16   # of the second convolution; the first has as many as there are mel bands
    out: int = 128       # width before the projector
    sounds: int = 48
    eps: float = 1e-6

    def dict(self):
        return asdict(self)


def mel_bank():
    """(257, 128): triangles equally spaced on the HTK mel scale, linear in Hz, not area-normalised."""
    top = 2595 * math.log10(1 + (RATE / 2) / 700)
    e = 700 * (10 ** (top * torch.arange(MELS + 2, dtype=torch.float64) / (MELS + 1) / 2595) - 1)
    f = (RATE / FFT) * torch.arange(FFT // 2 + 1, dtype=torch.float64)[:, None]
    return torch.minimum((f - e[:-2]) / (e[1:-1] - e[:-2]), (e[2:] - f) / (e[2:] - e[1:-1])).clamp(min=0)


BANK = mel_bank()
HANN = 0.5 - 0.5 * torch.cos(2 * math.pi * torch.arange(FRAME, dtype=torch.float64) / FRAME)


def log_mel(x):
    """x (N) float in -1…1 → (F, 128), F = (N - 1) // 160."""
    n = (len(x) - 1) // HOP
    frames = F.pad(x, (FRAME // 2, FRAME)).unfold(0, FRAME, HOP)[:n]
    magnitude = torch.fft.rfft(frames * HANN.to(x.dtype), FFT).abs()
    return torch.log(magnitude @ BANK.to(x.dtype) + 0.001).float()


class Norm(nn.Module):
    """In training, under bfloat16 autocast, what is small and frequent goes in one pass each: ../fused.c, front.c."""

    def __init__(self, n, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))
        self.eps = eps

    def forward(self, x):
        return fused.Norm.apply(x, self.weight, self.eps) if self.training else self.exact(x)

    def exact(self, x):
        return F.rms_norm(x.float(), (x.shape[-1],), self.weight, self.eps)

    def add(self, a, h, step=1.0):
        """a + step norm(h)"""
        return fused.AddNorm.apply(a, h, step * self.weight, self.eps) if self.training else a + step * self.exact(h)


class Linear(nn.Module):
    """A linear under the name that the published files give it."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.linear = nn.Linear(n_in, n_out, bias=False)
        nn.init.normal_(self.linear.weight, std=n_in ** -0.5)

    def forward(self, x):
        return self.linear(x)


class Subsample(nn.Module):
    def __init__(self, n_in, n_out, eps):
        super().__init__()
        self.conv = nn.Conv2d(n_in, n_out, 3, stride=2, padding=1, bias=False).to(memory_format=torch.channels_last)
        self.norm = nn.LayerNorm(n_out, eps=eps, bias=False)

    def forward(self, x, lengths):
        """x (B, T, F, C), zero from each clip's length on → the same of half the size."""
        if self.training and x.shape[-1] == 1:
            return Front.apply(x[..., 0], self.conv.weight, self.norm.weight, self.norm.eps)
        y = self.conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # the channel is fastest in memory, before and after
        y = F.relu(F.layer_norm(y, (y.shape[-1],), self.norm.weight.to(y.dtype), None, self.norm.eps), inplace=True)
        if self.training:
            return y  # what is behind the end reaches no more than the last soft token, which is silence
        alive = torch.arange(y.shape[1])[None, :] < lengths[:, None]
        return y * alive[:, :, None, None]


class FeedForward(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.pre_layer_norm, self.post_layer_norm = Norm(c.d, c.eps), Norm(c.d, c.eps)
        self.ffw_layer_1, self.ffw_layer_2 = Linear(c.d, c.ffn), Linear(c.ffn, c.d)

    def forward(self, x):
        return self.post_layer_norm.add(x, self.ffw_layer_2(F.silu(self.ffw_layer_1(self.pre_layer_norm(x)))), 0.5)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, self.n = c, c.d // c.heads
        self.q_proj, self.k_proj, self.v_proj, self.post = (Linear(c.d, c.d) for _ in range(4))
        self.relative_k_proj = nn.Linear(c.d, c.d, bias=False)
        nn.init.normal_(self.relative_k_proj.weight, std=0.3 * c.d ** -0.5)
        self.per_dim_scale = nn.Parameter(torch.zeros(self.n))
        half = c.d // 2
        angle = torch.arange(WINDOW)[:, None] * torch.exp(-torch.arange(half) * math.log(10000) / (half - 1))
        self.register_buffer("table", torch.cat([angle.sin(), angle.cos()], 1), persistent=False)

    def forward(self, u):
        b, t, _ = u.shape
        h, n = self.c.heads, self.n
        q, k, v = (p(u).view(b, t, h, n).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        q = q * (n ** -0.5 / math.log(2) * F.softplus(self.per_dim_scale)).to(q.dtype)
        k = k * (math.log(1 + math.e) / math.log(2))
        r = self.relative_k_proj(self.table).view(WINDOW, h, n).permute(1, 2, 0)  # (h, n, distance)
        far = (q @ r.to(q.dtype)).flip(-1)                                       # (b, h, t, 11 … 0)
        # Row t moves t to the right: what stands under distance d comes to stand under key t - d.
        far = F.pad(far, (0, t)).flatten(2)[:, :, :t * (t + WINDOW - 1)].view(b, h, t, t + WINDOW - 1)[..., WINDOW - 1:]
        s = 50 * torch.tanh((q @ k.transpose(-1, -2) + far).float() / 50)
        distance = torch.arange(t)[:, None] - torch.arange(t)[None, :]
        s = s.masked_fill((distance < 0) | (distance >= WINDOW), -1e9)
        o = s.softmax(-1).to(v.dtype) @ v
        return self.post(o.transpose(1, 2).reshape(b, t, -1))


class LightConv(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.pre_layer_norm, self.conv_norm = Norm(c.d, c.eps), Norm(c.d, c.eps)
        self.linear_start, self.linear_end = Linear(c.d, 2 * c.d), Linear(c.d, c.d)
        self.depthwise_conv1d = nn.Conv1d(c.d, c.d, 5, groups=c.d, bias=False)

    def forward(self, x):
        a, b = self.linear_start(self.pre_layer_norm(x)).chunk(2, -1)
        z = F.pad((a * torch.sigmoid(b)).float(), (0, 0, 4, 0))
        w = self.depthwise_conv1d.weight[:, 0]
        y = sum(z[:, i:i + x.shape[1]] * w[:, i] for i in range(5))
        return x + self.linear_end(F.silu(self.conv_norm(y)))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.feed_forward1, self.feed_forward2 = FeedForward(c), FeedForward(c)
        self.norm_pre_attn, self.norm_post_attn, self.norm_out = (Norm(c.d, c.eps) for _ in range(3))
        self.self_attn, self.lconv1d = Attention(c), LightConv(c)

    def forward(self, x):
        x = self.feed_forward1(x)
        x = self.norm_post_attn.add(x, self.self_attn(self.norm_pre_attn(x)))
        x = self.lconv1d(x)
        return self.norm_out.exact(self.feed_forward2(x))


class Tower(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.subsample_conv_projection = nn.ModuleDict({
            "layer0": Subsample(1, MELS, c.eps), "layer1": Subsample(MELS, c.channels, c.eps),
            "input_proj_linear": nn.Linear(MELS // 4 * c.channels, c.d, bias=False)})
        self.layers = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.output_proj = nn.Linear(c.d, c.out)
        # Training's own: what a sound is at each soft token, as logits and as a linear estimate of its likelihood.
        self.head = nn.Linear(c.out, c.sounds)
        self.linear_head = nn.Linear(c.out, c.sounds, bias=False)
        self.middle_head = nn.Linear(c.d, c.sounds)

    def forward(self, mel, lengths):
        """mel (B, F, 128), zero behind each clip's length → (B, T, out), normed: what the projector reads; T lengths; (B, T, d) of the middle."""
        s, c = self.subsample_conv_projection, self.c
        x, lengths = mel[..., None], (lengths + 1) // 2
        x = s["layer0"](x, lengths)
        lengths = (lengths + 1) // 2
        x = s["input_proj_linear"](s["layer1"](x, lengths).flatten(2))
        x = x.float()
        for i, block in enumerate(self.layers):
            x = block(x)
            if i == c.layers // 2 - 1:
                middle = x
        return F.rms_norm(self.output_proj(x).float(), (c.out,), None, c.eps), lengths, middle
