package io.gramian.compress.sort;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A way to rank a coupling group's units. */
public sealed interface Criterion
    permits MlpCriterion,
        QueryKeyCriterion,
        ValueOutputCriterion,
        StateCriterion,
        HeadChannelCriterion {

  /** The name used in options and artifacts. */
  String label();

  /**
   * The criterion of that label.
   *
   * @param known those to choose from
   * @throws IllegalArgumentException if there is none; the message lists the labels there are
   */
  static <C extends Criterion> C ofLabel(String label, C[] known) {
    return Arrays.stream(known)
        .filter(criterion -> criterion.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + label
                        + "' is not one of "
                        + Arrays.stream(known)
                            .map(Criterion::label)
                            .collect(Collectors.joining(", "))));
  }
}
