package io.gramian.jobs;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.TestData;
import io.gramian.compress.quantize.ArtifactFolder;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.EdgeSettings;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.kernel.Kernels;
import io.gramian.model.BlockWidths;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.Exporter;
import io.gramian.model.export.Padding;
import io.gramian.model.export.SayableWidths;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A trained model's artifact, whose rotary pairs stand in a random order, its export at a width,
 * and what to compare it with.
 *
 * @param folder of the artifact
 * @param ratio the width, one that the artifact has widths for
 */
record ExportedArtifact(Path folder, KeepRatio ratio) {

  private static final long SEED = 17;

  /** So many that every frequency of Llama's scaling makes a difference. */
  private static final int TOKENS = 200;

  /** Quantises a trained model. */
  static ExportedArtifact of(String model, KeepRatio ratio, Path folder) throws IOException {
    NativeRuntime.load();
    DeviceProfile profile = new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128);
    try (ModelCheckpoint dense = TestData.model(model)) {
      new ArtifactFolder(profile, SEED).write(dense, folder);
    }
    Files.copy(TestData.folder(model).resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    return new ExportedArtifact(folder, ratio);
  }

  /** Exports it, padded where it is narrow, and writes the numbers that the export has to hold. */
  void export(Exporter exporter, Path export, Path reference) throws IOException {
    try (PackedCheckpoint artifact = PackedCheckpoint.open(LocalDirectory.of(folder));
        EdgeModel edge = open()) {
      Map<Integer, BlockWidths> widths = edge.widths(ratio);
      Padding padding = ratio.equals(KeepRatio.FULL) ? Padding.NONE : Padding.ZEROS;
      ExportSource source = new ExportSource(artifact, widths, padding);
      new SayableWidths(exporter).require(source);
      exporter.write(source, LocalDirectory.of(export));
      PlainExport.write(artifact, widths, reference);
    }
  }

  private EdgeModel open() throws IOException {
    return EdgeModel.open(LocalDirectory.of(folder), new EdgeSettings(1, Kernels.best()));
  }

  /** Writes {@code ids [T]} and the edge runtime's {@code logits [T, vocabulary]}. */
  void logits(Path file) throws IOException {
    try (EdgeModel edge = open();
        OutputStream out = Files.newOutputStream(file)) {
      int vocabulary = edge.spec().vocabularySize();
      List<TensorSpec> specs =
          List.of(
              new TensorSpec("ids", DType.I32, List.of((long) TOKENS)),
              new TensorSpec("logits", DType.F32, List.of((long) TOKENS, (long) vocabulary)));
      int[] ids = new Random(SEED).ints(TOKENS, 0, vocabulary).toArray();
      EdgeSession session = edge.session(new SessionSettings(TOKENS, 1, ratio));
      try (SafetensorsWriter writer = new SafetensorsWriter(out, Map.of(), specs)) {
        ByteBuffer integers = ByteBuffer.allocate(4 * TOKENS).order(ByteOrder.LITTLE_ENDIAN);
        integers.asIntBuffer().put(ids);
        writer.append(integers);
        for (int id : ids) {
          ByteBuffer row = ByteBuffer.allocate(4 * vocabulary).order(ByteOrder.LITTLE_ENDIAN);
          row.asFloatBuffer().put(session.append(id));
          writer.append(row);
        }
      }
    }
  }
}
