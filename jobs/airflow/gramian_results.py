"""What a run came to, and whether that is good enough. Knows nothing of Airflow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet
from pyarrow.fs import FileSystem

# Stages of RUN/evaluation: the checkpoint that was given, and the 4-bit artifact.
_GIVEN = "model"
_ARTIFACT = "quantized"


class ResultsMissing(Exception):
    """The run lacks what the gate is asked about."""


class QualityTooLow(Exception):
    """The artifact predicts worse than it may."""


@dataclass(frozen=True)
class Score:
    """A row of RUN/evaluation."""

    stage: str
    keep_ratio: float
    perplexity: float
    bytes: int


def read_scores(run: str) -> list[Score]:
    """Reads what `gramian evaluate` wrote.

    The run's folder is an absolute path or a URI that pyarrow knows; s3a is
    Hadoop's name of s3.
    """
    folder = f"{run.rstrip('/')}/evaluation".replace("s3a://", "s3://", 1)
    filesystem, path = FileSystem.from_uri(folder)
    columns = ["stage", "keep_ratio", "perplexity", "bytes"]
    table = pyarrow.parquet.read_table(path, filesystem=filesystem, columns=columns)
    return [Score(**row) for row in table.to_pylist()]


def width(keep_ratio: float) -> str:
    """A keep ratio as a key: JSON knows no other than texts."""
    return f"{keep_ratio:g}"


def summarize(scores: Iterable[Score], run: str) -> dict[str, Any]:
    """Perplexity and bytes of the model and of the artifact by keep ratio."""
    scores = list(scores)
    given = [score for score in scores if score.stage == _GIVEN]
    artifact = [score for score in scores if score.stage == _ARTIFACT]
    if not given or not artifact:
        raise ResultsMissing(
            f"{run}/evaluation holds no scores of the stages {_GIVEN} and {_ARTIFACT}:"
            " clear the task evaluate"
        )
    return {
        "model_perplexity": given[0].perplexity,
        "model_bytes": given[0].bytes,
        "perplexity": {width(s.keep_ratio): s.perplexity for s in artifact},
        "bytes": {width(s.keep_ratio): s.bytes for s in artifact},
        "artifact": f"{run}/quantized",
        "report": f"{run}/report.html",
    }


def judge(results: dict[str, Any], keep_ratio: float, largest_increase: float) -> str:
    """One line with the numbers.

    Raises QualityTooLow if perplexity rises by more than the fraction that is
    allowed, or is no number at all.
    """
    perplexities = results["perplexity"]
    if width(keep_ratio) not in perplexities:
        raise ResultsMissing(
            f"no width of keep ratio {width(keep_ratio)} was scored,"
            f" only {', '.join(perplexities)}: let keep name it"
        )
    before = results["model_perplexity"]
    after = perplexities[width(keep_ratio)]
    increase = after / before - 1
    line = (
        f"4 bits at keep ratio {width(keep_ratio)}: perplexity {before:.3f} ->"
        f" {after:.3f} ({increase:+.1%}), allowed {largest_increase:+.1%}"
    )
    if not increase <= largest_increase:  # which NaN is not either
        raise QualityTooLow(f"quality gate: {line}; report: {results['report']}")
    return line
