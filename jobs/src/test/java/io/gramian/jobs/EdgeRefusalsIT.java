package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.EdgeSettings;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.kernel.Kernels;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the runtime refuses about packed artifacts, and what stays as it was then. */
class EdgeRefusalsIT {

  private static final EdgeSettings SETTINGS = new EdgeSettings(1, Kernels.best());
  private static final KeepRatio NARROW = new KeepRatio(0.65);

  @TempDir private Path folder;

  @BeforeAll
  static void natives() {
    NativeRuntime.load();
  }

  @Test
  void aWidthThatTheCachesHaveNoRoomFor() throws IOException {
    LocalDirectory artifact = SmallArtifact.write("bambaBiases", 3, folder);
    try (EdgeModel model = EdgeModel.open(artifact, SETTINGS)) {
      EdgeSession session = model.session(SessionSettings.of(4).atMost(NARROW));
      float[] logits = session.append(1).clone();
      session.reset();
      assertThatThrownBy(() -> session.setKeepRatio(new KeepRatio(0.7)))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "keep ratio 0.7: the session's caches were made for at most 0.65; open a wider"
                  + " session");
      assertThat(session.keepRatio()).isEqualTo(NARROW);
      assertThat(session.append(1)).isEqualTo(logits);
      assertThat(session.cacheBytes())
          .isLessThan(model.session(SessionSettings.of(4)).cacheBytes());
    }
  }

  @Test
  void moreTokensThanThereIsRoomFor() throws IOException {
    LocalDirectory artifact = SmallArtifact.write("mamba2TwoGroups", 3, folder);
    try (EdgeModel model = EdgeModel.open(artifact, SETTINGS)) {
      EdgeSession session = model.session(SessionSettings.of(3));
      session.append(1, 2);
      assertThatThrownBy(() -> session.append(3, 4))
          .isInstanceOf(UserException.class)
          .hasMessage("2 tokens behind 2, but the session has room for 3: open a longer one");
      assertThat(session.position()).isEqualTo(2);
      session.append(3);
    }
  }
}
