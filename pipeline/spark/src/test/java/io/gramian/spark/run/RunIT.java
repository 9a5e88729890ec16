package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.FailureCategory;
import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The books of a run, with phases that write a file or two. */
class RunIT {

  private static final Ingredients SOW = Ingredients.of("sow", Map.of("seed", "1", "depth", "2"));
  private static final Ingredients REAP = Ingredients.of("reap", Map.of("sow", SOW.fingerprint()));
  private static final Ingredients OTHER = Ingredients.of("other", Map.of("x", "y"));

  @TempDir private Path folder;

  @Test
  void aPhaseThatIsDoneIsSkipped() throws IOException {
    assertThat(open(ExistingOutputs.REFUSE).phase(SOW, writing("sow", "a"))).isTrue();
    byte[] manifest = Files.readAllBytes(folder.resolve("run/manifest.json"));
    assertThat(open(ExistingOutputs.REFUSE).phase(SOW, RunIT::mustNotRun)).isFalse();
    assertThat(folder.resolve("run/manifest.json")).hasBinaryContent(manifest);
  }

  @Test
  void theManifestKnowsEveryOutput() throws Exception {
    open(ExistingOutputs.REFUSE)
        .phase(
            SOW,
            () -> {
              writing("sow", "çift").run();
              writing("more", "").run();
              return List.of("sow", "more");
            });
    RunManifest.Phase phase = manifest().phase("sow").orElseThrow();
    assertThat(phase.fingerprint()).isEqualTo(SOW.fingerprint());
    assertThat(phase.end()).isAfterOrEqualTo(phase.start());
    assertThat(phase.outputs())
        .containsExactly(
            new RunManifest.Output("more/file", sha256(""), 0),
            new RunManifest.Output("sow/file", sha256("çift"), 5));
    assertThat(manifest().recipe().get("sow")).isEqualTo(Map.of("seed", "1", "depth", "2"));
    assertThat(manifest().failure()).isEqualTo(FailureCategory.NONE);
  }

  @Test
  void aChangedPhaseIsRefusedWithTheDifference() throws IOException {
    Run run = open(ExistingOutputs.REFUSE);
    run.phase(SOW, writing("sow", "a"));
    Ingredients changed = Ingredients.of("sow", Map.of("seed", "2", "soil", "clay"));
    assertThatThrownBy(() -> open(ExistingOutputs.REFUSE).phase(changed, RunIT::mustNotRun))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + "/run holds the results of another sow (depth was 2, is null; seed was 1, is 2;"
                + " soil was null, is clay): give another --output, or --overwrite to replace"
                + " them");
    assertThat(folder.resolve("run/sow/file")).hasContent("a");
    assertThat(manifest().phase("sow")).isPresent();
  }

  @Test
  void replacingForgetsWhatBuiltOnIt() throws IOException {
    Run run = open(ExistingOutputs.REFUSE);
    run.phase(SOW, writing("sow", "a"));
    run.phase(OTHER, writing("other", "o"));
    run.phase(REAP, writing("reap", "r"));
    Ingredients changed = Ingredients.of("sow", Map.of("seed", "2", "depth", "2"));
    Run again = open(ExistingOutputs.REPLACE);
    assertThat(again.phase(changed, writing("sow", "b"))).isTrue();
    assertThat(again.isDone("reap")).isFalse();
    assertThat(again.isDone("other")).isTrue();
    assertThat(manifest().phases())
        .extracting(RunManifest.Phase::name)
        .containsExactly("other", "sow");
    assertThat(manifest().recipe()).doesNotContainKey("reap");
    assertThat(folder.resolve("run/sow/file")).hasContent("b");
    assertThat(folder.resolve("run/reap")).doesNotExist();
    assertThat(again.phase(OTHER, RunIT::mustNotRun)).isFalse();
  }

  @Test
  void aDamagedOutputIsMadeAgain() throws IOException {
    open(ExistingOutputs.REFUSE).phase(SOW, writing("sow", "abc"));
    Files.writeString(folder.resolve("run/sow/file"), "abd");
    assertThat(open(ExistingOutputs.REFUSE).phase(SOW, writing("sow", "abc"))).isTrue();
    assertThat(folder.resolve("run/sow/file")).hasContent("abc");
    Files.delete(folder.resolve("run/sow/file"));
    assertThat(open(ExistingOutputs.REFUSE).phase(SOW, writing("sow", "abc"))).isTrue();
    assertThat(open(ExistingOutputs.REFUSE).phase(SOW, RunIT::mustNotRun)).isFalse();
  }

  /** What was built on a damaged output may have read the damage. */
  @Test
  void aDamagedOutputTakesItsDependentsAlong() throws IOException {
    Run run = open(ExistingOutputs.REFUSE);
    run.phase(SOW, writing("sow", "abc"));
    run.phase(REAP, writing("reap", "r"));
    Files.writeString(folder.resolve("run/sow/file"), "abd");
    Run again = open(ExistingOutputs.REFUSE);
    again.phase(SOW, writing("sow", "abc"));
    assertThat(again.phase(REAP, writing("reap", "r"))).isTrue();
  }

  @Test
  void aFirstPhaseThatFailsLeavesNothing() {
    assertThatThrownBy(
            () ->
                open(ExistingOutputs.REFUSE)
                    .phase(
                        SOW,
                        () -> {
                          throw new UserException("no seed");
                        }))
        .isInstanceOf(UserException.class)
        .hasMessage("no seed");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void aLaterFailureIsRecordedAndForgottenByTheNextSuccess() throws IOException {
    Run run = open(ExistingOutputs.REFUSE);
    run.phase(SOW, writing("sow", "a"));
    assertFailure(run, new UserException("rain"), FailureCategory.USER_ERROR);
    assertFailure(run, new IllegalStateException("bug"), FailureCategory.INTERNAL_ERROR);
    open(ExistingOutputs.REFUSE).phase(REAP, writing("reap", "r"));
    assertThat(manifest().failure()).isEqualTo(FailureCategory.NONE);
  }

  /** Spark wraps what a task throws in a checked exception that it does not declare. */
  @Test
  void aTasksFailureIsRecordedAsWhatItIs() throws IOException {
    Run run = open(ExistingOutputs.REFUSE);
    run.phase(SOW, writing("sow", "a"));
    assertTaskFailure(run, "user", FailureCategory.USER_ERROR);
    assertTaskFailure(run, "bug", FailureCategory.INTERNAL_ERROR);
  }

  private void assertTaskFailure(Run run, String kind, FailureCategory category) {
    assertThatThrownBy(
            () ->
                run.phase(
                    REAP,
                    () -> {
                      TestSession.context().parallelize(List.of(kind), 1).foreach(RunIT::fail);
                      return List.of();
                    }))
        .hasStackTraceContaining(kind);
    assertThat(manifest().failure()).as(kind).isEqualTo(category);
    assertThat(manifest().phases()).extracting(RunManifest.Phase::name).containsExactly("sow");
  }

  private static void fail(String kind) {
    throw kind.equals("user") ? new UserException(kind) : new IllegalStateException(kind);
  }

  private void assertFailure(Run run, RuntimeException failure, FailureCategory category) {
    assertThatThrownBy(
            () ->
                run.phase(
                    REAP,
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(manifest().failure()).isEqualTo(category);
    assertThat(manifest().phases()).extracting(RunManifest.Phase::name).containsExactly("sow");
  }

  private Run open(ExistingOutputs policy) {
    return Run.open(
        TestSession.context(),
        CalibrationFolder.directory(folder.resolve("run")),
        List.of("sow", "--seed"),
        policy);
  }

  private RunManifest manifest() {
    return RunManifest.read(CalibrationFolder.directory(folder.resolve("run"))).orElseThrow();
  }

  private PhaseBody writing(String name, String text) {
    return () -> {
      Path target = Files.createDirectories(folder.resolve("run").resolve(name));
      Files.writeString(target.resolve("file"), text);
      return List.of(name);
    };
  }

  private static List<String> mustNotRun() {
    throw new AssertionError("the phase is done");
  }

  private static String sha256(String text) throws NoSuchAlgorithmException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
