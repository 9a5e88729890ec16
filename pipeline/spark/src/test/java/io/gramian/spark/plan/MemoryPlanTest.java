package io.gramian.spark.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.DecoderSpec;
import io.gramian.model.family.Families;
import io.gramian.spark.session.ExecutorMemory;
import io.gramian.spark.wave.WaveLimits;
import io.gramian.spark.wave.WavePlan;
import java.nio.file.Path;
import java.util.Random;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryPlanTest {

  private static final long GIBI = 1L << 30;
  private static final long SEED = 5;
  private static final int LENGTH = 512;

  /** 32 layers of 4,096 and 14,336 channels. */
  private static final DecoderSpec LLAMA =
      Families.describe(
          HfConfig.read(
              LocalDirectory.of(
                  Path.of(System.getProperty("gramian.root"), "conf/shapes/llama-3.1-8b"))));

  private static MemoryPlan plan(ExecutorMemory memory) {
    return new MemoryPlan(LLAMA, LENGTH, memory, Long.MAX_VALUE);
  }

  private static ExecutorMemory executor(double heap, double outside, int tasks) {
    return new ExecutorMemory((long) (heap * GIBI), (long) (outside * GIBI), tasks, false);
  }

  @Test
  void countsWhatTheGramMatrixOfAnMlpTakes() {
    long one = plan(executor(64, 8, 1)).of(Phase.CALIBRATE).heap();
    long two = plan(executor(64, 8, 2)).of(Phase.CALIBRATE).heap();
    // 8 n^2 bytes a task, and what its diagonal tiles have twice.
    double gram = 8.0 * 14_336 * 14_336;
    assertThat((two - one) / gram).isBetween(1.0, 1.45);
  }

  @Test
  void refusesWhatCannotFitAndSaysWhatWould() {
    assertThatThrownBy(() -> plan(executor(3, 6, 2)).require(Phase.CALIBRATE))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "calibrate takes \\d+\\.\\d GiB of heap and \\d+\\.\\d GiB beside it in an executor with"
                + " 2 tasks at a time, which has 3\\.0 GiB and 6\\.0 GiB: set"
                + " spark\\.executor\\.memory=\\d+g and spark\\.executor\\.memoryOverhead=\\d+g, or"
                + " spark\\.executor\\.cores=1, or --mlp ridge-leverage --mlp-singular-values 256");
  }

  @Test
  void aLocalRunIsToldOfItsProcess() {
    ExecutorMemory process = new ExecutorMemory(3 * GIBI, 14 * GIBI, 2, true);
    assertThatThrownBy(() -> plan(process).require(Phase.CALIBRATE))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "calibrate takes .* in this process with 2 tasks at a time, which has 3\\.0 GiB and"
                + " 14\\.0 GiB: set spark\\.driver\\.memory=\\d+g on a machine of \\d+ GiB, or"
                + " --master local\\[1], or --mlp ridge-leverage --mlp-singular-values 256");
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void whatIsProposedWouldDo(Phase phase) {
    MemoryPlan small = plan(executor(1, 0.5, 3));
    assertThat(small.fits(phase)).isFalse();
    Matcher proposal =
        Pattern.compile("memory=(\\d+)g and spark.executor.memoryOverhead=(\\d+)g")
            .matcher(small.shortage(phase));
    assertThat(proposal.find()).isTrue();
    double heap = Double.parseDouble(proposal.group(1));
    double outside = Double.parseDouble(proposal.group(2));
    assertThatCode(() -> plan(executor(heap, outside, 3)).require(phase))
        .doesNotThrowAnyException();
  }

  /** Whatever there is: if a layer fits, so does what is dealt out. */
  @ParameterizedTest
  @EnumSource(Phase.class)
  void whatIsDealtOutFits(Phase phase) {
    Random random = new Random(SEED);
    int fitting = 0;
    for (int i = 0; i < 200; i++) {
      ExecutorMemory memory =
          executor(1 + random.nextDouble(40), 1 + random.nextDouble(140), 1 + random.nextInt(4));
      MemoryPlan plan = plan(memory);
      if (plan.fits(phase)) {
        fitting++;
        PhaseMemory taken = plan.of(phase);
        assertThat(taken.heap()).as("seed %d, %s", SEED, memory).isLessThanOrEqualTo(memory.heap());
        assertThat(taken.outside())
            .as("seed %d, %s, %s", SEED, memory, taken.holds())
            .isLessThanOrEqualTo(memory.outside());
      }
    }
    assertThat(fitting).as("seed %d", SEED).isPositive();
  }

  @Test
  void wavesGrowWithWhatThereIs() {
    assertThat(waves(executor(6, 8, 2))).isEqualTo(32);
    assertThat(waves(executor(60, 60, 2))).isBetween(2, 16);
    assertThat(waves(executor(200, 100, 2))).isEqualTo(1);
    WaveLimits capped = new MemoryPlan(LLAMA, LENGTH, executor(200, 100, 2), 0).waves();
    assertThat(WavePlan.of(LLAMA, capped)).hasSize(32);
  }

  private static int waves(ExecutorMemory memory) {
    return WavePlan.of(LLAMA, plan(memory).waves()).size();
  }

  @Test
  void fewerBlocksAreRankedAtATimeWhereMemoryIsShort() {
    assertThat(plan(executor(4, 64, 4)).decisions()).isEqualTo(4);
    assertThat(plan(executor(4, 6, 4)).decisions()).isBetween(1, 3);
    assertThat(plan(executor(4, 1, 4)).decisions()).isEqualTo(1);
  }

  @Test
  void shufflesTenBytesASum() {
    SortedMap<String, Long> sent = ShuffledBytes.byMixer(LLAMA, StatisticsChoice.ALL);
    long mlp = sent.get("mlp");
    assertThat(mlp / (14_336.0 * (14_336 + 512) / 2)).isBetween(10.0, 10.01);
    long share = 32 * (mlp + sent.get("attention"));
    assertThat(ShuffledBytes.of(LLAMA, StatisticsChoice.ALL, 8)).isEqualTo(8 * share);
    assertThat(ShuffledBytes.of(LLAMA, StatisticsChoice.ALL, 9)).isEqualTo(10 * share);
    assertThat(ShuffledBytes.byMixer(LLAMA, StatisticsChoice.WITHOUT_DOWN_INPUT).get("mlp"))
        .isLessThan(1000);
  }
}
