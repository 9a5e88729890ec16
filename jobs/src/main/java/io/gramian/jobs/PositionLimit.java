package io.gramian.jobs;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.HfConfig;

/** How long a text a model was made for. */
final class PositionLimit {

  private static final String KEY = "max_position_embeddings";

  private PositionLimit() {}

  /** Tokens; a model without positions has no limit. */
  static int of(Directory folder) {
    return HfConfig.read(folder).intOr(KEY, Integer.MAX_VALUE);
  }
}
