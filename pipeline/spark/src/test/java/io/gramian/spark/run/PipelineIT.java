package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.ValueOutputCriterion;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on the sample. */
class PipelineIT {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));
  private static final String MODEL = ROOT.resolve("calibration-data/llama-tiny").toString();
  private static final String TEXT =
      ROOT.resolve("calibration-data/text/public-domain.train.jsonl").toString();

  /** Less than the sample's layer: every layer is a wave of its own. */
  private static final long ONE_LAYER = 1;

  private static final long WHOLE_MODEL = Long.MAX_VALUE;

  @TempDir Path folder;

  @Test
  void sortsTheSampleToTheSameBytesWhateverTheParallelismAndTheWaves() throws IOException {
    SparkSession session = TestSession.get();
    SortSummary one =
        pipeline(session, "one", settings(WHOLE_MODEL, 1)).sort(text(), SortCriteria.DEFAULT);
    SortSummary four =
        pipeline(session, "four", settings(ONE_LAYER, 4)).sort(text(), SortCriteria.DEFAULT);
    assertThat(outputs("four")).isEqualTo(outputs("one")).isNotEmpty();
    assertThat(four.sorted().loss()).isEqualTo(one.sorted().loss());
    assertThat(one.sorted().perplexity())
        .as("BF16 rounding of the rotated weights moves perplexity by less than 0.2 %%")
        .isCloseTo(one.original().perplexity(), within(0.002 * one.original().perplexity()));
    assertThat(one.orders()).isEqualTo(6 + 6 * 2 * 2);
  }

  @Test
  void aRerunDoesNothingAndAChangedRunIsRefused() throws IOException {
    SparkSession session = TestSession.get();
    PipelineSettings settings = settings(WHOLE_MODEL, 2);
    pipeline(session, "run", settings).sort(text(), SortCriteria.DEFAULT);
    String before = manifestText("run");
    SortSummary again = pipeline(session, "run", settings).sort(text(), SortCriteria.DEFAULT);
    assertThat(again.orders()).isEqualTo(30);
    assertThat(manifestText("run")).isEqualTo(before);
    SortCriteria other =
        SortCriteria.DEFAULT.with(MlpCriterion.ENERGY, ValueOutputCriterion.ACTIVATION);
    assertThatThrownBy(() -> pipeline(session, "run", settings).sort(text(), other))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("holds the results of another sort")
        .hasMessageContaining("mlp was output-error, is energy")
        .hasMessageContaining("value-output was joint, is activation")
        .hasMessageContaining("--overwrite");
    assertThat(manifestText("run")).isEqualTo(before);
  }

  @Test
  void anOutputThatCannotBeWrittenIsRefusedBeforeAnyWork() throws IOException {
    Files.writeString(folder.resolve("file"), "in the way");
    assertThatThrownBy(
            () ->
                pipeline(TestSession.get(), "file/run", settings(WHOLE_MODEL, 2)).tokenize(text()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("file/run cannot be written")
        .hasMessageContaining("give another --output");
    assertThat(folder.resolve("file")).hasContent("in the way");
  }

  private String manifestText(String run) throws IOException {
    return Files.readString(folder.resolve(run).resolve(RunManifest.FILE));
  }

  private Map<String, String> outputs(String run) {
    Map<String, String> digests = new TreeMap<>();
    RunManifest.read(directory(TestSession.get(), run))
        .orElseThrow()
        .outputs()
        .forEach(output -> digests.put(output.file(), output.sha256()));
    return digests;
  }

  private HadoopDirectory directory(SparkSession session, String name) {
    return HadoopDirectory.of(
        folder.resolve(name).toString(), session.sparkContext().hadoopConfiguration());
  }

  private static PipelineSettings settings(long waveBytes, int parallelism) {
    return new PipelineSettings(MODEL, waveBytes, parallelism);
  }

  private static TextSource text() {
    return new TextSource(
        TEXT, "text", new TokenizeRequest.Cut(128, OptionalInt.of(40), Packing.PACK));
  }

  private Pipeline pipeline(SparkSession session, String name, PipelineSettings settings)
      throws IOException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    Run run = Run.open(spark, directory(session, name), List.of("sort"), ExistingOutputs.REFUSE);
    return new Pipeline(session, run, settings, ProgressListener.SILENT);
  }
}
