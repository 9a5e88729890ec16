package io.gramian.compress.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.model.TensorShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsIT {

  private static final TensorShape SMALL = TensorShape.of("small", 2, 3);

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @Test
  void readsWhatIsAskedForAndNamesWhatIsNot() throws IOException {
    try (Checkpoint checkpoint = checkpoint(1, 2, 3, 4, 5, 6);
        Weights weights = Weights.read(checkpoint, List.of(SMALL))) {
      assertThat(weights.names()).containsExactly("small");
      assertThat(weights.bytes()).isEqualTo(24);
      assertThat(Tensors.floats(weights.get("small"))).containsExactly(1, 2, 3, 4, 5, 6);
      assertThatThrownBy(() -> weights.get("large"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("weight large was not loaded; have [small]");
    }
  }

  @Test
  void aValueThatIsNoNumberIsRefusedWithItsPlace() throws IOException {
    try (Checkpoint checkpoint = checkpoint(1, 2, 3, 4, Float.NaN, 6)) {
      assertThatThrownBy(() -> Weights.read(checkpoint, List.of(SMALL)))
          .isInstanceOf(UserException.class)
          .hasMessage(
              folder
                  + "/model.safetensors: tensor 'small' holds NaN at [1, 1]; the checkpoint is"
                  + " damaged or training diverged");
    }
  }

  @Test
  void anotherShapeAndAnUnknownNameAreRefused() throws IOException {
    try (Checkpoint checkpoint = checkpoint(1, 2, 3, 4, 5, 6)) {
      assertThatThrownBy(() -> Weights.read(checkpoint, List.of(TensorShape.of("small", 3, 2))))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("tensor 'small' has shape [2, 3], but config.json asks for [3, 2]");
      assertThatThrownBy(() -> Weights.read(checkpoint, List.of(TensorShape.of("smal", 2, 3))))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no tensor 'smal'")
          .hasMessageContaining("small");
    }
  }

  @Test
  void theyOutliveScopesAndGoWhenClosed() throws IOException {
    try (Checkpoint checkpoint = checkpoint(1, 2, 3, 4, 5, 6)) {
      Weights weights;
      try (PointerScope scope = new PointerScope()) {
        weights = Weights.read(checkpoint, List.of(SMALL));
      }
      Tensor tensor = weights.get("small");
      assertThat(tensor.isNull()).isFalse();
      weights.close();
      assertThat(tensor.isNull()).isTrue();
      assertThat(weights.bytes()).isZero();
    }
  }

  @Test
  void copiesAreTheirOwn() {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = Tensor.create(new float[] {1, 2}, 2);
      try (Weights weights = Weights.of(Map.of("w", tensor))) {
        tensor.zero_();
        assertThat(Tensors.floats(weights.get("w"))).containsExactly(1, 2);
      }
    }
  }

  @Test
  void aTensorWithoutAScopeToOwnItIsRefused() {
    assertThatThrownBy(() -> Scopes.keep(() -> Tensors.emptyFloat(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a tensor needs an enclosing scope to own it");
  }

  @Test
  void aScopeKeepsItsResultAndNothingElse() {
    Tensor[] inner = new Tensor[1];
    try (PointerScope scope = new PointerScope()) {
      Tensor kept =
          Scopes.keep(
              () -> {
                inner[0] = Tensor.create(new float[] {1, 2}, 2);
                return inner[0].add(inner[0]);
              });
      assertThat(inner[0].isNull()).isTrue();
      assertThat(Tensors.floats(kept)).containsExactly(2, 4);
    }
  }

  private Checkpoint checkpoint(float... values) throws IOException {
    LocalDirectory directory = LocalDirectory.of(folder);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    TensorSpec spec = new TensorSpec("small", DType.F32, SMALL.shape());
    ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    try (SafetensorsWriter writer =
        new SafetensorsWriter(directory.create("model.safetensors"), Map.of(), List.of(spec))) {
      writer.append(bytes.flip());
    }
    return Checkpoint.open(directory);
  }
}
