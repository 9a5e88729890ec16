package io.gramian.model;

import java.util.Arrays;
import java.util.Optional;

/** The five kinds of coupling group: tensors and axes that one order reorders together. */
public enum Coupling {
  /** Rows of gate and up, columns of down. */
  MLP("mlp"),
  /** Rows of query and key of one KV head. */
  QUERY_KEY("query-key"),
  /** Rows of value and columns of output of one KV head: a change of basis. */
  VALUE_OUTPUT("value-output"),
  /** Rows and convolution channels of B and C of one state space group. */
  B_C("b-c"),
  /**
   * Rows of z and x, convolution channels of x, gated-norm weights and columns of output of one
   * state space head.
   */
  Z_X_OUT("z-x-out");

  private final String label;

  Coupling(String label) {
    this.label = label;
  }

  /** The coupling of that {@link #label}, if there is one. */
  public static Optional<Coupling> ofLabel(String label) {
    return Arrays.stream(values()).filter(coupling -> coupling.label.equals(label)).findFirst();
  }

  /** The name used in options and artifacts. */
  public String label() {
    return label;
  }
}
