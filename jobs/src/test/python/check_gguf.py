"""Compares a GGUF file, read and dequantised by the gguf package, with numbers in Hugging Face's layout.

    check_gguf.py FILE.gguf REFERENCE.safetensors CONFIG.json

Every tensor has to be equal bit for bit, but for what the config's llama3 scaling of rotary frequencies comes to. Prints "N tensors equal" and then a line "KEY VALUE" for each metadata key.
"""

import json
import sys
from pathlib import Path

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.numpy import load_file

LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OUTER = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}


def hugging_face_name(name):
    if name in OUTER:
        return OUTER[name]
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{LAYER[part]}.{kind}"


def pairs_adjacent(rows, heads):
    """What ggml's converters do to the queries and keys of a Llama: a, b, .., a', b', .. to a, a', b, b', .."""
    split = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return split.swapaxes(1, 2).reshape(rows.shape)


def llama3_factors(config):
    """By how much each pair turns more slowly than rope_theta alone says."""
    scaling = config["rope_scaling"]
    size = config["head_dim"]
    frequencies = config["rope_theta"] ** (-np.arange(0, size, 2) / size)
    turns = scaling["original_max_position_embeddings"] * frequencies / (2 * np.pi)
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    share = np.clip((turns - low) / (high - low), 0, 1)
    return 1 / (share + (1 - share) / scaling["factor"])


def main(file, reference, config):
    reader = GGUFReader(file)
    expected = load_file(reference)
    value = lambda key: reader.fields[key].contents()
    architecture = value("general.architecture")
    heads = {
        "attn_q": value(f"{architecture}.attention.head_count"),
        "attn_k": value(f"{architecture}.attention.head_count_kv"),
    }
    equal = 0
    for tensor in reader.tensors:
        actual = dequantize(tensor.data, tensor.tensor_type)
        if tensor.name == "rope_freqs.weight":
            wanted = llama3_factors(json.loads(Path(config).read_text()))
            assert np.allclose(actual, wanted, rtol=1e-6, atol=0) and actual.shape == wanted.shape, (actual, wanted)
            equal += 1
            continue
        wanted = expected.pop(hugging_face_name(tensor.name))
        part = tensor.name.split(".")[-2]
        if architecture == "llama" and part in heads:
            wanted = pairs_adjacent(wanted, heads[part])
        assert actual.dtype == np.float32 and actual.shape == wanted.shape, (tensor.name, actual.shape, wanted.shape)
        assert np.array_equal(actual, wanted), tensor.name
        equal += 1
    assert not expected, f"missing: {sorted(expected)}"
    print(equal, "tensors equal")
    for key, field in sorted(reader.fields.items()):
        content = field.contents()
        print(key, f"{len(content)} entries" if isinstance(content, list) else content)


main(*sys.argv[1:])
