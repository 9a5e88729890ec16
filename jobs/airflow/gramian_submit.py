"""Submits one verb of Gramian the way jobs/bin/gramian does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

# The exit code of what a person has to mend, in the words of the provider's hook:
# spark-submit's own, and on Kubernetes that of the driver's container.
_USER_ERROR = re.compile(r"(?:Error code|exit code) is: 2\b")
_COMPLAINT = re.compile(r"^gramian: .*", re.MULTILINE)


@dataclass(frozen=True)
class Installation:
    """A built clone of Gramian, where the worker and its Spark driver see it."""

    home: Path

    @property
    def jar(self) -> Path:
        return self.home / "jobs" / "target" / "gramian-jobs.jar"

    @property
    def jars(self) -> str:
        """What Gramian needs beside Spark's own jars, as spark-submit takes it."""
        return (self.jar.parent / "jars.txt").read_text().strip()

    def missing(self) -> str | None:
        """What is not there, if it is not built."""
        if self.jar.exists() and (self.jar.parent / "jars.txt").exists():
            return None
        return (
            f"{self.jar} does not exist: build Gramian on the worker with"
            f" mvn -q -B -DskipTests -pl jobs -am package in {self.home},"
            " or let GRAMIAN_HOME name the folder where it is built"
        )

    def settings(self) -> dict[str, str]:
        """Gramian's Spark settings, and options of the driver's JVM.

        One by one, because spark-submit reads no other file beside a properties
        file, and the cluster's own spark-defaults.conf is to count as well.
        """
        lines = (self.home / "conf" / "spark-defaults.conf").read_text().splitlines()
        pairs = (line.split(None, 1) for line in lines if line.startswith("spark."))
        settings = {name: value.strip() for name, value in pairs}
        # These stand before spark.driver.extraJavaOptions, which stay the cluster's.
        settings["spark.driver.defaultJavaOptions"] = " ".join(
            f'"{option}"' for option in self._java_options()
        )
        return settings

    def _java_options(self) -> list[str]:
        """As in jobs/bin/gramian, which tells why."""
        return [
            "-XX:G1HeapRegionSize=32m",
            f"-Dgramian.home={self.home}",
            f"-Dlog4j2.configurationFile=file:{self.home}/conf/log4j2.properties",
            f"-Dorg.bytedeco.javacpp.maxPhysicalBytes={memory_limit()}",
            "-Dgramian.terminal=false",
        ]


def memory_limit() -> int:
    """Bytes that a driver may take: four fifths of the machine or the container."""
    total = re.search(r"MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text())
    limits = [int(total.group(1)) * 1024] if total else []
    container = Path("/sys/fs/cgroup/memory.max")
    if container.exists() and (text := container.read_text().strip()) != "max":
        limits.append(int(text))
    return min(limits) // 5 * 4


def user_error(failure: str) -> str | None:
    """Gramian's own line about a mistake of the user's (exit 2), if it was one."""
    if not _USER_ERROR.search(failure):
        return None
    complaints = _COMPLAINT.findall(failure)
    return complaints[-1] if complaints else failure


class GramianOperator(SparkSubmitOperator):
    """A verb with its options.

    What the run's manifest proves done is not done again, so that a retry goes on
    where the last try ended. It is not retried when the person who set the
    parameters has to act first (exit 2); everything else is.
    """

    def __init__(
        self, *, verb: str, options: list[str], home: str, **kwargs: Any
    ) -> None:
        kwargs.setdefault("task_id", verb)
        kwargs.setdefault("name", f"gramian {verb}")
        super().__init__(
            java_class="io.gramian.jobs.Main",
            application_args=[verb, *options],
            **kwargs,
        )
        self.home = home

    def execute(self, context: Mapping[str, Any]) -> None:
        installation = Installation(Path(self.home))
        if missing := installation.missing():
            raise AirflowFailException(missing)
        self.application = str(installation.jar)
        self.jars = installation.jars
        self.conf = {**installation.settings(), **(self.conf or {})}
        try:
            super().execute(context)
        except AirflowException as failure:
            if complaint := user_error(str(failure)):
                raise AirflowFailException(complaint) from None
            raise
