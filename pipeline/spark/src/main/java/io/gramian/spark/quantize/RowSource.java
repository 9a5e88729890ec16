package io.gramian.spark.quantize;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.quantize.StoredRows;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.SharedWeights;
import io.gramian.spark.wave.WeightSource;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Where the rows of maps come from, prepared for quantisation. */
sealed interface RowSource {

  /**
   * What tasks read them with.
   *
   * @param model folder of the checkpoint
   */
  Reader reader(JavaSparkContext spark, HadoopDirectory model);

  /** Reads rows in a task. */
  sealed interface Reader extends Serializable {

    /** {@code [rows, in]}, row-major, in storage order. */
    float[] read(RowRange range) throws IOException;
  }

  /**
   * Maps of a block: the tasks of an executor share them, since a row of what writes the residual
   * stream depends on all its rows.
   */
  record OfBlock(WeightSource weights) implements RowSource {

    @Override
    public Reader reader(JavaSparkContext spark, HadoopDirectory model) {
      return new Shared(spark.broadcast(new SharedWeights(model, weights)));
    }
  }

  /** A table of vectors of the residual stream: it may be large, and each row is for itself. */
  record OfTable(TableRows table) implements RowSource {

    @Override
    public Reader reader(JavaSparkContext spark, HadoopDirectory model) {
      return new Own(model, table);
    }
  }

  /** Reads what the executor holds. */
  record Shared(Broadcast<SharedWeights> weights) implements Reader {

    private static final long serialVersionUID = 1L;

    @Override
    public float[] read(RowRange range) {
      Weights loaded = weights.value().acquire();
      return StoredRows.of(range.map(), loaded, range.from(), range.to());
    }
  }

  /** Reads the task's own rows and nothing else. */
  record Own(HadoopDirectory model, TableRows table) implements Reader {

    private static final long serialVersionUID = 1L;

    @Override
    public float[] read(RowRange range) throws IOException {
      NativeRuntime.load();
      try (Checkpoint checkpoint = Checkpoint.open(model)) {
        return table.read(checkpoint, range.from(), range.to());
      }
    }
  }
}
