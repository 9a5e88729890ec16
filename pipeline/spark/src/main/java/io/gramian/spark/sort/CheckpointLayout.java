package io.gramian.spark.sort;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.ShardPlan;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.store.ModelCheckpoint;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which tensor of the sorted checkpoint goes into which file, in its original type: embedding,
 * blocks, final norm, head, then whatever else the original holds. A function of the model alone.
 */
final class CheckpointLayout implements Serializable {

  private static final long serialVersionUID = 1L;

  private final List<ShardFile> files;
  private final List<ResidualBlock> blocks;
  private final HashMap<String, Integer> blockOfTensor;

  /** A {@link ShardPlan.Shard} that travels. */
  record ShardFile(String name, List<TensorSpec> tensors) implements Serializable {}

  private CheckpointLayout(List<ShardFile> files, List<ResidualBlock> blocks) {
    this.files = new ArrayList<>(files);
    this.blocks = new ArrayList<>(blocks);
    this.blockOfTensor = new HashMap<>();
    blocks.forEach(
        block -> block.tensors().forEach(t -> blockOfTensor.put(t.name(), block.blockIndex())));
  }

  static CheckpointLayout of(ModelCheckpoint model, long fileBytes) {
    DecoderSpec spec = model.spec();
    Checkpoint checkpoint = model.checkpoint();
    Set<String> names = new LinkedHashSet<>();
    spec.tensors().stream().map(TensorShape::name).forEach(names::add);
    names.addAll(model.unknownTensors());
    List<TensorSpec> specs =
        names.stream().map(name -> TensorSpec.of(checkpoint.info(name))).toList();
    ShardPlan plan = ShardPlan.of(specs, fileBytes);
    return new CheckpointLayout(
        plan.shards().stream().map(s -> new ShardFile(s.file(), s.tensors())).toList(),
        spec.blocks());
  }

  ShardPlan plan() {
    return new ShardPlan(
        files.stream().map(file -> new ShardPlan.Shard(file.name(), file.tensors())).toList());
  }

  ShardFile file(int index) {
    return files.get(index);
  }

  /** The block that owns a tensor; empty for embedding, final norm, head and unknown ones. */
  Optional<ResidualBlock> blockOf(String tensor) {
    return Optional.ofNullable(blockOfTensor.get(tensor)).map(blocks::get);
  }

  /** Indices of the files that hold tensors of a block. */
  List<Integer> filesOf(int blockIndex) {
    return IntStream.range(0, files.size())
        .filter(index -> holds(files.get(index), blockIndex))
        .boxed()
        .toList();
  }

  private boolean holds(ShardFile file, int blockIndex) {
    return file.tensors().stream()
        .anyMatch(tensor -> blockOfTensor.getOrDefault(tensor.name(), -1) == blockIndex);
  }
}
