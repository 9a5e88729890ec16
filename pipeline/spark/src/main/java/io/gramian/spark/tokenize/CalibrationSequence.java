package io.gramian.spark.tokenize;

import java.io.Serializable;

/**
 * One tokenised row of a calibration set.
 *
 * @param id its number, from 0 without gaps
 * @param tokens token ids, all of which count: padding has been cut off
 */
public record CalibrationSequence(long id, int[] tokens) implements Serializable {}
