package io.gramian.compress.quantize;

import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.LoadedDecoder;
import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import io.gramian.model.Rope;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.Quantisation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Writes a small model as a packed artifact without Spark: weights rounded to nearest, RoPE pairs
 * in a random order.
 */
public final class ArtifactFolder {

  private final DeviceProfile profile;
  private final Random random;

  /** Artifacts for a device. */
  public ArtifactFolder(DeviceProfile profile, long seed) {
    this.profile = profile;
    this.random = new Random(seed);
  }

  /** Writes {@code model}'s artifact to {@code folder}. */
  public void write(ModelCheckpoint model, Path folder) throws IOException {
    DecoderSpec reordered = reordered(model.spec());
    try (LoadedDecoder loaded = LoadedDecoder.load(model);
        LoadedDecoder dense =
            loaded.with(reordered, (block, weights) -> QuantisedDecoder.copy(weights))) {
      int[] ids = random.ints(64, 0, reordered.vocabularySize()).toArray();
      io.gramian.compress.quantize.Quantisation how =
          new io.gramian.compress.quantize.Quantisation(
              io.gramian.compress.quantize.Quantisation.Method.ROUND_TO_NEAREST,
              ScaleRule.MAX,
              profile.quantisationGroup(),
              io.gramian.compress.quantize.Quantisation.Passes.BLOCK);
      write(QuantisedDecoder.of(dense, how, ids, 32), reordered, folder);
    }
    Path config = Path.of(model.checkpoint().directory().name(), "config.json");
    Files.copy(config, folder.resolve("config.json"));
    sum(folder);
  }

  private void write(QuantisedDecoder packed, DecoderSpec reordered, Path folder)
      throws IOException {
    PackedDecoder layout = packed.layout();
    Files.createDirectories(folder);
    try (OutputStream out = Files.newOutputStream(folder.resolve("model.safetensors"));
        SafetensorsWriter writer = new SafetensorsWriter(out, Map.of(), layout.tensors())) {
      append(writer, packed.embedding());
      for (PackedBlock block : packed.blocks()) {
        for (ByteBuffer bytes : block.bytes()) {
          writer.append(bytes);
        }
      }
      TensorSpec norm = layout.finalNorm().stored();
      ByteBuffer ones =
          ByteBuffer.allocate((int) norm.bytes()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      while (ones.hasRemaining()) {
        ones.putFloat(1);
      }
      writer.append(ones.flip());
      append(writer, packed.head());
    }
    GramianMetadata metadata =
        new GramianMetadata(Map.of(), pairOrders(reordered), Map.of(), quantisation(layout));
    try (OutputStream out = LocalDirectory.of(folder).create(GramianMetadata.FILE)) {
      out.write(metadata.toJson());
    }
  }

  private static void append(SafetensorsWriter writer, PackedMatrix matrix) throws IOException {
    writer.append(matrix.values());
    writer.append(matrix.scales());
  }

  private Quantisation quantisation(PackedDecoder layout) {
    Map<Integer, BlockWidths> widths = new TreeMap<>();
    KeepRatio ratio = new KeepRatio(0.65);
    for (ResidualBlock block : layout.spec().blocks()) {
      widths.put(block.blockIndex(), BlockWidths.uniform(block, ratio, profile.granularity()));
    }
    return new Quantisation(
        new Quantisation.Method("nearest", "max", "hadamard"),
        "sorted",
        profile,
        Quantisation.columnRuns(layout),
        List.of(),
        new TreeMap<>(Map.of(ratio, widths)));
  }

  private static Map<Integer, List<List<Integer>>> pairOrders(DecoderSpec spec) {
    Map<Integer, List<List<Integer>>> orders = new TreeMap<>();
    for (ResidualBlock block : spec.blocks()) {
      if (block.mixer() instanceof Attention attention) {
        attention.rotary().ifPresent(rope -> orders.put(block.blockIndex(), rope.pairOrders()));
      }
    }
    return orders;
  }

  private DecoderSpec reordered(DecoderSpec spec) {
    return spec.withBlocks(spec.blocks().stream().map(this::reordered).toList());
  }

  private ResidualBlock reordered(ResidualBlock block) {
    if (!(block.mixer() instanceof Attention attention) || attention.rotary().isEmpty()) {
      return block;
    }
    Rope rope = attention.rotary().get();
    List<List<Integer>> orders = new ArrayList<>();
    for (int head = 0; head < attention.layout().kvHeads(); head++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, rope.pairs()).boxed().toList());
      Collections.shuffle(order, random);
      orders.add(order);
    }
    return new ResidualBlock(
        block.blockIndex(),
        block.layerIndex(),
        block.norm(),
        attention.withRope(rope.withPairOrders(orders)));
  }

  /** Writes the sums of the files that are there now. */
  public static void sum(Path folder) throws IOException {
    LocalDirectory directory = LocalDirectory.of(folder);
    Map<String, String> sums = new TreeMap<>();
    for (String file : directory.list()) {
      sums.put(file, Checksum.of(directory, file).sha256());
    }
    Sha256Sums.of(sums).write(directory);
  }
}
