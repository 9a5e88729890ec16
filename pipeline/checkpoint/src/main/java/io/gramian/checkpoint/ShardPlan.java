package io.gramian.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which tensors go into which file of a checkpoint: in the given order, each file filled until the
 * next tensor would exceed the limit. Same input, same plan.
 *
 * @param shards one {@code model.safetensors}, or {@code model-00001-of-0000N.safetensors} and so
 *     on
 */
public record ShardPlan(List<Shard> shards) {

  /**
   * One file.
   *
   * @param tensors in the order of their data
   */
  public record Shard(String file, List<TensorSpec> tensors) {

    public Shard {
      tensors = List.copyOf(tensors);
    }

    /** Bytes of the tensors; the header comes on top. */
    public long bytes() {
      return sum(tensors);
    }
  }

  public ShardPlan {
    shards = List.copyOf(shards);
  }

  /**
   * Cuts {@code tensors} into files.
   *
   * @param maximumBytes of tensors in a file; a tensor that is larger has a file of its own
   * @throws IllegalArgumentException if the limit is not positive
   */
  public static ShardPlan of(List<TensorSpec> tensors, long maximumBytes) {
    if (maximumBytes < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "limit of %d bytes a file", maximumBytes));
    }
    List<List<TensorSpec>> files = cut(tensors, maximumBytes);
    if (files.size() <= 1) {
      return new ShardPlan(List.of(new Shard(Checkpoint.SINGLE_FILE, tensors)));
    }
    List<Shard> shards = new ArrayList<>();
    for (List<TensorSpec> file : files) {
      String name =
          String.format(
              Locale.ROOT, "model-%05d-of-%05d.safetensors", shards.size() + 1, files.size());
      shards.add(new Shard(name, file));
    }
    return new ShardPlan(shards);
  }

  /** Bytes of all tensors: the index' {@code total_size}. */
  public long bytes() {
    return shards.stream().mapToLong(Shard::bytes).reduce(0, Math::addExact);
  }

  private static List<List<TensorSpec>> cut(List<TensorSpec> tensors, long maximumBytes) {
    List<List<TensorSpec>> files = new ArrayList<>();
    long free = 0;
    for (TensorSpec tensor : tensors) {
      if (files.isEmpty() || tensor.bytes() > free) {
        files.add(new ArrayList<>());
        free = maximumBytes;
      }
      files.get(files.size() - 1).add(tensor);
      free -= tensor.bytes();
    }
    return files;
  }

  private static long sum(List<TensorSpec> tensors) {
    return tensors.stream().mapToLong(TensorSpec::bytes).reduce(0, Math::addExact);
  }
}
