"""Gemma 4 audio path in plain numpy, written from spec/audio.md.

    samples  ->  log-mel [F,128]  ->  subsampling  ->  conformer  ->  rows for the text model [T, X]

Readable, not fast.  float64 inside.  One clip at a time, no padding, no masks.

Letters: N samples; F mel frames; T soft tokens; D hidden; A heads; C = D/A head width; X text width.
"""
import math
import numpy as np

RATE, FRAME, HOP, FFT, MELS, MAX_SAMPLES = 16000, 320, 160, 512, 128, 480000


# ---------------------------------------------------------------------- log-mel

def n_frames(n):
    return max(0, (min(n, MAX_SAMPLES) - 1) // HOP)


def n_tokens(n):
    return -(-n_frames(n) // 4)


def mel_bank():
    """[257, 128]: triangles equally spaced on the HTK mel scale, linear in Hz, not area-normalised."""
    top = 2595 * math.log10(1 + (RATE / 2) / 700)
    e = 700 * (10 ** (top * np.arange(MELS + 2) / (MELS + 1) / 2595) - 1)
    f = (RATE / FFT) * np.arange(FFT // 2 + 1)[:, None]
    return np.maximum(0, np.minimum((f - e[:-2]) / (e[1:-1] - e[:-2]), (e[2:] - f) / (e[2:] - e[1:-1])))


def log_mel(x, kind=np.float64):
    """x [N] float32 in -1..1 -> [F, 128] float32.  kind: the float the window product and FFT are done in;
    the published extractor, under numpy 2, does them in float32 and the mel sum in float64."""
    x = np.asarray(x, kind)[:MAX_SAMPLES]
    p = np.concatenate([np.zeros(FRAME // 2, kind), x])
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)
    rows = [p[HOP * i: HOP * i + FRAME] * window for i in range(n_frames(len(x)))]
    if not rows:
        return np.zeros((0, MELS), np.float32)
    mag = np.abs(np.fft.rfft(np.stack(rows), FFT))                               # [F, 257]
    return np.log(mag @ mel_bank() + 0.001).astype(np.float32)


# ------------------------------------------------------------------------ tower

def rms(x, gain=None, eps=1e-6):
    y = x * (np.mean(x * x, -1, keepdims=True) + eps) ** -0.5
    return y if gain is None else y * gain


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def silu(x):
    return x * sigmoid(x)


def softplus(x):
    return np.logaddexp(0, x)


def sinusoids(n, D):
    """[n, D]: row d = sin then cos of distance d."""
    half = D // 2
    w = np.exp(-np.arange(half) * math.log(10000) / (half - 1))
    a = np.arange(n)[:, None] * w
    return np.concatenate([np.sin(a), np.cos(a)], 1)


class Audio:
    """weights: name -> array, HF names below 'model.'; config: the audio_config dictionary."""

    def __init__(self, weights, config):
        self.w = {k: np.asarray(v, np.float64) for k, v in weights.items() if k.startswith(("audio_tower.", "embed_audio."))}
        self.c = config
        self.window = config["attention_context_left"] - 1                       # keys a query sees, itself included

    def lin(self, name, z):
        """The clipped linear; a missing bound does not bind."""
        g = lambda s, d: self.w.get(f"{name}.{s}", d)
        z = np.clip(z, g("input_min", -np.inf), g("input_max", np.inf))
        z = z @ self.w[f"{name}.linear.weight"].T
        return np.clip(z, g("output_min", -np.inf), g("output_max", np.inf))

    def limit(self, x):
        g = min(self.c["gradient_clipping"], 3.4028235e38)
        return np.clip(x, -g, g)

    def conv(self, x, name):
        """x [t, f, in] -> relu(layer_norm(3x3 stride-2 conv)) [ceil(t/2), ceil(f/2), out]."""
        W, gain = self.w[name + ".conv.weight"], self.w[name + ".norm.weight"]   # [out, in, time, freq]
        t, f = (x.shape[0] + 1) // 2, (x.shape[1] + 1) // 2
        p = np.pad(x, ((1, 2), (1, 2), (0, 0)))
        y = sum(p[a:a + 2 * t:2, b:b + 2 * f:2] @ W[:, :, a, b].T for a in range(3) for b in range(3))
        m = y.mean(-1, keepdims=True)
        return np.maximum(0, (y - m) / np.sqrt(((y - m) ** 2).mean(-1, keepdims=True) + 1e-6) * gain)

    def ffn(self, x, L):
        """One macaron half step, residual included."""
        w = self.w
        y = silu(self.lin(L + ".ffw_layer_1", rms(self.limit(x), w[L + ".pre_layer_norm.weight"])))
        y = self.limit(self.lin(L + ".ffw_layer_2", y))
        return x + self.c["residual_weight"] * rms(y, w[L + ".post_layer_norm.weight"])

    def attention(self, u, L):
        """u [T, D] (already normed) -> [T, D] after the output projection."""
        w, A, cap = self.w, self.c["num_attention_heads"], self.c["attention_logit_cap"]
        n, D = u.shape
        C = D // A
        q, k, v = (self.lin(f"{L}.{s}_proj", u).reshape(n, A, C) for s in "qkv")
        q = q * (C ** -0.5 / math.log(2)) * softplus(w[L + ".per_dim_scale"])
        k = k * (math.log(1 + math.e) / math.log(2))
        R = (sinusoids(self.window, D) @ w[L + ".relative_k_proj.weight"].T).reshape(-1, A, C)   # [distance, A, C]
        o = np.empty((n, A, C))
        for t in range(n):
            j = np.arange(max(0, t - self.window + 1), t + 1)
            s = np.einsum("ac,jac->aj", q[t], k[j] + R[t - j])
            s = cap * np.tanh(s / cap)
            p = np.exp(s - s.max(1, keepdims=True))
            o[t] = np.einsum("aj,jac->ac", p / p.sum(1, keepdims=True), v[j])
        return self.lin(L + ".post", o.reshape(n, D))

    def light_conv(self, x, L):
        w = self.w
        y = self.lin(L + ".linear_start", rms(x, w[L + ".pre_layer_norm.weight"]))
        a, b = np.split(y, 2, -1)
        z = a * sigmoid(b)
        K = w[L + ".depthwise_conv1d.weight"][:, 0]                              # [D, 5]; the last tap is now
        p = np.concatenate([np.zeros((K.shape[1] - 1, z.shape[1])), z])
        y = sum(p[i:i + len(z)] * K[:, i] for i in range(K.shape[1]))
        y = silu(rms(self.limit(y), w[L + ".conv_norm.weight"]))
        return x + self.lin(L + ".linear_end", y)

    def run(self, feat):
        """feat [F, 128] -> dictionary of stages."""
        w, st = self.w, {}
        at = "audio_tower."
        x = st["conv0"] = self.conv(np.asarray(feat, np.float64)[..., None], at + "subsample_conv_projection.layer0")
        x = st["conv1"] = self.conv(x, at + "subsample_conv_projection.layer1")
        x = x.reshape(len(x), -1) @ w[at + "subsample_conv_projection.input_proj_linear.weight"].T
        st["subsampled"] = x                                                     # [T, D]
        for i in range(self.c["num_hidden_layers"]):
            L = f"{at}layers.{i}."
            x = f1 = self.ffn(x, L + "feed_forward1")
            a = self.attention(rms(self.limit(x), w[L + "norm_pre_attn.weight"]), L + "self_attn")
            x = aa = x + rms(self.limit(a), w[L + "norm_post_attn.weight"])
            x = lc = self.light_conv(x, L + "lconv1d")
            x = f2 = self.ffn(x, L + "feed_forward2")
            x = rms(self.limit(x), w[L + "norm_out.weight"])
            if i == 0:
                st.update(l0_ffn1=f1, l0_attn_out=a, l0_after_attn=aa, l0_lconv=lc, l0_ffn2=f2)
            st[f"layer_{i}"] = x
        st["output_proj"] = x @ w[at + "output_proj.weight"].T + w[at + "output_proj.bias"]
        st["soft_tokens"] = rms(st["output_proj"]) @ w["embed_audio.embedding_projection.weight"].T
        return st
