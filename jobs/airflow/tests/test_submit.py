"""The operator, with a spark-submit that only tells what it was given."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from gramian_submit import GramianOperator, Installation, memory_limit

SCRIPT = """#!/usr/bin/env bash
printf '%s\\n' "$@" > "$(dirname "$0")/arguments"
echo 'some line'
echo 'gramian: /no/model does not exist'
exit {code}
"""


class GramianOperatorTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.home = Path(scratch.name, "a home")
        for file, text in {
            "jobs/target/gramian-jobs.jar": "",
            "jobs/target/jars.txt": "/m2/a.jar,/m2/b.jar\n",
            "conf/spark-defaults.conf": "# why\nspark.driver.memory   4g\nspark.x 1\n",
        }.items():
            (self.home / file).parent.mkdir(parents=True, exist_ok=True)
            (self.home / file).write_text(text)
        self.binary = Path(scratch.name, "spark-submit")
        environment = {
            "AIRFLOW_CONN_SPARK_DEFAULT": '{"conn_type": "spark", "host": "local[2]"}'
        }
        patch = mock.patch.dict(os.environ, environment)
        patch.start()
        self.addCleanup(patch.stop)

    def run_verb(self, code: int) -> list[str]:
        self.binary.write_text(SCRIPT.format(code=code))
        self.binary.chmod(0o755)
        GramianOperator(
            verb="sort",
            options=["--output=/a run"],
            home=str(self.home),
            conf={"spark.driver.memory": "1g"},
            spark_binary=str(self.binary),
        ).execute({})
        return (self.binary.parent / "arguments").read_text().splitlines()

    def test_submits_as_the_launcher_does(self) -> None:
        arguments = self.run_verb(0)

        jar = str(self.home / "jobs/target/gramian-jobs.jar")
        self.assertEqual(["sort", "--output=/a run"], arguments[-2:])
        self.assertEqual(jar, arguments[-3])
        for pair in (
            ["--master", "local[2]"],
            ["--class", "io.gramian.jobs.Main"],
            ["--name", "gramian sort"],
            ["--jars", "/m2/a.jar,/m2/b.jar"],
            ["--conf", "spark.x=1"],
            ["--conf", "spark.driver.memory=1g"],
        ):
            at = arguments.index(pair[1])
            self.assertEqual(pair, arguments[at - 1 : at + 1])
        options = Installation(self.home).settings()["spark.driver.defaultJavaOptions"]
        self.assertIn(f'"-Dgramian.home={self.home}"', options)
        self.assertIn(f"maxPhysicalBytes={memory_limit()}", options)
        self.assertIn(f"spark.driver.defaultJavaOptions={options}", arguments)

    def test_mistake_is_one_line_and_not_retried(self) -> None:
        with self.assertRaises(AirflowFailException) as failure:
            self.run_verb(2)
        self.assertEqual("gramian: /no/model does not exist", str(failure.exception))

    def test_bug_is_retried(self) -> None:
        for code in (1, 3, 23, 137):
            with self.assertRaises(AirflowException) as failure:
                self.run_verb(code)
            self.assertNotIsInstance(failure.exception, AirflowFailException)

    def test_says_what_to_do_where_nothing_is_built(self) -> None:
        (self.home / "jobs/target/jars.txt").unlink()
        with self.assertRaisesRegex(AirflowFailException, "build Gramian .* with mvn"):
            self.run_verb(0)
