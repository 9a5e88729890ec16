package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceOptionsTest {

  @TempDir private Path folder;

  @Test
  void weightsHaveToFitTheHeap() throws IOException {
    Files.write(folder.resolve("model-1.safetensors"), new byte[1500]);
    Files.write(folder.resolve("model-2.safetensors"), new byte[500]);
    Files.write(folder.resolve("tokenizer.json"), new byte[500]);
    LocalDirectory model = LocalDirectory.of(folder);

    assertThatCode(() -> DeviceOptions.requireHeap(model, 2000)).doesNotThrowAnyException();
    assertThatThrownBy(() -> DeviceOptions.requireHeap(model, 1999))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + ": its 2,000 bytes of weights go into the JVM's heap, which has 1,999: give it"
                + " more, such as GRAMIAN_JAVA_OPTS=-Xmx2g");
  }
}
