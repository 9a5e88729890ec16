package io.gramian.spark.sort;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.Coupling;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a person may choose about sorting.
 *
 * @param criteria how units are ranked
 * @param singularValues {@code k}: ridge leverage of MLP channels from that many singular values of
 *     the activations, with no Gram matrix of them; empty for the exact scores
 */
public record SortSettings(SortCriteria criteria, OptionalInt singularValues) {

  /**
   * Checks that they go together.
   *
   * @throws UserException if singular values are wanted for another criterion
   */
  public SortSettings {
    if (singularValues.isPresent() && criteria.mlp() != MlpCriterion.RIDGE_LEVERAGE) {
      throw new UserException(
          "--mlp-singular-values "
              + singularValues.getAsInt()
              + " goes with --mlp ridge-leverage alone, and --mlp is "
              + criteria.mlp().label()
              + ": give --mlp ridge-leverage, or leave --mlp-singular-values out");
    }
  }

  /** From statistics alone. */
  public static SortSettings of(SortCriteria criteria) {
    return new SortSettings(criteria, OptionalInt.empty());
  }

  /** What has to be summed for it. */
  public StatisticsChoice statistics() {
    return singularValues.isPresent() ? StatisticsChoice.WITHOUT_DOWN_INPUT : StatisticsChoice.ALL;
  }

  /** Criterion labels by coupling; {@code ridge-leverage-k256} is that of 256 singular values. */
  public Map<Coupling, String> labels() {
    Map<Coupling, String> labels = criteria.labels();
    singularValues.ifPresent(
        k -> labels.put(Coupling.MLP, MlpCriterion.RIDGE_LEVERAGE.label() + "-k" + k));
    return labels;
  }
}
