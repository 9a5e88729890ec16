package io.gramian.spark.packed;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes of an artifact's tensors by name, one block or table in memory at a time. Asked for in
 * the order of the decoder's tensors, each is made once.
 */
final class PackedBytes {

  private final Checkpoint checkpoint;
  private final PackedDecoder decoder;
  private final PackedTensors tensors;
  private final Map<String, ByteBuffer> current = new HashMap<>();

  PackedBytes(Checkpoint checkpoint, PackedDecoder decoder, PackedTensors tensors) {
    this.checkpoint = checkpoint;
    this.decoder = decoder;
    this.tensors = tensors;
  }

  /** The bytes of a tensor, from position to limit. */
  ByteBuffer of(TensorSpec tensor) throws IOException {
    if (!current.containsKey(tensor.name())) {
      current.clear();
      load(tensor);
    }
    return current.get(tensor.name()).duplicate();
  }

  private void load(TensorSpec tensor) throws IOException {
    if (decoder.finalNorm().stored().equals(tensor)) {
      current.put(tensor.name(), finalNorm());
    } else if (decoder.embedding().tensors().contains(tensor)) {
      load(decoder.embedding());
    } else if (decoder.head().tensors().contains(tensor)) {
      load(decoder.head());
    } else {
      load(blockOf(tensor));
    }
  }

  private ByteBuffer finalNorm() throws IOException {
    float[] weight = tensors.finalNorm(checkpoint, decoder.finalNorm());
    ByteBuffer bytes = ByteBuffer.allocate(weight.length * Float.BYTES);
    FloatCodec.encode(decoder.finalNorm().dtype(), FloatBuffer.wrap(weight), bytes);
    return bytes.flip();
  }

  private void load(PackedMap table) throws IOException {
    PackedMatrix matrix = tensors.table(checkpoint, table);
    put(table.tensors(), List.of(matrix.values(), matrix.scales()));
  }

  private PackedLayout blockOf(TensorSpec tensor) {
    return decoder.blocks().stream()
        .filter(layout -> layout.tensors().contains(tensor))
        .findFirst()
        .orElseThrow();
  }

  private void load(PackedLayout layout) throws IOException {
    PackedBlock block = tensors.block(checkpoint, layout.block().blockIndex());
    put(layout.tensors(), block.bytes());
  }

  private void put(List<TensorSpec> specs, List<ByteBuffer> bytes) {
    for (int i = 0; i < specs.size(); i++) {
      current.put(specs.get(i).name(), bytes.get(i));
    }
  }
}
