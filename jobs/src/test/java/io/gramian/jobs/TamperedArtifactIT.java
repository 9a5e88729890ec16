package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.RandomModel;
import io.gramian.compress.quantize.ArtifactFolder;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSettings;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device refuses an artifact that is not what was written, when it is loaded. */
class TamperedArtifactIT {

  private static final long SEED = 3;

  @TempDir private Path scratch;

  private Path artifact;

  @BeforeEach
  void write() throws IOException {
    NativeRuntime.load();
    artifact = scratch.resolve("quantized");
    DeviceProfile profile = new DeviceProfile("odd", new Granularity(2, 2, 2, 2), 8);
    try (ModelCheckpoint model =
        RandomModel.write("llamaGrouped", SEED, scratch.resolve("model"))) {
      new ArtifactFolder(profile, SEED).write(model, artifact);
    }
  }

  private void open() throws IOException {
    EdgeModel.open(LocalDirectory.of(artifact), EdgeSettings.ofThisMachine()).close();
  }

  private void refuses(String... reasons) {
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(reasons)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void whatWasWrittenIsOpened() throws IOException {
    open();
    assertThat(artifact.resolve("SHA256SUMS")).exists();
  }

  @Test
  void truncatedWeights() throws IOException {
    Path weights = artifact.resolve("model.safetensors");
    try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 100);
    }
    refuses(artifact + "/model.safetensors", "SHA256SUMS", "copy the artifact again");
  }

  @Test
  void oneBitOfOneWeight() throws IOException {
    Path weights = artifact.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 1;
    Files.write(weights, bytes);
    refuses(artifact + "/model.safetensors", "SHA256SUMS", "copy the artifact again");
  }

  @Test
  void otherMetadata() throws IOException {
    Path json = artifact.resolve("gramian.json");
    Files.writeString(
        json, Files.readString(json).replace("\"source\" : \"sorted\"", "\"source\" : \"dense\""));
    refuses(artifact + "/gramian.json", "SHA256SUMS", "copy the artifact again");
  }

  @Test
  void missingWeights() throws IOException {
    Files.delete(artifact.resolve("model.safetensors"));
    refuses("model.safetensors", "copy the artifact again");
  }

  @Test
  void missingSums() throws IOException {
    Files.delete(artifact.resolve("SHA256SUMS"));
    refuses(artifact + ": no SHA256SUMS there", "copy all of it again, or quantize again");
  }
}
