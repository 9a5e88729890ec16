package io.gramian.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import io.gramian.spark.session.TestSession;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/** Workers of a barrier stage find each other and add up. */
class PeersIT {

  private final JavaSparkContext spark = TestSession.context();

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyWorkerGetsTheSum(int workers) {
    List<Double> seen = run(workers, new Sum());
    assertThat(seen)
        .containsOnly(workers == 1 ? 1.0 : 3.0, workers == 1 ? 207.0 : 414.0, 41.0)
        .hasSize(3 * workers);
  }

  /** Attempt 0 loses a worker between two sums; attempt 1 finds the others again. */
  @Test
  void aLostWorkerFailsTheAttemptAndAllStartAgain() {
    assertThat(run(2, new Fail())).containsExactly(3.0, 3.0);
  }

  private List<Double> run(int workers, Body body) {
    ClassTag<Double> tag = ClassTag$.MODULE$.apply(Double.class);
    RDD<Integer> slots = spark.parallelize(List.of(1, 2).subList(0, workers), workers).rdd();
    return slots.barrier().mapPartitions(body, false, tag).toJavaRDD().repartition(1).collect();
  }

  /** What a worker does. */
  private abstract static class Body extends AbstractFunction1<Iterator<Integer>, Iterator<Double>>
      implements Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public final Iterator<Double> apply(Iterator<Integer> input) {
      NativeRuntime.load();
      BarrierTaskContext context = BarrierTaskContext.get();
      try (Peers peers = Peers.join(context)) {
        return CollectionConverters.asScala(work(peers, context).iterator());
      }
    }

    abstract List<Double> work(Peers peers, BarrierTaskContext context);

    /** Element 0 of the sum over the workers. */
    static double sum(Peers peers, Tensor tensor) {
      peers.sum(tensor);
      return Tensors.doubles(tensor)[0];
    }
  }

  private static final class Sum extends Body {

    private static final long serialVersionUID = 1L;

    @Override
    List<Double> work(Peers peers, BarrierTaskContext context) {
      try (PointerScope scope = new PointerScope()) {
        double ranks = sum(peers, Tensor.create(new double[] {peers.rank() + 1}));
        float[] many = new float[1_000_003];
        many[0] = 207;
        double large = sum(peers, Tensor.create(many));
        return List.of(ranks, large, (double) peers.fromFirst(peers.isFirst() ? 41 : 13));
      }
    }
  }

  private static final class Fail extends Body {

    private static final long serialVersionUID = 1L;

    @Override
    List<Double> work(Peers peers, BarrierTaskContext context) {
      try (PointerScope scope = new PointerScope()) {
        double first = sum(peers, Tensor.create(new double[] {peers.rank() + 1}));
        if (context.stageAttemptNumber() == 0 && peers.rank() == 1) {
          throw new IllegalStateException("planted");
        }
        peers.fromFirst(1);
        return List.of(first);
      }
    }
  }
}
