package io.gramian.jobs;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import io.gramian.model.Rope;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedReader;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an export has to hold, in plain loops: the artifact's numbers at a width as F32, in Hugging
 * Face's names and layout, with zeros where the width dropped something.
 */
final class PlainExport {

  /** A matrix {@code [rows][columns]}, or a vector as one row. */
  private static final class Numbers {

    private final List<Long> shape;
    private final float[][] rows;

    private Numbers(List<Long> shape, float[][] rows) {
      this.shape = shape;
      this.rows = rows;
    }

    static Numbers vector(float[] values) {
      return new Numbers(List.of((long) values.length), new float[][] {values});
    }

    static Numbers matrix(float[][] rows) {
      return new Numbers(List.of((long) rows.length, (long) rows[0].length), rows);
    }
  }

  private final Map<String, Numbers> tensors = new LinkedHashMap<>();
  private final int mlpSize;

  private PlainExport(int mlpSize) {
    this.mlpSize = mlpSize;
  }

  /** Writes them as safetensors. */
  static void write(PackedCheckpoint artifact, Map<Integer, BlockWidths> widths, Path file)
      throws IOException {
    PackedDecoder narrow = artifact.decoder().at(widths);
    PlainExport plain = new PlainExport(widestMlp(narrow));
    PackedReader reader = new PackedReader(artifact.checkpoint());
    for (PackedMap table : List.of(narrow.embedding(), narrow.head())) {
      plain.tensors.put(table.map().weight(), Numbers.matrix(numbers(reader.map(table))));
    }
    plain.vector(narrow.finalNorm().tensor().name(), reader.vector(narrow.finalNorm()));
    for (PackedLayout layout : artifact.decoder().blocks()) {
      int index = layout.block().blockIndex();
      plain.add(PackedBlock.read(layout, artifact.checkpoint()).at(widths.get(index)));
    }
    plain.write(file);
  }

  private static int widestMlp(PackedDecoder narrow) {
    return narrow.spec().blocks().stream()
        .map(ResidualBlock::mixer)
        .filter(Mlp.class::isInstance)
        .mapToInt(mixer -> ((Mlp) mixer).intermediateSize())
        .max()
        .orElseThrow();
  }

  private static float[][] numbers(PackedMatrix matrix) {
    float[][] rows = new float[matrix.rows()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = matrix.dequantised(row, row + 1);
    }
    return rows;
  }

  private void vector(String name, float[] values) {
    tensors.put(name, Numbers.vector(values));
  }

  private void add(PackedBlock block) {
    ResidualBlock described = block.layout().block();
    vector(described.norm().weight(), block.vector(described.norm().weight()));
    if (described.mixer() instanceof Attention attention) {
      int heads = attention.layout().heads();
      int kvHeads = attention.layout().kvHeads();
      map(block, attention.query(), places(attention, heads, true), null);
      map(block, attention.key(), places(attention, kvHeads, true), null);
      map(block, attention.value(), places(attention, kvHeads, false), null);
      map(block, attention.output(), null, places(attention, heads, false));
    } else if (described.mixer() instanceof Mlp mlp) {
      int[] first = new int[mlpSize];
      for (int i = 0; i < first.length; i++) {
        first[i] = i < mlp.intermediateSize() ? i : -1;
      }
      map(block, mlp.gateMap().orElseThrow(), first, null);
      map(block, mlp.up(), first, null);
      map(block, mlp.down(), null, first);
    }
  }

  /** For every channel of Hugging Face's heads the packed one, or -1. */
  private static int[] places(Attention attention, int heads, boolean rotary) {
    int size = attention.layout().headSize();
    int stored = rotary ? attention.queryKeySize() : attention.valueSize();
    int[] places = new int[heads * size];
    Arrays.fill(places, -1);
    for (int head = 0; head < heads; head++) {
      int kvHead = head / (heads / attention.layout().kvHeads());
      for (int channel = 0; channel < stored; channel++) {
        int place = rotary ? half(attention.rotary(), kvHead, channel, size) : channel;
        places[head * size + place] = head * stored + channel;
      }
    }
    return places;
  }

  private static int half(Optional<Rope> rope, int kvHead, int channel, int size) {
    int pair = rope.orElseThrow().pairOrders().get(kvHead).get(channel / 2);
    return pair + channel % 2 * (size / 2);
  }

  /** Rows or columns at their places; null leaves all where they are. */
  private void map(PackedBlock block, LinearSpec map, int[] rows, int[] columns) {
    float[][] packed = numbers(block.matrix(map.weight()));
    float[][] placed = new float[rows == null ? packed.length : rows.length][];
    for (int i = 0; i < placed.length; i++) {
      int row = rows == null ? i : rows[i];
      placed[i] = row < 0 ? new float[packed[0].length] : spread(packed[row], columns);
    }
    tensors.put(map.weight(), Numbers.matrix(placed));
    map.biasName().ifPresent(bias -> vector(bias, spread(block.vector(bias), rows)));
  }

  private static float[] spread(float[] values, int[] places) {
    if (places == null) {
      return values;
    }
    float[] spread = new float[places.length];
    for (int i = 0; i < places.length; i++) {
      spread[i] = places[i] < 0 ? 0 : values[places[i]];
    }
    return spread;
  }

  private void write(Path file) throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    tensors.forEach((name, n) -> specs.add(new TensorSpec(name, DType.F32, n.shape)));
    try (OutputStream out = Files.newOutputStream(file);
        SafetensorsWriter writer = new SafetensorsWriter(out, Map.of(), specs)) {
      for (Numbers numbers : tensors.values()) {
        for (float[] row : numbers.rows) {
          ByteBuffer bytes = ByteBuffer.allocate(row.length * 4).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(row);
          writer.append(bytes);
        }
      }
    }
  }
}
