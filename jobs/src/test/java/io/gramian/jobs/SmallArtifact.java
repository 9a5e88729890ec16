package io.gramian.jobs;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.compress.RandomModel;
import io.gramian.compress.quantize.ArtifactFolder;
import io.gramian.model.BlockWidths;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import io.gramian.model.UnitSegment;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.Quantisation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Packed artifacts of models with random weights, in the finest steps. */
final class SmallArtifact {

  private static final DeviceProfile PROFILE =
      new DeviceProfile("odd", new Granularity(2, 2, 2, 2), 8);

  private SmallArtifact() {}

  /** Writes the artifact of a random model into a folder of {@code parent}. */
  static LocalDirectory write(String config, long seed, Path parent) throws IOException {
    Path artifact = parent.resolve("quantized");
    try (ModelCheckpoint model = RandomModel.write(config, seed, parent.resolve("model"))) {
      new ArtifactFolder(PROFILE, seed).write(model, artifact);
    }
    return LocalDirectory.of(artifact);
  }

  /**
   * Gives ratios random widths of their own, as allocations do: a smaller ratio may keep more of
   * some block than a larger one.
   */
  static void allocate(LocalDirectory artifact, List<KeepRatio> ratios, Random random)
      throws IOException {
    GramianMetadata metadata = GramianMetadata.read(artifact).orElseThrow();
    Quantisation before = metadata.quantised().orElseThrow();
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths = new TreeMap<>();
    List<ResidualBlock> blocks;
    try (ModelCheckpoint model = ModelCheckpoint.open(artifact)) {
      blocks = model.spec().blocks();
    }
    for (KeepRatio ratio : ratios) {
      Map<Integer, BlockWidths> ofRatio = new TreeMap<>();
      blocks.forEach(block -> ofRatio.put(block.blockIndex(), random(block, random)));
      widths.put(ratio, ofRatio);
    }
    Quantisation after =
        new Quantisation(
            before.method(),
            before.source(),
            before.profile(),
            before.columnRuns(),
            before.recoveries(),
            widths);
    Files.delete(Path.of(artifact.name(), GramianMetadata.FILE));
    try (OutputStream out = artifact.create(GramianMetadata.FILE)) {
      out.write(metadata.packed(after).toJson());
    }
    Files.delete(Path.of(artifact.name(), Sha256Sums.FILE));
    ArtifactFolder.sum(Path.of(artifact.name()));
  }

  private static BlockWidths random(ResidualBlock block, Random random) {
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    for (CoupledUnits units : CouplingGroups.of(block)) {
      Coupling coupling = units.group().coupling();
      kept.computeIfAbsent(coupling, key -> counts(units, random));
    }
    return new BlockWidths(kept);
  }

  /** Couplings that shorten columns keep an even number; a second segment may go altogether. */
  private static List<Integer> counts(CoupledUnits units, Random random) {
    Coupling coupling = units.group().coupling();
    List<Integer> counts = new ArrayList<>();
    for (UnitSegment segment : units.segments()) {
      if (coupling == Coupling.QUERY_KEY || coupling == Coupling.B_C) {
        int least = counts.isEmpty() ? 1 : 0;
        counts.add(least + random.nextInt(segment.units() + 1 - least));
      } else {
        counts.add(2 + 2 * random.nextInt(segment.units() / 2));
      }
    }
    return counts;
  }
}
