"""Reads the tables and hidden states of a run with pyarrow.

    read_tables.py RUN

Prints schema and rows of each, and fails where they do not go together.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet


def describe(name, schema, rows):
    print(name, rows, *(f"{field.name}:{field.type}" for field in schema))


def main(run):
    run = Path(run)
    orders = pa.parquet.read_table(run / "rank-orders")
    describe("rank-orders", orders.schema, orders.num_rows)
    for order, score in zip(orders["order"].to_pylist(), orders["score"].to_pylist()):
        assert sorted(order) == list(range(len(score)))
    sequences = pa.parquet.read_table(run / "calibration")
    describe("calibration", sequences.schema, sequences.num_rows)
    tokens = dict(zip(sequences["sequence_id"].to_pylist(), sequences["input_ids"].to_pylist()))
    assert [len(ids) for ids in tokens.values()] == sequences["token_count"].to_pylist()
    for block in sorted((run / "hidden-states").glob("block-*")):
        rows = 0
        schema = None
        for shard in sorted(block.glob("*.arrow")):
            reader = pa.ipc.open_file(pa.memory_map(str(shard)))
            schema = reader.schema
            for i in range(reader.num_record_batches):
                batch = reader.get_batch(i)
                rows += batch.num_rows
                for sequence, position, token in zip(*(batch[c].to_pylist() for c in ("sequence_id", "position", "token"))):
                    assert tokens[sequence][position] == token
                # Without a copy: hidden states are the buffer that the file was mapped to.
                hidden = batch["hidden"].flatten().to_numpy(zero_copy_only=True)
                assert hidden.dtype == np.float32 and np.isfinite(hidden).all()
        assert rows == sum(map(len, tokens.values()))
        describe(block.name, schema, rows)


main(*sys.argv[1:])
