package io.gramian.spark.slice;

/**
 * How large a slice is.
 *
 * @param parameters elements of the tensors that the decoder reads; a tied table counts once
 * @param bytes of all its tensors on disk
 * @param sortedParameters parameters of the checkpoint it was cut from
 */
public record SliceResult(long parameters, long bytes, long sortedParameters) {

  /** Fraction of the parameters that is left. */
  public double parameterRatio() {
    return (double) parameters / sortedParameters;
  }
}
