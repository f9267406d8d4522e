#!/usr/bin/env python3
"""front.c for PyTorch's autograd.  Run by itself it compares the operation with PyTorch's own."""
import ctypes
import pathlib
import subprocess
import tempfile

import torch
import torch.nn.functional as F

_lib = None
L, FL = ctypes.c_long, ctypes.c_float


def lib():
    """front.c, compiled for this machine."""
    global _lib
    if _lib is None:
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "front.so"
            subprocess.run(["gcc", "-O3", "-march=native", "-ffast-math", "-mprefer-vector-width=512", "-shared", "-fPIC",
                            "-o", out, pathlib.Path(__file__).with_name("front.c"), "-lm"], check=True)
            _lib = ctypes.CDLL(str(out))
    return _lib


def p(t):
    assert t.is_contiguous()
    return ctypes.c_void_p(t.data_ptr())


class Front(torch.autograd.Function):
    """x (B, T, F) of no gradient, w (128, 1, 3, 3), gain (128) → (B, T/2, F/2, 128) bfloat16"""
    @staticmethod
    def forward(ctx, x, w, gain, eps):
        b, rows, width = x.shape
        x, taps = x.contiguous(), w.detach().view(128, 9).T.contiguous()
        y = torch.empty((b, (rows + 1) // 2, (width + 1) // 2, 128), dtype=torch.bfloat16)
        lib().front(p(y), p(x), p(taps), p(gain), L(b), L(rows), L(width), FL(eps))
        ctx.save_for_backward(x, taps, gain)
        ctx.eps = eps
        return y

    @staticmethod
    def backward(ctx, dy):
        x, taps, gain = ctx.saved_tensors
        dw, dgain = torch.zeros_like(taps), torch.zeros_like(gain)
        b, rows, width = x.shape
        lib().front_back(p(dw), p(dgain), p(dy.to(torch.bfloat16).contiguous()), p(x), p(taps), p(gain), L(b), L(rows), L(width), FL(ctx.eps))
        return None, dw.T.reshape(128, 1, 3, 3).contiguous(), dgain, None


def check():
    torch.manual_seed(1)
    x, w, gain = torch.randn(3, 41, 27), torch.randn(128, 1, 3, 3, requires_grad=True), torch.randn(128, requires_grad=True)

    def plain():
        y = F.conv2d(x[:, None], w, stride=2, padding=1).permute(0, 2, 3, 1)
        return F.relu(F.layer_norm(y, (128,), gain, None, 1e-6))

    ours, theirs = Front.apply(x, w, gain, 1e-6), plain()
    d = torch.randn(theirs.shape).to(torch.bfloat16)
    worst = 0.0
    for got, want in zip((ours, *torch.autograd.grad(ours, (w, gain), d)), (theirs, *torch.autograd.grad(theirs, (w, gain), d.float()))):
        worst = max(worst, float((got.detach().float() - want.detach()).square().sum() / want.detach().square().sum()))
    print(f"largest normalised error {worst:.1e}")
    assert worst < 1e-5


if __name__ == "__main__":
    check()
