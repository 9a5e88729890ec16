package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.ValueOutputCriterion;
import io.gramian.compress.statistics.Weight;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.fixture.HybridConfigs;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.spark.ablate.AblateRequest;
import io.gramian.spark.ablate.NamedCriteria;
import io.gramian.spark.ablate.WidthChoice;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.sort.SortSettings;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.EditedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sorting without the Gram matrices of MLPs, as phases of a run, on random models of 104 channels
 * and a text of 48 tokens: their activations have fewer directions than the 52 singular values that
 * are looked for, so the scores are those of the direct path up to rounding.
 */
class LeveragePhaseIT {

  private static final Path DATA = Path.of(System.getProperty("gramian.root"), "calibration-data");
  private static final int CHANNELS = 104;
  private static final int SINGULAR_VALUES = CHANNELS / 2;
  private static final long SEED = 23;

  private static final SortCriteria DIRECT =
      SortCriteria.DEFAULT.with(MlpCriterion.RIDGE_LEVERAGE, ValueOutputCriterion.JOINT);

  private static final SortSettings MATRIX_FREE =
      new SortSettings(DIRECT, OptionalInt.of(SINGULAR_VALUES));

  private static final Map<String, Object> SIZES =
      Map.of("intermediate_size", CHANNELS, "vocab_size", 4096);

  @TempDir private static Path folder;

  @BeforeAll
  static void sort() throws IOException {
    write("llama", RandomConfigs.llamaGrouped(), SIZES);
    write("nemotron", HybridConfigs.nemotronPattern(), SIZES);
    write("mamba", HybridConfigs.mamba2OneGroup(), Map.of("vocab_size", 4096));
    pipeline("llama", "direct").sort(text(), DIRECT);
    pipeline("llama", "free").sort(text(), MATRIX_FREE);
  }

  private static void write(String name, Map<String, Object> config, Map<String, Object> changes)
      throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    RandomCheckpoint.of(RandomConfigs.with(config, changes), SEED).write(LocalDirectory.of(model));
    Files.copy(DATA.resolve("llama-tiny/tokenizer.json"), model.resolve("tokenizer.json"));
  }

  @Test
  void ordersAreThoseOfTheGramMatrixThatIsNotThere() throws IOException {
    requireAlike("direct", "free", 2);
    assertThat(manifest("free").phases())
        .extracting(RunManifest.Phase::name)
        .containsExactly("tokenize", "calibrate", "leverage", "sort", "check");
    assertThat(manifest("free").phase("leverage").orElseThrow().outputs())
        .extracting(RunManifest.Output::file)
        .containsExactly("leverage/part-00000.parquet");
    assertThat(folder.resolve("free/sorted/gramian.json"))
        .content()
        .contains("\"mlp\" : \"ridge-leverage-k52\"");
    assertThat(folder.resolve("free/leverage.scratch")).doesNotExist();
    assertThat(manifest("direct").recipe().get("calibrate").toString()).doesNotContain("left-out");
  }

  @Test
  void stacksOfWhichOnlySomeBlocksAreMlpsAreSortedSo() throws IOException {
    pipeline("nemotron", "nemotron direct").sort(text(), DIRECT);
    SortSummary summary = pipeline("nemotron", "nemotron free").sort(text(), MATRIX_FREE);
    requireAlike("nemotron direct", "nemotron free", 2);
    assertThat(summary.leverage())
        .hasValueSatisfying(
            leverage -> {
              assertThat(leverage.singularValues()).isEqualTo(SINGULAR_VALUES);
              assertThat(leverage.worstError()).isBetween(0.0, 1e-6);
            });
  }

  /** All else than the MLPs is the same to the byte. */
  private static void requireAlike(String direct, String free, int mlps) {
    Map<String, String> expected = outputs(direct, "statistics/");
    assertThat(expected.keySet()).filteredOn(file -> file.contains("down-input")).hasSize(mlps);
    expected.keySet().removeIf(file -> file.contains("down-input"));
    assertThat(outputs(free, "statistics/")).isEqualTo(expected).isNotEmpty();
    List<Row> one = orders(direct);
    List<Row> other = orders(free);
    assertThat(other).hasSameSizeAs(one);
    int seen = 0;
    for (int i = 0; i < one.size(); i++) {
      if (one.get(i).getAs("coupling").equals("mlp")) {
        seen++;
        assertThat((String) other.get(i).getAs("criterion")).isEqualTo("ridge-leverage-k52");
        assertThat(rankCorrelation(order(one.get(i)), order(other.get(i))))
            .as("seed %d, %s", SEED, one.get(i))
            .isGreaterThan(0.99);
      } else {
        assertThat(other.get(i)).isEqualTo(one.get(i));
      }
    }
    assertThat(seen).isEqualTo(mlps);
  }

  @Test
  void aRerunDoesNothingAndADamagedFileIsMadeAgainWithWhatIsMadeFromIt() throws IOException {
    copy("free", "rerun");
    String before = Files.readString(folder.resolve("rerun/manifest.json"));
    RecordedProgress nothing = new RecordedProgress();
    SortSummary again =
        pipeline("llama", "rerun", ExistingOutputs.REFUSE, nothing).sort(text(), MATRIX_FREE);
    assertThat(nothing.phases()).isEmpty();
    assertThat(again.leverage()).isPresent();
    assertThat(folder.resolve("rerun/manifest.json")).hasContent(before);

    Files.writeString(
        folder.resolve("rerun/leverage/part-00000.parquet"), "x", StandardOpenOption.APPEND);
    RecordedProgress progress = new RecordedProgress();
    pipeline("llama", "rerun", ExistingOutputs.REFUSE, progress).sort(text(), MATRIX_FREE);
    assertThat(progress.phases()).filteredOn(phase -> phase.startsWith("+")).hasSize(4);
    assertThat(progress.phases().get(0)).isEqualTo("+leverage 3");
    assertThat(progress.phases().get(1)).isEqualTo("-3");
    assertThat(progress.phases().get(2)).startsWith("+sort ");
    assertThat(progress.details())
        .anyMatch(detail -> detail.matches("block 1 of 4: \\d+ passes"))
        .anyMatch(detail -> detail.matches("block 3 of 4: \\d+ passes"));
    requireAlike("direct", "rerun", 2);
  }

  @Test
  void aRunThatWasInterruptedBehindCalibrationGoesOnThere() throws IOException {
    copy("free", "interrupted");
    forget("interrupted", "leverage", "sort", "check");
    Files.createDirectories(folder.resolve("interrupted/leverage.scratch/left"));
    RecordedProgress progress = new RecordedProgress();
    pipeline("llama", "interrupted", ExistingOutputs.REFUSE, progress).sort(text(), MATRIX_FREE);
    assertThat(progress.phases().get(0)).startsWith("+leverage ");
    assertThat(folder.resolve("interrupted/leverage.scratch")).doesNotExist();
    requireAlike("direct", "interrupted", 2);
  }

  @Test
  void otherVerbsGoOnFromThereUnlessTheyNeedTheGramMatrices() throws IOException {
    copy("free", "on");
    String calibrated = fingerprint("on", "calibrate");
    assertThat(pipeline("llama", "on").allocate(text(), allocation())).hasSize(1);
    assertThat(fingerprint("on", "calibrate")).isEqualTo(calibrated);
    assertThat(pipeline("llama", "on").evaluate(text(), WidthRequest.FULL)).hasSize(2);
    Reporting.run(TestSession.get(), run("on"));
    assertThat(folder.resolve("on/report.html")).content().contains("ridge-leverage-k52");

    String refusal =
        folder
            + "/on was calibrated without the Gram matrices of its MLPs, for"
            + " --mlp-singular-values, and they are needed now: give another --output, or"
            + " --overwrite to calibrate again";
    assertRefused(() -> pipeline("llama", "on").sort(text(), DIRECT), refusal);
    assertRefused(() -> pipeline("llama", "on").calibrate(text()), refusal);
    assertRefused(
        () ->
            pipeline("llama", "on")
                .ablate(
                    text(),
                    text(),
                    new AblateRequest(
                        List.of(NamedCriteria.parse("default")),
                        List.of(new KeepRatio(0.85)),
                        allocation().profile(),
                        List.of(new WidthChoice.Uniform()))),
        refusal);

    pipeline("llama", "on", ExistingOutputs.REPLACE, ProgressListener.SILENT).sort(text(), DIRECT);
    assertThat(outputs("on", "statistics/")).isEqualTo(outputs("direct", "statistics/"));
    assertThat(outputs("on", "rank-orders/")).isEqualTo(outputs("direct", "rank-orders/"));
  }

  @Test
  void aRunThatHasTheGramMatricesNeedNotCalibrateAgain() throws IOException {
    copy("direct", "both");
    assertThatThrownBy(() -> pipeline("llama", "both").sort(text(), MATRIX_FREE))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            folder + "/both holds the results of another sort (leverage was null, is ")
        .hasMessageEndingWith(
            "; mlp was ridge-leverage, is ridge-leverage-k52): give another --output, or"
                + " --overwrite to replace them");
    assertThat(folder.resolve("both/leverage")).as("refused before the long walk").doesNotExist();
    pipeline("llama", "both", ExistingOutputs.REPLACE, ProgressListener.SILENT)
        .sort(text(), MATRIX_FREE);
    assertThat(outputs("both", "statistics/")).isEqualTo(outputs("direct", "statistics/"));
  }

  @Test
  void mergingKnowsNoRunWithoutGramMatricesAndSingularValuesKnowNoMerging() throws IOException {
    RunMix without = new RunMix(List.of(new RunMix.Part(run("free"), Weight.ONE)), List.of());
    assertRefused(
        () -> merge(without, "merged free"),
        folder
            + "/free was calibrated without the Gram matrices of its MLPs, for"
            + " --mlp-singular-values, and cannot be merged: run calibrate with another --output");
    merge(new RunMix(List.of(new RunMix.Part(run("direct"), Weight.ONE)), List.of()), "merged");
    assertRefused(
        () -> pipeline("llama", "merged").sort(MATRIX_FREE),
        folder
            + "/merged holds merged statistics, whose weights a walk through the text would not"
            + " know: leave --mlp-singular-values out, the Gram matrices are there");
  }

  @Test
  void whatCannotBeFoundIsRefusedBeforeAnyWork() throws IOException {
    assertRefused(
        () -> pipeline("llama", "new").sort(text(), new SortSettings(DIRECT, OptionalInt.of(53))),
        "block 1 (layer 0): 53 singular values of 104 channels cannot be found without the Gram"
            + " matrix: that takes at least 100 channels and 1 to half as many values; leave"
            + " --mlp-singular-values out to form it");
    assertRefused(
        () -> pipeline("mamba", "new").sort(text(), MATRIX_FREE),
        "the model has no MLP, so there are no singular values to find: leave"
            + " --mlp-singular-values out");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void anMlpThatNoTokenReachesIsRefusedByName() throws IOException {
    write("dead", RandomConfigs.llamaGrouped(), SIZES);
    EditedCheckpoint.scale(folder.resolve("dead"), "model.layers.1.mlp.up_proj.weight", 0);
    assertRefused(
        () -> pipeline("dead", "dead run").sort(text(), MATRIX_FREE),
        "block 3 (layer 1): no singular value of 104 channels was found, since no token reached"
            + " them: leave --mlp-singular-values out");
    assertThat(folder.resolve("dead run/leverage")).doesNotExist();
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserException.class).hasMessage(message);
  }

  private static AllocateRequest allocation() {
    return new AllocateRequest(
        List.of(new KeepRatio(0.85)),
        AllocationRule.DEFAULT,
        new DeviceProfile("small", new Granularity(8, 2, 2, 2), 8));
  }

  private static Pipeline pipeline(String model, String name) throws IOException {
    return pipeline(model, name, ExistingOutputs.REFUSE, ProgressListener.SILENT);
  }

  private static Pipeline pipeline(
      String model, String name, ExistingOutputs existing, ProgressListener progress)
      throws IOException {
    Run run = Run.open(TestSession.context(), run(name), List.of("sort"), existing);
    return new Pipeline(
        TestSession.get(),
        run,
        new PipelineSettings(folder.resolve(model).toString(), 1, 2),
        progress);
  }

  private static void merge(RunMix mix, String name) throws IOException {
    Run run = Run.open(TestSession.context(), run(name), List.of("merge"), ExistingOutputs.REFUSE);
    Merging.run(TestSession.get(), ProgressListener.SILENT, mix, run);
  }

  private static TextSource text() {
    return new TextSource(
        DATA.resolve("text/public-domain.train.jsonl").toString(),
        "text",
        new TokenizeRequest.Cut(24, OptionalInt.of(2), Packing.PACK));
  }

  private static HadoopDirectory run(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }

  private static RunManifest manifest(String name) {
    return RunManifest.read(run(name)).orElseThrow();
  }

  private static String fingerprint(String name, String phase) {
    return manifest(name).phase(phase).orElseThrow().fingerprint();
  }

  /** As if the driver had been killed before these phases. */
  private static void forget(String name, String... phases) throws IOException {
    manifest(name).without(Set.of(phases)).write(run(name));
  }

  private static Map<String, String> outputs(String name, String within) {
    Map<String, String> digests = new TreeMap<>();
    manifest(name).outputs().forEach(output -> digests.put(output.file(), output.sha256()));
    digests.keySet().removeIf(file -> !file.startsWith(within));
    return digests;
  }

  private static List<Row> orders(String name) {
    return TestSession.get()
        .read()
        .parquet(folder.resolve(name).resolve("rank-orders").toString())
        .orderBy("block_index", "coupling", "head")
        .collectAsList();
  }

  private static List<Integer> order(Row row) {
    return row.getList(row.fieldIndex("order"));
  }

  /** Spearman's. */
  private static double rankCorrelation(List<Integer> one, List<Integer> other) {
    int n = one.size();
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double difference = other.indexOf(one.get(i)) - i;
      sum += difference * difference;
    }
    return 1 - 6 * sum / ((double) n * ((double) n * n - 1));
  }

  private static void copy(String from, String to) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(from))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(to).resolve(folder.resolve(from).relativize(file)));
      }
    }
  }
}
