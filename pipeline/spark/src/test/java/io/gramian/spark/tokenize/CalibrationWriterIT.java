package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joining and writing, with files small enough that there are several. */
class CalibrationWriterIT {

  private static final long SEED = 97;

  private final JavaSparkContext spark = TestSession.context();

  @TempDir private Path folder;

  @Test
  void filesHoldConsecutiveSequences() throws IOException {
    LongAccumulator joined = spark.sc().longAccumulator("joined");
    JavaRDD<CalibrationSequence> sequences =
        SequenceJoin.join(spark.parallelize(shuffledPieces(13), 4), 13, 5, joined);

    HadoopDirectory written = write(sequences);

    assertThat(written.list())
        .containsExactly("part-00000.parquet", "part-00001.parquet", "part-00002.parquet");
    assertThat(ids(written, "part-00000.parquet")).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(ids(written, "part-00001.parquet")).containsExactly(5L, 6L, 7L, 8L, 9L);
    assertThat(ids(written, "part-00002.parquet")).containsExactly(10L, 11L, 12L);
    assertThat(joined.value()).isEqualTo(13);
    List<CalibrationSequence> read =
        CalibrationSet.open(TestSession.get(), written.name()).sequencesInOrder().collect();
    for (int i = 0; i < 13; i++) {
      assertThat(read.get(i).tokens()).as("seed %d, sequence %d", SEED, i).isEqualTo(tokens(i));
    }
  }

  @Test
  void aFailureLeavesTheFormerFolder() throws IOException {
    write(spark.parallelize(List.of(new CalibrationSequence(0, new int[] {1})), 1));
    JavaRDD<CalibrationSequence> failing =
        spark
            .parallelize(List.of(1), 1)
            .map(
                i -> {
                  throw new IllegalStateException("planted");
                });

    assertThatThrownBy(() -> write(failing)).isInstanceOf(SparkException.class);

    assertThat(folder.toFile().list()).containsExactly("calibration");
    assertThat(CalibrationSet.open(TestSession.get(), folder + "/calibration").tokens())
        .isEqualTo(1);
  }

  private HadoopDirectory write(JavaRDD<CalibrationSequence> sequences) throws IOException {
    return new CalibrationWriter(TestSession.get())
        .write(sequences, Sample.directory(folder), "calibration");
  }

  private static List<Long> ids(HadoopDirectory written, String file) {
    return TestSession.get().read().parquet(written.name() + "/" + file).collectAsList().stream()
        .map(row -> row.getLong(0))
        .toList();
  }

  /** Sequence i is i * 100, i * 100 + 1, ..., so that a wrong place shows. */
  private static int[] tokens(int sequence) {
    return IntStream.range(0, 2 + sequence % 7).map(i -> sequence * 100 + i).toArray();
  }

  /** All tokens as pieces of one or two, in random order. */
  private static List<Piece> shuffledPieces(int sequences) {
    Random random = new Random(SEED);
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      int[] tokens = tokens(i);
      for (int at = 0; at < tokens.length; ) {
        int count = Math.min(1 + random.nextInt(2), tokens.length - at);
        pieces.add(Piece.of(new PieceKey(i, at), tokens, at, count));
        at += count;
      }
    }
    Collections.shuffle(pieces, random);
    return pieces;
  }
}
