package io.gramian.spark.finetune;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.tokenize.CalibrationSequence;
import io.gramian.spark.tokenize.CalibrationSet;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A Spark job whose tasks are the workers of one training, all running at the same time.
 *
 * <p>The sequences of each worker reach it by a shuffle, in the order in which it trains on them;
 * it reads them from there as it goes. When a worker is lost, Spark ends the others and starts all
 * of them again, and they go on from the newest checkpoint. It does so up to {@code
 * spark.stage.maxConsecutiveAttempts} times in all, 4 unless set; after that the same command goes
 * on.
 */
final class BarrierTraining {

  private final CalibrationSet training;
  private final CalibrationSet heldOut;

  /**
   * Prepares the job.
   *
   * @param training what is learnt
   * @param heldOut what is only scored
   */
  BarrierTraining(CalibrationSet training, CalibrationSet heldOut) {
    this.training = training;
    this.heldOut = heldOut;
  }

  /**
   * Runs it.
   *
   * @return how each worker ended
   * @throws UserException if the training cannot go on
   */
  List<WorkerOutcome.Done> run(TrainingTask task, Shares shares, long seed) {
    JavaRDD<WorkerTexts> texts =
        positions(shares, new EpochOrder(seed, training.sequences()))
            .zipPartitions(
                numbered(shares.inTurn()),
                (own, held) -> List.of(new WorkerTexts(own, held)).iterator());
    ClassTag<WorkerOutcome> tag = ClassTag$.MODULE$.apply(WorkerOutcome.class);
    RDD<WorkerOutcome> workers = texts.rdd().barrier().mapPartitions(task, false, tag);
    // Spark tries a barrier stage again if it ends in a shuffle, but never a job's last stage.
    return workers.toJavaRDD().repartition(1).collect().stream()
        .map(BarrierTraining::done)
        .toList();
  }

  private JavaRDD<Tuple2<Long, int[]>> positions(Shares shares, EpochOrder order) {
    JavaPairRDD<Long, int[]> dealt =
        training
            .sequencesInAnyOrder()
            .flatMapToPair(
                s ->
                    shares
                        .positions(s.id(), order)
                        .mapToObj(position -> new Tuple2<>(position, s.tokens()))
                        .iterator());
    return JavaRDD.fromRDD(
        dealt.repartitionAndSortWithinPartitions(shares.byPosition()).rdd(), dealt.classTag());
  }

  private JavaRDD<Tuple2<Long, int[]>> numbered(Partitioner dealing) {
    JavaPairRDD<Long, int[]> numbered =
        heldOut
            .sequencesInAnyOrder()
            .mapToPair((CalibrationSequence s) -> new Tuple2<>(s.id(), s.tokens()));
    return JavaRDD.fromRDD(
        numbered.repartitionAndSortWithinPartitions(dealing).rdd(), numbered.classTag());
  }

  private static WorkerOutcome.Done done(WorkerOutcome outcome) {
    if (outcome instanceof WorkerOutcome.Trouble trouble) {
      throw new UserException(trouble.message());
    }
    return (WorkerOutcome.Done) outcome;
  }
}
