"""The DAG as the scheduler reads it."""

import unittest
from pathlib import Path

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

import gramian_compress
from gramian_compress import VERBS, check, dag, run_folder, skip_without_steps
from gramian_parameters import HOME


class DagTest(unittest.TestCase):
    def test_verbs_stand_between_check_and_gate(self) -> None:
        order = [task.task_id for task in dag.topological_sort()]
        self.assertEqual(["check", *VERBS, "results", "gate"], order)
        self.assertEqual("none_failed", dag.get_task("quantize").trigger_rule)

    def test_tries_again_after_a_while(self) -> None:
        for task in dag.tasks:
            self.assertEqual(2, task.retries)
            self.assertGreater(task.retry_delay.total_seconds(), 60)
            self.assertGreater(task.execution_timeout.total_seconds(), 3600)

    def test_parameters_are_typed_and_their_values_hold(self) -> None:
        dag.validate()
        for name in dag.params:
            parameter = dag.params.get_param(name)
            parameter.resolve()
            self.assertTrue(parameter.schema["type"], name)
            self.assertTrue(parameter.schema["title"], name)
            self.assertTrue(parameter.description, name)

    def test_sample_is_there(self) -> None:
        for name in ("model", "calibration", "held_out"):
            self.assertTrue(Path(dag.params[name]).exists(), name)

    def test_every_run_has_a_folder_of_its_own(self) -> None:
        params = {"model": "/models/Llama/", "output": None}
        self.assertEqual(
            f"{HOME}/runs/Llama/scheduled__2026-01-03T02-00-00",
            run_folder(params, "scheduled__2026-01-03T02:00:00"),
        )
        self.assertEqual("hdfs://nn/a", run_folder({"output": "hdfs://nn/a/"}, "x"))

    def test_check_refuses_a_gate_that_nothing_is_scored_for(self) -> None:
        function = check.function
        function({"keep": [1, 0.85], "gate_keep": 0.85})
        with self.assertRaisesRegex(AirflowFailException, "none of keep"):
            function({"keep": [1, 0.7], "gate_keep": 0.85})
        with self.assertRaisesRegex(AirflowFailException, "no ratio below 1"):
            function({"keep": [1], "gate_keep": 1})

    def test_no_steps_skip_fine_tuning(self) -> None:
        skip_without_steps({"params": {"finetune_steps": 1}})
        with self.assertRaises(AirflowSkipException):
            skip_without_steps({"params": {"finetune_steps": 0}})
        task = dag.get_task("finetune")
        self.assertIs(gramian_compress.skip_without_steps, task._pre_execute_hook)
