package io.gramian.checkpoint;

import static io.gramian.checkpoint.CheckpointFolder.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardPlanTest {

  @TempDir private Path folder;

  @Test
  void oneFileWhereOneSuffices() {
    List<TensorSpec> tensors = List.of(f32("b", 3L), f32("a", 2L));
    ShardPlan plan = ShardPlan.of(tensors, 20);
    assertThat(plan.shards()).containsExactly(new ShardPlan.Shard("model.safetensors", tensors));
    assertThat(plan.bytes()).isEqualTo(20);
    assertThat(ShardPlan.of(List.of(), 1).shards())
        .containsExactly(new ShardPlan.Shard("model.safetensors", List.of()));
  }

  @Test
  void limitIsKeptButByTensorsThatAreLarger() {
    List<TensorSpec> tensors = List.of(f32("a", 2L), f32("huge", 9L), f32("b", 3L), f32("c", 2L));
    assertThat(ShardPlan.of(tensors, 19).shards())
        .containsExactly(
            new ShardPlan.Shard("model-00001-of-00004.safetensors", tensors.subList(0, 1)),
            new ShardPlan.Shard("model-00002-of-00004.safetensors", tensors.subList(1, 2)),
            new ShardPlan.Shard("model-00003-of-00004.safetensors", tensors.subList(2, 3)),
            new ShardPlan.Shard("model-00004-of-00004.safetensors", tensors.subList(3, 4)));
    assertThat(ShardPlan.of(tensors, 20).shards()).hasSize(3);
    assertThatThrownBy(() -> ShardPlan.of(tensors, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit of 0 bytes a file");
  }

  @Test
  void everyTensorIsInOneFileInOrder() {
    for (int seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      List<TensorSpec> tensors = new ArrayList<>();
      for (int i = random.nextInt(207); i > 0; i--) {
        tensors.add(f32("t" + i, (long) random.nextInt(14)));
      }
      long limit = 1L + random.nextInt(200);
      ShardPlan plan = ShardPlan.of(tensors, limit);
      assertThat(plan.shards().stream().flatMap(shard -> shard.tensors().stream()))
          .as("seed %d", seed)
          .containsExactlyElementsOf(tensors);
      assertThat(plan.shards())
          .as("seed %d, limit %d", seed, limit)
          .allMatch(shard -> shard.bytes() <= limit || shard.tensors().size() == 1);
      assertThat(plan).isEqualTo(ShardPlan.of(tensors, limit));
    }
  }

  @Test
  void writtenShardsOpenAsACheckpoint() throws IOException {
    List<TensorSpec> tensors = List.of(f32("z", 13L), f32("a", 1L), f32("m", 207L));
    ShardPlan plan = ShardPlan.of(tensors, 60);
    CheckpointFolder checkpoint = new CheckpointFolder(folder).config("{}");
    for (ShardPlan.Shard shard : plan.shards()) {
      checkpoint.counting(shard.file(), shard.tensors().toArray(TensorSpec[]::new));
    }
    CheckpointIndex.write(checkpoint.directory(), plan);

    assertThat(Files.readString(folder.resolve(CheckpointIndex.FILE)))
        .isEqualTo(
            """
            {
              "metadata": {
                "total_size": 884
              },
              "weight_map": {
                "a": "model-00001-of-00002.safetensors",
                "m": "model-00002-of-00002.safetensors",
                "z": "model-00001-of-00002.safetensors"
              }
            }
            """);
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      FloatBuffer value = FloatBuffer.allocate(1);
      opened.readFloats("m", 206, value);
      assertThat(value.get(0)).isEqualTo(206);
      assertThat(opened.files())
          .containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    }
  }
}
