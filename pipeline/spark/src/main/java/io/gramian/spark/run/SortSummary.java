package io.gramian.spark.run;

import io.gramian.spark.evaluate.Evaluation;
import java.util.Optional;

/**
 * What a person wants to know after sorting.
 *
 * @param orders rank orders written
 * @param tokens calibration tokens they rest on
 * @param original the checkpoint, scored on the first calibration sequences
 * @param sorted the sorted checkpoint on the same; equal up to the rounding of its data type
 * @param leverage of MLP channels, where it comes from singular values
 */
public record SortSummary(
    long orders,
    long tokens,
    Evaluation original,
    Evaluation sorted,
    Optional<LeverageSummary> leverage) {}
