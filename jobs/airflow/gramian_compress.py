"""A scheduled compression: text and checkpoint in, 4-bit artifact and report out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Asset, chain, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from gramian_parameters import HOME, PARAMS
from gramian_results import (
    QualityTooLow,
    ResultsMissing,
    judge,
    read_scores,
    summarize,
)
from gramian_submit import GramianOperator

# Emitted by runs that pass the gate, so that a roll-out can be scheduled on it.
ARTIFACT = Asset("gramian_artifact")

DOC = """
### Compresses a language model

Each task is a verb of Gramian and a `spark-submit` through the connection
`spark_default`. All work on one run folder, and its manifest tells what is done:
retries and cleared tasks go on where the last try ended. `gate` fails the run, and
announces no artifact, when perplexity rises more than `largest_increase` at
`gate_keep`. `results` holds perplexity, bytes and the report's path as XComs.
"""

CUT = [
    "--sequences={{ params.sequences }}",
    "--sequence-length={{ params.sequence_length }}",
]
CALIBRATION = [
    "--model={{ params.model }}",
    "--calibration={{ params.calibration }}",
    *CUT,
]
PROFILE = "--profile={{ params.profile }}"
HELD_OUT = "--text={{ params.held_out }}"

# In the order in which they run.
VERBS: dict[str, list[str]] = {
    "tokenize": CALIBRATION,
    "calibrate": CALIBRATION,
    "sort": CALIBRATION,
    "allocate": [
        *CALIBRATION,
        PROFILE,
        "--keep={{ params.keep | reject('ge', 1) | join(',') }}",
    ],
    "finetune": [
        PROFILE,
        HELD_OUT,
        "--training={{ params.calibration }}",
        "--steps={{ params.finetune_steps }}",
        "--batch={{ params.finetune_batch }}",
        "--sequence-length={{ params.finetune_sequence_length }}",
        "--learning-rate={{ params.finetune_learning_rate }}",
        "--warm-up={{ params.finetune_steps // 10 }}",
    ],
    "quantize": [PROFILE],
    "evaluate": [PROFILE, HELD_OUT, *CUT, "--keep={{ params.keep | join(',') }}"],
    "report": [],
}


def run_folder(params: Mapping[str, Any], run_id: str) -> str:
    """The run's folder: the same for every try, another for every run."""
    if params["output"]:
        return params["output"].rstrip("/")
    name = Path(params["model"].rstrip("/")).name
    # Hadoop takes what stands before a colon for a file system.
    return f"{HOME}/runs/{name}/{run_id.replace(':', '-')}"


def skip_without_steps(context: Mapping[str, Any]) -> None:
    if context["params"]["finetune_steps"] == 0:
        raise AirflowSkipException("finetune_steps is 0")


def submit(verb: str) -> GramianOperator:
    options = [*VERBS[verb], "--output={{ run_folder(params, run_id) }}"]
    return GramianOperator(
        verb=verb,
        options=options,
        home=HOME,
        conf={"spark.driver.memory": "{{ params.driver_memory }}"},
        pre_execute=skip_without_steps if verb == "finetune" else None,
        # Runs also behind a fine-tuning that was skipped.
        trigger_rule="none_failed" if verb == "quantize" else "all_success",
    )


@task
def check(params: dict[str, Any]) -> None:
    """In the first minute what the gate would say only after hours."""
    narrow = [ratio for ratio in params["keep"] if ratio < 1]
    if not narrow:
        raise AirflowFailException("keep names no ratio below 1")
    if params["gate_keep"] not in params["keep"]:
        raise AirflowFailException(
            f"gate_keep is {params['gate_keep']}, which is none of keep,"
            f" {params['keep']}"
        )


@task(multiple_outputs=True)
def results(params: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Perplexity and bytes by keep ratio, and where report and artifact lie."""
    run = run_folder(params, run_id)
    try:
        return summarize(read_scores(run), run)
    except ResultsMissing as failure:
        raise AirflowFailException(str(failure)) from None


@task(outlets=[ARTIFACT])
def gate(
    found: dict[str, Any], params: dict[str, Any], outlet_events: Mapping[Any, Any]
) -> str:
    """Fails the run, without a retry, when quality falls below the threshold."""
    try:
        line = judge(found, params["gate_keep"], params["largest_increase"])
    except (QualityTooLow, ResultsMissing) as failure:
        raise AirflowFailException(str(failure)) from None
    outlet_events[ARTIFACT].extra = found
    return line


with DAG(
    dag_id="gramian_compress",
    description="Compresses a language model for small devices on Spark",
    doc_md=DOC,
    schedule="0 2 * * 6",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    params=PARAMS,
    user_defined_macros={"run_folder": run_folder},
    default_args={
        "owner": "gramian",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": 2.0,
        "execution_timeout": timedelta(hours=24),
    },
    tags=["gramian", "compression", "spark"],
) as dag:
    chain(check(), *map(submit, VERBS), found := results(), gate(found))
