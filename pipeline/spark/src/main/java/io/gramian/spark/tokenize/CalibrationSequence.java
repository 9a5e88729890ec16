package io.gramian.spark.tokenize;

import java.io.Serializable;

/**
 * One tokenised row of a calibration set: a class rather than a record, since an array is no value.
 */
public final class CalibrationSequence implements Serializable {

  private static final long serialVersionUID = 1L;

  private final long id;
  private final int[] tokens;

  /**
   * Makes a sequence.
   *
   * @param id its number, from 0 without gaps
   * @param tokens token ids, at least one; the sequence keeps this array
   */
  public CalibrationSequence(long id, int[] tokens) {
    this.id = id;
    this.tokens = tokens;
  }

  /** Its number in the set, from 0. */
  public long id() {
    return id;
  }

  /** The token ids, all of which count: padding has been cut off. Not a copy; do not change it. */
  public int[] tokens() {
    return tokens;
  }
}
