package io.gramian.spark.run;

/**
 * How well the scores of MLP channels are known that come from singular values.
 *
 * @param singularValues found for each MLP
 * @param worstError how far a score, between 0 and 1, may be off at most
 */
public record LeverageSummary(int singularValues, double worstError) {}
