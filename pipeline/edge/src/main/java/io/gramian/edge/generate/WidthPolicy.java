package io.gramian.edge.generate;

import io.gramian.model.KeepRatio;
import java.util.List;

/** Decides, between two tokens, how wide the model is for the next one. */
@FunctionalInterface
public interface WidthPolicy {

  /**
   * The keep ratio of the next token; the session must have it.
   *
   * @param current of the last token
   * @param seen what there is to decide by
   */
  KeepRatio next(KeepRatio current, Observation seen);

  /** The keep ratios that it may choose, as far as they are known beforehand. */
  default List<KeepRatio> ratios() {
    return List.of();
  }

  /** Whatever width the session has. */
  static WidthPolicy fixed() {
    return (current, seen) -> current;
  }

  /**
   * What a generator knows between two tokens. Memory is not in it: only a policy that asks for it
   * shall pay for asking the system.
   *
   * @param position tokens that the session has read
   * @param lastTokenNanos what the last token took; 0 behind the prompt
   */
  record Observation(int position, long lastTokenNanos) {}
}
