package io.gramian.model.gguf;

import io.gramian.checkpoint.gguf.GgufTensor;
import io.gramian.checkpoint.gguf.GgufType;
import io.gramian.checkpoint.gguf.GgufWriter;
import io.gramian.checkpoint.gguf.Q4Row;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.checkpoint.packed.RegularBlocks;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.export.BlockPlacement;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.Placement;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tensors of a file: what they are, and their bytes in the same order. */
final class GgufTensors {

  private final ExportSource source;
  private final GgufModel model;
  private final PackedDecoder decoder;

  GgufTensors(ExportSource source, GgufModel model) {
    this.source = source;
    this.model = model;
    this.decoder = source.decoder();
  }

  /** All, in the order of their data: outer ones first, then block by block. */
  List<GgufTensor> list() {
    long vocabulary = model.spec().vocabularySize();
    long hidden = model.spec().hiddenSize();
    List<GgufTensor> tensors = new ArrayList<>();
    tensors.add(matrix(GgufNames.EMBEDDING, vocabulary, hidden));
    tensors.add(vector(GgufNames.FINAL_NORM, hidden));
    tensors.add(matrix(GgufNames.HEAD, vocabulary, hidden));
    if (!model.rope().isUnscaled()) {
      tensors.add(vector(GgufNames.ROPE_FACTORS, model.rope().factors().size()));
    }
    decoder.blocks().forEach(layout -> add(tensors, layout.block()));
    return tensors;
  }

  private void add(List<GgufTensor> tensors, ResidualBlock block) {
    GgufNames names = new GgufNames(block);
    BlockPlacement placement = model.placement(block);
    tensors.add(vector(names.norm(), model.spec().hiddenSize()));
    names
        .maps()
        .forEach(
            (map, name) -> {
              Placement places = placement.of(map);
              long rows = places.rows().length;
              tensors.add(matrix(names.name(name, "weight"), rows, places.columns().length));
              map.biasName().ifPresent(b -> tensors.add(vector(names.name(name, "bias"), rows)));
            });
  }

  private static GgufTensor matrix(String name, long rows, long columns) {
    return new GgufTensor(name, GgufType.Q4_0, List.of(rows, columns));
  }

  private static GgufTensor vector(String name, long elements) {
    return new GgufTensor(name, GgufType.F32, List.of(elements));
  }

  /** Appends all of them. */
  void write(GgufWriter writer) throws IOException {
    PackedReader reader = source.reader();
    table(writer, reader.map(decoder.embedding()), decoder.embedding());
    writer.append(bytes(reader.vector(decoder.finalNorm())));
    table(writer, reader.map(decoder.head()), decoder.head());
    if (!model.rope().isUnscaled()) {
      writer.append(bytes(factors()));
    }
    for (PackedLayout layout : decoder.blocks()) {
      write(writer, source.block(layout.block().blockIndex()));
    }
  }

  private float[] factors() {
    List<Double> factors = model.rope().factors();
    float[] rounded = new float[factors.size()];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = factors.get(i).floatValue();
    }
    return rounded;
  }

  private static void table(GgufWriter writer, PackedMatrix matrix, PackedMap map)
      throws IOException {
    append(writer, matrix, Placement.same(map.map().out(), map.map().in()));
  }

  private void write(GgufWriter writer, PackedBlock block) throws IOException {
    ResidualBlock described = block.layout().block();
    BlockPlacement placement = model.placement(described);
    writer.append(bytes(block.vector(described.norm().weight())));
    for (Map.Entry<LinearSpec, String> entry : new GgufNames(described).maps().entrySet()) {
      LinearSpec map = entry.getKey();
      append(writer, block.matrix(map.weight()), placement.of(map));
      if (map.biasName().isPresent()) {
        writer.append(bytes(placement.of(map).placed(block.vector(map.bias()))));
      }
    }
  }

  private static void append(GgufWriter writer, PackedMatrix matrix, Placement placement)
      throws IOException {
    RegularBlocks blocks =
        RegularBlocks.of(matrix.groups(), placement.columns(), Q4Row.BLOCK).orElseThrow();
    Q4Row row = new Q4Row(blocks);
    for (int source : placement.rows()) {
      writer.append(row.bytes(matrix, source));
    }
  }

  private static ByteBuffer bytes(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return bytes;
  }
}
