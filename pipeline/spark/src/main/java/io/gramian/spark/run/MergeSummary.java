package io.gramian.spark.run;

import java.util.List;

/**
 * What a person wants to know after merging.
 *
 * @param added tokens of each run that was added, before weights
 * @param subtracted tokens of each that was subtracted
 * @param tokens what the result counts
 */
public record MergeSummary(List<Long> added, List<Long> subtracted, long tokens) {

  public MergeSummary {
    added = List.copyOf(added);
    subtracted = List.copyOf(subtracted);
  }
}
