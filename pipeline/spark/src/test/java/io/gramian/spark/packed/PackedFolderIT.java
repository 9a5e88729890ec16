package io.gramian.spark.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.KeepRatio;
import io.gramian.model.fixture.RandomArtifact;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedReader;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.evaluate.Stage;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.slice.PackedSlice;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.slice.SliceRequest;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Artifacts written from artifacts: whole, in many files, and cut to a width. */
class PackedFolderIT {

  private static final long SEED = 19;
  private static final KeepRatio HALF = new KeepRatio(0.5);

  @TempDir private Path folder;

  private HadoopDirectory directory(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }

  private PackedCheckpoint open(String name) throws IOException {
    return PackedCheckpoint.open(LocalDirectory.of(folder.resolve(name)));
  }

  private RandomArtifact write(String config) throws IOException {
    RandomArtifact artifact = new RandomArtifact(RandomConfigs.all().get(config), SEED);
    artifact.write(LocalDirectory.of(folder.resolve("whole")));
    return artifact;
  }

  @Test
  void aTensorIsTheSameInManyFiles() throws IOException {
    RandomArtifact written = write("bambaBiases");
    PackedFolder many =
        new PackedFolder(TestSession.context(), directory("whole"), written.decoder(), 3_000);
    assertThat(many.files()).isGreaterThan(5);
    many.write(
        new ArtifactTensors(written.decoder(), Map.of()),
        written.metadata(),
        new PackedFolder.Place(directory(""), "many"),
        TestSession.context().sc().longAccumulator());
    try (PackedCheckpoint whole = open("whole");
        PackedCheckpoint copy = open("many")) {
      copy.validate();
      assertThat(copy.checkpoint().files()).hasSize(many.files());
      assertThat(copy.decoder()).isEqualTo(whole.decoder());
      for (PackedLayout layout : whole.decoder().blocks()) {
        assertThat(PackedBlock.read(layout, copy.checkpoint()).bytes())
            .isEqualTo(PackedBlock.read(layout, whole.checkpoint()).bytes());
      }
      PackedReader expected = new PackedReader(whole.checkpoint());
      PackedReader actual = new PackedReader(copy.checkpoint());
      assertThat(actual.map(copy.decoder().head())).isEqualTo(expected.map(copy.decoder().head()));
      assertThat(actual.vector(copy.decoder().finalNorm()))
          .isEqualTo(expected.vector(copy.decoder().finalNorm()));
    }
    assertThat(folder.resolve("many/model.safetensors.index.json")).exists();
    assertSumsOfAllFiles("many");
    assertThat(folder.resolve("many.partial")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llamaBiases", "qwen2Tied", "mamba2TwoGroups", "bambaBiases", "nemotronPattern"})
  void aSliceIsThatWidthOfTheWhole(String config) throws IOException {
    write(config);
    try (PackedCheckpoint whole = open("whole")) {
      Map<Integer, BlockWidths> widths = whole.quantisation().widthsAt(HALF).orElseThrow();
      slice(widths);
      assertSumsOfAllFiles("sliced/half");
      try (PackedCheckpoint cut = open("sliced/half")) {
        cut.validate();
        for (PackedLayout layout : whole.decoder().blocks()) {
          int block = layout.block().blockIndex();
          PackedBlock prefix = PackedBlock.read(layout, whole.checkpoint()).at(widths.get(block));
          PackedBlock read = PackedBlock.read(cut.decoder().blocks().get(block), cut.checkpoint());
          assertThat(read.layout()).isEqualTo(prefix.layout());
          assertThat(read.bytes()).as("seed %d", SEED).isEqualTo(prefix.bytes());
        }
      }
      Evaluation inMemory =
          evaluate(
              new Stage(
                  "quantized",
                  directory("whole"),
                  HALF,
                  new RunWidths.Chosen(RunWidths.Chosen.ALLOCATED, widths)));
      Evaluation onDisk = evaluate(Stage.whole("quantized", directory("sliced/half")));
      assertThat(onDisk.loss()).isEqualTo(inMemory.loss());
      assertThat(onDisk.bytes()).isEqualTo(inMemory.bytes());
      assertThat(onDisk.bytes()).isLessThan(whole.decoder().bytes());
    }
  }

  @Test
  void widthsThatCannotBePackedAreRefused() throws IOException {
    write("llamaTied");
    Map<Integer, BlockWidths> odd = new TreeMap<>();
    for (int block = 0; block < 4; block++) {
      odd.put(block, new BlockWidths(block == 1 ? Map.of(Coupling.MLP, List.of(27)) : Map.of()));
    }
    assertThatThrownBy(() -> slice(odd))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model.layers.0.mlp.down_proj.weight: 27 columns of a unit of mlp");
    assertThat(folder.resolve("sliced")).doesNotExist();
  }

  @Test
  void aChangedCopyIsRefused() throws IOException {
    write("bambaBiases");
    try (PackedCheckpoint whole = open("whole")) {
      slice(whole.quantisation().widthsAt(HALF).orElseThrow());
    }
    Path weights = folder.resolve("sliced/half/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    assertThatThrownBy(() -> assertSumsOfAllFiles("sliced/half"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(weights + ": its " + bytes.length + " bytes have SHA-256 ")
        .hasMessageEndingWith("; copy the artifact again, or quantize again");
  }

  private void assertSumsOfAllFiles(String artifact) throws IOException {
    Directory files = LocalDirectory.of(folder.resolve(artifact));
    Sha256Sums sums = Sha256Sums.read(files).orElseThrow();
    sums.verify(files);
    List<String> all = new ArrayList<>(sums.digests().keySet());
    all.add(0, Sha256Sums.FILE);
    assertThat(files.list()).isEqualTo(all);
  }

  private void slice(Map<Integer, BlockWidths> widths) throws IOException {
    new PackedSlice(TestSession.context(), ProgressListener.SILENT)
        .run(new SliceRequest(directory("whole"), widths, directory("sliced"), "half"));
  }

  private Evaluation evaluate(Stage stage) throws IOException {
    List<int[]> sequences = CalibrationFolder.random(SEED, 97, 31, 13, 2);
    ShardSet shards = ShardSet.of(CalibrationFolder.write(folder.resolve("set"), sequences), 2);
    return new Evaluate(TestSession.context(), ProgressListener.SILENT, WaveLimits.ofWeights(1))
        .run(stage, shards);
  }
}
