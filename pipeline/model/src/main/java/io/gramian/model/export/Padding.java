package io.gramian.model.export;

/** What happens to widths that a format cannot say. */
public enum Padding {
  /** They are refused. */
  NONE,
  /**
   * Zeros take the places of dropped channels until the format can say the shape. The model stays
   * the narrow one to the last bit of its weights, but the file is larger than need be.
   */
  ZEROS
}
