"""Copies checkpoints with their weights as F32: widen.py SOURCE DESTINATION [SOURCE DESTINATION]..."""

import json
import pathlib
import shutil
import sys

from safetensors.torch import load_file, save_file


def widen(source: pathlib.Path, destination: pathlib.Path) -> None:
    destination.mkdir(parents=True)
    weights = load_file(source / "model.safetensors")
    save_file(
        {name: tensor.float() for name, tensor in weights.items()},
        destination / "model.safetensors",
        metadata={"format": "pt"},
    )
    # Real files hold Infinity, which json writes as it read it.
    config = json.loads((source / "config.json").read_text("utf-8"))
    for key in ("torch_dtype", "dtype"):
        if key in config:
            config[key] = "float32"
    (destination / "config.json").write_text(json.dumps(config), "utf-8")
    shutil.copy(source / "tokenizer.json", destination)


for pair in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    widen(*map(pathlib.Path, pair))
