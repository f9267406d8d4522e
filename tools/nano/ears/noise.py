"""What stands between a mouth and a microphone: level, room, tone, noise, other voices, music."""
import math

import torch

RATE = 16000


def coloured(n, slope, generator):
    """n samples of noise whose spectrum falls by `slope` (0 white, 1 pink, 2 brown), of RMS 1."""
    spectrum = torch.fft.rfft(torch.randn(n, generator=generator))
    f = torch.arange(len(spectrum)).clamp(min=n // 400)
    x = torch.fft.irfft(spectrum * f ** (-slope / 2), n)
    return x / x.square().mean().sqrt()


def tones(n, rng):
    """n samples of something like music: notes of a scale, each a few decaying harmonics."""
    x = torch.zeros(n)
    root = rng.uniform(50, 120)
    for _ in range(int(n / RATE * 6)):
        length = int(rng.uniform(0.2, 1.5) * RATE)
        at = rng.randrange(max(1, n - length))
        f = root * 2 ** ((rng.choice([0, 2, 3, 5, 7, 8, 10]) + 12 * rng.randrange(4)) / 12)
        t = torch.arange(min(length, n - at)) / RATE
        for k in range(1, rng.randint(2, 7)):
            if k * f < RATE / 2:
                x[at:at + len(t)] += torch.sin(2 * math.pi * k * f * t + rng.uniform(0, 6)) * torch.exp(-t * rng.uniform(1, 6)) * rng.uniform(0.3, 1) / k
    return x / x.square().mean().sqrt().clamp(min=1e-6)


def power(x):
    """Mean square of the louder half: of the speech, not of its pauses."""
    frames = x[:len(x) // 320 * 320].view(-1, 320).square().mean(1)
    return frames.sort().values[len(frames) // 2:].mean().clamp(min=1e-12)


class Surroundings:
    def __init__(self, rng, seconds=60):
        """rng: random.Random; the noises are made once, a clip gets some part of one."""
        self.rng = rng
        generator = torch.Generator().manual_seed(rng.getrandbits(31))
        n = seconds * RATE
        self.noises = [coloured(n, slope, generator) for slope in (0, 0.5, 1, 1, 1.5)] + [tones(n, rng) for _ in range(3)]

    def noise(self, n):
        source = self.rng.choice(self.noises)
        at = self.rng.randrange(len(source) - n)
        return source[at:at + n]

    def response(self, n):
        """A filter's spectrum for n samples: a room, a tone control, a narrow line, or some of these."""
        rng = self.rng
        out = torch.ones(n // 2 + 1, dtype=torch.complex64)
        if rng.random() < 0.6:
            length = int(rng.uniform(0.05, 0.5) * RATE)
            tail = torch.randn(length, generator=torch.Generator().manual_seed(rng.getrandbits(31))) * torch.exp(-6.9 * torch.arange(length) / length)
            tail *= 10 ** (rng.uniform(-18, -3) / 20) / tail.square().sum().sqrt()
            tail[0] = 1
            out = out * torch.fft.rfft(tail, n)
        if rng.random() < 0.7:
            points = torch.tensor([rng.gauss(0, 5) for _ in range(7)])
            place = (torch.log2(torch.arange(len(out)).clamp(min=1) * RATE / n / 60) * 6 / 7.06).clamp(0, 5.999)
            low = place.long()
            out = out * 10 ** ((points[low] * (1 - place + low) + points[low + 1] * (place - low)) / 20)
        if rng.random() < 0.12:
            f = torch.arange(len(out)) * RATE / n
            out = out * (((f > rng.uniform(80, 300)) & (f < rng.uniform(3200, 6000))).float() + 0.003)
        return out

    def around(self, x, others=()):
        """A clip (float, any level) as it is heard; others: clips of other voices."""
        rng = self.rng
        before, after = int(rng.uniform(0.02, 0.5) * RATE), int(rng.uniform(0.15, 0.7) * RATE)
        x = torch.nn.functional.pad(x, (before, after))
        loud = power(x)
        if rng.random() < 0.5:
            n = 1 << (len(x) + RATE // 2).bit_length()
            x = torch.fft.irfft(torch.fft.rfft(x, n) * self.response(n), n)[:len(x)]
            x = x * (loud / power(x)).sqrt()
        if rng.random() < 0.75:
            noise = self.noise(len(x))
            if others and rng.random() < 0.2:
                babble = torch.zeros(len(x))
                for o in others:
                    k = min(len(o), len(x))
                    babble[:k] += o[:k] / power(o).sqrt()
                noise = babble
            x = x + noise * (loud / power(noise)).sqrt() * 10 ** (-rng.uniform(2, 32) / 20)
        level = 10 ** (rng.uniform(-38, -14) / 20)
        x = x * (level / loud.sqrt())
        return x.clamp(-1, 1)
