"""What a run can be asked for: a form in Airflow, checked before the run starts."""

from __future__ import annotations

import os
from pathlib import Path

from airflow.sdk import Param

# Not a parameter: whoever may start a run shall not choose the code that it runs.
HOME = os.environ.get("GRAMIAN_HOME") or str(Path(__file__).resolve().parents[2])

# The values are those of conf/recipes/small.yaml, which suits the sample.
PARAMS = {
    "model": Param(
        f"{HOME}/calibration-data/llama-tiny",
        type="string",
        minLength=1,
        title="Model",
        description="Checkpoint folder: config.json, tokenizer.json, safetensors.",
    ),
    "calibration": Param(
        f"{HOME}/calibration-data/text/public-domain.train.jsonl",
        type="string",
        minLength=1,
        title="Calibration text",
        description="File, folder or pattern of text, JSONL or Parquet; fine-tuning"
        " learns from it as well.",
    ),
    "held_out": Param(
        f"{HOME}/calibration-data/text/public-domain.valid.jsonl",
        type="string",
        minLength=1,
        title="Held-out text",
        description="What every width is scored on; not in the calibration text.",
    ),
    "output": Param(
        None,
        type=["null", "string"],
        pattern="^(/|[a-z0-9]+://)",
        title="Run folder",
        description="Absolute path or URI that the cluster and the Airflow worker"
        " see. Without one, runs/MODEL/RUN_ID in Gramian's folder.",
    ),
    "profile": Param(
        "small",
        type="string",
        minLength=1,
        title="Device profile",
        description="One of conf/profiles (default, edge, small) or a YAML file;"
        " small is for models of a few million parameters.",
    ),
    "keep": Param(
        [1.0, 0.85, 0.75, 0.65],
        type="array",
        items={"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        minItems=1,
        uniqueItems=True,
        title="Keep ratios",
        description="Widths to allocate and to score.",
    ),
    "sequences": Param(
        128,
        type="integer",
        minimum=0,
        title="Sequences",
        description="How many of each text to use at most, spread evenly; 0: all.",
    ),
    "sequence_length": Param(
        512,
        type="integer",
        minimum=2,
        title="Sequence length",
        description="Tokens of a sequence of calibration and evaluation.",
    ),
    "finetune_steps": Param(
        300,
        type="integer",
        minimum=0,
        title="Fine-tuning steps",
        description="0 leaves fine-tuning out; it is what takes longest.",
    ),
    "finetune_batch": Param(
        32,
        type="integer",
        minimum=1,
        title="Fine-tuning batch",
        description="Sequences a step, over all workers.",
    ),
    "finetune_sequence_length": Param(
        256,
        type="integer",
        minimum=2,
        title="Fine-tuning sequence length",
        description="Tokens of a training sequence.",
    ),
    "finetune_learning_rate": Param(
        5e-4,
        type="number",
        exclusiveMinimum=0,
        title="Learning rate",
        description="The highest; 1e-4 suits models of a billion parameters.",
    ),
    "gate_keep": Param(
        0.85,
        type="number",
        exclusiveMinimum=0,
        maximum=1,
        title="Gate: keep ratio",
        description="The width that the gate judges; one of the keep ratios.",
    ),
    "largest_increase": Param(
        0.2,
        type="number",
        title="Gate: largest increase of perplexity",
        description="As a fraction: 0.2 lets perplexity rise by 20 % over the model"
        " as given.",
    ),
    "driver_memory": Param(
        "4g",
        type="string",
        pattern="^[1-9][0-9]*[mg]$",
        title="Driver's heap",
        description="Tensors are not in it.",
    ),
}
