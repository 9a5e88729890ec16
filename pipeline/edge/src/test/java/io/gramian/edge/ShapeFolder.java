package io.gramian.edge;

import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.family.Families;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.Quantisation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * Writes models of a given shape with random weights: the sizes of a real one, in the time that the
 * disk takes. Weights are {@code N(0, 0.02^2)} or four bits at such a scale, so that a forward pass
 * stays finite.
 */
final class ShapeFolder {

  private static final int CHUNK = 1 << 20;

  private final String config;
  private final Random random;

  /** Models of a {@code config.json}. */
  ShapeFolder(String config, long seed) {
    this.config = config;
    this.random = new Random(seed);
  }

  /** A checkpoint of BF16 or F32 numbers. */
  Path plain(Path folder, DType dtype) throws IOException {
    DecoderSpec spec = describe(folder);
    List<TensorSpec> tensors = new ArrayList<>();
    for (TensorShape tensor : spec.tensors()) {
      tensors.add(new TensorSpec(tensor.name(), dtype, tensor.shape()));
    }
    write(folder, tensors);
    return folder;
  }

  /** A packed artifact whose RoPE pairs stand in a random order. */
  Path packed(Path folder, DeviceProfile profile) throws IOException {
    DecoderSpec spec = describe(folder);
    PackedDecoder layout = PackedDecoder.of(spec, profile.quantisationGroup());
    write(folder, layout.tensors());
    Map<Integer, List<List<Integer>>> orders = new TreeMap<>();
    for (ResidualBlock block : spec.blocks()) {
      if (block.mixer() instanceof Attention attention) {
        orders.put(block.blockIndex(), orders(attention));
      }
    }
    Quantisation how =
        new Quantisation(
            new Quantisation.Method("nearest", "max", "hadamard"),
            "sorted",
            profile,
            Quantisation.columnRuns(layout),
            List.of(),
            new TreeMap<>());
    GramianMetadata metadata = new GramianMetadata(Map.of(), orders, Map.of(), how);
    Files.write(folder.resolve(GramianMetadata.FILE), metadata.toJson());
    sum(folder);
    return folder;
  }

  private List<List<Integer>> orders(Attention attention) {
    List<List<Integer>> orders = new ArrayList<>();
    for (int head = 0; head < attention.layout().kvHeads(); head++) {
      int pairs = attention.rotary().orElseThrow().pairs();
      List<Integer> order = new ArrayList<>(IntStream.range(0, pairs).boxed().toList());
      Collections.shuffle(order, random);
      orders.add(order);
    }
    return orders;
  }

  private DecoderSpec describe(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(HfConfig.FILE), config);
    return Families.describe(HfConfig.read(LocalDirectory.of(folder)));
  }

  private void write(Path folder, List<TensorSpec> tensors) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve("model.safetensors"));
        SafetensorsWriter writer = new SafetensorsWriter(out, Map.of(), tensors)) {
      Map<String, ByteBuffer> chunks = new TreeMap<>();
      for (TensorSpec tensor : tensors) {
        boolean ones = tensor.name().contains("norm");
        String kind = tensor.dtype() + (ones ? " ones" : "");
        ByteBuffer chunk = chunks.computeIfAbsent(kind, k -> chunk(tensor.dtype(), ones));
        for (long left = tensor.bytes(); left > 0; left -= CHUNK) {
          writer.append(chunk.duplicate().limit((int) Math.min(left, CHUNK)));
        }
      }
    }
  }

  private ByteBuffer chunk(DType dtype, boolean ones) {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    while (chunk.hasRemaining()) {
      float value = ones ? 1 : 0.02f * (float) random.nextGaussian();
      switch (dtype) {
        case F32 -> chunk.putFloat(value);
        case BF16 -> chunk.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        // F16 of 2^-8 .. 2^-7: four bits times that are weights of the same size.
        case F16 -> chunk.putShort((short) (0x1c00 + random.nextInt(1024)));
        default -> chunk.put((byte) random.nextInt(256));
      }
    }
    return chunk.flip();
  }

  private static void sum(Path folder) throws IOException {
    LocalDirectory directory = LocalDirectory.of(folder);
    Map<String, String> sums = new TreeMap<>();
    for (String file : directory.list()) {
      sums.put(file, Checksum.of(directory, file).sha256());
    }
    Sha256Sums.of(sums).write(directory);
  }
}
