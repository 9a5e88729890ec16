package io.gramian.edge.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.SampleModel;
import io.gramian.edge.SessionSettings;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionProfilerTest {

  @Test
  void mediansOfTheClock() throws IOException {
    AtomicLong calls = new AtomicLong();
    // The k-th call comes k(k+1)/2 milliseconds in: each step takes one more than that before it.
    ProfileSettings settings =
        new ProfileSettings(
            5,
            2,
            0,
            () -> {
              long k = calls.getAndIncrement();
              return k * (k + 1) / 2 * 1_000_000;
            });
    try (EdgeModel model = SampleModel.open()) {
      EdgeSession session = model.session(SessionSettings.of(settings.positions()));
      SessionProfile profile = new SessionProfiler(settings).measure(session);

      // Calls: 0 start, 1-4 warm-up, 5 its end; then runs of a start and three tokens.
      assertThat(profile).isEqualTo(new SessionProfile(0.011, 0.0125));
      assertThat(session.position()).isEqualTo(settings.positions());
    }
    assertThat(new SessionProfile(1, 0.25).tokensPerSecond()).isEqualTo(4);
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    assertThatThrownBy(() -> new ProfileSettings(0, 4, 1, System::nanoTime))
        .isInstanceOf(UserException.class)
        .hasMessage("a prompt of 0 tokens and 4 more cannot be measured: give at least 1 of each");
    assertThatThrownBy(() -> new ProfileSettings(1, 1, -1.5, System::nanoTime))
        .isInstanceOf(UserException.class)
        .hasMessage("-1.5 seconds to warm up: give a number from 0 on");
  }
}
