package io.gramian.spark.wave;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.TestData;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Calibration sets of given tokens, as another tool would write them. */
public final class CalibrationFolder {

  private static final StructType SCHEMA =
      new StructType()
          .add("sequence_id", DataTypes.LongType)
          .add("input_ids", DataTypes.createArrayType(DataTypes.IntegerType))
          .add("token_count", DataTypes.IntegerType);

  private CalibrationFolder() {}

  /** A folder as Spark's tasks see it. */
  public static HadoopDirectory directory(Path folder) {
    return HadoopDirectory.of(
        folder.toString(), TestSession.get().sparkContext().hadoopConfiguration());
  }

  /** Writes sequences in any order into several files. */
  public static CalibrationSet write(Path folder, List<int[]> sequences) throws IOException {
    SparkSession session = TestSession.get();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      Integer[] ids = Arrays.stream(sequences.get(i)).boxed().toArray(Integer[]::new);
      rows.add(RowFactory.create((long) i, ids, ids.length));
    }
    Collections.shuffle(rows, new Random(7));
    session
        .createDataFrame(rows, SCHEMA)
        .repartition(3)
        .write()
        .mode("overwrite")
        .parquet(folder.toString());
    return CalibrationSet.open(session, folder.toString());
  }

  /** Random tokens below {@code vocabulary}, one sequence a length. */
  public static List<int[]> random(long seed, int vocabulary, int... lengths) {
    Random random = new Random(seed);
    return Arrays.stream(lengths)
        .mapToObj(length -> random.ints(length, 0, vocabulary).toArray())
        .toList();
  }

  /** The rows of {@code calibration_ids} or {@code validation_ids} of the reference's tokens. */
  public static List<int[]> oracle(String tensor) throws IOException {
    try (SafetensorsFile tokens = TestData.oracle("tokens")) {
      int positions = Math.toIntExact(tokens.info(tensor).shape().get(1));
      int[] ids = TestData.ints(tokens, tensor);
      List<int[]> rows = new ArrayList<>();
      for (int from = 0; from < ids.length; from += positions) {
        rows.add(Arrays.copyOfRange(ids, from, from + positions));
      }
      return rows;
    }
  }
}
