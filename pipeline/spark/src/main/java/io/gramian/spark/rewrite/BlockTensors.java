package io.gramian.spark.rewrite;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.ResidualBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The tensors of a changed checkpoint, one block in memory at a time. Tensors are asked for in the
 * order of their blocks; what belongs to no block is copied byte for byte.
 */
final class BlockTensors implements AutoCloseable {

  /** Elements converted, or bytes copied, at a time. */
  private static final int CHUNK = 1 << 20;

  private final Checkpoint checkpoint;
  private final CheckpointLayout layout;
  private final BlockTransform transform;
  private int currentBlock = -1;
  private Weights current;

  BlockTensors(Checkpoint checkpoint, CheckpointLayout layout, BlockTransform transform) {
    this.checkpoint = checkpoint;
    this.layout = layout;
    this.transform = transform;
  }

  /** Appends a tensor, of a changed block if it belongs to one, in the type of the layout. */
  void append(TensorSpec tensor, SafetensorsWriter writer) throws IOException {
    Optional<ResidualBlock> block = layout.blockOf(tensor.name());
    if (block.isPresent()) {
      load(block.get());
      encode(tensor, current.get(tensor.name()), writer);
    } else {
      copy(checkpoint.info(tensor.name()), writer);
    }
  }

  private void load(ResidualBlock block) {
    if (currentBlock == block.blockIndex()) {
      return;
    }
    close();
    current = transform.apply(block, Weights.read(checkpoint, block.tensors()));
    currentBlock = block.blockIndex();
  }

  private static void encode(TensorSpec spec, Tensor tensor, SafetensorsWriter writer)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * spec.dtype().bytes());
    for (long at = 0; at < spec.elements(); at += CHUNK) {
      FloatBuffer part = tensor.createBuffer(at);
      part.limit((int) Math.min(CHUNK, spec.elements() - at));
      bytes.clear();
      FloatCodec.encode(spec.dtype(), part, bytes);
      writer.append(bytes.flip());
    }
  }

  private void copy(TensorInfo info, SafetensorsWriter writer) throws IOException {
    for (long at = 0; at < info.bytes(); at += CHUNK) {
      ByteBuffer bytes =
          ByteBuffer.allocate((int) Math.min(CHUNK, info.bytes() - at))
              .order(ByteOrder.LITTLE_ENDIAN);
      checkpoint.read(info.name(), at, bytes);
      writer.append(bytes.flip());
    }
  }

  @Override
  public void close() {
    if (current != null) {
      current.close();
      current = null;
      currentBlock = -1;
    }
  }
}
