package io.gramian.spark.ablate;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.Criterion;
import io.gramian.compress.sort.HeadChannelCriterion;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.StateCriterion;
import io.gramian.compress.sort.ValueOutputCriterion;
import java.io.Serializable;
import java.util.Locale;

/**
 * A set of criteria as a person writes it: {@code default}, {@code paper}, or one of these with
 * changes, {@code paper+z-x-out=output-error}. Changes alone start from {@code default}.
 *
 * @param name as it was written
 */
public record NamedCriteria(String name, SortCriteria criteria) implements Serializable {

  /**
   * Reads a set.
   *
   * @throws UserException if it names an unknown coupling or criterion
   */
  public static NamedCriteria parse(String text) {
    SortCriteria criteria = SortCriteria.DEFAULT;
    for (String part : text.strip().toLowerCase(Locale.ROOT).split("\\+", -1)) {
      criteria =
          switch (part) {
            case "default" -> SortCriteria.DEFAULT;
            case "paper" -> SortCriteria.PAPER;
            default -> changed(criteria, part, text);
          };
    }
    return new NamedCriteria(text.strip(), criteria);
  }

  private static SortCriteria changed(SortCriteria from, String change, String text) {
    String[] sides = change.split("=", -1);
    String label = sides.length == 2 ? sides[1] : "";
    return switch (sides[0]) {
      case "mlp" -> from.with(find(label, MlpCriterion.values(), text), from.valueOutput());
      case "value-output" ->
          from.with(from.mlp(), find(label, ValueOutputCriterion.values(), text));
      case "b-c" -> from.with(find(label, StateCriterion.values(), text), from.headChannel());
      case "z-x-out" -> from.with(from.state(), find(label, HeadChannelCriterion.values(), text));
      default ->
          throw new UserException(
              "criteria '"
                  + text
                  + "': '"
                  + sides[0]
                  + "' is neither default nor paper nor one of mlp, value-output, b-c, z-x-out;"
                  + " write for example paper+mlp=output-error");
    };
  }

  private static <C extends Criterion> C find(String label, C[] known, String text) {
    try {
      return Criterion.ofLabel(label, known);
    } catch (IllegalArgumentException e) {
      throw new UserException("criteria '" + text + "': " + e.getMessage(), e);
    }
  }
}
