package io.gramian.model.packed;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.model.LinearSpec;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * A linear map {@code W [out, in]} in 4 bits. With {@code NAME.weight} the checkpoint's tensor, it
 * is stored as {@code NAME.qweight} U8 {@code [out, in / 2]}, {@code NAME.scales} F16 {@code [out,
 * groups]} and, where the map has a bias, {@code NAME.bias} F16 {@code [out]}. Rows stand in the
 * order of {@code rows}; columns stand as in the checkpoint.
 *
 * @param map as the checkpoint has it
 * @param rows its output channels
 * @param columns its input channels
 * @param group most columns that share one scale
 */
public record PackedMap(LinearSpec map, PackedAxis rows, PackedAxis columns, int group)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * Checks that the map can be packed.
   *
   * @throws UserException if a run of columns or the group is odd
   */
  public PackedMap {
    if (group % 2 != 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "quantisation-group is %d: it must be even, because two values share a byte",
              group));
    }
    for (PackedRun run : columns.runs()) {
      if (run.channels() % 2 != 0) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: %d columns%s cannot be packed two to a byte: choose widths that keep an even"
                    + " number",
                map.weight(),
                run.channels(),
                run.prunedBy().map(coupling -> " of a unit of " + coupling.label()).orElse("")));
      }
    }
  }

  /** A table or map that no width shortens: an embedding, a head. */
  public static PackedMap fixed(String weight, int rows, int columns, int group) {
    return new PackedMap(
        new LinearSpec(weight, null, rows, columns),
        PackedAxis.fixed(rows),
        PackedAxis.fixed(columns),
        group);
  }

  /** Runs and groups of the columns. */
  public ColumnGroups groups() {
    return new ColumnGroups(columns.runs().stream().map(PackedRun::channels).toList(), group);
  }

  /** {@code NAME.qweight}. */
  public String qweight() {
    return named("qweight");
  }

  /** {@code NAME.scales}. */
  public String scales() {
    return named("scales");
  }

  private String named(String suffix) {
    return map.weight().replaceFirst("\\.weight$", "") + "." + suffix;
  }

  /** Tensors on disk: values and scales. The bias is a {@link PackedVector}. */
  public List<TensorSpec> tensors() {
    long rows = map.out();
    return List.of(
        new TensorSpec(qweight(), DType.U8, List.of(rows, map.in() / 2L)),
        new TensorSpec(scales(), DType.F16, List.of(rows, (long) groups().groups())));
  }
}
