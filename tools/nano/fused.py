#!/usr/bin/env python3
"""The operations of fused.c and attention.c for PyTorch's autograd.  Run by itself it compares them with PyTorch's own."""
import ctypes
import pathlib
import subprocess
import tempfile

import torch

_lib = None


def lib():
    """fused.c and attention.c, compiled for this machine."""
    global _lib
    if _lib is None:
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "fused.so"
            subprocess.run(["gcc", "-O3", "-march=native", "-ffast-math", "-mprefer-vector-width=512", "-shared", "-fPIC",
                            "-o", out, *(pathlib.Path(__file__).with_name(c) for c in ("fused.c", "attention.c")), "-lm"], check=True)
            _lib = ctypes.CDLL(str(out))
            _lib.loss.restype = _lib.join_back.restype = ctypes.c_double
    return _lib


def p(t):
    assert t is None or t.is_contiguous()
    return ctypes.c_void_p(0 if t is None else t.data_ptr())


L, I, FL = ctypes.c_long, ctypes.c_int, ctypes.c_float
HALF = torch.bfloat16


class Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, eps):
        x = x.contiguous()
        n = x.shape[-1]
        y = torch.empty(x.shape, dtype=HALF)
        lib().norm(p(y), p(x), I(x.dtype == HALF), p(w), L(x.numel() // n), I(n), FL(eps))
        ctx.save_for_backward(x, w)
        ctx.eps = eps
        return y

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        n, dy = x.shape[-1], dy.contiguous()
        dx, dw = torch.empty_like(x), None if w is None else torch.zeros_like(w)
        lib().norm_back(p(dx), p(dw), p(dy), p(x), I(x.dtype == HALF), p(w), L(x.numel() // n), I(n), FL(ctx.eps))
        return dx, dw, None


class Join(torch.autograd.Function):
    """y = (a + norm(h, w)) scale, and norm(y, following), or just y in half when there is none."""
    @staticmethod
    def forward(ctx, a, h, w, scale, following, eps):
        a, h, n = a.contiguous(), h.contiguous(), h.shape[-1]
        y, z, ctx.scale = torch.empty_like(a), torch.empty_like(h), 1.0 if scale is None else scale.item()
        lib().join(p(y), p(z), p(a), p(h), p(w), p(following), FL(ctx.scale), L(h.numel() // n), I(n), FL(eps))
        ctx.save_for_backward(a, h, w, following)
        ctx.set_materialize_grads(False)
        ctx.eps = eps
        return y, z

    @staticmethod
    def backward(ctx, dy, dz):
        a, h, w, following = ctx.saved_tensors
        n, dy, dz = h.shape[-1], None if dy is None else dy.contiguous(), torch.zeros_like(h) if dz is None else dz.contiguous()
        da, dh, dw, dnext = torch.empty_like(a), torch.empty_like(h), torch.zeros_like(w), None if following is None else torch.zeros_like(w)
        d = lib().join_back(p(da), p(dh), p(dw), p(dnext), p(dy), p(dz), p(a), p(h), p(w), p(following), FL(ctx.scale),
                            L(h.numel() // n), I(n), FL(ctx.eps))
        return da, dh, dw, torch.tensor([d]).float() if ctx.needs_input_grad[3] else None, dnext, None


class Turn(torch.autograd.Function):
    """x (B, T, heads, n), w (n), cos, sin (B, T, n/2) → (B, heads, T, n)"""
    @staticmethod
    def forward(ctx, x, w, cos, sin, eps):
        x = x.contiguous()
        b, t, h, n = x.shape
        y = torch.empty((b, h, t, n), dtype=HALF)
        lib().turn(p(y), p(x), p(w), p(cos), p(sin), L(b), L(t), I(h), I(n), FL(eps))
        ctx.save_for_backward(x, w, cos, sin)
        ctx.eps = eps
        return y

    @staticmethod
    def backward(ctx, dy):
        x, w, cos, sin = ctx.saved_tensors
        (b, t, h, n), dy = x.shape, dy.contiguous()
        dx, dw = torch.empty_like(x), torch.zeros_like(w)
        lib().turn_back(p(dx), p(dw), p(dy), p(x), p(w), p(cos), p(sin), L(b), L(t), I(h), I(n), FL(ctx.eps))
        return dx, dw, None, None, None


class Gate(torch.autograd.Function):
    """gelu(a) * b"""
    @staticmethod
    def forward(ctx, a, b):
        a, b = a.contiguous(), b.contiguous()
        y = torch.empty_like(a)
        lib().gate(p(y), p(a), p(b), L(a.numel()))
        ctx.save_for_backward(a, b)
        return y

    @staticmethod
    def backward(ctx, dy):
        a, b = ctx.saved_tensors
        dy, da, db = dy.contiguous(), torch.empty_like(a), torch.empty_like(b)
        lib().gate_back(p(da), p(db), p(dy), p(a), p(b), L(a.numel()))
        return da, db


class Attention(torch.autograd.Function):
    """q (B, heads, T, n), k, v (B, 1, T, n), segments (B, T) → (B, T, heads n): causal, inside each segment, over `window`."""
    @staticmethod
    def forward(ctx, q, k, v, segments, window):
        q, k, v, segments = (x.contiguous() for x in (q, k, v, segments))
        b, h, t, n = q.shape
        assert n % 32 == 0 and k.shape == v.shape == (b, 1, t, n) and segments.shape == (b, t) and segments.dtype == torch.long
        assert q.dtype == k.dtype == v.dtype == HALF
        y, norm = torch.empty((b, t, h * n), dtype=HALF), torch.empty((b, h, t))
        if not lib().attention(p(y), p(norm), p(q), p(k), p(v), p(segments), L(b), L(t), I(h), I(n), L(window)):
            raise RuntimeError("attention: no memory, or no right to AMX")
        ctx.save_for_backward(q, k, v, segments, norm)
        ctx.window = window
        return y

    @staticmethod
    def backward(ctx, dy):
        q, k, v, segments, norm = ctx.saved_tensors
        (b, h, t, n), dy = q.shape, dy.contiguous()
        dq, dk, dv = (torch.empty_like(x) for x in (q, k, v))
        if not lib().attention_back(p(dq), p(dk), p(dv), p(dy), p(norm), p(q), p(k), p(v), p(segments), L(b), L(t), I(h),
                                    I(n), L(ctx.window)):
            raise RuntimeError("attention: no memory, or no right to AMX")
        return dq, dk, dv, None, None


class Loss(torch.autograd.Function):
    """Mean over weight of the cross entropy of softcapped logits z (rows, n)."""
    @staticmethod
    def forward(ctx, z, target, weight, cap):
        dz = torch.empty_like(z)
        rows, n = z.shape
        value = lib().loss(p(dz), p(z), p(target), p(weight), L(rows), I(n), FL(cap), FL(float(weight.sum())))
        ctx.save_for_backward(dz)
        return torch.tensor(value, dtype=torch.float32)

    @staticmethod
    def backward(ctx, d):
        dz, = ctx.saved_tensors
        return dz if float(d) == 1.0 else dz * d, None, None, None


def check():
    import torch.nn.functional as F
    torch.manual_seed(1)
    worst = {}

    def near(name, got, want):
        got, want = got.double(), want.double()
        worst[name] = max(worst.get(name, 0), float(((got - want) ** 2).sum() / (want ** 2).sum()))

    def leaf(*shape, dtype=torch.float32):
        return torch.randn(*shape).to(dtype).requires_grad_()

    def compare(name, mine, theirs, leaves):
        a = mine()
        d = torch.randn(a.shape).to(a.dtype)
        a.backward(d)
        grads = [x.grad for x in leaves]
        for x in leaves:
            x.grad = None
        b = theirs()
        b.backward(d.to(b.dtype))
        near(name, a.detach(), b.detach())
        for x, g in zip(leaves, grads):
            near(name + " gradient", g, x.grad)
            x.grad = None

    rms = lambda x, w: F.rms_norm(x.float(), (x.shape[-1],), None if w is None else w.float(), 1e-6)
    for dtype in (torch.float32, HALF):
        x, w = leaf(5, 7, 192, dtype=dtype), leaf(192)
        compare("norm", lambda: Norm.apply(x, w, 1e-6), lambda: rms(x, w), [x, w])
        compare("norm without weights", lambda: Norm.apply(x, None, 1e-6), lambda: rms(x, None), [x])
    a, h = leaf(5, 7, 192), leaf(5, 7, 192, dtype=HALF)
    scale, following = torch.tensor([0.7], requires_grad=True), leaf(192)
    both = lambda y, z: torch.cat([y, z.float()])

    def joined(scale, following):
        y = (a + rms(h, w)) * (1 if scale is None else scale)
        return both(y, y if following is None else rms(y, following))
    for s, f in ((None, following), (None, None), (scale, following)):
        compare("join", lambda: both(*Join.apply(a, h, w, s, f, 1e-6)), lambda: joined(s, f), [x for x in (a, h, w, s, f) if x is not None])
    compare("join, second only", lambda: Join.apply(a, h, w, None, following, 1e-6)[1], lambda: joined(None, following)[5:], [a, h, w, following])
    q, qw = leaf(2, 5, 3, 64, dtype=HALF), leaf(64)
    angle = torch.randn(2, 5, 32)
    cos, sin = angle.cos(), angle.sin()

    def theirs():
        u, v = rms(q, qw).transpose(1, 2).chunk(2, -1)
        c, s = cos[:, None], sin[:, None]
        return torch.cat([u * c - v * s, v * c + u * s], -1)
    compare("turn", lambda: Turn.apply(q, qw, cos, sin, 1e-6), theirs, [q, qw])
    g, u = leaf(999, dtype=HALF), leaf(999, dtype=HALF)
    compare("gate", lambda: Gate.apply(g, u), lambda: F.gelu(g.float(), approximate="tanh") * u.float(), [g, u])
    for lengths, window in (((40, 77, 11), 128), ((128,), 128), ((1, 16, 95, 16), 24), ((3, 61, 64), 9), ((128,), 50)):
        for n in (64, 128):
            q, k, v = leaf(2, 3, 128, n, dtype=HALF), leaf(2, 1, 128, n, dtype=HALF), leaf(2, 1, 128, n, dtype=HALF)
            with torch.no_grad():
                q *= 3 * n ** -0.5  # else nearly all the weight is on one key
            segments = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths)).expand(2, -1).clone()
            segments[1] = segments[1].flip(0)
            distance = torch.arange(128)[:, None] - torch.arange(128)
            seen = (distance >= 0) & (distance < window) & (segments[:, None, :, None] == segments[:, None, None, :])

            def attend():
                scores = (q.float() @ k.float().transpose(-1, -2)).masked_fill(~seen, float("-inf"))
                return (scores.softmax(-1) @ v.float()).transpose(1, 2).flatten(2)
            compare("attention", lambda: Attention.apply(q, k, v, segments, window), attend, [q, k, v])
    z, t, k = leaf(9, 333, dtype=HALF), torch.randint(333, (9,)), torch.rand(9)
    compare("loss", lambda: Loss.apply(z, t, k, 30.0),
            lambda: (F.cross_entropy(30 * torch.tanh(z.float() / 30), t, reduction="none") * k).sum() / k.sum(), [z])
    for name, e in worst.items():
        print(f"{name:28} {e:.1e}{'' if e < 2e-5 else '   WRONG'}")
    assert max(worst.values()) < 2e-5


if __name__ == "__main__":
    check()
