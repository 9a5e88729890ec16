package io.gramian.spark.wave;

/** How long hidden states that a calibration stores are kept. */
public enum KeptStates {
  /** From one wave to the next: those behind the last block are not stored at all. */
  BETWEEN_WAVES,
  /** For good, those behind the last block included. */
  FOR_GOOD
}
