package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticFile;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.compress.statistics.Weight;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs over parts of a text, merged, against one run over all of it. A document of the text makes
 * two sequences, the second one shorter, and a micro-shard holds four.
 */
class MergeIT {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));
  private static final String MODEL = ROOT.resolve("calibration-data/llama-tiny").toString();
  private static final int LENGTH = 512;
  private static final int CHARACTERS = 2400;
  private static final int DOCUMENTS = 4;

  @TempDir private static Path folder;

  private static List<String> documents;

  @BeforeAll
  static void calibrate() throws IOException {
    try (Stream<String> lines =
        Files.lines(ROOT.resolve("calibration-data/text/public-domain.train.jsonl"))) {
      documents =
          lines
              .filter(line -> line.length() > CHARACTERS + 100)
              .map(line -> line.substring(line.indexOf(": \"") + 3).replaceAll("\\\\.", " "))
              .map(line -> line.replace('"', ' ').substring(0, CHARACTERS))
              .limit(DOCUMENTS)
              .toList();
    }
    assertThat(documents).hasSize(DOCUMENTS);
    calibrate("whole", 0, 4);
    calibrate("first", 0, 2);
    calibrate("second", 2, 4);
  }

  @Test
  void halvesOfWholeShardsAreTheWholeByteForByteAndComeOffAgain() throws IOException {
    assertThat(RunManifest.read(run("whole")).orElseThrow().phases()).hasSize(2);
    MergeSummary summary = merge("both", List.of(part("first"), part("second")));
    assertThat(outputs("both")).isEqualTo(outputs("whole")).hasSizeGreaterThan(40);
    assertThat(summary.tokens()).isEqualTo(summary.added().get(0) + summary.added().get(1));

    merge("swapped", List.of(part("second"), part("first")));
    assertThat(statistics("swapped")).isEqualTo(statistics("whole"));

    merge("rest", List.of(part("whole")), "first");
    assertThat(outputs("rest")).isEqualTo(outputs("second"));
  }

  @Test
  void sortAndAllocateGoOnFromAMergedRun() throws IOException {
    merge("sorted", List.of(part("first"), part("second")));
    pipeline("sorted", ExistingOutputs.REFUSE).sort(SortCriteria.DEFAULT);
    AllocateRequest request =
        new AllocateRequest(
            List.of(new KeepRatio(0.85)),
            AllocationRule.DEFAULT,
            new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128));
    assertThat(pipeline("sorted", ExistingOutputs.REFUSE).allocate(request)).hasSize(1);

    copy("whole", "whole sorted");
    pipeline("whole sorted", ExistingOutputs.REFUSE).sort(text(0, 4), SortCriteria.DEFAULT);
    pipeline("whole sorted", ExistingOutputs.REFUSE).allocate(text(0, 4), request);
    assertThat(outputs("sorted")).isEqualTo(outputs("whole sorted"));

    String before = Files.readString(folder.resolve("sorted/manifest.json"));
    merge("sorted", List.of(part("first"), part("second")));
    assertThat(folder.resolve("sorted/manifest.json")).hasContent(before);
    assertRefused(() -> merge("sorted", List.of(part("first", "2"), part("second"))))
        .startsWith(folder + "/sorted holds the results of another calibrate (merged was ")
        .endsWith("): give another --output, or --overwrite to replace them");
    assertRefused(
            () -> pipeline("sorted", ExistingOutputs.REFUSE).sort(text(0, 4), SortCriteria.DEFAULT))
        .isEqualTo(
            folder
                + "/sorted holds statistics that were merged of other runs: leave --model and"
                + " --calibration out to go on from them, give another --output, or --overwrite to"
                + " replace them");
    assertRefused(() -> pipeline("first", ExistingOutputs.REFUSE).sort(SortCriteria.DEFAULT))
        .isEqualTo(
            folder + "/first holds no merged statistics: run merge with that --output first");
    Files.delete(folder.resolve("sorted/statistics/block-000.key.safetensors"));
    assertRefused(() -> pipeline("sorted", ExistingOutputs.REFUSE).sort(SortCriteria.DEFAULT))
        .isEqualTo(
            folder
                + "/sorted/statistics/block-000.key.safetensors is not as merge wrote it: run merge"
                + " with that --output again");
  }

  /** Two sequences and six: most have other neighbours in their shard than in the whole. */
  @Test
  void raggedHalvesAreTheWholeUpToRounding() throws IOException {
    calibrate("one", 0, 1);
    calibrate("three", 1, 4);
    merge("ragged", List.of(part("one"), part("three")));
    double worst = 0;
    for (String file : run("whole").resolve("statistics").list()) {
      Statistic whole = statistic("whole", file);
      Statistic merged = statistic("ragged", file);
      assertThat(merged.tokens()).isEqualTo(whole.tokens());
      worst = Math.max(worst, difference(whole, merged));
    }
    assertThat(worst).as("of the largest element").isPositive().isLessThan(1e-6);
  }

  private static double difference(Statistic whole, Statistic merged) {
    double largest = 0;
    double difference = 0;
    for (Map.Entry<TileKey, Tile> entry : whole.tiles().entrySet()) {
      double[] expected = entry.getValue().sum().toDoubles();
      double[] actual = merged.tiles().get(entry.getKey()).sum().toDoubles();
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
      }
    }
    return difference / largest;
  }

  @Test
  void weightsMakeAMix() throws IOException {
    MergeSummary summary = merge("mix", List.of(part("first", "0.7"), part("second", "0.3")));
    Weight much = Weight.parse("0.7");
    Weight little = Weight.parse("0.3");
    assertThat(summary.tokens())
        .isEqualTo(much.of(summary.added().get(0)) + little.of(summary.added().get(1)));
    for (String file : run("mix").resolve("statistics").list()) {
      Statistic expected =
          statistic("first", file).times(much).plus(statistic("second", file).times(little));
      Statistic mixed = statistic("mix", file);
      assertThat(mixed.tokens()).isEqualTo(expected.tokens());
      expected
          .tiles()
          .forEach(
              (place, tile) ->
                  assertThat(mixed.tiles().get(place).sum()).as(file).isEqualTo(tile.sum()));
    }
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedAndNothingIsWritten() throws IOException {
    assertRefused(() -> merge("new", List.of()))
        .isEqualTo(
            "nothing to merge: give --add RUN, once for each run whose statistics are to be added");
    assertRefused(() -> merge("new", List.of(part("first"), part("nowhere"))))
        .isEqualTo(
            folder
                + "/nowhere holds no run (there is no manifest.json in it): merge takes folders"
                + " that gramian calibrate or merge wrote");
    pipeline("tokens", ExistingOutputs.REFUSE).tokenize(text(0, 1));
    assertRefused(() -> merge("new", List.of(part("tokens"))))
        .isEqualTo(folder + "/tokens holds no statistics: run calibrate with that --output first");
    pipeline("short", ExistingOutputs.REFUSE).calibrate(text(0, 1, 31));
    assertRefused(() -> merge("new", List.of(part("first"), part("short"))))
        .isEqualTo(
            "%s/first was calibrated on sequences of at most 512 tokens, %s/short of 31: calibrate"
                    .formatted(folder, folder)
                + " both with the same --sequence-length");
    assertRefused(() -> merge("first", List.of(part("first"), part("second"))))
        .isEqualTo(
            folder
                + "/first is to be merged and cannot be written to as well: give another"
                + " --output");
    assertRefused(() -> merge("new", List.of(part("first", "2")), "second"))
        .isEqualTo(
            "4 of 4 sequences to be subtracted (%s/second/calibration) are not among those added:"
                    .formatted(folder)
                + " only a part of what is added can be taken away again");
    assertRefused(() -> merge("new", List.of(part("first")), "first"))
        .matches(
            "([\\d,]+) tokens cannot be taken from \\1: only a part of what is added can be subtracted");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void otherModelsAndDamagedFilesAreRefused() throws IOException {
    copy("second", "other model");
    Path manifest = folder.resolve("other model/manifest.json");
    String model = MergeSource.open(run("second")).model();
    Files.writeString(manifest, Files.readString(manifest).replace(model, "f".repeat(64)));
    assertRefused(() -> merge("new", List.of(part("first"), part("other model"))))
        .isEqualTo(
            ("statistics of different models cannot be merged: %s/first is of %s (%s), %s/other model"
                    + " is of %s (%s)")
                .formatted(folder, MODEL, model.substring(0, 12), folder, MODEL, "f".repeat(12)));
    copy("second", "fewer");
    Path fewer = folder.resolve("fewer/manifest.json");
    Files.writeString(
        fewer,
        Files.readString(fewer).replace("block-000.key.safetensors", "block-000.kex.safetensors"));
    assertRefused(() -> merge("new", List.of(part("first"), part("fewer"))))
        .contains("and not of the same blocks and sites: run calibrate again on both");
    copy("second", "damaged");
    Files.writeString(
        folder.resolve("damaged/statistics/block-003.down-input.safetensors"),
        "x",
        StandardOpenOption.APPEND);
    assertRefused(() -> merge("new", List.of(part("first"), part("damaged"))))
        .isEqualTo(
            folder
                + "/damaged/statistics/block-003.down-input.safetensors is not what the run's"
                + " manifest says it was: run calibrate again with that --output");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  private static AbstractStringAssert<?> assertRefused(ThrowingCallable call) {
    return assertThatThrownBy(call).isInstanceOf(UserException.class).message();
  }

  private static HadoopDirectory run(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }

  private static RunMix.Part part(String name) {
    return part(name, "1");
  }

  private static RunMix.Part part(String name, String weight) {
    return new RunMix.Part(run(name), Weight.parse(weight));
  }

  private static MergeSummary merge(String output, List<RunMix.Part> added, String... subtracted)
      throws IOException {
    RunMix mix = new RunMix(added, Stream.of(subtracted).map(MergeIT::run).toList());
    Run run =
        Run.open(TestSession.context(), run(output), List.of("merge"), ExistingOutputs.REFUSE);
    return Merging.run(TestSession.get(), ProgressListener.SILENT, mix, run);
  }

  private static void calibrate(String name, int from, int to) throws IOException {
    pipeline(name, ExistingOutputs.REFUSE).calibrate(text(from, to));
  }

  private static Pipeline pipeline(String name, ExistingOutputs existing) throws IOException {
    Run run = Run.open(TestSession.context(), run(name), List.of("calibrate"), existing);
    return new Pipeline(
        TestSession.get(), run, new PipelineSettings(MODEL, 8L << 20, 2), ProgressListener.SILENT);
  }

  private static TextSource text(int from, int to) throws IOException {
    return text(from, to, LENGTH);
  }

  private static TextSource text(int from, int to, int length) throws IOException {
    Path file = folder.resolve("documents-%d-%d.jsonl".formatted(from, to));
    List<String> lines = new ArrayList<>();
    documents.subList(from, to).forEach(text -> lines.add("{\"text\": \"" + text + "\"}"));
    Files.write(file, lines);
    return new TextSource(
        file.toString(),
        "text",
        new TokenizeRequest.Cut(length, OptionalInt.empty(), Packing.SPLIT));
  }

  private static Statistic statistic(String run, String file) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(run(run).resolve("statistics").open(file))) {
      return StatisticFile.read(opened);
    }
  }

  private static Map<String, String> statistics(String run) {
    Map<String, String> files = outputs(run);
    files.keySet().removeIf(file -> !file.startsWith("statistics/"));
    return files;
  }

  private static Map<String, String> outputs(String run) {
    Map<String, String> digests = new TreeMap<>();
    RunManifest.read(run(run))
        .orElseThrow()
        .outputs()
        .forEach(output -> digests.put(output.file(), output.sha256()));
    return digests;
  }

  private static void copy(String from, String to) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(from))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(to).resolve(folder.resolve(from).relativize(file)));
      }
    }
  }
}
