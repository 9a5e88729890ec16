package io.gramian.model.store;

import io.gramian.model.BlockWidths;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.packed.PackedAxis;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedRun;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What {@code gramian.json} says about a packed artifact: how its weights were found, how their
 * columns fall into groups, and which widths it was made for.
 *
 * @param method how weights were rounded
 * @param source stage of the run that was quantised
 * @param profile the device: the steps of its widths, and how many columns share a scale
 * @param columnRuns by weight, how its columns are cut into runs; groups restart at each
 * @param recoveries what had to be done where weights could not be quantised as usual
 * @param widths by keep ratio, for those that have widths of their own
 */
public record Quantisation(
    Method method,
    String source,
    DeviceProfile profile,
    SortedMap<String, List<Integer>> columnRuns,
    List<Recovery> recoveries,
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * How weights were rounded; labels, for the record.
   *
   * @param rounding {@code gptq} or {@code nearest}
   * @param scale {@code searched} or {@code max}
   * @param rotation of the hidden dimension: {@code hadamard} or {@code none}
   */
  public record Method(String rounding, String scale, String rotation) implements Serializable {

    private static final long serialVersionUID = 1L;
  }

  /**
   * What was unusual about an input of some maps.
   *
   * @param input which
   * @param damping added to the Hessian's diagonal, as a fraction of its mean
   * @param deadChannels channels that no token reached
   */
  public record Recovery(String input, double damping, List<Integer> deadChannels)
      implements Serializable {

    private static final long serialVersionUID = 1L;

    public Recovery {
      deadChannels = List.copyOf(deadChannels);
    }
  }

  /** Copies, in a fixed order. */
  public Quantisation {
    columnRuns = Collections.unmodifiableSortedMap(new TreeMap<>(columnRuns));
    recoveries = List.copyOf(recoveries);
    widths = Collections.unmodifiableSortedMap(new TreeMap<>(widths));
  }

  /** Columns of each run of every packed map of {@code decoder}. */
  public static SortedMap<String, List<Integer>> columnRuns(PackedDecoder decoder) {
    SortedMap<String, List<Integer>> runs = new TreeMap<>();
    Stream.concat(
            Stream.of(decoder.embedding(), decoder.head()),
            decoder.blocks().stream().flatMap(block -> block.maps().stream()))
        .forEach(map -> runs.put(map.map().weight(), runs(map)));
    return runs;
  }

  private static List<Integer> runs(PackedMap map) {
    PackedAxis columns = map.columns();
    return columns.runs().stream().map(PackedRun::channels).toList();
  }

  /** The widths for a ratio, if it has widths of its own. */
  public Optional<Map<Integer, BlockWidths>> widthsAt(KeepRatio ratio) {
    return Optional.ofNullable(widths.get(ratio));
  }

  /** That of a narrower artifact cut out of this one, which has no further widths. */
  public Quantisation cutTo(PackedDecoder narrow) {
    return new Quantisation(
        method, source, profile, columnRuns(narrow), recoveries, new TreeMap<>());
  }
}
