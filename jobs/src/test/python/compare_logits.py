"""Loads pairs of checkpoints with transformers, as anybody would, and compares what they compute.

compare_logits.py A B [A B]... prints a line a pair: B's folder, and the largest difference of two
logits by the largest logit, over some random sequences.
"""

import sys

import torch
from transformers import AutoModelForCausalLM

SEED = 207


def logits(folder: str, ids: torch.Tensor) -> torch.Tensor:
    model, loading = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    left = [key for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if loading[key]]
    if left:
        raise SystemExit(f"{folder}: {left[0]}: {sorted(loading[left[0]])[:3]}")
    with torch.no_grad():
        return model.eval()(ids, use_cache=False).logits


torch.manual_seed(SEED)
for a, b in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    ids = torch.randint(0, 4096, (2, 48))
    expected = logits(a, ids)
    worst = (logits(b, ids) - expected).abs().max() / expected.abs().max()
    print(f"{b}\t{worst.item():.3e}")
