"""Prints the latest run of the DAG in Airflow's database: states, tries, XComs, assets."""

import json
import os
import sqlite3

database = sqlite3.connect(os.path.join(os.environ["AIRFLOW_HOME"], "airflow.db"))
(run,) = database.execute(
    "SELECT run_id FROM dag_run ORDER BY id DESC LIMIT 1"
).fetchone()


def rows(columns: str, table: str, where: str = "run_id") -> list[tuple]:
    query = f"SELECT {columns} FROM {table} WHERE {where} = ?"
    return database.execute(query, (run,)).fetchall()


states = rows("task_id, state, try_number", "task_instance")
xcoms = rows("task_id, key, value", "xcom")
assets = rows("extra", "asset_event", "source_run_id")
print(
    json.dumps(
        {
            "states": {task: state for task, state, _ in states},
            "tries": {task: tries for task, _, tries in states},
            # Values are JSON; SQLite gives bare numbers back as numbers.
            "xcoms": {
                f"{task}.{key}": json.loads(value) if isinstance(value, str) else value
                for task, key, value in xcoms
            },
            "assets": [json.loads(extra) for (extra,) in assets],
        }
    )
)
