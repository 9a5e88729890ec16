package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline in a process that is told how little it may take. */
class MemoryBudgetIT {

  private static final Path DATA = Path.of(System.getProperty("gramian.root"), "calibration-data");

  /** What the launcher sets. */
  private static final String LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

  private final String before = System.getProperty(LIMIT);

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(LIMIT);
    } else {
      System.setProperty(LIMIT, before);
    }
  }

  private static void allow(long besideTheHeap) {
    System.setProperty(LIMIT, Long.toString(Runtime.getRuntime().maxMemory() + besideTheHeap));
  }

  @Test
  void whatCannotFitIsRefusedBeforeAnythingRuns() throws IOException {
    allow(100 << 20);
    Pipeline pipeline = pipeline(MemoryCheck.PLANNED);
    assertThatThrownBy(() -> pipeline.sort(text(), SortCriteria.DEFAULT))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("calibrate takes ")
        .hasMessageContaining("which has 2.0 GiB and 100 MiB: set spark.driver.memory=");
    assertThat(folder.resolve("run/calibration")).doesNotExist();
  }

  @Test
  void whatFitsRuns() throws IOException {
    allow(1L << 30);
    assertThat(pipeline(MemoryCheck.PLANNED).calibrate(text()).tokens()).isPositive();
    assertThat(folder.resolve("run/statistics")).isDirectory();
  }

  @Test
  void whoeverKnowsBetterMayTry() throws IOException {
    allow(100 << 20);
    assertThat(pipeline(MemoryCheck.NONE).calibrate(text()).tokens()).isPositive();
  }

  private Pipeline pipeline(MemoryCheck check) throws IOException {
    Run run =
        Run.open(
            TestSession.context(),
            CalibrationFolder.directory(folder.resolve("run")),
            List.of("calibrate"),
            ExistingOutputs.REFUSE);
    PipelineSettings settings =
        new PipelineSettings(DATA.resolve("llama-tiny").toString(), 1L << 30, 2, check);
    return new Pipeline(TestSession.get(), run, settings, ProgressListener.SILENT);
  }

  private static TextSource text() {
    TokenizeRequest.Cut cut = new TokenizeRequest.Cut(64, OptionalInt.of(13), Packing.PACK);
    return new TextSource(DATA.resolve("text/public-domain.train.jsonl").toString(), "text", cut);
  }
}
