package io.gramian.model.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Attention;
import io.gramian.model.Coupling;
import io.gramian.model.TensorShape;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCheckpointTest {

  @TempDir private Path folder;

  @Test
  void opensShardsInBf16() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaBiases(), 3)
        .withDType(DType.BF16)
        .withShards(3)
        .write(LocalDirectory.of(folder));

    try (ModelCheckpoint model = open()) {
      model.validate();
      assertThat(model.checkpoint().files()).hasSize(3);
      assertThat(model.checkpoint().info("model.norm.weight").dtype()).isEqualTo(DType.BF16);
      assertThat(model.metadata()).isEmpty();
    }
  }

  @Test
  void valuesDependOnSeedAndNameOnly() throws IOException {
    RandomCheckpoint first = RandomCheckpoint.of(RandomConfigs.qwen2Tied(), 5);
    first.write(LocalDirectory.of(folder.resolve("one")));
    first.withShards(2).write(LocalDirectory.of(folder.resolve("two")));
    RandomCheckpoint.of(RandomConfigs.qwen2Tied(), 6)
        .write(LocalDirectory.of(folder.resolve("other")));
    String bias = "model.layers.1.self_attn.v_proj.bias";

    assertThat(floats("one", bias)).isEqualTo(floats("two", bias));
    assertThat(floats("one", bias)).isNotEqualTo(floats("other", bias));
    assertThat(floats("one", "model.layers.1.self_attn.k_proj.bias"))
        .isNotEqualTo(floats("one", bias))
        .doesNotContain(0f);
  }

  @Test
  void aSortedCheckpointHasItsPairOrders() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaGrouped(), 1).write(LocalDirectory.of(folder));
    List<List<Integer>> heads = List.of(List.of(2, 0, 1), List.of(1, 2, 0));
    GramianMetadata metadata =
        new GramianMetadata(Map.of(Coupling.QUERY_KEY, "norm"), Map.of(0, heads, 2, heads));
    Files.write(folder.resolve(GramianMetadata.FILE), metadata.toJson());

    try (ModelCheckpoint model = open()) {
      Attention attention = (Attention) model.spec().blocks().get(2).mixer();
      assertThat(attention.rope().pairOrders()).isEqualTo(heads);
      assertThat(model.metadata()).contains(metadata);
    }
  }

  @Test
  void metadataOfAnotherCheckpointIsRefused() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaMultiQuery(), 1).write(LocalDirectory.of(folder));
    GramianMetadata metadata = new GramianMetadata(Map.of(), Map.of(0, List.of(List.of(2, 0, 1))));
    Files.write(folder.resolve(GramianMetadata.FILE), metadata.toJson());

    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + ": gramian.json does not fit the model: the pair order of block 0, KV head 0 has"
                + " 3 entries for 5 units; it belongs to another checkpoint or is damaged: sort"
                + " again");
  }

  @Test
  void aMissingTensorIsRefused() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaTied(), 1).write(LocalDirectory.of(folder));
    writeConfig(RandomConfigs.with(RandomConfigs.llamaTied(), Map.of("mlp_bias", true)));

    try (ModelCheckpoint model = open()) {
      assertThatThrownBy(model::validate)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("model.layers.0.mlp.gate_proj.bias");
    }
  }

  @Test
  void aTensorOfAnotherShapeIsRefusedWithBoth() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaTied(), 1).write(LocalDirectory.of(folder));
    writeConfig(RandomConfigs.with(RandomConfigs.llamaTied(), Map.of("vocab_size", 98)));

    try (ModelCheckpoint model = open()) {
      assertThatThrownBy(model::validate)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'model.embed_tokens.weight'")
          .hasMessageContaining("[97, 40]")
          .hasMessageContaining("[98, 40]");
    }
  }

  @Test
  void tensorsThatTheConfigDoesNotMentionAreListed() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaBiases(), 1).write(LocalDirectory.of(folder));
    writeConfig(RandomConfigs.with(RandomConfigs.llamaBiases(), Map.of("mlp_bias", false)));

    try (ModelCheckpoint model = open()) {
      model.validate();
      assertThat(model.unknownTensors())
          .hasSize(6)
          .startsWith("model.layers.0.mlp.down_proj.bias", "model.layers.0.mlp.gate_proj.bias");
    }
  }

  @Test
  void weightsThatAreIntegersAreRefused() throws IOException {
    writeConfig(RandomConfigs.llamaTied());
    List<TensorSpec> tensors;
    try (ModelCheckpoint floating = openOther()) {
      tensors =
          floating.spec().tensors().stream()
              .map(tensor -> new TensorSpec(tensor.name(), DType.I8, tensor.shape()))
              .toList();
    }
    try (SafetensorsWriter writer =
        new SafetensorsWriter(
            LocalDirectory.of(folder).create("model.safetensors"), Map.of(), tensors)) {
      for (TensorSpec tensor : tensors) {
        writer.append(ByteBuffer.allocate((int) tensor.bytes()));
      }
    }

    try (ModelCheckpoint model = open()) {
      assertThatThrownBy(model::validate)
          .isInstanceOf(UserException.class)
          .hasMessage(
              folder
                  + ": tensor 'model.embed_tokens.weight' is I8, but weights must be"
                  + " floating-point numbers; give the checkpoint before quantisation");
    }
  }

  private ModelCheckpoint open() throws IOException {
    return ModelCheckpoint.open(LocalDirectory.of(folder));
  }

  private ModelCheckpoint openOther() throws IOException {
    LocalDirectory other = LocalDirectory.of(folder.resolve("other"));
    RandomCheckpoint.of(RandomConfigs.llamaTied(), 1).write(other);
    return ModelCheckpoint.open(other);
  }

  private void writeConfig(Map<String, Object> config) throws IOException {
    Files.writeString(folder.resolve("config.json"), RandomCheckpoint.json(config));
  }

  private float[] floats(String child, String tensor) throws IOException {
    try (ModelCheckpoint model = ModelCheckpoint.open(LocalDirectory.of(folder.resolve(child)))) {
      TensorShape shape =
          model.spec().tensors().stream().filter(t -> t.name().equals(tensor)).findFirst().get();
      FloatBuffer values = FloatBuffer.allocate((int) shape.elements());
      model.checkpoint().readFloats(tensor, 0, values);
      return values.array();
    }
  }
}
