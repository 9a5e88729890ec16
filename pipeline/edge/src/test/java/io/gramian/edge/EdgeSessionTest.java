package io.gramian.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EdgeSessionTest {

  @Test
  void whatCannotBeReadIsRefused() throws IOException {
    try (EdgeModel model = SampleModel.open()) {
      EdgeSession session = model.session(SessionSettings.of(2));
      assertThat(session.vocabularySize()).isEqualTo(4096);
      assertThatThrownBy(() -> session.append(1, 4096))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "token 4096, but the model knows 0 to 4095: its tokenizer.json is another model's");
      assertThatThrownBy(() -> session.append(-1)).isInstanceOf(UserException.class);
      assertThatThrownBy(() -> session.append(1, 2, 3))
          .isInstanceOf(UserException.class)
          .hasMessage("3 tokens behind 0, but the session has room for 2: open a longer one");
      assertThatThrownBy(() -> session.setKeepRatio(new KeepRatio(0.5)))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("keep ratio 0.5 of a checkpoint of floating-point numbers");
      assertThat(session.position()).isZero();
    }
  }
}
