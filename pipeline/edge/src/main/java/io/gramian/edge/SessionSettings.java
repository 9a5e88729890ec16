package io.gramian.edge;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.util.Locale;

/**
 * How long and how wide a session may get: its caches are made for that once.
 *
 * @param positions tokens that it has room for, prompt and answer together
 * @param batch most tokens of a prompt that are computed in one pass
 * @param widest no width that is set later may keep more
 */
public record SessionSettings(int positions, int batch, KeepRatio widest) {

  private static final int BATCH = 32;

  /** Refuses sizes below one. */
  public SessionSettings {
    if (positions < 1 || batch < 1) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "a session of %d positions in passes of %d tokens: give at least 1",
              positions,
              batch));
    }
  }

  /** Of any width. */
  public static SessionSettings of(int positions) {
    return new SessionSettings(positions, BATCH, KeepRatio.FULL);
  }

  /** The same, never wider than that: smaller caches. */
  public SessionSettings atMost(KeepRatio ratio) {
    return new SessionSettings(positions, batch, ratio);
  }
}
