package io.gramian.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.compress.finetune.TrainingBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.spark.Partitioner;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class SharesTest {

  private static final long SEED = 13;

  /** 13 sequences, batches of 6: steps straddle epochs. */
  private static final EpochOrder ORDER = new EpochOrder(SEED, 13);

  @Test
  void everyPositionOfTheStepsThatAreLeftIsTakenOnce() {
    Shares shares = new Shares(6, 3, 4, 9);
    assertThat(dealt(shares).keySet())
        .containsExactlyElementsOf(LongStream.range(24, 54).boxed().toList());
  }

  @Test
  void theOrderDoesNotDependOnWorkersOrWhereItBegins() {
    Map<Long, Long> all = dealt(new Shares(6, 1, 0, 9));
    assertThat(dealt(new Shares(6, 3, 4, 9))).isEqualTo(new TreeMap<>(all).tailMap(24L));
    assertThat(all.values().stream().limit(13).distinct()).hasSize(13);
  }

  @Test
  void workersHaveEqualRunsOfEveryStep() {
    Partitioner byPosition = new Shares(6, 3, 0, 9).byPosition();
    assertThat(LongStream.range(12, 24).mapToObj(byPosition::getPartition))
        .containsExactly(0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2);
    assertThat(byPosition.numPartitions()).isEqualTo(3);
    Partitioner inTurn = new Shares(6, 3, 0, 9).inTurn();
    assertThat(LongStream.range(0, 5).mapToObj(inTurn::getPartition))
        .containsExactly(0, 1, 2, 0, 1);
  }

  @Test
  void aWorkerStreamsItsShares() {
    Shares shares = new Shares(10, 2, 1, 4);
    ShareStream stream = new ShareStream(sequences(shares, 1), shares, 1);
    TrainingBatch second = stream.of(2);
    assertThat(second.size()).isEqualTo(5);
    assertThat(second.predictions()).isEqualTo(25L + 26 + 27 + 28 + 29);
    assertThat(stream.of(3).predictions()).isEqualTo(35L + 36 + 37 + 38 + 39);
  }

  @Test
  void aSequenceThatIsMissingIsABug() {
    Shares shares = new Shares(4, 2, 0, 2);
    ShareStream stream = new ShareStream(List.of(sequence(2), sequence(6)).iterator(), shares, 1);
    assertThatThrownBy(() -> stream.of(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("sequence at 6 instead of 3");
  }

  /** Sequence by position. */
  private static Map<Long, Long> dealt(Shares shares) {
    Map<Long, Long> dealt = new TreeMap<>();
    for (long sequence = 0; sequence < ORDER.sequences(); sequence++) {
      long own = sequence;
      shares
          .positions(sequence, ORDER)
          .forEach(position -> assertThat(dealt.put(position, own)).isNull());
    }
    return dealt;
  }

  /** What a worker gets: at position {@code p}, a sequence of {@code p + 1} tokens. */
  private static java.util.Iterator<Tuple2<Long, int[]>> sequences(Shares shares, int worker) {
    List<Tuple2<Long, int[]>> own = new ArrayList<>();
    for (long position = 0; position < shares.steps() * shares.batch(); position++) {
      if (shares.byPosition().getPartition(position) == worker) {
        own.add(sequence(position));
      }
    }
    return own.iterator();
  }

  private static Tuple2<Long, int[]> sequence(long position) {
    return new Tuple2<>(position, new int[(int) position + 1]);
  }
}
