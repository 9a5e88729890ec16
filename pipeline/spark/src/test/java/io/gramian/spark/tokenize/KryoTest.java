package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.spark.session.RecordRegistrator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** What travels between tasks survives {@code spark.serializer=...KryoSerializer} too. */
class KryoTest {

  private final SerializerInstance kryo =
      new KryoSerializer(
              new SparkConf(false).set("spark.kryo.registrator", RecordRegistrator.class.getName()))
          .newInstance();

  @Test
  void everythingThatIsShuffledCollectedOrHeld() {
    assertThat(copy(new PieceKey(207, 13))).isEqualTo(new PieceKey(207, 13));
    assertThat(copy(new Tally(1, 2, 3, List.of("x")))).isEqualTo(new Tally(1, 2, 3, List.of("x")));
    assertThat(copy(Tally.NOTHING)).isEqualTo(Tally.NOTHING);
    assertThat(copy(new TokenizedDocument.Tokens(new int[] {1, 2})).ids()).containsExactly(1, 2);
    TokenizedDocument.Trouble trouble = new TokenizedDocument.Trouble("why");
    assertThat(copy(trouble)).isEqualTo(trouble);
    CorpusSplit split = new CorpusSplit(new Path("/a/b.txt"), DocumentFormat.TEXT, 1, 2);
    assertThat(copy(split)).isEqualTo(split);
    assertThat(copy(new CalibrationSequence(5, new int[] {7})).tokens()).containsExactly(7);
  }

  private <T> T copy(T value) {
    ClassTag<T> type = ClassTag$.MODULE$.apply(value.getClass());
    return kryo.deserialize(kryo.serialize(value, type), type);
  }
}
