"""Loads a compressed-tensors folder with transformers and compares its logits with recorded ones.

    check_compressed.py FOLDER LOGITS.safetensors

LOGITS holds ids [T] and logits [T, vocabulary]. Prints which modules are packed, and the largest difference of any
logit over the largest logit.
"""

import sys

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM


def main(folder, logits):
    torch.set_num_threads(1)
    groups = AutoConfig.from_pretrained(folder).quantization_config["config_groups"]
    for name, group in sorted(groups.items()):
        print(name, group["weights"]["group_size"], *group["targets"])
    recorded = load_file(logits)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    print("model", type(model).__name__)
    with torch.no_grad():
        actual = model(recorded["ids"].reshape(1, -1).long()).logits[0]
    difference = (actual - recorded["logits"]).abs().max() / recorded["logits"].abs().max()
    print("difference", difference.item())


main(*sys.argv[1:])
