package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.Allocation;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.allocation.BlockAllocation;
import io.gramian.model.allocation.InfluenceScope;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.allocate.Allocate;
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
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The phase on the sample, with a few sequences. */
class AllocatePhaseIT {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));

  private static final DeviceProfile PROFILE =
      new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128);

  private static final AllocationRule BLOCK = AllocationRule.DEFAULT.per(InfluenceScope.BLOCK);

  @TempDir private Path folder;

  @Test
  void ratiosAreAPhaseOfTheRun() throws IOException {
    List<Allocation> made = allocate(ExistingOutputs.REFUSE, AllocationRule.DEFAULT, "0.65,0.85");

    assertThat(made).extracting(a -> a.keepRatio().value()).containsExactly(0.85, 0.65);
    assertThat(ratios()).containsExactlyInAnyOrder("keep-0.65.json", "keep-0.85.json");
    assertThat(phase().outputs()).hasSize(2);
    requireLayersShare(made.get(1));
    String before = manifest();
    assertThat(allocate(ExistingOutputs.REFUSE, AllocationRule.DEFAULT, "0.85,0.65"))
        .isEqualTo(made);
    assertThat(manifest()).as("a rerun does nothing").isEqualTo(before);

    assertThatThrownBy(() -> allocate(ExistingOutputs.REFUSE, BLOCK, "0.65,0.85"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("holds the results of another allocate")
        .hasMessageContaining("per was layer, is block");
    assertThatThrownBy(() -> allocate(ExistingOutputs.REPLACE, BLOCK, "0.9,0.01"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("keep ratio 0.01 cannot be reached: with cap 0.85");
    assertThat(ratios()).as("nothing half-written").hasSize(2);

    Allocation replaced = allocate(ExistingOutputs.REPLACE, BLOCK, "0.9").get(0);
    assertThat(ratios()).containsExactly("keep-0.90.json");
    assertThat(replaced.blocks().stream().map(BlockAllocation::influence).distinct())
        .hasSameSizeAs(replaced.blocks());
    Files.delete(folder.resolve("statistics/block-003.layer-influence.safetensors"));
    assertThatThrownBy(this::allocateAlone)
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "statistics/block-003.layer-influence.safetensors is missing: run calibrate again,"
                + " with --overwrite");
  }

  private void allocateAlone() throws IOException {
    HadoopDirectory run = CalibrationFolder.directory(folder);
    try (ModelCheckpoint model = ModelCheckpoint.open(model())) {
      Allocate.run(
          new AllocateRequest(List.of(new KeepRatio(0.9)), AllocationRule.DEFAULT, PROFILE),
          model.spec(),
          run.resolve("statistics"),
          run.resolve("elsewhere"));
    }
  }

  private static void requireLayersShare(Allocation allocation) {
    for (BlockAllocation block : allocation.blocks()) {
      BlockAllocation first = allocation.blocks().get(2 * block.layerIndex());
      assertThat(block.influence()).isEqualTo(first.influence()).isBetween(0.0, 2.0);
      assertThat(block.keepRatio()).isEqualTo(first.keepRatio());
    }
    assertThat(allocation.blocks().stream().map(BlockAllocation::influence).distinct())
        .hasSize(allocation.blocks().size() / 2);
  }

  private Set<String> ratios() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(Allocate.RATIOS))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .collect(Collectors.toSet());
    }
  }

  private RunManifest.Phase phase() {
    return RunManifest.read(CalibrationFolder.directory(folder))
        .orElseThrow()
        .phase(Allocate.PHASE)
        .orElseThrow();
  }

  private String manifest() throws IOException {
    return Files.readString(folder.resolve(RunManifest.FILE));
  }

  private static HadoopDirectory model() {
    return CalibrationFolder.directory(ROOT.resolve("calibration-data/llama-tiny"));
  }

  private List<Allocation> allocate(ExistingOutputs policy, AllocationRule rule, String keep)
      throws IOException {
    Run run =
        Run.open(
            TestSession.context(),
            CalibrationFolder.directory(folder),
            List.of("allocate"),
            policy);
    List<KeepRatio> ratios = List.of(keep.split(",", -1)).stream().map(KeepRatio::parse).toList();
    PipelineSettings settings = new PipelineSettings(model().path().toString(), Long.MAX_VALUE, 2);
    return new Pipeline(TestSession.get(), run, settings, ProgressListener.SILENT)
        .allocate(text(), new AllocateRequest(ratios, rule, PROFILE));
  }

  private static TextSource text() {
    return new TextSource(
        ROOT.resolve("calibration-data/text/public-domain.train.jsonl").toString(),
        "text",
        new TokenizeRequest.Cut(64, OptionalInt.of(4), Packing.PACK));
  }
}
