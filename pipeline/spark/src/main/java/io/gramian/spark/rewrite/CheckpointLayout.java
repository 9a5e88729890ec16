package io.gramian.spark.rewrite;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.ShardPlan;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.store.ModelCheckpoint;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which tensor of the new checkpoint goes into which file: embedding, blocks, final norm, head,
 * then whatever else the original holds. A function of the two decoders alone.
 */
public final class CheckpointLayout implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Tensor bytes a file holds: one task writes one file. */
  public static final long FILE_BYTES = 1L << 30;

  private final List<ShardFile> files;
  private final List<ResidualBlock> blocks;
  private final HashMap<String, Integer> blockOfTensor;

  /** A {@link ShardPlan.Shard} that travels. */
  record ShardFile(String name, List<TensorSpec> tensors) implements Serializable {}

  private CheckpointLayout(ShardPlan plan, DecoderSpec from, DecoderSpec to) {
    this.files =
        new ArrayList<>(
            plan.shards().stream().map(s -> new ShardFile(s.file(), s.tensors())).toList());
    this.blocks = new ArrayList<>(from.blocks());
    this.blockOfTensor = new HashMap<>();
    to.blocks()
        .forEach(
            block -> block.tensors().forEach(t -> blockOfTensor.put(t.name(), block.blockIndex())));
  }

  /**
   * Lays the new checkpoint out.
   *
   * @param model the original
   * @param to the decoder to be written: the original's with other blocks
   * @param fileBytes tensor bytes a file holds at most
   */
  public static CheckpointLayout of(ModelCheckpoint model, DecoderSpec to, long fileBytes) {
    ShardPlan plan = ShardPlan.of(tensors(model, to), fileBytes);
    return new CheckpointLayout(plan, model.spec(), to);
  }

  /**
   * Every tensor of the new checkpoint, in order. One that the original has keeps its type; a bias
   * that is new has that of its weight.
   */
  public static List<TensorSpec> tensors(ModelCheckpoint model, DecoderSpec to) {
    Checkpoint checkpoint = model.checkpoint();
    Map<String, DType> types = new HashMap<>();
    checkpoint.tensorNames().forEach(name -> types.put(name, checkpoint.info(name).dtype()));
    to.blocks().stream()
        .flatMap(block -> block.mixer().maps().stream())
        .forEach(map -> addBias(map, types));
    List<TensorSpec> specs = new ArrayList<>();
    for (TensorShape tensor : to.tensors()) {
      specs.add(new TensorSpec(tensor.name(), types.get(tensor.name()), tensor.shape()));
    }
    Set<String> known = to.tensors().stream().map(TensorShape::name).collect(Collectors.toSet());
    model.unknownTensors().stream()
        .filter(name -> !known.contains(name))
        .forEach(name -> specs.add(TensorSpec.of(checkpoint.info(name))));
    return specs;
  }

  private static void addBias(LinearSpec map, Map<String, DType> types) {
    map.biasName().ifPresent(bias -> types.putIfAbsent(bias, types.get(map.weight())));
  }

  /** Files and what is in them. */
  public ShardPlan plan() {
    return new ShardPlan(
        files.stream().map(file -> new ShardPlan.Shard(file.name(), file.tensors())).toList());
  }

  ShardFile file(int index) {
    return files.get(index);
  }

  /**
   * The original block that a tensor is made from; empty for embedding, final norm, head and
   * unknown ones.
   */
  Optional<ResidualBlock> blockOf(String tensor) {
    return Optional.ofNullable(blockOfTensor.get(tensor)).map(blocks::get);
  }

  /** Indices of the files that hold tensors of a block. */
  public List<Integer> filesOf(int blockIndex) {
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
