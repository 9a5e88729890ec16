package io.gramian.spark.tokenize;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Brings the pieces of each sequence together: shuffled to the partition of the sequence's file,
 * sorted there by sequence and place, and joined in one walk. A task holds one sequence at a time.
 */
final class SequenceJoin {

  private SequenceJoin() {}

  /**
   * Joins pieces.
   *
   * @param sequences how many sequences there are, numbered from 0 without gaps
   * @param sequencesPerFile how many make a partition of the result
   * @param joined counts sequences as they are joined
   * @return all sequences in order, a partition a file
   */
  static JavaRDD<CalibrationSequence> join(
      JavaRDD<Piece> pieces, long sequences, int sequencesPerFile, LongAccumulator joined) {
    Files files =
        new Files(Math.toIntExact(Parts.needed(sequences, sequencesPerFile)), sequencesPerFile);
    JavaPairRDD<PieceKey, int[]> keyed =
        pieces.mapToPair(piece -> new Tuple2<>(piece.key(), piece.ids()));
    return keyed
        .repartitionAndSortWithinPartitions(files)
        .mapPartitions(sorted -> new Joining(sorted, joined));
  }

  /** Sends {@code perFile} consecutive sequences to each of {@code count} partitions. */
  private static final class Files extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final int count;
    private final int perFile;

    Files(int count, int perFile) {
      this.count = count;
      this.perFile = perFile;
    }

    @Override
    public int numPartitions() {
      return count;
    }

    @Override
    public int getPartition(Object key) {
      return (int) (((PieceKey) key).sequence() / perFile);
    }
  }

  /** Joins neighbours that belong to one sequence. */
  private static final class Joining implements Iterator<CalibrationSequence> {

    private final Iterator<Tuple2<PieceKey, int[]>> pieces;
    private final LongAccumulator joined;
    private Optional<Tuple2<PieceKey, int[]>> ahead = Optional.empty();

    Joining(Iterator<Tuple2<PieceKey, int[]>> pieces, LongAccumulator joined) {
      this.pieces = pieces;
      this.joined = joined;
    }

    @Override
    public boolean hasNext() {
      return ahead.isPresent() || pieces.hasNext();
    }

    @Override
    public CalibrationSequence next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Tuple2<PieceKey, int[]> first = ahead.orElseGet(pieces::next);
      ahead = Optional.empty();
      long sequence = first._1().sequence();
      int[] ids = first._2();
      while (ahead.isEmpty() && pieces.hasNext()) {
        Tuple2<PieceKey, int[]> piece = pieces.next();
        if (piece._1().sequence() == sequence) {
          ids = append(ids, piece._2());
        } else {
          ahead = Optional.of(piece);
        }
      }
      joined.add(1);
      return new CalibrationSequence(sequence, ids);
    }

    private static int[] append(int[] head, int[] tail) {
      int[] whole = Arrays.copyOf(head, head.length + tail.length);
      System.arraycopy(tail, 0, whole, head.length, tail.length);
      return whole;
    }
  }
}
