package io.gramian.model;

/** What a rank order's entries number. */
public enum Unit {
  CHANNEL("channel"),
  /** Two channels that rotate together under RoPE. */
  ROPE_PAIR("rope-pair"),
  /** A channel of the rotated basis: already in order. */
  ROTATED_CHANNEL("rotated-channel");

  private final String label;

  Unit(String label) {
    this.label = label;
  }

  /** The name used in artifacts. */
  public String label() {
    return label;
  }
}
