package io.gramian.model;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.Locale;

/**
 * The steps in which a device's widths change, in channels. A width is a multiple of its step, so
 * that kernels see whole vectors and a cut never falls inside a quantisation group.
 *
 * @param mlp channels of an MLP
 * @param heads channels of an attention head; even, because RoPE keeps channels in pairs
 * @param states states of a state-space group
 * @param ssmHeads channels of a state-space head
 */
public record Granularity(int mlp, int heads, int states, int ssmHeads) implements Serializable {

  /** Refuses steps that are not positive. */
  public Granularity {
    positive("mlp", mlp);
    positive("heads", heads);
    positive("states", states);
    positive("ssm-heads", ssmHeads);
    if (heads % 2 != 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "granularity.heads is %d: it must be even, because RoPE keeps channels in pairs",
              heads));
    }
  }

  private static void positive(String key, int step) {
    if (step <= 0) {
      throw new UserException(
          String.format(Locale.ROOT, "granularity.%s is %d: it must be at least 1", key, step));
    }
  }

  /** The step of a coupling whose orders number {@code unit}, in these units. */
  public int units(Coupling coupling, Unit unit) {
    int channels =
        switch (coupling) {
          case MLP -> mlp;
          case QUERY_KEY, VALUE_OUTPUT -> heads;
          case B_C -> states;
          case Z_X_OUT -> ssmHeads;
        };
    return switch (unit) {
      case ROPE_PAIR -> channels / 2;
      case CHANNEL, ROTATED_CHANNEL -> channels;
    };
  }

  /** For a run's record, for example {@code mlp 128, heads 16, states 16, ssm-heads 2}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "mlp %d, heads %d, states %d, ssm-heads %d", mlp, heads, states, ssmHeads);
  }
}
