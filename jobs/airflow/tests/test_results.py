"""The gate's logic, on scores that are written as Gramian writes them."""

import math
import tempfile
import unittest
from pathlib import Path

import pyarrow
import pyarrow.parquet

from gramian_results import (
    QualityTooLow,
    ResultsMissing,
    Score,
    judge,
    read_scores,
    summarize,
)

SCORES = [
    Score("model", 1.0, 16.0, 1000),
    Score("sorted", 0.85, 17.0, 900),
    Score("quantized", 1.0, 16.8, 260),
    Score("quantized", 0.85, 18.4, 230),
]


class ResultsTest(unittest.TestCase):
    def test_reads_what_evaluate_wrote(self) -> None:
        with tempfile.TemporaryDirectory() as run:
            folder = Path(run, "evaluation")
            folder.mkdir()
            table = pyarrow.Table.from_pylist([vars(score) for score in SCORES])
            pyarrow.parquet.write_table(
                table.append_column("tokens", [[9, 9, 9, 9]]),
                folder / "part-00000.parquet",
            )

            self.assertEqual(SCORES, read_scores(run))
            self.assertEqual(SCORES, read_scores(f"file://{run}/"))

    def test_summary_tells_the_artifact_by_width_and_the_model(self) -> None:
        self.assertEqual(
            {
                "model_perplexity": 16.0,
                "model_bytes": 1000,
                "perplexity": {"1": 16.8, "0.85": 18.4},
                "bytes": {"1": 260, "0.85": 230},
                "artifact": "/run/quantized",
                "report": "/run/report.html",
            },
            summarize(SCORES, "/run"),
        )

    def test_summary_needs_the_artifact(self) -> None:
        with self.assertRaisesRegex(ResultsMissing, "/run/evaluation holds no scores"):
            summarize(SCORES[:2], "/run")


class GateTest(unittest.TestCase):
    results = summarize(SCORES, "/run")

    def test_passes_up_to_the_threshold(self) -> None:
        self.assertEqual(
            "4 bits at keep ratio 0.85: perplexity 16.000 -> 18.400 (+15.0%),"
            " allowed +20.0%",
            judge(self.results, 0.85, 0.2),
        )
        judge(self.results, 1.0, self.results["perplexity"]["1"] / 16.0 - 1)

    def test_fails_above_it_with_the_numbers(self) -> None:
        with self.assertRaises(QualityTooLow) as failure:
            judge(self.results, 0.85, 0.1)
        self.assertEqual(
            "quality gate: 4 bits at keep ratio 0.85: perplexity 16.000 -> 18.400"
            " (+15.0%), allowed +10.0%; report: /run/report.html",
            str(failure.exception),
        )

    def test_fails_without_a_number(self) -> None:
        broken = {**self.results, "perplexity": {"0.85": math.nan}}
        with self.assertRaises(QualityTooLow):
            judge(broken, 0.85, 1e9)

    def test_names_the_widths_that_were_scored(self) -> None:
        with self.assertRaisesRegex(ResultsMissing, "keep ratio 0.7 .* only 1, 0.85"):
            judge(self.results, 0.7, 0.2)
