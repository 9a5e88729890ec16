"""Runs llama.cpp on a GGUF file and compares the likeliest next tokens with logits.

    run_llama_cpp.py FILE.gguf LOGITS.safetensors [TEXT]

LOGITS holds ids [T] and logits [T, vocabulary]. Prints the mean difference of log-probabilities among the 50
likeliest tokens, and, with TEXT, the ids that llama.cpp's tokenizer makes of it.
"""

import json
import sys
import urllib.request

import numpy as np
import xllamacpp
from safetensors.numpy import load_file

TOP = 50


def main(file, logits, text=None):
    recorded = load_file(logits)
    parameters = xllamacpp.CommonParams()
    parameters.model.path = file
    parameters.n_ctx = 1024
    parameters.n_gpu_layers = 0
    parameters.cpuparams.n_threads = 1
    server = xllamacpp.Server(parameters)
    request = {
        "prompt": recorded["ids"].tolist(),
        "max_tokens": 1,
        "temperature": 0,
        "logprobs": TOP,
    }
    answer = server.handle_completions(request)
    likeliest = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    last = recorded["logits"][-1].astype(np.float64)
    expected = last - last.max() - np.log(np.exp(last - last.max()).sum())
    assert len(likeliest) == TOP, len(likeliest)
    print("difference", sum(abs(expected[token["id"]] - token["logprob"]) for token in likeliest) / TOP)
    if text is not None:
        request = urllib.request.Request(
            server.listening_address + "/tokenize",
            json.dumps({"content": text}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            print("ids", *json.load(answer)["tokens"])


main(*sys.argv[1:])
