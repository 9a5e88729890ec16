/**
 * Ridge leverage of MLP channels without their Gram matrix.
 *
 * <p>An MLP of {@code n} channels has a Gram matrix of {@code 8 n^2} bytes in exact sums of its
 * upper half, 1.6 GB a task for the 14,336 channels of an 8B model and more for wider ones. Ridge
 * leverage can do without: MLlib's {@code RowMatrix.computeSVD} finds the largest singular values
 * by products with the activations alone, which are computed anew at each pass and never stored
 * ({@link io.gramian.spark.leverage.MatrixFreeLeverage}). A process then holds a few vectors of
 * {@code n}, the driver some {@code 2 k} of them. {@link io.gramian.spark.leverage.MlpLeverage}
 * does so for every MLP of a decoder, and {@link io.gramian.spark.leverage.Leverage} keeps the
 * scores in a run, for {@code sort} to take in the place of the statistics that {@code calibrate}
 * then leaves out.
 */
package io.gramian.spark.leverage;
