#!/usr/bin/env python3
"""Training steps of GPT-2 of 124 million parameters by PyTorch, as good as it does them: torch.compile, bf16 autocast,
fused AdamW, SDPA. The sizes and the work of a step are those of Bench/Gpt2Bench.cs. Prints one line of JSON.

    python3 pytorch_gpt2.py [--batch 64] [--steps 20] [--warm-up 10]
"""
import argparse
import json
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

VOCAB, CONTEXT, WIDTH, HEADS, DEPTH = 50304, 1024, 768, 12, 12


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)  # one product for three: the usual form, and the faster one
        self.output = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        rows, length, _ = x.shape
        q, k, v = (part.view(rows, length, HEADS, WIDTH // HEADS).transpose(1, 2) for part in self.qkv(x).split(WIDTH, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.output(y.transpose(1, 2).reshape(rows, length, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.middle = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        x = x + self.attention(self.before(x))
        return x + self.down(F.gelu(self.up(self.middle(x)), approximate="tanh"))


class Gpt2(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(VOCAB, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.final = nn.LayerNorm(WIDTH)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1], device=ids.device))
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.final(x), self.tokens.weight)
        return F.cross_entropy(logits.view(-1, VOCAB), targets.view(-1))


def measure(batch, steps, warm_up):
    torch.manual_seed(1337)
    model = Gpt2().cuda()
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=6e-4, betas=(0.9, 0.95), fused=True)
    compiled = torch.compile(model)
    ids = torch.randint(VOCAB, (batch, CONTEXT), device="cuda")
    targets = torch.randint(VOCAB, (batch, CONTEXT), device="cuda")

    def step():
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = compiled(ids, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.detach()

    for _ in range(warm_up):
        step()
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(steps):
        loss = step()
    loss = loss.item()  # waits
    seconds = (time.perf_counter() - start) / steps
    if not math.isfinite(loss):
        raise RuntimeError(f"the loss is {loss}")
    return {
        "torch": torch.__version__, "cuda": torch.version.cuda, "device": torch.cuda.get_device_name(), "batch": batch,
        "context": CONTEXT, "parameters": sum(p.numel() for p in model.parameters()), "ms_per_step": seconds * 1e3,
        "tokens_per_second": batch * CONTEXT / seconds, "loss": loss,
        "peak_bytes": torch.cuda.max_memory_allocated(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warm-up", type=int, default=10)
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("PyTorch finds no device of CUDA")
    torch.set_float32_matmul_precision("high")
    batch = arguments.batch
    while True:
        try:
            print(json.dumps(measure(batch, arguments.steps, arguments.warm_up)))
            return
        except torch.OutOfMemoryError:
            if batch == 1:
                raise
        # Outside of the handler, which keeps the model of the failed try alive.
        batch //= 2
        torch._dynamo.reset()
        torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
