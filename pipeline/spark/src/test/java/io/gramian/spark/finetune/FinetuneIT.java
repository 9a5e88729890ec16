package io.gramian.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.finetune.OptimiserSettings;
import io.gramian.compress.finetune.Precision;
import io.gramian.compress.finetune.StepResult;
import io.gramian.model.KeepRatio;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers in one process. */
class FinetuneIT {

  private static final long SEED = 207;

  private static final SparkSession SESSION = TestSession.get();

  @TempDir private static Path texts;

  @TempDir private Path folder;

  /**
   * 21 sequences of 13 to 33 tokens that repeat themselves, so that there is something to learn.
   */
  @BeforeAll
  static void write() throws IOException {
    CalibrationFolder.write(texts.resolve("training"), repetitive(21));
    CalibrationFolder.write(texts.resolve("held-out"), repetitive(5));
  }

  static List<int[]> repetitive(int count) {
    Random random = new Random(SEED);
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              int first = random.nextInt(4000);
              return IntStream.range(0, 13 + i).map(j -> first + j % 5).toArray();
            })
        .toList();
  }

  @Test
  void oneWorkerTrainsWhatTwoDo() throws IOException {
    FinetuneResult one = train("one", 12, 1);
    FinetuneResult two = train("two", 12, 2);

    assertThat(one).isEqualTo(new FinetuneResult(1, 0, 0));
    assertThat(two).isEqualTo(new FinetuneResult(2, 0, 0));
    List<StepResult> steps = steps("one");
    assertThat(steps).hasSize(12).extracting(StepResult::step).startsWith(0L, 1L).endsWith(11L);
    assertSame(steps("two"), steps);
    assertThat(steps.get(11).loss()).isLessThan(steps.get(0).loss());
    assertThat(checks("one"))
        .extracting(check -> check.updates() + " at " + check.ratio().value())
        .containsExactly(
            "0 at 1.0",
            "0 at 0.65",
            "5 at 1.0",
            "5 at 0.65",
            "10 at 1.0",
            "10 at 0.65",
            "12 at 1.0",
            "12 at 0.65");
    for (int i = 0; i < checks("one").size(); i++) {
      assertThat(checks("two").get(i).loss()).isCloseTo(checks("one").get(i).loss(), within(1e-5));
    }
  }

  @Test
  void aTrainingThatDivergesIsOneLineOnAllWorkers() throws IOException {
    FinetuneRequest request = Trainings.request(4, 2);
    FinetuneRequest wild =
        new FinetuneRequest(
            request.settings().withOptimiser(new OptimiserSettings(1e30, 0, 1, 0)),
            new CheckPlan(List.of(KeepRatio.FULL), 100, 100),
            request.workers(),
            request.steps());
    assertThatThrownBy(() -> Trainings.run(SESSION, texts, folder.resolve("wild"), wild))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "step 1: the loss is \\S+ and the norm of its gradient \\S+: lower --learning-rate \\(now"
                + " 1.0E30\\)");
    FinetuneRequest checked =
        new FinetuneRequest(
            wild.settings(),
            new CheckPlan(List.of(KeepRatio.FULL), 1, 100),
            request.workers(),
            request.steps());
    assertThatThrownBy(() -> Trainings.run(SESSION, texts, folder.resolve("checked"), checked))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "after 1 steps the held-out loss at keep ratio 1.0 is not finite: lower"
                + " --learning-rate");
  }

  @Test
  void onlyTheSameTrainingIsGoneOnWith() throws IOException {
    train("run", 3, 1);
    assertThat(train("run", 3, 1).firstStep()).as("all steps were done").isEqualTo(3);
    FinetuneResult other =
        new Finetune(SESSION, ProgressListener.SILENT)
            .run(
                Trainings.inputs(SESSION, texts),
                Trainings.request(3, 1),
                Trainings.directory(SESSION, folder.resolve("run")),
                "another");
    assertThat(other.firstStep()).isZero();
  }

  @Test
  void executorsThatComeAndGoAreRefused() {
    SparkConf conf = SESSION.sparkContext().conf();
    conf.set("spark.dynamicAllocation.enabled", "true");
    try {
      assertThatThrownBy(() -> train("run", 3, 1))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "fine-tuning needs all its workers at the same time, which Spark does not promise"
                  + " with spark.dynamicAllocation.enabled=true: give --conf"
                  + " spark.dynamicAllocation.enabled=false before the verb");
    } finally {
      conf.remove("spark.dynamicAllocation.enabled");
    }
  }

  @Test
  void aTextWithNothingToPredictIsRefused() throws IOException {
    Path shortTexts = folder.resolve("short");
    CalibrationFolder.write(shortTexts.resolve("training"), repetitive(8));
    CalibrationFolder.write(shortTexts.resolve("held-out"), List.of(new int[] {1}, new int[] {2}));
    assertThatThrownBy(
            () ->
                Trainings.run(SESSION, shortTexts, folder.resolve("run"), Trainings.request(3, 1)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "the held-out text has nothing to predict: none of its 2 sequences has a second token");
  }

  @Test
  void thePrecisionIsWhatTheMachinesHave() {
    FinetuneRequest wanted = Trainings.request(3, 1);
    FinetuneRequest automatic =
        new FinetuneRequest(
            wanted.settings().withPrecision(Precision.AUTO),
            wanted.checks(),
            wanted.workers(),
            wanted.steps());
    JavaSparkContext spark = TestSession.context();
    assertThat(automatic.resolved(spark, 2).settings().precision())
        .isEqualTo(Precision.AUTO.resolved());
    assertThat(wanted.resolved(spark, 2)).isSameAs(wanted);
    assertThat(wanted.ratios()).extracting(KeepRatio::value).containsExactly(0.65, 0.85, 1.0);
  }

  static void assertSame(List<StepResult> actual, List<StepResult> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).ratio()).isEqualTo(expected.get(i).ratio());
      assertThat(actual.get(i).tokens()).isEqualTo(expected.get(i).tokens());
      assertThat(actual.get(i).loss()).isCloseTo(expected.get(i).loss(), within(1e-5));
    }
  }

  private FinetuneResult train(String run, int steps, int workers) throws IOException {
    return Trainings.run(SESSION, texts, folder.resolve(run), Trainings.request(steps, workers));
  }

  private List<StepResult> steps(String run) {
    return TrainingTables.readSteps(SESSION, Trainings.directory(SESSION, folder.resolve(run)));
  }

  private List<HeldOutLoss> checks(String run) {
    return TrainingTables.readChecks(SESSION, Trainings.directory(SESSION, folder.resolve(run)));
  }
}
